// Below the calls: hand-offs as they happen, and queues as far as the gateway tells of them. Above: the
// figures of the day. A figure that is not known says why.
import { Icon } from "../shared/icons";
import { clock, number, span, timer } from "../shared/words";
import { plain, type Call } from "./calls";
import { Running } from "./list";
import type { Filter } from "./order";
import { known, type Voice } from "./say";
import type { State } from "./store";
import type { Colleague, Day } from "./events";
import { answered, midnight, tone, type Transfer } from "./transfers";
import { moment } from "./time";

const share = (v: Voice, x: number) => (v.lang === "fr" ? `${Math.round(100 * x)}\u202f%` : `${Math.round(100 * x)}%`);

function Figure({ name, value, sub, bad }: { name: string; value: string; sub: string; bad?: boolean | undefined }) {
  return <div class={bad ? "k bad" : "k"}><dt class="cap">{name}</dt><dd><b class="num">{value}</b> <span class="sub num">{sub}</span></dd></div>;
}

export function Figures({ v, s, counts }: { v: Voice; s: State; counts: Record<Filter, number> }) {
  const { say } = v;
  const loading = s.ready === "loading";
  const first = [...s.calls.values()].filter((c) => !c.over && c.with === "ringing").sort((a, b) => a.since - b.since)[0];
  const late = !!first && moment() - first.since > v.rules.waits_ms;
  const t = s.day?.total;
  const dash = "–";
  return (
    <section class="kpis" aria-label={say("figures")} tabIndex={0}>
      <dl>
        <div class="k first"><dt class="cap">{say("k_live")}</dt><dd><b class="num">{loading ? dash : counts.all}</b>
          <span class="split" aria-hidden="true">{(["bot", "queue", "agents"] as const).map((k) => counts[k] > 0 && <i key={k} class={k} style={{ flexGrow: counts[k] }} />)}</span>
          <span class="sub num">{loading ? dash : say("k_live_sub", { bot: counts.bot, queue: counts.queue, agents: counts.agents })}</span></dd></div>
        <div class={late ? "k bad" : "k"}><dt class="cap">{say("k_wait")}</dt><dd><b class="num">{first ? <Running since={first.since} till={s.link === "live" ? undefined : s.told} /> : dash}</b> <span class="sub">{loading ? dash : first ? `${first.skills ? plain(first.skills) + ", " : ""}${say("k_wait_goal", { goal: span(v.rules.waits_ms / 1000) })}` : say("k_wait_none")}</span></dd></div>
        <Figure name={say("k_level", { goal: span(v.rules.in_time_ms / 1000) })} value={t?.handoffs ? share(v, t.in_time / t.handoffs) : dash} sub={loading ? dash : !t ? say("k_unknown") : t.handoffs ? say("k_level_sub", { n: t.handoffs }) : say("k_level_none")} />
        <Figure name={say("k_resolved")} value={t?.ended ? share(v, t.resolved / t.ended) : dash} sub={loading ? dash : !t ? say("k_unknown") : t.ended ? say("k_resolved_sub", { auto: share(v, t.automated / t.ended), solved: share(v, t.resolution), back: t.repeated, n: t.ended }) : say("k_resolved_none")} />
        <Figure name={say("k_rated")} value={t?.ratings ? number(v.lang, t.satisfaction, 1) : dash} sub={loading ? dash : !t ? say("k_unknown") : t.ratings ? say("k_rated_sub", { n: t.ratings }) : say("k_rated_none")} />
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
        <ol aria-label={say("transfers")}>
          {list.slice(0, 30).map((t) => (
            <li key={`${t.conv}${t.seq}`}>
              <time>{clock(v.lang, new Date(t.at))}</time>
              <span>{known(say, "x_", t.reason)}</span>
              <span class="to"><Icon name="forward" /><span>{(v.wall ? "" : t.agent) || plain(t.skills) || say("w_agent")}</span></span>
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
          return <li key={name}><b>{plain(name) || say("q_any")}</b><span class={longest > v.rules.waits_ms / 1000 ? "bad num" : "num"}>{q.wait.length ? say("q_wait", { n: q.wait.length, time: timer(longest) }) : say("q_none")}</span><span class="num">{say("q_talk", { n: q.talk })}</span></li>;
        })}</ul>
      )}
    </section>
  );
}

/** Hours is the day hour by hour: a figure that nothing happened for is a dash. */
export function Hours({ v, day }: { v: Voice; day: Day | undefined }) {
  const { say } = v;
  if (!day?.hours.length) return null;
  const part = (n: number, of: number) => (of ? share(v, n / of) : "–");
  return (
    <section class="hours" aria-labelledby="hours">
      <h2 id="hours">{say("hours")}</h2>
      <table class="num">
        <thead><tr><th scope="col">{say("hr_hour")}</th><th scope="col">{say("hr_calls")}</th><th scope="col">{say("hr_resolved")}</th><th scope="col">{say("hr_auto")}</th><th scope="col">{say("hr_level", { goal: span(v.rules.in_time_ms / 1000) })}</th><th scope="col">{say("hr_rated")}</th></tr></thead>
        <tbody>{[...day.hours].reverse().map((h) => <tr key={h.start}><th scope="row">{clock(v.lang, new Date(h.start ?? 0))}</th><td>{h.conversations}</td><td>{part(h.resolved, h.ended)}</td><td>{part(h.automated, h.ended)}</td><td>{part(h.in_time, h.handoffs)}</td><td>{h.ratings ? number(v.lang, h.satisfaction, 1) : "–"}</td></tr>)}</tbody>
      </table>
    </section>
  );
}

const ranks = ["available", "on_call", "wrap_up", "break", "away", "offline"];

/** Crew is who can take callers: how they stand, since when, and why. */
export function Crew({ v, crew, till }: { v: Voice; crew: readonly Colleague[] | undefined; till: number | undefined }) {
  const { say } = v;
  const rank = (c: Colleague) => { const i = ranks.indexOf(c.status ?? ""); return i < 0 ? ranks.length : i; };
  const there = [...(crew ?? [])].sort((a, b) => rank(a) - rank(b) || ((a.title ?? "") < (b.title ?? "") ? -1 : 1));
  const gone = there.filter((c) => c.status === "offline").length;
  return (
    <section class="crew" aria-labelledby="crew">
      <h2 id="crew">{say("crew")} <span class="cap num">{crew && say("crew_sub", { n: there.filter((c) => c.free).length, of: there.length - gone })}</span></h2>
      {!crew ? <p class="dim">{say("k_unknown")}</p> : there.length === 0 ? <p class="dim">{say("crew_none")}</p> : (
        <ul>{there.map((c) => (
          <li key={c.name}><b>{v.wall ? say("w_agent") : c.title || c.name}</b>
            <span class={`st ${c.status ?? ""}`}>{known(say, "st_", c.status ?? "")}{c.reason && !v.wall ? `, ${c.reason}` : ""}{c.why === "missed" || c.why === "lost" ? `, ${say(`why_${c.why}`)}` : ""}</span>
            <span class="num">{c.since && Date.parse(c.since) > 0 ? <Running since={Date.parse(c.since)} till={till} /> : ""}</span></li>
        ))}</ul>
      )}
    </section>
  );
}
