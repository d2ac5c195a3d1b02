// The ring: two soft tones, 1.2 s on, 2.8 s off, on the loudspeaker that was chosen, silent at once
// when there is nothing to ring for. It only does what set says; who rings is decided in offer.ts.

const on = 1.2, round = 4; // s

type Sinkable = AudioContext & { setSinkId?: (id: string) => Promise<void> };

export class Ringer {
  private context: Sinkable | undefined;
  private gain: GainNode | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;

  /** unlock is called in a click; false: the browser still holds sound back. */
  async unlock(): Promise<boolean> {
    if (typeof AudioContext === "undefined") return false;
    this.context ??= new AudioContext();
    await Promise.race([this.context.resume(), new Promise((d) => setTimeout(d, 300))]).catch(() => {});
    return this.context.state === "running";
  }

  /** speaker chooses where it rings; browsers that cannot, ring where everything sounds. */
  async speaker(id: string): Promise<void> {
    await this.context?.setSinkId?.(id).catch(() => {});
  }

  get ringing(): boolean { return this.timer !== undefined; }

  /** set rings or does not. */
  set(yes: boolean): void {
    if (yes === this.ringing) return;
    if (!yes) {
      clearInterval(this.timer);
      this.timer = undefined;
      const c = this.context;
      if (c && this.gain) this.gain.gain.setTargetAtTime(0, c.currentTime, 0.01); // without a click, within 50 ms
      return;
    }
    const play = () => this.once();
    this.timer = setInterval(play, round * 1000);
    play();
  }

  private once(): void {
    const c = this.context;
    if (!c || c.state !== "running") return;
    const g = (this.gain = c.createGain());
    g.gain.value = 0;
    g.connect(c.destination);
    const t = c.currentTime;
    for (const at of [0, 0.6]) {
      g.gain.setTargetAtTime(0.12, t + at, 0.02);
      g.gain.setTargetAtTime(0, t + at + 0.45, 0.04);
    }
    for (const hz of [440, 554]) {
      const o = c.createOscillator();
      o.frequency.value = hz;
      o.connect(g);
      o.start(t);
      o.stop(t + on);
    }
  }
}
