// A call from the page: one WebRTC connection whose offer is answered by the gateway (RFC 9725).
// Candidates go with the offer, none later. When the network goes, or the page is loaded again, the
// connection is made anew and the call goes on: the gateway holds it. When another window took the
// call up, this one lets go of it.
import { ask, Refused } from "./api";
import { connection, microphone, offer, servers, Unreachable } from "../shared/line";
import { meter, unlock } from "../shared/sound";

const calls = "/api/v1/webrtc/calls";
const heldUsually = 10_000; // ms that the gateway keeps a call without a browser, when it does not say
const newMost = 35_000, backMost = 3000; // ms for an answer: to a new call; to one that is held, in a network that comes and goes

/** Why a call did not come about; each has its sentence and its ways out. */
export type Trouble = "blocked" | "no_mic" | "insecure" | "unsupported" | "busy" | "gone" | "network" | "failed";

/** moved: another window has the call now. */
export type Phase = "connecting" | "live" | "lost" | "moved" | "ended";

export interface Hooks {
  phase(p: Phase): void;
  /** silent is told that the browser refuses to play until somebody clicks. */
  silent(yes: boolean): void;
  /** deaf is told that the microphone is gone and that there is no other; false: one is open again. */
  deaf(yes: boolean): void;
}

export interface Wanted {
  bot: string;
  lang: string;
  /** A typed conversation that goes on by voice. */
  chat?: { id: string; token: string } | undefined;
  /** A call that this page, before it was loaded again, had. */
  held?: string | undefined;
  /** For how many ms the gateway holds it. */
  heldFor?: number | undefined;
}

/** heldFor reads for how long a call is held. */
export const heldFor = (header: string | null): number => (header && /^\d{1,7}$/.test(header) ? Number(header) : heldUsually);

/** trouble names why the microphone cannot be had. */
function microphoneTrouble(e: unknown): Trouble {
  const name = e instanceof Error ? e.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "blocked";
  if (name === "NotFoundError" || name === "OverconstrainedError" || name === "NotReadableError") return "no_mic";
  return "failed";
}

/** Failed is a call that did not come about. */
export class Failed extends Error {
  constructor(readonly why: Trouble) {
    super(why);
  }
}

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

export class Call {
  private pc: RTCPeerConnection | undefined;
  private mic: MediaStream | undefined;
  private level: ReturnType<typeof meter> | undefined;
  private readonly player = new Audio();
  private keys: RTCDTMFSender | null = null;
  private over = false;
  private lostSince = 0;
  private returning: Promise<void> | undefined;
  /** heldFor is for how many ms the gateway holds the call (rtc.reconnect_for). */
  heldFor = heldUsually;
  /** tag names the connection that the gateway knows of us; "" when that is not certain. */
  private tag = "";
  private readonly leave = () => { this.pc?.close(); }; // the gateway learns at once, rather than by silence
  private readonly cameBack = (e: PageTransitionEvent) => { if (e.persisted) this.lost(); };
  /** id is the secret of the call's address; who has it may end the call. */
  id = "";
  muted = false;

  constructor(private readonly hooks: Hooks) {
    this.player.autoplay = true;
  }

  /** start asks for the microphone, then calls. It throws Failed. Call it in a click. */
  async start(w: Wanted): Promise<void> {
    if (typeof RTCPeerConnection === "undefined") throw new Failed("unsupported");
    if (!window.isSecureContext || !navigator.mediaDevices) throw new Failed("insecure");
    this.heldFor = w.heldFor ?? heldUsually;
    unlock();
    void servers(); // while people look for the microphone
    try {
      this.speakInto(await navigator.mediaDevices.getUserMedia({ audio: microphone }));
    } catch (e) {
      throw new Failed(microphoneTrouble(e));
    }
    if (this.over) return this.release();
    navigator.mediaDevices.addEventListener?.("devicechange", this.plugged);
    this.hooks.phase("connecting");
    const query = new URLSearchParams({ ...(w.bot ? { bot: w.bot } : {}), lang: w.lang, ...(w.held ? { session: w.held } : {}), ...(w.chat ? { conversation: w.chat.id } : {}) });
    addEventListener("pagehide", this.leave);
    addEventListener("pageshow", this.cameBack);
    for (const began = Date.now(); ; ) {
      try {
        return await this.connect("POST", `${calls}?${query}`, w.chat?.token, !!w.held);
      } catch (e) {
        const status = e instanceof Refused ? e.status : -1;
        if (w.held && status !== 404 && status !== 410 && Date.now() - began < this.heldFor && !this.over) {
          await sleep(500); // it is held for us, so that one failure decides nothing
          continue;
        }
        this.release();
        if (e instanceof Unreachable) throw new Failed("network");
        throw new Failed(w.held && (status === 404 || status === 410) ? "gone" : status === 503 || status === 429 ? "busy" : "failed");
      }
    }
  }

  /** speakInto lets a microphone be ours. One that is unplugged ends. */
  private speakInto(stream: MediaStream): void {
    this.level?.stop();
    this.mic = stream;
    this.level = meter(stream);
    const track = stream.getAudioTracks()[0];
    if (!track) return;
    track.enabled = !this.muted;
    track.onended = () => { if (this.mic === stream) void this.another(); };
  }

  private readonly plugged = () => { if (this.mic?.getAudioTracks()[0]?.readyState === "ended") void this.another(); };

  /** another goes on with the microphone that is left, the system's. */
  async another(): Promise<void> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: microphone }).catch(() => undefined);
    if (this.over) return stream?.getTracks().forEach((t) => t.stop());
    if (!stream) return this.hooks.deaf(true);
    this.speakInto(stream);
    const sender = this.pc?.getSenders().find((s) => s.track?.kind === "audio");
    await sender?.replaceTrack(stream.getAudioTracks()[0] ?? null).catch(() => {});
    this.hooks.deaf(false);
  }

  /** connect makes a connection and brings its offer to the gateway. Until that has answered, the one
   * before stays: it may come back by itself. */
  private async connect(method: "POST" | "PATCH", url: string, token?: string, back = false): Promise<void> {
    const pc = await connection();
    let keys: RTCDTMFSender | null = null;
    try {
      for (const t of this.mic!.getAudioTracks()) {
        t.enabled = !this.muted;
        keys = pc.addTrack(t, this.mic!).dtmf;
      }
      pc.ontrack = (e) => void this.play(e.streams[0] ?? new MediaStream([e.track]));
      pc.onconnectionstatechange = () => this.changed(pc);
      const sdp = await offer(pc);
      const match = method === "PATCH" && this.tag; // what another window has made of the call is not ours to replace
      this.tag = "";
      const { data, res } = await ask<string>(method, url, { body: sdp, type: "application/sdp", signal: AbortSignal.timeout(this.id || back ? backMost : newMost), ...(token ? { token } : {}), ...(match ? { match } : {}) });
      if (this.over) return pc.close();
      const location = res.headers.get("Location");
      if (location) this.id = location.slice(location.lastIndexOf("/") + 1);
      this.tag = res.headers.get("ETag") ?? "";
      this.heldFor = heldFor(res.headers.get("Decroche-Held-For"));
      const old = this.pc;
      [this.pc, this.keys] = [pc, keys];
      await pc.setRemoteDescription({ type: "answer", sdp: data });
      old?.close();
    } catch (e) {
      if (this.pc !== pc) pc.close();
      throw e;
    }
  }

  private async play(stream: MediaStream): Promise<void> {
    this.player.srcObject = stream;
    try {
      await this.player.play();
      this.hooks.silent(false);
    } catch {
      this.hooks.silent(true);
    }
  }

  /** hear plays after a browser held the sound back; call it in a click. */
  async hear(): Promise<void> {
    unlock();
    await this.player.play().then(() => this.hooks.silent(false), () => this.hooks.silent(true));
  }

  private changed(pc: RTCPeerConnection): void {
    if (pc !== this.pc || this.over) return;
    switch (pc.connectionState) {
      case "connected":
        this.lostSince = 0;
        this.hooks.phase("live");
        break;
      case "disconnected":
      case "failed":
      case "closed":
        this.lost();
    }
  }

  /** lost tries to come back, again and again, while the gateway holds the call. */
  lost(): void {
    if (this.over || !this.id || this.returning) return;
    this.lostSince ||= Date.now();
    this.hooks.phase("lost");
    this.returning = (async () => {
      for (let wait = 300; !this.over && this.lostSince && Date.now() - this.lostSince < this.heldFor; wait = Math.min(2000, wait * 2)) {
        try {
          await this.connect("PATCH", `${calls}/${this.id}`);
          await sleep(1500); // for the connection to come up; changed() says when it has
          if (!this.lostSince) return;
        } catch (e) {
          if (e instanceof Refused && (e.status === 404 || e.status === 410)) break;
          if (e instanceof Refused && e.status === 412) {
            this.release();
            return this.hooks.phase("moved");
          }
        }
        await sleep(wait);
      }
      if (this.lostSince && !this.over) this.end();
    })().finally(() => { this.returning = undefined; });
  }

  mute(yes: boolean): void {
    this.muted = yes;
    for (const t of this.mic?.getAudioTracks() ?? []) t.enabled = !yes;
  }

  /** press sends a key of the telephone; false when keys cannot be sent now. */
  press(key: string): boolean {
    if (!this.keys?.canInsertDTMF) return false;
    this.keys.insertDTMF(this.keys.toneBuffer + key, 120, 60);
    return true;
  }

  /** loud is how loud the microphone is, 0..1. */
  loud(): number {
    return this.muted ? 0 : (this.level?.level() ?? 0);
  }

  /** hangUp ends the call for both sides. */
  hangUp(): void {
    if (this.id && !this.over) void fetch(`${calls}/${this.id}`, { method: "DELETE", keepalive: true, credentials: "omit" }).catch(() => {});
    this.end();
  }

  /** end lets go of everything; the other side has ended the call, or is gone. */
  end(): void {
    if (this.over) return;
    this.release();
    this.hooks.phase("ended");
  }

  private release(): void {
    this.over = true;
    removeEventListener("pagehide", this.leave);
    removeEventListener("pageshow", this.cameBack);
    this.level?.stop();
    navigator.mediaDevices?.removeEventListener?.("devicechange", this.plugged);
    for (const t of this.mic?.getTracks() ?? []) t.stop(); // the browser's red mark goes out
    this.pc?.close();
    this.player.srcObject = null;
  }
}
