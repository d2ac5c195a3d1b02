// Beside the call: what is known, five answers, notes, conclusion.
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../shared/icons";
import type { Answers as Found } from "./answers";
import { Customer } from "./crm.view";
import { label } from "./ring";
import { useDesk, useRoom } from "./ui";

export function Side({ open }: { open: (id: string) => void }) {
  const s = useDesk();
  const { desk, say } = useRoom();
  const slots = s.brief?.slots ?? [];
  return (
    <>
      <section class="blk slots" aria-labelledby="h-known"><h2 id="h-known">{say("known")}</h2>
        <Customer crm={s.brief?.crm} />
        {slots.length === 0 ? <p class="cap">{say("known_none")}</p> : <dl>{slots.map((f) => <div key={f.name}><dt>{label(f.name)}</dt><dd><b class="num">{f.value}</b>{f.confirmed && <span class="tag ok"><Icon name="check" />{say("confirmed")}</span>}</dd></div>)}</dl>}
      </section>
      <Answers found={s.answers} hold={(yes) => desk.hold(yes)} open={open} />
      <Notes />
    </>
  );
}

/** Answers do not move under a pointer or the focus. */
export function Answers({ found: a, hold: rest, open }: { found: Found; hold: (yes: boolean) => void; open: (id: string) => void }) {
  const { say } = useRoom();
  const over = useRef({ pointer: false, focus: false });
  const hold = (what: "pointer" | "focus", yes: boolean) => {
    over.current[what] = yes;
    rest(over.current.pointer || over.current.focus);
  };
  const unfolded = a.open || a.shown[0]?.id;
  return (
    <section class="blk kb" aria-labelledby="h-kb"><h2 id="h-kb">{say("helpful")} <span class="cap">{say(a.waiting ? "frozen" : "follows")}</span></h2>
      {a.shown.length === 0 ? <p class="cap">{say("helpful_none")}</p>
        : <ol onPointerEnter={() => hold("pointer", true)} onPointerLeave={() => hold("pointer", false)} onFocusIn={() => hold("focus", true)} onFocusOut={() => hold("focus", false)}>
          {a.shown.map((x, i) => <li key={x.id} class={x.id === unfolded ? "best" : ""}>
            <button type="button" class="answer" aria-expanded={x.id === unfolded} onClick={() => open(x.id)}>
              <b>{x.title}</b>
              {x.id === unfolded && <><span>{x.short}</span>{x.why.length > 0 && <span class="by">{say("called_by", { words: x.why.join(", ") })}</span>}</>}
            </button><kbd aria-hidden="true">{i + 1}</kbd></li>)}
        </ol>}
    </section>
  );
}

export function Notes() {
  const s = useDesk();
  const { desk, say, announce } = useRoom();
  const n = s.note;
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => { const f = field.current; if (f) { f.style.height = "auto"; f.style.height = Math.min(240, f.scrollHeight + 2) + "px"; } }, [n.text]);
  const choose = (c: string) => { desk.conclude(c); announce.status(say("conclude_chosen", { text: c })); };
  return (
    <>
      <section class="blk note"><h2><label for="note">{say("notes")}</label> {(n.text || n.saved !== "saved") && <span class={"cap " + n.saved}>{say(n.saved)}</span>}</h2>
        <textarea class="field" id="note" ref={field} rows={2} maxLength={8000} value={n.text} placeholder={say("note_place")} onInput={(e) => desk.write(e.currentTarget.value)} /></section>
      <section class="blk disp"><h2 id="h-disp">{say("conclusion")}</h2>
        <div class="chips" role="group" aria-labelledby="h-disp" id="conclusion">{s.conclusions.map((c) => <button type="button" class={"btn small" + (c === s.proposed ? " proposed" : "")} key={c} aria-pressed={n.conclusion === c} onClick={() => choose(c)}>{c.charAt(0).toUpperCase() + c.slice(1)}{c === s.proposed && <span class="tag">{say("proposed")}</span>}</button>)}</div></section>
    </>
  );
}
