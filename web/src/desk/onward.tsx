// What happens to the caller next: passed on to somebody else, or given back to the bot; and the line
// that says so while it happens.
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { tone } from "../shared/sound";
import { span, timer } from "../shared/words";
import { longHold, obstacles } from "./state";
import { left, since } from "./presence";
import { label } from "./ring";
import type { Colleague, Offer, Steps, Target } from "./types";
import type { Words } from "./fr";
import { useDesk, useNow, useRoom } from "./ui";

/** Escape leaves a panel. */
const leaves = (close: () => void) => (e: KeyboardEvent) => { if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); close(); } };

/** doing is why a colleague cannot be rung now, in words: how long their call lasts, when they are free at
 * the latest. */
function doing(c: Colleague, say: Words, now: number, ahead: number): string {
  switch (c.status) {
    case "break": return c.reason ? say("break_because", { reason: c.reason }) : say("break");
    case "on_call": return say("pass_since", { status: say("on_call"), time: span(since(c.since, now, ahead)) });
    case "wrap_up": return `${say("wrap_up")}, ${say("left", { time: timer(left(c.until, now, ahead)) })}`;
    default: return say(c.status);
  }
}

/** briefing is what travels with the caller, in one line: who, why, what was noted, what is confirmed. */
export const briefing = (o: Offer | undefined): string => (!o ? "" : [o.who, o.why, ...o.facts, ...o.slots.filter((f) => f.confirmed && f.value).map((f) => `${label(f.name)} ${f.value}`)]
  .map((t) => t.replace(/\s+/g, " ").trim().replace(/[.\s]+$/, "")).filter(Boolean).map((t) => (/[!?]$/.test(t) ? t : t + ".")).join(" ").slice(0, 600));

/** PassOn chooses to whom the caller is passed on. Busy colleagues are shown, with the reason. */
export function PassOn({ close, bot }: { close: () => void; bot: () => void }) {
  const s = useDesk();
  const { desk, say } = useRoom();
  const [to, setTo] = useState("");
  const [number, setNumber] = useState("");
  const [why, setWhy] = useState("");
  const now = useNow();
  const [wait, setWait] = useState(0);
  const [before] = useState(() => briefing(s.brief));
  const [brief, setBrief] = useState(before);
  useEffect(() => void desk.wait().then(setWait), []);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const mates = s.team.filter((c) => c.name !== s.me?.user);
  const skills = [...new Set(mates.flatMap((c) => c.skills))].sort();
  const target = (): Target | undefined => {
    const [kind, name] = [to.slice(0, 1), to.slice(2)];
    return kind === "a" ? { agent: name } : kind === "s" ? { skills: [name] } : kind === "n" && number.trim() ? { number: number.trim() } : undefined;
  };
  const go = (warm: boolean) => { const t = target(); if (t) void desk.transfer(t, warm, why.trim(), brief === before ? undefined : brief.replace(/\s+/g, " ").trim()).then((ok) => { if (ok) close(); }); };
  const expected = (skill: string): string => {
    const free = mates.filter((c) => c.free && c.skills.includes(skill)).length;
    return free > 0 ? say("pass_free", { n: free }) : wait > 0 ? say("pass_wait", { time: span(wait) }) : say("pass_none");
  };
  const choice = (value: string, text: string, off = "", i = 1, told = off) => (
    <label class="pick" key={value}><input type="radio" name="to" ref={i === 0 ? first : null} checked={to === value} aria-disabled={!!off} onChange={() => { if (!off) setTo(value); }} /><span>{text}</span>{told && <span class="cap">{told}</span>}</label>
  );
  return (
    <form class="onward" aria-label={say("transfer")} onKeyDown={leaves(close)} onSubmit={(e) => { e.preventDefault(); go(true); }}>
      <fieldset><legend>{say("pass_to")}</legend>
        {mates.map((c, i) => choice("a:" + c.name, c.title, c.free ? "" : doing(c, say, now, s.ahead), i, c.free ? say("pass_is_free") : undefined))}
        {skills.map((k) => choice("s:" + k, say("pass_skill", { skill: k }), "", 1, expected(k)))}
        <div class="pick">{choice("n:", say("pass_number"), "", mates.length)}<input class="field" type="tel" autocomplete="off" aria-label={say("pass_number")} value={number} onFocus={() => setTo("n:")} onInput={(e) => setNumber(e.currentTarget.value)} /></div>
      </fieldset>
      <label>{say("pass_why")}<input class="field" maxLength={200} value={why} onInput={(e) => setWhy(e.currentTarget.value)} /></label>
      <label>{say("pass_briefing")}<textarea class="field" rows={2} maxLength={600} value={brief} onInput={(e) => setBrief(e.currentTarget.value)} /></label>
      <div class="row">
        <button type="submit" class="btn" aria-disabled={!target()}>{say("pass_warm")}</button>
        <button type="button" class="btn" aria-disabled={!target()} onClick={() => go(false)}>{say("pass_blind")}</button>
        <button type="button" class="btn quiet" onClick={bot}>{say("to_bot")}</button>
        <button type="button" class="btn quiet" onClick={close}>{say("close")}</button>
      </div>
    </form>
  );
}

/** Back gives the caller back to the bot: at which step, with which values. */
export function Back({ close }: { close: () => void }) {
  const s = useDesk();
  const { desk, say } = useRoom();
  const [steps, setSteps] = useState<Steps>();
  const [step, setStep] = useState("");
  const [slots, setSlots] = useState<Record<string, string>>({});
  const [did, setDid] = useState("");
  const list = useRef<HTMLSelectElement>(null);
  useEffect(() => { void desk.steps().then(setSteps); list.current?.focus(); }, []);
  const flows = [...new Set((steps?.steps ?? []).map((x) => x.flow))];
  return (
    <form class="onward" aria-label={say("to_bot")} onKeyDown={leaves(close)} onSubmit={(e) => { e.preventDefault(); void desk.handBack(step, slots, did.trim()).then((ok) => { if (ok) close(); }); }}>
      <label>{say("back_step")}<select class="field" ref={list} value={step} onChange={(e) => setStep(e.currentTarget.value)}>
        <option value="">{say("back_open")}</option>
        {flows.map((f) => <optgroup key={f} label={f}>{steps!.steps.filter((x) => x.flow === f).map((x) => <option key={x.step} value={x.step}>{x.title}</option>)}</optgroup>)}
      </select></label>
      {(steps?.slots ?? []).map((v) => <label key={v.name}>{v.title}<input class="field" readOnly={!v.open} value={slots[v.name] ?? v.value} onInput={(e) => setSlots({ ...slots, [v.name]: e.currentTarget.value })} />{!v.open && <span class="cap">{say("back_secret")}</span>}</label>)}
      <label>{say("back_did")}<input class="field" maxLength={120} value={did} placeholder={say("back_did_place")} aria-describedby="back-said" onInput={(e) => setDid(e.currentTarget.value)} /></label>
      <p class="cap" id="back-said">{say(did.trim() ? "back_says_did" : "back_says", { name: s.desk?.title ?? "", did: did.trim().replace(/[.!\s]+$/, "") })}</p>
      <div class="row"><button type="submit" class="btn">{say("to_bot")}</button><button type="button" class="btn quiet" onClick={close}>{say("close")}</button></div>
    </form>
  );
}

/** OnHold counts, and asks for the caller after longHold. */
function OnHold({ since: at, off }: { since: number | undefined; off: boolean }) {
  const s = useDesk();
  const { desk, say, announce } = useRoom();
  const now = useNow();
  const waits = at ? Math.max(0, Math.floor((now + s.ahead - at) / 1000)) : 0;
  const long = waits >= longHold;
  const who = s.brief?.who ?? say("caller");
  useEffect(() => {
    if (!long) return;
    announce.alert(say("held_long", { who, time: span(longHold) }));
    if (s.desk?.sound === s.tab) tone(0.04);
  }, [long]);
  return <p class={"handling" + (long ? " long" : "")}><Icon name={long ? "alert" : "clock"} /><span>{long ? say("held_long", { who, time: span(waits) }) : say("held")}{!long && at && <> <span class="num">{timer(waits)}</span></>}</span><button type="button" class={"btn small" + (long ? " ok" : "")} aria-disabled={off} onClick={() => desk.pause()}>{say("resume")} <kbd>F8</kbd></button></p>;
}

/** Handling says what the caller hears now when it is not the agent, and what can be done about it. */
export function Handling() {
  const s = useDesk();
  const { desk, say } = useRoom();
  const h = s.handling;
  if (!s.desk?.call) return null;
  const o = h.onward;
  const name = (n: string) => s.team.find((c) => c.name === n)?.title ?? n;
  const off = !!obstacles(s).hang_up;
  if (!o) return h.held ? <OnHold since={h.since} off={off} /> : null;
  if (o.from !== s.me?.user) return o.talking ? <p class="handling"><Icon name="people" /><span>{say("consulted", { who: name(o.from) })}</span></p> : null;
  return (
    <p class="handling"><Icon name="detach" /><span>{say(o.talking ? "consulting" : "passing", { who: name(o.to) })}</span>
      {o.talking && <button type="button" class="btn small ok" aria-disabled={off} onClick={() => desk.complete()}>{say("pass_now")}</button>}
      <button type="button" class="btn small" aria-disabled={off} onClick={() => desk.takeBack()}>{say("take_back")}</button></p>
  );
}
