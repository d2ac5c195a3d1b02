// Words of the pages: two files per surface, fr.ts and en.ts, one key per sentence. English has the
// type of French, so a sentence that is missing in either, or one too many, fails the type check.

export type Lang = "fr" | "en";

/** A sentence, or its singular and plural, chosen by {n}. */
export type Sentence = string | { readonly one: string; readonly other: string };
export type Words = Readonly<Record<string, Sentence>>;
/** Same<W> is what the other language's file has to be. */
export type Same<W extends Words> = { readonly [K in keyof W]: W[K] extends string ? string : { readonly one: string; readonly other: string } };
export type Args = Readonly<Record<string, string | number>>;
export type Say<W extends Words> = (key: keyof W & string, args?: Args) => string;

const NNBSP = "\u202f"; // narrow no-break space

/** typeset puts the narrow no-break spaces of French typography: before ? ! ; : and inside « »,
 * between groups of digits and before units. English is left as it is. */
export function typeset(lang: Lang, text: string): string {
  if (lang !== "fr") return text;
  return text
    .replace(/ (?=[?!;:»%€])/g, NNBSP)
    .replace(/« /g, "«" + NNBSP)
    .replace(/(\d) (?=(?:\d{2,3}|h|min|s|ms|km|kg)(?![\p{L}\d]))/gu, "$1" + NNBSP)
    .replace(/(\d h) (?=\d)/g, "$1" + NNBSP)
    .replace(/(\d\u202fh) (?=\d)/g, "$1" + NNBSP);
}

/** words makes the function that says sentences in one language. */
export function words<W extends Words>(lang: Lang, fr: W, en: Same<W>): Say<W> {
  const table = (lang === "fr" ? fr : en) as W;
  const rules = new Intl.PluralRules(lang);
  return (key, args = {}) => {
    const s: Sentence = table[key]!;
    const text = typeof s === "string" ? s : rules.select(Number(args["n"])) === "one" ? s.one : s.other;
    return typeset(lang, text.replace(/\{(\w+)\}/g, (_, name: string) => {
      const v = args[name];
      return typeof v === "number" ? number(lang, v) : (v ?? "");
    }));
  };
}

/** number writes 4.3 as "4,3" or "4.3" and groups thousands. */
export function number(lang: Lang, n: number, digits?: number): string {
  const style = digits === undefined ? { maximumFractionDigits: 1 } : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(lang === "fr" ? "fr-FR" : "en-GB", style).format(n);
}

/** clock writes a time of day: "14 h 06" or "14:06". */
export function clock(lang: Lang, at: Date, timeZone?: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(timeZone ? { timeZone } : {}) }).formatToParts(at);
  const [h, m] = ["hour", "minute"].map((t) => parts.find((p) => p.type === t)!.value);
  return lang === "fr" ? `${Number(h)}${NNBSP}h${NNBSP}${m}` : `${h}:${m}`;
}

/** span writes how long something took or takes: "45 s", "1 min 30", "2 h 05". */
export function span(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  const two = (n: number) => String(n).padStart(2, "0");
  if (s < 60) return `${s}${NNBSP}s`;
  if (s < 3600) return `${Math.floor(s / 60)}${NNBSP}min` + (s % 60 ? `${NNBSP}${two(s % 60)}` : "");
  return `${Math.floor(s / 3600)}${NNBSP}h${NNBSP}${two(Math.floor(s / 60) % 60)}`;
}

/** timer is a running time: "0:48", "1:02:03". */
export function timer(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, "0");
  return s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

/** choose is the language of a page: ?lang, then what was chosen here before, then the browser's. */
export function choose(asked: string | null, kept: string | null, browser: readonly string[]): Lang {
  for (const l of [asked, kept, ...browser]) {
    const base = l?.slice(0, 2).toLowerCase();
    if (base === "fr" || base === "en") return base;
  }
  return "fr";
}

/** initials are two letters for a name: "Lina Moreau (Finance)" is LM, "paule" is P. Brackets and what stands in them,
 * signs and figures are no part of a name. */
export function initials(name: string): string {
  const parts = name.replace(/[([{][^)\]}]*[)\]}]?/g, " ").split(/[^\p{L}\p{M}]+/u).filter(Boolean);
  const ends = parts.length > 1 ? [parts[0]!, parts.at(-1)!] : parts;
  return ends.map((w) => [...w.normalize("NFC")][0]!).join("").toUpperCase() || "?";
}
