package embedded

// A closed question is two questions: which answer of the set was said, and whether any was. The
// search over the set answers the first, and knows nothing of the second: it finds an answer in any
// speech. The second is answered by comparing with garbage. The score of the best phonemes, whatever
// they are, is what the sounds could at most be worth; the loss of a reading is what it stays behind
// that, in nats. Answers of the set lose little, other speech loses much. But a voice unlike those of
// the training loses much with whatever it says, so the loss is compared with that of free speech,
// which has thousands of words to fit the same sounds with.

// slack keeps small losses from being compared: of 1 nat and of 3 neither means anything.
const slack = 8

// worse is how many times worse a closed reading fits than a free one; 1 when the words are the same.
func worse(closed, free *reading) float64 {
	return float64((max(closed.loss, 0) + slack) / (max(free.loss, 0) + slack))
}

// mostWorse is how much worse an answer may fit, by language and kind of question.
//
// TestCalibrate finds these bounds on development speech, clean and with babble at 15 dB. The bound is
// the geometric mean of two numbers: what 5 % of good answers exceed, and what 95 % of other speech
// exceeds. Between the two nothing is lost on either side, and the middle leaves room for voices that
// fit worse than these. Where they overlap the first number counts. Where hardly any other speech has a
// closed reading at all, the second number is infinite, and the bound of the weights before these stays.
var mostWorse = map[string]map[string]float64{
	"fr": {"yes_no": 3.1, "date": 2.3, "digits": 2.5, "list": 2.8, "spelled": 1.7},
	"en": {"yes_no": 2.1, "date": 3.6, "digits": 2.2, "list": 2.3, "spelled": 1.7},
}

// An entry of a list that beats every other entry by aheadBy nats a phoneme may fit aheadRoom times worse
// still: speech outside the list has no reason to prefer one long entry so much. With that room the bounds
// stay below what 95 % of other speech exceeds.
const (
	aheadBy   = 1
	aheadRoom = 1.3
)

// within tells whether the best reading of a closed set is what was said, rather than speech
// outside the set. free are the readings of free speech.
func (d *decoder) within(closed, free []reading) bool {
	if len(free) == 0 {
		return true
	}
	best, kind := &closed[0], d.opt.Expect.Kind
	bound := mostWorse[d.who.lang][kind]
	if kind == "list" && (len(closed) == 1 || best.score-closed[1].score > aheadBy*float32(best.phonemes)) {
		bound *= aheadRoom
	}
	return worse(best, &free[0]) <= bound
}
