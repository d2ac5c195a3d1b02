package nlu

import (
	"strings"
	"testing"
)

// What callers take back is out; what only looks like it stays.
func TestNormalise(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lang, said, want string }{
		{"fr", "Euh... je je voudrais suivre mon colis euh non ma facture !", "je voudrais suivre ma facture"},
		{"fr", "le douze euh non le treize", "le #"},
		{"fr", "c'est quarante-cinq douze", "c est #"},
		{"fr", "je suis pas livré non plus", "je suis pas livre non plus"},
		{"fr", "ouiiii", "ouii"},
		{"en", "I want to cancel my flight uh no my hotel", "i want to cancel my hotel"},
		{"en", "on Monday I mean on Tuesday", "on tuesday"},
		{"fr", "euh non", "non"},
		{"fr", "", ""},
	} {
		var got []string
		for _, w := range normalise(c.lang, c.said) {
			got = append(got, w.plain)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%q: %q, want %q", c.said, s, c.want)
		}
	}
}

// A second reading that makes sense outweighs a first that makes none; a marked value speaks for
// the others of its list.
func TestReadingsAndValues(t *testing.T) {
	t.Parallel()
	c, err := Train("fr", []Example{{"colis", "où est mon colis"}, {"colis", "suivre mon colis"}, {"colis", "mon colis n'arrive pas"}, {"colis", "je cherche mon paquet"},
		{"panne", "une panne à [Lyon](ville)"}, {"panne", "ça ne marche plus à [Lyon](ville)"}, {"panne", "plus de courant à Nantes"}, {"panne", "coupure à Lyon"}},
		Options{Lists: map[string][]string{"ville": {"Lyon", "Nantes", "Brest"}}})
	if err != nil {
		t.Fatal(err)
	}
	alone := c.Classify("mon collier")[0]
	both := c.ClassifyN([]Alternative{{"mon collier", .5}, {"mon colis n'arrive pas", .5}})[0]
	if both.Intent != "colis" || both.P <= alone.P {
		t.Errorf("two readings %+v, the first alone %+v", both, alone)
	}
	if got := c.Classify("et à Brest")[0]; got.Intent != "panne" {
		t.Errorf("another city: %+v", got)
	}
	if got := c.ClassifyN(nil); len(got) != 2 || got[0].P != 0 {
		t.Errorf("no reading: %+v", got)
	}
}
