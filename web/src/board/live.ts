// The gateway's stream into the board, and what the record adds to it: the beginnings of calls that run
// already, today's hand-offs, and what calls usually take.
import { listen } from "../shared/stream";
import { api, Refused } from "./api";
import type { Ev, Live, Summary } from "./events";
import type { Board } from "./store";
import { figures, medians, midnight } from "./transfers";
import { moment } from "./time";

const week = 7 * 86_400_000; // ms
const pages = 4; // of 500 records, at most
const detailed = 40; // hand-offs of today whose details are read
const beginnings = 100; // running calls whose beginning is read

/** follow keeps the board up to date until the returned function is called. */
export function follow(board: Board): () => void {
  let stop = () => {}, over = false, known = false;
  const timers = new Set<ReturnType<typeof setInterval>>();
  const queue = reader(board);
  void (async () => {
    for (let wait = 1000; !over; wait = Math.min(15_000, wait * 2)) {
      try {
        const me = await api.me();
        board.set({ me });
        if (!me.permissions.includes("live:watch")) return board.set({ ready: "denied" });
        break;
      } catch (e) {
        if (e instanceof Refused && e.status === 401) return board.set({ ready: "denied" });
        if (board.state.ready === "loading" || board.state.ready === "failed") board.set({ ready: "failed" });
        await new Promise((done) => setTimeout(done, wait));
      }
    }
    if (over) return;
    stop = listen({
      url: () => "/api/v1/events",
      message: (m) => {
        if (m.event === "snapshot") {
          board.snapshot((JSON.parse(m.data) as { live: Live[] }).live);
          queue.more();
          if (!known) { known = true; void past(board); }
        } else if (m.event === "event") board.event(JSON.parse(m.data) as Ev);
      },
      link: (link) => board.set({ link }),
      refused: (status) => board.set(status === 401 ? { expired: true } : { ready: "denied" }),
    });
    let stale = false;
    board.hear((_, e) => { if (e.type === "ended") stale = true; });
    timers.add(setInterval(() => { if (stale) { stale = false; void past(board); } }, 30_000));
  })();
  return () => { over = true; stop(); queue.stop(); for (const t of timers) clearInterval(t); };
}

/** reader reads the beginnings of calls that the board knows only by their line. */
function reader(board: Board): { more(): void; stop(): void } {
  let running = 0, over = false, read = 0;
  const next = async (): Promise<void> => {
    const id = over || read >= beginnings ? undefined : board.unread();
    if (!id) return;
    running++;
    read++;
    try {
      board.replay(id, (await api.conversation(id, "fr")).events);
    } catch { /* its line is known all the same */ }
    running--;
    await next();
  };
  return { more() { read = 0; for (let i = running; i < 3; i++) void next(); }, stop() { over = true; } };
}

/** past reads the week's records and today's hand-offs. */
async function past(board: Board): Promise<void> {
  const now = moment(), today = midnight(now), all: Summary[] = [];
  try {
    let page = await api.conversations({ limit: "500" });
    for (let i = 1; ; i++) {
      all.push(...page.conversations);
      const last = page.conversations.at(-1);
      if (!page.next || i >= pages || !last || Date.parse(last.start) < now - week) break;
      page = await api.more(page.next);
    }
  } catch {
    return; // the figures say that they are not known
  }
  const usual = medians(all);
  const before = new Map<string, number>();
  for (const s of all) if (s.channel === "voice" && s.end && now - Date.parse(s.start) < week) before.set(s.from, (before.get(s.from) ?? 0) + 1);
  board.usual = (c) => ({ median: usual.get(c.intent), again: c.channel === "voice" && /\d{6}/.test(c.from) && (before.get(c.from) ?? 0) > 0 });
  board.set({ figures: figures(all.filter((s) => Date.parse(s.start) >= today)) });
  const moved = all.filter((s) => s.transfer && s.end && Date.parse(s.start) >= today).slice(0, detailed);
  for (const s of moved) {
    if (board.hasTransfer(s.id)) continue;
    try { board.past(s.id, (await api.conversation(s.id, "fr")).events); } catch { return; }
  }
}
