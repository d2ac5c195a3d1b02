// A microphone that is unplugged in a call.
import { afterEach, expect, it, vi } from "vitest";
import { Call } from "./voice";

afterEach(() => vi.unstubAllGlobals());

it("goes on with the microphone that is left, says when there is none, and takes up the next", async () => {
  const stream = () => {
    const track = { kind: "audio", enabled: true, readyState: "live", onended: () => {}, stop() {} };
    return { track, getAudioTracks: () => [track], getTracks: () => [track] };
  };
  const first = stream(), second = stream(), third = stream();
  const left: unknown[] = [second];
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: async () => left.shift() ?? Promise.reject(new Error("none")) } });
  const told: boolean[] = [], sent: unknown[] = [];
  const c = new Call({ phase() {}, silent() {}, deaf: (yes) => told.push(yes) });
  const sender = { track: { kind: "audio" }, replaceTrack: async (t: unknown) => void sent.push(t) };
  c["pc"] = { getSenders: () => [sender], close() {} } as unknown as RTCPeerConnection;
  c["speakInto"](first as unknown as MediaStream);
  c.mute(true);
  first.track.readyState = "ended";
  first.track.onended();
  await vi.waitFor(() => expect(told).toEqual([false]));
  expect(sent).toEqual([second.track]);
  expect(second.track.enabled).toBe(false); // muted it stays

  second.track.readyState = "ended";
  second.track.onended();
  await vi.waitFor(() => expect(told).toEqual([false, true]));
  left.push(third);
  c["plugged"]();
  await vi.waitFor(() => expect(told).toEqual([false, true, false]));
  expect(sent.at(-1)).toBe(third.track);
});
