package embedded

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// oneState is a language in which every word may follow every word: all pasts have the same future.
type oneState struct{}

func (oneState) begin() []opening                   { return []opening{{}} }
func (oneState) after(int32, *item) (opening, bool) { return opening{}, true }
func (oneState) end(int32) (float32, bool)          { return 0, true }

// logRow makes a row of log posteriors.
func logRow(p ...float64) []float32 {
	row := make([]float32, len(p))
	for i, v := range p {
		row[i] = float32(math.Log(v))
	}
	return row
}

// When pasts meet in one hypothesis the likeliest must survive, whichever came first. Keeping the
// first one once cost 20 points of digit strings.
func TestMergeKeepsTheLikeliestPast(t *testing.T) {
	t.Parallel()
	items := []item{{word: 1, say: []uint8{1}}, {word: 2, say: []uint8{2}}, {word: 3, say: []uint8{3}}}
	tr := newTrie(1, slices.Clone(items), func(*item) float32 { return 0 })
	for _, c := range []struct {
		first []float32
		want  int32
	}{
		{logRow(.2, .45, .3, .05), 1},
		{logRow(.2, .3, .45, .05), 2},
		{logRow(.1, .2, .3, .4), 3},
	} {
		b := beam{size: 50, wide: 30, skip: -20}
		b.start(tr, oneState{})
		b.step(c.first)
		b.step(logRow(.97, .01, .01, .01))
		b.step(logRow(.02, .04, .04, .9))
		if b.merged == 0 {
			t.Fatal("nothing merged: the test tests nothing")
		}
		best := b.paths(1, true)[0].said
		if got := tr.items[best[0].item].word; len(best) != 2 || got != c.want {
			t.Errorf("first row %.2f: %d words, the first is %d, want 2 words and %d", c.first, len(best), got, c.want)
		}
	}
}

// With beams wide open the search is exact: for every answer of a closed set the score is the sum
// over all its CTC paths, plus the bonus of its phonemes.
func TestClosedSearchIsExact(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 8))
	say := map[string][]uint8{"a": {1}, "b": {2, 1}, "c": {2, 2}, "d": {3, 1}}
	rules := map[string]string{"set": "{w} {w}|{w} {w} {w}|a", "w": "a|b|c|d"}
	n, missing, err := newNetwork(rules, "set", func(w string) []pron { return []pron{{say: say[w]}} }, closedBonus)
	if err != nil || len(missing) > 0 {
		t.Fatal(err, missing)
	}
	for range 20 {
		var rows [][]float32
		for range 9 {
			p := []float64{rng.Float64() + .1, rng.Float64(), rng.Float64(), rng.Float64()}
			sum := p[0] + p[1] + p[2] + p[3]
			rows = append(rows, logRow(p[0]/sum, p[1]/sum, p[2]/sum, p[3]/sum))
		}
		var w walk
		w.reset(n)
		b := beam{size: 10000, wide: 100, skip: -100}
		b.start(n.trie, &w)
		for _, r := range rows {
			b.step(r)
		}
		seen := map[string]bool{}
		for _, p := range b.paths(1000, false) {
			var phones []uint8
			key := ""
			for _, x := range p.said {
				it := &n.trie.items[x.item]
				phones = append(phones, it.say...)
				key += n.text(it) + " "
			}
			if seen[key] && len(p.said) > 0 { // the same words end in different last phonemes only once
				continue
			}
			seen[key] = true
			want := ctc(rows, phones) + closedBonus*float64(len(phones))
			if math.Abs(want-float64(p.score)) > .02 {
				t.Fatalf("%q: score %.3f, exactly %.3f", key, p.score, want)
			}
		}
		if want := 4*4 + 4*4*4 + 1; len(seen) < want/2 {
			t.Fatalf("only %d of %d answers came out", len(seen), want)
		}
	}
}

// ctc is the log probability of a phoneme string: the forward algorithm, straight from the book.
func ctc(rows [][]float32, say []uint8) float64 {
	ext := []uint8{0}
	for _, p := range say {
		ext = append(ext, p, 0)
	}
	alpha := make([]float64, len(ext))
	for t, f := range rows {
		next := make([]float64, len(ext))
		for i, p := range ext {
			var sum float64
			if t == 0 {
				if i < 2 {
					sum = 1
				}
			} else {
				sum = alpha[i]
				if i > 0 {
					sum += alpha[i-1]
				}
				if i > 1 && p != 0 && p != ext[i-2] {
					sum += alpha[i-2]
				}
			}
			next[i] = sum * math.Exp(float64(f[p]))
		}
		alpha = next
	}
	return math.Log(alpha[len(alpha)-1] + alpha[len(alpha)-2])
}

func TestAlign(t *testing.T) {
	t.Parallel()
	s := sheet{}
	s.reset(3)
	for _, r := range [][]float32{logRow(.9, .05, .05), logRow(.1, .8, .1), logRow(.1, .8, .1), logRow(.9, .05, .05), logRow(.1, .1, .8), logRow(.9, .05, .05)} {
		s.add(r, r)
	}
	var a aligner
	score, from, to, ok := a.align(&s, []uint8{1, 2})
	if !ok || !slices.Equal(from, []int32{1, 4}) || !slices.Equal(to, []int32{2, 4}) {
		t.Errorf("phonemes from %v to %v, %v; want 1 to 2 and 4 to 4", from, to, ok)
	}
	if free := s.free(0, s.rows()); math.Abs(float64(score-free)) > 1e-5 {
		t.Errorf("score %.4f, want that of the best path, %.4f", score, free)
	}
	if _, _, _, ok := a.align(&s, []uint8{1, 1, 1, 1, 1}); ok {
		t.Error("five equal phonemes do not fit into six rows, yet they were placed")
	}
}

func TestDigitRules(t *testing.T) {
	t.Parallel()
	say := func(w string) []pron { // every word sounds like its own letters
		var p pron
		for _, r := range w {
			if r != ' ' {
				p.say = append(p.say, uint8(r%200)+1)
			}
		}
		return []pron{p}
	}
	rules := map[string]string{"before": "c'est le", "after": "voilà"}
	for _, c := range []struct {
		lang, layout string
		length       int
		words        string
		ok           bool
	}{
		{"fr", "", 8, "quarante-cinq|douze|soixante-dix-huit|zéro un", true},
		{"fr", "", 8, "quarante-cinq|douze|soixante-dix-huit", false},
		{"fr", "", 8, "quatre|cinq|un|deux|sept|huit|zéro|un", true},
		{"fr", "", 8, "c'est le|quatre|cinq|un|deux|sept|huit|zéro|un|voilà", true},
		{"fr", "", 8, "quatre|voilà", false},
		{"fr", "", 3, "quarante-cinq|douze", false},
		{"fr", "", 3, "quarante-cinq|deux", true},
		{"fr", "", 6, "quatre cent cinquante et un|deux cent", true},
		{"fr", "pairs", 4, "nonante-deux|huitante", true},
		{"fr", "", 0, "sept", true},
		{"en", "", 4, "forty-five|oh six", true},
		{"en", "", 3, "double five|seven", true},
		{"en", "", 3, "four hundred and fifty-one", true},
	} {
		d := newDigitRules(c.lang, rules, say, closedBonus).limit(c.length, c.layout)
		if got := accepts(d, c.words); got != c.ok {
			t.Errorf("%s, %d digits: %q accepted: %v, want %v", c.lang, c.length, c.words, got, c.ok)
		}
	}
}

// accepts tells whether a closed set contains a sequence of items, parted by |.
func accepts(r rules, words string) bool {
	type at struct{ state, root int32 }
	var now []at
	for _, o := range r.begin() {
		now = append(now, at{o.state, o.root})
	}
	tr := r.forest()
	for w := range splitBar(words) {
		var next []at
		for i := range tr.items {
			it := &tr.items[i]
			if r.text(it) != w {
				continue
			}
			for _, a := range now {
				if a.root != it.root {
					continue
				}
				if o, ok := r.next(a.state, it); ok {
					next = append(next, at{o.state, o.root})
				}
			}
		}
		now = next
	}
	return slices.ContainsFunc(now, func(a at) bool { _, ok := r.end(a.state); return ok })
}

func splitBar(s string) func(func(string) bool) {
	return func(yield func(string) bool) {
		start := 0
		for i := 0; i <= len(s); i++ {
			if i == len(s) || s[i] == '|' {
				if !yield(s[start:i]) {
					return
				}
				start = i + 1
			}
		}
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	say := func(w string) []pron { return []pron{{say: []uint8(w)}} }
	rules, err := parseRules("# a comment\nset: [euh] {yes}|{yes} {name}*\n |non\nyes: oui|ouais\nname: a|b c")
	if err != nil {
		t.Fatal(err)
	}
	n, _, err := newNetwork(rules, "set", say, 0)
	if err != nil {
		t.Fatal(err)
	}
	for words, want := range map[string]bool{"oui": true, "euh|ouais": true, "oui|a": true, "oui|a|b|c|a": true, "non": true, "euh": false, "oui|b": false, "non|a": false, "a": false} {
		if got := accepts(n, words); got != want {
			t.Errorf("%q accepted: %v, want %v", words, got, want)
		}
	}
	for _, bad := range []string{"set: {nothing}", "set: {set}"} {
		r, _ := parseRules(bad)
		if _, _, err := newNetwork(r, "set", say, 0); err == nil {
			t.Errorf("%q was compiled", bad)
		}
	}
	if got := fmt.Sprint(expand(rules, "yes", 10)); got != "[oui ouais]" {
		t.Errorf("expand: %s", got)
	}
}
