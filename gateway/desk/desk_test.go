package desk

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/leg/legtest"
)

var update = flag.Bool("update", false, "accept what comes out")

// talk is a conversation up to its hand-off, as the Bus shows it.
var talk = []event.Body{
	event.Started{Channel: "voice", From: "sip:+33612345678@trunk.example", Called: "hotline", Bot: "colibri", Lang: "fr"},
	event.Answered{Codec: "PCMA"},
	event.Prompted{Text: "Que puis-je faire pour vous ?", Heard: "Que puis-je faire pour vous ?"},
	event.Said{Text: "colis annoncé livré et j’ai rien"},
	event.Stepped{Intent: "colis_non_recu", Steps: []event.Step{{Flow: "litige", Step: "numero", Note: "no_match 1"}},
		Slots: []event.Slot{{Name: "adresse", Value: "12 rue des Lilas"}, {Name: "commande", Value: "45127802", Shown: "45 12 78 02", Confirmed: true}, {Name: "nom", Value: "Nadia Benali", Confirmed: true}}},
	event.Silent{ForMS: 8000},
	event.Acted{Name: "http", Target: "suivi_colis", Outcome: "found"},
	event.Acted{Name: "http", Target: "ouvrir_enquete", Outcome: "timeout"},
	event.Prompted{Text: "L’avez-vous bien reçu ? Il a été livré mardi.", Heard: "L’avez-vous bien reçu ?", Cut: true},
	event.Said{Text: "mais non <b>je viens</b> de vous le dire"},
	event.TransferStarted{Skills: []string{"litige", "fr"}, Reason: "asked", Topic: "colis annoncé livré, non reçu", Summary: []string{"Nadia Benali, litige."}, Briefing: "Nadia Benali, litige."},
	event.Prompted{Text: "Restez en ligne.", Heard: "Restez en ligne.", Step: "call/holding"},
	event.TransferRinging{Agent: "omar", Addr: "desk:omar", Try: 1},
	event.TransferAttempt{Agent: "omar", Addr: "desk:omar", Outcome: "refused", Reason: "file_open"},
}

func board(lang string) *event.Board {
	bus := event.NewBus(nil)
	b := event.NewBoard(bus)
	for i, body := range talk {
		if s, ok := body.(event.Started); ok {
			s.Lang = lang
			body = s
		}
		bus.Publish(event.Event{Conv: "c7f3", Seq: uint64(i + 1), Body: body})
	}
	return b
}

// What the agent sees before accepting is a golden file, one for each language: -update accepts it.
func TestWhatTheAgentSees(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"fr", "en"} {
		b, ok := board(lang).Brief("c7f3")
		if !ok {
			t.Fatal("the conversation is not running")
		}
		got, err := json.MarshalIndent(Describe(b, Names{Agent: func(n string) string { return "Omar" }}), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		file := "testdata/offer_" + lang + ".json"
		if *update {
			if err := os.WriteFile(file, append(got, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(got)+"\n" != string(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
		}
	}
}

// Nothing is known yet: no sentence is invented.
func TestAnEmptyConversation(t *testing.T) {
	t.Parallel()
	o := Describe(event.Brief{Live: event.Live{ID: "x", Lang: "de", From: "sip:anonymous@anonymous.invalid"}}, Names{})
	if o.Who != "Number withheld" || o.Why != "Reason not known yet." || o.Slots == nil || len(o.Tried) != 0 || len(o.Lines) != 0 {
		t.Errorf("%+v", o)
	}
	o = Describe(event.Brief{Live: event.Live{Intent: "suivi_colis"}}, Names{Intent: func(_, _, _ string) string { return "suivre un colis" }})
	if o.Why != "Suivre un colis." {
		t.Errorf("%q", o.Why)
	}
}

// What an agent made of the briefing before they passed the caller on is what the next one reads.
func TestABriefingThatWasChanged(t *testing.T) {
	t.Parallel()
	changed, none := "Attend un renvoi, <b>pas</b> un remboursement.", ""
	for _, c := range []struct {
		brief *string
		want  []string
	}{{nil, []string{"Nadia Benali, litige."}}, {&changed, []string{changed}}, {&none, []string{}}} {
		b, _ := board("fr").Brief("c7f3")
		b.Onward, b.Handed = &event.Onward{From: "omar"}, event.AgentActed{Text: "souhaite un renvoi", Brief: c.brief}
		if o := Describe(b, Names{}); !slices.Equal(o.Facts, c.want) || o.Said != "souhaite un renvoi" || o.Origin != "agent" {
			t.Errorf("reads %q and %q, want %q", o.Facts, o.Said, c.want)
		}
	}
}

// Every way from an offer to a line, or to none: what the hand-off is told.
func TestDial(t *testing.T) {
	t.Parallel()
	const wait = 3 * time.Second
	for name, c := range map[string]struct {
		address string
		phones  map[string]*legtest.Phone
		act     func(d *agents.Desk, cancel context.CancelCauseFunc)
		status  int // 0: a line
		how     agents.Ending
		after   agents.Status
	}{
		"accepted in the browser": {"", map[string]*legtest.Phone{"rtc:lina": {}}, func(d *agents.Desk, _ context.CancelCauseFunc) { d.Accept("lina", "c7f3") }, 0, agents.Taken, agents.OnCall},
		"accepted, no line":       {"", nil, func(d *agents.Desk, _ context.CancelCauseFunc) { d.Accept("lina", "c7f3") }, 503, agents.NotReached, agents.Available},
		"declined":                {"", nil, func(d *agents.Desk, _ context.CancelCauseFunc) { d.Decline("lina", "c7f3", agents.NoSkill) }, 603, agents.Declined, agents.Available},
		"not answered":            {"", nil, nil, 408, agents.Expired, agents.Away},
		"the caller left":         {"", nil, func(_ *agents.Desk, c context.CancelCauseFunc) { c(&agents.Withdrawn{Outcome: agents.CallerLeft}) }, -1, agents.CallerGone, agents.Available},
		"picked up":               {"sip:201@pbx", map[string]*legtest.Phone{"sip:201@pbx": {Answers: wait}}, nil, 0, agents.Taken, agents.OnCall},
		"telephone rings out":     {"sip:201@pbx", map[string]*legtest.Phone{"sip:201@pbx": {Answers: wait, Status: 480}}, nil, 480, agents.Expired, agents.Away},
		"telephone declines":      {"sip:201@pbx", map[string]*legtest.Phone{"sip:201@pbx": {Answers: wait, Status: 603}}, nil, 603, agents.Declined, agents.Available},
		"no such telephone":       {"sip:201@pbx", nil, nil, 0x0, agents.NotReached, agents.Available},
		"declined at the desk":    {"sip:201@pbx", map[string]*legtest.Phone{"sip:201@pbx": {Answers: -1}}, func(d *agents.Desk, _ context.CancelCauseFunc) { d.Decline("lina", "c7f3", agents.FileOpen) }, 603, agents.Declined, agents.Available},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				phones := legtest.NewDialer(c.phones)
				d := &Dialer{Desk: agents.NewDesk(agents.DefaultDeskConfig(), nil, time.Now), Board: board("fr"), Phone: phones, Web: phones}
				d.Desk.Beat("lina", "Lina", "tab", true, false)
				if err := d.Desk.Set("lina", "", agents.Available, "", c.address); err != nil {
					t.Fatal(err)
				}
				a, err := d.Desk.Offer(t.Context(), agents.Request{Conv: "c7f3"})
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				go func() {
					time.Sleep(time.Second)
					if st := d.Desk.State("lina"); st.Offer != nil && st.Offer.Why != "Colis annoncé livré, non reçu." {
						t.Errorf("shown %+v", st.Offer)
					}
					if c.act != nil {
						c.act(d.Desk, cancel)
					}
				}()
				rang := false
				l, err := d.Dial(ctx, leg.Invite{Addr: a.Addr, RingFor: 5 * time.Second, Progress: func(int) { rang = true }})
				time.Sleep(time.Second)
				if !rang {
					t.Error("it never rang")
				}
				no, _ := errors.AsType[*leg.Refused](err)
				switch {
				case c.how == agents.Taken && (err != nil || l == nil):
					t.Fatalf("no line: %v", err)
				case c.status > 0 && (no == nil || no.Status != c.status), c.status < 0 && (no != nil || err == nil):
					t.Errorf("%v, want status %d", err, c.status)
				}
				st := d.Desk.State("lina")
				if st.Status != c.after || st.Ended == nil || st.Ended.How != c.how || st.Offer != nil {
					t.Errorf("lina is %s, the offer ended %+v", st.Status, st.Ended)
				}
				if c.how == agents.Taken {
					if err := d.HangUp(t.Context(), "lina", "other"); !errors.Is(err, agents.ErrNoOffer) {
						t.Error(err)
					}
					if err := d.HangUp(t.Context(), "lina", "c7f3"); err != nil || a.Keep() != 0 {
						t.Errorf("%v, or the caller is held for who hung up", err)
					}
					if _, _, ok := l.(*legtest.Line).HungUp(); !ok {
						t.Error("the line is still open")
					}
				}
				a.Release()
			})
		})
	}
}
