package skill_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode"

	"decroche/flows"
	"decroche/flows/entity"
	"decroche/flows/flowtest"
	"decroche/flows/parity"
	"decroche/gateway/chat"
	"decroche/gateway/event"
	"decroche/gateway/skill"
	"decroche/gateway/skill/model"
	"decroche/gateway/skill/skilltest"
	"decroche/gateway/store/sqlite"
)

// stage is a door onto a hotline on which golden conversations are held one after the other.
type stage struct {
	t       *testing.T
	st      *sqlite.Store
	speaker *skilltest.Speaker
	held    atomic.Pointer[held] // read by what the one before has left under way, too
}

// held is the conversation that is being held.
type held struct {
	now     time.Time
	systems flows.Action
}

// Spec and Run make the systems of the conversation that is being held the host's one action.
func (s *stage) Spec() flows.Spec { return flows.Spec{Name: "http"} }

func (s *stage) Run(ctx context.Context, args map[string]any) (flows.Done, error) {
	return s.held.Load().systems.Run(ctx, args)
}

func newStage(t *testing.T, bot *flows.Bot) *stage {
	t.Helper()
	st, err := sqlite.Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, st: st}
	s.held.Store(&held{})
	var passed atomic.Int64
	h := chat.New(chat.Deps{Memory: st, Actions: map[string]flows.Action{"http": s}, Metrics: chat.NewMetrics(nil),
		Now: func() time.Time { return s.held.Load().now.Add(time.Duration(passed.Add(1)) * time.Millisecond) }, // always on
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
	s.held.Store(&held{now: g.Now, systems: g.Systems()})
	lang := g.Lang
	if lang == "" {
		lang = bot.DefaultLanguage()
	}
	s.speaker.Amazon().SetMobile(parity.Number(g.Caller))
	a := &atAlexa{t: s.t, st: s.st, speaker: s.speaker.Next(locales[lang])}
	return a, a.heard(a.speaker.Launch(s.t.Context()))
}

var locales = map[string]string{"fr": "fr-FR", "en": "en-GB"}

// understood is a golden conversation in which Alexa understands as much as the exported model lets her:
// what somebody says comes as an intent of the hotline with its values in slots, as a number or a date
// alone, and as free words only where the model has nothing for it. What they meant is known from a talk
// with the engine beside it.
type understood struct {
	*atAlexa
	model  *model.Model
	names  map[string]string   // the bot's intents to the model's
	lists  map[string][]string // values of the bot's lists
	beside parity.Talk
	count  map[string]int // requests, by how they came
}

func (s *stage) understand(g flowtest.Golden, bot *flows.Bot, count map[string]int) (parity.Talk, error) {
	talk, err := s.open(g, bot)
	if err != nil {
		return nil, err
	}
	beside, err := parity.OnEngine(bot, g, parity.Alexa)
	if err != nil {
		return nil, err
	}
	a := talk.(*atAlexa)
	m, _, err := model.Build(bot, model.Options{Locale: a.speaker.Locale})
	if err != nil {
		return nil, err
	}
	u := &understood{atAlexa: a, model: m, names: map[string]string{}, lists: bot.Lists(), beside: beside, count: count}
	for name, in := range model.Intents(bot) {
		u.names[in] = name
	}
	return u, nil
}

// Do implements parity.Talk.
func (u *understood) Do(act flowtest.Act) error {
	before := u.beside.Where()
	if err := u.beside.Do(act); err != nil {
		return err
	}
	if act.Key != "user" || u.gone {
		return u.atAlexa.Do(act)
	}
	intent, slots := u.meant(act.Text, before, u.beside.Where())
	switch {
	case intent == "":
		u.count["words"]++
		return u.atAlexa.Do(act)
	case len(slots) == 0:
		u.count["intents"]++
	case intent == model.Number || intent == model.Date:
		u.count["values alone"]++
	default:
		u.count["intents with slots"]++
	}
	return u.heard(u.speaker.Intent(u.t.Context(), intent, slots))
}

// meant is the intent that Alexa sends, with its slots, for words that took a conversation from one place
// to another; "" when the model has none that says all of it: a person is asked for in the same breath, or
// a value is told for which no example marks a slot.
func (u *understood) meant(text string, before, after parity.Where) (intent string, slots map[string]string) {
	if before.Asked != after.Asked {
		return "", nil
	}
	told := map[string]string{}
	for name, v := range after.Values {
		if before.Values[name] != v {
			told[name] = v
		}
	}
	if name := u.names[after.Intent]; name != "" && after.Intent != before.Intent {
		slots = map[string]string{}
		for _, in := range u.model.Interaction.Language.Intents {
			if in.Name != name {
				continue
			}
			values := u.mentioned(text)
			maps.Copy(values, told)
			for _, s := range in.Slots {
				if v, ok := values[s.Name]; ok {
					slots[s.Name] = v
				}
			}
			if len(slots) == len(values) {
				return name, slots
			}
		}
		return "", nil
	}
	if len(told) != 1 || before.Intent != after.Intent {
		return "", nil
	}
	for _, v := range told {
		switch digits := strings.Trim(v, "0123456789") == ""; {
		case digits && slices.Contains([]string{entity.TypeDigits, entity.TypeNumber, entity.TypePhone, entity.TypePostcodeFR}, before.Entity):
			return model.Number, map[string]string{model.NumberAt: v}
		case before.Entity == entity.TypeDate:
			return model.Date, map[string]string{model.DateAt: v}
		}
	}
	return "", nil
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

// mentioned are the values of lists that words name, by list; the longest of each.
func (u *understood) mentioned(text string) map[string]string {
	words := " " + strings.Join(strings.FieldsFunc(entity.Fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' }), " ") + " "
	out := map[string]string{}
	for name, list := range u.lists {
		for _, v := range list {
			if strings.Contains(words, " "+entity.Fold(v)+" ") && len(v) > len(out[name]) {
				out[name] = v
			}
		}
	}
	return out
}

// TestParityAtTheDoor: every golden conversation of every hotline, held through the door itself, comes to
// the same as it is published that they come to at a speaker (docs/parity.md); once in free words and once
// by the model's intents and slots, as far as it has them. The race detector makes
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
			door, real, slots, n, count := newStage(t, bot), parity.Alexa, parity.Alexa, 0, map[string]int{}
			real.Name, slots.Name = "the door itself", "the door itself, by intents and slots"
			r, err := parity.Run(fsys, bot, parity.Options{Doors: []parity.Door{parity.Alexa, real, slots},
				Match: func(flowtest.Golden) bool { n++; return n%share == 0 },
				Open: func(g flowtest.Golden, d parity.Door) (parity.Talk, error) {
					switch d {
					case real:
						return door.open(g, bot)
					case slots:
						return door.understand(g, bot, count)
					}
					return parity.OnEngine(bot, g, d)
				}})
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range r.Rows {
				published := row.Doors[0]
				for i, got := range row.Doors[1:] {
					if !got.OK {
						t.Errorf("%s:%d: %s: at %s: %s", row.File, row.Line, row.Name, r.Doors[i+1].Name, got.Diff)
					} else if got.Ending != published.Ending {
						t.Errorf("%s:%d: %s: at %s: %s, and it is published as %s", row.File, row.Line, row.Name, r.Doors[i+1].Name, got.Ending, published.Ending)
					}
				}
			}
			if len(r.Rows) < n/share || len(r.Rows) == 0 {
				t.Errorf("%d of %d conversations were held", len(r.Rows), n)
			}
			if count["intents"] == 0 || count["values alone"] == 0 || len(r.Rows) == n && e.Name() == "colibri" && count["intents with slots"] == 0 {
				t.Errorf("nothing came by intents or by slots: %v", count)
			}
			t.Logf("%d of %d conversations through the door, and again by intents and slots: %v", len(r.Rows), n, count)
		})
	}
}
