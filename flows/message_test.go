package flows_test

import (
	"strings"
	"testing"
	"time"

	"decroche/flows"
)

// Where nobody takes the caller, and they want no callback, they may leave a message.
func TestAMessageIsTheLastRung(t *testing.T) {
	t.Parallel()
	const policy = "  transfer: {skills: [fr]}"
	withBoth := knowing(t, "bot.yaml", policy, policy+"\n  callback: {phone: caller}\n  message: true")
	alone := knowing(t, "bot.yaml", policy, policy+"\n  message: true")
	for name, c := range map[string]struct {
		both  bool
		says  []string
		want  string // the message
		heard string // what is said last
	}{
		"after a callback is refused":   {both: true, says: []string{"non", "oui", "dites à Karim que le colis est arrivé laissez tomber la réclamation"}, want: "dites à Karim que le colis est arrivé laissez tomber la réclamation", heard: "votre message sera lu"},
		"without callbacks":             {says: []string{"oui", "je rappellerai demain matin"}, want: "je rappellerai demain matin", heard: "votre message sera lu"},
		"in one go":                     {says: []string{"oui dites-lui que je suis passé"}, want: "dites-lui que je suis passé", heard: "votre message sera lu"},
		"refused":                       {says: []string{"non merci"}, heard: "pas de message"},
		"given up":                      {says: []string{"oui", "laissez tomber"}, heard: "pas de message"},
		"nothing is said":               {says: []string{"oui", ""}, heard: "pas de message"},
		"a callback instead":            {both: true, says: []string{"oui"}, heard: "on vous rappelle"},
		"yes, and something to be told": {says: []string{"oui", "non"}, want: "non", heard: "votre message sera lu"},
	} {
		t.Run(name, func(t *testing.T) {
			fs := alone
			if c.both {
				fs = withBoth
			}
			tk := begin(t, knows(t, fs), flows.Input{Channel: flows.Voice, Caller: "+33612345678"}).says("une personne")
			tk.turn(flows.Input{Kind: flows.Returned, Outcome: "nobody"})
			var last string
			var taken *flows.Callback
			for _, s := range c.says {
				if s == "" {
					tk.turn(flows.Input{Kind: flows.Silence})
				} else {
					tk.says(s)
				}
				last = tk.said()
				if tk.out.Callback != nil {
					taken = tk.out.Callback
				}
			}
			if !strings.Contains(last, c.heard) {
				t.Errorf("said %q, want %q", last, c.heard)
			}
			switch {
			case c.want == "" && taken != nil && taken.Message != "":
				t.Errorf("kept %q", taken.Message)
			case c.want != "" && (taken == nil || taken.Message != c.want || taken.Phone != "+33612345678" || taken.Reason != "message"):
				t.Errorf("kept %+v, want %q", taken, c.want)
			}
			if tk.out.Next != flows.Listen {
				t.Errorf("next %q", tk.out.Next)
			}
		})
	}
}

// A message has pauses in which nothing is answered, and needs no number.
func TestAMessageMayPause(t *testing.T) {
	t.Parallel()
	b := knows(t, knowing(t, "bot.yaml", "  transfer: {skills: [fr]}", "  transfer: {skills: [fr]}\n  message: true"))
	tk := begin(t, b, flows.Input{Channel: flows.Voice, Caller: "anonymous"}).says("une personne")
	tk.turn(flows.Input{Kind: flows.Returned, Outcome: "closed"}).says("oui")
	if e := tk.out.Expect; e.Ends.Pause < 2*time.Second || e.Entity != "text" || e.Silence < 5*time.Second {
		t.Errorf("expects %+v", e)
	}
	tk.says("rappelez Nadia au bureau")
	if cb := tk.out.Callback; cb == nil || cb.Phone != "" || len(cb.With(tk.out.Slots)) != len(tk.out.Slots)+1 {
		t.Errorf("kept %+v", cb)
	}
}

// A hand-off may name whom to ask next; the policy's rungs are not for a step with skills of its own.
func TestRungsOfATransfer(t *testing.T) {
	t.Parallel()
	fs := knowing(t, "bot.yaml", "  transfer: {skills: [fr]}", "  transfer: {skills: [\"{{lang}}\"], then: [{skills: [accueil, \"{{lang}}\"], queue: accueil}, {skills: chef}]}")
	tr := begin(t, knows(t, fs), flows.Input{Channel: flows.Voice}).says("une personne").out.Transfer
	if tr == nil || len(tr.Then) != 2 || tr.Then[0].Queue != "accueil" || strings.Join(tr.Then[0].Skills, " ") != "accueil fr" || strings.Join(tr.Then[1].Skills, " ") != "chef" {
		t.Errorf("%+v", tr)
	}
	fs["flows/all.yaml"].Data = []byte(strings.Replace(string(fs["flows/all.yaml"].Data), `say: "En panne."`, "transfer: {skills: [fr]}", 1))
	tr = begin(t, knows(t, fs), flows.Input{Channel: flows.Voice}).says("où est mon colis").keys("45127802").acted("error", nil).out.Transfer
	if tr == nil || len(tr.Then) != 0 || len(tr.Skills) != 1 {
		t.Errorf("a step with skills of its own asks %+v", tr)
	}
	for then, want := range map[string]string{
		"[{queue: a}]": "this rung has no skills", "[{skills: a, que: b}]": "unknown key", "{skills: a}": "then", "[a]": "a rung of then",
	} {
		_, err := flows.Load(knowing(t, "bot.yaml", "{skills: [fr]}", "{skills: [fr], then: "+then+"}"), flows.Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("then: %s: %v, want %q", then, err, want)
		}
	}
}

// A queue proposes what comes in place of a person; the flow follows where it has no route of its own.
func TestWhatAQueueProposesInstead(t *testing.T) {
	t.Parallel()
	b := knows(t, knowing(t, "bot.yaml", "  transfer: {skills: [fr]}", "  transfer: {skills: [fr]}\n  callback: {phone: caller}\n  message: true"))
	for instead, want := range map[string]string{"": "qu'on vous rappelle", "callback": "qu'on vous rappelle", "message": "laisser un message", "bot": "autre question"} {
		tk := begin(t, b, flows.Input{Channel: flows.Voice, Caller: "+33612345678"}).says("une personne")
		tk.turn(flows.Input{Kind: flows.Returned, Outcome: "full", Instead: instead})
		if !strings.Contains(tk.said(), want) {
			t.Errorf("%q: said %q, want %q", instead, tk.said(), want)
		}
	}
}
