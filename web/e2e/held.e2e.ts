// A call outlives its page and its network: loaded again, cut off, moved to a window of its own.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { browser, house, someone, type House } from "./house";
import { lines, until } from "./keyboard";
import { relay } from "./relay";
import { silence } from "./sound";

let h: House, b: Browser, site: Server, at: string;
beforeAll(async () => {
  site = createServer((_, res) => {
    res.setHeader("Content-Type", "text/html; charset=utf-8");
    res.end(`<!doctype html><html lang="fr"><title>Boutique</title><h1>Boutique</h1><script src="${h.url}/widget.js" data-bot="colibri" data-lang="fr" async></script></html>`);
  });
  await new Promise<void>((f) => site.listen(0, "127.0.0.1", f));
  at = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  [h, b] = await Promise.all([house(`widget: {sites: ["${at}"]}`), browser(silence())]);
});
afterAll(async () => { await b?.close(); await h?.stop(); site?.close(); });

interface Conversation { id: string; ended_at?: string }
const conversations = async () => ((await (await fetch(`${h.url}/api/v1/conversations`, { headers: { Authorization: `Bearer ${h.token}` } })).json()) as { conversations: Conversation[] }).conversations;
const events = async (id: string) => ((await (await fetch(`${h.url}/api/v1/conversations/${id}`, { headers: { Authorization: `Bearer ${h.token}` } })).json()) as { events: { type: string }[] }).events;

/** returns is how often a browser came back to its call so far. */
const returns = async () => [...(await (await fetch(`${h.url}/metrics`)).text()).matchAll(/^decroche_rtc_returns_total\{.*\} (\d+)/gm)].reduce((n, m) => n + Number(m[1]), 0);

/** asked calls and is asked for the number of the order; nothing but the caller's answer is missing. */
async function asked(p: Page): Promise<void> {
  await p.locator(".btn.call").click();
  await p.getByRole("button", { name: "Raccrocher" }).waitFor();
  await until(p, /Que puis-je faire/);
  await p.locator("#field").fill("où est mon colis");
  await p.keyboard.press("Enter");
  await until(p, /numéro de commande/);
  await p.waitForFunction(() => !document.querySelector(".tr li.partial")); // said to its end
}

/** answer tells the number and is told where the parcel is, in the same call. */
async function answer(p: Page): Promise<void> {
  await p.locator("#field").fill("45 12 78 02");
  await p.keyboard.press("Enter");
  await until(p, /livr|colis est|arriv/i);
}

const said = async (p: Page) => (await lines(p)).map((l) => l.replace(/\d+:\d\d/, "").replace(/\s+/g, " ").trim());
const live = (p: Page) => p.locator(".calltime .dot.on").waitFor({ timeout: 15_000 });

async function inCall(c: BrowserContext, url: string): Promise<{ p: Page; id: string }> {
  const before = new Set((await conversations()).map((x) => x.id));
  const p = await c.newPage();
  await p.goto(url);
  await asked(p);
  const mine = (await conversations()).filter((x) => !before.has(x.id));
  expect(mine.length).toBe(1);
  return { p, id: mine[0]!.id };
}

it("a page that is loaded again is in its call within ten seconds, and nothing is asked twice", async () => {
  const c = await someone(b);
  const { p, id } = await inCall(c, h.url);
  const [before, count] = [await said(p), (await conversations()).length];
  await p.reload();
  const began = Date.now();
  await live(p);
  console.log("reload to call:", Date.now() - began, "ms");
  await p.waitForFunction((n) => document.querySelectorAll(".tr li").length >= n, before.length);
  expect(await said(p)).toEqual(before);
  await answer(p);
  expect((await conversations()).length).toBe(count);
  expect((await events(id)).filter((e) => e.type === "silent")).toEqual([]);
  await p.getByRole("button", { name: "Raccrocher" }).click();
  await p.getByText("C’était comment").waitFor();
  await p.reload(); // an ended call is not taken up
  await p.getByRole("heading", { name: /Que puis-je faire/ }).waitFor();
  await c.close();
});

it("a network that is gone for eight seconds costs no word and no question", async () => {
  const c = await someone(b);
  const r = await relay(c);
  try {
    const { p, id } = await inCall(c, h.url);
    expect(r.packets()).toBeGreaterThan(50); // the sound does go through it
    const [before, count] = [await said(p), (await conversations()).length];
    const known = await returns();
    await r.cut(true);
    const back = Date.now() + 8000;
    await p.locator("#field").fill("45 12 78 02"); // written into nothing
    await new Promise((f) => setTimeout(f, back - Date.now()));
    await r.cut(false);
    for (let i = 0; i < 60 && (await returns()) === known; i++) await new Promise((f) => setTimeout(f, 250));
    expect(await returns()).toBeGreaterThan(known); // the gateway had lost it, and has it again
    await live(p);
    expect(await said(p)).toEqual(before);
    await p.locator("#field").press("Enter");
    await until(p, /livr|colis est|arriv/i);
    expect((await conversations()).length).toBe(count);
    const happened = (await events(id)).map((e) => e.type);
    expect(happened.filter((t) => t === "silent")).toEqual([]);
    expect(happened).not.toContain("ended");
    await p.getByRole("button", { name: "Raccrocher" }).click();
  } finally {
    r.close();
    await c.close();
  }
}, 90_000);

it("a detached window takes the call along, and the page that had it says where it is", async () => {
  const c = await someone(b, { viewport: { width: 1200, height: 800 } });
  const p = await c.newPage();
  await p.goto(at);
  const frame = p.frameLocator("iframe");
  await frame.getByRole("button", { name: "Ouvrir l’assistant" }).click();
  await frame.locator(".btn.call").click();
  await frame.getByText(/Que puis-je faire/).last().waitFor();
  const count = (await conversations()).length;
  const [w] = await Promise.all([c.waitForEvent("page"), frame.getByRole("button", { name: "Détacher dans une petite fenêtre" }).click()]);
  await live(w);
  expect(new URL(w.url()).hash).toBe(""); // nothing to be read over a shoulder
  await frame.locator(".banner").getByText("L’appel continue dans une autre fenêtre.").waitFor({ state: "attached", timeout: 20_000 });
  await p.goto(at + "/suite"); // the site goes on, the call too
  await w.locator("#field").fill("où est mon colis");
  await w.keyboard.press("Enter");
  await until(w, /numéro de commande/);
  expect((await said(w)).filter((l) => /assistant automatique\. Que/.test(l)).length).toBeLessThanOrEqual(1);
  expect((await conversations()).length).toBe(count);
  await w.getByRole("button", { name: "Raccrocher" }).click();
  await c.close();
});

it("a second window of the same call says so, and may take it", async () => {
  const c = await someone(b);
  const { p } = await inCall(c, h.url);
  const call = await p.evaluate(() => Object.entries(sessionStorage).find(([k]) => k.endsWith(".call")));
  const q = await c.newPage();
  await q.addInitScript(([k, v]) => { if (!sessionStorage.getItem("once")) { sessionStorage.setItem("once", "1"); sessionStorage.setItem(k!, v!); } }, call!); // as a duplicated tab has it
  await q.goto(h.url);
  await q.locator(".banner").getByText("L’appel continue dans une autre fenêtre.").waitFor();
  await live(p);
  await q.getByRole("button", { name: "Le reprendre ici" }).click();
  await live(q);
  await p.locator(".banner").getByText("L’appel continue dans une autre fenêtre.").waitFor({ timeout: 20_000 });
  await answer(q);
  await until(p, /livr|colis est|arriv/i); // the first one still reads along
  await q.getByRole("button", { name: "Raccrocher" }).click();
  await p.getByText("C’était comment").waitFor();
  await c.close();
});

it("a stranger's link leads into no conversation", async () => {
  const p = await (await someone(b)).newPage();
  const taken = encodeURIComponent(JSON.stringify({ chat: { id: "theirs", token: "theirs" } }));
  await p.goto(`${h.url}/detached?lang=fr#take=${taken}`);
  await p.getByRole("heading", { name: /Que puis-je faire/ }).waitFor();
  expect(new URL(p.url()).pathname + new URL(p.url()).hash).toBe("/");
  expect(await p.evaluate(() => Object.values(localStorage).join())).not.toContain("theirs");
});

it("a call that ended while its page was away is shown with its end", async () => {
  const c = await someone(b);
  const { p, id } = await inCall(c, h.url);
  await p.goto("about:blank");
  for (let i = 0; i < 60 && !(await events(id)).some((e) => e.type === "ended"); i++) await new Promise((f) => setTimeout(f, 500));
  await p.goto(h.url);
  await until(p, /numéro de commande/);
  await until(p, /L’appel s’est terminé pendant que la page n’était pas là\./);
  await p.getByText("C’était comment").waitFor();
  await c.close();
}, 90_000);
