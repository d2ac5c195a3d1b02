// What the page and the widget begin with: language, theme, what was kept here, the conversation.
import { announcer, type Announcer } from "../shared/announce";
import { hex, parseHex, readable } from "../shared/contrast";
import { choose, words, type Lang } from "../shared/words";
import type { Words } from "./fr";
import { en } from "./en";
import { fr } from "./fr";
import { Talk, type Taken } from "./talk";

export interface Shell {
  talk: Talk;
  bot: string;
  keep: ReturnType<typeof memory>;
  announce: Announcer;
  /** state is which state to show without a server, "" for none; only demonstrations obey it. */
  state: string;
}

/** memory keeps things in the browser; a browser that refuses forgets with the page. */
function memory(bot: string) {
  const gone = new Map<string, string>();
  const where = (key: string) => (key === "unsent" || key === "call" || key === "open" ? sessionStorage : localStorage); // a call is one window's
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
  const talk = new Talk(bot, lang, sayIn(lang), keep, announce);
  // Only our own frames get to this path: somebody else's link must not put a person into a conversation of theirs.
  const handed = location.pathname === handedTo && location.hash.startsWith(handing) ? location.hash.slice(handing.length) : "";
  if (handed) {
    history.replaceState(null, "", "/" + location.search); // whoever looks at the address learns nothing
    try { talk.take(JSON.parse(decodeURIComponent(handed)) as Taken); } catch { /* it was cut short on its way */ }
  }
  return { bot, keep, announce, state: q.get("state") ?? "", talk };
}

const handedTo = "/detached", handing = "#take=";

/** detached opens the conversation in a small window of its own, which stays when the page is left;
 * false when the browser does not let it. The window gets what it needs in the part of its address
 * that no server sees: it shares neither storage nor messages with a frame in another site's page.
 * Until it has taken a call up, the call goes on here. */
export function detached(sh: Shell): boolean {
  const q = new URLSearchParams({ ...(sh.bot ? { bot: sh.bot } : {}), lang: sh.talk.lang });
  return window.open(`${handedTo}?${q}${handing}${encodeURIComponent(JSON.stringify(sh.talk.handOver()))}`, "_blank", "popup,width=420,height=680") !== null;
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
