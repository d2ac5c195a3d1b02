// The requests of the supervisors' pages, typed from docs/openapi.yaml. The session's cookie goes with them.
import type { components } from "../shared/api.gen";
import type { BoardRules, Day, Ev, Me, Summary } from "./events";
import { heard } from "./time";

export type Supervision = components["schemas"]["Supervision"];
/** Steps is where the bot can go on, and what is known. */
export interface Steps {
  at: string;
  steps: readonly { step: string; flow: string; title: string }[];
  slots: readonly { name: string; title: string; value: string; open: boolean }[];
}
export type TranscriptLine = components["schemas"]["Line"];
/** Audited is one line of the audit list. */
export type Audited = components["schemas"]["AuditEntry"];
export interface AuditPage {
  entries: Audited[];
  next?: string;
}
export type Callback = components["schemas"]["Callback"];
/** Which callbacks are listed. */
export type Callbacks = "pending" | "done" | "dropped";
/** Letters are what other systems and people are to be told by webhook and e-mail: how many wait, how many were
 * given up, and the newest of these. */
export interface Letters {
  waiting: number;
  given_up: number;
  dead: readonly { id: number; conversation: string; url: string; at: string; tries: number }[];
}
export type Role = "listen" | "whisper" | "join";

/** One conversation as the record has it. */
export interface Conversation extends Summary {
  timezone: string;
  events: readonly Ev[];
  transcript: readonly TranscriptLine[];
}

/** Found is one page of conversations; indexing says that older ones are not all found yet. */
export interface Found {
  conversations: Summary[];
  next?: string;
  indexing?: { left: number; of: number };
}

/** Refused is an answer that says no: code for pages that say it in their own words, detail in the server's.
 * status 0: nothing answered. */
export class Refused extends Error {
  constructor(readonly status: number, readonly code: string, readonly detail: string) {
    super(detail || code);
  }
}

interface Ask {
  body?: unknown;
  sdp?: string;
  /** unless another page of the same user has it. */
  ifFree?: boolean;
  signal?: AbortSignal;
  keepalive?: boolean;
}

async function ask(method: string, path: string, o: Ask = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: o.sdp === undefined ? "application/json" : "application/sdp" };
  let body: string | undefined;
  if (o.sdp !== undefined) {
    headers["Content-Type"] = "application/sdp";
    if (o.ifFree) headers["If-None-Match"] = "*";
    body = o.sdp;
  } else if (o.body !== undefined) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(o.body);
  }
  let res: Response;
  try {
    res = await fetch(path, { method, headers, cache: "no-store", credentials: "same-origin", ...(body === undefined ? {} : { body }), ...(o.keepalive ? { keepalive: true } : {}), signal: o.signal ?? AbortSignal.timeout(40_000) });
  } catch {
    throw new Refused(0, "", "");
  }
  heard(res.headers.get("Date"));
  if (res.ok) return res;
  const p = (await res.json().catch(() => ({}))) as { detail?: string; code?: string };
  throw new Refused(res.status, p.code ?? "", p.detail ?? res.statusText);
}

const json = async <T>(method: string, path: string, o: Ask = {}): Promise<T> => (await (await ask(method, path, o)).json()) as T;
const done = async (method: string, path: string, o: Ask = {}): Promise<void> => { await ask(method, path, o); };
const id = encodeURIComponent;
const place = (conv: string, rest = "") => `/api/v1/calls/${id(conv)}/supervision${rest}`;

export const api = {
  me: () => json<Me>("GET", "/api/v1/me"),
  conversations: (query: Record<string, string>, signal?: AbortSignal) => json<Found>("GET", "/api/v1/conversations?" + new URLSearchParams(query).toString(), signal ? { signal } : {}),
  more: (next: string, signal?: AbortSignal) => json<Found>("GET", next, signal ? { signal } : {}),
  rules: () => json<BoardRules>("GET", "/api/v1/board"),
  day: () => json<Day>("GET", "/api/v1/figures"),
  tableAt: (query: Record<string, string>) => "/api/v1/conversations.csv?" + new URLSearchParams(query).toString(),
  vconAt: (conv: string, signed: boolean) => `/api/v1/conversations/${id(conv)}/vcon${signed ? "?signed=1" : ""}`,
  conversation: (conv: string, lang: string, signal?: AbortSignal) => json<Conversation>("GET", `/api/v1/conversations/${id(conv)}?lang=${lang}`, signal ? { signal } : {}),
  recording: async (conv: string): Promise<ArrayBuffer> => (await ask("GET", `/api/v1/conversations/${id(conv)}/recording`, { signal: AbortSignal.timeout(600_000) })).arrayBuffer(),
  audit: (q: Record<string, string>) => json<AuditPage>("GET", `/api/v1/audit?${new URLSearchParams(q)}`),
  auditMore: (next: string) => json<AuditPage>("GET", next),
  callbacks: async (state: Callbacks) => (await json<{ callbacks: Callback[] | null }>("GET", `/api/v1/callbacks?state=${state}&limit=500`)).callbacks ?? [],
  changeCallback: (n: number, change: components["schemas"]["CallbackChange"]) => done("PATCH", `/api/v1/callbacks/${n}`, { body: change }),
  callBack: (n: number) => done("POST", `/api/v1/callbacks/${n}/call`, { signal: AbortSignal.timeout(90_000) }),
  letters: () => json<Letters>("GET", "/api/v1/webhooks/dead"),
  lettersAgain: () => json<{ retried: number }>("POST", "/api/v1/webhooks/dead/retry", { body: { all: true } }),
  lettersDrop: () => json<{ dropped: number }>("POST", "/api/v1/webhooks/dead/drop", { body: { all: true } }),
  supervision: (conv: string) => json<Supervision>("GET", place(conv)),
  listen: (conv: string, address: string, role: Role) => json<{ id: string; role: Role }>("POST", place(conv), { body: { address, role } }),
  role: (conv: string, who: string, role: Role) => done("PATCH", place(conv, `/${id(who)}`), { body: { role } }),
  leave: (conv: string, who: string, keepalive = false) => done("DELETE", place(conv, `/${id(who)}`), { keepalive }),
  takeOver: (conv: string, who: string) => done("POST", place(conv, `/${id(who)}/take-over`)),
  steps: (conv: string) => json<Steps>("GET", place(conv, "/steps")),
  handBack: (conv: string, step: string, slots: Record<string, string> = {}) => done("POST", place(conv, "/hand-back"), { body: { ...(step ? { step } : {}), ...(Object.keys(slots).length ? { slots } : {}) } }),
  hint: (conv: string, text: string, verbatim: boolean) => json<{ id: string }>("POST", place(conv, "/hint"), { body: { text, verbatim } }),
  end: (conv: string, reason: string) => done("POST", place(conv, "/end"), { body: { reason } }),
  park: async (sdp: string, ifFree: boolean) => {
    const res = await ask("POST", "/api/v1/webrtc/desk?page=board", { sdp, ifFree });
    return { answer: await res.text(), address: res.headers.get("Location") ?? "" };
  },
  unpark: (address: string) => { if (address) void ask("DELETE", address, { keepalive: true }).catch(() => {}); },
};
