// People in browsers who can be told from each other: each hums a tone and listens for another's.
import type { Browser, Page } from "playwright-core";
import { expect } from "vitest";
import { someone } from "./house";

export interface Heard { tone(on: boolean): void; heard: number; level: number; deaf(): void }

/** person gives a page a microphone with one tone, silent at first, and an ear for another: heard is
 * when it was heard first, by the clock of the machine. */
export const person = (speaks: number, listens: number) => `(() => {
  const w = window, c = new AudioContext({ sampleRate: 48000 });
  const o = c.createOscillator(), g = c.createGain(), d = c.createMediaStreamDestination();
  o.frequency.value = ${speaks}; g.gain.value = 0; o.connect(g).connect(d); o.start();
  w.heard = 0;
  w.tone = (on) => { g.gain.value = on ? 0.4 : 0; };
  w.deaf = () => { w.heard = 0; };
  navigator.mediaDevices.getUserMedia = async () => { await c.resume(); return new MediaStream([d.stream.getAudioTracks()[0].clone()]); };
  const src = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
  Object.defineProperty(HTMLMediaElement.prototype, "srcObject", { ...src, set(v) {
    src.set.call(this, v);
    if (!v) return;
    const a = c.createAnalyser(), data = new Float32Array(2048);
    a.fftSize = 2048;
    c.createMediaStreamSource(v).connect(a);
    const look = () => { // Goertzel's filter over 43 ms
      a.getFloatTimeDomainData(data);
      const k = 2 * Math.cos(2 * Math.PI * ${listens} / c.sampleRate);
      let x = 0, y = 0;
      for (const s of data) [x, y] = [s + k * x - y, x];
      const size = 2 * Math.sqrt(Math.max(0, x * x + y * y - k * x * y)) / data.length;
      w.level = size;
      if (!w.heard && size > 0.02) w.heard = Date.now();
      setTimeout(look, 10);
    };
    look();
  } });
})()`;

export const heard = async (p: Page, timeout = 30_000): Promise<number> => {
  await p.waitForFunction(() => (window as unknown as Heard).heard, undefined, { timeout, polling: 50 });
  return p.evaluate(() => (window as unknown as Heard).heard);
};
export const tone = (p: Page, on: boolean) => p.evaluate((yes) => (window as unknown as Heard).tone(yes), on);

/** hears says whether somebody's tone is there all the time for a second and a half: voices have a bit of
 * every tone now and then. */
export const hears = async (p: Page, yes: boolean) => {
  await p.waitForTimeout(600); // what was under way
  const share = await p.evaluate(async () => {
    let n = 0;
    for (let i = 0; i < 75; i++) {
      await new Promise((done) => setTimeout(done, 20));
      if ((window as unknown as Heard).level > 0.02) n++;
    }
    return n / 75;
  });
  if (yes) expect(share).toBeGreaterThan(0.8);
  else expect(share).toBeLessThan(0.5);
};

export interface Ears {
  heardAt: number;
  actAt: number;
  loud: boolean;
  deaf(): void;
  hum(on: boolean): void;
  say(wav: string): Promise<number>;
  words: { at: number; text: string; partial: boolean; line: number }[];
}

/** ears gives a page a microphone that says what it is told to, and hums meanwhile where that is asked;
 * heardAt is when something was first heard from far since deaf, or a tone of listens Hz where that is asked; actAt
 * when the page was last clicked or a key was pressed: both by the clock of the machine, in ms. Sound is looked for
 * every 10 ms, in 10 ms, a tone in 21 ms. */
export const ears = (hums: number, listens = 0) => `(() => {
  const w = window, c = new AudioContext({ sampleRate: 48000 }), mic = c.createMediaStreamDestination();
  const o = c.createOscillator(), g = c.createGain(); // into which nothing goes sends nothing
  o.frequency.value = ${hums}; g.gain.value = ${hums} ? 0.3 : 0; o.connect(g).connect(mic); o.start();
  Object.assign(w, { heardAt: 0, actAt: 0, loud: false, words: [], deaf: () => { w.heardAt = 0; }, hum: (on) => { g.gain.value = on ? 0.3 : 0; } });
  if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => { await c.resume(); return new MediaStream([mic.stream.getAudioTracks()[0].clone()]); };
  for (const e of ["click", "keydown"]) addEventListener(e, () => { w.actAt = Date.now(); }, true);
  w.say = async (wav) => { // it returns when the last sound of it will have left
    await c.resume();
    const s = c.createBufferSource();
    s.buffer = await c.decodeAudioData(Uint8Array.from(atob(wav), (x) => x.charCodeAt(0)).buffer);
    const d = s.buffer.getChannelData(0);
    let end = d.length;
    while (end > 0 && Math.abs(d[end - 1]) < 0.01) end--;
    s.connect(mic); s.start(c.currentTime + 0.1);
    return Date.now() + 100 + end / s.buffer.sampleRate * 1000;
  };
  const tone = (d) => { // Goertzel's filter
    const k = 2 * Math.cos(2 * Math.PI * ${listens} / c.sampleRate);
    let x = 0, y = 0;
    for (const s of d) [x, y] = [s + k * x - y, x];
    return 2 * Math.sqrt(Math.max(0, x * x + y * y - k * x * y)) / d.length;
  };
  const P = w.RTCPeerConnection;
  w.RTCPeerConnection = function (...a) {
    const pc = new P(...a);
    pc.addEventListener("track", (e) => {
      const n = c.createAnalyser(), d = new Float32Array(${listens} ? 1024 : 512);
      n.fftSize = d.length;
      c.createMediaStreamSource(e.streams[0] ?? new MediaStream([e.track])).connect(n);
      const look = () => {
        n.getFloatTimeDomainData(d);
        w.loud = ${listens} ? tone(d) > 0.05 : d.some((x) => Math.abs(x) > 0.02);
        if (w.loud && !w.heardAt) w.heardAt = Date.now();
        if (pc.connectionState !== "closed") setTimeout(look, 10);
      };
      void c.resume(); look();
    });
    return pc;
  };
  w.RTCPeerConnection.prototype = P.prototype;
})()`;

/** atDesk opens a desk for a role of the demonstration and makes it available. */
export async function atDesk(b: Browser, url: string, role: string, speaks: number, listens: number): Promise<Page> {
  const who = await someone(b), signed = await who.request.post(url + "/api/v1/sign-in", { data: { demo: role } });
  if (!signed.ok()) throw new Error(`signing in as ${role}: ${signed.status()}`);
  const p = await who.newPage();
  await p.addInitScript(person(speaks, listens));
  await p.goto(url + "/desk");
  await p.getByRole("button", { name: "Commencer" }).click();
  await p.getByRole("button", { name: "Me mettre disponible" }).click();
  await p.locator(".presence.ok").waitFor();
  return p;
}
