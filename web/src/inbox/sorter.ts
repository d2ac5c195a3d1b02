// What a person decides about phrases, and when the gateway learns of it. Accepting makes a draft: it changes
// nothing until it is published with the others. Out of scope and ignored are errands that are run at once, or
// as soon as the gateway answers again. Both are kept in this browser meanwhile, so that neither a lost network
// nor a page loaded again takes a decision away.
import { Refused, type Group, type Listed, type Lock, type Me, type Publication, type Sound, type Source, type State as Tab } from "./api";

export interface Draft {
  group: Group;
  intent: string;
}
export interface Errand {
  group: Group;
  act: "dismiss" | "out-of-scope" | "reopen";
}
/** One decision that can be taken back: the groups, and where they stood. */
interface Done {
  kind: "accept" | "dismiss" | "out-of-scope";
  groups: readonly { group: Group; at: number }[];
}

export interface State {
  ready: "loading" | "ready" | "denied" | "failed";
  link: "live" | "offline";
  me?: Me | undefined;
  tab: Tab;
  /** groups are those of the tab, about which nothing was decided here. */
  groups: readonly Group[];
  intents: Listed["intents"];
  /** at is the group that the cursor is on. */
  at: number;
  picked: readonly number[];
  drafts: readonly Draft[];
  errands: readonly Errand[];
  locks: readonly Lock[];
  /** fresh are groups that have come since; they wait until they are asked for. */
  fresh: readonly Group[];
  sounds: ReadonlyMap<number, readonly Sound[]>;
  undo: readonly Done[];
  /** bad is a decision that the gateway refused. */
  bad?: { text: string; why: string } | undefined;
  /** effect is what the drafts change, by hotline; undefined while it is measured. */
  effect?: readonly Publication[] | undefined;
  /** publishing: the list of changes is open. */
  publishing: boolean;
  failed?: string | undefined;
}

/** Told is a sentence for screen readers: its key in fr.ts, and what stands in it. */
export type Told = (key: "done_accept" | "done_scope" | "done_ignore" | "done_reopen" | "done_many" | "undone" | "select_most" | "no_suggestion" | "p_done", args: { n: number; intent?: string }) => void;

export const most = 20; // selected at once
const undos = 50;
const pause = 2_000; // ms after the last decision until its effect is measured

/** Keep is where a person's decisions wait while the page is not there. */
export interface Keep {
  get(user: string): string | null;
  set(user: string, text: string): void;
}

const keys = { accept: "done_accept", dismiss: "done_ignore", "out-of-scope": "done_scope" } as const;

export class Sorter {
  state: State = { ready: "loading", link: "live", tab: "open", groups: [], intents: [], at: 0, picked: [], drafts: [], errands: [], locks: [], fresh: [], sounds: new Map(), undo: [], publishing: false };
  private watchers = new Set<() => void>();
  private sending = false;
  private asked = 0;
  private later: ReturnType<typeof setTimeout> | undefined;

  constructor(private source: Source, private keep: Keep, private told: Told = () => {}) {}

  watch(f: () => void): () => void {
    this.watchers.add(f);
    return () => this.watchers.delete(f);
  }

  set(part: Partial<State>): void {
    this.state = { ...this.state, ...part };
    if (part.drafts || part.errands) this.keep.set(this.state.me?.user ?? "", JSON.stringify({ drafts: this.state.drafts, errands: this.state.errands }));
    for (const f of this.watchers) f();
  }

  get may(): boolean { return this.state.me?.permissions.includes("inbox:write") ?? false; }
  get hears(): boolean { return this.state.me?.permissions.includes("recordings:read") ?? false; }

  async start(): Promise<void> {
    try {
      const me = await this.source.me();
      this.set({ me });
      if (!me.permissions.includes("inbox:read")) return this.set({ ready: "denied" });
      try {
        const kept = JSON.parse(this.keep.get(me.user) ?? "{}") as { drafts?: Draft[]; errands?: Errand[] };
        this.state = { ...this.state, drafts: kept.drafts ?? [], errands: kept.errands ?? [] };
      } catch { /* nothing was kept, or nothing that can be read */ }
      await this.load(this.state.tab);
      void this.send();
      this.measure();
    } catch (e) {
      this.set(e instanceof Refused && (e.status === 401 || e.status === 403) ? { ready: "denied" } : { ready: "failed" });
    }
  }

  /** load shows a tab; the cursor stays where it was when that is still there. */
  async load(tab: Tab): Promise<void> {
    const l = await this.source.list(tab);
    const groups = l.groups.filter((g) => !this.decided(g.id));
    const drafts = tab === "open" ? this.state.drafts.filter((d) => l.groups.some((g) => g.id === d.group.id)) : this.state.drafts; // others decided meanwhile
    const at = groups.some((g) => g.id === this.state.at) ? this.state.at : groups[0]?.id ?? 0;
    this.set({ ready: "ready", link: "live", tab, groups, intents: l.intents, fresh: [], picked: [], ...(drafts.length === this.state.drafts.length ? {} : { drafts }) });
    this.go(at);
  }

  /** look asks who is on what and, since that costs the gateway more, now and then what has come since. */
  async look(whole = true): Promise<void> {
    try {
      if (this.state.ready !== "ready") return void (await this.start());
      const { tab } = this.state, { locks } = await this.source.locks();
      this.set({ link: "live", locks });
      if (this.state.at && this.may && tab === "open" && !this.lockedBy(this.state.at)) this.hold(this.state.at);
      void this.send();
      if (!whole) return;
      const l = await this.source.list(tab);
      if (tab !== this.state.tab) return;
      const here = new Set(l.groups.map((g) => g.id)), known = new Set(this.state.groups.map((g) => g.id));
      // What others decided goes, but never from under the cursor.
      const groups = this.state.groups.filter((g) => here.has(g.id) || g.id === this.state.at);
      this.set({ groups, intents: l.intents, fresh: l.groups.filter((g) => !known.has(g.id) && !this.decided(g.id)) });
    } catch (e) {
      if (e instanceof Refused && e.status === 0) this.set({ link: "offline" });
    }
  }

  private decided(id: number): boolean {
    return this.state.drafts.some((d) => d.group.id === id) || this.state.errands.some((e) => e.group.id === id && (e.act !== "reopen" || this.state.tab !== "open"));
  }

  /** lockedBy is who else has a group, "" when nobody has. */
  lockedBy(id: number): string {
    const l = this.state.locks.find((x) => x.id === id && x.user !== this.state.me?.user);
    return l?.name ?? "";
  }

  /** go puts the cursor on a group: it becomes this person's for a minute, and its sound is looked for. */
  go(id: number): void {
    if (id !== this.state.at) this.set({ at: id });
    if (!id || this.state.tab !== "open") return;
    if (this.may) this.hold(id);
    if (this.hears && !this.state.sounds.has(id)) {
      this.source.sound(id).then(({ sounds }) => this.set({ sounds: new Map(this.state.sounds).set(id, sounds) }), () => {});
    }
  }

  private hold(id: number): void {
    this.source.lock(id).then((l) => this.set({ locks: [...this.state.locks.filter((x) => x.id !== l.id && x.user !== l.user), l] }), () => {});
  }

  move(by: number): void {
    const { groups, at } = this.state, i = groups.findIndex((g) => g.id === at);
    const to = groups[Math.min(groups.length - 1, Math.max(0, i + by))];
    if (to) this.go(to.id);
  }

  /** pick selects what the cursor is on, or lets it go: nobody accepts what they have not seen. */
  pick(id = this.state.at): void {
    const { picked } = this.state;
    if (picked.includes(id)) return this.set({ picked: picked.filter((p) => p !== id) });
    if (picked.length >= most) return this.told("select_most", { n: most });
    if (id && !this.lockedBy(id)) this.set({ picked: [...picked, id] });
  }

  /** decide takes a decision about what is selected, or else about the group under the cursor. Accepting
   * without an intent takes each group's own suggestion. */
  decide(kind: Done["kind"], intent = "", only = 0): void {
    const { groups, picked, at, tab } = this.state;
    if (!this.may || tab !== "open") return;
    const ids = only ? [only] : picked.length ? picked : [at];
    const chosen = ids.flatMap((id) => { const i = groups.findIndex((g) => g.id === id); return i < 0 || this.lockedBy(id) ? [] : [{ group: groups[i]!, at: i }]; })
      .filter((x) => kind !== "accept" || intent || x.group.suggest[0]);
    if (chosen.length === 0) {
      if (kind === "accept" && ids.some((id) => groups.some((g) => g.id === id))) this.told("no_suggestion", { n: 0 });
      return;
    }
    const gone = new Set(chosen.map((c) => c.group.id)), rest = groups.filter((g) => !gone.has(g.id));
    const next = rest[Math.min(chosen[0]!.at, rest.length - 1)]?.id ?? 0;
    const undo = [...this.state.undo, { kind, groups: chosen }].slice(-undos);
    if (kind === "accept") this.set({ drafts: [...this.state.drafts, ...chosen.map(({ group }) => ({ group, intent: intent || group.suggest[0]!.intent }))], groups: rest, undo, picked: [], effect: undefined });
    else this.set({ errands: [...this.state.errands, ...chosen.map(({ group }) => ({ group, act: kind }))], groups: rest, undo, picked: [] });
    this.go(next);
    const first = chosen[0]!.group;
    if (chosen.length > 1) this.told("done_many", { n: chosen.length });
    else this.told(keys[kind], { n: rest.length, intent: this.title(first, intent || first.suggest[0]?.intent || "") });
    if (kind === "accept") this.measure();
    else void this.send();
  }

  /** reopen lets a group be sorted again. */
  reopen(group: Group): void {
    if (!this.may) return;
    this.set({ groups: this.state.groups.filter((g) => g.id !== group.id), errands: [...this.state.errands, { group, act: "reopen" }] });
    this.told("done_reopen", { n: 0 });
    this.go(this.state.groups[0]?.id ?? 0);
    void this.send();
  }

  /** takeBack undoes the last decision; what has not left yet never does. */
  takeBack(): void {
    const last = this.state.undo.at(-1);
    if (!last) return;
    const ids = new Set(last.groups.map((g) => g.group.id));
    const waiting = new Set(this.state.errands.filter((e) => ids.has(e.group.id) && e.act === last.kind).map((e) => e.group.id));
    const errands = last.kind === "accept" ? this.state.errands : [
      ...this.state.errands.filter((e) => !waiting.has(e.group.id)),
      ...last.groups.filter((g) => !waiting.has(g.group.id)).map(({ group }) => ({ group, act: "reopen" as const })),
    ];
    const groups = this.state.tab === "open" ? [...this.state.groups] : this.state.groups;
    if (this.state.tab === "open") for (const { group, at } of [...last.groups].sort((a, b) => a.at - b.at)) (groups as Group[]).splice(Math.min(at, groups.length), 0, group);
    this.set({ undo: this.state.undo.slice(0, -1), drafts: this.state.drafts.filter((d) => !ids.has(d.group.id)), errands, groups, effect: undefined });
    this.go(last.groups[0]!.group.id);
    this.told("undone", { n: 0 });
    if (last.kind === "accept") this.measure();
    else void this.send();
  }

  /** send runs the errands, one after the other, in the order in which they were decided. */
  async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    for (let e = this.state.errands[0]; e; e = this.state.errands[0]) {
      const errand = e;
      try {
        await this.source.set(errand.group.id, errand.act);
        this.set({ link: "live" });
      } catch (err) {
        const no = err instanceof Refused ? err : new Refused(0, "");
        if (no.status === 0 || no.status >= 500 || no.status === 429) { this.set({ link: no.status ? this.state.link : "offline" }); break; } // later
        if (no.status !== 404) this.set({ bad: { text: errand.group.text, why: no.detail }, ...(this.state.tab === "open" && errand.act !== "reopen" ? { groups: [...this.state.groups, errand.group] } : {}) });
      }
      this.set({ errands: this.state.errands.filter((x) => x !== errand) });
    }
    this.sending = false;
  }

  /** measure asks, a moment after the last draft, what they all change. */
  measure(after = pause): void {
    clearTimeout(this.later);
    const turn = ++this.asked;
    if (this.state.drafts.length === 0) return this.set({ effect: [] });
    this.later = setTimeout(() => {
      void Promise.all(this.bots().map((picks) => this.source.publish(picks, false, true))).then(
        (effect) => { if (turn === this.asked) this.set({ effect, link: "live", failed: undefined }); },
        (e: unknown) => { if (turn === this.asked) this.set({ failed: e instanceof Refused ? e.detail : "" }); });
    }, after);
  }

  private bots(): { id: number; intent: string }[][] {
    const by = new Map<string, { id: number; intent: string }[]>();
    for (const d of this.state.drafts) by.set(d.group.bot, [...(by.get(d.group.bot) ?? []), { id: d.group.id, intent: d.intent }]);
    return [...by.values()];
  }

  /** leave takes a draft out: its phrase is to be sorted again. */
  leave(id: number): void {
    const d = this.state.drafts.find((x) => x.group.id === id);
    if (!d) return;
    this.set({ drafts: this.state.drafts.filter((x) => x !== d), groups: this.state.tab === "open" ? [d.group, ...this.state.groups] : this.state.groups, effect: undefined, undo: this.state.undo.map((u) => ({ ...u, groups: u.groups.filter((g) => g.group.id !== id) })).filter((u) => u.groups.length > 0) });
    this.measure(0);
  }

  /** publish writes the drafts, hotline by hotline; what was written is no draft any more. */
  async publish(force: boolean): Promise<void> {
    let n = 0;
    for (const picks of this.bots()) {
      try {
        await this.source.publish(picks, force, false);
        n += picks.length;
        const gone = new Set(picks.map((p) => p.id));
        this.set({ drafts: this.state.drafts.filter((d) => !gone.has(d.group.id)), undo: this.state.undo.filter((u) => !u.groups.some((g) => gone.has(g.group.id))), failed: undefined });
      } catch (e) {
        this.set({ failed: e instanceof Refused ? e.detail : "", ...(e instanceof Refused && e.status === 0 ? { link: "offline" as const } : {}) });
        this.measure(0);
        return;
      }
    }
    this.set({ publishing: false, effect: [] });
    this.told("p_done", { n });
  }

  /** title is an intent as callers hear it. */
  title(g: Group, intent: string): string {
    return this.choices(g).find((i) => i.intent === intent)?.title || g.suggest.find((s) => s.intent === intent)?.title || intent.replace(/_/g, " ");
  }

  choices(g: Group): readonly { intent: string; title?: string }[] {
    return this.state.intents.find((i) => i.bot === g.bot && i.lang === g.lang)?.intents ?? [];
  }
}
