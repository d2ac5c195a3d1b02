// Package call conducts one phone conversation: ears (a recogniser), mouth (a synthesiser), mind
// (a flow), and, when the mind asks for it, a human at another phone.
//
// The one idea: a call is one goroutine that owns all of the call's state and blocks on nothing
// but its select. Whatever takes time (rendering speech, waiting for the pacer, recognising,
// understanding, acting, finding an agent, ringing one) happens in goroutines of its own that
// share no state and report back by handing the conductor a function to run. Run returns only
// after every one of them has. The one exception hears: what must be done for each frame is done
// where frames come in, by a sense that shares a lock with the ears (docs/decisions/0011).
//
// It does not know SIP, storage or consoles: it is given a leg, and writes down events.
package call

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"decroche/asr"
	"decroche/flows"
	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/speech"
	"decroche/gateway/turn"
	"decroche/media"
	"decroche/media/vad"
	"decroche/tts"
)

// Recorder keeps the conversation's events, in the order of the calls. Write is called by one
// goroutine at a time and may take a moment (a disk), because the audio does not wait for it.
type Recorder interface{ Write(event.Body) }

// Shower is an optional ability of a Recorder: Show shows something that passes, such as words that
// are still being said, to those who follow the conversation, and keeps it nowhere. It never blocks.
type Shower interface{ Show(event.Body) }

// BotInfo is who answers.
type BotInfo struct {
	Name    string // name in the configuration: "colibri"
	Version string // hash of its folder, for the record
	Title   string // how it calls itself to an agent's phone: "Colibri Express"
	Lang    string // language the conversation begins in: "fr"
	// Languages are all that it speaks. When there are several, the caller's first words may show
	// in which one to go on.
	Languages []string
	Voices    map[string]string // language to engine voice; a missing one means the engine's default
	Speed     float64           // of speech; 0 means 1
	Sensitive bool              // asks for something that must not be kept (flows.Bot.Sensitive)
	Style     speech.Style      // how its words are written out and pronounced
}

// Direction says whose mouth or ear a tapped frame belongs to.
type Direction int

// Directions of a Tap.
const (
	CallerSaid Direction = iota
	CallerHeard
	AgentSaid
	AgentHeard
)

// Tap is given every frame that was heard or said, for a recording. Frame.At is counted from the
// answer of the caller's leg. The frame is the tap's own. For the two Heard directions, a frame
// without samples takes back what was queued for At and later: it was flushed, nobody heard it.
// A tap is called from several goroutines, of the audio path: it must not block.
type Tap func(dir Direction, f media.Frame)

// Session is one call. Fill in the fields, then Run once.
type Session struct {
	Conv string // conversation ID
	// Channel is what the flow takes the line for: flows.Voice when empty, or flows.Speaker for a smart
	// speaker, which has neither keys nor a screen. To all others it is a call.
	Channel flows.Channel
	Leg     leg.Leg     // the caller; Run answers it and hangs it up
	Bot     BotInfo     // who answers
	Mind    flows.Mind  // required
	State   flows.State // of a conversation that goes on in this call, a chat that is rung back; zero begins one
	Known   bool        // with State: the caller is where they were, on the same page, and knows who answers
	// Resume, which may be nil, is asked once the leg is answered, beside the loop: for the typed
	// conversation that this call goes on with as by State and Known, and its language, "" for the
	// bot's own. Nothing is taken from where it was typed before somebody is on the line.
	Resume       func(context.Context) (flows.State, string)
	Caller       string                  // where the caller can be rung; "" reads it from the leg, which is wrong for one that we dialled
	Understander flows.Understander      // may be nil: the mind understands by itself
	Actions      map[string]flows.Action // by name
	Ears         asr.Recogniser          // may be nil: then only keys are heard
	Mouth        tts.Synthesiser         // required
	Spare        tts.Synthesiser         // speaks what Mouth could not; may be nil
	Desk         agents.Router           // may be nil: then nobody can be reached
	Dial         leg.Dialer              // may be nil: then nobody can be reached
	Record       Recorder                // required
	Callbacks    event.Callbacks         // may be nil: then requests are only events
	Budget       *Budget                 // of answers prepared ahead, shared by all calls; nil: only each call's own bound
	// Link makes the page an agent may open: its URL and a reference that means nothing to
	// strangers. May be nil.
	Link func(ctx context.Context) (url, ref string, err error)
	// CRM is the customer's page for what is known now, "" for none. Any goroutine calls it. May be nil.
	CRM func() string
	// Music is what a file holds that a queue names now, nil for none: a soft tone. It may be nil itself;
	// any goroutine may call it.
	Music   func(file string) *Music
	Config  Config
	VAD     vad.Config       // voice detection; zero means its defaults
	Turn    turn.Config      // when a caller has begun and has finished; zero means its defaults
	Metrics *Metrics         // may be nil
	Log     *slog.Logger     // may be nil; never told what anybody said
	Now     func() time.Time // wall time for the flow; nil means time.Now
	Taps    []Tap
	Control *Control // by which others reach the call while it runs; nil: nobody does
	// Captions are shown what is being said, word by word; may be nil.
	Captions *event.Captions
	// Typed is what the caller writes beside the call; may be nil.
	Typed   <-chan string
	Dialled bool // we have rung them
	// Outbound is what a call has that we placed by ourselves; nil for one that came in, or by hand.
	Outbound *Outbound
	// NoCall puts a number on the list of those who are not to be rung; how is said or key. May be nil.
	NoCall func(ctx context.Context, number, how string) error
	// Recording is what records the call by one of the taps, nil when nothing does. With it the
	// mind says first that the call is recorded.
	Recording Recording
}

// errOver is the cause with which an ordinary ending stops what is still running.
var errOver = errors.New("call: is over")

// Run answers the leg and converses until somebody hangs up, the flow ends, or ctx is
// cancelled. It always hangs up, always writes event.Ended last, and returns only when nothing
// it began is running. The error is nil for every ordinary end, hang-ups included.
func (s *Session) Run(ctx context.Context) (err error) {
	c := newConductor(s, ctx)
	defer func() { err = errors.Join(err, c.close()) }() // also after a panic below
	defer func() {
		if p := recover(); p != nil {
			c.log.Error("call panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			c.outcome, c.by, c.cause = "failed", "gateway", "internal error"
			err = fmt.Errorf("call %s: internal error: %v", s.Conv, p)
		}
	}()
	return c.conduct()
}
