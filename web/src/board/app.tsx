// The supervisors' board: calls at risk first, one call read closely, hand-offs, queues, figures.
import { Component } from "preact";
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { bind } from "../shared/keys";
import type { Announcer } from "../shared/announce";
import { clock, initials } from "../shared/words";
import type { Growing } from "./captions";
import type { Ev } from "./events";
import { Crew, Figures, Hours, Queues, Transfers } from "./foot";
import { Filters, List } from "./list";
import { arrange, counts, filters, sorted, type Filter, type Rows } from "./order";
import { Letters } from "./letters";
import { letters } from "./live";
import type { Acts, ActState } from "./acts";
import { Hint, Ladder, press, Takes, type Sheet } from "./controls";
import { Panel } from "./panel";
import { known, marker, who, type Voice } from "./say";
import type { Board, State } from "./store";
import { shown } from "./risk";

export function useBoard(board: Board): State {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => board.watch(() => draw(0)), [board]);
  return board.state;
}

/** alarms says red calls, one in ten seconds at most; more of them are a number. */
function alarms(v: Voice, board: Board, say: (t: string) => void): () => void {
  let last = 0, waiting = 0, timer: ReturnType<typeof setTimeout> | undefined;
  board.alarm = (c) => {
    const wait = last + 10_000 - Date.now();
    if (wait <= 0 && !timer) {
      last = Date.now();
      const m = shown(c.markers)[0];
      if (m) say(v.say("alarm", { who: who(v, c), why: marker(v, m) }));
      return;
    }
    waiting++;
    timer ??= setTimeout(() => { timer = undefined; last = Date.now(); say(v.say("alarms", { n: waiting })); waiting = 0; }, wait);
  };
  return () => { clearTimeout(timer); board.alarm = () => {}; };
}

export interface LiveProps {
  v: Voice;
  board: Board;
  announce: Announcer;
  chosen: string;
  choose: (id: string) => void;
  events: readonly Ev[];
  /** sample is what is being said in the chosen call of a demonstration. */
  sample: readonly Growing[] | undefined;
  failed: boolean;
  again: () => void;
  history: (id: string) => void;
  acts: Acts;
}

function useActs(acts: Acts): ActState {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => acts.watch(() => draw(0)), [acts]);
  return acts.state;
}

export function LiveView({ v, board, announce, chosen, choose, events, sample, failed, again, history, acts }: LiveProps) {
  const { say } = v;
  const s = useBoard(board);
  const a = useActs(acts);
  const [sheet, setSheet] = useState<Sheet>("");
  const [filter, setFilter] = useState<Filter>("all");
  const [words, setWords] = useState("");
  const [cursor, setCursor] = useState("");
  const held = useRef({ pointer: false, focus: false });
  const [frozen, setFrozen] = useState(false);
  const was = useRef<Rows | undefined>(undefined);
  const field = useRef<HTMLInputElement>(null);
  const calls = useMemo(() => [...s.calls.values()], [s.calls]);
  const n = useMemo(() => counts(calls), [calls]);
  const rows = useMemo(() => (was.current = arrange(was.current, sorted(calls, filter, words), frozen)), [calls, filter, words, frozen]);
  const hold = useCallback((by: "pointer" | "focus", yes: boolean) => { held.current[by] = yes; setFrozen(held.current.pointer || held.current.focus); }, []);
  const look = (f: Filter) => { was.current = undefined; setFilter(f); };
  const fresh = () => { was.current = undefined; setFrozen(false); requestAnimationFrame(() => setFrozen(held.current.pointer || held.current.focus)); };
  const open = useCallback((id: string) => { setCursor(id); choose(id); }, [choose]);

  useEffect(() => alarms(v, board, announce.status), [v, board]);
  useEffect(() => { document.title = n.risk ? say("title_risk", { n: n.risk }) : say("title"); }, [n.risk, v]);
  const ids = [...rows.risk, ...rows.calm];
  const at = cursor && ids.includes(cursor) ? cursor : ids[0] ?? "";
  const move = (by: number) => {
    const i = ids.indexOf(document.activeElement?.closest("tr")?.dataset["id"] ?? "");
    const id = ids[Math.min(ids.length - 1, Math.max(0, i < 0 ? ids.indexOf(at) : i + by))];
    if (!id) return;
    setCursor(id);
    document.querySelector<HTMLElement>(`tr[data-id="${CSS.escape(id)}"] .open`)?.focus();
  };
  useEffect(() => { if (ids.length === 0) { held.current = { pointer: false, focus: false }; setFrozen(false); } }, [ids.length === 0]);
  const stale = s.ready === "ready" && (s.link !== "live" || !!s.expired);
  const call = s.calls.get(chosen);
  const control = call && { acts, s: a, call, me: s.me?.user ?? "", may: s.me?.permissions.includes("supervise") ?? false, lost: stale };
  const act = (name: Parameters<typeof press>[0], run: (id: string) => void) => () => { if (control && !call.over && press(name, control)) run(call.id); };
  useEffect(() => setSheet(""), [chosen]);
  useEffect(() => bind(() => ({
    e: () => { if (control) { if (a.ear?.conv === chosen) void acts.stop(); else act("listen", (id) => void acts.listen(id))(); } },
    a: act("whisper", (id) => void acts.heard("whisper", id)), i: act("join", (id) => void acts.heard("join", id)),
    b: act("hint", () => document.getElementById("hint")?.focus()), r: act("take", (id) => void acts.take(id)), "Shift+r": act("back", () => setSheet("back")),
    j: () => move(1), k: () => move(-1), "/": () => field.current?.focus(),
    Escape: () => { const f = document.activeElement as HTMLElement | null; if (f && /INPUT|TEXTAREA/.test(f.tagName)) f.blur(); else if (sheet) setSheet(""); else if (chosen) choose(""); },
    ...Object.fromEntries(filters.map((f, i) => [`Digit${i + 1}`, () => look(f)])),
  })));

  if (s.ready === "denied" || s.ready === "failed") return (
    <main id="main" class="blank"><h1>{say(s.ready === "denied" ? "denied" : "failed")}</h1><p class="dim">{s.ready === "denied" ? say("denied_next", { role: s.me?.role ?? "–" }) : say("failed_next")}</p>{s.ready === "denied" && <a class="btn" href="/login?next=/board">{say("sign_in")}</a>}</main>
  );
  return (
    <>
      {s.expired ? <section class="band" aria-label={say("link_offline")}><span role="alert">{say("expired")}</span> <a href="/login?next=/board">{say("sign_in")}</a></section> : stale && <section class="band" aria-label={say(`link_${s.link}`)}>{say("stale", { time: new Intl.DateTimeFormat(v.lang === "fr" ? "fr-FR" : "en-GB", { timeStyle: "medium" }).format(s.told) })}</section>}
      <Figures v={v} s={s} counts={n} />
      <div class="cols">
        <main id="main" class="main" tabIndex={-1}>
          <div class="bar"><h1>{say("calls")}</h1>
            <Filters v={v} now={filter} counts={n} choose={look} />
            <span class="gap" />
            <span class={frozen && ids.length > 0 ? "hold on" : "hold"}>{say("frozen")}</span>
            <input ref={field} class="field" type="search" aria-label={say("find")} placeholder={say("find")} value={words} onInput={(e) => { was.current = undefined; setWords(e.currentTarget.value); }} />
            {rows.news.risk + rows.news.calls > 0 && <button type="button" class={`btn small pill${rows.news.risk ? " danger" : ""}`} onClick={fresh}>{rows.news.risk ? say("news_risk", { n: rows.news.risk }) : say("news_calls", { n: rows.news.calls })}</button>}
          </div>
          {s.ready === "loading" ? <div class="bars" role="img" aria-label={say("loading")}>{[1, 2, 3, 4, 5, 6].map((i) => <i key={i} />)}</div>
            : ids.length > 0 ? <List look={`${filter} ${words}`} v={v} calls={s.calls} rows={rows} chosen={chosen} cursor={at} frozenAt={stale ? s.told : undefined} open={open} hold={hold} />
            : n.all === 0 ? <div class="blank"><p>{s.last ? say("empty_last", { time: clock(v.lang, new Date(s.last.at)), outcome: known(say, "o_", s.last.outcome) }) : say("empty")}</p></div>
            : <div class="blank"><p>{say("empty_filter")}</p><button type="button" class="btn small" onClick={() => { setWords(""); look("all"); }}>{say("all_again")}</button></div>}
          <Foot v={v} s={s} letters={() => void letters(board)} />
        </main>
        {!v.wall && <Panel v={v} call={call} events={events} sample={sample} failed={failed} again={again} close={() => choose("")} history={history}
          above={control && <Ladder v={v} {...control} />} below={control && <><Hint v={v} {...control} /><Takes v={v} {...control} sheet={sheet} setSheet={setSheet} /></>} />}
      </div>
    </>
  );
}

/** Foot is drawn anew only when something of it has changed: with 200 calls that is seldom, and a key must not wait
 * for it. */
class Foot extends Component<{ v: Voice; s: State; letters: () => void }> {
  override shouldComponentUpdate(n: { v: Voice; s: State }): boolean {
    const a = this.props.s, b = n.s;
    return n.v !== this.props.v || a.calls !== b.calls || a.transfers !== b.transfers || a.day !== b.day || a.crew !== b.crew || a.queues !== b.queues || a.letters !== b.letters || a.link !== b.link;
  }
  /** first: what could not be delivered asks for an act, and so stands above the queues; it stays there when it is done. */
  first = false;
  override render({ v, s, letters }: { v: Voice; s: State; letters: () => void }) {
    this.first ||= !v.wall && (s.letters?.given_up ?? 0) > 0;
    const told = <Letters key="letters" v={v} now={s.letters} may={s.me?.permissions.includes("deliveries:write") ?? false} again={letters} />;
    const till = s.link === "live" ? undefined : s.told;
    return <div class="foot"><div tabIndex={0} role="group" aria-label={v.say("transfers")}><Transfers v={v} list={s.transfers} /><Hours v={v} day={s.day} /></div><div class="side" tabIndex={0} role="group" aria-label={v.say("queues")}>{this.first && told}<Queues key="queues" v={v} now={s.queues} calls={[...s.calls.values()]} till={till} /><Crew key="crew" v={v} crew={s.crew} till={till} />{!this.first && told}</div></div>;
  }
}

/** View is what the board shows. */
export type View = "live" | "history" | "callbacks" | "audit";

/** Header is the same above the live board and the history. */
export function Header({ v, s, view, turn, theme, help }: { v: Voice; s: State; view: View; turn: () => void; theme: () => void; help: () => void }) {
  const { say } = v;
  const name = s.me?.name || s.me?.user || "";
  return (
    <header class="top">
      <a class="skip" href="#main">{say("skip")}</a>
      <span class="brand"><span class="mark"><Icon name="phone" large /></span><b>Décroche</b> <span class="where">{say("brand")}</span></span>
      <nav class="views" aria-label={say("views")}><a href="/board" aria-current={view === "live" ? "page" : undefined}>{say("live")}</a><a href="/board?view=history" aria-current={view === "history" ? "page" : undefined}>{say("history")}</a>{s.me?.permissions.includes("callbacks:read") && <a href="/board?view=callbacks" aria-current={view === "callbacks" ? "page" : undefined}>{say("callbacks")}</a>}{s.me?.permissions.includes("audit:read") && <a href="/board?view=audit" aria-current={view === "audit" ? "page" : undefined}>{say("audit")}</a>}{s.me?.permissions.includes("inbox:read") && <a href={`/inbox?lang=${v.lang}`}>{say("inbox")}</a>}</nav>
      <span class="gap" />
      <span class={s.link === "live" ? "link" : "link lost"}><span class="dot" /><span class="t">{say(`link_${s.link}`)}</span></span>
      <button type="button" class="btn small quiet langs" lang={v.lang === "fr" ? "en" : "fr"} onClick={turn}>{v.lang === "fr" ? "EN" : "FR"}<span class="sr"> {v.lang === "fr" ? "English" : "français"}</span></button>
      <button type="button" class="btn small quiet" aria-label={say("theme")} onClick={theme}><Icon name="theme" /></button>
      <button type="button" class="btn small quiet help" aria-label={say("keys")} onClick={help}>?</button>
      {name && <span class="ava" title={name}>{initials(name)}<span class="sr">{name}</span></span>}
    </header>
  );
}
