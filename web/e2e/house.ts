// A real gateway with the demonstration hotline and its company's system, on ports of its own, and a
// browser in front of it.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from "playwright-core";

export const top = resolve(import.meta.dirname, "../..");
const bin = resolve(process.env["DECROCHE_BIN"] ?? join(top, "bin"));
/** Prompts are rendered once for all gateways of tests, those of cmd/decroche's too. */
const prompts = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "decroche", "prompts");

/** A running gateway. */
export interface House {
  url: string;
  token: string;
  /** log is what it has said so far. */
  log(): string;
  stop(): Promise<void>;
}

/** begin starts a program and waits until a line of its output matches. */
export function begin(program: string, args: string[], env: Record<string, string>, ready: RegExp): Promise<{ child: ChildProcess; match: RegExpExecArray; out: () => string }> {
  const child = spawn(program, args, { cwd: top, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  return new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Error(`${program} was not ready in two minutes:\n${out}`)), 120_000);
    const look = (b: Buffer) => {
      out += b.toString();
      const match = ready.exec(out);
      if (match) { clearTimeout(late); done({ child, match, out: () => out }); }
    };
    child.stdout.on("data", look);
    child.stderr.on("data", look);
    child.on("exit", (code) => fail(new Error(`${program} ended with ${code}:\n${out}`)));
  });
}

/** gone ends a program and waits until it is no more. */
export const gone = (child: ChildProcess) => new Promise<void>((done) => {
  if (child.exitCode !== null) return done();
  child.on("exit", () => done());
  child.kill("SIGINT");
  setTimeout(() => child.kill("SIGINT"), 500); // the second one cuts calls
  setTimeout(() => child.kill("SIGKILL"), 10_000);
});

/** house starts a gateway; config is YAML beside what every test needs, its accounts instead of the
 * demonstration's; rtc is what follows in that part of it, env what its secrets refer to. */
export async function house(config = "", o: { rtc?: string; env?: Record<string, string> } = {}): Promise<House> {
  if (!existsSync(join(bin, "decroche"))) throw new Error(`${bin}/decroche is not there; run make build`);
  const dir = mkdtempSync(join(tmpdir(), "decroche-e2e-"));
  const token = "a-token-for-the-tests-alone";
  const shop = await begin(join(bin, "demosystems"), ["-listen", "127.0.0.1:0"], { COLIBRI_ORDERS_TOKEN: "demo" }, /http:\/\/(127\.0\.0\.1:\d+)/);
  const file = join(dir, "decroche.yaml");
  writeFileSync(file, [
    `data_dir: ${JSON.stringify(dir)}`, "hotlines: [colibri]", ...(config.includes("accounts:") ? [] : ["accounts: {demo: true}"]), "api_token: env:DECROCHE_API_TOKEN", "log_level: warn",
    "http: {listen: \"127.0.0.1:0\"}", "sip: {listen: \"127.0.0.1:0\"}", `rtc: {listen: "127.0.0.1:0"${o.rtc ? ", " + o.rtc : ""}}`, `vars: {orders: "http://${shop.match[1]}/colibri"}`,
    `tts: {cache: {dir: ${JSON.stringify(prompts)}}}`, config,
  ].join("\n"));
  const gw = await begin(join(bin, "decroche"), ["serve", "--config", file], { ...o.env, DECROCHE_API_TOKEN: token, COLIBRI_ORDERS_TOKEN: "demo" }, /API +http:\/\/(127\.0\.0\.1:\d+)\//);
  return {
    url: `http://${gw.match[1]}`, token, log: gw.out,
    stop: async () => {
      await Promise.all([gone(gw.child), gone(shop.child)]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** browser starts Debian's Chromium; wav is what its microphone hears, beeps without. With microphone
 * false nobody allows it. */
export function browser(wav?: string, microphone = true): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--use-fake-device-for-media-stream", ...(microphone ? ["--use-fake-ui-for-media-stream"] : []), ...(wav ? [`--use-file-for-fake-audio-capture=${wav}`] : []),
      "--autoplay-policy=no-user-gesture-required", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost", "--disable-gpu"],
  });
}

/** someone opens a browser of their own. */
export function someone(b: Browser, o: BrowserContextOptions = {}): Promise<BrowserContext> {
  return b.newContext({ locale: "fr-FR", timezoneId: "Europe/Paris", reducedMotion: "reduce", ...o });
}
