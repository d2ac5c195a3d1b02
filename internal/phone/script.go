package phone

import (
	"context"
	"errors"
	"time"
)

// Line is one thing the caller does.
type Line struct {
	Text  string        // spoken
	DTMF  string        // keyed instead of spoken
	PCM   []int16       // played instead of spoken, 8 kHz mono
	Over  bool          // begin while the bot is speaking (barge-in) instead of waiting for its end
	After time.Duration // with Over: how long after the bot began; 0 means 700 ms
	Hasty bool          // do not hear the answer out: Turn returns when it begins, so that the next line can interrupt it
	Stall time.Duration // wait this much longer than politeness asks before speaking
}

// Turn is one line and what came back.
type Turn struct {
	Said     string        `json:"said"`
	Heard    string        `json:"heard"`             // recognised from what came back, when the phone has ears
	AnswerMS int64         `json:"answer_ms"`         // end of our words -> first audible frame of the answer; 0 when none came
	StopMS   int64         `json:"stop_ms,omitempty"` // Over: our first audible frame -> last audible frame of the prompt
	At       time.Duration `json:"at_ms"`             // since Start, when we began to speak
}

// Pace is how the caller behaves between lines.
type Pace struct {
	Quiet    time.Duration // the bot has finished after this much silence; 0 means 800 ms
	Patience time.Duration // give up on an answer after this long; 0 means 15 s
}

func (p Pace) orDefault() Pace {
	if p.Quiet == 0 {
		p.Quiet = 800 * time.Millisecond
	}
	if p.Patience == 0 {
		p.Patience = 15 * time.Second
	}
	return p
}

// DigitSender is what a leg must also do for lines with DTMF.
type DigitSender interface {
	SendDigits(ctx context.Context, digits string) error
}

// Greeting waits for the first prompt, until its end unless over is set, and returns what it said.
func (p *Phone) Greeting(ctx context.Context, pace Pace) (Turn, error) {
	pace = pace.orDefault()
	c, cancel := context.WithTimeoutCause(ctx, pace.Patience, ErrNoAnswer)
	defer cancel()
	m := Mark{at: p.base.Add(-time.Second)}
	at, err := p.WaitSound(c, m)
	if err != nil {
		return Turn{}, err
	}
	t := Turn{AnswerMS: at.Sub(p.base).Milliseconds()}
	if _, err := p.WaitQuiet(ctx, pace.Quiet); err != nil {
		return t, err
	}
	t.Heard, err = p.Written(ctx, m)
	return t, err
}

// ErrNoAnswer means that nothing audible came back in time.
var ErrNoAnswer = errors.New("phone: no answer within the caller's patience")

// Turn says one line as pace tells and waits for the answer to be finished.
func (p *Phone) Turn(ctx context.Context, l Line, pace Pace) (Turn, error) {
	pace = pace.orDefault()
	if l.Over {
		if err := sleep(ctx, orDefault(l.After, 700*time.Millisecond)); err != nil {
			return Turn{Said: l.Text}, err
		}
	} else if _, err := p.WaitQuiet(ctx, pace.Quiet+l.Stall); err != nil {
		return Turn{Said: l.Text}, err
	}
	m := p.Mark()
	began, ended, err := p.act(ctx, l)
	t := Turn{Said: l.Text + l.DTMF, At: began.Sub(p.base) / time.Millisecond}
	if err != nil {
		return t, err
	}
	if l.Over {
		if last := p.lastSoundBetween(began, ended); !last.IsZero() {
			t.StopMS = last.Sub(began).Milliseconds()
		}
	}
	c, cancel := context.WithTimeoutCause(ctx, pace.Patience, ErrNoAnswer)
	defer cancel()
	at, err := p.WaitSound(c, Mark{spans: m.spans, at: ended})
	if err != nil {
		return t, err
	}
	t.AnswerMS = at.Sub(ended).Milliseconds()
	if l.Hasty {
		return t, nil
	}
	_, quietErr := p.WaitQuiet(ctx, pace.Quiet)
	p.mu.Lock()
	after := Mark{spans: len(p.spans), at: ended}
	for i, s := range p.spans {
		if s.start.After(ended) {
			after.spans = i
			break
		}
	}
	p.mu.Unlock()
	if t.Heard, err = p.Written(context.WithoutCancel(ctx), after); err != nil {
		return t, err
	}
	return t, quietErr
}

func (p *Phone) act(ctx context.Context, l Line) (began, ended time.Time, err error) {
	switch {
	case l.DTMF != "":
		s, ok := p.Leg.(DigitSender)
		if !ok {
			return began, ended, errors.New("phone: this leg cannot send digits")
		}
		began = time.Now()
		err = s.SendDigits(ctx, l.DTMF)
		return began, time.Now(), err
	case l.PCM != nil:
		return p.Play(ctx, l.PCM)
	default:
		return p.Say(ctx, l.Text)
	}
}

// lastSoundBetween is the last audible moment of a prompt that was already sounding at from.
func (p *Phone) lastSoundBetween(from, to time.Time) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.spans {
		if s.start.Before(from) && s.end.After(from) {
			if s.end.After(to) {
				return to
			}
			return s.end
		}
	}
	return time.Time{}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func orDefault(d, def time.Duration) time.Duration {
	if d == 0 {
		return def
	}
	return d
}
