// One route: who may ask, with what, and what comes back. Its inside is made when it is opened.
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import type { Words } from "./fr";
import type { Me } from "./me";
import { About, Fields } from "./schema";
import { shown, type Answer, type Operation, type Parameter, type Spec } from "./spec";
import { inline, Text } from "./text";
import { Try } from "./try";

const tone: Record<string, string> = { GET: "accent", POST: "ok", PUT: "warn", PATCH: "warn", DELETE: "danger" };

function Parameters({ spec, list, say }: { spec: Spec; list: readonly Parameter[]; say: Words }) {
  if (!list.length) return null;
  return (
    <section>
      <h4>{say("parameters")}</h4>
      <ul class="fields">{list.map((p) => (
        <li key={p.in + p.name}>
          <div class="fieldrow"><code>{p.name}</code>{(p.required || p.in === "path") && <span class="must">{say("required")}</span>}<span class="kind">{p.in === "cookie" ? "cookie" : say(`in_${p.in}`)}</span><About spec={spec} schema={p.schema} say={say} /></div>
          {p.description && <p>{inline(p.description)}</p>}
        </li>
      ))}</ul>
    </section>
  );
}

function Content({ spec, content, say }: { spec: Spec; content: Answer["content"]; say: Words }) {
  const all = Object.entries(content ?? {});
  if (!all.length) return null;
  return <>{all.map(([kind, m]) => (
    <div class="content" key={kind}>
      <p class="cap">{kind}</p>
      {m.schema && <Fields spec={spec} schema={m.schema} say={say} />}
      <details class="example"><summary>{say("example")}</summary><pre tabIndex={0}>{shown(spec, m)}</pre></details>
    </div>
  ))}</>;
}

function Answers({ spec, o, say }: { spec: Spec; o: Operation; say: Words }) {
  return (
    <section>
      <h4>{say("answers")}</h4>
      <ul class="answers">{o.answers.map(([status, a]) => {
        const head = <><b class={"num code-" + status[0]}>{status}</b> <span>{inline(a.description ?? "")}</span></>;
        return <li key={status}>{a.content ? <details open={status[0] === "2"}><summary>{head}</summary><Content spec={spec} content={a.content} say={say} /></details> : <p class="plain">{head}</p>}</li>;
      })}</ul>
    </section>
  );
}

export function OperationView({ spec, o, say, me, open, status }: { spec: Spec; o: Operation; say: Words; me: Me | undefined; open: boolean; status: (t: string) => void }) {
  const [shut, setShut] = useState(!open);
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!open) return;
    setShut(false);
    box.current?.scrollIntoView({ block: "start" });
  }, [open]);
  const refused = !!me && !!o.permission && !o.open && !me.permissions.includes(o.permission);
  return (
    <article class={"op" + (shut ? "" : " open")} id={o.id} ref={box} lang="en">
      <h3>
        <button type="button" class="ophead" aria-expanded={!shut} onClick={() => setShut(!shut)}>
          <span class={"method tag " + (tone[o.method] ?? "")}>{o.method}</span>
          <code class="path">{o.path.split("/").map((part, i) => <span key={i}>{i > 0 && <>/<wbr /></>}{part}</span>)}</code>
          <span class="sum">{inline(o.summary)}</span>
        </button>
      </h3>
      {!shut && (
        <div class="opbody">
          <p class="who"><Icon name={o.open ? "people" : "person"} /><span lang={say("language") === "Langue" ? "fr" : "en"}>{o.open && !o.permission ? say("open") : say("needs", { permission: o.permission || "–" })}{o.open && o.permission ? `, ${say("own_token")}` : ""}{refused ? ` (${say("not_yours")})` : ""}</span> <a class="self" href={"#" + o.id} aria-label={say("link", { name: o.id })}>{o.id}</a></p>
          {o.description && <div class="text"><Text text={o.description} /></div>}
          <Parameters spec={spec} list={o.parameters} say={say} />
          {o.body && <section><h4>{say("body")}</h4><Content spec={spec} content={o.body.content} say={say} /></section>}
          <Answers spec={spec} o={o} say={say} />
          <section><h4>{say("try")}</h4><Try spec={spec} o={o} say={say} status={status} /></section>
        </div>
      )}
    </article>
  );
}
