package turn

import "testing"

func TestHollow(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"c’est pour euh": true, "C'est pour…": true, "je voudrais": true, "je vous appelle parce que": true, "euh": true, "alors j'ai besoin de": true,
		"": false, "oui": false, "c'est pour mon colis": false, "c'est pour mon colis euh": false, "je voudrais savoir où est mon": false, "un conseiller": false,
	} {
		if Hollow(text, "fr") != want {
			t.Errorf("fr %q: %v", text, !want)
		}
	}
	for text, want := range map[string]bool{"I'd like to um": true, "it's about the": true, "it's my": true, "um": true, "no": false, "my parcel um": false} {
		if Hollow(text, "en") != want {
			t.Errorf("en %q: %v", text, !want)
		}
	}
}
