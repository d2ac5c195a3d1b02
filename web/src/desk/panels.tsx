// Layers over the page: the list of keys, the palette. Escape closes, the focus goes back.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import type { Words } from "./fr";
import { useDesk, useRoom } from "./ui";

function Layer({ label, close, children }: { label: string; close: () => void; children: ComponentChildren }) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const d = box.current!;
    d.showModal?.();
    d.querySelector<HTMLElement>("input,button")?.focus(); // Chromium would give it to the sheet, because that scrolls
    return () => d.close?.();
  }, []);
  return <dialog class="layer" ref={box} aria-label={label} onCancel={(e) => { e.preventDefault(); close(); }} onClick={(e) => { if (e.target === box.current) close(); }}><div class="sheet">{children}</div></dialog>;
}

const rows: readonly (readonly [string, Parameters<Words>[0]])[] = [
  ["F2", "key_answer"], ["F4", "key_mute"], ["F8", "key_hold"], ["F9", "key_transfer"], ["Maj F2", "key_hang_up"], ["1 – 5", "key_articles"], ["J K", "key_row"],
  ["N", "key_notes"], ["C", "key_conclusion"], ["[ ]", "key_fold"], ["Ctrl K", "key_palette"], ["?", "key_keys"], ["Esc", "key_escape"],
];

export function Keys({ close }: { close: () => void }) {
  const s = useDesk();
  const { desk, say, lang } = useRoom();
  return (
    <Layer label={say("keys_title")} close={close}>
      <header><h2>{say("keys_title")}</h2><button type="button" class="btn small quiet icon" aria-label={say("close")} onClick={close}><Icon name="close" /></button></header>
      <p>{say("keys_lead")}</p>
      <dl class="keys">{rows.map(([k, w]) => <div key={k}><dt><kbd>{lang === "en" ? k.replace("Maj", "Shift") : k}</kbd></dt><dd>{say(w)}</dd></div>)}</dl>
      <label class="check"><input type="checkbox" checked={!s.letters} onChange={(e) => desk.letters(!e.currentTarget.checked)} />{say("keys_off")}</label>
    </Layer>
  );
}

export interface Entry { text: string; key?: string; off?: string | undefined; go: () => void }

/** plain compares without case and accents. */
const plain = (t: string): string => t.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export function Palette({ entries, close }: { entries: readonly Entry[]; close: () => void }) {
  const { say } = useRoom();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const found = entries.filter((e) => plain(text).split(/\s+/).every((w) => plain(e.text).includes(w)));
  const go = (e: Entry | undefined) => { if (e && !e.off) { close(); e.go(); } };
  const key = (e: KeyboardEvent) => {
    if (e.key === "ArrowDown" || e.key === "ArrowUp") { e.preventDefault(); setAt((at + (e.key === "ArrowDown" ? 1 : Math.max(1, found.length) - 1)) % Math.max(1, found.length)); }
    if (e.key === "Enter") { e.preventDefault(); go(found[at]); }
  };
  return (
    <Layer label={say("find")} close={close}>
      <input class="field" role="combobox" aria-expanded="true" aria-controls={found.length > 0 ? "entries" : undefined} aria-activedescendant={found[at] ? "entry" + at : undefined} aria-label={say("palette_field")} placeholder={say("palette_field")} value={text} onKeyDown={key} onInput={(e) => { setText(e.currentTarget.value); setAt(0); }} />
      {found.length === 0 ? <p class="cap" role="status">{say("palette_none")}</p> : <ul id="entries" role="listbox" aria-label={say("find")}>{found.map((e, i) => (
        <li key={e.text} id={"entry" + i} role="option" aria-selected={i === at} aria-disabled={!!e.off} class={"item" + (i === at ? " on" : "")} onPointerDown={(ev) => { ev.preventDefault(); go(e); }}><span>{e.text}</span>{e.off ? <span class="cap">{e.off}</span> : e.key && <kbd>{e.key}</kbd>}</li>))}</ul>}
    </Layer>
  );
}
