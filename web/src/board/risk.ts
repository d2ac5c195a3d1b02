// When a call needs somebody, and why. Three pure steps: facts are folded from the event stream, the
// facts and the time of day give causes, and causes give the markers that are shown. A marker has to
// last for a while and goes a while after its cause, so that nothing flickers (ISA-18.2 calls the
// two on-delay and off-delay).
import type { BoardRules, Ev, Live } from "./events";
import { finder, wordsOf } from "./words";

export type Rule = "human" | "waits" | "loop" | "anger" | "mute" | "transfers" | "misses" | "silence" | "unsure" | "long" | "again";

/** Red: somebody who acts now changes the outcome. The order is the one in which they are shown. */
export const red: readonly Rule[] = ["loop", "human", "waits", "anger", "mute", "transfers"];
export const amber: readonly Rule[] = ["misses", "silence", "unsure", "long", "again"];
const rank: readonly Rule[] = [...red, ...amber];

/** Rules are the gateway's configuration of the board, ready to be asked; times in ms. */
export interface Rules extends BoardRules {
  /** asks tells whether a sentence asks for a person: it names one, and wants, or is short. */
  asks(lang: string, text: string): boolean;
  /** sounds tells whether a word of the anger list is in it. */
  sounds(lang: string, text: string): boolean;
}

const brief = 4; // words that name a person without a verb

export function rulesOf(c: BoardRules): Rules {
  const [anger, person, wants] = [finder(c.anger), finder(c.person), finder(c.wants)];
  return {
    ...c,
    asks(lang, text) {
      const t = wordsOf(text);
      return person(lang, t) && (wants(lang, t) || text.trim().split(/\s+/).length <= brief);
    },
    sounds: (lang, text) => anger(lang, wordsOf(text)),
  };
}

/** calm is before the gateway has told its rules: nothing is marked. */
export const calm: Rules = rulesOf({
  in_time_ms: Infinity, waits_ms: Infinity, anger: {}, person: {}, wants: {}, asked: Infinity, loop: Infinity, mute_ms: Infinity, transfers: Infinity, misses: Infinity,
  silence_ms: Infinity, unsure: Infinity, confidence: 0, long: Infinity, lasts_ms: 0, clears_ms: 0,
});

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
  readonly lang: string;
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

export function facts(start: number, lang: string, at: Facts["with"] = "arriving", since = start): Facts {
  return { with: at, withSince: since, start, lang, asks: none, step: "", steps: none, angry: none, failed: none, misses: none, unsure: none, owed: 0, quiet: 0, saidSeq: 0, fell: false };
}

/** known are the facts that the gateway has counted already. */
export function known(l: Live): Facts {
  const g = l.facts ?? {}, time = (t: string | undefined) => (t ? Date.parse(t) : 0);
  const row = (r: { n: number; since: string; seq: number } | undefined): Row => (r ? { ...r, since: time(r.since) } : none);
  return {
    with: l.with, withSince: time(l.since), start: time(l.start), lang: l.lang, step: l.step ?? "",
    asks: row(g.asks), steps: row(g.steps), angry: row(g.angry), failed: row(g.failed), misses: row(g.misses), unsure: row(g.unsure),
    owed: time(g.owed), quiet: time(g.quiet), saidSeq: g.said_seq ?? 0, fell: g.fell ?? false,
  };
}

const more = (r: Row, e: Ev, at: number, count: number): Row => {
  const n = r.n + 1;
  return { n, since: n <= count ? at : r.since, seq: e.seq };
};

/** learn folds one event into the facts, as the gateway does (gateway/event/facts.go). */
export function learn(f: Facts, e: Ev, limits: Rules): Facts {
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
        asks: limits.asks(e.body.lang || f.lang, e.body.text) ? more(f.asks, e, at, limits.asked) : f.asks,
        angry: limits.sounds(e.body.lang || f.lang, e.body.text) ? more(f.angry, e, at, 1) : none,
        unsure: low ? more(f.unsure, e, at, limits.unsure) : none,
      };
    }
    case "stepped": {
      const last = e.body.steps?.at(-1);
      const missed = e.body.steps?.some((s) => s.note?.startsWith("no_match")) ?? false;
      const place = last ? `${last.flow}/${last.step}` : f.step;
      const row = { ...e, seq: f.saidSeq || e.seq };
      return {
        ...f, owed: 0, step: place, lang: e.body.lang || f.lang,
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
export function causes(f: Facts, now: number, limits: Rules, usual: Usual = {}): Cause[] {
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
  if (f.with === "ringing") long("waits", f.withSince, limits.waits_ms);
  if (f.with === "bot") {
    long("mute", f.owed, limits.mute_ms);
    long("silence", f.quiet, limits.silence_ms);
  }
  if (usual.median) long("long", f.start, limits.long * usual.median);
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
export function settle(before: readonly Marker[], held: readonly Cause[], now: number, limits: Rules): readonly Marker[] {
  const next: Marker[] = held.map((c) => {
    const was = before.find((m) => m.rule === c.rule);
    return { ...c, over: 0, shown: (was?.shown ?? false) || now - c.since >= limits.lasts_ms };
  });
  for (const m of before) {
    if (!m.shown || held.some((c) => c.rule === m.rule)) continue;
    const over = m.over || now;
    if (now - over < limits.clears_ms) next.push({ ...m, over });
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
