// Words and phrases looked for in what callers say, as the gateway looks for them (gateway/event/wordlist.go;
// gateway/event/testdata/facts.json holds both to the same): whole words, accents folded, a * at the end of a
// word for any ending. Nothing of an entry is a pattern, so that none can break the search.

/** Words by language: {"fr": ["marre", "scandal*"]}. */
export type WordList = Readonly<Record<string, readonly string[]>>;

interface Stem {
  text: string;
  open: boolean;
}

/** Finder tells whether an entry of a language is in the words of a sentence. */
export type Finder = (lang: string, words: readonly string[]) => boolean;

/** wordsOf are the words of a text, in small letters without accents. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/œ/g, "oe").replace(/æ/g, "ae").split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

function phraseOf(entry: string): Stem[] {
  const parts = entry.split("*");
  return parts.flatMap((part, k) => wordsOf(part).map((text, i, all) => ({ text, open: k < parts.length - 1 && i === all.length - 1 })));
}

const at = (phrase: readonly Stem[], words: readonly string[], from: number) => phrase.every((s, i) => words[from + i] === s.text || (s.open && (words[from + i] ?? "").startsWith(s.text)));

/** finder makes a list ready. */
export function finder(list: WordList): Finder {
  const ready = new Map(Object.entries(list).map(([lang, entries]) => [lang, entries.map(phraseOf).filter((p) => p.length > 0)]));
  return (lang, words) => (ready.get(lang.split("-")[0]!) ?? []).some((p) => words.some((_, i) => i + p.length <= words.length && at(p, words, i)));
}
