// Small things that every part of the desk uses.
import { createContext } from "preact";
import { useContext, useEffect, useReducer, useState } from "preact/hooks";
import type { Announcer } from "../shared/announce";
import { words, type Lang } from "../shared/words";
import { en } from "./en";
import { fr, type Words } from "./fr";
import type { Desk, S } from "./state";

export const sayIn = (lang: Lang): Words => words(lang, fr, en);

export interface Around {
  desk: Desk;
  say: Words;
  lang: Lang;
  announce: Announcer;
  /** turn changes the language. */
  turn(l: Lang): void;
}
export const Room = createContext<Around>(undefined as unknown as Around);
export const useRoom = (): Around => useContext(Room);

/** useDesk draws again when the state changes. */
export function useDesk(): S {
  const { desk } = useRoom();
  const [, again] = useReducer((n: number) => n + 1, 0);
  const drawn = desk.get();
  useEffect(() => {
    if (desk.get() !== drawn) again(0); // it changed before anybody watched
    return desk.subscribe(() => again(0));
  }, [desk]);
  return drawn;
}

/** useNow draws again each second, while on. */
export function useNow(on = true): number {
  const [now, set] = useState(() => Date.now());
  useEffect(() => {
    if (!on) return;
    set(Date.now());
    const t = setInterval(() => set(Date.now()), 1000);
    return () => clearInterval(t);
  }, [on]);
  return now;
}

const steps = [30, 60, 85, 100]; // percent of height

/** Meter is the microphone's level as four bars; the word is for readers. */
export function Meter({ wide }: { wide?: boolean }) {
  const { desk, say } = useRoom();
  const [bars, set] = useState(0);
  useEffect(() => {
    const t = setInterval(() => set(Math.round(desk.loud() * 4)), 100);
    return () => clearInterval(t);
  }, [desk]);
  return <span class={wide ? "meter wide" : "meter"} role="img" aria-label={say(bars > 0 ? "mic_good" : "mic_quiet")}>{steps.map((h, i) => <b key={h} class={i < bars ? "on" : ""} style={{ height: h + "%" }} />)}</span>;
}

/** first is the name as it stands beside a line: "Nadia B." of "Nadia Benali"; a number stays. */
export function first(who: string): string {
  const [a, ...rest] = who.trim().split(/\s+/);
  const last = rest[rest.length - 1];
  return a && last && !/\d/.test(who) ? `${a} ${last[0]!.toUpperCase()}.` : who;
}

/** initials of a person: "KH". */
export const initials = (name: string): string => name.split(/[\s-]+/).filter((p) => /^\p{L}/u.test(p)).slice(0, 2).map((p) => p[0]!.toUpperCase()).join("") || "?";

/** dialled is what people call a telephone by: the number or name before the @ of its address. */
export const dialled = (address: string): string => phone(/^sips?:([^@;]+)[@;]/i.exec(address)?.[1] ?? address);

/** digits groups a French number in pairs, another by its signs. */
export function phone(n: string): string {
  const m = /^\+33([1-9])(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(n);
  return m ? `+33 ${m.slice(1).join(" ")}` : n;
}
