package flows

import "testing"

func TestMask(t *testing.T) {
	t.Parallel()
	secrets := []string{"4970101234567890", "4970 1012 3456 7890", "ab12cd", "1234"}
	for text, want := range map[string]string{
		"":                              "",
		"rien":                          "rien",
		"le 4970101234567890 ?":         "le •••• ?",
		"le 4970 1012 3456 7890.":       "le ••••.",
		"49 70.10-12 34 56 78 90 et 12": "•••• et 12",
		"finit par 567890":              "finit par ••••",
		"code AB12CD":                   "code ••••",
		"à 10h30 le 12/03":              "à 10h30 le 12/03",
		"PIN 1234":                      "PIN ••••",
		"https://x.test/cards/4970101234567890/a": "https://x.test/cards/••••/a",
		"commande 45127801":                       "commande 45127801",
	} {
		if got := Mask(text, secrets); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := Mask("le 1234", nil); got != "le 1234" {
		t.Errorf("without secrets: %q", got)
	}
}

func FuzzMask(f *testing.F) {
	f.Add("le 4970 1012 3456 7890", "4970101234567890")
	f.Add("\xff1é2 3", "123")
	f.Fuzz(func(t *testing.T, text, secret string) {
		out := Mask(text, []string{secret})
		if d := digitsOf(secret); len(d) >= 3 && digitsOf(text) == d && numberLength(text) == len(text) && digitsOf(out) != "" {
			t.Errorf("%q of %q is still in %q", secret, text, out)
		}
	})
}
