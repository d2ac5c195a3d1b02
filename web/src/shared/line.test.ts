import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { iceServers, offer, Unreachable } from "./line";

describe("iceServers", () => {
  it.each<[string, string | null, RTCIceServer[]]>([
    ["nothing", null, []],
    ["nothing said", "", []],
    ["one for everybody", `<stun:stun.example.com:3478>; rel="ice-server"`, [{ urls: "stun:stun.example.com:3478" }]],
    ["with credentials", `<turn:turn.example.com:3478?transport=udp>; rel="ice-server"; username="gateway"; credential="secret"; credential-type="password"`, [{ urls: "turn:turn.example.com:3478?transport=udp", username: "gateway", credential: "secret" }]],
    ["two in one header, as browsers join them", `<turn:a?transport=tcp>; rel="ice-server"; username="u"; credential="x, <y>; \\"z\\\\", <stun:b>; rel=ice-server`, [{ urls: "turn:a?transport=tcp", username: "u", credential: `x, <y>; "z\\` }, { urls: "stun:b" }]],
    ["other links beside", `</style.css>; rel=preload, <stun:b>;rel="alternate ice-server"`, [{ urls: "stun:b" }]],
    ["something else as a server", `<https://evil.example>; rel="ice-server", <javascript:1>; rel="ice-server"`, []],
    ["TURN without its credential", `<turn:a>; rel="ice-server", <stun:b>; rel="ice-server"`, [{ urls: "stun:b" }]],
    ["rubbish", `stun:b; rel="ice-server`, []],
    ["cut short", `<stun:b>; rel="ice-server", <turn:a>; rel="ice-ser`, [{ urls: "stun:b" }]],
  ])("%s", (_, header, want) => expect(iceServers(header)).toEqual(want));
});

describe("offer", () => {
  const bare = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n";
  const peer = (sdp: string) => ({ createOffer: async () => ({}), setLocalDescription: async () => {}, addEventListener: () => {}, iceGatheringState: "complete", localDescription: { sdp } }) as unknown as RTCPeerConnection;

  it("has its candidates, and is none without any", async () => {
    const whole = bare + "a=candidate:1 1 udp 1 127.0.0.1 4000 typ relay\r\n";
    expect(await offer(peer(whole))).toBe(whole);
    await expect(offer(peer(bare))).rejects.toThrow(Unreachable);
  });
});

describe("connection", () => {
  let made: RTCConfiguration[] = [];
  beforeEach(() => {
    vi.resetModules();
    made = [];
    vi.stubGlobal("RTCPeerConnection", class { constructor(c: RTCConfiguration) { made.push(c); } });
  });
  afterEach(() => vi.unstubAllGlobals());

  it("has the servers that the gateway tells of, and keeps them when it cannot be asked", async () => {
    vi.useFakeTimers();
    const fetch = vi.fn(async () => new Response(null, { status: 204, headers: { Link: `<stun:b>; rel="ice-server"` } }));
    vi.stubGlobal("fetch", fetch);
    const { connection } = await import("./line");
    await Promise.all([connection(), connection()]);
    await connection();
    expect(fetch).toHaveBeenCalledTimes(1);
    vi.setSystemTime(Date.now() + 3_600_000);
    fetch.mockRejectedValue(new TypeError("no network"));
    await connection();
    expect(fetch).toHaveBeenCalledTimes(2);
    expect(made.map((c) => c.iceServers)).toEqual(Array(4).fill([{ urls: "stun:b" }]));
    vi.useRealTimers();
  });

  it("is made without servers when nothing answers", async () => {
    vi.stubGlobal("fetch", async () => { throw new TypeError("no network"); });
    const { connection } = await import("./line");
    await connection();
    expect(made[0]?.iceServers).toEqual([]);
  });
});
