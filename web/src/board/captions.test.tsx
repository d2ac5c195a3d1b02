import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { words } from "../shared/words";
import { grown, partials, pruned, type Growing } from "./captions";
import { begun } from "./calls";
import { en } from "./en";
import type { Ev } from "./events";
import { fr } from "./fr";
import { Panel } from "./panel";
import { rules } from "./vectors";

const line = (d: object, id = "") => ({ event: "line", id, data: JSON.stringify(d) });
const caller = (text: string) => line({ id: "caller-1", who: "caller", text, partial: true, at_ms: 6200 });

describe("what is being said", () => {
  it("grows in its place", () => {
    const list = [caller("où"), line({ id: "bot-2", who: "bot", text: "Je", partial: true, at_ms: 7000 }), caller("où est mon")].reduce<readonly Growing[]>(grown, []);
    expect(list).toEqual([{ id: "caller-1", who: "caller", text: "où est mon", at: 6.2 }, { id: "bot-2", who: "bot", text: "Je", at: 7 }]);
    expect(partials(list, "Nadia", "")).toEqual([
      { id: "gcaller-1", who: "caller", name: "Nadia", text: "où est mon", at: 6.2, partial: true }, { id: "gbot-2", who: "bot", name: undefined, text: "Je", at: 7, partial: true }]);
  });
  it("stays until its event is there, and stands there once", () => {
    let list = [caller("où est mon"), line({ id: "caller-1", who: "caller", text: "où est mon colis", at_ms: 6200 }, "9")].reduce<readonly Growing[]>(grown, []);
    expect(partials(list, "", "")[0]).toMatchObject({ text: "où est mon colis", partial: false });
    expect(pruned(list, new Set([8]))).toBe(list);
    list = pruned(list, new Set([8, 9]));
    expect(list).toEqual([]);
  });
  it("that was no word goes away; what is said at once is an event only; other messages change nothing", () => {
    const one = grown([], caller("hum"));
    expect(grown(one, line({ id: "caller-1", who: "caller", text: "" }))).toEqual([]);
    expect(grown([], line({ id: "caller-e4", who: "caller", text: "typed", at_ms: 1 }, "4"))).toEqual([]);
    expect(grown(one, { event: "with", id: "5", data: '{"state":"agent"}' })).toBe(one);
  });
});

describe("the panel", () => {
  const started = { conversation: "c1", seq: 1, at: "2026-11-22T10:00:00Z", type: "started", body: { channel: "voice", from: "sip:+33612000078@x", called: "h", bot: "b", lang: "fr" } } as Extract<Ev, { type: "started" }>;
  const said = (seq: number, text: string) => ({ conversation: "c1", seq, at: "2026-11-22T10:00:07Z", type: "said", body: { text, confidence: 1, how: "speech" } }) as Ev;
  const open: { url: string; signal: AbortSignal; out: ReadableStreamDefaultController<Uint8Array> }[] = [];
  const v = { say: words("en", fr, en), lang: "en" as const, wall: false, rules };
  const draw = (id: string, events: readonly Ev[]) => <Panel v={v} call={id ? begun({ ...started, conversation: id }) : undefined} events={events} failed={false} again={() => {}} close={() => {}} history={() => {}} />;
  const show = (id: string, events: readonly Ev[] = [started]) => act(() => render(draw(id, events), document.body));
  const send = async (text: string) => { await act(async () => { open.at(-1)!.out.enqueue(new TextEncoder().encode(text)); await new Promise((f) => setTimeout(f, 0)); }); };
  const texts = () => [...document.querySelectorAll(".tr li")].map((l) => (l.classList.contains("partial") ? "~" : "") + l.querySelector("p")!.textContent);
  const seen = (state: string) => { Object.defineProperty(document, "visibilityState", { configurable: true, value: state }); document.dispatchEvent(new Event("visibilitychange")); };

  beforeEach(() => {
    open.length = 0;
    vi.stubGlobal("fetch", async (url: string, o: RequestInit) => {
      let out!: ReadableStreamDefaultController<Uint8Array>;
      const body = new ReadableStream<Uint8Array>({ start: (c) => { out = c; } });
      o.signal!.addEventListener("abort", () => { try { out.error(new Error("aborted")); } catch { /* closed */ } });
      open.push({ url, signal: o.signal!, out });
      return { ok: true, status: 200, body };
    });
  });
  afterEach(() => { act(() => render(null, document.body)); vi.unstubAllGlobals(); seen("visible"); });

  it("shows the sentence while it is said, then its event in its place", async () => {
    await show("c1");
    expect(open.map((o) => o.url)).toEqual(["/api/v1/calls/c1/captions"]);
    await send('event: line\ndata: {"id":"caller-1","who":"caller","text":"où est","partial":true,"at_ms":6200}\n\n');
    expect(texts()).toEqual(["~où est"]);
    await send('id: 2\nevent: line\ndata: {"id":"caller-1","who":"caller","text":"où est <b>mon</b> colis","at_ms":6200}\n\n');
    expect(texts()).toEqual(["où est <b>mon</b> colis"]);
    await show("c1", [started, said(2, "où est <b>mon</b> colis")]);
    expect(texts()).toEqual(["où est <b>mon</b> colis"]);
  });

  it("reads no call that is not chosen, and nothing while nobody sees the page", async () => {
    await show("c1");
    await send('event: line\ndata: {"id":"bot-1","who":"bot","text":"Bonjour","partial":true,"at_ms":1}\n\n');
    await act(() => seen("hidden"));
    expect([open[0]!.signal.aborted, texts()]).toEqual([true, []]);
    await act(() => seen("visible"));
    expect(open.length).toBe(2);
    await show("");
    expect(open[1]!.signal.aborted).toBe(true);
  });
});
