// The inside of the frame that widget.js puts into a site's page: a bubble, or the conversation.
// The site's page is told only how large the frame has to be.
import "../shared/base.css";
import "./widget.css";
import { render } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { App, useTalk } from "../caller/app";
import { detached, dress, sayIn, shell, type Shell } from "../caller/shell";
import { Icon } from "../shared/icons";

/** tell speaks to the page around us; it learns nothing of the conversation. */
const tell = (size: "none" | "bubble" | "open") => parent.postMessage({ decroche: size }, "*");

function Frame({ sh }: { sh: Shell }) {
  const s = useTalk(sh.talk);
  const [open, setOpen] = useState(() => sh.keep.get("open") === "1"); // as it was on the page before
  const [ripe, setRipe] = useState(false);
  const bubble = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const lang = sh.talk.lang;
  const say = sayIn(lang);
  const info = s.info;
  useEffect(() => {
    document.documentElement.lang = lang;
    document.title = info ? say("title", { name: info.title }) : say("assistant");
    dress(info?.accent);
    if (!info) return;
    const t = setTimeout(() => setRipe(true), s.lines.length ? 0 : info.after_ms); // who has begun need not wait
    return () => clearTimeout(t);
  }, [info]);
  const shown = ripe && !!info?.show;
  useLayoutEffect(() => tell(!shown ? "none" : open ? "open" : "bubble"), [shown, open]);
  const focusing = useRef(false); // only who opens it moves the focus into it
  useEffect(() => sh.keep.set("open", open ? "1" : null), [open]);
  const leave = () => { setOpen(false); requestAnimationFrame(() => bubble.current?.focus()); };
  useEffect(() => {
    if (!open) return;
    if (focusing.current) panel.current?.focus();
    const esc = (e: KeyboardEvent) => { if (e.key === "Escape" && !e.defaultPrevented) leave(); };
    addEventListener("keydown", esc);
    return () => removeEventListener("keydown", esc);
  }, [open]);
  const [blocked, setBlocked] = useState(false);
  const detach = () => {
    if (detached(sh)) return leave();
    setBlocked(true);
    sh.announce.alert(say("detach_blocked"));
  };
  if (!shown || !info) return null;
  const busy = s.voice !== "none";
  return (
    <main>
      {!open && <h1 class="sr">{say("title", { name: info.title })}</h1>}
      <div class="panel" hidden={!open} ref={panel} tabIndex={-1} role="dialog" aria-label={say("title", { name: info.title })}>
        {info.demo && <p class="demo">{say("demo")}</p>}
        <header class="whead">
          <span class="names"><b>{info.title}</b> <span>{say("assistant")}</span></span>
          {!blocked && <button type="button" class="btn small quiet" aria-label={say("detach")} title={say("detach")} onClick={detach}><Icon name="detach" large /></button>}
          <button type="button" class="btn small quiet" aria-label={say("close")} onClick={leave}><Icon name="down" large /></button>
        </header>
        {blocked && <p class="banner warn"><Icon name="alert" />{say("detach_blocked")}</p>}
        <App talk={sh.talk} say={say} lang={lang} status={sh.announce.status} compact />
      </div>
      <button type="button" class={"bubble" + (busy ? " busy" : "")} ref={bubble} hidden={open} onClick={() => { focusing.current = true; setOpen(true); }} aria-expanded={open}>
        <Icon name={busy ? "phone" : "chat"} large /><span class="sr">{say("open")}</span>
      </button>
    </main>
  );
}

const sh = shell();
render(<Frame sh={sh} />, document.getElementById("app")!);
if (sh.state) void import("../caller/demo").then((d) => d.play(sh.talk, sh.state));
else void sh.talk.begin();
