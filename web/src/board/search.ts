// What was found in the history, and how it is shown.
import type { Summary } from "./events";
import { phone } from "./calls";
import { plainText } from "./query";

/** nameOf is who called: their name when the bot learned it, their number, or nothing. */
export function nameOf(s: Summary): string {
  return s.slots?.find((x) => /^(nom|name|nom_complet|full_name)$/.test(x.name))?.shown || phone(s.from);
}

/** Hit is one conversation that was found; its match says where the words stand. */
export interface Hit {
  readonly sum: Summary;
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
