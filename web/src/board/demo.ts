// Every state of the board by its address (/board?state=busy), without a gateway in that state. The calls
// are made of events, so that the rules at work are those of the real board. Only a demonstration obeys.
import type { Colleague, Day, Ev, Queue, Queues, Summary } from "./events";
import type { Growing } from "./captions";
import type { Board, State } from "./store";
import type { Conversation } from "./api";
import type { Source } from "./history";
import { match } from "./pretend";
import type { Source as Rung } from "./callbacks";
import type { Callback } from "../shared/callbacks";

type Step = [ago: number, type: Ev["type"], body: unknown];
interface Told {
  id: string;
  from: string;
  steps: Step[];
}

const named = (nom: string) => [{ name: "nom", shown: nom, value: nom }];
const said = (ago: number, text: string, confidence = 0.92): Step => [ago, "said", { text, confidence, how: "speech" }];
const bot = (ago: number, text: string): Step => [ago, "prompted", { text, heard: text, cut: false, for_ms: 2500 }];
const at = (ago: number, intent: string, step: string, nom: string, note = ""): Step => [ago, "stepped", { intent, steps: [{ flow: intent, step, note }], slots: nom ? named(nom) : [] }];
const agent = (ago: number, skills: string, who: string): Step[] => [[ago, "transfer_started", { skills: [skills], reason: ["asked", "flow_rule", "not_understood"][who.length % 3] }], [ago - 4, "transfer_ringing", { agent: who, try: 1 }], [ago - 6 - ((ago * 7) % 11), "bridged", { agent: who }]];

const calm = (id: string, from: string, nom: string, ago: number, intent: string, step: string, last: string): Told => ({
  id, from, steps: [[ago, "started", 0], [ago - 1, "answered", {}], bot(ago - 6, "Colibri Express, bonjour. Je suis un assistant automatique. Que puis-je faire pour vous\u202f?"), said(7, last), at(6, intent, step, nom), bot(2, "D’accord, je regarde.")],
});
const talks = (id: string, from: string, nom: string, ago: number, intent: string, who: string, last: string, skills: string): Told => ({
  id, from, steps: [[ago, "started", 0], [ago - 1, "answered", {}], said(ago - 12, "Je voudrais parler à quelqu’un."), at(ago - 11, intent, "accueil", nom), ...agent(ago - 20, skills, who), said(9, last)],
});

const hugo: Told = {
  id: "c1a4", from: "sip:+33671204840@demo", steps: [
    [192, "started", 0], [190, "answered", {}], bot(184, "Colibri Express, bonjour. Je suis un assistant automatique. Que puis-je faire pour vous\u202f?"),
    said(170, "Je voudrais savoir où est mon paquet."), at(169, "suivi_de_colis", "numéro_de_commande", "Hugo Lambert"), bot(160, "D’accord, on regarde. Quel est votre numéro de commande\u202f?"),
    said(130, "Euh… j’en ai pas, c’est pour moi mais c’est pas moi qui ai commandé."), at(129, "suivi_de_colis", "numéro_de_commande", "", "no_match 1"), bot(118, "Je n’ai pas bien saisi. Dites-moi les huit chiffres, deux par deux."),
    said(60, "Je vous dis que je ne l’ai pas.", 0.62), at(59, "suivi_de_colis", "numéro_de_commande", "", "no_match 2"), bot(50, "Vous pouvez aussi les taper sur votre téléphone."),
    said(4, "Mais je l’ai pas, c’est un cadeau\u202f!"), at(3, "suivi_de_colis", "numéro_de_commande", ""),
  ],
};
const odile: Told = {
  id: "d0f2", from: "sip:+33144556609@demo", steps: [
    [270, "started", 0], [269, "answered", {}], said(250, "Je veux parler à quelqu’un."), at(249, "litige", "accueil", "Odile Ferrand"), bot(240, "Bien sûr. C’est à quel sujet\u202f?"),
    said(230, "Passez-moi un conseiller."), [166, "transfer_started", { skills: ["litige"], reason: "asked" }], [158, "transfer_ringing", { agent: "Théo", try: 1 }], said(20, "Ça fait trois fois que j’appelle."),
  ],
};
const mute: Told = { id: "e7b1", from: "sip:anonymous@demo", steps: [[24, "started", 0], [23, "answered", {}], bot(15, "Colibri Express, bonjour. Je suis un assistant automatique. Que puis-je faire pour vous\u202f?")] };

const live: Told[] = [
  hugo, odile, mute,
  talks("a2c9", "sip:+33612000078@demo", "Nadia Benali", 161, "colis_non_reçu", "Karim Haddad", "La voisine du dessous n’a rien vu.", "litige"),
  talks("b8e3", "sip:+33620000031@demo", "Marc Teyssier", 358, "remboursement", "Lina Osei", "Donc sous dix jours, c’est ça\u202f?", "finance"),
  calm("c0d1", "sip:+33781000055@demo", "Inès Caron", 64, "changer_l’adresse", "confirmation", "Oui, au 8 bis."),
  calm("c0d2", "sip:+33610000012@demo", "Paul Nguyen", 47, "suivi_de_colis", "réponse_donnée", "Parfait, merci\u202f!"),
  calm("c0d3", "sip:+33610000013@demo", "Élise Royer", 19, "horaires_d’un_relais", "", "Celui de la gare."),
  calm("c0d4", "sip:+33610000014@demo", "Thomas Blin", 126, "retour_d’un_article", "étiquette", "Je l’imprime où\u202f?"),
  talks("c0d5", "sip:+33610000015@demo", "Awa Diop", 464, "facture", "Yann Prigent", "Vous me l’envoyez par mail\u202f?", "suivi"),
  calm("c0d6", "sip:+33610000016@demo", "Gérard Morel", 38, "horaires_d’un_relais", "", "Et le samedi\u202f?"),
  calm("c0d7", "sip:+33610000017@demo", "Léa Simon", 26, "suivi_de_colis", "numéro_de_commande", "Quarante-quatre…"),
];

const event = (t: Told, i: number, s: Step, now: number): Ev => ({ conversation: t.id, seq: i + 1, at: new Date(now - s[0] * 1000).toISOString(), type: s[1], body: s[1] === "started" ? { channel: "voice", from: t.from, called: "hotline", bot: "colibri", lang: "fr" } : s[2] }) as Ev;

/** events of the calls, told up to now. */
export function story(now: number, list: readonly Told[] = live): Ev[] {
  return list.flatMap((t) => t.steps.map((s, i) => event(t, i, s, now))).sort((a, b) => (a.at < b.at ? -1 : 1));
}

const first = ["Nadia", "Marc", "Inès", "Paul", "Élise", "Thomas", "Awa", "Gérard", "Léa", "Samir", "Chloé", "Rémi", "Fatou", "Julien", "Maud", "Étienne", "Yasmine", "Loïc", "Céline"];
const last = ["Benali", "Teyssier", "Caron", "Nguyen", "Royer", "Blin", "Diop", "Morel", "Simon", "Lefèvre", "Haddou", "Garnier", "Da Silva", "Marchal", "Kowalski", "Roussel", "Traoré"];
const heard: readonly [intent: string, step: string, queue: string, words: readonly string[]][] = [
  ["suivi_de_colis", "numéro_de_commande", "suivi", ["Quarante-quatre, zéro huit…", "Attendez, je cherche le mail.", "C’est celui de mardi."]],
  ["changer_l’adresse", "confirmation", "suivi", ["Oui, au 8 bis.", "Chez ma mère, à Nantes.", "Non, le code postal a changé."]],
  ["horaires_d’un_relais", "", "suivi", ["Celui de la gare.", "Et le samedi\u202f?", "Jusqu’à quelle heure\u202f?"]],
  ["colis_non_reçu", "enquête", "litige", ["La voisine n’a rien vu.", "Il est marqué livré depuis hier.", "Non, pas dans la boîte."]],
  ["remboursement", "montant", "finance", ["Donc sous dix jours, c’est ça\u202f?", "Sur la même carte.", "Trente-neuf euros quatre-vingt-dix."]],
  ["retour_d’un_article", "étiquette", "suivi", ["Je l’imprime où\u202f?", "La taille ne va pas.", "Je n’ai plus le carton."]],
  ["facture", "envoi", "finance", ["Vous me l’envoyez par mail\u202f?", "Au nom de la société.", "Celle d’octobre."]],
];
const staff = ["Karim Haddad", "Lina Osei", "Yann Prigent", "Clara Vidal", "Hervé Moulin", "Aïcha Benaïm", "Tom Renaud", "Mélanie Faure", "Bruno Costa", "Sarah Lévy", "Idriss Camara", "Anaïs Petit", "Noé Girard", "Julie Rey"];

/** many are n calls that differ: those of the live board that go wrong, and others as a busy day has them, each fifth
 * with an agent while there are agents. */
export function many(n: number): Told[] {
  const wrong: Told[] = [hugo, odile, mute];
  return [...wrong, ...Array.from({ length: n - wrong.length }, (_, i): Told => {
    const id = `m${i.toString(36)}`, from = `sip:+336${String(12_340_000 + (i * 7_654_321) % 87_000_000)}@demo`;
    const [intent, step, queue, words] = heard[(i * 3) % heard.length]!, name = `${first[i % first.length]!} ${last[(i * 5) % last.length]!}`, say = words[(i >> 1) % words.length]!;
    const who = i % 5 === 2 ? staff[(i - 2) / 5] : undefined;
    const ago = who ? 60 + (i * i * 7 + i) % 410 : 14 + (i * 37) % 170;
    return who ? talks(id, from, name, ago, intent, who, say, queue) : calm(id, from, name, ago, intent, step, say);
  })];
}

function records(now: number): Summary[] {
  return Array.from({ length: 120 }, (_, i) => {
    const start = now - (i + 2) * 90_000, o = i % 10 < 6 ? "resolved" : i % 10 === 6 ? "callback" : i % 10 < 9 ? "transferred" : "abandoned";
    return { id: `h${i}`, channel: "voice", from: `sip:+3361200${String(1000 + i)}@demo`, called: "hotline", bot: "colibri", lang: "fr", start: new Date(start).toISOString(), end: new Date(start + 120_000).toISOString(), outcome: o, intent: "suivi_de_colis", turns: 5, ...(o === "transferred" ? { transfer: "completed", agent: "Karim Haddad" } : {}), ...(i % 9 === 0 ? { rated: { score: 4, scale: 5 } } : {}) };
  });
}

/** today is what the day came to. */
function today(now: number): Day {
  const hour = (ago: number, n: number, resolved: number, satisfaction: number) => ({ start: new Date(Math.floor(now / 3_600_000 - ago) * 3_600_000).toISOString(), conversations: n, ended: n, resolved, automated: resolved + 2, unconfirmed: 1, repeated: 1, solved: resolved + 3, resolution: n ? (resolved + 3) / n : 0, automation: n ? (resolved + 2) / n : 0, ratings: satisfaction ? 4 : 0, satisfaction, handoffs: 8, answered: 7, in_time: 6 });
  const iso = new Date(now).toISOString();
  return {
    day: iso.slice(0, 10), timezone: "Europe/Paris", from: iso, to: iso, hours: [hour(3, 31, 18, 4.1), hour(2, 44, 29, 4.4), hour(1, 38, 22, 0), hour(0, 7, 4, 4.5)],
    total: { conversations: 120, ended: 120, resolved: 73, automated: 84, unconfirmed: 6, repeated: 4, solved: 92, resolution: 0.77, automation: 0.7, ratings: 12, satisfaction: 4.3, handoffs: 31, answered: 27, in_time: 25 },
    transfers: ([["p1", "flow_rule", "litige", "Karim Haddad", "completed", 16, 200], ["p2", "not_understood", "suivi", "Lina Osei", "busy", 21, 420], ["p3", "flow_rule", "finance", "", "nobody", 12, 600], ["p4", "asked", "litige", "Yann Prigent", "completed", 11, 900]] as const)
      .map(([conversation, reason, queue, agent, outcome, waited, ago]) => ({ conversation, seq: 1, at: new Date(now - ago * 1000).toISOString(), reason, queue, agent, outcome, waited_ms: waited * 1000, talked_ms: 0, rung: 1 })),
  };
}

/** crew is who is there. */
const crew = (now: number): Colleague[] => ([["karim", "Karim Haddad", "on_call", "call", "", 161], ["lina", "Lina Osei", "on_call", "call", "", 338], ["theo", "Théo Marchand", "available", "set", "", 900], ["yann", "Yann Prigent", "wrap_up", "call_ended", "", 40], ["sofia", "Sofia Reis", "break", "set", "Déjeuner", 1260], ["jean", "Jean Aubry", "away", "missed", "", 75], ["mina", "Mina Roux", "offline", "signed_out", "", 7200]] as const)
  .map(([name, title, status, why, reason, ago]) => ({ name, title, status, why, ...(reason ? { reason } : {}), since: new Date(now - ago * 1000).toISOString(), chats: 0, skills: [], languages: [], free: status === "available", telephone: false }));

/** queues are how they stand: one that somebody waits in, a quiet one, a closed one. */
function queues(now: number, name: string): Queues {
  const at = (s: number) => new Date(now + s * 1000).toISOString();
  const none = { skills: [], longest_s: 0, estimate_s: 0, agents_away: 0, open: true, in_time_s: 20, left: {} };
  const list: Queue[] = [
    { ...none, name: "litige", waiting: name === "busy" ? 14 : 1, since: at(-158), longest_s: 158, estimate_s: 220, agents_free: 0, agents_busy: 1, agents_away: 1, closes: at(5400), answered: 38, in_time: 31, left: { caller_left: 3 }, service_level: 31 / 41 },
    { ...none, name: "finance", waiting: 0, agents_free: 1, agents_busy: 1, closes: at(5400), answered: 21, in_time: 20, left: {}, service_level: 20 / 21 },
    { ...none, name: "suivi", waiting: 0, agents_free: 1, agents_busy: 2, answered: 0, in_time: 0 },
    { ...none, name: "relais", waiting: 0, agents_free: 0, agents_busy: 0, open: false, opens: at(16 * 3600), answered: 12, in_time: 9, left: { closed: 2 }, service_level: 9 / 14 },
  ];
  return { queues: list, configuration: { loaded: at(-9000), ...(name === "error" ? { problem: "decroche.yaml:41:3: queues[1].hours: \"lundi\" is neither a weekday, nor a range such as mon-fri, nor a date such as 12-24 or 2026-12-24" } : {}) } };
}

/** rung is the list of callbacks of the demonstration, on which work shows and nothing is called. */
export function rung(lang: string, now = Date.now()): Rung {
  const L = lang === "fr", at = (min: number) => new Date(now + min * 60_000).toISOString();
  let list: Callback[] = [
    { id: 1, conversation: "h7f3a", at: at(-42), phone: "+33612000078", reason: "message", lang, state: "open", tries: 0, last: "message", slots: [{ name: "message", value: L ? "Mon colis est arrivé ouvert, il manque deux articles. Rappelez-moi au sujet du remboursement." : "My parcel came open and two things are missing. Call me about the refund.", shown: "", confidence: 1, confirmed: false }] },
    { id: 2, conversation: "h2", at: at(-95), phone: "+33620000031", reason: "nobody", window: L ? "cet après-midi" : "this afternoon", lang, state: "retry", tries: 2, last: "no_answer", from: at(20), until: at(200), next: at(35) },
    { id: 3, conversation: "h3", at: at(-180), phone: "+33781000055", reason: "suivi_en_panne", window: L ? "9h-18h lun-sam" : "9am-6pm mon-sat", lang, state: "open", tries: 0, taken_by: "lina" },
    { id: 4, conversation: "h4", at: at(-1500), phone: "+33610000012", reason: "full", lang, state: "given_up", tries: 4, last: "voicemail" },
  ];
  return {
    list: async (state) => list.filter((c) => (state === "pending" ? c.state !== "done" && c.state !== "dropped" : c.state === state)),
    change: async (id, change) => { list = list.map((c) => (c.id !== id ? c : "state" in change ? { ...c, state: change.state } : "next" in change ? { ...c, from: change.next, next: change.next } : { ...c, taken_by: change.taken ? "paule" : "" })); },
    call: async () => {},
  };
}

/** talk is a conversation of the history, with a hand-off, a supervisor and a recording; gone is one whose sound
 * was erased. */
function talk(id: string, now: number, lang: string, gone: boolean): Conversation {
  const start = now - 1_500_000, iso = (s: number) => new Date(start + s * 1000).toISOString();
  const L = lang === "fr";
  const say: [number, "caller" | "bot" | "agent" | "note", string, string?][] = [
    [1, "bot", L ? "Colibri Express, bonjour. Je suis un assistant automatique. Que puis-je faire pour vous\u202f?" : "Colibri Express, hello. I'm an automated assistant. What can I do for you?"],
    [9, "caller", L ? "Bonjour, mon colis est marqué livré et je l’ai non plus reçu, il n’y a rien." : "Hello, my parcel is marked as delivered and I have not received it."],
    [17, "bot", L ? "Quel est votre numéro de commande\u202f?" : "What's your order number?", L ? "Il a huit chiffres." : "It has eight digits."],
    [21, "caller", L ? "Quarante-cinq, douze, soixante-dix-huit, zéro deux." : "Four five one two, seven eight zero two."],
    [26, "bot", L ? "Le 45 12 78 02. Il est annoncé livré mardi dix-sept novembre. L’avez-vous bien reçu\u202f?" : "45 12 78 02. It is marked as delivered on Tuesday. Did you get it?"],
    [34, "caller", L ? "Mais non, je viens de vous le dire. Passez-moi quelqu’un." : "No, I just told you. Put me through to someone."],
    [43, "note", L ? "Transfert demandé par l’appelante\u202f: Karim Haddad décroche après 56\u202fs" : "Hand-off asked by the caller: Karim Haddad answers after 56 s"],
    [101, "agent", L ? "Bonjour Madame Benali, c’est Karim. Je vois votre colis annoncé livré mardi dernier." : "Hello, this is Karim. I can see your parcel was marked as delivered last Tuesday."],
    [112, "caller", L ? "Ah, merci. Au moins je n’ai pas à tout répéter." : "Oh, thank you. At least I need not repeat everything."],
    [129, "caller", L ? "C’est la bonne adresse, mais ce n’est pas ma porte. La mienne est bleue." : "It's the right address, but that isn't my door. Mine is blue."],
    [140, "agent", L ? "J’ouvre une enquête et je vous renvoie le colis." : "I'm opening a claim and sending it again."],
  ];
  const events = [
    { seq: 1, at: iso(0), type: "started", body: { channel: "voice", from: "sip:+33612000078@demo", called: "hotline", bot: "colibri", lang } },
    { seq: 2, at: iso(0), type: "answered", body: { codec: "PCMA" } },
    { seq: 3, at: iso(43), type: "transfer_started", body: { skills: ["litige"], reason: "asked" } },
    { seq: 4, at: iso(99), type: "bridged", body: { agent: "Karim Haddad" } },
    { seq: 5, at: iso(120), type: "supervised", body: { who: "Paule", act: "listen", id: "s1" } },
    { seq: 6, at: iso(200), type: "transfer_ended", body: { outcome: "completed", agent: "Karim Haddad", waited_ms: 56_000 } },
    { seq: 7, at: iso(201), type: "rated", body: { survey: "csat", score: 5, scale: 5 } },
    { seq: 8, at: iso(202), type: "ended", body: { outcome: "transferred", by: "caller" } },
    { seq: 9, at: iso(203), type: "recorded", body: { seconds: 205 } },
    ...(gone ? [{ seq: 10, at: new Date(now - 86_400_000).toISOString(), type: "recording_deleted", body: { why: "ttl" } }] : []),
  ] as Ev[];
  return {
    id, channel: "voice", from: "sip:+33612000078@demo", called: "hotline", bot: "colibri", lang, start: iso(0), end: iso(202), outcome: "transferred", ended_by: "caller", intent: "colis_non_reçu", turns: 4, transfer: "completed", agent: "Karim Haddad",
    slots: [{ name: "nom", value: "Nadia Benali", shown: "Nadia Benali", confidence: 0.9, confirmed: true }, { name: "commande", value: "45127802", shown: "45 12 78 02", confidence: 0.95, confirmed: true }],
    timezone: "Europe/Paris", events, transcript: say.map(([s, who, text, unheard], i) => ({ seq: i + 10, at: iso(s), offset_ms: s * 1000, who, text, ...(unheard ? { unheard } : {}), ...(who === "agent" ? { name: "Karim H." } : {}) })),
  };
}

/** past conversations of the demonstration: ?state=history, history-gone, history-empty, history-failed. */
export function archive(name: string, lang: string, now = Date.now()): Source {
  const gone = name === "history-gone", one = talk("h7f3a", now, lang, gone);
  const others = records(now).slice(0, 40).map((s, i): Summary => ({ ...s, intent: ["suivi_de_colis", "colis_non_reçu", "remboursement"][i % 3]! }));
  const spoken = (a: number, b: number, i: number) => { const s = (i * 205) / 240; return s >= a && s < b ? 0.35 + 0.65 * Math.abs(Math.sin(i * 2.3) * Math.cos(i * 0.7)) : 0; };
  const lane = (list: [number, number][]) => Array.from({ length: 240 }, (_, i) => Math.max(...list.map(([a, b]) => spoken(a, b, i))));
  return {
    find: async (q) => {
      if (name === "history-failed") throw new Error("down");
      return { conversations: name === "history-empty" ? [] : [one, ...others].flatMap((s) => match(s, q, s === one ? one : undefined)?.sum ?? []) };
    },
    one: async (id) => (id === one.id ? one : { ...one, ...others.find((s) => s.id === id) }),
    sample: [lane([[9, 16], [21, 25], [34, 42], [112, 128], [129, 139], [160, 172]]), lane([[1, 8], [17, 20], [26, 33], [101, 111], [140, 158], [175, 198]])],
  };
}

export const histories = ["history", "history-gone", "history-empty", "history-failed"] as const;
export const names = ["empty", "loading", "live", "busy", "error", "offline", "denied", "microphone", "ended", "also", "failed", "letters"] as const;
export type Name = (typeof names)[number];

/** Played is what a state shows beside the board: the chosen call, all events, what an act has met with. */
export interface Played {
  chosen: string;
  events: readonly Ev[];
  /** growing is what is being said in the chosen call. */
  growing: readonly Growing[];
  wrong: "" | "output" | "mic";
}

/** play shows a state. */
export function play(board: Board, name: string, now = Date.now()): Played {
  board.set({ opened: now - 3_600_000, told: now });
  if (name === "loading") return { chosen: "", events: [], growing: [], wrong: "" };
  if (name === "denied" || name === "failed") {
    board.set({ ready: name, me: { user: "lina", name: "Lina Moreau", role: "agent", permissions: ["desk"], how: "demo", demo: true } });
    return { chosen: "", events: [], growing: [], wrong: "" };
  }
  board.snapshot([]);
  const known: Partial<State> = { crew: [...crew(now), ...(name === "busy" ? staff.slice(3).map((title, i): Colleague => ({ ...crew(now)[0]!, name: title, title, since: new Date(now - (40 + (i * 53) % 540) * 1000).toISOString() })) : [])], last: { at: now - 90_000, outcome: "resolved" }, queues: queues(now, name) };
  board.set(known);
  if (name === "letters") board.set({
    me: { user: "paule", name: "Paule Girard", role: "supervisor", permissions: ["live:watch", "conversations:read", "deliveries:write"], how: "demo", demo: true },
    letters: { waiting: 2, given_up: 3, dead: ["https://crm.example.com/hook", "https://crm.example.com/hook", "mailto:litiges@example.com"].map((url, id) => ({ id, conversation: hugo.id, url, at: new Date(now).toISOString(), tries: 18 })) },
  });
  board.counted(today(now));
  if (name === "empty") return { chosen: "", events: [], growing: [], wrong: "" };
  const events = story(now, name === "busy" ? many(200) : live);
  for (const e of events) board.event(e);
  const tell = (type: Ev["type"], body: unknown) => {
    const e = { conversation: hugo.id, seq: hugo.steps.length + 1, at: new Date(now).toISOString(), type, body } as Ev;
    events.push(e);
    board.event(e);
  };
  if (name === "ended") tell("ended", { outcome: "abandoned", by: "caller" });
  if (name === "also") tell("supervised", { who: "Sami", act: "listen", id: "s1" });
  board.tick(now);
  if (name === "offline") board.set({ link: "reconnecting", told: now - 8_000 });
  if (name === "busy") chatter(board);
  return { chosen: name === "busy" || name === "letters" ? "" : hugo.id, events, growing: name === "ended" ? [] : [{ id: "bot-9", who: "bot", text: "Je comprends. Dans ce cas, le nom de la personne qui a commandé", at: 190 }], wrong: name === "error" ? "output" : name === "microphone" ? "mic" : "" };
}

/** chatter has the callers of a busy board talk on, forty sentences a second. */
function chatter(board: Board): void {
  let n = 0;
  setInterval(() => {
    const ids = [...board.state.calls.keys()];
    for (let i = 0; i < 4; i++) {
      const c = board.state.calls.get(ids[(n++ * 7) % ids.length] ?? "");
      const words = (heard.find((h) => h[0] === c?.intent) ?? heard[0]!)[3];
      if (c?.id.startsWith("m")) board.event({ conversation: c.id, seq: c.seq + 1, at: new Date().toISOString(), type: "said", body: { text: words[(n >> 3) % words.length]!, confidence: 0.9, how: "speech" } });
    }
  }, 100);
}
