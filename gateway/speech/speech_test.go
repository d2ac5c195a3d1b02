package speech

import (
	"strings"
	"testing"

	"decroche/flows/lexicon"
)

func style() Style {
	words := map[string]map[string]lexicon.Pronunciation{
		"fr": {"Yvelines": {Say: "yvline"}, "Reims": {IPA: "ʁɛ̃s"}, "H&M": {Say: "hache et aime"}, "Nguyen": {Espeak: "nwi'En", Say: "nouyène"}},
		"en": {"Reims": {Say: "rance"}},
	}
	return Style{Lexicon: lexicon.New(words, func(_, w string) bool { return strings.Contains(w, "&") }), Tags: map[string]string{"fr": "fr-CH"}}
}

const head = `<speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="fr-CH">`

func TestWritten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want, ssml string }{
		{"", "", ""},
		{"Il y a 71 colis. Oui ?", "Il y a septante et un colis.|Oui ?", "|"},
		{"dans les Yvelines", "dans les yvline", ""},
		{"chez H&M & Cie", "chez hache et aime et Cie", ""},
		{"à Reims", "à Reims", head + `à <phoneme alphabet="ipa" ph="ʁɛ̃s">Reims</phoneme></speak>`},
		{"Mme Nguyen. Bien.", "madame nouyène.|Bien.", head + `madame <phoneme alphabet="espeak" ph="nwi&#39;En">nouyène</phoneme>.</speak>|`},
		{"a < b", "a < b", ""},
		{"42,50\u00a0€\u202f!", "quarante-deux euros cinquante !", ""},
	} {
		var texts, docs []string
		for _, l := range style().Written("fr", c.text) {
			texts, docs = append(texts, l.Text), append(docs, l.SSML)
		}
		if got := strings.Join(texts, "|"); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
		if got := strings.Join(docs, "|"); got != c.ssml {
			t.Errorf("%q: %q, want %q", c.text, got, c.ssml)
		}
	}
}

func TestMarked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ doc, text, ssml string }{
		{"Le 24/11.", "Le vingt-quatre novembre.", ""},
		{`<say-as interpret-as="digits">4512</say-as>`, "quatre, cinq, un, deux", ""},
		{`<say-as interpret-as="cardinal">71</say-as>`, "septante et un", ""},
		{`<say-as interpret-as="ordinal">3</say-as>`, "troisième", ""},
		{`<say-as interpret-as="date">2026-03-12</say-as>`, "jeudi douze mars", ""},
		{`<say-as interpret-as="telephone">0612345678</say-as>`, "zéro six, douze, trente-quatre, cinquante-six, septante-huit", ""},
		{`<say-as interpret-as="currency">12,50 €</say-as>`, "douze euros cinquante", ""},
		{`<say-as interpret-as="date">demain</say-as>`, "demain", ""},
		{`Le <sub alias="hache deux o">H2O</sub>`, "Le hache deux o", ""},
		{`à Reims<break time="300ms"/>3 km`, "à Reims trois kilomètres", head + `à <phoneme alphabet="ipa" ph="ʁɛ̃s">Reims</phoneme><break time="300ms"/>trois kilomètres</speak>`},
		{`<lang xml:lang="en">3 Reims</lang>`, "three rance", head + `<lang xml:lang="en">three </lang><lang xml:lang="en">rance</lang></speak>`},
	} {
		l, err := style().Marked("fr", c.doc)
		if err != nil || l.Text != c.text || l.SSML != c.ssml {
			t.Errorf("%s: %q %q %v,\nwant %q %q", c.doc, l.Text, l.SSML, err, c.text, c.ssml)
		}
	}
	if _, err := style().Marked("fr", "<audio/>"); err == nil {
		t.Error("audio passes")
	}
}

// What is prepared once stays as it is, whoever prepares it again.
func TestOnceIsEnough(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"Votre commande 45 12 78 02 arrive le 24/11.", "chez H&M, dans les Yvelines", "M. Dupont, 12,50 €"} {
		once := style().Whole("fr", text).Text
		if again := style().Whole("fr", once).Text; again != once {
			t.Errorf("%q is said as %q, and that as %q", text, once, again)
		}
	}
}
