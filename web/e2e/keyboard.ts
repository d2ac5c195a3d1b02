// The main task of a caller, without a mouse.
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** lines is what the transcript shows. */
export const lines = (p: Page) => p.locator(".tr li").allInnerTexts();

/** until waits for a line with these words. */
export const until = (p: Page, words: RegExp, timeout = 30_000) => p.locator(".tr li").filter({ hasText: words }).first().waitFor({ timeout });

/** byKeyboard asks where a parcel is and is told. */
export async function byKeyboard(p: Page, url: string): Promise<void> {
  const wrong: string[] = [];
  p.on("pageerror", (e) => wrong.push(String(e)));
  p.on("console", (m) => { if (m.type() === "error") wrong.push(m.text()); });
  await p.goto(url);
  await p.getByRole("heading", { name: /Que puis-je faire/ }).waitFor();
  for (let i = 0; i < 12 && (await p.evaluate(() => document.activeElement?.id)) !== "field"; i++) await p.keyboard.press("Tab");
  await p.keyboard.type("où est mon colis ?");
  await p.keyboard.press("Enter");
  await until(p, /numéro de commande/);
  await p.keyboard.type("45 12 78 02");
  await p.keyboard.press("Enter");
  await until(p, /livr|colis est|arriv/i);
  const said = await lines(p);
  expect(said[0]).toMatch(/assistant automatique/); // the greeting stands before what was typed ahead of it
  expect(said[1]).toMatch(/où est mon colis/);
  expect(await p.evaluate(() => document.activeElement?.id)).toBe("field");
  expect(wrong).toEqual([]);
}
