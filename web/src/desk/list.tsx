// The left side: what goes on, whom to call back, what is done.
import { ChatRows } from "./chats.view";
import { Icon } from "../shared/icons";
import { clock, timer } from "../shared/words";
import { since } from "./presence";
import { phone, useDesk, useNow, useRoom } from "./ui";

/** Which row is open in the middle: "" is the call or the offer. */
export interface Picked { picked: string; pick: (row: string) => void }

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
      {s.callbacks.length === 0 ? <p class="nothing">{say("none_callbacks")}</p> : <ul>{s.callbacks.map((c) => <li key={c.id}><button type="button" class="conv" aria-current={picked === "callback:" + c.id ? "true" : undefined} onClick={() => pick("callback:" + c.id)}>
        <span class="ch"><Icon name="back" /></span><span class="who num">{phone(c.phone)}</span><time>{clock(lang, new Date(c.at))}</time><span class="sub">{[c.window, c.reason].filter(Boolean).join(" · ")}</span></button></li>)}</ul>}
      <h2 class="cap">{say("done_today")} {s.done.length > 0 && <span class="num">{s.done.length}</span>}</h2>
      {s.done.length === 0 ? <p class="nothing">{say("none_done")}</p> : <ul class="done">{s.done.map((d) => <li key={d.conversation}><a class="conv" href={"/conversations/" + encodeURIComponent(d.conversation)} target="_blank" rel="noopener">
        <span class="ch"><Icon name="check" /></span><span class="who">{d.who}</span><time>{clock(lang, new Date(d.at))}</time><span class="sub">{d.text}</span></a></li>)}</ul>}
    </>
  );
}

/** CallbackCard is one request in full. */
export function CallbackCard({ id, close }: { id: number; close: () => void }) {
  const s = useDesk();
  const { desk, say, lang } = useRoom();
  const c = s.callbacks.find((x) => x.id === id);
  if (!c) return null;
  return (
    <section class="ring" aria-labelledby="who">
      <div class="in">
        <h1 id="who">{say("callback_to", { who: phone(c.phone) })}</h1>
        {c.reason && <p class="why"><b>{c.reason}</b></p>}
        <p class="meta"><span>{say("callback_asked", { at: clock(lang, new Date(c.at)) })}</span>{c.window && <span>{c.window}</span>}<a href={"/conversations/" + encodeURIComponent(c.conversation)} target="_blank" rel="noopener">{say("callback_open")}</a></p>
      </div>
      <div class="go">
        <a class="btn primary" href={"tel:" + c.phone.replace(/[^+\d]/g, "")}><Icon name="phone" />{phone(c.phone)}</a>
        <button type="button" class="btn" onClick={() => desk.callBack(c.id)}>{say("call_back")}</button>
        <button type="button" class="btn" onClick={() => { desk.setCallback(c.id, "done"); close(); }}><Icon name="check" />{say("callback_done")}</button>
        <button type="button" class="btn quiet" onClick={close}>{say("close")}</button>
      </div>
    </section>
  );
}
