// Sounds made in the browser; each has a visible twin where it is used. Nothing plays before a
// click: browsers block it, and nobody asked for it.

let context: AudioContext | undefined;

/** unlock is called in a click, so that sounds may play later. It returns the context, undefined
 * where the browser has none. */
export function unlock(): AudioContext | undefined {
  if (!context && typeof AudioContext !== "undefined") context = new AudioContext({ latencyHint: "interactive" });
  void context?.resume();
  return context;
}

/** tone plays two soft notes once: somebody answered. gain is 0..1. */
export function tone(gain = 0.08, notes: readonly number[] = [660, 880]): void {
  const c = context;
  if (!c || c.state !== "running") return;
  notes.forEach((hz, i) => {
    const [o, g, at] = [c.createOscillator(), c.createGain(), c.currentTime + i * 0.14];
    o.frequency.value = hz;
    g.gain.setValueAtTime(0, at);
    g.gain.linearRampToValueAtTime(gain, at + 0.02);
    g.gain.exponentialRampToValueAtTime(0.0001, at + 0.24);
    o.connect(g).connect(c.destination);
    o.start(at);
    o.stop(at + 0.25);
  });
}

/** meter reads how loud a stream is, 0..1, until stop is called. It never plays it. */
export function meter(stream: MediaStream): { level(): number; stop(): void } {
  const c = unlock();
  if (!c) return { level: () => 0, stop: () => {} };
  const source = c.createMediaStreamSource(stream);
  const analyser = c.createAnalyser();
  analyser.fftSize = 512;
  source.connect(analyser);
  const data = new Float32Array(analyser.fftSize);
  return {
    level() {
      analyser.getFloatTimeDomainData(data);
      let sum = 0;
      for (const v of data) sum += v * v;
      const db = 10 * Math.log10(sum / data.length + 1e-9);
      return Math.min(1, Math.max(0, (db + 60) / 50)); // -60 dB is silence, -10 dB is loud
    },
    stop: () => source.disconnect(),
  };
}
