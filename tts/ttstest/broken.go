package ttstest

import (
	"errors"
	"io"
	"strings"
	"testing"

	"decroche/internal/testlog"
	"decroche/media"
	"decroche/tts"
)

// Fault is a way in which an engine's server fails.
type Fault int

// Faults.
const (
	Away    Fault = iota // nobody listens at its address
	Dies                 // it breaks off in the middle of a word
	Silent               // it takes the text and never answers
	Deaf                 // it accepts the connection and reads nothing
	Garbage              // it answers with what is no message of its protocol
	Refuses              // it turns the request away
	Late                 // it speaks right, but begins late
)

// String names the fault.
func (f Fault) String() string {
	return [...]string{"nobody listens", "server dies mid-word", "server never answers", "server reads nothing", "garbage on the wire", "server refuses", "slow server"}[f]
}

// RunBroken is the conformance kit's second part, for voices that have a server: each way of
// failing must end in an error, soon, never in an ordinary end that hides what was not said; and
// neither the text nor any of the secrets may stand in errors or logs. open makes the voice with a
// server that fails; its settings must let it give up within a few seconds.
func RunBroken(t *testing.T, u tts.Utterance, open func(t *testing.T, f Fault) tts.Synthesiser, secrets ...string) {
	t.Helper()
	u.Rate = media.PhoneRate
	for f := Away; f < Late; f++ {
		t.Run(f.String(), func(t *testing.T) {
			told := testlog.Listen(t)
			v := open(t, f)
			var err error
			within(t, "speaking", func() { err = hear(t, v, u) })
			if errors.Is(err, io.EOF) {
				t.Fatal("the source ended in order, as if all had been said")
			}
			for _, s := range append(secrets, u.Text) {
				if strings.Contains(err.Error(), s) || strings.Contains(told(), s) {
					t.Errorf("a secret or the text stands in the error or in the log: %v", err)
				}
			}
		})
	}
	t.Run(Late.String(), func(t *testing.T) { frames(t, u, open(t, Late)) })
	t.Run("closing does not wait for a server that never answers", func(t *testing.T) {
		for _, f := range []Fault{Silent, Deaf} {
			closed(t, u, open(t, f))
		}
	})
}

// hear reads to the end and returns how it ended.
func hear(t *testing.T, v tts.Synthesiser, u tts.Utterance) error {
	src, err := v.Speak(t.Context(), u)
	if err != nil {
		return err
	}
	defer src.Close()
	for {
		if _, err := src.ReadFrame(); err != nil {
			return err
		}
	}
}
