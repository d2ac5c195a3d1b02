// What was said, as every page shows it. Lines are text, never markup. Only the last line may
// change: a partial grows at its tail, lines above it never reflow. It follows the bottom only
// while the reader is there.
import "./transcript.css";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { timer, type Lang } from "./words";

/** A word that was perhaps misheard, with other readings. */
export interface Doubt {
  word: string;
  readings: readonly string[];
}

export interface Line {
  /** id stays the same while a partial grows and becomes final. */
  id: string;
  who: "caller" | "bot" | "agent" | "note";
  /** name is shown instead of the general word for who spoke. */
  name?: string | undefined;
  /** text is what was said; of the bot, what was heard. */
  text: string;
  /** unheard is what the bot said and the caller cut off. */
  unheard?: string | undefined;
  /** partial is true while the line still grows. */
  partial?: boolean | undefined;
  doubts?: readonly Doubt[] | undefined;
  /** at is seconds since the conversation began. */
  at?: number | undefined;
  lang?: Lang | undefined;
}

/** What the transcript says itself, in the page's language. */
export interface Captions {
  label: string;
  who: Readonly<Record<"caller" | "bot" | "agent", string>>;
  cut: string;
  perhaps: (readings: string) => string;
  news: (n: number) => string;
}

/** marked underlines the doubtful words of a text. */
export function marked(text: string, doubts: readonly Doubt[], perhaps: Captions["perhaps"]): ComponentChildren[] {
  const out: ComponentChildren[] = [];
  let rest = text;
  for (const d of doubts) {
    const at = d.word ? rest.indexOf(d.word) : -1;
    if (at < 0) continue;
    const hint = d.readings.length ? perhaps(d.readings.join(", ")) : undefined;
    out.push(rest.slice(0, at), <span class="low" title={hint} tabIndex={hint ? 0 : undefined}>{d.word}{hint && <span class="sr"> ({hint})</span>}</span>);
    rest = rest.slice(at + d.word.length);
  }
  return [...out, rest];
}

function Row({ line, words }: { line: Line; words: Captions }) {
  if (line.who === "note") return <li class="note"><p>{line.text}</p></li>;
  return (
    <li class={line.who + (line.partial ? " partial" : "")} lang={line.lang}>
      <div class="sp"><span>{line.name ?? words.who[line.who]}<span class="sr">{"\u202f: "}</span></span>{line.at !== undefined && <time>{timer(line.at)}</time>}</div>
      <p>
        {line.doubts?.length ? marked(line.text, line.doubts, words.perhaps) : line.text}
        {line.unheard && <> <del>{line.unheard}</del> <span class="cut">{words.cut}</span></>}
        {line.partial && <span class="caret" />}
      </p>
    </li>
  );
}

/** Transcript shows lines. live is "polite" where a reader should hear additions (text), "off" where
 * they hear the voices themselves; partials are never announced. children stand below the last line. */
export function Transcript({ lines, words, live = "off", children }: { lines: readonly Line[]; words: Captions; live?: "polite" | "off"; children?: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  const follow = useRef(true);
  const seen = useRef(lines.length);
  const [news, setNews] = useState(0);
  const last = lines[lines.length - 1];
  const toEnd = () => { const b = box.current; if (b) b.scrollTop = b.scrollHeight; };

  useLayoutEffect(() => {
    if (follow.current) {
      toEnd();
      seen.current = lines.length;
      setNews(0);
    } else setNews(Math.max(0, lines.length - seen.current));
  }, [lines.length, last?.text, children]);
  useLayoutEffect(() => {
    const b = box.current;
    if (!b || typeof ResizeObserver === "undefined") return;
    const o = new ResizeObserver(() => { if (follow.current) toEnd(); });
    o.observe(b);
    return () => o.disconnect();
  }, []);
  const scrolled = () => {
    const b = box.current!;
    follow.current = b.scrollHeight - b.scrollTop - b.clientHeight < 48;
    if (follow.current) { seen.current = lines.length; setNews(0); }
  };

  return (
    <div class="tr">
      <div class="tr-scroll" ref={box} onScroll={scrolled} role="log" aria-live={last?.partial ? "off" : live} aria-relevant="additions" aria-label={words.label} tabIndex={0}>
        <ol>{lines.map((l) => <Row key={l.id} line={l} words={words} />)}</ol>
        {children}
      </div>
      {news > 0 && <button type="button" class="btn small tr-news" onClick={() => { follow.current = true; toEnd(); }}>{words.news(news)}</button>}
    </div>
  );
}
