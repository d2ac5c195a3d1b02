// What the board knows, and who tells it: a store outside the page, so that a thousand events a second
// draw the page four times a second and no more.
import type { Link } from "../shared/stream";
import { begun, count, fromLive, type Call } from "./calls";
import type { Letters } from "./api";
import type { Colleague, Day, Ev, Live, Me, Queues } from "./events";
import { calm, causes, isRed, settle, shown, type Rules, type Usual } from "./risk";
import { merged, transferred, type Transfer } from "./transfers";
import { moment } from "./time";

export type Ready = "loading" | "ready" | "denied" | "failed";

export interface State {
  ready: Ready;
  link: Link;
  /** told is when the last word came, ms. */
  told: number;
  me?: Me | undefined;
  /** rules are those by which calls are marked, known before the first snapshot. */
  rules: Rules;
  calls: ReadonlyMap<string, Call>;
  transfers: readonly Transfer[];
  /** day is what today came to; undefined: not known. */
  day?: Day | undefined;
  /** last is the conversation that ended last. */
  last?: { at: number; outcome: string } | undefined;
  /** crew is who can take callers; undefined: not known. */
  crew?: readonly Colleague[] | undefined;
  /** queues are how they stand; undefined: not known. */
  queues?: Queues | undefined;
  /** letters are what others are to be told; undefined: not known, or not for this person. */
  letters?: Letters | undefined;
  /** expired is true when the session has ended: what is shown stays, and stands still. */
  expired?: boolean | undefined;
  /** opened is when this page began to watch, ms. */
  opened: number;
}

const keeps = 600_000; // ms that an ended call stays, for who has it open or holds the order
const draws = 250; // ms between two drawings

export class Board {
  state: State;
  private readonly calls = new Map<string, Call>();
  private transfers: readonly Transfer[] = [];
  private watchers = new Set<() => void>();
  private listeners = new Set<(conv: string, e: Ev) => void>();
  private due: ReturnType<typeof setTimeout> | undefined;
  /** usual knows what is not in the stream: medians, and who called before. */
  usual: (c: Call) => Usual = () => ({});
  /** alarm is told each call that has become red. */
  alarm: (c: Call) => void = () => {};

  constructor(rules: Rules = calm, now = moment()) {
    this.state = { ready: "loading", rules, link: "live", told: now, calls: new Map(), transfers: [], opened: now };
  }

  watch(f: () => void): () => void {
    this.watchers.add(f);
    return () => this.watchers.delete(f);
  }

  /** hear tells every event as it comes, of all calls. */
  hear(f: (conv: string, e: Ev) => void): () => void {
    this.listeners.add(f);
    return () => this.listeners.delete(f);
  }

  set(part: Partial<State>): void {
    this.state = { ...this.state, ...part };
    for (const f of this.watchers) f();
  }

  /** snapshot takes the gateway's word for what runs, with all that calls for a supervisor. Calls that ended
   * meanwhile go; markers that are shown stay. */
  snapshot(live: readonly Live[]): void {
    const ids = new Set(live.map((l) => l.id));
    for (const id of [...this.calls.keys()]) if (!ids.has(id) && !this.calls.get(id)!.over) this.calls.delete(id);
    for (const l of live) {
      const was = this.calls.get(l.id), now = fromLive(l);
      if (was && was.seq === now.seq) continue;
      this.calls.set(l.id, was ? { ...now, markers: was.markers } : now);
    }
    this.state = { ...this.state, ready: "ready" };
    this.tick(moment());
  }

  /** event counts one in. */
  event(e: Ev): void {
    const id = e.conversation ?? "";
    this.state.told = moment();
    const was = this.calls.get(id);
    if (was) this.calls.set(id, count(was, e, this.state.rules));
    else if (e.type === "started") this.calls.set(id, begun(e));
    this.transfers = transferred(this.transfers, id, e);
    if (e.type === "ended") this.state.last = { at: Date.parse(e.at), outcome: e.body.outcome };
    for (const f of this.listeners) f(id, e);
    this.draw();
  }

  /** counted takes what the gateway counted of today. */
  counted(day: Day): void {
    this.transfers = merged(this.transfers, day.transfers);
    this.state.day = day;
    this.draw();
  }

  /** draw shows what has changed, soon. */
  private draw(): void {
    this.due ??= setTimeout(() => { this.due = undefined; this.tick(moment()); }, draws);
  }

  /** tick settles the markers of a moment and shows everything; call it each second too. */
  tick(now: number): void {
    for (const [id, c] of this.calls) {
      if (c.over) {
        if (now - c.over.at > keeps) this.calls.delete(id);
        continue;
      }
      const markers = settle(c.markers, causes(c.facts, now, this.state.rules, this.usual(c)), now, this.state.rules);
      if (markers === c.markers) continue;
      const next = { ...c, markers };
      this.calls.set(id, next);
      const [was, is] = [shown(c.markers)[0], shown(markers)[0]];
      if (is && isRed(is.rule) && !(was && isRed(was.rule))) this.alarm(next);
    }
    this.set({ calls: new Map(this.calls), transfers: this.transfers });
  }
}
