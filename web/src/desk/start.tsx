// What stands before the work: the sign-in, the check of microphone and ring, what cannot be.
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { span } from "../shared/words";
import type { Microphone } from "./state";
import { Meter, useDesk, useRoom } from "./ui";

/** wrongWith is the sentence about a microphone that cannot be had. */
const wrongWith = (m: Microphone) => (m === "denied" ? "start_denied" : m === "none" || m === "gone" ? "start_none" : m === "insecure" ? "start_insecure" : undefined);

/** Devices chooses and tries the microphone, the loudspeaker and the ring. */
function Devices() {
  const { sound } = useDesk();
  const { desk, say } = useRoom();
  const [loud, setLoud] = useState(false);
  useEffect(() => {
    const t = setInterval(() => { if (desk.loud() > 0.25) setLoud(true); }, 100);
    return () => clearInterval(t);
  }, [desk]);
  return (
    <>
      {sound.microphone === "open" ? (
        <div class="rows">
          <label for="device">{say("start_device")}</label>
          <select class="field" id="device" value={sound.deviceID} onChange={(e) => desk.checkMicrophone(e.currentTarget.value)}>{sound.devices.map((d) => <option value={d.id} key={d.id}>{d.label || say("start_default")}</option>)}</select>
          {sound.speakers.length > 0 && <><label for="speaker">{say("start_speaker")}</label>
            <select class="field" id="speaker" value={sound.speakerID} onChange={(e) => desk.speaker(e.currentTarget.value)}><option value="">{say("start_default")}</option>{sound.speakers.map((d) => <option value={d.id} key={d.id}>{d.label}</option>)}</select></>}
          <span>{say("start_level")}</span><span class="lvl"><Meter wide /><span>{say(loud ? "start_level_ok" : "start_level_no")}</span></span>
        </div>
      ) : <button type="button" class="btn" aria-disabled={sound.microphone === "asking"} onClick={() => desk.checkMicrophone()}><Icon name="mic" />{say(wrongWith(sound.microphone) ? "again" : "start_check")}</button>}
      <p class="tests"><button type="button" class="btn" aria-pressed={sound.ringing} onClick={() => desk.testRing()}><Icon name="phone" />{say(sound.ringing ? "start_ring_stop" : "start_ring")}</button></p>
    </>
  );
}

/** Check is the same beside the work, opened from the menu of the account. */
export function Check() {
  const { desk, say } = useRoom();
  return <section class="band note checking" aria-label={say("check_title")}><div><Devices /></div><button type="button" class="btn small" onClick={() => desk.set({ checking: false })}>{say("close")}</button></section>;
}

/** Start is one card; its click unlocks sound and asks for what the browser must allow. */
export function Start() {
  const s = useDesk();
  const { desk, say } = useRoom();
  const wrong = wrongWith(s.sound.microphone);
  return (
    <section class="ring card" aria-labelledby="start-h">
      <div class="in">
        <h1 id="start-h">{say("start_title")}</h1>
        <p class="why">{say("start_lead")}</p>
        {wrong && <p class="note-line danger" role="alert"><Icon name="micoff" /><span>{say(wrong)}</span></p>}
        <Devices />
        {typeof Notification !== "undefined" && Notification.permission === "denied" && <p class="note-line"><Icon name="alert" /><span>{say("start_notices_off")}</span></p>}
        {wrong && <p class="cap">{say("no_mic_chats")}</p>}
      </div>
      <div class="go">{wrong ? <button type="button" class="btn primary wide" onClick={() => desk.start(false)}>{say("start_chats")}</button>
        : <button type="button" class="btn primary wide" onClick={() => desk.start(true)}>{say("start")}</button>}</div>
    </section>
  );
}

/** SignIn keeps the page where it is: it stands over it when a session has ended. */
export function SignIn({ over }: { over: boolean }) {
  const s = useDesk();
  const { desk, say } = useRoom();
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const user = useRef<HTMLInputElement>(null), pass = useRef<HTMLInputElement>(null);
  useEffect(() => { if (!over || !/^(INPUT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "")) (s.me ? pass : user).current?.focus(); }, []);
  const go = async (demo: boolean) => {
    setBusy(true);
    const answer = await desk.signIn(user.current!.value.trim(), pass.current!.value, demo);
    setBusy(false);
    setWrong(answer === "" ? "" : answer === "wrong" ? say("signin_wrong") : answer === "failed" ? say("signin_failed") : say("signin_later", { time: span(answer) }));
  };
  return (
    <section class={over ? "sheet signin" : "ring signin"} role={over ? "dialog" : undefined} aria-labelledby="signin-h">
      <form onSubmit={(e) => { e.preventDefault(); void go(false); }}>
        {over ? <h2 id="signin-h">{say("expired_title")}</h2> : <h1 id="signin-h">{say("signin_title")}</h1>}
        {over && <p>{say(s.desk?.call ? (s.cut ? "expired_cut" : "expired_call") : "expired_idle")}</p>}
        <label>{say("user")}<input class="field" ref={user} name="username" autocomplete="username" autocapitalize="none" required value={s.me?.user ?? ""} /></label>
        <label>{say("password")}<input class="field" ref={pass} name="password" type="password" autocomplete="current-password" required /></label>
        {wrong && <p class="note-line danger" role="alert"><Icon name="alert" /><span>{wrong}</span></p>}
        <button type="submit" class="btn primary" aria-disabled={busy}>{say("signin")}</button>
        {s.demo && <button type="button" class="btn" aria-disabled={busy} onClick={() => void go(true)}>{say("signin_demo")}</button>}
      </form>
    </section>
  );
}

/** Stop says why there is no desk, and what to do. */
export function Stop({ why }: { why: "refused" | "no_desks" | "unreachable" }) {
  const { say } = useRoom();
  return <section class="ring"><div class="in"><h1>{say(`${why}_title`)}</h1><p class="why">{say(`${why}_lead`)}</p>{why === "refused" && <p><a href="/login">{say("signin")}</a> · <a href="/overview">{say("overview")}</a></p>}</div></section>;
}
