// What the agent reads while the caller is on hold.
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useTitle } from "./call";
import { Back, Handling, PassOn, briefing } from "./onward";
import { begin, Store, type Desk } from "./state";
import type { Colleague, DeskState, Offer } from "./types";
import { Room, sayIn } from "./ui";

beforeEach(() => { vi.useFakeTimers(); document.body.replaceChildren(); });
afterEach(() => { vi.useRealTimers(); });

it("says how long the caller is on hold, and asks for them after 45 s, once", async () => {
  const desk = new Store({ ...begin("a"), desk: { call: "c1" } as DeskState, handling: { held: true, since: Date.now() - 43_000 } }) as unknown as Desk;
  const alert = vi.fn();
  const el = document.createElement("div");
  document.body.append(el);
  await act(() => render(<Room.Provider value={{ desk, say: sayIn("en"), lang: "en", announce: { status() {}, alert }, turn() {} }}><Handling /></Room.Provider>, el));
  expect(el.textContent).toContain("0:43");
  expect(alert).not.toHaveBeenCalled();
  await act(async () => { await vi.advanceTimersByTimeAsync(2000); });
  expect(el.textContent).toMatch(/on hold for 45.s/);
  await act(async () => { await vi.advanceTimersByTimeAsync(3000); });
  expect(el.textContent).toMatch(/on hold for 48.s/);
  expect(alert).toHaveBeenCalledTimes(1);
});

it("the tab's icon has a dot while somebody waits", async () => {
  document.head.innerHTML = '<link rel="icon" href="/static/icon.svg">';
  const Tab = ({ waits }: { waits: boolean }) => { useTitle("Desk", waits); return null; };
  const el = document.createElement("div");
  const icon = () => document.querySelector("link")!.getAttribute("href");
  await act(() => render(<Tab waits />, el));
  expect(icon()).toBe("/static/icon-news.svg");
  await act(() => render(<Tab waits={false} />, el));
  expect(icon()).toBe("/static/icon.svg");
});

const brief = { conversation: "c1", who: "Nadia Benali", why: "Parcel not received.", facts: ["She asked for a person."], slots: [{ name: "order_number", value: "45 12", confirmed: true }, { name: "status", value: "lost", confirmed: false }] } as unknown as Offer;
const mate = (name: string, more: Partial<Colleague>): Colleague => ({ name, title: name, status: "available", since: new Date(Date.now() - 150_000).toISOString(), chats: 0, skills: ["claims"], languages: [], free: false, telephone: false, ...more });

async function show(what: preact.VNode, more: Record<string, unknown>, team: readonly Colleague[] = []): Promise<{ el: HTMLElement; type: (field: Element, text: string) => Promise<void>; submit: () => Promise<void> }> {
  const desk = Object.assign(new Store({ ...begin("a"), brief, team, me: { user: "karim", name: "Karim", role: "agent", permissions: [], demo: false }, desk: { call: "c1", title: "Karim" } as DeskState }), more) as unknown as Desk;
  const el = document.createElement("div");
  document.body.append(el);
  await act(() => render(<Room.Provider value={{ desk, say: sayIn("en"), lang: "en", announce: { status() {}, alert() {} }, turn() {} }}>{what}</Room.Provider>, el));
  await act(async () => { await vi.advanceTimersByTimeAsync(10); });
  return {
    el,
    type: (field, text) => act(() => { (field as HTMLInputElement).value = text; field.dispatchEvent(new Event("input", { bubbles: true })); }) as Promise<void>,
    submit: () => act(async () => { el.querySelector("form")!.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })); await vi.advanceTimersByTimeAsync(10); }) as Promise<void>,
  };
}

it("says who is free and how long it takes, and sends the briefing only when it was changed", async () => {
  const transfer = vi.fn(async () => true);
  const team = [mate("lina", { free: true }), mate("omar", { status: "on_call" }), mate("zoe", { status: "wrap_up", until: new Date(Date.now() + 20_000).toISOString(), skills: ["refunds"] })];
  const { el, type, submit } = await show(<PassOn close={() => {}} bot={() => {}} />, { transfer, wait: async () => 120 }, team);
  const said = [...el.querySelectorAll("label.pick")].map((l) => l.textContent!.replace(/\s/g, " "));
  expect(said).toEqual([/^linafree$/, /^omarOn a call for 2.min 30/, /^zoeWrap-up, 0:20 left$/, /^claims team1 free$/, /^refunds teamnobody free, usual wait 2.min$/, /^Number$/].map((x) => expect.stringMatching(x)));
  expect(el.querySelector("textarea")!.value).toBe("Nadia Benali. Parcel not received. She asked for a person. Order number 45 12.");
  await act(() => el.querySelector<HTMLInputElement>("input[type=radio]")!.click());
  await submit();
  expect(transfer).toHaveBeenLastCalledWith({ agent: "lina" }, true, "", undefined);
  await type(el.querySelector("textarea")!, "Wants a new parcel,\n not a refund.");
  await submit();
  expect(transfer).toHaveBeenLastCalledWith({ agent: "lina" }, true, "", "Wants a new parcel, not a refund.");
});

it("a briefing is one line, whatever is known", () => {
  expect(briefing(undefined)).toBe("");
  expect(briefing({ ...brief, who: "+33 6", why: "  Where is\nmy parcel ?", facts: ["", " . "], slots: [] })).toBe("+33 6. Where is my parcel ?");
  expect(briefing({ ...brief, facts: ["x".repeat(2000)] }).length).toBe(600);
});

it("shows what the caller will hear when the bot has them back", async () => {
  const handBack = vi.fn(async () => true);
  const { el, type, submit } = await show(<Back close={() => {}} />, { handBack, steps: async () => ({ at: "", steps: [], slots: [] }) });
  expect(el.querySelector("#back-said")!.textContent).toContain("Karim is handing you back");
  await type(el.querySelector("input.field")!, " has opened the claim. ");
  expect(el.querySelector("#back-said")!.textContent).toContain("Karim has opened the claim and is handing you back");
  await submit();
  expect(handBack).toHaveBeenCalledWith("", {}, "has opened the claim.");
});
