package flows

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"decroche/flows/entity"
)

// State is one conversation's memory: opaque JSON, safe to store and to reload into a newer
// build. The zero State is a conversation that has not begun.
type State struct{ Raw json.RawMessage }

// Channel is where the conversation takes place.
type Channel string

// Channels of a conversation.
const (
	Voice   Channel = "voice"
	Text    Channel = "text"
	Speaker Channel = "speaker"
)

// Kind says what happened on the other side since the last turn.
type Kind string

// Kinds of Input.
const (
	Start    Kind = "start"    // the conversation begins
	Said     Kind = "said"     // the caller said or typed Text
	Digits   Kind = "digits"   // the caller keyed Digits
	Silence  Kind = "silence"  // the caller said nothing for Expect.Silence
	Acted    Kind = "acted"    // the action asked for ended with Outcome and Result
	Returned Kind = "returned" // the hand-off ended with Outcome and the caller is back
	// Moved says that the conversation goes on over Channel: a chat that is rung back, a call that
	// goes on in writing, or, with the Channel it had, a host that was restarted. Everything known is
	// kept and the open question is said again; an action or hand-off that was out is taken for lost.
	Moved Kind = "moved"
	// Taken says that a person took the caller over, unasked. The conversation waits as it does for
	// a hand-off, until Returned or Resume; an action that was out is taken for lost.
	Taken Kind = "taken"
	// Resume says that a person who has the caller gives them back: at Step, with Slots changed. It
	// may come in place of Returned, and whenever the caller is waited for.
	Resume Kind = "resume"
	// Aside says that the caller says Text while they wait for the person of a hand-off. Say answers
	// what words alone can answer, Next is HandOff without a Transfer: it goes on. It is answered to
	// nobody else, and how the hand-off ended is told as if nothing had been asked.
	Aside  Kind = "aside"
	Hangup Kind = "hangup" // the caller left; the engine only closes its books
)

// Input is one turn from the caller, whether spoken, keyed or typed, or the answer to an
// Act or HandOff the engine asked for.
type Input struct {
	Kind    Kind
	Channel Channel // with Start and Moved; later turns keep it
	// Lang is with Start the language to begin in, "fr" or "en", the bot's default when empty;
	// with Said the language that Text is in, when the recogniser told it: the conversation goes on
	// in that one.
	Lang string
	// ID is, with Start and Moved, the conversation's name at its host: samples of surveys are drawn by
	// it, so that the same contact is always decided alike. A conversation keeps what it drew first;
	// "" is asked always.
	ID           string
	Caller       string        // with Start and Moved: where the caller can be rung, a number or "sip:USER@HOST"; may be empty
	Text         string        // with Said
	Confidence   float64       // of the recogniser; 0 means unknown; typed text says 1
	Alternatives []Alternative // other readings, best first, without Text
	Meaning      *Meaning      // with Said: what the Understander made of Text; nil lets the engine ask its own
	Digits       string        // with Digits
	Outcome      string        // with Acted and Returned
	// Instead, with Returned, is what the queue proposes in place of a person: "callback", "message",
	// "bot" (go on without one); "" leaves it to the flow. A route of the flow's own comes first.
	Instead string
	// Apart, with Returned, says that nobody can be put through to this door at all, whoever is there: a
	// skill of somebody else's speaker.
	Apart bool
	// Opens, with Returned, is when somebody is there again, for "closed"; zero: nobody can tell.
	Opens    time.Time
	Result   map[string]any // with Acted: {"status": 200, "body": …}
	Cut      bool           // the caller spoke over the last prompt
	Heard    string         // with Cut: the part of the last prompt that was really heard
	Known    bool           // with Moved: the caller knows already who answers, it is not said again
	Recorded bool           // with Start and Moved: the call is about to be recorded, say so
	// Hint, with Said, Digits and Silence, is what a supervisor tells the flow: a fact or a wish of
	// the caller's in a few words ("commande 45 12 78 01"). Where the flow can use it, it is taken
	// in place of what the caller did; Output.Hint says what became of it.
	Hint  string
	Step  string            // with Resume: "flow/step", or "step" of the running flow; "" is the open question
	Slots map[string]string // with Resume, and with Outbound: values as they would be typed; "" empties the slot
	Now   time.Time         // wall time; templates render it in the bot's timezone
	// Outbound, with Start and Moved, says that we have rung them, and what for.
	Outbound *Outbound
}

// Alternative is another reading of what the caller said.
type Alternative struct {
	Text       string
	Confidence float64
}

// Next is what the host should do after saying Output.Say.
type Next string

// Nexts of an Output.
const (
	Listen  Next = "listen"
	DoAct   Next = "act"
	HandOff Next = "hand_off"
	End     Next = "end"
)

// Output is one turn from the bot.
type Output struct {
	State    State
	Lang     string // language of the conversation now; may change when the caller asks
	LangWhy  string // why this turn changed it, "heard" or "asked"; "" when it did not
	Say      []Prompt
	Next     Next
	Expect   Expect    // meaningful when Next is Listen
	Act      *Act      // non-nil exactly when Next is DoAct
	Transfer *Transfer // non-nil exactly when Next is HandOff, and that is no answer to Aside
	Callback *Callback // non-nil when the flow took a callback request: the host stores it
	Rating   *Rating   // non-nil when the caller answered a survey: the host records it
	Unclear  []Unclear // what was not understood, or understood wrongly, as this turn found out
	// StopRecording says that the call is to be recorded no longer, and what there is to be deleted.
	StopRecording bool
	Outcome       string      // when Next is End: "resolved", "abandoned", "callback", "failed", …; after Hangup OutcomeUnconfirmed too
	Slots         []SlotValue // every slot known now, in the order it was filled
	Intent        string      // intent of the running flow, "" at the start
	Trace         []Step      // steps visited in this turn, in order
	// Person is, in the turn that found it out, whether who answered our call is who it is for:
	// PersonConfirmed or PersonDenied.
	Person string
	// DoNotCall says that the caller does not want to be rung by us any more, and was told that they
	// will not be: the host sees to it, for ever.
	DoNotCall bool
	// Hint is what became of Input.Hint: HintUsed, HintSensitive, HintUnclear, or "" without one.
	Hint string
	// Sensitive says that the words of this turn's Input told, or were to tell, the value of a
	// sensitive slot: the host keeps Masked in their place.
	Sensitive bool
}

// Prompt is one thing to say or to show. Voice is what is spoken (numbers written out),
// Text what is shown; both are filled for every channel.
type Prompt struct {
	ID    string // "flow/step" or "policy/…"; stable across turns, used by the prompt cache and tests
	Text  string
	Voice string
	SSML  string // Voice with the marks of the flow, a whole <speak> document; "" when it has none
	Lang  string
	Barge bool // the caller may interrupt; false only for `interrupt: false` steps
	Slow  bool `json:",omitempty"` // the caller asked for slower speech, from here on
	Quick []string
}

// Expect tells the ears what is likely next.
type Expect struct {
	Entity  string        // base type: "digits", "spelled", "yes_no", "date", "list"; "text" and "" are free speech
	Digits  int           // number of digits when known, 0 otherwise: DTMF and endpointing end a turn there
	Layout  string        // "pairs" or "singles" when the prompt asked for it
	Hints   []string      // phrases likely now
	Silence time.Duration // give up waiting after this long; never 0 when Next is Listen
	DTMF    bool          // keys are welcome
	Slot    string        // slot being filled, "" otherwise
	// Sensitive says that the slot being filled is: the host keeps Masked in place of what is said
	// and keyed, and writes it nowhere.
	Sensitive bool
	// Spec is what Entity names in full, with its pattern, its values and, for phone numbers, the
	// country; its Length is what is still missing. The zero Spec is free speech.
	Spec entity.Spec
	// Ends are the end-of-turn times that the step sets itself.
	Ends Ends
}

// Ends are how long a silence ends the caller's turn; zero leaves it to the table of gateway/turn.
// They are apart from Expect.Silence, which is how long the caller may say nothing at all.
//
// Example: listen: {pause: 900ms, complete: 200ms}
type Ends struct {
	Pause    time.Duration // while the answer may go on
	Complete time.Duration // once it is complete: nothing can follow
}

// Act asks the host to run one action elsewhere and to come back with Acted.
type Act struct {
	Name           string // "http"
	Args           map[string]any
	IdempotencyKey string
	Secrets        []string      `json:",omitempty"` // values of sensitive slots, for Mask: no error about the action may show them
	Deadline       time.Duration // the host answers outcome "timeout" when it passes
	Filler         Prompt        // said on voice when the action takes longer than FillerAfter; Voice may be ""
	FillerAfter    time.Duration // 1.2 s by default
	Late           Prompt        // said on voice after Filler, at LateAfter at the latest; Voice may be ""
	LateAfter      time.Duration // 8 s by default; sooner where the host would be silent for too long
}

// Rung is whom a hand-off asks when nobody of the rungs before takes the caller.
type Rung struct {
	Skills []string
	Queue  string // in which they wait; "" is the one whose skills these are
}

// Transfer asks for a human.
type Transfer struct {
	Skills   []string
	Then     []Rung // asked after Skills, in this order
	Queue    string // of the gateway's configuration; "": found by Skills
	Priority int    // 0..10
	VIP      bool
	Owner    string    // the customer's own agent, by name or title; "": none
	Reason   string    // of Reasons, or a word of the flow's own
	Say      Prompt    // said before ringing, may be empty
	Summary  []string  // facts for the agent, one sentence each, in the bot's language: who, why, slots, what was tried
	Briefing string    // what the agent hears, at most about 10 seconds
	Topic    string    // title of the intent, "" when none was understood
	Articles []Article // the bot's knowledge that fits the conversation best, at most five, best first
	MaxWait  time.Duration
}

// Callback is a request to be rung back.
type Callback struct {
	Phone  string
	Reason string
	Window string // free words of the flow: "9h-18h lun-ven"
	// Message is what the caller leaves to whoever reads it, in their words; "" when they are to be
	// rung. Phone may be empty then.
	Message string
}

// Rating is what the caller thought of the conversation.
type Rating struct {
	Survey  string // name in bot.yaml
	Score   int    // 1..Scale, more is better
	Scale   int
	Comment string // in the caller's words; may be empty
}

// Unclear is an utterance that taught us something: nobody understood it, or it was taken for
// something else at first. Flow builders find it in their inbox.
type Unclear struct {
	Text   string
	Guess  string  // best intent at the time, "" when none
	P      float64 // its confidence
	Why    string  // "no_match", "clarified", "corrected", "transferred"
	Asked  string  // what the bot had asked, a slot or "flow/step"; "" when any wish was welcome
	Intent string  // what was meant, when the conversation showed it; "" when not
}

// Article is one piece of knowledge, as an agent sees it.
type Article struct {
	ID    string  `json:"id"`
	Title string  `json:"title"`
	Short string  `json:"short"` // two sentences at most, fit for the voice
	Score float64 `json:"score"` // 0..1
}

// SlotValue is one thing the caller told us.
type SlotValue struct {
	Name       string  `json:"name"`
	Value      string  `json:"value"`
	Shown      string  `json:"shown"` // as a person reads it: "45 12 78 01"
	Confidence float64 `json:"confidence"`
	Confirmed  bool    `json:"confirmed"`
	Customer   bool    `json:"customer,omitempty"` // it tells who the customer is: an account, a contract
}

// Step is one step the engine passed, for the record and for tests.
type Step struct {
	Flow string `json:"flow"`
	Step string `json:"step"`
	Note string `json:"note,omitempty"` // "no_match 1", "intent suivi_colis 0.83", "corrected numero_commande"
}

// Action is work a flow may ask for. It is run by the host (call, chat), never by the engine.
type Action interface {
	Spec() Spec
	// Run does the work. An error is a wiring fault; failures of the far system are outcomes ("404", "error", "timeout").
	Run(ctx context.Context, args map[string]any) (Done, error)
}

// Spec lets the loader prove before the first call that every outcome has a route.
type Spec struct {
	Name     string
	Outcomes []string
}

// Done is what an action found out.
type Done struct {
	Outcome string
	Result  map[string]any
}

// Meaning is what the caller meant.
type Meaning struct {
	Intent     string  // best intent; "" when none
	Confidence float64 // calibrated, 0..1
	Second     string  // runner-up, for clarification
	Margin     float64 // Confidence minus the runner-up's
}

// ErrOwnMind is an Understander's way to have no opinion: the host then gives the engine no
// Meaning, and nobody is told of a failure.
var ErrOwnMind = errors.New("flows: the engine's own mind is to understand")

// Understander maps words to meaning. It may be remote, so it has a deadline (ctx).
type Understander interface {
	Understand(ctx context.Context, text string, want Expect) (Meaning, error)
}
