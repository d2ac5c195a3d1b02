// The requests of the inbox, typed from docs/openapi.yaml. The session's cookie goes with them.
import type { components } from "../shared/api.gen";

type Schemas = components["schemas"];
export type Me = Schemas["Me"];
export type Group = Schemas["InboxGroup"];
export type Lock = Schemas["InboxLock"];
export type Publication = Schemas["InboxPublication"];
export type State = Group["state"];
export interface Listed {
  groups: Group[];
  intents: { bot: string; lang: string; intents: { intent: string; title?: string }[] }[];
}
/** Sound is where an utterance is heard in the recording of its call. */
export interface Sound {
  utterance: number;
  conversation: string;
  from_ms: number;
  to_ms: number;
}
export interface Pick {
  id: number;
  intent: string;
}

/** Refused is an answer that says no; status 0: nothing answered. */
export class Refused extends Error {
  constructor(readonly status: number, readonly detail: string) {
    super(detail);
  }
}

async function ask(method: string, path: string, body?: unknown, keepalive = false): Promise<Response> {
  let res: Response;
  try {
    res = await fetch(path, { method, cache: "no-store", credentials: "same-origin", keepalive, headers: { Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }), signal: AbortSignal.timeout(120_000) });
  } catch {
    throw new Refused(0, "");
  }
  if (res.ok) return res;
  const p = (await res.json().catch(() => ({}))) as { detail?: string };
  throw new Refused(res.status, p.detail ?? res.statusText);
}
const json = async <T>(method: string, path: string, body?: unknown): Promise<T> => (await (await ask(method, path, body)).json()) as T;

/** Source is what the page asks; the demonstration has another one. */
export interface Source {
  me(): Promise<Me>;
  list(state: State): Promise<Listed>;
  locks(): Promise<{ locks: Lock[] }>;
  lock(id: number): Promise<Lock>;
  unlock(id: number): void;
  sound(id: number): Promise<{ sounds: Sound[] }>;
  set(id: number, act: "dismiss" | "out-of-scope" | "reopen"): Promise<void>;
  publish(picks: readonly Pick[], force: boolean, dry: boolean): Promise<Publication>;
}

export const gateway: Source = {
  me: () => json("GET", "/api/v1/me"),
  list: (state) => json("GET", `/api/v1/inbox?state=${state}`),
  locks: () => json("GET", "/api/v1/inbox/locks"),
  lock: (id) => json("POST", `/api/v1/inbox/${id}/lock`),
  unlock: (id) => { void ask("DELETE", `/api/v1/inbox/${id}/lock`, undefined, true).catch(() => {}); },
  sound: (id) => json("GET", `/api/v1/inbox/${id}/sound`),
  set: async (id, act) => { await ask("POST", `/api/v1/inbox/${id}/${act}`); },
  publish: (picks, force, dry) => json("POST", "/api/v1/inbox/publish", { picks, force, dry_run: dry }),
};

/** soundAt is the address of a call's recording. */
export const soundAt = (conversation: string): string => `/api/v1/conversations/${encodeURIComponent(conversation)}/recording`;
