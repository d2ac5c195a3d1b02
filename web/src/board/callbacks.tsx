// Who is to be rung back: what they asked for, how far it has come, and what a supervisor can do about it.
import { useEffect, useState } from "preact/hooks";
import { Facts, left, moment, ordered, sayer, State, tried, understood, Work, type Callback, type Change } from "../shared/callbacks";
import { Icon } from "../shared/icons";
import { api, Refused, type Callbacks as Asked } from "./api";
import { phone, plain } from "./calls";
import { fr } from "./fr";
import { known, type Voice } from "./say";

/** Source is where the list comes from; a demonstration has its own. */
export interface Source {
  list(state: Asked): Promise<readonly Callback[]>;
  change(id: number, change: Change): Promise<void>;
  call(id: number): Promise<void>;
}
export const gateway: Source = { list: api.callbacks, change: api.changeCallback, call: api.callBack };

/** why is what led to it, in words. */
const why = (v: Voice, c: Callback) => (`x_${c.reason}` in fr ? known(v.say, "x_", c.reason) : plain(c.reason));

const every = 5_000; // ms between two looks
const kinds = ["pending", "done", "dropped"] as const;

export function Callbacks({ v, source, me, may, chosen }: { v: Voice; source: Source; me: string; may: readonly string[]; chosen?: number | undefined }) {
  const { say, lang } = v;
  const [kind, setKind] = useState<Asked>("pending");
  const [list, setList] = useState<readonly Callback[] | undefined>(undefined);
  const [open, setOpen] = useState(chosen ?? 0);
  const [bad, setBad] = useState("");
  const [failed, setFailed] = useState(false);
  const reads = may.includes("callbacks:read");
  const look = () => source.list(kind).then((l) => { setList(kind === "pending" ? ordered(l) : [...l].reverse()); setFailed(false); }, () => setFailed(true));
  useEffect(() => {
    if (!reads) return;
    setList(undefined);
    void look();
    const id = setInterval(() => { if (!document.hidden) void look(); }, every);
    return () => clearInterval(id);
  }, [kind, reads, source]);
  if (!reads) return <main id="main" class="blank"><h1>{say("callbacks")}</h1><p class="dim">{say("cb_denied")}</p></main>;
  const did = (p: Promise<void>) => { setBad(""); void p.catch((e: unknown) => setBad(e instanceof Refused ? known(say, "cb_", e.code) === e.code.replace(/_/g, " ") ? e.detail || say("cb_failed") : known(say, "cb_", e.code) : say("cb_failed"))).then(look); };
  const c = list?.find((x) => x.id === open);
  const name = (x: Callback) => (v.wall ? say("unknown") : phone(x.phone) || say("unknown"));
  return (
    <div class="cols">
      <main id="main" class="main cb" tabIndex={-1}>
        <div class="bar"><h1>{say("callbacks")}</h1>
          <div class="seg" role="group" aria-label={say("callbacks")}>{kinds.map((k) => <button type="button" key={k} aria-pressed={k === kind} onClick={() => { setKind(k); setOpen(0); }}>{say(`cb_${k}`)}{k === kind && list ? <span class="num"> {list.length}</span> : null}</button>)}</div>
          <span class="gap" />
        </div>
        {failed ? <p class="blank" role="alert">{say("cb_unread")}</p> : !list ? <p class="blank dim">{say("loading")}</p> : list.length === 0 ? <p class="blank dim">{say("cb_none")}</p> : (
          <div class="scroll" tabIndex={0} role="group" aria-label={say("callbacks")}>
            <table>
              <thead><tr><th scope="col">{say("cb_state")}</th><th scope="col">{say("cb_who")}</th><th scope="col">{say("cb_window")}</th><th scope="col">{say("cb_next")}</th><th scope="col">{say("cb_tries")}</th><th scope="col">{say("cb_taker")}</th></tr></thead>
              <tbody>{list.map((x) => (
                <tr key={x.id} class={x.id === open ? "on" : ""}>
                  <td><State c={x} lang={lang} /></td>
                  <td class="who"><button type="button" class="open num" aria-pressed={x.id === open} onClick={() => setOpen(x.id === open ? 0 : x.id)}>{name(x)}</button><span>{v.wall ? "" : left(x) || why(v, x)}</span></td>
                  <td>{x.window}{x.window && understood(lang, x) && <br />}<span class="num">{understood(lang, x)}</span></td>
                  <td class="num">{x.next ? moment(lang, x.next) : sayer(lang)("by_hand")}</td>
                  <td>{tried(lang, x)}</td>
                  <td>{v.wall ? "" : x.taken_by === me ? sayer(lang)("taker_me") : x.taken_by || "–"}</td>
                </tr>))}
              </tbody>
            </table>
          </div>
        )}
      </main>
      <aside class={c ? "panel open" : "panel"} aria-label={say("cb_card")}>
        {!c ? <p class="dim">{say("cb_choose")}</p> : <>
          <div class="ph"><h2 class="num">{name(c)}</h2><State c={c} lang={lang} /><button type="button" class="btn small quiet x" aria-label={say("keys_close")} onClick={() => setOpen(0)}><Icon name="close" /></button></div>
          {!v.wall && c.reason !== "message" && <p><b>{why(v, c)}</b></p>}
          {!v.wall && <Facts c={c} lang={lang} me={me} href={"/board?view=history&call=" + encodeURIComponent(c.conversation)} />}
          {bad && <p class="wrong" role="alert">{bad}</p>}
          <Work c={c} lang={lang} who={{ user: me, work: may.includes("callbacks:write"), over: may.includes("supervise") }} act={(change) => did(source.change(c.id, change))} call={() => did(source.call(c.id))} />
        </>}
      </aside>
    </div>
  );
}
