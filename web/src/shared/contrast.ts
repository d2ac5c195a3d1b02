// Contrast as WCAG 2.2 counts it (§1.4.3, relative luminance of sRGB).

/** An opaque colour, 0..255 each. */
export type RGB = readonly [number, number, number];

/** parseHex reads "#3a45c9"; undefined for anything else. */
export function parseHex(text: string): RGB | undefined {
  const m = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text.trim());
  return m ? [parseInt(m[1]!, 16), parseInt(m[2]!, 16), parseInt(m[3]!, 16)] : undefined;
}

/** hex writes a colour as "#3a45c9". */
export const hex = (c: RGB): string => "#" + c.map((v) => Math.round(v).toString(16).padStart(2, "0")).join("");

function luminance(c: RGB): number {
  const [r, g, b] = c.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** contrast is between 1 and 21, whichever of the two is the text. */
export function contrast(a: RGB, b: RGB): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** readable moves a company's own colour towards black or white, as little as possible, until it
 * has the wanted contrast on every ground. The direction is the one that succeeds with less change. */
export function readable(colour: RGB, grounds: readonly RGB[], least = 4.5): RGB {
  const towards = (end: number): [RGB, number] => {
    for (let step = 0; step <= 100; step++) {
      const c = colour.map((v) => v + ((end - v) * step) / 100) as unknown as RGB;
      if (grounds.every((g) => contrast(c, g) >= least)) return [c, step];
    }
    return [[end, end, end], 101];
  };
  const [dark, d] = towards(0);
  const [light, l] = towards(255);
  return d <= l ? dark : light;
}
