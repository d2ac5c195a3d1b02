// The states of typed conversations, by their addresses (/desk?state=chats).
import type { Line } from "../shared/transcript";
import type { Lang } from "../shared/words";
import { begun, type Chat } from "./chats";
import type { S } from "./state";
import type { Article, DeskState, Offer } from "./types";

type Make = (change?: Partial<DeskState>, more?: Partial<S>) => Partial<S>;

/** chatStates are those that can be asked for by name; idle and inCall make the rest of the desk. */
export function chatStates(lang: Lang, idle: (change: Partial<DeskState>, more?: Partial<S>) => Partial<S>, inCall: Make, offer: (o: Partial<Offer>) => Offer, articles: readonly Article[]): Record<string, Partial<S>> {
  const L = lang === "fr";
  const brief = (id: string, who: string, why: string): Offer => offer({ conversation: id, channel: "text", who, phone: "", why, facts: [], lines: [] });
  const lucas = brief("t1", "Lucas Petit", L ? "Changer l’adresse d’une livraison prévue demain." : "Change the address of a delivery due tomorrow.");
  const visitor = brief("t2", L ? "Visiteur" : "Visitor", L ? "Remboursement annoncé, pas encore reçu." : "Refund announced, not received yet.");
  const line = (id: string, who: Line["who"], text: string, at: number): Line => ({ id, who, text, at });
  const talk = (lines: Line[]) => ({ lines, partial: {}, seq: lines.length, start: Date.now() - 120_000 });
  const write: Chat = begun(lucas, {
    answers: { shown: articles.slice(3), held: false, open: "" },
    draft: L ? "Je vois la nouvelle adresse, je" : "I can see the new address, I", talk: talk(L ? [
      line("1", "bot", "Colibri Express, bonjour. Je suis un assistant automatique. Que puis-je faire pour vous\u202f?", 0), line("2", "caller", "changer l’adresse de ma livraison de demain", 9),
      line("3", "bot", "Je vous mets en relation avec un conseiller.", 10), line("4", "note", "Karim a pris la conversation", 18), line("5", "agent", "Bonjour Lucas, c’est Karim. Quelle est la nouvelle adresse\u202f?", 31),
      line("6", "caller", "12 rue des Lilas, 75011 Paris. Le digicode est <b>4512</b>", 58),
    ] : [
      line("1", "bot", "Colibri Express, hello. I'm an automated assistant. What can I do for you?", 0), line("2", "caller", "change the address of my delivery tomorrow", 9),
      line("3", "bot", "I'm putting you through to an adviser.", 10), line("4", "note", "Karim took the chat", 18), line("5", "agent", "Hello Lucas, this is Karim. What is the new address?", 31),
      line("6", "caller", "12 rue des Lilas, 75011 Paris. The door code is <b>4512</b>", 58),
    ]),
  });
  const other: Chat = begun(visitor, { unread: 2, talk: talk([line("1", "caller", L ? "on m’a dit cinq jours, ça en fait neuf" : "I was told five days, it has been nine", 4)]) });
  const chats = [write, other], ids = ["t1", "t2"];
  const asks = { ...visitor, at: new Date(Date.now() - 9000).toISOString(), expires: new Date(Date.now() + 21_000).toISOString() };
  return {
    chats: idle({ chats: ids }, { chats }),
    chats_call: inCall({ chats: ids, chat_offers: [{ ...asks, conversation: "t3", who: "Sophie Marchand" }] }, { chats: [{ ...write, unread: 1 }, other] }),
    chat_offer: idle({ chat_offers: [asks] }),
    chat_away: idle({ chats: ["t1"] }, { chats: [{ ...write, away: true, sending: [{ id: "s1", text: L ? "C’est noté." : "Noted." }] }] }),
    chat_error: idle({ chats: ["t1"] }, { chats: [{ ...write, error: { text: L ? "Ce message est trop long : 4000 octets au plus." : "This message is too long: 4000 bytes at most.", detail: "" } }] }),
    chat_over: idle({}, { chats: [{ ...write, draft: "", over: "ended", note: { ...write.note, text: L ? "Nouvelle adresse notée." : "New address noted." } }] }),
    chat_taken: idle({}, { chats: [{ ...write, draft: "", over: "taken" }] }),
    chat_nomic: idle({ status: "offline", microphone: false, takes_calls: false, takes_calls_not: "no_microphone" }, { sound: { ...(idle({}).sound!), microphone: "none", device: "", rtt: 0 } }),
  };
}
