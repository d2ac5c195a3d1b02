// One conversation of a caller: typed, spoken, or both, one after the other in the same place. It
// knows nothing of how it is shown. What was typed is never lost: it is kept until the server has
// taken it, and sent again under the same id.
import { listen, type Link } from "../shared/stream";
import { tone } from "../shared/sound";
import type { Line } from "../shared/transcript";
import type { Lang, Say } from "../shared/words";
import { api, Refused, type Message, type Page, type Sending, type Widget, type With } from "./api";
import type { fr } from "./fr";
import { Call, Failed, type Trouble, type Wanted } from "./voice";

export type Voice = "none" | "asking" | "connecting" | "slow" | "live" | "lost";

export interface State {
  info: Widget | undefined;
  /** down is true when the service did not answer at all. */
  down: boolean;
  link: Link;
  /** back is true for a moment after the link came back. */
  back: boolean;
  lines: readonly Line[];
  /** unsent are the ids of lines that the server has not taken yet. */
  unsent: ReadonlySet<string>;
  quick: readonly { label: string; value: string }[];
  working: boolean;
  voice: Voice;
  /** since is when the call was answered, in ms. */
  since: number;
  muted: boolean;
  silent: boolean;
  /** deaf: the microphone is gone, and there is no other. */
  deaf: boolean;
  trouble: Trouble | undefined;
  /** elsewhere is the call that another window has taken up, "" for none. */
  elsewhere: string;
  /** person is who of the company is there, "" while one is being rung. */
  person: string | undefined;
  /** with is who of the company writes, or is being fetched; undefined: the assistant answers. */
  with: With | undefined;
  outcome: string | undefined;
  /** spoke is true once a call was had. */
  spoke: boolean;
  rated: number;
}

/** What a call's event stream tells of one line. */
interface Caption {
  id: string;
  who: Line["who"];
  name?: string;
  text: string;
  unheard?: string;
  partial?: boolean;
  at_ms?: number;
  doubtful?: boolean;
  readings?: string[];
}

interface Kept {
  id: string;
  token: string;
}

/** A call that goes on when its page is loaded again, or in another window. */
interface Held {
  id: string;
  since: number; // when it was answered, in ms
  heldFor?: number; // ms that the gateway holds it
}

/** Taken is a conversation as one window hands it to another. */
export interface Taken {
  call?: Held | undefined;
  chat?: Kept | undefined;
}

const slowAfter = 4000; // ms of connecting after which a sentence is owed
const backFor = 4000;
const rateMost = 2000; // ms, the longest wait before a rating is sent again
const askEvery = 60_000; // ms between two looks at whether the house is open
const lockOf = (call: string) => "decroche." + call;
const typingFor = 7000; // ms after a key of the agent's

/** dividers are what the gateway itself says of who comes and goes. */
const dividers = ["chat/joined", "chat/returns", "chat/back", "chat/lost", "chat/handed_back"];

const whose = (m: Message): Line["who"] => (m.from === "agent" ? "agent" : m.from !== "bot" ? "caller" : dividers.includes(m.step ?? "") ? "note" : "bot");

export class Talk {
  state: State = { info: undefined, down: false, link: "live", back: false, lines: [], unsent: new Set(), quick: [], working: false, voice: "none", since: 0, muted: false, silent: false, deaf: false, trouble: undefined, elsewhere: "", person: undefined, with: undefined, outcome: undefined, spoke: false, rated: 0 };
  private readonly watchers = new Set<() => void>();
  private chat: Kept | undefined;
  /** last is what a rating is of; a call has no token but its address. */
  private last: { id: string; token?: string } | undefined;
  private creating: Promise<Kept> | undefined;
  private outbox: (Sending & { shown: string })[] = [];
  private sending = false;
  private stop: (() => void) | undefined; // of the typed conversation's stream
  private stopCall: (() => void) | undefined; // of the call's
  private call: Call | undefined;
  private release: (() => void) | undefined; // of the lock on our call
  private gaveUp = false; // our caller has hung up
  private late = false; // our call ended while the page was away; that is said behind its last line
  private forced = false; // the call was handed to this window
  private ratings = 0; // so far
  private said = 0; // own messages so far, for ids
  private typing: ReturnType<typeof setTimeout> | undefined; // until the agent counts as still

  constructor(
    private readonly bot: string,
    public lang: Lang,
    public say: Say<typeof fr>,
    private readonly keep: { get(key: string): string | null; set(key: string, value: string | null): void },
    private readonly announce: { status(t: string): void; alert(t: string): void },
  ) {}

  watch(f: () => void): () => void {
    this.watchers.add(f);
    return () => this.watchers.delete(f);
  }

  private set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    for (const f of this.watchers) f();
  }

  /** begin asks what to show and takes up the conversation that was left here, if any. */
  async begin(): Promise<void> {
    const kept = this.keep.get("chat");
    if (kept) {
      try {
        this.last = this.chat = JSON.parse(kept) as Kept;
      } catch { /* not ours */ }
    }
    for (const o of this.unsentBefore()) this.queue(o);
    const held = this.held();
    const back = held ? this.rejoin(held) : undefined; // at once: the gateway holds a call for a few seconds
    this.keepUp();
    await this.learn();
    await back;
    if (!held && this.chat) this.follow(this.chat);
    if (this.outbox.length) void this.flush();
  }

  /** learn asks the server what this page may offer, until it answers. */
  async learn(): Promise<void> {
    for (let wait = 1000; ; wait = Math.min(15_000, wait * 2)) {
      try {
        const { data } = await api.widget(this.bot, this.lang);
        this.set({ info: data, down: false });
        return;
      } catch {
        this.set({ down: true });
        await new Promise((f) => setTimeout(f, wait));
      }
    }
  }

  /** keepUp asks again every minute, and when somebody looks at the page again: hours begin and end,
   * agents come and go. A conversation that was begun is not taken away. It returns how to stop. */
  keepUp(): () => void {
    const again = () => { if (!document.hidden && this.idle) void this.relearn(); };
    const timer = setInterval(again, askEvery);
    document.addEventListener("visibilitychange", again);
    return () => { clearInterval(timer); document.removeEventListener("visibilitychange", again); };
  }

  private get idle(): boolean {
    const s = this.state;
    return !!s.info && s.voice === "none" && !s.elsewhere && !this.call && !this.chat && !this.creating && !this.outbox.length;
  }

  private async relearn(): Promise<void> {
    const lang = this.lang;
    const got = await api.widget(this.bot, lang).catch(() => undefined); // what is known stays
    if (got && this.idle && this.lang === lang && JSON.stringify(got.data) !== JSON.stringify(this.state.info)) this.set({ info: got.data, down: false });
  }

  private get name(): string { return this.bot || this.state.info?.bot || ""; }

  // ---- typing

  /** type says something in words or by a button. */
  type(text: string, quick?: string): void {
    const t = text.trim();
    if (!t) return;
    const id = `m${Date.now().toString(36)}${(this.said++).toString(36)}`;
    this.queue({ id, shown: t, ...(quick === undefined ? { text: t } : { quick }) });
    this.set({ quick: [] });
    void this.flush();
  }

  private queue(o: Sending & { shown: string }): void {
    this.outbox.push(o);
    this.keepOutbox();
    this.set({ lines: [...this.state.lines, { id: o.id, who: "caller", text: o.shown }], unsent: new Set([...this.state.unsent, o.id]) });
  }

  private keepOutbox(): void { this.keep.set("unsent", this.outbox.length ? JSON.stringify(this.outbox) : null); }

  private unsentBefore(): (Sending & { shown: string })[] {
    try {
      return JSON.parse(this.keep.get("unsent") ?? "[]") as (Sending & { shown: string })[];
    } catch {
      return [];
    }
  }

  /** flush sends what waits, in order; what the network refuses is sent again. */
  private async flush(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    let wait = 500, told = false;
    while (this.outbox.length) {
      const o = this.outbox[0]!;
      if (this.calling && !this.chat) { // who will take it is not known yet
        await new Promise((f) => setTimeout(f, 100));
        continue;
      }
      try {
        await this.send(o);
        wait = 500;
        this.taken(o.id);
        continue;
      } catch (e) {
        const r = e instanceof Refused ? e : new Refused(0, String(e), 0);
        if (r.status === 409 || r.status === 404 || r.status === 401) { // it has ended, or is no longer kept
          this.forget();
          continue;
        }
        if (r.status && r.status < 500 && r.status !== 429) {
          this.taken(o.id);
          this.note(this.say(r.code === "too_long" || r.status === 413 ? "refused_too_long" : "refused"));
          continue;
        }
        if (r.status === 429 && !told) {
          told = true;
          this.note(this.say("rate_limit"));
        }
        if (!r.status) this.set({ link: navigator.onLine === false ? "offline" : "reconnecting" });
        await new Promise<void>((f) => {
          const t = setTimeout(f, r.retry ? r.retry * 1000 : wait);
          addEventListener("online", () => { clearTimeout(t); f(); }, { once: true });
        });
        wait = Math.min(8000, wait * 2);
      }
    }
    this.sending = false;
  }

  private async send({ shown: _, ...body }: Sending & { shown: string }): Promise<void> {
    const call = this.state.elsewhere || (this.state.voice === "none" || this.calling ? "" : (this.call?.id ?? ""));
    if (call) return void (await api.sendCall(call, "text" in body ? body.text : "quick" in body ? body.quick : body.digits));
    const c = await this.open();
    const { data } = await api.send(c.id, c.token, body);
    this.linked("live");
    this.page(data);
  }

  private taken(id: string): void {
    this.outbox = this.outbox.filter((o) => o.id !== id);
    this.keepOutbox();
    const unsent = new Set(this.state.unsent);
    unsent.delete(id);
    this.set({ unsent });
  }

  /** open begins the typed conversation when there is none. */
  private open(): Promise<Kept> {
    if (this.chat) return Promise.resolve(this.chat);
    this.creating ??= (async () => {
      try {
        const { data } = await api.create(this.name, this.lang);
        this.last = this.chat = { id: data.id, token: data.token };
        this.keep.set("chat", JSON.stringify(this.chat));
        this.set({ outcome: undefined, rated: 0 });
        this.page(data, true);
        this.follow(this.chat);
        return this.chat;
      } finally {
        this.creating = undefined;
      }
    })();
    return this.creating;
  }

  /** forget lets go of a conversation that cannot be gone on with. */
  private forget(): void {
    this.stop?.();
    this.chat = undefined;
    this.keep.set("chat", null);
  }

  private follow(c: Kept): void {
    this.stop?.();
    this.stop = listen({
      url: () => `/api/v1/chat/${c.id}/events`,
      headers: () => ({ Authorization: "Bearer " + c.token }),
      link: (l) => this.linked(l),
      refused: () => { this.linked("live"); this.forget(); },
      message: (m) => {
        const d = JSON.parse(m.data) as Message & { working?: boolean; outcome?: string; with?: With };
        if (m.event === "message") this.messages([d]);
        else if (m.event === "working") this.set({ working: !!d.working });
        else if (m.event === "with") this.accompany(d.with);
        else if (m.event === "ended") this.chatEnded(d.outcome ?? "");
      },
    });
  }

  private chatEnded(outcome: string): void {
    this.stop?.();
    this.forget();
    if (this.state.voice === "none") this.set({ outcome, quick: [], working: false, with: undefined });
  }

  private page(p: Page, first = false): void {
    this.messages(p.messages, first);
    this.set({ working: p.working });
    this.accompany(p.with);
    if (p.ended) this.chatEnded(p.outcome ?? "");
  }

  /** accompany takes who has the conversation now. */
  private accompany(w: With | undefined): void {
    const now = !w || w.state === "bot" ? undefined : w;
    const was = this.state.with;
    if (now?.state === "agent" && (was?.state !== "agent" || was.agent !== now.agent)) tone();
    clearTimeout(this.typing);
    if (now?.typing) this.typing = setTimeout(() => { if (this.state.with) this.set({ with: { ...this.state.with, typing: false } }); }, typingFor);
    this.set({ with: now });
  }

  /** messages merges what the server has with what is shown; a message is shown once. The greeting
   * goes before what was typed ahead of it. */
  private messages(list: readonly Message[], first = false): void {
    let lines = [...this.state.lines];
    let quick = this.state.quick;
    for (const m of list) {
      const id = m.client_id && lines.some((l) => l.id === m.client_id) ? m.client_id : "c" + m.n;
      const line: Line = { id, who: whose(m), text: m.text, ...(m.name ? { name: m.name } : {}), ...(m.lang === "fr" || m.lang === "en" ? { lang: m.lang } : {}) };
      const at = lines.findIndex((l) => l.id === id);
      if (at >= 0) lines[at] = line;
      else if (first) lines.splice(lines.findIndex((l) => this.state.unsent.has(l.id)), 0, line);
      else if (m.from === "bot" && this.state.unsent.size > 1) { // an answer stands behind its question
        const waits = lines.findIndex((l) => this.state.unsent.has(l.id) && l.id !== this.outbox[0]?.id);
        lines.splice(waits < 0 ? lines.length : waits, 0, line);
      } else lines = [...lines, line];
      quick = m.from === "bot" ? (m.quick ?? []) : [];
      if (m.from === "agent" && this.state.with?.typing) this.accompany({ ...this.state.with, typing: false });
    }
    this.set({ lines, quick: this.outbox.length > 1 ? [] : quick.slice(0, 4) });
  }

  private note(text: string): void {
    this.set({ lines: [...this.state.lines, { id: "n" + this.said++, who: "note", text }] });
  }

  private linked(l: Link): void {
    const was = this.state.link;
    if (was === l) return;
    const back = l === "live" && this.state.lines.length > 0;
    this.set({ link: l, back });
    if (back) {
      this.announce.status(this.say("back"));
      setTimeout(() => this.set({ back: false }), backFor);
    } else if (was === "live" && l !== "live") this.announce.alert(this.say("lost"));
  }

  // ---- speaking

  /** calling is true until a call is answered: it may come to nothing, so that nothing is trusted to it. */
  private get calling(): boolean { return this.state.voice === "connecting" || this.state.voice === "slow"; }

  /** speak calls, or goes on by voice, or takes up the call that this page had; call it in a click. */
  async speak(held = this.held()): Promise<void> {
    if (this.call) return;
    const chat = held ? undefined : this.chat; // its stream may tell that it has moved before the call is answered here
    const call = new Call({
      phase: (p) => {
        if (this.call !== call) return;
        if (p === "live") {
          if (chat && this.calling) { // it goes on in the call
            this.note(this.say("moved_voice"));
            this.forget();
            this.set({ quick: [], with: undefined });
          }
          this.spoken();
        } else if (p === "lost" && this.calling) { /* it is tried again; nothing was lost yet */
        } else if (p === "lost") {
          this.set({ voice: "lost" });
          this.announce.alert(this.say("lost"));
        } else if (p === "moved") this.moved(call.id);
        else if (p === "ended") this.callEnded();
      },
      silent: (yes) => this.set({ silent: yes }),
      deaf: (yes) => {
        if (this.call !== call) return;
        this.set({ deaf: yes });
        if (yes) this.announce.alert(this.say("mic_gone"));
        else this.announce.status(this.say("mic_again"));
      },
    });
    this.call = call;
    this.gaveUp = false;
    this.set({ voice: held ? "lost" : "connecting", trouble: undefined, muted: false, deaf: false, outcome: undefined, rated: 0, elsewhere: "" });
    const slow = setTimeout(() => {
      if (this.state.voice === "connecting") {
        this.set({ voice: "slow" });
        this.announce.status(this.say("slow"));
      }
    }, slowAfter);
    try {
      const w: Wanted = { bot: this.name, lang: this.lang, chat, held: held?.id, heldFor: held?.heldFor };
      await call.start(w);
      if (this.call !== call) return;
      this.last = { id: call.id };
      this.hold({ id: call.id, since: held?.since ?? Date.now(), heldFor: call.heldFor });
      if (!chat) this.set({ quick: [], with: undefined });
      this.captions(call.id);
    } catch (e) {
      this.call = undefined;
      const why = e instanceof Failed ? e.why : "failed";
      this.set({ voice: "none", since: 0, trouble: why === "gone" ? undefined : why });
      if (why === "gone" && held) this.missed(held);
      else this.announce.alert(this.troubleSaid());
    } finally {
      clearTimeout(slow);
    }
  }

  /** rejoin takes up the call of this page before it was loaded again, unless another window has it:
   * a tab that was duplicated knows of the call too. */
  private async rejoin(held: Held): Promise<void> {
    this.set({ voice: "lost", since: held.since });
    if (await this.takenUp(held.id)) {
      this.set({ voice: "none", since: 0, elsewhere: held.id });
      this.captions(held.id);
    } else await this.speak(held);
  }

  /** moved: another window has taken the call up. What is typed here is still said in it. */
  private moved(id: string): void {
    this.call = undefined;
    this.release?.();
    this.set({ voice: "none", since: 0, silent: false, elsewhere: id });
    this.announce.status(this.say("elsewhere"));
  }

  /** missed: the call ended while this page was away. What was said in it is shown. */
  private missed(held: Held): void {
    this.hold(undefined);
    this.last = { id: held.id };
    this.announce.status(this.say("call_gone"));
    this.late = true;
    this.set({ outcome: "" });
    this.captions(held.id);
  }

  /** handOver is what another window needs to go on with this conversation. */
  handOver(): Taken {
    return { call: this.held(), chat: this.chat };
  }

  /** take keeps what another window handed over; begin then goes on with it. */
  take(t: Taken): void {
    if (t.call) {
      this.keep.set("call", JSON.stringify(t.call));
      this.forced = true;
    }
    if (t.chat) this.keep.set("chat", JSON.stringify(t.chat));
  }

  /** troubleSaid is the sentence for why there is no call. */
  troubleSaid(): string {
    switch (this.state.trouble) {
      case "blocked": case "no_mic": case "insecure": case "unsupported": case "busy": case "network": return this.say(this.state.trouble);
      default: return this.say("call_failed");
    }
  }

  private spoken(): void {
    const again = this.state.voice === "lost";
    this.set({ voice: "live", since: this.state.since || (this.held()?.since ?? Date.now()), spoke: true, ...(again ? { back: true } : {}) });
    this.announce.status(this.say(again ? "back" : "connected"));
    if (again) setTimeout(() => this.set({ back: false }), backFor);
  }

  /** captions follows what both sides say. */
  private captions(id: string): void {
    this.stopCall?.();
    const prefix = id.slice(0, 6) + "-";
    this.stopCall = listen({
      url: () => `/api/v1/webrtc/calls/${id}/events`,
      silence: 6000,
      link: () => {}, // the call's own connection says how it is
      refused: () => { if (!this.call) this.callOver(this.state.outcome ?? ""); }, // too long ago
      message: (m) => {
        const d = JSON.parse(m.data) as Caption & { state?: string; agent?: string; outcome?: string; quick?: string[] };
        if (m.event === "line") this.caption({ ...d, id: prefix + d.id });
        if (m.event === "line" && d.who === "bot" && !d.partial && !this.state.outcome) this.set({ quick: (d.quick ?? []).slice(0, 4).map((v) => ({ label: v, value: v })) });
        if (m.event === "with") this.withWhom(d.state ?? "", d.agent ?? "");
        else if (m.event === "ended") this.callOver(d.outcome ?? "");
      },
    });
  }

  private caption(d: Caption): void {
    const line: Line = { id: d.id, who: d.who, text: d.text, name: d.name, unheard: d.unheard, partial: d.partial, ...(d.at_ms === undefined ? {} : { at: d.at_ms / 1000 }), ...(d.doubtful ? { doubts: [{ word: d.text, readings: d.readings ?? [] }] } : {}) };
    const lines = [...this.state.lines];
    const at = lines.findIndex((l) => l.id === d.id);
    const typed = d.who === "caller" && at < 0 ? lines.findIndex((l) => l.who === "caller" && l.text === d.text && l.id.startsWith("m") && lines.indexOf(l) >= lines.length - 3) : -1;
    if (typed >= 0) return; // what was typed stands there already
    if (!d.text && !d.unheard) lines.splice(at, at < 0 ? 0 : 1); // a sound that was no word after all
    else if (at >= 0) lines[at] = line;
    else lines.push(line);
    this.set({ lines, ...(d.who === "caller" ? { quick: [] } : {}) });
  }

  private withWhom(state: string, agent: string): void {
    if (state === "agent" && this.state.person !== agent) {
      tone();
      this.set({ person: agent });
      this.announce.status(this.say("with_person", { name: agent }));
    } else if (state === "ringing") this.set({ person: "" });
    else if (state === "bot") this.set({ person: undefined });
  }

  private callOver(outcome: string): void {
    if (!this.calling) this.set({ outcome });
    if (this.call) return this.call.end();
    if (this.late) this.note(this.say("call_gone"));
    this.late = false;
    this.hold(undefined); // it ended in another window
    this.set({ elsewhere: "", person: undefined, quick: [] });
    this.stopCall?.();
  }

  private callEnded(): void {
    this.call = undefined;
    this.hold(undefined);
    if (this.calling) return this.neverUp();
    this.set({ voice: "none", since: 0, person: undefined, silent: false, quick: [], outcome: this.state.outcome ?? "" });
    this.announce.status(this.say("hung_up"));
    setTimeout(() => { if (!this.call) this.stopCall?.(); }, 3000); // the last words may still come
  }

  /** neverUp is the end of a call that was taken and did not connect, or was given up before: what was
   * typed goes on where it was. */
  private neverUp(): void {
    this.stopCall?.();
    this.last = this.chat;
    this.set({ voice: "none", since: 0, silent: false, outcome: undefined, trouble: this.gaveUp ? undefined : "network" });
    if (this.gaveUp) this.announce.status(this.say("hung_up"));
    else this.announce.alert(this.troubleSaid());
  }

  hangUp(): void {
    this.gaveUp = true;
    this.call?.hangUp();
  }
  /** microphone tries one again; call it in a click. */
  microphone(): void { void this.call?.another(); }
  hear(): void { void this.call?.hear(); }
  loud(): number { return this.call?.loud() ?? 0; }
  press(key: string): boolean { return this.call?.press(key) ?? false; }
  mute(): void {
    const yes = !this.state.muted;
    this.call?.mute(yes);
    this.set({ muted: yes });
    this.announce.status(this.say(yes ? "mic_off" : "mic_on"));
  }

  /** person asks for a human, at once, whatever goes on. */
  person(): void {
    const w = this.state.with;
    if (!w || this.state.voice !== "none") return this.type(this.say("person_ask"));
    this.announce.status(w.state === "agent" ? this.say("with_person", { name: w.agent ?? "" }) : this.say("fetching"));
  }

  dropTrouble(): void { this.set({ trouble: undefined }); }

  /** held is the call that this page has, or had a moment ago, before it was loaded again. */
  private held(): Held | undefined {
    try {
      const k = JSON.parse(this.keep.get("call") ?? "null") as Partial<Held> | null;
      return typeof k?.id === "string" && typeof k.since === "number" ? { id: k.id, since: k.since, ...(typeof k.heldFor === "number" ? { heldFor: k.heldFor } : {}) } : undefined;
    } catch {
      return undefined;
    }
  }

  /** hold remembers the call, and shows other windows that this one has it. */
  private hold(h: Held | undefined): void {
    this.keep.set("call", h ? JSON.stringify(h) : null);
    this.release?.();
    if (h) void navigator.locks?.request(lockOf(h.id), { steal: true }, () => new Promise<void>((f) => { this.release = f; })).catch(() => {}); // stolen: another window has it
  }

  /** takenUp tells whether another window is in the call. A page that is being left lets go of it
   * within moments. */
  private async takenUp(id: string): Promise<boolean> {
    if (!navigator.locks || this.forced) return false;
    return navigator.locks.request(lockOf(id), { signal: AbortSignal.timeout(1000) }, () => false).catch(() => true);
  }

  /** rate tells how it was; false when that could not be kept, after some tries: the record of a call
   * that has just ended is still being written. */
  async rate(score: number, comment: string): Promise<boolean> {
    const was = this.state.rated, last = this.last;
    this.set({ rated: score });
    const rating = ++this.ratings;
    for (let wait = 500; last; wait *= 2) {
      try {
        await (last.token ? api.rate(last.id, last.token, score, comment) : api.rateCall(last.id, score, comment));
        return true;
      } catch (e) {
        const passes = e instanceof Refused && (e.status === 0 || e.status === 409 || e.status === 429 || e.status >= 500);
        if (!passes || wait > rateMost) break;
        await new Promise((f) => setTimeout(f, Math.max(wait, e.retry * 1000)));
        if (rating !== this.ratings) return true; // another face was chosen meanwhile
      }
    }
    if (rating === this.ratings) this.set({ rated: was });
    return false;
  }

  /** again begins anew; what was said stays above. */
  again(): void {
    this.forget();
    this.stopCall?.();
    this.set({ outcome: undefined, rated: 0, spoke: false, quick: [], lines: [], with: undefined });
  }

  /** show puts the page into a state without a server, for demonstrations of it. */
  show(s: Partial<State>): void { this.set(s); }
}
