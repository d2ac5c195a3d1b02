// The list of answers in the page: it holds while the pointer or the focus rests on it.
import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it } from "vitest";
import { answers } from "./answers";
import { Side } from "./side";
import { begin, Store, type Desk } from "./state";
import type { Article } from "./types";
import { Room, sayIn } from "./ui";

const list = (...ids: string[]): Article[] => ids.map((id) => ({ id, title: `<b>${id}</b>`, short: id, body: "", score: 1, why: [] }));

function show() {
  const store = new Store({ ...begin("a"), note: { conversation: "c", text: "", saved: "saved", conclusion: "" } });
  const found = (l: Article[]) => store.set({ answers: answers(store.get().answers, { type: "found", list: l }) });
  const desk = Object.assign(store, {
    hold: (yes: boolean) => store.set({ answers: answers(store.get().answers, { type: "hold", yes }) }),
    open: (id: string) => store.set({ answers: answers(store.get().answers, { type: "open", id }) }),
  }) as unknown as Desk;
  const el = document.createElement("div");
  document.body.append(el);
  void act(() => render(<Room.Provider value={{ desk, say: sayIn("fr"), lang: "fr", announce: { status() {}, alert() {} }, turn() {} }}><Side open={desk.open} /></Room.Provider>, el));
  const settle = () => act(async () => { await Promise.resolve(); });
  return { el, found, settle, titles: () => [...el.querySelectorAll(".answer b")].map((b) => b.textContent) };
}

it("does not move while focus or pointer is on it, shows markup as text", async () => {
  const p = show();
  p.found(list("a", "b"));
  await p.settle();
  expect(p.titles()).toEqual(["<b>a</b>", "<b>b</b>"]);
  p.el.querySelectorAll<HTMLElement>(".answer")[1]!.focus();
  await p.settle();
  p.found(list("c"));
  await p.settle();
  expect(p.titles()).toEqual(["<b>a</b>", "<b>b</b>"]);
  expect(p.el.textContent).toContain("ne bougent pas");
  document.getElementById("note")!.focus();
  await p.settle();
  expect(p.titles()).toEqual(["<b>c</b>"]);
});
