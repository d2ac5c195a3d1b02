package mask

import (
	"regexp"
	"strings"
	"testing"
)

var marks = regexp.MustCompile(`\[([^\[\]]*)\]\([^()]*\)`)

func TestText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"mon numéro c'est quarante-cinq douze soixante-dix-huit":              "mon numéro c'est [0000](digits)",
		"le 45 12 78 02 n'est pas là":                                         "le [0000](digits) n'est pas là",
		"rappelez-moi au 06 12 34 56 78 merci":                                "rappelez-moi au [0600000000](phone) merci",
		"zéro six douze trente-quatre cinquante-six soixante-dix-huit ça ira": "[0600000000](phone) ça ira",
		"j'ai deux colis et un retour":                                        "j'ai deux colis et un retour",
		"bonjour je m'appelle Jean-Marc Dupont et je veux mon colis":          "bonjour je m'appelle [Dupont](spelled) et je veux mon colis",
		"je m’appelle durand j’ai un souci":                                   "je m’appelle [Dupont](spelled) j’ai un souci",
		"mon nom c'est Le Goff":                                               "mon nom c'est [Dupont](spelled)",
		"ça s'écrit D U P O N T":                                              "ça s'écrit [Dupont](spelled)",
		"écrivez à jean.dupont+x@mail.example.com svp":                        "écrivez à [nom@exemple.fr](email) svp",
		"c'est jean point dupont arobase free point fr":                       "c'est [nom@exemple.fr](email)",
		"[injecté](digits) \x00 {{secret}}":                                   "injecté digits secret",
		"c'est madame Lefèvre à l'appareil":                                   "c'est madame [Dupont](spelled) à l'appareil",
		"le vélo de 2024 à 12 euros":                                          "le vélo de [0000](digits) à [12](number) euros",
		"quatre euh cinq euh un, deux":                                        "[0000](digits)",
		"c'est le 4 euh 5, 1 2; 7-8 et 0 2":                                   "c'est le [0000](digits)",
		"zéro six, douze, trente-quatre... cinquante-six":                     "[0000](digits)",
		"0*6*1*2":                                                "[0000](digits)",
		"jean.dupont (at) exemple.fr":                            "[nom@exemple.fr](email)",
		"mon mail jean.dupont arobase gmail.com":                 "mon mail [nom@exemple.fr](email)",
		"jean @ gmail.com ou jean@intranet":                      "[nom@exemple.fr](email) ou [nom@exemple.fr](email)",
		"d comme daniel, u comme ursule p comme pierre merci":    "[Dupont](spelled) merci",
		"je suis Marie Durand et je suis perdue":                 "je suis [Dupont](spelled) et je suis perdue",
		"c'est Marie O'Connor à l'appareil, c'est pour un colis": "c'est [Dupont](spelled) à l'appareil, c'est pour un colis",
		"monsieur D'Alembert, M. Dupont, nom : Martin":           "monsieur [Dupont](spelled), M. [Dupont](spelled), nom : [Dupont](spelled)",
	} {
		if got, shown := Text("fr", text); got != want || strings.ContainsAny(shown, "[]0123456789") {
			t.Errorf("%q\n got  %q (%q)\n want %q", text, got, shown, want)
		}
	}
	if got, _ := Text("en", "my name is John Smith and it's one two three four"); got != "my name is [Dupont](spelled) and it's [0000](digits)" {
		t.Errorf("%q", got)
	}
}

// No figure that a caller said survives, whatever they said.
func FuzzMask(f *testing.F) {
	for _, s := range []string{"je m'appelle 06", "a@b.c 1 2 3", "[12](x", "D U P O N T 4 4", "mon nom est\u202e [", "1et2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		example, shown := Text("fr", s)
		if len(shown) > 10*MaxExample || len(example) > 20*MaxExample {
			t.Errorf("%d and %d bytes", len(example), len(shown))
		}
		run := 0
		for _, r := range marks.ReplaceAllString(example, "") {
			if r >= '0' && r <= '9' {
				if run++; run > 1 {
					t.Fatalf("%q became %q", s, example)
				}
			} else {
				run = 0
			}
		}
	})
}
