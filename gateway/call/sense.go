package call

import (
	"io"
	"slices"
	"sync"
	"time"

	"decroche/flows"
	"decroche/gateway/endpointing"
	"decroche/gateway/leg"
	"decroche/gateway/turn"
	"decroche/media"
)

// sense is the half of the ears that listens where the frames come in: on the leg's clock, or on
// the goroutine that waits for a leg which has none. It detects voice and turns, keeps the moments
// before a word, and gives speech to the recogniser. The conductor is woken for decisions, not for
// frames: a call in which nobody speaks sleeps.
//
// It implements leg.Sink. Its lock is held for microseconds and nothing of ours is called under it.
type sense struct {
	// constant
	wake    chan struct{} // a token when there is something for the conductor
	deaf    bool          // there is no recogniser
	preRoll int           // frames

	mu      sync.Mutex
	end     *endpointing.Endpointer
	floor   *turn.Floor // who has it while a prompt plays; nil in an agent's ears
	plays   bool        // a prompt does
	prompts int         // that have begun or ended
	before  preRoll
	clock   time.Duration // media time of the end of the last frame
	voiced  time.Duration // the same of the last one that may be speech
	still   int           // frames since then, as far as they are counted
	cur     *stretch      // being spoken; nil in silence
	want    *flows.Expect // for the endpointer, once nobody speaks
	each    bool          // every frame goes to the conductor as well
	shut    bool          // nothing is listened to
	sounds  []sound       // for the conductor, oldest first
	frames  int           // of them with sound
	missed  int           // frames that the conductor was too late for
	keys    int           // of the sounds
	lost    int           // keys that the conductor was too late for
}

// sound is one thing that the conductor is woken for.
type sound struct {
	heard   leg.Heard    // a key, or a frame where each is wanted
	event   turn.Event   // of the turn detector
	of      *stretch     // what event and pause are about
	pause   bool         // a silence in of lasts: an answer may be prepared
	verdict turn.Verdict // of the floor
	prompts int          // for which prompt
	gone    error        // the leg has ended
}

// pauses are the lengths of a silence, in frames, at which the conductor is told of it: when an answer
// may first be prepared, and again should that not have been possible. Words that come meanwhile are
// a reason of their own.
var pauses = [...]int{int(guessAfter / media.FrameTime), 10, 20}

// keyRoom is how many keys wait for the conductor: more nobody presses while it is busy, but a packet
// each makes them.
const keyRoom = 64

func newSense(c *conductor, floor *turn.Floor) *sense {
	return &sense{wake: make(chan struct{}, 1), deaf: c.s.Ears == nil, preRoll: int(c.cfg.PreRoll / media.FrameTime),
		end: endpointing.New(c.s.VAD, c.s.Turn), floor: floor}
}

// Hear implements leg.Sink.
func (s *sense) Hear(h leg.Heard) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h.Digit != 0 {
		if s.keys == keyRoom {
			s.lost++
			return
		}
		s.keys++
		s.tell(sound{heard: h})
		return
	}
	var r sound
	told := !s.shut && s.listen(h.Frame, &r)
	switch {
	case !s.each:
	case s.frames == earRoom: // the conductor is stuck: events must not be lost, sound may
		s.missed++
	default:
		s.frames++
		r.heard, told = h, true
	}
	if told {
		s.tell(r)
	}
}

// Gone implements leg.Sink.
func (s *sense) Gone() { s.left(io.EOF) }

// left tells that the leg has ended, and why.
func (s *sense) left(why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tell(sound{gone: why})
}

// listen takes one frame and reports whether r has become something to tell; mu is held.
func (s *sense) listen(f media.Frame, r *sound) (told bool) {
	s.clock = f.At + f.Len()
	d := s.end.Frame(f)
	on := d.Voice >= 0.5
	if on {
		s.voiced, s.still = s.clock, 0
	} else {
		s.still++
	}
	if d.Kind == turn.Started && s.cur == nil {
		s.cur = newStretch()
		if s.deaf {
			s.before.forget()
		}
		s.before.move(s.cur)
	}
	var o turn.Overlap
	if s.plays || on && s.cur != nil {
		o = d.Overlap(f.PCM)
	}
	r.event, r.of = d.Event, s.cur
	switch {
	case s.cur == nil:
		s.before.keep(f, s.preRoll)
	default:
		if on {
			s.cur.level.add(o.Level)
		}
		if !s.deaf {
			s.cur.push(f, !on && s.still%quietBatch == 1)
		}
		r.pause = d.Kind != turn.Ended && slices.Contains(pauses[:], s.still)
	}
	if s.plays {
		r.verdict, r.prompts = s.floor.Frame(s.clock, o), s.prompts
	}
	if d.Kind == turn.Ended && s.cur != nil {
		s.over()
	}
	return d.Kind != turn.None || r.pause || r.verdict.Do != turn.Keep
}

// over ends what is being spoken; mu is held.
func (s *sense) over() {
	s.cur.close()
	s.cur = nil
	s.expectNow()
}

// expectNow gives the detector what is expected, but never in the middle of somebody's speech:
// that would make it forget that they are speaking. mu is held.
func (s *sense) expectNow() {
	if s.cur == nil && s.want != nil {
		s.end.Expect(*s.want)
		s.want = nil
	}
}

// tell keeps r for the conductor, with a copy of its sound; mu is held.
func (s *sense) tell(r sound) {
	var pcm []int16
	if n := len(s.sounds); n < cap(s.sounds) { // a buffer from before
		pcm = s.sounds[:n+1][n].heard.Frame.PCM[:0]
	}
	r.heard.Frame.PCM = append(pcm, r.heard.Frame.PCM...)
	s.sounds = append(s.sounds, r)
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// take returns what there is for the conductor, oldest first, in exchange for what it took before;
// missed is how many frames were lost because it was late, keys how many keys.
func (s *sense) take(used []sound) (sounds []sound, missed, keys int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sounds, missed, keys = s.sounds, s.missed, s.lost
	s.sounds, s.frames, s.missed, s.keys, s.lost = used[:0], 0, 0, 0, 0
	return sounds, missed, keys
}

// now is the media time of the end of the last frame.
func (s *sense) now() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock
}

// lastVoice is the media time of the end of the last voice.
func (s *sense) lastVoice() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.voiced
}

// silent is for how long there has been no voice.
func (s *sense) silent() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock - s.voiced
}

// expect tells what the flow waits for now.
func (s *sense) expect(x flows.Expect) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.want = &x
	s.expectNow()
}

// words tells what was understood so far of what is being spoken.
func (s *sense) words(of *stretch, text, lang string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cur == of {
		s.end.Words(text, lang)
	}
}

// botSpeaks tells the detector that our own sound may come back as an echo.
func (s *sense) botSpeaks(yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end.BotSpeaking(yes)
}

// leave stops listening to of. With x the detector forgets what was spoken and waits for that;
// without it goes on: what is left of the speech is nobody's.
func (s *sense) leave(of *stretch, x *flows.Expect) {
	s.mu.Lock()
	defer s.mu.Unlock()
	of.close()
	if s.cur != of { // somebody speaks again already
		return
	}
	s.cur = nil
	if x != nil && s.want == nil {
		s.want = x
	}
	s.expectNow()
}

// attend says whether every frame goes to the conductor, and whether nothing else is done with it.
func (s *sense) attend(each, shut bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.each, s.shut = each, shut
}

// ask lets do ask the floor, which frames ask too.
func (s *sense) ask(do func(f *turn.Floor) turn.Verdict) turn.Verdict {
	s.mu.Lock()
	defer s.mu.Unlock()
	return do(s.floor)
}

// playing tells that a prompt, or the next sentence of it, is being heard.
func (s *sense) playing(p turn.Prompt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plays = true
	s.floor.Begin(p)
}

// played tells that the prompt is over or was given up. What was decided about it and not yet told
// is void.
func (s *sense) played() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plays = false
	s.prompts++
	s.floor.End()
}

// learn tells the floor how loud the caller's words were.
func (s *sense) learn(of *stretch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if of != nil {
		s.floor.Learn(of.level.mean())
	}
}

// already tells the floor that h was being said when the prompt was to begin.
func (s *sense) already(h *hearing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.floor.Already(s.clock, s.clock-h.start, h.of.level.mean())
}

// stale reports whether r was decided about a prompt that is no more.
func (s *sense) stale(r sound) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return r.prompts != s.prompts
}
