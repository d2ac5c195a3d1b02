// Publishing: the lines that will be added, what they change, and what stands in the way. Nothing is written
// before this was seen.
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../shared/icons";
import type { Words } from "./fr";
import type { Sorter } from "./sorter";

export function Publish({ say, sorter, share }: { say: Words; sorter: Sorter; share: (x: number) => string }) {
  const s = sorter.state, head = useRef<HTMLHeadingElement>(null);
  useEffect(() => { head.current?.focus(); sorter.measure(0); }, []);
  const of = (id: number) => s.drafts.find((d) => d.group.id === id);
  const refused = s.effect?.some((e) => e.refused.length > 0) ?? true, breaks = s.effect?.some((e) => e.breaks.length > 0) ?? false;
  if (s.drafts.length === 0) return null;
  return (
    <section class="publish" role="dialog" aria-labelledby="publish">
      <h2 id="publish" tabIndex={-1} ref={head}>{say("p_title")}</h2>
      <p class="dim">{say("p_lead", { n: s.drafts.length })}</p>
      {!s.effect && s.failed === undefined && <p role="status">{say("p_measuring")}</p>}
      {s.effect?.map((e) => (
        <div key={e.bot}>
          <h3>{say("p_bot", { bot: e.bot })}</h3>
          {[...new Set(e.added.map((a) => a.file))].map((file) => (
            <div key={file} class="diff"><p><code>{file}</code></p><ul>{e.added.filter((a) => a.file === file).map((a) => <li key={a.id}><code><ins>+ {a.example}</ins></code> <span class="tag">{of(a.id) ? sorter.title(of(a.id)!.group, a.intent) : a.intent}</span> <button type="button" class="btn small quiet" onClick={() => sorter.leave(a.id)}>{say("p_take")}<span class="sr"> {a.example}</span></button></li>)}</ul></div>
          ))}
          {e.refused.map((r) => <p key={r.id} class="bad" role="alert"><Icon name="alert" /><q>{of(r.id)?.group.text}</q> {r.is ? say("p_conflict", { intent: of(r.id) ? sorter.title(of(r.id)!.group, r.is) : r.is }) : r.why} <button type="button" class="btn small" onClick={() => sorter.leave(r.id)}>{say("p_leave")}</button></p>)}
          <dl>
            <dt>{say("p_accuracy")}</dt><dd class="num">{share(e.accuracy_before)} → {share(e.accuracy_after)}</dd>
            <dt>{say("p_golden")}</dt><dd>{e.breaks.map((b) => <span key={b} class="tag danger"><Icon name="close" />{b}</span>)}{e.mends.map((m) => <span key={m} class="tag ok"><Icon name="check" />{m}</span>)}{e.breaks.length + e.mends.length === 0 && say("p_same")}</dd>
          </dl>
        </div>
      ))}
      {s.failed !== undefined && <p class="bad" role="alert"><Icon name="alert" />{say("p_failed", { why: s.failed || say("p_nobody") })}</p>}
      {s.link === "offline" && <p class="bad">{say("p_offline")}</p>}
      <p class="acts">
        {breaks ? <button type="button" class="btn danger" disabled={!s.effect || refused || s.link === "offline"} onClick={() => void sorter.publish(true)}>{say("p_force")}</button>
          : <button type="button" class="btn primary" disabled={!s.effect || refused || s.link === "offline"} onClick={() => void sorter.publish(false)}>{say("p_go", { n: s.drafts.length })}</button>}
        <button type="button" class="btn quiet" onClick={() => sorter.set({ publishing: false })}>{say("p_cancel")}</button>
      </p>
    </section>
  );
}
