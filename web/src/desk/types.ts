// What the desk's API sends (docs/openapi.yaml, tag desk), as far as the page reads it.

export type Status = "available" | "break" | "on_call" | "wrap_up" | "away" | "offline";
export type Why = "set" | "signed_in" | "signed_out" | "call" | "call_ended" | "concluded" | "wrap_up_over" | "missed" | "missed_chat" | "lost" | "failed";
export type Ending = "accepted" | "answered_elsewhere" | "caller_left" | "expired" | "declined" | "unreachable";
export type Decline = "file_open" | "not_my_skill" | "technical";

export interface Fact { name: string; value: string; confirmed: boolean }

/** Offer is what is known before accepting. */
export interface Offer {
  conversation: string;
  channel: "voice" | "text";
  origin: "bot" | "transfer" | "agent" | "callback" | "rejoin";
  lang: string;
  who: string;
  phone: string;
  why: string;
  reason?: string;
  queue: readonly string[];
  facts: readonly string[];
  slots: readonly Fact[];
  tried: readonly string[];
  todo: readonly string[];
  lines: readonly { who: "caller" | "bot" | "agent"; text: string; cut?: boolean }[];
  /** from passes the caller on, and said why. */
  from?: string;
  said?: string;
  notes?: readonly { agent: string; text: string }[];
  /** crm is the customer's page, opened when the caller is accepted. */
  crm?: string;
  at: string;
  expires: string;
  rings: "browser" | "telephone";
}

export interface Ended { conversation: string; who: string; how: Ending; by?: string; reason?: Decline; after_s: number; at: string }

/** DeskState replaces the last one whole. */
export interface DeskState {
  name: string;
  title: string;
  status: Status;
  why: Why;
  reason?: string;
  since: string;
  until?: string;
  extended?: boolean;
  next?: Status;
  call?: string;
  offered?: string;
  lost?: string;
  take_over?: string;
  chats: readonly string[];
  microphone: boolean;
  tabs: readonly { id: string; seen: string }[];
  sound?: string;
  /** address is the telephone on which their calls ring instead. */
  address?: string;
  address_failed?: boolean;
  takes_calls: boolean;
  takes_calls_not?: string;
  takes_chats: boolean;
  offer: Offer | null;
  ended: Ended | null;
  /** chat_offers are typed conversations that are offered, oldest first. */
  chat_offers: readonly Offer[];
  chat_ended: Ended | null;
  now: string;
}

export interface Colleague { name: string; title: string; status: Status; reason?: string; since: string; until?: string; chats: number; skills: readonly string[]; languages: readonly string[]; free: boolean; telephone: boolean }

export interface Me { user: string; name: string; role: string; permissions: readonly string[]; demo: boolean }

/** Live is a conversation as the Board has it. */
export interface Live { id: string; channel: string; from: string; bot: string; lang: string; start: string; with: string; since: string; agent?: string; intent?: string; slots?: readonly { name: string; value: string; shown?: string; confirmed?: boolean }[]; turns: number; seq: number; held?: boolean; held_at?: string; muted?: boolean; onward?: Onward; crm?: string }

/** Onward is a transfer under way. */
export interface Onward { from: string; to: string; warm: boolean; talking: boolean }

/** Target is to whom a caller is passed on: one of the three. */
export interface Target { agent?: string; skills?: readonly string[]; number?: string }

/** Steps is where the bot can go on, and what is known. */
export interface Steps { at: string; steps: readonly { step: string; flow: string; title: string; slot?: string }[]; slots: readonly { name: string; title: string; value: string; open: boolean }[] }

export interface Happened { conversation?: string; seq?: number; at: string; type: string; body: Record<string, unknown> }

/** Written is a line of the transcript as GET /conversations/{id} gives it. */
export interface Written { seq: number; at: string; offset_ms: number; who: "caller" | "bot" | "agent" | "note" | "steps"; name?: string; text: string; unheard?: string; how?: string; doubtful?: boolean; readings?: readonly string[]; supervisor?: boolean }

export interface Article { id: string; title: string; short: string; body: string; score: number; why: readonly string[] }
export type { Callback, Change } from "../shared/callbacks";
export interface Note { conversation: string; agent: string; text: string; conclusion: string; proposed?: string; at: string }

/** NoteState is what an agent writes about a conversation, and whether the server has it. */
export interface NoteState { conversation: string; text: string; saved: "saved" | "saving" | "kept"; conclusion: string }
