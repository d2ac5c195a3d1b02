// What is looked for in the history: one field of words, and chips that can be typed, "issue:rappel
// depuis:lundi file:litige". A chip that is not understood stays a word, so that nothing is ignored in silence.

export interface Query {
  words: string[];
  outcome?: string;
  channel?: string;
  intent?: string;
  agent?: string;
  queue?: string;
  number?: string;
  /** text is the words as they were typed, phrases in quotes among them. */
  text?: string;
  /** since and till are ms since 1970. */
  since?: number;
  till?: number;
}

/** plainText is a text without accents and capitals, for comparing. */
export const plainText = (s: string): string => s.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/[’']/g, "'").replace(/_/g, " ");

const keys: Record<string, "outcome" | "channel" | "intent" | "agent" | "queue" | "number" | "since" | "till"> = {
  issue: "outcome", outcome: "outcome", canal: "channel", channel: "channel", demande: "intent", intention: "intent", intent: "intent", numero: "number", number: "number", agent: "agent", file: "queue", queue: "queue",
  depuis: "since", since: "since", jusqu: "till", until: "till", avant: "till",
};
const outcomes: Record<string, string> = {
  resolu: "resolved", resolved: "resolved", transfere: "transferred", transfert: "transferred", transferred: "transferred", rappel: "callback", callback: "callback",
  "sans-confirmation": "unconfirmed", unconfirmed: "unconfirmed", abandonne: "abandoned", abandoned: "abandoned", "non-resolu": "abandoned,failed,unanswered", unresolved: "abandoned,failed,unanswered", echec: "failed", failed: "failed", "sans-reponse": "unanswered", unanswered: "unanswered",
};
const channels: Record<string, string> = { voix: "voice", voice: "voice", texte: "text", ecrit: "text", text: "text", enceinte: "speaker", speaker: "speaker", alexa: "speaker" };
const days = [["dimanche", "sunday"], ["lundi", "monday"], ["mardi", "tuesday"], ["mercredi", "wednesday"], ["jeudi", "thursday"], ["vendredi", "friday"], ["samedi", "saturday"]];

/** day reads "lundi", "hier", "2026-11-21", "21/11": when that day began, ms; undefined when it is none. */
export function day(text: string, now: number): number | undefined {
  const t = plainText(text), midnight = new Date(now);
  midnight.setHours(0, 0, 0, 0);
  const back = (n: number) => { const d = new Date(midnight); d.setDate(d.getDate() - n); return d.getTime(); };
  if (t === "aujourd'hui" || t === "aujourdhui" || t === "today") return back(0);
  if (t === "hier" || t === "yesterday") return back(1);
  if (t === "semaine" || t === "week") return back(7);
  const d = days.findIndex((names) => names.includes(t));
  if (d >= 0) return back((midnight.getDay() - d + 7) % 7);
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(t), short = /^(\d{1,2})\/(\d{1,2})(?:\/(\d{4}))?$/.exec(t);
  const [y, m, n] = iso ? [iso[1], iso[2], iso[3]] : short ? [short[3] ?? String(midnight.getFullYear()), short[2], short[1]] : [];
  if (!y) return undefined;
  const at = new Date(Number(y), Number(m) - 1, Number(n));
  return at.getMonth() === Number(m) - 1 && at.getDate() === Number(n) ? at.getTime() : undefined;
}

/** parse reads a field. */
export function parse(text: string, now = Date.now()): Query {
  const q: Query = { words: [] }, typed: string[] = [];
  for (const part of text.trim().split(/\s+/).filter(Boolean)) {
    const at = part.indexOf(":"), value = part.slice(at + 1);
    const key = at > 0 ? keys[plainText(part.slice(0, at)).replace(/'.*/, "")] : undefined;
    const v = plainText(value);
    if (key === "outcome" && outcomes[v]) q.outcome = outcomes[v];
    else if (key === "channel" && channels[v]) q.channel = channels[v];
    else if (key === "intent" && v) q.intent = v.replace(/-/g, " ");
    else if ((key === "agent" || key === "queue") && value) q[key] = value.replace(/-/g, " ");
    else if (key === "number" && /\d.*\d/.test(v)) q.number = value;
    else if ((key === "since" || key === "till") && day(value, now) !== undefined) q[key] = day(value, now)! + (key === "till" ? 86_400_000 : 0);
    else {
      typed.push(part);
      const word = plainText(part).replace(/["«»“”]/g, "");
      if (/[\p{L}\p{N}]/u.test(word)) q.words.push(word);
    }
  }
  if (q.words.length) q.text = typed.join(" ");
  return q;
}

/** params is a query as the gateway reads it (docs/openapi.yaml, listConversations). */
export function params(q: Query): Record<string, string> {
  const out: Record<string, string> = {};
  for (const k of ["text", "outcome", "channel", "intent", "agent", "queue", "number"] as const) if (q[k]) out[k] = q[k];
  if (q.since !== undefined) out["since"] = new Date(q.since).toISOString();
  if (q.till !== undefined) out["before"] = new Date(q.till).toISOString();
  return out;
}
