package call

import (
	"fmt"
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/leg/legtest"
)

// The caller's telephone system gives its end of the call to somebody else while the bot speaks with it.
func TestTheCallersEndIsMoved(t *testing.T) {
	const to = "sip:204@pbx.test"
	for name, c := range map[string]struct {
		phone  legtest.Phone
		leaves time.Duration // who asked hangs up; 0 stays
		told   string
		end    string
		joined string
	}{
		"and who comes goes on":        {phone: legtest.Phone{Answers: 3 * time.Second}, told: "[180 200]", end: "resolved by bot", joined: to},
		"and who asked leaves at once": {phone: legtest.Phone{Answers: 3 * time.Second}, leaves: time.Millisecond, told: "[180 200]", end: "resolved by bot", joined: to},
		"busy":                         {phone: legtest.Phone{Answers: 3 * time.Second, Status: 486}, told: "[180 486]", end: "resolved by bot"},
		"busy, and who asked has left": {phone: legtest.Phone{Answers: 3 * time.Second, Status: 486}, leaves: 500 * time.Millisecond, told: "[180 486]", end: "abandoned by caller"},
		"nobody answers":               {phone: legtest.Phone{Answers: -1}, leaves: time.Second, told: "[180 408]", end: "abandoned by caller"},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newRig(t, hello, words("merci au revoir"))
				phone := c.phone
				if phone.Status == 0 && phone.Answers > 0 {
					phone.Line = legtest.New(leg.Info{ID: "204", To: to})
				}
				r.s.Dial = legtest.NewDialer(map[string]*legtest.Phone{to: &phone})
				r.start()
				time.Sleep(200 * time.Millisecond) // in the middle of the greeting
				asked := r.line.Refers(to, "")
				if c.leaves > 0 {
					time.Sleep(c.leaves)
					r.line.HangUp()
				}
				time.Sleep(100 * time.Millisecond)
				again := r.line.Refers(to, "")
				time.Sleep(100 * time.Millisecond)
				if got := fmt.Sprint(again.Told()); got != "[603]" {
					t.Errorf("a second one was told %s", got)
				}
				at := r.line.Since()
				if c.leaves == 0 {
					r.line.Say(time.Second) // to a colleague: nobody listens
				}
				time.Sleep(2 * time.Second)
				if d, _ := r.line.LastSound(); d > at {
					t.Errorf("the bot spoke on to nobody, until %v", d)
				}
				if c.end == "resolved by bot" {
					r.line.AwaitSpoken(30 * time.Second)
					r.says(900 * time.Millisecond)
				}
				e := r.over()
				if got := e.Outcome + " by " + e.By; got != c.end {
					t.Errorf("ended %s, want %s", got, c.end)
				}
				if got := fmt.Sprint(asked.Told()); got != c.told {
					t.Errorf("told %s, want %s", got, c.told)
				}
				if c.end == "resolved by bot" && r.played() != "bonjour je vous écoute merci bonne journée" {
					t.Errorf("played %q", r.played())
				}
				joined := ""
				for _, p := range all[event.PartyJoined](r.notes) {
					joined += p.Addr
				}
				if joined != c.joined {
					t.Errorf("joined by %q, want %q", joined, c.joined)
				}
			})
		})
	}
}

// The same while an agent speaks with the caller: the agent hears the tone of waiting, then who has come.
func TestTheCallersEndIsMovedFromAnAgent(t *testing.T) {
	const to = "tel:+33612345678"
	l := (*legtest.Line)(nil)
	phone := &legtest.Phone{Answers: 4 * time.Second}
	withKarim(t, map[string]*legtest.Phone{to: phone}, func(t *testing.T, b *board) {
		l = legtest.New(leg.Info{ID: "other", To: to})
		l.Speak(sing(otherHz, time.Minute))
		phone.Line = l
		asked := b.line.Refers(to, "a@b;to-tag=1;from-tag=2")
		b.line.HangUp()
		time.Sleep(500 * time.Millisecond)
		from := b.agent.Since()
		time.Sleep(2500 * time.Millisecond)
		if d := b.agent.LongestSilence(from, b.agent.Since()); d > 2*time.Second {
			t.Errorf("the agent met %v of silence", d)
		}
		time.Sleep(2 * time.Second)
		isPlayed(t, "karim", b.agent, "other")
		isPlayed(t, "who has come", b.line, "agent")
		if got := fmt.Sprint(asked.Told()); got != "[180 200]" {
			t.Errorf("told %s", got)
		}
		if got := b.dialer.Attempts()[1].Invite.Replaces; got == "" {
			t.Error("dialled without Replaces")
		}
		b.agent.HangUp()
		b.over()
		if got := b.outcomes(); got != "karim completed = completed" {
			t.Errorf("outcomes %s", got)
		}
		if p := all[event.PartyJoined](b.notes); len(p) != 1 || p[0].Addr != "tel:+336******78" {
			t.Errorf("joined %+v", p)
		}
	})
}
