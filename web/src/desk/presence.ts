// What the presence menu shows and offers: worked out of the server's state alone, so that two pages
// and a reload always show the same.
import type { DeskState, Status } from "./types";

/** A choice of the menu; reason is asked for with a break. */
export type Choice = "available" | "break" | "offline";

/** offset is how far the server's clock is ahead of ours, in ms: times left are differences to its now. */
export const offset = (st: DeskState, local: number): number => Date.parse(st.now) - local;

/** left is how many seconds remain until a time of the server's, never negative; ahead is offset's. */
export function left(until: string | undefined, local: number, ahead: number): number {
  if (!until) return 0;
  return Math.max(0, (Date.parse(until) - local - ahead) / 1000);
}

/** since is how many seconds ago a time of the server's was. */
export function since(from: string | undefined, local: number, ahead: number): number {
  if (!from) return 0;
  return Math.max(0, (local + ahead - Date.parse(from)) / 1000);
}

/** tone is the colour of a status; the word beside it says the same. */
export function tone(s: Status): "ok" | "warn" | "danger" | "agent" | "" {
  switch (s) {
    case "available": return "ok";
    case "break": case "wrap_up": return "warn";
    case "away": return "danger";
    case "on_call": return "agent";
    case "offline": return "";
  }
}

/** why a choice cannot be made now; undefined: it can. */
export type Obstacle = "same" | "in_call" | "in_chats" | "offered" | "offline";

/** Around is what the page knows beside the server's state. */
export interface Around { connected: boolean }

/** obstacle tells what stands between an agent and a choice. A break may be chosen in a call: it
 * comes after it. */
export function obstacle(st: DeskState, c: Choice, a: Around): Obstacle | undefined {
  if (!a.connected) return "offline";
  if (st.offer) return "offered";
  if (st.call && c === "offline") return "in_call";
  if (c === "offline" && (st.chats.length > 0 || st.chat_offers?.length)) return "in_chats";
  if (st.status === c && c !== "break") return "same";
  return undefined;
}
