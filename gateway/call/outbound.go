package call

import (
	"context"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
	"decroche/media"
	"decroche/media/amd"
)

// Outbound is what a call that we placed has beside others. The first fields are told before Run, the
// last ones it fills in: read them when it has returned.
type Outbound struct {
	Purpose flows.Outbound    // told to the mind
	Slots   map[string]string // and what is known, as it would be typed
	Listen  *amd.Config       // to find out who answered before anything is said; nil: talk at once
	Message flows.Prompt      // left on a machine once it has beeped; without words: hang up

	Heard  amd.Result // who answered
	Left   bool       // the message was left, whole
	Person string     // as flows.Output has it
	Spoke  bool       // the person said or keyed something
	NoCall bool       // they are not to be rung any more
}

const (
	// beepWait is how long a machine may talk before its beep; then it is hung up on.
	beepWait = 45 * time.Second
	// afterBeep is a breath between the beep and our first word: recordings begin late.
	afterBeep = 300 * time.Millisecond
	// noBeep is the silence after which a machine that has not beeped is taken to listen.
	noBeep = 3 * time.Second
	// frameless is how long a line may give no sound at all before it counts as silent.
	frameless = 2 * time.Second
)

// screening listens to who has answered, instead of the ears, until it is known.
type screening struct {
	of      *Outbound
	det     *amd.Detector
	then    func() // talks with a person
	leaving bool   // the message is being said
	told    bool   // the event is written
}

// screen finds out who has answered; then goes on when it is a person, or nobody who speaks.
func (c *conductor) screen(o *Outbound, then func()) {
	c.screened = &screening{of: o, det: amd.New(*o.Listen, c.s.Leg.Info().Rate), then: then}
	c.attend()
	c.alarms.in(o.Listen.Longest+frameless, "screen", func() { // no packets come, or a tone that does not end
		if c.screened != nil && c.screened.det.Result().What == amd.Unknown {
			c.answeredBy(amd.Result{What: amd.Silence, Why: "no sound", Score: 0.5, At: time.Since(c.answer)})
		}
	})
}

// listenFor is told of each frame while it is not known who answered, or while their beep is waited for.
func (c *conductor) listenFor(f media.Frame) {
	s := c.screened
	if s.leaving {
		return
	}
	r := s.det.Frame(f)
	switch {
	case r.What == amd.Unknown:
	case r.What == amd.Voicemail && s.of.Message.Text+s.of.Message.Voice != "":
		s.tell(c, r)
		_, beeped := s.det.Beep()
		quiet := s.det.Quiet()
		if beeped && quiet >= afterBeep || !beeped && quiet >= noBeep {
			c.leaveMessage()
		}
	default:
		c.answeredBy(r)
	}
}

// tell writes down who answered, once; a beep may show later that it was a machine.
func (s *screening) tell(c *conductor, r amd.Result) {
	s.of.Heard = r
	if s.told {
		return
	}
	s.told = true
	leave := r.What == amd.Voicemail && s.of.Message.Text+s.of.Message.Voice != ""
	c.write(event.Screened{Heard: string(r.What), Score: r.Score, Why: r.Why, AfterMS: r.At.Milliseconds(), Left: leave})
	c.s.Metrics.count(screenings, string(r.What))
	c.alarms.clear("screen")
	if leave {
		c.alarms.in(beepWait, "screen", func() {
			if c.screened != nil && !c.screened.leaving {
				c.finish("unanswered", "gateway", "a machine that did not beep")
			}
		})
	}
}

// answeredBy goes on with a person, and hangs up on everything else.
func (c *conductor) answeredBy(r amd.Result) {
	s := c.screened
	s.tell(c, r)
	if r.What == amd.Voicemail || r.What == amd.Fax {
		c.finish("unanswered", "gateway", "answered by a "+string(r.What))
		return
	}
	c.screened = nil
	c.sparse()
	c.attend()
	s.then()
}

// leaveMessage says the message and hangs up.
func (c *conductor) leaveMessage() {
	s := c.screened
	s.leaving = true
	c.alarms.clear("screen")
	c.say("line", []flows.Prompt{s.of.Message}, func() {
		s.of.Left = true
		c.alarms.in(c.cfg.Goodbye, "goodbye", func() { c.finish("resolved", "bot", "left a message") })
	})
}

// noteOutbound learns from what the mind decided whether it is them, and whether they may be rung again.
func (c *conductor) noteOutbound(out flows.Output) {
	if o := c.s.Outbound; o != nil {
		if out.Person != "" {
			o.Person = out.Person
		}
		o.Spoke = o.Spoke || c.inputKind == flows.Said || c.inputKind == flows.Digits
		o.NoCall = o.NoCall || out.DoNotCall
	}
	if !out.DoNotCall {
		return
	}
	how := "said"
	if c.inputKind == flows.Digits {
		how = "key"
	}
	c.write(event.NoCalls{How: how})
	number := c.s.Caller
	if number == "" {
		number = caller(c.s.Leg.Info())
	}
	if c.s.NoCall == nil || number == "" {
		return
	}
	c.spawn(func() { // kept even when the call ends meanwhile
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), 5*time.Second)
		defer cancel()
		if err := c.s.NoCall(ctx, number, how); err != nil {
			c.log.Error("who does not want to be called could not be put on the list; the event says so alone", "error", err)
			c.post(func() { c.trouble("do_not_call", err, "kept in the events only") })
		}
	})
}
