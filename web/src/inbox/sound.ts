// One utterance out of the recording of its call, and nothing after it.
import { soundAt, type Sound } from "./api";

export class Player {
  /** playing is the utterance that is heard, 0 when none is. */
  playing = 0;
  /** failed is the utterance whose sound could not be read. */
  failed = 0;
  private audio: HTMLAudioElement | undefined;

  constructor(private changed: () => void) {}

  toggle(s: Sound): void {
    if (this.playing === s.utterance) return this.stop();
    this.stop();
    const a = (this.audio = new Audio(soundAt(s.conversation)));
    this.playing = s.utterance;
    this.failed = 0;
    const wrong = () => { if (this.audio === a) { this.failed = s.utterance; this.stop(); } };
    a.preload = "metadata";
    a.onerror = wrong;
    a.onloadedmetadata = () => { a.currentTime = Math.max(0, s.from_ms / 1000 - 0.2); a.play().catch(wrong); };
    a.ontimeupdate = () => { if (a.currentTime >= s.to_ms / 1000 + 0.2) this.stop(); };
    a.onended = () => this.stop();
    this.changed();
  }

  stop(): void {
    const a = this.audio;
    if (!a) return;
    this.audio = undefined;
    this.playing = 0;
    a.onerror = a.onloadedmetadata = a.ontimeupdate = a.onended = null;
    a.pause();
    a.removeAttribute("src");
    a.load();
    this.changed();
  }
}
