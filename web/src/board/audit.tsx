// Who did what: the audit list, newest first, found by person and act.
import { useEffect, useState } from "preact/hooks";
import { api, type Audited } from "./api";
import { known, type Voice } from "./say";

/** query is what the gateway is asked for; empty fields do not count. */
export function query(who: string, what: string): Record<string, string> {
  return Object.fromEntries(Object.entries({ who: who.trim(), what: what.trim(), limit: "100" }).filter(([, x]) => x));
}

/** conversationOf is the conversation that an act was done to, "" when it was another thing. */
export const conversationOf = (about: string | undefined): string => /^conversation (\S+)$/.exec(about ?? "")?.[1] ?? "";

/** Acts that the filter offers; another one is typed. */
export const acts = ["listened", "changed_role", "stopped_listening", "hinted", "dictated", "took_over", "handed_back", "ended_call", "not_done", "heard_recording", "deleted_recording", "deleted_recordings", "exported_table", "exported_vcon", "revoked_links", "took_callback", "gave_back_callback", "moved_callback", "rang_callback", "did_callback", "dropped_callback", "opened_callback", "signed_in", "sign_in_refused", "permission_denied"] as const;

export function Audit({ v, may }: { v: Voice; may: boolean }) {
  const { say } = v;
  const [list, setList] = useState<readonly Audited[] | undefined>(undefined);
  const [next, setNext] = useState("");
  const [failed, setFailed] = useState(false);
  const [asked, ask] = useState({ who: "", what: "" });
  useEffect(() => {
    if (!may) return;
    let over = false;
    setList(undefined);
    setFailed(false);
    api.audit(query(asked.who, asked.what)).then((p) => { if (!over) { setList(p.entries); setNext(p.next ?? ""); } }, () => { if (!over) setFailed(true); });
    return () => { over = true; };
  }, [asked, may]);
  const more = () => { void api.auditMore(next).then((p) => { setList([...(list ?? []), ...p.entries]); setNext(p.next ?? ""); }, () => setFailed(true)); };
  if (!may) return <main id="main" class="blank"><h1>{say("audit")}</h1><p class="dim">{say("au_denied")}</p></main>;
  const time = new Intl.DateTimeFormat(v.lang === "fr" ? "fr-FR" : "en-GB", { dateStyle: "short", timeStyle: "medium" });
  return (
    <main id="main" class="audit" tabIndex={-1}>
      <form class="bar" onSubmit={(e) => { e.preventDefault(); const f = new FormData(e.currentTarget); ask({ who: String(f.get("who") ?? ""), what: String(f.get("what") ?? "") }); }}>
        <h1>{say("audit")}</h1>
        <label>{say("au_who")} <input class="field" name="who" autoComplete="off" /></label>
        <label>{say("au_what")} <select class="field" name="what"><option value="">{say("au_all")}</option>{acts.map((a) => <option key={a} value={a}>{known(say, "au_", a)}</option>)}</select></label>
        <button type="submit" class="btn small">{say("au_filter")}</button>
      </form>
      {failed ? <p class="blank" role="alert">{say("au_failed")}</p> : !list ? <p class="blank dim">{say("loading")}</p> : list.length === 0 ? <p class="blank dim">{say("au_none")}</p> : (
        <div class="scroll" tabIndex={0} role="group" aria-label={say("audit")}>
          <table>
            <thead><tr><th scope="col">{say("au_time")}</th><th scope="col">{say("au_who")}</th><th scope="col">{say("au_what")}</th><th scope="col">{say("au_about")}</th><th scope="col">{say("au_detail")}</th></tr></thead>
            <tbody>{list.map((e) => {
              const conv = conversationOf(e.about);
              return <tr key={e.id}><td class="num">{time.format(new Date(e.at))}</td><td>{v.wall ? "–" : e.who || "–"}</td><td>{known(say, "au_", e.what)}</td><td>{conv ? <a href={`/board?view=history&call=${encodeURIComponent(conv)}`}>{conv}</a> : e.about}</td><td>{v.wall ? "" : e.detail}</td></tr>;
            })}</tbody>
          </table>
          {next && <p class="hidden"><button type="button" class="btn small" onClick={more}>{say("au_more")}</button></p>}
        </div>
      )}
    </main>
  );
}
