// Typed conversations of an agent: several at once, beside a call. Whose they are is the server's
// word; this keeps what was read, what is being written, and what the network has not taken yet.
import { tone } from "../shared/sound";
import type { Announcer } from "../shared/announce";
import type { Line } from "../shared/transcript";
import { answers, none as noAnswers, type Act, type Answers } from "./answers";
import { open } from "./crm";
import { ask, Refused, api } from "./api";
import { fromRecord, heard, silence, type Talk } from "./lines";
import { why, type Why } from "./refused";
import type { Decline, DeskState, Happened, Live as Running, NoteState, Offer } from "./types";
import type { Words } from "./fr";

/** Sending is a message that the server has not taken yet. */
export interface Sending { id: string; text: string }

/** Chat is one typed conversation as this page has it. */
export interface Chat {
  id: string;
  /** brief is what was known when it was accepted. */
  brief: Offer;
  talk: Talk;
  unread: number;
  /** draft is what is being written. */
  draft: string;
  sending: readonly Sending[];
  /** away: the person has closed the page. */
  away: boolean;
  /** over: it is not ours any more, and waits for a note and a conclusion. taken: the team has it. */
  over: "" | "ended" | "bot" | "taken";
  note: NoteState;
  /** answers follow what is written, as they do in a call. */
  answers: Answers;
  /** error is why the server did not do what was asked. */
  error: Why | undefined;
}

export interface ChatCommands {
  accept(conv: string): void;
  decline(conv: string, reason: Decline): void;
  /** read says which one is open in front of the agent, "" none. */
  read(conv: string): void;
  type(conv: string, text: string): void;
  send(conv: string): void;
  end(conv: string): void;
  giveBack(conv: string, step: string): void;
  /** hold: pointer or focus rests on the answers. */
  hold(conv: string, yes: boolean): void;
  openAnswer(conv: string, article: string): void;
  write(conv: string, text: string): void;
  conclude(conv: string, conclusion: string): void;
  /** close puts one that is over away. */
  close(conv: string): void;
}

/** Around is what the desk lends. */
export interface Around {
  get(): { chats: readonly Chat[]; desk?: DeskState | undefined; tab: string; me?: { user: string; name: string } | undefined; team: readonly { name: string; title: string }[]; done: readonly { conversation: string; who: string; at: string; text: string }[] };
  set(c: { chats?: readonly Chat[]; done?: readonly { conversation: string; who: string; at: string; text: string }[] }): void;
  /** try asks the server, shows its words when it says no, and tells whether it did it. */
  try(go: () => Promise<DeskState | void>): Promise<boolean>;
  say(): Words;
  announce(): Announcer | undefined;
  /** still: a state of the demonstration is shown. */
  still(): boolean;
  /** notify tells an agent who looks at another window, by the system; one notice for each tag. It
   * gives the notice back, undefined when there is none. */
  notify(title: string, body: string, tag: string, stays?: boolean): { close(): void } | undefined;
  expired(): void;
  keep: { get<T>(key: string): T | undefined; set(key: string, value: unknown): void };
}

const blank = (id: string): NoteState => ({ conversation: id, text: "", saved: "saved", conclusion: "" });

/** begun is a conversation that has just become ours. */
export const begun = (brief: Offer, kept?: Partial<Chat>): Chat => ({ id: brief.conversation, brief, talk: silence, unread: 0, draft: "", sending: [], away: false, over: "", note: blank(brief.conversation), answers: noAnswers, error: undefined, ...kept });

/** shown are the lines of a conversation with what waits to be sent behind them. */
export const shown = (c: Chat): readonly Line[] => [...c.talk.lines, ...c.sending.map((o): Line => ({ id: "o" + o.id, who: "agent", text: o.text, partial: true }))];

/** happenedTo folds one event in; open: it stands before the agent, who reads it. */
export function happenedTo(c: Chat, e: Happened, open: boolean, mine: readonly string[], note: (e: Happened) => string): Chat {
  if (e.seq && e.seq <= c.talk.seq) return c;
  let talk = heard(c.talk, e, note);
  const who = e.body["who"];
  if (e.type === "said" && who === "agent" && typeof e.body["name"] === "string" && !mine.includes(e.body["name"])) {
    const last = talk.lines[talk.lines.length - 1]!;
    talk = { ...talk, lines: [...talk.lines.slice(0, -1), { ...last, name: e.body["name"] }] };
  }
  const next: Chat = { ...c, talk };
  if (e.type === "said" && who === "agent" && typeof e.body["id"] === "string") next.sending = c.sending.filter((o) => o.id !== e.body["id"]);
  if (e.type === "said" && who !== "agent") {
    next.away = false;
    if (!open) next.unread = c.unread + 1;
  }
  if (e.type === "caller_away") next.away = true;
  if (e.type === "caller_back") next.away = false;
  return next;
}

/** lastWords is what the row of the list shows. */
export function lastWords(c: Chat): string {
  for (let i = c.talk.lines.length - 1; i >= 0; i--) if (c.talk.lines[i]!.who === "caller") return c.talk.lines[i]!.text;
  return c.brief.why;
}

const typingEvery = 3000, noteEvery = 1000; // ms

export class Chats implements ChatCommands {
  private open = "";
  private ticked = new Set<string>(); // those whose tick was heard and which were not read since
  private early = new Map<string, Happened[]>(); // events that came before the record
  private busy = new Set<string>(); // messages of these are being sent
  private typed = 0;
  private notes = new Map<string, ReturnType<typeof setTimeout>>();
  private learning = new Map<string, ReturnType<typeof setTimeout>>(); // answers that will be asked for
  private n = 0;
  private notices = new Map<string, { close(): void }>(); // of the system, by conversation

  constructor(private readonly at: Around) {}

  private find(id: string): Chat | undefined { return this.at.get().chats.find((c) => c.id === id); }

  private put(id: string, change: Partial<Chat>): void {
    this.at.set({ chats: this.at.get().chats.map((c) => (c.id === id ? { ...c, ...change } : c)) });
    this.keepAll();
  }

  /** keepAll keeps what only this page has, for when it is loaded again. */
  private keepAll(): void {
    this.at.keep.set("chats", this.at.get().chats.map((c) => ({ id: c.id, brief: c.brief, draft: c.draft, sending: c.sending, note: c.note, over: c.over, unread: c.unread })));
  }

  private kept(id: string): Partial<Chat> | undefined {
    return this.at.keep.get<(Partial<Chat> & { id: string })[]>("chats")?.find((c) => c.id === id);
  }

  /** changed takes what the server says is ours now, and what is offered. */
  changed(desk: DeskState, was: DeskState | undefined): void {
    const s = this.at.get();
    const chats = [...s.chats];
    if (!was) for (const k of this.at.keep.get<(Partial<Chat> & { id: string; brief: Offer })[]>("chats") ?? []) { // those that wait for a conclusion
      if (k.over && k.brief && !chats.some((c) => c.id === k.id)) {
        chats.push(begun(k.brief, k));
        void this.record(k.id);
      }
    }
    for (const id of desk.chats) {
      const i = chats.findIndex((c) => c.id === id);
      if (i >= 0 && !chats[i]!.over) continue;
      const offer = [...(was?.chat_offers ?? []), ...desk.chat_offers].find((o) => o.conversation === id);
      const kept = this.kept(id);
      const next = begun(offer ?? kept?.brief ?? unknown(id, this.at.say()), { ...kept, over: "" });
      if (i >= 0) chats[i] = next; else chats.push(next);
      void this.record(id);
      void this.learnNote(id);
    }
    for (const id of desk.chats) if (was?.chat_offers?.some((o) => o.conversation === id)) this.unnotify(id); // accepted
    const gone = chats.filter((c) => !c.over && !desk.chats.includes(c.id));
    for (const c of gone) {
      const taken = desk.chat_ended?.conversation === c.id && desk.chat_ended.how === "answered_elsewhere";
      chats[chats.indexOf(c)] = { ...c, over: taken ? "taken" : "ended", sending: [] };
      void this.record(c.id);
    }
    const waiting = new Set([...desk.chats, ...desk.chat_offers.map((o) => o.conversation)]);
    for (const id of this.notices.keys()) if (!waiting.has(id)) this.unnotify(id);
    for (const o of desk.chat_offers) {
      if (was?.chat_offers?.some((x) => x.conversation === o.conversation)) continue;
      this.tick(o.conversation);
      this.notify(o.conversation, this.at.say()("chat_offer_notice"), o.why, true);
      this.at.announce()?.alert(this.at.say()("chat_offer_alert", { who: o.who, why: o.why }));
    }
    if (gone.length > 0 || chats.length !== s.chats.length || chats.some((c, i) => c !== s.chats[i])) {
      this.at.set({ chats });
      this.keepAll();
      for (const c of chats) if (c.sending.length > 0 && !c.over) void this.flush(c.id);
    }
  }

  /** tick sounds once for each visitor until they are read, in the page that has the sound. */
  private tick(id: string): void {
    const { desk, tab } = this.at.get();
    if (this.ticked.has(id) || this.at.still()) return;
    this.ticked.add(id);
    if (!desk?.sound || desk.sound === tab) tone(0.04, [988]);
  }

  /** notify names no visitor and none of their words: screens may be locked. */
  private notify(id: string, title: string, body: string, stays: boolean): void {
    const n = this.at.still() ? undefined : this.at.notify(title, body, id, stays);
    if (n) this.notices.set(id, n);
  }

  private unnotify(id: string): void {
    this.notices.get(id)?.close();
    this.notices.delete(id);
  }

  /** follows tells whether a conversation of the stream is one of these. */
  follows(id: string): boolean {
    const d = this.at.get().desk;
    return !!this.find(id) || !!d?.chats.includes(id) || !!d?.chat_offers?.some((o) => o.conversation === id);
  }

  /** conversation: its events come from now on. */
  conversation(r: Running): void {
    const c = this.find(r.id);
    if (c && !c.brief.at) this.put(r.id, { brief: { ...c.brief, lang: r.lang, why: (r.intent ?? "").replace(/_/g, " ") || c.brief.why, at: r.start, slots: (r.slots ?? []).map((x) => ({ name: x.name, value: x.shown ?? x.value, confirmed: x.confirmed ?? false })) } });
    if (c) void this.record(r.id);
  }

  /** record reads what was written so far; events that come meanwhile are added behind it. */
  private async record(id: string): Promise<void> {
    if (this.at.still() || this.early.has(id)) return;
    const late: Happened[] = [];
    this.early.set(id, late);
    try {
      const c = await api.conversation(id);
      const now = this.find(id);
      if (!now) return;
      let talk = fromRecord(c.transcript, c.start, this.mine());
      if (talk.seq < now.talk.seq) talk = now.talk;
      this.put(id, { talk });
      this.learn(id, 0);
    } catch { /* what comes from now on is shown */ } finally {
      this.early.delete(id);
    }
    for (const e of late) this.fold(id, e);
  }

  /** learn asks which answers fit now, a moment after the person has written. */
  private learn(id: string, after: number): void {
    clearTimeout(this.learning.get(id));
    this.learning.set(id, setTimeout(() => {
      this.learning.delete(id);
      void api.articles(id).then((r) => this.answer(id, { type: "found", list: r.articles ?? [] }), () => {});
    }, after));
  }

  private answer(id: string, act: Act): void {
    const c = this.find(id);
    if (c) this.put(id, { answers: answers(c.answers, act) });
  }

  hold(id: string, yes: boolean): void { this.answer(id, { type: "hold", yes }); }
  openAnswer(id: string, article: string): void { this.answer(id, { type: "open", id: article }); }

  /** mine are the names by which the reader is called in a record. */
  private mine(): readonly string[] {
    const { me, desk } = this.at.get();
    return [me?.user, me?.name, desk?.title].filter((n): n is string => !!n);
  }

  /** happened takes one event; false when it is of none of these. */
  happened(e: Happened): boolean {
    const id = e.conversation ?? "";
    if (!this.find(id)) return this.follows(id);
    const early = this.early.get(id);
    if (early) early.push(e); else this.fold(id, e);
    return true;
  }

  private fold(id: string, e: Happened): void {
    const c = this.find(id);
    if (!c) return;
    const open = this.open === id && document.visibilityState === "visible";
    const next = happenedTo(c, e, open, this.mine(), this.note);
    if (next === c) return;
    if (e.type === "ended" && !next.over) next.over = "ended";
    this.put(id, next);
    if (e.type === "said" && e.body["who"] !== "agent") this.learn(id, 150);
    if (next.unread > c.unread) {
      const first = !this.ticked.has(id);
      this.tick(id);
      if (c.unread === 0) this.notify(id, this.at.say()("chat_news_notice"), c.brief.why, false);
      if (first) this.at.announce()?.status(this.at.say()("chat_news", { who: c.brief.who }));
    }
    if (e.type === "caller_away") this.at.announce()?.status(this.at.say()("chat_away", { who: c.brief.who }));
    if (e.type === "ended") this.at.announce()?.status(this.at.say()("chat_over", { who: c.brief.who }));
  }

  /** note words what stands as a divider between the lines. */
  private note = (e: Happened): string => {
    const say = this.at.say(), { me, desk, team } = this.at.get();
    const name = String(e.body["agent"] ?? "");
    const called = name === me?.user ? desk?.title || me.name : team.find((t) => t.name === name)?.title ?? name;
    switch (e.type) {
      case "bridged": return say("chat_took", { name: called });
      case "caller_away": return say("chat_note_away");
      case "caller_back": return say("chat_note_back");
      case "ended": return say("chat_note_ended");
      default: return "";
    }
  };

  read(id: string): void {
    this.open = id;
    this.ticked.delete(id);
    this.unnotify(id);
    const c = this.find(id);
    if (c && c.unread > 0) this.put(id, { unread: 0 });
  }

  accept(id: string): void { open(this.at.get().desk?.chat_offers?.find((o) => o.conversation === id)?.crm); void this.at.try(() => api.accept(id)); }
  decline(id: string, reason: Decline): void { void this.at.try(() => api.decline(id, reason)); }

  type(id: string, draft: string): void {
    this.put(id, { draft });
    if (this.at.still() || !draft || Date.now() - this.typed < typingEvery) return;
    this.typed = Date.now();
    void ask("POST", `/api/v1/desk/chats/${encodeURIComponent(id)}/typing`).catch(() => {});
  }

  send(id: string): void {
    const c = this.find(id);
    const text = c?.draft.trim();
    if (!c || c.over || !text) return;
    const o = { id: `${Date.now().toString(36)}-${(this.n++).toString(36)}`, text };
    this.typed = 0;
    this.put(id, { draft: "", sending: [...c.sending, o], error: undefined });
    void this.flush(id);
  }

  /** flush sends what waits, in order; what the network loses is sent again under the same id. */
  private async flush(id: string): Promise<void> {
    if (this.busy.has(id) || this.at.still()) return;
    this.busy.add(id);
    for (let wait = 500; ; ) {
      const c = this.find(id), o = c?.sending[0];
      if (!c || !o || c.over) break;
      try {
        await ask("POST", `/api/v1/desk/chats/${encodeURIComponent(id)}/messages`, { body: o });
        wait = 500;
        this.sent(id, o.id); // the line itself comes in the stream
      } catch (e) {
        const r = e instanceof Refused ? e : undefined;
        if (r?.status === 401) this.at.expired();
        if (r && r.status >= 400 && r.status < 500 && r.status !== 401 && r.status !== 429) { // it is given back to be mended
          const now = this.find(id);
          if (now) this.put(id, { sending: [], draft: [...now.sending.map((x) => x.text), now.draft].filter(Boolean).join("\n"), error: why(r, this.at.say()) });
          break;
        }
        await new Promise((f) => setTimeout(f, r?.retry ? r.retry * 1000 : wait));
        wait = Math.min(8000, wait * 2);
      }
    }
    this.busy.delete(id);
  }

  private sent(id: string, message: string): void {
    const c = this.find(id);
    if (c) this.put(id, { sending: c.sending.filter((o) => o.id !== message) });
  }

  private async leave(id: string, what: "end" | "hand-back", body: unknown, over: Chat["over"]): Promise<void> {
    if (this.at.still()) return;
    try {
      await ask("POST", `/api/v1/desk/chats/${encodeURIComponent(id)}/${what}`, { body });
      this.put(id, { over, error: undefined });
    } catch (e) {
      if (e instanceof Refused && e.status === 401) this.at.expired();
      else this.put(id, { error: e instanceof Refused && e.status ? why(e, this.at.say()) : { text: this.at.say()("not_live"), detail: "" } });
    }
  }

  end(id: string): void { void this.leave(id, "end", {}, "ended"); }
  giveBack(id: string, step: string): void { void this.leave(id, "hand-back", step ? { step } : {}, "bot"); }

  private async learnNote(id: string): Promise<void> {
    const list = await api.notes(id).then((r) => r.notes ?? [], () => []);
    const mine = list.find((n) => n.agent === this.at.get().me?.user);
    const c = this.find(id);
    if (mine && c && !c.note.text) this.put(id, { note: { conversation: id, text: mine.text, saved: "saved", conclusion: mine.conclusion } });
  }

  write(id: string, text: string): void {
    const c = this.find(id);
    if (!c) return;
    this.put(id, { note: { ...c.note, text, saved: c.note.saved === "kept" ? "kept" : "saving" } });
    if (!this.notes.has(id)) this.notes.set(id, setTimeout(() => this.sendNote(id), noteEvery));
  }

  conclude(id: string, conclusion: string): void {
    const c = this.find(id);
    if (!c) return;
    this.put(id, { note: { ...c.note, conclusion, saved: "saving" } });
    this.sendNote(id);
    if (c.over) this.close(id);
  }

  private sendNote(id: string): void {
    clearTimeout(this.notes.get(id));
    this.notes.delete(id);
    const c = this.find(id);
    if (!c || this.at.still()) return;
    const { text, conclusion } = c.note;
    const saved = (how: NoteState["saved"]) => {
      const now = this.find(id);
      if (now && (now.note.text === text || how === "kept")) this.put(id, { note: { ...now.note, saved: how } });
    };
    void api.note(id, text, conclusion).then(() => saved("saved"), (e: unknown) => {
      saved("kept");
      if (e instanceof Refused && e.status === 401) this.at.expired();
      if (this.find(id)) setTimeout(() => { if (this.find(id)?.note.saved === "kept") this.sendNote(id); }, 3000);
    });
  }

  close(id: string): void {
    const s = this.at.get(), c = this.find(id);
    if (!c || !c.over) return;
    if (this.notes.has(id)) this.sendNote(id);
    const done = [{ conversation: id, who: c.brief.who, at: new Date().toISOString(), text: [c.note.conclusion, c.brief.why].filter(Boolean).join(" · ") }, ...s.done.filter((d) => d.conversation !== id)].slice(0, 50);
    this.at.set({ chats: s.chats.filter((x) => x.id !== id), done });
    this.at.keep.set("done", done);
    this.keepAll();
  }
}

/** unknown is a conversation whose offer this page never saw. */
const unknown = (id: string, say: Words): Offer => ({ conversation: id, channel: "text", origin: "bot", lang: "", who: say("chat_visitor"), phone: "", why: "", queue: [], facts: [], slots: [], tried: [], todo: [], lines: [], at: "", expires: "", rings: "browser" });

/** news is how many messages were not read, over all conversations, and how many are offered. */
export const news = (chats: readonly Chat[], desk: DeskState | undefined): number => chats.reduce((n, c) => n + c.unread, 0) + (desk?.chat_offers?.length ?? 0);
