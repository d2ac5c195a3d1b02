import { describe, expect, it } from "vitest";
import { words } from "../shared/words";
import { begun, count, type Call } from "./calls";
import { rules } from "./vectors";
import type { Ev } from "./events";
import { fr } from "./fr";
import { meanwhile, type Voice } from "./say";
import { en } from "./en";
import { transferred, type Transfer } from "./transfers";

const t0 = Date.parse("2026-11-22T10:00:00Z");
const told = (...list: [Ev["type"], unknown][]): Ev[] => ([["started", { channel: "voice", from: "", called: "h", bot: "b", lang: "fr" }], ["answered", {}], ["transfer_started", { reason: "asked", skills: ["litige"] }], ["transfer_ringing", { agent: "karim", try: 1 }], ["bridged", { agent: "karim" }], ...list] as [Ev["type"], unknown][])
  .map(([type, body], i) => ({ conversation: "a", seq: i + 1, at: new Date(t0 + i * 1000).toISOString(), type, body }) as Ev);
const call = (evs: readonly Ev[]): Call => evs.slice(1).reduce((c, e) => count(c, e, rules), begun(evs[0] as Ev & { type: "started" }));
const last = (evs: readonly Ev[]): Transfer => evs.reduce((l, e) => transferred(l, "a", e), [] as readonly Transfer[])[0]!;
const act = (name: string, more = {}): [Ev["type"], unknown] => ["agent_acted", { agent: "karim", act: name, ...more }];
const ring = (agent: string): [Ev["type"], unknown] => ["transfer_ringing", { agent, try: 2 }];
const voice: Voice = { say: words("fr", fr, en), lang: "fr", wall: false, rules };
const onward = { from: "karim", to: "lina", warm: true, talking: false };

describe("what an agent does with the caller", () => {
  it.each([
    ["hold", [act("hold")], { agent: "karim", held: true, muted: false }, "talks", ["En attente"]],
    ["and back", [act("hold"), act("resume")], { held: false }, "talks", []],
    ["microphone off", [act("mute")], { muted: true }, "talks", ["Micro coupé"]],
    ["and on", [act("mute"), act("unmute")], { muted: false }, "talks", []],
    ["passing on", [act("transfer", { to: "lina", warm: true }), ring("lina")], { agent: "karim", with: "agent", held: true, onward }, "talks", ["Transfert en cours vers Lina"]],
    ["both agents talk", [act("transfer", { to: "lina", warm: true }), ring("lina"), act("consult", { to: "lina" })], { agent: "karim", onward: { ...onward, talking: true } }, "talks", ["Transfert en cours vers Lina"]],
    ["not moved", [act("transfer", { to: "lina" }), ring("lina"), act("not_moved", { to: "lina", why: "busy" })], { agent: "karim", held: false, onward: undefined }, "talks", []],
    ["transferred", [act("mute"), act("transfer", { to: "lina" }), ring("lina"), act("transferred", { to: "lina" }), ["bridged", { agent: "lina" }]], { agent: "lina", held: false, muted: false, onward: undefined }, "talks", []],
    ["a lost line", [act("mute"), ["agent_lost", { agent: "karim" }], ring("karim")], { agent: "karim", with: "ringing", muted: false }, "talks", []],
    ["that came back", [["agent_lost", { agent: "karim" }], ring("karim"), ["agent_back", { agent: "karim" }]], { agent: "karim", with: "agent" }, "talks", []],
    ["an agent who left, the next one rings", [ring("lina")], { agent: "lina" }, "rings", undefined],
    ["back at the bot", [act("hold"), act("hand_back"), ["transfer_ended", { outcome: "completed", waited_ms: 2000 }]], { agent: "", held: false, with: "bot" }, "completed", []],
  ] as [string, [Ev["type"], unknown][], Partial<Call>, string, string[] | undefined][])("%s", (_, list, want, state, tags) => {
    const evs = told(...list), c = call(evs), t = last(evs);
    expect(c).toMatchObject(want);
    expect(t.state).toBe(state);
    expect(t.agent).toBe(c.agent || "karim");
    expect(t.waited).toBe(2000);
    if (tags) expect(meanwhile(voice, c)).toEqual(tags);
  });
});
