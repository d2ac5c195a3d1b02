// The five answers beside a call. They change when a caller's sentence has ended, and never under a
// pointer or while one of them has the focus: what comes meanwhile waits.
import type { Article } from "./types";

export const most = 5;

export interface Answers {
  shown: readonly Article[];
  /** waiting is what will be shown when nobody rests on the list; undefined: nothing new. */
  waiting?: readonly Article[] | undefined;
  /** held: pointer or focus is on the list. */
  held: boolean;
  /** open is the answer whose text is unfolded; "" = the first. */
  open: string;
}

export type Act = { type: "found"; list: readonly Article[] } | { type: "hold"; yes: boolean } | { type: "open"; id: string } | { type: "clear" };

export const none: Answers = { shown: [], held: false, open: "" };

const same = (a: readonly Article[], b: readonly Article[]): boolean => a.length === b.length && a.every((x, i) => x.id === b[i]!.id && x.short === b[i]!.short && x.why.join() === b[i]!.why.join());

/** answers is the rule: found while held waits, and comes when the hold ends. */
export function answers(a: Answers, act: Act): Answers {
  switch (act.type) {
    case "found": {
      const list = act.list.slice(0, most);
      if (same(list, a.shown)) return { ...a, waiting: undefined };
      return a.held ? { ...a, waiting: list } : show(a, list);
    }
    case "hold":
      if (act.yes || !a.waiting) return { ...a, held: act.yes };
      return show({ ...a, held: false }, a.waiting);
    case "open":
      return { ...a, open: a.open === act.id ? "" : act.id };
    case "clear":
      return none;
  }
}

function show(a: Answers, list: readonly Article[]): Answers {
  return { ...a, shown: list, waiting: undefined, open: list.some((x) => x.id === a.open) ? a.open : "" };
}
