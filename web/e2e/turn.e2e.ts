// A browser that reaches the gateway through a TURN server alone, as from behind a firewall that lets
// no other UDP out: its offers name relayed addresses and nothing else.
import { execFileSync, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Browser, Page } from "playwright-core";
import { begin, browser, gone, house, someone, top } from "./house";
import { until } from "./keyboard";
import { speech } from "./sound";

const program = join(top, "out/e2e/turnserver");
let server: ChildProcess, at: string;
beforeAll(async () => {
  execFileSync(process.env["GO"] ?? "go", ["build", "-trimpath", "-o", program, "./internal/turnserver"], { cwd: top, stdio: "inherit" });
  const b = await begin(program, [], { TURN_PASSWORD: "right" }, /listening on (\S+)/);
  [server, at] = [b.child, b.match[1]!];
});
afterAll(() => gone(server));

/** ice is the gateway's part of the configuration: a TURN server of which callers are told too. */
const ice = () => `ice_servers: [{url: "turn:${at}?transport=udp", username: decroche, credential: "env:TURN_PASSWORD", share: true}]`;

/** relayed lets pages connect through TURN servers alone, and tells through what they are connected. */
const relayed = `(() => {
  const made = window.made = [], Own = RTCPeerConnection;
  window.RTCPeerConnection = class extends Own { constructor(c) { super({ ...c, iceTransportPolicy: "relay" }); made.push(this); } };
  window.through = async () => {
    for (const c of made) {
      const all = await c.getStats();
      for (const s of all.values()) if (s.type === "candidate-pair" && s.nominated && s.state === "succeeded") return all.get(s.localCandidateId).candidateType;
    }
    return "";
  };
})()`;

async function page(b: Browser, url: string): Promise<Page> {
  const p = await (await someone(b)).newPage();
  await p.addInitScript(relayed);
  await p.goto(url);
  return p;
}

it("calls, hears, is heard and hangs up", async () => {
  const h = await house("", { rtc: ice(), env: { TURN_PASSWORD: "right" } }), b = await browser(speech("où est mon colis", { after: 9 }));
  try {
    const p = await page(b, h.url);
    await p.locator(".btn.call").click();
    await p.locator(".calltime .dot.on").waitFor();
    await p.waitForFunction("window.through()");
    expect(await p.evaluate("window.through()")).toBe("relay");
    await p.waitForFunction(`(async () => { for (const c of window.made) for (const s of (await c.getStats()).values()) if (s.type === "inbound-rtp" && s.totalAudioEnergy > 0.0005) return true; return false; })()`);
    await until(p, /assistant automatique/);
    await until(p, /où est mon colis/i);
    await until(p, /numéro de commande/);
    await p.getByRole("button", { name: "Raccrocher" }).click();
    await p.getByText("C’était comment").waitFor();
  } finally {
    await b.close();
    await h.stop();
  }
}, 120_000);

const refused = "Votre réseau n’a pas laissé passer l’appel. Rien n’est perdu.";

/** goesOn writes on where a call came to nothing. */
async function goesOn(p: Page): Promise<void> {
  await p.locator(".banner").getByText(refused).waitFor();
  expect(await p.locator("#alert").textContent()).toContain(refused);
  expect(await p.getByText("C’était comment").count()).toBe(0); // there was no call to tell of
  await p.getByRole("button", { name: "Continuer par écrit" }).click();
  await p.keyboard.type("45 12 78 02");
  await p.keyboard.press("Enter");
  await until(p, /livr|colis est|arriv/i);
}

/** asks begins a typed conversation. */
async function asks(p: Page): Promise<void> {
  await p.locator("#field").fill("où est mon colis");
  await p.keyboard.press("Enter");
  await until(p, /numéro de commande/);
}

it("is told at once when the TURN server refuses, and writes on", async () => {
  const h = await house("", { rtc: ice(), env: { TURN_PASSWORD: "wrong" } }), b = await browser();
  try {
    const p = await page(b, h.url);
    await asks(p);
    const began = Date.now();
    await p.getByRole("button", { name: "Continuer à la voix" }).click();
    await goesOn(p);
    console.log("a refused TURN server is told of, and the next sentence answered, within", Date.now() - began, "ms");
    await until(p, /livr|colis est|arriv/i);
  } finally {
    await b.close();
    await h.stop();
  }
});

it("a call that is answered and never connects leaves the typed conversation where it was", async () => {
  const h = await house("", { rtc: ice() + ", connect_timeout: 2s", env: { TURN_PASSWORD: "wrong" } }), b = await browser();
  try {
    const p = await (await someone(b)).newPage();
    await p.route("**/api/v1/webrtc/calls?*", async (r) => { // neither side learns where the other is
      const none = (sdp: string) => sdp.replace(/^a=candidate:.*\r\n/gm, "");
      const res = await r.fetch({ postData: none(r.request().postData() ?? "") });
      await r.fulfill({ response: res, body: none(await res.text()) });
    });
    await p.goto(h.url);
    await asks(p);
    await p.getByRole("button", { name: "Continuer à la voix" }).click();
    await goesOn(p);
    expect(h.log()).toContain("no TURN server gave an address"); // for those who run the house
  } finally {
    await b.close();
    await h.stop();
  }
});
