package wer

import (
	"math"
	"slices"
	"testing"
)

func TestRate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		want, got string
		rate      float64
		ops       string
	}{
		{"où est mon colis", "où est mon colis", 0, "===="},
		{"J’ai reçu, hier.", "j'ai reçu hier", 0, "===="},
		{"quarante-cinq douze", "quarante cinq douze", 0, "==="},
		{"il a livré", "il a livrée", 1. / 3, "==s"}, // homophones are not merged
		{"un deux trois", "", 1, "ddd"},
		{"un", "un deux trois", 2, "=ii"},
		{"", "un", 0, "i"},
		{"a b c d", "a x c d e", .5, "=s==i"},
		{"a b c d", "b c d", .25, "d==="},
	} {
		var n Count
		var ops []byte
		for _, p := range n.Add(c.want, c.got) {
			ops = append(ops, byte(p.Op))
		}
		if math.Abs(n.Rate()-c.rate) > 1e-9 || string(ops) != c.ops {
			t.Errorf("%q heard as %q: rate %.3f, %s; want %.3f, %s", c.want, c.got, n.Rate(), ops, c.rate, c.ops)
		}
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lang, a, b string }{
		{"fr", "colis livrés", "colis livré"}, {"fr-CA", "j’ai payé", "j'ai payer"}, {"fr", "où", "ou"}, {"en", "The Parcel!", "the parcel"},
	} {
		if got, want := Fold(c.lang, c.a), Fold(c.lang, c.b); got != want {
			t.Errorf("%q and %q: %q, %q", c.a, c.b, got, want)
		}
	}
	if got := Fold("en", "café orders"); got != "café orders" {
		t.Errorf("English was folded: %q", got)
	}
}

func TestCountSums(t *testing.T) {
	t.Parallel()
	var n Count
	n.Add("a b c", "a b c")
	n.Add("a b c", "a x c d")
	if n.Words != 6 || n.Sentences != 2 || n.Exact != 1 || n.Substituted != 1 || n.Inserted != 1 || n.Rate() != 2./6 {
		t.Errorf("%+v, rate %v", n, n.Rate())
	}
}

func FuzzAlign(f *testing.F) {
	f.Add("où est mon colis", "mon colis est où")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a) > 300 || len(b) > 300 {
			return
		}
		want, got := Words(a), Words(b)
		var w, g []string
		for _, p := range Align(want, got) {
			if p.Op != Insert {
				w = append(w, p.Want)
			}
			if p.Op != Delete {
				g = append(g, p.Got)
			}
		}
		if !slices.Equal(w, want) || !slices.Equal(g, got) {
			t.Fatalf("%q %q: the alignment loses words: %q %q", want, got, w, g)
		}
	})
}
