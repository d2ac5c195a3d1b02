// The calls as a real table: who, where, last words, for how long, and the reason to look.
import { Component } from "preact";
import { useEffect, useLayoutEffect, useReducer, useRef } from "preact/hooks";
import { Icon, type IconName } from "../shared/icons";
import { timer } from "../shared/words";
import { phone, plain, type Call } from "./calls";
import { filters, type Filter, type Rows } from "./order";
import { isRed, level, shown, type Rule } from "./risk";
import { marker, meanwhile, place, who, type Voice } from "./say";
import { moment } from "./time";

const icons: Record<Rule, IconName> = { human: "person", waits: "clock", loop: "loop", anger: "alert", mute: "bot", transfers: "forward", misses: "alert", silence: "alert", unsure: "alert", long: "clock", again: "back" };

const clocks = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | undefined;

/** each runs f twice a second, with one timer for all. */
function each(f: () => void): () => void {
  clocks.add(f);
  ticking ??= setInterval(() => { for (const g of clocks) g(); }, 500);
  return () => {
    clocks.delete(f);
    if (clocks.size === 0) { clearInterval(ticking); ticking = undefined; }
  };
}

/** Running shows a running time and changes by itself, so that a second draws no table anew. */
export function Running({ since, till }: { since: number; till?: number | undefined }) {
  const box = useRef<HTMLTimeElement>(null);
  useLayoutEffect(() => {
    const draw = () => { const t = timer(((till ?? moment()) - since) / 1000); if (box.current && box.current.textContent !== t) box.current.textContent = t; };
    draw();
    return till ? undefined : each(draw);
  }, [since, till]);
  return <time ref={box} />;
}

export function Why({ v, c }: { v: Voice; c: Call }) {
  const [first, ...more] = shown(c.markers);
  if (!first) return null;
  return (
    <>
      <span class={`tag appear ${isRed(first.rule) ? "danger" : "warn"}`}><Icon name={icons[first.rule]} />{marker(v, first)}</span>
      {more.length > 0 && <span class="more" title={more.map((m) => marker(v, m)).join(", ")}><span aria-hidden="true">{v.say("plus", { n: more.length })}</span><span class="sr"> {v.say("plus_say", { n: more.length, reasons: more.map((m) => marker(v, m)).join(", ") })}</span></span>}
    </>
  );
}

/** Meanwhile says what the agent does with the caller beside talking. */
export function Meanwhile({ v, c }: { v: Voice; c: Call }) {
  const tags = meanwhile(v, c);
  return tags.length ? <span class="doing">{tags.map((t) => <span class="tag" key={t}>{t}</span>)}</span> : null;
}

interface RowProps {
  c: Call;
  v: Voice;
  chosen: boolean;
  at: boolean;
  tall: boolean;
  frozenAt: number | undefined;
  open: (id: string) => void;
}

/** Row is drawn again only when its call has changed. */
class Row extends Component<RowProps> {
  override shouldComponentUpdate(n: RowProps): boolean {
    const p = this.props;
    return n.c !== p.c || n.v !== p.v || n.chosen !== p.chosen || n.at !== p.at || n.tall !== p.tall || n.frozenAt !== p.frozenAt;
  }
  override render({ c, v, chosen, at, tall, open }: RowProps) {
    const l = level(c.markers), p = place(v, c);
    const number = v.wall ? "" : c.name ? phone(c.from) : phone(c.from) ? "" : v.say("no_number");
    const kind = (tall ? "tall" : "low") + (c.over ? " gone" : l === "red" ? " hi" : l === "amber" ? " mid" : "");
    return (
      <tr class={kind + (chosen ? " sel" : "")} data-id={c.id} onClick={() => open(c.id)}>
        <td class="why"><Why v={v} c={c} /></td>
        <td class="who"><button type="button" class="open" tabIndex={at ? 0 : -1} aria-current={chosen ? "true" : undefined} onClick={(e) => { e.stopPropagation(); open(c.id); }}>{who(v, c)}</button>{number && <span class="num">{number}</span>}</td>
        <td class="where"><span class={`st ${p.tone}`}><Icon name={p.tone === "bot" ? "bot" : p.tone === "agent" ? "person" : "pause"} />{p.text}</span><span class="step">{c.with === "ringing" ? <>{v.say("waits", { time: "" })}<Running since={c.since} till={c.over?.at} /></> : plain(c.with === "agent" ? c.intent : c.step || c.intent)}</span><Meanwhile v={v} c={c} /></td>
        <td class="say">{v.wall ? "" : c.heard ? v.say("quote", { text: c.heard }) : <span class="dim">{v.say("nothing_heard")}</span>}</td>
        <td class="r num"><Running since={c.start} till={c.over?.at ?? this.props.frozenAt} /></td>
      </tr>
    );
  }
}

export function Filters({ v, now, counts, choose }: { v: Voice; now: Filter; counts: Record<Filter, number>; choose: (f: Filter) => void }) {
  return (
    <div class="seg" role="group" aria-label={v.say("filter")}>
      {filters.map((f) => <button type="button" key={f} aria-pressed={f === now} onClick={() => choose(f)}>{v.say(`f_${f}`)} <b class="num">{counts[f]}</b></button>)}
    </div>
  );
}

const first = 30, step = 30; // rows that one frame draws anew

/** growing is how many of so many rows are drawn: when another list is looked at, those that are seen first, the rest
 * frame by frame. A key or a click must not wait for two hundred rows that nobody sees yet; a moment later all
 * are there, for find-in-page and screen readers. */
function growing(look: string, of: number): number {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  const now = useRef({ look, n: first });
  if (now.current.look !== look) now.current = { look, n: first };
  const n = now.current.n;
  useEffect(() => {
    if (n >= of) return;
    const id = setTimeout(() => { now.current = { look, n: n + step }; draw(0); }, 0);
    return () => clearTimeout(id);
  }, [look, n, n >= of]);
  return n;
}

export interface ListProps {
  /** look changes when another list is looked at: another filter, other words. */
  look: string;
  v: Voice;
  calls: ReadonlyMap<string, Call>;
  rows: Rows;
  chosen: string;
  cursor: string;
  frozenAt: number | undefined;
  open: (id: string) => void;
  hold: (by: "pointer" | "focus", yes: boolean) => void;
}

export function List({ look, v, calls, rows, chosen, cursor, frozenAt, open, hold }: ListProps) {
  const most = growing(look, rows.risk.length + rows.calm.length);
  const row = (tall: boolean) => (id: string) => {
    const c = calls.get(id);
    return c && <Row key={id} c={c} v={v} chosen={id === chosen} at={id === cursor} tall={tall} frozenAt={frozenAt} open={open} />;
  };
  return (
    <div class="scroll" onPointerEnter={(e) => { if (e.pointerType === "mouse") hold("pointer", true); }} onPointerLeave={() => hold("pointer", false)}
      onFocusIn={() => hold("focus", true)} onFocusOut={(e) => { if (!(e.currentTarget as HTMLElement).contains(e.relatedTarget as Node | null)) hold("focus", false); }}>
      <table aria-label={v.say("list")}>
        <thead><tr><th scope="col">{v.say("c_risk")}</th><th scope="col">{v.say("c_who")}</th><th scope="col">{v.say("c_where")}</th><th scope="col">{v.say("c_words")}</th><th scope="col" class="r">{v.say("c_time")}</th></tr></thead>
        {rows.risk.length > 0 && <tbody>{rows.risk.slice(0, most).map(row(true))}</tbody>}
        {rows.calm.length > 0 && (
          <tbody>
            {rows.risk.length > 0 && <tr class="head"><th colSpan={5} scope="colgroup">{v.say("calm")}</th></tr>}
            {rows.calm.slice(0, Math.max(0, most - rows.risk.length)).map(row(false))}
          </tbody>
        )}
      </table>
      {rows.hidden > 0 && <p class="hidden cap">{v.say("hidden", { n: rows.hidden })}</p>}
    </div>
  );
}
