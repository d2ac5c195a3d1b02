// The desk at work: the stream, the heartbeat, the sound, what is written. The gateway decides who
// rings and who is on a call; this page shows it, asks, and keeps what an agent types until it is sent.
import type { Announcer } from "../shared/announce";
import { listen, type Link, type Message } from "../shared/stream";
import { unlock } from "../shared/sound";
import type { Lang } from "../shared/words";
import { answers } from "./answers";
import { open } from "./crm";
import { api, Refused } from "./api";
import { Chats } from "./chats";
import { fromRecord, heard, silence } from "./lines";
import { choose, chosen } from "./devices";
import { DeskLine } from "./line";
import { accepted, rings } from "./offer";
import { offset } from "./presence";
import { eyebrow } from "./ring";
import { why } from "./refused";
import { Ringer } from "./ringer";
import { begin, handled, type Desk, type S, type Sound, Store } from "./state";
import type { Change, Colleague, Decline, DeskState, Happened, Live as Running, Offer, Steps, Target } from "./types";
import type { Words } from "./fr";

const beatEvery = 2000, callbacksEvery = 20_000, noteEvery = 1000, offlineAfter = 10_000; // ms

/** kept is what outlives a reload of this tab, and nothing else. */
const kept = {
  get<T>(key: string): T | undefined {
    try { return JSON.parse(sessionStorage.getItem("decroche.desk." + key) ?? "null") as T ?? undefined; } catch { return undefined; }
  },
  set(key: string, value: unknown): void {
    try {
      if (value === undefined) sessionStorage.removeItem("decroche.desk." + key);
      else sessionStorage.setItem("decroche.desk." + key, JSON.stringify(value));
    } catch { /* forgotten with the page */ }
  },
};

const letters = "decroche.desk.letters";

export class Live extends Store implements Desk {
  private say: Words | undefined;
  private announce: Announcer | undefined;
  private lang: Lang = "fr";
  private readonly line = new DeskLine((c) => this.heardOfSound(c));
  private readonly ringer = new Ringer();
  private testing = false;
  private stop: (() => void) | undefined;
  private timers: ReturnType<typeof setInterval>[] = [];
  private stream: Link = "live";
  private beatLost = 0; // when heartbeats began to fail, 0: they do not
  private take = false;
  private following = ""; // conversation whose events come
  private early: Happened[] | undefined; // events that came before its record
  private asked: ReturnType<typeof setTimeout> | undefined;
  private noted = { conversation: "", text: "", conclusion: "" }; // as the server has it
  private noteTimer: ReturnType<typeof setTimeout> | undefined;
  private notice: Notification | undefined;
  private muting: Promise<void> = Promise.resolve();
  /** still: a state of the demonstration is shown, nothing is sent. */
  still = false;
  readonly chats = new Chats({
    get: () => this.get(), set: (c) => this.set(c), try: (go) => this.try(go), say: () => this.say!, announce: () => this.announce,
    still: () => this.still, notify: (title, body, tag, stays) => this.notify(title, body, tag, stays), expired: () => this.set({ expired: true }), keep: kept,
  });

  constructor() {
    super(begin(crypto.randomUUID?.().slice(0, 12) ?? String(Math.random()).slice(2, 14)));
    let on = true;
    try { on = localStorage.getItem(letters) !== "off"; } catch { /* they work */ }
    this.set({ letters: on, sound: { ...this.get().sound, speakerID: chosen("speaker") } });
  }

  /** speak tells in which language to announce. */
  speak(say: Words, announce: Announcer, lang: Lang): void {
    [this.say, this.announce, this.lang] = [say, announce, lang];
  }

  /** begin asks who this is and what the desk looks like. */
  async begin(): Promise<void> {
    this.set({ demo: await api.isDemo() });
    try {
      const me = await api.me();
      if (!me.user || !me.permissions.includes("desk")) return this.set({ me, phase: "refused" });
      const { breaks, conclusions, telephone, ...desk } = await api.desk();
      this.set({ me, breaks, conclusions, desk, telephones: phones(telephone, kept.get<string>("telephone")), ahead: offset(desk, Date.now()), done: kept.get<S["done"]>("done") ?? [] });
      this.chats.changed(desk, undefined);
    } catch (e) {
      const status = e instanceof Refused ? e.status : 0;
      if (status === 0 || status === 429) setTimeout(() => void this.begin(), 3000);
      return this.set({ phase: status === 401 ? "sign_in" : status === 403 ? "refused" : status === 503 ? "no_desks" : "unreachable" });
    }
    // A page that was loaded again goes on by itself: the caller waits.
    if (kept.get<boolean>("started")) this.start(kept.get<boolean>("microphone") ?? true);
    else this.set({ phase: "start" });
  }

  start(withMicrophone: boolean): void {
    if (this.still) return;
    askForNotices();
    unlock();
    kept.set("started", true);
    kept.set("microphone", withMicrophone);
    this.set({ phase: "ready" });
    this.testing = false;
    void (async () => {
      const quiet = !(await this.ringer.unlock());
      void this.ringer.speaker(this.get().sound.speakerID);
      if (quiet) this.heardOfSound({ blocked: true });
      if (withMicrophone && this.get().sound.microphone !== "open") await this.line.microphone();
      this.run();
    })();
  }

  /** run opens the stream and begins the heartbeat. */
  private run(): void {
    this.quit();
    this.stop = listen({
      url: () => "/api/v1/desk/events", message: (m) => this.message(m), link: (l) => { this.stream = l; this.judge(); },
      refused: (status) => {
        if (status !== 401) return;
        this.stream = "live"; // it is not the connection that is lost
        this.set({ expired: true, link: "live", lostAt: 0 });
      },
    });
    void this.beat();
    void this.learnCallbacks();
    this.timers = [setInterval(() => void this.beat(), beatEvery), setInterval(() => this.ring(), 250), setInterval(() => void this.learnCallbacks(), callbacksEvery)];
    addEventListener("pagehide", this.left);
    addEventListener("pageshow", this.back);
  }

  private quit(): void {
    this.stop?.();
    for (const t of this.timers) clearInterval(t);
    this.timers = [];
    removeEventListener("pagehide", this.left);
    removeEventListener("pageshow", this.back);
  }

  // The caller is held at once, not after the heartbeats that do not come; nothing ends.
  private left = () => { api.leave(this.get().tab); this.sendNote(true); };
  private back = (e: PageTransitionEvent) => { if (e.persisted) location.reload(); };

  private async beat(): Promise<void> {
    const s = this.get();
    if (s.expired && (!s.desk?.call || s.cut) || this.still) return; // in a call they count until it ends
    const mine = !s.desk?.sound || s.desk.sound === s.tab;
    const ready = s.sound.microphone === "open" && s.sound.line === "live";
    const take = this.take;
    try {
      const r = await api.beat(s.tab, mine || take ? ready : s.desk?.microphone ?? false, take);
      if (take) this.take = false;
      this.beatLost = 0;
      if (r?.session_ended && !this.get().expired) this.set({ expired: true });
      if (this.get().note.saved === "kept" && !this.get().expired) this.sendNote();
    } catch (e) {
      if (e instanceof Refused && e.status === 401) return this.set({ expired: true, cut: true });
      if (e instanceof Refused && e.status === 0) this.beatLost ||= Date.now();
    }
    this.judge();
  }

  /** judge says how the connection is, from both the stream and the heartbeat. */
  private judge(): void {
    const s = this.get();
    const bad = this.beatLost > 0 || this.stream !== "live";
    if (!bad) {
      if (s.link !== "live") this.set({ link: "live", lostAt: 0 });
      return;
    }
    const lostAt = s.lostAt || this.beatLost || Date.now();
    const link: Link = Date.now() - lostAt >= offlineAfter ? "offline" : "reconnecting";
    if (link !== s.link || lostAt !== s.lostAt) {
      this.set({ link, lostAt });
      if (link === "offline") this.announce?.alert(this.say!("offline_band", { time: "10 s" }));
    }
  }

  private message(m: Message): void {
    let data: unknown;
    try { data = JSON.parse(m.data); } catch { return; }
    switch (m.event) {
      case "state": return this.changed(data as DeskState);
      case "team": return this.set({ team: (data as { agents: Colleague[] | null }).agents ?? [] }) // null: nobody is there;
      case "conversation": {
        const r = data as Running;
        return r.channel === "text" && this.chats.follows(r.id) ? this.chats.conversation(r) : void this.follow(r);
      }
      default: { // an event of the conversation
        const e = data as Happened | null;
        if (typeof e?.type === "string" && e.body) this.happened(e);
      }
    }
  }

  /** changed takes a whole new state. */
  private changed(desk: DeskState): void {
    const s = this.get(), was = s.desk;
    const change: Partial<S> = { desk, ahead: offset(desk, Date.now()) };
    if (desk.offer && desk.offer.conversation !== was?.offer?.conversation) this.notice = this.notify(eyebrow(desk.offer, this.say!), desk.offer.why, desk.offer.conversation, true);
    if (!desk.offer || desk.call) change.accepting = false;
    if (desk.address_failed && !was?.address_failed) this.tell(this.say!("phone_failed"));
    if (!desk.offer) { this.notice?.close(); this.notice = undefined; }
    const before = kept.get<{ offer: Offer; joined: number }>("call");
    const conv = desk.call ?? accepted(desk) ?? (desk.status === "wrap_up" ? before?.offer.conversation : undefined);
    if (conv && conv !== s.note.conversation) Object.assign(change, this.enter(conv, desk, before));
    if (desk.call && !was?.call) Object.assign(change, this.joined(desk, before));
    if (!desk.call) change.hangingUp = false;
    if (!desk.call && !desk.offered) change.handling = { held: false };
    if (desk.status === "wrap_up" && was?.status !== "wrap_up" && conv) void api.proposal(conv).then((p) => this.set({ proposed: p?.conclusion ?? "" }), () => {});
    else if (desk.status !== "wrap_up" && s.proposed) change.proposed = "";
    if (was?.status === "wrap_up" && desk.status !== "wrap_up" || was?.call && !desk.call && desk.status !== "wrap_up") this.finish();
    if (!desk.call && desk.status !== "wrap_up" && !desk.offer && !desk.offered && s.brief) Object.assign(change, { brief: undefined, talk: silence, answers: answers(s.answers, { type: "clear" }) });
    this.set(change);
    this.chats.changed(desk, was);
    this.tend();
    this.ring();
  }

  /** enter begins with a call, or goes on with one that this tab had before it was loaded again. */
  private enter(conv: string, desk: DeskState, before: { offer: Offer; joined: number } | undefined): Partial<S> {
    const s = this.get();
    const old = before?.offer.conversation === conv ? before : undefined;
    const brief = [s.desk?.offer, s.brief, old?.offer].find((o) => o?.conversation === conv && o.origin !== "rejoin") ?? undefined;
    const joined = old?.joined || (desk.call ? Date.parse(desk.since) : 0);
    kept.set("call", brief && { offer: brief, joined });
    const draft = kept.get<{ conversation: string; text: string }>("note");
    const text = draft?.conversation === conv ? draft.text : "";
    this.noted = { conversation: conv, text: "", conclusion: "" };
    if (!text) void this.learnNote(conv);
    return { brief, joined, supervisors: [], hangingUp: false, note: { conversation: conv, text, saved: text ? "kept" : "saved", conclusion: "" } };
  }

  /** joined begins to count, and tells of a microphone that was turned off while the line was opened. */
  private joined(desk: DeskState, before: { offer: Offer; joined: number } | undefined): Partial<S> {
    const s = this.get();
    if (s.sound.muted) void api.microphone(desk.call!, true).catch(() => {});
    const joined = before?.offer.conversation === desk.call && before?.joined || Date.parse(desk.since);
    if (s.brief?.conversation === desk.call) kept.set("call", { offer: s.brief, joined });
    return { joined };
  }

  /** tend has the line in the page that has the sound, and nowhere else. */
  private tend(): void {
    const { desk, tab, sound } = this.get();
    if (!desk || sound.microphone !== "open") return;
    if (desk.address) {
      if (sound.line !== "none") this.line.leave();
    } else if (desk.sound === tab) this.line.join();
    else if (desk.sound && sound.line !== "none") this.line.leave();
  }

  /** finish puts the call that was concluded into the list. */
  private finish(): void {
    const s = this.get();
    const { brief, note } = s;
    this.sendNote();
    if (!brief) return;
    const done = [{ conversation: brief.conversation, who: brief.who, at: new Date().toISOString(), text: [note.conclusion, brief.why].filter(Boolean).join(" · ") }, ...s.done.filter((d) => d.conversation !== brief.conversation)].slice(0, 50);
    kept.set("done", done);
    kept.set("call", undefined);
    kept.set("note", undefined);
    this.set({ done });
  }

  /** follow reads what was said before, then lets the events come after it. */
  private async follow(r: Running): Promise<void> {
    this.following = r.id;
    this.early = [];
    if (this.get().brief?.conversation !== r.id) this.set({ talk: silence, answers: answers(this.get().answers, { type: "clear" }) });
    this.set({ handling: { held: r.held ?? false, since: r.held_at ? Date.parse(r.held_at) : undefined, onward: r.onward } });
    const known = this.get().brief;
    if (known?.conversation === r.id && !known.crm && r.crm) this.set({ brief: { ...known, crm: r.crm } });
    if (this.get().desk?.call === r.id && !this.get().brief) this.set({ brief: briefOf(r), joined: Date.parse(r.since) || this.get().joined });
    let talk = { ...silence, start: Date.parse(r.start) || 0 };
    try {
      const c = await api.conversation(r.id);
      const { me, desk } = this.get();
      talk = fromRecord(c.transcript, r.start, [me?.user, me?.name, desk?.title].filter((n): n is string => !!n));
    } catch { /* what comes from now on is shown */ }
    if (this.following !== r.id) return;
    for (const e of this.early) talk = heard(talk, e, this.note);
    this.early = undefined;
    this.set({ talk });
    this.ask(0);
  }

  /** note words what stands as a divider in the transcript. */
  private note = (e: Happened): string => {
    const { me, desk, team } = this.get();
    const called = (n: unknown): string => (n === me?.user ? desk?.title || me!.name : team.find((c) => c.name === n)?.title ?? String(n ?? ""));
    const name = called(e.body["agent"]), who = called(e.body["to"]);
    if (e.type === "bridged") return this.say!("took", { name });
    if (e.type !== "agent_acted") return "";
    switch (e.body["act"]) {
      case "transfer": return this.say!("passed", { name, who });
      case "not_moved": return this.say!("not_passed", { who });
      case "hand_back": return this.say!("gone_back", { name });
      default: return "";
    }
  };

  private happened(e: Happened): void {
    if (this.chats.happened(e) || e.conversation && e.conversation !== this.following) return;
    if (e.type === "agent_acted") {
      this.set({ handling: handled(this.get().handling, e.body, e.at) });
      if (e.body["act"] === "not_moved") this.announce?.alert(this.note(e));
    }
    if (this.early) { this.early.push(e); return; }
    const s = this.get();
    this.set({ talk: heard(s.talk, e, this.note) });
    if (e.type === "said" && e.body["who"] !== "agent") this.ask(150);
    if (e.type === "supervised") this.supervised(String(e.body["who"] ?? ""), String(e.body["act"] ?? ""));
  }

  private supervised(who: string, act: string): void {
    const s = this.get().supervisors.filter((x) => x !== who);
    if (["listen", "whisper", "join"].includes(act)) {
      s.push(who);
      this.announce?.status(this.say!("supervised", { who }));
    } else if (act !== "leave") return;
    this.set({ supervisors: s });
  }

  /** ask fetches the answers, a moment after the caller's sentence has ended. */
  private ask(after: number): void {
    clearTimeout(this.asked);
    const conv = this.following;
    this.asked = setTimeout(() => void api.articles(conv).then((r) => {
      if (conv === this.following) this.set({ answers: answers(this.get().answers, { type: "found", list: r.articles ?? [] }) });
    }, () => {}), after);
  }

  hold(yes: boolean): void { this.set({ answers: answers(this.get().answers, { type: "hold", yes }) }); }
  open(id: string): void { this.set({ answers: answers(this.get().answers, { type: "open", id }) }); }

  /** ring makes the sound follow the state. */
  private ring(): void {
    const s = this.get();
    const yes = this.testing || rings(s.desk, s.tab, Date.now(), s.ahead);
    this.ringer.set(yes);
    if (yes !== s.sound.ringing) this.heardOfSound({ ringing: yes });
  }

  /** notify is for an agent who looks at another window. It names no caller: screens may be locked. */
  private notify(title: string, body: string, tag: string, stays = false): Notification | undefined {
    if (typeof Notification === "undefined" || Notification.permission !== "granted" || document.visibilityState === "visible") return undefined;
    const n = new Notification(title, { body, tag, lang: this.lang, requireInteraction: stays });
    n.onclick = () => { window.focus(); n.close(); };
    return n;
  }

  private heardOfSound(c: Partial<Sound>): void {
    const was = this.get().sound;
    this.set({ sound: { ...was, ...c } });
    if (this.get().phase !== "ready") return;
    const call = !!this.get().desk?.call;
    if (c.line === "lost" && was.line === "live" && call && !this.get().moving && !this.get().desk?.address) this.announce?.alert(this.say!("audio_lost", { who: this.get().brief?.who ?? this.say!("caller") }));
    if (c.line === "live" && was.line !== "live") {
      if (call) this.announce?.status(this.say!("audio_back"));
      void this.beat(); // at once: a caller may be waiting for it
    }
    if (c.microphone === "open" && was.microphone !== "open") this.tend();
    if (c.microphone === "gone" || c.microphone === "denied" || c.microphone === "none") void this.beat();
  }

  checkMicrophone(device?: string): void {
    unlock();
    void this.ringer.unlock();
    if (device) choose("microphone", device);
    void this.line.microphone(device);
  }

  speaker(id: string): void {
    choose("speaker", id);
    this.heardOfSound({ speakerID: id });
    void this.line.speaker(id);
    void this.ringer.unlock().then(() => this.ringer.speaker(id));
  }

  testRing(): void {
    this.testing = !this.testing;
    void this.ringer.unlock().then(() => this.ring());
  }

  async signIn(user: string, password: string, demo: boolean): Promise<"" | "wrong" | "failed" | number> {
    try {
      const me = await (demo ? api.signInDemo() : api.signIn(user, password));
      const before = this.get();
      if (before.me && before.me.user !== me.user || before.phase !== "ready") {
        this.set({ phase: "loading", expired: false, cut: false });
        await this.begin();
      } else {
        this.set({ me, expired: false, cut: false });
        this.run();
      }
      return "";
    } catch (e) {
      if (!(e instanceof Refused) || e.status === 0) return "failed";
      return e.status === 429 ? e.retry || 1 : "wrong";
    }
  }

  signOut(): void {
    const call = !!this.get().desk?.call;
    this.quit();
    clearTimeout(this.noteTimer);
    const forget = () => { for (const key of ["started", "microphone", "done", "call", "note", "chats", "telephone"]) kept.set(key, undefined); }; // the next person is another
    forget();
    if (!call) this.line.end();
    void api.signOut().catch(() => {}).then(() => { forget(); location.href = "/login"; });
  }

  /** try asks the server, and says why when it says no. */
  private async try(go: () => Promise<DeskState | void>): Promise<boolean> {
    if (this.still) return false;
    this.set({ error: undefined });
    try {
      const st = await go();
      if (st) this.changed(st);
      return true;
    } catch (e) {
      if (e instanceof Refused && e.status === 401) this.set({ expired: true });
      else if (e instanceof Refused && e.status === 0) this.judge();
      else if (e instanceof Refused) this.set({ error: why(e, this.say!) });
      return false;
    }
  }

  presence(status: "available" | "break" | "offline", reason = ""): void {
    void (async () => {
      if (status === "available" && this.get().sound.microphone === "gone") await this.line.microphone();
      await this.try(() => api.presence(status, reason));
    })();
  }

  async telephone(address: string): Promise<boolean> {
    const s = this.get(), typed = address.trim();
    this.set({ moving: true });
    const ok = await this.try(() => api.telephone(typed));
    this.set({ moving: false, ...(ok ? { phoning: false } : {}) });
    if (!ok) return false;
    if (s.sound.muted) this.line.mute(false); // a call that goes elsewhere comes with an open microphone
    if (typed) {
      kept.set("telephone", typed);
      this.set({ telephones: phones(s.telephones[0], typed) });
    }
    this.announce?.status(this.say!(typed ? "phone_on" : "phone_off"));
    return true;
  }

  extend(): void { void this.try(() => api.extend()); }

  accept(): void {
    const s = this.get(), o = s.desk?.offer;
    if (!o || s.accepting || s.link !== "live" || o.rings === "telephone") return;
    unlock();
    void this.line.hear();
    if (o.origin !== "rejoin") open(o.crm);
    this.set({ accepting: true, ...(o.origin === "rejoin" ? {} : { brief: o }) });
    void this.try(() => api.accept(o.conversation)).then((ok) => { if (!ok) this.set({ accepting: false }); });
  }

  decline(reason: Decline): void {
    const o = this.get().desk?.offer;
    if (o) void this.try(() => api.decline(o.conversation, reason));
  }

  mute(): void {
    const yes = !this.get().sound.muted;
    this.line.mute(yes);
    const { desk } = this.get(), conv = desk?.call;
    // One after the other, so that the last is the last there too. A browser's line is silent without it.
    const tell = async () => {
      const ok = desk?.address ? await this.try(async () => { await api.microphone(conv!, yes); }) : await api.microphone(conv!, yes).then(() => true, () => true);
      if (!ok) this.line.mute(!yes);
    };
    if (conv && !this.still) this.muting = this.muting.then(tell);
    this.announce?.status(this.say!(yes ? "muted" : "unmuted"));
  }

  press(key: string): boolean {
    const conv = this.get().desk?.call;
    if (!conv || this.still) return false;
    void this.try(() => api.keys(conv, key));
    return true;
  }

  /** inCall asks something of the call that the agent is in. */
  private async inCall(go: (conv: string) => Promise<void>): Promise<boolean> {
    const conv = this.get().desk?.call;
    return conv ? this.try(() => go(conv)) : false;
  }

  pause(): void { void this.inCall((c) => api.pause(c, !this.get().handling.held)); }
  transfer(to: Target, warm: boolean, why: string, briefing?: string): Promise<boolean> { return this.inCall((c) => api.transfer(c, to, warm, why, briefing)); }
  wait(): Promise<number> { return this.still ? Promise.resolve(120) : api.team().then((t) => t.wait_s ?? 0, () => 0); }
  complete(): void { void this.inCall((c) => api.complete(c)); }
  takeBack(): void { void this.inCall((c) => api.takeBack(c)); }
  handBack(step: string, slots: Record<string, string>, did: string): Promise<boolean> { return this.inCall((c) => api.handBack(c, step, slots, did)); }

  async steps(): Promise<Steps> {
    const conv = this.get().desk?.call;
    const none: Steps = { at: "", steps: [], slots: [] };
    return !conv || this.still ? none : api.steps(conv).catch(() => none);
  }

  hangUp(): void {
    const conv = this.get().desk?.call;
    if (!conv || this.get().hangingUp) return;
    this.set({ hangingUp: true });
    void this.try(() => api.hangUp(conv)).then((ok) => { if (!ok) this.set({ hangingUp: false }); });
  }

  private async learnNote(conv: string): Promise<void> {
    const list = await api.notes(conv).then((r) => r.notes ?? [], () => []);
    const mine = list.find((n) => n.agent === this.get().me?.user);
    const { note } = this.get();
    if (!mine || note.conversation !== conv || note.text) return;
    this.noted = { conversation: conv, text: mine.text, conclusion: mine.conclusion };
    this.set({ note: { conversation: conv, text: mine.text, saved: "saved", conclusion: mine.conclusion } });
  }

  write(text: string): void {
    const { note } = this.get();
    kept.set("note", { conversation: note.conversation, text });
    this.set({ note: { ...note, text, saved: note.saved === "kept" ? "kept" : "saving" } });
    this.noteTimer ??= setTimeout(() => this.sendNote(), noteEvery);
  }

  conclude(conclusion: string): void {
    this.set({ note: { ...this.get().note, conclusion, saved: "saving" } });
    this.sendNote();
  }

  /** sendNote sends what has changed since the server had it. What cannot be sent is kept here, and
   * goes with a later heartbeat. */
  private sendNote(leaving = false): void {
    clearTimeout(this.noteTimer);
    this.noteTimer = undefined;
    const { note } = this.get();
    if (this.still || !note.conversation || this.noted.conversation === note.conversation && this.noted.text === note.text && this.noted.conclusion === note.conclusion) {
      if (note.saved !== "saved") this.set({ note: { ...note, saved: "saved" } });
      return;
    }
    void api.note(note.conversation, note.text, note.conclusion, leaving, this.get().proposed).then(() => {
      this.noted = { conversation: note.conversation, text: note.text, conclusion: note.conclusion };
      const now = this.get().note;
      if (now.conversation === note.conversation && now.text === note.text) {
        this.set({ note: { ...now, saved: "saved" } });
        kept.set("note", undefined);
      }
    }, (e: unknown) => {
      const now = this.get().note;
      if (now.conversation === note.conversation) this.set({ note: { ...now, saved: "kept" } });
      if (e instanceof Refused && e.status === 401) this.set({ expired: true });
    });
  }

  takeSound(): void {
    if (this.still) return;
    this.take = true;
    unlock();
    if (this.get().sound.microphone === "open") this.line.join();
    else void this.line.microphone();
    void this.beat();
  }

  joinLine(): void {
    if (this.still) return;
    unlock();
    if (this.get().sound.microphone === "open") this.line.join();
    else void this.line.microphone();
  }

  unblock(): void {
    void this.line.hear();
    void this.ringer.unlock().then((ok) => { if (ok) this.heardOfSound({ blocked: false }); });
  }

  private async learnCallbacks(): Promise<void> {
    if (this.get().expired) return;
    await api.callbacks().then((r) => this.set({ callbacks: r.callbacks ?? [] }), () => {});
  }

  changeCallback(id: number, change: Change): void {
    void this.try(() => api.changeCallback(id, change)).then((ok) => {
      if (ok && "state" in change && change.state === "done") this.tell(this.say!("callback_marked"), id);
      else if (ok && "next" in change) this.tell(this.say!("callback_moved"));
      else this.set({ news: undefined });
      void this.learnCallbacks();
    });
  }

  callBack(id: number): void {
    this.tell(this.say!("callback_ringing"));
    void this.try(() => api.callBack(id)).then((ok) => {
      if (ok) this.tell(this.say!("callback_called"));
      else this.set({ news: undefined });
      void this.learnCallbacks();
    });
  }

  /** tell shows and announces what was done, with the way back for a callback. */
  private tell(text: string, callback?: number): void {
    this.announce?.status(text);
    this.set({ news: { text, undo: callback === undefined ? undefined : { text: this.say!("callback_undo"), callback } } });
  }

  letters(on: boolean): void {
    try { localStorage.setItem(letters, on ? "on" : "off"); } catch { /* until the page is left */ }
    this.set({ letters: on });
  }

  loud(): number { return this.line.loud(); }
}

/** askForNotices must be the first thing in a click: Firefox and Safari forget the click after a wait. */
function askForNotices(): void {
  if (typeof Notification === "undefined" || Notification.permission !== "default") return;
  try {
    void Notification.requestPermission()?.catch(() => {});
  } catch { /* the answer shows in Notification.permission */ }
}

/** phones are those that can be picked, each once. */
const phones = (...list: (string | undefined)[]): readonly string[] => [...new Set(list.filter((p): p is string => !!p))];

/** briefOf is what the board knows of a call whose offer this page never saw. */
function briefOf(r: Running): Offer {
  const user = /^[a-z]+:([^@;]*)/.exec(r.from)?.[1] ?? r.from;
  return {
    conversation: r.id, channel: r.channel === "text" ? "text" : "voice", origin: "bot", lang: r.lang, who: user || "?", phone: user, why: (r.intent ?? "").replace(/_/g, " "), queue: [], facts: [],
    slots: (r.slots ?? []).map((x) => ({ name: x.name, value: x.shown ?? x.value, confirmed: x.confirmed ?? false })), tried: [], todo: [], lines: [], at: r.start, expires: r.start, rings: "browser", ...(r.crm ? { crm: r.crm } : {}),
  };
}
