// What is being said in the chosen call at this moment, word by word: the board's own stream tells of whole
// sentences only, some seconds after they began.
import { useEffect, useState } from "preact/hooks";
import { listen, type Message, type Options } from "../shared/stream";
import type { Line } from "../shared/transcript";

/** Growing is one sentence that is being said, or that was said just now and whose event has not come. */
export interface Growing {
  id: string;
  who: "caller" | "bot" | "agent";
  text: string;
  /** at is seconds since the call began. */
  at: number;
  /** seq is the number of its event, once the sentence is over. */
  seq?: number;
}

/** grown takes one message of the stream in. */
export function grown(list: readonly Growing[], m: Pick<Message, "event" | "data" | "id">): readonly Growing[] {
  if (m.event !== "line") return list;
  const d = JSON.parse(m.data) as { id: string; who: Growing["who"]; text: string; at_ms?: number; partial?: boolean };
  const at = list.findIndex((g) => g.id === d.id);
  if (!d.text) return at < 0 ? list : list.filter((g) => g.id !== d.id); // a sound that was no word after all
  if (at < 0 && !d.partial) return list; // said at once: its event is enough
  const g: Growing = { id: d.id, who: d.who, text: d.text, at: (d.at_ms ?? 0) / 1000, ...(d.partial ? {} : { seq: Number(m.id) }) };
  return at < 0 ? [...list, g] : list.map((o) => (o.id === d.id ? g : o));
}

/** pruned drops the sentences whose events have come. */
export function pruned(list: readonly Growing[], told: ReadonlySet<number>): readonly Growing[] {
  return list.some((g) => g.seq !== undefined && told.has(g.seq)) ? list.filter((g) => g.seq === undefined || !told.has(g.seq)) : list;
}

/** partials are the lines below what was said. names are those of caller and agent, "" where none is known. */
export const partials = (list: readonly Growing[], caller: string, agent: string): Line[] =>
  list.map((g) => ({ id: `g${g.id}`, who: g.who, name: (g.who === "caller" ? caller : g.who === "agent" ? agent : "") || undefined, text: g.text, at: g.at, partial: g.seq === undefined }));

/** read follows one running call until the returned function is called; the list starts anew with each connection. */
export function read(conv: string, tell: (change: (list: readonly Growing[]) => readonly Growing[]) => void, by?: Options["fetch"]): () => void {
  return listen({
    url: () => `/api/v1/calls/${encodeURIComponent(conv)}/captions`,
    message: (m) => tell((list) => (m.event === "ended" ? list.filter((g) => g.seq !== undefined) : grown(list, m))),
    link: (l) => { if (l !== "live") tell(() => []); },
    ...(by ? { fetch: by } : {}),
  });
}

/** useGrowing is what is being said in a call, "" for none; a page that nobody sees asks for nothing: a browser opens
 * six connections to a host and no more. */
export function useGrowing(conv: string): readonly Growing[] {
  const [list, setList] = useState<readonly Growing[]>([]);
  useEffect(() => {
    setList([]);
    if (!conv) return;
    let stop: (() => void) | undefined;
    const look = () => {
      if (document.visibilityState === "hidden") { stop?.(); stop = undefined; setList([]); } else stop ??= read(conv, setList);
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => { document.removeEventListener("visibilitychange", look); stop?.(); };
  }, [conv]);
  return list;
}
