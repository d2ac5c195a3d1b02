// Where a supervisor hears calls: a line of this browser, parked with the gateway. It is made without a
// microphone: none is asked for, and no track is there, until they want to be heard.
import { connection, microphone, offer } from "../shared/line";
import { unlock } from "../shared/sound";
import { api } from "./api";

const upMost = 8000; // ms until a line counts as not to be had

/** Why there is no sound, or no microphone. */
export type NoLine = "output" | "browser" | "mic" | "no_mic" | "line" | "address";
export class Failed extends Error {
  constructor(readonly why: NoLine) {
    super(why);
  }
}

export class Line {
  private pc: RTCPeerConnection | undefined;
  private address = "";
  private sender: RTCRtpSender | undefined;
  private mic: MediaStream | undefined;
  private coming: Promise<void> | undefined;
  private readonly player = new Audio();

  /** lost is told when a line that was up is gone. */
  constructor(private readonly lost: () => void) {
    this.player.autoplay = true;
  }

  /** prepare makes the line ahead, so that listening takes no longer than asking for it: neither
   * microphone nor click is needed. It takes the place of no other page, and says nothing of what goes wrong:
   * open does. */
  prepare(): void {
    if (this.pc || this.coming) return;
    void this.begin(true).catch(() => {});
  }

  /** open makes the line, or finds it made. Call it in a click. */
  async open(): Promise<void> {
    unlock();
    if (this.coming) await this.coming.catch(() => {}); // that it was only prepared is no failure yet
    if (this.pc?.connectionState !== "connected") await this.begin(false);
    await this.player.play().catch((e: unknown) => { if (e instanceof Error && e.name === "NotSupportedError") throw new Failed("output"); });
  }

  private begin(ifFree: boolean): Promise<void> {
    this.coming ??= this.make(ifFree).finally(() => { this.coming = undefined; });
    return this.coming;
  }

  private async make(ifFree: boolean): Promise<void> {
    if (typeof RTCPeerConnection === "undefined") throw new Failed("browser");
    this.drop();
    const pc = await connection();
    this.pc = pc;
    this.sender = pc.addTransceiver("audio", { direction: "sendrecv" }).sender; // without a track: nobody is heard
    pc.ontrack = (e) => { this.player.srcObject = e.streams[0] ?? new MediaStream([e.track]); };
    try {
      const { answer, address } = await api.park(await offer(pc), ifFree);
      this.address = address;
      await pc.setRemoteDescription({ type: "answer", sdp: answer });
      await up(pc);
    } catch (e) {
      this.drop();
      throw e;
    }
    pc.onconnectionstatechange = () => {
      if (pc === this.pc && (pc.connectionState === "failed" || pc.connectionState === "closed")) { this.drop(); this.lost(); }
    };
  }

  /** speak takes the microphone, or lets it go: the browser's red mark goes out. */
  async speak(yes: boolean): Promise<void> {
    if (!yes) {
      await this.sender?.replaceTrack(null).catch(() => {});
      for (const t of this.mic?.getTracks() ?? []) t.stop();
      this.mic = undefined;
      return;
    }
    if (this.mic) return;
    if (!window.isSecureContext || !navigator.mediaDevices) throw new Failed("no_mic");
    try {
      this.mic = await navigator.mediaDevices.getUserMedia({ audio: microphone });
    } catch (e) {
      const name = e instanceof Error ? e.name : "";
      throw new Failed(name === "NotAllowedError" || name === "SecurityError" ? "mic" : "no_mic");
    }
    await this.sender?.replaceTrack(this.mic.getAudioTracks()[0] ?? null);
  }

  /** speaks tells whether there is a microphone track. */
  get speaks(): boolean {
    return this.pc?.getSenders().some((s) => s.track !== null) ?? false;
  }

  private drop(): void {
    const pc = this.pc;
    this.pc = undefined;
    void this.speak(false);
    pc?.close();
    this.player.srcObject = null;
  }

  /** close gives the line back; at the page's end. */
  close(): void {
    api.unpark(this.address);
    this.address = "";
    this.drop();
  }
}


function up(pc: RTCPeerConnection): Promise<void> {
  return new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Failed("line")), upMost);
    const check = () => {
      if (pc.connectionState === "connected") { clearTimeout(late); done(); }
      if (pc.connectionState === "failed") { clearTimeout(late); fail(new Failed("line")); }
    };
    pc.addEventListener("connectionstatechange", check);
    check();
  });
}
