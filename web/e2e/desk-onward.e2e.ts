// A caller with an agent: on hold, passed on to a colleague who is asked first, and given back to the
// bot; who hears whom by tones, in three browsers.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Browser, Page } from "playwright-core";
import { browser, house, someone, type House } from "./house";
import { heard, person, tone, type Heard } from "./people";

let h: House, b: Browser;
beforeAll(async () => { [h, b] = await Promise.all([house("desk: {wrap_up: 60s}"), browser()]); });
afterAll(async () => { await b?.close(); await h?.stop(); });

/** hears says whether somebody's tone is there all the time for a second and a half: voices have a bit of
 * every tone now and then. */
const hears = async (p: Page, yes: boolean) => {
  await p.waitForTimeout(600); // what was under way
  const share = await p.evaluate(async () => {
    let n = 0;
    for (let i = 0; i < 75; i++) {
      await new Promise((done) => setTimeout(done, 20));
      if ((window as unknown as Heard).level > 0.02) n++;
    }
    return n / 75;
  });
  if (yes) expect(share).toBeGreaterThan(0.8);
  else expect(share).toBeLessThan(0.5);
};

/** atDesk opens a desk for a role of the demonstration and makes it available. */
async function atDesk(role: string, speaks: number, listens: number): Promise<Page> {
  const who = await someone(b);
  expect((await who.request.post(h.url + "/api/v1/sign-in", { data: { demo: role } })).status()).toBe(200);
  const p = await who.newPage();
  await p.addInitScript(person(speaks, listens));
  await p.goto(h.url + "/desk");
  await p.getByRole("button", { name: "Commencer" }).click();
  await p.getByRole("button", { name: "Me mettre disponible" }).click();
  await p.locator(".presence.ok").waitFor();
  return p;
}

it("hold, transfer to a colleague, back to the bot", async () => {
  const one = await atDesk("agent", 1500, 1000);
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

  const two = await atDesk("supervisor", 1500, 1000);
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
