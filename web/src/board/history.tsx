// Past conversations: one field, results with the words found, and one conversation with its sound.
import "./history.css";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { bind } from "../shared/keys";
import { clock, span, timer } from "../shared/words";
import { api, Refused, type Conversation, type TranscriptLine } from "./api";
import type { Summary } from "./events";
import { plain } from "./calls";
import { date, Player } from "./player";
import { known, type Voice } from "./say";
import { csv, match, nameOf, parse, split, type Hit } from "./search";
import { soundBegins } from "./wave";

const most = 2000; // records
const reads = 200; // transcripts that are read for words, the newest first
const shows = 300;

/** Where the history comes from: the gateway, or a demonstration. */
export interface Source {
  list(tell: (all: Summary[]) => void): Promise<void>;
  one(id: string, lang: string, signal?: AbortSignal): Promise<Conversation>;
  sample?: [number[], number[]];
}

export const gateway: Source = {
  async list(tell) {
    const all: Summary[] = [];
    let page = await api.conversations({ limit: "500" });
    for (;;) {
      all.push(...page.conversations);
      tell([...all]);
      if (!page.next || all.length >= most) return;
      page = await api.more(page.next);
    }
  },
  one: (id, lang, signal) => api.conversation(id, lang, signal),
};

const toneOf = (s: Summary) => (s.outcome === "resolved" ? "ok" : s.outcome === "failed" || s.outcome === "abandoned" ? "danger" : s.outcome === "unanswered" ? "warn" : "accent");

function Marked({ text, words }: { text: string; words: readonly string[] }) {
  return <>{split(text, words).map((t, i) => (i % 2 ? <mark key={i}>{t}</mark> : t))}</>;
}

/** save gives a file to the browser. */
function save(name: string, type: string, text: string): void {
  const a = document.createElement("a");
  a.href = URL.createObjectURL(new Blob([text], { type }));
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 10_000);
}

function Result({ v, hit, words, chosen, open }: { v: Voice; hit: Hit; words: readonly string[]; chosen: boolean; open: (id: string, at?: number) => void }) {
  const s = hit.sum;
  const name = nameOf(s) || v.say("unknown");
  const what = plain(s.intent ?? "") || known(v.say, "ch_", s.channel);
  return (
    <li><a href={`/board?view=history&call=${encodeURIComponent(s.id)}`} aria-current={chosen ? "true" : undefined} onClick={(e) => { e.preventDefault(); open(s.id, hit.at); }}>
      <b><Marked text={name} words={words} /></b><time>{date(v, Date.parse(s.start))}</time>
      <span class="x">{hit.excerpt ? <><Marked text={v.say("quote", { text: hit.excerpt })} words={words} /></> : <Marked text={[what, s.agent].filter(Boolean).join(" · ")} words={words} />}</span>
      <span class={`tag ${s.end ? toneOf(s) : ""}`}>{known(v.say, "o_", s.end ? (s.outcome ?? "open") : "open")}</span>
    </a></li>
  );
}

/** useHits searches: at once in what records say of themselves, then in what was said, newest first. */
function useHits(source: Source, lang: string, all: readonly Summary[], text: string): { hits: Hit[]; read: number; of: number } {
  const told = useRef(new Map<string, Conversation>());
  const [read, setRead] = useState(0);
  const q = useMemo(() => parse(text), [text]);
  const wanted = useMemo(() => (q.words.length ? all.filter((s) => match(s, { ...q, words: [] })).slice(0, reads) : []), [all, q]);
  useEffect(() => {
    const stop = new AbortController();
    const left = wanted.filter((s) => !told.current.has(s.id));
    setRead(wanted.length - left.length);
    const next = async (): Promise<void> => {
      const s = left.shift();
      if (!s || stop.signal.aborted) return;
      try { told.current.set(s.id, await source.one(s.id, lang, stop.signal)); } catch { /* it is found by its record alone */ }
      if (!stop.signal.aborted) setRead((n) => n + 1);
      await next();
    };
    const wait = setTimeout(() => { for (let i = 0; i < 4; i++) void next(); }, 250);
    return () => { clearTimeout(wait); stop.abort(); };
  }, [wanted, lang]);
  const hits = useMemo(() => all.flatMap((s) => match(s, q, told.current.get(s.id)) ?? []), [all, q, read]);
  return { hits, read, of: wanted.length };
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

function Detail({ v, source, id, t, may, words, close }: { v: Voice; source: Source; id: string; t: number; may: boolean; words: readonly string[]; close: () => void }) {
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
  if (!c) return <main id="main" class="hd" tabIndex={-1}><div class="hwait">{wrong ? <><p>{say(wrong)}</p><button type="button" class="btn small" onClick={() => again(tries + 1)}>{say("try_again")}</button></> : <p class="dim">{say("h_loading")}</p>}<button type="button" class="btn small only-phone" onClick={close}>{say("h_back")}</button></div></main>;
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
      </header>
      <Player v={v} c={c} may={may} at={at} go={moved} told={setAt} sentences={lines.map((l) => l.offset_ms / 1000 - zero).filter((x) => x >= 0)} sample={source.sample} />
      <Said v={v} lines={lines} at={at} zero={zero} go={moved} words={words} />
    </main>
  );
}

export interface HistoryProps {
  v: Voice;
  source: Source;
  may: boolean;
  /** what the address says: the field, the conversation, the second. */
  q: string;
  call: string;
  t: number;
}

export function History({ v, source, may, q, call, t }: HistoryProps) {
  const { say } = v;
  const [all, setAll] = useState<readonly Summary[] | undefined>(undefined);
  const [failed, setFailed] = useState(false);
  const [tries, again] = useState(0);
  const [text, setText] = useState(q);
  const [open, setOpen] = useState({ id: call, t });
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    let over = false;
    setFailed(false);
    source.list((a) => { if (!over) setAll(a); }).catch(() => { if (!over) setFailed(true); });
    return () => { over = true; };
  }, [tries]);
  const { hits, read, of } = useHits(source, v.lang, all ?? [], text);
  const words = useMemo(() => parse(text).words, [text]);
  useEffect(() => {
    const u = new URL(location.href);
    for (const [k, x] of [["q", text], ["call", open.id], ["t", open.t ? String(Math.round(open.t)) : ""]] as const) if (x) u.searchParams.set(k, x); else u.searchParams.delete(k);
    history.replaceState(null, "", u);
  }, [text, open]);
  useEffect(() => { document.title = `${say("history")} · Décroche`; }, [v]);
  useEffect(() => bind(() => ({ "/": () => field.current?.focus(), Escape: () => { if (document.activeElement === field.current) field.current?.blur(); else setOpen({ id: "", t: 0 }); } })));
  const chip = (c: string) => { setText((x) => (x.split(/\s+/).includes(c) ? x.split(/\s+/).filter((w) => w !== c).join(" ") : `${x} ${c}`.trim())); };
  const chips = [say("chip_week"), say("chip_unresolved"), say("chip_callback"), say("chip_voice")];
  const exported = () => save("decroche.csv", "text/csv;charset=utf-8", csv(say("csv_head").split("|"), hits.map(({ sum: s }) => [s.id, s.start, s.end ?? "", s.channel, s.from, s.bot, s.lang, s.intent ?? "", s.outcome ?? "", s.ended_by ?? "", s.transfer ?? "", s.agent ?? "", s.turns])));
  return (
    <div class={open.id ? "hcols one" : "hcols"}>
      <nav class="hl" aria-label={say("h_list")}>
        <form class="srch" role="search" onSubmit={(e) => e.preventDefault()}>
          <label class="sr" for="s">{say("h_search")}</label>
          <input id="s" ref={field} class="field" type="search" placeholder={say("h_hint")} value={text} autocomplete="off" spellcheck={false} onInput={(e) => setText(e.currentTarget.value)} />
          <div class="chips">{chips.map((c) => <button type="button" class="btn small" key={c} aria-pressed={text.split(/\s+/).includes(c)} onClick={() => chip(c)}>{c}</button>)}{text && <button type="button" class="btn small quiet" onClick={() => setText("")}>{say("h_clear")}</button>}</div>
          <p class="cap found"><span>{all ? say("h_found", { n: hits.length }) : ""}{of > read && <> · {say("h_reading", { read, of })}</>}</span>{hits.length > 0 && <button type="button" class="btn small quiet" onClick={exported}>{say("h_export")}</button>}</p>
        </form>
        {failed ? <div class="hwait"><p>{say("h_list_failed")}</p><button type="button" class="btn small" onClick={() => again(tries + 1)}>{say("try_again")}</button></div>
          : !all ? <div class="bars" role="img" aria-label={say("h_loading")}>{[1, 2, 3, 4, 5, 6].map((i) => <i key={i} />)}</div>
          : hits.length === 0 ? <div class="hwait"><p>{all.length === 0 ? say("h_empty") : of > read ? say("h_reading", { read, of }) : say("h_nothing")}</p></div>
          : <ol>{hits.slice(0, shows).map((h) => <Result key={h.sum.id} v={v} hit={h} words={words} chosen={h.sum.id === open.id} open={(id, at) => setOpen({ id, t: at ?? 0 })} />)}</ol>}
        {hits.length > shows && <p class="cap hidden">{say("h_more", { n: hits.length - shows })}</p>}
      </nav>
      {open.id ? <Detail v={v} source={source} id={open.id} t={open.t} may={may} words={words} close={() => setOpen({ id: "", t: 0 })} /> : <main id="main" class="hd" tabIndex={-1}><div class="hwait"><h1>{say("history")}</h1><p class="dim">{say("h_choose")}</p></div></main>}
    </div>
  );
}
