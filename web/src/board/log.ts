// The transcript of one call, made of its events: the same whether they were read from the record or came
// along the stream.
import type { Line } from "../shared/transcript";
import type { Ev } from "./events";
import { plain } from "./calls";
import { known, type Voice } from "./say";

/** lineOf is what one event adds, undefined for those that people do not read. start is when the call
 * began, ms. */
export function lineOf(v: Voice, e: Ev, start: number, caller: string, agent: string): Line | undefined {
  const at = (Date.parse(e.at) - start) / 1000, id = `e${e.seq}`;
  switch (e.type) {
    case "said": {
      const low = e.body.how === "speech" && e.body.confidence < 0.7;
      return { id, who: e.body.who ? "agent" : "caller", name: e.body.who ? agent || undefined : caller || undefined, text: e.body.text, at, doubts: low ? [{ word: e.body.text, readings: (e.body.alternatives ?? []).map((a) => a.text) }] : undefined };
    }
    case "prompted": return { id, who: "bot", name: e.body.author || undefined, text: e.body.heard, unheard: e.body.cut ? e.body.text.slice(e.body.heard.length).trim() : undefined, at: at - e.body.for_ms / 1000 };
    case "transfer_started": return { id, who: "note", text: [known(v.say, "x_", e.body.reason), plain((e.body.skills ?? []).join(", "))].filter(Boolean).join(" → ") };
    case "transfer_ringing": return { id, who: "note", text: v.say("w_ring_agent", { agent: e.body.agent }) };
    case "transfer_ended": return { id, who: "note", text: known(v.say, "x_", e.body.outcome === "completed" ? "talked" : e.body.outcome) };
    case "bridged": return { id, who: "note", text: v.say("x_took", { agent: e.body.agent }) };
    case "agent_lost": return { id, who: "note", text: v.say("g_lost", { agent: e.body.agent }) };
    case "agent_back": return { id, who: "note", text: v.say("g_back", { agent: e.body.agent }) };
    case "agent_acted": {
      const to = plain(e.body.to ?? "");
      return { id, who: "note", text: known(v.say, "g_", e.body.act) + (to ? ` → ${to}` : "") + (e.body.agent ? ` (${e.body.agent})` : "") };
    }
    case "supervised": return { id, who: "note", text: known(v.say, "s_", e.body.act) + (e.body.who ? ` (${e.body.who})` : "") };
    default: return undefined;
  }
}
