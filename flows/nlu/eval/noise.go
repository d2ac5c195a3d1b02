package eval

import (
	"math/rand/v2"
	"strings"
)

// noise spoils words as recognisers do: of ten wrong words three become one that sounds alike,
// three become a frequent one, two are left out, and two bring a word that nobody said. The
// proportions are ours; real recognisers differ among themselves. A word that sounds alike keeps
// some of its pieces, a frequent one nothing: more of the first is an easier test.
type noise struct {
	share    float64
	rng      *rand.Rand
	frequent []string
	alike    [][2]string
}

func newNoise(lang string, opt Options) *noise {
	n := &noise{share: opt.Noise, rng: rand.New(rand.NewPCG(opt.Seed, 3))}
	n.frequent, n.alike = frequent[lang], alike[lang]
	return n
}

// spoil returns text in small letters and without punctuation, each word wrong with the chance
// of n. Without noise it returns text as it is.
func (n *noise) spoil(text string) string {
	if n.share == 0 {
		return text
	}
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" \t.,;:!?…\"()«»\u00a0\u202f", r) }) {
		if n.rng.Float64() >= n.share {
			out = append(out, w)
			continue
		}
		switch d := n.rng.IntN(10); {
		case d < 3:
			out = append(out, n.soundsLike(w))
		case d < 6:
			out = append(out, n.any())
		case d < 8: // left out
		default:
			out = append(out, w, n.any())
		}
	}
	return strings.Join(out, " ")
}

func (n *noise) any() string { return n.frequent[n.rng.IntN(len(n.frequent))] }

// soundsLike exchanges one sound for a near one, at a place drawn; a word without any such
// sound loses its end.
func (n *noise) soundsLike(w string) string {
	start := n.rng.IntN(len(n.alike))
	for i := range n.alike {
		p := n.alike[(start+i)%len(n.alike)]
		if strings.Contains(w, p[0]) {
			return strings.Replace(w, p[0], p[1], 1)
		}
	}
	if r := []rune(w); len(r) > 3 {
		return string(r[:len(r)-2])
	}
	return n.any()
}

var frequent = map[string][]string{
	"fr": strings.Fields("de la le et les des est un une du en que pas il je vous dans pour on qui sur ne ce au mais elle plus avec son tout si bien sont été fait oui quand non alors même deux faire deux comme ou aussi ça y a leur dit bon peut après temps cent vers"),
	"en": strings.Fields("the of and to a in is you that it he was for on are with as I his they be at one have this from or had by hot but some what there we can out other were all your when up use word how said an each she which do their time if will way about many then them would"),
}

// alike are sounds that telephones and recognisers take for one another.
var alike = map[string][][2]string{
	"fr": {{"p", "b"}, {"b", "p"}, {"t", "d"}, {"d", "t"}, {"c", "g"}, {"s", "f"}, {"f", "s"}, {"ch", "s"}, {"j", "ch"}, {"m", "n"}, {"n", "m"}, {"on", "en"}, {"en", "on"}, {"in", "an"}, {"ou", "u"}, {"u", "ou"}, {"é", "er"}, {"ai", "é"}, {"r", "l"}, {"v", "f"}},
	"en": {{"p", "b"}, {"b", "p"}, {"t", "d"}, {"d", "t"}, {"c", "g"}, {"s", "f"}, {"f", "s"}, {"th", "f"}, {"v", "f"}, {"m", "n"}, {"n", "m"}, {"ee", "i"}, {"i", "ee"}, {"ou", "o"}, {"a", "e"}, {"e", "a"}, {"o", "u"}, {"l", "r"}, {"w", "r"}, {"ing", "in"}},
}
