// The few requests of a caller's page, typed from docs/openapi.yaml.
import type { components } from "../shared/api.gen";

type Schemas = components["schemas"];
export type Widget = Schemas["Widget"];
export type Message = Schemas["ChatMessage"];
export type Page = Schemas["Page"];
/** With is who of the company has a typed conversation, or that one is being fetched. */
export type With = Schemas["With"];
export type Article = Schemas["Article"];
export interface Opened extends Page {
  id: string;
  token: string;
  bot: string;
  lang: string;
}
export type Sending = { id: string } & ({ text: string } | { quick: string } | { digits: string });

/** Refused is an answer that says no; detail is the server's sentence. status 0: nothing answered. */
export class Refused extends Error {
  constructor(readonly status: number, readonly detail: string, readonly retry: number, readonly code = "") {
    super(detail);
  }
}

/** ask makes one request. A token, when given, goes into the header and nowhere else; match is the
 * ETag of what the request is about. */
export async function ask<T>(method: string, path: string, o: { body?: unknown; token?: string; type?: string; match?: string; signal?: AbortSignal } = {}): Promise<{ data: T; res: Response }> {
  const headers: Record<string, string> = { Accept: o.type ?? "application/json" };
  let body: string | undefined;
  if (o.body !== undefined) {
    headers["Content-Type"] = o.type ?? "application/json";
    body = o.type ? String(o.body) : JSON.stringify(o.body);
  }
  if (o.token) headers["Authorization"] = "Bearer " + o.token;
  if (o.match) headers["If-Match"] = o.match;
  let res: Response;
  try {
    res = await fetch(path, { method, headers, credentials: "omit", cache: "no-store", ...(body === undefined ? {} : { body }), signal: o.signal ?? AbortSignal.timeout(35_000) });
  } catch {
    throw new Refused(0, "", 0);
  }
  if (!res.ok) {
    const p = (await res.json().catch(() => ({}))) as { detail?: string; code?: string };
    throw new Refused(res.status, p.detail ?? res.statusText, Number(res.headers.get("Retry-After") ?? 0), p.code ?? "");
  }
  const data = (res.status === 204 ? undefined : o.type ? await res.text() : await res.json()) as T;
  return { data, res };
}

const q = (o: Record<string, string | undefined>) => new URLSearchParams(Object.entries(o).filter((e): e is [string, string] => !!e[1])).toString();

export const api = {
  widget: (bot: string, lang: string) => ask<Widget>("GET", "/api/v1/widget?" + q({ bot, lang })),
  search: (bot: string, lang: string, text: string) => ask<{ articles: Article[] }>("GET", "/api/v1/widget/articles?" + q({ bot, lang, q: text })),
  callback: (body: { bot: string; lang: string; phone: string; reason: string; window: string }) => ask<void>("POST", "/api/v1/widget/callbacks", { body }),
  create: (bot: string, lang: string) => ask<Opened>("POST", "/api/v1/chat", { body: { ...(bot ? { bot } : {}), lang } }),
  read: (id: string, token: string) => ask<Page>("GET", `/api/v1/chat/${id}/messages`, { token }),
  send: (id: string, token: string, body: Sending) => ask<Page>("POST", `/api/v1/chat/${id}/messages`, { token, body }),
  sendCall: (id: string, text: string) => ask<void>("POST", `/api/v1/webrtc/calls/${id}/messages`, { body: { text } }),
  rateCall: (id: string, score: number, comment: string) => ask<void>("POST", `/api/v1/webrtc/calls/${id}/rating`, { body: { score, ...(comment ? { comment } : {}) } }),
  rate: (id: string, token: string, score: number, comment: string) => ask<void>("POST", `/api/v1/chat/${id}/rating`, { token, body: { score, ...(comment ? { comment } : {}) } }),
};
