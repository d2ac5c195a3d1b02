package asr

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"decroche/media"
)

// edge is silence put around a recording, for a call's session also begins before the first word
// and ends after the last.
const edge = 200 * time.Millisecond

// Heard is what came of a recording, and how long it took.
type Heard struct {
	Result
	// Took is from Open to the last result, Final from the last audio to the last result.
	Took, Final time.Duration
}

// Transcribe runs a whole recording through any recogniser, as fast as it takes audio, and returns
// all its finals as one result. pcm: mono int16 at opt.Rate.
func Transcribe(ctx context.Context, rec Recogniser, pcm []int16, opt Options) (Result, error) {
	h, err := Hear(ctx, rec, pcm, opt, 0)
	return h.Result, err
}

// Hear is Transcribe with its times. Audio comes speed times as fast as it was spoken: 1 is a
// call; 0 is as fast as the recogniser takes it, when Final may include audio that waited.
func Hear(ctx context.Context, rec Recogniser, pcm []int16, opt Options, speed float64) (Heard, error) {
	began := time.Now()
	s, err := rec.Open(ctx, opt)
	if err != nil {
		return Heard{}, fmt.Errorf("transcribe: %w", err)
	}
	defer s.Close()
	rate := opt.Rate
	if rate == 0 {
		rate = media.PhoneRate
	}
	pause := make([]int16, int(edge.Seconds()*float64(rate)))
	fed := make(chan error, 1)
	var sent time.Time // read after fed
	go func() {
		err := feed(ctx, s, rate, speed, pause, pcm, pause)
		sent = time.Now()
		if err == nil {
			err = s.CloseSend()
		}
		fed <- err
	}()
	res, err := collect(s)
	done := time.Now()
	if err != nil {
		s.Close() // lets feed end
	}
	if e := <-fed; err == nil {
		err = e
	}
	if err != nil {
		return Heard{}, fmt.Errorf("transcribe: %w", err)
	}
	shift(&res, -edge)
	return Heard{Result: res, Took: done.Sub(began), Final: done.Sub(sent)}, nil
}

// feed writes pieces of audio, speed times as fast as spoken.
func feed(ctx context.Context, s Session, rate int, speed float64, parts ...[]int16) error {
	var at time.Duration
	began := time.Now()
	for _, pcm := range parts {
		for len(pcm) > 0 {
			n := min(rate/50, len(pcm))
			f := media.Frame{PCM: pcm[:n:n], Rate: rate, At: at}
			if speed > 0 { // a frame is there when its last sample was spoken
				if err := wait(ctx, time.Until(began.Add(time.Duration(float64(at+f.Len())/speed)))); err != nil {
					return err
				}
			}
			err := s.Write(f)
			if errors.Is(err, ErrOverrun) { // a file is faster than speech: wait for the engine
				if err := wait(ctx, 5*time.Millisecond); err != nil {
					return err
				}
				continue
			}
			if err != nil {
				return err
			}
			pcm, at = pcm[n:], at+f.Len()
		}
	}
	return nil
}

// wait sleeps for d, or until ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return context.Cause(ctx)
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

// collect joins all finals.
func collect(s Session) (Result, error) {
	var all Result
	var texts []string
	for {
		r, err := s.Recv()
		if errors.Is(err, io.EOF) {
			all.Text, all.Final = strings.Join(texts, " "), true
			return all, nil
		}
		if err != nil {
			return Result{}, err
		}
		if !r.Final || r.Text == "" {
			continue
		}
		if len(texts) == 0 {
			all = r
		} else {
			all.Alternatives = nil // readings of one part only
			all.Confidence = min(all.Confidence, r.Confidence)
			all.Words, all.End = append(all.Words, r.Words...), r.End
		}
		texts = append(texts, r.Text)
	}
}

func shift(r *Result, d time.Duration) {
	r.Start, r.End = max(0, r.Start+d), max(0, r.End+d)
	for i := range r.Words {
		r.Words[i].Start, r.Words[i].End = max(0, r.Words[i].Start+d), max(0, r.Words[i].End+d)
	}
}
