// Package leg defines one party's media path, in PCM. Package sip (and later rtc) makes legs;
// package call uses them; neither side knows the other.
package leg

import (
	"context"
	"time"

	"decroche/media"
)

// Leg is one answered-or-answerable media path to one person. It has seven verbs because a
// phone line has: pick up, listen, speak, wait until spoken, stop speaking, put down, who is it.
// One goroutine calls Receive, one calls Send and Drain; Flush, Info, Answer and Hangup may be
// called from any goroutine.
type Leg interface {
	// Info never changes after the leg was made.
	Info() Info
	// Answer accepts an incoming leg (200 OK, then the media runs). Idempotent; nil on dialled legs.
	Answer(ctx context.Context) error
	// Receive returns the next thing heard, in media order: about one frame each 20 ms, digits
	// between them. The frame's PCM is the leg's own and valid until the next Receive: who keeps
	// it, or hands it to another goroutine, copies it. It returns io.EOF after the far end hung up
	// or the leg was hung up here.
	Receive(ctx context.Context) (Heard, error)
	// Send queues one frame to be played, without keeping its PCM; it blocks while the pacer already holds its limit (200 ms).
	Send(ctx context.Context, f media.Frame) error
	// Drain waits until everything sent has left.
	Drain(ctx context.Context) error
	// Flush drops audio that has not left yet and returns how long the far end was played to
	// since the last Flush or Drain. Cancel pending Sends first.
	Flush() (played time.Duration)
	// Hangup ends the leg: BYE, CANCEL or a final error response, whichever its state asks for. Idempotent.
	Hangup(ctx context.Context, why Cause) error
}

// Info describes a leg. It is a value; copies are safe.
type Info struct {
	ID       string            // unique in this process, printable: the SIP Call-ID for SIP legs
	From, To string            // URIs, e.g. "sip:+33612345678@trunk.example"
	FromName string            // display name, may be empty
	Called   string            // user part that was called, e.g. "hotline-en"
	Rate     int               // samples per second of Receive's frames and of what Send prefers
	Codec    string            // what is on the wire, e.g. "PCMA"
	Tag      string            // our dialog tag (RFC 3261 §12): unguessable, names the conversation
	PeerTag  string            // the far end's dialog tag
	Headers  map[string]string // incoming headers of interest (User-to-User, …), canonical names
}

// Heard is one thing from the far end: a frame of audio, or a key press.
type Heard struct {
	Frame media.Frame
	Digit byte // '0'..'9', '*', '#', 'A'..'D'; 0 when this is audio
}

// Invite asks a Dialer for a new leg.
type Invite struct {
	Addr    string            // dialable, e.g. "sip:201@192.0.2.7:5060"
	From    string            // display name to show, e.g. "Colibri Express"; quotes and control characters are left out
	Headers map[string]string // extra headers: User-to-User, Call-Info; CR and LF are refused
	RingFor time.Duration     // give up and CANCEL after this long; 0 means 20 s
	// FromUser is the user part of the address that we call from: up to 64 letters, digits and
	// the marks + - . _ ~, like "0612345678". Anything else is refused; "" means From where
	// that is a number, else "decroche".
	FromUser string
	// Facts are what configured headers may tell the far end about the call.
	Facts Facts
	// Replaces names a call of the far end that this one takes the place of (RFC 3891 §6.1), as an Ask
	// carries it; "" for none.
	Replaces string
	// Early, when not nil, hears what the far end plays before it answers.
	Early EarlySound
	// Progress, when not nil, is called (from any goroutine, must not block) with provisional statuses: 180, 183.
	Progress func(status int)
}

// Facts are words of ours about a call, for headers that an operator configures: never what a caller
// said. Each may be empty.
type Facts struct {
	Reference string // what the other side asks us by for the rest
	Reason    string // why the call is handed on
	Intent    string // what it is about: the name of an intent
	Language  string // "fr"
}

// Dialer reaches somebody by address. Dial returns once the far end answered; it returns a
// *Refused when they did not. Cancelling ctx stops the ringing at once (CANCEL).
type Dialer interface {
	Dial(ctx context.Context, to Invite) (Leg, error)
}

// Pauser is an optional ability of a Leg: Pause holds what Send queued without losing it,
// Resume plays on from there. It makes barge-in reversible.
type Pauser interface {
	Pause()
	Resume()
}

// Sink takes what a leg hears, where it comes in: a call's first steps of listening, voice detection
// above all, happen there, and a goroutine is woken only for what decides something. To wake one
// for each frame costs more than to decode and judge it.
type Sink interface {
	// Hear takes the next thing in media order. The PCM is lent until it returns. It must return at
	// once and must not call the leg; it is called by one goroutine at a time, often the clock of
	// many calls.
	Hear(h Heard)
	// Gone tells that nothing more comes: the leg has ended.
	Gone()
}

// Feeder is an optional ability of a Leg: from Feed on, what it hears goes to the sink at once,
// beginning with what was heard before. Use Feed, once, or Receive.
type Feeder interface{ Feed(to Sink) }

// Sparer is an optional ability of a Leg: Sparse lets it leave out most of the silence of a line on
// which nothing has come for 3 s. One frame in 200 ms then tells that it lasts; what comes is told
// at once, with the last moments before it. It is for who acts on sound and needs no sample of its
// absence: a recording does.
type Sparer interface {
	Sparse(yes bool)
}

// Player is an optional ability of a Leg: it plays a coded prompt that all calls share, without
// copying it and without waking anybody while it plays. Play belongs between Sends, from the same
// goroutine, and queues the whole prompt as Send queues one frame; what is sent or played next
// waits until most of it has left. Drain, Flush, Pause and Resume treat it as they treat frames.
type Player interface {
	// Codec is in what form Play takes a prompt without converting it. It may change during a
	// call; a clip in another codec of telephones is played all the same, at a cost.
	Codec() string
	Play(ctx context.Context, c *media.Clip) error
}

// Presser is an optional ability of a Leg: SendDigits presses keys on the line, 100 ms each with pauses
// between (RFC 4733, or what the far end agreed to), and waits until the last has left. keys holds 0-9,
// *, #, A-D; a comma is a pause of one second. It belongs to the goroutine that sends.
type Presser interface {
	SendDigits(ctx context.Context, keys string) error
}

// Confirmer is an optional ability of a Leg: Confirmed reports whether somebody has shown to be
// at the far end: they confirmed our answer and at least one packet of sound or keys came from
// them. A scanner's call is answered too and stays silent; no human should be fetched for it.
// Any goroutine may call it. A leg without this ability counts as confirmed.
type Confirmer interface {
	Confirmed() bool
}

// Mourner is an optional ability of a Leg: Why tells, once it has ended, what ended it: ErrHungUp when the
// far end hung up, ErrMediaTimeout, ErrDrained, context.Canceled after our own Hangup, or another failure; nil
// before. Any goroutine may call it.
type Mourner interface{ Why() error }

// Expecter is an optional ability of a Leg: from Expect on it ends with ErrMediaTimeout once nothing has come from
// its far end for within, sound or reports about sound, where its own patience is longer. On hold
// nothing is expected. 0 ends it. Any goroutine may call it.
type Expecter interface{ Expect(within time.Duration) }

// Absenter is an optional ability of a Leg whose far end can be gone for a while without the call
// ending: a browser in a network that comes and goes. Once Away was called, to is told in order that
// it is gone, and that it is back. to must return at once and must not call the leg.
type Absenter interface{ Away(to func(gone bool)) }

// Overhearer is an optional ability of a Leg: from Overhear on, to is given each frame of sound as
// it leaves for the far end, in samples of Info.Rate, wherever it came from: what the far end hears
// now, in the middle of a prompt that is playing already, too. Silence between prompts is not
// given. to is called by one goroutine at a time, often the clock of many calls: it must return at
// once, must not call the leg, and the samples are lent. nil ends it.
type Overhearer interface{ Overhear(to func(pcm []int16)) }
