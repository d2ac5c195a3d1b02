package tts

import (
	"slices"
	"strings"
	"testing"
)

func TestSentences(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		"":                                nil,
		"Bonjour. Je vous écoute ?":       {"Bonjour.", "Je vous écoute ?"},
		"Quel est votre numéro ? Il a 8.": {"Quel est votre numéro ?", "Il a 8."},
		"Ça fait 12.50 euros. Merci !":    {"Ça fait 12.50 euros.", "Merci !"},
		"M. Dupont arrive... Bientôt… Voilà.": {"M. Dupont arrive...", "Bientôt…", "Voilà."},
		"Il dit « oui. » Puis rien":           {"Il dit « oui. »", "Puis rien"},
		"sans point":                          {"sans point"},
	} {
		if got := Sentences(in); !slices.Equal(got, want) {
			t.Errorf("Sentences(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzSentences(f *testing.F) {
	for _, s := range []string{"Bonjour. Je vous écoute ?", "a.b. c", "...", "« oui. » non"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "?")
		got := Sentences(text)
		if strings.Join(strings.Fields(strings.Join(got, " ")), " ") != strings.Join(strings.Fields(text), " ") {
			t.Errorf("%q became %q", text, got)
		}
		for _, s := range got {
			if s == "" {
				t.Errorf("%q has an empty sentence", text)
			}
		}
	})
}
