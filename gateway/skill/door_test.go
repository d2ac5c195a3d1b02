package skill_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"decroche/flows"
	"decroche/gateway/chat"
	"decroche/gateway/event"
	"decroche/gateway/skill"
	"decroche/gateway/skill/alexa"
	"decroche/gateway/skill/model"
	"decroche/gateway/skill/skilltest"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
	"decroche/gateway/vcon"
)

// loadBot reads a hotline once for all tests: a bot is not changed by its conversations.
var bots sync.Map

func loadBot(t testing.TB, name string) *flows.Bot {
	t.Helper()
	f, _ := bots.LoadOrStore(name, sync.OnceValues(func() (*flows.Bot, error) {
		return flows.Load(os.DirFS("../../configs/hotlines/"+name), flows.Options{})
	}))
	b, err := f.(func() (*flows.Bot, error))()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// systems is the company behind the flows: each request waits for go_, when there is one, and gets the body.
type systems struct {
	goes chan struct{}
	body map[string]any
	code int
}

func (s systems) Spec() flows.Spec { return flows.Spec{Name: "http"} }

func (s systems) Run(ctx context.Context, _ map[string]any) (flows.Done, error) {
	if s.goes != nil {
		select {
		case <-s.goes:
		case <-ctx.Done():
			return flows.Done{Outcome: "timeout"}, nil
		}
	}
	if s.code != 0 {
		return flows.Done{Outcome: fmt.Sprint(s.code), Result: map[string]any{"status": s.code, "body": s.body}}, nil
	}
	return flows.Done{Outcome: "ok", Result: map[string]any{"status": 200, "body": s.body}}, nil
}

// house is a gateway's chats with a speaker in front.
type house struct {
	*skilltest.Speaker
	chats *chat.Host
	st    *sqlite.Store
	now   *clock
}

// clock is the time of the flows: what they say of a date must not depend on the day of the test.
type clock struct {
	mu   sync.Mutex
	plus time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC).Add(c.plus)
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.plus += d
}

func open(t testing.TB, bot *flows.Bot, locale string, sys systems, change func(*skill.Deps, *skill.Config)) *house {
	t.Helper()
	st, err := sqlite.Open(context.Background(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{}
	h := chat.New(chat.Deps{Memory: st, Actions: map[string]flows.Action{"http": sys}, Metrics: chat.NewMetrics(nil), Now: c.now,
		Bots: func(name string) (chat.Bot, bool) {
			return chat.Bot{Name: bot.Name, Mind: bot.Engine()}, name == "" || name == bot.Name
		}}, chat.DefaultConfig())
	sp, end, err := skilltest.Open(h, bot, locale, func(d *skill.Deps, c *skill.Config) {
		d.Metrics = skill.NewMetrics(nil)
		if change != nil {
			change(d, c)
		}
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
	return &house{sp, h, st, c}
}

// launch opens the skill.
func (h *house) launch(t *testing.T) skilltest.Heard {
	t.Helper()
	got, err := h.Launch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// say says something and holds what is heard against each of want.
func (h *house) say(t *testing.T, text string, want ...string) skilltest.Heard {
	t.Helper()
	got, err := h.Say(t.Context(), text)
	return expect(t, text, got, err, want...)
}

func expect(t *testing.T, what string, got skilltest.Heard, err error, want ...string) skilltest.Heard {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	for _, w := range want {
		if !strings.Contains(got.Speech, w) {
			t.Errorf("%s: heard %q, which lacks %q", what, got.Speech, w)
		}
	}
	return got
}

// events are those of a conversation's record.
func (h *house) events(t *testing.T, conv string) (out []event.Body) {
	t.Helper()
	for e, err := range h.st.Events(t.Context(), conv, 0) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e.Body)
	}
	return out
}

func of[T event.Body](list []event.Body) (out []T) {
	for _, b := range list {
		if v, ok := b.(T); ok {
			out = append(out, v)
		}
	}
	return out
}

var underWay = systems{body: map[string]any{"order": "45127802", "status": "in_transit", "date": "2026-11-24"}}

// TestGolden is colibri's first golden conversation, in both languages, by the door.
func TestGolden(t *testing.T) {
	t.Parallel()
	bot := loadBot(t, "colibri")
	for locale, lines := range map[string][][]string{
		"fr-FR": {
			{"", "Je suis un assistant automatique"},
			{"euh bonjour j'ai toujours pas reçu mon paquet", "Quel est votre numéro de commande"},
			{"quarante-cinq douze soixante-dix-huit zéro deux", "quarante-cinq, douze, soixante-dix-huit, zéro deux", "vingt-quatre novembre", "autre question"},
			{"non", "Comment s’est passé"},
			{"c'était bien", "bonne journée"},
		},
		"en-GB": {
			{"", "I'm an automated assistant."},
			{"hi um where's my parcel", "What's your order number?"},
			{"four five one two seven eight zero two", "Let me look.", "arrives"},
			{"no", "good, average or bad"},
			{"good", "oodbye"},
		},
	} {
		t.Run(locale, func(t *testing.T) {
			t.Parallel()
			h := open(t, bot, locale, underWay, nil)
			got := h.launch(t)
			conv := got.Conv
			for i, l := range lines {
				if i > 0 {
					if got.Ended {
						t.Fatalf("ended before %q", l[0])
					}
					got = h.say(t, l[0], l[1:]...)
				} else {
					expect(t, "launch", got, nil, l[1:]...)
				}
			}
			if !got.Ended {
				t.Error("the session goes on after the goodbye")
			}
			evs := h.events(t, conv)
			if v := container(t, h, conv); len(v.Dialog) != len(of[event.Prompted](evs))+len(of[event.Said](evs)) || v.Dialog[0].Type != "text" {
				t.Errorf("as a vCon it has %d dialogs", len(v.Dialog))
			}
			if s := of[event.Started](evs); len(s) != 1 || s[0].Channel != "speaker" || s[0].From != skill.Source {
				t.Errorf("started: %+v", s)
			}
			if e := of[event.Ended](evs); len(e) != 1 || e[0].Outcome != "resolved" {
				t.Errorf("ended: %+v", e)
			}
			steps := of[event.Stepped](evs)
			last := steps[len(steps)-1]
			if !slices.ContainsFunc(last.Slots, func(s event.Slot) bool { return s.Name == "numero_commande" && s.Value == "45127802" }) {
				t.Errorf("slots: %+v", last.Slots)
			}
			for _, s := range of[event.Said](evs) {
				if s.How != "speech" {
					t.Errorf("said: %+v", s)
				}
			}
		})
	}
}

// container is a conversation as it is exported.
func container(t *testing.T, h *house, conv string) vcon.VCon {
	t.Helper()
	var evs []event.Event
	for e, err := range h.st.Events(t.Context(), conv, 0) {
		if err != nil {
			t.Fatal(err)
		}
		evs = append(evs, e)
	}
	v, err := vcon.Make(vcon.Source{Conv: conv, Host: "gateway.example", Bot: "Colibri Express", Events: evs})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestIntents: what Alexa recognised by a sample reaches the flow with its values, and a number alone
// answers the question for one.
func TestIntents(t *testing.T) {
	t.Parallel()
	bot := loadBot(t, "colibri")
	h := open(t, bot, "fr-FR", underWay, nil)
	got, err := h.Intent(t.Context(), "suivi_colis", map[string]string{"numero_commande": "45127802"})
	expect(t, "one sentence", got, err, "Je suis un assistant automatique", "vingt-quatre novembre")
	h = open(t, bot, "fr-FR", underWay, nil)
	h.launch(t)
	got, err = h.Intent(t.Context(), "suivi_colis", nil)
	expect(t, "an intent", got, err, "numéro de commande")
	if !slices.ContainsFunc(of[event.Stepped](h.events(t, got.Conv)), func(s event.Stepped) bool {
		return slices.ContainsFunc(s.Steps, func(st event.Step) bool { return st.Note == "intent suivi_colis 1.00" })
	}) {
		t.Error("the flow guessed again what Alexa had understood")
	}
	got, err = h.Intent(t.Context(), model.Number, map[string]string{model.NumberAt: "45127802"})
	expect(t, "a number", got, err, "vingt-quatre novembre")
	got, err = h.Intent(t.Context(), "unknown_intent", nil)
	expect(t, "an intent that nobody knows", got, err, "Pardon")
	got, err = h.Intent(t.Context(), alexa.Fallback, nil)
	expect(t, "fallback", got, err)
	got, err = h.Intent(t.Context(), alexa.Repeat, nil)
	expect(t, "repeat", got, err)
}

// TestEnds: stop, home and an end by the person end the conversation; cancel and help do not.
func TestEnds(t *testing.T) {
	t.Parallel()
	bot := loadBot(t, "colibri")
	for name, c := range map[string]struct {
		do   func(h *house) (skilltest.Heard, error)
		over bool // the conversation
	}{
		"stop": {func(h *house) (skilltest.Heard, error) { return h.Intent(t.Context(), alexa.Stop, nil) }, true},
		"home": {func(h *house) (skilltest.Heard, error) { return h.Intent(t.Context(), alexa.Home, nil) }, true},
		"stop, in words": {func(h *house) (skilltest.Heard, error) {
			return h.Intent(t.Context(), model.Words, map[string]string{model.WordsSlot: "taisez-vous"})
		}, true},
		"by the person": {func(h *house) (skilltest.Heard, error) {
			return skilltest.Heard{}, h.End(t.Context(), "USER_INITIATED")
		}, true},
		"no answer": {func(h *house) (skilltest.Heard, error) {
			return skilltest.Heard{}, h.End(t.Context(), "EXCEEDED_MAX_REPROMPTS")
		}, false},
		"trouble": {func(h *house) (skilltest.Heard, error) {
			return h.Ask(t.Context(), map[string]any{"type": alexa.Trouble, "error": map[string]string{"type": "INVALID_RESPONSE"}})
		}, false},
		"cancel": {func(h *house) (skilltest.Heard, error) { return h.Intent(t.Context(), alexa.Cancel, nil) }, false},
		"help":   {func(h *house) (skilltest.Heard, error) { return h.Intent(t.Context(), alexa.Help, nil) }, false},
		"another event": {func(h *house) (skilltest.Heard, error) {
			return skilltest.Heard{}, onlyError(h.Ask(t.Context(), map[string]any{"type": "AlexaSkillEvent.SkillEnabled"}))
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t, bot, "fr-FR", underWay, nil)
			conv := h.launch(t).Conv
			h.say(t, "où est mon colis", "numéro de commande")
			if _, err := c.do(h); err != nil {
				t.Fatal(err)
			}
			if over := len(of[event.Ended](h.events(t, conv))) > 0; over != c.over {
				t.Errorf("over: %v, want %v", over, c.over)
			}
		})
	}
}

// onlyError keeps the error of an answer that may say nothing.
func onlyError(_ skilltest.Heard, err error) error {
	if err != nil && strings.Contains(err.Error(), "says nothing") {
		return nil
	}
	return err
}

// TestResume: who was cut off is offered to go on, and does, or begins anew.
func TestResume(t *testing.T) {
	t.Parallel()
	bot := loadBot(t, "colibri")
	cut := func(t *testing.T) (*house, string) {
		h := open(t, bot, "fr-FR", underWay, nil)
		conv := h.launch(t).Conv
		h.say(t, "où est mon colis", "numéro de commande")
		if err := h.End(t.Context(), "ERROR"); err != nil {
			t.Fatal(err)
		}
		return h, conv
	}
	t.Run("yes", func(t *testing.T) {
		h, conv := cut(t)
		expect(t, "launch", h.launch(t), nil, "reprendre")
		if got := h.say(t, "oui", "numéro de commande"); got.Conv != conv {
			t.Error("another conversation")
		}
		h.say(t, "45 12 78 02", "vingt-quatre novembre")
	})
	t.Run("no", func(t *testing.T) {
		h, conv := cut(t)
		h.launch(t)
		if got := h.say(t, "non", "assistant automatique"); got.Conv == conv {
			t.Error("the same conversation")
		}
		if len(of[event.Ended](h.events(t, conv))) != 1 {
			t.Error("the old one goes on")
		}
	})
	t.Run("something else", func(t *testing.T) {
		h, conv := cut(t)
		h.launch(t)
		if got := h.say(t, "45 12 78 02", "vingt-quatre novembre"); got.Conv != conv {
			t.Error("another conversation")
		}
	})
	t.Run("somebody else", func(t *testing.T) {
		h, _ := cut(t)
		h.User = "amzn1.ask.account.other"
		expect(t, "launch", h.launch(t), nil, "assistant automatique")
	})
	t.Run("nobody knows who", func(t *testing.T) {
		h := open(t, bot, "fr-FR", underWay, nil)
		h.User = ""
		h.launch(t)
		h.say(t, "où est mon colis")
		expect(t, "launch", h.launch(t), nil, "assistant automatique")
	})
	t.Run("too late", func(t *testing.T) {
		h, conv := cut(t)
		h.now.add(11 * time.Minute)
		if n, err := h.chats.EndIdle(t.Context(), skill.Source, h.now.now().Add(-10*time.Minute)); n != 1 || err != nil {
			t.Error(n, err)
		}
		if e := of[event.Ended](h.events(t, conv)); len(e) != 1 || e[0].Outcome != "abandoned" {
			t.Errorf("%+v", e)
		}
		expect(t, "launch", h.launch(t), nil, "assistant automatique")
	})
	t.Run("another's conversation", func(t *testing.T) {
		h, conv := cut(t)
		before := len(h.events(t, conv))
		other := h.Next("fr-FR")
		b := other.Body(map[string]any{"type": alexa.IntentType, "intent": map[string]any{"name": model.Words, "slots": map[string]any{model.WordsSlot: map[string]string{"value": "45 12 78 02"}}}})
		b = []byte(strings.Replace(string(b), `"attributes":null`, `"attributes":{"c":"`+conv+`","t":"guessed","n":"0"}`, 1))
		code, data, err := other.Post(t.Context(), other.Amazon().Header(b), b)
		if err != nil || code != http.StatusOK || strings.Contains(string(data), conv) || !strings.Contains(string(data), "assistant automatique") {
			t.Errorf("%d %s %v", code, data, err)
		}
		if n := len(h.events(t, conv)); n != before {
			t.Errorf("%d events more", n-before)
		}
	})
}

// TestPerson: who asks for somebody is rung back, at the number that they say, or that is known; with a
// card they find a link.
func TestPerson(t *testing.T) {
	t.Parallel()
	bot := loadBot(t, "colibri")
	callbacks := func(h *house) (list []store.Callback) {
		for cb, err := range h.st.Callbacks(t.Context(), store.CallbackQuery{}) {
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, cb)
		}
		return list
	}
	t.Run("asked", func(t *testing.T) {
		h := open(t, bot, "fr-FR", underWay, nil)
		conv := h.launch(t).Conv
		h.say(t, "je veux parler à quelqu'un", "je ne peux pas vous passer quelqu’un", "rappeler")
		h.say(t, "oui", "numéro")
		got := h.say(t, "zéro six douze trente-quatre cinquante-six soixante-dix-huit", "on vous rappelle")
		for i := 0; !got.Ended && i < 3; i++ {
			got = h.say(t, "non")
		}
		if list := callbacks(h); len(list) != 1 || list[0].Conv != conv || !strings.HasSuffix(list[0].Phone, "612345678") {
			t.Errorf("%+v", list)
		}
		if e := of[event.Ended](h.events(t, conv)); len(e) != 1 || e[0].Outcome != "callback" {
			t.Errorf("%+v", e)
		}
	})
	for phone, c := range map[string]struct {
		number, token string
		card          string
	}{
		"profile":             {number: "0612345678"},
		"profile, not agreed": {card: "AskForPermissionsConsent"},
		"account":             {number: "+33 6 12 34 56 78", token: "test-linked-token"},
		"account, not linked": {card: "LinkAccount"},
	} {
		t.Run(phone, func(t *testing.T) {
			h := open(t, bot, "fr-FR", underWay, func(_ *skill.Deps, cfg *skill.Config) {
				cfg.Alexa.Phone, cfg.Alexa.UserInfo = strings.Fields(strings.TrimSuffix(phone, ","))[0], "https://accounts.example.com/userinfo"
				cfg.Alexa.Phone = strings.TrimSuffix(cfg.Alexa.Phone, ",")
			})
			h.LinkedToken = c.token
			h.Amazon().SetMobile(c.number)
			conv := h.launch(t).Conv
			got := h.say(t, "je veux parler à quelqu'un")
			if c.card != "" {
				if got.Card == nil || got.Card.Type != c.card || got.Ended {
					t.Errorf("%+v", got)
				}
				return
			}
			if list := callbacks(h); len(list) != 1 || list[0].Phone != "+33612345678" || list[0].Conv != conv {
				t.Errorf("%+v", list)
			}
			if !got.Ended || !strings.Contains(got.SSML, `interpret-as="telephone"`) {
				t.Errorf("%+v", got)
			}
		})
	}
	t.Run("card", func(t *testing.T) {
		h := open(t, bot, "en-US", underWay, func(d *skill.Deps, c *skill.Config) {
			c.Alexa.Transfer, d.PublicURL = "card", "https://calls.example.com"
		})
		h.launch(t)
		got := h.say(t, "I want to talk to a human being", "link to your Alexa app")
		if got.Card == nil || got.Card.Type != "Simple" || !strings.Contains(got.Card.Content, "https://calls.example.com") || got.Ended {
			t.Errorf("%+v", got)
		}
		if list := callbacks(h); len(list) != 0 {
			t.Errorf("%+v", list)
		}
	})
}

// TestSlowAction: what takes long is told meanwhile; what takes longer is told at the next turn. Where
// Alexa's services cannot be asked, all is said at the end.
func TestSlowAction(t *testing.T) {
	bot := loadBot(t, "colibri")
	// slow asks for a parcel whose whereabouts the order system takes some time to tell.
	slow := func(t *testing.T, endpoint string, within, takes time.Duration) (*house, skilltest.Heard) {
		sys := underWay
		sys.goes = make(chan struct{})
		h := open(t, bot, "fr-FR", sys, func(_ *skill.Deps, c *skill.Config) { c.Alexa.AnswerWithin = within })
		h.Endpoint = endpoint
		h.launch(t)
		h.say(t, "où est mon colis", "numéro de commande")
		go func() {
			time.Sleep(takes)
			close(sys.goes)
		}()
		return h, h.say(t, "45 12 78 02")
	}
	virtually := func(name string, f func(t *testing.T)) {
		t.Run(name, func(t *testing.T) { synctest.Test(t, f) })
	}
	virtually("told meanwhile", func(t *testing.T) {
		h, got := slow(t, "", 7*time.Second, 2*time.Second)
		if p := h.Amazon().Progress(); got.Took != 2*time.Second || len(p) != 1 || !strings.Contains(p[0], "Je regarde") || strings.Contains(got.Speech, "Je regarde") || !strings.Contains(got.Speech, "vingt-quatre novembre") {
			t.Errorf("after %v: meanwhile %q, then %q", got.Took, p, got.Speech)
		}
	})
	virtually("told at the next turn", func(t *testing.T) {
		h, got := slow(t, "", 1500*time.Millisecond, 2500*time.Millisecond)
		if got.Took != 1500*time.Millisecond || got.Ended || !strings.Contains(got.Speech, "plus long que d’habitude") {
			t.Errorf("after %v: %q, ended %v", got.Took, got.Speech, got.Ended)
		}
		if got = h.say(t, "alors ?", "vingt-quatre novembre"); got.Took != time.Second {
			t.Errorf("then after %v", got.Took)
		}
		h.say(t, "non", "Comment")
	})
	virtually("services of nobody's", func(t *testing.T) {
		h, got := slow(t, "https://api.eu.amazonalexa.com.example.com", 7*time.Second, 2*time.Second)
		if p := h.Amazon().Progress(); len(p) != 0 || !strings.Contains(got.Speech, "Je regarde") || !strings.Contains(got.Speech, "vingt-quatre novembre") {
			t.Errorf("meanwhile %q, then %q", p, got.Speech)
		}
	})
}

// TestUnsaid: an answer that Alexa did not wait for is said at the next turn.
func TestUnsaid(t *testing.T) {
	t.Parallel()
	h := open(t, loadBot(t, "colibri"), "fr-FR", underWay, nil)
	h.launch(t)
	lost := h.Body(map[string]any{"type": alexa.IntentType, "intent": map[string]any{"name": "suivi_colis"}})
	if code, _, err := h.Post(t.Context(), h.Amazon().Header(lost), lost); code != http.StatusOK || err != nil {
		t.Fatal(code, err)
	}
	h.say(t, "45 12 78 02", "Quel est votre numéro de commande", "vingt-quatre novembre")
	if got := h.say(t, "non", "Comment"); strings.Contains(got.Speech, "novembre") {
		t.Errorf("said twice: %q", got.Speech)
	}
}

// TestRefused: strangers get 400 and no reason, and nothing begins.
func TestRefused(t *testing.T) {
	t.Parallel()
	h := open(t, loadBot(t, "colibri"), "fr-FR", underWay, nil)
	body := h.Body(map[string]any{"type": alexa.Launch})
	good := h.Amazon().Header(body)
	for name, c := range map[string]struct {
		h    http.Header
		body []byte
	}{
		"nothing":       {http.Header{}, nil},
		"no signature":  {http.Header{"Signaturecertchainurl": good["Signaturecertchainurl"]}, body},
		"another body":  {good, []byte(strings.Replace(string(body), "fr-FR", "en-GB", 1))},
		"too long":      {good, append(slices.Clone(body), make([]byte, alexa.MaxBody)...)},
		"another skill": {h.Amazon().Header([]byte(strings.ReplaceAll(string(body), skilltest.ApplicationID, "amzn1.ask.skill.x"))), []byte(strings.ReplaceAll(string(body), skilltest.ApplicationID, "amzn1.ask.skill.x"))},
	} {
		code, data, err := h.Post(t.Context(), c.h, c.body)
		if err != nil || code != http.StatusBadRequest || strings.TrimSpace(string(data)) != "bad request" {
			t.Errorf("%s: %d %q %v", name, code, data, err)
		}
	}
	if n, err := h.st.CountChats(t.Context(), time.Time{}); n != 0 || err != nil {
		t.Errorf("%d conversations began (%v)", n, err)
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	if bad := skill.DefaultConfig().Validate(); len(bad) > 0 {
		t.Error(bad)
	}
	for want, change := range map[string]func(*skill.AlexaConfig){
		"alexa.skills[0].application_id": func(c *skill.AlexaConfig) { c.Skills = []skill.SkillConfig{{ApplicationID: "x"}} },
		"alexa.skills[1].application_id": func(c *skill.AlexaConfig) {
			c.Skills = []skill.SkillConfig{{ApplicationID: skilltest.ApplicationID}, {ApplicationID: skilltest.ApplicationID}}
		},
		"alexa.answer_within":  func(c *skill.AlexaConfig) { c.AnswerWithin = 8 * time.Second },
		"alexa.progress_after": func(c *skill.AlexaConfig) { c.ProgressAfter = 0 },
		"alexa.resume_for":     func(c *skill.AlexaConfig) { c.ResumeFor = 0 },
		"alexa.transfer":       func(c *skill.AlexaConfig) { c.Transfer = "now" },
		"alexa.public_page":    func(c *skill.AlexaConfig) { c.PublicPage = "calls.example.com" },
		"alexa.phone":          func(c *skill.AlexaConfig) { c.Phone = "guess" },
		"alexa.user_info":      func(c *skill.AlexaConfig) { c.Phone, c.UserInfo = "account", "http://x" },
	} {
		c := skill.DefaultConfig()
		change(&c.Alexa)
		if bad := c.Validate(); len(bad) != 1 || !strings.HasPrefix(bad[0], want+":") {
			t.Errorf("%s: %q", want, bad)
		}
	}
}
