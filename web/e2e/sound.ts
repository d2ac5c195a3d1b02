// Microphones of people who are not there: WAV files made by espeak-ng and sox.
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const dir = mkdtempSync(join(tmpdir(), "decroche-sound-"));
let made = 0;

/** speech says one sentence after a silence, then is silent; Chromium plays a file again from its
 * beginning when it has ended, so the silence behind is long. */
export function speech(text: string, o: { lang?: string; after?: number; behind?: number } = {}): string {
  const [raw, out] = [join(dir, `${++made}.raw.wav`), join(dir, `${made}.wav`)];
  execFileSync("espeak-ng", ["-v", o.lang ?? "fr", "-s", "150", "-w", raw, text]);
  execFileSync("sox", [raw, "-r", "48000", "-c", "1", "-b", "16", out, "gain", "-n", "-6", "pad", String(o.after ?? 0), String(o.behind ?? 60)]);
  return out;
}

/** silence is a microphone into which nobody speaks. */
export function silence(): string {
  const out = join(dir, `${++made}.wav`);
  execFileSync("sox", ["-n", "-r", "48000", "-c", "1", "-b", "16", out, "trim", "0", "60"]);
  return out;
}
