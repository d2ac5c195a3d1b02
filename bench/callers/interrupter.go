package callers

import (
	"fmt"
	"time"
)

// Sound is what a caller says over a prompt.
type Sound struct {
	Name string
	Clip *Clip // its first and last frames are speech
	// After is how long the bot has been heard when it is said.
	After time.Duration
	// Listening: it is a sound of somebody who listens ("oui", "d'accord"), which must not stop
	// the prompt; otherwise it is an interruption, which must.
	Listening bool
}

// Reaction is what the bot did when a Sound was said over it.
type Reaction struct {
	Sound     string
	Listening bool
	// Stop is the first sample of the sound -> the end of the last audible packet before the bot
	// was silent; 0 when it never was within the time that was waited.
	Stop time.Duration
	// Last is the same to the last audible packet of all before the answer: later than Stop when the
	// bot paused, went on and stopped again. 0 when no answer followed.
	Last time.Duration
	// Longest is the longest silence of the bot from the sound's first sample on, until the bot
	// spoke again or the time was over; for a listening sound this is how long the prompt stood.
	Longest time.Duration
	// Answer is the end of the sound -> first audible packet of what follows, after an interruption
	// that stopped the prompt; 0 otherwise.
	Answer time.Duration
	// CutOff: the bot spoke again before the interruption was over.
	CutOff bool
}

// Interrupter is a caller who speaks over prompts, one Sound after the other, and hangs up after
// the last. The bot is expected to speak for ever: when it has fallen silent longer than Patience
// the call fails.
type Interrupter struct {
	// Opening is said first, when the greeting is over: what makes the bot speak at length.
	Opening *Clip
	Sounds  []Sound
	// Silent is how long the bot must be inaudible to count as having stopped: longer than its
	// pauses between words and sentences.
	Silent   time.Duration
	Patience time.Duration

	Reactions []Reaction // for everybody once the call has ended

	// BasePause is the longest silence of the bot while nobody spoke over it: what the prompt
	// itself has.
	BasePause time.Duration

	opened    bool // the opening was said
	speaking  bool
	next      int   // sound
	frame     int   // of it
	heardFrom int64 // since when the bot is heard without having stopped
	last      int64 // last audible packet
	onset     int64 // of the sound, 0 when none is being judged
	end       int64 // of the sound; 0 while it is being said
	now       Reaction
	stopped   bool
}

// judge is how long after the end of a listening sound the bot is still watched, and how long an
// interruption may go unheard.
const (
	watchAfter = 1500 * time.Millisecond
	unheard    = 3 * time.Second
)

// Say implements Script.
func (s *Interrupter) Say(c *Call, now time.Time) (*Clip, int) {
	at := now.UnixNano()
	if s.last == 0 {
		s.last = at // nothing was heard yet: patience runs from the answer
	}
	if time.Duration(at-s.last) > s.Patience {
		c.Fail(fmt.Errorf("the bot was silent for %v", s.Patience))
		return nil, 0
	}
	if !s.opened {
		return s.open(at)
	}
	if s.speaking {
		return s.speak(at)
	}
	if s.onset != 0 {
		s.watch(at)
		return nil, 0
	}
	switch {
	case s.next == len(s.Sounds):
		c.Hangup()
	case s.heardFrom > 0 && time.Duration(at-s.heardFrom) >= s.Sounds[s.next].After && time.Duration(at-s.last) < 60*time.Millisecond:
		snd := s.Sounds[s.next]
		s.now = Reaction{Sound: snd.Name, Listening: snd.Listening}
		s.speaking, s.frame, s.onset, s.end, s.stopped = true, 0, at, 0, false
		return s.speak(at)
	}
	return nil, 0
}

// openAfter is how long the greeting must have been over.
const openAfter = 500 * time.Millisecond

// open says the opening once the greeting is over.
func (s *Interrupter) open(at int64) (*Clip, int) {
	switch {
	case s.Opening == nil || s.frame == s.Opening.Frames():
		s.opened, s.heardFrom = true, 0
		return nil, 0
	case s.frame == 0 && (s.heardFrom == 0 || time.Duration(at-s.last) < openAfter):
		return nil, 0
	}
	s.frame++
	return s.Opening, s.frame - 1
}

func (s *Interrupter) speak(at int64) (*Clip, int) {
	clip, i := s.Sounds[s.next].Clip, s.frame
	if s.frame++; s.frame == clip.Frames() {
		s.speaking, s.end = false, at
	}
	return clip, i
}

// watch ends the judgement of a sound when its time is over.
func (s *Interrupter) watch(at int64) {
	if !s.now.Listening && !s.stopped && time.Duration(at-s.last) >= s.Silent { // stopped, and has not spoken since
		s.stop()
	}
	since := time.Duration(at - s.end)
	switch {
	case s.now.Listening && since >= watchAfter:
		if quiet := time.Duration(at - s.last); quiet > s.now.Longest {
			s.now.Longest = quiet
		}
		s.done()
	case !s.now.Listening && !s.stopped && since >= unheard:
		s.done()
	}
}

// stop notes that the bot has fallen silent after the last audible packet.
func (s *Interrupter) stop() {
	s.stopped = true
	s.now.Stop = max(time.Duration(s.last-s.onset)+frameTime, time.Nanosecond)
}

func (s *Interrupter) done() {
	s.Reactions = append(s.Reactions, s.now)
	s.next++
	s.onset, s.heardFrom = 0, s.last
}

// Hear implements Script.
func (s *Interrupter) Hear(_ *Call, p Packet) {
	if !p.Audible() {
		return
	}
	before := s.last
	s.last = p.At
	if s.heardFrom == 0 {
		s.heardFrom = p.At
		return
	}
	quiet := time.Duration(p.At-before) - frameTime
	switch {
	case s.onset == 0:
		if s.opened && quiet < s.Silent {
			s.BasePause = max(s.BasePause, quiet)
		}
	case p.At >= s.onset:
		s.over(p.At, before, quiet)
	}
}

// over takes an audible packet while a sound is being judged; quiet is the silence before it.
func (s *Interrupter) over(at, before int64, quiet time.Duration) {
	s.now.Longest = max(s.now.Longest, min(quiet, time.Duration(at-s.onset)))
	if s.now.Listening {
		return
	}
	if quiet >= s.Silent && !s.stopped {
		s.last = before
		s.stop()
		s.last = at
	}
	switch {
	case !s.stopped || quiet < s.Silent:
	case s.end == 0:
		s.now.CutOff = true
	default:
		s.now.Answer = time.Duration(at - s.end)
		s.now.Last = max(time.Duration(before-s.onset)+frameTime, s.now.Stop)
		s.done()
	}
}
