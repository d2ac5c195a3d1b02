package entity

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
)

// icuBelow1000 is ICU's words for 0 .. 999, by form.
var icuBelow1000 = sync.OnceValue(func() map[string][]string {
	out := map[string][]string{}
	for _, form := range spokenForms {
		text := make([]string, 1000)
		r, err := openForms(form.file)
		if err != nil {
			panic(err)
		}
		if err := readForms(r, func(chunk []spoken) bool {
			for _, s := range chunk {
				if s.n < 1000 {
					text[s.n] = s.text
				}
			}
			return false
		}); err != nil {
			panic(err)
		}
		out[form.file] = text
	}
	return out
})

// saying is a way to say the digits of a number.
type saying struct {
	name string
	form string // of the fixture
	lang string
	say  func(rng *rand.Rand, words []string, digits string) []string // one element a group
}

// inPairs says digits two by two, "zéro" before a digit that has lost its ten.
func inPairs(zero string) func(*rand.Rand, []string, string) []string {
	return func(_ *rand.Rand, words []string, digits string) []string {
		var out []string
		for i := 0; i < len(digits); i += 2 {
			out = append(out, group(words, zero, digits[i:i+2]))
		}
		return out
	}
}

func group(words []string, zero, digits string) string {
	var out []string
	for len(digits) > 1 && digits[0] == '0' {
		out, digits = append(out, zero), digits[1:]
	}
	n, _ := strconv.Atoi(digits)
	if n == 0 {
		return strings.Join(append(out, zero), " ")
	}
	return strings.Join(append(out, words[n]), " ")
}

// inTriples says digits by threes, the first group taking what is left.
func inTriples(zero string) func(*rand.Rand, []string, string) []string {
	return func(_ *rand.Rand, words []string, digits string) []string {
		var out []string
		for len(digits) > 0 {
			n := len(digits) % 3
			if n == 0 {
				n = 3
			}
			out, digits = append(out, group(words, zero, digits[:n])), digits[n:]
		}
		return out
	}
}

// oneByOne says every digit, runs of two and three as "double" and "triple" if asked to.
func oneByOne(zero string, runs bool) func(*rand.Rand, []string, string) []string {
	return func(_ *rand.Rand, words []string, digits string) []string {
		var out []string
		for i := 0; i < len(digits); {
			d := group(words, zero, digits[i:i+1])
			n := 1
			for runs && n < 3 && i+n < len(digits) && digits[i+n] == digits[i] {
				n++
			}
			out = append(out, []string{"", "", "double ", "triple "}[n]+d)
			i += n
		}
		return out
	}
}

// mixed says groups of one, two and three digits as they come.
func mixed(zero string) func(*rand.Rand, []string, string) []string {
	return func(rng *rand.Rand, words []string, digits string) []string {
		var out []string
		for len(digits) > 0 {
			n := min(1+rng.IntN(3), len(digits))
			out, digits = append(out, group(words, zero, digits[:n])), digits[n:]
		}
		return out
	}
}

var sayings = []saying{
	{"pairs", "fr", "fr", inPairs("zéro")}, {"pairs", "fr-BE", "fr", inPairs("zéro")}, {"pairs", "fr-CH", "fr", inPairs("zéro")},
	{"pairs, oh", "en", "en", inPairs("oh")}, {"pairs, zero", "en", "en", inPairs("zero")},
	{"triples", "fr", "fr", inTriples("zéro")}, {"triples", "fr-BE", "fr", inTriples("zéro")}, {"triples", "fr-CH", "fr", inTriples("zéro")},
	{"triples", "en", "en", inTriples("oh")}, {"triples with and", "en-and", "en", inTriples("zero")},
	{"one by one", "fr", "fr", oneByOne("zéro", false)}, {"one by one", "en", "en", oneByOne("oh", false)},
	{"double, triple", "fr", "fr", oneByOne("zéro", true)}, {"double, triple", "en", "en", oneByOne("oh", true)},
	{"mixed groups", "fr", "fr", mixed("zéro")}, {"mixed groups", "en", "en", mixed("oh")},
}

// TestNumbersInGroups says random numbers of 6, 8 and 10 digits, their length known, as a
// recogniser writes them (no hyphens, no pauses), with the hyphens of the dictionary, and
// with the pauses between groups as commas. Without pauses the words of triples and of mixed
// groups stand for several numbers, of which no listener could pick one.
func TestNumbersInGroups(t *testing.T) {
	t.Parallel()
	each := 100
	if os.Getenv("DECROCHE_LONG") != "" {
		each = 2000
	} else if raceEnabled {
		each = 40
	}
	var table strings.Builder
	tw := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "said in\tform\tdigits\tbare: first\tin list\tno hyphens: first\tin list\thyphens: first\tin list\tpauses: first\tin list")
	for _, s := range sayings {
		words := icuBelow1000()[s.form]
		n, right, paused := each, 0, 0
		if strings.HasPrefix(s.name, "pairs") {
			n *= 5 // the figure asked for
		}
		for _, length := range []int{6, 8, 10} {
			rng := rand.New(rand.NewPCG(uint64(length), 20261122))
			var first, listed [4]int
			for range n {
				want := fmt.Sprintf("%0*d", length, rng.Int64N(pow10(length)))
				groups := s.say(rng, words, want)
				for k, said := range []string{heard.Replace(strings.Join(groups, " ")), bare(strings.Join(groups, " ")), strings.Join(groups, " "), bare(strings.Join(groups, ", "))} {
					vs := Parse(Spec{Type: TypeDigits, Length: length}, s.lang, said, sunday)
					if listedIn(vs, want) {
						listed[k]++
					} else if strings.HasPrefix(s.name, "pairs") || k == 3 {
						t.Errorf("%s %s %q: %s is not among %v", s.form, s.name, said, want, vs)
					}
					if len(vs) > 0 && vs[0].Text == want {
						first[k]++
					}
				}
			}
			pc := func(k int) float64 { return 100 * float64(k) / float64(n) }
			fmt.Fprintf(tw, "%s\t%s\t%d\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\n", s.name, s.form, length,
				pc(first[0]), pc(listed[0]), pc(first[1]), pc(listed[1]), pc(first[2]), pc(listed[2]), pc(first[3]), pc(listed[3]))
			right, paused = right+min(first[0], first[1], first[2]), paused+first[3]
		}
		if all := 3 * n; strings.HasPrefix(s.name, "pairs") && 100*right < 97*all || 100*paused < 97*all {
			t.Errorf("%s %s: first reading right in %d of %d, with pauses in %d, want 97 %%", s.form, s.name, right, all, paused)
		}
	}
	tw.Flush()
	t.Log("\n" + table.String())
}

func bare(s string) string { return strings.ReplaceAll(s, "-", " ") }

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
