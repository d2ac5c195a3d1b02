// Package asr defines what a speech recogniser is. Engines live in sub-packages, one folder
// each, and pass the conformance kit in asr/asrtest.
package asr

import (
	"context"
	"errors"
	"fmt"
	"time"

	"decroche/media"
)

// ErrOverrun means the engine is further behind real time than its budget allows; the frame was dropped.
var ErrOverrun = errors.New("asr: recogniser is not keeping up with real time")

// UnsupportedError is why Open refuses options that the engine, well as it is, cannot serve: a
// language it does not speak, a sample rate it does not hear. Another engine may.
type UnsupportedError struct{ Msg string }

func (e *UnsupportedError) Error() string { return e.Msg }

// Unsupported makes an UnsupportedError as fmt.Errorf would.
func Unsupported(format string, args ...any) error {
	return &UnsupportedError{Msg: fmt.Sprintf(format, args...)}
}

// Recogniser opens recognition sessions. It is safe for concurrent use.
type Recogniser interface {
	Open(ctx context.Context, opt Options) (Session, error)
}

// Options tune one session: one turn of the caller. Zero values mean "engine default".
type Options struct {
	Language string   // BCP 47, e.g. "fr" or "en-GB"
	Rate     int      // samples per second the caller will write; 8000 on the phone
	Hints    []string // phrases the flow expects next, in Language; may be nil
	Expect   Expect   // what kind of answer the flow waits for
	// Others are languages that the caller may speak instead of Language, which is the likely one.
	// An engine that can tell hears the turn in all of them and says in Result.Language which it
	// was; one that cannot hears Language. Empty: the language is known.
	Others []string
}

// Expect is what the flow waits for, in the recogniser's terms.
type Expect struct {
	Kind   string // "", "digits", "spelled", "yes_no", "date", "list": the entity's base type
	Digits int    // number of digits when known, else 0
	// Layout narrows spoken digits: "pairs", "singles" or "" for either, as the prompt asked.
	Layout string
}

// Session recognises one stretch of audio. One goroutine may Write while another calls Recv.
type Session interface {
	// Write takes the next audio; it never blocks for a frame time: it returns ErrOverrun instead.
	Write(f media.Frame) error
	// Recv returns partial results, then one or more finals, then io.EOF once CloseSend has drained.
	Recv() (Result, error)
	// CloseSend says that no more audio comes. Finals may follow.
	CloseSend() error
	// Close abandons the session and unblocks Recv. Idempotent.
	Close() error
}

// Result is one hypothesis for a stretch of audio.
type Result struct {
	Text         string
	Final        bool
	Confidence   float64 // 0..1; 0 means that the engine does not say
	Words        []Word  // may be nil
	Alternatives []Alternative
	Start, End   time.Duration // media time
	// Language is the one that Text is in, of Options.Language and Options.Others and written as
	// there; "" when the engine does not tell, which means Options.Language. An engine names
	// another than that only when it is sure: a name, "ok" or a cough changes nobody's language.
	Language string
	// LanguageConfidence is how sure it is of Language, 0..1: near 0.5 for what is the same in
	// both languages; 0 means that the engine does not say.
	LanguageConfidence float64
}

// Word is one recognised word with its place in the audio.
type Word struct {
	Text       string
	Start, End time.Duration
	Confidence float64
}

// Alternative is another reading of the same audio, less likely than Result.Text.
type Alternative struct {
	Text       string
	Confidence float64
}
