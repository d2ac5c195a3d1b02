import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { at, Facts, moment, ordered, tried, understood, Work, type Callback, type Who } from "./callbacks";

const now = new Date(2026, 10, 23, 10, 0).getTime();
const hour = (h: number) => new Date(now + h * 3_600_000).toISOString();
const one: Callback = { id: 1, conversation: "c", at: hour(-1), phone: "+33612345678", reason: "nobody", lang: "fr", state: "open", tries: 0 };
let box: HTMLElement;
beforeEach(() => { vi.useFakeTimers({ now }); box = document.body.appendChild(document.createElement("div")); });
afterEach(() => { render(null, box); box.remove(); vi.useRealTimers(); });
const buttons = () => [...box.querySelectorAll("button")].map((b) => b.textContent);

describe("a callback", () => {
  it("says its times by the clock today and with the day otherwise", () => {
    expect(moment("fr", hour(2))).toBe("12\u202fh\u202f00");
    expect(moment("en", hour(26))).toBe("Tue 12:00");
    expect(moment("en", hour(240))).toBe("3 Dec 10:00");
  });
  it("says the window as it was understood", () => {
    expect(understood("en", one)).toBe("");
    expect(understood("en", { ...one, from: hour(1), until: hour(3) })).toBe("11:00 to 13:00");
    expect(understood("en", { ...one, from: hour(1) })).toBe("from 11:00");
    expect(understood("en", { ...one, until: hour(3) })).toBe("until 13:00");
  });
  it("says how often it was rung, and how that ended", () => {
    expect(tried("en", one)).toBe("none");
    expect(tried("en", { ...one, tries: 2, last: "no_answer" })).toBe("2 attempts, no answer");
    expect(tried("en", { ...one, tries: 1, last: "some_new_word" })).toBe("1 attempt, some new word");
  });
  it("shows the message that was left, and who has it", () => {
    render(<Facts c={{ ...one, taken_by: "karim", window: "demain matin", next: hour(23), slots: [{ name: "message", value: "colis ouvert", shown: "", confidence: 1, confirmed: false }] }} lang="en" me="lina" href="/x" />, box);
    for (const text of ["colis ouvert", "demain matin", "Tue 09:00, by the assistant", "karim"]) expect(box.textContent).toContain(text);
  });
  it("comes first when it is to be looked at, then by its time", () => {
    const list = [{ ...one, id: 1, next: hour(5) }, { ...one, id: 2, state: "given_up" as const }, { ...one, id: 3 }, { ...one, id: 4, from: hour(2) }];
    expect(ordered(list, now).map((c) => c.id)).toEqual([2, 3, 4, 1]);
  });
});

describe("what can be done", () => {
  const me: Who = { user: "lina", work: true, over: false };
  const show = (c: Partial<Callback>, who: Partial<Who> = {}) => { const done = vi.fn(), call = vi.fn(); void act(() => render(<Work c={{ ...one, ...c }} lang="en" who={{ ...me, ...who }} act={done} call={call} />, box)); return { done, call }; };
  it("is for who may", () => {
    show({}, { work: false });
    expect(buttons()).toEqual([]);
    show({});
    expect(buttons()).toEqual(["Take it", "Have the assistant call", "Call again later", "Done", "Drop"]);
  });
  it("is less with somebody else's, but for supervisors", () => {
    show({ taken_by: "karim" });
    expect(buttons()).toEqual(["Done", "Drop"]);
    show({ taken_by: "karim" }, { over: true });
    expect(buttons()).toEqual(["Take over from karim", "Call again later", "Done", "Drop"]);
    show({ taken_by: "lina" });
    expect(buttons()[0]).toBe("Give it back");
  });
  it("is opening again what is closed, and not ringing what rings", () => {
    show({ state: "done" });
    expect(buttons()).toEqual(["Open again"]);
    show({ state: "dialling" });
    expect(buttons()).toEqual(["Take it", "Done", "Drop"]);
  });
  it("sends one thing at a time", async () => {
    const { done, call } = show({});
    const press = async (text: string) => act(() => [...box.querySelectorAll("button")].find((b) => b.textContent === text)!.click());
    await press("Take it");
    await press("Have the assistant call");
    await press("Done");
    await press("Drop");
    await press("Call again later");
    await act(() => { box.querySelector("form")!.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })); });
    expect(call).toHaveBeenCalledTimes(1);
    expect(done.mock.calls.map((c) => c[0] as unknown)).toEqual([{ taken: true }, { state: "done" }, { state: "dropped" }, { next: hour(0.5) }]);
  });
  it("takes no date that has passed, and no word for one", () => {
    expect(at("120", "", now)?.getTime()).toBe(now + 7_200_000);
    expect(at("day", "", now)).toEqual(new Date(2026, 10, 24, 9, 0));
    expect(at("at", "2026-11-25T15:30", now)).toEqual(new Date(2026, 10, 25, 15, 30));
    for (const bad of ["", "2020-01-01T10:00", "soon"]) expect(at("at", bad, now)).toBeUndefined();
  });
});
