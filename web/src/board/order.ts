// Which rows, in which order. While somebody's pointer or focus is in the list nothing moves: ended calls
// stay where they are, new ones wait, and a pill says how many.
import type { Call } from "./calls";
import { level, shown } from "./risk";

export type Filter = "all" | "risk" | "bot" | "queue" | "agents";
export const filters: readonly Filter[] = ["all", "risk", "bot", "queue", "agents"];

/** passes tells whether a call is in a filter. */
export function passes(c: Call, f: Filter): boolean {
  switch (f) {
    case "all": return true;
    case "risk": return level(c.markers) !== "calm";
    case "bot": return c.with === "bot" || c.with === "arriving";
    case "queue": return c.with === "ringing";
    case "agents": return c.with === "agent";
  }
}

/** counts is how many calls each filter has; exact, whatever is shown. */
export function counts(calls: readonly Call[]): Record<Filter, number> {
  const n: Record<Filter, number> = { all: 0, risk: 0, bot: 0, queue: 0, agents: 0 };
  for (const c of calls) {
    if (c.over) continue;
    for (const f of filters) if (passes(c, f)) n[f]++;
  }
  return n;
}

/** found tells whether a call has the words that are looked for. */
export function found(c: Call, words: string): boolean {
  const fold = (s: string) => s.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  const all = fold([c.name, c.from, c.agent, c.intent, c.step, c.heard, c.skills].join(" ").replace(/_/g, " "));
  return fold(words).split(/\s+/).filter(Boolean).every((w) => all.includes(w));
}

/** What the list shows: ids, those at risk and the others. */
export interface Rows {
  readonly risk: readonly string[];
  readonly calm: readonly string[];
  /** hidden is how many others there are. */
  readonly hidden: number;
  readonly news: { readonly risk: number; readonly calls: number };
}

export const most = 200; // rows without an alert

const weight = { red: 0, amber: 1, calm: 2 } as const;

/** sorted is the order of a moment: red, then amber, each from the longest-standing alert; then who waits
 * longest, then by beginning. */
export function sorted(calls: readonly Call[], f: Filter, words = ""): Rows {
  const mine = calls.filter((c) => !c.over && passes(c, f) && found(c, words));
  const risk = mine.filter((c) => level(c.markers) !== "calm");
  const since = (c: Call) => shown(c.markers)[0]?.since ?? 0;
  risk.sort((a, b) => weight[level(a.markers)] - weight[level(b.markers)] || since(a) - since(b) || (a.id < b.id ? -1 : 1));
  const calm = mine.filter((c) => level(c.markers) === "calm");
  const wait = (c: Call) => (c.with === "ringing" ? c.since : Infinity);
  calm.sort((a, b) => cmp(wait(a), wait(b)) || a.start - b.start || (a.id < b.id ? -1 : 1));
  return { risk: risk.map((c) => c.id), calm: calm.slice(0, most).map((c) => c.id), hidden: Math.max(0, calm.length - most), news: { risk: 0, calls: 0 } };
}

const cmp = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1);

/** arrange gives the rows: those of the moment, or, frozen, those that were there, where they were. */
export function arrange(was: Rows | undefined, now: Rows, frozen: boolean): Rows {
  if (!frozen || !was) return now;
  const risk = new Set(was.risk), all = new Set([...was.risk, ...was.calm]);
  const newRisk = now.risk.filter((id) => !risk.has(id)).length;
  const newCalls = now.calm.filter((id) => !all.has(id)).length;
  return { ...was, news: { risk: newRisk, calls: newCalls } };
}
