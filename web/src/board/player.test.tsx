import { render } from "preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { words } from "../shared/words";
import { api, Refused, type Conversation } from "./api";
import { en } from "./en";
import { fr } from "./fr";
import { missing, Player } from "./player";
import type { Voice } from "./say";
import { rules } from "./vectors";

const v: Voice = { say: words("en", fr, en), lang: "en", wall: false, rules };
const recorded = { seq: 1, at: "2026-11-22T10:00:30Z", type: "recorded", body: { seconds: 30 } };
const deleted = (why: string) => ({ seq: 2, at: "2026-11-25T10:00:00Z", type: "recording_deleted", body: { why } });
const call = (o: object): Conversation => ({ id: "c1", channel: "voice", start: "2026-11-22T10:00:00Z", end: "2026-11-22T10:00:30Z", events: [recorded], transcript: [], ...o }) as unknown as Conversation;

afterEach(() => { vi.restoreAllMocks(); render(null, document.body); });

describe("a recording that is missing", () => {
  it.each([
    ["of a call that goes on", call({ end: undefined }), true, en.rec_running],
    ["that was never made", call({ events: [] }), true, en.rec_none],
    ["of a typed conversation", call({ events: [], channel: "text" }), true, en.rec_text],
    ["of a smart speaker", call({ events: [], channel: "speaker" }), true, en.rec_speaker],
    ["for who may not hear it", call({}), false, en.rec_denied],
  ] as const)("%s is told before anything is asked for", (_, c, may, want) => { expect(missing(v, c, may)).toBe(want); });
  it("that was deleted says when and why", () => {
    expect(missing(v, call({ events: [recorded, deleted("ttl")] }), true)).toMatch(/25 November/);
  });
  it("that is there is no matter", () => { expect(missing(v, call({}), true)).toBeUndefined(); });

  it.each([[404, en.rec_none], [409, en.rec_running], [403, en.rec_denied], [500, en.rec_failed], [0, en.rec_failed]])("whose file is gone, answered %i, is told when somebody plays it, and the page stays", async (status, want) => {
    vi.spyOn(api, "recording").mockRejectedValue(status ? new Refused(status, "", "no such record") : new TypeError("network"));
    const go = vi.fn();
    render(<Player v={v} c={call({})} may={true} at={0} go={go} told={vi.fn()} sentences={[]} />, document.body);
    await vi.waitFor(() => {
      document.querySelector<HTMLButtonElement>("button.primary")?.click();
      expect(document.body.textContent).toContain(want);
    });
    expect(document.querySelector("section.wave.none")).not.toBeNull();
    expect(document.body.textContent).not.toContain("no such record");
  });
});
