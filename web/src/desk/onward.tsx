// What happens to the caller next: passed on to somebody else, or given back to the bot; and the line
// that says so while it happens.
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { tone } from "../shared/sound";
import { span, timer } from "../shared/words";
import { longHold, obstacles } from "./state";
import type { Colleague, Steps, Target } from "./types";
import { useDesk, useNow, useRoom, type Words } from "./ui";

/** Escape leaves a panel. */
const leaves = (close: () => void) => (e: KeyboardEvent) => { if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); close(); } };

/** doing is why a colleague cannot be rung now, in words. */
const doing = (c: Colleague, say: Words): string => (c.status === "break" && c.reason ? say("break_because", { reason: c.reason }) : say(c.status));

/** PassOn chooses to whom the caller is passed on. Busy colleagues are shown, with the reason. */
export function PassOn({ close, bot }: { close: () => void; bot: () => void }) {
  const s = useDesk();
  const { desk, say } = useRoom();
  const [to, setTo] = useState("");
  const [number, setNumber] = useState("");
  const [why, setWhy] = useState("");
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const mates = s.team.filter((c) => c.name !== s.me?.user);
  const skills = [...new Set(mates.flatMap((c) => c.skills))].sort();
  const target = (): Target | undefined => {
    const [kind, name] = [to.slice(0, 1), to.slice(2)];
    return kind === "a" ? { agent: name } : kind === "s" ? { skills: [name] } : kind === "n" && number.trim() ? { number: number.trim() } : undefined;
  };
  const go = (warm: boolean) => { const t = target(); if (t) void desk.transfer(t, warm, why.trim()).then((ok) => { if (ok) close(); }); };
  const choice = (value: string, text: string, off = "", i = 1) => (
    <label class="pick" key={value}><input type="radio" name="to" ref={i === 0 ? first : null} checked={to === value} aria-disabled={!!off} onChange={() => { if (!off) setTo(value); }} /><span>{text}</span>{off && <span class="cap">{off}</span>}</label>
  );
  return (
    <form class="onward" aria-label={say("transfer")} onKeyDown={leaves(close)} onSubmit={(e) => { e.preventDefault(); go(true); }}>
      <fieldset><legend>{say("pass_to")}</legend>
        {mates.map((c, i) => choice("a:" + c.name, c.title, c.free ? "" : doing(c, say), i))}
        {skills.map((k) => choice("s:" + k, say("pass_skill", { skill: k })))}
        <div class="pick">{choice("n:", say("pass_number"), "", mates.length)}<input class="field" type="tel" autocomplete="off" aria-label={say("pass_number")} value={number} onFocus={() => setTo("n:")} onInput={(e) => setNumber(e.currentTarget.value)} /></div>
      </fieldset>
      <label>{say("pass_why")}<input class="field" maxLength={200} value={why} onInput={(e) => setWhy(e.currentTarget.value)} /></label>
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
  const { desk, say } = useRoom();
  const [steps, setSteps] = useState<Steps>();
  const [step, setStep] = useState("");
  const [slots, setSlots] = useState<Record<string, string>>({});
  const list = useRef<HTMLSelectElement>(null);
  useEffect(() => { void desk.steps().then(setSteps); list.current?.focus(); }, []);
  const flows = [...new Set((steps?.steps ?? []).map((x) => x.flow))];
  return (
    <form class="onward" aria-label={say("to_bot")} onKeyDown={leaves(close)} onSubmit={(e) => { e.preventDefault(); void desk.handBack(step, slots).then((ok) => { if (ok) close(); }); }}>
      <label>{say("back_step")}<select class="field" ref={list} value={step} onChange={(e) => setStep(e.currentTarget.value)}>
        <option value="">{say("back_open")}</option>
        {flows.map((f) => <optgroup key={f} label={f}>{steps!.steps.filter((x) => x.flow === f).map((x) => <option key={x.step} value={x.step}>{x.title}</option>)}</optgroup>)}
      </select></label>
      {(steps?.slots ?? []).map((v) => <label key={v.name}>{v.title}<input class="field" readOnly={!v.open} value={slots[v.name] ?? v.value} onInput={(e) => setSlots({ ...slots, [v.name]: e.currentTarget.value })} />{!v.open && <span class="cap">{say("back_secret")}</span>}</label>)}
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
