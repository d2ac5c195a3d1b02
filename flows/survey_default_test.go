package flows_test

import (
	"strings"
	"testing"

	"decroche/flows"
)

// A bot that says nothing about surveys asks as its host says; one that wants none asks nobody; one
// with its own asks that. A hang-up is not held up.
func TestTheHostsSurvey(t *testing.T) {
	t.Parallel()
	faces := flows.DefaultSurvey()
	for name, c := range map[string]struct {
		says  string
		host  flows.SurveyConfig
		asked string // "" for nobody
	}{
		"nothing, by faces":    {"", faces, "bien, moyen ou mal"},
		"nothing, a note":      {"", flows.SurveyConfig{Ask: "5", Sample: 1}, "de un à cinq"},
		"nothing, yes or no":   {"", flows.SurveyConfig{Ask: "yes_no", Sample: 1}, "vous a-t-il convenu"},
		"nothing, host off":    {"", flows.SurveyConfig{Ask: flows.SurveyOff, Sample: 1}, ""},
		"nothing, no sample":   {"", flows.SurveyConfig{Ask: "faces"}, ""},
		"nothing, no host":     {"", flows.SurveyConfig{}, ""},
		"none":                 {"surveys: {}\n", faces, ""},
		"its own, after calls": {"surveys: {mien: {scale: 5}}\n", faces, "de un à cinq"},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := flows.Load(bot(t, "bot.yaml", "policy:", c.says+"policy:"), flows.Options{Survey: c.host})
			if err != nil {
				t.Fatal(err)
			}
			tk := answered(t, b, flows.Voice).says("non merci")
			var voice []string
			for _, p := range tk.out.Say {
				voice = append(voice, p.Voice)
			}
			if got := strings.Join(voice, " "); c.asked == "" && tk.out.Next != flows.End || !strings.Contains(got, c.asked) {
				t.Fatalf("said %q, next %v", got, tk.out.Next)
			}
			if c.asked == "" {
				return
			}
			if tk.turn(flows.Input{Kind: flows.Hangup}); tk.out.Next != flows.End || tk.out.Outcome != "resolved" || tk.out.Rating != nil {
				t.Errorf("hung up at the survey: %v %q %+v", tk.out.Next, tk.out.Outcome, tk.out.Rating)
			}
		})
	}
	for more, offers := range map[string]bool{"": false, "  callback: {phone: caller}\n": true} { // who is unhappy is offered what there is
		b, err := flows.Load(bot(t, "bot.yaml", "policy:\n", "policy:\n"+more), flows.Options{Survey: faces})
		if err != nil {
			t.Fatal(err)
		}
		if tk := answered(t, b, flows.Voice).says("non merci").says("mal"); tk.out.Rating == nil || strings.Contains(tk.said(), "en parler à quelqu'un") != offers {
			t.Errorf("callback %v: said %q, rated %+v", offers, tk.said(), tk.out.Rating)
		}
	}
	for _, bad := range []flows.SurveyConfig{{Ask: "face", Sample: 1}, {Ask: "faces", Sample: 1.5}, {Ask: "faces", Sample: -1}} {
		if len(bad.Validate()) != 1 {
			t.Errorf("%+v: %v", bad, bad.Validate())
		}
	}
}
