import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { words } from "../shared/words";
import { en } from "./en";
import { fr } from "./fr";
import { Talk } from "./talk";
import { heldFor } from "./voice";

const said: string[] = [];
const kept = new Map<string, string>();
const talk = () => new Talk("colibri", "en", words("en", fr, en), {
  get: (k) => kept.get(k) ?? null,
  set: (k, v) => { if (v === null) kept.delete(k); else kept.set(k, v); },
}, { status: (t) => said.push(t), alert: (t) => said.push(t) });

const house = { bot: "colibri", title: "Colibri", languages: ["en"], timezone: "UTC", show: true, open: false, why: "hours", after_ms: 0, voice: true, asks: [], demo: false };
const json = (v: unknown, status = 200) => new Response(JSON.stringify(v), { status, headers: { "Content-Type": "application/json" } });

beforeEach(() => { vi.useFakeTimers(); kept.clear(); said.length = 0; });
afterEach(() => { vi.useRealTimers(); vi.unstubAllGlobals(); });

describe("the hours of an open page", () => {
  it("opens at nine, closes at six, and asks nothing while something is under way", async () => {
    let open = false, asked = 0;
    vi.stubGlobal("fetch", async () => { asked++; return json({ ...house, open, why: open ? "" : "hours" }); });
    const t = talk();
    await t.begin();
    expect(t.state.info?.open).toBe(false);
    open = true;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(t.state.info?.open).toBe(true);
    t.show({ voice: "live" });
    open = false;
    const before = asked;
    await vi.advanceTimersByTimeAsync(180_000);
    expect(asked).toBe(before);
    t.show({ voice: "none" });
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(10);
    expect(t.state.info?.open).toBe(false);
  });

  it("keeps what it knows when nothing answers", async () => {
    vi.stubGlobal("fetch", async () => json({ ...house, open: true }));
    const t = talk();
    await t.begin();
    vi.stubGlobal("fetch", async () => { throw new TypeError("no network"); });
    await vi.advanceTimersByTimeAsync(120_000);
    expect([t.state.info?.open, t.state.down]).toEqual([true, false]);
  });
});

describe("a message that is refused", () => {
  it("is told of in the caller's language, never in the server's words", async () => {
    const t = talk();
    const answers = [json({ detail: "text: 9000 bytes; at most 4000 (chat.max_text)", code: "too_long" }, 413), json({ detail: "quick: is none", code: "message" }, 422)];
    t.take({ chat: { id: "c1", token: "t" } });
    vi.stubGlobal("fetch", async (url: string) => (url.includes("widget") ? json({ ...house, open: true }) : url.endsWith("/messages") ? answers.shift()! : json({}, 404)));
    t["chat"] = { id: "c1", token: "t" };
    for (const text of ["long", "odd"]) { t.type(text); await vi.advanceTimersByTimeAsync(10); }
    expect(t.state.lines.filter((l) => l.who === "note").map((l) => l.text)).toEqual([en.refused_too_long, en.refused]);
  });
});

describe("rating", () => {
  const rated = async (...statuses: number[]) => {
    const t = talk();
    t.take({ chat: { id: "c1", token: "t" } });
    vi.stubGlobal("fetch", async (url: string) => {
      if (!url.includes("/rating")) return url.includes("widget") ? json({ ...house, open: true }) : json({ detail: "no" }, 404);
      const status = statuses.shift() ?? 204;
      if (!status) throw new TypeError("no network");
      return status === 204 ? new Response(null, { status }) : json({ detail: "no" }, status);
    });
    await t.begin();
    const done = t.rate(3, "");
    await vi.advanceTimersByTimeAsync(60_000);
    return [await done, t.state.rated, statuses.length];
  };
  it("waits for the record", async () => expect(await rated(409, 0, 204)).toEqual([true, 3, 0]));
  it("says when it cannot be kept", async () => expect(await rated(409, 409, 409, 409, 409, 409)).toEqual([false, 0, 2]));
  it("does not ask again for what is refused for good", async () => expect(await rated(422, 204)).toEqual([false, 0, 1]));
});

describe("heldFor", () => {
  it.each([[null, 10_000], ["", 10_000], ["60000", 60_000], ["0", 0], ["soon", 10_000], ["-1", 10_000], ["99999999", 10_000]] as const)("%s", (h, want) => expect(heldFor(h)).toBe(want));
});
