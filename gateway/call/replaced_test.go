package call

import (
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/leg/legtest"
)

// Another telephone takes the place of the agent's, then of the caller's: both go on hearing each other, and the
// record says who left, who joined and in which codec, with no number of the public network in full.
func TestHostile23(t *testing.T) {
	t.Run("xfer_23_who left and who joined", func(t *testing.T) {
		withKarim(t, map[string]*legtest.Phone{}, func(t *testing.T, b *board) {
			b.agent.Replace(leg.Info{From: "sip:+33612345678@pbx.example;user=phone", FromName: "Lina", Codec: "PCMU"})
			time.Sleep(time.Second)
			b.line.Replace(leg.Info{From: "sip:204@pbx.example", FromName: "0698765432", Codec: "G722"})
			time.Sleep(time.Second)
			b.agent.Replace(leg.Info{From: "tel:+33612340000", Codec: "PCMA"})
			isPlayed(t, "the caller", b.line, "agent")
			isPlayed(t, "who is in karim's place", b.agent, "caller")
			b.agent.HangUp()
			b.over()
			left, joined := all[event.PartyLeft](b.notes), all[event.PartyJoined](b.notes)
			if len(left) != 3 || len(joined) != 3 {
				t.Fatalf("%+v %+v", left, joined)
			}
			for i, want := range []struct {
				left   event.PartyLeft
				joined event.PartyJoined
			}{
				{event.PartyLeft{Party: "agent", Agent: "karim", Addr: "sip:karim", Why: "replaced"},
					event.PartyJoined{Party: "agent", Agent: "karim", Addr: "sip:+336******78@pbx.example;user=phone", Name: "Lina", Codec: "PCMU", Why: "replaced"}},
				{event.PartyLeft{Party: "caller", Addr: "sip:+336******01@test.invalid", Why: "replaced"},
					event.PartyJoined{Party: "caller", Addr: "sip:204@pbx.example", Name: "0698****32", Codec: "G722", Why: "replaced"}},
				{event.PartyLeft{Party: "agent", Agent: "karim", Addr: "sip:+336******78@pbx.example;user=phone", Why: "replaced"},
					event.PartyJoined{Party: "agent", Agent: "karim", Addr: "tel:+336******00", Codec: "PCMA", Why: "replaced"}},
			} {
				if left[i] != want.left || joined[i] != want.joined {
					t.Errorf("%d: %+v %+v", i, left[i], joined[i])
				}
			}
		})
	})
}

// What is on the wire is told of each side by itself.
func TestHostile33(t *testing.T) {
	t.Run("xfer_33_both codecs", func(t *testing.T) {
		test(t, func(t *testing.T) {
			r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: time.Second}}, "karim")
			mu := legtest.New(leg.Info{ID: "karim", Codec: "PCMU"})
			r.phones["sip:karim"].Line, r.agent = mu, mu
			r.start()
			r.await("a bridge", r.bridged)
			r.agent.HangUp()
			r.over()
			if got, want := all[event.Bridged](r.notes)[0], (event.Bridged{Agent: "karim", CallerCodec: "PCMA", AgentCodec: "PCMU"}); got != want {
				t.Errorf("%+v, want %+v", got, want)
			}
		})
		if got := codecOf(legtest.Player{Line: legtest.New(leg.Info{Codec: "PCMU"})}); got != "PCMA" {
			t.Errorf("agreed later, and told as %q", got)
		}
	})
}
