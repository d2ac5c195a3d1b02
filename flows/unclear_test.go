package flows_test

import (
	"testing"

	"decroche/flows"
)

// lost is a word that no intent takes.
const lost = "tralala pouet"

func TestUnclear(t *testing.T) {
	t.Parallel()
	b := colibri(t)
	_, clarify := b.Thresholds("fr")
	unsure := &flows.Meaning{Intent: "suivi_colis", Confidence: max(clarify, 0.3) + 0.01, Second: "remboursement", Margin: 0.05}
	said := func(texts ...string) (out []flows.Input) {
		for _, s := range texts {
			out = append(out, flows.Input{Kind: flows.Said, Text: s, Confidence: 1})
		}
		return out
	}
	for _, c := range []struct {
		name  string
		turns []flows.Input
		want  []flows.Unclear // Text, Why, Asked, Intent; Guess where it is given
	}{
		{"shown by the next wish", said(lost, "où est mon colis"), []flows.Unclear{{Text: lost, Why: "no_match", Intent: "suivi_colis"}}},
		{"never shown", said(lost, lost+" encore", "au revoir"), []flows.Unclear{{Text: lost, Why: "no_match"}, {Text: lost + " encore", Why: "no_match"}}},
		{"asked for a person", said(lost, "un conseiller"), []flows.Unclear{{Text: lost, Why: "transferred"}}},
		{"a person later is no sign", said("où est mon colis", lost, "abracadabra", "un conseiller"), []flows.Unclear{{Text: lost, Why: "no_match", Asked: "numero_commande"}, {Text: "abracadabra", Why: "transferred", Asked: "numero_commande"}}},
		{"at a slot nothing is learned", said("où est mon colis", lost, "mon remboursement"), []flows.Unclear{{Text: lost, Why: "no_match", Asked: "numero_commande"}}},
		{"clarified", []flows.Input{{Kind: flows.Said, Text: "xyzzy", Confidence: 1, Meaning: unsure}, said("le deuxième")[0]}, []flows.Unclear{{Text: "xyzzy", Why: "clarified", Guess: "suivi_colis", Intent: "remboursement"}}},
		{"clarified by key", []flows.Input{{Kind: flows.Said, Text: "xyzzy", Confidence: 1, Meaning: unsure}, {Kind: flows.Digits, Digits: "2"}}, []flows.Unclear{{Text: "xyzzy", Why: "clarified", Guess: "suivi_colis", Intent: "remboursement"}}},
		{"neither of the two", []flows.Input{{Kind: flows.Said, Text: "xyzzy", Confidence: 1, Meaning: unsure}, said("non")[0], said("quels sont vos horaires")[0]}, []flows.Unclear{{Text: "xyzzy", Why: "no_match", Guess: "suivi_colis", Intent: "horaires"}}},
		{"corrected", said("où est mon colis", "non, je voulais un remboursement"), []flows.Unclear{{Text: "où est mon colis", Why: "corrected", Guess: "suivi_colis", Intent: "remboursement"}}},
		{"corrected over two turns", said("où est mon colis", "c'est pas ça", "je veux être remboursé"), []flows.Unclear{{Text: "où est mon colis", Why: "corrected", Guess: "suivi_colis", Intent: "remboursement"}}},
		{"gone along with", said("où est mon colis", "45127802"), nil},
	} {
		tk := begin(t, b, flows.Input{Channel: flows.Voice, Lang: "fr"})
		var got []flows.Unclear
		for _, in := range c.turns {
			got = append(got, tk.turn(in).out.Unclear...)
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: %+v; said %q", c.name, got, tk.said())
			continue
		}
		for i, w := range c.want {
			if g := got[i]; g.Text != w.Text || g.Why != w.Why || g.Intent != w.Intent || g.Asked != w.Asked || w.Guess != "" && g.Guess != w.Guess {
				t.Errorf("%s: %+v, want %+v", c.name, g, w)
			}
		}
	}
}

// A flow that was begun by mistake is not come back to.
func TestMistakenFlowIsDropped(t *testing.T) {
	t.Parallel()
	tk := begin(t, colibri(t), flows.Input{Channel: flows.Voice}).says("où est mon colis").says("non, je voulais vos horaires")
	if s := tk.said(); tk.out.Next != flows.Listen || tk.out.Expect.Slot != "" {
		t.Errorf("said %q, expect %+v", s, tk.out.Expect)
	}
}

// A flow that was begun by a key was begun by no words: nothing is said to have been taken wrongly.
func TestCorrectedNeedsWords(t *testing.T) {
	t.Parallel()
	tk := begin(t, colibri(t), flows.Input{Channel: flows.Voice, Lang: "fr"}).says("quels sont vos horaires").keys("9").keys("1")
	if tk.out.Expect.Slot == "" {
		t.Fatalf("the menu's first wish asks %q", tk.said())
	}
	for _, u := range tk.says("non, je voulais un remboursement").out.Unclear {
		if u.Why == "corrected" {
			t.Errorf("%+v", u)
		}
	}
}
