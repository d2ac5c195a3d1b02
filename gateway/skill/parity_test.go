package skill_test

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"decroche/flows"
	"decroche/flows/flowtest"
	"decroche/flows/parity"
	"decroche/gateway/chat"
	"decroche/gateway/event"
	"decroche/gateway/skill"
	"decroche/gateway/skill/skilltest"
	"decroche/gateway/store/sqlite"
)

// stage is a door onto a hotline on which golden conversations are held one after the other.
type stage struct {
	t       *testing.T
	st      *sqlite.Store
	speaker *skilltest.Speaker
	now     flowtest.Golden // that is being held
	systems flows.Action    // of it
}

// Spec and Run make the systems of the conversation that is being held the host's one action.
func (s *stage) Spec() flows.Spec { return flows.Spec{Name: "http"} }

func (s *stage) Run(ctx context.Context, args map[string]any) (flows.Done, error) {
	return s.systems.Run(ctx, args)
}

func newStage(t *testing.T, bot *flows.Bot) *stage {
	t.Helper()
	st, err := sqlite.Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, st: st}
	var passed atomic.Int64
	h := chat.New(chat.Deps{Memory: st, Actions: map[string]flows.Action{"http": s}, Metrics: chat.NewMetrics(nil),
		Now: func() time.Time { return s.now.Now.Add(time.Duration(passed.Add(1)) * time.Millisecond) }, // always on
		Bots: func(name string) (chat.Bot, bool) {
			return chat.Bot{Name: bot.Name, Mind: bot.Engine()}, name == "" || name == bot.Name
		}}, chat.DefaultConfig())
	var end func()
	s.speaker, end, err = skilltest.Open(h, bot, "fr-FR", func(d *skill.Deps, c *skill.Config) {
		d.Metrics = skill.NewMetrics(nil)
		c.Alexa.Phone = "profile"
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		end()
		gone, cancel := context.WithCancel(context.Background())
		cancel()
		h.Close(gone)
		_ = st.Close()
	})
	return s
}

// open lets the caller of a golden conversation begin: somebody new, whose number is in their account.
func (s *stage) open(g flowtest.Golden, bot *flows.Bot) (parity.Talk, error) {
	s.now, s.systems = g, g.Systems()
	lang := g.Lang
	if lang == "" {
		lang = bot.DefaultLanguage()
	}
	s.speaker.Amazon().SetMobile(parity.Number(g.Caller))
	a := &atAlexa{t: s.t, st: s.st, speaker: s.speaker.Next(map[string]string{"fr": "fr-FR", "en": "en-GB"}[lang])}
	return a, a.heard(a.speaker.Launch(s.t.Context()))
}

// atAlexa is a golden conversation held at the door itself: signed requests in, checked responses out,
// and what became of it read from the record.
type atAlexa struct {
	t       *testing.T
	speaker *skilltest.Speaker
	st      *sqlite.Store
	conv    string
	gone    bool // the session is over
}

func (a *atAlexa) heard(h skilltest.Heard, err error) error {
	if h.Conv != "" {
		a.conv = h.Conv
	}
	a.gone = h.Ended
	return err
}

// Do implements parity.Talk.
func (a *atAlexa) Do(act flowtest.Act) error {
	switch {
	case a.gone:
		return nil
	case act.Key == "user":
		return a.heard(a.speaker.Say(a.t.Context(), act.Text))
	case act.Key == "hangup":
		a.gone = true
		return a.speaker.End(a.t.Context(), "USER_INITIATED")
	}
	return fmt.Errorf("an Alexa has no %q", act.Key)
}

// Where implements parity.Talk, from the record.
func (a *atAlexa) Where() parity.Where {
	w := parity.Where{Slots: map[string]string{}}
	for e, err := range a.st.Events(a.t.Context(), a.conv, 0) {
		if err != nil {
			a.t.Error(err)
			break
		}
		switch b := e.Body.(type) {
		case event.Said:
			w.ReadsBack, w.Offers = false, nil
		case event.Prompted:
			w.ReadsBack = parity.ReadsBack(b.Step)
			if len(b.Quick) > 0 {
				w.Offers = b.Quick
			}
		case event.Stepped:
			clear(w.Slots)
			for _, s := range b.Slots {
				w.Slots[s.Name] = s.Shown
			}
		case event.TransferStarted:
			w.Asked = true
		case event.CallbackTaken:
			w.Callback = true
		case event.Rated:
			w.Rated = true
		case event.Ended:
			w.Ended = b.Outcome
		}
	}
	return w
}

// TestParityAtTheDoor: every golden conversation of every hotline, held through the door itself, comes to
// the same as it is published that they come to at a speaker (docs/parity.md). The race detector makes
// signatures slow: with it a quarter of them is held, and with DECROCHE_LONG=1 all.
func TestParityAtTheDoor(t *testing.T) {
	t.Parallel()
	list, err := os.ReadDir("../../configs/hotlines")
	if err != nil {
		t.Fatal(err)
	}
	share := 1
	if raceEnabled && os.Getenv("DECROCHE_LONG") == "" {
		share = 4
	}
	for _, e := range list {
		if !e.IsDir() {
			continue
		}
		t.Run(e.Name(), func(t *testing.T) {
			t.Parallel()
			bot, fsys := loadBot(t, e.Name()), os.DirFS("../../configs/hotlines/"+e.Name())
			door, real, n := newStage(t, bot), parity.Alexa, 0
			real.Name = "the door itself"
			r, err := parity.Run(fsys, bot, parity.Options{Doors: []parity.Door{parity.Alexa, real},
				Match: func(flowtest.Golden) bool { n++; return n%share == 0 },
				Open: func(g flowtest.Golden, d parity.Door) (parity.Talk, error) {
					if d == real {
						return door.open(g, bot)
					}
					return parity.OnEngine(bot, g, d)
				}})
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range r.Rows {
				published, got := row.Doors[0], row.Doors[1]
				if !got.OK {
					t.Errorf("%s:%d: %s: %s", row.File, row.Line, row.Name, got.Diff)
				} else if got.Ending != published.Ending {
					t.Errorf("%s:%d: %s: %s, and it is published as %s", row.File, row.Line, row.Name, got.Ending, published.Ending)
				}
			}
			if len(r.Rows) < n/share || len(r.Rows) == 0 {
				t.Errorf("%d of %d conversations were held", len(r.Rows), n)
			}
			t.Logf("%d of %d conversations through the door", len(r.Rows), n)
		})
	}
}
