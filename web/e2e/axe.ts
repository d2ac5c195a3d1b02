// What every page is held to: nothing that axe-core objects to (WCAG 2.2 A and AA), no scrolling
// sideways, light and dark, wide, narrow, and at 320 px.
import { appendFileSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Frame, Page } from "playwright-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** views are the schemes and widths in which every state is looked at. */
export const views = [["light", 1440], ["dark", 1440], ["light", 420], ["dark", 420], ["light", 320], ["dark", 320]] as const;

/** short is true in `make test`: each state is looked at once, in turn by view. */
export const short = process.env["DECROCHE_SHORT"] === "1";

/** turn tells whether state number i is looked at in a view. */
export const turn = (i: number, scheme: string, width: number) => !short || i % views.length === views.findIndex(([s, w]) => s === scheme && w === width);

/** objections is what axe-core finds, as "rule: element". The context needs bypassCSP. */
export async function objections(p: Page | Frame): Promise<string[]> {
  return p.evaluate(async (source) => {
    type Axe = { run(o: unknown): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    const w = window as unknown as { axe?: Axe };
    if (!w.axe) new Function(source)();
    const found = await w.axe!.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    return found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 200)}`));
  }, source);
}

/** sideways is by how many pixels a page is wider than its window. */
export const sideways = (p: Page | Frame) => p.evaluate(() => document.documentElement.scrollWidth - innerWidth);

/** wrong is both, named by the state that was looked at. Each is noted for the line at the end of the run
 * (axe.count.ts). */
export async function wrong(p: Page | Frame, state: string): Promise<string[]> {
  const found = (await objections(p)).map((o) => `${state}: ${o}`);
  const over = await sideways(p);
  const all = over > 0 ? [...found, `${state}: scrolls ${over} px sideways`] : found;
  const log = process.env["DECROCHE_AXE_LOG"];
  if (log) appendFileSync(log, `${all.length}\t${new URL(p.url()).pathname}\t${state}\n`);
  return all;
}
