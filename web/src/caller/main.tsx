// The caller's page: one column, the conversation and nothing else.
import "../shared/base.css";
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { App, useTalk } from "./app";
import { dress, sayIn, shell, speakIn, turnTheme, type Shell } from "./shell";

function Page({ sh }: { sh: Shell }) {
  const s = useTalk(sh.talk);
  const [lang, setLang] = useState(sh.talk.lang);
  const say = sayIn(lang);
  const title = s.info?.title ?? "";
  useEffect(() => {
    document.documentElement.lang = lang;
    document.title = title ? say("title", { name: title }) : say("assistant");
  }, [lang, title]);
  useEffect(() => dress(s.info?.accent), [s.info?.accent]);
  const turn = (l: "fr" | "en") => { speakIn(sh.talk, sh.bot, l); setLang(l); };
  return (
    <div class="page">
      {s.info?.demo && <aside class="demo">{say("demo")}</aside>}
      <header class="head">
        <span class="brand"><span class="mark"><Icon name="phone" large /></span><span class="names"><b>{title || "\u00a0"}</b> <span class="cap">{say("assistant")}</span></span></span>
        <span class="langs" role="group" aria-label={say("language")}>
          {(["fr", "en"] as const).map((l) => <button type="button" class="btn small quiet" aria-pressed={lang === l} lang={l} key={l} onClick={() => turn(l)}>{l.toUpperCase()}<span class="sr"> {l === "fr" ? "français" : "English"}</span></button>)}
        </span>
        <button type="button" class="btn small quiet" aria-label={say("theme")} onClick={() => turnTheme(sh.bot)}><Icon name="theme" /></button>
      </header>
      <main class="col"><App talk={sh.talk} say={say} lang={lang} status={sh.announce.status} /></main>
    </div>
  );
}

const sh = shell();
render(<Page sh={sh} />, document.getElementById("app")!);
if (sh.state) void import("./demo").then((d) => d.play(sh.talk, sh.state));
else void sh.talk.begin();
