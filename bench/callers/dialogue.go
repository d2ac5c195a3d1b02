package callers

import (
	"fmt"
	"time"
)

// Line is what a caller says in one turn. Its first and last frames are speech.
type Line struct {
	Name string
	Clip *Clip
}

// Exchange is one turn as its caller lived it.
type Exchange struct {
	Line string
	// Answer is the end of the caller's last speech -> first audible packet of the answer.
	Answer time.Duration
	// CutOff: the bot began to answer while the caller still had something to say. The answer that
	// follows the caller's last word counts nevertheless, when there is one.
	CutOff bool
	// Missed: no answer came in time. It ends the call.
	Missed bool
}

// Dialogue is a caller who takes turns: hears the greeting out, says a line, hears the answer out,
// and so on; after the last answer they hang up. It reads everything from the sound that comes
// back, as a person does.
type Dialogue struct {
	Lines []Line
	// Quiet is how long the bot must be silent for the caller to take the floor; longer than its
	// pauses between sentences. Pause is added before the first line, so that callers do not speak
	// in step.
	Quiet, Pause time.Duration
	// Patience is how long the caller waits for an answer before giving up.
	Patience time.Duration
	// Next chooses what is said after an answer to a line: the index of a line, or len(Lines) to hang
	// up. It is asked each 20 ms until it knows, and must not block; what it takes is no part of any
	// latency. nil: the lines are said in their order.
	Next func(c *Call, said int) (line int, ok bool)

	// Exchanges are the turns so far; for everybody once the call has ended.
	Exchanges []Exchange

	state      dialogueState
	since      int64 // of the state, nanoseconds since 1970
	lastHeard  int64 // last audible packet
	next, said int   // lines
	frame      int
	cut        bool
}

type dialogueState int

const (
	awaitGreeting dialogueState = iota
	hearing                     // until the bot is silent
	speaking
	awaitAnswer
	finished
)

// enter is where every state begins.
func (d *Dialogue) enter(s dialogueState, at int64) { d.state, d.since = s, at }

// Say implements Script.
func (d *Dialogue) Say(c *Call, now time.Time) (*Clip, int) {
	at := now.UnixNano()
	if d.since == 0 {
		d.since = at
	}
	waited := time.Duration(at - d.since)
	switch d.state {
	case awaitGreeting:
		if waited > d.Patience {
			c.Fail(fmt.Errorf("no greeting within %v", d.Patience))
			d.state = finished
		}
	case hearing:
		quiet := d.Quiet
		if d.next == 0 {
			quiet += d.Pause
		}
		if time.Duration(at-d.lastHeard) < quiet {
			break
		}
		if d.Next != nil && len(d.Exchanges) > 0 {
			line, ok := d.Next(c, d.said)
			if !ok {
				break
			}
			d.next = line
		}
		if d.next == len(d.Lines) {
			d.state = finished
			c.Hangup()
			break
		}
		d.frame, d.cut, d.said = 0, false, d.next
		d.enter(speaking, at)
		return d.speak(at)
	case speaking:
		return d.speak(at)
	case awaitAnswer:
		if waited > d.Patience {
			d.Exchanges = append(d.Exchanges, Exchange{Line: d.Lines[d.next].Name, CutOff: d.cut, Missed: true})
			c.Fail(fmt.Errorf("no answer to %q within %v", d.Lines[d.next].Name, d.Patience))
			d.state = finished
		}
	}
	return nil, 0
}

// speak gives the next frame of the line.
func (d *Dialogue) speak(at int64) (*Clip, int) {
	clip, i := d.Lines[d.next].Clip, d.frame
	if d.frame++; d.frame == clip.Frames() {
		d.enter(awaitAnswer, at)
	}
	return clip, i
}

// Hear implements Script.
func (d *Dialogue) Hear(_ *Call, p Packet) {
	if d.state == finished || !p.Audible() {
		return
	}
	before := d.lastHeard
	d.lastHeard = p.At
	switch d.state {
	case awaitGreeting:
		d.enter(hearing, p.At)
	case speaking:
		// What is left of the sentence before is no answer; sound after a silence is.
		if p.At-before > int64(d.Quiet/2) {
			d.cut = true
		}
	case awaitAnswer:
		if p.At < d.since {
			return
		}
		d.Exchanges = append(d.Exchanges, Exchange{Line: d.Lines[d.next].Name, Answer: time.Duration(p.At - d.since), CutOff: d.cut})
		d.next++
		d.enter(hearing, p.At)
	}
}
