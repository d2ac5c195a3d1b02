// Every state of the page by its address (/?state=offline), without waiting for it to happen: for
// whoever designs, translates or tests it. Only a demonstration obeys.
import type { Line } from "../shared/transcript";
import { api } from "./api";
import type { State, Talk } from "./talk";

const fr: Line[] = [
  { id: "c1", who: "bot", text: "Colibri Express, bonjour. Je suis un assistant automatique. Que puis-je faire pour vous\u202f?" },
  { id: "m1", who: "caller", text: "Bonjour, mon colis est marqué livré et je n’ai rien reçu." },
  { id: "c2", who: "bot", text: "D’accord, un colis que vous n’avez pas reçu. Quel est votre numéro de commande\u202f?" },
  { id: "m2", who: "caller", text: "45 12 78 02" },
  { id: "c3", who: "bot", text: "Le 45 12 78 02 est annoncé livré mardi 17 novembre. L’avez-vous bien reçu\u202f?" },
];
const en: Line[] = [
  { id: "c1", who: "bot", text: "Colibri Express, hello. I'm an automated assistant. What can I do for you?" },
  { id: "m1", who: "caller", text: "Hello, my parcel is marked as delivered and I have not had it." },
  { id: "c2", who: "bot", text: "Right, a parcel you have not received. What's your order number?" },
  { id: "m2", who: "caller", text: "45 12 78 02" },
  { id: "c3", who: "bot", text: "45 12 78 02 is marked as delivered on Tuesday 17 November. Did you get it?" },
];

/** the states, by name. */
export function states(lang: "fr" | "en"): Record<string, Partial<State>> {
  const L = lang === "fr";
  const talk = L ? fr : en;
  const quick = (L ? ["Oui", "Non"] : ["Yes", "No"]).map((v) => ({ label: v, value: v }));
  const voice: Line[] = [
    ...talk.slice(0, 4), { id: "n1", who: "note", text: L ? "On continue à la voix." : "We go on by voice." },
    { id: "v1", who: "bot", text: L ? "Je regarde." : "Let me look.", unheard: L ? "Cela prend quelques secondes…" : "It takes a few seconds…", at: 1 },
    { id: "v2", who: "caller", text: L ? "quarante-cinq, douze, soixante-dix-huit" : "forty-five twelve seventy-eight", at: 6, doubts: [{ word: L ? "soixante-dix-huit" : "seventy-eight", readings: [L ? "soixante-six" : "sixty-eight"] }] },
  ];
  const live: Partial<State> = { voice: "live", since: Date.now() - 48_000, spoke: true };
  const partial: Line = { id: "v3", who: "caller", text: L ? "non il n’y a pas de gardien et la voi" : "no there is no porter and the nei", partial: true, at: 14 };
  return {
    empty: { lines: [] },
    loading: { lines: talk.slice(0, 2), voice: "connecting", working: true },
    slow: { lines: talk, voice: "slow" },
    text: { lines: talk, quick },
    thinking: { lines: talk.slice(0, 4), working: true },
    live: { ...live, lines: [...voice, partial] },
    muted: { ...live, lines: voice, muted: true },
    silent: { ...live, lines: voice, silent: true },
    ringing: { ...live, lines: voice, person: "" },
    person: { ...live, lines: [...voice, { id: "v4", who: "agent", name: "Karim", text: L ? "Bonjour, c’est Karim. Je vois votre colis, je m’en occupe." : "Hello, this is Karim. I can see your parcel, I'm on it.", at: 40 }], person: "Karim" },
    chat_waiting: { lines: talk, with: { state: "waiting", before: 2, wait_s: 100 } },
    chat_person: { lines: [...talk, { id: "n2", who: "note", text: L ? "Karim vous répond. Il ou elle voit ce que vous avez dit." : "Karim is with you now and can see what you said." }, { id: "c4", who: "agent", name: "Karim", text: L ? "Bonjour, c’est Karim. J’ouvre une enquête, <b>sans attendre</b>." : "Hello, this is Karim. I'm opening a claim <b>at once</b>." }], with: { state: "agent", agent: "Karim", typing: true } },
    chat_away: { lines: talk, with: { state: "away", agent: "Karim" } },
    blocked: { lines: talk, trouble: "blocked" },
    nomic: { lines: talk, trouble: "no_mic" },
    insecure: { lines: talk, trouble: "insecure" },
    busy: { lines: talk, trouble: "busy" },
    network: { lines: talk, trouble: "network" },
    error: { lines: talk, trouble: "failed" },
    rejoining: { ...live, voice: "lost", spoke: false, lines: voice },
    elsewhere: { lines: voice, elsewhere: "x" },
    reconnecting: { ...live, voice: "lost", lines: voice },
    offline: { lines: [...talk, { id: "m3", who: "caller", text: L ? "Non, rien du tout." : "No, nothing at all." }], link: "offline", unsent: new Set(["m3"]) },
    back: { lines: talk, back: true },
    ended: { lines: talk, outcome: "resolved", spoke: true },
    rated: { lines: talk, outcome: "callback", rated: 1 },
    down: { down: true },
  };
}

/** play shows one; closed and agents are what the server would say. */
export async function play(talk: Talk, name: string): Promise<void> {
  const info = await api.widget("", talk.lang).then((r) => r.data, () => undefined);
  if (!info?.demo) return talk.begin();
  const opens = new Date(Date.now() + 20 * 3600_000);
  opens.setMinutes(0, 0, 0);
  const all = states(talk.lang);
  if (name === "closed") talk.show({ info: { ...info, open: false, why: "hours", opens: opens.toISOString() } });
  else if (name === "agents") talk.show({ info: { ...info, open: false, why: "agents", phone: "01 84 00 00 00" } });
  else if (name === "down") talk.show({ down: true });
  else talk.show({ info: { ...info, voice: true, phone: "01 84 00 00 00" }, ...(all[name] ?? all["empty"]) });
}
