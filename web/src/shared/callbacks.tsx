// Callbacks, as desk and board show them: what was asked for, how far it has come, and what can be done.
import { useState } from "preact/hooks";
import type { components } from "./api.gen";
import { en, fr } from "./callback-words";
import { Icon } from "./icons";
import { clock, words, type Lang } from "./words";

export type Callback = components["schemas"]["Callback"];
/** Change is one thing that is done to a callback, as the API takes it. */
export type Change = { state: "open" | "done" | "dropped" } | { taken: boolean } | { next: string };

/** Who looks: whose callbacks are theirs, whether they may work on them, and on somebody else's. */
export interface Who { user: string; work: boolean; over: boolean }

type Say = ReturnType<typeof sayer>;
export const sayer = (lang: Lang) => words(lang, fr, en);

const day = 86_400_000; // ms

/** moment says a time: the hour today, with the day otherwise. */
export function moment(lang: Lang, at: string | Date, now = Date.now()): string {
  const d = new Date(at), today = new Date(now);
  if (d.toDateString() === today.toDateString()) return clock(lang, d);
  const near = Math.abs(d.getTime() - now) < 6 * day;
  return `${new Intl.DateTimeFormat(lang === "fr" ? "fr-FR" : "en-GB", near ? { weekday: "short" } : { day: "numeric", month: "short" }).format(d)} ${clock(lang, d)}`;
}

/** understood says the window as the gateway took it, "" for any time. */
export function understood(lang: Lang, c: Callback, now = Date.now()): string {
  const say = sayer(lang);
  if (c.from && c.until) return say("between", { from: moment(lang, c.from, now), to: moment(lang, c.until, now) });
  if (c.from) return say("from", { time: moment(lang, c.from, now) });
  return c.until ? say("until", { time: moment(lang, c.until, now) }) : "";
}

const known = (say: Say, code: string) => { const k = `o_${code}`; return k in fr ? say(k as keyof typeof fr) : code.replace(/_/g, " "); };

/** tried says how often somebody was rung, and how the last attempt ended or why there was none. */
export function tried(lang: Lang, c: Callback): string {
  const say = sayer(lang);
  return [c.tries ? say("tries_n", { n: c.tries }) : say("tries_none"), c.last ? known(say, c.last) : ""].filter(Boolean).join(", ");
}

/** left is the message that somebody left, "" without one. */
export const left = (c: Callback): string => c.slots?.find((s) => s.name === "message")?.value ?? "";

/** ordered are those to be worked on now first: what is to be looked at, what is due, what waits for its time. */
export function ordered(list: readonly Callback[], now = Date.now()): Callback[] {
  const at = (c: Callback) => (c.state === "given_up" ? 0 : Math.max(now, Date.parse(c.from ?? c.next ?? c.at)));
  return [...list].sort((a, b) => at(a) - at(b) || Date.parse(a.at) - Date.parse(b.at));
}

const tone: Readonly<Record<string, string>> = { given_up: "warn", dialling: "info", done: "ok" };

export function State({ c, lang }: { c: Callback; lang: Lang }) {
  return <span class={`tag ${tone[c.state] ?? ""}`}>{sayer(lang)(`s_${c.state}`)}</span>;
}

/** Facts is all that is known of a callback. */
export function Facts({ c, lang, me, href }: { c: Callback; lang: Lang; me: string; href: string }) {
  const say = sayer(lang), w = understood(lang, c), m = left(c);
  return (
    <>
      {m && <blockquote class="left"><span class="cap">{say("message")}</span>{m}</blockquote>}
      <dl class="cbk">
        <div><dt>{say("asked")}</dt><dd class="num">{moment(lang, c.at)}</dd></div>
        <div><dt>{say("window")}</dt><dd>{[c.window, w].filter(Boolean).join(" · ") || say("any")}</dd></div>
        <div><dt>{say("next")}</dt><dd class="num">{c.next ? say("by_itself", { time: moment(lang, c.next) }) : say("by_hand")}</dd></div>
        <div><dt>{say("tries")}</dt><dd>{tried(lang, c)}</dd></div>
        <div><dt>{say("taker")}</dt><dd>{!c.taken_by ? say("taker_none") : c.taken_by === me ? say("taker_me") : c.taken_by}</dd></div>
      </dl>
      <p><a href={href} target="_blank" rel="noopener">{say("read")}</a></p>
    </>
  );
}

/** at is the moment of a choice; undefined for a date that is not one. */
export function at(choice: string, date: string, now = Date.now()): Date | undefined {
  if (choice === "30" || choice === "120") return new Date(now + Number(choice) * 60_000);
  if (choice === "day") { const d = new Date(now); d.setDate(d.getDate() + 1); d.setHours(9, 0, 0, 0); return d; }
  const d = new Date(date);
  return Number.isNaN(d.getTime()) || d.getTime() <= now ? undefined : d;
}

/** Work is what can be done with a callback by who looks. */
export function Work({ c, lang, who, act, call }: { c: Callback; lang: Lang; who: Who; act: (c: Change) => void; call: () => void }) {
  const say = sayer(lang);
  const [open, setOpen] = useState(false);
  const [choice, setChoice] = useState("30");
  const [date, setDate] = useState("");
  if (!who.work) return null;
  if (c.state === "done" || c.state === "dropped") return <div class="work"><button type="button" class="btn" onClick={() => act({ state: "open" })}>{say("open")}</button></div>;
  const mine = c.taken_by === who.user, theirs = !!c.taken_by && !mine, may = !theirs || who.over;
  const set = (e: Event) => { e.preventDefault(); const d = at(choice, date); if (d) { act({ next: d.toISOString() }); setOpen(false); } };
  return (
    <div class="work">
      {mine ? <button type="button" class="btn" onClick={() => act({ taken: false })}>{say("give")}</button>
        : may && <button type="button" class="btn" onClick={() => act({ taken: true })}>{theirs ? say("take_over", { name: c.taken_by ?? "" }) : say("take")}</button>}
      {!theirs && c.state !== "dialling" && <button type="button" class="btn" onClick={call}>{say("call")}</button>}
      {may && c.state !== "dialling" && <button type="button" class="btn" aria-expanded={open} onClick={() => setOpen(!open)}>{say("later")}</button>}
      <button type="button" class="btn" onClick={() => act({ state: "done" })}><Icon name="check" />{say("done")}</button>
      <button type="button" class="btn quiet" onClick={() => act({ state: "dropped" })}>{say("drop")}</button>
      {open && <form class="later" onSubmit={set}>
        <label>{say("later_when")} <select class="field" value={choice} onChange={(e) => setChoice(e.currentTarget.value)}>
          <option value="30">{say("later_30")}</option><option value="120">{say("later_120")}</option><option value="day">{say("later_day")}</option><option value="at">{say("later_at")}</option>
        </select></label>
        {choice === "at" && <label>{say("later_date")} <input class="field" type="datetime-local" required value={date} onInput={(e) => setDate(e.currentTarget.value)} /></label>}
        <button type="submit" class="btn primary">{say("later_set")}</button>
      </form>}
    </div>
  );
}
