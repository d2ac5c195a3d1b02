// The list that lets Go prove, without Node, that dist was built from the sources beside it:
// "sha256  path" for every source and for every built file, as sha256sum writes them.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** files lists what lies below dir, with / between folders. */
function files(dir: string, below = ""): string[] {
  return readdirSync(join(dir, below), { withFileTypes: true }).flatMap((e) => {
    const name = below ? `${below}/${e.name}` : e.name;
    return e.isDirectory() ? files(dir, name) : [name];
  });
}

/** isSource tells what the built files are made of; web_test.go has the same rule. */
export function isSource(path: string): boolean {
  if (/^(package|package-lock|tsconfig)\.json$|^vite\.config\.ts$/.test(path)) return true;
  return /^(src|build)\//.test(path) && !/\.test\.tsx?$|\.gen\.ts$/.test(path);
}

/** writeSums writes dist/SHA256SUMS. */
export function writeSums(web: string): void {
  const top = ["package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"];
  const made = files(join(web, "dist")).filter((f) => f !== "SHA256SUMS").map((f) => `dist/${f}`);
  const all = [...top, ...files(join(web, "src"), "").map((f) => `src/${f}`), ...files(join(web, "build"), "").map((f) => `build/${f}`)].filter(isSource);
  const lines = [...all.sort(), ...made.sort()].map((f) => `${createHash("sha256").update(readFileSync(join(web, f))).digest("hex")}  ${f}`);
  writeFileSync(join(web, "dist/SHA256SUMS"), lines.join("\n") + "\n");
}
