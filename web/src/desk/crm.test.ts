import { afterEach, expect, it, vi } from "vitest";
import { fit, open } from "./crm";

afterEach(() => { vi.restoreAllMocks(); });

it.each([["https://crm.example.com/a?b=1", true], ["http://crm/a", true], ["crm-app:open", true], ["javascript:alert(1)", false], ["data:text/html,x", false], ["//crm", false], ["", false], [undefined, false]])("%s may be opened: %s", (address, yes) => {
  const opened = vi.spyOn(window, "open").mockReturnValue(null);
  open(address);
  expect(fit(address) !== "").toBe(yes);
  expect(opened).toHaveBeenCalledTimes(yes ? 1 : 0);
  if (yes) expect(opened.mock.calls[0]).toEqual([address, "_blank", "noopener,noreferrer"]);
});
