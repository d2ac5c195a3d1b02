// The widget in the page of another site, whose styles are against it.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Browser } from "playwright-core";
import { browser, house, someone, type House } from "./house";

let h: House, b: Browser, site: Server, at: string;
const hostile = () => `<!doctype html><html lang="fr"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Boutique</title>
<style>* { all: revert; font-size: 40px !important; } iframe, body > * { display: none !important; opacity: 0 !important; width: 1px !important; z-index: -1 !important; position: static !important; transform: scale(0) !important; }</style>
<h1>Boutique</h1><script src="${h.url}/widget.js" data-bot="colibri" data-lang="fr" data-offset="0 80" async></script></html>`;
beforeAll(async () => {
  site = createServer((_, res) => {
    res.setHeader("Content-Type", "text/html; charset=utf-8");
    res.setHeader("Content-Security-Policy", `default-src 'none'; script-src ${h.url}; frame-src ${h.url}; style-src 'unsafe-inline'`);
    res.end(hostile());
  });
  await new Promise<void>((f) => site.listen(0, "127.0.0.1", f));
  at = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  [h, b] = await Promise.all([house(`widget: {sites: ["${at}"]}`), browser()]);
});
afterAll(async () => { await b?.close(); await h?.stop(); site?.close(); });

it("opens when it is clicked, answers, and goes on in the next page", async () => {
  const p = await (await someone(b, { viewport: { width: 1200, height: 800 } })).newPage();
  await p.goto(at);
  const frame = p.frameLocator("iframe");
  const bubble = frame.getByRole("button", { name: "Ouvrir l’assistant" });
  await bubble.waitFor();
  const closed = (await p.locator("iframe").boundingBox())!;
  expect([closed.width, closed.height, closed.x + closed.width, closed.y + closed.height]).toEqual([72, 72, 1192, 712]);
  expect(await p.evaluate(() => document.activeElement?.tagName)).toBe("BODY"); // it takes no focus by itself
  await bubble.click();
  await frame.getByRole("dialog").waitFor();
  await p.waitForFunction(() => document.querySelector("iframe")!.getBoundingClientRect().width === 376);
  await frame.locator("#field").fill("où est mon colis");
  await frame.locator("#field").press("Enter");
  await frame.getByText(/numéro de commande/).first().waitFor();
  await frame.locator("#field").press("Escape");
  await bubble.waitFor();
  await p.goto(at + "/suite");
  await bubble.click();
  await frame.getByText(/numéro de commande/).first().waitFor();
  expect(await frame.locator(".tr li").count()).toBe(3);
});

it("fills the screen of a phone", async () => {
  const p = await (await someone(b, { viewport: { width: 390, height: 700 }, hasTouch: true, isMobile: true })).newPage();
  await p.goto(at);
  const frame = p.frameLocator("iframe");
  await frame.getByRole("button", { name: "Ouvrir l’assistant" }).click();
  await frame.locator("#field").waitFor();
  const box = (await p.locator("iframe").boundingBox())!;
  expect(box.width).toBeGreaterThan(380);
  expect(box.y).toBe(0);
});

it("is refused by sites that are not named", async () => {
  const other = createServer((_, res) => { res.setHeader("Content-Type", "text/html"); res.end(`<title>x</title><script src="${h.url}/widget.js" async></script>`); });
  await new Promise<void>((f) => other.listen(0, "127.0.0.1", f));
  try {
    const p = await (await someone(b)).newPage();
    const refused = p.waitForEvent("console", (m) => /frame-ancestors|refused|violates/i.test(m.text()));
    await p.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}`);
    await refused;
    expect(await p.locator("iframe").isVisible()).toBe(false);
  } finally {
    other.close();
  }
});
