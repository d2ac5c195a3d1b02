// The microphone and the loudspeaker that an agent chose, kept for this browser: a page that is loaded again
// uses them. Browsers give each site ids of its own, and others after its data was cleared.

const key = (kind: Kind) => "decroche.desk." + kind;

export type Kind = "microphone" | "speaker";

/** chosen is the id that was chosen, "" for the system's. */
export function chosen(kind: Kind): string {
  try { return localStorage.getItem(key(kind)) ?? ""; } catch { return ""; }
}

/** choose keeps an id; "" is the system's. */
export function choose(kind: Kind, id: string): void {
  try {
    if (id) localStorage.setItem(key(kind), id);
    else localStorage.removeItem(key(kind));
  } catch { /* until the page is left */ }
}
