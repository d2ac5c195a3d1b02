// Visitors who write and ask for a person, an agent in another browser: several at once, beside a
// call, read and answered, loaded again in the middle, ended and concluded. No microphone is needed.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { browser, house, someone, type House } from "./house";

let h: House, b: Browser;
beforeAll(async () => { [h, b] = await Promise.all([house(), browser()]); });
afterAll(async () => { await b?.close(); await h?.stop(); });

const long = { timeout: 60_000 };

/** agent sits at a desk; without a microphone they take chats alone. */
async function agent(microphone: boolean): Promise<{ c: BrowserContext; p: Page; wrong: string[] }> {
  const c = await someone(b);
  expect((await c.request.post(h.url + "/api/v1/sign-in", { data: { demo: "agent" } })).status()).toBe(200);
  const p = await c.newPage(), wrong: string[] = [];
  p.on("pageerror", (e) => wrong.push(String(e)));
  if (!microphone) await p.addInitScript(() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotFoundError")); });
  await p.goto(h.url + "/desk");
  if (microphone) await p.getByRole("button", { name: "Commencer" }).click();
  else {
    await p.getByRole("button", { name: "Vérifier le micro" }).click();
    await p.getByRole("button", { name: "Commencer sans micro" }).click();
  }
  const go = p.getByRole("button", { name: microphone ? "Me mettre disponible" : "Prendre les messages écrits" });
  await go.or(p.locator(".presence.ok")).first().waitFor(long);
  if (await go.isVisible()) await go.click();
  await p.locator(".presence.ok").waitFor(long);
  return { c, p, wrong };
}

/** visitor opens the caller's page and asks for a person in writing. */
async function visitor(first: string): Promise<{ c: BrowserContext; p: Page }> {
  const c = await someone(b), p = await c.newPage();
  await p.goto(h.url);
  await write(p, first);
  await p.locator(".tr li.bot").nth(1).waitFor(long);
  await write(p, "je voudrais parler à quelqu’un");
  await p.getByText("Je vous mets en relation").or(p.getByText("Je vous passe")).or(p.locator(".with-chat")).first().waitFor(long);
  return { c, p };
}

async function write(p: Page, text: string): Promise<void> {
  await p.locator("#field").fill(text);
  await p.keyboard.press("Enter");
}

const said = (p: Page, who: string, text: string) => p.locator(`.tr li.${who}`).filter({ hasText: text }).first().waitFor(long);

it("two visitors at once: accepted, answered, loaded again, given back, concluded", async () => {
  const { c: ac, p: a, wrong } = await agent(false);
  const one = await visitor("mon colis 45127801 n’est pas là");
  await a.locator(".ring .eyebrow").waitFor(long);
  expect(await a.locator("#alert").textContent()).toMatch(/Message entrant/);
  await a.locator(".ring .few li").filter({ hasText: "je voudrais parler" }).waitFor();
  await a.keyboard.press("F2");
  await said(a, "bot", "assistant automatique"); // what the bot said is there
  await said(a, "caller", "je voudrais parler");
  await one.p.getByText(/vous répond/).first().waitFor(long);

  const field = a.locator("#chat-field");
  await field.fill("Bonjour <img src=x onerror=\"document.title='owned'\"><b>gras</b>");
  await one.p.getByText(/ écrit$/).waitFor(long);
  await a.keyboard.press("Shift+Enter");
  await a.keyboard.type("deuxième ligne");
  await a.keyboard.press("Enter");
  await said(one.p, "agent", "deuxième ligne");
  expect(await one.p.locator(".tr img, .tr li b").count()).toBe(0);
  expect(await one.p.title()).not.toBe("owned");
  await write(one.p, "<img src=x onerror=\"document.title='owned'\">merci");
  await said(a, "caller", "merci");
  expect(await a.locator(".talk img").count()).toBe(0);
  expect(await a.title()).not.toBe("owned");

  const two = await visitor("je veux un remboursement");
  await a.locator(".chats .asks").waitFor(long);
  await a.keyboard.press("Escape"); // leaves the field
  await a.keyboard.press("F2");
  await a.locator(".chats .conv").nth(1).waitFor(long);
  await said(a, "caller", "remboursement");
  await write(one.p, "vous êtes toujours là ?"); // the other one waits, unread
  await a.locator(".chats .unread").filter({ hasText: "1" }).waitFor(long);
  expect(await a.title()).toMatch(/^\(1\)/);

  await a.locator("#chat-field").fill("un brouillon");
  await a.reload();
  await a.locator(".chats .conv").nth(1).waitFor(long);
  await a.locator(".chats .conv").nth(1).click();
  await said(a, "caller", "remboursement");
  expect(await a.locator("#chat-field").inputValue()).toBe("un brouillon");
  await a.keyboard.press("Enter");
  await said(two.p, "agent", "un brouillon");
  await one.p.waitForTimeout(1500);
  expect(await one.p.getByText("La connexion avec").count()).toBe(0); // a reload is nobody's loss

  await a.getByRole("button", { name: "Rendre au bot" }).click();
  await a.locator(".chat-back").getByRole("button", { name: "Rendre au bot" }).click();
  await two.p.getByText("Je vous repasse l’assistant automatique.").waitFor(long);
  await write(two.p, "où est mon colis ?");
  await two.p.locator(".tr li.bot").last().waitFor(long);
  await a.getByText(/de nouveau avec le bot/).waitFor(long);
  await a.getByRole("button", { name: "C’est vu" }).click();

  await a.locator(".chats .conv").first().click();
  await said(a, "caller", "toujours là");
  await a.locator("#note").fill("Rappeler le transporteur.");
  await a.getByText("enregistré", { exact: true }).waitFor(long);
  await a.getByRole("button", { name: "Terminer" }).click();
  await a.locator(".chat-over").waitFor(long);
  await one.p.locator(".over .what").waitFor(long);
  await a.locator("#conclusion button").first().click();
  await a.locator(".list .done li").first().waitFor(long);
  await a.locator(".chats").waitFor({ state: "detached" });
  expect(wrong).toEqual([]);
  await Promise.all([ac.close(), one.c.close(), two.c.close()]);
}, 240_000);

it("beside a running call; who closes the page is told of", async () => {
  const { c: ac, p: a } = await agent(true);
  const caller = await someone(b), c = await caller.newPage();
  await c.goto(h.url);
  await c.locator(".btn.call").click();
  await c.locator(".tr li.bot").first().waitFor(long);
  await write(c, "je voudrais parler à quelqu’un");
  await a.locator(".ring .eyebrow").waitFor(long);
  await a.keyboard.press("F2");
  await a.locator(".ctl").waitFor(long);
  const v = await visitor("bonjour");
  await a.locator(".chats .asks").waitFor(long); // in the list: the call stays where it is
  await a.locator(".ctl").waitFor();
  await a.locator(".chats .asks").click();
  await a.locator(".go .ok").click();
  await said(a, "caller", "bonjour");
  await a.locator("#chat-field").fill("Je suis à vous.");
  await a.keyboard.press("Enter");
  await said(v.p, "agent", "Je suis à vous.");
  await a.locator(".list .conv").first().click(); // back to the call
  await a.locator(".ctl").waitFor();
  await v.p.close();
  await a.locator(".chats .conv").filter({ hasText: "page fermée" }).waitFor(long);
  await a.keyboard.press("Shift+F2");
  await a.locator(".wrapping").waitFor(long);
  await Promise.all([ac.close(), caller.close(), v.c.close()]);
}, 240_000);
