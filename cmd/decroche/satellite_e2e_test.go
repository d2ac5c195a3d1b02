package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"decroche/asr"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/wyoming/wyomingtest"
	"decroche/internal/phone"
	"decroche/media"
)

// atSpeaker is somebody at an open speaker.
type atSpeaker struct {
	t    *testing.T
	tl   *tools
	box  *wyomingtest.Satellite
	seen int // prompts
}

// hears waits until the speaker is silent and returns what it said since the last time.
func (a *atSpeaker) hears(ctx context.Context) string {
	a.t.Helper()
	list, err := a.box.Hush(ctx, a.seen, 1200*time.Millisecond)
	if err != nil {
		a.t.Fatal(err)
	}
	a.seen += len(list)
	var text []string
	for _, p := range list {
		text = append(text, a.written(ctx, p.PCM, p.Rate))
	}
	return strings.Join(text, " ")
}

// written is what a sound says.
func (a *atSpeaker) written(ctx context.Context, pcm []int16, rate int) string {
	a.t.Helper()
	pcm, err := toRate(pcm, rate, media.PhoneRate)
	if err != nil {
		a.t.Fatal(err)
	}
	res, err := asr.Transcribe(ctx, a.tl.ears, pcm, asr.Options{Language: "fr", Rate: media.PhoneRate})
	if err != nil {
		a.t.Fatal(err)
	}
	return res.Text
}

// says something into the microphone.
func (a *atSpeaker) says(text string) {
	a.t.Helper()
	pcm, err := toRate(sentence(a.t, a.tl, text, 0, 0), media.PhoneRate, wyomingtest.MicRate)
	if err != nil {
		a.t.Fatal(err)
	}
	a.box.Say(pcm)
}

// asks says something until one of the words is heard in the answer: on a slow machine it may be said into
// a prompt that comes late, and what is read back is confirmed.
func (a *atSpeaker) asks(ctx context.Context, text string, words ...string) {
	a.t.Helper()
	var all []string
	say := text
	for range 4 {
		a.says(say)
		got := a.hears(ctx)
		if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(got, w) }) {
			return
		}
		if say = text; strings.Contains(got, "bien ça") {
			say = "oui, c'est ça"
		}
		all = append(all, got)
	}
	a.t.Errorf("%q is answered by %q", text, all)
}

// TestACallByAnOpenSpeaker: somebody wakes a Wyoming satellite, asks for a parcel, gets a true answer,
// asks for a human, and speaks with one. What the satellite was sent is understood again, as whoever
// stands beside it would.
func TestACallByAnOpenSpeaker(t *testing.T) {
	t.Parallel()
	needs(t, "espeak-ng")
	tl := testTools(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var heard atomic.Bool // the agent was
	agent := openLine(t, func(ctx context.Context, l leg.Leg) {
		if l.Answer(ctx) != nil {
			return
		}
		p := &phone.Phone{Leg: l, Mouth: tl.mouth, Ears: tl.ears, Lang: "fr"}
		p.Start(ctx)
		m := p.Mark()
		if _, err := p.WaitSound(ctx, m); err == nil {
			_, _ = p.WaitQuiet(ctx, 1500*time.Millisecond)
			_ = l.(leg.Presser).SendDigits(ctx, "1")
			for !heard.Load() && p.Pause(ctx, time.Second) == nil {
				if _, _, err := p.Say(ctx, "Bonjour, ici Karim."); err != nil {
					break
				}
			}
		}
		_ = p.Hangup(ctx)
	})
	box := wyomingtest.New(wyomingtest.Wake)
	addr, err := box.Listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	set := openScenery(t, agent.server.Addr(), fmt.Sprintf("wyoming: {satellites: [{name: salon, addr: %q, bot: colibri, lang: fr}]}", addr))
	if err := box.WaitFor(ctx, "ping", 1); err != nil {
		t.Fatal(err)
	}
	a := &atSpeaker{t: t, tl: tl, box: box}
	box.Wake("hey_jarvis")
	if got := a.hears(ctx); !strings.Contains(got, "bonjour") {
		t.Errorf("the greeting is heard as %q", got)
	}
	a.asks(ctx, "bonjour, où est mon colis ?", "numéro", "commande")
	a.asks(ctx, "quarante-cinq, douze, soixante-dix-huit, zéro deux", "colis")
	a.says("je voudrais parler à un conseiller")
	if err := a.reaches(ctx, "karim", "bonjour"); err != nil {
		t.Error(err)
	}
	a.seen = len(box.Prompts())
	heard.Store(true)
	a.hears(ctx) // the bot is back, and asks how it was
	a.says("bien")
	if err := box.WaitFor(ctx, "transcript", 1); err != nil {
		t.Fatal(err)
	}
	told, streaming := box.Transcripts(), box.Streaming()
	list, err := conversations(ctx, set.api())
	if err != nil || len(list) != 1 {
		t.Fatalf("conversations: %+v, %v", list, err)
	}
	rec, err := waitRecord(ctx, set.api(), list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if last := rec.lastWords(); len(told) != 1 || last == "" || told[0] != last || streaming {
		t.Errorf("at the end the satellite was told %q, the caller's last words were %q; streaming %v", told, last, streaming)
	}
	if !rec.found("45127802") || !rec.transferred() {
		t.Errorf("record: found %v, transferred %v", rec.found("45127802"), rec.transferred())
	}
}

// reaches waits until one of the words is heard from the person at the other end.
func (a *atSpeaker) reaches(ctx context.Context, words ...string) error {
	for ctx.Err() == nil {
		var text string
		for _, p := range a.box.Prompts()[a.seen:] {
			text += " " + a.written(ctx, p.PCM, p.Rate)
		}
		if p, ok := a.box.Playing(); ok && p.Len > 2*time.Second {
			text += " " + a.written(ctx, p.PCM, p.Rate)
		}
		for _, w := range words {
			if strings.Contains(text, w) {
				return nil
			}
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
	}
	return fmt.Errorf("nobody was heard; events: %v", a.box.Events())
}

// lastWords is what the caller said last.
func (r record) lastWords() string {
	for _, e := range slices.Backward(r.Events) {
		var said event.Said
		if e.Type == "said" && json.Unmarshal(e.Body, &said) == nil && said.Who == "" {
			return said.Text
		}
	}
	return ""
}
