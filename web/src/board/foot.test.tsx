import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { begun } from "./calls";
import { words } from "../shared/words";
import { en } from "./en";
import type { Ev, Queue } from "./events";
import { Queues } from "./foot";
import { fr } from "./fr";
import { calm } from "./risk";
import type { Voice } from "./say";

const voice = (lang: "fr" | "en"): Voice => ({ say: words(lang, fr, en), lang, wall: false, rules: calm });
const at = Date.parse("2026-11-23T10:00:00Z");
const quiet: Queue = { name: "litige", skills: [], waiting: 0, longest_s: 0, estimate_s: 0, agents_free: 1, agents_busy: 0, agents_away: 0, open: true, in_time_s: 20, answered: 0, in_time: 0, left: {} };
let box: HTMLElement;
beforeEach(() => { vi.useFakeTimers({ now: at }); box = document.body.appendChild(document.createElement("div")); });
afterEach(() => { render(null, box); box.remove(); vi.useRealTimers(); });

const line = (q: Partial<Queue>, calls: Parameters<typeof Queues>[0]["calls"] = []) => {
  render(<Queues v={voice("en")} now={{ queues: [{ ...quiet, ...q }] }} calls={calls} till={undefined} />, box);
  return box.querySelector("li")!;
};

describe("a queue", () => {
  it("tells who waits and for how long, by the clock", () => {
    const li = line({ waiting: 3, since: new Date(at - 75_000).toISOString(), longest_s: 75, estimate_s: 130 });
    expect(li.textContent).toContain("3 waiting, 1:15");
    expect(li.textContent).toContain("about 3\u202fmin");
    expect(li.querySelector(".wait")!.className).toContain("bad");
    vi.advanceTimersByTime(2000);
    expect(li.textContent).toContain("3 waiting, 1:17");
  });
  it("is late only after what counts as in time", () => expect(line({ waiting: 1, since: new Date(at - 75_000).toISOString(), in_time_s: 90 }).querySelector(".wait")!.className).not.toContain("bad"));
  it("tells who could answer", () => {
    expect(line({ agents_free: 2, agents_busy: 1, agents_away: 3 }).textContent).toContain("2 free · 1 busy · 3 on a break");
    expect(line({ agents_free: 0, agents_away: 3 }).querySelector(".more .bad")).not.toBeNull();
  });
  it("tells the service level once there is one", () => {
    expect(line({}).textContent).not.toContain("%");
    expect(line({ service_level: 0.756, answered: 30, left: { caller_left: 11 } }).textContent).toContain("76% in 20\u202fs");
    expect(box.querySelector("[title]")!.getAttribute("title")).toBe("Of 41 calls since the start");
  });
  it("tells until when it is open, or closed", () => {
    const hour = (h: number) => new Date(at + h * 3_600_000);
    const text = (d: Date) => `${String(d.getHours()).padStart(2, "0")}:${String(d.getMinutes()).padStart(2, "0")}`;
    expect(line({ closes: hour(1).toISOString() }).textContent).toContain(`until ${text(hour(1))}`);
    expect(line({ closes: hour(100).toISOString() }).textContent).not.toContain("until");
    expect(line({ open: false, opens: hour(48).toISOString() }).textContent).toContain("closed until Wed");
    expect(line({ open: false }).textContent).toContain("closed");
  });
  it("counts who waits in writing from the conversations", () => {
    const chat = (id: string, skills: string) => ({ ...begun({ conversation: id, seq: 1, at: new Date(at).toISOString(), type: "started", body: { channel: "text", from: "", called: "", bot: "b", lang: "fr" } } as Ev & { type: "started" }), with: "ringing" as const, skills });
    expect(line({}, [chat("a", "litige"), chat("b", "litige"), chat("c", "en")]).textContent).toContain("2 in writing");
    expect(box.textContent).toContain("En1 in writing");
  });
});

describe("the queues", () => {
  it("say what is not known, and what is wrong with the configuration", () => {
    render(<Queues v={voice("en")} now={undefined} calls={[]} till={undefined} />, box);
    expect(box.textContent).toContain(en.k_unknown);
    render(<Queues v={voice("fr")} now={{ queues: [], configuration: { loaded: "", problem: "decroche.yaml:3:1: faux" } }} calls={[]} till={undefined} />, box);
    expect(box.textContent).toContain(fr.queues_none);
    expect(box.textContent).toContain("decroche.yaml:3:1: faux");
    render(<Queues v={voice("en")} now={{ queues: [], configuration: { loaded: "", restart: ["http", "sip"] } }} calls={[]} till={undefined} />, box);
    expect(box.textContent).toContain("http, sip");
  });
});
