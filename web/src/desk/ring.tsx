// An incoming offer: who, why, what is known and was tried, the last words, before accepting.
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { span } from "../shared/words";
import { left, since } from "./presence";
import { share } from "./offer";
import type { Decline, Ended, Offer } from "./types";
import type { Words } from "./fr";
import { first, phone, useDesk, useNow, useRoom } from "./ui";

export const reasons: readonly (readonly [Decline, "cannot_file" | "cannot_skill" | "cannot_technical"])[] = [["file_open", "cannot_file"], ["not_my_skill", "cannot_skill"], ["technical", "cannot_technical"]];

/** eyebrow says what kind of offer it is, and of which queue. */
export const eyebrow = (o: Offer, say: Words): string => {
  if (o.channel === "text") return say("offer_chat");
  if (o.origin === "agent") return say("offer_agent", { who: o.from ?? say("agent") });
  if (o.origin === "transfer") return say("offer_transfer");
  if (o.origin === "callback") return say("offer_callback");
  return o.queue.length ? say("offer_eyebrow_queue", { queue: o.queue.join(", ") }) : say("offer_eyebrow");
};

/** Ring shows one offer. */
export function Ring({ offer: o }: { offer: Offer }) {
  const s = useDesk();
  const { desk, say, announce } = useRoom();
  const now = useNow();
  const [declining, setDeclining] = useState(false);
  const firstReason = useRef<HTMLButtonElement>(null);
  useEffect(() => announce.alert(say("offer_alert", { who: o.who, why: o.why })), [o.conversation]);
  useEffect(() => { if (declining) firstReason.current?.focus(); }, [declining]);
  const rest = Math.ceil(left(o.expires, now, s.ahead));
  return (
    <section class="ring appear" aria-labelledby="who">
      <div class="bar" aria-hidden="true"><i style={{ width: share(o, now, s.ahead) * 100 + "%" }} /></div>
      <div class="in" tabIndex={0} role="group" aria-labelledby="who">
        <p class="eyebrow"><span class="pulse"><Icon name="phone" /></span><span>{eyebrow(o, say)}</span><span class="num">{say("offer_left", { n: rest })}</span></p>
        <h1 id="who">{o.who}</h1>
        <p class="why"><b>{o.why}</b>{o.facts.length > 0 && " " + o.facts.join(" ")}</p>
        <p class="meta">{o.phone && o.phone !== o.who && <span class="num">{phone(o.phone)}</span>}{o.lang && <span>{say(o.lang.startsWith("en") ? "english" : "french")}</span>}<span>{say("offer_waits", { time: span(since(o.at, now, s.ahead)) })}</span></p>
        {o.said && <p class="why handed"><b>{o.from}</b> « {o.said} »</p>}
        {o.notes?.map((x) => <p class="why handed" key={x.agent}><b>{say("notes")}, {x.agent}</b> {x.text}</p>)}
        <Facts o={o} />
        <Last o={o} />
      </div>
      <div class="go">
        {declining ? <>
          {reasons.map(([r, key], i) => <button type="button" key={r} class="btn" ref={i === 0 ? firstReason : null} onClick={() => desk.decline(r)}>{say(key)}</button>)}
          <button type="button" class="btn quiet" onClick={() => setDeclining(false)}>{say("cannot_back")}</button>
        </> : <>
          {o.rings === "telephone" ? <p class="lift"><Icon name="phone" large /> {say("pick_up")}</p>
            : <button type="button" class="btn ok" aria-disabled={s.accepting || s.link !== "live"} onClick={() => desk.accept()}><Icon name="phone" large />{say(s.accepting ? "answering" : "answer")} <kbd>F2</kbd></button>}
          <button type="button" class="btn" aria-disabled={s.accepting || s.link !== "live"} onClick={() => setDeclining(true)}>{say("cannot")}</button>
        </>}
      </div>
    </section>
  );
}

export function Facts({ o }: { o: Offer }) {
  const { say } = useRoom();
  return (
    <dl class="facts">
      {o.slots.map((f) => <div key={f.name}><dt>{label(f.name)}</dt><dd><b class="num">{f.value}</b>{f.confirmed && <span class="tag ok"><Icon name="check" />{say("confirmed")}</span>}</dd></div>)}
      <div><dt>{say("tried")}</dt><dd>{o.tried.length ? <Items list={o.tried} /> : say("nothing_tried")}</dd></div>
      {o.todo.length > 0 && <div><dt>{say("todo")}</dt><dd><Items list={o.todo} /></dd></div>}
    </dl>
  );
}

const Items = ({ list }: { list: readonly string[] }) => list.length === 1 ? <>{list[0]}</> : <ul>{list.map((t) => <li key={t}>{t}</li>)}</ul>;

/** label is a slot's name for people: "numero_commande" is "Numero commande". */
export const label = (name: string): string => { const t = name.replace(/_/g, " "); return t.charAt(0).toUpperCase() + t.slice(1); };

/** Last shows the offer's lines; while it has none, the last ones of the transcript. */
export function Last({ o }: { o: Offer }) {
  const s = useDesk();
  const { say } = useRoom();
  const lines: Offer["lines"] = o.lines.length > 0 ? o.lines : s.talk.lines.slice(-3).flatMap((l) => (l.who === "note" ? [] : [{ who: l.who, text: l.text, cut: !!l.unheard }]));
  if (lines.length === 0) return null;
  return <div class="last"><h2>{say("last_words")}</h2><ol class="few">{lines.map((l, i) => <li key={i} class={l.who}><span class="sp">{l.who === "caller" ? first(o.who) : say(l.who)}<span class="sr">{"\u202f: "}</span></span><p>{l.text}{l.cut && <> <span class="cut">{say("cut")}</span></>}</p></li>)}</ol></div>;
}

/** Rejoin is the one thing to do when one's own call waits. */
export function Rejoin({ offer: o }: { offer: Offer }) {
  const s = useDesk();
  const { desk, say, announce } = useRoom();
  useEffect(() => announce.alert(say("rejoin_lead", { who: o.who })), [o.conversation]);
  return (
    <section class="ring appear" aria-labelledby="who">
      <div class="in"><h1 id="who">{o.who}</h1><p class="why"><b>{o.why}</b></p><p class="why">{say("rejoin_lead", { who: o.who })}</p></div>
      <div class="go">{o.rings === "telephone" ? <><p class="lift"><Icon name="phone" large /> {say("pick_up")}</p><button type="button" class="btn" onClick={() => void desk.telephone("")}>{say("use_browser")}</button></> : <button type="button" class="btn ok" aria-disabled={s.accepting} onClick={() => desk.accept()}><Icon name="phone" large />{say(s.accepting ? "answering" : "rejoin")} <kbd>F2</kbd></button>}</div>
    </section>
  );
}

/** ending is the sentence for how an offer ended without a call. */
export function ending(e: Ended, say: Words): string {
  switch (e.how) {
    case "answered_elsewhere": return e.by ? say("end_answered_elsewhere", { by: e.by, who: e.who }) : say("end_elsewhere_nobody", { who: e.who });
    case "caller_left": return say("end_caller_left", { who: e.who, time: span(e.after_s) });
    case "expired": return say("end_expired", { who: e.who });
    case "declined": return say("end_declined", { who: e.who, reason: say(reasons.find(([r]) => r === e.reason)?.[1] ?? "cannot_technical").toLowerCase() });
    case "unreachable": return say("end_unreachable", { who: e.who });
    case "accepted": return "";
  }
}
