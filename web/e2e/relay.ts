// A network that can be cut, between a browser and the gateway: the sound goes through a socket of
// ours, and so do the offers, whose answers name that socket. Chromium's own emulation of being
// offline stops requests and leaves UDP alone.
import { createSocket, type Socket } from "node:dgram";
import type { AddressInfo } from "node:net";
import type { BrowserContext, Route } from "playwright-core";

export interface Relay {
  /** cut takes the network away from everything that goes through, or gives it back. */
  cut(yes: boolean): Promise<void>;
  /** packets is how many came from the browser so far. */
  packets(): number;
  close(): void;
}

/** relay puts itself between the pages of a context and the gateway. */
export async function relay(c: BrowserContext): Promise<Relay> {
  let cut = false, count = 0, gateway = 0;
  const front = createSocket("udp4");
  const backs = new Map<number, Socket>(); // one per port of the browser's, as the gateway tells browsers apart
  await new Promise<void>((f) => front.bind(0, "127.0.0.1", f));
  front.on("message", (m, from) => {
    count++;
    if (cut || !gateway) return;
    let back = backs.get(from.port);
    if (!back) {
      back = createSocket("udp4");
      back.on("message", (a) => { if (!cut) front.send(a, from.port, from.address); });
      backs.set(from.port, back);
    }
    back.send(m, gateway, "127.0.0.1");
  });
  const here = (front.address() as AddressInfo).port;
  await c.route(/\/api\/v1\/webrtc\/calls(\/[^/]*)?(\?.*)?$/, async (route: Route) => {
    const sent = route.request().postData();
    if (cut) return route.abort("internetdisconnected");
    if (!sent) return route.continue();
    try {
      const res = await route.fetch({ postData: sent.replace(/^a=candidate:.*\r\n/gm, "") }); // else the gateway finds its own way
      const body = (await res.text()).replace(/^(a=candidate:\S+ \d+ udp \d+ 127\.0\.0\.1) (\d+) /gim, (_, head: string, port: string) => {
        gateway = Number(port);
        return `${head} ${here} `;
      });
      if (cut) return await route.abort("internetdisconnected");
      await route.fulfill({ response: res, body });
    } catch { /* the page has gone */ }
  });
  return {
    cut: async (yes) => {
      cut = yes;
      await c.setOffline(yes);
    },
    packets: () => count,
    close: () => {
      front.close();
      for (const b of backs.values()) b.close();
    },
  };
}
