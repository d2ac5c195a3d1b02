// The agents' desk.
import "../shared/base.css";
import "../shared/inter.css";
import "./desk.css";
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { announcer } from "../shared/announce";
import { choose, type Lang } from "../shared/words";
import { App } from "./app";
import { Live } from "./live";
import { Room, sayIn } from "./ui";

const q = new URLSearchParams(location.search);
const kept = (key: string): string | null => { try { return localStorage.getItem("decroche.desk." + key); } catch { return null; } };
const theme = kept("theme");
if (theme === "light" || theme === "dark") document.documentElement.dataset["theme"] = theme;

const announce = announcer();
const desk = new Live();
const shown = q.get("state") ?? "";

function Page() {
  const [lang, setLang] = useState<Lang>(() => choose(q.get("lang"), kept("lang"), navigator.languages));
  useEffect(() => {
    document.documentElement.lang = lang;
    desk.speak(sayIn(lang), announce, lang);
  }, [lang]);
  const turn = (l: Lang) => { try { localStorage.setItem("decroche.desk.lang", l); } catch { /* forgotten with the page */ } setLang(l); };
  return <Room.Provider value={{ desk, say: sayIn(lang), lang, announce, turn }}><App layer={shown === "keys" || shown === "palette" ? shown : undefined} /></Room.Provider>;
}

desk.speak(sayIn(choose(q.get("lang"), kept("lang"), navigator.languages)), announce, choose(q.get("lang"), kept("lang"), navigator.languages));
render(<Page />, document.getElementById("app")!);
if (shown) void import("./demo").then((d) => d.play(desk, shown, choose(q.get("lang"), kept("lang"), navigator.languages)));
else void desk.begin();
