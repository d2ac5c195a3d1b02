package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"decroche/gateway/call"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/leg/legtest"
	"decroche/media"
	"decroche/tts"
	"decroche/tts/espeak"
	"decroche/tts/ttstest"
)

// spokenBy is what a caller's voice says, at the telephone's rate.
func spokenBy(t *testing.T, mouth tts.Synthesiser, u tts.Utterance) []int16 {
	t.Helper()
	u.Rate = media.PhoneRate
	src, err := mouth.Speak(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var pcm []int16
	for {
		f, err := src.ReadFrame()
		if errors.Is(err, io.EOF) {
			return pcm
		}
		if err != nil {
			t.Fatal(err)
		}
		pcm = append(pcm, f.PCM...)
	}
}

// written is a record in memory.
type written struct {
	mu   sync.Mutex
	said []event.Said
	lang []event.Language
	bot  []event.Prompted
}

func (w *written) Write(b event.Body) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch v := b.(type) {
	case event.Said:
		w.said = append(w.said, v)
	case event.Language:
		w.lang = append(w.lang, v)
	case event.Prompted:
		w.bot = append(w.bot, v)
	}
}

// The demo hotline, its embedded recogniser and voices that its training never heard, in virtual
// time: who speaks the other language of the bot is answered in it, on lines of both.
func TestBilingualHotlineAnswersInTheCallersLanguage(t *testing.T) {
	t.Parallel()
	needs(t, "espeak-ng")
	cfg, bots, err := loadExample("colibri")
	if err != nil {
		t.Fatal(err)
	}
	ears, err := newRecogniser(cfg, bots, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	caller, err := espeak.New(espeak.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		line, voice, lang, says string
		want                    []event.Language
	}{
		"English on the French line": {"fr", "en-us+m5", "en", "hello, where is my parcel please", []event.Language{{From: "fr", To: "en", Why: "heard"}}},
		"French on the English line": {"en", "fr+f3", "fr", "bonjour, je voudrais savoir où est mon colis", []event.Language{{From: "en", To: "fr", Why: "heard"}}},
		"French on the French line":  {"fr", "fr+m5", "fr", "bonjour, je voudrais savoir où est mon colis", nil},
	} {
		t.Run(name, func(t *testing.T) {
			words := spokenBy(t, caller, tts.Utterance{Text: c.says, Language: c.lang, Voice: c.voice})
			synctest.Test(t, func(t *testing.T) {
				line, w, mouth := legtest.New(leg.Info{}), &written{}, &ttstest.Voice{}
				s := &call.Session{Conv: "c1", Leg: line, Mind: bots[0].Engine(), Ears: ears, Mouth: mouth, Record: w, Config: call.DefaultConfig(),
					Bot: call.BotInfo{Name: bots[0].Name, Lang: c.line, Languages: bots[0].Languages}}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				done := make(chan error, 1)
				go func() { done <- s.Run(ctx) }()
				if !line.AwaitSpoken(time.Minute) {
					t.Fatal("nobody greeted")
				}
				line.Speak(words)
				if !line.AwaitSpoken(time.Minute) {
					t.Fatal("nobody answered")
				}
				line.HangUp()
				if err := <-done; err != nil {
					t.Error(err)
				}
				if len(w.said) == 0 || w.said[0].Lang != c.lang {
					t.Fatalf("heard %+v", w.said)
				}
				for i := range w.lang {
					if w.lang[i].Confidence < .9 {
						t.Errorf("%+v", w.lang[i])
					}
					w.lang[i].Confidence = 0
				}
				if len(w.lang) != len(c.want) || len(c.want) > 0 && w.lang[0] != c.want[0] {
					t.Errorf("recorded %+v, want %+v", w.lang, c.want)
				}
				last := w.bot[len(w.bot)-1]
				if last.Lang != c.lang || last.Step != "suivi_colis/numero_commande" {
					t.Errorf("answered %+v", last)
				}
				if u := mouth.Said(); u[len(u)-1].Language != c.lang {
					t.Errorf("spoke in %q", u[len(u)-1].Language)
				}
			})
		})
	}
}
