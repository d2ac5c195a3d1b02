// A smoke run in Firefox: a call from `/` is answered, heard and read, and ends.
import { existsSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { firefox, type Page } from "./bidi";
import { house, type House } from "./house";

const program = process.env["FIREFOX"] ?? "/usr/bin/firefox-esr";
const there = existsSync(program);
if (!there) console.log(`NOT TESTED: Firefox is not here (${program}); apt-get install firefox-esr, or say where it is with FIREFOX=…`);

let h: House, p: Page;
beforeAll(async () => { if (there) [h, p] = await Promise.all([house(), firefox(program)]); });
afterAll(async () => { await p?.close(); await h?.stop(); });

it.runIf(there)("calls from the page, hears the greeting, reads it, is there again after a reload, and hangs up", async () => {
  const says = (words: RegExp) => `${words}.test([...document.querySelectorAll(".tr li")].map((l) => l.textContent).join(" "))`;
  await p.goto(h.url + "/?lang=fr");
  await p.until(`document.querySelector(".btn.call")`, "the call button");
  // What comes from far is measured where it has been decoded.
  await p.evaluate(`(() => {
    const made = window.made = [], Own = RTCPeerConnection;
    window.RTCPeerConnection = function (...a) { const c = new Own(...a); made.push(c); return c; };
    window.heard = async () => { for (const c of made) for (const s of (await c.getStats()).values()) if (s.type === "inbound-rtp" && s.kind === "audio" && s.totalAudioEnergy > 0.0005) return true; return false; };
    document.querySelector(".btn.call").click();
  })()`);
  await p.until(`document.querySelector(".calltime .dot.on")`, "the call to be answered");
  await p.evaluate(`document.querySelector(".callkeys [aria-pressed]").click()`); // Firefox's own microphone hums, and is taken for speech
  await p.until(`window.heard()`, "the greeting to be heard");
  await p.until(says(/assistant automatique/), "the greeting as a caption");
  expect(await p.evaluate<boolean>(`document.querySelector(".banner.warn") === null`)).toBe(true);
  await p.goto(h.url + "/?lang=fr"); // as a page that is loaded again
  await p.until(`document.querySelector(".calltime .dot.on")`, "the call to be taken up again");
  await p.until(says(/assistant automatique/), "what was said before");
  await p.evaluate(`document.querySelector(".callkeys .danger").click()`);
  await p.until(`/C’était comment/.test(document.body.textContent)`, "the call to end");
}, 120_000);
