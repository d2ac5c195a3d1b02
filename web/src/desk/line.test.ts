// The microphone and the loudspeaker that were chosen, after the page was loaded again and when they are gone.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { DeskLine } from "./line";
import { Live } from "./live";
import type { Sound } from "./state";

let there: { kind: string; deviceId: string; label: string }[];
let asked: string[], plugged: () => void;
const sinks: string[] = [];

beforeEach(() => {
  localStorage.clear();
  [asked, sinks.length] = [[], 0];
  there = [{ kind: "audioinput", deviceId: "built-in", label: "Built-in" }, { kind: "audioinput", deviceId: "headset", label: "Headset" }, { kind: "audiooutput", deviceId: "ear", label: "Headset" }];
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("navigator", { mediaDevices: {
    addEventListener: (_: string, f: () => void) => { plugged = f; },
    enumerateDevices: async () => there,
    getUserMedia: async ({ audio }: { audio: { deviceId?: { exact: string } } }) => {
      const id = audio.deviceId?.exact ?? "built-in";
      asked.push(audio.deviceId?.exact ?? "");
      if (!there.some((d) => d.deviceId === id)) throw Object.assign(new Error("none"), { name: "OverconstrainedError" });
      const track = { kind: "audio", label: there.find((d) => d.deviceId === id)!.label, readyState: "live", getSettings: () => ({ deviceId: id }), stop() {} };
      return { getAudioTracks: () => [track], getTracks: () => [track] };
    },
  } });
  vi.stubGlobal("Audio", class { autoplay = false; async setSinkId(id: string) { sinks.push(id); } });
});
afterEach(() => { vi.unstubAllGlobals(); localStorage.clear(); });

const open = () => {
  const sound: Partial<Sound> = {};
  return { sound, line: new DeskLine((c) => void Object.assign(sound, c)) };
};

it("uses after a reload what was chosen before it, for the ear too", async () => {
  const d = new Live();
  d.checkMicrophone("headset");
  d.speaker("ear");
  await vi.waitFor(() => expect(d.get().sound.deviceID).toBe("headset"));
  expect(sinks).toContain("ear");

  [asked, sinks.length] = [[], 0];
  const again = new Live(); // the page was loaded again
  expect(again.get().sound.speakerID).toBe("ear");
  expect(sinks).toEqual(["ear"]);
  again.checkMicrophone();
  await vi.waitFor(() => expect(again.get().sound).toMatchObject({ deviceID: "headset", missing: false }));
  expect(asked).toEqual(["headset"]);
});

it("is heard by the system's microphone while the chosen one is gone, says so, and takes it up again", async () => {
  localStorage.setItem("decroche.desk.microphone", "headset");
  there = there.filter((d) => d.deviceId !== "headset");
  const { line, sound } = open();
  expect(await line.microphone()).toBe("open");
  expect(sound).toMatchObject({ deviceID: "built-in", missing: true });
  expect(asked).toEqual(["headset", ""]);

  plugged(); // something else
  await new Promise((f) => setTimeout(f));
  expect(asked).toEqual(["headset", ""]);
  there.push({ kind: "audioinput", deviceId: "headset", label: "Headset" });
  plugged();
  await vi.waitFor(() => expect(sound).toMatchObject({ deviceID: "headset", missing: false }));
});

it("asks for notifications in the click itself, before anything is waited for", () => {
  const order: string[] = [];
  vi.stubGlobal("Notification", Object.assign(class {}, { permission: "default", requestPermission: async () => { order.push("notices"); return "granted"; } }));
  const d = new Live();
  d["ringer"].unlock = async () => { order.push("ring"); return true; };
  d["run"] = () => {};
  d.start(false);
  expect(order).toEqual(["notices", "ring"]);
});
