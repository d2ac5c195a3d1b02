import { describe, expect, it } from "vitest";
import { Acts, impossible, why, type Gateway } from "./acts";
import { Refused } from "./api";
import type { Ev } from "./events";
import { Failed } from "./line";

/** a gateway and a line that write down what is asked of them. */
function scene(refuse: Record<string, Error> = {}) {
  const log: string[] = [];
  let prepared = 0;
  const on = <T>(name: string, value: T) => (...args: unknown[]) => {
    log.push([name, ...args].join(" "));
    return refuse[name] && args[0] !== false ? Promise.reject(refuse[name]) : Promise.resolve(value);
  };
  const gateway = { supervision: () => Promise.resolve({ with: "bot", supervisors: [] }), listen: on("listen", { id: "s1", role: "listen" }), role: on("role", undefined), leave: on("leave", undefined), takeOver: on("take", undefined), handBack: on("back", undefined), hint: on("hint", { id: "h1" }), end: on("end", undefined) } as unknown as Gateway;
  const acts = new Acts(gateway, { prepare: () => { prepared++; }, open: on("open", undefined), speak: on("mic", undefined), close: () => { log.push("close"); } });
  acts.look("a");
  return { acts, log, prepared: () => prepared };
}
const supervised = (act: string, id: string, more = {}): Ev => ({ seq: 9, at: "2026-11-22T10:00:00Z", type: "supervised", body: { who: "paule", act, id, ...more } });

describe("acts", () => {
  it("makes the line when a call is looked at, not for a telephone", () => {
    const { acts, prepared } = scene();
    expect(prepared()).toBe(1);
    acts.look("");
    acts.set({ address: "sip:paule@pbx.example" });
    acts.look("b");
    expect(prepared()).toBe(1);
  });
  it("listens without a microphone", async () => {
    const { acts, log } = scene();
    await acts.listen("a");
    expect(log).toEqual(["open ", "listen a rtc:me listen"].map((s) => s.trim()));
    expect(acts.state.ear).toMatchObject({ conv: "a", id: "s1", role: "listen", taken: false });
  });
  it("asks for the microphone before it whispers, and lets it go after", async () => {
    const { acts, log } = scene();
    await acts.heard("whisper", "a");
    await acts.heard("whisper", "a");
    expect(log).toEqual(["open", "listen a rtc:me listen", "mic true", "role a s1 whisper", "role a s1 listen", "mic false"]);
    expect(acts.state.ear?.role).toBe("listen");
  });
  it("without a microphone goes on listening, and says why", async () => {
    const { acts, log } = scene({ mic: new Failed("mic") });
    await acts.heard("join", "a");
    expect(log).not.toContain("role a s1 join");
    expect(acts.state.bad).toEqual({ act: "join", told: { key: "bad_mic" } });
    expect(acts.state.ear?.role).toBe("listen");
  });
  it("a telephone needs no line of the browser and no microphone", async () => {
    const { acts, log } = scene();
    acts.set({ address: "sip:paule@pbx.example" });
    await acts.take("a");
    expect(log).toEqual(["listen a sip:paule@pbx.example listen", "take a s1"]);
    expect(acts.state.ear?.taken).toBe(true);
  });
  it("leaves one call before it listens to another", async () => {
    const { acts, log } = scene();
    await acts.listen("a");
    await acts.listen("b");
    expect(log.slice(2)).toEqual(["mic false", "leave a s1", "open", "listen b rtc:me listen"]);
  });
  it("the first who takes over wins; the second is told", async () => {
    const { acts } = scene({ take: new Refused(409, "taken_over", "…") });
    await acts.take("a");
    expect(acts.state.bad?.told.key).toBe("no_taken_over");
    expect(acts.state.ear?.taken).toBe(false);
  });
  it("says what became of a hint", async () => {
    const { acts } = scene();
    await acts.hint("a", " commande 12 ", false);
    expect(acts.state.done?.told.key).toBe("hint_sent");
    acts.event("a", supervised("hint_used", "h1", { turn: 9 }));
    expect(acts.state.done?.told).toEqual({ key: "hint_used", args: { turn: 9 } });
    acts.event("a", supervised("hint_unused", "h1", { why: "sensitive_step" }));
    expect(acts.state.bad?.told.key).toBe("hint_unused_sensitive_step");
  });
  it("lets go of everything when the call ends", async () => {
    const { acts, log } = scene();
    await acts.heard("join", "a");
    acts.event("a", { seq: 10, at: "2026-11-22T10:00:00Z", type: "ended", body: { outcome: "resolved", by: "bot" } });
    expect(acts.state.ear).toBeUndefined();
    expect(log.at(-1)).toBe("mic false");
  });
  it("does one thing at a time", async () => {
    const { acts, log } = scene();
    await Promise.all([acts.listen("a"), acts.end("a", "x")]);
    expect(log).not.toContain("end a x");
  });
});

describe("why", () => {
  it.each([[new Refused(0, "", ""), "bad_net"], [new Refused(401, "session_ended", ""), "bad_session"], [new Refused(403, "forbidden", ""), "bad_role"], [new Refused(409, "no_agent", ""), "no_no_agent"], [new Refused(404, "", ""), "no_over"], [new Failed("output"), "bad_output"], [new TypeError("x"), "bad_net"]])("%s", (e, key) => { expect(why(e).key).toBe(key); });
  it("gives the gateway's own words for what it does not know", () => { expect(why(new Refused(409, "new_code", "the flow cannot go on there"))).toEqual({ key: "", detail: "the flow cannot go on there" }); });
});

describe("impossible", () => {
  const o = { channel: "voice", with: "bot", may: true, lost: false, conv: "a" };
  it.each([
    ["whisper", {}, "no_no_agent"], ["whisper", { with: "agent" }, undefined], ["hint", {}, undefined], ["hint", { with: "agent" }, "no_with_agent"], ["listen", { with: "arriving" }, "no_not_answered"],
    ["listen", { may: false }, "no_role"], ["end", { lost: true }, "stale_act"], ["listen", { channel: "text" }, "no_text"], ["listen", { channel: "speaker" }, "no_speaker"], ["hint", { channel: "text" }, "no_text"], ["end", { channel: "text" }, "no_text"], ["back", {}, "no_with_bot"], ["take", { ear: { conv: "a", id: "s1", role: "listen", taken: true, since: 0 } }, "no_has_the_call"],
    ["take", { supervision: { with: "supervisor", supervisors: [], impossible: { take_over: "taken_over" } } }, "no_taken_over"],
  ] as const)("%s with %o: %s", (act, more, want) => { expect(impossible(act, { ...o, ...more } as Parameters<typeof impossible>[1])).toBe(want); });
});
