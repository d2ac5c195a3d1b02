// The chosen call: why it was chosen, what is said, and what can be done about it.
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { Transcript } from "../shared/transcript";
import { clock } from "../shared/words";
import { phone, type Call } from "./calls";
import { partials, pruned, useGrowing, type Growing } from "./captions";
import type { Ev } from "./events";
import { Meanwhile, Running, Why } from "./list";
import { lineOf } from "./log";
import { shown } from "./risk";
import { because, known, place, who, type Voice } from "./say";

export interface PanelProps {
  v: Voice;
  call: Call | undefined;
  events: readonly Ev[];
  /** sample is what is being said in a demonstration, which has no stream. */
  sample?: readonly Growing[] | undefined;
  /** failed is true when the beginning could not be read. */
  failed: boolean;
  again: () => void;
  close: () => void;
  history: (id: string) => void;
  /** above stands before what is said, below after it. */
  above?: preact.ComponentChildren;
  below?: preact.ComponentChildren;
}

export function Panel({ v, call: c, events, sample, failed, again, close, history, above, below }: PanelProps) {
  const { say } = v;
  const [marked, setMarked] = useState(0);
  useEffect(() => setMarked(0), [c?.id]);
  const stream = useGrowing(c && !sample && c.channel === "voice" && !c.over ? c.id : ""), growing = sample ?? stream; // here, so that a word draws no list
  if (!c) return <aside class="panel" aria-label={say("panel")}><p class="dim">{say("panel_none")}</p></aside>;
  const first = shown(c.markers)[0];
  const name = who(v, c).split(" ")[0] ?? "";
  const lines = events.flatMap((e) => lineOf(v, e, c.start, c.name ? name : "", c.agent) ?? []);
  const now = c.over ? [] : partials(pruned(growing, new Set(events.map((e) => e.seq))), c.name ? name : "", c.agent);
  const show = (seq: number) => {
    const i = lines.findIndex((l) => l.id === `e${seq}`);
    document.querySelectorAll(".panel .tr li").forEach((li, k) => { li.classList.toggle("mark", k === i); if (k === i) li.scrollIntoView({ block: "center" }); });
    setMarked(seq);
  };
  const sub = [c.name ? phone(c.from) : "", place(v, c).text].filter(Boolean).join(" · ");
  return (
    <aside class="panel open" aria-label={say("panel")}>
      <div class="ph"><h2>{who(v, c)}</h2><span class="num"><Running since={c.start} till={c.over?.at} /></span><button type="button" class="btn small icon quiet x" aria-label={say("close")} onClick={close}><Icon name="close" /></button></div>
      <p class="pw"><Why v={v} c={c} /><Meanwhile v={v} c={c} />{first ? <span>{because(v, first, c)}</span> : <span>{sub}</span>}{first && first.seq > 0 && lines.some((l) => l.id === `e${first.seq}`) && <button type="button" aria-pressed={marked === first.seq} onClick={() => show(first.seq)}>{say("to_sentence")}</button>}</p>
      {c.over ? <div class="over"><p>{say("over_at", { time: clock(v.lang, new Date(c.over.at)), by: known(say, "by_", c.over.by), outcome: known(say, "o_", c.over.outcome) })}</p><button type="button" class="btn small" onClick={() => history(c.id)}>{say("over_history")}</button></div> : above}
      <Transcript lines={[...lines, ...now]} words={{ label: say("log"), who: { caller: say("who_caller"), bot: say("w_bot"), agent: say("w_agent") }, cut: say("cut"), perhaps: (readings) => say("perhaps", { readings }), news: (n) => say("news_lines", { n }) }}>
        {lines.length + now.length === 0 && !failed && <p class="dim">{say("log_empty")}</p>}
        {failed && <p class="dim">{say("log_failed")} <button type="button" class="btn small" onClick={again}>{say("try_again")}</button></p>}
      </Transcript>
      {!c.over && below}
    </aside>
  );
}
