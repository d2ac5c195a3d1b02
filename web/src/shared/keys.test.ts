import { expect, it } from "vitest";
import { chord } from "./keys";

const press = (init: KeyboardEventInit, tag = "div") => {
  const el = document.createElement(tag);
  document.body.append(el);
  let got: string | undefined = "unheard";
  el.addEventListener("keydown", (e) => { got = chord(e as KeyboardEvent); });
  el.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, ...init }));
  return got;
};

it("F-keys work in a field, letters do not", () => {
  expect(press({ key: "F4" }, "textarea")).toBe("F4");
  expect(press({ key: "F2", shiftKey: true }, "input")).toBe("Shift+F2");
  expect(press({ key: "n" }, "input")).toBeUndefined();
  expect(press({ key: "N", shiftKey: true })).toBe("n");
});
it("digits go by their place: AZERTY types & where QWERTY types 1", () => {
  expect(press({ key: "&", code: "Digit1" })).toBe("Digit1");
  expect(press({ key: "1", code: "Numpad1" })).toBe("Digit1");
});
it("AltGr is for writing", () => {
  expect(press({ key: "@", code: "Digit0", ctrlKey: true, altKey: true })).toBeUndefined();
  expect(press({ key: "k", ctrlKey: true }, "input")).toBe("Control+k");
  expect(press({ key: "k", metaKey: true })).toBe("Control+k");
});
it("Escape leaves a field", () => expect(press({ key: "Escape" }, "input")).toBe("Escape"));
