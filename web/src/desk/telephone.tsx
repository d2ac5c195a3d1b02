// Where an agent's calls ring: in this browser, or on a telephone of theirs that they pick or type.
import { useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { dialled, useDesk, useRoom } from "./ui";

/** Typed is the field for a telephone; it stays until the server has taken what was typed. */
export function Typed({ done }: { done?: () => void }) {
  const s = useDesk();
  const { desk, say } = useRoom();
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const off = busy || !text.trim() || s.link !== "live";
  const go = async () => {
    if (off) return;
    setBusy(true);
    const ok = await desk.telephone(text);
    setBusy(false);
    if (ok) done?.();
  };
  return (
    <form class="other" onSubmit={(e) => { e.preventDefault(); void go(); }}>
      <input class="field" inputMode="tel" autocomplete="tel" maxLength={255} value={text} placeholder={say("phone_place")} aria-label={say("phone_which")} onInput={(e) => setText(e.currentTarget.value)} />
      <button type="submit" class="btn small" aria-disabled={off}>{say("phone_go")}</button>
    </form>
  );
}

/** Places are the rows of the presence menu that say where calls ring. */
export function Places({ done }: { done: () => void }) {
  const s = useDesk();
  const { desk, say } = useRoom();
  const at = s.desk?.address ?? "";
  const off = s.link !== "live";
  const row = (address: string, text: string, icon: "phone" | "mic", on: boolean) => (
    <button type="button" class="item" key={text} aria-pressed={on} aria-disabled={off} onClick={() => { if (!off && !on) void desk.telephone(address); done(); }}><Icon name={icon} /><span>{text}</span>{on && <Icon name="check" />}</button>
  );
  const known = s.telephones.filter((p) => dialled(p) !== dialled(at));
  return (
    <>
      <p class="cap">{say("rings_at")}</p>
      {row("", say("rings_here"), "mic", !at)}
      {at && row(at, say("rings_phone", { number: dialled(at) }), "phone", true)}
      {known.map((p) => row(p, say("rings_phone", { number: dialled(p) }), "phone", false))}
      <Typed done={done} />
    </>
  );
}

/** Phoning asks for the telephone while a call waits for its agent. */
export function Phoning() {
  const { desk, say } = useRoom();
  return (
    <div class="band warn phoning"><Icon name="phone" /><span>{say("phone_lead")}</span><Typed />
      <button type="button" class="btn small quiet" onClick={() => desk.set({ phoning: false })}>{say("close")}</button></div>
  );
}
