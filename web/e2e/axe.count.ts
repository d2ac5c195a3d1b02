// One line at the end of a run: at how many pages and states axe-core looked, and what it objected to.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** setup is called once, before the workers begin, and returns what is done after them. */
export function setup(): () => void {
  const dir = mkdtempSync(join(tmpdir(), "decroche-axe-")), log = join(dir, "log");
  process.env["DECROCHE_AXE_LOG"] = log;
  return () => {
    const lines = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").map((l) => l.split("\t")) : [];
    const states = new Set(lines.map(([, page, state]) => page + " " + state));
    if (lines.length) console.log(`axe: ${lines.length} pages/states (${states.size} different ones, in light and dark at several widths), ${lines.reduce((n, [k]) => n + Number(k), 0)} violations`);
    rmSync(dir, { recursive: true, force: true });
  };
}
