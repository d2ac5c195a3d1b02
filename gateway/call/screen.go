package call

import (
	"context"
	"regexp"
	"strings"
	"time"

	"decroche/flows"
	"decroche/flows/entity"
	"decroche/flows/nlu"
	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/internal/langtag"
	"decroche/media"
	"decroche/media/amd"
)

// How a person on a plain telephone takes a caller (Config.Screen).
const (
	// ScreenAsk asks them after the briefing: 1 or a yes takes the caller, 2 or a no refuses. A
	// machine that answers gets nobody, and neither does a pocket.
	ScreenAsk = "ask"
	// ScreenOff joins them at the end of the briefing; 1 skips it, 2 refuses.
	ScreenOff = "off"
)

// Why an attempt was refused, beside the outcome, in the record.
const (
	whyScreening = "screening" // they did not take the caller when they were asked
	whyMachine   = "machine"   // an answering machine had answered
	whyNoMedia   = "no_media"  // nothing was ever heard of them
)

const (
	// mediaWithin is how long the first packet of somebody who answered may take.
	// It is asked to agree on the sound once more when half of that has passed.
	mediaWithin = 3 * time.Second
	// askAgain is how long after the question it is asked once more.
	askAgain = 6 * time.Second
	// chatters is how many words an answer to the question has at most; an announcement has more.
	chatters = 8
)

var (
	takes = map[string]*regexp.Regexp{
		"fr": regexp.MustCompile(`(?i)\b(je (le |la |les )?prends|passez|passe-(le|la)|allez-y|vas-y|je suis (là|prêt|prête))\b`),
		"en": regexp.MustCompile(`(?i)\b(i('ll| will) take|put (them|him|her|it) through|go ahead|i'm (here|ready))\b`),
	}
	machines = map[string]*regexp.Regexp{
		"fr": regexp.MustCompile(`(?i)\b(répondeur|messagerie|laissez[- ](moi |nous )?(un |votre )?message|bip sonore|signal sonore|n[’' ]est pas disponible|ne (suis|sommes) pas (là|disponibles?|joignables?)|vous êtes bien (chez|sur))`),
		"en": regexp.MustCompile(`(?i)\b(voice ?mail|answering machine|leave (me |us )?(a |your )?message|after the (tone|beep)|is not available|can't (take|come to|answer))`),
	}
)

// screened reports whether who answered is asked whether they take the caller: they see nothing of the
// caller, and nobody has spoken with them first.
func (at *attempt) screened() bool {
	return at.h.c.cfg.Screen != ScreenOff && !at.agent.Group && !at.agent.Sees && !at.again && at.v == nil && (at.on == nil || !at.on.ask.Warm && at.on.ask.Number == "")
}

// screen asks who answered whether they take the caller, and waits for a key or a word.
func (at *attempt) screen() {
	c := at.h.c
	at.asking = true
	at.ears.expect(flows.Expect{Entity: entity.TypeYesNo})
	at.ears.sense.attend(true, false)
	c.alarms.in(c.cfg.AcceptWithin, "accept", func() { at.declined(agents.NoAnswer, whyScreening) })
	at.askTaking()
}

// listenFor tells a machine by its sound while who answered has not taken the caller: a beep or a fax tone
// ends it. That somebody talks on decides nothing yet: a person may, and has keys.
func (at *attempt) listenFor(f media.Frame) {
	if at.who == nil {
		at.who = amd.New(amd.DefaultConfig(), at.leg.Info().Rate)
	}
	r := at.who.Frame(f)
	if _, beeped := at.who.Beep(); beeped || r.What == amd.Fax {
		at.declined(agents.NoAnswer, whyMachine)
	}
}

// machine writes down what told that an answering machine, or a fax, had answered.
func (at *attempt) machine() {
	r := amd.Result{What: amd.Voicemail, Why: "words", Score: 1, At: time.Since(at.picked)}
	if at.who != nil {
		if heard := at.who.Result(); heard.What == amd.Voicemail || heard.What == amd.Fax {
			r = heard
		}
	}
	at.h.c.write(event.Screened{Heard: string(r.What), Score: r.Score, Why: r.Why, AfterMS: r.At.Milliseconds(), Agent: at.agent.Agent})
}

// askTaking asks once more, too, when they have said nothing that counts.
func (at *attempt) askTaking() {
	c := at.h.c
	at.playTo(at.mouth, "screening", c.render(at.ctx, c.words(linesFor(c.lang).takes, c.lang)), func(jobEnd) {
		if at.asking {
			c.alarms.in(askAgain, "ask again", at.askTaking)
		}
	})
}

// answersScreening takes what they said to the question, of which nothing is written down.
func (at *attempt) answersScreening(text string) {
	lang := langtag.Base(at.h.c.lang)
	yes, ok, _ := nlu.YesNo(lang, text)
	switch {
	case in(lang, machines).MatchString(text):
		at.declined(agents.NoAnswer, whyMachine)
	case len(strings.Fields(text)) > chatters: // it talks on: a person answers with a few words
	case ok && !yes:
		at.declined(agents.Refused, whyScreening)
	case ok, in(lang, takes).MatchString(text):
		at.accepts()
	}
}

// accepts joins who takes the caller.
func (at *attempt) accepts() {
	if at.closed || at.stage >= announced || at.took {
		return
	}
	at.took, at.asking = true, false
	at.h.c.alarms.clear("accept", "ask again", "briefing")
	at.ears.abandon()
	at.ears.sense.attend(true, true)
	at.mouth.stop()
	at.ears.expect(flows.Expect{})
	at.briefed = true
	at.joinTaken()
}

// declined ends the attempt of who does not take the caller: a person who says so is thanked.
func (at *attempt) declined(o agents.Outcome, why string) {
	if at.who != nil && o == agents.NoAnswer && at.who.Result().What == amd.Voicemail {
		why = whyMachine // it talked on, and took nobody
	}
	at.reason = why
	if why == whyMachine {
		at.machine()
	}
	at.asking = false
	at.mouth.stop()
	at.end(o, 0)
	at.next()
}

// there reports whether a packet has come from their telephone: the caller is not given to a line on
// which they would be alone. It calls then when one comes, and gives the attempt up
// when none does; the caller goes on to be entertained meanwhile.
func (at *attempt) there(then func()) bool {
	l, ok := at.leg.(leg.Confirmer)
	switch {
	case !ok || l.Confirmed():
		return true
	case time.Since(at.picked) < mediaWithin:
		at.h.c.alarms.in(50*time.Millisecond, "no media", then)
	default:
		at.declined(agents.Error, whyNoMedia)
	}
	return false
}

// offerAgain agrees once more, by a re-INVITE, with a telephone that has answered and of which no packet has
// come: some begin to send then, or say a better address.
func (at *attempt) offerAgain() {
	l, tells := at.leg.(leg.Confirmer)
	h, can := at.leg.(leg.Holder)
	if at.closed || !tells || !can || l.Confirmed() {
		return
	}
	at.h.c.spawn(func() { _ = h.Unhold(at.ctx) }) // what it comes to is heard, or not
}

// joinTaken joins who took the caller.
func (at *attempt) joinTaken() {
	if !at.closed && at.stage < announced && at.there(at.joinTaken) && !at.connects() && !at.joinAtOnce() {
		at.sayHello()
	}
}

// tellAgent says a last sentence to who has answered, before they are hung up on. It blocks, a few
// seconds at most, and goes on after the call's end.
func (c *conductor) tellAgent(l leg.Leg, text string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), 4*time.Second)
	defer cancel()
	l.Flush()
	cl := c.render(ctx, c.words(text, c.lang))
	defer cl.cancel()
	fit := fitter{to: l.Info().Rate}
	for {
		f, more, err := cl.next(ctx)
		if !more {
			break
		}
		if f, err = fit.fit(f); err == nil {
			err = l.Send(ctx, f)
		}
		if err != nil {
			return
		}
	}
	l.Drain(ctx)
}
