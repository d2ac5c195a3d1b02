// The page of supervisors.
import "../shared/base.css";
import "./board.css";
import { render } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { announcer } from "../shared/announce";
import { choose, words, type Lang } from "../shared/words";
import { Header, LiveView, useBoard } from "./app";
import { en } from "./en";
import type { Ev } from "./events";
import { fr } from "./fr";
import type { Voice } from "./say";
import { Board } from "./store";

const q = new URLSearchParams(location.search);
const keep = {
  get: (k: string) => { try { return localStorage.getItem(`decroche.board.${k}`); } catch { return null; } },
  set: (k: string, v: string) => { try { localStorage.setItem(`decroche.board.${k}`, v); } catch { /* forgotten with the page */ } },
};

const board = new Board();
const announce = announcer();
const theme = keep.get("theme");
if (theme === "light" || theme === "dark") document.documentElement.dataset["theme"] = theme;

function turnTheme(): void {
  const root = document.documentElement.dataset;
  const now = root["theme"] ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  keep.set("theme", (root["theme"] = now === "dark" ? "light" : "dark"));
}

function Page() {
  const s = useBoard(board);
  const [lang, setLang] = useState<Lang>(choose(q.get("lang"), keep.get("lang"), navigator.languages));
  const v: Voice = useMemo(() => ({ say: words(lang, fr, en), lang, wall: q.has("wall") }), [lang]);
  const [chosen, setChosen] = useState("");
  const [events, setEvents] = useState<readonly Ev[]>([]);
  useEffect(() => { document.documentElement.lang = lang; }, [lang]);
  useEffect(() => {
    const state = q.get("state");
    if (state) void import("./demo").then((d) => { const p = d.play(board, state); setChosen(p.chosen); setEvents(p.events); });
    const id = setInterval(() => { if (board.state.link === "live") board.tick(Date.now()); }, 1000);
    return () => clearInterval(id);
  }, []);
  return (
    <div class={"board" + (v.wall ? " wall wide" : "") + (s.link !== "live" ? " stale" : "")}>
      {s.me?.demo && <div class="demo" role="note">{v.say("demo")}</div>}
      <Header v={v} s={s} view="live" theme={turnTheme} help={() => {}} turn={() => { const l = lang === "fr" ? "en" : "fr"; keep.set("lang", l); setLang(l); }} />
      <LiveView v={v} board={board} announce={announce} chosen={chosen} choose={setChosen} events={events} failed={false} again={() => {}} history={() => {}} />
    </div>
  );
}

render(<Page />, document.getElementById("app")!);
