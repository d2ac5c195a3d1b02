package call

import (
	"sync/atomic"
	"time"

	"decroche/gateway/leg"
	"decroche/media"
)

// earlyPause is how long sound before the answer may be silent and still be a ringback: the longest pauses
// between two rings are those of North America, 4 s (ITU-T E.180, supplement 2).
const earlyPause = 5 * time.Second

// earlyLoud is the peak, of 32767, from which on a frame is sound.
const earlyLoud = 200

// early is what an agent's side lets the caller hear before it answers: its ringback, an announcement. The
// caller hears it in place of our tone, never both, and ours again when it falls silent.
type early struct {
	at    *attempt
	clip  *clip
	loud  atomic.Int64 // when the last sound came, in nanoseconds since 1970
	heard atomic.Bool  // the caller hears it
}

// hearEarly is for Invite.Early. What a phone plays while an agent passes the caller on is for nobody: the
// caller is on hold, and still the agent's.
func (at *attempt) hearEarly() leg.EarlySound {
	c := at.h.c
	cl, _ := stream(at.ctx)
	e := &early{at: at, clip: cl}
	return func(f media.Frame) {
		if sounds(f.PCM) {
			e.loud.Store(time.Now().UnixNano())
			if !e.heard.Load() {
				select {
				case c.posts <- e.begin:
				default: // with the next frame
				}
			}
		}
		f.PCM = append([]int16(nil), f.PCM...) // they are the line's
		cl.feed(f)
	}
}

func sounds(pcm []int16) bool {
	for _, v := range pcm {
		if v > earlyLoud || v < -earlyLoud {
			return true
		}
	}
	return false
}

// silent is for how long nothing has been heard.
func (e *early) silent() time.Duration { return time.Since(time.Unix(0, e.loud.Load())) }

// begin lets the caller hear it, but for while they are being told something: then they hear our tone until
// its next sound, and no pause of which they do not know what it is.
func (e *early) begin() {
	h := e.at.h
	if h.at != e.at || e.at.closed || e.at.stage >= briefing || e.at.on != nil || h.early == e || h.c.saying != nil || h.over {
		return
	}
	h.early = e
	e.heard.Store(true)
	e.watch()
	e.at.stream(h.c.ctx, h.c.mouth, e.clip)
}

// watch gives the caller our tone back when nothing is heard any more.
func (e *early) watch() {
	h := e.at.h
	if h.early != e {
		return
	}
	if rest := earlyPause - e.silent(); rest > 0 {
		h.c.alarms.in(rest, "early", e.watch)
		return
	}
	h.endEarly()
}

// endEarly ends what is heard before an answer: our tone is heard again.
func (h *handoff) endEarly() {
	if h.early == nil {
		return
	}
	h.dropEarly()
	if !h.over && h.c.saying == nil {
		h.hold()
	}
}

// dropEarly forgets it: something else is heard.
func (h *handoff) dropEarly() {
	if h.early != nil {
		h.early.heard.Store(false)
		h.early = nil
		h.c.alarms.clear("early")
	}
}
