// The pages that are made on the server, and the widget within its frame in another site's page:
// nothing to object to in any state, light and dark, wide and narrow.
import type { Socket } from "node:dgram";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Browser, Page } from "playwright-core";
import { states } from "../src/caller/demo";
import { turn, views, wrong } from "./axe";
import { browser, house, someone, type House } from "./house";
import { linked, rings, telephone } from "./linked";

let h: House, b: Browser, site: Server, phone: Socket, at: string, talked: string, welcome: string, link: string;
beforeAll(async () => {
  site = createServer((q, res) => {
    res.setHeader("Content-Type", "text/html; charset=utf-8");
    res.end(`<!doctype html><html lang="fr"><meta name="viewport" content="width=device-width"><title>Boutique</title><main><h1>Boutique</h1></main>
<iframe title="assistant" src="${h.url}/widget${q.url!.slice(1)}" allow="microphone" style="border:0;width:min(376px,100%);height:640px"></iframe></html>`);
  });
  await new Promise<void>((f) => site.listen(0, "127.0.0.1", f));
  at = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  phone = await telephone();
  [h, b] = await Promise.all([house(`widget: {sites: ["${at}"]}\n${rings(phone)}`), browser()]);
  [talked, link] = [await talk(), await linked(b, h, phone)];
  welcome = await invite("nadia");
});
afterAll(async () => { await b?.close(); await h?.stop(); site?.close(); phone?.close(); });

/** talk is a typed conversation with something in it that was not understood; it returns its id. */
async function talk(): Promise<string> {
  const headers = { Authorization: `Bearer ${h.token}`, "Content-Type": "application/json" };
  const open = (await (await fetch(h.url + "/api/v1/chat", { method: "POST", headers, body: JSON.stringify({ lang: "fr" }) })).json()) as { id: string; token: string };
  for (const [i, text] of ["mon bidule machin est tout bleu", "<b>chépa</b>", "où est mon colis", "45 12 78 02"].entries()) {
    await fetch(`${h.url}/api/v1/chat/${open.id}/messages`, { method: "POST", headers: { ...headers, Authorization: `Bearer ${open.token}` }, body: JSON.stringify({ id: "t" + i, text }) });
  }
  return open.id;
}

/** invite makes a user who has no password yet; it returns the path of their one-time link. */
async function invite(user: string): Promise<string> {
  const headers = { Authorization: `Bearer ${h.token}`, "Content-Type": "application/json" };
  const made = await fetch(h.url + "/api/v1/users", { method: "POST", headers, body: JSON.stringify({ user, name: "Nadia", role: "agent" }) });
  if (!made.ok) throw new Error(`add a user: ${made.status} ${await made.text()}`);
  const link = await fetch(`${h.url}/api/v1/users/${user}/link`, { method: "POST", headers });
  if (!link.ok) throw new Error(`link a user: ${link.status} ${await link.text()}`);
  return new URL(((await link.json()) as { url: string }).url).pathname;
}

const doors: readonly [name: string, path: string, act?: (p: Page) => Promise<void>][] = [
  ["sign-in", "/login"],
  ["sign-in, wrong", "/login", async (p) => {
    await p.getByLabel(/Nom|compte|Name/i).first().fill("personne");
    await p.locator("#password").fill("faux mot de passe");
    await p.locator("#password").press("Enter");
    await p.locator("#wrong").waitFor();
  }],
  ["sign-in, other ways", "/login?next=/board", async (p) => { await p.locator("summary").click(); }],
  ["first password", "WELCOME"],
  ["first password, too short", "WELCOME", async (p) => {
    for (const f of await p.locator('input[type="password"]').all()) await f.fill("abc");
    await p.locator('form[action^="/welcome"] button, main form button').first().evaluate((x) => { const f = (x as HTMLButtonElement).form!; f.noValidate = true; f.requestSubmit(); });
    await p.locator("#wrong, .wrong, [role=alert]").first().waitFor();
  }],
  ["first password, link used up", "/welcome/personne"],
  ["transcript by link, of a call that goes on", "LINK"],
  ["transcript by link, which has expired", "/t/personne"],
  ["nothing there", "/nulle-part"],
];
const rooms: readonly [name: string, path: string, act?: (p: Page) => Promise<void>][] = [
  ["overview", "/overview"],
  ["conversations", "/conversations"],
  ["conversation", "/conversations/ID"],
  ["conversation that is not there", "/conversations/nobody"],
  ["inbox", "/inbox"],
  ["inbox, opened", "/inbox", async (p) => { for (const x of await p.locator("summary").all()) await x.click(); }],
  ["inbox, correcting", "/inbox?state=open", async (p) => { await p.locator(".rows > .at").waitFor(); await p.keyboard.press("c"); await p.locator(".correct input").waitFor(); }],
  ...["open", "empty", "loading", "picked", "taken", "offline", "publish", "conflict", "done", "aside", "reader", "denied", "failed"].map((x) => [`inbox, ${x}`, `/inbox?state=${x}`] as [string, string]),
];

describe.each(views)("%s, %d px", (scheme, width) => {
  it("has nothing to object to on any page of the server", async () => {
    const found: string[] = [];
    for (const role of ["", "supervisor"]) {
      const c = await someone(b, { viewport: { width, height: 900 }, colorScheme: scheme, bypassCSP: true });
      if (role) await c.request.post(h.url + "/api/v1/sign-in", { data: { demo: role } });
      for (const [i, [name, path, act]] of (role ? rooms : doors).entries()) {
        if (!turn(i, scheme, width)) continue;
        const p = await c.newPage();
        await p.goto(`${h.url}${path.replace("ID", talked).replace("WELCOME", welcome).replace("LINK", link)}${path.includes("?") ? "&" : "?"}lang=${i % 2 ? "en" : "fr"}`);
        await p.locator("h1").first().waitFor();
        await act?.(p);
        found.push(...(await wrong(p, name)));
        await p.close();
      }
      await c.close();
    }
    expect(found).toEqual([]);
  }, 600_000);

  it("has nothing to object to within the widget's frame", async () => {
    const c = await someone(b, { viewport: { width, height: 700 }, colorScheme: scheme, bypassCSP: true });
    const found: string[] = [];
    for (const [i, state] of ["bubble", ...Object.keys(states("fr")), "closed", "agents"].entries()) {
      if (state === "down" || !turn(i, scheme, width)) continue; // without the service there is no widget
      const p = await c.newPage();
      await p.goto(`${at}/?state=${state === "bubble" ? "empty" : state}&lang=${i % 2 ? "en" : "fr"}`);
      const f = p.frames().find((x) => x.url().includes("/widget"))!;
      await f.locator(".bubble").waitFor();
      if (state !== "bubble") {
        await f.locator(".bubble").click();
        await f.locator(".panel .talk").waitFor();
      }
      found.push(...(await wrong(f, state)), ...(await wrong(p, state + ", around it")));
      await p.close();
    }
    await c.close();
    expect(found).toEqual([]);
  }, 600_000);
});
