// The supervisors' board and the history: every state, the keyboard, interactions with 200 calls, a typed
// conversation followed live, a call that is listened to.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { histories, names } from "../src/board/demo";
import { turn, views, wrong } from "./axe";
import { browser, house, someone, type House } from "./house";
import { speech } from "./sound";

const all = [...names, ...histories, "view=audit", "callbacks"];

let h: House, b: Browser;
beforeAll(async () => { [h, b] = await Promise.all([house(), browser()]); });
afterAll(async () => { await b?.close(); await h?.stop(); });

/** supervisor is somebody signed in as one, by the demonstration's button. */
async function supervisor(br: Browser, o: BrowserContextOptions = {}): Promise<BrowserContext> {
  const c = await someone(br, o);
  const p = await c.newPage();
  await p.goto(`${h.url}/login?next=/board`);
  await p.locator('button[name="role"][value="supervisor"]').click();
  await p.waitForURL("**/board");
  await p.close();
  return c;
}

const shows = (p: Page, state: string) => p.locator(state.startsWith("history") ? ".hcols" : state === "callbacks" ? "main.cb tbody tr" : state === "view=audit" ? ".audit tbody tr, .audit .blank" : state === "denied" || state === "failed" ? ".blank" : state === "loading" ? ".bars" : state === "empty" ? ".blank" : "tr[data-id]").first().waitFor();

describe.each(views)("%s, %d px", (scheme, width) => {
  it("has nothing to object to in any state", async () => {
    const c = await supervisor(b, { viewport: { width, height: 900 }, colorScheme: scheme, bypassCSP: true });
    const found: string[] = [];
    for (const [i, state] of all.entries()) {
      if (!turn(i, scheme, width)) continue;
      const p = await c.newPage();
      p.on("pageerror", (e) => found.push(`${state}: ${e.message}`));
      await p.goto(`${h.url}/board?${state.includes("=") ? state : "state=" + state}&lang=${i % 2 ? "en" : "fr"}`);
      await shows(p, state);
      await p.waitForTimeout(100);
      found.push(...(await wrong(p, state)));
      if (state === "letters") {
        await p.locator(".letters .quiet").click();
        found.push(...(await wrong(p, "letters, about to be forgotten")));
      }
      await p.close();
    }
    await c.close();
    expect(found).toEqual([]);
  }, 600_000);
});

it("answers within 200 ms with 200 calls on it, while they talk", async () => {
  const c = await supervisor(b, { viewport: { width: 1440, height: 900 } });
  const p = await c.newPage();
  await p.addInitScript(`(() => { window.slow = []; new PerformanceObserver((l) => { for (const e of l.getEntries()) if (e.interactionId) window.slow.push([e.name, e.duration]); }).observe({ type: "event", durationThreshold: 16, buffered: true }); })()`);
  await p.goto(`${h.url}/board?state=busy`);
  await p.locator("tr[data-id]").first().waitFor();
  expect(await p.locator(".seg b").first().innerText()).toBe("200");
  for (let i = 0; i < 30; i++) await p.keyboard.press("j");
  await p.keyboard.press("Enter");
  for (let i = 0; i < 10; i++) await p.keyboard.press("k");
  for (let i = 1; i <= 5; i++) { await p.keyboard.press(`Digit${i}`); await p.locator(".seg button").nth(i % 5).click(); }
  await p.keyboard.press("Digit1");
  for (let i = 0; i < 5; i++) await p.locator("tr[data-id] .open").nth(i * 3).click();
  await p.locator(".bar .field").fill("hugo");
  await p.waitForTimeout(500);
  const times = ((await p.evaluate("window.slow")) as [string, number][]).map((x) => x[1]).sort((x, y) => x - y);
  console.log("interactions with 200 calls:", times.length, "over 16 ms, slowest", times.at(-1) ?? 0, "ms");
  expect(times.length).toBeGreaterThan(0); // the browser measures at all
  if (process.env["DECROCHE_FIGURES"] === "1") expect(times[Math.ceil(times.length * 0.98) - 1]).toBeLessThanOrEqual(200); // on a quiet machine alone
  await c.close();
}, 120_000);

it("is worked by keyboard alone, and holds the order while somebody is in the list", async () => {
  const c = await supervisor(b, { viewport: { width: 1440, height: 900 } });
  const p = await c.newPage();
  await p.goto(`${h.url}/board?state=live`);
  await p.locator("tr[data-id]").first().waitFor();
  await p.keyboard.press("j");
  await p.locator(".hold.on").waitFor();
  await p.keyboard.press("j");
  await p.keyboard.press("Enter");
  expect(await p.locator("tr.sel").getAttribute("data-id")).toBe(await p.evaluate(() => document.activeElement?.closest("tr")?.dataset["id"]));
  await p.keyboard.press("b");
  expect(await p.evaluate(() => document.activeElement?.id)).toBe("hint");
  await p.keyboard.type("1je2");
  expect(await p.locator("#hint").inputValue()).toBe("1je2");
  await p.keyboard.press("Escape");
  await p.keyboard.press("Digit2");
  expect(await p.locator('.seg [aria-pressed="true"]').innerText()).toMatch(/À risque/);
  await p.keyboard.press("/");
  await p.keyboard.type("personne de ce nom");
  await p.getByText("Aucun appel dans ce filtre.").waitFor();
  await c.close();
});

it("forgets what could not be delivered by keyboard, asked twice, and says so where the focus is", async () => {
  const c = await supervisor(b, { viewport: { width: 1280, height: 800 } });
  const p = await c.newPage();
  await p.route("**/api/v1/webhooks/dead/drop", (r) => r.fulfill({ json: { dropped: 3 } }));
  await p.goto(`${h.url}/board?state=letters`);
  const at = () => p.evaluate(() => document.activeElement?.textContent);
  await p.getByRole("button", { name: "Renvoyer" }).waitFor();
  await p.locator(".foot .side").focus();
  await p.keyboard.press("Tab");
  expect(await at()).toBe("Renvoyer"); // above the queues: it is the first thing there
  expect(await p.getByRole("button", { name: "Renvoyer" }).boundingBox().then((x) => x!.y + x!.height)).toBeLessThan(800);
  await p.keyboard.press("Tab");
  await p.keyboard.press("Enter");
  expect(await at()).toBe("Garder"); // a second press of the same key forgets nothing
  await p.keyboard.press("Escape");
  expect(await at()).toBe("Oublier");
  await p.keyboard.press("Enter");
  await p.keyboard.press("Shift+Tab");
  await p.keyboard.press("Enter");
  await p.getByText("Oubliés\u202f: 3").waitFor();
  await c.close();
});

it("masks names, numbers and words on a wall", async () => {
  const c = await supervisor(b, { viewport: { width: 1440, height: 900 } });
  const p = await c.newPage();
  await p.goto(`${h.url}/board?state=live&wall=1`);
  await p.locator("tr[data-id]").first().waitFor();
  const text = await p.locator(".board").innerText();
  for (const secret of ["Hugo", "Lambert", "06 71", "cadeau", "Karim", "Théo"]) expect(text).not.toContain(secret);
  expect(await p.locator(".panel").count()).toBe(0);
  await c.close();
});

it("is not for agents", async () => {
  const c = await someone(b);
  const p = await c.newPage();
  await p.goto(`${h.url}/login?next=/board`);
  await p.locator('button[name="role"][value="agent"]').click();
  await p.waitForLoadState();
  expect((await p.request.get(`${h.url}/board`)).status()).toBe(403);
  await c.close();
});

describe("a typed conversation", () => {
  const markup = "<img src=x onerror=document.title='owned'> où est mon colis";
  it("is followed live, as text, and found in the history", async () => {
    const c = await supervisor(b, { viewport: { width: 1440, height: 900 } });
    const p = await c.newPage(), wrong: string[] = [];
    p.on("pageerror", (e) => wrong.push(String(e)));
    p.on("console", (m) => { if (m.type() === "error") wrong.push(m.text()); });
    await p.goto(`${h.url}/board`);
    await p.locator(".blank, tr[data-id]").first().waitFor();
    const opened = (await (await p.request.post(`${h.url}/api/v1/chat`, { data: { bot: "colibri", lang: "fr" }, headers: { Authorization: `Bearer ${h.token}` } })).json()) as { id: string; token: string };
    const say = (text: string) => p.request.post(`${h.url}/api/v1/chat/${opened.id}/messages`, { data: { id: Math.random().toString(36).slice(2), text }, headers: { Authorization: `Bearer ${opened.token}` } });
    await say(markup);
    const row = p.locator(`tr[data-id="${opened.id}"]`);
    await row.waitFor();
    await row.locator(".open").click();
    await p.locator(".panel .tr li.caller").filter({ hasText: "onerror" }).waitFor();
    await say("45 12 78 02");
    await p.locator(".panel .tr li.caller").filter({ hasText: "45 12 78 02" }).waitFor();
    expect(await p.locator(".panel .tr img, td.say img").count()).toBe(0);
    expect(await p.title()).not.toBe("owned");
    await p.request.delete(`${h.url}/api/v1/chat/${opened.id}`, { headers: { Authorization: `Bearer ${opened.token}` } });
    await p.getByRole("button", { name: "Voir dans l’historique" }).click();
    await p.locator(".hlog .t").filter({ hasText: "onerror" }).waitFor();
    await p.locator("#s").fill("onerror colis");
    await p.locator(".hl li mark").first().waitFor();
    expect(await p.locator(".hl img, .hlog img").count()).toBe(0);
    const vcon = (await (await p.request.get(h.url + (await p.locator(".takes a").first().getAttribute("href"))!)).json()) as { vcon: string; dialog: { type: string }[] };
    expect([vcon.vcon, vcon.dialog[0]?.type]).toEqual(["0.4.0", "text"]);
    const table = await (await p.request.get(h.url + (await p.locator(".found a").getAttribute("href"))!)).text();
    expect(table.split("\r\n").length).toBe(3); // its head, the conversation, the end
    await p.locator("#s").fill("issue:rappel onerror");
    await p.getByText(/Aucune conversation avec ces mots/).waitFor();
    expect(wrong).toEqual([]);
    await c.close();
  }, 90_000);
});

interface Ears {
  pcs: RTCPeerConnection[];
  heardAt: number;
  pressedAt: number;
}

/** ears notes connections, and when sound comes out of one. */
const ears = `(() => {
  const w = window; w.pcs = [];
  const P = RTCPeerConnection;
  w.RTCPeerConnection = function (...a) { const pc = new P(...a); w.pcs.push(pc);
    pc.addEventListener("track", (e) => { const c = new AudioContext(), n = c.createAnalyser(), d = new Float32Array(512); n.fftSize = 512; c.createMediaStreamSource(e.streams[0] ?? new MediaStream([e.track])).connect(n);
      const look = () => { n.getFloatTimeDomainData(d); if (d.some((x) => Math.abs(x) > 0.02)) w.heardAt ??= performance.now(); setTimeout(look, 10); }; look(); });
    return pc; };
  w.RTCPeerConnection.prototype = P.prototype;
  addEventListener("keydown", (e) => { if (e.key === "e") { w.pressedAt = performance.now(); w.heardAt = undefined; } }, true);
})()`;

describe("a call", () => {
  it("is listened to without a microphone, and ended with a reason", async () => {
    const caller = await browser(speech("où est mon colis, je ne l'ai pas reçu, où est mon colis, je ne l'ai toujours pas reçu", { after: 3, behind: 1 }));
    try {
      const cp = await (await someone(caller)).newPage();
      await cp.goto(h.url);
      await cp.locator(".btn.call").click();
      await cp.getByRole("button", { name: "Raccrocher" }).waitFor();
      const c = await supervisor(b, { viewport: { width: 1440, height: 900 } });
      const p = await c.newPage();
      await p.addInitScript(ears);
      await p.goto(`${h.url}/board`);
      await p.locator("tr[data-id] .open").first().click();
      await p.waitForTimeout(500);
      await p.keyboard.press("e");
      await p.getByText("Micro coupé : personne ne vous entend.".replace(" :", "\u202f:")).waitFor({ timeout: 20_000 });
      expect(await p.evaluate(() => (window as unknown as Ears).pcs.flatMap((pc) => pc.getSenders().filter((s) => s.track)).length)).toBe(0);
      await p.waitForFunction(() => (window as unknown as Ears).heardAt, undefined, { timeout: 30_000 });
      console.log("listen: key to sound", await p.evaluate(() => { const w = window as unknown as Ears; return Math.round(w.heardAt - w.pressedAt); }), "ms (the first time, with the line to be made; waits for somebody to speak)");
      await p.keyboard.press("a"); // nobody but the bot is there to whisper to
      await p.getByText("Aucun agent n’est sur l’appel.").first().waitFor();
      await p.locator(".take .end").click();
      await p.locator(".ask .btn.danger").click();
      await p.getByText("Écrivez la raison").first().waitFor();
      await p.locator(".ask .field").fill("essai");
      await p.locator(".ask .btn.danger").click();
      await p.locator(".over").waitFor({ timeout: 30_000 });
      const audit = (await (await p.request.get(`${h.url}/api/v1/audit`)).json()) as { entries: { what: string }[] };
      expect(audit.entries.map((e) => e.what)).toEqual(expect.arrayContaining(["listened", "ended_call"]));
      await c.close();
    } finally {
      await caller.close();
    }
  }, 120_000);
});
