package record

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/media/wav"
)

// registerWait bounds how long the register is waited for, at either end of a recording.
const registerWait = 30 * time.Second

// writer brings one Take to the disk. It belongs to run.
type writer struct {
	t    *Take
	f    file
	s    *wav.Stream
	owed int64     // samples of silence that stand for what could not be written, not written either yet
	told bool      // that the disk failed
	new  int64     // samples written since the header was brought up to date
	over []stretch // to be silenced in the file
}

// run writes until the Take is over. Everything that blocks is here.
func (t *Take) run() {
	defer close(t.done)
	w, err := t.start()
	if err != nil {
		t.fail(fmt.Errorf("record: begin the recording of %q: %w", t.rec.Conv, err))
		return
	}
	for {
		seg, more := t.next()
		if !more {
			break
		}
		w.write(seg)
		if seg.c != nil {
			chunks.Put(seg.c)
		}
	}
	if why := t.fate(); why != "" {
		t.err = ErrNotKept
		w.abandon(why)
		return
	}
	switch err := w.finish(); {
	case errors.Is(err, ErrNotKept): // erased meanwhile, and counted as that
		t.err = err
	case err != nil:
		t.fail(fmt.Errorf("record: finish the recording of %q: %w", t.rec.Conv, err))
	}
}

// start registers the recording and then makes the file, so that no file is without a row.
func (t *Take) start() (*writer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), registerWait)
	defer cancel()
	if err := t.r.reg.AddRecording(ctx, t.rec); err != nil {
		return nil, err
	}
	f, err := t.r.disk.create(t.rec.File + partial)
	if err == nil {
		var s *wav.Stream
		if s, err = wav.NewStream(f, rate, 2); err == nil {
			return &writer{t: t, f: f, s: s}, nil
		}
		_ = f.Close()
	}
	_ = t.r.disk.remove(t.rec.File + partial)
	if derr := t.r.reg.DropRecording(ctx, t.rec.Conv); derr != nil {
		err = errors.Join(err, derr)
	}
	return nil, err
}

// fail ends a recording that went wrong. The call does not notice.
func (t *Take) fail(err error) {
	t.mu.Lock()
	t.over = true
	t.empty()
	t.mu.Unlock()
	t.err = err
	t.r.m.takes.WithLabelValues(failed).Inc()
	t.r.log.Error("a recording failed; the call goes on without it", "conv", t.rec.Conv, "error", err)
}

// write appends a piece of the time line. What the disk refuses becomes silence, as soon as the
// disk takes anything again.
func (w *writer) write(seg segment) {
	switch {
	case seg.over:
		end := w.s.Data()/2 + w.owed
		w.over = append(w.over, stretch{max(end-seg.n, 0), end})
	case seg.c == nil:
		w.owed += seg.n
	}
	w.silence()
	if !w.pay() || seg.c == nil {
		if seg.c != nil {
			w.lost(seg.n)
		}
		return
	}
	if _, err := w.s.Write(seg.c[:2*seg.n]); err != nil {
		w.complain(err)
		w.lost(seg.n)
		return
	}
	w.new += seg.n
	w.patch()
}

// silence overwrites what is nobody's business; false while the disk refuses.
func (w *writer) silence() bool {
	for len(w.over) > 0 {
		o := &w.over[0]
		o.to = min(o.to, w.s.Data()/2) // what is owed will be silence anyway
		for o.from < o.to {
			n := min(o.to-o.from, chunkSamples)
			if err := w.s.Overwrite(2*o.from, silence[:2*n]); err != nil {
				w.complain(err)
				return false
			}
			o.from += n
		}
		w.over = w.over[1:]
	}
	return true
}

// pay writes the silence that is owed; false when the disk refused.
func (w *writer) pay() bool {
	for w.owed > 0 {
		n := min(w.owed, chunkSamples)
		if _, err := w.s.Write(silence[:2*n]); err != nil {
			w.complain(err)
			return false
		}
		w.owed -= n
		w.new += n
		w.patch()
	}
	return true
}

// patch brings the header up to date once a second, so that the file can be played after a crash.
func (w *writer) patch() {
	if w.new < rate {
		return
	}
	if err := w.s.Patch(); err != nil {
		w.complain(err)
		return
	}
	w.new = 0
}

func (w *writer) lost(n int64) {
	w.owed += n
	w.t.mu.Lock()
	w.t.lose(fault, span(n))
	w.t.mu.Unlock()
}

// complain logs the first failure; the rest is in the metrics and in the event.
func (w *writer) complain(err error) {
	if !w.told {
		w.told = true
		w.t.r.log.Error("the disk does not take a recording; silence stands for what is lost, the call goes on", "conv", w.t.rec.Conv, "error", err)
	}
}

// abandon deletes what there is, the row first: a start after a crash removes a file without a row,
// and would keep one with it.
func (w *writer) abandon(why string) {
	if err := w.drop(); err != nil {
		w.t.r.log.Error("a recording that nobody wants could not be deleted", "conv", w.t.rec.Conv, "why", why, "error", err)
	}
	w.t.r.m.takes.WithLabelValues(why).Inc()
}

func (w *writer) drop() error {
	ctx, cancel := context.WithTimeout(context.Background(), registerWait)
	defer cancel()
	r, rec := w.t.r, w.t.rec
	return errors.Join(r.reg.DropRecording(ctx, rec.Conv), w.f.Truncate(0), w.f.Close(), r.disk.remove(rec.File+partial))
}

// finish completes the file, gives it its name and tells the register and the conversation.
func (w *writer) finish() error {
	t := w.t
	w.pay() // at the end of a full disk the time line is shorter
	if !w.silence() {
		return errors.Join(errors.New("something sensitive could not be taken out of it, so all of it is deleted"), w.drop())
	}
	t.mu.Lock()
	spans, dropped, paused := t.spans.List(), t.dropped, t.paused
	t.mu.Unlock()
	size, err := w.s.Finish(spans, false)
	if err != nil { // no room for the marks: the sound alone is better than nothing
		w.complain(err)
		if size, err = w.s.Finish(nil, false); err != nil {
			return errors.Join(err, w.f.Close())
		}
	}
	rec := t.rec
	rec.Open, rec.Length, rec.Dropped = false, w.s.Length(), dropped
	if err := t.r.keep(w.f, &rec, size); err != nil {
		return err
	}
	t.result = rec
	t.r.m.takes.WithLabelValues(kept).Inc()
	t.r.note(context.Background(), rec.Conv, recorded(rec, paused))
	return nil
}

func recorded(rec store.Recording, paused time.Duration) event.Recorded {
	return event.Recorded{File: rec.File, Seconds: rec.Length.Seconds(), Bytes: rec.Bytes, SHA256: rec.SHA256, Dropped: rec.Dropped.Seconds(), Paused: paused.Seconds()}
}

// keep makes a whole file of size bytes durable under its own name and registers it. It closes f.
// ErrNotKept when it was erased meanwhile.
func (r *Recorder) keep(f file, rec *store.Recording, size int64) error {
	err := f.Truncate(size)
	if err == nil {
		err = f.Sync()
	}
	sum := sha256.New()
	if err == nil {
		_, err = io.Copy(sum, io.NewSectionReader(f, 0, size))
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	rec.Bytes, rec.SHA256 = size, hex.EncodeToString(sum.Sum(nil))
	if err := r.disk.rename(rec.File+partial, rec.File); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), registerWait)
	defer cancel()
	err = r.reg.KeepRecording(ctx, *rec)
	if errors.Is(err, store.ErrNotFound) {
		r.m.takes.WithLabelValues(erased).Inc()
		return errors.Join(ErrNotKept, r.disk.remove(rec.File))
	}
	if err == nil {
		r.m.bytes.Add(float64(size))
	}
	return err
}
