// The caller's application: the same on the page and within the widget.
import "./caller.css";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { bind } from "../shared/keys";
import { Transcript, type Captions } from "../shared/transcript";
import { span, timer, type Lang } from "../shared/words";
import { Callback, Closed } from "./closed";
import { Ended } from "./ended";
import type { Words } from "./fr";
import type { With } from "./api";
import type { State, Talk } from "./talk";

/** useTalk shows a conversation as it is now. */
export function useTalk(talk: Talk): State {
  const [s, set] = useState(talk.state);
  useLayoutEffect(() => {
    set(talk.state);
    return talk.watch(() => set(talk.state));
  }, [talk]);
  return s;
}

const capital = (t: string) => t.charAt(0).toUpperCase() + t.slice(1);

/** waitOf is how long a person takes, undefined when nobody knows: a figure that is not true is worse. */
function waitOf(s: State): number | undefined {
  return s.info?.wait_s;
}

function Meter({ talk, say }: { talk: Talk; say: Words }) {
  const bars = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    let frame = 0, last = 0;
    const draw = (now: number) => {
      frame = requestAnimationFrame(draw);
      if (now - last < 80 || !bars.current) return;
      last = now;
      const on = Math.round(talk.loud() * 5);
      [...bars.current.children].forEach((b, i) => b.classList.toggle("on", i < on));
    };
    frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  }, [talk]);
  return <span class="meter" ref={bars} role="img" aria-label={say("level")}>{[0, 1, 2, 3, 4].map((i) => <b key={i} style={{ height: `${40 + i * 15}%` }} />)}</span>;
}

function Timer({ since }: { since: number }) {
  const [now, tick] = useState(Date.now());
  useEffect(() => {
    const t = setInterval(() => tick(Date.now()), 500);
    return () => clearInterval(t);
  }, []);
  return <time class="num">{timer((now - since) / 1000)}</time>;
}

function Keypad({ talk, say, status }: { talk: Talk; say: Words; status: (t: string) => void }) {
  const press = (k: string) => { if (talk.press(k)) status(say("key_sent", { key: k })); };
  // Digits go to the call only while the keypad has the focus: elsewhere they are being written.
  const typed = (e: KeyboardEvent) => {
    const k = /^(?:Digit|Numpad)(\d)$/.exec(e.code)?.[1] ?? (e.key === "*" || e.key === "#" ? e.key : "");
    if (k && !e.ctrlKey && !e.altKey && !e.metaKey) { e.preventDefault(); press(k); }
  };
  return (
    <div class="keypad appear" role="group" aria-label={say("keypad")} onKeyDown={typed}>
      {[..."123456789*0#"].map((k) => <button type="button" class="btn key num" key={k} onClick={() => press(k)}>{k}</button>)}
      <p class="cap">{say("keypad_hint")}</p>
    </div>
  );
}

/** CallBar is what stands above the talk while a call is on. */
function CallBar({ talk, s, say, status }: { talk: Talk; s: State; say: Words; status: (t: string) => void }) {
  const [keys, setKeys] = useState(false);
  if (s.voice === "none") return null;
  const up = s.voice === "live" || s.voice === "lost";
  return (
    <section class="callbar appear" aria-label={say("call_bar")}>
      <div class="callrow">
        {up ? (
          <span class="calltime"><span class={"dot " + (s.voice === "live" ? "on pulse" : "")} /><Timer since={s.since} /><Meter talk={talk} say={say} /></span>
        ) : <span class="calltime"><span class="dot pulse" />{say("connecting")}</span>}
        <span class="callkeys">
          <button type="button" class="btn" aria-pressed={s.muted} onClick={() => talk.mute()} disabled={!up} aria-keyshortcuts="F4">
            <Icon name={s.muted ? "micoff" : "mic"} /><span>{s.muted ? say("mic_off") : say("mic")}</span><kbd>F4</kbd>
          </button>
          <button type="button" class="btn" aria-expanded={keys} onClick={() => setKeys(!keys)} disabled={!up}><Icon name="keypad" /><span>{say("keypad")}</span></button>
          <button type="button" class="btn danger" onClick={() => talk.hangUp()}><Icon name="hangup" /><span>{say("hangup")}</span></button>
        </span>
      </div>
      {s.voice === "slow" && <p class="hint">{say("slow")}</p>}
      {s.silent && <p class="hint warn">{say("no_sound")} <button type="button" class="btn small" onClick={() => talk.hear()}>{say("allow_sound")}</button></p>}
      {s.deaf && up && <p class="hint warn">{say("mic_gone")} <button type="button" class="btn small" onClick={() => talk.microphone()}>{say("try_again")}</button></p>}
      {keys && up && <Keypad talk={talk} say={say} status={status} />}
    </section>
  );
}

/** Banner says what is wrong, and the ways out. */
function Banner({ talk, s, say, lang, status, field }: { talk: Talk; s: State; say: Words; lang: Lang; status: (t: string) => void; field: () => void }) {
  const [back, setBack] = useState(false);
  if (s.elsewhere) return (
    <div class="banner info">
      <p><Icon name="phone" /><span>{say("elsewhere")}</span></p>
      <p class="ways"><button type="button" class="btn small" onClick={() => void talk.speak()}>{say("bring_here")}</button></p>
    </div>
  );
  if (s.voice === "lost" && !s.spoke) return <p class="banner info"><Icon name="phone" />{say("rejoining")}</p>;
  const lost = s.link !== "live" || s.voice === "lost";
  if (lost) return <p class="banner warn"><Icon name="alert" />{say(s.link === "offline" && s.voice !== "lost" ? "lost_long" : "lost")}</p>;
  if (s.back) return <p class="banner ok appear"><Icon name="check" />{say("back")}</p>;
  if (s.down && !s.info) return <p class="banner warn"><Icon name="alert" />{say("down")}</p>;
  if (!s.trouble) return null;
  const retry = s.trouble !== "insecure" && s.trouble !== "unsupported";
  const phone = s.info?.phone;
  return (
    <div class="banner warn appear">
      <p><Icon name="alert" /><span>{talk.troubleSaid()}{s.trouble !== "busy" && s.trouble !== "failed" && <> {phone ? say("ways_out", { phone }) : say("ways_out_text")}</>}</span></p>
      <p class="ways">
        {retry && <button type="button" class="btn small" onClick={() => void talk.speak()}>{say("try_again")}</button>}
        <button type="button" class="btn small" onClick={() => { talk.dropTrouble(); field(); }}>{say("keep_typing")}</button>
        {s.trouble === "busy" && <button type="button" class="btn small" aria-expanded={back} onClick={() => setBack(!back)}>{say("callback")}</button>}
      </p>
      {s.trouble === "busy" && back && <Callback bot={s.info?.bot ?? ""} say={say} lang={lang} status={status} />}
    </div>
  );
}

/** Thinking shows nothing for 0.7 s, then three still dots, then a sentence. */
function Thinking({ say }: { say: Words }) {
  const [step, set] = useState(0);
  useEffect(() => {
    const t = [setTimeout(() => set(1), 700), setTimeout(() => set(2), 2500)];
    return () => t.forEach(clearTimeout);
  }, []);
  if (step === 0) return null;
  return <p class="thinking">{step === 1 ? <><span class="dots" aria-hidden="true">•••</span><span class="sr">{say("thinking")}</span></> : say("looking")}</p>;
}

function Composer({ talk, s, say, box }: { talk: Talk; s: State; say: Words; box: { current: HTMLTextAreaElement | null } }) {
  const [text, setText] = useState(() => keepDraft.get());
  const send = () => { // what stands in the field, which a key pressed by a program is ahead of the state with
    talk.type(box.current?.value ?? text);
    setText("");
    keepDraft.set("");
    box.current?.focus();
  };
  useLayoutEffect(() => { // as many lines as were written, up to six
    const b = box.current;
    if (!b) return;
    b.style.height = "auto";
    b.style.height = Math.min(b.scrollHeight + 2, 144) + "px";
  }, [text, s.lines.length === 0]);
  return (
    <form class="composer" onSubmit={(e) => { e.preventDefault(); send(); }}>
      <label class="sr" for="field">{say("field")}</label>
      <textarea id="field" ref={box} class="field" rows={1} maxLength={4000} value={text} placeholder={say(s.voice === "none" ? "placeholder" : "placeholder_call")} enterkeyhint="send" autocomplete="off"
        onInput={(e) => { setText(e.currentTarget.value); keepDraft.set(e.currentTarget.value); }}
        onKeyDown={(e) => { if (e.key === "Enter" && !e.shiftKey && !e.isComposing) { e.preventDefault(); send(); } }} />
      <button type="submit" class="btn primary icon" aria-label={say("send")} aria-disabled={text.trim() === ""}><Icon name="send" large /></button>
    </form>
  );
}

/** Company says who of the company is there, what they do, and how long it may take. */
function Company({ w, say }: { w: With; say: Words }) {
  const name = w.agent ?? "";
  if (w.state === "agent") return <p class={"with-chat" + (w.typing ? " typing" : "")}><Icon name="person" /><span>{say(w.typing ? "typing_person" : "person_there", { name })}</span>{w.typing && <span class="dots" aria-hidden="true">•••</span>}</p>;
  const wait = w.state === "waiting" && w.wait_s ? " " + say("fetching_wait", { wait: span(w.wait_s < 60 ? 60 : Math.ceil(w.wait_s / 60) * 60) }) : "";
  return <p class="with-chat waiting"><Icon name="clock" /><span>{w.state === "away" ? say("person_away", { name }) : w.before ? say("fetching_place", { n: w.before }) + wait : say("fetching") + wait}</span></p>;
}

/** What was being written survives a page that is loaded again. */
const keepDraft = {
  get: () => { try { return sessionStorage.getItem("decroche.draft") ?? ""; } catch { return ""; } },
  set: (t: string) => { try { sessionStorage.setItem("decroche.draft", t); } catch { /* private windows may refuse */ } },
};

export interface AppProps {
  talk: Talk;
  say: Words;
  lang: Lang;
  status: (t: string) => void;
  /** compact: within the widget. */
  compact?: boolean;
}

export function App({ talk, say, lang, status, compact }: AppProps) {
  const s = useTalk(talk);
  const box = useRef<HTMLTextAreaElement | null>(null);
  const focus = useCallback(() => box.current?.focus(), []);
  useEffect(() => bind(() => (s.voice === "live" ? { F4: () => talk.mute() } : {})), [talk, s.voice]);
  const captions: Captions = useMemo(() => ({
    label: say("log"), who: { caller: say("you"), bot: say("bot"), agent: say("agent") }, cut: say("cut"),
    perhaps: (readings) => say("perhaps", { readings }), news: (n) => say("news", { n }),
  }), [say]);
  const [readCaptions, setRead] = useState(false);
  const lines = useMemo(() => s.lines.map((l) => (s.unsent.has(l.id) && s.link !== "live" ? { ...l, name: `${say("you")}, ${say("unsent")}` } : l)), [s.lines, s.unsent, s.link, say]);

  const info = s.info;
  if (info && !info.open && s.lines.length === 0 && s.voice === "none" && !s.elsewhere) return <Closed info={info} bot={info.bot} say={say} lang={lang} status={status} />;
  const empty = s.lines.length === 0 && s.voice === "none" && !s.elsewhere;
  const over = s.outcome !== undefined && s.voice === "none";
  const wait = waitOf(s);
  const callable = info?.voice && s.voice === "none" && !over && !s.elsewhere && !s.with; // who writes with somebody stays with them
  const callButton = callable && (
    <button type="button" class={"btn call" + (empty ? " wide" : "")} onClick={() => void talk.speak()}>
      <Icon name="phone" large={empty} /><span>{say(empty ? "call" : "go_voice")}</span>
    </button>
  );
  return (
    <div class={"talk" + (empty ? " empty" : "") + (compact ? " compact" : "")}>
      <CallBar talk={talk} s={s} say={say} status={status} />
      <Banner talk={talk} s={s} say={say} lang={lang} status={status} field={focus} />
      {empty ? <h1 class="hello">{say("hello")}</h1> : <h1 class="sr">{say("log")}</h1>}
      {!empty && (
        <Transcript lines={lines} words={captions} live={(s.voice === "none" && !s.elsewhere) || readCaptions ? "polite" : "off"}>
          {s.working && s.voice === "none" && <Thinking say={say} />}
          {s.person !== undefined && s.voice !== "none" && <p class="with appear"><Icon name="person" />{s.person ? say("with_person", { name: s.person }) : say("ringing")}</p>}
          {s.with && s.voice === "none" && <Company w={s.with} say={say} />}
          {over && <Ended talk={talk} s={s} say={say} status={status} />}
        </Transcript>
      )}
      <div class="act">
        {s.quick.length > 0 && <div class="quick" role="group" aria-label={say("quick")}>{s.quick.map((q) => <button type="button" class="btn small" key={q.value} onClick={() => { talk.type(q.label, q.value); focus(); }}>{q.label}</button>)}</div>}
        {!over && <Composer talk={talk} s={s} say={say} box={box} />}
        {callButton && <div class="callline">{callButton}{empty && <span class="cap">{say("call_hint")}</span>}</div>}
        {empty && info && info.asks.length > 0 && <div class="asks" role="group" aria-label={say("asks")}>{info.asks.map((a) => <button type="button" class="btn small quiet" key={a} onClick={() => { talk.type(capital(a)); focus(); }}>{capital(a)}</button>)}</div>}
        <div class="foot">
          <button type="button" class="btn small quiet person" onClick={() => talk.person()}><Icon name="person" />{wait === undefined ? say("person") : say("person_wait", { wait: span(wait) })}</button>
          {s.voice !== "none" && <label class="cap read"><input type="checkbox" checked={readCaptions} onChange={(e) => setRead(e.currentTarget.checked)} /> {say("captions")}</label>}
        </div>
      </div>
    </div>
  );
}
