// Every state of the caller's page, light and dark, wide and narrow: nothing that axe-core objects to,
// no scrolling sideways.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Browser } from "playwright-core";
import { states } from "../src/caller/demo";
import { short, sideways, turn, views, wrong } from "./axe";
import { byKeyboard } from "./keyboard";
import { browser, house, someone, type House } from "./house";

const all = [...Object.keys(states("fr")), "closed", "agents"];

let h: House, b: Browser;
beforeAll(async () => { [h, b] = await Promise.all([house(), browser()]); });
afterAll(async () => { await b?.close(); await h?.stop(); });

describe.each(views)("%s, %d px", (scheme, width) => {
  it("has nothing to object to in any state", async () => {
    const c = await someone(b, { viewport: { width, height: 860 }, colorScheme: scheme, bypassCSP: true });
    const found: string[] = [];
    for (const [i, state] of all.entries()) {
      if (!turn(i, scheme, width)) continue;
      const p = await c.newPage();
      await p.goto(`${h.url}/?state=${state}&lang=${i % 2 ? "en" : "fr"}`);
      await p.locator(".talk").waitFor();
      await p.waitForTimeout(state === "thinking" ? 900 : 60);
      found.push(...(await wrong(p, state)));
      await p.close();
    }
    await c.close();
    expect(found).toEqual([]);
  }, 600_000);
});

it.runIf(short)("the main task goes by keyboard alone", async () => byKeyboard(await (await someone(b)).newPage(), h.url));

it("twice the text at 320 px hides no command", async () => {
  if (short) return;
  const c = await someone(b, { viewport: { width: 640, height: 1200 }, bypassCSP: true });
  const p = await c.newPage();
  await p.goto(`${h.url}/?state=live`);
  await p.locator(".callbar").waitFor();
  await p.addStyleTag({ content: "html { font-size: 200%; }" });
  expect(await sideways(p)).toBeLessThanOrEqual(0);
  for (const name of ["Raccrocher", "Envoyer", "Parler à quelqu’un"]) expect(await p.getByRole("button", { name }).isVisible()).toBe(true);
  await c.close();
});
