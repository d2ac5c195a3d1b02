// The pictures of docs/pictures; make screenshots takes them.
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
  for (const [name, state, width, height, scheme] of [
    ["caller-empty", "empty", 900, 560, "light"], ["caller-call", "live", 900, 640, "light"], ["caller-closed", "closed", 900, 700, "light"],
    ["caller-phone-call", "live", 390, 720, "dark"], ["caller-phone-ended", "ended", 390, 720, "light"], ["caller-phone-offline", "offline", 390, 720, "dark"], ["caller-phone-blocked", "blocked", 390, 720, "light"],
    ["api", "/api?lang=en#listConversations", 1280, 860, "light"], ["api-phone", "/api?lang=en", 390, 720, "dark"],
  ] as const) {
    const c = await someone(b, { viewport: { width, height }, colorScheme: scheme, deviceScaleFactor: 1 });
    const p = await c.newPage();
    await c.request.post(h.url + "/api/v1/sign-in", { data: { demo: "supervisor" } });
    await p.goto(state.startsWith("/") ? h.url + state : `${h.url}/?state=${state}`);
    await p.locator(state.startsWith("/") ? ".op" : ".talk").first().waitFor();
    await p.waitForTimeout(300);
    const path = join(dir, name + ".png");
    await p.screenshot({ path });
    expect(statSync(path).size).toBeLessThan(150_000);
    await c.close();
  }
}, 120_000);
