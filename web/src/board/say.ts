// Sentences made of several facts, for rows, panel and screen readers alike.
import { span, timer, type Lang, type Say } from "../shared/words";
import { phone, plain, short, type Call } from "./calls";
import { fr } from "./fr";
import type { Marker } from "./risk";
import type { BoardRules } from "./events";

export type Words = Say<typeof fr>;
export interface Voice {
  say: Words;
  lang: Lang;
  /** wall hides names, numbers and words. */
  wall: boolean;
  /** rules are those by which calls are marked, for sentences that name a limit. */
  rules: BoardRules;
}

/** known says a sentence whose key is made of a code, or the code itself when there is none. */
export function known(say: Words, key: string, code: string): string {
  const k = key + code;
  return k in fr ? say(k as Parameters<Words>[0]) : code.replace(/_/g, " ");
}

export function who(v: Voice, c: Call): string {
  if (v.wall) return v.say("masked", { id: short(c.id) });
  return c.name || phone(c.from) || v.say("unknown");
}

export function marker(v: Voice, m: Marker): string {
  return v.say(`r_${m.rule}`, { n: m.n, time: timer(m.n) });
}

/** because says the reason in more words. */
export function because(v: Voice, m: Marker, c: Call): string {
  return v.say(`why_${m.rule}`, { n: m.n, goal: span(v.rules.waits_ms / 1000), step: plain(c.step).split(" › ").at(-1) ?? "" });
}

/** place says whom a call is with. */
export function place(v: Voice, c: Call): { text: string; tone: "bot" | "agent" | "q" } {
  if (c.with === "agent") return { text: v.wall ? v.say("w_agent") : c.agent || v.say("w_agent"), tone: "agent" };
  if (c.with === "ringing") return { text: c.agent && !v.wall ? v.say("w_ring_agent", { agent: c.agent }) : c.skills ? v.say("w_ringing_at", { queue: plain(c.skills) }) : v.say("w_ringing"), tone: "q" };
  return { text: v.say(c.with === "arriving" ? "w_arriving" : "w_bot"), tone: "bot" };
}

/** meanwhile says what the agent does with the caller beside talking: on hold, microphone off, passing them on. */
export function meanwhile(v: Voice, c: Call): string[] {
  if (c.over || (c.with !== "agent" && c.with !== "ringing")) return [];
  const to = c.onward?.to && !v.wall ? v.say("g_to", { to: plain(c.onward.to) }) : v.say("g_transfer");
  return [...(c.onward ? [to] : c.held ? [v.say("g_hold")] : []), ...(c.muted ? [v.say("g_mute")] : [])];
}
