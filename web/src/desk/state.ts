// All that the page shows, as one value. The server's part is replaced whole; the rest is the
// page's own: sound, notes being written, what is unfolded.
import type { Link } from "../shared/stream";
import type { Chat, ChatCommands } from "./chats";
import { none as noAnswers, type Answers } from "./answers";
import { silence, type Talk } from "./lines";
import type { Why } from "./refused";
import type { Callback, Change, Colleague, Decline, DeskState, Me, NoteState, Offer, Onward, Steps, Target } from "./types";

export type Microphone = "unknown" | "asking" | "open" | "denied" | "none" | "insecure" | "gone";
/** Line is the sound between this page and the gateway. */
export type Line = "none" | "connecting" | "live" | "lost";

export interface Sound {
  microphone: Microphone;
  device: string;
  devices: readonly { id: string; label: string }[];
  speakers: readonly { id: string; label: string }[];
  deviceID: string;
  /** missing: the chosen microphone is not there, the system's is used. */
  missing: boolean;
  speakerID: string;
  line: Line;
  muted: boolean;
  /** blocked: the browser plays nothing before a click. */
  blocked: boolean;
  /** rtt is the network's delay there and back, ms; 0 = unknown. */
  rtt: number;
  ringing: boolean;
  /** unstable: many packets of the caller's line are missing. */
  unstable: boolean;
}

export interface Done { conversation: string; who: string; at: string; text: string }

/** Can names the commands of a call; a text is the reason why one cannot be used now. */
/** Handling is what is done with the caller beside talking. */
export interface Handling {
  held: boolean;
  /** since is when the hold began, the server's clock, ms. */
  since?: number | undefined;
  onward?: Onward | undefined;
}

/** longHold is after how many seconds of hold the agent is nudged. */
export const longHold = 45;

/** handled folds what an agent did; at is when, the server's clock. */
export function handled(h: Handling, body: Record<string, unknown>, at?: string): Handling {
  const to = String(body["to"] ?? "");
  switch (body["act"]) {
    case "hold": return { ...h, held: true, since: at ? Date.parse(at) : undefined };
    case "resume": return { ...h, held: false, since: undefined };
    case "transfer": return { held: true, onward: { from: String(body["agent"] ?? ""), to, warm: body["warm"] === true, talking: false } };
    case "consult": return h.onward ? { ...h, onward: { ...h.onward, to, talking: true } } : h;
    case "transferred": case "not_moved": case "hand_back": return { held: false };
    default: return h;
  }
}

export type Obstacle = "not_line" | "not_live" | "not_held" | "not_passing" | "not_yours";
export type Command = "mute" | "hold" | "transfer" | "bot" | "keypad" | "hang_up";

export interface S {
  phase: "loading" | "sign_in" | "refused" | "no_desks" | "unreachable" | "start" | "ready";
  me?: Me | undefined;
  /** expired: the session ended while the page was open. */
  expired: boolean;
  /** cut: the heartbeat was refused too, so the gateway takes this page for gone. */
  cut: boolean;
  /** demo: one click signs in. */
  demo: boolean;
  desk?: DeskState | undefined;
  /** telephones are those that can be picked: the one of the configuration, the one typed last. */
  telephones: readonly string[];
  /** checking: microphone, loudspeaker and ring are looked at beside the work. */
  checking: boolean;
  /** phoning: where to ring is being typed, beside the call. */
  phoning: boolean;
  /** moving: the call is on its way to another place, so that its line may end here. */
  moving: boolean;
  breaks: readonly string[];
  conclusions: readonly string[];
  /** ahead is how far the server's clock is before ours, ms. */
  ahead: number;
  team: readonly Colleague[];
  link: Link;
  /** lostAt is when the connection was lost, our clock; 0 = it is there. */
  lostAt: number;
  tab: string;
  sound: Sound;
  /** brief is what was known when the call was accepted. */
  brief?: Offer | undefined;
  /** joined is when the agent and the caller were, the server's clock, ms; 0 = not yet. */
  joined: number;
  talk: Talk;
  supervisors: readonly string[];
  answers: Answers;
  note: NoteState;
  /** chats are typed conversations, beside a call. */
  chats: readonly Chat[];
  callbacks: readonly Callback[];
  done: readonly Done[];
  /** seen is the ending of an offer that was put away. */
  seen: string;
  /** accepting: the click was made, the server has not answered yet. */
  accepting: boolean;
  hangingUp: boolean;
  /** handling is what the caller hears when it is not the agent, as the gateway says. */
  handling: Handling;
  /** proposed is the conclusion that the rules propose; "" = none. */
  proposed: string;
  /** error is why the server did not do what was asked. */
  error?: Why | undefined;
  /** news is what was done, with a way back where there is one. */
  news?: { text: string; undo?: { text: string; callback: number } | undefined } | undefined;
  /** letters: keys without Ctrl or F work. */
  letters: boolean;
}

export const begin = (tab: string): S => ({
  phase: "loading", expired: false, cut: false, demo: false, telephones: [], checking: false, phoning: false, moving: false, breaks: [], conclusions: [], ahead: 0, team: [], link: "live", lostAt: 0, tab,
  sound: { microphone: "unknown", device: "", devices: [], speakers: [], deviceID: "", missing: false, speakerID: "", line: "none", muted: false, blocked: false, rtt: 0, ringing: false, unstable: false },
  joined: 0, talk: silence, supervisors: [], answers: noAnswers, note: { conversation: "", text: "", saved: "saved", conclusion: "" },
  chats: [], callbacks: [], done: [], seen: "", accepting: false, hangingUp: false, handling: { held: false }, proposed: "", letters: true,
});

/** Desk is what the page's parts ask for; live.ts does it, demo.ts only shows. */
export interface Desk {
  readonly chats: ChatCommands;
  get(): S;
  set(change: Partial<S>): void;
  subscribe(f: () => void): () => void;
  start(withMicrophone: boolean): void;
  checkMicrophone(deviceID?: string): void;
  speaker(id: string): void;
  testRing(): void;
  signIn(user: string, password: string, demo: boolean): Promise<"" | "wrong" | "failed" | number>;
  signOut(): void;
  presence(status: "available" | "break" | "offline", reason?: string): void;
  /** telephone lets calls ring there, the one that is on too; "" is this browser. */
  telephone(address: string): Promise<boolean>;
  extend(): void;
  accept(): void;
  decline(reason: Decline): void;
  mute(): void;
  press(key: string): boolean;
  hangUp(): void;
  /** pause puts the caller on hold, or speaks with them again. */
  pause(): void;
  /** transfer passes the caller on; briefing is what the next one is told of them, when it was changed. */
  transfer(to: Target, warm: boolean, why: string, briefing?: string): Promise<boolean>;
  /** wait is how long callers wait for a person now, s; 0: nobody knows. */
  wait(): Promise<number>;
  complete(): void;
  takeBack(): void;
  steps(): Promise<Steps>;
  /** handBack gives the caller to the bot; did is what the agent did, as it follows their name. */
  handBack(step: string, slots: Record<string, string>, did: string): Promise<boolean>;
  write(text: string): void;
  conclude(conclusion: string): void;
  /** hold: pointer or focus rests on the answers. */
  hold(yes: boolean): void;
  open(article: string): void;
  takeSound(): void;
  joinLine(): void;
  unblock(): void;
  changeCallback(id: number, change: Change): void;
  callBack(id: number): void;
  letters(on: boolean): void;
  loud(): number;
}

/** Store keeps S and tells who watches, once per task. */
export class Store {
  private watchers = new Set<() => void>();
  private told = false;
  constructor(private s: S) {}
  get = (): S => this.s;
  set = (change: Partial<S>): void => {
    this.s = { ...this.s, ...change };
    if (this.told) return;
    this.told = true;
    queueMicrotask(() => { this.told = false; for (const f of [...this.watchers]) f(); });
  };
  subscribe = (f: () => void): (() => void) => {
    this.watchers.add(f);
    return () => this.watchers.delete(f);
  };
}

/** obstacles tells of each command why it cannot be used now, as the key of a sentence. */
export function obstacles(s: S): Partial<Record<Command, Obstacle>> {
  const out: Partial<Record<Command, Obstacle>> = {};
  const { held, onward } = s.handling;
  if (s.sound.line !== "live" && !s.desk?.address) out.mute = "not_line";
  if (held && !onward?.talking) out.keypad = "not_held";
  if (onward) out.hold = out.transfer = out.bot = onward.from === s.me?.user ? "not_passing" : "not_yours";
  if (s.link !== "live") out.hang_up = out.hold = out.transfer = out.bot = out.keypad = "not_live";
  return out;
}
