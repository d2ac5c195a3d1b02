import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listen, parser, type Link, type Message } from "./stream";

describe("parser", () => {
  const all = (pieces: string[]) => {
    const got: Message[] = [];
    const feed = parser((m) => got.push(m));
    pieces.forEach(feed);
    return got;
  };
  it("reads events, ids, several lines, comments", () => {
    expect(all(["retry: 10\n\n: here\n\nid: 3\nevent: message\ndata: {\"a\":1}\n\nevent:x\ndata:1\ndata: 2\n\n"])).toEqual([
      { event: "message", data: '{"a":1}', id: "3" }, { event: "x", data: "1\n2", id: "3" }]);
  });
  it("in any pieces, with any line ends", () => {
    const text = "event: a\r\ndata: é\r\n\r\nevent: b\ndata: 2\n\n";
    for (let cut = 0; cut <= text.length; cut++) {
      expect(all([text.slice(0, cut), text.slice(cut)]).map((m) => m.event + m.data)).toEqual(["aé", "b2"]);
    }
  });
  it("an event without data is none", () => expect(all(["event: a\n\n"])).toEqual([]));
});

describe("listen", () => {
  beforeEach(() => { vi.useFakeTimers(); });
  afterEach(() => { vi.useRealTimers(); });

  /** a server whose answers the test writes. */
  function server() {
    const calls: { headers: Record<string, string>; out: ReadableStreamDefaultController<Uint8Array> }[] = [];
    let status = 200;
    const fake = (async (_: string, init: RequestInit) => {
      if (status === 0) throw new TypeError("network");
      let out!: ReadableStreamDefaultController<Uint8Array>;
      const body = new ReadableStream<Uint8Array>({ start: (c) => { out = c; } });
      init.signal!.addEventListener("abort", () => { try { out.error(new Error("aborted")); } catch { /* closed */ } });
      calls.push({ headers: init.headers as Record<string, string>, out });
      return { ok: status < 300, status, body } as Response;
    }) as typeof fetch;
    return { fake, calls, set: (s: number) => { status = s; } };
  }
  const utf8 = new TextEncoder();

  it("says live, then reconnecting, then offline, and asks again from the last message", async () => {
    const s = server(), links: Link[] = [], got: string[] = [];
    const stop = listen({ url: () => "/x", message: (m) => got.push(m.data), link: (l) => links.push(l), fetch: s.fake });
    await vi.advanceTimersByTimeAsync(0);
    s.calls[0]!.out.enqueue(utf8.encode("id: 7\ndata: hello\n\n"));
    await vi.advanceTimersByTimeAsync(10);
    expect([links, got]).toEqual([["live"], ["hello"]]);
    s.set(0);
    s.calls[0]!.out.close();
    await vi.advanceTimersByTimeAsync(1000);
    expect(links).toEqual(["live", "reconnecting"]);
    await vi.advanceTimersByTimeAsync(12_000);
    expect(links).toEqual(["live", "reconnecting", "offline"]);
    s.set(200);
    await vi.advanceTimersByTimeAsync(5000);
    expect(links).toEqual(["live", "reconnecting", "offline", "live"]);
    expect(s.calls[1]!.headers["Last-Event-ID"]).toBe("7");
    stop();
  });
  it("takes silence for a loss", async () => {
    const s = server(), links: Link[] = [];
    const stop = listen({ url: () => "/x", message: () => {}, link: (l) => links.push(l), fetch: s.fake, silence: 2000 });
    await vi.advanceTimersByTimeAsync(1900);
    s.calls[0]!.out.enqueue(utf8.encode(": still here\n\n"));
    await vi.advanceTimersByTimeAsync(1900);
    expect(links).toEqual(["live"]);
    await vi.advanceTimersByTimeAsync(200);
    expect(links).toEqual(["live", "reconnecting"]);
    await vi.advanceTimersByTimeAsync(300);
    expect(s.calls.length).toBe(2);
    stop();
  });
  it("ends when it is refused, and stops when it is told", async () => {
    const s = server(), refused: number[] = [];
    s.set(404);
    listen({ url: () => "/x", message: () => {}, link: () => {}, refused: (n) => refused.push(n), fetch: s.fake });
    await vi.advanceTimersByTimeAsync(60_000);
    expect([refused, s.calls.length]).toEqual([[404], 1]);
    s.set(200);
    const stop = listen({ url: () => "/x", message: () => {}, link: () => {}, fetch: s.fake });
    await vi.advanceTimersByTimeAsync(0);
    stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(s.calls.length).toBe(2);
  });
});
