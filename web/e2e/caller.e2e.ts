// The caller's page: text by keyboard alone, a call, both in one conversation.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Browser } from "playwright-core";
import { browser, house, someone, type House } from "./house";
import { byKeyboard, lines, until } from "./keyboard";
import { speech } from "./sound";

let h: House;
beforeAll(async () => { h = await house(); });
afterAll(async () => { await h?.stop(); });

describe("in writing", () => {
  let b: Browser;
  beforeAll(async () => { b = await browser(); });
  afterAll(async () => { await b?.close(); });

  it("asks and is answered by keyboard alone", async () => byKeyboard(await (await someone(b)).newPage(), h.url));

  it("goes on after the page is loaded again, and shows markup as text", async () => {
    const p = await (await someone(b)).newPage();
    await p.goto(h.url);
    await p.locator("#field").fill("<img src=x onerror=document.title='owned'><b>où est mon colis</b>");
    await p.keyboard.press("Enter");
    await p.locator(".tr li.bot").nth(1).waitFor();
    await p.locator("#field").fill("pas encore envoyé");
    const before = await lines(p);
    await p.reload();
    await until(p, /onerror/);
    await p.waitForFunction((n) => document.querySelectorAll(".tr li").length >= n, before.length);
    expect(await lines(p)).toEqual(before);
    expect(await p.locator("#field").inputValue()).toBe("pas encore envoyé");
    expect(await p.locator(".tr img, .tr b").count()).toBe(0);
    expect(await p.title()).not.toBe("owned");
  });

  it("keeps what is typed without a network and sends it once", async () => {
    const c = await someone(b);
    const p = await c.newPage();
    await p.goto(h.url);
    await p.locator("#field").fill("où est mon colis");
    await p.keyboard.press("Enter");
    await until(p, /numéro de commande/);
    await c.setOffline(true);
    await p.getByText("Connexion perdue").first().waitFor({ timeout: 30_000 });
    await p.locator("#field").fill("45 12 78 02");
    await p.keyboard.press("Enter");
    await p.getByText(/pas encore envoyé/).waitFor();
    await c.setOffline(false);
    await until(p, /livr|colis est|arriv/i);
    expect((await lines(p)).filter((l) => /45.12.78.02$/.test(l.trim())).length).toBe(1);
  });
});

interface Timed {
  heardAt: number;
  clickedAt: number;
}

/** hears counts from a click until the page plays sound, by the level of what comes from far. */
const hears = `(() => {
  const w = window;
  const src = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
  Object.defineProperty(HTMLMediaElement.prototype, "srcObject", { ...src, set(v) {
    src.set.call(this, v);
    if (!v) return;
    const c = new AudioContext(), a = c.createAnalyser(), d = new Float32Array(512);
    a.fftSize = 512;
    c.createMediaStreamSource(v).connect(a);
    const look = () => { a.getFloatTimeDomainData(d); if (!w.heardAt && d.some((x) => Math.abs(x) > 0.02)) w.heardAt = performance.now(); else setTimeout(look, 10); };
    look();
  } });
  addEventListener("click", (e) => { if (e.target.closest(".call")) w.clickedAt = performance.now(); }, true);
})()`;

describe("by voice", () => {
  it("hears the greeting, sees both sides' words, and may type in between", async () => {
    const b = await browser(speech("où est mon colis", { after: 9 }));
    try {
      const p = await (await someone(b)).newPage();
      p.on("pageerror", (e) => console.log(String(e)));
      await p.addInitScript(hears);
      await p.goto(h.url);
      await p.locator(".btn.call").click();
      await p.getByRole("button", { name: "Raccrocher" }).waitFor();
      await p.waitForFunction(() => (window as unknown as Timed).heardAt, undefined, { timeout: 20_000 });
      console.log("click to greeting:", await p.evaluate(() => { const w = window as unknown as Timed; return Math.round(w.heardAt - w.clickedAt); }), "ms");
      await until(p, /assistant automatique/);
      await until(p, /où est mon colis/i);
      await until(p, /numéro de commande/);
      await p.locator("#field").fill("45 12 78 02");
      await p.keyboard.press("Enter");
      await until(p, /livr|colis est|arriv/i);
      await p.keyboard.press("F4");
      expect(await p.locator(".callkeys [aria-pressed]").getAttribute("aria-pressed")).toBe("true");
      console.log((await lines(p)).join("\n---\n"));
      await p.getByRole("button", { name: "Raccrocher" }).click();
      await p.getByText("C’était comment").waitFor();
      await p.getByText("Bien", { exact: true }).click();
      await p.getByText("Merci, c’est noté.").first().waitFor({ state: "attached" });
    } finally {
      await b.close();
    }
  });

  it("goes on by voice from where it stood in writing, without a second greeting", async () => {
    const b = await browser(speech("quarante-cinq, douze, soixante-dix-huit, zéro deux", { after: 7 }));
    try {
      const p = await (await someone(b)).newPage();
      await p.goto(h.url);
      await p.locator("#field").fill("où est mon colis");
      await p.keyboard.press("Enter");
      await until(p, /numéro de commande/);
      await p.getByRole("button", { name: "Continuer à la voix" }).click();
      await until(p, /On continue à la voix/);
      await until(p, /livr|colis est|en route|arriv/i, 40_000);
      const said = await lines(p);
      expect(said.filter((l) => /assistant automatique/.test(l)).length).toBe(1);
      await p.getByRole("button", { name: "Raccrocher" }).click();
    } finally {
      await b.close();
    }
  });

  it("says what to do when the microphone is refused, and goes on in writing", async () => {
    const b = await browser(undefined, false);
    try {
      const p = await (await someone(b)).newPage();
      await p.goto(h.url);
      await p.locator(".btn.call").click();
      await p.locator(".banner").getByText(/micro/i).waitFor();
      expect(await p.locator("#alert").textContent()).toMatch(/micro/i);
      await p.getByRole("button", { name: "Continuer par écrit" }).click();
      await p.keyboard.type("où est mon colis");
      await p.keyboard.press("Enter");
      await until(p, /numéro de commande/);
    } finally {
      await b.close();
    }
  });
});

describe("what a caller is told when there can be no call", () => {
  let b: Browser;
  beforeAll(async () => { b = await browser(); });
  afterAll(async () => { await b?.close(); });

  it.each([
    ["no microphone is there", `navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("none", "NotFoundError"))`, "Aucun micro trouvé."],
    ["another program has it", `navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("busy", "NotReadableError"))`, "Aucun micro trouvé."],
    ["the browser cannot call", `delete window.RTCPeerConnection`, "Ce navigateur ne sait pas appeler."],
    ["the page is not secure", `Object.defineProperty(window, "isSecureContext", { value: false })`, "Le micro ne marche que sur une page sécurisée (https)."],
  ])("%s", async (_, broken, told) => {
    const c = await someone(b);
    const p = await c.newPage();
    await p.addInitScript(broken);
    await p.goto(h.url);
    await p.locator(".btn.call").click();
    await p.locator(".banner").getByText(told).waitFor();
    expect(await p.locator("#alert").textContent()).toContain(told);
    await p.locator("#field").fill("où est mon colis"); // and writing goes on
    await p.keyboard.press("Enter");
    await until(p, /numéro de commande/);
    await c.close();
  });

  it("ten offers a second from one address", async () => {
    const c = await someone(b);
    const p = await c.newPage();
    await p.goto(h.url);
    const statuses = await p.evaluate(() => Promise.all(Array.from({ length: 10 }, () => fetch("/api/v1/webrtc/calls", { method: "POST", headers: { "Content-Type": "application/sdp" }, body: "garbage" }).then((r) => r.status))));
    expect(new Set(statuses)).toEqual(new Set([400, 429]));
    await p.route("**/api/v1/webrtc/calls?*", (r) => r.fulfill({ status: 429, contentType: "application/problem+json", headers: { "Retry-After": "1" }, body: "{}" })); // as the eleventh is, however slow this machine is
    await p.locator(".btn.call").click();
    await p.locator(".banner").getByText(/Nos lignes sont prises/).waitFor();
    await p.unroute("**/api/v1/webrtc/calls?*");
    await p.waitForTimeout(1000); // as long as was asked for
    await p.getByRole("button", { name: "Réessayer" }).click();
    await p.getByRole("button", { name: "Raccrocher" }).waitFor();
    await p.locator(".calltime .dot.on").waitFor();
    await p.getByRole("button", { name: "Raccrocher" }).click();
    await c.close();
  });
});
