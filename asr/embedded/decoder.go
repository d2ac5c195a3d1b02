package embedded

import (
	"math"
	"slices"
	"strings"
	"time"

	"decroche/asr"
)

// decoder is everything that one session computes with: front end, network and searches. One
// goroutine uses it at a time; it is taken from and given back to a pool.
type decoder struct {
	r    *Recogniser
	ears *ears
	net  *net
	push func([]float32)
	take func([]float32)

	who    *speaker
	sheet  *sheet
	scaled []float32
	free   beam
	words  trigram
	closed beam
	walk   walk
	rules  rules // nil: free speech only
	align  aligner
	rivals []*decoder // of the other languages that the caller may speak: see rival.go

	samples int // heard since begin
	opt     asr.Options
	base    int32 // rows before this piece of the utterance
	quiet   int   // blank rows at the end of the sheet
	asked   bool  // the words before them were shown: see paused
}

// A monologue is cut into finals: at a pause once it is long, and in any case before its search
// and alignment cost too much.
const (
	longRows  = 600  // 18 s
	pauseRows = 8    // 0.24 s without a phoneme
	shownRows = 3    // 0.09 s: the closure of a plosive is shorter
	mostRows  = 1200 // 36 s
)

const alternatives = 5

// A list may have so many hypotheses for each of its letters, and so many in all: ten sentences of
// twenty words need some 1500.
const (
	listBeam     = 3
	mostListBeam = 2000
)

func newDecoder(r *Recogniser) *decoder {
	d := newSearches(r)
	d.ears, d.net, d.sheet, d.scaled = r.model.front.open(), r.model.open(), &sheet{}, make([]float32, len(r.model.Phones)+1)
	d.take = d.row
	d.push = func(mel []float32) { d.net.push(mel, d.take) }
	return d
}

// newSearches makes a decoder without ears and network of its own.
func newSearches(r *Recogniser) *decoder {
	d := &decoder{r: r}
	d.free = beam{size: r.cfg.BeamFree, wide: r.tune.wideFree, skip: r.tune.skip}
	d.closed = beam{size: r.cfg.BeamClosed}
	d.words.scale, d.words.bonus = r.tune.scale, r.tune.bonus
	return d
}

// begin makes the decoder ready for a new utterance.
func (d *decoder) begin(s *speaker, opt asr.Options) {
	d.samples, d.base = 0, 0
	d.ears.reset()
	d.net.reset()
	d.expect(s, opt)
	d.restart()
}

// expect prepares the searches for what a speaker of s may say.
func (d *decoder) expect(s *speaker, opt asr.Options) {
	d.who, d.opt = s, opt
	d.words.reset(s.likely(opt), s.spelt)
	d.rules = s.expected(opt)
}

// restart begins a new piece of the same utterance.
func (d *decoder) restart() {
	d.sheet.reset(len(d.scaled))
	d.quiet = 0
	d.start()
	for _, v := range d.rivals {
		v.base = d.base
		v.start()
	}
}

// start begins the searches.
func (d *decoder) start() {
	d.free.start(d.who.trie, &d.words)
	if d.rules == nil {
		return
	}
	d.closed.wide, d.closed.skip = d.r.tune.wideClosed, d.r.tune.skip-3
	d.closed.size = d.r.cfg.BeamClosed
	if d.opt.Expect.Kind == "list" { // searched to its end: a long sentence that fits badly must not fall out of the beam
		d.closed.size = max(d.closed.size, min(listBeam*letters(d.opt.Hints), mostListBeam))
		d.closed.wide, d.closed.skip = 4*d.closed.wide, 3*d.closed.skip
	}
	d.walk.reset(d.rules)
	d.closed.start(d.rules.forest(), &d.walk)
}

// cut ends a long piece, when it is time, and returns its final result.
func (d *decoder) cut() (res asr.Result, ok bool) {
	rows := d.sheet.rows()
	if rows < longRows || rows < mostRows && d.quiet < pauseRows {
		return res, false
	}
	res = d.verdict()
	d.base += int32(rows)
	d.restart()
	return res, true
}

// paused reports, once for each pause, that somebody who answers a closed question has just made
// one: shownRows without a phoneme. In free speech the last word is too often another one a moment
// later.
func (d *decoder) paused() bool {
	if d.rules == nil || d.quiet < shownRows {
		d.asked = false
		return false
	}
	was := d.asked
	d.asked = true
	return !was && d.quiet < d.sheet.rows()
}

// pending is what the final result would be if the turn ended here: in a pause nothing is gained by
// waiting for what may follow, as partial does with the last word.
func (d *decoder) pending() asr.Result {
	res := d.verdict()
	res.Final, res.Words, res.Alternatives, res.Confidence = false, nil, nil, 0
	return res
}

// likely is the language model of a turn: the general one and the bot's phrases, the hints of
// the turn, and, when a closed question was asked, what callers say instead of answering.
func (s *speaker) likely(opt asr.Options) mix {
	const hintShare, asideShare = .3, .3
	m := mix{parts: slices.Clone(s.mix.parts), share: slices.Clone(s.mix.share)}
	add := func(n *ngrams, share float32) {
		for i := range m.share {
			m.share[i] *= 1 - share
		}
		m.parts, m.share = append(m.parts, n), append(m.share, share)
	}
	if opt.Expect.Kind != "" {
		add(s.asides, asideShare)
	}
	var sentences [][]int32
	for _, h := range opt.Hints {
		sentences = append(sentences, s.tongue.ids(s.lex, h)...)
	}
	if len(sentences) > 0 {
		add(newLocalNgrams(countGrams(sentences, 1), s.general), hintShare)
	}
	return m
}

// expected returns the closed set for what the flow waits for, or nil for free speech.
func (s *speaker) expected(opt asr.Options) rules {
	switch opt.Expect.Kind {
	case "digits":
		return s.digits.limit(opt.Expect.Digits, opt.Expect.Layout)
	case "yes_no", "date":
		return s.closed[opt.Expect.Kind]
	case "spelled":
		if n := s.spelled(); n != nil {
			return n
		}
	case "list":
		return s.listed(opt.Hints)
	}
	return nil
}

// letters counts the bytes of phrases.
func letters(phrases []string) (n int) {
	for _, p := range phrases {
		n += len(p)
	}
	return n
}

// listed makes a closed set of the hints, with the usual words around them.
func (s *speaker) listed(hints []string) rules {
	var list []string
	for _, h := range hints {
		if w := tokens(s.lang, h); len(w) > 0 {
			list = append(list, text(w))
		}
	}
	if len(list) == 0 {
		return nil
	}
	r := map[string]string{"choice": strings.Join(list, "|"), "before": s.rules["before"], "pick": s.rules["pick"], "after": s.rules["after"],
		"list": "{choice}|{before} {choice}|{pick} {choice}|{choice} {after}|{before} {choice} {after}|{pick} {choice} {after}"}
	say := s.sayingsOf(list)
	n, _, err := newNetwork(r, "list", func(w string) []pron { return sayAll(w, say, manyWays) }, closedBonus)
	if err != nil || len(n.arcs) == 0 {
		return nil // words that nobody can pronounce: free speech it is
	}
	return n
}

// write hears some samples.
func (d *decoder) write(pcm []int16) {
	d.samples += len(pcm)
	d.ears.write(pcm, d.push)
}

// row takes one row of log posteriors from the network: divides by the prior, and searches on.
func (d *decoder) row(f []float32) {
	prior := d.r.model.LogPrior
	for i, v := range f {
		d.scaled[i] = v - d.r.tune.prior*prior[i]
	}
	logSoftmax(d.scaled)
	d.sheet.add(d.scaled, f)
	if d.quiet++; argmax(f) != 0 {
		d.quiet = 0
	}
	d.step(d.scaled)
	for _, v := range d.rivals {
		v.step(d.scaled)
	}
}

// step lets the searches take one scaled row.
func (d *decoder) step(f []float32) {
	d.free.step(f)
	if d.rules != nil {
		d.closed.step(f)
	}
}

// at is the media time of a row of this piece.
func (d *decoder) at(row int32) time.Duration {
	return time.Duration(d.base+row) * time.Duration(d.r.model.samplesPerRow()) * time.Second / time.Duration(d.r.model.Rate)
}

// partial is what has been understood so far.
func (d *decoder) partial() asr.Result {
	b, rules := &d.free, rules(nil)
	if d.rules != nil {
		if p := d.closed.leading(); len(p) > 0 {
			b, rules = &d.closed, d.rules
		}
	}
	said := b.leading()
	res := asr.Result{Text: d.text(b, rules, said)}
	if len(said) > 0 {
		res.Start, res.End = d.at(said[0].from), d.at(said[len(said)-1].to+1)
	}
	return res
}

func (d *decoder) text(b *beam, r rules, said []said) string {
	words := make([]string, len(said))
	for i, w := range said {
		words[i] = d.word(r, &b.trie.items[w.item])
	}
	return text(words)
}

// key is what two readings must differ in to be worth telling apart: "no" and "oh no" are one
// answer, and so are two that differ only in words around them.
func (d *decoder) key(b *beam, r rules, said []said) string {
	if r != nil && r == rules(d.who.closed["yes_no"]) {
		return d.who.polarity(d.text(b, r, said))
	}
	if r == nil {
		return d.text(b, r, said)
	}
	var k strings.Builder
	for _, w := range said {
		if it := &b.trie.items[w.item]; r.role(it) == meant {
			k.WriteString(r.text(it) + " ")
		}
	}
	return k.String()
}

func (d *decoder) word(r rules, it *item) string {
	if r != nil {
		return r.text(it)
	}
	return d.who.lex.words[it.word]
}

// reading is one way to understand the utterance.
type reading struct {
	text  string
	key   string // readings with the same key mean the same
	words []asr.Word
	score float32 // of the search
	loss  float32 // nats that the sounds would fit better with the best phonemes
	fit   float64 // -loss per phoneme: 0 is perfect
	conf  float64

	phonemes int
	say      []uint8 // the phonemes
	clear    float64 // mean log posterior of the phonemes at their best
}

// finish ends the utterance and returns the final result.
func (d *decoder) finish() asr.Result {
	d.net.flush(d.take)
	return d.verdict()
}

// result decides on the best reading of this piece.
func (d *decoder) result() asr.Result {
	d.align.free = d.sheet.free(0, d.sheet.rows())
	free := d.readings(&d.free, nil)
	best := free
	if d.rules != nil {
		if closed := d.readings(&d.closed, d.rules); len(closed) > 0 && d.within(closed, free) {
			best = closed
		}
	}
	res := asr.Result{Final: true, End: d.at(int32(d.sheet.rows()))}
	if len(best) == 0 || !d.speech(&best[0]) {
		return res
	}
	res.Text, res.Confidence, res.Words = best[0].text, best[0].conf, best[0].words
	res.Start, res.End = res.Words[0].Start, res.Words[len(res.Words)-1].End
	for _, r := range best[1:] {
		res.Alternatives = append(res.Alternatives, asr.Alternative{Text: r.text, Confidence: r.conf})
	}
	return res
}

// speech tells words from noise that resembles some: noise gives few phonemes, none of them
// clear, and slowly (speech has 5 to 17 a second; keys and tones were heard at 1.6 to 3.2).
func (d *decoder) speech(x *reading) bool {
	const (
		slow   = 3.6 // phonemes a second
		steady = .4  // nats of loudness: steady noise swings .2, speech 1.8 and more, and still .6 at 10 dB above the noise
	)
	span := (x.words[len(x.words)-1].End - x.words[0].Start).Seconds()
	if x.phonemes > 1 && float64(x.phonemes) < slow*span {
		return false
	}
	if d.swing(x.words[0].Start, x.words[len(x.words)-1].End) < steady {
		return false
	}
	return d.sure(x.fit, x.clear, x.phonemes) > -6-.15*float64(x.phonemes) // people, whom the model knows less than synthetic voices, reach -6
}

// swing is how much the loudness varies from shortly before to shortly after a stretch of audio:
// the standard deviation in nats of power.
func (d *decoder) swing(from, to time.Duration) float64 {
	const around = 60 * time.Millisecond
	frame := func(at time.Duration) int {
		return max(0, min(len(d.ears.loud), int(at*time.Duration(d.r.model.Rate)/time.Second)/d.r.model.Hop))
	}
	loud := d.ears.loud[frame(from-around):frame(to+around)]
	var sum, squares float64
	for _, v := range loud {
		sum, squares = sum+float64(v), squares+float64(v)*float64(v)
	}
	n := float64(max(len(loud), 1))
	return math.Sqrt(max(0, squares/n-sum*sum/n/n))
}

// sure is the log odds that sounds with this fit and clarity were read rightly.
func (d *decoder) sure(fit, clear float64, phonemes int) float64 {
	return d.r.tune.sure + d.r.tune.sureFit*fit + d.r.tune.sureClear*clear - d.r.tune.unsureShort/float64(max(phonemes, 1))
}

// readings lists the best readings of a search, different in their words.
func (d *decoder) readings(b *beam, r rules) []reading {
	var list []reading
	for _, p := range b.paths(8*alternatives, r == nil) {
		x := reading{text: d.text(b, r, p.said), key: d.key(b, r, p.said), score: p.score}
		if len(p.said) == 0 || slices.ContainsFunc(list, func(y reading) bool { return y.key == x.key }) {
			continue
		}
		if !d.measure(b, r, p.said, &x) {
			continue
		}
		if list = append(list, x); len(list) == alternatives+1 {
			break
		}
	}
	d.judge(list)
	return list
}

// measure aligns a reading with the sounds: word times, fit and word confidence.
func (d *decoder) measure(b *beam, r rules, said []said, x *reading) bool {
	var say []uint8
	for _, w := range said {
		say = append(say, b.trie.items[w.item].say...)
	}
	score, from, to, ok := d.align.align(d.sheet, say)
	if !ok {
		return false
	}
	x.loss = d.align.free - score
	x.phonemes, x.say = len(say), say
	x.fit = -float64(x.loss) / float64(len(say))
	at := 0
	for _, w := range said {
		it := &b.trie.items[w.item]
		n := len(it.say)
		first, last := from[at], to[at+n-1]
		var lost float32
		var clear float64
		for i := at; i < at+n; i++ {
			top := never
			for row := from[i]; row <= to[i]; row++ {
				lost += d.sheet.row(int(row))[say[i]]
				top = max(top, d.sheet.raw[int(row)*d.sheet.width+int(say[i])])
			}
			lost -= d.sheet.free(int(from[i]), int(to[i])+1)
			clear += float64(max(top, -6))
		}
		x.clear += clear / float64(len(say))
		x.words = append(x.words, asr.Word{Text: d.word(r, it), Start: d.at(first), End: d.at(last + 1), Confidence: logistic(d.sure(float64(lost)/float64(n), clear/float64(n), n))})
		at += n
	}
	joinElisions(x)
	return true
}

// joinElisions makes one word of "j'" and "ai".
func joinElisions(x *reading) {
	kept := x.words[:0]
	for _, w := range x.words {
		if n := len(kept); n > 0 && strings.HasSuffix(kept[n-1].Text, "'") {
			kept[n-1].Text += w.Text
			kept[n-1].End = w.End
			kept[n-1].Confidence = min(kept[n-1].Confidence, w.Confidence)
			continue
		}
		kept = append(kept, w)
	}
	x.words = kept
}

// judge turns fits and the distance between readings into confidence.
func (d *decoder) judge(list []reading) {
	if len(list) == 0 {
		return
	}
	const temperature = 3 // search scores are far too sure of themselves
	var sum float64
	for i := range list {
		sum += math.Exp(float64(list[i].score-list[0].score) / temperature)
	}
	for i := range list {
		posterior := math.Exp(float64(list[i].score-list[0].score)/temperature) / sum
		list[i].conf = logistic(d.sure(list[i].fit, list[i].clear, list[i].phonemes)) * math.Sqrt(posterior)
	}
}

func argmax(x []float32) int {
	best := 0
	for i, v := range x {
		if v > x[best] {
			best = i
		}
	}
	return best
}
