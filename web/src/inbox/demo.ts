// The states of the page for demonstrations and checks: /inbox?state=open, empty, loading, picked, taken, offline,
// publish, conflict, done, aside, reader, denied, failed. Nothing is asked and nothing is sent.
import type { Lang } from "../shared/words";
import type { Group, Me, Publication, Source } from "./api";
import { Sorter } from "./sorter";

export const names = ["open", "empty", "loading", "picked", "taken", "offline", "publish", "conflict", "done", "aside", "reader", "denied", "failed"] as const;

const at = "2026-11-22T09:41:00Z";
const group = (id: number, text: string, count: number, why: string, suggest: Group["suggest"], more: Partial<Group> = {}): Group => ({
  id, bot: "colibri", lang: "fr", state: "open", text, count, last: at, gain: count, suggest,
  said: [{ id, conversation: `c${id}`, seq: 4, at, text, why }, { id: 100 + id, conversation: `d${id}`, seq: 6, at, text, why: "no_match" }], ...more,
});
const groups: Group[] = [
  group(1, "j’ai rien eu du tout", 7, "transferred", [{ intent: "non_recu", share: 0.62, from: ["label", "classifier"] }, { intent: "suivi", share: 0.3, from: ["conversation"] }]),
  group(2, "un cadeau, j’ai pas le numéro", 3, "no_match", []),
  group(3, "mon numéro c’est •• •• •• ••", 1, "clarified", [{ intent: "suivi", share: 0.71, from: ["conversation"] }]),
  group(4, "la sonnette elle marche pas chez moi", 1, "no_match", [{ intent: "instructions", share: 0.24, from: ["classifier"] }], { asked: "adresse" }),
];
const intents = (lang: Lang) => [{ bot: "colibri", lang: "fr", intents: lang === "fr"
  ? [{ intent: "non_recu", title: "un colis non reçu" }, { intent: "suivi", title: "le suivi d’un colis" }, { intent: "instructions", title: "les consignes au livreur" }]
  : [{ intent: "non_recu", title: "a parcel not received" }, { intent: "suivi", title: "where a parcel is" }, { intent: "instructions", title: "notes for the driver" }] }];
const effect: Publication = { bot: "colibri", written: false, added: [{ id: 1, lang: "fr", intent: "non_recu", example: "j’ai rien eu du tout", file: "intents/colis.yaml" }], refused: [], accuracy_before: 0.871, accuracy_after: 0.876, breaks: [], mends: ["tests/colis.yaml: rien reçu"] };

const never = () => new Promise<never>(() => {});
/** still answers nothing that was not asked for here. */
const still: Source = { me: never, list: never, locks: never, lock: never, unlock: () => {}, sound: never, set: never, publish: never };

/** play shows a state of the page. */
export function play(sorter: Sorter, name: string, me: Me, lang: Lang): void {
  Object.assign(sorter, { source: still, keep: { get: () => null, set: () => {} } });
  const may = { ...me, permissions: [...new Set([...me.permissions, "inbox:read", "inbox:write", "recordings:read"])] };
  const all = { me: may, ready: "ready" as const, groups, intents: intents(lang), at: 1, sounds: new Map([[1, [{ utterance: 1, conversation: "c1", from_ms: 9000, to_ms: 13_000 }]], [3, []]]) };
  const draft = { drafts: [{ group: groups[0]!, intent: "non_recu" }], groups: groups.slice(1), at: 2, undo: [{ kind: "accept" as const, groups: [{ group: groups[0]!, at: 0 }] }] };
  switch (name) {
    case "loading": return;
    case "denied": case "failed": return sorter.set({ ready: name, me });
    case "empty": return sorter.set({ ...all, groups: [], at: 0 });
    case "picked": return sorter.set({ ...all, picked: [1, 3] });
    case "taken": return sorter.set({ ...all, locks: [{ id: 1, user: "lina", name: "Lina Moreau", until: at }], fresh: [groups[3]!], groups: groups.slice(0, 3) });
    case "offline": return sorter.set({ ...all, link: "offline", groups: groups.slice(2), at: 3, errands: [{ group: groups[0]!, act: "dismiss" }, { group: groups[1]!, act: "out-of-scope" }], undo: [{ kind: "dismiss", groups: [{ group: groups[0]!, at: 0 }] }] });
    case "publish": return sorter.set({ ...all, ...draft, effect: [effect], publishing: true });
    case "conflict": return sorter.set({ ...all, ...draft, effect: [{ ...effect, added: [], refused: [{ id: 1, why: "", is: "suivi" }], breaks: ["tests/colis.yaml: le suivi"], mends: [] }], publishing: true, bad: { text: groups[3]!.text, why: "Lina Moreau is on it; wait a minute, or take another group" } });
    case "done": return sorter.set({ ...all, tab: "accepted", groups: [{ ...groups[0]!, state: "accepted", decided: "non_recu" }] });
    case "aside": return sorter.set({ ...all, tab: "dismissed", groups: [{ ...groups[1]!, state: "dismissed", decided: "out_of_scope" }, { ...groups[3]!, state: "dismissed" }], at: 2 });
    case "reader": return sorter.set({ ...all, me: { ...may, permissions: ["inbox:read"] } });
    default: return sorter.set(all);
  }
}
