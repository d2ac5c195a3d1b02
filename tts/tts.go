// Package tts defines what a speech synthesiser is. Engines live in sub-packages, one folder
// each, and pass the conformance kit in tts/ttstest.
package tts

import (
	"context"

	"decroche/media"
)

// Synthesiser turns text into audio. It is safe for concurrent use. The first frame comes
// before the whole text is rendered; cancelling ctx stops the work upstream too.
type Synthesiser interface {
	Speak(ctx context.Context, u Utterance) (media.Source, error)
}

// Utterance is one thing to say: plain text in which numbers and dates are already written
// out as they are spoken (gateway/speech does that).
type Utterance struct {
	Text     string
	SSML     string  // Text with marks, a whole <speak> document; an engine without SSML says Text
	Language string  // BCP 47: "fr", "en"
	Voice    string  // engine's own name; empty for the language's default
	Rate     int     // samples per second wanted; 8000 on the phone
	Speed    float64 // 1 is the engine's normal speed; 0 means 1; range 0.5..2
}

// Coder is an optional ability of a Synthesiser that remembers: Coded returns what it has said
// before in the form in which a codec sends it (the codec's name as in SDP), coded once and shared
// by all who play it; false when it has not said it yet, or not at the codec's rate. It never
// waits for the engine. Safe for concurrent use.
type Coder interface {
	Coded(u Utterance, codec string) (*media.Clip, bool)
}
