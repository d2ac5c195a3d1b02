// The left side: what goes on, whom to call back, what is done.
import { ChatRows, type Picked } from "./chats.view";
import { Facts, left, moment, ordered, sayer, State, Work, type Change } from "../shared/callbacks";
import { Icon } from "../shared/icons";
import { clock, timer } from "../shared/words";
import { since } from "./presence";
import { phone, useDesk, useNow, useRoom } from "./ui";

/** Which row is open in the middle: "" is the call or the offer. */
export function List({ picked, pick }: Picked) {
  const s = useDesk();
  const { say, lang } = useRoom();
  const now = useNow(!!s.desk?.call);
  const o = s.desk?.offer ?? s.brief;
  const running = !!s.desk?.call || !!s.desk?.offer || s.desk?.status === "wrap_up";
  return (
    <>
      <h2 class="cap">{say("running")}</h2>
      {running && o ? <ul><li><button type="button" class="conv" aria-current={picked === "" ? "true" : undefined} onClick={() => pick("")}>
        <span class="ch agent"><Icon name={s.desk?.status === "wrap_up" ? "check" : "phone"} /></span><span class="who">{o.who}</span>{s.desk?.call && <time>{timer(s.talk.start ? (now + s.ahead - s.talk.start) / 1000 : since(s.desk.since, now, s.ahead))}</time>}<span class="sub">{o.why}</span></button></li></ul>
        : <p class="nothing">{say("none_running")}</p>}
      <ChatRows picked={picked} pick={pick} />
      <h2 class="cap">{say("callbacks")} {s.callbacks.length > 0 && <span class="num">{s.callbacks.length}</span>}</h2>
      {s.callbacks.length === 0 ? <p class="nothing">{say("none_callbacks")}</p> : <ul>{ordered(s.callbacks).map((c) => <li key={c.id}><button type="button" class="conv" aria-current={picked === "callback:" + c.id ? "true" : undefined} onClick={() => pick("callback:" + c.id)}>
        <span class="ch"><Icon name="back" /></span><span class="who num">{phone(c.phone) || say("callback_nobody")}</span><time>{moment(lang, c.next ?? c.from ?? c.at)}</time><span class="sub">{[c.state === "open" ? "" : sayer(lang)(`s_${c.state}`), c.taken_by, c.window, left(c) || c.reason.replace(/_/g, " ")].filter(Boolean).join(" · ")}</span></button></li>)}</ul>}
      <h2 class="cap">{say("done_today")} {s.done.length > 0 && <span class="num">{s.done.length}</span>}</h2>
      {s.done.length === 0 ? <p class="nothing">{say("none_done")}</p> : <ul class="done">{s.done.map((d) => <li key={d.conversation}><a class="conv" href={"/conversations/" + encodeURIComponent(d.conversation)} target="_blank" rel="noopener">
        <span class="ch"><Icon name="check" /></span><span class="who">{d.who}</span><time>{clock(lang, new Date(d.at))}</time><span class="sub">{d.text}</span></a></li>)}</ul>}
    </>
  );
}

/** CallbackCard is one request in full, and what can be done with it. */
export function CallbackCard({ id, close }: { id: number; close: () => void }) {
  const s = useDesk();
  const { desk, say, lang } = useRoom();
  const c = s.callbacks.find((x) => x.id === id);
  if (!c) return null;
  const may = s.me?.permissions ?? [];
  const act = (change: Change) => { desk.changeCallback(c.id, change); if ("state" in change) close(); };
  return (
    <section class="ring" aria-labelledby="who">
      <div class="in">
        <p><State c={c} lang={lang} /></p>
        <h1 id="who">{c.phone ? say("callback_to", { who: phone(c.phone) }) : say("callback_nobody")}</h1>
        {c.reason && c.reason !== "message" && <p class="why"><b>{c.reason.replace(/_/g, " ")}</b></p>}
        <Facts c={c} lang={lang} me={s.me?.user ?? ""} href={"/conversations/" + encodeURIComponent(c.conversation)} />
      </div>
      <div class="go">
        {c.phone && <a class="btn primary" href={"tel:" + c.phone.replace(/[^+\d]/g, "")}><Icon name="phone" />{phone(c.phone)}</a>}
        <Work c={c} lang={lang} who={{ user: s.me?.user ?? "", work: may.includes("callbacks:write"), over: may.includes("supervise") }} act={act} call={() => desk.callBack(c.id)} />
        <button type="button" class="btn quiet" onClick={close}>{say("close")}</button>
      </div>
    </section>
  );
}
