package entity

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// The spellers below are written from grammar books, not from the reader: a mistake in one
// is not a mistake in the other.

// region is one way to say 70, 80 and 90.
type region struct {
	name            string
	t70, t80, t90   string // "" counts on from sixty and eighty
	plural80, hyphn bool
}

var regions = []region{
	{name: "France", plural80: true, hyphn: true},
	{name: "Belgium", t70: "septante", t90: "nonante", plural80: true, hyphn: true},
	{name: "Switzerland", t70: "septante", t80: "huitante", t90: "nonante", hyphn: true},
}

var frOnes = strings.Fields("zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf")

func (r region) below100(n int) string {
	tens := map[int]string{2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 7: r.t70, 8: r.t80, 9: r.t90}
	if n < 20 {
		return frOnes[n]
	}
	t, u := n/10, n%10
	switch {
	case t == 7 && r.t70 == "" && u == 1:
		return "soixante et onze"
	case t == 7 && r.t70 == "":
		return "soixante-" + frOnes[10+u]
	case t == 8 && r.t80 == "" && u == 0:
		return "quatre-vingts"
	case t == 8 && r.t80 == "":
		return "quatre-vingt-" + frOnes[u]
	case t == 9 && r.t90 == "":
		return "quatre-vingt-" + frOnes[10+u]
	case u == 0:
		return tens[t]
	case u == 1:
		return tens[t] + " et un"
	}
	return tens[t] + "-" + frOnes[u]
}

func (r region) spell(n int) string {
	switch {
	case n < 100:
		return r.below100(n)
	case n < 1000:
		out := "cent"
		if n >= 200 {
			out = frOnes[n/100] + " cent"
		}
		if n%100 == 0 {
			if n > 100 {
				out += "s"
			}
			return out
		}
		return out + " " + r.below100(n%100)
	}
	out := "mille"
	if n >= 2000 {
		out = frOnes[n/1000] + " mille"
	}
	if n%1000 == 0 {
		return out
	}
	return out + " " + r.spell(n%1000)
}

func spellEnglish(n int) string {
	ones := strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
	tens := strings.Fields("- - twenty thirty forty fifty sixty seventy eighty ninety")
	switch {
	case n < 20:
		return ones[n]
	case n < 100:
		if n%10 == 0 {
			return tens[n/10]
		}
		return tens[n/10] + "-" + ones[n%10]
	case n < 1000:
		if n%100 == 0 {
			return ones[n/100] + " hundred"
		}
		return ones[n/100] + " hundred and " + spellEnglish(n%100)
	}
	out := ones[n/1000] + " thousand"
	switch rest := n % 1000; {
	case rest == 0:
		return out
	case rest < 100:
		return out + " and " + spellEnglish(rest)
	default:
		return out + " " + spellEnglish(rest)
	}
}

func bare(s string) string { return strings.ReplaceAll(s, "-", " ") }

// TestEveryIntegerBelow10000 reads all of them in the three French forms and in English,
// with hyphens and as a recogniser writes them, without.
func TestEveryIntegerBelow10000(t *testing.T) {
	t.Parallel()
	expect := func(lang, name, said string, n int) {
		t.Helper()
		vs := Parse(Spec{Type: TypeNumber}, lang, said, sunday)
		if len(vs) == 0 || vs[0].Text != strconv.Itoa(n) {
			t.Errorf("%s %q: %v, want %d", name, said, vs, n)
		}
	}
	for n := range 10000 {
		for _, r := range regions {
			said := r.spell(n)
			expect("fr", r.name, said, n)
			expect("fr", r.name, bare(said), n)
		}
		expect("en", "English", spellEnglish(n), n)
		expect("en", "English", bare(spellEnglish(n)), n)
	}
}

// pairsSaid says digits two by two, leading zeros as zeros.
func pairsSaid(digits string, say func(int) string, zero string) string {
	var out []string
	for i := 0; i < len(digits); i += 2 {
		n, _ := strconv.Atoi(digits[i : i+2])
		switch {
		case n == 0:
			out = append(out, zero+" "+zero)
		case n < 10:
			out = append(out, zero+" "+say(n))
		default:
			out = append(out, say(n))
		}
	}
	return strings.Join(out, " ")
}

// TestDigitsInPairs holds the reader to the brief: of spoken numbers of known length, said
// in pairs without hyphens or pauses, the first reading is right in 97 of 100, and the
// right one is always in the list.
func TestDigitsInPairs(t *testing.T) {
	t.Parallel()
	const each = 300
	rng := rand.New(rand.NewPCG(3, 4))
	for _, lang := range []string{"fr", "en"} {
		first, listed, all := 0, 0, 0
		for _, length := range []int{6, 8, 10} {
			for k := range each {
				want := fmt.Sprintf("%0*d", length, rng.Int64N(pow10(length)))
				said := ""
				if lang == "en" {
					said = pairsSaid(want, spellEnglish, "oh")
				} else {
					said = pairsSaid(want, regions[k%3].below100, "zéro")
				}
				vs := Parse(Spec{Type: TypeDigits, Length: length}, lang, bare(said), sunday)
				all++
				for i, v := range vs {
					if v.Text != want {
						continue
					}
					listed++
					if i == 0 {
						first++
					}
				}
				if !listedIn(vs, want) {
					t.Errorf("%s %q: %s is not among %v", lang, bare(said), want, vs)
				}
			}
		}
		t.Logf("%s: first reading right %.1f %%, in the list %.1f %%", lang, 100*float64(first)/float64(all), 100*float64(listed)/float64(all))
		if float64(first) < 0.97*float64(all) {
			t.Errorf("%s: first reading right in %d of %d, want 97 %%", lang, first, all)
		}
	}
}

// TestDigitsInPairsWithHyphens: a recogniser that hyphenates leaves no doubt.
func TestDigitsInPairsWithHyphens(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		want := fmt.Sprintf("%08d", rng.IntN(1e8))
		said := pairsSaid(want, regions[0].below100, "zéro")
		if vs := Parse(Spec{Type: TypeDigits, Length: 8}, "fr", said, sunday); len(vs) == 0 || vs[0].Text != want {
			t.Errorf("%q: %v, want %s", said, vs, want)
		}
	}
}

func listedIn(vs []Value, want string) bool {
	for _, v := range vs {
		if v.Text == want {
			return true
		}
	}
	return false
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// TestMixedGroups says numbers in random groups of one, two and three digits.
func TestMixedGroups(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(9, 10))
	first, all := 0, 400
	for range all {
		want := fmt.Sprintf("%08d", rng.IntN(1e8))
		var parts []string
		for rest := want; rest != ""; {
			n := min(1+rng.IntN(3), len(rest))
			head := rest[:n]
			for len(head) > 1 && head[0] == '0' {
				parts, head = append(parts, "zéro"), head[1:]
			}
			v, _ := strconv.Atoi(head)
			parts = append(parts, regions[0].spell(v))
			rest = rest[n:]
		}
		vs := Parse(Spec{Type: TypeDigits, Length: 8}, "fr", strings.Join(parts, ", "), sunday)
		if len(vs) > 0 && vs[0].Text == want {
			first++
		}
	}
	t.Logf("with pauses heard as commas: %.1f %% right", 100*float64(first)/float64(all))
	if first < all*97/100 {
		t.Errorf("first reading right in %d of %d", first, all)
	}
}

// TestLongTextIsBounded reads a hundred kilobytes of number words in well under a second.
func TestLongTextIsBounded(t *testing.T) {
	t.Parallel()
	for i, word := range []string{"quatre vingt dix ", "a hundred thousand million ", "non ", "b comme ", "4 5 ", "deux fois le double ", "é'", "euh ", "mardi en "} {
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

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "quatre-vingt euh dix-sept", "non pas douze treize", "le 31/02/2026 à 14h", "42€50", "a b comme bernard", "jean point @ .com", "+33 (0)6 12", "mardi en huit", "\xff\xfe é", "deux fois le", "double", "quarter to", "the twenty", "il y a y a", "1er 2026-02-30",
		"les deux derniers", "le premier le dernier", "au lieu de", "c'est"} {
		f.Add(s, "45127802")
	}
	f.Fuzz(func(t *testing.T, s, current string) {
		for _, lang := range []string{"fr", "en"} {
			for _, typ := range Types() {
				for _, spec := range []Spec{{Type: typ}, {Type: typ, Length: 8}, {Type: typ, Values: map[string][]string{"x": {"le", ""}, "": nil}}} {
					for _, v := range Parse(spec, lang, s, sunday) {
						if v.Text == "" && typ != TypeList || v.Start < 0 || v.End > len(s) || v.Start >= v.End || !(v.Confidence > 0 && v.Confidence <= 1) {
							t.Errorf("%s %s %q: %+v", lang, typ, s, v)
						}
					}
					if v, ok := Correct(spec, lang, current, s); ok && (v.Start < 0 || v.End > len(s)) {
						t.Errorf("%s %s %q corrected by %q: %+v", lang, typ, current, s, v)
					}
				}
			}
			if n := Count(Spec{Type: TypeDigits}, lang, s); n < 0 {
				t.Errorf("count %d", n)
			}
		}
	})
}
