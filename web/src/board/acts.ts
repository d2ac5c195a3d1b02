// What a supervisor does with a call. One call at a time is heard; each act that fails says why beside its
// button, and what to do.
import { api, Refused, type Role, type Steps, type Supervision } from "./api";
import { fr } from "./fr";
import type { Ev } from "./events";
import { Failed, Line } from "./line";
import { moment } from "./time";

export type ActName = "listen" | "whisper" | "join" | "take" | "back" | "hint" | "end";

/** A sentence of fr.ts and en.ts, or the gateway's own. */
export interface Told {
  key: string;
  args?: Record<string, string | number>;
  detail?: string;
}

/** Being on a call. */
export interface Ear {
  conv: string;
  id: string;
  role: Role;
  taken: boolean;
  since: number;
}

export interface ActState {
  ear?: Ear | undefined;
  /** busy is the act under way. */
  busy?: ActName | undefined;
  bad?: { act: ActName; told: Told } | undefined;
  done?: { act: ActName; told: Told } | undefined;
  supervision?: Supervision | undefined;
  /** address is the telephone on which calls are heard, "" for this browser. */
  address: string;
}

/** Where acts are asked for; tests give their own. */
export type Gateway = Pick<typeof api, "supervision" | "listen" | "role" | "leave" | "takeOver" | "steps" | "handBack" | "hint" | "end">;
export type Sound = Pick<Line, "prepare" | "open" | "speak" | "close">;

/** why says in a sentence what stood against an act. */
export function why(e: unknown): Told {
  if (e instanceof Failed) return { key: `bad_${e.why}` };
  if (!(e instanceof Refused)) return { key: "bad_net" };
  if (e.status === 0) return { key: "bad_net" };
  if (e.status === 401) return { key: "bad_session" };
  if (`no_${e.code}` in fr) return { key: `no_${e.code}` };
  if (e.status === 403) return { key: "bad_role" };
  if (e.status === 404) return { key: "no_over" };
  return e.detail ? { key: "", detail: e.detail } : { key: "bad_net" };
}

export class Acts {
  state: ActState = { address: "" };
  private watchers = new Set<() => void>();
  private readonly line: Sound;
  private hints = new Map<string, string>(); // id of a hint to its conversation
  private conv = "";

  constructor(private readonly gateway: Gateway = api, sound?: Sound) {
    this.line = sound ?? new Line(() => { if (this.state.ear && !this.state.address) this.set({ ear: undefined, bad: { act: "listen", told: { key: "bad_line" } } }); });
  }

  watch(f: () => void): () => void {
    this.watchers.add(f);
    return () => this.watchers.delete(f);
  }

  set(part: Partial<ActState>): void {
    this.state = { ...this.state, ...part };
    for (const f of this.watchers) f();
  }

  /** look turns to another call; a call that is heard goes on being heard until another is. Who looks may
   * want to listen, so the line is made now. */
  look(conv: string): void {
    if (conv === this.conv) return;
    this.conv = conv;
    this.set({ supervision: undefined, bad: undefined, done: undefined });
    if (conv && !this.state.address) this.line.prepare();
    void this.learn();
  }

  /** learn asks what can be done with the call now. */
  async learn(): Promise<void> {
    const conv = this.conv;
    if (!conv) return;
    const supervision = await this.gateway.supervision(conv).catch(() => undefined);
    if (conv === this.conv && supervision) this.set({ supervision });
  }

  /** event follows what becomes of hints and of our own place. */
  event(conv: string, e: Ev): void {
    const ear = this.state.ear;
    if (ear?.conv === conv && e.type === "ended") {
      void this.line.speak(false);
      this.set({ ear: undefined });
    }
    if (e.type === "supervised") {
      const b = e.body, id = b.id ?? "";
      if (this.hints.has(id) && this.hints.get(id) === conv && conv === this.conv) {
        if (b.act === "hint_used") this.set({ done: { act: "hint", told: { key: "hint_used", args: { turn: b.turn ?? 0 } } } });
        if (b.act === "said") this.set({ done: { act: "hint", told: { key: "hint_said" } } });
        if (b.act === "hint_unused") this.set({ done: undefined, bad: { act: "hint", told: { key: b.why === "sensitive_step" ? "hint_unused_sensitive_step" : "hint_unused" } } });
      }
      if (ear?.conv === conv && ear.id === id) {
        if (b.act === "leave") { void this.line.speak(false); this.set({ ear: undefined }); }
        else if (b.act === "listen" || b.act === "whisper" || b.act === "join") this.set({ ear: { ...ear, role: b.act, taken: false } });
        if (b.act === "listen") void this.line.speak(false);
      }
      if (ear?.conv === conv && b.act === "hand_back") { void this.line.speak(false); this.set({ ear: { ...ear, role: "listen", taken: false } }); }
    }
    if (conv === this.conv && ["supervised", "bridged", "transfer_started", "transfer_ended", "answered", "agent_lost"].includes(e.type)) void this.learn();
  }

  private async try(act: ActName, conv: string, f: () => Promise<Told | undefined>): Promise<boolean> {
    if (this.state.busy) return false;
    this.set({ busy: act, bad: undefined, done: undefined });
    try {
      const told = await f();
      this.set({ busy: undefined, ...(told ? { done: { act, told } } : {}) });
      return true;
    } catch (e) {
      if (!(this.state.ear && this.state.ear.role !== "listen") && !this.state.ear?.taken) void this.line.speak(false);
      this.set({ busy: undefined, bad: { act, told: why(e) } });
      return false;
    } finally {
      if (conv === this.conv) void this.learn();
    }
  }

  /** place is our place on a call, taken when we have none. */
  private async place(conv: string, role: Role): Promise<Ear> {
    const now = this.state.ear;
    if (now?.conv === conv) return now;
    if (now) {
      await this.line.speak(false);
      await this.gateway.leave(now.conv, now.id).catch(() => {});
      this.set({ ear: undefined });
    }
    const phone = this.state.address;
    if (phone && !/^sips?:[^\s@]+@?[^\s@]+$/.test(phone)) throw new Failed("address");
    if (!phone) await this.line.open();
    const { id, role: got } = await this.gateway.listen(conv, phone || "rtc:me", role);
    const ear: Ear = { conv, id, role: got, taken: false, since: moment() };
    this.set({ ear });
    return ear;
  }

  listen(conv: string): Promise<boolean> {
    return this.try("listen", conv, async () => { await this.place(conv, "listen"); return undefined; });
  }

  stop(): Promise<boolean> {
    const ear = this.state.ear;
    if (!ear) return Promise.resolve(true);
    return this.try("listen", ear.conv, async () => {
      await this.line.speak(false);
      await this.gateway.leave(ear.conv, ear.id).catch((e: unknown) => { if (!(e instanceof Refused && (e.status === 404 || e.code === "left"))) throw e; });
      this.set({ ear: undefined });
      return undefined;
    });
  }

  /** heard makes us heard as whisper or join, or only listening again. The microphone is asked for first: a
   * role without a voice would be a silence that nobody understands. */
  heard(act: "whisper" | "join", conv: string): Promise<boolean> {
    return this.try(act, conv, async () => {
      const ear = await this.place(conv, "listen");
      const role: Role = ear.role === act ? "listen" : act;
      if (role !== "listen" && !this.state.address) await this.line.speak(true);
      await this.gateway.role(conv, ear.id, role);
      if (role === "listen") await this.line.speak(false);
      this.set({ ear: { ...ear, role } });
      return undefined;
    });
  }

  take(conv: string): Promise<boolean> {
    return this.try("take", conv, async () => {
      const ear = await this.place(conv, "listen");
      if (!this.state.address) await this.line.speak(true);
      await this.gateway.takeOver(conv, ear.id);
      this.set({ ear: { ...ear, taken: true } });
      return undefined;
    });
  }

  /** steps is where the bot can go on, none when that cannot be asked: the open question is always one. */
  steps(conv: string): Promise<Steps> {
    return this.gateway.steps(conv).catch(() => ({ at: "", steps: [], slots: [] }));
  }

  back(conv: string, step: string, slots: Record<string, string> = {}): Promise<boolean> {
    return this.try("back", conv, async () => {
      await this.gateway.handBack(conv, step.trim(), slots);
      await this.line.speak(false);
      const ear = this.state.ear;
      if (ear?.conv === conv) this.set({ ear: { ...ear, role: "listen", taken: false } });
      return undefined;
    });
  }

  hint(conv: string, text: string, verbatim: boolean): Promise<boolean> {
    return this.try("hint", conv, async () => {
      const { id } = await this.gateway.hint(conv, text.trim(), verbatim);
      this.hints.set(id, conv);
      return { key: verbatim ? "hint_sent_words" : "hint_sent" };
    });
  }

  end(conv: string, reason: string): Promise<boolean> {
    return this.try("end", conv, async () => { await this.gateway.end(conv, reason.trim()); return undefined; });
  }

  /** close leaves everything, at the page's end. */
  close(): void {
    const ear = this.state.ear;
    if (ear) void this.gateway.leave(ear.conv, ear.id, true).catch(() => {});
    this.line.close();
  }
}

/** impossible says why an act cannot be done with this call now, as a key of fr.ts; undefined when it can. */
export function impossible(act: ActName, o: { channel: string; with: string; may: boolean; lost: boolean; ear?: Ear | undefined; conv: string; supervision?: Supervision | undefined }): string | undefined {
  if (o.lost) return "stale_act";
  if (!o.may) return "no_role";
  if (o.channel === "speaker") return "no_speaker";
  if (o.channel !== "voice") return "no_text";
  if (o.with === "arriving") return "no_not_answered";
  const mine = o.ear?.conv === o.conv ? o.ear : undefined;
  const names: Record<ActName, string[]> = { listen: ["listen"], whisper: ["whisper"], join: ["join"], take: ["take_over"], back: ["hand_back"], hint: ["hint"], end: ["end"] };
  if (act === "take" && mine?.taken) return "no_has_the_call";
  if (act === "back" && o.with === "bot" && !mine?.taken) return "no_with_bot";
  for (const n of names[act]) {
    const code = o.supervision?.impossible?.[n];
    if (code) return act === "back" && code === "no_agent" ? "no_with_bot" : `no_${code}` in fr ? `no_${code}` : "no_ending";
  }
  if (o.supervision) return undefined;
  if ((act === "whisper" || act === "join") && o.with !== "agent") return "no_no_agent";
  if (act === "hint" && o.with !== "bot") return "no_with_agent";
  return undefined;
}
