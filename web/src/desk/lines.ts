// The conversation as it grows: what was written down, and behind it what is being said now.
import type { Line } from "../shared/transcript";
import type { Happened, Written } from "./types";

export interface Talk {
  /** lines that will not change any more. */
  lines: readonly Line[];
  /** what is being said, by who says it. */
  partial: Readonly<Record<string, Line>>;
  /** seq of the last event in lines. */
  seq: number;
  /** start of the conversation, ms since 1970; 0 = unknown. */
  start: number;
}

export const silence: Talk = { lines: [], partial: {}, seq: 0, start: 0 };

/** fromRecord begins with what was written down already; mine are the names by which the reader is
 * called there: their own lines need none. */
export function fromRecord(list: readonly Written[], start: string, mine: readonly string[] = []): Talk {
  const lines = list.filter((w) => w.who !== "steps").map((w): Line => ({
    id: "w" + w.seq + w.who, who: w.who as Line["who"], name: w.who === "agent" && mine.includes(w.name ?? "") ? undefined : w.name, text: w.text, unheard: w.unheard, at: w.offset_ms / 1000,
    ...(w.doubtful ? { doubts: [{ word: w.text, readings: w.readings ?? [] }] } : {}),
  }));
  return { lines, partial: {}, seq: list.reduce((s, w) => Math.max(s, w.seq), 0), start: Date.parse(start) || 0 };
}

const text = (v: unknown): string => (typeof v === "string" ? v : "");

/** heard takes one event of the stream; note words what is no line of anybody, "" for nothing. Events that were in the record already change nothing. */
export function heard(t: Talk, e: Happened, note: (e: Happened) => string = () => ""): Talk {
  const b = e.body;
  const who = text(b["who"]) === "agent" ? "agent" : "caller";
  const at = typeof b["start_ms"] === "number" ? b["start_ms"] / 1000 : t.start ? Math.max(0, (Date.parse(e.at) - t.start) / 1000) : undefined;
  if (e.type === "partial") {
    const rest = { ...t.partial };
    delete rest[who];
    const said = text(b["text"]);
    return { ...t, partial: said ? { ...rest, [who]: { id: "p" + who, who, text: said, partial: true, at } } : rest };
  }
  const seq = e.seq ?? 0;
  if (seq && seq <= t.seq) return t;
  const next = { ...t, seq: Math.max(t.seq, seq) };
  const add = (l: Omit<Line, "id" | "at">): Talk => ({ ...next, lines: [...next.lines, { id: "w" + seq + l.who, at, ...l }] });
  switch (e.type) {
    case "said": {
      const partial = { ...t.partial };
      delete partial[who];
      const doubtful = typeof b["confidence"] === "number" && b["confidence"] > 0 && b["confidence"] < 0.7;
      const others = Array.isArray(b["alternatives"]) ? b["alternatives"].map((x) => text((x as Record<string, unknown>)["text"])).filter(Boolean) : [];
      return { ...add({ who, text: text(b["text"]), ...(doubtful ? { doubts: [{ word: text(b["text"]), readings: others }] } : {}) }), partial };
    }
    case "prompted":
      return text(b["text"]) ? add({ who: "bot", ...cut(text(b["text"]), text(b["heard"]), b["cut"] === true) }) : next;
    default: {
      const words = note(e);
      return words ? add({ who: "note", text: words }) : next;
    }
  }
}

/** cut parts what the bot said into what was heard and what was not. */
function cut(whole: string, part: string, was: boolean): { text: string; unheard?: string } {
  if (!was) return { text: whole };
  return { text: part, unheard: whole.startsWith(part) ? whole.slice(part.length).trim() : whole };
}

/** all is what the transcript shows: partials stand last, the caller's below the agent's. */
export const all = (t: Talk): readonly Line[] => [...t.lines, ...Object.keys(t.partial).sort().map((k) => t.partial[k]!)];
