package entity

import (
	"strings"
	"testing"
)

// TestLongTextIsBounded reads a hundred kilobytes of number words in well under a second.
func TestLongTextIsBounded(t *testing.T) {
	t.Parallel()
	for i, word := range []string{"quatre vingt dix ", "a hundred thousand million ", "non ", "b comme ", "4 5 ", "deux fois le double ", "é'", "euh ", "mardi en ", "la veille de ", "a week on ", "pas douze ", "not twelve ", "le dernier est un ", "il manque ",
		"\x00\x07 ", "😀", "\u202eقط ", "\xff", "a", "1"} {
		long := strings.Repeat(word, 100_000/len(word))
		for _, typ := range Types() {
			for _, lang := range []string{"fr", "en"}[i%2 : i%2+1] {
				for _, v := range Parse(Spec{Type: typ, Values: map[string][]string{"a": {"vingt"}}}, lang, long, sunday) {
					if v.Start < 0 || v.End > len(long) || v.Start >= v.End {
						t.Fatalf("%s %q: span %d..%d", typ, word, v.Start, v.End)
					}
				}
			}
		}
		Count(Spec{Type: TypeDigits}, "fr", long)
		Correct(Spec{Type: TypeDigits, Length: 8}, "fr", "45127802", long)
	}
}

// strange are the seeds of the fuzz targets: forms at the edge of a reader's reach.
var strange = []string{"", "quatre-vingt euh dix-sept", "non pas douze treize", "le 31/02/2026 à 14h", "42€50", "a b comme bernard", "jean point @ .com", "+33 (0)6 12", "mardi en huit", "\xff\xfe é", "deux fois le", "double", "quarter to", "the twenty", "il y a y a",
	"1er 2026-02-30", "les deux derniers", "le premier le dernier", "au lieu de", "c'est", "dans une quinzaine", "la semaine du", "entre midi et", "la veille de la veille de", "il manque un", "remplacez le 5 par", "\u202e٤٥ 😀", "le troisième est", "swap the last two", "\x00\x1b[2J"}

// sane reports what is wrong with a reading of s.
func sane(s string, v Value) bool {
	return v.Start >= 0 && v.End <= len(s) && v.Start < v.End && v.Confidence > 0 && v.Confidence <= 1
}

func FuzzParse(f *testing.F) {
	for _, s := range strange {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, lang := range []string{"fr", "en"} {
			for _, typ := range Types() {
				for _, spec := range []Spec{{Type: typ}, {Type: typ, Length: 8}, {Type: typ, Pattern: "[A-Z]{2}[0-9]+|0*"}, {Type: typ, Values: map[string][]string{"x": {"le", ""}, "": nil}}} {
					vs := Parse(spec, lang, s, sunday)
					for _, v := range vs {
						if v.Text == "" && typ != TypeList || !sane(s, v) {
							t.Errorf("%s %s %q: %+v", lang, typ, s, v)
						}
					}
					if len(vs) > maxValues {
						t.Errorf("%s %s %q: %d readings", lang, typ, s, len(vs))
					}
				}
			}
		}
	})
}

func FuzzCorrect(f *testing.F) {
	for _, s := range strange {
		f.Add(s, "45127802")
		f.Add(s, "+33612345678")
		f.Add(s, "")
	}
	f.Fuzz(func(t *testing.T, s, current string) {
		for _, lang := range []string{"fr", "en"} {
			for _, typ := range Types() {
				for _, spec := range []Spec{{Type: typ}, {Type: typ, Length: 8}} {
					if v, ok := Correct(spec, lang, current, s); ok && (v.Text == current || v.Start < 0 || v.End > len(s)) {
						t.Errorf("%s %s %q corrected by %q: %+v", lang, typ, current, s, v)
					}
				}
			}
		}
	})
}

func FuzzCount(f *testing.F) {
	for _, s := range strange {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, lang := range []string{"fr", "en"} {
			for _, typ := range []string{TypeDigits, TypeSpelled} {
				if n := Count(Spec{Type: typ}, lang, s); n < 0 || n > 8*len(s) {
					t.Errorf("%s %s %q: count %d", lang, typ, s, n)
				}
			}
		}
	})
}
