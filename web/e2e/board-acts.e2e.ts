// What a supervisor may do with a call, by who hears whom: the caller, the agent and the supervisor in
// three browsers, each humming a tone of their own.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Browser } from "playwright-core";
import { browser, house, someone, type House } from "./house";
import { atDesk, heard, hears, person, tone } from "./people";

let h: House, b: Browser;
beforeAll(async () => { [h, b] = await Promise.all([house("desk: {wrap_up: 60s}"), browser()]); });
afterAll(async () => { await b?.close(); await h?.stop(); });

it("listen, whisper, join, take over, hand back", async () => {
  const agent = await atDesk(b, h.url, "agent", 1500, 2000); // listens for the supervisor, as the caller does
  const caller = await (await someone(b)).newPage();
  await caller.addInitScript(person(1000, 2000));
  await caller.goto(h.url);
  await caller.locator(".btn.call").click();
  await caller.locator(".tr li.bot").first().waitFor();
  await caller.locator("#field").fill("je voudrais parler à quelqu’un");
  await caller.keyboard.press("Enter");
  await agent.locator(".ring .eyebrow").waitFor({ timeout: 60_000 });
  await agent.keyboard.press("F2");
  await agent.locator(".ctl").waitFor();

  const who = await someone(b, { viewport: { width: 1440, height: 900 } });
  expect((await who.request.post(h.url + "/api/v1/sign-in", { data: { demo: "supervisor" } })).status()).toBe(200);
  const board = await who.newPage();
  await board.addInitScript(person(2000, 1000));
  await board.goto(h.url + "/board");
  await board.locator("tr[data-id] .open").first().click();
  await tone(caller, true);
  await tone(board, true);
  await board.keyboard.press("e");
  await board.getByText(/^Micro coupé/).waitFor();
  await heard(board);
  await Promise.all([hears(board, true), hears(agent, false), hears(caller, false)]);

  await board.keyboard.press("a");
  await board.getByText(/ seul vous entend\.$/).waitFor();
  await Promise.all([hears(agent, true), hears(caller, false), hears(board, true)]);

  await board.keyboard.press("i");
  await board.getByText("Tout le monde vous entend.").waitFor();
  await Promise.all([hears(agent, true), hears(caller, true), hears(board, true)]);

  await board.keyboard.press("r");
  await board.getByText(/Vous avez repris l’appel\.$/).waitFor();
  await agent.locator(".wrapping").waitFor();
  await Promise.all([hears(caller, true), hears(board, true)]);

  await tone(caller, false);
  const said = await caller.locator(".tr li.bot").count();
  await board.keyboard.press("Shift+R");
  const back = board.getByRole("form", { name: "Rendre l’appel au bot" });
  await back.getByRole("button", { name: "Rendre au bot" }).click();
  await caller.locator(".tr li.bot").nth(said).waitFor(); // the bot has the word again
  await board.getByText(/^Micro coupé/).waitFor();
  await hears(caller, false);

  const audit = (await (await who.request.get(`${h.url}/api/v1/audit`)).json()) as { entries: { what: string }[] };
  expect(audit.entries.map((e) => e.what)).toEqual(expect.arrayContaining(["listened", "changed_role", "took_over", "handed_back"]));
}, 240_000);
