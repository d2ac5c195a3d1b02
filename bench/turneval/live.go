package turneval

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"decroche/bench/callers"
	"decroche/media"
	"decroche/media/codec/g711"
)

// Cast is what is needed to speak a set to a gateway: the turns that can be spoken over a good
// line, and the words by which callers ask for their questions.
type Cast struct {
	Turns   []*Turn
	Skipped int             // turns over bad lines: what is sent cannot be damaged here
	wishes  map[*Turn]*Turn // what callers say first, by turn; none for free speech
	bot     Bot
}

// NewCast prepares a set.
func NewCast(s *Set) *Cast {
	c := &Cast{wishes: map[*Turn]*Turn{}}
	for _, t := range s.Turns {
		if t.Line.Bad() || t.Bot == nil {
			c.Skipped++
			continue
		}
		c.Turns = append(c.Turns, t)
	}
	c.bot = NewBot(c.Turns)
	for i, t := range c.Turns {
		if kindOf(t) != kindFree {
			c.wishes[t] = c.wish(t, i)
		}
	}
	return c
}

// Bot is the hotline for it.
func (c *Cast) Bot() Bot { return c.bot }

// Recordings are all turns that Ears must know.
func (c *Cast) Recordings() []*Turn {
	return slices.AppendSeq(slices.Clone(c.Turns), maps.Values(c.wishes))
}

// Tongue are the turns in a language.
func (c *Cast) Tongue(lang string) []*Turn {
	var out []*Turn
	for _, t := range c.Turns {
		if t.Language == lang {
			out = append(out, t)
		}
	}
	return out
}

// wishLength is how long a caller takes to say what they want to be asked.
const wishLength = 800 * time.Millisecond

// alone is how long a recording begins with nothing but the noise of the line.
func (t *Turn) alone() time.Duration {
	if t.Overlap != nil {
		return t.Overlap.Start.D()
	}
	return t.Words[0].Start.D()
}

// wish is a hum that no other recording has, amid the noise of t's line, and stands for the word
// that leads to t's question.
func (c *Cast) wish(t *Turn, n int) *Turn {
	noise := make([]int16, samples(t.alone()))
	g711.DecodeA(noise, t.ALaw[:len(noise)])
	pcm := make([]int16, samples(wishLength))
	pitch, r := 105+float64(n)/2, rand.New(rand.NewPCG(7, uint64(n)))
	var phases [24]float64
	for h := range phases {
		phases[h] = 2 * math.Pi * r.Float64()
	}
	for i := range pcm {
		at, x := float64(i)/media.PhoneRate, 0.0
		for h, phase := range phases {
			turns := float64(h+1) * (pitch*at + 12*at*at) // it rises
			x += math.Sin(2*math.Pi*turns+phase) / math.Sqrt(float64(h+1))
		}
		x *= math.Abs(math.Sin(2 * math.Pi * 2 * at)) // syllables
		pcm[i] = int16(max(-fullScale, min(fullScale-1, 5000*x+float64(noise[i%len(noise)]))))
	}
	b := make([]byte, len(pcm))
	g711.EncodeA(b, pcm)
	word := c.bot.wish(kindOf(t))
	return &Turn{ID: t.ID + "-" + word, Audio: fmt.Sprintf("wish%03d.wav", n), Language: t.Language, Text: word, ALaw: b,
		Words: []Word{{word, Seconds(wishLength / 2), Seconds(wishLength)}}}
}

// Speaker is a caller who asks for a question and then plays a turn, its beginning laid under the
// question. The noise of the turn's line is there from the first packet on, as where people call
// from. It reads everything from the packets that come back.
type Speaker struct {
	Turn *Turn

	wish, clip *callers.Clip
	state      speakerState
	since      int64   // of the state, nanoseconds
	frame      int     // next, of the wish or of the recording
	idle       int     // frames of the line's noise sent before the recording
	began      int64   // of the recording: when its first frame left, as if it had been spoken from the start
	heard      []sound // audible stretches
}

type speakerState int

const (
	greeted speakerState = iota // waits for the greeting to be over
	wishing                     // says what they want to be asked
	waiting                     // for the question
	talking                     // the recording
	gone
)

// sound is a stretch in which packets were audible.
type sound struct{ from, to int64 }

const (
	// breathing is a silence inside what the bot says.
	breathing = 60 * time.Millisecond
	// politeness is how long the bot must be silent before callers say what they want.
	politeness = 700 * time.Millisecond
	// giveUp is how long callers wait for the bot.
	giveUp = 12 * time.Second
)

// Speaker makes the caller of a turn.
func (c *Cast) Speaker(t *Turn) *Speaker {
	s := &Speaker{Turn: t, clip: clipOf(t)}
	if kindOf(t) == kindFree {
		s.state = waiting // for the greeting, which is the question
	} else {
		s.wish = clipOf(c.wishes[t])
	}
	return s
}

func clipOf(t *Turn) *callers.Clip {
	pcm := make([]int16, len(t.ALaw))
	g711.DecodeA(pcm, t.ALaw)
	return callers.NewClip(pcm)
}

var errNoQuestion = errors.New("the bot did not say what it should")

func (s *Speaker) enter(x speakerState, at int64) { s.state, s.since, s.frame = x, at, 0 }

// Say implements callers.Script.
func (s *Speaker) Say(c *callers.Call, now time.Time) (*callers.Clip, int) {
	at := now.UnixNano()
	if s.since == 0 {
		s.since = at
	}
	switch s.state {
	case greeted:
		if n := len(s.heard); n > 0 && at-s.heard[n-1].to >= int64(politeness) {
			s.enter(wishing, at)
			break
		}
		s.tooLong(c, at)
	case waiting:
		s.tooLong(c, at)
	}
	switch s.state {
	case wishing:
		i := s.frame
		if s.frame++; s.frame == s.wish.Frames() {
			s.enter(waiting, at)
		}
		return s.wish, i
	case talking:
		if s.began == 0 {
			s.frame = int(s.Turn.Bot.Start.D() / media.FrameTime)
			s.began = at - int64(s.frame)*int64(media.FrameTime)
		}
		if s.frame >= s.clip.Frames() {
			s.state = gone
			c.Hangup()
			return nil, 0
		}
		s.frame++
		return s.clip, s.frame - 1
	case greeted, waiting:
		s.idle++
		return s.clip, (s.idle - 1) % int(s.Turn.alone()/media.FrameTime)
	}
	return nil, 0
}

func (s *Speaker) tooLong(c *callers.Call, at int64) {
	if at-s.since > int64(giveUp) {
		s.state = gone
		c.Fail(fmt.Errorf("turn %s: %w within %v", s.Turn.ID, errNoQuestion, giveUp))
	}
}

// Hear implements callers.Script.
func (s *Speaker) Hear(_ *callers.Call, p callers.Packet) {
	if !p.Audible() {
		return
	}
	if n := len(s.heard); n > 0 && p.At-s.heard[n-1].to <= int64(breathing) {
		s.heard[n-1].to = p.At
	} else {
		s.heard = append(s.heard, sound{p.At, p.At})
	}
	if s.state == waiting {
		s.enter(talking, p.At)
	}
}

// on is a moment on the recording's clock. A frame counts as spoken when its packet leaves.
func (s *Speaker) on(at int64) time.Duration { return time.Duration(at - s.began) }

// said are the audible stretches since the question began, on the recording's clock.
func (s *Speaker) said() []pause {
	var out []pause
	for _, x := range s.heard {
		if from, to := s.on(x.from), s.on(x.to)+media.FrameTime; s.began != 0 && to > s.Turn.Bot.Start.D()-breathing {
			out = append(out, pause{from, to})
		}
	}
	return out
}
