// The pictures of docs/pictures; make screenshots takes them, ONLY=desk those whose names begin so.
import { mkdirSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Browser, Page } from "playwright-core";
import { browser, house, someone, type House } from "./house";
import { linked, rings, telephone } from "./linked";

const want = process.env["DECROCHE_SCREENSHOTS"] === "1", only = process.env["ONLY"] ?? "";
const dir = resolve(import.meta.dirname, "../../docs/pictures");

/** shop is a page of somebody else, with the widget in it. */
const shop = (url: string) => `<!doctype html><html lang="fr"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Maison Aubrac</title>
<style>body { margin: 0; font: 17px/1.6 Georgia, serif; color: #2b2622; background: #faf6ef; } header { display: flex; justify-content: space-between; flex-wrap: wrap; padding: 22px 40px; border-bottom: 1px solid #e2d8c8; }
header b { font-size: 24px; letter-spacing: .04em; } nav { color: #6b5d4d; } main { padding: 40px; max-width: 620px; } h1 { font-size: 40px; line-height: 1.15; margin: 0 0 16px; font-weight: 400; }
.things { display: flex; gap: 16px; margin-top: 32px; } .things div { width: 130px; height: 150px; border-radius: 4px; background: linear-gradient(160deg, #e9dcc6, #c9b08a); }</style>
<header><b>Maison Aubrac</b><nav>Couteaux · Couverts · Atelier</nav></header><main><h1>Un couteau se garde toute une vie.</h1><p>Forgés à Laguiole depuis 1927, affûtés gratuitement aussi longtemps que vous les gardez.</p><div class="things"><div></div><div></div><div></div></div></main>
<script src="${url}/widget.js" data-bot="colibri" data-lang="fr" async></script></html>`;

let h: House, b: Browser, site: Server, at: string, talked: string, welcome: string;
beforeAll(async () => {
  if (!want) return;
  site = createServer((_, res) => { res.setHeader("Content-Type", "text/html; charset=utf-8"); res.end(shop(h.url)); });
  await new Promise<void>((f) => site.listen(0, "127.0.0.1", f));
  at = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  [h, b] = await Promise.all([house(`widget: {sites: ["${at}"]}`), browser()]);
  talked = await talk();
  welcome = await invite();
});
afterAll(async () => { await b?.close(); await h?.stop(); site?.close(); });

/** invite makes users, of whom the last one chooses their first password; it returns the path of their link. The audit list
 * has something in it. */
async function invite(): Promise<string> {
  const headers = { Authorization: `Bearer ${h.token}`, "Content-Type": "application/json" };
  const send = (method: string, path: string, body: unknown) => fetch(h.url + "/api/v1/users" + path, { method, headers, body: JSON.stringify(body) });
  for (const [user, name] of [["sofia", "Sofia Reis"], ["jean", "Jean Aubry"], ["nadia", "Nadia Benali"]]) await send("POST", "", { user, name, role: "agent" });
  await send("PATCH", "/sofia", { role: "supervisor" });
  await send("PATCH", "/jean", { disabled: true });
  return new URL(((await (await fetch(`${h.url}/api/v1/users/nadia/link`, { method: "POST", headers })).json()) as { url: string }).url).pathname;
}

/** talk is two typed conversations in which two sentences were not understood: the inbox has something in it. It returns
 * the first one's id. */
async function talk(): Promise<string> {
  let first = "";
  const headers = { Authorization: `Bearer ${h.token}`, "Content-Type": "application/json" };
  const post = async (path: string, body: unknown, token = h.token) => (await fetch(h.url + path, { method: "POST", headers: { ...headers, Authorization: `Bearer ${token}` }, body: JSON.stringify(body) })).json();
  for (const said of [["le livreur a tout jeté par-dessus le portail", "où est mon colis", "45 12 78 02"], ["ma box est cassée en mille morceaux", "bonjour je veux le rappel du chauffeur"]]) {
    const open = (await post("/api/v1/chat", { lang: "fr" })) as { id: string; token: string };
    first ||= open.id;
    for (const [i, text] of said.entries()) await post(`/api/v1/chat/${open.id}/messages`, { id: "t" + i, text }, open.token);
  }
  return first;
}

interface Shot {
  name: string;
  path: string;
  /** shows is there when the page is. */
  shows: string;
  size?: readonly [number, number];
  dark?: boolean;
  role?: "agent" | "supervisor";
  act?: (p: Page) => Promise<void>;
}

const phone = [390, 720] as const;
const caller = (name: string, state: string, more: Partial<Shot> = {}): Shot => ({ name: "caller-" + name, path: "/?state=" + state, shows: ".talk", ...more });
const desk = (name: string, state: string, more: Partial<Shot> = {}): Shot => ({ name: "desk-" + name, path: "/desk?state=" + state, shows: `body[data-shown="${state}"]`, role: "agent", size: [1280, 800], ...more });
const board = (name: string, query: string, more: Partial<Shot> = {}): Shot => ({ name: "board-" + name, path: "/board?" + query, shows: "tr[data-id]", role: "supervisor", size: [1280, 800], ...more });

/** open opens the widget of another site and asks something. */
const open = async (p: Page) => {
  const frame = p.frameLocator("iframe");
  await frame.getByRole("button", { name: "Ouvrir l’assistant" }).click();
  await frame.locator("#field").fill("où est mon colis");
  await frame.locator("#field").press("Enter");
  await frame.getByText(/numéro de commande/).first().waitFor();
};

/** drop is the first of the two clicks that forget what could not be delivered. */
const drop = async (p: Page) => { await p.getByRole("button", { name: "Oublier" }).click(); await p.locator(".letters .danger").scrollIntoViewIfNeeded(); };

const shots: readonly Shot[] = [
  board("callbacks", "state=callbacks", { shows: "main.cb tbody tr" }), board("phone-callbacks", "state=callbacks", { shows: "main.cb tbody tr", size: phone, dark: true }),
  desk("callback", "empty", { act: async (p) => { await p.locator("button.conv").first().click(); await p.locator(".cbk").waitFor(); await p.getByRole("button", { name: "Rappeler plus tard" }).click(); } }),
  board("audit", "view=audit", { size: [1280, 560], shows: "tbody tr" }), // before the others sign in
  caller("empty", "empty", { size: [900, 560] }), caller("call", "live", { size: [900, 640] }), caller("closed", "closed", { size: [900, 700] }),
  caller("phone-call", "live", { size: phone, dark: true }), caller("phone-ended", "ended", { size: phone }), caller("phone-offline", "offline", { size: phone, dark: true }), caller("phone-blocked", "blocked", { size: phone }),
  desk("offer", "offer"), desk("call", "live"), desk("customer", "customer", { dark: true }), desk("phone-customer", "customer", { size: phone, act: (p) => p.locator(".tabs button").nth(1).click() }), desk("chats", "chats_call"), desk("transfer", "transfer", { dark: true }), desk("offline", "offline", { dark: true }), desk("empty", "quiet", { size: [1280, 620] }),
  desk("start", "start", { size: [1280, 700] }), desk("sound-check", "start_check", { size: [1280, 700], dark: true }), desk("wrap-up", "wrap_up"), desk("telephone", "phone_call"),
  desk("phone-offer", "offer", { size: phone }), desk("phone-call", "live", { size: phone, dark: true }),
  board("live", "state=live"), board("busy", "state=busy"), board("offline", "state=offline", { dark: true }), board("empty", "state=empty", { size: [1280, 560], shows: ".blank" }),
  board("history", "state=history&t=129", { size: [1280, 720], dark: true, shows: ".hlog" }), board("phone", "state=busy", { size: phone }), board("phone-call", "state=live", { size: phone, dark: true }),
  board("letters", "state=letters", { act: (p) => p.locator(".letters").scrollIntoViewIfNeeded() }), board("phone-letters", "state=letters", { size: phone, dark: true, act: drop }),
  board("error", "state=error"), board("denied", "state=denied", { size: [1280, 560], shows: ".blank" }),
  { name: "overview", path: "/overview", shows: "h1", role: "supervisor", size: [1280, 800] }, { name: "overview-phone", path: "/overview", shows: "h1", role: "supervisor", size: phone, dark: true },
  { name: "conversations", path: "/conversations", shows: "h1", role: "supervisor", size: [1280, 560] }, { name: "conversation", path: "/conversations/ID", shows: "h1", role: "supervisor", size: [1280, 900] }, { name: "conversation-phone", path: "/conversations/ID", shows: "h1", role: "supervisor", size: phone, dark: true },
  { name: "welcome", path: "WELCOME", shows: "h1", size: [900, 620] }, { name: "detached", path: "/detached", shows: "body", size: [900, 620] },
  { name: "login", path: "/login", shows: "h1", size: [900, 620] }, { name: "login-phone-wrong", path: "/login", shows: "h1", size: phone, dark: true, act: async (p) => {
    await p.getByLabel(/Nom|compte|Name/i).first().fill("karim");
    await p.locator("#password").fill("faux mot de passe");
    await p.locator("#password").press("Enter");
    await p.locator("#wrong").waitFor();
  } },
  { name: "inbox", path: "/inbox", shows: "h1", role: "supervisor", size: [1280, 800] }, { name: "inbox-phone", path: "/inbox", shows: "h1", role: "supervisor", size: phone, dark: true },
  { name: "inbox-empty", path: "/inbox?state=empty", shows: ".blank", role: "supervisor", size: [1280, 620] }, { name: "inbox-failed", path: "/inbox?state=failed", shows: ".blank", role: "supervisor", size: [1280, 560], dark: true },
  { name: "widget", path: "site", shows: "iframe", size: [1280, 720], act: open }, { name: "widget-phone", path: "site", shows: "iframe", size: phone, act: open },
  { name: "api", path: "/api?lang=en#listConversations", shows: ".op", role: "supervisor", size: [1280, 860] }, { name: "api-phone", path: "/api?lang=en", shows: ".op", role: "supervisor", size: phone, dark: true },
  { name: "api-failed", path: "/api?lang=en", shows: ".op", role: "supervisor", size: [1280, 560], act: async (p) => { await p.route("**/api/openapi.yaml*", (r) => r.abort()); await p.reload(); await p.locator(".blank").waitFor(); } },
];

/** take is a picture of a page in a house. */
async function take(h: House, name: string, path: string, s: Shot): Promise<void> {
  mkdirSync(dir, { recursive: true });
  const [width, height] = s.size ?? [1280, 800];
  const c = await someone(b, { viewport: { width, height }, colorScheme: s.dark ? "dark" : "light", deviceScaleFactor: 1 });
  if (s.role) await c.request.post(h.url + "/api/v1/sign-in", { data: { demo: s.role } });
  const p = await c.newPage();
  await p.goto(path);
  await p.locator(s.shows).first().waitFor({ state: "attached" });
  await s.act?.(p);
  await p.evaluate(() => document.fonts.ready);
  await p.waitForTimeout(300);
  const file = join(dir, name + ".png");
  await p.screenshot({ path: file });
  expect(statSync(file).size).toBeLessThan(250_000);
  await c.close();
}

it.runIf(want).each(shots.filter((s) => s.name.startsWith(only)).map((s) => [s.name, s] as const))("%s", (name, s) =>
  take(h, name, s.path === "site" ? at : h.url + s.path.replace("ID", talked).replace("WELCOME", welcome), s));

const viewed: Shot = { name: "conversation-phone-viewed", path: "/conversations/", shows: ".viewers li", role: "supervisor", size: phone, act: (p) => p.locator(".viewers").evaluate((x) => x.scrollIntoView({ block: "center" })) };

it.runIf(want && viewed.name.startsWith(only))(viewed.name, async () => {
  const rung = await telephone();
  const own = await house(rings(rung));
  try {
    const link = await linked(b, own, rung);
    const get = async () => (await (await fetch(own.url + "/api/v1/conversations", { headers: { Authorization: `Bearer ${own.token}` } })).json()) as { conversations: { id: string }[] };
    const id = (await get()).conversations[0]!.id;
    for (const path of [link, link]) await (await (await someone(b)).newPage()).goto(own.url + path);
    await take(own, viewed.name, own.url + viewed.path + id, viewed);
  } finally { await own.stop(); rung.close(); }
});
