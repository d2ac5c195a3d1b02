package lexicon

import (
	"strings"
	"testing"
)

func sample() *Lexicon {
	return New(map[string]map[string]Pronunciation{"fr": {
		"Yvelines": {Say: "yvline"}, "wi-fi": {Say: "ouifi"}, "H&M": {Say: "hache et aime"}, "Saint-Ouen": {Say: "saint ouin"}, "Ouen": {IPA: "wɛ̃"}, "n8n": {Say: "ène huit ène"},
	}}, func(_, w string) bool { return strings.ContainsAny(w, "&8") })
}

func TestCut(t *testing.T) {
	t.Parallel()
	l := sample()
	for text, want := range map[string]string{
		"rien à dire":               "rien à dire",
		"les Yvelines.":             "les [Yvelines].",
		"les yvelines, Yvelinesque": "les yvelines, Yvelinesque", // another case, part of a longer word
		"Le Wi-Fi et le wi-fi":      "Le [Wi-Fi] et le [wi-fi]",
		"à Saint-Ouen, à Ouen":      "à [Saint-Ouen], à [Ouen]", // the longest first
		"chez H&M":                  "chez [H&M]",
		"":                          "",
	} {
		var b strings.Builder
		for _, p := range l.Cut("fr", text) {
			if p.Said != nil {
				b.WriteString("[" + p.Text + "]")
			} else {
				b.WriteString(p.Text)
			}
		}
		if b.String() != want {
			t.Errorf("%q is cut as %q, want %q", text, b.String(), want)
		}
	}
	if got := l.Cut("en", "les Yvelines"); len(got) != 1 || got[0].Said != nil {
		t.Errorf("a language without words: %v", got)
	}
	if re := l.Keep("fr"); re == nil || !re.MatchString("H&M") || re.MatchString("Yvelines") {
		t.Errorf("keeps %v", re)
	}
	var none *Lexicon
	if got := none.Cut("fr", "x"); len(got) != 1 || none.Keep("fr") != nil {
		t.Errorf("no lexicon: %v", got)
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		word string
		p    Pronunciation
		want string
	}{
		{"Colibri", Pronunciation{Say: "colli bri"}, ""},
		{"Colibri", Pronunciation{IPA: "kɔ.li.ˈbʁi"}, ""},
		{"Colibri", Pronunciation{Espeak: "kOlibr'i", Say: "colibri"}, ""},
		{"Colibri", Pronunciation{}, "has no pronunciation"},
		{" x", Pronunciation{Say: "y"}, "is no word"},
		{"—", Pronunciation{Say: "y"}, "is no word"},
		{"a<b", Pronunciation{Say: "y"}, "holds one of"},
		{"x", Pronunciation{IPA: "a", Espeak: "a"}, "two lists"},
		{"x", Pronunciation{IPA: "/a/"}, "none of the alphabet"},
		{"x", Pronunciation{Espeak: "a]]"}, "does not take"},
		{strings.Repeat("a", 61), Pronunciation{Say: "y"}, "longer than 60"},
	} {
		if got := Validate(c.word, c.p); got == "" != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%q %+v: %q, want %q", c.word, c.p, got, c.want)
		}
	}
}

func FuzzCut(f *testing.F) {
	f.Add("les Yvelines et H&M")
	l := sample()
	f.Fuzz(func(t *testing.T, text string) {
		all := ""
		for _, p := range l.Cut("fr", text) {
			all += p.Text
		}
		if all != text {
			t.Errorf("%q became %q", text, all)
		}
	})
}
