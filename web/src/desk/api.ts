// The requests of the desk. The session's cookie is sent by the browser; 401 asks for a sign-in
// without losing the page.
import type { Steps, Target, Article, Callback, Change, Colleague, Decline, DeskState, Me, Note, Status, Written } from "./types";

/** Refused is an answer that says no; detail is the server's sentence. status 0: nothing answered. */
export class Refused extends Error {
  constructor(readonly status: number, readonly detail: string, readonly code: string, readonly retry: number) {
    super(detail);
  }
}

export interface Asked {
  body?: unknown;
  type?: string;
  /** keepalive: it may outlive the page. */
  keepalive?: boolean;
  /** wait is how long an answer may take, ms. */
  wait?: number;
}

/** ask makes one request; undefined for an answer without content. */
export async function ask<T>(method: string, path: string, o: Asked = {}): Promise<{ data: T; res: Response }> {
  const headers: Record<string, string> = { Accept: o.type ?? "application/json" };
  let body: string | undefined;
  if (o.body !== undefined) {
    headers["Content-Type"] = o.type ?? "application/json";
    body = o.type ? String(o.body) : JSON.stringify(o.body);
  }
  let res: Response;
  try {
    res = await fetch(path, { method, headers, credentials: "same-origin", cache: "no-store", keepalive: o.keepalive ?? false, ...(body === undefined ? {} : { body }), signal: AbortSignal.timeout(o.wait ?? 15_000) });
  } catch {
    throw new Refused(0, "", "", 0);
  }
  if (!res.ok) {
    const p = (await res.json().catch(() => ({}))) as { detail?: string; code?: string };
    throw new Refused(res.status, p.detail ?? res.statusText, p.code ?? "", Number(res.headers.get("Retry-After") ?? 0));
  }
  const data = (res.status === 204 ? undefined : o.type ? await res.text() : await res.json()) as T;
  return { data, res };
}

const get = async <T>(path: string): Promise<T> => (await ask<T>("GET", path)).data;
const send = async <T>(method: string, path: string, body?: unknown): Promise<T> => (await ask<T>(method, path, body === undefined ? {} : { body })).data;
const id = encodeURIComponent;

export const api = {
  /** isDemo tells whether this gateway is a demonstration; anybody may ask. */
  isDemo: async (): Promise<boolean> => { try { return (await get<{ demo: boolean }>("/api/v1/widget")).demo; } catch { return false; } },
  me: () => get<Me>("/api/v1/me"),
  signIn: (user: string, password: string) => send<Me>("POST", "/api/v1/sign-in", { user, password }),
  signInDemo: () => send<Me>("POST", "/api/v1/sign-in", { demo: "agent" }),
  signOut: () => send<void>("POST", "/api/v1/sign-out"),
  desk: () => get<DeskState & { breaks: string[]; conclusions: string[]; telephone?: string }>("/api/v1/desk"),
  team: () => get<{ agents: Colleague[]; wait_s?: number }>("/api/v1/desk/team"),
  beat: (tab: string, microphone: boolean, take: boolean) => send<{ sound: boolean; tabs: number; status: Status; session_ended?: boolean } | undefined>("POST", "/api/v1/desk/heartbeat", { tab, microphone, ...(take ? { take_sound: true } : {}) }),
  leave: (tab: string) => void ask("DELETE", `/api/v1/desk/tabs/${id(tab)}`, { keepalive: true }).catch(() => {}),
  presence: (status: Status, reason: string) => send<DeskState>("POST", "/api/v1/desk/presence", { status, ...(reason ? { reason } : {}) }),
  telephone: (address: string) => send<DeskState>("PUT", "/api/v1/desk/telephone", { address }),
  extend: () => send<DeskState>("POST", "/api/v1/desk/wrap-up"),
  accept: (conv: string) => send<DeskState>("POST", `/api/v1/desk/offers/${id(conv)}/accept`),
  decline: (conv: string, reason: Decline) => send<DeskState>("POST", `/api/v1/desk/offers/${id(conv)}/decline`, { reason }),
  hangUp: (conv: string) => send<void>("POST", `/api/v1/desk/calls/${id(conv)}/hang-up`),
  pause: (conv: string, yes: boolean) => send<void>("POST", `/api/v1/desk/calls/${id(conv)}/${yes ? "hold" : "resume"}`),
  microphone: (conv: string, muted: boolean) => ask<void>("PUT", `/api/v1/desk/calls/${id(conv)}/microphone`, { body: { muted }, keepalive: true }),
  keys: (conv: string, keys: string) => send<void>("POST", `/api/v1/desk/calls/${id(conv)}/keys`, { keys }),
  transfer: (conv: string, to: Target, warm: boolean, why: string, briefing?: string) => send<void>("POST", `/api/v1/desk/calls/${id(conv)}/transfer`, { ...to, warm, why, ...(briefing === undefined ? {} : { briefing }) }),
  complete: (conv: string) => send<void>("POST", `/api/v1/desk/calls/${id(conv)}/transfer/complete`),
  takeBack: (conv: string) => send<void>("DELETE", `/api/v1/desk/calls/${id(conv)}/transfer`),
  steps: (conv: string) => get<Steps>(`/api/v1/desk/calls/${id(conv)}/steps`),
  handBack: (conv: string, step: string, slots: Record<string, string>, did = "") => send<void>("POST", `/api/v1/desk/calls/${id(conv)}/hand-back`, { step, slots, ...(did ? { did } : {}) }),
  proposal: (conv: string) => get<{ conclusion: string }>(`/api/v1/desk/calls/${id(conv)}/proposal`),
  notes: (conv: string) => get<{ notes: Note[] }>(`/api/v1/desk/calls/${id(conv)}/notes`),
  note: async (conv: string, text: string, conclusion: string, keepalive = false, proposed = "") => (await ask<Note>("PUT", `/api/v1/desk/calls/${id(conv)}/note`, { body: { text, ...(conclusion ? { conclusion, ...(proposed ? { proposed } : {}) } : {}) }, keepalive })).data,
  conversation: (conv: string) => get<{ start: string; transcript: Written[] }>(`/api/v1/conversations/${id(conv)}`),
  articles: (conv: string) => get<{ articles: Article[] }>(`/api/v1/conversations/${id(conv)}/articles`),
  callbacks: () => get<{ callbacks: Callback[] }>("/api/v1/callbacks?state=pending"),
  changeCallback: (n: number, change: Change) => send<void>("PATCH", `/api/v1/callbacks/${n}`, change),
  callBack: async (n: number): Promise<void> => { await ask("POST", `/api/v1/callbacks/${n}/call`, { wait: 90_000 }); },
  park: async (sdp: string) => {
    const { data, res } = await ask<string>("POST", "/api/v1/webrtc/desk", { body: sdp, type: "application/sdp" });
    return { answer: data, address: res.headers.get("Location") ?? "" };
  },
  unpark: (address: string) => void ask("DELETE", address, { keepalive: true }).catch(() => {}),
};
