// One group of phrases: what was said, what it may mean, what the bot did, and the four decisions.
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../shared/icons";
import { clock, timer, type Lang } from "../shared/words";
import type { Group } from "./api";
import { fr, type Words } from "./fr";
import type { Sorter } from "./sorter";
import type { Player } from "./sound";

interface Props {
  g: Group;
  say: Words;
  lang: Lang;
  sorter: Sorter;
  player: Player;
  /** at: the cursor is on it. */
  at: boolean;
  correcting: boolean;
  correct: (id: number) => void;
  focused: (id: number) => void;
}

const known = (say: Words, key: string, code: string) => (key + code in fr ? say((key + code) as keyof typeof fr) : code);

/** whys are what the bot did with the group's phrases, the most frequent first. */
export function whys(g: Group): string[] {
  const n = new Map<string, number>();
  for (const u of g.said) n.set(u.why, (n.get(u.why) ?? 0) + 1);
  return [...n].sort((a, b) => b[1] - a[1]).map(([w]) => w);
}

/** match is the intent that a typed title means: the whole of it, or else the only one that begins so. */
export function match(choices: readonly { intent: string; title?: string }[], typed: string): string | undefined {
  const fold = (s: string) => s.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/[_’']/g, " ").trim();
  const t = fold(typed);
  if (!t) return undefined;
  const named = choices.map((c) => ({ c, names: [fold(c.title ?? ""), fold(c.intent)] }));
  const whole = named.find((x) => x.names.includes(t));
  if (whole) return whole.c.intent;
  const begun = named.filter((x) => x.names.some((n) => n.startsWith(t) || n.split(" ").some((w) => w.startsWith(t))));
  return begun.length === 1 ? begun[0]!.c.intent : undefined;
}

function Correct({ g, say, sorter, close }: { g: Group; say: Words; sorter: Sorter; close: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const choices = sorter.choices(g);
  useEffect(() => field.current?.focus(), []);
  const take = () => {
    const f = field.current!, intent = match(choices, f.value);
    f.setCustomValidity(intent || !f.value ? "" : say("no_intent", { text: f.value }));
    f.reportValidity();
    if (intent) { close(); sorter.decide("accept", intent, g.id); }
  };
  return (
    <form class="correct" onSubmit={(e) => { e.preventDefault(); take(); }}>
      <label>{say("correct_as")} <input ref={field} class="field" list={`i${g.id}`} autoComplete="off" onInput={(e) => e.currentTarget.setCustomValidity("")} onKeyDown={(e) => { if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); close(); (e.currentTarget.closest("[data-id]") as HTMLElement | null)?.focus(); } }} /></label>
      <datalist id={`i${g.id}`}>{choices.map((c) => <option key={c.intent} value={c.title || c.intent} />)}</datalist>
      <button type="submit" class="btn small primary">{say("accept")}</button>
    </form>
  );
}

export function Row({ g, say, lang, sorter, player, at, correcting, correct, focused }: Props) {
  const s = sorter.state, taken = s.tab === "open" ? sorter.lockedBy(g.id) : "", may = sorter.may && !taken;
  const sounds = s.sounds.get(g.id), sound = sounds?.[0];
  const top = g.suggest[0];
  const percent = (x: number) => new Intl.NumberFormat(lang === "fr" ? "fr-FR" : "en-GB", { style: "percent" }).format(x);
  return (
    <div role="group" aria-label={g.text} data-id={g.id} tabIndex={at ? 0 : -1} class={(at ? "at" : "") + (taken ? " taken" : "") + (s.picked.includes(g.id) ? " picked" : "")} onFocusIn={() => { if (!at) focused(g.id); }} onClick={(e) => { if (!at) focused(g.id); if (!(e.target as HTMLElement).closest("button, a, summary, input, label")) e.currentTarget.focus(); }}>
      <p class="said">
        {may && s.tab === "open" && <input type="checkbox" class="pick" aria-label={say("select")} checked={s.picked.includes(g.id)} onChange={() => sorter.pick(g.id)} />}
        <span class="count num" aria-label={say("times", { n: g.count })}>×{g.count}</span> <q>{g.text}</q>
      </p>
      <p class="signs">
        {g.suggest.map((x) => <span key={x.intent}><span class="tag">{sorter.title(g, x.intent)} <span class="num">{percent(x.share)}</span></span> <span class="dim">{x.from.map((f) => known(say, "from_", f)).join(", ")}</span></span>)}
        {!top && <span class="dim">{say("nothing")}</span>}
      </p>
      <p class="dim facts">
        {whys(g).map((w) => known(say, "why_", w)).join(", ")}{g.asked && <> · {say("asked", { what: g.asked })}</>} · {g.lang} · <time dateTime={g.last}>{new Intl.DateTimeFormat(lang === "fr" ? "fr-FR" : "en-GB", { day: "numeric", month: "short" }).format(new Date(g.last))}, {clock(lang, new Date(g.last))}</time>
        {at && s.tab === "open" && sound && <button type="button" class="btn small quiet" aria-pressed={player.playing === sound.utterance} onClick={() => player.toggle(sound)}><Icon name={player.playing === sound.utterance ? "pause" : "play"} />{player.playing === sound.utterance ? say("stop") : say("listen", { time: timer(Math.max(1, Math.round((sound.to_ms - sound.from_ms) / 1000))) })}</button>}
        {at && sounds && !sound && <span class="quiet"> · {say("no_sound")}</span>}
        {at && sound && player.failed === sound.utterance && <span class="bad" role="alert"> {say("sound_failed")}</span>}
      </p>
      <details><summary>{say("context", { n: g.count })}</summary><ul>{g.said.map((u) => <li key={u.id}><a href={`/conversations/${encodeURIComponent(u.conversation)}`}>{clock(lang, new Date(u.at))}</a> {u.text} <span class="dim">{known(say, "why_", u.why)}</span></li>)}</ul></details>
      {taken && <p class="lock"><Icon name="person" />{say("taken", { name: taken })}</p>}
      {correcting && may ? <Correct g={g} say={say} sorter={sorter} close={() => correct(0)} /> : s.tab === "open" ? (
        <p class="acts">
          <button type="button" class="btn small primary" disabled={!may || !top} onClick={() => sorter.decide("accept", "", g.id)}>{top ? say("accept_as", { intent: sorter.title(g, top.intent) }) : say("accept")}{at && <kbd>↵</kbd>}</button>
          <button type="button" class="btn small" disabled={!may} onClick={() => { focused(g.id); correct(g.id); }}>{say("correct")}{at && <kbd>C</kbd>}</button>
          <button type="button" class="btn small" disabled={!may} onClick={() => sorter.decide("out-of-scope", "", g.id)}>{say("scope")}{at && <kbd>H</kbd>}</button>
          <button type="button" class="btn small" disabled={!may} onClick={() => sorter.decide("dismiss", "", g.id)}>{say("ignore")}{at && <kbd>I</kbd>}</button>
        </p>
      ) : (
        <p class="acts">{g.decided && <span class="tag">{g.decided === "out_of_scope" ? say("kind_scope") : sorter.title(g, g.decided)}</span>} <button type="button" class="btn small" disabled={!may} onClick={() => sorter.reopen(g)}>{say("reopen")}</button></p>
      )}
    </div>
  );
}
