import { render } from "preact";
import { expect, it } from "vitest";
import { Transcript, type Captions, type Line } from "./transcript";

const words: Captions = { label: "Conversation", who: { caller: "Vous", bot: "Bot", agent: "Conseiller" }, cut: "coupé par l’appelant", perhaps: (r) => `peut-être ${r}`, news: (n) => `${n} ↓` };
const show = (lines: Line[], live: "polite" | "off" = "off") => {
  const el = document.createElement("div");
  document.body.append(el);
  render(<Transcript lines={lines} words={words} live={live} />, el);
  return el;
};

it("what is said is text, whatever it holds", () => {
  const evil = `<img src=x onerror="document.title='owned'"><script>1</script>&amp;`;
  const el = show([{ id: "1", who: "caller", text: evil, name: evil }, { id: "2", who: "bot", text: evil, unheard: evil }, { id: "3", who: "note", text: evil }, { id: "4", who: "caller", text: `a ${evil} b`, doubts: [{ word: evil, readings: [evil] }] }]);
  expect(el.querySelector("img,script")).toBeNull();
  expect(el.querySelectorAll("p")[0]!.textContent).toBe(evil);
});
it("strikes out what was not heard and says why", () => {
  const el = show([{ id: "1", who: "bot", text: "Quel est votre numéro ?", unheard: "Il a huit chiffres." }]);
  expect(el.querySelector("del")!.textContent).toBe("Il a huit chiffres.");
  expect(el.querySelector(".cut")!.textContent).toBe("coupé par l’appelant");
});
it("marks doubtful words with their other readings", () => {
  const el = show([{ id: "1", who: "caller", text: "douze soixante-dix-huit", doubts: [{ word: "soixante-dix-huit", readings: ["soixante-six"] }] }]);
  expect(el.querySelector(".low")!.textContent).toContain("peut-être soixante-six");
  expect((el.querySelector(".low") as HTMLElement).tabIndex).toBe(0);
});
it("keeps the row of a partial that grows, and announces no partial", () => {
  const el = document.createElement("div");
  render(<Transcript lines={[{ id: "1", who: "caller", text: "où", partial: true }]} words={words} live="polite" />, el);
  const row = el.querySelector("li");
  expect(el.querySelector("[role=log]")!.getAttribute("aria-live")).toBe("off");
  render(<Transcript lines={[{ id: "1", who: "caller", text: "où est mon colis" }]} words={words} live="polite" />, el);
  expect(el.querySelector("li")).toBe(row);
  expect(el.querySelector("[role=log]")!.getAttribute("aria-live")).toBe("polite");
});
