// Handing a caller back: the steps that there are, and values that may be changed.
import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it, vi } from "vitest";
import { words } from "../shared/words";
import { Back, type ControlsProps } from "./controls";
import { en } from "./en";
import { fr } from "./fr";

it("offers the bot's steps by their titles, and sends the step and what was changed", async () => {
  const back = vi.fn(async () => true), close = vi.fn();
  const steps = async () => ({ at: "suivi/numero", steps: [{ step: "suivi/numero", flow: "suivi", title: "Order number" }], slots: [{ name: "order", title: "Order", value: "45", open: true }, { name: "pin", title: "PIN", value: "", open: false }] });
  const p = { v: { say: words("en", fr, en) }, acts: { back, steps }, call: { id: "c1" } } as unknown as ControlsProps;
  const el = document.createElement("div");
  document.body.append(el);
  await act(async () => render(<Back p={p} close={close} />, el));
  await act(async () => { await new Promise((f) => setTimeout(f)); });
  const list = el.querySelector("select")!, [order, pin] = [...el.querySelectorAll("input")] as [HTMLInputElement, HTMLInputElement];
  expect([...list.querySelectorAll("option")].map((o) => o.textContent)).toEqual(["The question left open", "Order number"]);
  expect([order.readOnly, pin.readOnly]).toEqual([false, true]);
  await act(async () => { list.value = "suivi/numero"; list.dispatchEvent(new Event("change", { bubbles: true })); });
  await act(async () => { order.value = "46"; order.dispatchEvent(new Event("input", { bubbles: true })); });
  await act(async () => { el.querySelector("form")!.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })); });
  expect(back).toHaveBeenCalledWith("c1", "suivi/numero", { order: "46" });
  expect(close).toHaveBeenCalled();
});
