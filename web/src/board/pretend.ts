// The search of a demonstration, which has no gateway to ask: the same fields, over records at hand.
import { plainText, type Query } from "./query";
import { nameOf, split, type Hit } from "./search";
import type { Conversation } from "./api";
import type { Summary } from "./events";

/** digits of a number as people and as trunks write it: 06… and +336… are the same. */
const national = (s: string) => s.replace(/^sips?:/, "").replace(/@.*/, "").replace(/\D/g, "").replace(/^(0033|33)(?=\d{9}$)/, "0");

/** fits tells whether a record passes the chips. */
export function fits(s: Summary, q: Query): boolean {
  const at = Date.parse(s.start), has = (text: string | undefined, part: string | undefined) => !part || plainText(text ?? "").includes(plainText(part));
  return (!q.outcome || s.outcome === q.outcome) && (!q.channel || s.channel === q.channel) && has(s.intent, q.intent) && has(s.agent, q.agent) && has(s.queue, q.queue)
    && (!q.number || national(s.from).includes(national(q.number))) && (q.since === undefined || at >= q.since) && (q.till === undefined || at < q.till);
}

/** match looks for all words, in what the record says of itself or in one line of what was said. */
export function match(s: Summary, q: Query, told?: Conversation): Hit | undefined {
  if (!fits(s, q)) return undefined;
  if (q.words.length === 0) return { sum: s };
  const has = (text: string) => { const t = plainText(text); return q.words.every((w) => t.includes(w)); };
  for (const l of told?.transcript ?? []) {
    if (l.who !== "steps" && l.who !== "note" && has(l.text)) return { sum: { ...s, match: { seq: l.seq, offset_ms: l.offset_ms, who: l.who, parts: split(l.text, q.words) } } };
  }
  return has([nameOf(s), s.intent ?? "", s.agent ?? ""].join(" ")) ? { sum: s } : undefined;
}
