// Below the calls: hand-offs as they happen, and the queues as the gateway tells them. Above: the
// figures of the day. A figure that is not known says why.
import { Icon } from "../shared/icons";
import { clock, number, span } from "../shared/words";
import { plain, type Call } from "./calls";
import { Running } from "./list";
import type { Filter } from "./order";
import { known, type Voice } from "./say";
import type { State } from "./store";
import type { Colleague, Day, Queue, Queues as Told } from "./events";
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
        <Figure name={say("k_resolved")} value={t?.ended ? share(v, t.resolved / t.ended) : dash} sub={loading ? dash : !t ? say("k_unknown") : t.ended ? say("k_resolved_sub", { auto: share(v, t.automated / t.ended), solved: share(v, t.resolution), left: t.unconfirmed, back: t.repeated, n: t.ended }) : say("k_resolved_none")} />
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

/** written counts who waits in writing, by the queue: they have a line of their own, of which calls know nothing. */
function written(calls: readonly Call[]): ReadonlyMap<string, number> {
  const by = new Map<string, number>();
  for (const c of calls) if (!c.over && c.with === "ringing" && c.channel !== "voice") by.set(c.skills, (by.get(c.skills) ?? 0) + 1);
  return by;
}

/** until says a moment: the hour today, with the day later. */
function until(v: Voice, at: string): string {
  const d = new Date(at);
  if (d.getTime() < midnight(moment()) + 86_400_000) return clock(v.lang, d);
  return `${new Intl.DateTimeFormat(v.lang === "fr" ? "fr-FR" : "en-GB", d.getTime() - moment() < 6 * 86_400_000 ? { weekday: "short" } : { day: "numeric", month: "short" }).format(d)} ${clock(v.lang, d)}`;
}

/** Queues are how each stands, as the gateway's own queues tell it: who waits and since when, how long it may take, who
 * could answer, the service level, and until when it is open. */
export function Queues({ v, now, calls, till }: { v: Voice; now: Told | undefined; calls: readonly Call[]; till: number | undefined }) {
  const { say } = v;
  const typed = written(calls);
  const names = new Set(now?.queues.map((q) => q.name));
  const others = [...typed].filter(([name]) => !names.has(name));
  const wrong = now?.configuration;
  return (
    <section class="qs" aria-labelledby="qs">
      <h2 id="qs">{say("queues")} <span class="cap">{say("queues_sub")}</span></h2>
      {wrong?.problem && <p class="banner warn"><Icon name="alert" /><span>{say("q_config")} <span class="why">{wrong.problem}</span></span></p>}
      {!wrong?.problem && !!wrong?.restart?.length && <p class="dim">{say("q_restart", { keys: wrong.restart.join(", ") })}</p>}
      {!now ? <p class="dim">{say("k_unknown")}</p> : now.queues.length + others.length === 0 ? <p class="dim">{say("queues_none")}</p> : (
        <ul>
          {now.queues.map((q) => <Line key={q.name} v={v} q={q} typed={typed.get(q.name) ?? 0} till={till} />)}
          {others.map(([name, n]) => <li key={name}><b>{plain(name) || say("q_any")}</b><span class="num wait">{say("q_typed", { n })}</span></li>)}
        </ul>
      )}
    </section>
  );
}

function Line({ v, q, typed, till }: { v: Voice; q: Queue; typed: number; till: number | undefined }) {
  const { say } = v;
  const since = q.since ? Date.parse(q.since) : 0;
  const late = q.waiting > 0 && (till ?? moment()) - since > q.in_time_s * 1000;
  return (
    <li class={q.open ? "" : "shut"}>
      <b>{plain(q.name) || say("q_any")}</b>
      <span class={late ? "bad num wait" : "num wait"}>{q.waiting > 0 ? <>{say("q_wait", { n: q.waiting })}, <Running since={since} till={till} /></> : say("q_none")}{typed > 0 && ` · ${say("q_typed", { n: typed })}`}</span>
      <span class="num">{q.estimate_s > 0 ? say("q_estimate", { time: span(q.estimate_s < 60 ? q.estimate_s : 60 * Math.ceil(q.estimate_s / 60)) }) : ""}</span>
      <span class="more num">
        <span class={q.agents_free + q.agents_busy === 0 ? "bad" : ""}>{say("q_free", { n: q.agents_free })} · {say("q_busy", { n: q.agents_busy })}{q.agents_away > 0 && ` · ${say("q_away", { n: q.agents_away })}`}</span>
        {q.service_level !== undefined && <span title={say("q_level_of", { n: q.answered + Object.values(q.left).reduce((a, b) => a + b, 0) })}>{say("q_level", { share: share(v, q.service_level), goal: span(q.in_time_s) })}</span>}
        {!q.open ? <span class="tag warn">{q.opens ? say("q_opens", { time: until(v, q.opens) }) : say("q_closed")}</span> : q.closes && Date.parse(q.closes) - moment() < 86_400_000 ? <span>{say("q_closes", { time: until(v, q.closes) })}</span> : null}
      </span>
    </li>
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
