// What the page keeps when the server cannot be reached, and how it takes what the server says.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Live } from "./live";
import type { DeskState, Offer } from "./types";
import { sayIn } from "./ui";

type Answer = { status: number; body?: unknown };
let asked: { method: string; path: string; body: unknown }[];
let answer: (method: string, path: string) => Answer | undefined;

beforeEach(() => {
  vi.useFakeTimers();
  sessionStorage.clear();
  asked = [];
  answer = () => ({ status: 204 });
  vi.stubGlobal("fetch", async (path: string, o: RequestInit) => {
    asked.push({ method: o.method ?? "GET", path, body: o.body === undefined ? undefined : JSON.parse(String(o.body)) });
    const a = answer(o.method ?? "GET", path);
    if (!a) throw new TypeError("no network");
    if (path.endsWith("/notes") && a.status === 204) return new Response(JSON.stringify({ notes: [] }));
    return new Response(a.body === undefined ? null : JSON.stringify(a.body), { status: a.status });
  });
});
afterEach(() => { vi.useRealTimers(); vi.unstubAllGlobals(); });

const time = "2026-11-22T10:42:00Z";
const offer: Offer = { conversation: "c1", channel: "voice", origin: "bot", lang: "fr", who: "Nadia", phone: "", why: "Colis.", queue: [], facts: [], slots: [], tried: [], todo: [], lines: [], at: time, expires: time, rings: "browser" };
const state = (o: Partial<DeskState>): DeskState => ({ name: "karim", title: "Karim", status: "available", why: "set", since: time, chats: [], microphone: true, tabs: [], takes_calls: true, takes_chats: true, offer: null, ended: null, chat_offers: [], chat_ended: null, now: time, ...o });

function open(): Live {
  const d = new Live();
  d.speak(sayIn("fr"), { status() {}, alert() {} }, "fr");
  d.set({ phase: "ready", me: { user: "karim", name: "Karim", role: "agent", permissions: ["desk"], demo: false } });
  return d;
}
/** tell is what the stream does. */
const tell = (d: Live, event: string, data: unknown) => d["message"]({ event, data: JSON.stringify(data), id: "" });
const notes = () => asked.filter((a) => a.method === "PUT").map((a) => (a.body as { text: string }).text);

it("sends a note once a second while it changes, and the last words always", async () => {
  const d = open();
  tell(d, "state", state({ status: "on_call", call: "c1" }));
  for (const t of ["P", "Pa", "Pas"]) { d.write(t); await vi.advanceTimersByTimeAsync(100); }
  expect(notes()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(notes()).toEqual(["Pas"]);
  expect(d.get().note.saved).toBe("saved");
  d.write("Pas de gardien");
  await vi.advanceTimersByTimeAsync(1000);
  expect(notes()).toEqual(["Pas", "Pas de gardien"]);
});

it("keeps a note without a network, over a reload too, and sends it once", async () => {
  const d = open();
  tell(d, "state", state({ status: "on_call", call: "c1" }));
  answer = () => undefined;
  d.write("Pas de gardien");
  await vi.advanceTimersByTimeAsync(1100);
  expect(d.get().note.saved).toBe("kept");

  answer = () => ({ status: 204 });
  asked = [];
  const again = open(); // the page was loaded again
  tell(again, "state", state({ status: "on_call", call: "c1" }));
  expect(again.get().note.text).toBe("Pas de gardien");
  await again["beat"]();
  await vi.advanceTimersByTimeAsync(2100);
  await again["beat"]();
  expect(notes()).toEqual(["Pas de gardien"]);
});

it("asks to sign in again when the session has ended, and leaves everything else", async () => {
  const d = open();
  tell(d, "state", state({ status: "on_call", call: "c1" }));
  answer = () => ({ status: 401, body: { detail: "sign in", code: "session_ended" } });
  d.write("Pas");
  await vi.advanceTimersByTimeAsync(1100);
  expect(d.get()).toMatchObject({ expired: true, note: { text: "Pas", saved: "kept" }, desk: { call: "c1" } });
});

it("beats on in a call whose session's time is over, until the call is, and says which", async () => {
  const d = open();
  tell(d, "state", state({ status: "on_call", call: "c1" }));
  const beats = () => asked.filter((a) => a.path.endsWith("/heartbeat")).length;
  answer = (_, path) => (path.endsWith("/heartbeat") ? { status: 200, body: { sound: true, tabs: 1, status: "on_call", session_ended: true } } : { status: 401 });
  await d["beat"]();
  expect(d.get()).toMatchObject({ expired: true, cut: false });
  await d["beat"]();
  expect(beats()).toBe(2);
  answer = () => ({ status: 401 });
  await d["beat"]();
  expect(d.get()).toMatchObject({ expired: true, cut: true });
  await d["beat"]();
  expect(beats()).toBe(3);
});

it("leaves nothing of its person in the tab at the sign-out", async () => {
  const d = open();
  tell(d, "state", state({ offer, offered: "c1" }));
  tell(d, "state", state({ status: "on_call", call: "c1", chats: ["t1"] }));
  answer = () => undefined;
  d.write("Pas de gardien");
  d.chats.type("t1", "Bonjour Lucas");
  await vi.advanceTimersByTimeAsync(1100);
  expect(sessionStorage.length).toBeGreaterThan(0);
  d.signOut();
  expect(Object.keys(sessionStorage)).toEqual([]);
});

it("says a refusal in French, not in the server's words", async () => {
  const d = open();
  tell(d, "state", state({ offer, offered: "c1" }));
  answer = () => ({ status: 409, body: { detail: "nothing is offered to you any more", code: "offer_gone" } });
  d.accept();
  expect(d.get().accepting).toBe(true);
  await vi.advanceTimersByTimeAsync(0);
  expect(d.get()).toMatchObject({ accepting: false, error: { text: "Cet appel ne vous est plus proposé.", detail: "" } });
});

it("knows after accepting what was offered, after a reload too, until the call is concluded", async () => {
  const d = open();
  tell(d, "state", state({ offer, offered: "c1" }));
  answer = () => ({ status: 200, body: state({ offered: "c1", ended: { conversation: "c1", who: "Nadia", how: "accepted", after_s: 2, at: time } }) });
  d.accept();
  await vi.advanceTimersByTimeAsync(0);
  expect(d.get().brief?.who).toBe("Nadia"); // the line is being opened
  answer = () => ({ status: 204 });
  tell(d, "state", state({ status: "on_call", call: "c1" }));
  const again = open();
  tell(again, "state", state({ status: "on_call", call: "c1" }));
  expect(again.get().brief?.why).toBe("Colis.");
  tell(again, "state", state({ status: "wrap_up" }));
  again.conclude("résolu");
  await vi.advanceTimersByTimeAsync(0);
  expect(asked.at(-1)?.body).toMatchObject({ conclusion: "résolu" });
  tell(again, "state", state({}));
  expect(again.get().brief).toBeUndefined();
  expect(again.get().done).toMatchObject([{ who: "Nadia", text: "résolu · Colis." }]);
});

it("survives what is not what it should be", () => {
  const d = open();
  tell(d, "team", { agents: null });
  expect(d.get().team).toEqual([]);
  for (const data of ["", "{", "null", "[]", "3"]) d["message"]({ event: "event", data, id: "" });
  expect(d.get().talk.lines).toEqual([]);
});

it("goes over to a telephone and back, and says when that failed", async () => {
  const d = open();
  const said: string[] = [];
  d.speak(sayIn("fr"), { status: (t) => void said.push(t), alert: (t) => void said.push(t) }, "fr");
  tell(d, "state", state({ status: "on_call", call: "c1" }));
  d.set({ phoning: true, sound: { ...d.get().sound, line: "live" } });
  answer = () => ({ status: 400, body: { detail: "address: 201 may not be dialled", code: "telephone" } });
  expect(await d.telephone("201")).toBe(false);
  expect(d.get()).toMatchObject({ phoning: true, moving: false, error: { text: expect.stringContaining("Donnez un autre numéro"), detail: "address: 201 may not be dialled" } });

  let land: (() => void) | undefined;
  const first = new Promise<void>((done) => { land = done; });
  answer = () => ({ status: 200, body: state({ status: "on_call", call: "c1", address: "sip:201@pbx.example" }) });
  const going = d.telephone(" sip:201@pbx.example ").then((ok) => { land!(); return ok; });
  d["heardOfSound"]({ line: "lost" }); // the gateway hangs the browser's line up: nothing is wrong
  await first;
  expect(await going).toBe(true);
  expect(asked.at(-1)).toMatchObject({ method: "PUT", path: "/api/v1/desk/telephone", body: { address: "sip:201@pbx.example" } });
  expect(d.get()).toMatchObject({ phoning: false, moving: false, telephones: ["sip:201@pbx.example"], error: undefined });
  expect(said).toEqual(["Vos appels sonnent sur votre téléphone."]);

  tell(d, "state", state({ status: "on_call", call: "c1", address_failed: true }));
  tell(d, "state", state({ status: "on_call", call: "c1", address_failed: true }));
  expect(said.slice(1)).toEqual([expect.stringContaining("n’a pas pris l’appel")]);
});

it("tells the microphone's state in order, and takes it back when a telephone's could not be changed", async () => {
  const d = open();
  tell(d, "state", state({ status: "on_call", call: "c1", address: "sip:201@pbx.example" }));
  const muted = () => asked.filter((a) => a.path.endsWith("/microphone")).map((a) => (a.body as { muted: boolean }).muted);
  d.mute();
  d.mute();
  expect(muted().length).toBeLessThan(2); // the second waits for the first
  await vi.advanceTimersByTimeAsync(10);
  expect(muted()).toEqual([true, false]);
  answer = () => ({ status: 409, body: { detail: "your line is lost" } });
  d.mute();
  expect(d.get().sound.muted).toBe(true);
  await vi.advanceTimersByTimeAsync(10);
  expect(d.get().sound.muted).toBe(false);
});

it("keeps what is written and turned off while the line of an accepted call is being opened", async () => {
  const d = open();
  const taken = { conversation: "c1", who: "Nadia", how: "accepted" as const, after_s: 2, at: time };
  tell(d, "state", state({ offered: "c1", offer }));
  tell(d, "state", state({ offered: "c1", ended: taken }));
  d.write("Pas de gardien");
  d.mute();
  tell(d, "state", state({ status: "on_call", call: "c1", since: "2026-11-22T10:42:01Z", ended: taken }));
  await vi.advanceTimersByTimeAsync(1100);
  expect(d.get().note).toMatchObject({ conversation: "c1", text: "Pas de gardien", saved: "saved" });
  expect(notes()).toContain("Pas de gardien");
  expect(asked.find((a) => a.path === "/api/v1/desk/calls/c1/microphone")?.body).toEqual({ muted: true });
  expect(d.get().joined).toBe(Date.parse("2026-11-22T10:42:01Z"));
});
