package kb

// asking is a title or a question, as words that a talk may share.
type asking struct {
	words []asked
	mass  float32
	terms map[int32]bool
}

// asked is one word of an asking: the terms that mean it and what it weighs.
type asked struct {
	terms []int32
	mass  float32
}

// asking reads a title or a question. Its terms are in the index already.
func (ix *index) asking(text string) (a asking) {
	a.terms = map[int32]bool{}
	for _, s := range ix.hear(text) {
		w := asked{mass: s.value}
		for _, c := range s.calls {
			if c.whole {
				w.terms = append(w.terms, c.term)
				a.terms[c.term] = true
			}
		}
		a.words = append(a.words, w)
		a.mass += w.mass
	}
	return a
}

// terms collects what the talk calls, with how surely.
func (f *Follow) terms() map[int32]float32 {
	out := map[int32]float32{}
	for _, s := range f.talk {
		for _, c := range s.calls {
			if c.whole || c.share/s.weigh > 0.5 {
				out[c.term] = max(out[c.term], min(1, c.share/s.weigh))
			}
		}
	}
	return out
}

// like compares a question with the talk: the share of both that the other has (Dice's
// coefficient, weighed by how rare words are).
func (f *Follow) like(a asking, said map[int32]float32) float64 {
	var shared, all float32
	for _, w := range a.words {
		var best float32
		for _, t := range w.terms {
			best = max(best, said[t])
		}
		shared += w.mass * best
	}
	all = a.mass
	for _, s := range f.talk {
		var best float32
		for _, c := range s.calls {
			if a.terms[c.term] {
				best = max(best, min(1, c.share/s.weigh))
			}
		}
		shared += s.value / f.unit * best
		all += s.value / f.unit
	}
	if all == 0 {
		return 0
	}
	return float64(shared / all)
}
