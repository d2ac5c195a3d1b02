package entity

import (
	"strconv"
	"strings"
)

// lexicon holds the words of one language that surround numbers.
type lexicon struct {
	fillers   map[string]bool // mean nothing, may stand inside a number
	ambiguous map[string]bool // number words that are more often something else
	repairs   phraseSet       // the caller takes back what he just said
	times     map[string]bool // "deux fois le quatre"
	article   map[string]bool // between "fois" and the digit
	double    map[string]int
	as        phraseSet       // "B comme Bernard"
	cents     map[string]bool // hundredths of a currency
}

func set(list string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		out[w] = true
	}
	return out
}

var frLexicon = lexicon{
	fillers:   set("euh heu euhm hum hm hmm mm ben bah bon alors donc hein voila eh"),
	ambiguous: set("un une a y"),
	repairs: phrases("non", "non non", "ah non", "oh non", "euh non", "pardon", "non pardon", "pardon non", "enfin non", "oups", "zut",
		"je veux dire", "je voulais dire", "je me trompe", "je me suis trompé", "excusez moi", "plutôt", "ou plutôt",
		"désolé", "désolée", "erreur", "je corrige", "non c'est", "non plutôt", "attendez non", "non attendez", "je reprends", "je recommence"),
	times:   set("fois"),
	article: set("le la un du les"),
	double:  map[string]int{"double": 2, "doubles": 2, "triple": 3, "quadruple": 4},
	as:      phrases("comme", "comme dans", "de"),
	cents:   frCents,
}

var enLexicon = lexicon{
	fillers:   set("uh um uhm er erm hm hmm mm ah well like so okay"),
	ambiguous: set("a o oh one i"),
	repairs: phrases("no", "no no", "sorry", "no sorry", "sorry no", "oops", "i mean", "no i mean", "rather", "wait", "no wait", "wait no", "correction",
		"actually", "my mistake", "scratch that", "excuse me", "uh no", "let me start again", "start again", "no it's", "pardon"),
	times:   set("times"),
	article: set("a the"),
	double:  map[string]int{"double": 2, "triple": 3, "treble": 3, "quadruple": 4, "twice": 2, "thrice": 3},
	as:      phrases("as in", "for", "like", "as"),
	cents:   enCents,
}

func lexiconOf(lang string) *lexicon {
	if lang == "en" {
		return &enLexicon
	}
	return &frLexicon
}

// reader finds the digit groups of one utterance.
type reader struct {
	toks   []token
	g      grammar
	lex    *lexicon
	pauses bool // the recogniser marks pauses between numbers
}

// newReader drops the fillers, so that "quatre-vingt euh dix-sept" is one number.
func newReader(lang, text string) *reader {
	r := &reader{g: grammarOf(lang), lex: lexiconOf(lang)}
	r.toks = withoutFillers(text, tokenise(text), r.lex.fillers)
	r.gaps()
	return r
}

// gaps notes what the gaps between number words tell: where numbers are hyphenated a space
// parts them, except beside hundreds and thousands, and where pauses are marked nothing else
// parts them.
func (r *reader) gaps() {
	hyphens := false
	for i := range r.toks {
		t := &r.toks[i]
		t.pause = i > 0 && strings.ContainsAny(t.gap, ",;…") || t.gap == ". "
		if t.gap != "-" && !t.pause {
			continue
		}
		beside := i > 0 && !t.digits && !r.toks[i-1].digits && r.isNumber(i) && r.isNumber(i-1)
		hyphens = hyphens || beside && !t.pause
		r.pauses = r.pauses || beside && t.pause
	}
	if r.pauses {
		r.within()
	}
	r.regions()
	for i := 1; hyphens && i < len(r.toks); i++ {
		t := &r.toks[i]
		t.loose = t.loose || t.gap == " " && !scales[t.text] && !scales[r.toks[i-1].text]
	}
}

// within marks the words inside the numbers that the words before them could run on to.
func (r *reader) within() {
	for i := range r.toks {
		if r.toks[i].digits {
			continue
		}
		for _, n := range r.g.numerals(r.toks, i) {
			for k := i + 1; k < n.end; k++ {
				r.toks[k].inside = r.toks[k].inside || !r.toks[k].pause
			}
		}
	}
}

// regions notes what one regional word tells about the others: who says septante does not
// say "soixante-dix" for it, and who says huitante not "quatre-vingts".
func (r *reader) regions() {
	seventy, eighty := false, false
	for _, t := range r.toks {
		seventy = seventy || t.text == "septante" || t.text == "nonante"
		eighty = eighty || t.text == "huitante" || t.text == "octante"
	}
	for i := 1; i < len(r.toks) && (seventy || eighty); i++ {
		t, before := &r.toks[i], r.toks[i-1].text
		switch {
		case seventy && (before == "soixante" || before == "vingt") && frTeens[t.text] > 0:
			t.loose = true
		case eighty && before == "quatre" && plural(t.text, "vingt"):
			t.loose = true
		}
	}
}

// scales are the words that are written apart even where numbers are hyphenated.
var scales = set("cent cents mille mil million millions milliard milliards hundred hundreds thousand thousands billion billions and et")

func withoutFillers(text string, toks []token, fillers map[string]bool) []token {
	out := toks[:0]
	for _, t := range toks {
		if fillers[t.text] && !t.apos && !t.upper {
			continue
		}
		from := 0
		if len(out) > 0 {
			from = out[len(out)-1].end
		}
		t.gap = text[from:t.start]
		out = append(out, t)
	}
	return out
}

func (r *reader) isNumber(i int) bool {
	return r.toks[i].digits || r.g.begins(r.toks, i)
}

// groups returns the digit groups that begin at token i.
func (r *reader) groups(i int) []edge {
	t := r.toks[i]
	if t.digits {
		return append([]edge{{i + 1, t.text, 1}}, r.fold(i)...)
	}
	var out []edge
	glued := 0.0 // a group that begins behind a hyphen cuts a word the recogniser wrote as one
	if i > 0 && t.gap == "-" && !r.toks[i-1].digits && r.isNumber(i-1) {
		glued = 2
	}
	if t.inside { // one number could run on here, and the other groups begin behind a pause
		glued += 0.5
	}
	if i > 0 && plural(t.text, "mille") && !r.toks[i-1].digits && r.g.unit(r.toks[i-1].text) > 1 {
		glued += 1 // nobody says "six, mille"
	}
	for _, n := range r.g.numerals(r.toks, i) {
		s := strconv.FormatInt(n.value, 10)
		cost := 1 + glued + 0.1*float64(n.split)
		if len(s) > 4 {
			cost += 0.5
		}
		if w := t.text; w == "a" { // "a hundred" is one thing, a bare "a" none
			cost += 0.3
		}
		out = append(out, edge{n.end, s, cost})
	}
	if r.g.zero(t.text) {
		out = append(out, r.zeroPairs(i, glued)...)
	}
	return append(append(out, r.repeats(i)...), r.fold(i)...)
}

// zeroPairs reads "zéro deux" and "zéro zéro" as one group of two.
func (r *reader) zeroPairs(i int, glued float64) []edge {
	if i+1 >= len(r.toks) {
		return nil
	}
	next := r.toks[i+1].text
	cost := 1 + glued + 0.1*float64(max(join(r.toks, i+1)-1, 0))
	if r.g.zero(next) {
		return []edge{{i + 2, "00", cost}}
	}
	if u := r.g.unit(next); u > 0 {
		return []edge{{i + 2, "0" + strconv.FormatInt(u, 10), cost}}
	}
	return nil
}

// repeats reads "double quatre", "triple zéro".
func (r *reader) repeats(i int) []edge {
	n := r.lex.double[r.toks[i].text]
	if n == 0 || i+1 >= len(r.toks) {
		return nil
	}
	var out []edge
	for _, u := range r.single(i + 1) {
		out = append(out, edge{u.end, strings.Repeat(u.out, n), 1 + u.cost})
	}
	return out
}

// fold reads "deux fois le quatre", "trois fois zéro", "2 fois 4".
func (r *reader) fold(i int) []edge {
	n := r.g.unit(r.toks[i].text)
	if t := r.toks[i]; t.digits && len(t.text) == 1 {
		n = int64(t.text[0] - '0')
	}
	j := i + 1
	if n < 2 || n > 6 || j >= len(r.toks) || !r.lex.times[r.toks[j].text] {
		return nil
	}
	if j++; j < len(r.toks) && r.lex.article[r.toks[j].text] && j+1 < len(r.toks) {
		j++
	}
	if j >= len(r.toks) {
		return nil
	}
	var out []edge
	for _, u := range r.single(j) {
		out = append(out, edge{u.end, strings.Repeat(u.out, int(n)), 1 + u.cost})
	}
	return out
}

// single reads what may be repeated: a digit, or a number below a hundred.
func (r *reader) single(i int) []edge {
	t := r.toks[i]
	if t.digits && len(t.text) <= 2 {
		return []edge{{i + 1, t.text, 0}}
	}
	if r.g.zero(t.text) {
		return []edge{{i + 1, "0", 0}}
	}
	var out []edge
	for _, n := range under(r.g.numerals(r.toks, i), 1, 99) {
		cost := 0.1 * float64(n.split)
		if n.value > 9 {
			cost += 0.6
		}
		out = append(out, edge{n.end, strconv.FormatInt(n.value, 10), cost})
	}
	return out
}

// newLattice builds the lattice over edges: number words cost to leave out, other words do
// not, and correction markers take back.
func (r *reader) newLattice(least, limit int, edges func(i int) []edge) *lattice {
	n := len(r.toks)
	l := &lattice{toks: r.toks, least: least, limit: limit, skip: make([]float64, n), lost: make([]float64, n), repair: make([]int, n)}
	cache := make([][]edge, n)
	for i, t := range r.toks {
		cache[i] = edges(i)
		l.repair[i] = r.lex.repairs.at(r.toks, i)
		switch {
		case len(cache[i]) == 0:
			l.skip[i] = 0.4
		case t.apos || r.lex.ambiguous[t.text] && r.lonely(i):
			l.skip[i], l.lost[i] = 0.6, 0.35
		case r.lex.ambiguous[t.text]:
			l.skip[i], l.lost[i] = 1.5, 1.5
		default:
			l.skip[i], l.lost[i] = 3, 3
		}
		if connectives[t.text] {
			l.skip[i] = 0.1
		}
	}
	l.edges = func(i int) []edge { return cache[i] }
	return l
}

// lonely reports whether no number word stands beside token i: "un" is then an article.
func (r *reader) lonely(i int) bool {
	return (i == 0 || !r.isNumber(i-1)) && (i+1 >= len(r.toks) || !r.isNumber(i+1))
}

// connectives stand between groups without meaning anything.
var connectives = set("et puis ensuite apres virgule le la les and then comma space espace")

// maxDigits bounds a value whose length is free; an IBAN has 34 characters.
const maxDigits = 40

// beam is how much worse than the best a reading of free length may become; a pattern may
// ask for one that leaves several words out.
func (s Spec) beam() float64 {
	switch {
	case s.Length > 0:
		return 0
	case s.Pattern != "" || s.Check != "":
		return 24
	}
	return 8
}

// bounds returns the least and the largest length of a value.
func (s Spec) bounds() (least, limit int) {
	if s.Length > 0 {
		return min(s.Length, maxDigits+1), min(s.Length, maxDigits)
	}
	if s.Pattern == "" {
		return 1, maxDigits
	}
	p := compiled(s.Pattern)
	return max(p.least, 1), min(p.limit, maxDigits)
}

func parseDigits(spec Spec, lang, text string) []Value {
	r := newReader(lang, text)
	least, limit := spec.bounds()
	l := r.newLattice(least, limit, r.groups)
	l.beam = spec.beam()
	return values(spec, r.toks, l.run())
}

// countDigits is the least number of digits that the words may stand for.
func countDigits(lang, text string) int {
	r := newReader(lang, text)
	return least(r.newLattice(1, maxDigits, r.groups), len(r.toks))
}

// least is the shortest path through the lattice by characters, taking every group in.
func least(l *lattice, n int) int {
	at := make([]int, n+1)
	for i := range at {
		at[i] = -1
	}
	at[0] = 0
	for i := 0; i < n; i++ {
		if at[i] < 0 {
			continue
		}
		es := l.edges(i)
		if l.repair[i] > 0 {
			reach(at, i+l.repair[i], 0) // what was said before may be taken back as a whole
			continue
		}
		if len(es) == 0 || l.lost[i] < 0.5 {
			reach(at, i+1, at[i])
		}
		for _, e := range es {
			reach(at, e.end, at[i]+len(e.out))
		}
	}
	return max(at[n], 0)
}

func reach(at []int, i, n int) {
	if at[i] < 0 || n < at[i] {
		at[i] = n
	}
}
