package embedded

import (
	"fmt"
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
}

// walk makes a language of rules: it tells apart all histories, so that every reading keeps its
// own score and the N-best list is exact. Closed sets are small enough for that.
type walk struct {
	rules
	steps []step
	ids   map[step]int32
}

type step struct{ before, item, state int32 }

func (w *walk) reset(r rules) {
	w.rules, w.steps = r, w.steps[:0]
	if w.ids == nil {
		w.ids = map[step]int32{}
	}
	clear(w.ids)
}

func (w *walk) intern(s step) int32 {
	if i, ok := w.ids[s]; ok {
		return i
	}
	w.steps = append(w.steps, s)
	w.ids[s] = int32(len(w.steps) - 1)
	return int32(len(w.steps) - 1)
}

func (w *walk) begin() []opening {
	o := slices.Clone(w.rules.begin())
	for i := range o {
		o[i].state = w.intern(step{-1, -1, o[i].state})
	}
	return o
}

func (w *walk) after(state int32, it *item) (opening, bool) {
	o, ok := w.next(w.steps[state].state, it)
	if ok {
		o.state = w.intern(step{state, it.word, o.state})
	}
	return o, ok
}

func (w *walk) end(state int32) (float32, bool) { return w.rules.end(w.steps[state].state) }

// network is rules written as text: an automaton whose arcs are words.
//
// The notation is that of train/grammar: one rule a line, `name: alternative|alternative`, where
// {x} is another rule, {x}* any number of it, [x y] may be left out, and everything else is words. A line that begins
// with a space goes on with the rule above.
type network struct {
	trie  *trie
	arcs  []arc // by item.word
	final []bool
	bonus float32
}

type arc struct {
	text string
	to   int32
}

func (n *network) forest() *trie        { return n.trie }
func (n *network) begin() []opening     { return []opening{{}} }
func (n *network) text(it *item) string { return n.arcs[it.word].text }
func (n *network) next(_ int32, it *item) (opening, bool) {
	to := n.arcs[it.word].to
	return opening{state: to, root: to, score: n.bonus * float32(len(it.say))}, true
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
}

type wordArc struct {
	from, to int32
	word     string // "" is an empty arc
}

func (c *compiler) state() int32 { c.last++; return c.last }
func (c *compiler) arc(from, to int32, word string) {
	c.arcs = append(c.arcs, wordArc{from, to, word})
}

// alternatives adds body, alternatives parted by |, between two states.
func (c *compiler) alternatives(body string, from, to int32) error {
	if c.depth++; c.depth > 20 {
		return fmt.Errorf("grammar: rules are nested too deeply, or name themselves")
	}
	defer func() { c.depth-- }()
	for alt := range strings.SplitSeq(body, "|") {
		at := from
		for alt = strings.TrimSpace(alt); alt != ""; alt = strings.TrimSpace(alt) {
			var err error
			next := c.state()
			switch alt[0] {
			case '{':
				name, rest, _ := strings.Cut(alt[1:], "}")
				body, ok := c.rules[name]
				if !ok {
					return fmt.Errorf("grammar: no rule is called %q", name)
				}
				if strings.HasPrefix(rest, "*") {
					rest = rest[1:]
					in, out := c.state(), c.state()
					c.arc(at, in, "")
					c.arc(out, in, "")
					c.arc(in, next, "")
					alt, err = rest, c.alternatives(body, in, out)
					break
				}
				alt, err = rest, c.alternatives(body, at, next)
			case '[':
				inner, rest, _ := strings.Cut(alt[1:], "]")
				c.arc(at, next, "")
				alt, err = rest, c.alternatives(inner, at, next)
			default:
				end := strings.IndexAny(alt, " {[")
				if end < 0 {
					end = len(alt)
				}
				c.arc(at, next, alt[:end])
				alt = alt[end:]
			}
			if err != nil {
				return err
			}
			at = next
		}
		c.arc(at, to, "")
	}
	return nil
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
		to, order := map[string][]int32{}, []string{}
		final := false
		for _, s := range sets[i] {
			final = final || s == stop
			for _, a := range out[s] {
				if a.word == "" {
					continue
				}
				if to[a.word] == nil {
					order = append(order, a.word)
				}
				to[a.word] = append(to[a.word], a.to)
			}
		}
		n.final = append(n.final, final)
		for _, w := range order {
			prons := say(w)
			if len(prons) == 0 {
				missing = append(missing, w)
				continue
			}
			n.arcs = append(n.arcs, arc{w, intern(to[w])})
			for _, p := range prons {
				items = append(items, item{root: int32(i), word: int32(len(n.arcs) - 1), say: p.say, cost: p.cost})
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
