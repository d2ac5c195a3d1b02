// The page of supervisors: the live board, and the history.
import "../shared/base.css";
import "../shared/inter.css";
import "./board.css";
import { render } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { announcer } from "../shared/announce";
import { bind } from "../shared/keys";
import { choose, words, type Lang } from "../shared/words";
import { Acts } from "./acts";
import { api } from "./api";
import { Audit } from "./audit";
import { Callbacks, gateway as rung, type Source as Rung } from "./callbacks";
import { Header, LiveView, useBoard } from "./app";
import type { Played } from "./demo";
import { en } from "./en";
import type { Ev } from "./events";
import { fr } from "./fr";
import { gateway, History, type Source } from "./history";
import { follow } from "./live";
import { rulesOf } from "./risk";
import type { Voice, Words } from "./say";
import { Board } from "./store";
import { seconds } from "./wave";
import { moment } from "./time";

const q = new URLSearchParams(location.search);
const keep = {
  get: (k: string) => { try { return localStorage.getItem(`decroche.board.${k}`); } catch { return null; } },
  set: (k: string, v: string) => { try { localStorage.setItem(`decroche.board.${k}`, v); } catch { /* forgotten with the page */ } },
};

const board = new Board();
const acts = new Acts();
const announce = announcer();
const theme = keep.get("theme");
if (theme === "light" || theme === "dark") document.documentElement.dataset["theme"] = theme;

function turnTheme(): void {
  const root = document.documentElement.dataset;
  const now = root["theme"] ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  keep.set("theme", (root["theme"] = now === "dark" ? "light" : "dark"));
}

/** useEvents is all that is known of one call: what the record has, then what comes. */
function useEvents(id: string, fixed: readonly Ev[] | undefined): { events: readonly Ev[]; failed: boolean; again: () => void } {
  const [events, setEvents] = useState<readonly Ev[]>([]);
  const [failed, setFailed] = useState(false);
  const [tries, again] = useState(0);
  useEffect(() => {
    setEvents([]);
    setFailed(false);
    if (!id || fixed) return;
    let over = false;
    const all = new Map<number, Ev>();
    const show = () => { if (!over) setEvents([...all.values()].sort((a, b) => a.seq - b.seq)); };
    const stop = board.hear((conv, e) => { if (conv === id) { all.set(e.seq, e); show(); } });
    const seen = board.state.calls.get(id)?.seq ?? 0;
    const read = async (left: number): Promise<void> => {
      try {
        const c = await api.conversation(id, "fr");
        for (const e of c.events) all.set(e.seq, e);
        show();
        if ((c.events.at(-1)?.seq ?? 0) < seen && left > 0 && !over) { // the record is written a moment later
          await new Promise((done) => setTimeout(done, 700));
          await read(left - 1);
        }
      } catch {
        if (!over) setFailed(true);
      }
    };
    void read(3);
    return () => { over = true; stop(); };
  }, [id, fixed, tries]);
  return { events: fixed ?? events, failed, again: () => again(tries + 1) };
}

const list: readonly [string, keyof typeof fr][] = [["J K", "key_move"], ["↵", "key_open"], ["E", "key_listen"], ["A", "key_whisper"], ["B", "key_hint"], ["I", "key_join"], ["R", "key_take"], ["⇧R", "key_back"], ["1–5", "key_filters"], ["/", "key_find"], ["Esc", "key_esc"], ["?", "key_help"]];

function Keys({ say, close }: { say: Words; close: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  return (
    <div class="keys" role="dialog" aria-label={say("keys")}>
      <h2>{say("keys")}</h2>
      <dl>{list.map(([k, w]) => <><dt><kbd>{k}</kbd></dt><dd>{say(w)}</dd></>)}</dl>
      <button ref={button} type="button" class="btn small" onClick={close}>{say("keys_close")}</button>
    </div>
  );
}

function Page() {
  const s = useBoard(board);
  const [lang, setLang] = useState<Lang>(choose(q.get("lang"), keep.get("lang"), navigator.languages));
  const v: Voice = useMemo(() => ({ say: words(lang, fr, en), lang, wall: q.has("wall"), rules: s.rules }), [lang, s.rules]);
  const [chosen, setChosen] = useState(q.get("view") === "history" ? "" : q.get("call") ?? "");
  const [demo, setDemo] = useState<Played | undefined>(undefined);
  const [source, setSource] = useState<Source>(gateway);
  const [calls, setCalls] = useState<Rung>(rung);
  const [help, setHelp] = useState(false);
  const state = q.get("state") ?? "";
  const view = q.get("view") === "history" || state.startsWith("history") ? "history" : q.get("view") === "callbacks" || state === "callbacks" ? "callbacks" : q.get("view") === "audit" ? "audit" : "live";
  const fixed = useMemo(() => demo?.events.filter((e) => e.conversation === chosen), [demo, chosen]);
  const { events, failed, again } = useEvents(chosen, fixed);
  useEffect(() => { document.documentElement.lang = lang; }, [lang]);
  const channel = s.calls.get(chosen)?.channel;
  useEffect(() => { if (!demo) acts.look(channel === "voice" ? chosen : ""); }, [chosen, channel, demo]);
  useEffect(() => bind(() => ({ "?": () => setHelp(!help), ...(help ? { Escape: () => setHelp(false) } : {}) })), [help]);
  useEffect(() => {
    let stop = () => {};
    const hear = board.hear((conv, e) => acts.event(conv, e));
    void (async () => {
      const me = state ? await api.me().catch(() => undefined) : undefined;
      if (me) board.set({ me });
      if (me?.demo) {
        const d = await import("./demo");
        await api.rules().then((r) => board.set({ rules: rulesOf(r) }), () => {});
        if (state === "callbacks") { setCalls(d.rung(lang)); return; }
        if (view === "history") { setSource(d.archive(state, lang)); return; }
        const p = d.play(board, state);
        if (p.wrong === "output") acts.set({ bad: { act: "listen", told: { key: "bad_output" } } });
        if (p.wrong === "mic") acts.set({ bad: { act: "whisper", told: { key: "bad_mic" } } });
        setDemo(p);
        setChosen(p.chosen);
      } else stop = follow(board);
    })();
    const id = setInterval(() => { if (board.state.link === "live") board.tick(moment()); }, 1000);
    const leave = () => acts.close();
    addEventListener("pagehide", leave);
    return () => { stop(); hear(); clearInterval(id); removeEventListener("pagehide", leave); };
  }, []);
  const past = (id: string) => { location.href = `/board?view=history&call=${encodeURIComponent(id)}`; };
  return (
    <div class={"board" + (v.wall ? " wall wide" : "") + (s.link !== "live" || s.expired ? " stale" : "")}>
      {s.me?.demo && <aside class="demo">{v.say("demo")}</aside>}
      {v.wall && <section class="band" aria-label={v.say("brand")}>{v.say("wall_note")}</section>}
      <Header v={v} s={s} view={view} theme={turnTheme} help={() => setHelp(!help)} turn={() => { const l = lang === "fr" ? "en" : "fr"; keep.set("lang", l); setLang(l); }} />
      {view === "history" ? <History v={v} source={source} may={s.me?.permissions ?? []} q={q.get("q") ?? ""} call={q.get("call") ?? (source.sample && state !== "history-empty" && state !== "history-failed" ? "h7f3a" : "")} t={seconds(q.get("t"))} key={source === gateway ? "live" : "demo"} />
        : view === "callbacks" ? (s.me || s.ready !== "loading") && <Callbacks v={v} source={calls} me={s.me?.user ?? ""} may={s.me?.permissions ?? []} chosen={calls === rung ? undefined : 1} key={calls === rung ? "live" : "demo"} />
        : view === "audit" ? (s.me || s.ready !== "loading") && <Audit v={v} may={s.me?.permissions.includes("audit:read") ?? false} />
        : <LiveView v={v} board={board} announce={announce} chosen={chosen} choose={setChosen} events={events} sample={demo && (chosen === demo.chosen ? demo.growing : [])} failed={failed} again={again} history={past} acts={acts} />}
      {help && <Keys say={v.say} close={() => setHelp(false)} />}
    </div>
  );
}

render(<Page />, document.getElementById("app")!);
