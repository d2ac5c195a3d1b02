package record

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"decroche/gateway/store"
	"decroche/media"
	"decroche/media/wav"
)

// Channel is a side of a recording.
type Channel int

// Channels: the caller is on the left, on the right what the caller heard of us.
const (
	Caller Channel = iota
	Ours
)

// ErrNotKept means that a recording ended without a file, as it should: nobody had been told of
// it, the caller refused, or it was erased.
var ErrNotKept = errors.New("record: the recording was not kept")

// Take is one recording in the making. Any goroutine may call its methods; all but Finish return
// at once, whatever the disk does. Times are counted from the answer of the call.
type Take struct {
	r    *Recorder
	rec  store.Recording // constant after Begin
	wake chan struct{}   // a token when run should look
	done chan struct{}   // closed when run has ended

	mu        sync.Mutex
	tracks    [2]track
	win       window
	queue     []segment // left the window, not yet on its way to the disk
	waiting   int       // chunks among them
	spans     wav.Spans
	announced bool
	pausing   bool
	paused    time.Duration // so far
	dropped   time.Duration
	over      bool   // nothing more is taken
	why       string // result of the metrics when it is not kept; "" to keep it

	result store.Recording // set by run before done is closed
	err    error
}

// segment is a piece of the time line on its way to the disk.
type segment struct {
	c    *chunk // nil: silence
	n    int64  // samples
	over bool   // silence for the last n samples before it, which may be on the disk
}

func newTake(r *Recorder, rec store.Recording) *Take {
	t := &Take{r: r, rec: rec, wake: make(chan struct{}, 1), done: make(chan struct{})}
	t.tracks[Caller].mute(0) // until they know
	return t
}

// Frame lays f where its time says. A frame without samples takes back what is on its channel from
// its time on: it was queued and never heard. f stays the caller's.
func (t *Take) Frame(ch Channel, f media.Frame) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over || f.At < 0 || f.At >= t.r.cfg.MaxLength {
		return
	}
	tr := &t.tracks[ch]
	if len(f.PCM) == 0 {
		from := sampleAt(f.At)
		t.win.blank(ch, from, forever)
		t.spans.Cut(int(ch), f.At)
		tr.takeBack(from)
		return
	}
	pcm := tr.atRate(f)
	pos := tr.place(sampleAt(f.At), len(pcm))
	if gone := t.win.base - pos; gone > 0 {
		gone = min(gone, int64(len(pcm)))
		t.lose(late, span(gone))
		pcm, pos = pcm[gone:], pos+gone
	}
	t.lay(ch, pos, pcm, f.Origin)
}

// lay writes what no mute covers; mu is held.
func (t *Take) lay(ch Channel, pos int64, pcm []int16, o media.Origin) {
	end := pos + int64(len(pcm))
	t.advance(end)
	put := func(from, to int64) {
		if from < to {
			t.win.lay(ch, from, pcm[from-pos:to-pos])
			t.spans.Add(int(ch), span(from), span(to-from), o)
		}
	}
	from := pos
	for _, m := range t.tracks[ch].mutes {
		put(from, min(m.from, end))
		from = max(from, min(m.to, end))
	}
	put(from, end)
}

// advance passes on what is older than the window when it reaches to end; mu is held.
func (t *Take) advance(end int64) {
	for end-t.win.base >= holdSamples+chunkSamples {
		t.pass(t.win.pop(), chunkSamples)
	}
	for i := range t.tracks {
		t.tracks[i].forget(t.win.base)
	}
}

// pass queues n samples for the disk; nil is silence. mu is held.
func (t *Take) pass(c *chunk, n int64) {
	if c != nil && t.waiting >= int(t.r.cfg.Buffer/(chunkSamples*time.Second/rate)) {
		t.lose(slow, span(n))
		chunks.Put(c)
		c = nil
	}
	if c != nil {
		t.waiting++
	} else if last := len(t.queue) - 1; last >= 0 && t.queue[last].c == nil && !t.queue[last].over {
		t.queue[last].n += n
		return
	}
	t.queue = append(t.queue, segment{c: c, n: n})
	t.poke()
}

// lose counts sound that is silence now; mu is held.
func (t *Take) lose(reason string, d time.Duration) {
	t.dropped += d
	t.r.m.lost(reason, d)
}

func (t *Take) poke() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// Announced says that the caller has heard, at that time, that the call is recorded: from then on
// their side is kept too. A Take that ends before is not kept at all.
func (t *Take) Announced(at time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.announced {
		t.announced = true
		t.mute(at)
	}
}

// Pause leaves out what either side says from a time on: silence takes its place. What was laid
// for later already is taken out again, also where it is on the disk already.
func (t *Take) Pause(at time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return
	}
	t.pausing = true
	t.mute(at)
	from := sampleAt(at)
	for ch := range t.tracks {
		t.win.blank(Channel(ch), from, forever)
	}
	t.spans.Cut(int(Ours), at)
	if n := t.win.base - from; n > 0 {
		t.queue = append(t.queue, segment{n: n, over: true})
		t.poke()
	}
}

// Resume ends a Pause.
func (t *Take) Resume(at time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pausing = false
	t.mute(at)
}

// mute opens and closes the stretches of which nothing is kept; mu is held.
func (t *Take) mute(at time.Duration) {
	for ch := range t.tracks {
		if t.pausing || Channel(ch) == Caller && !t.announced {
			t.tracks[ch].mute(sampleAt(at))
		} else if d := t.tracks[ch].unmute(sampleAt(at)); Channel(ch) == Ours {
			t.paused += d
		}
	}
}

// Refuse ends the recording and deletes what there is of it: the caller does not want it.
func (t *Take) Refuse() { t.discard(refused) }

func (t *Take) discard(why string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return
	}
	t.over, t.why = true, why
	t.empty()
	t.poke()
}

// empty gives back all memory of what is not on the disk; mu is held.
func (t *Take) empty() {
	for _, s := range t.queue {
		if s.c != nil {
			chunks.Put(s.c)
		}
	}
	for _, c := range t.win.held {
		if c != nil {
			chunks.Put(c)
		}
	}
	t.queue, t.waiting, t.win.held = nil, 0, nil
}

// Finish ends the recording at the end of the call and waits until it is on the disk, or until ctx
// ends: then it is completed in the background. It returns ErrNotKept when there is nothing to
// keep. Finish may be called again to wait on.
func (t *Take) Finish(ctx context.Context) (store.Recording, error) {
	t.end()
	select {
	case <-t.done:
		return t.result, t.err
	case <-ctx.Done():
		return t.rec, fmt.Errorf("record: the recording of %q is not on the disk yet: %w", t.rec.Conv, context.Cause(ctx))
	}
}

// end passes everything on.
func (t *Take) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return
	}
	t.over = true
	if !t.announced {
		t.why = unannounced
		t.empty()
		t.poke()
		return
	}
	end := max(t.tracks[Caller].far, t.tracks[Ours].far)
	t.paused += t.tracks[Ours].unmute(end)
	for t.win.base < end {
		n := min(chunkSamples, end-t.win.base)
		t.pass(t.win.pop(), n)
	}
	t.poke()
}

// next waits for the next piece of the time line; false when there is none.
func (t *Take) next() (segment, bool) {
	for {
		t.mu.Lock()
		if len(t.queue) > 0 {
			s := t.queue[0]
			t.queue = t.queue[1:]
			if s.c != nil {
				t.waiting--
			}
			t.mu.Unlock()
			return s, true
		}
		over := t.over
		t.mu.Unlock()
		if over {
			return segment{}, false
		}
		<-t.wake
	}
}

// fate is how the recording ends: why it is not kept, "" when it is.
func (t *Take) fate() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.why
}
