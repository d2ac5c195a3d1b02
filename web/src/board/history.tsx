// Past conversations: one field, results with the words found, and one conversation with its sound.
import "./history.css";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { bind } from "../shared/keys";
import { clock, span, timer } from "../shared/words";
import { api, Refused, type Conversation, type Found, type TranscriptLine } from "./api";
import type { Summary } from "./events";
import { plain } from "./calls";
import { date, Player } from "./player";
import { known, type Voice } from "./say";
import { params, parse, type Query } from "./query";
import { nameOf, split, type Hit } from "./search";
import { soundBegins } from "./wave";

const shows = 50; // of a page

/** Where the history comes from: the gateway, or a demonstration. */
export interface Source {
  find(q: Query, next?: string, signal?: AbortSignal): Promise<Found>;
  one(id: string, lang: string, signal?: AbortSignal): Promise<Conversation>;
  sample?: [number[], number[]];
}

export const gateway: Source = {
  find: (q, next, signal) => (next ? api.more(next, signal) : api.conversations({ ...params(q), limit: String(shows) }, signal)),
  one: (id, lang, signal) => api.conversation(id, lang, signal),
};

const toneOf = (s: Summary) => (s.outcome === "resolved" ? "ok" : s.outcome === "failed" || s.outcome === "abandoned" ? "danger" : s.outcome === "unanswered" ? "warn" : "accent");

function Marked({ text, words }: { text: string; words: readonly string[] }) {
  return <>{split(text, words).map((t, i) => (i % 2 ? <mark key={i}>{t}</mark> : t))}</>;
}

const lead = 20; // letters before the first word found: a result is one line, and the word must be on it

/** Quoted is the line that was found, its words marked by the gateway. */
function Quoted({ v, parts }: { v: Voice; parts: readonly string[] }) {
  const [before, after] = v.say("quote", { text: "\u0000" }).split("\u0000");
  return <>{before}{parts.map((t, i) => (i % 2 ? <mark key={i}>{t}</mark> : i === 0 && t.length > lead ? `…${t.slice(-lead).replace(/^\S*/, "")}` : t))}{after}</>;
}

function Result({ v, hit, words, chosen, open }: { v: Voice; hit: Hit; words: readonly string[]; chosen: boolean; open: (id: string, at?: number) => void }) {
  const s = hit.sum;
  const name = nameOf(s) || v.say("unknown");
  const what = plain(s.intent ?? "") || known(v.say, "ch_", s.channel);
  return (
    <li><a href={`/board?view=history&call=${encodeURIComponent(s.id)}`} aria-current={chosen ? "true" : undefined} onClick={(e) => { e.preventDefault(); open(s.id, s.match && s.match.offset_ms / 1000); }}>
      <b><Marked text={name} words={words} /></b><time>{date(v, Date.parse(s.start))}</time>
      <span class="x">{s.match ? <Quoted v={v} parts={s.match.parts} /> : <Marked text={[what, s.agent].filter(Boolean).join(" · ")} words={words} />}</span>
      <span class={`tag ${s.end ? toneOf(s) : ""}`}>{known(v.say, "o_", s.end ? (s.outcome ?? "open") : "open")}</span>
    </a></li>
  );
}

interface Hits {
  list?: readonly Hit[];
  next?: string | undefined;
  indexing?: { left: number; of: number } | undefined;
  failed: boolean;
  more: () => void;
  again: () => void;
}

/** useHits asks for what the field says, a moment after it was typed. While old conversations are still being
 * indexed, or nothing was found yet, it looks again by itself. */
function useHits(source: Source, q: Query): Hits {
  const [found, setFound] = useState<{ list: readonly Hit[]; next?: string | undefined; indexing?: Found["indexing"] } | undefined>(undefined);
  const [failed, setFailed] = useState(false);
  const [tries, again] = useState(0);
  const asked = useRef(new AbortController());
  const take = (f: Found, before: readonly Hit[]) => setFound({ list: [...before, ...f.conversations.map((sum) => ({ sum }))], next: f.next, indexing: f.indexing });
  useEffect(() => {
    const stop = asked.current = new AbortController();
    let later: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      source.find(q, undefined, stop.signal).then((f) => {
        if (stop.signal.aborted) return;
        setFailed(false);
        take(f, []);
        if (f.indexing || (q.text && f.conversations.length === 0)) later = setTimeout(look, 3000);
      }, () => { if (!stop.signal.aborted) setFailed(true); });
    };
    const wait = setTimeout(look, found ? 250 : 0);
    return () => { clearTimeout(wait); clearTimeout(later); stop.abort(); };
  }, [source, JSON.stringify(q), tries]);
  const more = () => {
    const { signal } = asked.current, was = found;
    if (was?.next) source.find(q, was.next, signal).then((f) => { if (!signal.aborted) take(f, was.list); }, () => { if (!signal.aborted) setFailed(true); });
  };
  return { ...found, failed, more, again: () => { setFailed(false); again(tries + 1); } };
}

/** Said is the transcript with times; the line that is being heard is marked. */
function Said({ v, lines, at, zero, go, words }: { v: Voice; lines: readonly TranscriptLine[]; at: number; zero: number; go: (at: number) => void; words: readonly string[] }) {
  const box = useRef<HTMLOListElement>(null);
  const now = lines.reduce((n, l, i) => (l.offset_ms / 1000 - zero <= at + 0.05 ? i : n), -1);
  useEffect(() => {
    const li = box.current?.querySelector<HTMLElement>(".now"), b = box.current?.parentElement;
    if (li && b && at > 0 && (li.offsetTop < b.scrollTop || li.offsetTop + li.offsetHeight > b.scrollTop + b.clientHeight)) b.scrollTop = li.offsetTop - b.clientHeight / 3;
  }, [now]);
  return (
    <div class="hlog" role="log" aria-live="off" aria-label={v.say("log")} tabIndex={0}>
      <ol ref={box}>
        {lines.map((l, i) => (l.who === "note" ? <li class="ev" key={l.seq}><Icon name="forward" />{l.text}</li> : (
          <li key={l.seq} class={`t ${l.who}${i === now && at > 0 ? " now" : ""}`} aria-current={i === now && at > 0 ? "true" : undefined}>
            <button type="button" class="at num" aria-label={v.say("place_go", { at: timer(l.offset_ms / 1000) })} onClick={() => go(Math.max(0, l.offset_ms / 1000 - zero))}>{timer(l.offset_ms / 1000)}</button>
            <span class="sp">{l.name ?? (l.who === "caller" ? v.say("who_caller") : l.who === "bot" ? v.say("w_bot") : v.say("w_agent"))}</span>
            <p onClick={() => { if (!getSelection()?.toString()) go(Math.max(0, l.offset_ms / 1000 - zero)); }}><Marked text={l.text} words={words} />{l.unheard && <> <del>{l.unheard}</del> <span class="cut">{v.say("cut")}</span></>}</p>
          </li>
        )))}
      </ol>
    </div>
  );
}

function Detail({ v, source, id, t, may, words, close }: { v: Voice; source: Source; id: string; t: number; may: readonly string[]; words: readonly string[]; close: () => void }) {
  const { say } = v;
  const [c, setC] = useState<Conversation | undefined>(undefined);
  const [wrong, setWrong] = useState<"" | "h_gone" | "h_failed">("");
  const [tries, again] = useState(0);
  const [at, setAt] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    setC(undefined);
    setWrong("");
    source.one(id, v.lang, stop.signal).then((x) => { setC(x); }, (e: unknown) => { if (!stop.signal.aborted) setWrong(e instanceof Refused && e.status === 404 ? "h_gone" : "h_failed"); });
    return () => stop.abort();
  }, [id, v.lang, tries]);
  const zero = c ? soundBegins(c.events) : 0;
  useEffect(() => setAt(t), [id, t]);
  const lines = useMemo(() => c?.transcript.filter((l) => l.who !== "steps") ?? [], [c]);
  const moved = (to: number) => {
    setAt(to);
    const u = new URL(location.href);
    u.searchParams.set("t", String(Math.round(to)));
    history.replaceState(null, "", u);
  };
  if (!c) return <main id="main" class="hd" tabIndex={-1}><h1 class="sr">{say("history")}</h1><div class="hwait">{wrong ? <><p>{say(wrong)}</p><button type="button" class="btn small" onClick={() => again(tries + 1)}>{say("try_again")}</button></> : <p class="dim">{say("h_loading")}</p>}<button type="button" class="btn small only-phone" onClick={close}>{say("h_back")}</button></div></main>;
  const rated = c.events.find((e) => e.type === "rated");
  return (
    <main id="main" class="hd" tabIndex={-1}>
      <header>
        <button type="button" class="btn small only-phone" onClick={close}><Icon name="back" />{say("h_back")}</button>
        <div>
          <h1>{nameOf(c) || say("unknown")} <span class={`tag ${c.end ? toneOf(c) : ""}`}>{known(say, "o_", c.end ? (c.outcome ?? "open") : "open")}</span></h1>
          {c.intent && <p class="sum">{plain(c.intent)}{c.agent ? ` · ${c.agent}` : ""}</p>}
          <p class="tags">
            <span class="tag num">{new Intl.DateTimeFormat(v.lang === "fr" ? "fr-FR" : "en-GB", { weekday: "short", day: "numeric", month: "short" }).format(Date.parse(c.start))} {clock(v.lang, new Date(c.start))}</span>
            {c.end && <span class="tag num">{span((Date.parse(c.end) - Date.parse(c.start)) / 1000)}</span>}
            {rated?.type === "rated" && <span class="tag">{say("h_rated", { n: rated.body.score, of: rated.body.scale })}</span>}
            {(c.slots ?? []).filter((s) => s.confirmed).slice(0, 4).map((s) => <span class="tag" key={s.name}>{plain(s.name)} {s.shown}</span>)}
          </p>
        </div>
        {may.includes("conversations:export") && <p class="takes"><a class="btn small" href={api.vconAt(c.id, false)} download>{say("h_vcon")}</a><a class="btn small quiet" href={api.vconAt(c.id, true)} download>{say("h_vcon_signed")}</a></p>}
      </header>
      <Player v={v} c={c} may={may.includes("recordings:read")} at={at} go={moved} told={setAt} sentences={lines.map((l) => l.offset_ms / 1000 - zero).filter((x) => x >= 0)} sample={source.sample} />
      <Said v={v} lines={lines} at={at} zero={zero} go={moved} words={words} />
    </main>
  );
}

export interface HistoryProps {
  v: Voice;
  source: Source;
  /** may are the permissions of who looks. */
  may: readonly string[];
  /** what the address says: the field, the conversation, the second. */
  q: string;
  call: string;
  t: number;
}

export function History({ v, source, may, q, call, t }: HistoryProps) {
  const { say } = v;
  const [text, setText] = useState(q);
  const [open, setOpen] = useState({ id: call, t });
  const field = useRef<HTMLInputElement>(null);
  const query = useMemo(() => parse(text), [text]);
  const { list: hits, next, indexing, failed, more, again } = useHits(source, query);
  const words = query.words;
  useEffect(() => {
    const u = new URL(location.href);
    for (const [k, x] of [["q", text], ["call", open.id], ["t", open.t ? String(Math.round(open.t)) : ""]] as const) if (x) u.searchParams.set(k, x); else u.searchParams.delete(k);
    history.replaceState(null, "", u);
  }, [text, open]);
  useEffect(() => { document.title = `${say("history")} · Décroche`; }, [v]);
  useEffect(() => bind(() => ({ "/": () => field.current?.focus(), Escape: () => { if (document.activeElement === field.current) field.current?.blur(); else setOpen({ id: "", t: 0 }); } })));
  const chip = (c: string) => { setText((x) => (x.split(/\s+/).includes(c) ? x.split(/\s+/).filter((w) => w !== c).join(" ") : `${x} ${c}`.trim())); };
  const chips = [say("chip_week"), say("chip_unresolved"), say("chip_callback"), say("chip_voice")];
  return (
    <div class={open.id ? "hcols one" : "hcols"}>
      <nav class="hl" aria-label={say("h_list")}>
        <form class="srch" role="search" onSubmit={(e) => e.preventDefault()}>
          <label class="sr" for="s">{say("h_search")}</label>
          <input id="s" ref={field} class="field" type="search" placeholder={say("h_hint")} value={text} autocomplete="off" spellcheck={false} onInput={(e) => setText(e.currentTarget.value)} />
          <div class="chips">{chips.map((c) => <button type="button" class="btn small" key={c} aria-pressed={text.split(/\s+/).includes(c)} onClick={() => chip(c)}>{c}</button>)}{text && <button type="button" class="btn small quiet" onClick={() => setText("")}>{say("h_clear")}</button>}</div>
          <p class="cap found"><span>{hits ? say(next ? "h_found_more" : "h_found", { n: hits.length }) : ""}{indexing && <> · {say("h_indexing", { done: indexing.of - indexing.left, of: indexing.of })}</>}</span>{!!hits?.length && may.includes("conversations:export") && <a class="btn small quiet" href={api.tableAt({ ...params(query), lang: v.lang })} download>{say("h_export")}</a>}</p>
        </form>
        {failed ? <div class="hwait"><p>{say("h_list_failed")}</p><button type="button" class="btn small" onClick={again}>{say("try_again")}</button></div>
          : !hits ? <div class="bars" role="img" aria-label={say("h_loading")}>{[1, 2, 3, 4, 5, 6].map((i) => <i key={i} />)}</div>
          : hits.length === 0 ? <div class="hwait"><p>{text.trim() ? say("h_nothing") : say("h_empty")}</p></div>
          : <ol>{hits.map((h) => <Result key={h.sum.id} v={v} hit={h} words={words} chosen={h.sum.id === open.id} open={(id, at) => setOpen({ id, t: at ?? 0 })} />)}
            {next && <li class="next"><button type="button" class="btn small" onClick={more}>{say("h_more")}</button></li>}</ol>}
      </nav>
      {open.id ? <Detail v={v} source={source} id={open.id} t={open.t} may={may} words={words} close={() => setOpen({ id: "", t: 0 })} /> : <main id="main" class="hd" tabIndex={-1}><div class="hwait"><h1>{say("history")}</h1><p class="dim">{say("h_choose")}</p></div></main>}
    </div>
  );
}
