package asrtest

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"decroche/asr"
	"decroche/internal/testlog"
	"decroche/media"
)

// Fault is a way in which an engine's server fails.
type Fault int

// Faults.
const (
	Away    Fault = iota // nobody listens at its address
	Dies                 // it breaks off in the middle of a word
	Silent               // it takes all audio and never answers
	Deaf                 // it accepts the connection and takes no audio
	Garbage              // it answers with what is no message of its protocol
	Refuses              // it turns the request away
	Late                 // it answers right, but slowly
)

// String names the fault.
func (f Fault) String() string {
	return [...]string{"nobody listens", "server dies mid-word", "server never answers", "server takes no audio", "garbage on the wire", "server refuses", "slow server"}[f]
}

// broken checks what a recogniser makes of a failing server: a caller's turn ends with an error
// that a chain of engines can act upon, soon, and never with an ordinary end that hides the loss.
func broken(t *testing.T, opt Options) {
	for f := Away; f < Late; f++ {
		t.Run(f.String(), func(t *testing.T) {
			told := testlog.Listen(t)
			r := opt.Broken(t, f)
			err := lost(t, r, opt)
			if err == nil {
				t.Error("the turn ended in order, as if all had been heard")
				return
			}
			if errors.Is(err, io.EOF) {
				t.Errorf("the error is io.EOF for those who look inside: %v", err)
			}
			for _, s := range append(opt.Secrets, opt.Words) {
				if s != "" && (strings.Contains(err.Error(), s) || strings.Contains(told(), s)) {
					t.Errorf("a secret or what was said stands in the error or in the log: %v", err)
				}
			}
		})
	}
	t.Run(Late.String(), func(t *testing.T) { finalThenEOF(t, opt.Broken(t, Late), opt) })
	t.Run("closing does not wait for a server that never answers", func(t *testing.T) {
		for _, f := range []Fault{Silent, Deaf} {
			closeUnblocks(t, opt.Broken(t, f), opt)
			cancelUnblocks(t, opt.Broken(t, f), opt)
		}
	})
	t.Run("a flood to a server that takes no audio", func(t *testing.T) { flood(t, opt.Broken(t, Deaf), opt) })
}

// lost plays the speech in real time's order but as fast as the engine takes it and returns the
// error that ended the turn, nil for an ordinary end.
func lost(t *testing.T, r asr.Recogniser, opt Options) error {
	s, err := r.Open(t.Context(), opt.Open)
	if err != nil {
		return err
	}
	defer s.Close()
	ended := make(chan error, 1)
	go func() {
		for {
			if _, err := s.Recv(); err != nil {
				ended <- err
				return
			}
		}
	}()
	go func() {
		pcm := opt.speech()
		for len(pcm) > 0 {
			n := min(opt.Open.Rate/50, len(pcm))
			switch err := s.Write(media.Frame{PCM: append([]int16(nil), pcm[:n]...), Rate: opt.Open.Rate}); {
			case errors.Is(err, asr.ErrOverrun):
				time.Sleep(5 * time.Millisecond)
				if t.Context().Err() != nil {
					return
				}
				continue
			case err != nil:
				return
			}
			pcm = pcm[n:]
		}
		_ = s.CloseSend()
	}()
	select {
	case err := <-ended:
		if err == io.EOF {
			return nil
		}
		return err
	case <-time.After(opt.Patience):
		t.Errorf("the turn still hangs after %v", opt.Patience)
		return errors.New("the turn hangs")
	}
}
