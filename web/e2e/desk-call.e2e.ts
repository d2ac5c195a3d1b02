// A caller and an agent in two browsers: asked for, offered, accepted by keyboard, heard on both
// sides by tones of known frequency, written down, loaded again, concluded.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Browser, Page } from "playwright-core";
import { browser, house, someone, type House } from "./house";
import { heard, hears, person, tone, type Heard } from "./people";

let h: House, b: Browser;
beforeAll(async () => { [h, b] = await Promise.all([house('desk: {wrap_up: 60s}'), browser()]); });
afterAll(async () => { await b?.close(); await h?.stop(); });

/** bothHear waits until each hears the other's tone all the time: a voice or the tone of waiting has a
 * bit of it now and then. */
async function bothHear(a: Page, c: Page): Promise<void> {
  for (let tries = 1; ; tries++) {
    for (const p of [a, c]) await p.evaluate(() => (window as unknown as Heard).deaf());
    await Promise.all([heard(a), heard(c)]);
    try {
      return void await Promise.all([hears(a, true), hears(c, true)]);
    } catch (e) {
      if (tries === 15) throw e;
    }
  }
}

it("a caller is put through, both hear each other, nothing is lost by a reload", async () => {
  const agent = await someone(b), caller = await someone(b);
  expect((await agent.request.post(h.url + "/api/v1/sign-in", { data: { demo: "agent" } })).status()).toBe(200);
  const [a, c] = [await agent.newPage(), await caller.newPage()];
  const wrong: string[] = [];
  a.on("pageerror", (e) => wrong.push(String(e)));
  await a.addInitScript(person(1500, 1000));
  await c.addInitScript(person(1000, 1500));

  await a.goto(h.url + "/desk");
  await a.getByRole("button", { name: "Commencer" }).focus();
  await a.keyboard.press("Enter");
  await a.getByRole("button", { name: "Me mettre disponible" }).focus();
  await a.keyboard.press("Enter");
  await a.locator(".presence.ok").waitFor();

  await c.goto(h.url);
  await c.locator(".btn.call").click();
  await c.locator(".tr li.bot").first().waitFor();
  await c.locator("#field").fill("je voudrais parler à quelqu’un");
  await c.keyboard.press("Enter");

  await a.locator(".ring .eyebrow").waitFor({ timeout: 60_000 });
  expect(await a.locator("#alert").textContent()).toMatch(/Appel entrant/);
  await a.locator(".ring .few li").filter({ hasText: "je voudrais parler" }).waitFor();
  await Promise.all([tone(a, true), tone(c, true)]);
  await a.keyboard.press("F2");
  await a.locator(".ctl").waitFor(); // the line may still be being opened: everything works all the same
  await a.keyboard.press("n");
  await a.keyboard.type("Souhaite un renvoi.");
  await a.keyboard.press("F4");
  await a.locator('.c-mute[aria-pressed="true"]').waitFor();
  await a.keyboard.press("F4");
  await a.locator('.c-mute[aria-pressed="false"]').waitFor();
  await a.getByText("enregistré", { exact: true }).waitFor();
  await bothHear(a, c);

  await a.reload();
  await tone(a, true);
  await a.locator(".ctl").waitFor();
  await bothHear(a, c); // without a click
  expect(await a.locator("#note").inputValue()).toBe("Souhaite un renvoi.");

  await a.keyboard.press("Shift+F2");
  await a.locator(".wrapping").waitFor();
  await a.keyboard.press("c");
  await a.keyboard.press("Enter");
  await a.locator(".presence.ok").waitFor();
  await a.locator(".list .done li").waitFor();
  expect(wrong).toEqual([]);
  await Promise.all([agent.close(), caller.close()]);
}, 180_000);

it("an offer is declined with a reason, and goes on", async () => {
  const agent = await someone(b), caller = await someone(b);
  await agent.request.post(h.url + "/api/v1/sign-in", { data: { demo: "agent" } });
  const [a, c] = [await agent.newPage(), await caller.newPage()];
  await a.addInitScript(person(1500, 1000));
  await c.addInitScript(person(1000, 1500));
  await a.goto(h.url + "/desk");
  await a.getByRole("button", { name: "Commencer" }).click();
  const go = a.getByRole("button", { name: "Me mettre disponible" });
  await go.or(a.locator(".presence.ok")).first().waitFor();
  if (await go.isVisible()) await go.click();
  await c.goto(h.url);
  await c.locator(".btn.call").click();
  await c.locator(".tr li.bot").first().waitFor();
  await c.locator("#field").fill("je voudrais parler à quelqu’un");
  await c.keyboard.press("Enter");
  await a.locator(".ring .eyebrow").waitFor({ timeout: 60_000 });
  await a.getByRole("button", { name: "Je ne peux pas…" }).click();
  await a.getByRole("button", { name: "Pas ma compétence" }).click();
  await a.getByText(/Refusé/).waitFor();
  expect(await a.locator(".presence.ok").count()).toBe(1); // a no changes nothing about presence
  await Promise.all([agent.close(), caller.close()]);
});

it("a second tab says where the sound is, and may take it", async () => {
  const agent = await someone(b);
  await agent.request.post(h.url + "/api/v1/sign-in", { data: { demo: "agent" } });
  const [one, two] = [await agent.newPage(), await agent.newPage()];
  for (const p of [one, two]) {
    await p.addInitScript(person(1500, 1000));
    await p.goto(h.url + "/desk");
    await p.getByRole("button", { name: "Commencer" }).click();
  }
  await two.getByText("Le son est dans l’autre onglet.").waitFor();
  expect(await one.getByText("Le son est dans l’autre onglet.").count()).toBe(0);
  await two.getByRole("button", { name: "Le prendre ici" }).click();
  await one.getByText("Le son est dans l’autre onglet.").waitFor();
  await two.getByText("Le son est dans l’autre onglet.").waitFor({ state: "detached" });
  await agent.close();
});

it("a session that ends is renewed beside the page, and nothing typed is lost", async () => {
  const agent = await someone(b);
  await agent.request.post(h.url + "/api/v1/sign-in", { data: { demo: "agent" } });
  const p = await agent.newPage();
  await p.addInitScript(person(1500, 1000));
  await p.goto(h.url + "/desk");
  await p.getByRole("button", { name: "Commencer" }).click();
  await p.locator(".presence").click();
  await p.getByLabel("Raison de la pause").fill("rendez-vous");
  expect((await agent.request.post(h.url + "/api/v1/sign-out")).ok()).toBe(true);
  await p.getByRole("dialog", { name: "Votre session est finie" }).waitFor();
  expect(await p.getByLabel("Raison de la pause").inputValue()).toBe("rendez-vous");
  await p.getByRole("button", { name: "Entrer comme agent de démonstration" }).click();
  await p.getByRole("dialog").waitFor({ state: "detached" });
  await agent.close();
});

it("a session whose time ends in a call puts nobody on hold", async () => {
  const short = await house("accounts: {demo: true, session_idle: 1m, session_life: 1m}");
  try {
    const agent = await someone(b), caller = await someone(b);
    await agent.request.post(short.url + "/api/v1/sign-in", { data: { demo: "agent" } });
    const [a, c] = [await agent.newPage(), await caller.newPage()];
    await a.addInitScript(person(1500, 1000));
    await c.addInitScript(person(1000, 1500));
    await a.goto(short.url + "/desk");
    await a.getByRole("button", { name: "Commencer" }).click();
    await a.getByRole("button", { name: "Me mettre disponible" }).click();
    await c.goto(short.url);
    await c.locator(".btn.call").click();
    await c.locator(".tr li.bot").first().waitFor();
    await c.locator("#field").fill("je voudrais parler à quelqu’un");
    await c.keyboard.press("Enter");
    await a.locator(".ring .eyebrow").waitFor({ timeout: 60_000 });
    await a.keyboard.press("F2");
    await a.locator(".ctl").waitFor();

    const panel = a.getByRole("dialog", { name: "Votre session est finie" });
    await panel.getByText(/L’appel continue/).waitFor({ timeout: 90_000 });
    await a.waitForTimeout(10_000); // longer than desk.unheard_after, by which the caller would be held
    expect((await agent.request.get(short.url + "/api/v1/desk")).status()).toBe(401);
    await c.evaluate(() => (window as unknown as Heard).deaf());
    await a.evaluate(() => (window as unknown as Heard).deaf());
    await Promise.all([tone(a, true), tone(c, true)]);
    await Promise.all([heard(a, 3000), heard(c, 3000)]);
    expect(await c.locator(".tr").textContent()).not.toContain("revient"); // the sentence of a held caller

    await panel.getByRole("button", { name: "Entrer comme agent de démonstration" }).click();
    await panel.waitFor({ state: "detached" });
    await a.locator(".ctl").waitFor();
    await a.keyboard.press("Shift+F2");
    await a.locator(".wrapping").waitFor();
    await Promise.all([agent.close(), caller.close()]);
  } finally {
    await short.stop();
  }
}, 240_000);

it("without a microphone there are no calls, and the page says so", async () => {
  const deaf = await browser(undefined, false);
  try {
    const agent = await someone(deaf);
    await agent.request.post(h.url + "/api/v1/sign-in", { data: { demo: "agent" } });
    const p = await agent.newPage();
    await p.goto(h.url + "/desk");
    await p.getByRole("button", { name: "Vérifier le micro" }).click();
    await p.getByText(/Le micro est bloqué/).waitFor();
    await p.getByRole("button", { name: "Commencer sans micro" }).click();
    await p.getByText("Sans micro, pas d’appel").first().waitFor();
    expect(await p.getByRole("button", { name: "Me mettre disponible" }).count()).toBe(0);
  } finally {
    await deaf.close();
  }
});
