// Typed conversations beside a call: rows of the list, the offer of one, the panel where both write.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { Transcript, type Captions } from "../shared/transcript";
import { span } from "../shared/words";
import { lastWords, shown, type Chat } from "./chats";
import { Customer } from "./crm.view";
import { share } from "./offer";
import { left, since } from "./presence";
import { Facts, Last, label, reasons } from "./ring";
import { Answers } from "./side";
import type { Offer } from "./types";
import { first, useDesk, useNow, useRoom } from "./ui";

/** Picked is the row of the list that is open, and how another is opened. */
export interface Picked { picked: string; pick: (row: string) => void }

/** ChatRows are the offers, then what is ours. */
export function ChatRows({ picked, pick }: Picked) {
  const s = useDesk();
  const { say } = useRoom();
  const offers = s.desk?.chat_offers ?? [];
  const now = useNow(offers.length > 0);
  if (offers.length === 0 && s.chats.length === 0) return null;
  return (
    <>
      <h2 class="cap">{say("chats")} <span class="num">{s.chats.length + offers.length}</span></h2>
      <ul class="chats">
        {offers.map((o) => <li key={o.conversation}><button type="button" class="conv asks" aria-current={picked === "ask:" + o.conversation ? "true" : undefined} onClick={() => pick("ask:" + o.conversation)}>
          <span class="ch ok"><Icon name="chat" /></span><span class="who">{o.who}</span><span class="num left">{say("offer_left", { n: Math.ceil(left(o.expires, now, s.ahead)) })}</span><span class="sub">{o.why}</span></button></li>)}
        {s.chats.map((c) => <li key={c.id}><button type="button" class={"conv" + (c.unread > 0 ? " new" : "")} aria-current={picked === "chat:" + c.id ? "true" : undefined} onClick={() => pick("chat:" + c.id)}>
          <span class={"ch" + (c.over ? "" : " agent")}><Icon name={c.over ? "check" : "chat"} /></span><span class="who">{c.brief.who}</span>
          {c.unread > 0 ? <b class="unread"><span aria-hidden="true">{c.unread}</span><span class="sr">{say("chat_unread", { n: c.unread })}</span></b> : <span class="cap">{c.over ? say("chat_conclude") : c.away ? say("chat_row_away") : ""}</span>}
          <span class="sub">{lastWords(c)}</span></button></li>)}
      </ul>
    </>
  );
}

/** Ask is one that is offered: who, why, what was tried, the last words, before accepting. */
export function Ask({ offer: o, done }: { offer: Offer; done: (accepted: boolean) => void }) {
  const s = useDesk();
  const { desk, say } = useRoom();
  const now = useNow();
  const [declining, setDeclining] = useState(false);
  const firstReason = useRef<HTMLButtonElement>(null);
  useEffect(() => { if (declining) firstReason.current?.focus(); }, [declining]);
  const off = s.link !== "live";
  return (
    <section class="ring appear" aria-labelledby="ask-who">
      <div class="bar" aria-hidden="true"><i style={{ width: share(o, now, s.ahead) * 100 + "%" }} /></div>
      <div class="in" tabIndex={0} role="group" aria-labelledby="ask-who">
        <p class="eyebrow"><span class="pulse"><Icon name="chat" /></span><span>{say("offer_chat")}</span><span class="num">{say("offer_left", { n: Math.ceil(left(o.expires, now, s.ahead)) })}</span></p>
        <h1 id="ask-who">{o.who}</h1>
        <p class="why"><b>{o.why}</b>{o.facts.length > 0 && " " + o.facts.join(" ")}</p>
        <p class="meta">{o.lang && <span>{say(o.lang.startsWith("en") ? "english" : "french")}</span>}<span>{say("offer_waits", { time: span(since(o.at, now, s.ahead)) })}</span></p>
        <Facts o={o} />
        <Last o={o} />
      </div>
      <div class="go">
        {declining ? <>
          {reasons.map(([r, key], i) => <button type="button" key={r} class="btn" ref={i === 0 ? firstReason : null} onClick={() => { desk.chats.decline(o.conversation, r); done(false); }}>{say(key)}</button>)}
          <button type="button" class="btn quiet" onClick={() => setDeclining(false)}>{say("cannot_back")}</button>
        </> : <>
          <button type="button" class="btn ok" aria-disabled={off} onClick={() => { if (!off) { desk.chats.accept(o.conversation); done(true); } }}><Icon name="chat" large />{say("chat_answer")} {!s.desk?.offer && <kbd>F2</kbd>}</button>
          <button type="button" class="btn" aria-disabled={off} onClick={() => { if (!off) setDeclining(true); }}>{say("cannot")}</button>
        </>}
      </div>
    </section>
  );
}

/** ChatPanel is one conversation: what the bot and both people wrote, and the field. */
export function ChatPanel({ chat: c, close }: { chat: Chat; close: () => void }) {
  const s = useDesk();
  const { desk, say, announce } = useRoom();
  const [back, setBack] = useState(false);
  useEffect(() => {
    const look = () => desk.chats.read(document.visibilityState === "visible" ? c.id : "");
    look();
    document.addEventListener("visibilitychange", look);
    return () => { document.removeEventListener("visibilitychange", look); desk.chats.read(""); };
  }, [c.id]);
  const name = first(c.brief.who);
  const captions = useMemo((): Captions => ({ label: say("log"), who: { caller: name, bot: say("bot"), agent: say("you") }, cut: say("cut"), perhaps: (readings) => say("perhaps", { readings }), news: (n) => say("news", { n }) }), [say, name]);
  const off = s.link !== "live";
  return (
    <>
      <section class="head" aria-labelledby="chat-who">
        <div class="idl"><h1 id="chat-who">{c.brief.who}</h1>{c.brief.why && <p class="why"><b>{c.brief.why}</b></p>}
          {c.away && !c.over && <p class="meta"><Icon name="alert" /><span>{say("chat_away", { who: c.brief.who })}</span></p>}</div>
        {!c.over && <div class="chat-acts" role="group" aria-label={say("chat_bar")}>
          <button type="button" class="btn small" aria-expanded={back} aria-disabled={off} onClick={() => { if (!off) setBack(!back); }}><Icon name="bot" />{say("to_bot")}</button>
          <button type="button" class="btn small" aria-disabled={off} onClick={() => { if (!off) desk.chats.end(c.id); }}><Icon name="check" />{say("chat_end")}</button>
        </div>}
      </section>
      {back && !c.over && <BackForm chat={c} close={() => setBack(false)} />}
      {c.error && <p class="ctl-why" role="alert"><Icon name="alert" /><span>{c.error.text}{c.error.detail && <small lang="en"> {c.error.detail}</small>}</span></p>}
      <div class="talk"><Transcript lines={shown(c)} words={captions} /></div>
      {c.over ? <p class="chat-over"><Icon name="check" /><span>{say(`chat_over_${c.over}`, { who: c.brief.who })} {say("chat_over_lead")}</span><button type="button" class="btn small" onClick={() => { desk.chats.close(c.id); announce.status(say("chat_put_away")); close(); }}>{say("end_put_away")}</button></p>
        : <Writing chat={c} />}
    </>
  );
}

function Writing({ chat: c }: { chat: Chat }) {
  const { desk, say } = useRoom();
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => { // a conversation that was picked is written in, unless something else is being written
    if (!/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "")) box.current?.focus();
  }, [c.id]);
  useLayoutEffect(() => { const b = box.current; if (b) { b.style.height = "auto"; b.style.height = Math.min(144, b.scrollHeight + 2) + "px"; } }, [c.draft, c.id]);
  return (
    <form class="chat-write" onSubmit={(e) => { e.preventDefault(); desk.chats.send(c.id); box.current?.focus(); }}>
      <label class="sr" for="chat-field">{say("chat_field", { who: c.brief.who })}</label>
      <textarea id="chat-field" ref={box} class="field" rows={1} maxLength={4000} value={c.draft} placeholder={say("chat_place")} enterkeyhint="send" autocomplete="off"
        onInput={(e) => desk.chats.type(c.id, e.currentTarget.value)}
        onKeyDown={(e) => { if (e.key === "Enter" && !e.shiftKey && !e.isComposing) { e.preventDefault(); desk.chats.send(c.id); } }} />
      <button type="submit" class="btn primary icon" aria-label={say("chat_send")} aria-disabled={c.draft.trim() === ""}><Icon name="send" large /></button>
    </form>
  );
}

/** BackForm asks where the bot goes on. */
function BackForm({ chat: c, close }: { chat: Chat; close: () => void }) {
  const { desk, say } = useRoom();
  const [step, setStep] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <form class="chat-back" onSubmit={(e) => { e.preventDefault(); desk.chats.giveBack(c.id, step.trim()); close(); }} onKeyDown={(e) => { if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); close(); } }}>
      <label for="chat-step">{say("chat_step")}</label>
      <input class="field" id="chat-step" ref={field} value={step} placeholder={say("chat_step_here")} autocomplete="off" onInput={(e) => setStep(e.currentTarget.value)} />
      <button type="submit" class="btn small primary">{say("to_bot")}</button><button type="button" class="btn small quiet" onClick={close}>{say("close")}</button>
    </form>
  );
}

/** ChatSide is what is known, notes and conclusion of one conversation. */
export function ChatSide({ chat: c, close }: { chat: Chat; close: () => void }) {
  const s = useDesk();
  const { desk, say, announce } = useRoom();
  const n = c.note;
  const choose = (text: string) => {
    desk.chats.conclude(c.id, text);
    announce.status(say("conclude_chosen", { text }));
    if (c.over) close();
  };
  return (
    <>
      <section class="blk slots" aria-labelledby="h-known"><h2 id="h-known">{say("known")}</h2>
        <Customer crm={c.brief.crm} />
        {c.brief.slots.length === 0 ? <p class="cap">{say("known_none")}</p> : <dl>{c.brief.slots.map((f) => <div key={f.name}><dt>{label(f.name)}</dt><dd><b class="num">{f.value}</b>{f.confirmed && <span class="tag ok"><Icon name="check" />{say("confirmed")}</span>}</dd></div>)}</dl>}
      </section>
      <Answers key={c.id} found={c.answers} hold={(yes) => desk.chats.hold(c.id, yes)} open={(id) => desk.chats.openAnswer(c.id, id)} />
      <section class="blk note"><h2><label for="note">{say("notes")}</label> {(n.text || n.saved !== "saved") && <span class={"cap " + n.saved}>{say(n.saved)}</span>}</h2>
        <textarea class="field" id="note" rows={2} maxLength={8000} value={n.text} placeholder={say("note_place")} onInput={(e) => desk.chats.write(c.id, e.currentTarget.value)} /></section>
      <section class="blk disp"><h2 id="h-disp">{say("conclusion")}</h2>
        <div class="chips" role="group" aria-labelledby="h-disp" id="conclusion">{s.conclusions.map((x) => <button type="button" class="btn small" key={x} aria-pressed={n.conclusion === x} onClick={() => choose(x)}>{x.charAt(0).toUpperCase() + x.slice(1)}</button>)}</div></section>
    </>
  );
}
