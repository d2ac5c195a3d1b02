package inbox

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"decroche/flows/entity"
	"decroche/gateway/inbox/mask"
)

// near is how much two utterances must have in common to be of one group, 0..1: enough that
// "j'ai rien eu du tout" and "rien eu" meet, and "où est mon colis" and "où est mon avoir" do not.
const near = 0.5

// A grouper puts utterances that are alike together. Each new one joins the group whose first
// utterance it is most like, or begins a group (leader clustering, Hartigan 1975): what came
// before is never moved, so that groups do not jump under the reader's hand, and the same
// utterances in the same order give the same groups. One goroutine uses it.
type grouper struct {
	lead    []vector           // of each group's first utterance
	ids     []int64            // of that utterance
	index   map[uint64][]entry // feature -> groups that have it
	exact   map[string]int     // the same words again need no search
	score   []float32          // by group, while one utterance is looked up
	touched []int
}

type entry struct {
	group  int
	weight float32
}

// vector is a text as weighted features, of length one.
type vector []weighted

type weighted struct {
	hash   uint64
	weight float32
}

func newGrouper() *grouper {
	return &grouper{index: map[uint64][]entry{}, exact: map[string]int{}}
}

// add returns the group of an utterance, counted from 0.
func (g *grouper) add(id int64, lang, text string) int {
	words := split(lang, text)
	key := strings.Join(words, " ")
	if n, ok := g.exact[key]; ok {
		return n
	}
	v := features(words)
	best, most := -1, float32(near)
	for _, f := range v {
		for _, e := range g.index[f.hash] {
			if g.score[e.group] == 0 {
				g.touched = append(g.touched, e.group)
			}
			g.score[e.group] += f.weight * e.weight
		}
	}
	slices.Sort(g.touched) // of two that are as near, the older one
	for _, n := range g.touched {
		if g.score[n] > most {
			best, most = n, g.score[n]
		}
		g.score[n] = 0
	}
	g.touched = g.touched[:0]
	if best < 0 {
		best = len(g.lead)
		g.lead, g.ids, g.score = append(g.lead, v), append(g.ids, id), append(g.score, 0)
		for _, f := range v {
			g.index[f.hash] = append(g.index[f.hash], entry{best, f.weight})
		}
	}
	g.exact[key] = best
	return best
}

// features are the words that carry meaning and their pieces of three letters.
func features(words []string) vector {
	count := map[uint64]float32{}
	for _, w := range words {
		count[hash("w"+w)] += 1.5
		p := "<" + w + ">"
		for i := 0; i+3 <= len(p); i++ {
			count[hash(p[i:i+3])]++
		}
	}
	v := make(vector, 0, len(count))
	sum := 0.0
	for h, n := range count {
		n = float32(math.Sqrt(float64(n)))
		v = append(v, weighted{h, n})
		sum += float64(n * n)
	}
	slices.SortFunc(v, func(a, b weighted) int {
		if a.hash < b.hash {
			return -1
		}
		return 1
	})
	for i := range v {
		v[i].weight /= float32(math.Sqrt(max(sum, 1e-9)))
	}
	return v
}

// hash is FNV-1a: the same in every process, so that groups are.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// small are words that say nothing about what is wanted; an utterance of nothing else keeps them.
var small = map[string]bool{}

func init() {
	for _, w := range strings.Fields(`euh ben bah hein bonjour bonsoir allo alors donc voila oui non merci svp plait voudrais voulais veux aimerais souhaite faut faudrait besoin peux pouvez est-ce si bien je j tu il elle on nous vous ils me m se s te l le la les un une des de du d
		au aux et ou a ai as est c ce ca cet cette mon ma mes son sa ses votre vos que qu qui y en pour par sur dans avec ne n pas
		hello hi um uh yes want would like need can could no please thanks i you he she it we they my your his the a an of to in on at and or is are am was be do does did have has had that this not for with`) {
		small[w] = true
	}
}

// split gives the folded words of a text, without the small ones and with "#" for numbers.
func split(lang, text string) []string {
	var out, every []string
	for w := range strings.FieldsFuncSeq(entity.Fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }) {
		if unicode.IsNumber([]rune(w)[0]) || mask.NumberWord(lang, w) && len(w) > 2 {
			w = "#"
		}
		every = append(every, w)
		if !small[w] && !(w == "#" && len(out) > 0 && out[len(out)-1] == "#") {
			out = append(out, w)
		}
	}
	if len(out) == 0 {
		return every
	}
	return out
}
