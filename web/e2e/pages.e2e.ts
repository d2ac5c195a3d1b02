// Every state of the caller's page, light and dark, wide and narrow: nothing that axe-core objects to,
// no scrolling sideways.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Browser, Page } from "playwright-core";
import { states } from "../src/caller/demo";
import { byKeyboard } from "./keyboard";
import { browser, house, someone, type House } from "./house";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const all = [...Object.keys(states("fr")), "closed", "agents"];
const short = process.env["DECROCHE_SHORT"] === "1"; // in CI: each state once, in turn by scheme and width

let h: House, b: Browser;
beforeAll(async () => { [h, b] = await Promise.all([house(), browser()]); });
afterAll(async () => { await b?.close(); await h?.stop(); });

/** objections is what axe-core finds, as "rule: element". */
async function objections(p: Page): Promise<string[]> {
  return p.evaluate(async (source) => {
    type Axe = { run(o: unknown): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    const w = window as unknown as { axe?: Axe };
    if (!w.axe) new Function(source)();
    const found = await w.axe!.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    return found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html}`));
  }, axe);
}

const sideways = (p: Page) => p.evaluate(() => document.documentElement.scrollWidth - innerWidth);

describe.each([["light", 1440], ["dark", 1440], ["light", 420], ["dark", 420], ["light", 320]] as const)("%s, %d px", (scheme, width) => {
  it("has nothing to object to in any state", async () => {
    const c = await someone(b, { viewport: { width, height: 860 }, colorScheme: scheme, bypassCSP: true });
    const found: string[] = [];
    for (const [i, state] of all.entries()) {
      if (short && i % 5 !== ["light1440", "dark1440", "light420", "dark420", "light320"].indexOf(scheme + width)) continue;
      const p = await c.newPage();
      await p.goto(`${h.url}/?state=${state}&lang=${i % 2 ? "en" : "fr"}`);
      await p.locator(".talk").waitFor();
      await p.waitForTimeout(state === "thinking" ? 900 : 60);
      for (const o of await objections(p)) found.push(`${state}: ${o}`);
      const over = await sideways(p);
      if (over > 0) found.push(`${state}: scrolls ${over} px sideways`);
      await p.close();
    }
    await c.close();
    expect(found).toEqual([]);
  }, 240_000);
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
