package embedded

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"decroche/asr"
	"decroche/asr/wer"
)

// What callers answer to closed questions: most stay inside the set, some do not. Every fourth is
// said here, all of them with DECROCHE_LONG=1.
var closedAnswers = []struct {
	lang, kind, say string
	digits          int
	layout          string
}{
	{"fr", "yes_no", "oui", 0, ""},
	{"fr", "yes_no", "non", 0, ""},
	{"fr", "yes_no", "oui c'est bien ça", 0, ""},
	{"fr", "yes_no", "non ce n'est pas ça", 0, ""},
	{"fr", "yes_no", "tout à fait", 0, ""},
	{"fr", "yes_no", "je veux parler à quelqu'un", 0, ""},
	{"fr", "yes_no", "non zéro deux à la fin", 0, ""},
	{"en", "yes_no", "yes", 0, ""},
	{"en", "yes_no", "no", 0, ""},
	{"en", "yes_no", "yes that's right", 0, ""},
	{"en", "yes_no", "no thank you", 0, ""},
	{"en", "yes_no", "i want to speak to someone", 0, ""},
	{"fr", "digits", "quarante-cinq douze soixante-dix-huit zéro un", 8, "pairs"},
	{"fr", "digits", "quatre cinq un deux sept huit zéro un", 8, "pairs"},
	{"fr", "digits", "c'est le quarante-cinq douze soixante-dix-huit zéro un", 8, ""},
	{"fr", "digits", "septante-huit nonante-deux huitante-trois zéro quatre", 8, "pairs"},
	{"fr", "digits", "zéro six douze trente-quatre cinquante-six soixante-dix-huit", 10, ""},
	{"fr", "digits", "je ne l'ai pas", 8, "pairs"},
	{"fr", "digits", "je veux parler à quelqu'un", 8, "pairs"},
	{"fr", "digits", "non zéro deux à la fin", 8, "pairs"},
	{"fr", "digits", "je voudrais savoir où est mon colis", 8, ""},
	{"fr", "digits", "soixante-quinze mille", 5, ""},
	{"en", "digits", "four five one two seven eight oh one", 8, "singles"},
	{"en", "digits", "forty-five twelve seventy-eight zero one", 8, ""},
	{"en", "digits", "it's four five one two seven eight zero one", 8, ""},
	{"en", "digits", "four double five two seven eight zero one", 8, ""},
	{"en", "digits", "i don't have it with me", 8, ""},
	{"en", "digits", "i want to talk to a human", 8, ""},
	{"en", "digits", "no zero two at the end", 8, ""},
	{"fr", "date", "le premier mars", 0, ""},
	{"fr", "date", "mardi en huit", 0, ""},
	{"fr", "date", "lundi vingt-quatre novembre", 0, ""},
	{"fr", "date", "je ne sais pas encore", 0, ""},
	{"en", "date", "on the fifth of march", 0, ""},
	{"en", "date", "next tuesday", 0, ""},
	{"fr", "spelled", "b comme bernard e r t", 0, ""},
	{"en", "spelled", "s m i t h", 0, ""},
	{"fr", "list", "le remboursement", 0, ""},
	{"fr", "list", "c'est pour mes horaires", 0, ""},
	{"fr", "list", "suivi de colis", 0, ""},
}

func TestClosedSets(t *testing.T) {
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed; it says the answers")
	}
	r := testRecogniser(t, DefaultConfig(), defaultTuning())
	voices := map[string][]string{"fr": {"fr+f3", "fr+m5", "fr-be+Annie"}, "en": {"en-us+m5", "en-gb+f3", "en-us+linda"}}
	wrong := 0
	asked := 0
	for i, c := range closedAnswers {
		if i%4 != 0 && os.Getenv("DECROCHE_LONG") == "" {
			continue
		}
		asked++
		opt := asr.Options{Language: c.lang, Rate: 8000, Expect: asr.Expect{Kind: c.kind, Digits: c.digits, Layout: c.layout}}
		if c.kind == "list" {
			opt.Hints = []string{"remboursement", "le remboursement", "suivi de colis", "horaires"}
		}
		pcm := say(t, spoken{text: c.say, voice: voices[c.lang][i%3], speed: "160", pitch: "50"})
		res, err := asr.Transcribe(t.Context(), r, pcm, opt)
		if err != nil {
			t.Fatal(err)
		}
		var alt []string
		for _, a := range res.Alternatives {
			alt = append(alt, a.Text)
		}
		if strings.Join(wer.Words(res.Text), " ") != strings.Join(wer.Words(c.say), " ") {
			wrong++
			t.Logf("%s %s: %q heard as %q (%.2f), else %q", c.lang, c.kind, c.say, res.Text, res.Confidence, alt)
		} else if testing.Verbose() {
			t.Logf("%s %s: %q right (%.2f), else %q", c.lang, c.kind, c.say, res.Confidence, alt)
		}
	}
	if t.Logf("%d of %d answers wrong", wrong, asked); wrong > asked/5 {
		t.Errorf("%d of %d answers wrong", wrong, asked)
	}
}

// Every form of yes and no is known as what it is, hesitation and all.
func TestPolarity(t *testing.T) {
	t.Parallel()
	r := testRecogniser(t, smallConfig(), defaultTuning())
	for lang, s := range r.speakers {
		for _, want := range []string{"yes", "no"} {
			s.rules["said"] = "{hes}{" + want + "}"
			for _, form := range expand(s.rules, "said", 20_000) {
				if got := s.polarity(form); got != want {
					t.Errorf("%s: %q is taken for %q, want %q", lang, form, got, want)
				}
			}
		}
	}
	for form, want := range map[string]string{"tout à fait oui": "yes", "non c'est bon": "no", "un colis": ""} {
		if got := r.speakers["fr"].polarity(form); got != want {
			t.Errorf("%q is taken for %q, want %q", form, got, want)
		}
	}
}
