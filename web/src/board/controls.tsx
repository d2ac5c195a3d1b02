// The buttons of the chosen call. What cannot be done stays where it is, with its reason; what failed says so
// beside its button.
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "../shared/icons";
import { impossible, type ActName, type Acts, type ActState, type Told } from "./acts";
import type { Steps } from "./api";
import type { Call } from "./calls";
import { Running } from "./list";
import type { Voice, Words } from "./say";

const sentence = (say: Words, t: Told): string => (t.key ? say(t.key as Parameters<Words>[0], t.args ?? {}) : (t.detail ?? ""));

/** heardBy is the line that says who hears us, always. */
export function heardBy(v: Voice, a: ActState, c: Call): { text: string; on: boolean } {
  const ear = a.ear?.conv === c.id ? a.ear : undefined;
  if (!ear) return { text: v.say("hear_read"), on: false };
  if (ear.taken) return { text: v.say("hear_take"), on: true };
  if (ear.role === "join") return { text: v.say("hear_join"), on: true };
  if (ear.role === "whisper") return { text: v.say("hear_whisper", { agent: c.agent || v.say("the_agent") }), on: true };
  return { text: v.say("hear_listen"), on: false };
}

export interface ControlsProps {
  v: Voice;
  acts: Acts;
  s: ActState;
  call: Call;
  me: string;
  may: boolean;
  lost: boolean;
}

/** Failure stands beside its button. */
function Failure({ p, act, children }: { p: ControlsProps; act: ActName; children?: preact.ComponentChildren }) {
  const bad = p.s.bad?.act === act ? p.s.bad.told : undefined, done = p.s.done?.act === act ? p.s.done.told : undefined;
  if (!bad) return done ? <p class="done-act" role="status">{sentence(p.v.say, done)}</p> : null;
  const text = sentence(p.v.say, bad);
  const whole = bad.key.startsWith("bad_") ? p.v.say(act === "listen" ? "bad_listen" : "bad_act", { why: text }) : text;
  return <p class="bad-act" role="alert">{whole} {bad.key === "bad_session" ? <a href="/login?next=/board">{p.v.say("sign_in")}</a> : children}</p>;
}

function Act({ p, act, icon, label, pressed, hint, cls, run }: { p: ControlsProps; act: ActName; icon: IconName; label: string; pressed?: boolean; hint?: string; cls?: string; run: () => void }) {
  const no = pressed ? undefined : impossible(act, { channel: p.call.channel, with: p.call.with, may: p.may, lost: p.lost, ear: p.s.ear, conv: p.call.id, supervision: p.s.supervision });
  const reason = no ? p.v.say(no as Parameters<Words>[0], { who: p.call.agent || p.v.say("the_agent") }) : "";
  const busy = p.s.busy === act;
  return (
    <button type="button" class={`btn ${cls ?? ""}`} aria-pressed={pressed} aria-disabled={no || p.s.busy ? "true" : undefined} title={reason || (hint ? `${label} (${hint})` : label)} onClick={() => { if (!no && !p.s.busy) run(); }}>
      <Icon name={icon} />{busy ? p.v.say("waiting") : label}{hint && !busy && !no && <kbd>{hint}</kbd>}{reason && <span class="sr">, {reason}</span>}
    </button>
  );
}

function Where({ p }: { p: ControlsProps }) {
  const { say } = p.v, phone = p.s.address;
  const [open, setOpen] = useState(false);
  const [byPhone, setByPhone] = useState(!!phone);
  return (
    <details class="line" open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{say("line")} ({phone || say("line_browser")})</summary>
      <label><input type="radio" name="line" checked={!byPhone} onChange={() => { setByPhone(false); p.acts.set({ address: "" }); }} />{say("line_browser")}</label>
      <label><input type="radio" name="line" checked={byPhone} onChange={() => setByPhone(true)} />{say("line_phone")}</label>
      {byPhone && <input class="field" aria-label={say("line_address")} placeholder={say("line_example")} value={phone} inputMode="url" autocapitalize="off" spellcheck={false} onChange={(e) => p.acts.set({ address: e.currentTarget.value.trim() })} />}
    </details>
  );
}

/** WhyEnd asks for a reason; focus goes there because the person has asked for it. */
function WhyEnd({ p, close }: { p: ControlsProps; close: () => void }) {
  const { say } = p.v;
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const go = (e: Event) => {
    e.preventDefault();
    if (!reason.trim()) return setMissing(true);
    void p.acts.end(p.call.id, reason).then((ok) => { if (ok) close(); });
  };
  return (
    <form class="ask" onSubmit={go} aria-labelledby="end-title">
      <h3 id="end-title">{say("end_title")}</h3>
      <label><span class="cap">{say("end_reason")}</span><input ref={field} class="field" maxLength={300} value={reason} aria-invalid={missing} aria-describedby={missing ? "end-need" : undefined} onInput={(e) => { setReason(e.currentTarget.value); setMissing(false); }} /></label>
      {missing && <p id="end-need" class="bad-act">{say("end_need")}</p>}
      <div class="row"><button class="btn small danger">{say("end_do")}</button><button type="button" class="btn small" onClick={close}>{say("cancel")}</button></div>
    </form>
  );
}

/** Back gives the caller to the bot: at which step, with which values. */
export function Back({ p, close }: { p: ControlsProps; close: () => void }) {
  const { say } = p.v;
  const [known, setKnown] = useState<Steps>();
  const [step, setStep] = useState("");
  const [slots, setSlots] = useState<Record<string, string>>({});
  const list = useRef<HTMLSelectElement>(null);
  useEffect(() => { void p.acts.steps(p.call.id).then(setKnown); list.current?.focus(); }, []);
  const steps = known?.steps ?? [];
  return (
    <form class="ask" aria-labelledby="back-title" onSubmit={(e) => { e.preventDefault(); void p.acts.back(p.call.id, step, slots).then((ok) => { if (ok) close(); }); }}>
      <h3 id="back-title">{say("back_title")}</h3>
      <label><span class="cap">{say("back_step")}</span><select ref={list} class="field" value={step} onChange={(e) => setStep(e.currentTarget.value)}>
        <option value="">{say("back_open")}</option>
        {[...new Set(steps.map((x) => x.flow))].map((f) => <optgroup key={f} label={f}>{steps.filter((x) => x.flow === f).map((x) => <option key={x.step} value={x.step}>{x.title}</option>)}</optgroup>)}
      </select></label>
      {(known?.slots ?? []).map((v) => <label key={v.name}><span class="cap">{v.title}{!v.open && <> · {say("back_secret")}</>}</span><input class="field" readOnly={!v.open} value={slots[v.name] ?? v.value} onInput={(e) => setSlots({ ...slots, [v.name]: e.currentTarget.value })} /></label>)}
      <div class="row"><button class="btn small primary">{say("back_do")}</button><button type="button" class="btn small" onClick={close}>{say("cancel")}</button></div>
    </form>
  );
}

/** Hint goes to the bot: a fact for its next turn, or words to be said. */
export function Hint(p: ControlsProps) {
  const { say } = p.v;
  const [text, setText] = useState("");
  const [empty, setEmpty] = useState(false);
  useEffect(() => { setText(""); setEmpty(false); }, [p.call.id]);
  const no = impossible("hint", { channel: p.call.channel, with: p.call.with, may: p.may, lost: p.lost, ear: p.s.ear, conv: p.call.id, supervision: p.s.supervision });
  const send = (verbatim: boolean) => {
    if (no || p.s.busy) return;
    if (!text.trim()) return setEmpty(true);
    void p.acts.hint(p.call.id, text, verbatim).then((ok) => { if (ok) setText(""); });
  };
  return (
    <form class="wb" onSubmit={(e) => { e.preventDefault(); send(false); }}>
      <label for="hint"><Icon name="bot" />{say("hint")}</label>
      <textarea id="hint" class="field" rows={2} maxLength={500} value={text} disabled={!!no} aria-describedby="hint-note" placeholder={say("hint_put")} onInput={(e) => { setText(e.currentTarget.value); setEmpty(false); }} />
      <div class="row"><button class="btn small primary" aria-disabled={no ? "true" : undefined}>{p.s.busy === "hint" ? say("waiting") : say("hint_fact")}</button><button type="button" class="btn small" aria-disabled={no ? "true" : undefined} onClick={() => send(true)}>{say("hint_words")}</button></div>
      {empty ? <p class="bad-act" role="alert">{say("hint_empty")}</p> : <Failure p={p} act="hint" />}
      <p id="hint-note" class="cap">{no ? say(no as Parameters<Words>[0], {}) : say("hint_note")}</p>
    </form>
  );
}

export type Sheet = "" | "end" | "back";

/** Ladder: read, listen, whisper, join; and who hears us. */
export function Ladder(p: ControlsProps) {
  const { v, acts, s, call } = p, { say } = v;
  const ear = s.ear?.conv === call.id ? s.ear : undefined;
  const heard = heardBy(v, s, call);
  const others = call.supervisors.filter((x) => x.who !== p.me && x.id !== ear?.id);
  const taken = others.find((x) => x.act === "take_over");
  return (
    <>
      <div class="acts">
        <Act p={p} act="listen" icon="ear" label={say(ear ? "act_stop" : "act_listen")} pressed={!!ear} hint="E" run={() => void (ear ? acts.stop() : acts.listen(call.id))} />
        <Act p={p} act="whisper" icon="whisper" label={say("act_whisper")} pressed={ear?.role === "whisper"} hint="A" run={() => void acts.heard("whisper", call.id)} />
        <Act p={p} act="join" icon="people" label={say("act_join")} pressed={ear?.role === "join"} hint="I" run={() => void acts.heard("join", call.id)} />
      </div>
      {(["listen", "whisper", "join"] as const).map((a) => <Failure key={a} p={p} act={a}>{a === "listen" && s.bad?.told.key !== "no_over" && <button type="button" onClick={() => document.querySelector<HTMLElement>(".line summary")?.click()}>{say("line_choose")}</button>}</Failure>)}
      <p class={heard.on ? "hear on" : "hear"}><Icon name={heard.on ? "mic" : "micoff"} /><span><b>{heard.text}</b>{ear && !heard.on && <> {say("hear_listen_since", { time: "" }).replace(/\.$/, "")}<Running since={ear.since} />.</>}{s.supervision?.muted && ear && <> {say("hear_muted")}</>}</span></p>
      {taken ? <p class="done-act">{say("also_take", { who: taken.who })}</p> : others.length > 0 && <p class="done-act">{say("also", { who: others.map((o) => o.who).join(", ") })}</p>}
      {!ear && call.channel === "voice" && <Where p={p} />}
    </>
  );
}

/** Takes: the acts that change who has the call. */
export function Takes(p: ControlsProps & { sheet: Sheet; setSheet: (s: Sheet) => void }) {
  const { v, acts, call, s, sheet, setSheet } = p, { say } = v;
  const mine = s.ear?.conv === call.id && s.ear.taken;
  const back = mine || call.with === "agent";
  return (
    <>
      <div class="take">
        {back ? <Act p={p} act="back" icon="back" label={say("act_back")} hint="⇧R" run={() => setSheet("back")} /> : null}
        {!mine && <Act p={p} act="take" icon="phone" label={say("act_take")} hint="R" run={() => void acts.take(call.id)} />}
        <Act p={p} act="end" icon="hangup" label={say("act_end")} cls="end" run={() => setSheet("end")} />
      </div>
      {(["take", "back", "end"] as const).map((a) => <Failure key={a} p={p} act={a} />)}
      {sheet === "end" && <WhyEnd p={p} close={() => setSheet("")} />}
      {sheet === "back" && <Back p={p} close={() => setSheet("")} />}
      <p class="audited cap">{say("audited")}</p>
    </>
  );
}

/** press does an act by key, if it can be done; nothing happens by surprise. */
export function press(act: ActName, p: Omit<ControlsProps, "v">): boolean {
  const no = impossible(act, { channel: p.call.channel, with: p.call.with, may: p.may, lost: p.lost, ear: p.s.ear, conv: p.call.id, supervision: p.s.supervision });
  if (no) p.acts.set({ bad: { act, told: { key: no, args: { who: p.call.agent } } } });
  return !no;
}

