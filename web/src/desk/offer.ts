// What an incoming offer does to the page. Ringing follows from the server's state: it is never
// started or stopped by a command, so that it cannot go on in a second tab or for ever.
import { left } from "./presence";
import type { DeskState, Ended, Offer } from "./types";

/** Stage is what stands in the middle of the page. */
export type Stage =
  | { kind: "offer"; offer: Offer }
  | { kind: "rejoin"; offer: Offer }
  | { kind: "call"; conversation: string }
  | { kind: "ended"; ended: Ended }
  | { kind: "idle" };

const told = 60_000; // ms that the sentence of an ending stays

/** stage follows from the state; seen is the ending that the agent has put away (its at). */
export function stage(st: DeskState, local: number, ahead: number, seen = ""): Stage {
  if (st.offer) return { kind: st.offer.origin === "rejoin" ? "rejoin" : "offer", offer: st.offer };
  if (st.call) return { kind: "call", conversation: st.call };
  const e = st.ended, opening = accepted(st);
  if (opening) return { kind: "call", conversation: opening };
  if (e && e.how !== "accepted" && e.at !== seen && local + ahead - Date.parse(e.at) < told) return { kind: "ended", ended: e };
  return { kind: "idle" };
}

/** accepted is the conversation that was accepted and whose line is still being opened. */
export const accepted = (st: DeskState): string | undefined => (st.ended?.how === "accepted" && st.offered === st.ended.conversation ? st.offered : undefined);

/** rings tells whether this tab makes the sound: there is an offer for the browser, its time is not
 * over, no call is on, and the server gave the sound to this tab. */
export function rings(st: DeskState | undefined, tab: string, local: number, ahead: number): boolean {
  return !!st?.offer && !st.call && st.offer.rings === "browser" && st.sound === tab && left(st.offer.expires, local, ahead) > 0;
}

/** share is how much of the ringing time is left, 0..1. */
export function share(o: Offer, local: number, ahead: number): number {
  const whole = (Date.parse(o.expires) - Date.parse(o.at)) / 1000;
  return whole > 0 ? Math.min(1, left(o.expires, local, ahead) / whole) : 0;
}
