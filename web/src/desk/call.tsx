// The call: why they call, what can be done, what is said.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "../shared/icons";
import { Transcript, type Captions, type Line } from "../shared/transcript";
import { span, timer } from "../shared/words";
import { all } from "./lines";
import { Back, Handling, PassOn } from "./onward";
import { obstacles, type Command } from "./state";
import { first, phone, useDesk, useNow, useRoom } from "./ui";

const keypad = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

export function Call({ folded, fold }: { folded: boolean; fold: (yes: boolean) => void }) {
  const s = useDesk();
  const { say } = useRoom();
  const now = useNow();
  const o = s.brief;
  const who = o?.who ?? say("caller");
  const until = s.desk?.status === "wrap_up" ? Date.parse(s.desk.since) : now + s.ahead;
  const mine = s.joined ? (until - s.joined) / 1000 : 0;
  const total = s.talk.start ? (until - s.talk.start) / 1000 : mine;
  const waited = o && s.joined ? (s.joined - Date.parse(o.at)) / 1000 : 0;
  return (
    <>
      <section class="head" aria-label={say("call")}>
        <div class="idl">
          <h1>{who}</h1>
          {o && <p class="why"><b>{o.why}</b>{o.facts.length > 0 && " " + o.facts.join(" ")}</p>}
          <p class="meta">{o?.phone && o.phone !== o.who && <span class="num">{phone(o.phone)}</span>}{o?.lang && <span>{say(o.lang.startsWith("en") ? "english" : "french")}</span>}
            {waited > 0 && <span>{say("wait_was", { time: span(waited) })}</span>}
            {s.supervisors.length > 0 && <span class="sup"><Icon name="person" />{say("supervised", { who: s.supervisors.join(", ") })}</span>}</p>
        </div>
        <div class="timer"><time>{timer(total)}</time><span class="cap">{say("of_which", { time: timer(mine) })}</span></div>
      </section>
      <Controls />
      <Talk folded={folded} fold={fold} />
    </>
  );
}

function Controls() {
  const s = useDesk();
  const { desk, say, announce } = useRoom();
  const [keys, setKeys] = useState(false);
  const [panel, setPanel] = useState<"" | "pass" | "bot">("");
  const [why, setWhy] = useState("");
  const blocked = obstacles(s);
  const act = (c: Command, go: () => void) => () => {
    const b = blocked[c];
    if (b) { setWhy(say(b)); announce.status(say(b)); } else { setWhy(""); go(); }
  };
  const button = (c: Command, icon: IconName, text: string, key: string, go: () => void, more: Record<string, unknown> = {}) => (
    <button type="button" class={"btn c-" + c} aria-disabled={!!blocked[c]} title={blocked[c] ? say(blocked[c]!) : undefined} onClick={act(c, go)} {...more}><Icon name={icon} /><span>{text}</span>{key && <kbd>{key}</kbd>}</button>
  );
  const press = (k: string) => { if (!blocked.keypad && desk.press(k)) announce.status(say("key_sent", { key: k })); };
  const held = s.handling.held && !s.handling.onward;
  useEffect(() => { if (!s.desk?.call || s.handling.onward) setPanel(""); }, [!s.desk?.call, !!s.handling.onward]);
  return (
    <>
      <div class="ctl" role="group" aria-label={say("bar")}>
        {button("mute", s.sound.muted ? "micoff" : "mic", say(s.sound.muted ? "muted" : "mute"), "F4", () => desk.mute(), { "aria-pressed": s.sound.muted })}
        {button("hold", "clock", say(held ? "resume" : "hold"), "F8", () => desk.pause(), { "aria-pressed": held })}
        {button("transfer", "detach", say("transfer"), "F9", () => setPanel(panel === "pass" ? "" : "pass"), { "aria-expanded": panel === "pass" })}
        {button("bot", "bot", say("to_bot"), "", () => setPanel(panel === "bot" ? "" : "bot"), { "aria-expanded": panel === "bot" })}
        {button("keypad", "keypad", say("keypad"), "", () => setKeys(!keys), { "aria-expanded": keys })}
        <span class="gap" />
        <button type="button" class="btn danger" aria-disabled={!!blocked.hang_up || s.hangingUp} onClick={act("hang_up", () => desk.hangUp())}><Icon name="hangup" large /><span>{say("hang_up")}</span></button>
      </div>
      {why && <p class="ctl-why"><Icon name="alert" /><span>{why}</span><button type="button" class="btn small quiet icon" aria-label={say("close")} onClick={() => setWhy("")}><Icon name="close" /></button></p>}
      <Handling />
      {panel === "pass" && !blocked.transfer && <PassOn close={() => setPanel("")} bot={() => setPanel("bot")} />}
      {panel === "bot" && !blocked.bot && <Back close={() => setPanel("")} />}
      {s.hangingUp && <p class="ctl-why">{say("hanging_up")}</p>}
      {keys && <div class="pad" role="group" aria-label={say("keypad")} onKeyDown={(e) => { if (/^[0-9*#]$/.test(e.key)) { e.preventDefault(); e.stopPropagation(); press(e.key); } else if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); setKeys(false); } }}>
        {keypad.map((k) => <button type="button" class="btn" key={k} onClick={() => press(k)}>{k}</button>)}<p class="cap">{say("keypad_hint")}</p></div>}
    </>
  );
}

/** Talk is the transcript; what the bot said before can be folded away. */
function Talk({ folded, fold }: { folded: boolean; fold: (yes: boolean) => void }) {
  const s = useDesk();
  const { say } = useRoom();
  const lines = all(s.talk);
  const name = first(s.brief?.who ?? say("caller"));
  const captions = useMemo((): Captions => ({ label: say("log"), who: { caller: name, bot: say("bot"), agent: say("you") }, cut: say("cut"), perhaps: (readings) => say("perhaps", { readings }), news: (n) => say("news", { n }) }), [say, name]);
  const mine = lines.findIndex((l) => l.who === "agent" || l.id.startsWith("took"));
  const before = mine < 0 ? 0 : mine;
  const shown: readonly Line[] = folded && before > 0 ? lines.slice(before) : lines;
  return (
    <div class="talk">
      {before > 0 && <button type="button" class="fold" aria-expanded={!folded} onClick={() => fold(!folded)}><Icon name="down" />{say("with_bot", { n: before })}</button>}
      <Transcript lines={shown} words={captions} />
    </div>
  );
}

/** useTitle shows the call in the tab's title; its icon has a dot while somebody waits for an answer. */
export function useTitle(text: string, waits: boolean): void {
  const was = useRef("");
  useEffect(() => { if (was.current !== text) document.title = was.current = text; }, [text]);
  useEffect(() => { document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.setAttribute("href", waits ? "/static/icon-news.svg" : "/static/icon.svg"); }, [waits]);
}
