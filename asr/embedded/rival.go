package embedded

import (
	"slices"

	"decroche/asr"
	"decroche/internal/langtag"
)

// rival.go: which language it is. Both languages share their phonemes, so that the network runs
// once; each language has its own searches, and the language whose words explain the same rows
// better is the one that was spoken. The idea is that of parallel phone recognition followed by
// language modelling (M. Zissman, "Comparison of four approaches to automatic language
// identification of telephone speech", IEEE Trans. Speech and Audio Processing 4(1), 1996), with
// one set of phonemes and whole vocabularies instead of several sets and phoneme bigrams.

// challenge prepares the searches in the other languages of opt that this recogniser knows.
func (d *decoder) challenge(opt asr.Options) {
	for _, lang := range opt.Others {
		s := d.r.speaker(lang)
		if s == nil || slices.ContainsFunc(d.rivals, func(v *decoder) bool { return v.who == s }) || s == d.r.speaker(opt.Language) {
			continue
		}
		v := d.r.rivals.Get().(*decoder)
		v.ears, v.sheet, v.base = d.ears, d.sheet, 0
		o := opt
		o.Language, o.Hints = lang, nil // hints are in the likely language
		v.expect(s, o)
		d.rivals = append(d.rivals, v)
	}
}

// dismiss gives the rivals back.
func (d *decoder) dismiss() {
	for _, v := range d.rivals {
		v.ears, v.sheet = nil, nil
		d.r.rivals.Put(v)
	}
	d.rivals = d.rivals[:0]
}

// A rival wins when it is clear that its language is spoken. The figures are from development
// speech (TestLanguageOfTheFirstSentence says how right they are on speech that is not): sentences
// of a rival's language score 43 nats and more above those of the other, 6 and more in babble at
// 15 dB; one word can score 60 nats above ("bonjour") and yet be said by anybody, and so can a
// name, whose words are rare in both languages.
const (
	clearLead   = 15    // nats that the rival's search must be ahead
	clearSounds = 9     // phonemes of the rival's reading
	clearWords  = 2     // different common words in it
	clearCommon = 5     // phonemes in those
	clearSure   = .4    // confidence of the reading: French people, whose voices are unlike those of the training, fit English words at up to .30
	commonWord  = -7.75 // log probability without context from which a word is a common one: one word in 2300
	doubt       = 10    // nats of lead that make a language e times as likely as the other
)

// evidence is what a search makes of a piece as free speech in its language.
type evidence struct {
	score  float32
	sounds int // phonemes
	words  int // different common words
	common int // phonemes in those
}

// weigh returns the evidence of a reading of the free search.
func (d *decoder) weigh(words []said, score float32) evidence {
	e := evidence{score: score}
	for i := range words {
		it := &d.free.trie.items[words[i].item]
		e.sounds += len(it.say)
		again := slices.ContainsFunc(words[:i], func(w said) bool { return d.free.trie.items[w.item].word == it.word })
		if !again && d.who.mix.logp1(it.word) > commonWord {
			e.words, e.common = e.words+1, e.common+len(it.say)
		}
	}
	return e
}

// heard is the evidence of a whole piece.
func (d *decoder) heard() evidence {
	if p := d.free.paths(1, true); len(p) > 0 {
		return d.weigh(p[0].said, p[0].score)
	}
	return evidence{score: never}
}

// sofar is the evidence of what has been said until now.
func (d *decoder) sofar() evidence {
	score := never
	for i := range d.free.cur {
		score = max(score, d.free.cur[i].total)
	}
	return d.weigh(d.free.leading(), score)
}

// beats tells whether e is clear enough to leave the likely language, whose evidence is f.
func (e evidence) beats(f evidence) bool {
	return e.score-f.score >= clearLead && e.sounds >= clearSounds && e.words >= clearWords && e.common >= clearCommon
}

// over is how sure it is that the language of e and not that of f was spoken: little evidence
// leaves it near 0.5.
func (e evidence) over(f evidence) float64 {
	more := e
	if f.score > e.score {
		more = f
	}
	share := min(1, float64(more.sounds)/clearSounds, float64(more.words)/clearWords, float64(more.common)/clearCommon)
	return .5 + share*(logistic(float64(e.score-f.score)/doubt)-.5)
}

// leader is the decoder whose language is spoken, by the evidence that each gives, and how sure
// that is.
func (d *decoder) leader(of func(*decoder) evidence) (*decoder, float64) {
	mine := of(d)
	best, top, second := d, mine, evidence{score: never}
	for _, v := range d.rivals {
		e := of(v)
		switch {
		case e.beats(mine) && (best == d || e.score > top.score):
			best, top, second = v, e, top
		case e.score > second.score:
			second = e
		}
	}
	return best, top.over(second)
}

// verdict is the result of this piece in the language that it was said in.
func (d *decoder) verdict() asr.Result {
	res := d.result()
	if len(d.rivals) == 0 {
		return res
	}
	best, sure := d.leader((*decoder).heard)
	if best != d {
		if theirs := best.result(); theirs.Text != "" && theirs.Confidence >= clearSure {
			res = theirs
		} else {
			best, sure = d, .5
		}
	}
	if res.Text != "" {
		res.Language, res.LanguageConfidence = best.opt.Language, sure
	}
	return res
}

// interim is the partial result in the language that it seems to be.
func (d *decoder) interim() asr.Result {
	if len(d.rivals) == 0 {
		return d.partial()
	}
	best, sure := d.leader((*decoder).sofar)
	res := best.partial()
	res.Language, res.LanguageConfidence = best.opt.Language, sure
	return res
}

// speaker finds the language of a tag; "" is the first one of the configuration.
func (r *Recogniser) speaker(tag string) *speaker {
	if tag == "" {
		tag = r.cfg.Languages[0]
	}
	return r.speakers[langtag.Base(tag)]
}
