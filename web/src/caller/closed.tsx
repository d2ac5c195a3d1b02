// When nobody can be written to: look into the knowledge, or leave a number.
import { useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import type { Lang } from "../shared/words";
import { api, type Article, type Widget } from "./api";
import type { Words } from "./fr";
import { when } from "./when";

function Search({ bot, say, lang, status }: { bot: string; say: Words; lang: Lang; status: (t: string) => void }) {
  const [text, setText] = useState("");
  const [found, setFound] = useState<{ q: string; list: Article[] } | undefined>();
  const go = async () => {
    const q = text.trim();
    if (!q) return;
    const list = await api.search(bot, lang, q).then((r) => r.data.articles, () => []);
    setFound({ q, list });
    status(list.length ? say("search_some", { n: list.length }) : say("search_none", { q }));
  };
  return (
    <form class="search" role="search" onSubmit={(e) => { e.preventDefault(); void go(); }}>
      <label for="search">{say("search")}</label>
      <div class="row">
        <input id="search" type="search" class="field" maxLength={200} value={text} onInput={(e) => setText(e.currentTarget.value)} />
        <button type="submit" class="btn"><Icon name="search" /><span>{say("search_go")}</span></button>
      </div>
      {found && found.list.length === 0 && <p class="cap">{say("search_none", { q: found.q })}</p>}
      {found && found.list.length > 0 && <ul class="found">{found.list.map((a) => <li key={a.id}><b>{a.title}</b><p>{a.short}</p></li>)}</ul>}
    </form>
  );
}

const windows = ["window_any", "window_am", "window_pm"] as const;

export function Callback({ bot, say, lang, status }: { bot: string; say: Words; lang: Lang; status: (t: string) => void }) {
  const [phone, setPhone] = useState("");
  const [reason, setReason] = useState("");
  const [window_, setWindow] = useState<(typeof windows)[number]>("window_any");
  const [state, setState] = useState<"" | "bad" | "done" | "failed">("");
  const go = async () => {
    if (phone.replace(/\D/g, "").length < 6) {
      setState("bad");
      document.getElementById("phone")?.focus();
      return;
    }
    try {
      await api.callback({ bot, lang, phone: phone.trim(), reason: reason.trim(), window: say(window_) });
      setState("done");
      status(say("callback_done", { phone: phone.trim() }));
    } catch {
      setState("failed");
    }
  };
  if (state === "done") return <p class="banner ok" tabIndex={-1}><Icon name="check" />{say("callback_done", { phone: phone.trim() })}</p>;
  return (
    <form class="callback" onSubmit={(e) => { e.preventDefault(); void go(); }} noValidate>
      <h2>{say("callback")}</h2>
      <label for="phone">{say("phone")}</label>
      <input id="phone" class="field" type="tel" inputMode="tel" autocomplete="tel" maxLength={30} value={phone} required aria-invalid={state === "bad"} aria-describedby={state === "bad" ? "phone-bad" : undefined} onInput={(e) => setPhone(e.currentTarget.value)} />
      {state === "bad" && <p class="bad" id="phone-bad" role="alert">{say("phone_bad")}</p>}
      <label for="reason">{say("reason")}</label>
      <textarea id="reason" class="field" rows={2} maxLength={500} value={reason} onInput={(e) => setReason(e.currentTarget.value)} />
      <label for="window">{say("window")}</label>
      <select id="window" class="field" value={window_} onChange={(e) => setWindow(e.currentTarget.value as (typeof windows)[number])}>{windows.map((w) => <option key={w} value={w}>{say(w)}</option>)}</select>
      <button type="submit" class="btn primary"><Icon name="back" />{say("callback_send")}</button>
      {state === "failed" && <p class="bad" role="alert">{say("callback_failed")}</p>}
    </form>
  );
}

export function Closed({ info, bot, say, lang, status }: { info: Widget; bot: string; say: Words; lang: Lang; status: (t: string) => void }) {
  const what = info.why === "agents" ? say("closed_agents") : info.why === "disabled" ? say("disabled") : say("closed");
  return (
    <div class="talk closed">
      <h1 class="hello">{what}</h1>
      {info.opens && <p class="opens"><Icon name="clock" />{say("closed_opens", { when: when(lang, new Date(info.opens), info.timezone) })}</p>}
      {info.phone && info.why !== "hours" && <p class="opens"><Icon name="phone" />{info.phone}</p>}
      {info.why !== "disabled" && <Search bot={bot} say={say} lang={lang} status={status} />}
      {info.why !== "disabled" && <Callback bot={bot} say={say} lang={lang} status={status} />}
    </div>
  );
}
