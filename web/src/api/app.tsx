// The API to read and to try: sections at the side, routes in the middle, one search.
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { bind } from "../shared/keys";
import type { Lang } from "../shared/words";
import type { Words } from "./fr";
import type { Me } from "./me";
import { OperationView } from "./operation";
import { matches, type Spec } from "./spec";
import { Text } from "./text";

export interface AppProps {
  /** spec is undefined while it is read, and "failed" when that went wrong. */
  spec: Spec | undefined | "failed";
  me: Me | undefined;
  say: Words;
  lang: Lang;
  retry: () => void;
  turn: (l: Lang) => void;
  theme: () => void;
  status: (t: string) => void;
}

/** useHash is the operation that the address names. */
function useHash(): string {
  const [at, set] = useState(location.hash.slice(1));
  useEffect(() => {
    const changed = () => set(location.hash.slice(1));
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return at;
}

export function App({ spec, me, say, lang, retry, turn, theme, status }: AppProps) {
  const [q, setQ] = useState("");
  const at = useHash();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => bind(() => ({ "/": () => field.current?.focus() })), []);
  const ready = spec && spec !== "failed" ? spec : undefined;
  const tags = (ready?.tags ?? []).map((t) => ({ ...t, operations: t.operations.filter((o) => !q.trim() || matches(o, q.trim())) })).filter((t) => t.operations.length);
  const found = tags.reduce((n, t) => n + t.operations.length, 0);
  return (
    <>
      <header class="top">
        <a class="brand" href="/overview" aria-label={say("home")}><span class="mark"><Icon name="phone" large /></span></a>
        <h1>{say("title")}</h1>
        <a class="file" href="/api/openapi.yaml">{say("file")}</a>
        <span class="langs" role="group" aria-label={say("language")}>{(["fr", "en"] as const).map((l) => <button type="button" class="btn small quiet" aria-pressed={lang === l} lang={l} key={l} onClick={() => turn(l)}>{l.toUpperCase()}<span class="sr"> {l === "fr" ? "français" : "English"}</span></button>)}</span>
        <button type="button" class="btn small quiet" aria-label={say("theme")} onClick={theme}><Icon name="theme" /></button>
      </header>
      <div class="cols">
        <nav class="side" aria-label={say("sections")}>
          <label class="sr" for="q">{say("search")}</label>
          <input id="q" ref={field} type="search" class="field" value={q} placeholder={say("search")} autocomplete="off" onInput={(e) => setQ(e.currentTarget.value)} aria-keyshortcuts="/" />
          {ready && <p class="cap" role="status">{found ? say("found", { n: found }) : say("none", { q })}</p>}
          <ul>{tags.map((t) => <li key={t.name}><a href={"#tag-" + t.name} lang="en">{t.name}</a> <span class="cap num">{t.operations.length}</span></li>)}</ul>
        </nav>
        <main>
          {spec === undefined && <p class="blank">{say("loading")}</p>}
          {spec === "failed" && <div class="blank"><p><Icon name="alert" /> {say("failed")}</p><p><button type="button" class="btn" onClick={retry}>{say("retry")}</button></p></div>}
          {ready && (
            <>
              {!q && <section class="intro"><p class="lead" lang="en">{ready.summary}</p><div class="text" lang="en"><Text text={ready.description} /></div></section>}
              <p class="session"><Icon name="person" /><span>{me ? say("signed", { name: me.name || me.user, role: me.role }) : say("unsigned")}</span>{!me && <a href="/login?next=/api">{say("sign_in")}</a>}</p>
              {tags.map((t) => (
                <section class="tagged" key={t.name} id={"tag-" + t.name}>
                  <h2 lang="en">{t.name}</h2>
                  {t.description && <div class="text" lang="en"><Text text={t.description} /></div>}
                  {t.operations.map((o) => <OperationView key={o.id} spec={ready} o={o} say={say} me={me} open={at === o.id} status={status} />)}
                </section>
              ))}
            </>
          )}
        </main>
      </div>
    </>
  );
}
