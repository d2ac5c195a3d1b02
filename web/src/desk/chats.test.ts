import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { begun, Chats, happenedTo, lastWords, news, shown, type Around, type Chat } from "./chats";
import { fr } from "./fr";
import { words } from "../shared/words";
import type { DeskState, Happened, Offer } from "./types";

const offer = (id: string, who = "Nadia"): Offer => ({ conversation: id, channel: "text", origin: "bot", lang: "fr", who, phone: "", why: "Colis non reçu.", queue: [], facts: [], slots: [], tried: [], todo: [], lines: [], at: "2026-11-22T10:00:00Z", expires: "2026-11-22T10:00:30Z", rings: "browser" });
const e = (seq: number, type: string, body: Record<string, unknown> = {}, conversation = "c1"): Happened => ({ conversation, seq, at: "2026-11-22T10:00:05Z", type, body });
const said = (seq: number, text: string, conversation = "c1") => e(seq, "said", { text, how: "typed" }, conversation);
const none = () => "";

describe("one conversation", () => {
  it("counts what was not read, once", () => {
    let c = begun(offer("c1"));
    for (const x of [said(1, "bonjour"), said(1, "bonjour"), said(2, "<img src=x onerror=alert(1)>")]) c = happenedTo(c, x, false, [], none);
    expect([c.unread, c.talk.lines.length, lastWords(c)]).toEqual([2, 2, "<img src=x onerror=alert(1)>"]);
    expect(happenedTo(c, said(3, "là"), true, [], none).unread).toBe(2);
    expect(news([c], undefined)).toBe(2);
  });
  it("shows what waits to be sent until it comes back in the stream", () => {
    const c = begun(offer("c1"), { sending: [{ id: "a", text: "un" }, { id: "b", text: "deux" }] });
    expect(shown(c).map((l) => l.text)).toEqual(["un", "deux"]);
    const next = happenedTo(c, e(1, "said", { who: "agent", text: "un", id: "a", name: "Karim" }), true, ["Karim"], none);
    expect(shown(next).map((l) => [l.text, l.name, !!l.partial])).toEqual([["un", undefined, false], ["deux", undefined, true]]);
    expect(happenedTo(next, e(2, "said", { who: "agent", text: "trois", name: "Lina" }), true, ["Karim"], none).talk.lines[1]!.name).toBe("Lina");
  });
  it("knows that the page was closed, until they write or come back", () => {
    const gone = happenedTo(begun(offer("c1")), e(1, "caller_away"), true, [], none);
    expect(gone.away).toBe(true);
    expect(happenedTo(gone, said(2, "re"), true, [], none).away).toBe(false);
    expect(happenedTo(gone, e(2, "caller_back"), true, [], none).away).toBe(false);
  });
});

const state = (o: Partial<DeskState>): DeskState => ({ name: "karim", title: "Karim", status: "available", why: "set", since: "", chats: [], microphone: false, tabs: [], sound: "t", takes_calls: false, takes_chats: true, offer: null, ended: null, chat_offers: [], chat_ended: null, now: "", ...o });

describe("several at once", () => {
  let asked: { path: string; body: unknown }[], answer: (path: string) => Response, kept: Record<string, unknown>, told: string[][];
  let s: { chats: readonly Chat[]; desk?: DeskState; tab: string; me: { user: string; name: string }; team: []; done: readonly never[] };
  const make = () => new Chats({
    get: () => s, set: (c: object) => { s = { ...s, ...c }; }, try: async (go: () => Promise<unknown>) => { await go(); return true; }, say: () => words("fr", fr, fr), announce: () => undefined, still: () => false, notify: (title: string, body: string, tag: string) => { told.push([title, body, tag]); return { close: () => { told.push(["closed", tag]); } }; }, expired: () => {},
    keep: { get: (k: string) => kept[k], set: (k: string, v: unknown) => { kept[k] = v; } },
  } as unknown as Around);
  const take = (c: Chats, next: DeskState) => { const was = s.desk; s = { ...s, desk: next }; c.changed(next, was); };
  beforeEach(() => {
    [asked, kept, told] = [[], {}, []];
    s = { chats: [], tab: "t", me: { user: "karim", name: "Karim" }, team: [], done: [] };
    answer = (path) => Response.json(path.includes("/notes") ? { notes: [] } : path.includes("/conversations/") ? { start: "2026-11-22T10:00:00Z", transcript: [{ seq: 1, at: "", offset_ms: 0, who: "caller", text: "bonjour" }] } : { n: 2 });
    vi.stubGlobal("fetch", async (path: string, o: { body?: string }) => { asked.push({ path, body: o.body && JSON.parse(o.body) }); return answer(path); });
  });
  afterEach(() => vi.unstubAllGlobals());
  const posts = () => asked.filter((a) => a.path.endsWith("/messages")).map((a) => (a.body as { text: string }).text);

  it("takes what was accepted with what was offered, and keeps it over a reload", async () => {
    const c = make();
    take(c, state({ chat_offers: [offer("c1"), offer("c2", "Lucas")] }));
    take(c, state({ chats: ["c1", "c2"] }));
    await vi.waitFor(() => expect(s.chats.map((x) => [x.brief.who, x.talk.lines.length])).toEqual([["Nadia", 1], ["Lucas", 1]]));
    c.type("c1", "un brouillon");
    c.write("c2", "une note");
    s = { ...s, chats: [] };
    delete (s as { desk?: DeskState }).desk;
    take(make(), state({ chats: ["c1", "c2"] }));
    expect(s.chats.map((x) => [x.brief.who, x.draft, x.note.text])).toEqual([["Nadia", "un brouillon", ""], ["Lucas", "", "une note"]]);
  });
  it("tells of each new offer and of the first message not read, and takes that back", async () => {
    const c = make();
    take(c, state({ chat_offers: [offer("c1")] }));
    take(c, state({ chat_offers: [offer("c1"), offer("c2")] }));
    expect(told.map((t) => [t[0], t[2]])).toEqual([["Message entrant", "c1"], ["Message entrant", "c2"]]);
    take(c, state({ chats: ["c1"] })); // accepted; the other went to somebody else
    expect(told.slice(2)).toEqual([["closed", "c1"], ["closed", "c2"]]);
    await vi.waitFor(() => expect(s.chats[0]!.talk.lines.length).toBe(1));
    told = [];
    for (const [i, t] of ["un", "deux"].entries()) c.happened({ ...said(i + 2, t), conversation: "c1" });
    expect(told.map((t) => t[0])).toEqual(["Nouveau message"]);
    c.read("c1");
    expect(told.at(-1)).toEqual(["closed", "c1"]);
  });
  it("sends in order, again when the network fails, and gives back what is refused", async () => {
    const c = make();
    take(c, state({ chats: ["c1"] }));
    let fails = 1;
    const good = answer;
    answer = (p) => (p.endsWith("/messages") && fails-- > 0 ? Response.error() as never : good(p));
    for (const t of ["un", "deux"]) { c.type("c1", t); c.send("c1"); }
    await vi.waitFor(() => expect(posts()).toEqual(["un", "un", "deux"]), 4000);
    const ids = asked.filter((a) => a.path.endsWith("/messages")).map((a) => (a.body as { id: string }).id);
    expect(ids[0]).toBe(ids[1]);
    await vi.waitFor(() => expect(s.chats[0]!.sending).toEqual([]));
    answer = (p) => (p.endsWith("/messages") ? new Response(JSON.stringify({ detail: "too long", code: "too_long" }), { status: 413 }) : good(p));
    c.type("c1", "x".repeat(9000));
    c.send("c1");
    await vi.waitFor(() => expect(s.chats[0]!.error).toEqual({ text: "Ce texte est trop long, ou tient sur plusieurs lignes. Raccourcissez-le.", detail: "" }));
    expect(s.chats[0]!.draft.length).toBe(9000);
  });
  it("keeps one that is over until a conclusion is chosen, and says who has it", async () => {
    const c = make();
    take(c, state({ chats: ["c1", "c2"] }));
    take(c, state({ chats: [], chat_ended: { conversation: "c2", who: "x", how: "answered_elsewhere", after_s: 0, at: "" } }));
    expect(s.chats.map((x) => x.over)).toEqual(["ended", "taken"]);
    c.conclude("c1", "résolu");
    c.close("c2");
    expect([s.chats.length, s.done.length]).toEqual([0, 2]);
    await vi.waitFor(() => expect(asked.some((a) => a.path.endsWith("/calls/c1/note") && (a.body as { conclusion: string }).conclusion === "résolu")).toBe(true));
  });
  it("asks for answers when it begins and after each message of the person, and never of the agent", async () => {
    const found = { id: "a1", title: "Délai", short: "Cinq jours.", body: "", score: 1, why: ["délai"] };
    const good = answer;
    answer = (p) => (p.endsWith("/articles") ? new Response(JSON.stringify({ articles: [found] })) : good(p));
    const questions = () => asked.filter((a) => a.path.endsWith("/c1/articles")).length;
    const c = make();
    take(c, state({ chats: ["c1"] }));
    await vi.waitFor(() => expect(s.chats[0]!.answers.shown).toEqual([found]));
    const before = questions();
    c.hold("c1", true);
    answer = (p) => (p.endsWith("/articles") ? new Response(JSON.stringify({ articles: [{ ...found, id: "a2" }] })) : good(p));
    for (const [i, t] of ["un", "deux"].entries()) c.happened({ ...said(i + 2, t), conversation: "c1" });
    await vi.waitFor(() => expect(questions()).toBe(before + 1), 4000);
    await vi.waitFor(() => expect(s.chats[0]!.answers.waiting?.map((x) => x.id)).toEqual(["a2"]));
    expect(s.chats[0]!.answers.shown).toEqual([found]); // nothing moves under a pointer
    c.hold("c1", false);
    expect(s.chats[0]!.answers.shown[0]!.id).toBe("a2");
  });
});
