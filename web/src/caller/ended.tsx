// The end of a conversation: what came of it in one line, and how it was.
import { useState } from "preact/hooks";
import { Icon, type IconName } from "../shared/icons";
import type { Words } from "./fr";
import type { State, Talk } from "./talk";

const faces: readonly { score: number; icon: IconName; key: "rate_1" | "rate_2" | "rate_3" }[] = [
  { score: 1, icon: "bad", key: "rate_1" }, { score: 2, icon: "fair", key: "rate_2" }, { score: 3, icon: "good", key: "rate_3" },
];

export function Ended({ talk, s, say, status }: { talk: Talk; s: State; say: Words; status: (t: string) => void }) {
  const [words, setWords] = useState("");
  const [sent, setSent] = useState(false);
  const outcome = s.outcome;
  const known = outcome === "resolved" || outcome === "transferred" || outcome === "callback" || outcome === "abandoned" || outcome === "failed";
  const [failed, setFailed] = useState(false);
  const rate = async (score: number, comment = "") => {
    setFailed(false);
    const kept = await talk.rate(score, comment);
    setFailed(!kept);
    if (kept && comment) setSent(true);
    status(say(!kept ? "rate_failed" : score === 1 && !comment ? "rate_sorry" : "rate_thanks"));
  };
  const text = () => s.lines.map((l) => (l.who === "note" ? `— ${l.text}` : `${l.name ?? say(l.who === "caller" ? "you" : l.who)}\u202f: ${l.text}`)).join("\n") + "\n";
  const copy = async () => status(say(await navigator.clipboard?.writeText(text()).then(() => true, () => false) ? "copied" : "copy_failed"));
  const download = () => {
    const a = document.createElement("a");
    a.href = URL.createObjectURL(new Blob(["\ufeff", text()], { type: "text/plain" })); // the mark tells old editors that it is UTF-8
    a.download = `${say("file")}-${new Date().toLocaleDateString("sv")}.txt`;
    a.click();
    setTimeout(() => URL.revokeObjectURL(a.href), 60_000);
  };
  return (
    <section class="over appear">
      <p class="what"><Icon name="check" />{known ? say(`outcome_${outcome}`) : say("ended")}</p>
      <fieldset class="faces">
        <legend>{say("rate")}</legend>
        {faces.map((f) => (
          <label class={"face" + (s.rated === f.score ? " on" : "")} key={f.score}>
            <input type="radio" name="rate" class="sr" checked={s.rated === f.score} onChange={() => void rate(f.score)} />
            <Icon name={f.icon} large /><span>{say(f.key)}</span>
          </label>
        ))}
      </fieldset>
      {s.rated === 1 && <p class="sorry">{say("rate_sorry")} <button type="button" class="btn small" onClick={() => { talk.again(); talk.person(); }}>{say("person")}</button></p>}
      {s.rated > 0 && !sent && (
        <form class="words" onSubmit={(e) => { e.preventDefault(); if (words.trim()) void rate(s.rated, words.trim()); }}>
          <label for="more">{say("rate_words")}</label>
          <textarea id="more" class="field" rows={2} maxLength={1500} value={words} onInput={(e) => setWords(e.currentTarget.value)} />
          <button type="submit" class="btn small" aria-disabled={words.trim() === ""}>{say("rate_send")}</button>
        </form>
      )}
      {failed && <p class="banner warn"><Icon name="alert" />{say("rate_failed")}</p>}
      {sent && <p class="cap">{say("rate_thanks")}</p>}
      <p class="ways">
        <button type="button" class="btn small primary" onClick={() => talk.again()}>{say("again")}</button>
        <button type="button" class="btn small" onClick={() => void copy()}>{say("copy")}</button>
        <button type="button" class="btn small" onClick={download}>{say("download")}</button>
      </p>
    </section>
  );
}
