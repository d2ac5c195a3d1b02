package flows_test

import (
	"strings"
	"testing"

	"decroche/flows"
)

func speaking(t testing.TB, more string) (*flows.Bot, error) {
	return flows.Load(bot(t, "bot.yaml", "timezone:", more+"\ntimezone:"), flows.Options{})
}

func TestLexiconAndRegion(t *testing.T) {
	t.Parallel()
	b, err := speaking(t, `regions: {fr: fr-BE}
lexicon:
  fr:
    Yvelines: yvline
    H&M: {say: hache et aime}
    Reims: {ipa: "ʁɛ̃s"}
    Nguyen: {espeak: "nwi'En", say: nouyène}`)
	if err != nil {
		t.Fatal(err)
	}
	if b.Tag("fr") != "fr-BE" || b.Tag("en") != "en" {
		t.Errorf("tags %s, %s", b.Tag("fr"), b.Tag("en"))
	}
	pieces := b.Lexicon().Cut("fr", "à Reims")
	if len(pieces) != 2 || pieces[1].Said == nil || pieces[1].Said.IPA != "ʁɛ̃s" {
		t.Errorf("cut as %+v", pieces)
	}
	if b.Lexicon().Keep("fr") == nil {
		t.Error("H&M is not kept")
	}
}

func TestLexiconProblems(t *testing.T) {
	t.Parallel()
	for more, want := range map[string]string{
		"lexicon: x":            "lexicon must be",
		"lexicon: {de: {a: b}}": `unknown key "de" in lexicon`,
		"lexicon: {fr: {Reims: {say: ranse, how: x}}}": `unknown key "how" in lexicon.fr.Reims`,
		"lexicon: {fr: {Reims: {ipa: \"[x]\"}}}":       `lexicon.fr: "Reims" has ipa`,
		"lexicon: {fr: {Reims: \"\"}}":                 `has no pronunciation`,
		"lexicon: {fr: {Reims: [a]}}":                  `must be`,
		"regions: {fr: fr-CA}":                         `regions.fr cannot be "fr-CA"`,
		"regions: {fr: fr-BE, es: x}":                  `unknown key "es" in regions`,
		"lexicon: {fr: {\"a<b\": c}}":                  `no voice reads`,
	} {
		_, err := speaking(t, more)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "bot.yaml:") {
			t.Errorf("%s: %v\nwant %s", more, err, want)
		}
	}
}
