import { describe, expect, it } from "vitest";
import { choose, clock, initials, number, span, timer, typeset, words } from "./words";

const nn = "\u202f";

describe("typeset", () => {
  for (const [text, want] of [
    ["Que puis-je faire ?", `Que puis-je faire${nn}?`],
    ["Il a dit : « oui » ; bien !", `Il a dit${nn}: «${nn}oui${nn}»${nn}; bien${nn}!`],
    ["entre 11 h et 12 h 30", `entre 11${nn}h et 12${nn}h${nn}30`],
    ["45 12 78 02", `45${nn}12${nn}78${nn}02`],
    ["le 3 mai", "le 3 mai"],
    ["2 sacs", "2 sacs"],
    ["40 %, 50 €", `40${nn}%, 50${nn}€`],
    ["http://x/?a=1", "http://x/?a=1"],
  ]) it(text!, () => expect(typeset("fr", text!)).toBe(want));
  it("leaves English alone", () => expect(typeset("en", "Is it : so ?")).toBe("Is it : so ?"));
});

describe("words", () => {
  const fr = { hello: "Bonjour {name} !", left: { one: "{n} phrase", other: "{n} phrases" } } as const;
  const en = { hello: "Hello {name}.", left: { one: "{n} sentence", other: "{n} sentences" } } as const;
  it("fills in", () => expect(words("fr", fr, en)("hello", { name: "Karim" })).toBe(`Bonjour Karim${nn}!`));
  it("counts as each language does: zero is singular in French alone", () => {
    expect(words("fr", fr, en)("left", { n: 0 })).toBe("0 phrase");
    expect(words("en", fr, en)("left", { n: 0 })).toBe("0 sentences");
    expect(words("fr", fr, en)("left", { n: 1200 })).toBe(`1${nn}200 phrases`);
  });
  it("does not read what is filled in as a pattern", () => expect(words("en", fr, en)("hello", { name: "{n}$&" })).toBe("Hello {n}$&."));
});

describe("times and numbers", () => {
  const at = new Date("2026-11-22T13:06:00Z");
  it("a time of day", () => {
    expect(clock("fr", at, "Europe/Paris")).toBe(`14${nn}h${nn}06`);
    expect(clock("en", at, "Europe/Paris")).toBe("14:06");
    expect(clock("fr", new Date("2026-11-21T23:05:00Z"), "Europe/Paris")).toBe(`0${nn}h${nn}05`);
  });
  it("a duration", () => {
    expect([0, 45, 60, 90, 125, 3600, 7500, -3].map(span)).toEqual([`0${nn}s`, `45${nn}s`, `1${nn}min`, `1${nn}min${nn}30`, `2${nn}min${nn}05`, `1${nn}h${nn}00`, `2${nn}h${nn}05`, `0${nn}s`]);
    expect([0, 48, 161, 3723].map(timer)).toEqual(["0:00", "0:48", "2:41", "1:02:03"]);
  });
  it("a number", () => expect([number("fr", 4.3), number("en", 4.3), number("fr", 12345)]).toEqual(["4,3", "4.3", `12${nn}345`]));
});

describe("choose", () => {
  it("asked, kept, the browser's, French", () => {
    expect(choose("en", "fr", ["fr"])).toBe("en");
    expect(choose("xx", null, ["de", "en-US"])).toBe("en");
    expect(choose(null, "fr", ["en"])).toBe("fr");
    expect(choose(null, null, ["de"])).toBe("fr");
  });
});

it.each([["Paule (supervision)", "P"], ["Lina Moreau (Finance)", "LM"], ["paule", "P"], ["Jean-Marc de la Tour", "JT"], ["Élise Ça", "ÉÇ"], ["(demo)", "?"], ["", "?"], ["demo-supervisor 2", "DS"], ["[x", "?"]])("the initials of %s are %s", (name, want) => { expect(initials(name)).toBe(want); });
