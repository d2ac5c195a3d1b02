// What the gateway's stream says, as far as the board reads it (docs/openapi.yaml: Live, Event).
import type { components } from "../shared/api.gen";

type Schemas = components["schemas"];
export type Summary = Schemas["Summary"];
export type Me = Schemas["Me"];
/** What a day came to, as the gateway counted it. */
export type Day = Schemas["Figures"];
/** By which rules calls are marked. */
export type BoardRules = Schemas["BoardRules"];
export type Colleague = Schemas["Colleague"];
/** How the queues stand, and what holds of the configuration. */
export type Queues = Schemas["Queues"];
export type Queue = Schemas["Queue"];

/** Somebody who supervises a running call. */
export interface Supervisor {
  id: string;
  who: string;
  act: string;
}
/** Onward is a transfer under way: the agent passes the caller on, and has them until the next one answers. */
export interface Onward {
  from: string;
  to: string;
  warm: boolean;
  /** talking: both agents hear each other. */
  talking: boolean;
}
export type Live = Schemas["Live"] & { supervisors?: Supervisor[]; held?: boolean; muted?: boolean; onward?: Onward };

interface Bodies {
  started: { channel: string; from: string; called: string; bot: string; lang: string };
  answered: { codec: string };
  prompted: { text: string; heard: string; cut: boolean; for_ms: number; step?: string; author?: string };
  said: { text: string; confidence: number; how: string; who?: string; lang?: string; alternatives?: { text: string; confidence: number }[] };
  silent: { for_ms: number };
  stepped: { intent?: string; lang?: string; steps?: { flow: string; step: string; note?: string }[]; slots?: { name: string; shown: string; value: string }[] };
  acted: { name: string; target: string; outcome: string };
  transfer_started: { skills?: string[]; queue?: string; reason: string; topic?: string };
  transfer_ringing: { agent: string; try: number };
  transfer_attempt: { agent: string; outcome: string; took_ms: number };
  transfer_ended: { outcome: string; agent?: string; waited_ms: number; talked_ms?: number };
  bridged: { agent: string };
  agent_lost: { agent: string };
  agent_back: { agent: string };
  agent_acted: { agent: string; act: string; to?: string; warm?: boolean; text?: string; keys?: number; why?: string };
  trouble: { where: string; did: string };
  rated: { score: number; scale: number };
  recorded: { seconds: number };
  recording_deleted: { why: string };
  supervised: { who: string; act: string; id?: string; text?: string; turn?: number; why?: string };
  ended: { outcome: string; by: string };
}

/** One event; kinds that the board does not know are passed over. */
export type Ev = { [K in keyof Bodies]: { conversation?: string | undefined; seq: number; at: string; type: K; body: Bodies[K] } }[keyof Bodies];
