// Playing a recording: the waveform in two lanes, and a place in it that the transcript follows. The sound is
// loaded when somebody asks for it, because each listening is written down.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { bind } from "../shared/keys";
import { clock, number, span, timer } from "../shared/words";
import { api, Refused, type Conversation } from "./api";
import { known, type Voice, type Words } from "./say";
import { lanes, parts, path, within } from "./wave";

const bars = 240;
const speeds = [1, 1.5, 2] as const;

/** missing says why there is no sound, undefined when there is some. */
export function missing(v: Voice, c: Conversation, may: boolean): string | undefined {
  const gone = c.events.find((e) => e.type === "recording_deleted");
  if (gone?.type === "recording_deleted") {
    const day = new Intl.DateTimeFormat(v.lang === "fr" ? "fr-FR" : "en-GB", { day: "numeric", month: "long" }).format(new Date(gone.at));
    return v.say("rec_deleted", { day, why: known(v.say, "rec_", gone.body.why) });
  }
  if (!c.end) return v.say("rec_running");
  if (!c.events.some((e) => e.type === "recorded")) return v.say(c.channel === "voice" ? "rec_none" : c.channel === "speaker" ? "rec_speaker" : "rec_text");
  if (!may) return v.say("rec_denied");
  return undefined;
}

interface Sound {
  url: string;
  length: number;
  lanes: [number[], number[]];
}

/** load fetches a recording and decodes it. It throws a key of fr.ts. */
async function load(conv: string): Promise<Sound> {
  let data: ArrayBuffer;
  try {
    data = await api.recording(conv);
  } catch (e) {
    const s = e instanceof Refused ? e.status : 0;
    throw s === 403 ? "rec_denied" : s === 409 ? "rec_running" : s === 404 ? "rec_none" : "rec_failed";
  }
  const url = URL.createObjectURL(new Blob([data], { type: "audio/wav" }));
  try {
    const sound = await new OfflineAudioContext(2, 1, 8000).decodeAudioData(data);
    return { url, length: sound.duration, lanes: lanes(Array.from({ length: sound.numberOfChannels }, (_, i) => sound.getChannelData(i)), bars) };
  } catch {
    URL.revokeObjectURL(url);
    throw "rec_failed";
  }
}

export interface PlayerProps {
  v: Voice;
  c: Conversation;
  may: boolean;
  /** at is where the recording stands, seconds; go moves there. */
  at: number;
  go: (at: number) => void;
  told: (at: number) => void;
  /** sentences are where lines begin in the recording, for J and K. */
  sentences: readonly number[];
  /** sample is a recording made up for a demonstration. */
  sample?: [number[], number[]] | undefined;
}

export function Player({ v, c, may, at, go, told, sentences, sample }: PlayerProps) {
  const { say } = v;
  const [sound, setSound] = useState<Sound | undefined>(undefined);
  const [wrong, setWrong] = useState("");
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<number>(1);
  const audio = useRef<HTMLAudioElement>(null);
  const box = useRef<HTMLElement>(null);
  const length = sound?.length ?? c.events.reduce((n, e) => (e.type === "recorded" ? e.body.seconds : n), 0);
  const part = useMemo(() => parts(c.events, length), [c, length]);
  const wave = sound?.lanes ?? sample;
  const no = missing(v, c, may) ?? (wrong ? say(wrong as Parameters<Words>[0]) : undefined);

  useEffect(() => { setWrong(""); setPlaying(false); setSound(undefined); }, [c.id]);
  useEffect(() => () => { if (sound) URL.revokeObjectURL(sound.url); }, [sound]);
  useEffect(() => { // what moved the place was not the sound itself
    const a = audio.current;
    if (a && Math.abs(a.currentTime - at) > 0.3) a.currentTime = at;
  }, [at, sound]);
  useEffect(() => { if (audio.current) audio.current.playbackRate = speed; }, [speed, sound]);
  useEffect(() => {
    if (!playing) return;
    let frame = 0;
    const step = () => { const a = audio.current; if (a && !a.paused) told(a.currentTime); frame = requestAnimationFrame(step); };
    frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [playing]);

  const play = async () => {
    if (no || sample) return;
    let s = sound;
    if (!s) {
      try { setSound((s = await load(c.id))); } catch (key) { return setWrong(typeof key === "string" ? key : "rec_failed"); }
    }
    const a = audio.current;
    if (!a) return;
    if (a.src !== s.url) { a.src = s.url; a.currentTime = at; a.playbackRate = speed; }
    if (a.paused) await a.play().catch(() => setWrong("rec_failed"));
    else a.pause();
  };
  const inside = () => box.current?.contains(document.activeElement) ?? false;
  const jump = (by: number) => go(Math.min(length, Math.max(0, at + by)));
  const sentence = (by: 1 | -1) => {
    const next = by > 0 ? sentences.find((s) => s > at + 0.05) : sentences.filter((s) => s < at - 0.5).at(-1);
    if (next !== undefined) go(next);
  };
  const faster = (by: 1 | -1) => setSpeed((s) => speeds[Math.min(speeds.length - 1, Math.max(0, speeds.indexOf(s as 1) + by))] ?? 1);
  useEffect(() => bind(() => (no ? {} : {
    j: () => sentence(1), k: () => sentence(-1), "<": () => faster(-1), ">": () => faster(1), ArrowLeft: () => jump(-5), ArrowRight: () => jump(5),
    ...(inside() && (document.activeElement as HTMLElement).tagName !== "BUTTON" ? { " ": () => void play() } : {}),
  })));

  if (no) return <section class="wave none" aria-label={say("recording")}><p>{no}</p></section>;
  const step = length / bars || 1;
  const agent = (i: number) => within(part.agent, i * step);
  const x = length ? (at / length) * bars * 5 : 0;
  return (
    <section class="wave" aria-label={say("recording")} ref={box}>
      <audio ref={audio} preload="none" onPlay={() => setPlaying(true)} onPause={() => setPlaying(false)} onEnded={() => setPlaying(false)} />
      <div class="lane">
        <button type="button" class="btn primary" aria-label={say(playing ? "pause" : "play")} title={say(playing ? "pause" : "play")} onClick={() => void play()}><Icon name={playing ? "pause" : "play"} large /></button>
        <div class="box">
          <div class="strip">
            <svg class="w" viewBox={`0 0 ${bars * 5} 94`} preserveAspectRatio="none" aria-hidden="true">
              {part.wait.map((s) => <rect key={s.from} class="wait" x={(s.from / step) * 5} width={((s.to - s.from) / step) * 5} y="0" height="94" />)}
              <path class="mid" d={`M0 47H${bars * 5}`} />
              {wave && <>
                <path class="caller" d={path(wave[0], true, () => true)} />
                <path class="bot" d={path(wave[1], false, (i) => !agent(i))} />
                <path class="agent" d={path(wave[1], false, agent)} />
              </>}
              <rect class="rest" x={x} y="0" width={Math.max(0, bars * 5 - x)} height="94" />
              {part.acts.map((m, i) => <path key={i} class="act" d={`M${(m.at / step) * 5} 0v94`} />)}
              <path class="now" d={`M${x} 0v94`} />
            </svg>
            <input type="range" min={0} max={Math.max(1, Math.round(length))} step={1} value={Math.round(at)} aria-label={say("place")} aria-valuetext={say("place_of", { at: timer(at), of: timer(length) })} onInput={(e) => go(Number(e.currentTarget.value))} />
          </div>
          <div class="tick num"><span>{timer(at)}</span><span>{timer(length)}</span></div>
        </div>
      </div>
      <div class="spd">
        <span class="legend cap"><span><i class="caller" />{say("who_caller")}</span><span><i class="bot" />{say("w_bot")}</span>{part.agent.length > 0 && <span><i class="agent" />{say("w_agent")}</span>}{part.wait.length > 0 && <span><i class="wait" />{say("rec_wait", { time: span(part.wait.reduce((n, s) => n + s.to - s.from, 0)) })}</span>}</span>
        {!sound && !sample && <span class="cap">{say("rec_written")}</span>}
        {speeds.map((s) => <button type="button" class="btn small" key={s} aria-pressed={s === speed} onClick={() => setSpeed(s)}>{number(v.lang, s)}×</button>)}
      </div>
      {part.acts.length > 0 && <ul class="marks">{part.acts.map((m, i) => <li key={i}><button type="button" class="tag accent" onClick={() => go(m.at)}>{timer(m.at)} · {known(say, "s_", m.act)} ({m.who})</button></li>)}</ul>}
    </section>
  );
}

/** date is when a call was, as lists show it: the time today, else the day. */
export function date(v: Voice, at: number): string {
  const today = new Date().toDateString() === new Date(at).toDateString();
  return today ? clock(v.lang, new Date(at)) : new Intl.DateTimeFormat(v.lang === "fr" ? "fr-FR" : "en-GB", { day: "numeric", month: "short" }).format(at);
}
