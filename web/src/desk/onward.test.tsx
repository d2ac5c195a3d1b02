// What the agent reads while the caller is on hold.
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useTitle } from "./call";
import { Handling } from "./onward";
import { begin, Store, type Desk } from "./state";
import type { DeskState } from "./types";
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
