package langtag

import "testing"

func TestBaseAndIs(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{"fr": "fr", "fr-CA": "fr", "EN-gb": "en", "": "", "-": ""} {
		if got := Base(tag); got != want {
			t.Errorf("%q: %q, want %q", tag, got, want)
		}
	}
	for name, want := range map[string]string{"english": "en", " French": "fr", "en-US": "en", "klingon": "klingon", "": ""} {
		if got := Named(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	for s, want := range map[string]bool{"fr": true, "fra": true, "f": false, "FR": false, "fr-": false, "": false, "fran": false, "é": false} {
		if Is(s) != want {
			t.Errorf("%q is a language: %v, want %v", s, !want, want)
		}
	}
}
