package call

import (
	"context"
	"errors"
	"testing"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/leg/legtest"
	"decroche/tts/cache"
	"decroche/tts/espeak"
)

// TestTheRealVoice greets and says goodbye with espeak-ng, in real time.
func TestTheRealVoice(t *testing.T) {
	t.Parallel()
	voice, err := espeak.New(espeak.DefaultConfig())
	if errors.Is(err, espeak.ErrMissing) {
		t.Skip("espeak-ng is not installed: apt-get install espeak-ng")
	}
	if err != nil {
		t.Fatal(err)
	}
	mouth, err := cache.New(voice, espeak.DefaultConfig().Fingerprint(), cache.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	defer mouth.Close()
	n := &notes{}
	s := &Session{Conv: "c1", Bot: BotInfo{Lang: "fr"}, Mouth: mouth, Record: n,
		Mind: &mind{answers: map[string]flows.Output{"start": end("Bonjour. Au revoir !", "resolved")}}, Config: DefaultConfig()}
	s.Config.Goodbye = 0
	if err := mouth.Warm(t.Context(), Utterances(s.Bot, []flows.Prompt{{Voice: "Bonjour. Au revoir !"}}, 8000), nil); err != nil {
		t.Fatal(err)
	}
	line := legtest.New(leg.Info{})
	s.Leg, n.began = line, time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := s.Run(ctx); err != nil {
		t.Fatal(err)
	}
	ps := all[event.Prompted](n)
	if len(ps) != 1 || ps[0].Cut || ps[0].ForMS < 600 || ps[0].ForMS > 3000 {
		t.Errorf("recorded %v", n)
	}
	if pcm := line.PCM(0); len(pcm) < 8000*600/1000 {
		t.Errorf("%d samples left", len(pcm))
	}
	if first, ok := line.FirstSound(0); !ok || first > 2*time.Second {
		t.Errorf("first sound after %v", first)
	}
}

func TestWhatIsWarmedIsWhatIsSaid(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newRig(t, map[string]flows.Output{"start": end("Bonjour, je vous écoute. Le 12 mars, c'est bien ça ?", "resolved")})
		r.start()
		r.over()
		warm := map[string]bool{}
		for _, u := range Utterances(r.s.Bot, r.mind.answers["start"].Say, 8000) {
			warm[u.Text] = true
		}
		for _, u := range r.voice.Said() {
			if !warm[u.Text] {
				t.Errorf("%q was not warmed", u.Text)
			}
		}
		if n := len(r.voice.Said()); n != 2 {
			t.Errorf("%d sentences", n)
		}
	})
}
