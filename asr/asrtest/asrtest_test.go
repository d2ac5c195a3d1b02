package asrtest

import (
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"decroche/asr"
	"decroche/media"
)

func TestScriptPassesTheKit(t *testing.T) {
	Run(t, func(*testing.T) asr.Recogniser { return &Script{} }, Options{})
	t.Run("with words", func(t *testing.T) {
		turns := make([]Turn, 10)
		for i := range turns {
			turns[i] = Turn{Text: "bonjour", Confidence: .8, Delay: 40 * time.Millisecond}
		}
		synctest.Test(t, func(t *testing.T) {
			opt := Options{Open: asr.Options{Rate: 8000}, Words: "bonjour", Patience: time.Second}
			finalThenEOF(t, &Script{Turns: turns}, opt)
			concurrent(t, &Script{Turns: turns}, opt)
		})
	})
}

func TestScriptFollowsTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fail := errors.New("engine fell over")
		rec := &Script{Turns: []Turn{
			{Text: "où est mon colis", Confidence: .9, Delay: 50 * time.Millisecond, Partials: []Partial{{100 * time.Millisecond, "où est"}}},
			{OpenErr: fail}, {Err: fail},
		}}
		s, err := rec.Open(t.Context(), asr.Options{Language: "fr", Rate: 8000})
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			for range 10 {
				s.Write(media.Frame{PCM: make([]int16, 160), Rate: 8000})
				time.Sleep(20 * time.Millisecond)
			}
			s.CloseSend()
		}()
		began := time.Now()
		if r, err := s.Recv(); err != nil || r.Final || r.Text != "où est" || time.Since(began) != 80*time.Millisecond {
			t.Errorf("partial %+v, %v after %v", r, err, time.Since(began))
		}
		if r, err := s.Recv(); err != nil || !r.Final || r.Text != "où est mon colis" || time.Since(began) != 250*time.Millisecond {
			t.Errorf("final %+v, %v after %v", r, err, time.Since(began))
		}
		if _, err := s.Recv(); err != io.EOF {
			t.Errorf("then %v, want EOF", err)
		}
		if _, err := rec.Open(t.Context(), asr.Options{}); !errors.Is(err, fail) {
			t.Errorf("second open: %v", err)
		}
		s, _ = rec.Open(t.Context(), asr.Options{})
		s.Close() // given back
		s, _ = rec.Open(t.Context(), asr.Options{})
		s.CloseSend()
		if _, err := s.Recv(); !errors.Is(err, fail) {
			t.Errorf("third turn: %v", err)
		}
		s.Close()
		if h := rec.Sessions(); len(h) != 3 || h[0].Audio != 200*time.Millisecond || h[0].Options.Language != "fr" || !h[0].Sent || h[1].Sent {
			t.Errorf("sessions %+v", h)
		}
	})
}
