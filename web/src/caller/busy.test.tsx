// Lines that are taken: the callback that the sentence speaks of can be asked for.
import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it } from "vitest";
import { words } from "../shared/words";
import { App } from "./app";
import { en } from "./en";
import { fr } from "./fr";
import { Talk } from "./talk";

it("offers a callback while the lines are taken", async () => {
  const say = words("en", fr, en);
  const talk = new Talk("colibri", "en", say, { get: () => null, set() {} }, { status() {}, alert() {} });
  talk.show({ trouble: "busy", info: { bot: "colibri", open: true, voice: true, asks: [] } as never });
  const el = document.createElement("div");
  document.body.append(el);
  await act(() => render(<App talk={talk} say={say} lang="en" status={() => {}} />, el));
  expect(el.querySelector("form.callback")).toBeNull();
  await act(async () => { [...el.querySelectorAll("button")].find((b) => b.textContent === en.callback)!.click(); });
  expect(el.querySelector("form.callback input[type=tel]")).not.toBeNull();
});
