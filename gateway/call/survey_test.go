package call

import (
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"decroche/asr/asrtest"
	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/leg/legtest"
)

// rated is a bot that hands everybody over, with a survey of its own settings at the end.
func rated(t *testing.T, keys string) *flows.Bot {
	t.Helper()
	b, err := flows.Load(fstest.MapFS{
		"bot.yaml": {Data: []byte(`name: hote
languages: [fr]
timezone: Europe/Paris
called: {line: fr}
disclosure: "Je suis un robot."
greeting: "Bonjour. {{disclosure}} Que voulez-vous ?"
policy: {transfer: {skills: [fr]}}
surveys: {csat: {ask: "une note", comment: "un mot", thanks: "merci"` + keys + `}}
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

// The agent hangs up first: the caller is asked, by voice or by a key, and may hang up at any moment; what
// they gave by then is kept, and nothing holds their line.
func TestTheCallerIsAskedAfterTheAgent(t *testing.T) {
	gone := func(r *handOffRig) { r.line.HangUp() }
	four := func(r *handOffRig) { r.line.Press("4"); r.spoken() }
	for name, c := range map[string]struct {
		keys  string
		heard []asrtest.Turn // after the words that ask for a person, and those of the bridge
		then  []func(r *handOffRig)
		asked bool
		by    string
		want  flows.Rating
	}{
		"a key, then words": {"", []asrtest.Turn{words("c'était un peu long quand même")}, []func(*handOffRig){four, func(r *handOffRig) { r.says(time.Second) }}, true, "bot",
			flows.Rating{Survey: "csat", Score: 4, Scale: 5, Comment: "c'était un peu long quand même"}},
		"by voice": {"", []asrtest.Turn{words("très bien"), words("non merci")}, []func(*handOffRig){func(r *handOffRig) { r.says(time.Second); r.spoken() }, func(r *handOffRig) { r.says(time.Second) }}, true, "bot",
			flows.Rating{Survey: "csat", Score: 5, Scale: 5}},
		"hangs up over the note":        {"", nil, []func(*handOffRig){gone}, true, "caller", flows.Rating{}},
		"hangs up over the words":       {"", nil, []func(*handOffRig){four, gone}, true, "caller", flows.Rating{Survey: "csat", Score: 4, Scale: 5}},
		"says nothing":                  {"", nil, nil, true, "bot", flows.Rating{}},
		"is not in the sample":          {", sample: 0", nil, nil, false, "bot", flows.Rating{}},
		"is not asked after a transfer": {", after: [resolved]", nil, nil, false, "bot", flows.Rating{}},
	} {
		t.Run(name, func(t *testing.T) {
			bot := rated(t, c.keys)
			test(t, func(t *testing.T) {
				r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: time.Second}}, "karim")
				r.s.Mind = bot.Engine()
				r.ears.Turns = append([]asrtest.Turn{words("un humain")}, c.heard...)
				r.start()
				r.spoken()
				r.says(time.Second)
				r.await("a bridge", r.bridged)
				time.Sleep(2 * time.Second)
				r.agent.HangUp()
				r.line.AwaitSpoken(10 * time.Second)
				var left time.Duration
				for _, f := range c.then {
					left = r.line.Since()
					f(r)
				}
				e := r.over()
				if e.Outcome != "transferred" || e.By != c.by {
					t.Errorf("ended %+v", e)
				}
				var got flows.Rating
				if all := all[event.Rated](r.notes); len(all) > 0 {
					got = flows.Rating{Survey: all[0].Survey, Score: all[0].Score, Scale: all[0].Scale, Comment: all[0].Comment}
				}
				if got != c.want {
					t.Errorf("rated %+v, want %+v", got, c.want)
				}
				asked := false
				for _, p := range all[event.Prompted](r.notes) {
					asked = asked || p.Text == "une note"
				}
				if asked != c.asked {
					t.Errorf("asked %v", asked)
				}
				if c.by == "caller" {
					if took := r.line.Since() - left; took > 100*time.Millisecond {
						t.Errorf("the call ended %v after the hang-up", took)
					}
				}
				synctest.Wait()
			})
		})
	}
}
