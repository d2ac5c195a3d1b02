// Below the calls: hand-offs as they happen, and queues as far as the gateway tells of them. Above: the
// figures of the day. A figure that is not known says why.
import { Icon } from "../shared/icons";
import { clock, number, span, timer } from "../shared/words";
import { plain, type Call } from "./calls";
import { Running } from "./list";
import type { Filter } from "./order";
import { limits } from "./risk";
import { known, type Voice } from "./say";
import type { State } from "./store";
import { answered, midnight, serviceLevel, tone, type Transfer } from "./transfers";
import { moment } from "./time";

const share = (v: Voice, x: number) => (v.lang === "fr" ? `${Math.round(100 * x)}\u202f%` : `${Math.round(100 * x)}%`);

function Figure({ name, value, sub, bad }: { name: string; value: string; sub: string; bad?: boolean | undefined }) {
  return <div class={bad ? "k bad" : "k"}><dt class="cap">{name}</dt><dd><b class="num">{value}</b> <span class="sub num">{sub}</span></dd></div>;
}

export function Figures({ v, s, counts }: { v: Voice; s: State; counts: Record<Filter, number> }) {
  const { say } = v;
  const loading = s.ready === "loading";
  const first = [...s.calls.values()].filter((c) => !c.over && c.with === "ringing").sort((a, b) => a.since - b.since)[0];
  const late = !!first && moment() - first.since > limits.waits;
  const lvl = serviceLevel(s.transfers, midnight(moment()));
  const f = s.figures, at = clock(v.lang, new Date(s.opened));
  const dash = "–";
  return (
    <section class="kpis" aria-label={say("figures")} tabIndex={0}>
      <dl>
        <div class="k first"><dt class="cap">{say("k_live")}</dt><dd><b class="num">{loading ? dash : counts.all}</b>
          <span class="split" aria-hidden="true">{(["bot", "queue", "agents"] as const).map((k) => counts[k] > 0 && <i key={k} class={k} style={{ flexGrow: counts[k] }} />)}</span>
          <span class="sub num">{loading ? dash : say("k_live_sub", { bot: counts.bot, queue: counts.queue, agents: counts.agents })}</span></dd></div>
        <div class={late ? "k bad" : "k"}><dt class="cap">{say("k_wait")}</dt><dd><b class="num">{first ? <Running since={first.since} till={s.link === "live" ? undefined : s.told} /> : dash}</b> <span class="sub">{loading ? dash : first ? `${first.skills ? plain(first.skills) + ", " : ""}${say("k_wait_goal", { goal: span(limits.waits / 1000) })}` : say("k_wait_none")}</span></dd></div>
        <Figure name={say("k_level")} value={lvl ? share(v, lvl.share) : dash} sub={loading ? dash : lvl ? say("k_level_sub", { n: lvl.of }) : f ? say("k_level_none") : say("k_unknown")} />
        <Figure name={say("k_resolved")} value={f?.ended ? share(v, f.resolved / f.ended) : dash} sub={loading ? dash : !f ? say("k_unknown") : f.ended ? say("k_resolved_sub", { auto: share(v, f.auto / f.ended), n: f.ended }) : say("k_resolved_none")} />
        <Figure name={say("k_rated")} value={s.ratings.n ? number(v.lang, s.ratings.sum / s.ratings.n, 1) : dash} sub={loading ? dash : s.ratings.n ? say("k_rated_sub", { n: s.ratings.n, time: at }) : say("k_rated_none", { time: at })} />
      </dl>
    </section>
  );
}

/** outcome says how a hand-off stands. */
export function outcome(v: Voice, t: Transfer): string {
  const agent = v.wall ? v.say("w_agent") : t.agent;
  if (t.state === "rings") return v.say("x_rings", { agent, time: span((moment() - t.since) / 1000) });
  if (answered(t)) return v.say("x_talks", { time: span(t.waited / 1000) });
  return known(v.say, "x_", t.state);
}

export function Transfers({ v, list }: { v: Voice; list: readonly Transfer[] }) {
  const { say } = v;
  const today = list.filter((t) => t.at >= midnight(moment()));
  return (
    <section class="xfer" aria-labelledby="xfer">
      <h2 id="xfer">{say("transfers")} <span class="cap num">{today.length > 0 && say("transfers_sub", { n: today.filter(answered).length, of: today.length })}</span></h2>
      {list.length === 0 ? <p class="dim">{say("transfers_none")}</p> : (
        <ol tabIndex={0} aria-label={say("transfers")}>
          {list.slice(0, 30).map((t) => (
            <li key={`${t.conv}${t.seq}`}>
              <time>{clock(v.lang, new Date(t.at))}</time>
              <span>{known(say, "x_", t.reason)}</span>
              <span class="to"><Icon name="forward" />{(v.wall ? "" : t.agent) || plain(t.skills) || say("w_agent")}</span>
              <span class={`tag ${tone(t)}`}>{answered(t) && <Icon name="check" />}{outcome(v, t)}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

export function Queues({ v, calls }: { v: Voice; calls: readonly Call[] }) {
  const { say } = v;
  const by = new Map<string, { wait: Call[]; talk: number }>();
  for (const c of calls) {
    if (c.over || (c.with !== "ringing" && c.with !== "agent")) continue;
    const q = by.get(c.skills) ?? { wait: [], talk: 0 };
    if (c.with === "ringing") q.wait.push(c);
    else q.talk++;
    by.set(c.skills, q);
  }
  const rows = [...by].sort((a, b) => b[1].wait.length - a[1].wait.length || (a[0] < b[0] ? -1 : 1));
  return (
    <section class="qs" aria-labelledby="qs">
      <h2 id="qs">{say("queues")} <span class="cap">{say("queues_sub")}</span></h2>
      {rows.length === 0 ? <p class="dim">{say("queues_none")}</p> : (
        <ul>{rows.map(([name, q]) => {
          const longest = q.wait.length ? (moment() - Math.min(...q.wait.map((c) => c.since))) / 1000 : 0;
          return <li key={name}><b>{plain(name) || say("q_any")}</b><span class={longest > limits.waits / 1000 ? "bad num" : "num"}>{q.wait.length ? say("q_wait", { n: q.wait.length, time: timer(longest) }) : say("q_none")}</span><span class="num">{say("q_talk", { n: q.talk })}</span></li>;
        })}</ul>
      )}
      <p class="cap">{say("q_presence")}</p>
    </section>
  );
}
