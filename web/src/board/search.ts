// What is looked for in the history: one field of words, and chips that can be typed, "issue:rappel
// depuis:lundi". A chip that is not understood stays a word, so that nothing is ignored in silence.
import type { Conversation } from "./api";
import type { Summary } from "./events";
import { phone } from "./calls";

export interface Query {
  words: string[];
  outcome?: string;
  channel?: string;
  intent?: string;
  number?: string;
  /** since and till are ms since 1970. */
  since?: number;
  till?: number;
}

export const plainText = (s: string): string => s.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/[’']/g, "'").replace(/_/g, " ");

const keys: Record<string, "outcome" | "channel" | "intent" | "number" | "since" | "till"> = {
  issue: "outcome", outcome: "outcome", canal: "channel", channel: "channel", demande: "intent", intention: "intent", intent: "intent", numero: "number", number: "number",
  depuis: "since", since: "since", jusqu: "till", until: "till", avant: "till",
};
const outcomes: Record<string, string> = {
  resolu: "resolved", resolved: "resolved", transfere: "transferred", transfert: "transferred", transferred: "transferred", rappel: "callback", callback: "callback",
  abandonne: "abandoned", abandoned: "abandoned", "non-resolu": "abandoned", unresolved: "abandoned", echec: "failed", failed: "failed", "sans-reponse": "unanswered", unanswered: "unanswered",
};
const channels: Record<string, string> = { voix: "voice", voice: "voice", texte: "text", ecrit: "text", text: "text" };
const days = [["dimanche", "sunday"], ["lundi", "monday"], ["mardi", "tuesday"], ["mercredi", "wednesday"], ["jeudi", "thursday"], ["vendredi", "friday"], ["samedi", "saturday"]];

/** day reads "lundi", "hier", "2026-11-21", "21/11": when that day began, ms; undefined when it is none. */
export function day(text: string, now: number): number | undefined {
  const t = plainText(text), midnight = new Date(now);
  midnight.setHours(0, 0, 0, 0);
  const back = (n: number) => { const d = new Date(midnight); d.setDate(d.getDate() - n); return d.getTime(); };
  if (t === "aujourd'hui" || t === "aujourdhui" || t === "today") return back(0);
  if (t === "hier" || t === "yesterday") return back(1);
  if (t === "semaine" || t === "week") return back(7);
  const d = days.findIndex((names) => names.includes(t));
  if (d >= 0) return back((midnight.getDay() - d + 7) % 7);
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(t), short = /^(\d{1,2})\/(\d{1,2})(?:\/(\d{4}))?$/.exec(t);
  const [y, m, n] = iso ? [iso[1], iso[2], iso[3]] : short ? [short[3] ?? String(midnight.getFullYear()), short[2], short[1]] : [];
  if (!y) return undefined;
  const at = new Date(Number(y), Number(m) - 1, Number(n));
  return at.getMonth() === Number(m) - 1 && at.getDate() === Number(n) ? at.getTime() : undefined;
}

/** parse reads a field. */
export function parse(text: string, now = Date.now()): Query {
  const q: Query = { words: [] };
  for (const part of text.trim().split(/\s+/).filter(Boolean)) {
    const at = part.indexOf(":"), value = part.slice(at + 1);
    const key = at > 0 ? keys[plainText(part.slice(0, at)).replace(/'.*/, "")] : undefined;
    const v = plainText(value);
    if (key === "outcome" && outcomes[v]) q.outcome = outcomes[v];
    else if (key === "channel" && channels[v]) q.channel = channels[v];
    else if (key === "intent" && v) q.intent = v.replace(/-/g, " ");
    else if (key === "number" && /\d/.test(v)) q.number = v.replace(/\D/g, "");
    else if ((key === "since" || key === "till") && day(value, now) !== undefined) q[key] = day(value, now)! + (key === "till" ? 86_400_000 : 0);
    else q.words.push(plainText(part));
  }
  return q;
}

/** digits of a number as people and as trunks write it: 06… and +336… are the same. */
const national = (s: string) => s.replace(/^sips?:/, "").replace(/@.*/, "").replace(/\D/g, "").replace(/^(0033|33)(?=\d{9}$)/, "0");

/** fits tells whether a record passes the chips. */
export function fits(s: Summary, q: Query): boolean {
  const at = Date.parse(s.start);
  return (!q.outcome || s.outcome === q.outcome) && (!q.channel || s.channel === q.channel)
    && (!q.intent || plainText(s.intent ?? "").includes(q.intent)) && (!q.number || national(s.from).includes(q.number.replace(/^33(?=\d{9}$)/, "0")))
    && (q.since === undefined || at >= q.since) && (q.till === undefined || at < q.till);
}

/** nameOf is who called: their name when the bot learned it, their number, or nothing. */
export function nameOf(s: Summary): string {
  return s.slots?.find((x) => /^(nom|name|nom_complet|full_name)$/.test(x.name))?.shown || phone(s.from);
}

/** about is what a record says of itself, without what was said. */
export const about = (s: Summary): string => [nameOf(s), national(s.from), s.intent ?? "", s.agent ?? "", ...(s.slots ?? []).map((x) => x.shown)].join(" ");

/** Where words were found: in the record, or in one of the lines. */
export interface Hit {
  readonly sum: Summary;
  readonly excerpt: string;
  /** at is seconds into the call, of the line that has the words. */
  readonly at?: number | undefined;
}

/** match looks for all words, in what the record says of itself or in one line of what was said. */
export function match(s: Summary, q: Query, told?: Conversation): Hit | undefined {
  if (!fits(s, q)) return undefined;
  if (q.words.length === 0) return { sum: s, excerpt: "" };
  const has = (text: string) => { const t = plainText(text); return q.words.every((w) => t.includes(w)); };
  for (const l of told?.transcript ?? []) if (l.who !== "steps" && has(l.text)) return { sum: s, excerpt: l.text, at: l.offset_ms / 1000 };
  return has(about(s)) ? { sum: s, excerpt: "" } : undefined;
}

/** split cuts a text at the words that were looked for; every second piece is one of them. */
export function split(text: string, words: readonly string[]): string[] {
  // Folding may change lengths (œ, ligatures): then nothing is marked rather than the wrong place.
  const flat = [...text].map((c) => { const p = plainText(c); return p.length === c.length ? p : c.toLowerCase().slice(0, c.length).padEnd(c.length); }).join("");
  const marks = new Array<boolean>(text.length).fill(false);
  for (const w of words) for (let i = w ? flat.indexOf(w) : -1; i >= 0; i = flat.indexOf(w, i + w.length)) marks.fill(true, i, i + w.length);
  const out: string[] = [""];
  for (let i = 0; i < text.length; i++) {
    if (marks[i] !== (out.length % 2 === 0)) out.push("");
    out.push((out.pop() ?? "") + text.charAt(i));
  }
  return out;
}

/** csv writes records for a spreadsheet: quoted where needed (RFC 4180), and no cell that a spreadsheet would take
 * for a formula. */
export function csv(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cell = (x: string | number) => {
    let t = String(x);
    if (typeof x === "string" && /^[=+\-@\t\r]/.test(t)) t = "'" + t;
    return /[",;\r\n]/.test(t) ? `"${t.replace(/"/g, '""')}"` : t;
  };
  return "\ufeff" + [head, ...rows].map((r) => r.map(cell).join(",")).join("\r\n") + "\r\n";
}
