// The waveform of a recording: the caller above, what the caller heard of us below.
import type { Ev } from "./events";

/** lanes are the loudness of both channels, 0..1, in n steps; the loudest is 1. A mono recording has an empty
 * second lane. */
export function lanes(channels: readonly Float32Array[], n: number): [number[], number[]] {
  const one = (samples: Float32Array | undefined): number[] => {
    if (!samples || samples.length === 0) return new Array<number>(n).fill(0);
    const out: number[] = [];
    for (let i = 0; i < n; i++) {
      const from = Math.floor((i * samples.length) / n), to = Math.max(from + 1, Math.floor(((i + 1) * samples.length) / n));
      let sum = 0;
      for (let k = from; k < to; k++) sum += samples[k]! * samples[k]!;
      out.push(Math.sqrt(sum / (to - from)));
    }
    const most = Math.max(...out);
    return most > 0.003 ? out.map((x) => x / most) : out.map(() => 0); // what is noise alone is silence
  };
  return [one(channels[0]), one(channels[1])];
}

/** path draws bars from the middle, up or down, for steps that pick chooses. Units: 5 per step, height 47. */
export function path(lane: readonly number[], up: boolean, pick: (i: number) => boolean): string {
  let d = "";
  for (const [i, x] of lane.entries()) {
    const h = Math.round(x * 42);
    if (h > 0 && pick(i)) d += `M${i * 5 + 1.5} ${up ? 45 : 49}v${up ? -h : h}`;
  }
  return d;
}

/** A stretch of the call, seconds. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Parts of a call that the waveform shows: who spoke for us, when the caller waited, what supervisors did. */
export interface Parts {
  readonly agent: readonly Stretch[];
  readonly wait: readonly Stretch[];
  readonly acts: readonly { readonly at: number; readonly who: string; readonly act: string }[];
}

/** parts reads them from the events. zero is when the recording begins: the answer. */
export function parts(events: readonly Ev[], length: number): Parts {
  const zero = Date.parse((events.find((e) => e.type === "answered") ?? events[0])?.at ?? "") || 0;
  const agent: Stretch[] = [], wait: Stretch[] = [], acts: { at: number; who: string; act: string }[] = [];
  let waits: number | undefined, talks: number | undefined;
  const end = (list: Stretch[], from: number | undefined, to: number) => { if (from !== undefined && to > from) list.push({ from, to }); };
  for (const e of events) {
    const at = Math.min(length, Math.max(0, (Date.parse(e.at) - zero) / 1000));
    if (e.type === "transfer_started") waits ??= at;
    if (e.type === "bridged") { end(wait, waits, at); waits = undefined; talks ??= at; }
    if (e.type === "transfer_ended" || e.type === "ended") { end(wait, waits, at); end(agent, talks, at); waits = talks = undefined; }
    if (e.type === "supervised" && ["listen", "whisper", "join", "hint", "verbatim", "take_over", "hand_back", "end"].includes(e.body.act)) acts.push({ at, who: e.body.who, act: e.body.act });
  }
  end(wait, waits, length);
  end(agent, talks, length);
  return { agent, wait, acts };
}

/** within tells whether a moment is in one of the stretches. */
export const within = (list: readonly Stretch[], at: number): boolean => list.some((s) => at >= s.from && at < s.to);

/** soundBegins is how many seconds after the conversation the recording begins. */
export function soundBegins(events: readonly Ev[]): number {
  const first = events[0], answered = events.find((e) => e.type === "answered");
  return first && answered ? Math.max(0, (Date.parse(answered.at) - Date.parse(first.at)) / 1000) : 0;
}

/** seconds reads the t of an address: "129", "2m9s"; 0 when it is neither. */
export function seconds(t: string | null): number {
  const m = /^(?:(\d+)m)?(\d+(?:\.\d+)?)s?$/.exec(t ?? "");
  return m ? Number(m[1] ?? 0) * 60 + Number(m[2]) : 0;
}
