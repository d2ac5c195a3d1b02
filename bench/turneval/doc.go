// Package turneval measures turn-taking: when the caller has finished, and which sounds are
// interruptions.
//
// Its one idea: the truth is known because the turns are built. Texts lie in texts/, espeak-ng
// says them group by group, and the pauses between groups are inserted as exact silences over a
// floor of noise, so that each word, pause and end is known to 10 ms. The same turns go to what is
// shipped (gateway/endpointing, frame by frame, on a virtual clock) and, in the same run, to plain
// silence timers; words reach both as late as the shipped recogniser gives them, and are never
// wrong, so that only the decision of the end can break a turn.
//
// Label files keep the field meanings of eot-bench (github.com/livekit/eot-bench, Apache-2.0), so
// that its recordings go through the same reader; the cut types are those of Smart Turn's test
// data, the overlap types those of Full-Duplex-Bench v1.5. See docs/turn-taking.md.
//
// It refuses to compare: a figure from generated turns says that the mechanism works and did not
// get worse, not how people would find it (Limits).
package turneval

// Limits are printed with every figure.
const Limits = "Synthetic voices hesitate more regularly than people; pauses are cut, not acted; noise is mixed in afterwards; " +
	"scripted recognition hides its errors. These figures say that the mechanism works and did not get worse. " +
	"They must not stand beside figures from another set: run the same reader over that set (--set)."
