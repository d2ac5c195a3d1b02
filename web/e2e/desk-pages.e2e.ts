// Every state of the desk, light and dark, wide and narrow: nothing that axe-core objects to, no
// scrolling sideways; and what it does with keys alone.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Browser, BrowserContext, BrowserContextOptions } from "playwright-core";
import { states } from "../src/desk/demo";
import { turn, views, wrong } from "./axe";
import { browser, house, someone, type House } from "./house";

const all = Object.keys(states("fr"));
const pictures = process.env["DECROCHE_DESK_PICTURES"]; // a folder: every state is photographed into it

let h: House, b: Browser;
beforeAll(async () => { [h, b] = await Promise.all([house(), browser()]); });
afterAll(async () => { await b?.close(); await h?.stop(); });

/** agent is somebody who is signed in as an agent of the demonstration. */
async function agent(o: BrowserContextOptions = {}): Promise<BrowserContext> {
  const c = await someone(b, { bypassCSP: true, ...o });
  const res = await c.request.post(h.url + "/api/v1/sign-in", { data: { demo: "agent" } });
  expect(res.status()).toBe(200);
  return c;
}

describe.each(views)("%s, %d px", (scheme, width) => {
  it("has nothing to object to in any state", async () => {
    const c = await agent({ viewport: { width, height: 900 }, colorScheme: scheme });
    const found: string[] = [];
    const p = await c.newPage();
    for (const [i, state] of all.entries()) {
      if (!turn(i, scheme, width)) continue;
      await p.goto(`${h.url}/desk?state=${state}&lang=${i % 2 && !pictures ? "en" : "fr"}`);
      await p.locator("body[data-shown]").waitFor();
      await p.waitForTimeout(60);
      found.push(...(await wrong(p, state)));
      if (pictures) await p.screenshot({ path: `${pictures}/${state}-${width}-${scheme}.png` });
    }
    await c.close();
    expect(found).toEqual([]);
  }, 600_000);
});

describe("the page", () => {
  it("is for agents alone", async () => {
    const c = await someone(b);
    const p = await c.newPage();
    await p.goto(h.url + "/desk");
    expect(new URL(p.url()).pathname).toBe("/login");
    await c.close();
  });

  it("shows markup that was said as text", async () => {
    const c = await agent();
    const p = await c.newPage();
    await p.goto(h.url + "/desk?state=markup");
    await p.getByText("onerror").waitFor();
    expect(await p.locator(".talk img, .talk .tr b").count()).toBe(0);
    expect(await p.title()).not.toBe("owned");
    await c.close();
  });

  it("does every command by keyboard", async () => {
    const c = await agent();
    const p = await c.newPage();
    await p.goto(h.url + "/desk?state=passing");
    await p.locator("#note").focus();
    await p.keyboard.press("F9"); // works in a field too; what cannot be done says why
    await p.locator(".ctl-why").waitFor();
    expect(await p.evaluate(() => document.activeElement?.id)).toBe("note");
    await p.goto(h.url + "/desk?state=live");
    await p.locator("#note").waitFor();
    await p.keyboard.press("n");
    expect(await p.evaluate(() => document.activeElement?.id)).toBe("note");
    await p.keyboard.type(" n 1 ?"); // letters are letters in a field
    expect(await p.locator("#note").inputValue()).toMatch(/ n 1 \?$/);
    await p.keyboard.press("F9");
    await p.locator(".onward :focus").waitFor();
    await p.keyboard.press("Escape");
    await p.locator(".onward").waitFor({ state: "detached" });
    await p.keyboard.press("Digit2");
    expect(await p.locator(".answer").nth(1).getAttribute("aria-expanded")).toBe("true");
    await p.keyboard.press("[");
    expect(await p.locator(".fold").getAttribute("aria-expanded")).toBe("false");
    await p.keyboard.press("]");
    await p.keyboard.press("j");
    await p.getByRole("heading", { name: /Rappel/ }).waitFor();
    await p.keyboard.press("Escape");
    await p.keyboard.type("?");
    await p.locator("dialog .keys").waitFor();
    await p.keyboard.press("Escape");
    await p.locator("dialog").waitFor({ state: "detached" });
    await p.keyboard.press("Control+k");
    await p.locator("dialog input").waitFor();
    await p.keyboard.type("conclusion resolu");
    await p.keyboard.press("Enter");
    await p.locator('#conclusion [aria-pressed="true"]').waitFor();
    await c.close();
  });
});
