// One running call as the board shows it: the gateway's line, and what the events after it changed.
import type { Ev, Live, Onward, Supervisor } from "./events";
import { facts, known, learn, type Facts, type Marker, type Rules } from "./risk";

/** Call is never changed in place, so that a row is drawn again only when it has changed. */
export interface Call {
  readonly id: string;
  readonly channel: string;
  readonly from: string;
  readonly bot: string;
  readonly lang: string;
  /** start and since are ms since 1970; since is when it came to whom it is with. */
  readonly start: number;
  readonly since: number;
  readonly with: "arriving" | "bot" | "ringing" | "agent";
  readonly agent: string;
  /** What the agent does meanwhile: the caller is on hold, the agent's microphone is off, they pass the caller on. */
  readonly held: boolean;
  readonly muted: boolean;
  readonly onward?: Onward | undefined;
  readonly intent: string;
  readonly step: string;
  /** skills is where they wait or waited: the queue, else the skills that the hand-off asked for. */
  readonly skills: string;
  readonly heard: string;
  readonly name: string;
  readonly supervisors: readonly Supervisor[];
  readonly seq: number;
  readonly facts: Facts;
  readonly markers: readonly Marker[];
  readonly over?: { readonly at: number; readonly by: string; readonly outcome: string } | undefined;
}

const nameOf = (slots: readonly { name: string; shown: string; value: string }[] | undefined): string => slots?.find((s) => /^(nom|name|nom_complet|full_name)$/.test(s.name))?.shown ?? "";

/** fromLive is a call as the snapshot has it. */
export function fromLive(l: Live): Call {
  const [start, since] = [Date.parse(l.start), Date.parse(l.since)];
  return {
    id: l.id, channel: l.channel, from: l.from, bot: l.bot, lang: l.lang, start, since, with: l.with, agent: l.agent ?? "", held: l.held ?? false, muted: l.muted ?? false, onward: l.onward, intent: l.intent ?? "", step: l.step ?? "", skills: l.queue || (l.skills ?? []).join(", "),
    heard: l.heard ?? "", name: nameOf(l.slots), supervisors: l.supervisors ?? [], seq: l.seq, facts: known(l), markers: [],
  };
}

/** count folds one event in. Events that were counted already change nothing. */
export function count(c: Call, e: Ev, rules: Rules): Call {
  if (e.seq <= c.seq) return c;
  const f = learn(c.facts, e, rules);
  const next = { ...c, seq: e.seq, facts: f, with: f.with, since: f.with === c.with ? c.since : Date.parse(e.at) };
  switch (e.type) {
    case "said": return e.body.who ? next : { ...next, heard: e.body.text };
    case "stepped": {
      const last = e.body.steps?.at(-1);
      return { ...next, intent: e.body.intent || c.intent, lang: e.body.lang || c.lang, step: last ? `${last.flow}/${last.step}` : c.step, name: nameOf(e.body.slots) || c.name };
    }
    case "transfer_started": return { ...next, agent: "", skills: e.body.queue || (e.body.skills ?? []).join(", ") };
    case "transfer_ringing": return c.onward ? next : { ...next, agent: e.body.agent }; // who passes the caller on has them still
    case "bridged": return { ...next, agent: e.body.agent };
    case "agent_lost": return { ...next, muted: false }; // they come back with an open microphone
    case "agent_back": return { ...next, agent: e.body.agent };
    case "agent_acted": return { ...next, ...acted(c, e.body) };
    case "transfer_ended": return { ...next, agent: "", held: false, muted: false, onward: undefined };
    case "supervised": return { ...next, supervisors: supervised(c.supervisors, e.body) };
    case "ended": return { ...next, over: { at: Date.parse(e.at), by: e.body.by, outcome: e.body.outcome }, supervisors: [] };
    default: return next;
  }
}

/** acted is what an act of the agent's changes, as the gateway's own line does (gateway/event). */
function acted(c: Call, b: { agent: string; act: string; to?: string; warm?: boolean }): Partial<Call> {
  switch (b.act) {
    case "hold": return { held: true };
    case "resume": return { held: false };
    case "mute":
    case "unmute": return { muted: b.act === "mute" };
    case "transfer": return { held: true, onward: { from: b.agent, to: b.to ?? "", warm: b.warm ?? false, talking: false } };
    case "consult": return c.onward ? { onward: { ...c.onward, to: b.to ?? c.onward.to, talking: true } } : {};
    case "not_moved": return { held: false, onward: undefined };
    case "transferred":
    case "hand_back": return { held: false, muted: false, onward: undefined };
    default: return {};
  }
}

/** begun is a call of which the stream tells the beginning. */
export function begun(e: Ev & { type: "started" }): Call {
  const at = Date.parse(e.at);
  const { channel, from, bot, lang } = e.body;
  const w = channel === "voice" ? "arriving" : "bot";
  return { id: e.conversation ?? "", channel, from, bot, lang, start: at, since: at, with: w, agent: "", held: false, muted: false, intent: "", step: "", skills: "", heard: "", name: "", supervisors: [], seq: e.seq, facts: facts(at, lang, w), markers: [] };
}

/** supervised is who is on a call after an act. */
export function supervised(now: readonly Supervisor[], b: { who: string; act: string; id?: string }): readonly Supervisor[] {
  if (!["listen", "whisper", "join", "take_over", "leave"].includes(b.act)) return now;
  const rest = now.filter((s) => s.id !== b.id);
  if (b.act === "leave") return rest;
  const i = now.findIndex((s) => s.id === b.id);
  const me = { id: b.id ?? "", who: b.who, act: b.act };
  return i < 0 ? [...now, me] : now.map((s, k) => (k === i ? me : s));
}

/** digitsOf are the digits of a SIP or telephone address, with + when it has one. */
const digitsOf = (from: string): string => /^(?:sips?:|tel:)?(\+?\d{4,})/.exec(from.replace(/[ .]/g, ""))?.[1] ?? "";

/** phone writes a number with its middle hidden: "06 71 •• •• 40", "" when there is none. */
export function phone(from: string): string {
  const d = digitsOf(from).replace(/^(\+33|0033)/, "0");
  if (!d) return "";
  if (/^0\d{9}$/.test(d)) return `${d.slice(0, 2)} ${d.slice(2, 4)} •• •• ${d.slice(8)}`;
  return d.length < 7 ? d : `${d.slice(0, 4)} •••• ${d.slice(-2)}`;
}

/** plain makes "suivi_colis/numero_commande" readable: "Suivi colis › numero commande". */
export function plain(step: string): string {
  const t = step.split("/").map((p) => p.replace(/[_-]+/g, " ").trim()).filter(Boolean).join(" › ");
  return t.charAt(0).toUpperCase() + t.slice(1);
}

/** short is a call's name where no name may stand. */
export const short = (id: string): string => id.replace(/[^\w]/g, "").slice(0, 4).toUpperCase();
