// The page of phrases: nothing to object to in any state, decisions by keyboard, two people at once, and a
// network that goes away.
import { afterAll, beforeAll, expect, it, describe } from "vitest";
import type { Browser, Page } from "playwright-core";
import { names } from "../src/inbox/demo";
import { turn, views, wrong } from "./axe";
import { browser, house, someone, type House } from "./house";

let h: House, b: Browser;
beforeAll(async () => { [h, b] = await Promise.all([house(), browser()]); await talk(); });
afterAll(async () => { await b?.close(); await h?.stop(); });
const long = { timeout: 30_000 };

/** talk leaves six phrases that were not understood. */
async function talk(): Promise<void> {
  const headers = { Authorization: `Bearer ${h.token}`, "Content-Type": "application/json" };
  for (const text of ["mon bidule machin est tout bleu", "<b>chépa</b>", "le livreur chante sous la douche 06 12 34 56 78", "zut flûte crotte", "une girafe dans le salon", "la sonnette fait coin coin"]) {
    const open = (await (await fetch(h.url + "/api/v1/chat", { method: "POST", headers, body: JSON.stringify({ lang: "fr" }) })).json()) as { id: string; token: string };
    // What was not understood is judged when the conversation has gone on.
    for (const [i, said] of [text, "où est mon colis", "45 12 78 02"].entries()) await fetch(`${h.url}/api/v1/chat/${open.id}/messages`, { method: "POST", headers: { ...headers, Authorization: `Bearer ${open.token}` }, body: JSON.stringify({ id: "t" + i, text: said }) });
  }
}

async function page(role: string, path = "/inbox?lang=fr"): Promise<Page> {
  const c = await someone(b, { viewport: { width: 1280, height: 900 } });
  await c.request.post(h.url + "/api/v1/sign-in", { data: { demo: role } });
  const p = await c.newPage();
  await p.goto(h.url + path);
  await p.locator(".rows > .at").waitFor(long);
  return p;
}

const rows = (p: Page) => p.locator(".rows > div").count();
const state = async (s: string): Promise<{ text: string; decided?: string }[]> =>
  ((await (await fetch(`${h.url}/api/v1/inbox?state=${s}`, { headers: { Authorization: `Bearer ${h.token}` } })).json()) as { groups: { text: string; decided?: string }[] }).groups;

describe.each(views)("%s, %d px", (scheme, width) => {
  it("has nothing to object to in any state", async () => {
    const c = await someone(b, { viewport: { width, height: 900 }, colorScheme: scheme, bypassCSP: true });
    await c.request.post(h.url + "/api/v1/sign-in", { data: { demo: "supervisor" } });
    const found: string[] = [];
    for (const [i, name] of names.entries()) {
      if (!turn(i, scheme, width)) continue;
      const p = await c.newPage();
      await p.goto(`${h.url}/inbox?state=${name}&lang=${i % 2 ? "en" : "fr"}`);
      await p.locator(name === "denied" || name === "failed" ? "main.blank h1" : name === "loading" ? ".bars" : ".rows > div, .blank h2").first().waitFor(long);
      found.push(...(await wrong(p, name)));
      if (process.env["DECROCHE_PICTURES"] && (width === 1440 || width === 420)) await p.screenshot({ path: `${process.env["DECROCHE_PICTURES"]}/inbox-${name}-${scheme}-${width}.png` });
      await p.close();
    }
    await c.close();
    expect(found).toEqual([]);
  }, 240_000);
});

it("is worked by keyboard: decided, said, taken back, and the masked stays masked", async () => {
  const p = await page("supervisor");
  const seen: string[] = [];
  p.on("response", (r) => { if (r.url().includes("/inbox")) void r.text().then((t) => seen.push(t), () => {}); });
  await p.reload();
  await p.locator(".rows > .at").waitFor(long);
  const n = await rows(p);
  expect(n).toBeGreaterThanOrEqual(5);
  await p.locator(".rows > .at").focus();
  await p.keyboard.press("j");
  await p.keyboard.press("h");
  await expect.poll(() => rows(p), long).toBe(n - 1);
  expect(await p.locator("#status").textContent()).toMatch(/Hors sujet\. \d+ restantes/);
  await expect.poll(async () => (await state("dismissed")).map((g) => g.decided), long).toEqual(["out_of_scope"]);
  expect(await p.evaluate(() => document.activeElement?.matches(".rows > .at"))).toBe(true);
  await p.keyboard.press("i");
  await expect.poll(async () => (await state("dismissed")).length, long).toBe(2);
  await p.keyboard.press("c");
  await p.locator(".correct input").fill("suivi_colis");
  await p.keyboard.press("Enter");
  await p.getByText("1 exemple à publier").waitFor(long);
  for (let i = 0; i < 3; i++) await p.keyboard.press("Control+z");
  await expect.poll(() => rows(p), long).toBe(n);
  await expect.poll(async () => (await state("dismissed")).length, long).toBe(0);
  expect(await p.content()).not.toContain("34 56");
  expect(seen.join()).not.toContain("34 56");
  expect(await p.locator("q b").count()).toBe(0);
  await p.context().close();
}, 120_000);

it("keeps decisions while the network is away, over a page loaded again too, and sends them later", async () => {
  const p = await page("supervisor");
  await p.locator(".rows > .at").focus();
  await p.route("**/api/v1/inbox/*/dismiss", (r) => r.abort());
  await p.keyboard.press("i");
  await p.getByText("1 décision en attente d’envoi").waitFor(long);
  expect((await state("dismissed")).length).toBe(0);
  await p.unroute("**/api/v1/inbox/*/dismiss");
  await p.reload();
  await expect.poll(async () => (await state("dismissed")).length, long).toBe(1);
  await p.keyboard.press("Escape");
  await p.context().close();
}, 120_000);

it("two people: what one is on, the other sees and leaves", async () => {
  const p = await page("supervisor");
  const [mine, other] = [await p.locator(".rows > .at").getAttribute("data-id"), await p.locator(".rows > div:not(.at)").first().getAttribute("data-id")];
  // Somebody with an API token is the other one.
  const lock = async (id: string | null) => (await (await fetch(`${h.url}/api/v1/inbox/${id}/lock`, { method: "POST", headers: { Authorization: `Bearer ${h.token}` } })).json()) as { user: string; name: string };
  const them = await lock(other);
  await expect.poll(async () => (await lock(mine)).user, long).not.toBe(them.user); // the page has it
  await lock(other);
  await p.locator(`.rows > [data-id="${other}"] .lock`).waitFor(long);
  expect(await p.locator(`.rows > [data-id="${other}"] .acts button`).first().isDisabled()).toBe(true);
  await p.context().close();
}, 120_000);
