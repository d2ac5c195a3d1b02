package chat

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"decroche/flows"
	"decroche/gateway/agents"
	"decroche/gateway/event"
)

// floor is a house whose conversations can be handed to agents who are signed in.
type floor struct {
	*house
	desk  *agents.Desk
	beats map[string]bool // whose pages are there
}

// newFloor signs agents in; their pages are heard every two seconds while beats says so.
func newFloor(t *testing.T, path string, minded flows.Mind, names ...string) *floor {
	t.Helper()
	f := &floor{desk: agents.NewDesk(agents.DefaultDeskConfig(), nil, time.Now), beats: map[string]bool{}}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); f.desk.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	for _, n := range names {
		f.beats[n] = true
		f.desk.Beat(n, strings.ToUpper(n[:1])+n[1:], n, false, false)
		if err := f.desk.Set(n, "", agents.Available, "", ""); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
	}
	f.house = newHouseAt(t, path, 0, func(d *Deps, c *Config) {
		d.Desk, d.Offer = f.desk, func(conv string) agents.Offer { return agents.Offer{Conv: conv, Who: "Visiteur"} }
		d.Bots = func(string) (Bot, bool) { return Bot{Name: "test", Mind: minded}, true }
	})
	return f
}

// handing is the usual mind with what follows a hand-off; it waits for a person for wait.
func handingMind(wait time.Duration) table {
	m := mind()
	ask := say(flows.HandOff, "je demande")
	ask.Transfer = &flows.Transfer{Reason: "asked", MaxWait: wait}
	m["said humain"], m["said rester"] = ask, say(flows.Listen, "écho rester")
	for _, o := range []agents.Outcome{agents.Refused, agents.NoAnswer, agents.Timeout, agents.Cancelled, agents.AgentLeft, agents.Nobody, agents.Unknown, agents.Busy} {
		m["returned "+string(o)] = say(flows.Listen, "retour "+string(o))
	}
	bye := say(flows.End, "au revoir")
	bye.Outcome = "resolved"
	m["returned completed"], m["resume"] = bye, say(flows.Listen, "où en étions-nous ?")
	return m
}

// pass lets time go by in steps, the pages of those who are there beating.
func (f *floor) pass(d time.Duration) {
	for ; d > 0; d -= time.Second {
		time.Sleep(min(d, time.Second))
		for n, there := range f.beats {
			if there {
				f.desk.Beat(n, "", n, false, false)
			}
		}
		synctest.Wait()
	}
}

func (f *floor) offered(t *testing.T, name, conv string) {
	t.Helper()
	synctest.Wait()
	for _, o := range f.desk.State(name).ChatOffers {
		if o.Conv == conv {
			return
		}
	}
	t.Fatalf("%s is not offered to %s: %+v", conv, name, f.desk.State(name).ChatOffers)
}

func (f *floor) accept(t *testing.T, name, conv string) {
	t.Helper()
	f.offered(t, name, conv)
	if err := f.desk.Accept(name, conv); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
}

func (f *floor) lines(t *testing.T, conv string) (out []string) {
	t.Helper()
	p, err := f.Messages(t.Context(), conv, 0, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range p.Messages {
		who := m.From
		if m.Name != "" {
			who += " " + m.Name
		}
		out = append(out, who+": "+m.Text)
	}
	return out
}

func wants(t *testing.T, got []string, want ...string) {
	t.Helper()
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}

// outcomes of the attempts and of the hand-off, and the end, as the record has them.
func (f *floor) outcomes(t *testing.T, conv string) (out []string) {
	t.Helper()
	for _, e := range f.events(t, conv) {
		switch v := e.Body.(type) {
		case event.TransferAttempt:
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s", v.Agent, v.Outcome, v.Reason)))
		case event.Bridged:
			out = append(out, "with "+v.Agent)
		case event.AgentLost, event.AgentBack, event.CallerAway, event.CallerBack:
			out = append(out, e.Body.Type())
		case event.TransferEnded:
			out = append(out, "handed "+v.Outcome)
		case event.Ended:
			out = append(out, v.Outcome+" by "+v.By)
		}
	}
	return out
}

// A person asks for a human, both type to each other, the agent leaves, the bot closes.
func TestAnAgentHasTheConversation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFloor(t, ":memory:", handingMind(time.Minute), "lina")
		o := f.begin(t, Opening{})
		f.write(t, o.ID, "humain", "vous êtes là ?")
		if p, _ := f.Messages(t.Context(), o.ID, 0, 0, nil); p.With == nil || p.With.State != "waiting" || p.Working {
			t.Errorf("while it rings: %+v", p.With)
		}
		f.accept(t, "lina", o.ID)
		m, err := f.AgentSays(t.Context(), o.ID, "lina", Incoming{ID: "a1", Text: "Bonjour <b>vous</b>.\u202e"})
		if err != nil || m.Text != "Bonjour <b>vous</b>." || m.Name != "Lina" {
			t.Fatalf("%+v %v", m, err)
		}
		if again, err := f.AgentSays(t.Context(), o.ID, "lina", Incoming{ID: "a1", Text: "autre"}); err != nil || again.N != m.N || again.Text != m.Text {
			t.Errorf("sent again under the same id: %+v %v", again, err)
		}
		f.write(t, o.ID, "colis", "annuler") // nothing of this is for the bot now
		if p, _ := f.Messages(t.Context(), o.ID, 0, 0, nil); p.With == nil || *p.With != (With{State: "agent", Agent: "Lina"}) {
			t.Errorf("%+v", p.With)
		}
		if err := f.AgentEnds(t.Context(), o.ID, "lina"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		wants(t, f.lines(t, o.ID), "bot: bonjour", "user: humain", "bot: je demande", "bot: Je vous mets en relation avec un conseiller.", "user: vous êtes là ?",
			"bot: Lina vous répond. Il ou elle voit ce que vous avez dit.", "agent Lina: Bonjour <b>vous</b>.", "user: colis", "user: annuler", "bot: au revoir")
		wants(t, f.outcomes(t, o.ID), "lina completed", "with lina", "handed completed", "transferred by bot")
		if st := f.desk.State("lina"); len(st.Chats)+len(st.ChatOffers) != 0 || st.Status != agents.Available {
			t.Errorf("she has nothing any more: %+v", st)
		}
	})
}

// Who does not answer, says no or is gone is followed by the next; at last the flow goes on.
func TestOneAgentAfterTheOther(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do    func(t *testing.T, f *floor, conv string)
		want  []string
		last  string
		phone string
	}{
		"expired, then taken": {func(t *testing.T, f *floor, conv string) {
			f.offered(t, "lina", conv)
			f.pass(31 * time.Second)
			f.accept(t, "omar", conv)
		}, []string{"lina no_answer", "omar completed", "with omar"}, "bot: Omar vous répond. Il ou elle voit ce que vous avez dit.", ""},
		"declined twice": {func(t *testing.T, f *floor, conv string) {
			for _, n := range []string{"lina", "omar"} {
				f.offered(t, n, conv)
				if err := f.desk.Decline(n, conv, agents.NoSkill); err != nil {
					t.Fatal(err)
				}
			}
		}, []string{"lina refused not_my_skill", "omar refused not_my_skill", "handed refused"}, "bot: retour refused", ""},
		"nobody, with a number": {func(t *testing.T, f *floor, conv string) { f.pass(62 * time.Second) },
			[]string{"lina no_answer", "omar no_answer", "handed no_answer", "callback by bot"}, "bot: Un collègue vous rappelle au +33600000002.", "+33600000002"},
		"forget it": {func(t *testing.T, f *floor, conv string) {
			f.offered(t, "lina", conv)
			f.write(t, conv, "laissez tomber")
		}, []string{"lina cancelled", "handed cancelled"}, "bot: retour cancelled", "+33600000002"},
		"the person leaves": {func(t *testing.T, f *floor, conv string) {
			f.offered(t, "lina", conv)
			if err := f.End(t.Context(), conv); err != nil {
				t.Fatal(err)
			}
		}, []string{"lina caller_left", "handed caller_left", "abandoned by caller"}, "bot: Je vous mets en relation avec un conseiller.", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newFloor(t, ":memory:", handingMind(5*time.Minute), "lina", "omar")
				o := f.begin(t, Opening{Phone: c.phone})
				f.write(t, o.ID, "humain")
				c.do(t, f, o.ID)
				synctest.Wait()
				wants(t, f.outcomes(t, o.ID), c.want...)
				if l := f.lines(t, o.ID); l[len(l)-1] != c.last {
					t.Errorf("last: %s", l[len(l)-1])
				}
				for _, n := range []string{"lina", "omar"} {
					if st := f.desk.State(n); len(st.ChatOffers) != 0 {
						t.Errorf("still offered to %s", n)
					}
				}
			})
		})
	}
}

// Those who asked first are served first, and are told the truth: their place, and how long it takes
// once that is known.
func TestTheLine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFloor(t, ":memory:", handingMind(time.Hour), "lina")
		var convs []string
		for range 6 {
			o := f.begin(t, Opening{})
			convs = append(convs, o.ID)
			f.write(t, o.ID, "humain")
			f.pass(time.Second)
			if len(convs) <= 3 {
				f.pass(9 * time.Second)
				f.accept(t, "lina", o.ID)
			}
		}
		for i, want := range []string{
			"bot: Tous les conseillers répondent à quelqu’un. Vous êtes la prochaine personne, moins d’une minute en général.",
			"bot: Il y a une personne avant vous, moins d’une minute en général.",
			"bot: Il y a 2 personnes avant vous, moins d’une minute en général.",
		} {
			if l := f.lines(t, convs[3+i]); l[len(l)-1] != want {
				t.Errorf("%d: %s", i, l[len(l)-1])
			}
		}
		if p, _ := f.Messages(t.Context(), convs[5], 0, 0, nil); p.With.Before != 2 || p.With.WaitS != 10 {
			t.Errorf("%+v", p.With)
		}
		f.pass(time.Minute)
		if err := f.AgentEnds(t.Context(), convs[0], "lina"); err != nil {
			t.Fatal(err)
		}
		f.pass(time.Second)
		f.accept(t, "lina", convs[3])
		f.pass(time.Second)
		if l := f.lines(t, convs[4]); l[len(l)-1] != "bot: C’est bientôt à vous." {
			t.Errorf("%s", l[len(l)-1])
		}
		if l := f.lines(t, convs[5]); l[len(l)-1] != "bot: Il y a une personne avant vous, moins d’une minute en général." {
			t.Errorf("%s", l[len(l)-1])
		}
	})
}

// An agent whose page is gone keeps the conversation for a while; then the team takes it over.
func TestAnAgentIsLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFloor(t, ":memory:", handingMind(time.Minute), "lina", "omar")
		o := f.begin(t, Opening{})
		f.write(t, o.ID, "humain")
		f.accept(t, "lina", o.ID)
		f.desk.Close("lina", "lina")
		f.pass(3 * time.Second) // loaded again: nobody is told
		f.desk.Close("lina", "lina")
		f.beats["lina"] = false
		f.pass(6 * time.Second)
		if p, _ := f.Messages(t.Context(), o.ID, 0, 0, nil); p.With.State != "away" {
			t.Errorf("%+v", p.With)
		}
		f.write(t, o.ID, "allô ?")
		f.beats["lina"] = true
		f.pass(2 * time.Second)
		f.beats["lina"] = false
		f.desk.Close("lina", "lina")
		f.pass(21 * time.Second)
		f.accept(t, "omar", o.ID)
		wants(t, f.lines(t, o.ID)[4:], "bot: Lina vous répond. Il ou elle voit ce que vous avez dit.", "bot: Un instant, Lina revient.", "user: allô ?", "bot: Lina est de retour.",
			"bot: Un instant, Lina revient.", "bot: La connexion avec Lina est perdue. Je cherche quelqu’un d’autre, qui verra tout ce qui a été écrit.", "bot: Omar vous répond. Il ou elle voit ce que vous avez dit.")
		wants(t, f.outcomes(t, o.ID), "lina completed", "with lina", "agent_lost", "agent_back", "agent_lost", "omar completed", "with omar")
		if st := f.desk.State("lina"); len(st.Chats) != 0 || st.ChatEnded.How != agents.Elsewhere {
			t.Errorf("%+v", st)
		}
		if _, err := f.AgentSays(t.Context(), o.ID, "lina", Incoming{Text: "me revoilà"}); !errors.Is(err, ErrNotYours) {
			t.Errorf("it is Omar's now: %v", err)
		}
	})
}

// The agent gives the person back to the bot, where the flow can go on.
func TestAnAgentGivesBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFloor(t, ":memory:", handingMind(time.Minute), "lina")
		o := f.begin(t, Opening{})
		f.write(t, o.ID, "humain")
		f.accept(t, "lina", o.ID)
		if err := f.AgentGivesBack(t.Context(), o.ID, "lina", "", nil); err != nil {
			t.Fatal(err)
		}
		f.write(t, o.ID, "rester")
		wants(t, f.lines(t, o.ID)[5:], "bot: Je vous repasse l’assistant automatique.", "bot: où en étions-nous ?", "user: rester", "bot: écho rester")
		wants(t, f.outcomes(t, o.ID), "lina completed", "with lina", "handed completed")
		f.write(t, o.ID, "humain") // and once more
		f.accept(t, "lina", o.ID)
	})
}

// What an agent must not do is refused in words, and changes nothing.
func TestWhatAnAgentIsRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFloor(t, ":memory:", handingMind(time.Minute), "lina", "omar")
		o := f.begin(t, Opening{})
		theirs := func(agent string) (out []error) {
			_, err := f.AgentSays(t.Context(), o.ID, agent, Incoming{Text: "bonjour"})
			return append(out, err, f.AgentTypes(t.Context(), o.ID, agent), f.AgentEnds(t.Context(), o.ID, agent), f.AgentGivesBack(t.Context(), o.ID, agent, "", nil))
		}
		all := func(when, agent string, want error) {
			t.Helper()
			for i, err := range theirs(agent) {
				if !errors.Is(err, want) {
					t.Errorf("%s, %d: %v, want %v", when, i, err, want)
				}
			}
		}
		all("with the bot", "lina", ErrNotYours)
		f.write(t, o.ID, "humain")
		f.offered(t, "lina", o.ID)
		all("offered", "lina", ErrNotYours)
		if err := f.desk.Accept("omar", o.ID); !errors.Is(err, agents.ErrNoOffer) {
			t.Errorf("offered to somebody else: %v", err)
		}
		f.accept(t, "lina", o.ID)
		all("another's", "omar", ErrNotYours)
		for name, c := range map[string]struct {
			text   string
			status int
		}{"empty": {" \n\u202e ", 422}, "long": {strings.Repeat("x", 100<<10), 413}, "no text": {"a\xff", 400}} {
			_, err := f.AgentSays(t.Context(), o.ID, "lina", Incoming{Text: c.text})
			if no, ok := errors.AsType[*InputError](err); !ok || no.Status != c.status {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := f.End(t.Context(), o.ID); err != nil {
			t.Fatal(err)
		}
		all("after the end", "lina", ErrEnded)
		if _, err := f.AgentSays(t.Context(), "none", "lina", Incoming{Text: "x"}); !errors.Is(err, ErrNotFound) {
			t.Errorf("none: %v", err)
		}
		wants(t, f.outcomes(t, o.ID), "lina completed", "with lina", "handed completed", "transferred by caller")
	})
}

// The agent is told that the page was closed, and that it is open again; the person that they write.
func TestBothSeeEachOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFloor(t, ":memory:", handingMind(time.Minute), "lina")
		o := f.begin(t, Opening{})
		f.write(t, o.ID, "humain")
		f.accept(t, "lina", o.ID)
		read := func(d time.Duration) {
			ctx, cancel := context.WithTimeout(t.Context(), d)
			defer cancel()
			done := make(chan struct{})
			go func() {
				defer close(done)
				var p Page
				for ctx.Err() == nil {
					p, _ = f.Messages(ctx, o.ID, p.Next, 15*time.Second, &p)
				}
			}()
			f.pass(d)
			<-done
		}
		f.pass(20 * time.Second) // a connector reads nothing and has closed nothing
		read(5 * time.Second)
		f.pass(20 * time.Second)
		read(5 * time.Second)
		wants(t, f.outcomes(t, o.ID), "lina completed", "with lina", "caller_away", "caller_back")
		if err := f.AgentTypes(t.Context(), o.ID, "lina"); err != nil {
			t.Fatal(err)
		}
		typing := func(want bool) {
			t.Helper()
			if p, _ := f.Messages(t.Context(), o.ID, 0, 0, nil); p.With.Typing != want {
				t.Errorf("typing %v, want %v", p.With.Typing, want)
			}
		}
		typing(true)
		f.pass(7 * time.Second)
		typing(false)
	})
}

// A process that is killed loses neither who has a conversation nor who is being fetched for one, and
// who watches the next one sees both as they are.
func TestAHandOffOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "db")
		f := newFloor(t, path, handingMind(time.Hour), "lina", "omar")
		has, waits := f.begin(t, Opening{}), f.begin(t, Opening{})
		f.write(t, has.ID, "humain")
		f.accept(t, "lina", has.ID)
		f.write(t, waits.ID, "humain")
		f.offered(t, "omar", waits.ID)
		f.shut()
		if err := f.st.Close(); err != nil {
			t.Fatal(err)
		}

		bus := event.NewBus(nil)
		board := event.NewBoard(bus)
		g := newFloor(t, path, handingMind(time.Hour), "omar")
		g.d.Bus = bus
		if n, err := g.Resume(t.Context()); n != 2 || err != nil {
			t.Fatal(n, err)
		}
		synctest.Wait()
		live := board.Now().Live
		for _, l := range live {
			if l.ID == has.ID && (l.With != event.WithAgent || l.Agent != "lina") || l.ID == waits.ID && l.With != event.WithNobody {
				t.Errorf("on the board: %+v", l)
			}
		}
		if len(live) != 2 {
			t.Errorf("on the board: %+v", live)
		}
		g.beats["lina"] = true // her page is still open
		g.pass(3 * time.Second)
		if _, err := g.AgentSays(t.Context(), has.ID, "lina", Incoming{Text: "je suis là"}); err != nil {
			t.Error(err)
		}
		g.accept(t, "omar", waits.ID)
		g.pass(30 * time.Second)
		wants(t, g.outcomes(t, has.ID), "lina completed", "with lina")
		wants(t, g.outcomes(t, waits.ID), "omar unknown", "omar completed", "with omar")
	})
}

// What somebody asks while a person is fetched is answered, and the person still comes.
func TestAskedWhileAPersonIsFetched(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := handingMind(time.Minute)
		m["aside vous fermez quand"] = say(flows.HandOff, "à dix-huit heures")
		f := newFloor(t, ":memory:", m, "lina")
		o := f.begin(t, Opening{})
		f.write(t, o.ID, "humain", "vous fermez quand", "et rien d’autre") // the mind fails at the last
		if p, _ := f.Messages(t.Context(), o.ID, 0, 0, nil); p.With == nil || p.With.State != "waiting" || p.Ended {
			t.Errorf("%+v", p)
		}
		f.accept(t, "lina", o.ID)
		if err := f.AgentEnds(t.Context(), o.ID, "lina"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		wants(t, f.lines(t, o.ID), "bot: bonjour", "user: humain", "bot: je demande", "bot: Je vous mets en relation avec un conseiller.", "user: vous fermez quand",
			"bot: à dix-huit heures", "user: et rien d’autre", "bot: Lina vous répond. Il ou elle voit ce que vous avez dit.", "bot: au revoir")
		wants(t, f.outcomes(t, o.ID), "lina completed", "with lina", "handed completed", "transferred by bot")
	})
}

// Where nobody who writes has the skills, the rungs of the hand-off are asked, and the first with somebody
// is waited for.
func TestRungsInWriting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := handingMind(time.Minute)
		ask := m["said humain"]
		ask.Transfer = &flows.Transfer{Reason: "asked", MaxWait: time.Minute, Skills: []string{"litige"}, Then: []flows.Rung{{Skills: []string{"chef"}}, {Skills: []string{"accueil"}}}}
		m["said humain"] = ask
		f := newFloor(t, ":memory:", m)
		f.desk.SetTeam(agents.Config{{Name: "lina", Skills: agents.Can("accueil")}})
		f.beats["lina"] = true
		f.desk.Beat("lina", "Lina", "lina", false, false)
		if err := f.desk.Set("lina", "", agents.Available, "", ""); err != nil {
			t.Fatal(err)
		}
		o := f.begin(t, Opening{})
		f.write(t, o.ID, "humain")
		f.accept(t, "lina", o.ID)
		wants(t, f.outcomes(t, o.ID), "lina completed", "with lina")
	})
}
