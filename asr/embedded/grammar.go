package embedded

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// rules is a closed set of things to say: an automaton over items. It is immutable and shared.
type rules interface {
	forest() *trie
	begin() []opening
	next(state int32, it *item) (opening, bool)
	end(state int32) (float32, bool)
	text(it *item) string
	role(it *item) role
}

// role is what an item does in an answer.
type role uint8

const (
	meant   role = iota // says something: two answers that differ in it are two answers
	example             // the word after "b comme": has to fit the sounds, but says nothing new
	around              // "euh", "c'est le", "merci": earns no bonus, and says nothing
)

// walk makes a language of rules: it tells apart all histories that mean different things, so that
// every answer keeps its own score and the N-best list is exact. Closed sets are small enough for that.
type walk struct {
	rules
	numbering[step]
}

type step struct{ before, item, state int32 }

func (w *walk) reset(r rules) {
	w.rules = r
	w.hash = func(s step) uint64 {
		return mixBits(uint64(uint32(s.before))<<32|uint64(uint32(s.item))) ^ mixBits(uint64(uint32(s.state)))
	}
	w.numbering.reset()
}

func (w *walk) intern(s step) int32 {
	i, _ := w.number(s)
	return i
}

func (w *walk) begin() []opening {
	o := slices.Clone(w.rules.begin())
	for i := range o {
		o[i].state = w.intern(step{-1, -1, o[i].state})
	}
	return o
}

func (w *walk) after(state int32, it *item) (opening, bool) {
	o, ok := w.next(w.keys[state].state, it)
	if !ok {
		return o, false
	}
	if w.role(it) == meant {
		o.state = w.intern(step{state, it.word, o.state})
	} else { // as if the word had not been there
		s := w.keys[state]
		o.state = w.intern(step{s.before, s.item, o.state})
	}
	return o, true
}

func (w *walk) end(state int32) (float32, bool) { return w.rules.end(w.keys[state].state) }

// network is rules written as text: an automaton whose arcs are words.
//
// The notation is that of train/grammar: one rule a line, `name: alternative|alternative`, where
// {x} is another rule, {x}* any number of it, {x}+ one or more, [x y] may be left out, and everything else is words.
// A line that begins with a space goes on with the rule above. The rules in roles have a role of their own.
type network struct {
	trie  *trie
	arcs  []arc // by item.word
	final []bool
	bonus float32
}

type arc struct {
	text string
	to   int32
	role role
}

// roles are the rules whose words do not mean anything by themselves.
var roles = map[string]role{"before": around, "after": around, "oral": around, "close": around, "hes": around, "lead": around, "pick": around, "code": example, "any": example}

const aroundCost = 2.5 // nats for words around an answer

// costs are nats for every word of some rules: words after "b comme" that are no usual example, and
// letters and signs by themselves, which are short enough to be heard in any noise.
var costs = map[string]float32{"any": 3, "letter": 2, "sign": 2 + 1, "before": aroundCost, "pick": aroundCost, "after": aroundCost}

func (n *network) forest() *trie        { return n.trie }
func (n *network) begin() []opening     { return []opening{{}} }
func (n *network) text(it *item) string { return n.arcs[it.word].text }
func (n *network) role(it *item) role   { return n.arcs[it.word].role }
func (n *network) next(_ int32, it *item) (opening, bool) {
	a := &n.arcs[it.word]
	o := opening{state: a.to, root: a.to}
	if a.role != around {
		o.score = n.bonus * float32(len(it.say))
	}
	return o, true
}
func (n *network) end(state int32) (float32, bool) { return 0, n.final[state] }

// parseRules reads the notation above.
func parseRules(src string) (map[string]string, error) {
	r, last := map[string]string{}, ""
	for i, line := range strings.Split(src, "\n") {
		switch {
		case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, " ") && last != "":
			r[last] += strings.TrimSpace(line)
		default:
			name, body, ok := strings.Cut(line, ":")
			if !ok {
				return nil, fmt.Errorf("grammar line %d: want name: alternatives", i+1)
			}
			last = name
			if r[name] != "" {
				r[name] += "|"
			}
			r[name] += strings.TrimSpace(body)
		}
	}
	return r, nil
}

// compiler turns rules into an automaton without empty arcs.
type compiler struct {
	rules map[string]string
	arcs  []wordArc // of the automaton with empty arcs
	last  int32
	depth int
	now   label // of the rule that is being added
}

// label is what an arc says: words that are the same in another role are another arc.
type label struct {
	word string // "" is an empty arc
	role role
	cost float32
}

type wordArc struct {
	from, to int32
	label
}

func (c *compiler) state() int32 { c.last++; return c.last }
func (c *compiler) arc(from, to int32, word string) {
	l := c.now
	l.word = word
	c.arcs = append(c.arcs, wordArc{from, to, l})
}

// alternatives adds body, alternatives parted by |, between two states.
func (c *compiler) alternatives(body string, from, to int32) error {
	if c.depth++; c.depth > 20 {
		return fmt.Errorf("grammar: rules are nested too deeply, or name themselves")
	}
	defer func() { c.depth-- }()
	for alt := range strings.SplitSeq(body, "|") {
		at := from
		for alt = strings.TrimSpace(alt); alt != ""; {
			next, rest, err := c.element(at, to, alt)
			if err != nil {
				return err
			}
			at, alt = next, rest
		}
		if at != to {
			c.arc(at, to, "")
		}
	}
	return nil
}

// element adds the first element of alt from state at, and returns where it ends and what is left of
// alt. The last element ends in to, so that all words of a rule lead to one state.
func (c *compiler) element(at, to int32, alt string) (next int32, rest string, err error) {
	end := strings.IndexAny(alt, " {[")
	switch {
	case alt[0] == '{':
		end = strings.IndexByte(alt, '}') + 1
		end += len(alt[end:]) - len(strings.TrimLeft(alt[end:], "*+"))
	case alt[0] == '[':
		end = strings.IndexByte(alt, ']') + 1
	case end < 0:
		end = len(alt)
	}
	if end == 0 {
		return 0, "", fmt.Errorf("grammar: a bracket is not closed in %q", alt)
	}
	head, rest := alt[:end], strings.TrimSpace(alt[end:])
	if next = to; rest != "" {
		next = c.state()
	}
	switch head[0] {
	case '{':
		return next, rest, c.rule(at, next, head)
	case '[':
		c.arc(at, next, "")
		return next, rest, c.alternatives(head[1:len(head)-1], at, next)
	}
	c.arc(at, next, head)
	return next, rest, nil
}

// rule adds {name}, {name}* or {name}+ between two states.
func (c *compiler) rule(at, next int32, head string) error {
	name, times, _ := strings.Cut(head[1:], "}")
	body, ok := c.rules[name]
	if !ok {
		return fmt.Errorf("grammar: no rule is called %q", name)
	}
	defer func(l label) { c.now = l }(c.now)
	if times != "" {
		in, out := c.state(), c.state()
		c.arc(at, in, "")
		c.arc(out, in, "")
		c.arc(out, next, "")
		if times == "*" {
			c.arc(in, next, "")
		}
		at, next = in, out
	}
	c.enter(name)
	return c.alternatives(body, at, next)
}

// enter takes over the role of a rule: its name's first word tells.
func (c *compiler) enter(rule string) {
	first, _, _ := strings.Cut(rule, " ")
	if r, ok := roles[first]; ok {
		c.now.role = r
	}
	if cost, ok := costs[first]; ok {
		c.now.cost = cost
	}
}

// newNetwork compiles one rule. say lists the pronunciations of a word; words without any are
// returned as missing, and what needs them can simply not be heard.
func newNetwork(rules map[string]string, name string, say func(word string) []pron, bonus float32) (n *network, missing []string, err error) {
	c := &compiler{rules: rules}
	stop := c.state()
	if err := c.alternatives("{"+name+"}", 0, stop); err != nil {
		return nil, nil, err
	}
	n = &network{bonus: bonus}
	// Subset construction over the empty arcs: states of n are sets of c's states.
	out := make([][]wordArc, c.last+1)
	for _, a := range c.arcs {
		out[a.from] = append(out[a.from], a)
	}
	sets, ids := [][]int32{}, map[string]int32{}
	intern := func(set []int32) int32 {
		set = closure(set, out)
		key := fmt.Sprint(set)
		if i, ok := ids[key]; ok {
			return i
		}
		ids[key] = int32(len(sets))
		sets = append(sets, set)
		return int32(len(sets) - 1)
	}
	intern([]int32{0})
	var items []item
	for i := 0; i < len(sets); i++ {
		to, order := map[label][]int32{}, []label{}
		final := false
		for _, s := range sets[i] {
			final = final || s == stop
			for _, a := range out[s] {
				if a.word == "" {
					continue
				}
				if to[a.label] == nil {
					order = append(order, a.label)
				}
				to[a.label] = append(to[a.label], a.to)
			}
		}
		n.final = append(n.final, final)
		for _, w := range order {
			prons := say(w.word)
			if len(prons) == 0 {
				missing = append(missing, w.word)
				continue
			}
			if w.role == example && w.cost > 0 { // there are thousands
				prons = prons[:1]
			}
			n.arcs = append(n.arcs, arc{w.word, intern(to[w]), w.role})
			for _, p := range prons {
				items = append(items, item{root: int32(i), word: int32(len(n.arcs) - 1), say: p.say, cost: p.cost + w.cost})
			}
		}
	}
	n.trie = newTrie(len(sets), items, func(*item) float32 { return 0 })
	n.trie.reward(bonus)
	return n, missing, nil
}

// closure adds all states that empty arcs lead to, and sorts.
func closure(set []int32, out [][]wordArc) []int32 {
	set = slices.Clone(set)
	for i := 0; i < len(set); i++ {
		for _, a := range out[set[i]] {
			if a.word == "" && !slices.Contains(set, a.to) {
				set = append(set, a.to)
			}
		}
	}
	slices.Sort(set)
	return slices.Compact(set)
}

// expand lists the sentences of a rule without repetition, in order, at most limit of them.
func expand(rules map[string]string, name string, limit int) []string {
	var all []string
	var walk func(done, rest string)
	walk = func(done, rest string) {
		if len(all) >= limit {
			return
		}
		head, tail, found := strings.Cut(rest, "{")
		if !found {
			all = append(all, strings.Join(strings.Fields(done+rest), " "))
			return
		}
		inner, tail, _ := strings.Cut(tail, "}")
		for alt := range strings.SplitSeq(rules[inner], "|") {
			walk(done+head, alt+tail)
		}
	}
	walk("", "{"+name+"}")
	return all
}

// nameLetters makes the rule {named}: a letter and a word that begins with it, "b comme bernard". The
// word says the letter once more, so "d comme bernard" is none. Usual examples come from the rule
// {code}; any other word of the lexicon may stand there at a price.
func nameLetters(rules map[string]string, lang string, lexicon []string) {
	like := "comme"
	if lang == "en" {
		like = "{like}"
	}
	by := map[string][]string{}
	add := func(rule, w string) {
		l := string(unaccented([]rune(w)[0]))
		by[rule+" "+l] = append(by[rule+" "+l], w)
	}
	usual := strings.Split(rules["code"], "|")
	for _, w := range usual {
		add("code", w)
	}
	for _, w := range lexicon {
		if len(w) > 3 && letter([]rune(w)[0]) && !slices.Contains(usual, w) && !strings.ContainsAny(w, "'<") {
			add("any", w)
		}
	}
	var named []string
	for _, rule := range slices.Sorted(maps.Keys(by)) {
		_, l, _ := strings.Cut(rule, " ")
		slices.Sort(by[rule])
		rules[rule] = strings.Join(slices.Compact(by[rule]), "|")
		named = append(named, l+" "+like+" {"+rule+"}")
	}
	delete(rules, "code")
	rules["named"] = strings.Join(named, "|")
}

// unaccented is the letter without its accent.
func unaccented(r rune) rune {
	from, to := []rune("àâäéèêëîïôöùûüç"), []rune("aaaeeeeiioouuuc")
	if i := slices.Index(from, r); i >= 0 {
		return to[i]
	}
	return r
}
