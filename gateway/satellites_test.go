package gateway

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"decroche/asr/asrtest"
	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/wyoming"
	"decroche/gateway/wyoming/wyomingtest"
)

// TestASatelliteGoesOn: a call at an open speaker in which nobody speaks any more is over, and the next
// wake goes on with its question; the satellite is told what is said.
func TestASatelliteGoesOn(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	box := wyomingtest.New(wyomingtest.Wake)
	addr, err := box.Listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	r := newRigOf(t, func(c *Config) {
		c.Secrets = map[string]string{}
		c.Wyoming.Satellites = []wyoming.Satellite{{Name: "salon", Addr: addr, Bot: "colibri", Lang: "fr", Phone: "+33612345678"}}
		c.Wyoming.HangUpAfter = 3 * time.Second
	}, []string{"../configs/hotlines/colibri"}, func(e *Engines) {
		e.Ears = &asrtest.Script{Turns: []asrtest.Turn{{Text: "où est mon colis", Confidence: 0.95}}}
	})
	if err := box.WaitFor(ctx, "ping", 1); err != nil {
		t.Fatal(err)
	}
	box.Wake("hey_jarvis")
	first := hush(ctx, t, box, 0)
	if !strings.Contains(first, "Colibri") {
		t.Errorf("the satellite is shown %q for a greeting", first)
	}
	for n := len(box.Prompts()); ; { // again when it was said into a prompt that came late
		box.Say(wyomingtest.Voice(time.Second))
		soon, cancel := context.WithTimeout(ctx, 4*time.Second)
		err := box.WaitPrompts(soon, n+1)
		cancel()
		if err == nil || ctx.Err() != nil || len(box.Transcripts()) > 0 {
			break
		}
	}
	if err := box.WaitFor(ctx, "transcript", 1); err != nil {
		t.Fatal(err)
	}
	if got := box.Transcripts(); got[0] != "où est mon colis" {
		t.Errorf("the satellite was told %q", got)
	}
	n := len(box.Prompts())
	box.Wake("hey_jarvis")
	again := hush(ctx, t, box, n)
	if strings.Contains(again, "Colibri Express, bonjour") || !strings.Contains(again, "numéro de commande") {
		t.Errorf("it goes on with %q", again)
	}
	if err := box.WaitFor(ctx, "transcript", 2); err != nil {
		t.Fatal(err)
	}
	r.calls.Wait()
	calls := 0
	for sum, err := range r.store.Conversations(ctx, store.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		if calls++; sum.Channel != "voice" || sum.From != "tel:+33612345678" || sum.Outcome == "" {
			t.Errorf("%+v", sum)
		}
	}
	if calls != 2 {
		t.Errorf("%d calls, want 2", calls)
	}
}

// hush waits until the satellite has said what it says, and returns what it was shown.
func hush(ctx context.Context, t *testing.T, box *wyomingtest.Satellite, n int) (text string) {
	t.Helper()
	list, err := box.Hush(ctx, n, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		text += p.Text + " "
	}
	return text
}

// TestWhatIsGoneOnWith: only what waits for its caller, in time, with the same bot, and once.
func TestWhatIsGoneOnWith(t *testing.T) {
	t.Parallel()
	bot, err := loadFolder("../configs/hotlines/colibri", os.DirFS("../configs/hotlines/colibri"))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	b := brokenOff{within: time.Minute, now: func() time.Time { return at }}
	m := &leavingMind{Mind: bot.Engine()}
	out, err := m.Turn(t.Context(), flows.State{}, flows.Input{Kind: flows.Start, Channel: flows.Speaker, Lang: "fr", Now: at})
	if err != nil {
		t.Fatal(err)
	}
	b.keep("salon", "colibri", m.left()) // nobody has left yet
	if _, ok := b.take("salon", "colibri"); ok {
		t.Error("a call that was not left is gone on with")
	}
	if _, err := m.Turn(t.Context(), out.State, flows.Input{Kind: flows.Hangup, Now: at}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		satellite, bot string
		later          time.Duration
		want           bool
	}{
		"soon":      {"salon", "colibri", time.Minute, true},
		"too late":  {"salon", "colibri", time.Minute + 1, false},
		"elsewhere": {"cuisine", "colibri", 0, false},
		"other bot": {"salon", "banque", 0, false},
	} {
		b.by = nil
		b.keep("salon", "colibri", m.left())
		now := at
		at = at.Add(c.later)
		was, ok := b.take(c.satellite, c.bot)
		if ok != c.want || ok && (was.lang != "fr" || len(was.state.Raw) == 0) {
			t.Errorf("%s: %v %+v", name, ok, was)
		}
		if _, ok := b.take(c.satellite, c.bot); ok {
			t.Errorf("%s: twice", name)
		}
		at = now
	}
}

// TestAScreenIsTold each prompt once, and the caller's words.
func TestAScreenIsTold(t *testing.T) {
	t.Parallel()
	c := event.NewCaptions(nil)
	sub := c.Watch("a")
	s := &screen{}
	c.Show("a", event.Caption{Who: "bot", N: 1, Text: "Bonjour."})
	shown := show(s, sub, 0)
	c.Show("a", event.Caption{Who: "bot", N: 1, Text: "Bonjour. Je vous écoute."})
	c.Show("a", event.Caption{Who: "caller", N: 1, Text: "euh"})
	shown = show(s, sub, shown)
	c.Show("a", event.Caption{Who: "bot", N: 2, Text: "Un instant."})
	if show(s, sub, shown); strings.Join(s.said, "|") != "Bonjour.|Un instant." {
		t.Errorf("%q", s.said)
	}
}

// screen implements wyoming.Screen.
type screen struct{ heard, said []string }

func (s *screen) Heard(text string)      { s.heard = append(s.heard, text) }
func (s *screen) Says(text, lang string) { s.said = append(s.said, text) }
