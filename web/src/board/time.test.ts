import { afterEach, expect, it } from "vitest";
import { heard, moment } from "./time";

afterEach(() => heard(new Date().toUTCString()));

it("follows the gateway when this computer's clock is ten minutes wrong", () => {
  heard(new Date(Date.now() - 600_000).toUTCString());
  expect(Math.abs(Date.now() - 600_000 - moment())).toBeLessThan(2000);
});
it("takes whole seconds for no difference, and nothing from what is no date", () => {
  heard(new Date().toUTCString());
  heard("soon");
  heard(null);
  expect(Math.abs(Date.now() - moment())).toBeLessThan(50);
});
