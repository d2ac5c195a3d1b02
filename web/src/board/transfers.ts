// Hand-offs as they happen, and what the day's figures are made of. Nothing here guesses: what the
// gateway does not tell has no figure.
import type { Day, Ev, Summary } from "./events";

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
  /** onward: the agent who talks passes the caller on; who is rung meanwhile has not the call. */
  readonly onward?: boolean;
}

/** transferred folds one event into the hand-offs, newest first. */
export function transferred(list: readonly Transfer[], conv: string, e: Ev): readonly Transfer[] {
  const at = Date.parse(e.at);
  if (e.type === "transfer_started") {
    if (list.some((t) => t.conv === conv && t.seq === e.seq)) return list;
    const t: Transfer = { conv, seq: e.seq, at, reason: e.body.reason, skills: e.body.queue || (e.body.skills ?? []).join(", "), agent: "", state: "waits", since: at, waited: 0 };
    return [t, ...list].sort((a, b) => b.at - a.at);
  }
  if (!["transfer_ringing", "bridged", "transfer_ended", "ended", "agent_back", "agent_acted"].includes(e.type)) return list;
  const i = list.findIndex((t) => t.conv === conv && t.seq < e.seq);
  const t = list[i];
  if (!t || !running(t)) return list;
  let next = t;
  if (e.type === "agent_acted") next = e.body.act === "transfer" ? { ...t, onward: true } : ["transferred", "not_moved", "hand_back"].includes(e.body.act) ? { ...t, onward: false } : t;
  // Rung while somebody has the caller: a colleague they are passed on to, or the same agent whose line was lost.
  else if (e.type === "transfer_ringing") next = t.onward || (t.state === "talks" && t.agent === e.body.agent) ? t : { ...t, state: "rings", agent: e.body.agent, since: at };
  else if (e.type === "agent_back") next = t.state === "talks" && t.agent === e.body.agent ? t : { ...t, state: "talks", agent: e.body.agent, since: at };
  else if (e.type === "bridged") next = { ...t, state: "talks", agent: e.body.agent, since: t.state === "talks" && t.agent === e.body.agent ? t.since : at, waited: t.waited || at - t.at };
  else if (e.type === "transfer_ended") next = { ...t, state: e.body.outcome, agent: e.body.agent || t.agent, since: at, waited: e.body.waited_ms || t.waited };
  else if (e.type === "ended") next = { ...t, state: t.state === "talks" ? "completed" : "caller_left", since: at };
  return next === t ? list : list.map((x, k) => (k === i ? next : x));
}

const running = (t: Transfer) => t.state === "waits" || t.state === "rings" || t.state === "talks";
/** answered tells whether somebody took the call. */
export const answered = (t: Transfer): boolean => t.state === "talks" || t.state === "completed";
/** tone is the colour of an outcome. */
export const tone = (t: Transfer): "ok" | "warn" | "danger" | "" => (answered(t) ? "ok" : t.state === "waits" || t.state === "rings" ? "warn" : t.state === "cancelled" || t.state === "closed" ? "" : "danger");

/** merged adds the hand-offs of the day, as the gateway counted them, to those that the stream told: of one that
 * goes on the stream knows more, of one that has ended the gateway. */
export function merged(list: readonly Transfer[], day: Day["transfers"]): readonly Transfer[] {
  const by = new Map(list.map((t) => [`${t.conv} ${t.seq}`, t]));
  for (const d of day) {
    const k = `${d.conversation} ${d.seq}`, at = Date.parse(d.at), was = by.get(k);
    const t: Transfer = { conv: d.conversation, seq: d.seq, at, reason: d.reason, skills: d.queue, agent: d.agent ?? "", state: d.outcome, since: at + d.waited_ms, waited: d.waited_ms };
    if (!was || (running(was) && !running(t))) by.set(k, t);
  }
  return [...by.values()].sort((a, b) => b.at - a.at);
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
