import { describe, expect, it } from "vitest";
import { begun, count, type Call } from "./calls";
import type { Ev } from "./events";
import { arrange, counts, found, most, passes, sorted } from "./order";
import type { Marker, Rule } from "./risk";
import { Board } from "./store";
import { rules } from "./vectors";

const t0 = Date.parse("2026-11-22T10:00:00Z");
const call = (id: string, over: Partial<Call> = {}): Call => ({ ...begun({ conversation: id, seq: 1, at: new Date(t0).toISOString(), type: "started", body: { channel: "voice", from: "sip:+33612345678@x", called: "h", bot: "b", lang: "fr" } }), with: "bot", ...over });
const mark = (rule: Rule, since = 0): readonly Marker[] => [{ rule, since: t0 + since, n: 1, seq: 1, over: 0, shown: true }];

describe("order", () => {
  it("puts red first, then amber, then who waits longest, then the oldest", () => {
    const r = sorted([
      call("old"), call("new", { start: t0 + 9 }), call("queue", { with: "ringing", since: t0 + 5, start: t0 + 20 }),
      call("amber", { markers: mark("silence") }), call("late", { markers: mark("anger", 50) }), call("early", { markers: mark("loop", 10) }),
    ], "all");
    expect(r.risk).toEqual(["early", "late", "amber"]);
    expect(r.calm).toEqual(["queue", "old", "new"]);
  });
  it("shows every alert and at most 200 others, and counts all", () => {
    const all = [...Array.from({ length: 1000 }, (_, i) => call(`c${i}`)), ...Array.from({ length: 30 }, (_, i) => call(`r${i}`, { markers: mark("loop") }))];
    const r = sorted(all, "all");
    expect([r.risk.length, r.calm.length, r.hidden, counts(all).all, counts(all).risk]).toEqual([30, most, 800, 1030, 30]);
  });
  it.each([["bot", "bot", true], ["bot", "agent", false], ["queue", "ringing", true], ["agents", "agent", true], ["risk", "bot", false]] as const)("the filter %s takes a call with %s: %s", (f, w, want) => { expect(passes(call("a", { with: w }), f)).toBe(want); });
  it("finds words without accents, whatever the order", () => { expect(found(call("a", { name: "Élise Royer", step: "colis/numero_commande" }), "commande elise")).toBe(true); });
});

describe("a storm of 50 alerts", () => {
  it("moves nothing while somebody reads, and says how many wait", () => {
    const calls = new Map<string, Call>(Array.from({ length: 80 }, (_, i) => [`c${i}`, call(`c${i}`, { start: t0 + i })] as const));
    let rows = arrange(undefined, sorted([...calls.values()], "all"), false);
    const before = [...rows.risk, ...rows.calm];
    for (let i = 0; i < 50; i++) {
      const id = `c${(i * 7) % 80}`;
      calls.set(id, { ...calls.get(id)!, markers: mark(i % 2 ? "loop" : "silence", i) });
      if (i % 10 === 0) calls.set(`n${i}`, call(`n${i}`));
      if (i % 10 === 5) calls.set("c3", { ...calls.get("c3")!, over: { at: t0, by: "caller", outcome: "abandoned" } });
      rows = arrange(rows, sorted([...calls.values()], "all"), true);
      expect([...rows.risk, ...rows.calm]).toEqual(before);
    }
    expect(rows.news.risk).toBe(50);
    expect(rows.news.calls).toBe(5);
    rows = arrange(rows, sorted([...calls.values()], "all"), false);
    expect(rows.risk).toHaveLength(50);
    expect(rows.news).toEqual({ risk: 0, calls: 0 });
    expect(rows.calm).not.toContain("c3");
  });
});

describe("the store", () => {
  const ev = (conversation: string, seq: number, type: Ev["type"], body: unknown, s = seq): Ev => ({ conversation, seq, at: new Date(t0 + s * 1000).toISOString(), type, body }) as Ev;
  const start = (id: string) => ev(id, 1, "started", { channel: "voice", from: "sip:a@b", called: "h", bot: "b", lang: "fr" });
  it("counts no event twice, and keeps an ended call for who has it open", () => {
    const b = new Board(rules, t0);
    b.snapshot([]);
    b.event(start("a"));
    b.event(ev("a", 2, "said", { text: "oui", confidence: 1, how: "speech" }));
    b.event(ev("a", 2, "said", { text: "non", confidence: 1, how: "speech" }));
    b.event(ev("a", 3, "ended", { outcome: "abandoned", by: "caller" }));
    b.tick(t0 + 5000);
    expect(b.state.calls.get("a")).toMatchObject({ heard: "oui", over: { by: "caller" } });
    b.tick(t0 + 3_600_000);
    expect(b.state.calls.size).toBe(0);
  });
  it("goes on from what the gateway counted of a call that ran already", () => {
    const b = new Board(rules, t0), at = new Date(t0).toISOString();
    b.snapshot([{ id: "a", channel: "voice", from: "sip:a@b", called: "h", bot: "b", lang: "fr", start: at, with: "bot", since: at, turns: 1, seq: 4, facts: { asks: { n: 1, since: at, seq: 3 } } }]);
    b.event(ev("a", 5, "said", { text: "un conseiller", confidence: 1, how: "speech" }));
    b.tick(t0 + 30_000);
    expect(b.state.calls.get("a")!.facts.asks).toMatchObject({ n: 2, seq: 5 });
    expect(b.state.calls.get("a")!.markers[0]!.rule).toBe("human");
  });
  it("drops what ended during a gap and keeps the markers of the rest", () => {
    const b = new Board(rules, t0);
    b.snapshot([]);
    for (const id of ["a", "z"]) { b.event(start(id)); b.event(ev(id, 2, "answered", {})); b.event(ev(id, 3, "said", { text: "quelle honte", confidence: 1, how: "speech" })); }
    b.tick(t0 + 20_000);
    b.snapshot([{ id: "a", channel: "voice", from: "sip:a@b", called: "h", bot: "b", lang: "fr", start: new Date(t0).toISOString(), with: "bot", since: new Date(t0).toISOString(), turns: 1, seq: 3 }]);
    expect([...b.state.calls.keys()]).toEqual(["a"]);
    expect(b.state.calls.get("a")!.markers[0]!.rule).toBe("anger");
  });
  it("says each red call once", () => {
    const b = new Board(rules, t0), said: string[] = [];
    b.alarm = (c) => said.push(c.id);
    b.snapshot([]);
    b.event(start("a"));
    b.event(ev("a", 2, "said", { text: "quelle honte", confidence: 1, how: "speech" }));
    for (const s of [3, 8, 9, 10]) b.tick(t0 + s * 1000);
    expect(said).toEqual(["a"]);
  });
  it("makes one call of started and what follows", () => { expect(count(begun(start("a") as Ev & { type: "started" }), ev("a", 2, "bridged", { agent: "k" }), rules).with).toBe("agent"); });
});
