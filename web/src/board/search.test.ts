import { describe, expect, it } from "vitest";
import type { Conversation } from "./api";
import { phone, plain } from "./calls";
import type { Ev, Summary } from "./events";
import { fits, match } from "./pretend";
import { day, params, parse } from "./query";
import { split } from "./search";
import { medians, merged, transferred, type Transfer } from "./transfers";
import { lanes, parts, seconds, soundBegins } from "./wave";

const now = new Date(2026, 10, 25, 15, 0).getTime(); // a Wednesday
const sum = (over: Partial<Summary> = {}): Summary => ({ id: "a", channel: "voice", from: "sip:+33612345678@x", called: "h", bot: "b", lang: "fr", start: new Date(2026, 10, 24, 9, 0).toISOString(), end: new Date(2026, 10, 24, 9, 3).toISOString(), outcome: "callback", intent: "colis_non_recu", turns: 3, ...over });

describe("the field", () => {
  it("reads chips and words in both languages", () => {
    expect(parse("issue:rappel depuis:lundi non reçu", now)).toEqual({ words: ["non", "recu"], text: "non reçu", outcome: "callback", since: new Date(2026, 10, 23).getTime() });
    expect([parse("canal:enceinte", now).channel, parse("channel:speaker", now).channel, parse("canal:Alexa", now).channel]).toEqual(["speaker", "speaker", "speaker"]);
    expect(parse("outcome:resolved channel:voice number:0612", now)).toEqual({ words: [], outcome: "resolved", channel: "voice", number: "0612" });
  });
  it("takes what it does not understand for a word", () => { expect(parse("issue:mystère 12:30", now).words).toEqual(["issue:mystere", "12:30"]); });
  it.each([["lundi", [2026, 10, 23]], ["mercredi", [2026, 10, 25]], ["hier", [2026, 10, 24]], ["2026-02-30", undefined], ["21/11", [2026, 10, 21]], ["x", undefined]] as const)("%s is a day", (t, want) => { expect(day(t, now)).toBe(want && new Date(want[0], want[1], want[2]).getTime()); });
  it("compares numbers as people write them", () => {
    expect(fits(sum(), parse("numéro:06123", now))).toBe(true);
    expect(fits(sum(), parse("numéro:+33612345678", now))).toBe(true);
    expect(fits(sum(), parse("numéro:0712", now))).toBe(false);
  });
  it("finds words in one line of what was said", () => {
    const told = { transcript: [{ seq: 1, at: "", offset_ms: 129_000, who: "caller", text: "Ma porte est bleue" }] } as unknown as Conversation;
    expect(match(sum(), parse("PORTE bleue", now), told)).toMatchObject({ sum: { match: { parts: ["Ma ", "porte", " est ", "bleue"], offset_ms: 129_000 } } });
    expect(match(sum(), parse("verte", now), told)).toBeUndefined();
    expect(match(sum(), parse("colis", now))?.sum.match).toBeUndefined();
  });
  it("asks the gateway in its words", () => {
    expect(params(parse('« pas reçu » agent:karim file:litige demande:colis-non numéro:0612 depuis:2026-11-21 jusqu’à:2026-11-21', now))).toEqual({ text: "« pas reçu »", agent: "karim", queue: "litige", intent: "colis non", number: "0612",
      since: new Date(2026, 10, 21).toISOString(), before: new Date(2026, 10, 22).toISOString() });
    expect(params(parse("?! issue:résolu", now))).toEqual({ outcome: "resolved" });
    expect(params(parse("issue:non-résolu", now))).toEqual({ outcome: "abandoned,failed,unanswered" });
  });
  it("marks the words, accents or not", () => {
    expect(split("Colis non reçu.", ["non", "recu"])).toEqual(["Colis ", "non", " ", "reçu", "."]);
    expect(split("<b>reçu</b>", ["b"])).toEqual(["<", "b", ">reçu</", "b", ">"]);
    expect(split("rien", [])).toEqual(["rien"]);
  });
});

it.each([["sip:+33671234540@trunk", "06 71 •• •• 40"], ["sip:anonymous@x", ""], ["tel:+442079460000", "+442 •••• 00"], ["sip:1234@x", "1234"], ["<img src=x>", ""]])("%s is shown as %s", (a, b) => { expect(phone(a)).toBe(b); });
it("makes steps readable", () => { expect(plain("suivi_colis/numero_commande")).toBe("Suivi colis › numero commande"); });

describe("hand-offs", () => {
  const t0 = Date.parse("2026-11-22T10:00:00Z");
  const ev = (s: number, type: Ev["type"], body: unknown): Ev => ({ seq: s + 1, at: new Date(t0 + s * 1000).toISOString(), type, body }) as Ev;
  const told = (...e: Ev[]) => e.reduce((l, x) => transferred(l, "a", x), [] as readonly Transfer[]);
  const started = ev(0, "transfer_started", { skills: ["litige"], reason: "asked" });
  it("goes from waiting to an answer", () => {
    const steps = [started, ev(3, "transfer_ringing", { agent: "k", try: 1 }), ev(11, "bridged", { agent: "k" }), ev(60, "transfer_ended", { outcome: "completed", agent: "k", waited_ms: 11_000 })];
    expect(steps.map((_, i) => told(...steps.slice(0, i + 1))[0]!.state)).toEqual(["waits", "rings", "talks", "completed"]);
    expect(told(...steps)[0]!.waited).toBe(11_000);
  });
  it("is left by the caller when the call ends in the queue", () => { expect(told(started, ev(9, "ended", { outcome: "abandoned", by: "caller" }))[0]!.state).toBe("caller_left"); });
  it("takes the day's from the gateway, and what is newer from the stream", () => {
    const day = (seq: number, outcome: string) => ({ conversation: "a", seq, at: new Date(t0 - seq * 1000).toISOString(), reason: "asked", queue: "litige", outcome, waited_ms: 9000, talked_ms: 0, rung: 1, agent: "k" });
    const mine = told(started, ev(3, "transfer_ringing", { agent: "k", try: 1 }));
    expect(merged(mine, [day(1, "waits"), { ...day(7, "busy"), conversation: "b" }]).map((t) => [t.conv, t.state, t.skills, t.waited])).toEqual([["a", "rings", "litige", 0], ["b", "busy", "litige", 9000]]);
    expect(merged(mine, [day(1, "completed")])[0]).toMatchObject({ state: "completed", waited: 9000 });
  });
  it("has a median from five calls on", () => {
    const of = (n: number) => medians(Array.from({ length: n }, (_, i) => sum({ start: new Date(t0).toISOString(), end: new Date(t0 + (i + 1) * 60_000).toISOString() })));
    expect(of(4).size).toBe(0);
    expect(of(5).get("colis_non_recu")).toBe(180_000);
  });
});

describe("the waveform", () => {
  it("has the loudness of both sides, and silence for noise", () => {
    const tone = Float32Array.from({ length: 800 }, (_, i) => (i < 400 ? 0.5 * Math.sin(i) : 0));
    const [a, b] = lanes([tone, Float32Array.from({ length: 800 }, () => 0.001)], 8);
    expect(a.map((x) => x > 0.5)).toEqual([true, true, true, true, false, false, false, false]);
    expect(b).toEqual(new Array(8).fill(0));
    expect(lanes([], 3)).toEqual([[0, 0, 0], [0, 0, 0]]);
  });
  it("knows who spoke for us and when the caller waited, from the answer on", () => {
    const at = (s: number) => new Date(now + s * 1000).toISOString();
    const evs = [{ seq: 1, at: at(0), type: "started", body: {} }, { seq: 2, at: at(2), type: "answered", body: {} }, { seq: 3, at: at(12), type: "transfer_started", body: {} }, { seq: 4, at: at(32), type: "bridged", body: { agent: "k" } }, { seq: 5, at: at(40), type: "supervised", body: { who: "p", act: "listen" } }, { seq: 6, at: at(62), type: "ended", body: {} }] as unknown as Ev[];
    expect(parts(evs, 60)).toEqual({ wait: [{ from: 10, to: 30 }], agent: [{ from: 30, to: 60 }], acts: [{ at: 38, who: "p", act: "listen" }] });
    expect(soundBegins(evs)).toBe(2);
  });
  it.each([["129", 129], ["2m9s", 129], ["129s", 129], ["x", 0], ["", 0], [null, 0]] as const)("t=%s is %d s", (t, want) => { expect(seconds(t)).toBe(want); });
});
