import { describe, expect, it } from "vitest";
import { calm, causes, facts, learn, level, rulesOf, settle, shown, type Facts, type Marker } from "./risk";
import { rules as limits, vectors } from "./vectors";
import type { Ev } from "./events";

const t0 = Date.parse("2026-11-22T10:00:00Z");
let seq = 0;
const ev = (s: number, type: Ev["type"], body: unknown = {}): Ev => ({ seq: ++seq, at: new Date(t0 + s * 1000).toISOString(), type, body }) as Ev;
const said = (s: number, text: string, confidence = 0.9) => ev(s, "said", { text, confidence, how: "speech" });
const stepped = (s: number, step: string, note = "") => ev(s, "stepped", { steps: [{ flow: "colis", step, note }] });
const bot = (s: number) => ev(s, "prompted", { text: "x", heard: "x", cut: false, for_ms: 100 });
const told = (...evs: Ev[]): Facts => [ev(0, "answered"), ...evs].reduce((f, e) => learn(f, e, limits), facts(t0, "fr"));
const rules = (f: Facts, s: number, usual = {}) => causes(f, t0 + s * 1000, limits, usual).map((c) => c.rule);

describe("causes", () => {
  it.each([
    ["a person asked for once", [said(1, "un conseiller"), bot(2)], 3, []],
    ["a person asked for twice", [said(1, "un conseiller"), bot(2), said(3, "passez-moi quelqu’un"), bot(4)], 5, ["human"]],
    ["and answered", [said(1, "un conseiller"), said(3, "un humain"), ev(4, "transfer_started", { reason: "asked" }), ev(5, "bridged", { agent: "k" })], 6, []],
    ["the same step twice", [stepped(1, "numero"), bot(2), stepped(3, "numero"), bot(4)], 5, []],
    ["the same step three times", [stepped(1, "numero"), bot(2), stepped(3, "numero"), bot(4), stepped(5, "numero"), bot(6)], 7, ["loop"]],
    ["another step between", [stepped(1, "numero"), stepped(2, "nom"), stepped(3, "numero"), bot(4), stepped(5, "numero"), bot(6)], 7, []],
    ["anger", [said(1, "c’est n’importe quoi"), bot(2)], 3, ["anger"]],
    ["anger that has passed", [said(1, "c’est n’importe quoi"), bot(2), said(3, "bon, d’accord"), bot(4)], 5, []],
    ["the bot thinks for 4 s", [said(1, "oui")], 5, []],
    ["the bot is silent for longer", [said(1, "oui")], 5.1, ["mute"]],
    ["the bot has turned to it", [said(1, "oui"), stepped(2, "a")], 9, []],
    ["one failed hand-off", [ev(1, "transfer_started", { reason: "asked" }), ev(2, "transfer_ended", { outcome: "busy", waited_ms: 1 }), bot(3)], 4, []],
    ["two failed hand-offs", [ev(1, "transfer_started", {}), ev(2, "transfer_ended", { outcome: "busy" }), bot(3), ev(4, "transfer_started", {}), ev(5, "transfer_ended", { outcome: "nobody" }), bot(6)], 7, ["transfers"]],
    ["misunderstood twice", [said(1, "euh"), stepped(2, "a", "no_match 1"), bot(3), said(4, "euh"), stepped(5, "a", "no_match 2"), bot(6)], 7, ["misses"]],
    ["understood between", [said(1, "euh"), stepped(2, "a", "no_match 1"), bot(3), said(4, "oui"), stepped(5, "b"), bot(6), said(7, "euh"), stepped(8, "c", "no_match 1"), bot(9)], 10, []],
    ["the caller is silent for 12 s", [bot(2)], 14, []],
    ["and longer", [bot(2)], 14.1, ["silence"]],
    ["asked again in the silence", [bot(2), ev(10, "silent", { for_ms: 8000 }), bot(12)], 14.1, ["silence"]],
    ["poorly heard three times", [said(1, "a", 0.4), bot(2), said(3, "b", 0.4), bot(4), said(5, "c", 0.4), bot(6)], 7, ["unsure"]],
    ["waits in the queue", [ev(1, "transfer_started", {})], 91, []],
    ["waits beyond the objective", [ev(1, "transfer_started", {})], 91.1, ["waits"]],
    ["the agent’s words are nobody’s anger", [ev(1, "bridged", { agent: "k" }), ev(2, "said", { text: "c’est une arnaque", who: "agent", confidence: 1, how: "speech" })], 3, []],
  ] as [string, Ev[], number, string[]][])("%s", (_, evs, at, want) => { expect(rules(told(...evs), at)).toEqual(want); });

  it("puts red before amber", () => {
    expect(rules(told(said(1, "quelle honte"), bot(2)), 200, { median: 60_000, again: true })).toEqual(["anger", "silence", "long", "again"]);
  });
  it("names the sentence", () => {
    const s = said(5, "quelle honte");
    expect(causes(told(s, bot(6)), t0 + 7000, limits)[0]!.seq).toBe(s.seq);
  });
});

describe("words", () => {
  it.each([["fr", "un conseiller", true], ["fr", "je voudrais parler à quelqu'un", true], ["fr", "passez-moi un agent", true], ["en", "human please", true], ["fr", "quelqu’un a pris mon colis devant la porte hier", false], ["fr", "mon conseil est bon", false], ["en", "I want to talk to a person", true]])("%s: %s asks for a person: %s", (lang, t, want) => { expect(limits.asks(lang, t)).toBe(want); });
  it.each([["fr", "j'en ai marre", true], ["fr", "C’est SCANDALEUX", true], ["fr", "le marronnier", false], ["fr", "merci beaucoup", false], ["en", "this is ridiculous", true], ["fr", "this is useless", false], ["de", "scandal", false]])("%s: %s is angry: %s", (lang, t, want) => { expect(limits.sounds(lang, t)).toBe(want); });
});

describe("rules", () => {
  const mine = rulesOf({ ...vectors.rules, anger: { fr: ["zut"] }, silence_ms: 3000, asked: 1 });
  const f = [ev(0, "answered"), said(1, "zut, un conseiller"), bot(2)].reduce((x, e) => learn(x, e, mine), facts(t0, "fr"));
  it("are the gateway's", () => { expect(causes(f, t0 + 6000, mine).map((c) => c.rule)).toEqual(["human", "anger", "silence"]); });
  it("mark nothing before they are known", () => { expect(causes([said(1, "quelle honte")].reduce((x, e) => learn(x, e, calm), facts(t0, "fr", "bot")), t0 + 1e9, calm)).toEqual([]); });
});

describe("settle", () => {
  const cause = (since: number) => [{ rule: "anger" as const, since: t0 + since * 1000, n: 1, seq: 1 }];
  const at = (m: readonly Marker[], held: ReturnType<typeof cause>, s: number) => settle(m, held, t0 + s * 1000, limits);
  it("shows after five seconds, and ten more after the cause", () => {
    let m = at([], cause(0), 4.9);
    expect(level(m)).toBe("calm");
    m = at(m, cause(0), limits.lasts_ms / 1000);
    expect(level(m)).toBe("red");
    m = at(m, [], 20);
    expect(level(m)).toBe("red");
    expect(level(at(m, [], 29.9))).toBe("red");
    expect(at(m, [], 30)).toEqual([]);
  });
  it("forgets what did not last", () => { expect(at(at([], cause(0), 3), [], 4)).toEqual([]); });
  it("goes on when the cause comes back in time", () => {
    const m = at(at(at([], cause(0), 6), [], 8), cause(9), 9);
    expect(shown(m)).toHaveLength(1);
    expect(m[0]!.over).toBe(0);
  });
  it("returns the same list when nothing changed", () => {
    const m = at([], cause(0), 6);
    expect(at(m, cause(0), 7)).toBe(m);
  });
});
