package embedded

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"decroche/asr"
)

// otherThan is the other language of a bilingual bot.
func otherThan(lang string) string {
	if lang == "fr" {
		return "en"
	}
	return "fr"
}

// firstTurn hears pcm as the first turn of a call to a bilingual bot whose line speaks lang.
func firstTurn(t testing.TB, r *Recogniser, lang string, pcm []int16) asr.Result {
	t.Helper()
	res, err := asr.Transcribe(t.Context(), r, pcm, asr.Options{Language: lang, Others: []string{otherThan(lang)}, Rate: 8000})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// languages counts how first sentences were told apart.
type languages struct{ followed, kept, switched, stayed, off int }

// sentence hears one sentence on a line of its own language and on one of the other.
func (n *languages) sentence(t testing.TB, r *Recogniser, lang, text string, pcm []int16) {
	at := firstTurn(t, r, otherThan(lang), pcm)
	if at.Language == lang {
		n.followed++
	} else if n.stayed++; testing.Verbose() {
		t.Logf("%s stayed unnoticed: %q heard as %q (%s %.2f)", lang, text, at.Text, at.Language, at.LanguageConfidence)
	}
	home := firstTurn(t, r, lang, pcm)
	if home.Language == otherThan(lang) {
		n.switched++
		t.Logf("%s taken for %s: %q heard as %q (%.2f)", lang, home.Language, text, home.Text, home.LanguageConfidence)
	} else {
		n.kept++
	}
	if want := alone(t, r, lang, pcm); at.Language == lang && at.Text != want.Text || home.Language == lang && home.Text != want.Text {
		n.off++
		t.Errorf("%s: %q and %q where one language alone hears %q", lang, at.Text, home.Text, want.Text)
	}
}

func alone(t testing.TB, r *Recogniser, lang string, pcm []int16) asr.Result {
	t.Helper()
	res, err := asr.Transcribe(t.Context(), r, pcm, asr.Options{Language: lang, Rate: 8000})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// noisy is a condition of a table, and how many percent of the sentences may go unnoticed in it.
type noisy struct {
	name string
	snr  float64
	most int
}

// A caller who begins in the other language of the bot is answered in it: the sentences frozen
// before training, said by voices that training never heard. A few of them, all with
// DECROCHE_LONG=1, which prints the table of docs/recognition.md.
func TestLanguageOfTheFirstSentence(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed; it says the sentences")
	}
	every, noises := 37, []noisy{{"clean", math.Inf(1), 10}, {"babble, 15 dB", 15, 60}}
	if os.Getenv("DECROCHE_LONG") != "" {
		every, noises = 1, append(noises, noisy{"babble, 8 dB", 8, 95})
	}
	dir := filepath.Join("testdata", "frozen")
	if d := os.Getenv("DECROCHE_SENTENCES"); d != "" { // another set, for development
		dir = d
	}
	var set []spoken
	for i, x := range readSpoken(t, dir) {
		if x.digits == "" && i%every == 0 {
			set = append(set, x)
		}
	}
	pcm := make([][]int16, len(set))
	for i, x := range set {
		pcm[i] = say(t, x)
	}
	chatter := babble(pcm)
	r := testRecogniser(t, DefaultConfig(), defaultTuning())
	for _, c := range noises {
		for _, lang := range []string{"fr", "en"} {
			var n languages
			for i, x := range set {
				if x.lang == lang {
					n.sentence(t, r, lang, x.text, overALaw(mixed(pcm[i], chatter, c.snr, uint64(i))))
				}
			}
			t.Logf("%s, %s: followed %d, not noticed %d; at home kept %d, switched %d", c.name, lang, n.followed, n.stayed, n.kept, n.switched)
			if every > 1 {
				c.most += 34 // one of three
			}
			if total := n.followed + n.stayed; n.stayed*100 > c.most*total || n.switched*100 > total {
				t.Errorf("%s, %s: %d of %d not noticed, %d switched by mistake", c.name, lang, n.stayed, total, n.switched)
			}
		}
	}
}

// What says too little about the language changes nothing: the line's language stays, and so does
// the question which one it is. Every fourth is said, all with DECROCHE_LONG=1.
func TestShortAnswersKeepTheLanguage(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed; it says the answers")
	}
	r := testRecogniser(t, DefaultConfig(), defaultTuning())
	voices := map[string][]string{"fr": {"fr+f3", "fr+m5", "fr-be+Annie"}, "en": {"en-us+m5", "en-gb+f3", "en-us+linda"}}
	for lang, list := range map[string][]string{
		"fr": {"oui", "non", "ok", "d'accord", "allô", "merci", "oui oui", "euh", "internet", "martin", "nathalie", "karim", "jean-pierre dupont", "sophie lefebvre", "mohamed benali", "marie claire fontaine"},
		"en": {"yes", "no", "ok", "hello", "hi", "thanks", "um", "internet", "martin", "nathalie", "karim", "john smith", "sophie taylor", "mohamed ali"},
	} {
		for i, text := range list {
			if i%4 != 0 && os.Getenv("DECROCHE_LONG") == "" {
				continue
			}
			pcm := say(t, spoken{text: text, voice: voices[lang][i%3], speed: "160", pitch: "50"})
			if res := firstTurn(t, r, otherThan(lang), pcm); res.Language == lang || res.LanguageConfidence > .9 {
				t.Errorf("%q on a line of the other language: heard %q as %s (%.2f)", text, res.Text, res.Language, res.LanguageConfidence)
			}
			if res := firstTurn(t, r, lang, pcm); res.Language == otherThan(lang) {
				t.Errorf("%q: heard %q as %s (%.2f)", text, res.Text, res.Language, res.LanguageConfidence)
			}
		}
	}
	for lang, text := range map[string]string{"en": "hello, where is my parcel", "fr": "bonjour je voudrais un remboursement"} {
		pcm := say(t, spoken{text: text, voice: voices[lang][0], speed: "160", pitch: "50"})
		if res := firstTurn(t, r, otherThan(lang), pcm); res.Language != lang || res.LanguageConfidence < .9 {
			t.Errorf("%q was taken for %s (%.2f)", text, res.Language, res.LanguageConfidence)
		}
	}
}
