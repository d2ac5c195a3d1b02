package embedded

// language is what a search may say next. It belongs to one session and one goroutine.
type language interface {
	// begin lists where an utterance may start: states, each on a root of the trie.
	begin() []opening
	// after tells what saying an item in a state leads to. ok is false when it may not be said there.
	after(state int32, it *item) (o opening, ok bool)
	// end is the score of stopping in a state; ok is false when the utterance may not stop there.
	end(state int32) (score float32, ok bool)
}

// opening is a state of a language, the root of its next words, and the score of getting there in nats.
type opening struct {
	state, root int32
	score       float32
}

// trigram is free speech: states are the last two words.
type trigram struct {
	mix
	scale, bonus float32
	spelt        []spelling // of the words
	states       []pastWords
	ids          numbering[uint64]
	cache        []cachedScore // direct-mapped by state and word
}

type pastWords struct {
	a, b int32
	at   [maxParts]int32 // entry of "a b" in each part of the mix
}

type cachedScore struct {
	key   uint64
	score float32
}

const maxParts = 4 // general, phrases, asides, hints

func (l *trigram) reset(m mix, spelt []spelling) {
	l.mix, l.spelt = m, spelt
	l.states = l.states[:0]
	if l.cache == nil {
		l.ids.hash, l.cache = mixBits, make([]cachedScore, 1<<13)
	}
	l.ids.reset()
	clear(l.cache)
	l.intern(sentenceStart, sentenceStart)
}

func (l *trigram) intern(a, b int32) int32 {
	key := uint64(a)<<32 | uint64(b)
	state, fresh := l.ids.number(key)
	if !fresh {
		return state
	}
	s := pastWords{a: a, b: b}
	for i, n := range l.parts {
		s.at[i] = n.bigram(a, b)
	}
	l.states = append(l.states, s)
	return state
}

// score is the scaled log probability of w in a state.
func (l *trigram) score(state, w int32) float32 {
	key := uint64(state)<<32 | uint64(w) + 1
	c := &l.cache[(key*0x9E3779B97F4A7C15)>>(64-13)]
	if c.key == key {
		return c.score
	}
	s := &l.states[state]
	var p float32
	for i, n := range l.parts {
		p += l.share[i] * n.prob(s.at[i], s.b, w)
	}
	*c = cachedScore{key, l.scale*logf(p) - l.spelt[s.b].cost(l.spelt[w])}
	return c.score
}

func (l *trigram) begin() []opening { return []opening{{}} }

func (l *trigram) after(state int32, it *item) (opening, bool) {
	return opening{state: l.intern(l.states[state].b, it.word), score: l.score(state, it.word) + l.bonus}, true
}

// end forbids to stop after half a word: "j'", "qu'".
func (l *trigram) end(state int32) (float32, bool) {
	return l.score(state, sentenceEnd), l.spelt[l.states[state].b]&elided == 0
}
