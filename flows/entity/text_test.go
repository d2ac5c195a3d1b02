package entity_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"decroche/flows/entity"
)

func TestText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang, said, want string
		spec             entity.Spec
	}{
		{"fr", "12 rue des Lilas", "12 rue des Lilas", entity.Spec{}},
		{"fr", "  euh alors c'est le douze euh rue des Lilas voilà merci", "douze rue des Lilas", entity.Spec{}},
		{"fr", "Oui, alors mon adresse c’est au 12, rue de l’Église.", "12, rue de l’Église", entity.Spec{}},
		{"fr", "j'habite au quatorze bis avenue Foch", "quatorze bis avenue Foch", entity.Spec{}},
		{"fr", "c'est pas arrivé", "c'est pas arrivé", entity.Spec{}},
		{"fr", "c'est à une amie", "à une amie", entity.Spec{}},
		{"fr", "le livreur n'est jamais venu, c'est honteux !", "le livreur n'est jamais venu, c'est honteux !", entity.Spec{}},
		{"fr", "chez Mme Petit (bâtiment B)", "chez Mme Petit (bâtiment B)", entity.Spec{}},
		{"fr", "oui", "", entity.Spec{}},
		{"fr", "non non", "", entity.Spec{}},
		{"fr", "euh", "", entity.Spec{}},
		{"fr", "… !", "", entity.Spec{}},
		{"fr", "", "", entity.Spec{}},
		{"fr", "c'est à Villeurbanne", "Villeurbanne", entity.Spec{}},
		{"en", "it's in Leeds", "Leeds", entity.Spec{}},
		{"fr", "Lyon", "Lyon", entity.Spec{}},
		{"en", "uh it's 12 Abbey Road please", "12 Abbey Road", entity.Spec{}},
		{"en", "well um my name is Anne O'Neill", "Anne O'Neill", entity.Spec{}},
		{"en", "it's not here", "it's not here", entity.Spec{}},
		{"fr", "ligne un\nligne\tdeux\x00trois", "ligne un ligne deux trois", entity.Spec{}},
		{"fr", "abc \u202etxt.exe\u2066", "abc txt.exe", entity.Spec{}},
		{"fr", "douze rue des Lilas", "", entity.Spec{Length: 10}},
		{"fr", "c'est la rue", "la rue", entity.Spec{Length: 6}},
		{"fr", "rue des Lilas", "", entity.Spec{Pattern: `[0-9].*`}},
		{"fr", "euh 12 rue des Lilas", "12 rue des Lilas", entity.Spec{Pattern: `[0-9].*`}},
		{"fr", strings.Repeat("mot ", 300), "", entity.Spec{}},
		{"fr", strings.Repeat("x", 1000), strings.Repeat("x", 1000), entity.Spec{}},
	} {
		c.spec.Type = entity.TypeText
		got := ""
		if vs := entity.Parse(c.spec, c.lang, c.said, time.Time{}); len(vs) > 0 {
			got = vs[0].Text
		}
		if got != c.want {
			t.Errorf("%s %q %+v: %q, want %q", c.lang, c.said, c.spec, got, c.want)
		}
	}
}

func TestTextCorrected(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lang, current, said, want string }{
		{"fr", "12 rue des Lilas", "non, quatorze", "quatorze rue des Lilas"},
		{"fr", "douze rue des Lilas", "non c'est quatorze, pas douze", "quatorze rue des Lilas"},
		{"fr", "12 rue des Lilas", "pas douze, quatorze", "quatorze rue des Lilas"},
		{"fr", "12 rue des Lilas", "non c'est rue Zola au lieu de rue des Lilas", "12 rue Zola"},
		{"fr", "12 rue des Lilas", "non c'est 14 rue des Lilas", "14 rue des Lilas"},
		{"fr", "Lyon", "non Villeurbanne", "Villeurbanne"},
		{"fr", "Lyon", "non", ""},
		{"fr", "Lyon", "c'est Lyon", ""},
		{"en", "12 Abbey Road", "no, fourteen Abbey Road", "fourteen Abbey Road"},
		{"en", "12 Abbey Road", "no it's lane, not road", "12 Abbey lane"},
	} {
		got := ""
		if v, ok := entity.Correct(entity.Spec{Type: entity.TypeText}, c.lang, c.current, c.said); ok {
			got = v.Text
		}
		if got != c.want {
			t.Errorf("%q, said %q: %q, want %q", c.current, c.said, got, c.want)
		}
	}
}

// A text is valid UTF-8 of the bounded length without control characters, whatever is said.
func FuzzText(f *testing.F) {
	f.Add("fr", "euh c'est le 12 rue des Lilas", "12 rue des Lilas", 40)
	f.Add("en", "it's \u202e\x00 fourteen, not twelve", "twelve", 0)
	f.Fuzz(func(t *testing.T, lang, said, current string, length int) {
		spec := entity.Spec{Type: entity.TypeText, Length: length}
		most := 1000
		if length > 0 {
			most = length
		}
		vs := entity.Parse(spec, lang, said, time.Time{})
		if v, ok := entity.Correct(spec, lang, current, said); ok {
			vs = append(vs, v)
		}
		for _, v := range vs {
			if n := utf8.RuneCountInString(v.Text); !utf8.ValidString(v.Text) || n == 0 || n > most || strings.ContainsAny(v.Text, "\x00\n\r\t\u202e") {
				t.Errorf("%q: %q", said, v.Text)
			}
			if v.Start < 0 || v.End > len(said) || v.Start > v.End {
				t.Errorf("%q: covers %d to %d", said, v.Start, v.End)
			}
		}
	})
}
