// The link to a running call's transcript, which the telephone of whoever is rung for the caller is sent.
import { createSocket, type Socket } from "node:dgram";
import type { Browser } from "playwright-core";
import { someone, type House } from "./house";

/** telephone is a place where SIP arrives; nobody answers it. */
export async function telephone(): Promise<Socket> {
  const s = createSocket("udp4");
  await new Promise<void>((f) => s.bind(0, "127.0.0.1", f));
  return s;
}

/** rings is the gateway's configuration of an agent whose telephone that is. */
export const rings = (phone: Socket) => `agents: [{name: karim, addr: "sip:201@127.0.0.1:${phone.address().port}", languages: [fr]}]`;

/** linked is the path of that link. The caller goes on waiting. */
export async function linked(b: Browser, h: House, phone: Socket): Promise<string> {
  const rung = new Promise<string>((done) => phone.on("message", (m) => {
    const path = /^Call-Info:.*<[^>]*?(\/t\/[^>]+)>/im.exec(m.toString());
    if (path) done(path[1]!);
  }));
  const p = await (await someone(b)).newPage();
  await p.goto(h.url);
  await p.locator(".btn.call").click();
  await p.locator(".tr li.bot").first().waitFor();
  await p.locator("#field").fill("je voudrais parler à quelqu’un");
  await p.keyboard.press("Enter");
  return rung;
}
