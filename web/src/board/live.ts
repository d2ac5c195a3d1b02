// The gateway's stream into the board, and what the record adds to it: what today came to, and what calls
// usually take.
import { listen } from "../shared/stream";
import { api, Refused } from "./api";
import type { Colleague, Ev, Live, Queues, Summary } from "./events";
import { rulesOf } from "./risk";
import type { Board } from "./store";
import { medians } from "./transfers";
import { moment } from "./time";

const week = 7 * 86_400_000; // ms
const pages = 4; // of 500 records, at most
const counts = 30_000; // ms between two looks at what today came to, when something happened

/** follow keeps the board up to date until the returned function is called. */
export function follow(board: Board): () => void {
  let stop = () => {}, over = false, known = false, stale = false;
  const timers = new Set<ReturnType<typeof setInterval>>();
  void (async () => {
    for (let wait = 1000; !over; wait = Math.min(15_000, wait * 2)) {
      try {
        const me = await api.me();
        board.set({ me });
        if (!me.permissions.includes("live:watch")) return board.set({ ready: "denied" });
        board.set({ rules: rulesOf(await api.rules()) });
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
          if (!known) { known = true; void past(board); void today(board); void letters(board); } else stale = true; // a hand-off may have begun in the gap
        } else if (m.event === "agents") board.set({ crew: (JSON.parse(m.data) as { agents: Colleague[] | null }).agents ?? [] });
        else if (m.event === "queues") board.set({ queues: JSON.parse(m.data) as Queues });
        else if (m.event === "event") board.event(JSON.parse(m.data) as Ev);
      },
      link: (link) => board.set({ link }),
      refused: (status) => board.set(status === 401 ? { expired: true } : { ready: "denied" }),
    });
    board.hear((_, e) => { if (e.type === "ended" || e.type === "bridged" || e.type === "rated" || e.type === "transfer_ended") stale = true; });
    timers.add(setInterval(() => { if (stale) { stale = false; void today(board); } }, counts));
    timers.add(setInterval(() => void past(board), 600_000));
    timers.add(setInterval(() => void letters(board), counts));
  })();
  return () => { over = true; stop(); for (const t of timers) clearInterval(t); };
}

/** today asks what the day came to. */
async function today(board: Board): Promise<void> {
  try { board.counted(await api.day()); } catch { /* the figures say that they are not known */ }
}

/** letters asks what others are still to be told, of who may know. */
export async function letters(board: Board): Promise<void> {
  if (!board.state.me?.permissions.includes("conversations:read")) return;
  try { board.set({ letters: await api.letters() }); } catch { board.set({ letters: undefined }); }
}

/** past reads the week's records: what calls usually take, and who called before. */
async function past(board: Board): Promise<void> {
  const now = moment(), all: Summary[] = [];
  try {
    let page = await api.conversations({ limit: "500", since: new Date(now - week).toISOString() });
    for (let i = 1; ; i++) {
      all.push(...page.conversations);
      if (!page.next || i >= pages) break;
      page = await api.more(page.next);
    }
  } catch {
    return;
  }
  const usual = medians(all);
  const before = new Map<string, number>();
  for (const s of all) if (s.channel === "voice" && s.end) before.set(s.from, (before.get(s.from) ?? 0) + 1);
  board.usual = (c) => ({ median: usual.get(c.intent), again: c.channel === "voice" && /\d{6}/.test(c.from) && (before.get(c.from) ?? 0) > 0 });
  const last = all.reduce<Summary | undefined>((a, s) => (s.end && (!a || s.end > a.end!) ? s : a), undefined);
  if (last && !board.state.last) board.set({ last: { at: Date.parse(last.end!), outcome: last.outcome ?? "" } });
}
