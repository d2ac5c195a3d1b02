// The page of the API: every route of the description, and trying one with the session.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Browser } from "playwright-core";
import { turn, views, wrong } from "./axe";
import { browser, house, someone, type House } from "./house";

let h: House, b: Browser;
beforeAll(async () => { [h, b] = await Promise.all([house(), browser()]); });
afterAll(async () => { await b?.close(); await h?.stop(); });

describe.each(views)("%s, %d px", (scheme, width) => {
  it("has nothing to object to", async () => {
    const c = await someone(b, { viewport: { width, height: 900 }, colorScheme: scheme, bypassCSP: true });
    await c.request.post(h.url + "/api/v1/sign-in", { data: { demo: "agent" } });
    const found: string[] = [];
    for (const [i, at] of ["", "#getConversation", "#createCall", "#deskNote", "failed", "nothing"].entries()) {
      if (!turn(i, scheme, width)) continue;
      const p = await c.newPage();
      p.on("pageerror", (e) => found.push(`${at}: ${e.message}`));
      if (at === "failed") await p.route("**/openapi.yaml", (r) => r.abort());
      await p.goto(`${h.url}/api?lang=${i % 2 ? "en" : "fr"}${at.startsWith("#") ? at : ""}`);
      await p.locator(at === "failed" ? ".blank button" : ".op").first().waitFor();
      if (at === "nothing") await p.locator("#q").fill("aucune route ne dit cela");
      if (at === "#getConversation") await p.getByRole("button", { name: /^Send|^Envoyer/ }).click();
      await p.waitForTimeout(100);
      found.push(...(await wrong(p, at || "all")));
      await p.close();
    }
    await c.close();
    expect(found).toEqual([]);
  }, 600_000);
});

it("needs nothing from elsewhere, lists what there is, and tries it with the session", async () => {
  const c = await someone(b);
  const p = await c.newPage();
  const elsewhere: string[] = [];
  const errors: string[] = [];
  p.on("request", (r) => { if (!r.url().startsWith(h.url)) elsewhere.push(r.url()); });
  p.on("console", (m) => { if (m.type() === "error" && !/401|400/.test(m.text())) errors.push(m.text()); });
  await p.goto(h.url + "/api");
  await p.getByText("Sans session, seules les routes ouvertes répondent.").waitFor();
  expect(await p.locator(".op").count()).toBeGreaterThan(60);
  await p.keyboard.press("/");
  await p.keyboard.type("conversations transcript");
  await p.locator("#getTranscript").waitFor();
  expect(await p.locator(".op").count()).toBeLessThan(5);
  await c.request.post(h.url + "/api/v1/sign-in", { data: { demo: "supervisor" } });
  await p.goto(h.url + "/api#listConversations");
  await p.reload();
  await p.getByText(/Vos essais se font avec votre session/).waitFor();
  const op = p.locator("#listConversations");
  await op.getByText("droit : conversations:read").waitFor();
  await op.getByLabel("limit").fill("1");
  await op.getByRole("button", { name: "Envoyer GET" }).click();
  await op.locator(".got").getByText(/^200 OK en \d+\sms$/).waitFor();
  expect(await op.locator(".got pre").last().innerText()).toContain('"conversations"');
  await op.getByLabel("limit").fill("x"); // the gateway's own sentence is shown
  await op.getByRole("button", { name: "Envoyer GET" }).click();
  await op.locator(".got").getByText(/^400 /).waitFor();
  expect(await op.locator(".got pre").last().innerText()).toContain("limit");
  await op.locator(".answers .fold").first().click(); // a field opens what it holds
  await op.locator(".fields .fields code", { hasText: /^id$/ }).first().waitFor();
  expect(elsewhere).toEqual([]);
  expect(errors).toEqual([]);
  await c.close();
});
