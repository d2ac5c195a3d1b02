// How soon people hear and read each other in real browsers, twenty times and more:
//
//	DECROCHE_FIGURES=1 npm run e2e -- figures
//
// prints a row for each figure. It judges nothing: on a machine that does other things the figures are
// that machine's. docs/measurements.md has what was measured and what is asked.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { browser, house, someone, type House } from "./house";
import { ears, type Ears } from "./people";
import { speech } from "./sound";

const samples = 20;

let h: House, b: Browser;
const rows: string[] = [];

/** row notes a figure, of samples in ms. */
function row(what: string, asked: string, times: readonly number[], beside = ""): void {
  const t = [...times].sort((x, y) => x - y);
  const at = (p: number) => Math.round(t[Math.min(t.length - 1, Math.ceil(t.length * p) - 1)] ?? NaN);
  rows.push(`${what}: ${t.length} times, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${Math.round(t.at(-1) ?? NaN)} ms (asked: ${asked})${beside}`);
}

/** follows notes each change of what the caller is shown to have said. */
const follows = `(() => {
  const w = window, seen = new Map();
  const look = () => document.querySelectorAll(".tr li.caller").forEach((li, line) => {
    const text = li.querySelector("p").textContent, partial = li.classList.contains("partial"), now = text + partial;
    if (seen.get(line) === now) return;
    seen.set(line, now);
    w.words.push({ at: Date.now(), text, partial, line });
  });
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["class"] });
})()`;

const heard = async (p: Page): Promise<number> => {
  await p.waitForFunction(() => (window as unknown as Ears).heardAt, undefined, { timeout: 60_000, polling: 20 });
  return p.evaluate(() => { const w = window as unknown as Ears; return w.heardAt - w.actAt; });
};
const page = async (c: BrowserContext, path: string, hums = 0): Promise<Page> => {
  const p = await c.newPage();
  await p.addInitScript(ears(hums));
  await p.goto(h.url + path);
  return p;
};
const signedIn = async (role: string): Promise<BrowserContext> => {
  const c = await someone(b, { viewport: { width: 1440, height: 900 } });
  expect((await c.request.post(h.url + "/api/v1/sign-in", { data: { demo: role } })).status()).toBe(200);
  return c;
};
const ring = async (p: Page): Promise<void> => {
  await p.locator(".btn.call").click();
  await p.getByRole("button", { name: "Raccrocher" }).waitFor();
};

describe.skipIf(process.env["DECROCHE_FIGURES"] !== "1")("figures", () => {
  beforeAll(async () => { [h, b] = await Promise.all([house("desk: {wrap_up: 60s}"), browser()]); });
  afterAll(async () => {
    console.log(["", ...rows, `load: ${execFileSync("uptime").toString().replace(/.*load/, "load").trim()}`].join("\n"));
    await b?.close();
    await h?.stop();
  });

  it("click on call -> greeting audible", async () => {
    const times: number[] = [];
    for (let i = 0; i < samples; i++) {
      const c = await someone(b), p = await page(c, "/");
      await p.locator(".btn.call").waitFor();
      await p.waitForTimeout(300);
      await ring(p);
      times.push(await heard(p));
      await p.getByRole("button", { name: "Raccrocher" }).click();
      await c.close();
    }
    row("click on call -> greeting audible", "p95 ≤ 1000 ms", times);
  }, 600_000);

  it("supervisor clicks listen -> hears", async () => {
    const boss = await signedIn("supervisor");
    const times: number[] = [], again: number[] = [];
    for (let i = 0; i < samples; i++) {
      const callers = await someone(b), c = await page(callers, "/", 440); // who can be heard all the time
      const taken = c.waitForResponse((r) => r.request().method() === "POST" && r.url().includes("/api/v1/webrtc/calls") && r.status() === 201);
      await ring(c);
      const conv = (await taken).headers()["decroche-conversation"] ?? "";
      await c.locator(".tr li.bot").first().waitFor();
      const p = await page(boss, `/board?call=${encodeURIComponent(conv)}`);
      await p.locator(".acts").waitFor();
      await p.waitForTimeout(1000); // what somebody takes at least to read who that is
      for (const list of [times, again]) {
        await p.evaluate(() => (window as unknown as Ears).deaf());
        await p.keyboard.press("e");
        list.push(await heard(p));
        await p.keyboard.press("e");
        await p.waitForFunction(() => !(window as unknown as Ears).loud, undefined, { timeout: 20_000 });
        await p.waitForTimeout(400);
      }
      await p.close();
      await c.getByRole("button", { name: "Raccrocher" }).click();
      await callers.close();
    }
    row("supervisor clicks listen -> hears, first time on the page", "p95 ≤ 700 ms", times);
    row("supervisor clicks listen -> hears, after that", "p95 ≤ 700 ms", again);
    await boss.close();
  }, 600_000);

  it("accept -> both hear each other", async () => {
    const agent = await signedIn("agent");
    const a = await agent.newPage();
    await a.addInitScript(ears(1500, 1000));
    await a.goto(h.url + "/desk");
    await a.getByRole("button", { name: "Commencer" }).click();
    await a.getByRole("button", { name: "Me mettre disponible" }).click();
    const byAgent: number[] = [], byCaller: number[] = [], both: number[] = [];
    for (let i = 0; i < samples; i++) {
      await a.locator(".presence.ok").waitFor();
      const caller = await someone(b), c = await caller.newPage();
      await c.addInitScript(ears(1000, 1500));
      await c.goto(h.url);
      await c.evaluate(() => (window as unknown as Ears).hum(false));
      await ring(c);
      await c.locator(".tr li.bot").first().waitFor();
      await c.locator("#field").fill("je voudrais parler à quelqu’un");
      await c.keyboard.press("Enter");
      await a.locator(".ring .eyebrow").waitFor({ timeout: 60_000 });
      for (const p of [a, c]) await p.evaluate(() => { const w = window as unknown as Ears; w.hum(true); w.deaf(); });
      await a.waitForTimeout(300);
      await a.keyboard.press("F2");
      const first = await heard(a), pressed = await a.evaluate(() => (window as unknown as Ears).actAt);
      await heard(c);
      const second = (await c.evaluate(() => (window as unknown as Ears).heardAt)) - pressed;
      byAgent.push(first);
      byCaller.push(second);
      both.push(Math.max(first, second));
      await a.locator(".ctl").waitFor();
      await a.keyboard.press("Shift+F2");
      await a.locator(".wrapping").waitFor();
      await caller.close();
      await a.keyboard.press("c");
      await a.keyboard.press("Enter");
    }
    row("accept -> both hear each other", "p95 ≤ 500 ms", both);
    row("accept -> the agent hears", "p95 ≤ 500 ms", byAgent);
    row("accept -> the caller hears", "p95 ≤ 500 ms", byCaller);
    await agent.close();
  }, 600_000);

  it("word spoken -> shown on the desk", async () => {
    const said: [string, string][] = [["où est mon colis", "colis"], ["je voudrais une facture", "facture"], ["je veux changer l’adresse", "adresse"], ["quels sont vos horaires", "horaires"],
      ["je voudrais annuler ma commande", "commande"], ["je voudrais un remboursement", "remboursement"], ["je n’ai pas reçu mon colis", "colis"], ["il faut une livraison", "livraison"]];
    const wavs = said.map(([text]) => readFileSync(speech(text, { behind: 0 })).toString("base64"));
    const agent = await signedIn("agent"), caller = await someone(b);
    const a = await agent.newPage();
    await a.addInitScript(ears(0));
    await a.goto(h.url + "/desk");
    await a.getByRole("button", { name: "Commencer" }).click();
    const free = a.locator(".presence.ok"), be = a.getByRole("button", { name: "Me mettre disponible" });
    await free.or(be).first().waitFor(); // the measurement before left this agent where it was
    if (await be.isVisible()) await be.click();
    await free.waitFor();
    const c = await page(caller, "/");
    await ring(c);
    await c.locator(".tr li.bot").first().waitFor();
    await c.locator("#field").fill("je voudrais parler à quelqu’un");
    await c.keyboard.press("Enter");
    await a.locator(".ring .eyebrow").waitFor({ timeout: 60_000 });
    await a.keyboard.press("F2");
    await a.locator(".ctl").waitFor();
    await a.evaluate(follows);
    await a.waitForTimeout(2000);
    const partial: number[] = [], final: number[] = [], misheard: string[] = [];
    for (let i = 0; i < 4 * said.length; i++) {
      const [text, word] = said[i % said.length]!;
      await a.evaluate(() => { (window as unknown as Ears).words = []; });
      const end = await c.evaluate((wav) => (window as unknown as Ears).say(wav), wavs[i % said.length]!);
      await a.waitForFunction((end) => (window as unknown as Ears).words.some((x) => !x.partial && x.at > end) || Date.now() > end + 4000, end, { timeout: 30_000, polling: 50 });
      const words = await a.evaluate(() => (window as unknown as Ears).words);
      const has = words.filter((x) => x.text.toLowerCase().includes(word));
      const first = has[0], last = has.find((x) => !x.partial);
      if (first && last) {
        partial.push(first.at - end);
        final.push(last.at - end);
      } else misheard.push(`${text}: ${words.at(-1)?.text ?? "nothing"}`);
      await a.waitForTimeout(700);
    }
    const beside = `; ${misheard.length} of ${4 * said.length} sentences were misheard and are not counted`;
    row("end of a word -> on the desk, partial", "p95 ≤ 700 ms", partial, beside);
    row("end of a word -> on the desk, final", "p95 ≤ 1200 ms", final, beside);
    if (misheard.length) console.log("misheard:", misheard);
    expect(partial.length).toBeGreaterThanOrEqual(samples);
    await Promise.all([agent.close(), caller.close()]);
  }, 600_000);
});
