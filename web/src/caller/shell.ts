// What the page and the widget begin with: language, theme, what was kept here, the conversation.
import { announcer, type Announcer } from "../shared/announce";
import { hex, parseHex, readable } from "../shared/contrast";
import { choose, words, type Lang } from "../shared/words";
import type { Words } from "./app";
import { en } from "./en";
import { fr } from "./fr";
import { Talk } from "./talk";

export interface Shell {
  talk: Talk;
  bot: string;
  announce: Announcer;
  /** state is which state to show without a server, "" for none; only demonstrations obey it. */
  state: string;
}

/** memory keeps things in the browser; a browser that refuses forgets with the page. */
function memory(bot: string) {
  const gone = new Map<string, string>();
  const where = (key: string) => (key === "unsent" ? sessionStorage : localStorage);
  const name = (key: string) => `decroche.${bot || "first"}.${key}`;
  return {
    get(key: string): string | null {
      try { return where(key).getItem(name(key)); } catch { return gone.get(key) ?? null; }
    },
    set(key: string, value: string | null): void {
      try {
        if (value === null) where(key).removeItem(name(key));
        else where(key).setItem(name(key), value);
      } catch {
        if (value === null) gone.delete(key);
        else gone.set(key, value);
      }
    },
  };
}

export const sayIn = (lang: Lang): Words => words(lang, fr, en);

export function shell(): Shell {
  const q = new URLSearchParams(location.search);
  const bot = q.get("bot") ?? "";
  const keep = memory(bot);
  const lang = choose(q.get("lang"), keep.get("lang"), navigator.languages);
  const announce = announcer();
  const theme = keep.get("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset["theme"] = theme;
  return { bot, announce, state: q.get("state") ?? "", talk: new Talk(bot, lang, sayIn(lang), keep, announce) };
}

/** speakIn changes the page's language; what was said stays as it was said. */
export function speakIn(talk: Talk, bot: string, lang: Lang): void {
  memory(bot).set("lang", lang);
  talk.lang = lang;
  talk.say = sayIn(lang);
  document.documentElement.lang = lang;
  void talk.learn();
}

/** turnTheme goes from light to dark and back, and remembers it. */
export function turnTheme(bot: string): void {
  const now = document.documentElement.dataset["theme"] ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const next = now === "dark" ? "light" : "dark";
  document.documentElement.dataset["theme"] = next;
  memory(bot).set("theme", next);
}

/** dress gives the page a company's colour, moved until it can be read on both grounds. */
export function dress(accent: string | undefined): void {
  const c = accent && parseHex(accent);
  if (!c) return;
  const [light, dark] = [readable(c, [[255, 255, 255], [244, 245, 248]]), readable(c, [[22, 26, 34], [14, 17, 23]])];
  const fill = readable(c, [[255, 255, 255]]);
  const root = document.documentElement.style;
  root.setProperty("--accent", `light-dark(${hex(light)}, ${hex(dark)})`);
  root.setProperty("--accent-fill", hex(fill));
}
