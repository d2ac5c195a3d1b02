import { render } from "preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { words } from "../shared/words";
import { api } from "./api";
import { rules } from "./vectors";
import { Audit, conversationOf, query } from "./audit";
import { en } from "./en";
import { fr } from "./fr";
import type { Voice } from "./say";

const v: Voice = { say: words("en", fr, en), lang: "en", wall: false, rules };
afterEach(() => { vi.restoreAllMocks(); render(null, document.body); });

describe("the audit list", () => {
  it("asks for what is filled in", () => { expect([query(" paule ", ""), query("", "listened")]).toEqual([{ who: "paule", limit: "100" }, { what: "listened", limit: "100" }]); });
  it.each([["conversation 7f3a", "7f3a"], ["user lina", ""], [undefined, ""]])("%s is about the call %s", (about, want) => { expect(conversationOf(about)).toBe(want); });
  it("shows who did what, to which call", async () => {
    vi.spyOn(api, "audit").mockResolvedValue({ entries: [{ id: 1, at: "2026-11-22T10:00:00Z", who: "paule", what: "listened", about: "conversation 7f3a" }] });
    render(<Audit v={v} may={true} />, document.body);
    await vi.waitFor(() => expect(document.querySelector("tbody a")?.getAttribute("href")).toBe("/board?view=history&call=7f3a"));
    expect(document.querySelector("tbody")?.textContent).toContain("paule");
  });
  it("asks for nothing without the permission, and says so", () => {
    const asked = vi.spyOn(api, "audit");
    render(<Audit v={v} may={false} />, document.body);
    expect(document.body.textContent).toContain(en.au_denied);
    expect(asked).not.toHaveBeenCalled();
  });
});
