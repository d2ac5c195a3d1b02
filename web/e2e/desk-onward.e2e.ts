// A caller with an agent: on hold, passed on to a colleague who is asked first, and given back to the
// bot; who hears whom by tones, in three browsers.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Browser } from "playwright-core";
import { browser, house, someone, type House } from "./house";
import { atDesk, heard, hears, person, tone } from "./people";

let h: House, b: Browser;
beforeAll(async () => { [h, b] = await Promise.all([house("desk: {wrap_up: 60s}"), browser()]); });
afterAll(async () => { await b?.close(); await h?.stop(); });

it("hold, transfer to a colleague, back to the bot", async () => {
  const one = await atDesk(b, h.url, "agent", 1500, 1000);
  const caller = await (await someone(b)).newPage();
  await caller.addInitScript(person(1000, 1500));
  await caller.goto(h.url);
  await caller.locator(".btn.call").click();
  await caller.locator(".tr li.bot").first().waitFor();
  await caller.locator("#field").fill("je voudrais parler à quelqu’un");
  await caller.keyboard.press("Enter");
  await one.locator(".ring .eyebrow").waitFor({ timeout: 60_000 });
  await Promise.all([tone(one, true), tone(caller, true)]);
  await one.keyboard.press("F2");
  await Promise.all([heard(one), heard(caller)]);

  await one.locator(".ctl").waitFor();
  await one.keyboard.press("F8");
  await one.locator(".handling").getByText("en attente").waitFor();
  await Promise.all([hears(one, false), hears(caller, false)]);
  await one.keyboard.press("F8");
  await one.locator(".handling").waitFor({ state: "detached" });
  await Promise.all([hears(one, true), hears(caller, true)]);

  const two = await atDesk(b, h.url, "supervisor", 1500, 1000);
  const title = await two.evaluate(async () => ((await (await fetch("/api/v1/desk")).json()) as { title: string }).title);
  await one.locator("#note").fill("Pas de gardien.");
  await one.getByText("enregistré", { exact: true }).waitFor();
  await one.keyboard.press("Escape");
  await one.keyboard.press("F9");
  await one.locator(".onward").getByText(title, { exact: true }).click();
  await one.getByLabel("Pourquoi, pour la personne suivante").fill("souhaite un renvoi");
  await one.keyboard.press("Enter");
  await two.locator(".ring").getByText(/vous passe un appel/).waitFor();
  await two.locator(".ring").getByText("souhaite un renvoi").waitFor();
  await two.locator(".ring").getByText("Pas de gardien.").waitFor();
  await two.locator(".ring .few li").filter({ hasText: "je voudrais parler" }).waitFor();
  await two.keyboard.press("F2");
  await one.getByRole("button", { name: "Passer l’appelant" }).waitFor();
  await two.locator(".handling").getByText(/vous parle/).waitFor();
  await tone(two, true);
  await hears(caller, false); // they speak with each other
  await one.getByRole("button", { name: "Passer l’appelant" }).click();
  await one.locator(".wrapping").waitFor();
  await one.locator(".proposed").filter({ hasText: "Transmis" }).waitFor();
  await Promise.all([hears(two, true), hears(caller, true)]);

  await two.locator(".c-bot").click();
  const back = two.getByRole("form", { name: "Rendre au bot" });
  await back.waitFor();
  expect(await back.locator("option").count()).toBeGreaterThan(3);
  await back.getByRole("button", { name: "Rendre au bot" }).click();
  await two.locator(".wrapping").waitFor();
  await caller.locator(".tr li.bot").filter({ hasText: "repasse l’assistant automatique" }).waitFor();
  await hears(caller, false);
}, 240_000);
