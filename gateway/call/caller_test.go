package call

import (
	"testing"

	"decroche/gateway/leg"
)

func TestCallerCanBeRung(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]string{
		"sip:+33612345678@trunk.example":             "+33612345678",
		"sip:0612345678@192.0.2.7:5060":              "0612345678",
		"sip:0612345678;phone-context=+33@192.0.2.7": "0612345678",
		"tel:+33612345678":                           "+33612345678",
		"sip:decroche@192.0.2.7:5070":                "sip:decroche@192.0.2.7:5070",
		"sips:nadia@pbx.example":                     "sips:nadia@pbx.example",
		"sip:201@pbx.example":                        "sip:201@pbx.example", // an extension of that exchange
		"sip:pbx.example":                            "",
		"sip:@pbx.example":                           "",
		"sip:anonymous@anonymous.invalid":            "",
		"":                                           "",
	} {
		if got := caller(leg.Info{From: from}); got != want {
			t.Errorf("%q: %q, want %q", from, got, want)
		}
	}
}
