import { describe, expect, it } from "vitest";
import { begun, count, fromLive } from "./calls";
import { Board } from "./store";
import { causes } from "./risk";
import { rules, vectors } from "./vectors";
import { finder, wordsOf } from "./words";

// The same file holds the gateway to what its snapshot says (gateway/event/facts_test.go).
describe("what the page counts is what the snapshot says", () => {
  it.each(vectors.cases.map((c) => [c.name, c] as const))("%s", (_, c) => {
    const [first, ...rest] = c.events;
    if (first?.type !== "started") throw new Error("begins with another event");
    const counted = rest.reduce((call, e) => count(call, e, rules), begun(first));
    expect(counted.facts).toEqual(fromLive(c.live).facts);
  });
  it.each(vectors.cases.map((c) => [c.name, c] as const))("%s: a page that joins in the middle counts on", (_, c) => {
    const [first, ...rest] = c.events;
    if (first?.type !== "started" || rest.length === 0) return;
    const whole = rest.reduce((call, e) => count(call, e, rules), begun(first));
    const joined = count(fromLive(c.live), { ...first, seq: c.live.seq + 1, type: "said", body: { text: "zut", confidence: 1, how: "speech" } }, rules);
    expect(joined.facts).toEqual(count(whole, { ...first, seq: whole.seq + 1, type: "said", body: { text: "zut", confidence: 1, how: "speech" } }, rules).facts);
  });
});

describe("words", () => {
  it.each(vectors.words.map((w) => [JSON.stringify(w.list), w.text, w.found, w] as const))("%s in “%s”: %s", (_, _text, want, w) => {
    expect(finder(w.list)(w.lang, wordsOf(w.text))).toBe(want);
  });
  it("takes no entry for a pattern", () => { expect(finder({ fr: ["(a+)+$", "[", "*", "a|b"] })("fr", wordsOf("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"))).toBe(false); });
});

it("the snapshot of 1,000 calls suffices for every marker", () => {
  const b = new Board(rules), live = vectors.cases.map((c) => c.live);
  b.snapshot(Array.from({ length: 1000 }, (_, i) => ({ ...live[i % live.length]!, id: `c${i}` })));
  const at = Date.parse("2026-11-22T10:00:30Z");
  b.tick(at);
  const calls = [...b.state.calls.values()];
  expect(calls).toHaveLength(1000);
  for (const [i, c] of calls.entries()) expect(c.markers.filter((m) => m.shown).map((m) => m.rule)).toEqual(causes(fromLive(live[i % live.length]!).facts, at, rules).map((m) => m.rule));
  expect(new Set(calls.flatMap((c) => c.markers.map((m) => m.rule)))).toEqual(new Set(["human", "loop", "anger", "mute", "silence", "misses", "transfers"]));
});
