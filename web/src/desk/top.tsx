// The bar on top: who I am for callers, whether they can hear me, who waits.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { clock, span, timer } from "../shared/words";
import { left, obstacle, since, tone, type Choice } from "./presence";
import { Check } from "./start";
import { Phoning, Places } from "./telephone";
import type { DeskState } from "./types";
import { dialled, initials, Meter, useDesk, useNow, useRoom } from "./ui";

export function Top({ palette, keys }: { palette: () => void; keys: () => void }) {
  const s = useDesk();
  const { say } = useRoom();
  const free = s.team.filter((c) => c.free && c.name !== s.me?.user).length;
  return (
    <header class="top">
      <a class="brand" href="/desk" aria-label={"Décroche " + say("place")}><span class="mark" aria-hidden="true"><Icon name="phone" large /></span><b>Décroche</b> <span class="where">{say("place")}</span></a>
      {s.desk && s.phase === "ready" && <Presence st={s.desk} />}
      {s.phase === "ready" && s.desk?.address && <span class="audio"><Icon name={s.sound.muted ? "micoff" : "phone"} /><span class="dev">{say("rings_phone", { number: dialled(s.desk.address) })}</span></span>}
      {s.phase === "ready" && !s.desk?.address && <span class="audio">
        <Icon name={s.sound.microphone === "open" && !s.sound.muted ? "mic" : "micoff"} /><Meter />
        <span class="dev">{s.sound.device}</span>
        {s.sound.rtt > 0 && <span class="net"><span class="dot" /><span aria-hidden="true">{say("net", { ms: s.sound.rtt })}</span><span class="sr">{say("net_label", { ms: s.sound.rtt })}</span></span>}
      </span>}
      <span class="gap" />
      {s.phase === "ready" && <span class="q">{say("free", { n: free })}</span>}
      {s.phase === "ready" && <button type="button" class="btn small quiet find" onClick={palette}><Icon name="search" /><span>{say("find")}</span> <kbd>Ctrl K</kbd></button>}
      {s.me && <Account keys={keys} />}
    </header>
  );
}

/** useMenu is a button that opens a menu: closed by Escape and by leaving it, focus goes back. */
function useMenu() {
  const [open, set] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    box.current?.querySelector<HTMLElement>("button:not([aria-disabled=true]),input,a")?.focus();
    const away = (e: PointerEvent) => { if (!(e.target instanceof Node) || !box.current?.parentElement?.contains(e.target)) set(false); };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [open]);
  const close = () => { set(false); button.current?.focus(); };
  const key = (e: KeyboardEvent) => {
    if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); close(); }
    if (e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
    e.preventDefault();
    const all = [...(box.current?.querySelectorAll<HTMLElement>("button,input,a") ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[(at + (e.key === "ArrowDown" ? 1 : all.length - 1)) % all.length]?.focus();
  };
  const left = (e: FocusEvent) => { if (e.relatedTarget instanceof Node && !box.current?.parentElement?.contains(e.relatedTarget)) set(false); };
  return { open, set, box, button, close, key, left };
}

function Presence({ st }: { st: DeskState }) {
  const s = useDesk();
  const { desk, say } = useRoom();
  const now = useNow();
  const m = useMenu();
  const [other, setOther] = useState("");
  const word = st.status === "break" && st.reason ? say("break_because", { reason: st.reason }) : say(st.status);
  const time = st.status === "wrap_up" ? say("left", { time: timer(left(st.until, now, s.ahead)) }) : timer(since(st.since, now, s.ahead));
  const around = { connected: s.link === "live" };
  const choice = (c: Choice, reason?: string) => {
    if (obstacle(st, c, around)) return;
    desk.presence(c, reason);
    m.close();
  };
  const row = (c: Choice, text: string, reason?: string) => {
    const why = obstacle(st, c, around);
    return <button type="button" class="item" aria-disabled={!!why} key={text} onClick={() => choice(c, reason)}><span class={"dot " + tone(c)} /><span>{text}</span>{why && <span class="cap">{say(`no_${why}`)}</span>}</button>;
  };
  return (
    <div class="menu" onKeyDown={m.key} onFocusOut={m.left}>
      <button type="button" ref={m.button} class={"btn small presence " + tone(st.status)} aria-expanded={m.open} aria-controls="presence" onClick={() => m.set(!m.open)}>
        <span class="dot" /><span class="sr">{say("presence_now")} </span><span class="word">{word}</span><time>{time}</time><Icon name="down" />
      </button>
      {m.open && <div class="pop" id="presence" ref={m.box} role="group" aria-label={say("presence")}>
        {st.next && <p class="cap">{say("next_is", { status: say(st.next) })}</p>}
        {row("available", say("available"))}
        {st.status === "wrap_up" && <button type="button" class="item" aria-disabled={!!st.extended} onClick={() => { if (!st.extended) { desk.extend(); m.close(); } }}><Icon name="clock" /><span>{say("extend")}</span>{st.extended && <span class="cap">{say("extended")}</span>}</button>}
        <p class="cap">{say("break")}</p>
        {s.breaks.map((b) => row("break", b, b))}
        <form class="other" onSubmit={(e) => { e.preventDefault(); if (other.trim()) choice("break", other.trim()); }}>
          <input class="field" maxLength={100} value={other} placeholder={say("break_other")} aria-label={say("break_which")} onInput={(e) => setOther(e.currentTarget.value)} />
          <button type="submit" class="btn small" aria-disabled={!other.trim()}>{say("break_go")}</button>
        </form>
        <hr />
        <Places done={m.close} />
        <hr />
        {row("offline", say("offline"))}
      </div>}
    </div>
  );
}

function Account({ keys }: { keys: () => void }) {
  const s = useDesk();
  const { desk, say, lang, turn } = useRoom();
  const m = useMenu();
  const name = s.me!.name || s.me!.user;
  return (
    <div class="menu end" onKeyDown={m.key} onFocusOut={m.left}>
      <button type="button" ref={m.button} class="ava" aria-expanded={m.open} aria-controls="account" aria-label={say("account", { name: `${initials(name)}, ${name}` })} onClick={() => m.set(!m.open)}>{initials(name)}</button>
      {m.open && <div class="pop" id="account" ref={m.box} role="group" aria-label={name}>
        <p class="who">{name} <span class="cap">{s.me!.role}</span></p>
        <button type="button" class="item" onClick={() => { m.close(); keys(); }}><Icon name="keypad" /><span>{say("keys_title")}</span><kbd>?</kbd></button>
        <button type="button" class="item" onClick={() => { m.close(); desk.set({ checking: true }); }}><Icon name="mic" /><span>{say("check_title")}</span></button>
        <button type="button" class="item" onClick={turnTheme}><Icon name="theme" /><span>{say("theme")}</span></button>
        <button type="button" class="item" lang={lang === "fr" ? "en" : "fr"} onClick={() => turn(lang === "fr" ? "en" : "fr")}><Icon name="chat" /><span>{lang === "fr" ? "English" : "Français"}</span></button>
        <a class="item" href="/overview"><Icon name="detach" /><span>{say("overview")}</span></a>
        <hr />
        <button type="button" class="item" onClick={() => desk.signOut()}><Icon name="back" /><span>{say("sign_out")}</span></button>
      </div>}
    </div>
  );
}

/** turnTheme goes from light to dark and back, and remembers it. */
function turnTheme(): void {
  const root = document.documentElement;
  const dark = (root.dataset["theme"] ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  root.dataset["theme"] = dark ? "light" : "dark";
  try { localStorage.setItem("decroche.desk.theme", dark ? "light" : "dark"); } catch { /* forgotten with the page */ }
}

/** Bands are the sentences about the connection, the sound and why a status changed. */
export function Bands() {
  const s = useDesk();
  const { desk, say, lang } = useRoom();
  const now = useNow();
  const st = s.desk;
  const who = s.brief ? s.brief.who : say("caller");
  const out: JSX.Element[] = [];
  const band = (tone: string, icon: "alert" | "mic" | "micoff" | "clock" | "check", text: string, ...acts: { text: string; go: () => void }[]) => out.push(
    <div class={"band " + tone} key={text.slice(0, 12) + icon}><Icon name={icon} /><span>{text}</span>{acts.map((a) => <button type="button" class="btn small" key={a.text} onClick={a.go}>{a.text}</button>)}</div>);
  const phone = { text: say("use_phone"), go: () => { const p = s.telephones[s.telephones.length - 1]; if (p) void desk.telephone(p); else desk.set({ phoning: true }); } };
  if (s.link === "reconnecting") band("warn", "clock", say("reconnecting", { at: clock(lang, new Date(s.lostAt || now)) }));
  if (s.link === "offline") {
    const time = span((now - s.lostAt) / 1000);
    const over = left(st?.take_over ?? undefined, now, s.ahead);
    band("danger", "alert", !st?.call ? say("offline_band", { time }) : over > 0 ? say("offline_call", { time, who, left: span(over) }) : say("offline_call_team", { time, who }));
  }
  if (st && s.link === "live") {
    if (st.address || s.moving) { /* the telephone has the sound */ }
    else if (st.sound && st.sound !== s.tab && st.tabs.length > 1) band("warn", "mic", say("other_tab"), { text: say("take_sound"), go: () => desk.takeSound() });
    else if (st.call && s.sound.line === "connecting") band("warn", "clock", say("audio_connecting"));
    else if (st.call && s.sound.line !== "live") band("danger", "micoff", say("audio_lost", { who }), { text: say("audio_again"), go: () => desk.joinLine() }, phone);
    else if (st.call && s.sound.unstable) band("warn", "alert", say("line_unstable", { who }));
    if (st.address) { /* no microphone is asked for */ }
    else if (s.sound.microphone === "gone") band("danger", "micoff", say("microphone_gone"), { text: say("again"), go: () => desk.checkMicrophone() }, phone);
    else if (s.phase === "ready" && ["denied", "none", "insecure"].includes(s.sound.microphone)) band("warn", "micoff", say("no_mic_chats"), { text: say("again"), go: () => desk.checkMicrophone() }, phone);
    if (st.status === "away" && (st.why === "missed" || st.why === "missed_chat")) band("warn", "clock", say(st.why === "missed" ? "why_missed" : "why_missed_chat", { at: clock(lang, new Date(Date.parse(st.since) - s.ahead)) }), { text: say("back_available"), go: () => desk.presence("available") });
    if (st.why === "failed" && !st.call) band("warn", "alert", say("why_failed", { status: say(st.status) }));
  }
  if (s.sound.microphone === "open" && s.sound.missing && !st?.address) band("warn", "mic", say("microphone_missing", { device: s.sound.device || say("start_default") }), { text: say("check_title"), go: () => desk.set({ checking: true }) });
  if (s.checking && s.phase === "ready") out.push(<Check key="checking" />);
  if (s.phoning && !st?.address) out.push(<Phoning key="phoning" />);
  if (s.sound.blocked) band("danger", "alert", say("ring_blocked"), { text: say("ring_allow"), go: () => desk.unblock() });
  if (s.news) band("note", "check", s.news.text, s.news.undo ? { text: s.news.undo.text, go: () => desk.changeCallback(s.news!.undo!.callback, { state: "open" }) } : { text: say("close"), go: () => desk.set({ news: undefined }) });
  if (s.error) out.push(<div class="band danger" key="error" role="alert"><Icon name="alert" /><span>{s.error.text}{s.error.detail && <small lang="en"> {s.error.detail}</small>}</span><button type="button" class="btn small" onClick={() => desk.set({ error: undefined })}>{say("close")}</button></div>);
  return out.length > 0 ? <section class="bands" aria-label={say("notices")}>{out}</section> : null;
}
