// The page of phrases that the bot did not understand: one keystroke a decision.
import "../shared/base.css";
import "../shared/inter.css";
import "./inbox.css";
import { render } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { announcer } from "../shared/announce";
import { Icon } from "../shared/icons";
import { bind } from "../shared/keys";
import { choose, initials, words, type Lang } from "../shared/words";
import { gateway, type State as Tab } from "./api";
import { en } from "./en";
import { fr, type Words } from "./fr";
import { Publish } from "./publish";
import { Row } from "./row";
import { Sorter } from "./sorter";
import { Player } from "./sound";

const q = new URLSearchParams(location.search);
const keep = {
  get: (k: string) => { try { return localStorage.getItem(`decroche.${k}`); } catch { return null; } },
  set: (k: string, v: string) => { try { localStorage.setItem(`decroche.${k}`, v); } catch { /* forgotten with the page */ } },
};
const theme = keep.get("board.theme");
if (theme === "light" || theme === "dark") document.documentElement.dataset["theme"] = theme;

function turnTheme(): void {
  const root = document.documentElement.dataset;
  const now = root["theme"] ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  keep.set("board.theme", (root["theme"] = now === "dark" ? "light" : "dark"));
}

const tabs: readonly Tab[] = ["open", "accepted", "dismissed"];
const list: readonly [string, keyof typeof fr][] = [["J K", "key_move"], ["↵", "key_accept"], ["C", "key_correct"], ["H", "key_scope"], ["I", "key_ignore"], ["Espace", "key_listen"], ["X", "key_select"], ["Ctrl Z", "key_undo"], ["Esc", "key_esc"], ["?", "key_help"]];

function Keys({ say, lang, close }: { say: Words; lang: Lang; close: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  return (
    <div class="keys" role="dialog" aria-label={say("keys")}>
      <h2>{say("keys")}</h2>
      <dl>{list.map(([k, w]) => <><dt><kbd>{k === "Espace" && lang === "en" ? "Space" : k}</kbd></dt><dd>{say(w)}</dd></>)}</dl>
      <button ref={button} type="button" class="btn small" onClick={close}>{say("keys_close")}</button>
    </div>
  );
}

let say: Words;
const speak = announcer();
const sorter = new Sorter(gateway, { get: (u) => keep.get(`inbox.${u}`), set: (u, t) => keep.set(`inbox.${u}`, t) }, (key, args) => speak.status(say(key, { ...args, intent: args.intent ?? "" })));

/** inRow tells whether a key is for the row, and not for what has the focus in it. */
const inRow = () => !document.activeElement?.closest("button, a, summary, input, select, [role=dialog]");

function Page() {
  const [, draw] = useState(0);
  const [lang, setLang] = useState<Lang>(choose(q.get("lang"), keep.get("board.lang"), navigator.languages));
  const [help, setHelp] = useState(false);
  const [correcting, correct] = useState(0);
  const [kind, setKind] = useState<"" | "out_of_scope" | "ignored">("");
  const [player] = useState(() => new Player(() => draw((n) => n + 1)));
  say = useMemo(() => words(lang, fr, en), [lang]);
  const s = sorter.state, may = sorter.may;
  const rows = useRef<HTMLDivElement>(null);
  const focused = useRef(0);
  useEffect(() => sorter.watch(() => draw((n) => n + 1)), []);
  useEffect(() => {
    const demo = q.get("state");
    if (demo) {
      void gateway.me().then(async (me) => { if (me.demo) (await import("./demo")).play(sorter, demo, me, lang); }, () => sorter.set({ ready: "denied" }));
      return;
    }
    void sorter.start();
    let turn = 0;
    const look = setInterval(() => { if (!document.hidden) void sorter.look(++turn % 6 === 0); }, 5_000);
    const online = () => void sorter.look();
    const leave = () => { if (sorter.state.at) gateway.unlock(sorter.state.at); };
    addEventListener("online", online);
    addEventListener("pagehide", leave);
    return () => { clearInterval(look); removeEventListener("online", online); removeEventListener("pagehide", leave); };
  }, []);
  useEffect(() => { document.documentElement.lang = lang; document.title = s.groups.length && s.tab === "open" ? `(${s.groups.length}) ${say("title")}` : say("title"); }, [lang, s.groups.length, s.tab]);
  // The focus goes with the cursor, unless somebody types or reads elsewhere.
  useEffect(() => {
    if (!s.at || s.at === focused.current) return;
    focused.current = s.at;
    correct(0);
    player.stop();
    const here = document.activeElement;
    if (!here || here === document.body || rows.current?.contains(here) || !document.contains(here)) rows.current?.querySelector<HTMLElement>(`[data-id="${s.at}"]`)?.focus();
  }, [s.at]);
  const listen = () => { const sound = s.sounds.get(s.at)?.[0]; if (sound) player.toggle(sound); };
  useEffect(() => bind(() => ({
    j: () => sorter.move(1), k: () => sorter.move(-1),
    c: () => { if (may && s.tab === "open" && !sorter.lockedBy(s.at)) correct(s.at); },
    h: () => sorter.decide("out-of-scope"), i: () => sorter.decide("dismiss"), x: () => { if (s.tab === "open") sorter.pick(); },
    "Control+z": () => sorter.takeBack(), "?": () => setHelp(!help),
    ...(inRow() ? { Enter: () => sorter.decide("accept"), " ": listen } : {}),
    Escape: () => { if (help) setHelp(false); else if (s.publishing) sorter.set({ publishing: false }); else if (correcting) { correct(0); rows.current?.querySelector<HTMLElement>(`[data-id="${s.at}"]`)?.focus(); } else sorter.set({ picked: [] }); },
  })));

  const shown = s.tab === "dismissed" && kind ? s.groups.filter((g) => (kind === "out_of_scope") === (g.decided === "out_of_scope")) : s.groups;
  const at = shown.findIndex((g) => g.id === s.at);
  const name = s.me?.name || s.me?.user || "";
  const effect = s.effect ?? [], n = effect.reduce((a, e) => a + e.breaks.length, 0), mended = effect.reduce((a, e) => a + e.mends.length, 0);
  const share = (x: number) => new Intl.NumberFormat(lang === "fr" ? "fr-FR" : "en-GB", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(x);
  return (
    <div class={"sorting" + (s.link === "live" ? "" : " stale")}>
      {s.me?.demo && <aside class="demo">{say("demo")}</aside>}
      <header class="top">
        <a class="skip" href="#main">{say("skip")}</a>
        <span class="brand"><span class="mark"><Icon name="phone" large /></span><b>Décroche</b> <span class="where">{say("brand")}</span></span>
        {s.me?.permissions.includes("live:watch") && <nav class="views" aria-label={say("views")}><a href="/board">{say("board")}</a></nav>}
        <span class="gap" />
        <span class={s.link === "live" ? "link" : "link lost"}><span class="dot" /><span class="t">{say(`link_${s.link}`)}</span></span>
        <button type="button" class="btn small quiet" lang={lang === "fr" ? "en" : "fr"} onClick={() => { const l = lang === "fr" ? "en" : "fr"; keep.set("board.lang", l); setLang(l); }}>{lang === "fr" ? "EN" : "FR"}<span class="sr"> {lang === "fr" ? "English" : "français"}</span></button>
        <button type="button" class="btn small quiet" aria-label={say("theme")} onClick={turnTheme}><Icon name="theme" /></button>
        <button type="button" class="btn small quiet help" aria-label={say("keys")} onClick={() => setHelp(!help)}>?</button>
        {name && <span class="ava" title={name}>{initials(name)}<span class="sr">{name}</span></span>}
      </header>
      {s.ready === "denied" || s.ready === "failed" ? (
        <main id="main" class="blank"><h1>{say(s.ready)}</h1><p class="dim">{say(s.ready === "denied" ? "denied_next" : "failed_next")}</p>{s.ready === "denied" && <a class="btn" href="/login?next=/inbox">{say("sign_in")}</a>}</main>
      ) : (
        <main id="main" tabIndex={-1}>
          {s.link === "offline" && <section class="band" aria-label={say("link_offline")}>{say("offline")}</section>}
          <div class="bar">
            <h1>{say("brand")}</h1>
            <div class="seg" role="group" aria-label={say("state")}>{tabs.map((t) => <button key={t} type="button" aria-pressed={s.tab === t} onClick={() => { focused.current = 0; void sorter.load(t).catch(() => sorter.set({ link: "offline" })); }}>{say(t)}{t === "open" && s.tab === "open" && <> <b class="num">{s.groups.length}</b></>}</button>)}</div>
            {s.tab === "dismissed" && <select class="field kind" aria-label={say("kinds")} value={kind} onChange={(e) => setKind(e.currentTarget.value as typeof kind)}><option value="">{say("kind_all")}</option><option value="out_of_scope">{say("kind_scope")}</option><option value="ignored">{say("kind_ignored")}</option></select>}
            <span class="gap" />
            {s.errands.length > 0 && <span class="tag warn num">{say("waiting", { n: s.errands.length })}</span>}
            {s.undo.length > 0 && <button type="button" class="btn small quiet" onClick={() => sorter.takeBack()}><Icon name="back" />{say("undo")}</button>}
            {s.drafts.length > 0 && <span class="effect num">{say("drafts", { n: s.drafts.length })}{effect[0] && <>, {say("accuracy", { before: share(effect[0].accuracy_before), after: share(effect[0].accuracy_after) })}</>}{n > 0 && <b class="bad">, {say("breaks", { n })}</b>}{mended > 0 && <>, {say("mends", { n: mended })}</>}</span>}
            {s.drafts.length > 0 && <button type="button" class="btn small primary" onClick={() => sorter.set({ publishing: true })}>{say("publish")}</button>}
          </div>
          {!may && s.ready === "ready" && <p class="band quiet">{say("read_only")}</p>}
          {s.bad && <p class="band" role="alert">{say("refused", s.bad)} <button type="button" class="btn small quiet" onClick={() => sorter.set({ bad: undefined })}>{say("keys_close")}</button></p>}
          {s.picked.length > 0 && <p class="band picked num">{say("selected", { n: s.picked.length })} <button type="button" class="btn small primary" onClick={() => sorter.decide("accept")}>{say("accept")}</button> <button type="button" class="btn small" onClick={() => sorter.decide("out-of-scope")}>{say("scope")}</button> <button type="button" class="btn small" onClick={() => sorter.decide("dismiss")}>{say("ignore")}</button> <button type="button" class="btn small quiet" onClick={() => sorter.set({ picked: [] })}>{say("clear")}</button></p>}
          {s.publishing && <Publish say={say} sorter={sorter} share={share} />}
          {s.fresh.length > 0 && <p class="news"><button type="button" class="btn small" onClick={() => void sorter.load(s.tab).catch(() => sorter.set({ link: "offline" }))}>{say("news", { n: s.fresh.length })}</button></p>}
          {s.ready === "loading" ? <div class="bars" role="img" aria-label={say("loading")}>{[1, 2, 3, 4, 5, 6].map((i) => <i key={i} />)}</div>
            : shown.length === 0 ? <div class="blank"><Icon name="check" large /><h2>{say(s.tab === "open" ? "empty" : s.tab === "accepted" ? "empty_done" : "empty_aside")}</h2>{s.tab === "open" && <p class="dim">{say("empty_next")}</p>}</div>
            : <>
              <p class="turn"><button type="button" class="btn small" disabled={at <= 0} aria-label={say("before")} onClick={() => sorter.go(shown[at - 1]!.id)}><Icon name="back" /></button><span class="num">{say("place", { at: at + 1, n: shown.length })}</span><button type="button" class="btn small" disabled={at >= shown.length - 1} aria-label={say("next")} onClick={() => sorter.go(shown[at + 1]!.id)}><Icon name="forward" /></button></p>
              <div class="rows" ref={rows}>{shown.map((g) => <Row key={g.id} g={g} say={say} lang={lang} sorter={sorter} player={player} at={g.id === s.at} correcting={correcting === g.id} correct={correct} focused={(id) => { focused.current = id; sorter.go(id); }} />)}</div>
            </>}
        </main>
      )}
      {help && <Keys say={say} lang={lang} close={() => setHelp(false)} />}
    </div>
  );
}

render(<Page />, document.getElementById("app")!);
