// Keys of the pages. F-keys work everywhere, also in a text field; letters and digits only outside
// fields (WCAG 2.2 §2.1.4), digits by their place on the keyboard, because AZERTY needs Shift for
// them. Nothing uses Ctrl+Alt, which is AltGr.

/** A key: "F4", "Shift+F2", "Control+k", "n", "Shift+r", "Digit1". Control also stands for ⌘. A letter with Shift
 * that is not bound by itself is the letter. */
export type Chord = string;
export type Bindings = Readonly<Record<Chord, () => void>>;

const typed = (t: EventTarget | null): boolean =>
  t instanceof HTMLElement && (t.isContentEditable || (/^(INPUT|TEXTAREA|SELECT)$/.test(t.tagName) && !/^(range|radio|checkbox)$/.test((t as HTMLInputElement).type)));

/** chord names what was pressed, undefined for what is left to the browser. */
export function chord(e: KeyboardEvent): Chord | undefined {
  if (e.isComposing || e.altKey || e.getModifierState?.("AltGraph")) return undefined;
  const ctrl = e.ctrlKey || e.metaKey;
  const f = /^F([1-9]|1[0-2])$/.test(e.key);
  if (!f && !ctrl && e.key !== "Escape" && typed(e.target)) return undefined;
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(e.code);
  if (digit && !ctrl) return "Digit" + digit[1];
  const name = e.key.length === 1 ? e.key.toLowerCase() : e.key;
  return (ctrl ? "Control+" : "") + (e.shiftKey && name.length > 1 ? "Shift+" : e.shiftKey && ctrl ? "Shift+" : "") + name;
}

/** bind listens until the returned function is called. A key that is bound does nothing else. */
export function bind(keys: () => Bindings, on: EventTarget = window): () => void {
  const press = (ev: Event) => {
    const e = ev as KeyboardEvent;
    if (e.defaultPrevented) return;
    const c = chord(e);
    const act = c === undefined ? undefined : ((e.shiftKey && c.length === 1 ? keys()["Shift+" + c] : undefined) ?? keys()[c]);
    if (!act || e.repeat) return;
    e.preventDefault();
    act();
  };
  on.addEventListener("keydown", press);
  return () => on.removeEventListener("keydown", press);
}
