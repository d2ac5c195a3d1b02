// What other systems and people are to be told, by webhook and e-mail: how many wait, how many were given up, and
// what to do about these.
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { api, type Letters as Told } from "./api";
import type { Voice } from "./say";

/** places are for whom given up letters were, the most frequent first: hosts and mailboxes, without paths. */
export function places(list: Told["dead"]): [string, number][] {
  const by = new Map<string, number>();
  for (const d of list) {
    const to = d.url.replace(/^\w+ (?=https?:)/, "").replace(/^mailto:/, "").replace(/^https?:\/\/([^/]*).*$/, "$1");
    by.set(to, (by.get(to) ?? 0) + 1);
  }
  return [...by].sort((a, b) => b[1] - a[1]);
}

export function Letters({ v, now, may, again }: { v: Voice; now: Told | undefined; may: boolean; again: () => void }) {
  const { say } = v;
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState("");
  const acts = useRef<HTMLParagraphElement>(null), status = useRef<HTMLParagraphElement>(null);
  const here = useRef(false); // the focus is on what is about to go
  useEffect(() => { if (here.current && document.activeElement === document.body) { here.current = false; (acts.current?.querySelector("button") ?? status.current)?.focus(); } });
  if (!now) return null;
  const act = (run: () => Promise<string>) => {
    if (busy) return;
    here.current = true;
    setBusy(true);
    run().then(setSaid, () => setSaid(say("l_failed"))).finally(() => { setBusy(false); setSure(false); again(); });
  };
  const button = (text: string, go: () => void, kind = "") => <button type="button" class={`btn small ${kind}`} aria-disabled={busy} onClick={go}>{text}</button>;
  return (
    <section class="letters" aria-labelledby="letters">
      <h2 id="letters">{say("letters")} <span class="cap num">{say("l_waiting", { n: now.waiting })} · <span class={now.given_up > 0 ? "lost" : ""}>{say("l_dead", { n: now.given_up })}</span></span></h2>
      {now.given_up > 0 && !v.wall && <p class="lost"><Icon name="alert" /> {places(now.dead).slice(0, 3).map(([to, n]) => `${to} (${n})`).join(", ")}</p>}
      {now.given_up > 0 && may && !v.wall && <p ref={acts} class="acts" onKeyDown={(e) => { if (sure && e.key === "Escape") { e.preventDefault(); setSure(false); } }}>
        {sure ? <>{button(say("l_drop_sure", { n: now.given_up }), () => act(async () => say("l_dropped", { n: (await api.lettersDrop()).dropped })), "danger")}{button(say("l_keep"), () => setSure(false), "quiet")}</>
          : <>{button(say("l_again"), () => act(async () => say("l_retried", { n: (await api.lettersAgain()).retried })))}{button(say("l_drop"), () => setSure(true), "quiet")}</>}
      </p>}
      <p ref={status} role="status" class="cap" tabIndex={-1}>{said}</p>
    </section>
  );
}
