// Hand-offs as they happen, and what the day's figures are made of. Nothing here guesses: what the
// gateway does not tell has no figure.
import type { Ev, Summary } from "./events";

/** One hand-off. waited is ms until somebody answered, or it was given up. */
export interface Transfer {
  readonly conv: string;
  readonly seq: number;
  readonly at: number;
  readonly reason: string;
  readonly skills: string;
  readonly agent: string;
  /** waits, rings and talks go on; else the gateway's outcome. */
  readonly state: string;
  readonly since: number;
  readonly waited: number;
}

/** transferred folds one event into the hand-offs, newest first. */
export function transferred(list: readonly Transfer[], conv: string, e: Ev): readonly Transfer[] {
  const at = Date.parse(e.at);
  if (e.type === "transfer_started") {
    if (list.some((t) => t.conv === conv && t.seq === e.seq)) return list;
    const t: Transfer = { conv, seq: e.seq, at, reason: e.body.reason, skills: (e.body.skills ?? []).join(", "), agent: "", state: "waits", since: at, waited: 0 };
    return [t, ...list].sort((a, b) => b.at - a.at);
  }
  if (!["transfer_ringing", "bridged", "transfer_ended", "ended"].includes(e.type)) return list;
  const i = list.findIndex((t) => t.conv === conv && t.seq < e.seq);
  const t = list[i];
  if (!t || !running(t)) return list;
  let next = t;
  if (e.type === "transfer_ringing") next = { ...t, state: "rings", agent: e.body.agent, since: at };
  else if (e.type === "bridged") next = { ...t, state: "talks", agent: e.body.agent, since: at, waited: t.waited || at - t.at };
  else if (e.type === "transfer_ended") next = { ...t, state: e.body.outcome, agent: e.body.agent || t.agent, since: at, waited: e.body.waited_ms || t.waited };
  else if (e.type === "ended") next = { ...t, state: t.state === "talks" ? "completed" : "caller_left", since: at };
  return list.map((x, k) => (k === i ? next : x));
}

const running = (t: Transfer) => t.state === "waits" || t.state === "rings" || t.state === "talks";
/** answered tells whether somebody took the call. */
export const answered = (t: Transfer): boolean => t.state === "talks" || t.state === "completed";
/** tone is the colour of an outcome. */
export const tone = (t: Transfer): "ok" | "warn" | "danger" | "" => (answered(t) ? "ok" : t.state === "waits" || t.state === "rings" ? "warn" : t.state === "cancelled" || t.state === "closed" ? "" : "danger");

/** Figures of the day; undefined is what is not known. */
export interface Figures {
  /** ended is how many calls of today have ended; auto and resolved are how many of them no person took, and
   * how many of those ended with what the caller wanted. */
  ended: number;
  auto: number;
  resolved: number;
  last?: { at: number; outcome: string } | undefined;
}

/** figures counts today's records. A call counts as automated when the bot alone conducted it to an end:
 * no hand-off, not given up, no failure. Resolved is stricter. */
export function figures(today: readonly Summary[]): Figures {
  const done = today.filter((s) => s.end && s.outcome !== "unanswered");
  const alone = done.filter((s) => !s.transfer && s.outcome !== "transferred");
  const last = done.reduce<Summary | undefined>((a, s) => (!a || s.end! > a.end! ? s : a), undefined);
  return {
    ended: done.length,
    auto: alone.filter((s) => s.outcome === "resolved" || s.outcome === "callback").length,
    resolved: alone.filter((s) => s.outcome === "resolved").length,
    last: last && { at: Date.parse(last.end!), outcome: last.outcome ?? "" },
  };
}

/** level is the share of hand-offs answered within ms, of those that ended or were answered; those that the
 * caller cancelled at once are nobody's fault. undefined when there are none. */
export function serviceLevel(list: readonly Transfer[], since: number, within = 20_000): { share: number; of: number } | undefined {
  const of = list.filter((t) => t.at >= since && t.state !== "waits" && t.state !== "rings" && t.state !== "cancelled" && t.reason !== "taken_over");
  if (!of.length) return undefined;
  return { share: of.filter((t) => answered(t) && t.waited <= within).length / of.length, of: of.length };
}

/** medians is how long calls of an intent take, ms, for intents with five or more that ended. */
export function medians(all: readonly Summary[]): Map<string, number> {
  const by = new Map<string, number[]>();
  for (const s of all) if (s.end && s.intent && s.channel === "voice") by.set(s.intent, [...(by.get(s.intent) ?? []), Date.parse(s.end) - Date.parse(s.start)]);
  const out = new Map<string, number>();
  for (const [k, v] of by) if (v.length >= 5) out.set(k, v.sort((a, b) => a - b)[v.length >> 1]!);
  return out;
}

/** midnight is when today began here. */
export function midnight(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0);
}
