// When a call needs somebody, and why. Three pure steps: facts are folded from the event stream, the
// facts and the time of day give causes, and causes give the markers that are shown. A marker has to
// last five seconds and goes ten seconds after its cause, so that nothing flickers (ISA-18.2 calls the
// two on-delay and off-delay).
import type { Ev } from "./events";

export type Rule = "human" | "waits" | "loop" | "anger" | "mute" | "transfers" | "misses" | "silence" | "unsure" | "long" | "again";

/** Red: somebody who acts now changes the outcome. The order is the one in which they are shown. */
export const red: readonly Rule[] = ["loop", "human", "waits", "anger", "mute", "transfers"];
export const amber: readonly Rule[] = ["misses", "silence", "unsure", "long", "again"];
const rank: readonly Rule[] = [...red, ...amber];

/** Limits in ms, or times. */
export const limits = { lasts: 5_000, clears: 10_000, mute: 4_000, silence: 12_000, waits: 90_000, loop: 3, misses: 2, asked: 2, transfers: 2, unsure: 3, confidence: 0.5 } as const;

/** Something that happened n times in a row; since is when it became as many as count, ms. */
interface Row {
  n: number;
  since: number;
  seq: number;
}
const none: Row = { n: 0, since: 0, seq: 0 };

/** What is known of one call. Never changed in place. Times are ms since 1970. */
export interface Facts {
  readonly with: "arriving" | "bot" | "ringing" | "agent";
  readonly withSince: number;
  readonly start: number;
  /** asks are sentences that asked for a person. */
  readonly asks: Row;
  readonly step: string;
  readonly steps: Row;
  readonly angry: Row;
  readonly failed: Row;
  readonly misses: Row;
  readonly unsure: Row;
  /** owed is since when the caller waits for the bot's word, 0 when they do not. */
  readonly owed: number;
  /** quiet is since when the bot waits for the caller's word, 0 when it does not. */
  readonly quiet: number;
  readonly saidSeq: number;
  readonly fell: boolean;
}

export function facts(start: number, at: Facts["with"] = "arriving", since = start): Facts {
  return { with: at, withSince: since, start, asks: none, step: "", steps: none, angry: none, failed: none, misses: none, unsure: none, owed: 0, quiet: 0, saidSeq: 0, fell: false };
}

const fold = (s: string) => s.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/[’']/g, "'");
const human = /\b(conseill(er|ere)|humain|operat(eur|rice)|quelqu'un|une? (vraie )?personne|un agent|someone|a (real )?(person|human)|human|operator|an? agent|representative|adviser|advisor)\b/;
const wants = /\b(parler|passe[zr]?|veux|voudrais|avoir|joindre|mettez|talk|speak|want|need|get|put|give|connect|transfer)\b/;
const anger = /\b(marre|ras le bol|honte|scandal\w*|inadmissible|inacceptable|arnaque\w*|voleurs?|escro\w*|incompeten\w*|fous de moi|moque\w* de moi|foutez de|n'importe quoi|ridicule|avocat|porter plainte|plainte|enerve\w*|insupportable|furieu\w*|fed up|ridiculous|scam|disgrace\w*|unacceptable|useless|lawyer|sue you|furious|sick of|joke)\b/;

/** asksForPerson tells whether a sentence asks for a person: it names one, and wants, or is short. */
export function asksForPerson(text: string): boolean {
  const t = fold(text);
  return human.test(t) && (wants.test(t) || t.trim().split(/\s+/).length <= 4);
}

/** soundsAngry tells whether a word of the anger list is in it. */
export const soundsAngry = (text: string): boolean => anger.test(fold(text));

const more = (r: Row, e: Ev, at: number, count: number): Row => {
  const n = r.n + 1;
  return { n, since: n <= count ? at : r.since, seq: e.seq };
};

/** learn folds one event into the facts. */
export function learn(f: Facts, e: Ev): Facts {
  const at = Date.parse(e.at);
  const to = (w: Facts["with"]): Facts => (w === f.with ? f : { ...f, with: w, withSince: at, owed: 0, quiet: 0 });
  switch (e.type) {
    case "answered": return to("bot");
    case "said": {
      if (e.body.who) return f;
      const low = e.body.how === "speech" && e.body.confidence < limits.confidence;
      return {
        ...f, saidSeq: e.seq, quiet: 0, fell: false,
        owed: f.with === "bot" ? f.owed || at : 0,
        asks: asksForPerson(e.body.text) ? more(f.asks, e, at, limits.asked) : f.asks,
        angry: soundsAngry(e.body.text) ? more(f.angry, e, at, 1) : none,
        unsure: low ? more(f.unsure, e, at, limits.unsure) : none,
      };
    }
    case "stepped": {
      const last = e.body.steps?.at(-1);
      const missed = e.body.steps?.some((s) => s.note?.startsWith("no_match")) ?? false;
      const place = last ? `${last.flow}/${last.step}` : f.step;
      const row = { ...e, seq: f.saidSeq || e.seq };
      return {
        ...f, owed: 0, step: place,
        steps: place === f.step ? more(f.steps, row, at, limits.loop) : { n: 1, since: at, seq: row.seq },
        misses: missed ? more(f.misses, row, at, limits.misses) : f.saidSeq > f.misses.seq ? none : f.misses,
      };
    }
    case "prompted": return { ...f, owed: 0, quiet: f.with !== "bot" ? 0 : f.fell ? f.quiet : at };
    case "silent": return { ...f, fell: true, quiet: f.quiet || at - e.body.for_ms };
    case "acted":
    case "trouble": return { ...f, owed: 0 };
    case "transfer_started": return to("ringing");
    case "agent_lost": return to("ringing");
    case "bridged":
    case "agent_back": return { ...to("agent"), asks: none, steps: none, failed: none, misses: none, unsure: none };
    case "transfer_ended": {
      const ok = e.body.outcome === "completed";
      return { ...to("bot"), failed: ok ? none : more(f.failed, e, at, limits.transfers) };
    }
    default: return f;
  }
}

/** What is known beyond one call: how long its intent usually takes, ms, and whether the number called this week. */
export interface Usual {
  median?: number | undefined;
  again?: boolean | undefined;
}

/** A reason to look at a call: since when, how often or how long (n: times, or seconds), and the sentence. */
export interface Cause {
  rule: Rule;
  since: number;
  n: number;
  seq: number;
}

/** causes are what holds at a moment. Those that are a length of time begin when it began, and hold once it is
 * long enough. */
export function causes(f: Facts, now: number, usual: Usual = {}): Cause[] {
  const out: Cause[] = [];
  const times = (rule: Rule, r: Row, limit: number) => { if (r.n >= limit) out.push({ rule, since: r.since, n: r.n, seq: r.seq }); };
  const long = (rule: Rule, since: number, limit: number, seq = f.saidSeq) => { if (since && now - since > limit) out.push({ rule, since, n: Math.floor((now - since) / 1000), seq }); };
  const person = f.with === "agent";
  if (!person) {
    times("human", f.asks, limits.asked);
    times("loop", f.steps, limits.loop);
    times("transfers", f.failed, limits.transfers);
    times("misses", f.misses, limits.misses);
    times("unsure", f.unsure, limits.unsure);
  }
  times("anger", f.angry, 1);
  if (f.with === "ringing") long("waits", f.withSince, limits.waits);
  if (f.with === "bot") {
    long("mute", f.owed, limits.mute);
    long("silence", f.quiet, limits.silence);
  }
  if (usual.median) long("long", f.start, 2 * usual.median);
  if (usual.again) out.push({ rule: "again", since: f.start, n: 1, seq: 0 });
  return out.sort((a, b) => rank.indexOf(a.rule) - rank.indexOf(b.rule));
}

/** A marker that is shown, or waits to be; over is when its cause ended, 0 while it holds. */
export interface Marker extends Cause {
  over: number;
  shown: boolean;
}

/** settle gives the markers of a moment from those before and the causes now. The same list is returned
 * when nothing that can be seen has changed. */
export function settle(before: readonly Marker[], held: readonly Cause[], now: number): readonly Marker[] {
  const next: Marker[] = held.map((c) => {
    const was = before.find((m) => m.rule === c.rule);
    return { ...c, over: 0, shown: (was?.shown ?? false) || now - c.since >= limits.lasts };
  });
  for (const m of before) {
    if (!m.shown || held.some((c) => c.rule === m.rule)) continue;
    const over = m.over || now;
    if (now - over < limits.clears) next.push({ ...m, over });
  }
  next.sort((a, b) => rank.indexOf(a.rule) - rank.indexOf(b.rule));
  const same = next.length === before.length && next.every((m, i) => { const b = before[i]!; return m.rule === b.rule && m.shown === b.shown && m.n === b.n && m.seq === b.seq && m.over === b.over; });
  return same ? before : next;
}

/** shown are the markers that people see, the gravest first. */
export const shown = (m: readonly Marker[]): readonly Marker[] => m.filter((x) => x.shown);
export const isRed = (r: Rule): boolean => red.includes(r);
/** level is what a call's row looks like. */
export function level(m: readonly Marker[]): "red" | "amber" | "calm" {
  const first = m.find((x) => x.shown);
  return !first ? "calm" : isRed(first.rule) ? "red" : "amber";
}
