import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { address, example, fields, kind, matches, read, shown, type Operation } from "./spec";

const spec = read(readFileSync(resolve(import.meta.dirname, "../../../docs/openapi.yaml"), "utf8"));
const all = spec.tags.flatMap((t) => t.operations);
const of = (id: string): Operation => all.find((o) => o.id === id)!;

describe("our own description", () => {
  it("has every operation under a tag that is named, and every reference leads somewhere", () => {
    expect(all.length).toBeGreaterThan(60);
    expect(spec.tags.map((t) => t.name)).toContain("conversations");
    for (const o of all) {
      for (const p of o.parameters) expect(p.name, `${o.id}: a parameter`).toBeTruthy();
      for (const [status, a] of o.answers) expect(a.$ref, `${o.id}: ${status}`).toBeUndefined();
      for (const [, m] of Object.entries(o.body?.content ?? {})) expect(shown(spec, m).length, o.id).toBeGreaterThan(0);
    }
  });
  it("says who may ask", () => {
    expect(of("listConversations")).toMatchObject({ open: false, permission: "conversations:read", method: "GET", path: "/api/v1/conversations" });
    expect(of("createCall")).toMatchObject({ open: true, permission: "" });
  });
  it("shows fields of parts that are put together", () => {
    const body = of("getConversation").answers.find(([s]) => s === "200")![1].content!["application/json"]!.schema!;
    const names = fields(spec, body).map((f) => f.name);
    expect(names).toContain("id"); // of Summary
    expect(names).toContain("transcript"); // its own
    expect(example(spec, body)).toHaveProperty("events");
  });
});

describe("values", () => {
  it("are named", () => {
    expect(kind(spec, { type: "array", items: { $ref: "#/components/schemas/Summary" } })).toBe("Summary[]");
    expect(kind(spec, { type: "string", format: "date-time" })).toBe("string, date-time");
    expect(kind(spec, { oneOf: [{ type: "integer" }, { type: "string" }] })).toBe("integer | string");
    expect(kind(spec, { $ref: "#/components/schemas/Nothing" })).toBe("any");
  });
  it("of a schema that holds itself end", () => {
    const loop = read("info: {title: t, version: '1'}\npaths: {}\ncomponents: {schemas: {A: {type: object, properties: {a: {$ref: '#/components/schemas/A'}, b: {$ref: '#/components/schemas/A'}}}}}");
    expect(JSON.stringify(example(loop, { $ref: "#/components/schemas/A" })).length).toBeLessThan(2000);
  });
});

describe("a request", () => {
  it("is put together, and says what is missing", () => {
    const o = of("getConversation");
    expect(address(o, { "path id": "a/b", "query lang": "fr" })).toBe("/api/v1/conversations/a%2Fb?lang=fr");
    expect(() => address(o, {})).toThrow("id");
  });
  it("is found by its words", () => {
    expect(all.filter((o) => matches(o, "get conversations")).map((o) => o.id)).toContain("listConversations");
    expect(all.filter((o) => matches(o, "no such thing"))).toEqual([]);
  });
});
