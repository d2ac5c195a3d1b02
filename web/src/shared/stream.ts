// Server-sent events by fetch, rather than by EventSource: the token travels in a header and not in
// an address that logs keep, the page knows at once when the connection is lost, and a stream that
// says nothing for too long counts as lost.

/** live: connected. reconnecting: lost for a moment. offline: lost for ten seconds, or refused. */
export type Link = "live" | "reconnecting" | "offline";

export interface Message {
  /** name of the event; "message" when the server gave none. */
  event: string;
  data: string;
  id: string;
}

/** parser cuts a stream into messages (WHATWG HTML §9.2.6). Feed it text in any pieces. */
export function parser(tell: (m: Message) => void): (text: string) => void {
  let rest = "", event = "", data: string[] = [], id = "";
  const line = (l: string) => {
    if (l === "") {
      if (data.length) tell({ event: event || "message", data: data.join("\n"), id });
      event = "";
      data = [];
      return;
    }
    if (l.startsWith(":")) return;
    const at = l.indexOf(":");
    const name = at < 0 ? l : l.slice(0, at);
    const value = at < 0 ? "" : l.slice(at + 1).replace(/^ /, "");
    if (name === "event") event = value;
    else if (name === "data") data.push(value);
    else if (name === "id" && !value.includes("\0")) id = value;
  };
  return (text) => {
    rest += text;
    for (;;) {
      const m = /\r\n|\n|\r(?!$)/.exec(rest);
      if (!m) return;
      line(rest.slice(0, m.index));
      rest = rest.slice(m.index + m[0].length);
    }
  };
}

export interface Options {
  url: () => string;
  headers?: () => Record<string, string>;
  message: (m: Message) => void;
  link: (l: Link) => void;
  /** refused is told an answer that no second try mends (401, 403, 404, 410); the stream then ends. */
  refused?: (status: number) => void;
  /** silence is how long nothing, not even a comment, may come, in ms. */
  silence?: number;
  /** offline is after how many ms without a connection the link counts as offline. */
  offline?: number;
  fetch?: typeof fetch;
}

const waits = [250, 500, 1000, 2000, 4000]; // ms before each further try

/** listen keeps a stream open until the returned function is called. */
export function listen(o: Options): () => void {
  const stop = new AbortController();
  let last = "", state: Link | undefined, lostAt = 0;
  const say = (l: Link) => { if (l !== state && !stop.signal.aborted) o.link((state = l)); };
  const lost = () => {
    lostAt ||= Date.now();
    say(Date.now() - lostAt >= (o.offline ?? 10_000) ? "offline" : "reconnecting");
  };
  const pause = (ms: number) => new Promise<void>((done) => {
    const end = () => { clearTimeout(t); removeEventListener("online", end); done(); };
    const t = setTimeout(end, ms);
    addEventListener("online", end); // the network is back: no reason to wait
    stop.signal.addEventListener("abort", end);
  });

  const once = async (): Promise<"again" | "ended"> => {
    const cut = new AbortController();
    const end = () => cut.abort();
    stop.signal.addEventListener("abort", end);
    addEventListener("offline", end);
    let quiet: ReturnType<typeof setTimeout> | undefined;
    const heard = () => { clearTimeout(quiet); quiet = setTimeout(end, o.silence ?? 20_000); };
    try {
      heard();
      const res = await (o.fetch ?? fetch)(o.url(), { headers: { Accept: "text/event-stream", ...(last ? { "Last-Event-ID": last } : {}), ...o.headers?.() }, signal: cut.signal, cache: "no-store" });
      if ([401, 403, 404, 409, 410].includes(res.status)) {
        say("offline");
        o.refused?.(res.status);
        return "ended";
      }
      if (!res.ok || !res.body) return "again";
      lostAt = 0;
      say("live");
      const feed = parser((m) => { last = m.id || last; o.message(m); });
      const text = new TextDecoder();
      for (const reader = res.body.getReader(); ;) {
        const { value, done } = await reader.read();
        if (done) return "again";
        heard();
        feed(text.decode(value, { stream: true }));
      }
    } catch {
      return "again"; // the network's errors tell nothing that a person could use
    } finally {
      clearTimeout(quiet);
      stop.signal.removeEventListener("abort", end);
      removeEventListener("offline", end);
      cut.abort();
    }
  };

  void (async () => {
    for (let tries = 0; !stop.signal.aborted; ) {
      const before = lostAt;
      if ((await once()) === "ended" || stop.signal.aborted) return;
      if (before === 0 && lostAt === 0) tries = 0; // it had been open
      lost();
      await pause(waits[Math.min(tries++, waits.length - 1)]!);
      if (!stop.signal.aborted) lost();
    }
  })();
  return () => stop.abort();
}
