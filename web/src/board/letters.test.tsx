import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { words } from "../shared/words";
import { api, type Letters as Told } from "./api";
import { en } from "./en";
import { fr } from "./fr";
import { Letters, places } from "./letters";
import type { Voice } from "./say";
import { rules } from "./vectors";

const v: Voice = { say: words("en", fr, en), lang: "en", wall: false, rules };
const letter = (id: number, url: string) => ({ id, conversation: "c1", url, at: "2026-11-22T10:00:00Z", tries: 18 });
const now: Told = { waiting: 4, given_up: 3, dead: [letter(3, "https://crm.example.com/hook?x=1"), letter(2, "mailto:team@example.com"), letter(1, "vcon https://crm.example.com/vcons")] };
const buttons = () => [...document.querySelectorAll("button")].map((b) => b.textContent);
const press = (text: string) => act(() => { [...document.querySelectorAll("button")].find((b) => b.textContent === text)!.click(); });
afterEach(() => { vi.restoreAllMocks(); render(null, document.body); });

describe("what others are to be told", () => {
  it("is for these", () => { expect(places(now.dead)).toEqual([["crm.example.com", 2], ["team@example.com", 1]]); });
  it("says how many wait and how many were given up, with what can be done", async () => {
    const retry = vi.spyOn(api, "lettersAgain").mockResolvedValue({ retried: 3 });
    const again = vi.fn();
    act(() => render(<Letters v={v} now={now} may={true} again={again} />, document.body));
    expect(document.body.textContent).toContain("4 waiting · 3 given up");
    expect(buttons()).toEqual([en.l_again, en.l_drop]);
    await press(en.l_again);
    await vi.waitFor(() => expect(document.querySelector("[role=status]")?.textContent).toBe("3 are sent again."));
    expect([retry.mock.calls.length, again.mock.calls.length]).toEqual([1, 1]);
  });
  it("forgets nothing without being asked twice", async () => {
    const drop = vi.spyOn(api, "lettersDrop").mockResolvedValue({ dropped: 3 });
    act(() => render(<Letters v={v} now={now} may={true} again={() => {}} />, document.body));
    await press(en.l_drop);
    expect(drop).not.toHaveBeenCalled();
    await press("Forget 3 for ever");
    await vi.waitFor(() => expect(drop).toHaveBeenCalledTimes(1));
  });
  it("has no buttons for who may not, nor when nothing was given up, and is not there when nobody knows", () => {
    act(() => render(<Letters v={v} now={now} may={false} again={() => {}} />, document.body));
    expect(buttons()).toEqual([]);
    act(() => render(<Letters v={v} now={{ waiting: 0, given_up: 0, dead: [] }} may={true} again={() => {}} />, document.body));
    expect(buttons()).toEqual([]);
    act(() => render(<Letters v={v} now={undefined} may={true} again={() => {}} />, document.body));
    expect(document.body.textContent).toBe("");
  });
  it("says when it could not be done", async () => {
    vi.spyOn(api, "lettersAgain").mockRejectedValue(new Error("no"));
    act(() => render(<Letters v={v} now={now} may={true} again={() => {}} />, document.body));
    await press(en.l_again);
    await vi.waitFor(() => expect(document.querySelector("[role=status]")?.textContent).toBe(en.l_failed));
  });
});
