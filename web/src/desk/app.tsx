// The desk as a whole: what stands where, the keys, the title.
import { useEffect, useRef, useState } from "preact/hooks";
import { bind, type Bindings } from "../shared/keys";
import { Icon } from "../shared/icons";
import { span, timer } from "../shared/words";
import { Call, useTitle } from "./call";
import { news } from "./chats";
import { Ask, ChatPanel, ChatSide } from "./chats.view";
import { CallbackCard, List } from "./list";
import { accepted, stage } from "./offer";
import { Keys, Palette, type Entry } from "./panels";
import { left, obstacle, since } from "./presence";
import { ending, Rejoin, Ring } from "./ring";
import { Side } from "./side";
import { SignIn, Start, Stop } from "./start";
import { obstacles } from "./state";
import { Bands, Top } from "./top";
import { useDesk, useNow, useRoom } from "./ui";

type View = "talk" | "known" | "help" | "queue";
const views: readonly (readonly [View, "chat" | "person" | "search" | "phone"])[] = [["talk", "chat"], ["known", "person"], ["help", "search"], ["queue", "phone"]];

export function App({ layer }: { layer?: "keys" | "palette" | undefined }) {
  const s = useDesk();
  const { desk, say } = useRoom();
  const now = useNow();
  const [view, setView] = useState<View>("talk");
  const [picked, setPicked] = useState("");
  const [over, setOver] = useState<"keys" | "palette" | "">(layer ?? "");
  const [folded, setFolded] = useState(false);
  const st = s.desk;
  const stand = st ? stage(st, now, s.ahead, s.seen) : undefined;
  const wrap = st?.status === "wrap_up" && stand?.kind !== "offer";
  const inCall = stand?.kind === "call" || stand?.kind === "rejoin" || wrap;
  useEffect(() => { if (st?.offer || st?.call) { setPicked(""); setView("talk"); } }, [st?.offer?.conversation, st?.call]);
  const unread = news(s.chats, st);
  useTitle((unread > 0 ? `(${unread}) ` : "") + (st?.offer ? say("title_offer", { who: st.offer.who }) : st?.call && s.brief ? say("title_call", { who: s.brief.who, time: timer(since(st.since, now, s.ahead)) }) : say("title")), unread > 0 || !!st?.offer);
  useKeys({ picked, setPicked, setOver, folded, setFolded, layer: over });

  if (s.phase !== "ready") {
    return (
      <div class="page">
        <Head setOver={setOver} />
        <main class="stage" id="main">{s.phase === "start" ? <Start /> : s.phase === "sign_in" ? <SignIn over={false} /> : s.phase === "loading" ? <Skeleton /> : <Stop why={s.phase} />}</main>
        {over === "keys" && <Keys close={() => setOver("")} />}
      </div>
    );
  }
  const callback = picked.startsWith("callback:") ? Number(picked.slice(9)) : 0;
  // Nothing else to look at: what is offered, else the chat that is first.
  const idle = !inCall && stand?.kind !== "offer" && picked === "";
  const asked = st?.chat_offers?.find((o) => picked === "ask:" + o.conversation) ?? (idle ? st?.chat_offers?.[0] : undefined);
  const chat = s.chats.find((c) => picked === "chat:" + c.id) ?? (idle && !asked ? s.chats[0] : undefined);
  const away = () => setPicked("");
  return (
    <div class={`page view-${view}` + (s.link === "live" ? "" : " stale")}>
      <Head setOver={setOver} />
      <Bands />
      <div class={"cols" + (chat || inCall && !callback && !asked ? " three" : "")}>
        <nav class="list" aria-label={say("list")}><List picked={chat ? "chat:" + chat.id : asked ? "ask:" + asked.conversation : picked} pick={(r) => { setPicked(r); setView("talk"); }} /></nav>
        {chat ? <main class="call chat" id="main"><ChatPanel chat={chat} close={away} /></main>
          : asked ? <main class="stage" id="main"><Ask offer={asked} done={(yes) => setPicked(yes ? "chat:" + asked.conversation : "")} /></main>
          : callback ? <main class="stage" id="main"><CallbackCard id={callback} close={() => setPicked("")} /></main>
          : stand?.kind === "offer" ? <main class="stage" id="main"><Ring offer={stand.offer} /><p class="after">{say("offer_after")}</p></main>
          : stand?.kind === "rejoin" ? <main class="stage" id="main"><Rejoin offer={stand.offer} /></main>
          : inCall ? <main class="call" id="main">{wrap ? <Wrapping /> : null}<Call folded={folded} fold={setFolded} /></main>
          : <main class="stage" id="main"><Idle /></main>}
        {chat ? <aside class="side" aria-label={say("aside")}><ChatSide chat={chat} close={away} /></aside> : inCall && !callback && !asked && <aside class="side" aria-label={say("aside")}><Side open={(id) => desk.open(id)} /></aside>}
      </div>
      <nav class="tabs" aria-label={say("view")}>{views.map(([v, icon]) => <button type="button" key={v} aria-current={view === v ? "page" : undefined} disabled={v === "known" && !inCall && !chat || v === "help" && !inCall && !chat} onClick={() => setView(v)}><Icon name={icon} large />{say(`view_${v}`)}{v === "queue" && s.callbacks.length + unread > 0 && <b class="num">{s.callbacks.length + unread}</b>}</button>)}</nav>
      {over === "keys" && <Keys close={() => setOver("")} />}
      {over === "palette" && <Commands setOver={setOver} setPicked={setPicked} />}
      {s.expired && <SignIn over />}
    </div>
  );
}

function Head({ setOver }: { setOver: (o: "keys" | "palette") => void }) {
  const s = useDesk();
  const { say } = useRoom();
  return <><a class="skip" href="#main">{say("skip")}</a>{s.me?.demo && <aside class="demo">{say("demo")}</aside>}<Top palette={() => setOver("palette")} keys={() => setOver("keys")} /></>;
}

function Skeleton() {
  const { say } = useRoom();
  return <div class="skeleton"><h1 class="sr">{say("loading")}</h1>{[60, 90, 75, 40].map((w) => <i key={w} style={{ width: w + "%" }} />)}</div>;
}

/** Idle is an empty desk: what happened last, what to do meanwhile. */
function Idle() {
  const s = useDesk();
  const { desk, say } = useRoom();
  const now = useNow();
  const st = s.desk!;
  const stand = stage(st, now, s.ahead, s.seen);
  const lead = st.status === "available" ? say("empty_available", { time: span(since(st.since, now, s.ahead)) }) : st.status === "break" ? say("empty_break") : st.status === "away" ? say("empty_away") : st.status === "offline" ? say("empty_offline") : "";
  return (
    <>
      {stand.kind === "ended" && <p class={"told " + (stand.ended.how === "expired" || stand.ended.how === "unreachable" ? "warn" : "")}><Icon name={stand.ended.how === "answered_elsewhere" ? "check" : "alert"} /><span>{ending(stand.ended, say)}</span><button type="button" class="btn small" onClick={() => desk.set({ seen: stand.ended.at })}>{say("end_put_away")}</button></p>}
      <section class="idle"><Icon name="phone" large /><h1>{say("empty")}</h1>{s.callbacks.length > 0 && <p>{say("empty_callbacks", { n: s.callbacks.length })}</p>}<p class="lead">{lead}</p>
        {(st.status === "offline" || st.status === "break" || st.status === "away") && !obstacle(st, "available", { connected: s.link === "live" }) && <button type="button" class="btn ok" onClick={() => desk.presence("available")}>{say(s.sound.microphone === "open" || st.address ? "go_available" : "go_chats")}</button>}</section>
    </>
  );
}

/** Wrapping says whose call is being concluded and how long there is. */
function Wrapping() {
  const s = useDesk();
  const { desk, say } = useRoom();
  const now = useNow();
  const st = s.desk!;
  return <section class="wrapping"><h2>{say("wrap_title", { who: s.brief?.who ?? say("caller") })}</h2><p>{say("wrap_lead")}</p><span class="num">{say("left", { time: timer(left(st.until, now, s.ahead)) })}</span><button type="button" class="btn small" aria-disabled={!!st.extended} title={st.extended ? say("extended") : undefined} onClick={() => { if (!st.extended) desk.extend(); }}>{say("extend")}</button></section>;
}

interface Around { picked: string; setPicked: (p: string) => void; setOver: (o: "keys" | "palette" | "") => void; folded: boolean; setFolded: (f: boolean) => void; layer: string }

function focus(id: string, inner = ""): void {
  const el = document.getElementById(id);
  (inner ? el?.querySelector<HTMLElement>(inner) : el)?.focus();
}

/** useKeys binds the map of keys; F-keys everywhere, letters outside fields and only when wanted. */
function useKeys(a: Around): void {
  const { desk } = useRoom();
  const now = useRef(a);
  now.current = a;
  useEffect(() => bind((): Bindings => {
    const { picked, setPicked, setOver, setFolded, layer } = now.current;
    const s = desk.get();
    const chat = s.chats.find((c) => picked === "chat:" + c.id) ?? (picked === "" && !s.desk?.call && !s.desk?.offer && s.desk?.status !== "wrap_up" ? s.chats[0] : undefined); // the one that stands there
    const call = !!s.desk?.call, opening = s.desk && accepted(s.desk);
    const rows = ["", ...(s.desk?.chat_offers ?? []).map((o) => "ask:" + o.conversation), ...s.chats.map((c) => "chat:" + c.id), ...s.callbacks.map((c) => "callback:" + c.id)];
    const move = (by: number) => setPicked(rows[(rows.indexOf(picked) + by + rows.length) % rows.length] ?? "");
    const always: Record<string, () => void> = {
      ...(s.desk?.offer ? { F2: () => desk.accept() } : s.desk?.chat_offers?.[0] ? { F2: () => { const id = s.desk!.chat_offers[0]!.conversation; desk.chats.accept(id); setPicked("chat:" + id); } } : {}),
      ...(opening ? { F4: () => desk.mute() } : {}),
      ...(call ? { F4: () => desk.mute(), "Shift+F2": () => desk.hangUp(), F8: () => focusWhy("c-hold"), F9: () => focusWhy("c-transfer") } : {}),
      ...(s.phase === "ready" ? { "Control+k": () => setOver("palette") } : {}),
      Escape: () => { if (layer) setOver(""); else if (/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "")) (document.activeElement as HTMLElement).blur(); else setPicked(""); },
    };
    if (!s.letters || layer) return always;
    return {
      ...always, "?": () => setOver("keys"), n: () => focus("note"), c: () => focus("conclusion", document.querySelector("#conclusion .proposed") ? ".proposed" : "button"), "[": () => setFolded(true), "]": () => setFolded(false), j: () => move(1), k: () => move(-1),
      ...Object.fromEntries((chat ? chat.answers : s.answers).shown.map((x, i) => ["Digit" + (i + 1), () => (chat ? desk.chats.openAnswer(chat.id, x.id) : desk.open(x.id))])),
    };
  }), [desk]);
}

/** focusWhy presses a command of the bar; the reason of one that cannot be used is shown and read. */
const focusWhy = (name: string): void => document.querySelector<HTMLElement>("." + name)?.click();

function Commands({ setOver, setPicked }: Pick<Around, "setOver" | "setPicked">) {
  return <Palette entries={useEntries(setOver, setPicked)} close={() => setOver("")} />;
}

/** useEntries is what the palette can do now. */
function useEntries(setOver: Around["setOver"], setPicked: Around["setPicked"]): Entry[] {
  const s = useDesk();
  const { desk, say, lang, turn } = useRoom();
  const st = s.desk!;
  const around = { connected: s.link === "live" };
  const off = (c: "available" | "break" | "offline") => { const o = obstacle(st, c, around); return o && say(`no_${o}`); };
  const cannot = obstacles(s);
  return [
    ...(st.offer ? [{ text: say("answer"), key: "F2", go: () => desk.accept() }] : []),
    ...(st.call ? [
      { text: say(s.sound.muted ? "unmuted" : "muted"), key: "F4", off: cannot.mute && say(cannot.mute), go: () => desk.mute() },
      { text: say("hang_up"), key: lang === "fr" ? "Maj F2" : "Shift F2", off: cannot.hang_up && say(cannot.hang_up), go: () => desk.hangUp() },
      { text: say(s.handling.held ? "resume" : "hold"), key: "F8", off: cannot.hold && say(cannot.hold), go: () => desk.pause() },
      { text: say("transfer"), key: "F9", off: cannot.transfer && say(cannot.transfer), go: () => focusWhy("c-transfer") },
      { text: say("to_bot"), off: cannot.bot && say(cannot.bot), go: () => focusWhy("c-bot") },
    ] : []),
    { text: say("available"), off: off("available"), go: () => desk.presence("available") },
    ...s.breaks.map((b) => ({ text: say("break_because", { reason: b }), off: off("break"), go: () => desk.presence("break", b) })),
    { text: say("offline"), off: off("offline"), go: () => desk.presence("offline") },
    st.address ? { text: say("use_browser"), go: () => void desk.telephone("") } : { text: say("use_phone"), go: () => desk.set({ phoning: true }) },
    ...(st.call || st.status === "wrap_up" ? [{ text: say("key_notes"), key: "N", go: () => focus("note") }, ...s.conclusions.map((c) => ({ text: say("conclude_as", { text: c }), go: () => desk.conclude(c) }))] : []),
    ...s.chats.map((c) => ({ text: say("chat_to", { who: c.brief.who }), go: () => setPicked("chat:" + c.id) })),
    ...s.callbacks.map((c) => ({ text: say("callback_to", { who: c.phone }), go: () => setPicked("callback:" + c.id) })),
    { text: say("key_keys"), key: "?", go: () => setOver("keys") },
    { text: lang === "fr" ? "English" : "Français", go: () => turn(lang === "fr" ? "en" : "fr") },
  ];
}
