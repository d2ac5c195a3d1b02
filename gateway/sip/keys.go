package sip

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	msg "github.com/emiago/sipgo/sip"

	"decroche/media"
	"decroche/media/dtmf"
	"decroche/media/rtp"
)

// KeysConfig is "dtmf:" of the "sip:" part: how keys are heard and sent. Events (RFC 4733) and
// INFO are always heard.
type KeysConfig struct {
	// InBand looks for keys in the sound: auto, on or off. auto: where the far end did not agree
	// to telephone-event, as old exchanges and analogue adapters do not.
	InBand string `yaml:"inband"`
	// Send is how keys leave: events, info (application/dtmf-relay), tones, or auto: events where they
	// were agreed, else INFO, and tones where that is refused.
	Send string `yaml:"send"`
}

func (c KeysConfig) validate(say func(string, ...any)) {
	switch c.InBand {
	case "auto", "on", "off":
	default:
		say("dtmf.inband: %q is not known; use auto, on or off", c.InBand)
	}
	switch c.Send {
	case "auto", "events", "info", "tones":
	default:
		say("dtmf.send: %q is not known; use auto, events, info or tones", c.Send)
	}
}

func (c KeysConfig) inBand() rtp.InBand {
	switch c.InBand {
	case "on":
		return rtp.InBandOn
	case "auto":
		return rtp.InBandAuto
	}
	return rtp.InBandOff
}

// A key by INFO or as a tone lasts and is followed by silence as long as one by events.
const (
	keyLasts = 100 * time.Millisecond
	keyPause = 100 * time.Millisecond
	keyLevel = -9.0 // dBm0 of each tone, as telephones send them (ITU-T Q.23)
)

// errNoInfo means that the far end takes no keys by INFO.
var errNoInfo = errors.New("sip: the far end does not take keys by INFO")

// SendDigits sends keys as configured, 100 ms each with pauses between, and waits until the last
// has left: as RFC 4733 events where they were agreed, else by INFO, else as tones in the sound.
// digits holds 0-9, *, #, A-D; a comma is a pause of one second. It is for the goroutine that sends.
func (l *line) SendDigits(ctx context.Context, digits string) error {
	for i := range len(digits) {
		if digits[i] != ',' && strings.IndexByte("0123456789*#ABCDabcd", digits[i]) < 0 {
			return fmt.Errorf("sip: send digits %q: %q is not a telephone key; use 0-9, *, #, A-D and a comma for a pause", digits, digits[i])
		}
	}
	l.mu.Lock()
	events := l.params.EventType >= 0
	l.mu.Unlock()
	how := l.s.cfg.DTMF.Send
	if how == "events" || events && (how == "auto" || how == "") {
		return l.mediaError(l.media.SendDigits(ctx, digits))
	}
	for i := range len(digits) {
		if digits[i] == ',' {
			if err := l.pause(ctx, time.Second); err != nil {
				return err
			}
			continue
		}
		err := errNoInfo
		if how != "tones" {
			err = l.sendInfo(ctx, digits[i])
		}
		if errors.Is(err, errNoInfo) && how != "info" {
			how = "tones" // for the rest of them too
			err = l.sound(ctx, digits[i])
		}
		if err != nil {
			return fmt.Errorf("sip: send digits %q: %w", digits, err)
		}
	}
	return nil
}

func (l *line) pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-l.ctx.Done():
		return l.mediaError(rtp.ErrClosed)
	}
}

// sendInfo presses one key by INFO and waits for the answer, and for as long as the key lasts.
func (l *line) sendInfo(ctx context.Context, key byte) error {
	l.mu.Lock()
	if l.over || !l.up {
		l.mu.Unlock()
		return l.mediaError(rtp.ErrClosed)
	}
	req, next := l.d.request(msg.INFO, 0)
	from := l.from
	l.mu.Unlock()
	req.AppendHeader(l.s.contact(from))
	req.AppendHeader(msg.NewHeader("Content-Type", "application/dtmf-relay"))
	req.SetBody(fmt.Appendf(nil, "Signal=%c\r\nDuration=%d\r\n", key, keyLasts.Milliseconds()))
	status := make(chan int, 1)
	l.s.sendRequest(req, next, from, func(res *msg.Response) {
		if res.StatusCode >= 200 {
			status <- res.StatusCode
		}
	}, func(error) { status <- 408 })
	select {
	case code := <-status:
		if code >= 300 {
			return fmt.Errorf("%w (%d)", errNoInfo, code)
		}
		return l.pause(ctx, keyLasts+keyPause)
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-l.ctx.Done():
		return l.mediaError(rtp.ErrClosed)
	}
}

// sound presses one key as tones in the voice, and waits until they have left.
func (l *line) sound(ctx context.Context, key byte) error {
	rate := l.media.Rate()
	n := rate * int(media.FrameTime/time.Millisecond) / 1000
	for at := time.Duration(0); at < keyLasts+keyPause; at += media.FrameTime {
		pcm := make([]int16, n)
		if at < keyLasts {
			if _, err := dtmf.Tones(pcm, key, rate, int(at/media.FrameTime)*n, keyLevel); err != nil {
				return err
			}
		}
		if err := l.Send(ctx, media.Frame{PCM: pcm, Rate: rate}); err != nil {
			return err
		}
	}
	return l.Drain(ctx)
}
