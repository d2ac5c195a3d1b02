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

// Transcribe runs a whole recording through any recogniser, as fast as it takes audio, and returns
// all its finals as one result. pcm: mono int16 at opt.Rate.
func Transcribe(ctx context.Context, rec Recogniser, pcm []int16, opt Options) (Result, error) {
	s, err := rec.Open(ctx, opt)
	if err != nil {
		return Result{}, fmt.Errorf("transcribe: %w", err)
	}
	defer s.Close()
	rate := opt.Rate
	if rate == 0 {
		rate = media.PhoneRate
	}
	pause := make([]int16, int(edge.Seconds()*float64(rate)))
	fed := make(chan error, 1)
	go func() { fed <- feed(ctx, s, rate, pause, pcm, pause) }()
	res, err := collect(s)
	if err != nil {
		s.Close() // lets feed end
	}
	if e := <-fed; err == nil {
		err = e
	}
	if err != nil {
		return Result{}, fmt.Errorf("transcribe: %w", err)
	}
	shift(&res, -edge)
	return res, nil
}

// feed writes pieces of audio and closes the sending side.
func feed(ctx context.Context, s Session, rate int, parts ...[]int16) error {
	var at time.Duration
	for _, pcm := range parts {
		for len(pcm) > 0 {
			n := min(rate/50, len(pcm))
			f := media.Frame{PCM: pcm[:n:n], Rate: rate, At: at}
			err := s.Write(f)
			if errors.Is(err, ErrOverrun) { // a file is faster than speech: wait for the engine
				select {
				case <-ctx.Done():
					return context.Cause(ctx)
				case <-time.After(5 * time.Millisecond):
				}
				continue
			}
			if err != nil {
				return err
			}
			pcm, at = pcm[n:], at+f.Len()
		}
	}
	return s.CloseSend()
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
