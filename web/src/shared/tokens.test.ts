import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { contrast, hex, parseHex, readable, type RGB } from "./contrast";

const css = readFileSync("src/shared/tokens.css", "utf8");
const tokens = new Map<string, [RGB, RGB]>();
for (const [, name, light, dark] of css.matchAll(/--([a-z0-9-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)/gi)) {
  tokens.set(name!, [parseHex(light!)!, parseHex(dark!)!]);
}

// What stands on what, and the least contrast: 4.5 for text, 3 for the edges of controls and marks.
const pairs: [string, string, number][] = [
  ...["surface", "bg", "sunk"].flatMap((g) => ["ink", "ink-2", "ink-3"].map((t) => [t, g, 4.5] as [string, string, number])),
  ...["surface", "bg"].flatMap((g) => ["accent", "ok", "warn", "danger", "bot", "agent"].map((t) => [t, g, 4.5] as [string, string, number])),
  ...["accent", "ok", "warn", "danger", "bot", "agent"].map((t) => [t, `${t}-soft`, 4.5] as [string, string, number]),
  ["on-accent", "accent-fill", 4.5], ["on-ok", "ok-fill", 4.5], ["on-danger", "danger-fill", 4.5],
  ["edge", "surface", 3], ["edge", "bg", 3], ["warn-mark", "surface", 3], ["focus", "surface", 3], ["focus", "bg", 3], ["focus", "sunk", 3],
  ["ink", "accent-soft", 4.5], ["ink-2", "accent-soft", 4.5], ["accent-fill", "bg", 3], ["danger-fill", "surface", 3],
];

describe("colours", () => {
  for (const [text, ground, least] of pairs) {
    for (const [i, scheme] of ["light", "dark"].entries()) {
      it(`${text} on ${ground}, ${scheme}: at least ${least}`, () => {
        const [a, b] = [tokens.get(text)?.[i], tokens.get(ground)?.[i]];
        if (!a || !b) throw new Error(`tokens.css has no --${a ? ground : text}`);
        expect(contrast(a, b)).toBeGreaterThanOrEqual(least);
      });
    }
  }
  it("says so when a pair falls short", () => {
    expect(contrast(parseHex("#949eb1")!, parseHex("#ffffff")!)).toBeLessThan(4.5);
  });
});

describe("a company's own colour", () => {
  const white: RGB = [255, 255, 255];
  const night = tokens.get("surface")![1];
  for (const c of ["#ffd400", "#3a45c9", "#ffffff", "#000000", "#ff6600", "#7f7f7f"]) {
    it(`${c} becomes readable on light and on dark`, () => {
      expect(contrast(readable(parseHex(c)!, [white]), white)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(readable(parseHex(c)!, [night]), night)).toBeGreaterThanOrEqual(4.5);
    });
  }
  it("stays as it is when it passes", () => expect(hex(readable(parseHex("#3a45c9")!, [white]))).toBe("#3a45c9"));
});
