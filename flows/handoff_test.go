package flows_test

import (
	"strings"
	"testing"

	"decroche/flows"
)

// What a callback stores can be rung; where the line tells nothing that can, the bot asks.
func TestACallbackCanBeRung(t *testing.T) {
	t.Parallel()
	b := colibri(t)
	for caller, want := range map[string]string{
		"+33612345678":                    "+33612345678",
		"06 12 34 56 78":                  "0612345678",
		"sip:+33612345678@trunk.example":  "+33612345678",
		"tel:+33612345678":                "+33612345678",
		"sip:nadia@pbx.example":           "sip:nadia@pbx.example",
		"SIP:nadia@192.0.2.7:5070;lr?x=y": "sip:nadia@192.0.2.7:5070",
		"sips:nadia@[2001:db8::7]":        "sips:nadia@[2001:db8::7]",
		"sip:201@pbx.example":             "sip:201@pbx.example",
		"":                                "",
		"decroche":                        "",
		"nadia@pbx.example":               "",
		"201":                             "201",
		"anonymous":                       "",
		"sip:Anonymous@pbx.example":       "",
		"sip:x@anonymous.invalid":         "",
		"sip:pbx.example":                 "",
		"sip:@pbx.example":                "",
		"sip:nadia@":                      "",
		"sip:nadia@..":                    "",
		"sip:na dia@pbx.example":          "",
		"sip:nadia@pbx\r\nX: y":           "",
		"sip:nadia:secret@pbx.example":    "",
		"mailto:nadia@pbx.example":        "",
	} {
		tk := begin(t, b, flows.Input{Channel: flows.Voice, Lang: "fr", Caller: caller}).says("je n'ai pas été remboursé").says("passez-moi un conseiller")
		tk.turn(flows.Input{Kind: flows.Returned, Outcome: "busy"}).says("oui")
		switch cb := tk.out.Callback; {
		case want == "" && (cb != nil || !strings.Contains(tk.said(), "À quel numéro peut-on vous rappeler")):
			t.Errorf("%q: stored %+v, said %q; want a question", caller, cb, tk.said())
		case want != "" && (cb == nil || cb.Phone != want):
			t.Errorf("%q: stored %+v, said %q; want %q", caller, cb, tk.said(), want)
		}
	}
}
