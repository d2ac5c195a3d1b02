// What the page works out of the server's state: presence, offers, ringing, answers, lines.
import { describe, expect, it } from "vitest";
import { answers, none, type Answers } from "./answers";
import { all, fromRecord, heard, silence } from "./lines";
import { rings, share, stage } from "./offer";
import { left, obstacle, offset, since } from "./presence";
import { obstacles, begin, handled } from "./state";
import type { Article, DeskState, Ending, Offer } from "./types";

const now = Date.parse("2026-11-22T10:42:00Z");
const at = (s: number): string => new Date(now + s * 1000).toISOString();
const desk = (o: Partial<DeskState> = {}): DeskState => ({ name: "karim", title: "Karim", status: "available", why: "set", since: at(-60), chats: [], microphone: true, tabs: [{ id: "a", seen: at(0) }], sound: "a", takes_calls: true, takes_chats: true, offer: null, ended: null, chat_offers: [], chat_ended: null, now: at(0), ...o });
const offer = (o: Partial<Offer> = {}): Offer => ({ conversation: "c1", channel: "voice", origin: "bot", lang: "fr", who: "Nadia Benali", phone: "+33612345678", why: "Colis non reçu.", queue: [], facts: [], slots: [], tried: [], todo: [], lines: [], at: at(-8), expires: at(12), rings: "browser", ...o });

describe("presence", () => {
  const ok = { connected: true };
  it.each([
    ["available, chosen again", desk(), "available", ok, "same"],
    ["a break from a break, for another reason", desk({ status: "break" }), "break", ok, undefined],
    ["available without a microphone, for chats", desk({ status: "offline", microphone: false }), "available", ok, undefined],
    ["offline with a chat", desk({ chats: ["c"] }), "offline", ok, "in_chats"],
    ["a break with a chat", desk({ chats: ["c"] }), "break", ok, undefined],
    ["a break after this call", desk({ status: "on_call", call: "c" }), "break", ok, undefined],
    ["offline in a call", desk({ status: "on_call", call: "c" }), "offline", ok, "in_call"],
    ["anything while a caller is offered", desk({ offer: offer() }), "break", ok, "offered"],
    ["anything while nothing is reached", desk(), "break", { ...ok, connected: false }, "offline"],
  ] as const)("%s", (_, st, choice, around, want) => expect(obstacle(st, choice, around)).toBe(want));

  it("counts by the server's clock, whatever ours says", () => {
    for (const wrong of [-3_600_000, 0, 90_000]) {
      const ours = now + wrong, ahead = offset(desk(), ours);
      expect(left(at(12), ours, ahead)).toBe(12);
      expect(since(at(-41), ours, ahead)).toBe(41);
    }
    expect(left(undefined, now, 0)).toBe(0);
    expect(left(at(-3), now, 0)).toBe(0);
  });
});

describe("an offer", () => {
  it("is one stage after the other", () => {
    expect(stage(desk(), now, 0).kind).toBe("idle");
    expect(stage(desk({ offer: offer() }), now, 0).kind).toBe("offer");
    expect(stage(desk({ offer: offer({ origin: "rejoin" }) }), now, 0).kind).toBe("rejoin");
    const ended = { conversation: "c1", who: "Nadia", how: "accepted" as const, after_s: 3, at: at(0) };
    expect(stage(desk({ offered: "c1", ended }), now, 0)).toEqual({ kind: "call", conversation: "c1" }); // accepted, not joined yet
    expect(stage(desk({ offered: "c2", ended }), now, 0).kind).toBe("idle"); // the next one does not ring yet
    expect(stage(desk({ status: "on_call", call: "c1", ended }), now, 0)).toEqual({ kind: "call", conversation: "c1" });
  });
  it.each(["answered_elsewhere", "caller_left", "expired", "declined", "unreachable"] satisfies Ending[])("tells that it was %s, until it is put away or old", (how) => {
    const ended = { conversation: "c1", who: "Nadia", how, after_s: 41, at: at(-2) };
    expect(stage(desk({ ended }), now, 0).kind).toBe("ended");
    expect(stage(desk({ ended }), now, 0, ended.at).kind).toBe("idle");
    expect(stage(desk({ ended }), now + 120_000, 0).kind).toBe("idle");
    expect(stage(desk({ ended, offer: offer({ conversation: "c2" }) }), now, 0).kind).toBe("offer");
  });
  it("that was accepted needs no sentence", () => expect(stage(desk({ ended: { conversation: "c1", who: "Nadia", how: "accepted", after_s: 3, at: at(-1) } }), now, 0).kind).toBe("idle"));
  it("rings in one tab, while it lasts, and never over a call", () => {
    const st = desk({ offer: offer() });
    expect(rings(st, "a", now, 0)).toBe(true);
    expect(rings(st, "b", now, 0)).toBe(false); // another tab has the sound
    expect(rings(st, "a", now + 12_000, 0)).toBe(false); // its time is over, whatever the server says next
    expect(rings(desk(), "a", now, 0)).toBe(false);
    expect(rings(undefined, "a", now, 0)).toBe(false);
    expect(rings({ ...st, call: "c0" }, "a", now, 0)).toBe(false);
    expect(rings(desk({ offer: offer({ rings: "telephone" }) }), "a", now, 0)).toBe(false);
  });
  it("shows the share of its time", () => {
    expect(share(offer(), now, 0)).toBeCloseTo(0.6);
    expect(share(offer({ expires: at(-9) }), now, 0)).toBe(0);
  });
});

describe("the answers", () => {
  const list = (...ids: string[]): Article[] => ids.map((id) => ({ id, title: id, short: id, body: "", score: 1, why: [] }));
  const ids = (a: Answers) => a.shown.map((x) => x.id).join("");
  it("are five at most", () => expect(ids(answers(none, { type: "found", list: list(..."abcdefg") }))).toBe("abcde"));
  it("stay where they are under a pointer, whatever is said", () => {
    let a = answers(answers(none, { type: "found", list: list(..."abc") }), { type: "hold", yes: true });
    for (let i = 0; i < 200; i++) {
      a = answers(a, { type: "found", list: list("x" + i, "b") });
      expect(ids(a)).toBe("abc");
    }
    expect(ids(answers(a, { type: "hold", yes: false }))).toBe("x199b");
  });
  it("forget what waited when the shown ones are right again", () => {
    let a = answers(answers(none, { type: "found", list: list("a") }), { type: "hold", yes: true });
    a = answers(answers(a, { type: "found", list: list("b") }), { type: "found", list: list("a") });
    expect(a.waiting).toBeUndefined();
    expect(ids(answers(a, { type: "hold", yes: false }))).toBe("a");
  });
  it("keep one unfolded while it is there", () => {
    let a = answers(answers(none, { type: "found", list: list("a", "b") }), { type: "open", id: "b" });
    a = answers(a, { type: "found", list: list("c", "b") });
    expect(a.open).toBe("b");
    expect(answers(a, { type: "found", list: list("c") }).open).toBe("");
    expect(answers(a, { type: "open", id: "b" }).open).toBe("");
  });
});

describe("the lines", () => {
  const e = (type: string, body: Record<string, unknown>, seq = 0) => ({ type, body, seq, at: at(3) });
  it("grow at the tail, by who speaks", () => {
    let t = heard({ ...silence, start: now }, e("partial", { text: "il n'y", start_ms: 2000 }));
    t = heard(t, e("partial", { who: "agent", text: "d'ac" }));
    t = heard(t, e("partial", { text: "il n'y a pas", start_ms: 2000 }));
    expect(all(t).map((l) => [l.who, l.text, l.partial])).toEqual([["agent", "d'ac", true], ["caller", "il n'y a pas", true]]);
    t = heard(t, e("said", { text: "Il n’y a pas de gardien.", confidence: 0.9, start_ms: 2000 }, 7));
    expect(all(t).map((l) => [l.who, l.text])).toEqual([["caller", "Il n’y a pas de gardien."], ["agent", "d'ac"]]);
    expect(all(heard(t, e("partial", { who: "agent", text: "" }))).length).toBe(1);
  });
  it("come once, though the record has them too", () => {
    const t = fromRecord([{ seq: 1, at: at(0), offset_ms: 0, who: "bot", text: "Bonjour." }, { seq: 4, at: at(1), offset_ms: 1000, who: "caller", text: "Mon colis." }, { seq: 5, at: at(1), offset_ms: 1000, who: "steps", text: "" }], at(0));
    expect(heard(t, e("said", { text: "Mon colis." }, 4)).lines.length).toBe(2);
    expect(heard(t, e("said", { text: "Oui." }, 6)).lines.length).toBe(3);
  });
  it("have what the bot was heard to say, and what was cut off", () => {
    const t = heard(silence, e("prompted", { text: "Bonjour. Que puis-je faire ?", heard: "Bonjour.", cut: true }, 1));
    expect(t.lines[0]).toMatchObject({ who: "bot", text: "Bonjour.", unheard: "Que puis-je faire ?" });
  });
  it("mark what was perhaps misheard, and take nothing for what it is not", () => {
    expect(heard(silence, e("said", { text: "douze", confidence: 0.4, alternatives: [{ text: "deux" }] }, 1)).lines[0]!.doubts).toEqual([{ word: "douze", readings: ["deux"] }]);
    expect(heard(silence, e("said", { text: "douze", confidence: 0 }, 1)).lines[0]!.doubts).toBeUndefined();
    expect(heard(silence, e("said", { text: { a: 1 } }, 1)).lines[0]!.text).toBe("");
    expect(heard(silence, e("stepped", { to: "x" }, 1)).lines).toEqual([]);
  });
});

it("a command that cannot be used says why", () => {
  const s = begin("a");
  expect(obstacles(s)).toEqual({ mute: "not_line" });
  expect(obstacles({ ...s, sound: { ...s.sound, line: "live" }, link: "offline" })).toEqual({ hold: "not_live", transfer: "not_live", bot: "not_live", keypad: "not_live", hang_up: "not_live" });
});

it("a call that is held or passed on says what cannot be done, and why", () => {
  const s = { ...begin("t"), sound: { ...begin("t").sound, line: "live" as const }, me: { user: "karim", name: "Karim", role: "agent", permissions: [], demo: false } };
  let h = handled(s.handling, { act: "hold" }, "1970-01-01T00:00:01Z");
  expect(h).toEqual({ held: true, since: 1000 });
  expect(obstacles({ ...s, handling: h })).toEqual({ keypad: "not_held" });
  h = handled(h, { act: "transfer", agent: "karim", to: "litige", warm: true });
  expect(obstacles({ ...s, handling: h })).toEqual({ keypad: "not_held", hold: "not_passing", transfer: "not_passing", bot: "not_passing" });
  h = handled(h, { act: "consult", to: "lina" });
  expect(h).toEqual({ held: true, onward: { from: "karim", to: "lina", warm: true, talking: true } });
  expect(obstacles({ ...s, handling: h }).keypad).toBeUndefined();
  expect(obstacles({ ...s, me: { ...s.me, user: "lina" }, handling: h }).hold).toBe("not_yours");
  for (const act of ["transferred", "not_moved", "hand_back"]) expect(handled(h, { act })).toEqual({ held: false });
  expect(handled({ held: true }, { act: "resume" })).toEqual({ held: false });
  expect(handled(h, { act: "something new" })).toBe(h);
});
