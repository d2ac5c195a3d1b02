// The board's pictures of docs/pictures; make screenshots takes them.
import { mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Browser } from "playwright-core";
import { browser, house, someone, type House } from "./house";

const want = process.env["DECROCHE_SCREENSHOTS"] === "1";
const dir = resolve(import.meta.dirname, "../../docs/pictures");
let h: House, b: Browser;
beforeAll(async () => { if (want) [h, b] = await Promise.all([house(), browser()]); });
afterAll(async () => { await b?.close(); await h?.stop(); });

it.runIf(want)("takes them", async () => {
  mkdirSync(dir, { recursive: true });
  for (const [name, query, width, height, scheme] of [
    ["board-live", "state=live", 1280, 800, "light"], ["board-offline", "state=offline", 1280, 800, "dark"], ["board-history", "state=history&t=129", 1280, 720, "dark"],
    ["board-phone", "state=busy", 390, 720, "light"], ["board-phone-call", "state=live", 390, 720, "dark"], ["board-empty", "state=empty", 1280, 560, "light"],
  ] as const) {
    const c = await someone(b, { viewport: { width, height }, colorScheme: scheme, deviceScaleFactor: 1 });
    const p = await c.newPage();
    await p.goto(`${h.url}/login?next=/board`);
    await p.locator('button[name="role"][value="supervisor"]').click();
    await p.waitForURL("**/board");
    await p.goto(`${h.url}/board?${query}`);
    await p.locator(query.includes("history") ? ".hlog" : query.includes("empty") ? ".blank" : "tr[data-id]").first().waitFor();
    await p.waitForTimeout(300);
    const path = join(dir, name + ".png");
    await p.screenshot({ path });
    expect(statSync(path).size).toBeLessThan(200_000);
    await c.close();
  }
}, 120_000);
