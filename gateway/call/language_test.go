package call

import (
	"slices"
	"strings"
	"testing"
	"time"

	"decroche/asr/asrtest"
	"decroche/flows"
	"decroche/gateway/event"
)

// heardIn is a turn whose language the recogniser tells.
func heardIn(lang string, sure float64, text string) asrtest.Turn {
	return asrtest.Turn{Text: text, Confidence: .9, Language: lang, LanguageConfidence: sure}
}

// inLang is an output that goes on in a language.
func inLang(o flows.Output, lang, why string) flows.Output {
	o.Lang, o.LangWhy = lang, why
	return o
}

// bilingual is a call to a bot of two languages on a French line.
func bilingual(t *testing.T, answers map[string]flows.Output, turns ...asrtest.Turn) *rig {
	r := newRig(t, answers, turns...)
	r.s.Bot.Languages = []string{"fr", "en"}
	return r
}

// asked is what each session was opened with: "fr en" listens in both.
func (r *rig) asked() string {
	var list []string
	for _, h := range r.ears.Sessions() {
		list = append(list, strings.TrimSpace(h.Options.Language+" "+strings.Join(h.Options.Others, " ")))
	}
	return strings.Join(list, "|")
}

func TestTheCallerIsAnsweredInTheLanguageTheySpeak(t *testing.T) {
	test(t, func(t *testing.T) {
		r := bilingual(t, map[string]flows.Output{
			"start":                         inLang(listen("bonjour je vous écoute"), "fr", ""),
			"said hello where is my parcel": inLang(listen("it comes tomorrow"), "en", "heard"),
			"said thank you goodbye":        inLang(end("have a nice day", "resolved"), "en", ""),
		}, heardIn("en", .98, "hello where is my parcel"), words("thank you goodbye"))
		r.start()
		for range 2 {
			r.spoken()
			r.says(900 * time.Millisecond)
		}
		r.over()
		if in := r.mind.told[1]; in.Lang != "en" {
			t.Errorf("the mind was told %+v", in)
		}
		if got, want := r.asked(), "fr en|en"; got != want {
			t.Errorf("the recogniser was asked for %q, want %q", got, want)
		}
		if got := all[event.Language](r.notes); !slices.Equal(got, []event.Language{{From: "fr", To: "en", Why: "heard", Confidence: .98}}) {
			t.Errorf("recorded %+v", got)
		}
		if said := all[event.Said](r.notes); said[0].Lang != "en" || said[0].LangConfidence != .98 || said[1].Lang != "" {
			t.Errorf("recorded %+v", said)
		}
		if u := r.voice.Said(); u[1].Language != "en" {
			t.Errorf("said in %q", u[1].Language)
		}
	})
}

func TestTheQuestionOfLanguageIsOpenForAFewTurns(t *testing.T) {
	answers := map[string]flows.Output{
		"start": listen("bonjour je vous écoute"), "said": listen("pardon"), "said merci": end("au revoir", "resolved"),
		"said no": inLang(listen("pardon"), "fr", ""), "said where is it": inLang(end("tomorrow", "resolved"), "en", "heard"),
	}
	last := heardIn("fr", .6, "merci")
	for name, c := range map[string]struct {
		turns []asrtest.Turn
		most  int
		langs []string
		want  string
	}{
		"said too little":    {[]asrtest.Turn{heardIn("fr", .6, "euh"), heardIn("fr", .5, "euh"), heardIn("fr", .5, "euh"), last}, 3, nil, "fr en|fr en|fr en|fr"},
		"then more":          {[]asrtest.Turn{heardIn("fr", .4, "no"), heardIn("en", .95, "where is it")}, 3, nil, "fr en|fr en"},
		"clearly the line's": {[]asrtest.Turn{heardIn("fr", .97, "euh"), last}, 3, nil, "fr en|fr"},
		"cannot tell":        {[]asrtest.Turn{words("euh"), words("euh"), words("euh"), last}, 3, nil, "fr en|fr en|fr en|fr"},
		"switched off":       {[]asrtest.Turn{words("euh"), last}, 0, nil, "fr|fr"},
		"one language":       {[]asrtest.Turn{words("euh"), last}, 3, []string{"fr"}, "fr|fr"},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := bilingual(t, answers, c.turns...)
				r.s.Config.LanguageTurns = c.most
				if c.langs != nil {
					r.s.Bot.Languages = c.langs
				}
				r.start()
				for range c.turns {
					r.spoken()
					r.says(900 * time.Millisecond)
				}
				if e := r.over(); e.Outcome != "resolved" {
					t.Errorf("ended %+v", e)
				}
				if got := r.asked(); got != c.want {
					t.Errorf("the recogniser was asked for %q, want %q", got, c.want)
				}
			})
		})
	}
}

// A caller who goes on before they are answered is heard in the language they began in, and the
// turn is in it.
func TestGoingOnKeepsTheLanguage(t *testing.T) {
	test(t, func(t *testing.T) {
		r := bilingual(t, map[string]flows.Output{
			"start":                          listen("bonjour je vous écoute"),
			"said where is my parcel":        listen("quoi"),
			"said where is my parcel please": inLang(end("tomorrow", "resolved"), "en", "heard"),
		}, heardIn("en", .97, "where is my parcel"), heardIn("en", .5, "please"))
		r.mind.takes = 400 * time.Millisecond
		r.start()
		r.spoken()
		r.says(700 * time.Millisecond)
		time.Sleep(500 * time.Millisecond) // longer than an end of turn, shorter than our thinking
		r.says(700 * time.Millisecond)
		if e := r.over(); e.Outcome != "resolved" {
			t.Errorf("ended %+v", e)
		}
		if in := r.mind.told[len(r.mind.told)-1]; in.Lang != "en" {
			t.Errorf("told %+v", in)
		}
		if got, want := r.asked(), "fr en|en fr"; got != want {
			t.Errorf("the recogniser was asked for %q, want %q", got, want)
		}
	})
}

// Who asks for a language is not listened to in another afterwards.
func TestALanguageAskedForSettlesTheQuestion(t *testing.T) {
	test(t, func(t *testing.T) {
		r := bilingual(t, map[string]flows.Output{
			"start": listen("bonjour je vous écoute"), "said english please": inLang(listen("of course"), "en", "asked"),
			"said thanks": end("bye", "resolved"),
		}, heardIn("fr", .45, "english please"), words("thanks"))
		r.start()
		for range 2 {
			r.spoken()
			r.says(900 * time.Millisecond)
		}
		r.over()
		if got, want := r.asked(), "fr en|en"; got != want {
			t.Errorf("the recogniser was asked for %q, want %q", got, want)
		}
		if got := all[event.Language](r.notes); !slices.Equal(got, []event.Language{{From: "fr", To: "en", Why: "asked"}}) {
			t.Errorf("recorded %+v", got)
		}
	})
}

// A conversation that goes on in this call has a language already.
func TestAConversationThatGoesOnKeepsItsLanguage(t *testing.T) {
	test(t, func(t *testing.T) {
		r := bilingual(t, map[string]flows.Output{"moved": listen("nous parlions de votre colis"), "said oui": end("au revoir", "resolved")}, words("oui"))
		r.s.State = flows.State{Raw: []byte(`{}`)}
		r.start()
		r.spoken()
		r.says(500 * time.Millisecond)
		r.over()
		if got := r.asked(); got != "fr" {
			t.Errorf("the recogniser was asked for %q", got)
		}
	})
}
