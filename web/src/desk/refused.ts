// Why the server did not do what was asked, in the reader's language: a sentence for each code that
// docs/openapi.yaml lists (DeskRefusal), a general one for the rest.
import type { Refused } from "./api";
import { fr, type Words } from "./fr";

/** Why is a sentence, and the server's own words where ours leave something out: a number, a name, a limit. */
export interface Why { text: string; detail: string }

/** precise are the codes whose detail tells more than the sentence. */
const precise = new Set(["callback_refused", "message", "number", "not_free", "step", "telephone", "bad_request"]);

export function why(e: Pick<Refused, "code" | "detail">, say: Words): Why {
  const key = `said_no_${e.code}`;
  if (e.code && Object.hasOwn(fr, key)) return { text: say(key as Parameters<Words>[0]), detail: precise.has(e.code) ? e.detail : "" };
  return { text: say("said_no"), detail: e.detail };
}
