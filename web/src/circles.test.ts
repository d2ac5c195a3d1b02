// No file of the pages imports itself by a detour, types included: such a circle has to be read all at once.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, it } from "vitest";

const root = import.meta.dirname;

/** graph is each source file with those of ours that it imports. */
function graph(): Map<string, string[]> {
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((f) => /\.tsx?$/.test(f) && !/\.(test|gen)\.tsx?$/.test(f));
  const known = new Set(files);
  return new Map(files.map((f) => {
    const from = [...readFileSync(join(root, f), "utf8").matchAll(/(?:from|import)\s*\(?"(\.{1,2}\/[^"]+)"/g)].map((m) => relative(root, resolve(root, dirname(f), m[1]!)));
    return [f, from.flatMap((p) => [p, p + ".ts", p + ".tsx"].filter((q) => known.has(q)))];
  }));
}

/** circle is the first way back to a file that is found, or none. */
function circle(of: Map<string, string[]>): string[] {
  const done = new Set<string>();
  const walk = (at: string, way: string[]): string[] => {
    if (way.includes(at)) return [...way.slice(way.indexOf(at)), at];
    if (done.has(at)) return [];
    for (const next of of.get(at) ?? []) {
      const found = walk(next, [...way, at]);
      if (found.length) return found;
    }
    done.add(at);
    return [];
  };
  for (const f of of.keys()) {
    const found = walk(f, []);
    if (found.length) return found;
  }
  return [];
}

it("finds a circle", () => expect(circle(new Map([["a", ["b"]], ["b", ["c"]], ["c", ["b"]]]))).toEqual(["b", "c", "b"]));

it("has none", () => {
  const of = graph();
  expect([...of.values()].flat().length).toBeGreaterThan(200);
  expect(circle(of).join(" -> ")).toBe("");
});
