package chat

import (
	"testing"
	"testing/fstest"
	"testing/synctest"

	"decroche/flows"
	"decroche/gateway/event"
)

// rated is a bot that hands everybody over, with a survey by faces at the end of every conversation.
func rated(t *testing.T) *flows.Bot {
	t.Helper()
	b, err := flows.Load(fstest.MapFS{
		"bot.yaml": {Data: []byte(`name: test
languages: [fr]
timezone: Europe/Paris
called: {line: fr}
disclosure: "Je suis un robot."
greeting: "Bonjour. {{disclosure}} Que voulez-vous ?"
policy: {transfer: {skills: [fr], max_wait: 60s}}
surveys: {csat: {scale: faces}}
`)},
		"intents/all.yaml": {Data: []byte(`personne:
  title: "parler à quelqu'un"
  fr: ["une vraie personne", "un humain", "passez-moi le standard", "quelqu'un"]
`)},
		"flows/all.yaml": {Data: []byte(`flows:
  humain:
    start: [personne]
    steps:
      - transfer: {skills: [fr]}
`)},
	}, flows.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Who wrote with an agent is asked by three buttons when the agent has left; a low note may fetch somebody
// again, and who closes the page instead loses nothing.
func TestWhoWroteWithAnAgentIsAsked(t *testing.T) {
	t.Parallel()
	bot := rated(t)
	for name, c := range map[string]struct {
		says  []string
		score int
		ends  string // outcome, "" while somebody is fetched
	}{
		"a button":            {[]string{"🙂"}, 3, "transferred"},
		"free words":          {[]string{"pas terrible parce que j'ai attendu vingt minutes", "non merci"}, 1, "transferred"},
		"low, somebody again": {[]string{"🙁", "oui"}, 1, ""},
		"leaves":              {nil, 0, "transferred"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newFloor(t, ":memory:", bot.Engine(), "karim")
				o, err := f.Create(t.Context(), Opening{Bot: "test", Lang: "fr"})
				if err != nil {
					t.Fatal(err)
				}
				send := func(text string) Page {
					t.Helper()
					p, err := f.Send(t.Context(), o.ID, Incoming{Text: text})
					if err != nil {
						t.Fatal(err)
					}
					return p
				}
				send("un humain")
				f.accept(t, "karim", o.ID)
				if err := f.AgentEnds(t.Context(), o.ID, "karim"); err != nil {
					t.Fatal(err)
				}
				p, err := f.Messages(t.Context(), o.ID, 0, 0, nil)
				if err != nil {
					t.Fatal(err)
				}
				if last := p.Messages[len(p.Messages)-1]; p.Ended || len(last.Quick) != 3 {
					t.Fatalf("after the agent: ended %v, %+v", p.Ended, last)
				}
				for _, text := range c.says {
					send(text)
				}
				if c.says == nil {
					if err := f.End(t.Context(), o.ID); err != nil {
						t.Fatal(err)
					}
				}
				score, comment, outcome := 0, "", ""
				for _, e := range f.events(t, o.ID) {
					switch v := e.Body.(type) {
					case event.Rated:
						score, comment = v.Score, v.Comment
					case event.Ended:
						outcome = v.Outcome
					}
				}
				if score != c.score || outcome != c.ends || (comment != "") != (name == "free words") {
					t.Errorf("rated %d %q, ended %q", score, comment, outcome)
				}
			})
		})
	}
}
