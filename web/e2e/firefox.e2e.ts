// A smoke run in Firefox, a minute at most: a call from `/` with words, typing, keys and a reload; then
// a caller and an agent at the desk, each reading what both say.
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { firefox, type Firefox, type Page } from "./bidi";
import { house, type House } from "./house";
import { speech } from "./sound";

const program = process.env["FIREFOX"] ?? "/usr/bin/firefox-esr";
const there = existsSync(program);
if (!there) console.log(`NOT TESTED: Firefox is not here (${program}); apt-get install firefox-esr, or say where it is with FIREFOX=…`);

// Keys as WebDriver names them.
const enter = "\uE007", f2 = "\uE032", f4 = "\uE034";

let h: House, fox: Firefox;
beforeAll(async () => { if (there) [h, fox] = await Promise.all([house("desk: {wrap_up: 60s}"), firefox(program)]); });
afterAll(async () => { await fox?.close(); await h?.stop(); });

/** says is whether somebody's line has these words; nobody in particular without who. */
const says = (words: RegExp, who = "") => `${words}i.test([...document.querySelectorAll(".tr li${who && "." + who}")].map((l) => l.textContent).join(" "))`;
const click = (p: Page, selector: string) => p.evaluate(`(document.querySelector(${JSON.stringify(selector)}).click(), true)`);
const named = (p: Page, text: string) => p.evaluate(`([...document.querySelectorAll("button")].find((b) => b.textContent.includes(${JSON.stringify(text)})).click(), true)`);
const button = (text: string) => `[...document.querySelectorAll("button")].some((b) => b.textContent.includes(${JSON.stringify(text)}))`;

/** type writes into the field as a person does, and sends it. */
async function type(p: Page, text: string): Promise<void> {
  await p.evaluate(`document.querySelector("#field").focus()`);
  await p.keys(text + enter);
}

async function call(p: Page): Promise<void> {
  await p.goto(h.url + "/?lang=fr");
  await p.until(`document.querySelector(".btn.call")`, "the call button");
  await click(p, ".btn.call");
  await p.until(`document.querySelector(".calltime .dot.on")`, "the call to be answered");
}

/** listens measures what comes from far where it has been decoded. */
const listens = `(() => {
  const made = window.made = [], Own = RTCPeerConnection;
  window.RTCPeerConnection = function (...a) { const c = new Own(...a); made.push(c); return c; };
  window.heard = async () => { for (const c of made) for (const s of (await c.getStats()).values()) if (s.type === "inbound-rtp" && s.kind === "audio" && s.totalAudioEnergy > 0.0005) return true; return false; };
})()`;

/** speaks gives a page a microphone that is silent, and says a sentence when window.say() is called. It
 * is a sound file that is played into the call: without a sound card Firefox starts no AudioContext. */
const speaks = (text: string) => `(() => {
  const said = Uint8Array.from(atob("${readFileSync(speech(text, { behind: 0 })).toString("base64")}"), (x) => x.charCodeAt(0)), rate = new DataView(said.buffer).getUint32(24, true);
  const wav = new Uint8Array(said.length + rate * 2 * 180), head = new DataView(wav.buffer), from = (said.length - 44) / rate / 2;
  wav.set(said); // then three minutes of silence
  head.setUint32(4, wav.length - 8, true); head.setUint32(40, wav.length - 44, true);
  if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => {
    const a = new Audio(URL.createObjectURL(new Blob([wav], { type: "audio/wav" }))), s = a.mozCaptureStream();
    const track = new Promise((done) => s.addEventListener("addtrack", (e) => done(e.track), { once: true }));
    a.currentTime = from;
    await a.play();
    window.say = () => { a.currentTime = 0; };
    return new MediaStream([(await track).clone()]);
  };
})()`;

it.runIf(there)("calls from the page, hears, reads, types, presses keys, is there again after a reload, and hangs up", async () => {
  const p = await fox.page(listens);
  await call(p);
  await click(p, ".callkeys [aria-pressed]"); // Firefox's own microphone hums, and is taken for speech
  await p.until(`document.querySelector(".callkeys [aria-pressed]").getAttribute("aria-pressed") === "true"`, "the microphone to be off");
  await p.until(`window.heard()`, "the greeting to be heard");
  await p.until(says(/assistant automatique/, "bot"), "the greeting as a caption");
  expect(await p.evaluate<boolean>(`document.querySelector(".banner.warn") === null`)).toBe(true);
  await type(p, "où est mon colis");
  await p.until(says(/où est mon colis/, "caller"), "what was typed");
  await p.until(says(/numéro de commande/, "bot"), "the question");
  await p.goto(h.url + "/?lang=fr"); // as a page that is loaded again
  await p.until(`document.querySelector(".calltime .dot.on")`, "the call to be taken up again");
  await click(p, ".callkeys [aria-pressed]");
  await p.until(says(/numéro de commande/, "bot"), "what was said before");
  await named(p, "Clavier");
  await p.until(`document.querySelector(".keypad")`, "the keypad");
  for (const digit of "45127802") await p.evaluate(`([...document.querySelectorAll(".keypad button")].find((b) => b.textContent === "${digit}").click(), true)`);
  await p.until(says(/livr|colis est|en route|arriv/, "bot"), "the answer to the keys");
  await click(p, ".callkeys .danger");
  await p.until(`/C’était comment/.test(document.body.textContent)`, "the call to end");
}, 120_000);

it.runIf(there)("a caller and an agent read what both say; mute, keys and the end of the call work at the desk", async () => {
  const [a, c] = [await fox.page(speaks("je voudrais un remboursement")), await fox.page(speaks("où est mon colis"))];
  await a.goto(`${h.url}/login?next=/desk`);
  await click(a, 'button[name="role"][value="agent"]');
  await a.until(button("Commencer"), "the desk");
  await named(a, "Commencer");
  await a.until(button("Me mettre disponible"), "the microphone at the desk");
  await named(a, "Me mettre disponible");
  await a.until(`document.querySelector(".presence.ok")`, "the agent to be available");
  await call(c);
  await c.until(says(/assistant automatique/, "bot"), "the greeting");
  await type(c, "je voudrais parler à quelqu’un");
  await c.until(says(/parler à quelqu/, "caller"), "what was typed");
  await a.until(`document.querySelector(".ring .eyebrow")`, "the offer");
  await a.keys(f2);
  await a.until(`document.querySelector(".ctl")`, "the call at the desk");
  await c.until(`document.querySelector(".with")`, "the agent on the page");

  await c.evaluate(`window.say()`);
  for (const [p, where] of [[a, "desk"], [c, "page"]] as const) await p.until(says(/colis/, "caller"), `the caller's words on the ${where}`);
  await a.evaluate(`window.say()`);
  for (const [p, where] of [[a, "desk"], [c, "page"]] as const) await p.until(says(/remboursement/, "agent"), `the agent's words on the ${where}`);

  await a.keys(f4);
  await a.until(`document.querySelector(".c-mute").getAttribute("aria-pressed") === "true"`, "the desk's microphone to be off");
  await a.keys(f4);
  await a.until(`document.querySelector(".c-mute").getAttribute("aria-pressed") === "false"`, "the desk's microphone to be on");
  await click(a, ".c-keypad");
  await a.until(`document.querySelector(".pad button")`, "the desk's keypad");
  await click(a, ".pad button");
  await a.until(`/1/.test(document.querySelector("#status").textContent)`, "the key to be sent");
  await click(a, ".ctl .danger");
  await a.until(`document.querySelector(".wrapping")`, "the agent to conclude");
  await c.until(`/C’était comment/.test(document.body.textContent)`, "the call to end at the caller's");
}, 120_000);
