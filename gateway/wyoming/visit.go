package wyoming

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"strings"
	"time"

	"decroche/gateway/leg"
	"decroche/internal/wyoming"
	"decroche/media"
	"decroche/media/resample"
	"decroche/media/vad"
)

const (
	// detectedFor is how long a detection makes a call of sound that comes without a run-pipeline:
	// some satellites leave that out.
	detectedFor = 10 * time.Second
	// wakeVoice is how much voice wakes a satellite whose first sound does, and wakeBefore how much
	// sound from before then is heard too.
	wakeVoice, wakeBefore = 200 * time.Millisecond, time.Second
)

// visit is what one connection knows. It is owned by who reads the connection.
type visit struct {
	sat  *satellite
	ctx  context.Context // of the server
	post post

	to       wyoming.Audio // what the satellite plays; zero when it did not say
	line     *line         // of the running call, or of the last one; nil before
	sentence *line         // one that is spoken without a call, or the last such; nil before
	in       intake
	detected time.Time // when the satellite last heard its wake word
	told     bool      // that it has no wake word
	sleeper  *sleeper  // waits for a voice; nil when the satellite wakes by itself
}

// greet says that we are ready, as Home Assistant does.
func (v *visit) greet() {
	v.post("run-satellite", nil, nil)
	v.post("describe", nil, nil)
	v.post("ping", wyoming.Ping{}, nil)
}

// leave ends the call of a connection that ends.
func (v *visit) leave(ctx context.Context) {
	if ctx.Err() != nil {
		v.hangUp(leg.ErrDrained, endedDrained)
		v.post("pause-satellite", nil, nil)
		return
	}
	v.hangUp(leg.ErrMediaTimeout, endedLost)
}

func (v *visit) hangUp(cause error, label string) {
	for _, l := range []*line{v.line, v.sentence} {
		if l != nil {
			l.end(cause, label, leg.Draining)
		}
	}
}

// calling returns the running call's line, nil when there is none.
func (v *visit) calling() *line {
	if v.line == nil || v.line.Why() != nil {
		return nil
	}
	return v.line
}

// take does what one event asks for. What is not known is passed over: the protocol grows.
func (v *visit) take(e wyoming.Event) {
	switch e.Type {
	case "ping":
		var p wyoming.Ping
		_ = e.Decode(&p)
		if len(p.Text) <= 200 {
			v.post("pong", p, nil)
		}
	case "info":
		v.info(e)
	case "detection":
		v.detected = time.Now()
	case "run-pipeline":
		v.pipeline(e)
	case "audio-chunk":
		v.sound(e)
	case "played":
		for _, l := range []*line{v.line, v.sentence} {
			if l != nil {
				l.played()
			}
		}
	case "timer-started", "timer-updated":
		v.timer()
	case "error":
		var f wyoming.Failure
		_ = e.Decode(&f)
		v.sat.log.Warn("the satellite reports an error", "code", plain(f.Code))
	}
}

// plain is what of a stranger's word may stand in a log.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, s[:min(len(s), 60)])
}

// info notes what the satellite is and plays.
func (v *visit) info(e wyoming.Event) {
	var info wyoming.Info
	if e.Decode(&info) != nil {
		return
	}
	for _, p := range info.Snd {
		v.to = p.Format
	}
	if b := info.Satellite; b != nil {
		v.sat.mu.Lock()
		v.sat.state.Software, v.sat.state.Area = plain(strings.TrimSpace(b.Name+" "+b.Version)), plain(b.Area)
		v.sat.mu.Unlock()
	}
}

// pipeline takes a satellite's wish: from its words to our voice, that is a call.
func (v *visit) pipeline(e wyoming.Event) {
	var p wyoming.RunPipeline
	switch {
	case e.Decode(&p) != nil:
		v.refuse(wokeUseless, "unsupported", "what it asks for cannot be read")
	case p.End != wyoming.StageTTS:
		v.refuse(wokeUseless, "unsupported", "it plays no sound, and a call is made of that; give it a loudspeaker")
	case p.Start == wyoming.StageASR:
		v.format(p.Snd)
		v.begin(wokeCall)
	case p.Start != wyoming.StageWake:
		v.refuse(wokeUseless, "unsupported", "a call begins with somebody who speaks")
	case v.sat.cfg.Wake == WakeSpeech:
		v.format(p.Snd)
		v.sleeper = newSleeper()
	default:
		v.refuse(wokeUnheard, "no-wake-word", "it leaves the wake word to us; give it a wake word of its own, or set wake: speech")
	}
}

func (v *visit) format(a *wyoming.Audio) {
	if a != nil {
		v.to = *a
	}
}

// refuse tells a satellite, and once the log, that it cannot be served as it is.
func (v *visit) refuse(what, code, why string) {
	v.sat.s.metrics.wakes.WithLabelValues(what).Inc()
	v.post("error", wyoming.Failure{Text: why, Code: code}, nil)
	if !v.told {
		v.told = true
		v.sat.log.Warn("the satellite cannot be served as it is", "why", why)
	}
}

// sound takes what the microphone streams.
func (v *visit) sound(e wyoming.Event) {
	if v.calling() == nil && v.sleeper == nil && time.Since(v.detected) > detectedFor {
		return // what is left of a call that has ended, or of a satellite that we have refused
	}
	var a wyoming.Audio
	if e.Decode(&a) != nil {
		return
	}
	pcm, err := v.in.take(a, e.Payload)
	if err != nil {
		v.refuse(wokeUseless, "unsupported", err.Error())
		return
	}
	l := v.calling()
	switch {
	case l != nil:
		l.hear(pcm)
	case v.sleeper != nil:
		if before := v.sleeper.hear(pcm); before != nil && v.begin(wokeBySpeech) {
			v.line.hear(before)
		}
	default:
		if v.begin(wokeCall) {
			v.line.hear(pcm)
		}
	}
}

// begin makes a call, or goes on with the one that runs: its microphone streams again. It reports
// whether there is one.
func (v *visit) begin(how string) bool {
	m := v.sat.s.metrics
	v.detected = time.Time{}
	if v.calling() != nil {
		m.wakes.WithLabelValues(wokeOn).Inc()
		return true
	}
	if admit := v.sat.s.admit; admit != nil {
		if why := admit(); why != nil {
			m.wakes.WithLabelValues(wokeRefused).Inc()
			v.post("error", wyoming.Failure{Text: "no calls are taken now", Code: "busy"}, nil)
			return false
		}
	}
	m.wakes.WithLabelValues(how).Inc()
	if v.sentence != nil {
		_ = v.sentence.Hangup(v.ctx, leg.Normal)
	}
	l := v.newLine()
	v.line = l
	v.sat.calls(true)
	cfg := v.sat.cfg
	ctx, cancel := context.WithCancelCause(v.ctx)
	context.AfterFunc(l.ctx, func() {
		if why := context.Cause(l.ctx); errors.Is(why, leg.ErrMediaTimeout) {
			cancel(why)
		}
	})
	v.sat.s.begun.Go(func() {
		defer cancel(nil)
		v.sat.s.accept(ctx, l, Wish{Name: cfg.Name, Bot: cfg.Bot, Lang: cfg.Lang, Phone: cfg.Phone})
		_ = l.Hangup(v.ctx, leg.Normal) // whatever it was, the satellite must not stream for ever
		v.sat.calls(false)
	})
	return true
}

// calls notes whether the satellite is in a call.
func (s *satellite) calls(yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.InCall = yes
}

func (v *visit) newLine() *line {
	to := v.to
	if to == (wyoming.Audio{}) {
		to = usual
	}
	tag := strings.ToLower(rand.Text())
	cfg := v.sat.cfg
	from := "sip:" + cfg.Name + "@satellite.invalid" // names it, and can be rung by nobody (RFC 2606)
	if cfg.Phone != "" {
		from = "tel:" + cfg.Phone
	}
	info := leg.Info{ID: "wyoming-" + tag[:12], From: from, FromName: cfg.Name, To: cfg.Addr, Called: cfg.Bot, Rate: lineRate, Codec: "L16", Tag: tag}
	return newLine(info, cfg, v.sat.s.cfg.HangUpAfter, to, v.post, v.sat.s.metrics)
}

// timer refuses to keep one: a hotline is no kitchen clock. In a call the satellite is told; without
// one its owner too, in a sentence.
func (v *visit) timer() {
	v.sat.s.metrics.wakes.WithLabelValues(timerRefused).Inc()
	v.post("error", wyoming.Failure{Text: "timers are not kept here", Code: "unsupported"}, nil)
	say := v.sat.s.voice
	if say == nil || v.calling() != nil {
		return
	}
	l := v.newLine()
	l.quiet, l.announces = 0, true
	v.sentence = l
	lang := v.sat.cfg.Lang
	v.sat.s.begun.Go(func() {
		ctx, cancel := context.WithTimeoutCause(v.ctx, 15*time.Second, errors.New("a sentence took longer than 15s"))
		defer cancel()
		if err := speak(ctx, l, say, lang, noTimers(lang)); err != nil {
			v.sat.log.Warn("a refusal could not be spoken", "error", err)
		}
		_ = l.Hangup(ctx, leg.Normal)
	})
}

// speak says a sentence on a line and waits until it was heard.
func speak(ctx context.Context, l *line, say Voice, lang, text string) error {
	src, err := say(ctx, lang, text)
	if err != nil {
		return err
	}
	defer src.Close()
	if err := l.Answer(ctx); err != nil {
		return err
	}
	l.Says(text, lang)
	for {
		f, err := src.ReadFrame()
		if errors.Is(err, io.EOF) {
			return l.Drain(ctx)
		}
		if err == nil {
			err = l.Send(ctx, f)
		}
		if err != nil {
			return err
		}
	}
}

// noTimers is the sentence that refuses a timer.
func noTimers(lang string) string {
	if base, _, _ := strings.Cut(lang, "-"); base == "en" {
		return "I am a hotline and cannot keep timers. Please ask another device."
	}
	return "Je suis une ligne d’assistance et ne sais pas garder de minuteur. Demandez-le à un autre appareil."
}

// sleeper waits for a voice in what a satellite streams.
type sleeper struct {
	voice  *vad.Detector
	narrow *resample.Resampler
	thin   []int16
	past   []int16
	voiced time.Duration
}

func newSleeper() *sleeper {
	narrow, _ := resample.New(lineRate, media.PhoneRate)
	return &sleeper{voice: vad.New(vad.DefaultConfig()), narrow: narrow}
}

// hear takes sound and, once a voice was heard, returns what there was from before it on.
func (s *sleeper) hear(pcm []int16) []int16 {
	s.past = append(s.past, pcm...)
	if most := int(wakeBefore * lineRate / time.Second); len(s.past) > most {
		s.past = s.past[:copy(s.past, s.past[len(s.past)-most:])]
	}
	s.thin = s.narrow.Process(s.thin[:0], pcm)
	for at := 0; at < len(s.thin); at += frameLen / 2 {
		if f := s.thin[at:min(at+frameLen/2, len(s.thin))]; s.voice.Push(f) >= 0.5 {
			s.voiced += samples(2 * len(f))
		} else {
			s.voiced = 0
		}
		if s.voiced >= wakeVoice {
			s.voiced = 0
			return s.past
		}
	}
	return nil
}
