// When something is, as a person would say it.
import { clock, type Lang } from "../shared/words";

/** when says a moment that is to come: "à 9 h 00", "lundi 9 h 00". */
export function when(lang: Lang, at: Date, timeZone: string): string {
  const day = (d: Date) => new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(d);
  const time = clock(lang, at, timeZone);
  if (day(at) === day(new Date())) return (lang === "fr" ? "à " : "at ") + time;
  const name = new Intl.DateTimeFormat(lang, { weekday: "long", timeZone }).format(at);
  return lang === "fr" ? `${name} à ${time}` : `on ${name} at ${time}`;
}
