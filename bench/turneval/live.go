package turneval

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"decroche/bench/callers"
	"decroche/media"
	"decroche/media/codec/g711"
)

// Cast is what is needed to speak a set to a gateway: the turns that can be spoken over a good
// line, and the words by which callers ask for their questions.
type Cast struct {
	Turns   []*Turn
	Skipped int // turns over bad lines: what is sent cannot be damaged here
	wishes  []*Turn
	bot     Bot
}

// NewCast prepares a set.
func NewCast(s *Set) *Cast {
	c := &Cast{}
	for _, t := range s.Turns {
		if t.Line.Bad() || t.Bot == nil {
			c.Skipped++
			continue
		}
		c.Turns = append(c.Turns, t)
	}
	c.bot = NewBot(c.Turns)
	seen := map[string]bool{}
	for _, t := range c.Turns {
		if key := t.Language + kindOf(t); !seen[key] && kindOf(t) != kindFree {
			seen[key] = true
			c.wishes = append(c.wishes, c.wish(t, len(c.wishes)))
		}
	}
	return c
}

// Bot is the hotline for it.
func (c *Cast) Bot() Bot { return c.bot }

// Recordings are all turns that Ears must know.
func (c *Cast) Recordings() []*Turn { return append(append([]*Turn(nil), c.Turns...), c.wishes...) }

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

// wish is a hum that no other recording has, and stands for the word that leads to t's question.
func (c *Cast) wish(t *Turn, n int) *Turn {
	r := rand.New(rand.NewPCG(7, uint64(n)))
	pcm := make([]int16, samples(wishLength))
	pitch := 105 + 2*float64(n)
	for i := range pcm {
		x := 0.0
		for h := 1.0; h <= 8; h++ {
			x += math.Sin(2*math.Pi*pitch*h*float64(i)/media.PhoneRate) / h
		}
		pcm[i] = int16(4000*x + 20*r.NormFloat64())
	}
	b := make([]byte, len(pcm))
	g711.EncodeA(b, pcm)
	word := c.bot.wish(kindOf(t))
	return &Turn{ID: t.Language + "-" + word, Audio: fmt.Sprintf("wish%02d.wav", n), Language: t.Language, Text: word, ALaw: b,
		Words: []Word{{word, 0, Seconds(wishLength)}}}
}

// asks finds the wish that leads to t's question.
func (c *Cast) asks(t *Turn) *Turn {
	for _, w := range c.wishes {
		if w.Language == t.Language && w.Text == c.bot.wish(kindOf(t)) {
			return w
		}
	}
	return nil
}

// Speaker is a caller who asks for a question and then plays a turn, its beginning laid under the
// question. It reads everything from the packets that come back.
type Speaker struct {
	Turn *Turn

	wish, clip *callers.Clip
	state      speakerState
	since      int64 // of the state, nanoseconds
	frame      int
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
		s.wish = clipOf(c.asks(t))
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
