package call

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"decroche/flows"
	"decroche/tts"
)

// guess is an answer prepared while the caller may still be speaking: speculation. In the silence
// that may end their turn, the words so far are understood, the mind takes a turn on a copy of the
// state, and the first sentence of its answer is rendered. Turn asks for things and does none, so
// that a guess which turns out wrong leaves nothing behind: no event, no state, no action.
//
// The final words decide. The same input: the answer stands. The same words, heard with another
// confidence: the mind takes its turn again and saves only the understanding. Whatever the words,
// the sound is used when the answer begins with that sentence: same meaning, same slots.
type guess struct {
	// constant
	in     flows.Input
	began  time.Time
	cancel context.CancelFunc

	thought chan struct{} // closed when the mind is through; then the following are constant
	meaning *flows.Meaning
	late    error // of the understander
	out     flows.Output
	err     error
	took    time.Duration

	// of the conductor
	adopted bool          // the caller's turn had these words
	saved   time.Duration // by then
	clip    *clip         // first sentence; nil when there is none (yet)
	of      tts.Utterance // what clip says
	begun   time.Time     // when clip was
	release func()
}

const (
	// guessAfter is the silence in which an answer is prepared: shorter ones are closures of
	// consonants, and the recogniser's words come as late.
	guessAfter = 100 * time.Millisecond
	// strain is how late a goroutine may start before the machine counts as loaded, and strained
	// for how long nothing is prepared then.
	strain, strained = 10 * time.Millisecond, time.Second
)

// Budget bounds what all calls of a process spend on answers that may never be said: so many
// guesses at once, and none while the machine is late. The zero value and nil allow none and all.
type Budget struct {
	slots chan struct{}
	until atomic.Int64 // the machine is late until then, Unix nanoseconds
}

// NewBudget allows n guesses at once.
func NewBudget(n int) *Budget { return &Budget{slots: make(chan struct{}, n)} }

// take asks for a slot; who gets one calls the function when they need it no more.
func (b *Budget) take() (release func(), ok bool) {
	if b == nil {
		return func() {}, true
	}
	if time.Now().UnixNano() < b.until.Load() {
		return nil, false
	}
	select {
	case b.slots <- struct{}{}:
		return sync.OnceFunc(func() { <-b.slots }), true
	default:
		return nil, false
	}
}

// started tells how long a goroutine waited for its turn.
func (b *Budget) started(waited time.Duration) {
	if b != nil && waited > strain {
		b.until.Store(time.Now().Add(strained).UnixNano())
	}
}

// mayGuess is told with each frame of silence within a turn.
func (c *conductor) mayGuess(h *hearing) {
	if !c.cfg.Speculate || h.guessed == h.version || h.done || time.Since(c.guessAt) < c.cfg.SpeculateEvery {
		return
	}
	if c.out.Next != flows.Listen || c.saying != nil || c.thought != nil || c.ready != nil || c.keys != "" || len(c.hints) > 0 || c.handoff != nil || !c.turn.holds(h) {
		return
	}
	in, _, _ := c.turnInput()
	if plainWords(in.Text) == "" || c.guess != nil && c.guess.fits(in) {
		return
	}
	h.guessed, c.guessAt = h.version, time.Now()
	c.dropGuess()
	release, ok := c.s.Budget.take()
	if !ok {
		c.s.Metrics.count(speculations, "skipped")
		return
	}
	ctx, cancel := context.WithTimeoutCause(c.ctx, c.cfg.ThinkTimeout, errors.New("an answer prepared ahead took too long (call.think_timeout)"))
	g := &guess{in: in, began: c.guessAt, cancel: cancel, thought: make(chan struct{}), release: release}
	c.guess = g
	st := flows.State{Raw: append(json.RawMessage(nil), c.state.Raw...)}
	want, now := c.out.Expect, c.now()
	c.spawn(func() {
		handed := false
		defer func() {
			if !handed {
				g.release()
			}
		}()
		c.s.Budget.started(time.Since(g.began))
		c.prepare(ctx, g, st, want, now)
		handed = c.post(func() { c.renderGuess(g) })
	})
}

// prepare lets the mind take its turn, away from the conductor.
func (c *conductor) prepare(ctx context.Context, g *guess, st flows.State, want flows.Expect, now time.Time) {
	defer close(g.thought)
	defer func() { g.took = time.Since(g.began) }()
	in := g.in
	in.Now = now
	if c.s.Understander != nil {
		in.Meaning, g.late = c.askUnderstander(ctx, in.Text, want)
		g.meaning = in.Meaning
	}
	g.out, g.err = c.decide(ctx, st, in)
}

// renderGuess begins to render the first sentence of g's answer, when it is still of use.
func (c *conductor) renderGuess(g *guess) {
	if c.guess != g && (c.thought == nil || c.thought.guess != g) || g.err != nil {
		g.release()
		return
	}
	lang := g.out.Lang
	if lang == "" {
		lang = c.lang
	}
	say := g.out.Say
	if g.out.Next == flows.HandOff && len(say) == 0 && g.out.Transfer != nil {
		say = []flows.Prompt{g.out.Transfer.Say}
	}
	prompts, parts := split(c.s.Bot.Style, say, lang)
	if len(parts) == 0 {
		g.release()
		return
	}
	g.of, g.begun = c.utteranceOf(parts[0], prompts), time.Now()
	if g.clip = c.coded(g.of); g.clip != nil {
		g.release()
		return
	}
	cl, cctx := newClip(c.ctx, ahead)
	g.clip = cl
	c.spawn(func() {
		defer g.release()
		c.fillClip(cctx, g.of, cl, true)
	})
}

// fits reports whether in has the words that g was made for, said at the same moment.
func (g *guess) fits(in flows.Input) bool {
	return in.Kind == flows.Said && in.Lang == g.in.Lang && in.Cut == g.in.Cut && in.Heard == g.in.Heard && plainWords(in.Text) == plainWords(g.in.Text)
}

// same reports whether the mind would be told exactly what g was told.
func (g *guess) same(in flows.Input) bool {
	in.Now, in.Meaning = g.in.Now, g.in.Meaning
	return reflect.DeepEqual(in, g.in)
}

// dropGuess throws away what was prepared, if anything was.
func (c *conductor) dropGuess() {
	g := c.guess
	c.guess = nil
	c.discard(g)
}

// discard ends g without trace.
func (c *conductor) discard(g *guess) {
	if g == nil {
		return
	}
	g.cancel()
	if g.clip != nil {
		g.clip.cancel()
		g.clip = nil
	}
	if !g.adopted {
		c.s.Metrics.count(speculations, "discarded")
	}
}

// adopt hands over the guess that was made for in, nil when there is none; others are of no use
// any more, but their sound may be: another way to say the same gets the same answer.
func (c *conductor) adopt(in flows.Input) *guess {
	g := c.guess
	c.guess = nil
	if g == nil {
		return nil
	}
	if g.fits(in) {
		g.adopted = true
		c.s.Metrics.count(speculations, "used")
		return g
	}
	if in.Kind != flows.Said || g.clip == nil {
		c.discard(g)
		return nil
	}
	return g
}

// answerAhead is what g's mind decided about in, waiting until it is through. ok is false when
// the mind has to take its turn: then meaning is what the understander said, if known is true.
func (c *conductor) answerAhead(ctx context.Context, g *guess, in flows.Input) (out flows.Output, meaning *flows.Meaning, known, ok bool) {
	if g == nil || !g.adopted {
		return out, nil, false, false
	}
	asked := time.Now()
	select {
	case <-g.thought:
	case <-ctx.Done():
		return out, nil, false, false
	}
	g.saved = min(g.took, asked.Sub(g.began))
	if g.late != nil {
		c.understanderFailed(ctx, g.late)
	}
	return g.out, g.meaning, true, g.err == nil && g.same(in)
}

// soundAhead takes g's sound when it says u; nil when it does not.
func (c *conductor) soundAhead(u tts.Utterance) *clip {
	g := c.taking
	if g == nil || g.clip == nil || g.of != u || g.clip.failure() != nil {
		return nil
	}
	cl := g.clip
	g.clip = nil
	if !g.adopted { // other words, the same answer
		g.adopted = true
		c.s.Metrics.count(speculations, "used")
	}
	if first := cl.firstAt(); !first.IsZero() {
		g.saved += first.Sub(g.begun)
	} else {
		g.saved += time.Since(g.begun)
	}
	return cl
}

// taken ends the guess whose answer is being said, or was of no use.
func (c *conductor) taken() {
	g := c.taking
	c.taking = nil
	if g == nil {
		return
	}
	if g.adopted {
		c.s.Metrics.spared(g.saved)
	}
	c.discard(g)
}
