// Firefox as Debian ships it, driven by WebDriver BiDi (W3C): playwright-core drives only a Firefox of
// its own. What a smoke run needs of the protocol is a dozen lines, so there is no library for it.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";

/** Firefox is one running browser. */
export interface Firefox {
  /** page opens a window; init runs in each of its documents before their own scripts. */
  page(init?: string): Promise<Page>;
  close(): Promise<void>;
}

/** Page is one window of a Firefox. */
export interface Page {
  goto(url: string): Promise<void>;
  /** evaluate runs an expression in the page, as if a person had clicked, and returns its value. */
  evaluate<T>(expression: string): Promise<T>;
  /** keys presses the keys of a text one after the other, where the focus is; special ones by their code points in WebDriver (https://www.w3.org/TR/webdriver2/#keyboard-actions). */
  keys(text: string): Promise<void>;
  /** until waits for an expression to be true. */
  until(expression: string, what: string, ms?: number): Promise<void>;
}

/** prefs of a browser whose microphone hums by itself, and which asks nobody anything. */
const prefs: Record<string, unknown> = {
  "media.navigator.streams.fake": true, "media.navigator.permission.disabled": true, "media.autoplay.default": 0, "media.peerconnection.ice.loopback": true,
  "media.peerconnection.ice.obfuscate_host_addresses": false, "intl.accept_languages": "fr-FR, fr", "browser.shell.checkDefaultBrowser": false, "datareporting.policy.dataSubmissionEnabled": false,
  "app.update.enabled": false, "browser.aboutwelcome.enabled": false, "toolkit.telemetry.reportingpolicy.firstRun": false, "network.captive-portal-service.enabled": false, "network.connectivity-service.enabled": false,
};

/** firefox starts one. */
export async function firefox(program: string): Promise<Firefox> {
  const profile = mkdtempSync(join(tmpdir(), "decroche-firefox-"));
  writeFileSync(join(profile, "user.js"), Object.entries(prefs).map(([k, v]) => `user_pref(${JSON.stringify(k)}, ${JSON.stringify(v)});`).join("\n"));
  const child = spawn(program, ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0", "about:blank"], { env: { ...process.env, HOME: profile, MOZ_DISABLE_CONTENT_SANDBOX: "1" }, stdio: ["ignore", "pipe", "pipe"] });
  try {
    const url = await listening(child);
    const session = await connect(url + "/session");
    await session.command("session.new", { capabilities: {} });
    return {
      page: (init) => open(session, init),
      close: async () => {
        await session.command("browser.close", {}).catch(() => {});
        session.close();
        await ended(child);
        rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
      },
    };
  } catch (e) {
    child.kill("SIGKILL");
    throw e;
  }
}

/** open opens a window: timers of a tab behind another one are held back. */
async function open({ command }: Session, init?: string): Promise<Page> {
  const { context } = await command<{ context: string }>("browsingContext.create", { type: "window" });
  if (init) await command("script.addPreloadScript", { functionDeclaration: `() => { ${init}; }`, contexts: [context] });
  const evaluate = async <T>(expression: string): Promise<T> => {
    const r = await command<{ type: string; result?: { value?: unknown }; exceptionDetails?: { text: string } }>("script.evaluate", { expression: `(async () => JSON.stringify(await (${expression}) ?? null))()`, target: { context }, awaitPromise: true, userActivation: true });
    if (r.type !== "success") throw new Error(`${expression.slice(0, 300)}: ${r.exceptionDetails?.text}`);
    return JSON.parse(String(r.result?.value)) as T;
  };
  return {
    evaluate,
    goto: async (to) => { await command("browsingContext.navigate", { context, url: to, wait: "complete" }); },
    keys: async (text) => {
      await command("browsingContext.activate", { context }); // keys go to the window in front
      const actions = [...text].flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]);
      await command("input.performActions", { context, actions: [{ type: "key", id: "keyboard", actions }] });
    },
    until: async (expression, what, ms = 30_000) => {
      for (const end = Date.now() + ms; !(await evaluate<unknown>(expression)); await new Promise((f) => setTimeout(f, 100))) {
        if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}; the page says:\n${await evaluate<string>("document.body.innerText")}`);
      }
    },
  };
}

/** listening waits for the address that Firefox prints. */
function listening(child: ChildProcess): Promise<string> {
  let out = "";
  return new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Error("Firefox was not ready in two minutes:\n" + out)), 120_000);
    const look = (b: Buffer) => {
      out += b.toString();
      const m = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(out);
      if (m) { clearTimeout(late); done(m[1]!); }
    };
    child.stderr?.on("data", look);
    child.stdout?.on("data", look);
    child.on("exit", (code) => { clearTimeout(late); fail(new Error(`Firefox ended with ${code}:\n${out}`)); });
  });
}

const ended = (child: ChildProcess) => new Promise<void>((done) => {
  if (child.exitCode !== null) return done();
  const t = setTimeout(() => child.kill("SIGKILL"), 10_000);
  child.on("exit", () => { clearTimeout(t); done(); });
});

interface Session { command<T>(method: string, params: unknown): Promise<T>; close(): void }

/** connect opens the session's socket; commands are answered by their number. */
async function connect(url: string): Promise<Session> {
  const ws = new WebSocket(url);
  await new Promise((done, fail) => { ws.once("open", done); ws.once("error", fail); });
  let n = 0;
  const waits = new Map<number, { done(v: unknown): void; fail(e: Error): void }>();
  ws.on("message", (m) => {
    const r = JSON.parse(String(m)) as { id?: number; type: string; result?: unknown; error?: string; message?: string };
    const w = r.id === undefined ? undefined : waits.get(r.id);
    if (!w) return;
    waits.delete(r.id!);
    if (r.type === "success") w.done(r.result);
    else w.fail(new Error(`${r.error}: ${r.message}`));
  });
  ws.on("close", () => { for (const w of waits.values()) w.fail(new Error("Firefox closed the connection")); });
  return {
    command: <T>(method: string, params: unknown) => new Promise<T>((done, fail) => {
      waits.set(++n, { done: done as (v: unknown) => void, fail });
      ws.send(JSON.stringify({ id: n, method, params }));
    }),
    close: () => ws.close(),
  };
}
