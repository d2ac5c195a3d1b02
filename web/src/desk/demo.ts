// Every state of the desk by its address (/desk?state=offline), without waiting for it to happen: for
// whoever designs, translates or tests it. Only a demonstration obeys, and nothing is sent.
import type { Line } from "../shared/transcript";
import type { Lang } from "../shared/words";
import { api } from "./api";
import type { Live } from "./live";
import { begin, type S } from "./state";
import { chatStates } from "./chats.demo";
import type { Article, Callback, Colleague, DeskState, Ended, Offer } from "./types";

const T = (n: number): string => new Date(Date.now() + n * 1000).toISOString();

function words(lang: Lang) {
  const L = lang === "fr";
  const offer = (o: Partial<Offer> = {}): Offer => ({
    conversation: "c7f3", channel: "voice", origin: "bot", lang, who: "Nadia Benali", phone: "+33612345678",
    why: L ? "Colis annoncé livré le 17 novembre, non reçu." : "Parcel marked delivered on 17 November, not received.",
    queue: [L ? "Litige" : "Claims"], facts: [L ? "Elle a demandé à parler à quelqu’un." : "She asked for a person."],
    slots: [{ name: L ? "commande" : "order", value: "45 12 78 02", confirmed: true }, { name: L ? "statut" : "status", value: L ? "Livré mar. 17 nov." : "Delivered Tue 17 Nov", confirmed: false }],
    tried: [L ? "Suivi de colis\u202f: trouvé" : "Parcel tracking: found", L ? "N’a pas été compris une fois" : "Not understood once"], todo: [L ? "Enquête, renvoi ou remboursement" : "Claim, new parcel or refund"],
    lines: [{ who: "bot", text: L ? "Il est annoncé livré mardi dix-sept novembre. L’avez-vous bien reçu\u202f?" : "It is marked as delivered on Tuesday the seventeenth. Did you get it?" }, { who: "caller", text: L ? "Mais non, je viens de vous le dire. Passez-moi quelqu’un." : "No, I just told you. Put me through to someone." }, { who: "bot", text: L ? "Bien sûr. Je vous passe l’équipe litige, ils ont déjà votre dossier." : "Of course. I'll put you through to claims; they already have your file." }],
    at: T(-8), expires: T(12), rings: "browser", ...o,
  });
  const bot: Line[] = L ? [
    { id: "1", who: "bot", at: 0, text: "Bonjour, ici l’assistant automatique de Colibri Express. Que puis-je faire pour vous\u202f?" },
    { id: "2", who: "caller", at: 7, text: "Oui bonjour, mon colis est marqué livré et j’ai rien eu du tout." },
    { id: "3", who: "bot", at: 13, text: "D’accord, un colis que vous n’avez pas reçu. Quel est votre numéro de commande\u202f?", unheard: "Il a huit chiffres et se trouve dans…" },
    { id: "4", who: "caller", at: 18, text: "Quarante-cinq, douze, soixante-dix-huit, zéro deux.", doubts: [{ word: "soixante-dix-huit", readings: ["soixante-huit"] }] },
    { id: "5", who: "bot", at: 31, text: "Le 45 12 78 02. Il est annoncé livré mardi dix-sept novembre. L’avez-vous bien reçu\u202f?" },
    { id: "6", who: "caller", at: 38, text: "Mais non, je viens de vous le dire. Passez-moi quelqu’un." },
  ] : [
    { id: "1", who: "bot", at: 0, text: "Hello, this is Colibri Express's automated assistant. What can I do for you?" },
    { id: "2", who: "caller", at: 7, text: "Hello, my parcel is marked as delivered and I have had nothing at all." },
    { id: "3", who: "bot", at: 13, text: "Right, a parcel you have not received. What is your order number?", unheard: "It has eight digits and is in…" },
    { id: "4", who: "caller", at: 18, text: "Forty-five, twelve, seventy-eight, zero two.", doubts: [{ word: "seventy-eight", readings: ["sixty-eight"] }] },
    { id: "5", who: "bot", at: 31, text: "45 12 78 02. It is marked as delivered on Tuesday the seventeenth. Did you get it?" },
    { id: "6", who: "caller", at: 38, text: "No, I just told you. Put me through to someone." },
  ];
  const talk: Line[] = [...bot, { id: "took", who: "note", text: L ? "Karim a pris l’appel" : "Karim took the call" }, ...(L ? [
    { id: "7", who: "agent", name: "Vous", at: 101, text: "Bonjour Madame Benali, c’est Karim. Je vois votre colis annoncé livré mardi dernier, et vous ne l’avez pas reçu. Je m’en occupe." },
    { id: "8", who: "caller", at: 112, text: "Ah, merci. Au moins je n’ai pas à tout répéter." },
    { id: "9", who: "agent", name: "Vous", at: 118, text: "La preuve du transporteur est une photo, sans signature. Est-ce bien votre porte, au 12 rue des Lilas\u202f?" },
    { id: "10", who: "caller", at: 129, text: "C’est la bonne adresse, mais ce n’est pas ma porte. La mienne est bleue." },
    { id: "11", who: "agent", name: "Vous", at: 140, text: "Avez-vous regardé auprès du gardien ou d’un voisin\u202f?" },
  ] : [
    { id: "7", who: "agent", name: "You", at: 101, text: "Hello Mrs Benali, this is Karim. I can see your parcel marked as delivered last Tuesday, and you have not had it. I'm on it." },
    { id: "8", who: "caller", at: 112, text: "Oh, thank you. At least I needn't repeat everything." },
    { id: "9", who: "agent", name: "You", at: 118, text: "The carrier's proof is a photo without a signature. Is that your door, at 12 rue des Lilas?" },
    { id: "10", who: "caller", at: 129, text: "That's the right address, but not my door. Mine is blue." },
    { id: "11", who: "agent", name: "You", at: 140, text: "Have you asked the porter or a neighbour?" },
  ]) as Line[]];
  const partial: Line = { id: "pcaller", who: "caller", at: 158, partial: true, text: L ? "Il n’y a pas de gardien, et la voisine du dessous n’a rien vu" : "There is no porter, and the neighbour below saw nothing" };
  const articles: Article[] = (L ? [
    ["Livré mais non reçu\u202f: ouvrir une enquête", "Enquête transporteur sous 5 jours ouvrés, renvoi ou remboursement au choix.", "livré, non reçu"],
    ["Preuve de livraison sans signature", "La photo ne suffit pas au-delà de 50 €.", "photo, signature"], ["Vérifier auprès du voisinage", "Gardien, voisins, point relais le plus proche.", "gardien, voisine"],
    ["Délai de remboursement", "Trois à cinq jours ouvrés.", "remboursement"], ["Changer l’adresse d’un renvoi", "Possible avant l’expédition.", "adresse"],
  ] : [
    ["Delivered but not received: open a claim", "Carrier's enquiry within 5 working days; new parcel or refund as they choose.", "delivered, not received"],
    ["Proof of delivery without a signature", "A photo is not enough above €50.", "photo, signature"], ["Check with the neighbours", "Porter, neighbours, nearest pick-up point.", "porter, neighbour"],
    ["How long a refund takes", "Three to five working days.", "refund"], ["Change the address of a new parcel", "Possible before it is sent.", "address"],
  ]).map(([title, short, why], i) => ({ id: "a" + i, title: title!, short: short!, body: short!, score: 0.9 - i / 10, why: why!.split(", ") }));
  const callbacks: Callback[] = [
    { id: 1, conversation: "x1", at: T(-3600), phone: "+33648001212", reason: L ? "changement d’adresse" : "change of address", window: L ? "11\u202fh\u202f15 – 11\u202fh\u202f45" : "11:15–11:45", lang, state: "retry", tries: 1, last: "no_answer", from: T(600), until: T(2400), next: T(900) },
    { id: 2, conversation: "x2", at: T(-900), phone: "+33611223344", reason: L ? "a raccroché dans la file après 4 min" : "hung up in the queue after 4 min", lang, state: "open", tries: 0, taken_by: "lina" },
    { id: 3, conversation: "x3", at: T(-5400), phone: "+33655443322", reason: "message", lang, state: "open", tries: 0, last: "message", slots: [{ name: "message", value: L ? "Mon colis est arrivé ouvert, rappelez-moi au sujet du remboursement." : "My parcel came open, call me about the refund.", shown: "", confidence: 1, confirmed: false }] },
  ];
  return { L, offer, bot, talk, partial, articles, callbacks };
}

/** states are what can be asked for by name. */
export function states(lang: Lang): Record<string, Partial<S>> {
  const { L, offer, talk, partial, articles, callbacks } = words(lang);
  const base: DeskState = { name: "karim", title: "Karim", status: "available", why: "set", since: T(-252), chats: [], microphone: true, tabs: [{ id: "demo", seen: T(0) }], sound: "demo", takes_calls: true, takes_chats: true, offer: null, ended: null, chat_offers: [], chat_ended: null, now: T(0) };
  const team: Colleague[] = ["Lina", "Omar", "Paule"].map((n, i) => ({ name: n.toLowerCase(), title: n, status: i < 2 ? "available" : "on_call", since: T(-60), chats: 0, skills: [], languages: [], free: i < 2, telephone: false }));
  const sound = { ...begin("demo").sound, microphone: "open" as const, device: "Jabra Evolve2", deviceID: "d", devices: [{ id: "d", label: "Jabra Evolve2" }], speakers: [{ id: "s", label: L ? "Haut-parleurs" : "Speakers" }], line: "live" as const, rtt: 24 };
  const room: Partial<S> = {
    phase: "ready", me: { user: "karim", name: "Karim Haddad", role: "agent", permissions: ["desk", "callbacks:read", "callbacks:write"], demo: true }, desk: base, team, sound, breaks: L ? ["déjeuner", "formation"] : ["lunch", "training"],
    conclusions: L ? ["résolu", "enquête ouverte", "rappel promis", "à suivre"] : ["resolved", "claim opened", "callback promised", "to follow up"], callbacks,
    done: [{ conversation: "d1", who: "Sophie Marchand", at: T(-1800), text: L ? "Résolu · suivi de colis" : "Resolved · parcel tracking" }],
  };
  const d = (change: Partial<DeskState>, more: Partial<S> = {}): Partial<S> => ({ ...room, ...more, desk: { ...base, ...change } });
  const ended = (how: Ended["how"], more: Partial<Ended> = {}): Ended => ({ conversation: "c7f3", who: "Nadia Benali", how, after_s: 41, at: T(-4), ...more });
  const call: Partial<S> = {
    brief: offer({ at: T(-118) }), joined: Date.now() - 62_000, supervisors: ["Paule"], talk: { lines: talk, partial: { caller: partial }, seq: 11, start: Date.now() - 161_000 },
    answers: { shown: articles, held: false, open: "" }, note: { conversation: "c7f3", text: L ? "Pas de gardien, voisine du dessous interrogée. Souhaite un renvoi." : "No porter, asked the neighbour below. Wants a new parcel.", saved: "saved", conclusion: "" },
  };
  const on = (change: Partial<DeskState> = {}, more: Partial<S> = {}): Partial<S> => d({ status: "on_call", why: "call", since: T(-62), call: "c7f3", takes_calls: false, ...change }, { ...call, ...more });
  const wrapped: Partial<S> = { ...call, note: { ...call.note!, conclusion: L ? "enquête ouverte" : "claim opened" } };
  return {
    loading: { ...room, phase: "loading", desk: undefined },
    sign_in: { phase: "sign_in", demo: true },
    start: { ...room, phase: "start" },
    start_check: { ...room, phase: "start", sound: { ...sound, microphone: "unknown" } },
    start_denied: { ...room, phase: "start", sound: { ...sound, microphone: "denied" } },
    refused: { ...room, phase: "refused", desk: undefined },
    empty: d({}),
    quiet: d({}, { callbacks: [], done: [] }),
    break: d({ status: "break", reason: L ? "déjeuner" : "lunch", takes_calls: false }),
    away: d({ status: "away", why: "missed", takes_calls: false, ended: ended("expired") }),
    off: d({ status: "offline", takes_calls: false }),
    offer: d({ offer: offer(), offered: "c7f3" }),
    offer_phone: d({ offer: offer({ rings: "telephone" }), offered: "c7f3" }),
    offer_long: d({ offer: offer({ who: "Anne-Charlotte de La Rochefoucauld-Montbazon", why: L ? "Réclamation sur une livraison partielle de mobilier commandé en septembre, dont deux colis sur cinq portent un numéro de suivi inconnu." : "Complaint about a partial delivery of furniture ordered in September; two of the five parcels have an unknown tracking number.", facts: [] }), offered: "c7f3" }),
    ringing: d({ offer: offer(), offered: "c7f3" }, { accepting: true }),
    ended_left: d({ ended: ended("caller_left") }),
    ended_elsewhere: d({ ended: ended("answered_elsewhere", { by: "Lina" }) }),
    ended_declined: d({ ended: ended("declined", { reason: "file_open" }) }),
    ended_unreachable: d({ ended: ended("unreachable"), why: "failed" }),
    live: on(),
    customer: on({}, { brief: offer({ at: T(-118), crm: "https://crm.example.com/clients/4512" }) }),
    held: on({}, { handling: { held: true, since: Date.now() - 12_000 } }),
    held_long: on({}, { handling: { held: true, since: Date.now() - 47_000 } }),
    transfer: on(),
    passing: on({}, { handling: { held: true, onward: { from: "karim", to: "lina", warm: true, talking: false } } }),
    consulting: on({}, { handling: { held: true, onward: { from: "karim", to: "lina", warm: true, talking: true } } }),
    back: on(),
    offer_agent: d({ offer: offer({ origin: "agent", from: "Lina", said: L ? "demande un renvoi" : "wants a new parcel", notes: [{ agent: "Lina", text: L ? "Pas de gardien." : "No porter." }] }), offered: "c7f3" }),
    muted: on({}, { sound: { ...sound, muted: true } }),
    markup: on({}, { talk: { lines: [...talk, { id: "x", who: "caller", at: 160, text: "<img src=x onerror=\"document.title='owned'\"><b>gras</b>" }], partial: {}, seq: 12, start: Date.now() - 161_000 } }),
    unstable: on({}, { sound: { ...sound, unstable: true } }),
    rejoin: d({ status: "available", offer: offer({ origin: "rejoin" }), offered: "c7f3" }),
    phone: d({ address: "sip:+33184000201@pbx.example" }, { telephones: ["sip:201@pbx.example", "01 84 00 02 01"] }),
    phone_call: on({ address: "sip:201@pbx.example" }, { sound: { ...sound, line: "none" } }),
    phone_ring: d({ status: "on_call", call: "c7f3", address: "sip:201@pbx.example", offer: offer({ origin: "rejoin", rings: "telephone" }) }),
    phone_asked: on({}, { sound: { ...sound, line: "lost" }, phoning: true }),
    phone_failed: on({ address_failed: true }, { news: { text: L ? "Le téléphone n’a pas pris l’appel. Vos appels sonnent de nouveau dans ce navigateur." : "The phone did not take the call. Your calls ring in this browser again." } }),
    presence: d({}, { telephones: ["sip:201@pbx.example"] }),
    audio_lost: on({}, { sound: { ...sound, line: "lost" } }),
    connecting: on({}, { sound: { ...sound, line: "connecting" } }),
    reconnecting: on({}, { link: "reconnecting", lostAt: Date.now() - 3000 }),
    offline: on({ take_over: T(14) }, { link: "offline", lostAt: Date.now() - 6000, note: { ...call.note!, saved: "kept" } }),
    expired: on({}, { expired: true }),
    denied: d({ takes_calls: false, takes_calls_not: "no_microphone", status: "offline" }, { sound: { ...sound, microphone: "denied", device: "", rtt: 0 } }),
    second: on({ sound: "other", tabs: [{ id: "demo", seen: T(0) }, { id: "other", seen: T(0) }] }),
    hang_up: on({}, { hangingUp: true }),
    wrap_up: d({ status: "wrap_up", why: "call_ended", until: T(47), since: T(-13), takes_calls: false }, { ...wrapped, proposed: L ? "enquête ouverte" : "claim opened" }),
    ...chatStates(lang, d, on, offer, articles),
    keys: on(),
    palette: on(),
  };
}

/** play shows one; a server that is no demonstration shows what is. */
export async function play(desk: Live, name: string, lang: Lang): Promise<void> {
  const demo = await api.isDemo();
  const s = states(lang)[name];
  if (!demo || !s) return desk.begin();
  desk.still = true;
  desk.set({ ...begin("demo"), ...s });
  const bar = { transfer: "c-transfer", back: "c-bot", presence: "presence", phone: "presence" }[name];
  if (bar) setTimeout(() => document.querySelector<HTMLElement>("." + bar)?.click());
  setTimeout(() => { document.body.dataset["shown"] = name; }); // for who takes pictures
}
