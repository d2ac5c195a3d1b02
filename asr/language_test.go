package asr

import "testing"

func TestToldLanguage(t *testing.T) {
	t.Parallel()
	opt := Options{Language: "fr-FR", Others: []string{"en"}}
	for _, c := range []struct {
		named, text, want string
		ok                bool
	}{
		{"english", "hello where is my parcel", "en", true},
		{"en-GB", "hello where is my parcel", "en", true},
		{"en", "yes please", "", false},
		{"French", "oui", "fr-FR", true},
		{"welsh", "ie diolch yn fawr", "", false},
		{"", "hello where is my parcel", "", false},
	} {
		if got, ok := opt.Told(c.named, c.text); got != c.want || ok != c.ok {
			t.Errorf("%q for %q: %q, %v; want %q, %v", c.named, c.text, got, ok, c.want, c.ok)
		}
	}
	if got, ok := (Options{}).Told("", "oui"); ok {
		t.Errorf("no name is %q", got)
	}
}
