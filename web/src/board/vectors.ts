// For tests: the gateway's default rules and what both sides must count, from the file that its own tests read.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { BoardRules, Ev, Live } from "./events";
import { rulesOf } from "./risk";

interface Vectors {
  rules: BoardRules;
  words: { lang: string; list: Record<string, string[]>; text: string; found: boolean }[];
  cases: { name: string; events: Ev[]; live: Live }[];
}

export const vectors = JSON.parse(readFileSync(resolve(import.meta.dirname, "../../../gateway/event/testdata/facts.json"), "utf8")) as Vectors;
export const rules = rulesOf(vectors.rules);
