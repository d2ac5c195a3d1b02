// The desk and the board have a sentence for each refusal that the gateway can give.
import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { expect, it } from "vitest";
import { why as boardWhy } from "../board/acts";
import { Refused as BoardRefused } from "../board/api";
import { en } from "./en";
import { fr } from "./fr";
import { why } from "./refused";
import { sayIn } from "./ui";

const listed = (name: string): string[] => (load(readFileSync("../docs/openapi.yaml", "utf8")) as { components: { schemas: Record<string, { enum: string[] }> } }).components.schemas[name]!.enum;

it("says each code of the desk's in French and in English, and no other", () => {
  const said = Object.keys(fr).filter((k) => k.startsWith("said_no_")).map((k) => k.slice(8)).sort();
  expect(said).toEqual([...listed("DeskRefusal")].sort());
  for (const k of said) expect(fr[`said_no_${k}` as keyof typeof fr]).not.toBe(en[`said_no_${k}` as keyof typeof en]);
});

it("says each code of the board's", () => {
  for (const code of listed("SupervisionRefusal")) {
    const e = Object.assign(Object.create(BoardRefused.prototype) as BoardRefused, { status: 409, code, detail: "english" });
    expect(boardWhy(e), code).toEqual({ key: `no_${code}` });
  }
});

it("hides English that says no more, keeps a number that was refused, and is general about what it does not know", () => {
  const say = sayIn("fr");
  expect(why({ code: "on_hold", detail: "the caller is on hold; resume first" }, say)).toEqual({ text: "L’appelant est en attente. Reprenez-le d’abord.", detail: "" });
  expect(why({ code: "number", detail: "number: 201 may not be dialled" }, say)).toEqual({ text: "Ce numéro ne peut pas être composé.", detail: "number: 201 may not be dialled" });
  for (const code of ["", "of_tomorrow", "__proto__"]) expect(why({ code, detail: "something new" }, say)).toEqual({ text: "Le serveur a refusé la demande.", detail: "something new" });
});
