package console

import (
	"strings"
	"testing"

	"decroche/gateway/event"
)

// What happens to lines away from here is told as what it was: nobody who took the caller is said to have refused
// them, and what another telephone's owner says is not put into the mouth of who left.
func TestLinesOfTransfersElsewhere(t *testing.T) {
	t.Parallel()
	lines := Lines([]event.Event{
		{Seq: 1, At: t0, Body: event.TransferAttempt{Agent: "karim", Via: "attended", Outcome: "refused", Status: 481, TookMS: 3000}},
		{Seq: 2, At: t0, Body: event.Bridged{Agent: "karim"}},
		{Seq: 3, At: t0, Body: event.PartyLeft{Party: event.PartyAgent, Agent: "karim", Addr: "sip:201@pbx"}},
		{Seq: 4, At: t0, Body: event.PartyJoined{Party: event.PartyAgent, Agent: "karim", Name: "Lina"}},
		{Seq: 5, At: t0, Body: event.Said{Who: event.Agent, Text: "bonjour"}},
		{Seq: 6, At: t0, Body: event.PartyJoined{Party: event.PartyCaller, Addr: "sip:+336******78@pbx"}},
		{Seq: 7, At: t0, Body: event.TransferAttempt{Agent: "omar", Via: "attended", Outcome: "completed"}},
		{Seq: 8, At: t0, Body: event.TransferAttempt{Agent: "nadia", Via: "attended", Outcome: "agent_left"}},
	}, "fr", nil)
	var got []string
	for _, l := range lines {
		got = append(got, strings.TrimSpace(l.Name+" "+l.Text))
	}
	for i, want := range []string{
		"Le central de l’appelant n’a pas pu le mettre en relation avec karim (3\u00a0s)\u202f; l’appel reste ici",
		"karim a pris l’appel", "Lina a maintenant l’appel, à la place de karim", "Lina bonjour",
		"+336******78 est maintenant en ligne à la place de l’appelant",
		"Le central de l’appelant l’a mis en relation avec omar\u202f; l’appel continue sans la passerelle", "nadia\u202f: l’agent a raccroché après 0\u00a0ms",
	} {
		if i >= len(got) || got[i] != want {
			t.Errorf("%d: %q, want %q", i, got, want)
		}
	}
}
