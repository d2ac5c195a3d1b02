// The sound between an agent's browser and the gateway: one WebRTC connection, made when work begins
// and parked, so that an accepted call is on it at once. A connection that is lost is made anew; the
// gateway holds the caller meanwhile, the browser is only an ear.
import { meter, unlock } from "../shared/sound";
import { connection, microphone, offer } from "../shared/line";
import { api, Refused } from "./api";
import { chosen } from "./devices";
import type { Microphone, Sound } from "./state";

const look = 2000; // ms between two looks at the connection's figures
const bad = 0.08; // of the caller's packets missing between two looks: the line breaks up

export class DeskLine {
  private pc: RTCPeerConnection | undefined;
  private mic: MediaStream | undefined;
  private level: ReturnType<typeof meter> | undefined;
  private readonly player = new Audio();
  private address = "";
  private wanted = false; // this page is to have the line
  private making = false;
  private wait = 500; // ms until the next try
  private timer: ReturnType<typeof setTimeout> | undefined;
  private figures: ReturnType<typeof setInterval> | undefined;
  private was = { lost: 0, got: 0 };
  private muted = false;
  private missing = false; // the chosen microphone is not there, another is used

  /** tell is given what has changed. */
  constructor(private readonly tell: (change: Partial<Sound>) => void) {
    this.player.autoplay = true;
    void this.speaker(chosen("speaker"));
    navigator.mediaDevices?.addEventListener?.("devicechange", () => void this.devices(true));
  }

  /** speaker chooses where the caller is heard; browsers that cannot, let them be heard where everything sounds. */
  async speaker(id: string): Promise<void> {
    await (this.player as HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> }).setSinkId?.(id).catch(() => {});
  }

  /** microphone asks for one, the chosen one unless another is named; call it in a click. A chosen one that is
   * not there is made up for by the system's, and taken when it is. It returns what came of it. */
  async microphone(device = chosen("microphone")): Promise<Microphone> {
    if (!window.isSecureContext || !navigator.mediaDevices) return this.now("insecure");
    this.tell({ microphone: "asking" });
    const ask = (id: string) => navigator.mediaDevices.getUserMedia({ audio: { ...microphone, ...(id ? { deviceId: { exact: id } } : {}) } });
    const named = (e: unknown) => (e instanceof Error ? e.name : "");
    let stream: MediaStream;
    let missing = false;
    try {
      stream = await ask(device).catch((e: unknown) => {
        missing = !!device && (named(e) === "OverconstrainedError" || named(e) === "NotFoundError");
        if (missing) return ask("");
        throw e;
      });
    } catch (e) {
      const name = named(e);
      return this.now(name === "NotAllowedError" || name === "SecurityError" ? "denied" : "none");
    }
    this.letGo();
    this.mic = stream;
    this.level = meter(stream);
    const track = stream.getAudioTracks()[0]!;
    track.enabled = !this.muted;
    track.onended = () => { if (this.mic === stream) this.now("gone"); };
    const sender = this.pc?.getSenders().find((s) => s.track?.kind === "audio");
    await sender?.replaceTrack(track).catch(() => {});
    this.tell({ microphone: "open", device: plain(track.label), deviceID: track.getSettings().deviceId ?? "", missing });
    this.missing = missing;
    void this.devices(); // Firefox lists them only while the window is looked at; work begins all the same
    return "open";
  }

  private now(m: Microphone): Microphone {
    this.tell({ microphone: m });
    return m;
  }

  /** devices lists what there is, and after a change takes the chosen microphone up again; a headset that is plugged in again is taken up by itself. */
  private async devices(changed = false): Promise<void> {
    const all = await navigator.mediaDevices.enumerateDevices().catch(() => [] as MediaDeviceInfo[]);
    const of = (kind: MediaDeviceKind) => all.filter((d) => d.kind === kind && d.deviceId && d.label).map((d) => ({ id: d.deviceId, label: plain(d.label) }));
    this.tell({ devices: of("audioinput"), speakers: of("audiooutput").filter((d) => d.id !== "default" && d.id !== "communications") });
    const track = this.mic?.getAudioTracks()[0];
    if (changed && this.missing && all.some((d) => d.kind === "audioinput" && d.deviceId === chosen("microphone"))) await this.microphone();
    else if (track?.readyState === "ended" && of("audioinput").length > 0) await this.microphone();
    else if (track?.readyState === "ended") this.now("gone");
  }

  /** join has the line here, now and after each loss, until leave. */
  join(): void {
    this.wanted = true;
    this.wait = 500;
    const up = this.pc?.connectionState;
    if (up === "connected" || this.making) return;
    void this.make();
  }

  /** leave lets another page have it. */
  leave(): void {
    this.wanted = false;
    clearTimeout(this.timer);
    this.drop();
    this.tell({ line: "none", rtt: 0, unstable: false });
  }

  /** end hangs the parked line up; only without a call, at the sign-out. */
  end(): void {
    if (this.address) api.unpark(this.address);
    this.leave();
    this.letGo();
  }

  private async make(): Promise<void> {
    if (!this.mic || typeof RTCPeerConnection === "undefined") return;
    this.making = true;
    clearTimeout(this.timer);
    this.tell({ line: "connecting" });
    const pc = await connection();
    if (!this.wanted || !this.mic) { // it was left meanwhile
      this.making = false;
      return pc.close();
    }
    const old = this.pc;
    this.pc = pc;
    try {
      for (const t of this.mic.getAudioTracks()) pc.addTrack(t, this.mic);
      pc.ontrack = (e) => void this.play(e.streams[0] ?? new MediaStream([e.track]));
      pc.onconnectionstatechange = () => this.changed(pc);
      const { answer, address } = await api.park(await offer(pc));
      if (address) this.address = address;
      if (this.pc !== pc) return pc.close();
      await pc.setRemoteDescription({ type: "answer", sdp: answer });
    } catch (e) {
      pc.close();
      if (this.pc === pc) {
        this.pc = undefined;
        this.tell({ line: "lost" });
        if (!(e instanceof Refused) || ![401, 403].includes(e.status)) this.later();
      }
    } finally {
      old?.close();
      this.making = false;
    }
  }

  private later(): void {
    clearTimeout(this.timer);
    if (!this.wanted) return;
    this.timer = setTimeout(() => { if (this.wanted && this.pc?.connectionState !== "connected") void this.make(); }, this.wait);
    this.wait = Math.min(4000, this.wait * 2);
  }

  private changed(pc: RTCPeerConnection): void {
    if (pc !== this.pc) return;
    switch (pc.connectionState) {
      case "connected":
        this.wait = 500;
        this.tell({ line: "live" });
        clearInterval(this.figures);
        this.was = { lost: 0, got: 0 };
        this.figures = setInterval(() => void this.read(pc), look);
        break;
      case "disconnected":
      case "failed":
      case "closed":
        this.tell({ line: "lost" });
        this.later();
    }
  }

  /** read looks at delay and loss. */
  private async read(pc: RTCPeerConnection): Promise<void> {
    const stats = await pc.getStats().catch(() => undefined);
    if (!stats || pc !== this.pc) return;
    stats.forEach((r: { type: string; nominated?: boolean; currentRoundTripTime?: number; kind?: string; packetsLost?: number; packetsReceived?: number }) => {
      if (r.type === "candidate-pair" && r.nominated && r.currentRoundTripTime !== undefined) this.tell({ rtt: Math.max(1, Math.round(r.currentRoundTripTime * 1000)) });
      if (r.type === "inbound-rtp" && r.kind === "audio") {
        const lost = (r.packetsLost ?? 0) - this.was.lost, got = (r.packetsReceived ?? 0) - this.was.got;
        this.was = { lost: r.packetsLost ?? 0, got: r.packetsReceived ?? 0 };
        this.tell({ unstable: lost + got > 20 && lost / (lost + got) > bad });
      }
    });
  }

  private async play(stream: MediaStream): Promise<void> {
    this.player.srcObject = stream;
    await this.hear();
  }

  /** hear plays what the browser held back; call it in a click. */
  async hear(): Promise<void> {
    unlock();
    if (!this.player.srcObject) return this.tell({ blocked: false });
    await this.player.play().then(() => this.tell({ blocked: false }), (e: unknown) => { if (e instanceof Error && e.name === "NotAllowedError") this.tell({ blocked: true }); });
  }

  mute(yes: boolean): void {
    this.muted = yes;
    for (const t of this.mic?.getAudioTracks() ?? []) t.enabled = !yes;
    this.tell({ muted: yes });
  }

  /** loud is how loud the microphone is, 0..1. */
  loud = (): number => (this.muted ? 0 : (this.level?.level() ?? 0));

  private drop(): void {
    clearInterval(this.figures);
    const pc = this.pc;
    this.pc = undefined;
    pc?.close();
    this.player.srcObject = null;
  }

  private letGo(): void {
    this.level?.stop();
    for (const t of this.mic?.getTracks() ?? []) { t.onended = null; t.stop(); }
    this.mic = undefined;
  }
}

/** plain drops what browsers put around a device's name: "Default - Jabra Evolve2 (0b0e:0305)". */
export const plain = (label: string): string => label.replace(/^(Default|Par défaut) - /, "").replace(/ \([0-9a-f]{4}:[0-9a-f]{4}\)$/, "");
