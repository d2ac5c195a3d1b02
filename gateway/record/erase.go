package record

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"strings"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/media/wav"
)

// Reasons to delete a recording that was kept.
const (
	WhyTTL          = "ttl"          // its time is over
	WhyCaller       = "caller"       // everything of this caller is erased
	WhyConversation = "conversation" // its conversation was erased, or somebody erased this one
	whyStray        = "stray"        // a file that the record knows nothing of
)

// page is how many recordings are looked at together.
const page = 200

// Run deletes recordings whose time is over, until ctx ends.
func (r *Recorder) Run(ctx context.Context) {
	tick := time.NewTicker(r.cfg.Sweep)
	defer tick.Stop()
	for {
		if n, err := r.Sweep(ctx); ctx.Err() == nil && err != nil {
			r.log.Error("recordings could not be deleted; the next sweep tries again", "deleted", n, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Sweep deletes recordings that are older than the time to live, those whose conversation was
// erased, and files that the record knows nothing of. It returns how many.
func (r *Recorder) Sweep(ctx context.Context) (n int, err error) {
	before := r.now().Add(-r.cfg.TTL)
	for _, q := range []struct {
		store.RecordingQuery
		why string
	}{
		{store.RecordingQuery{Before: before}, WhyTTL},
		{store.RecordingQuery{Orphan: true}, WhyConversation},
	} {
		some, serr := r.deleteAll(ctx, q.RecordingQuery, q.why)
		n, err = n+some, errors.Join(err, serr)
	}
	some, serr := r.strays(ctx, before)
	n += some
	if n > 0 {
		r.log.Info("recordings deleted", "recordings", n, "ttl", r.cfg.TTL)
	}
	return n, errors.Join(err, serr)
}

// DeleteCaller deletes every recording of a caller, by number or address, and stops those that are
// being made. It returns how many.
func (r *Recorder) DeleteCaller(ctx context.Context, caller string) (int, error) {
	who := store.Caller(caller)
	if who == "" {
		return 0, fmt.Errorf("record: %q is no number and no address", caller)
	}
	n, err := r.deleteAll(ctx, store.RecordingQuery{Caller: who}, WhyCaller)
	r.log.Info("recordings of a caller deleted", "recordings", n)
	return n, err
}

// Delete deletes one recording; store.ErrNotFound when there is none.
func (r *Recorder) Delete(ctx context.Context, conv string) error {
	rec, err := r.reg.Recording(ctx, conv)
	if err != nil {
		return err
	}
	return r.delete(ctx, rec, WhyConversation)
}

func (r *Recorder) deleteAll(ctx context.Context, q store.RecordingQuery, why string) (n int, err error) {
	q.Limit = page
	for {
		list, lerr := r.reg.Recordings(ctx, q)
		if lerr != nil {
			return n, errors.Join(err, lerr)
		}
		for _, rec := range list {
			if derr := r.delete(ctx, rec, why); derr != nil {
				err = errors.Join(err, derr)
				continue
			}
			n++
		}
		if len(list) < page {
			return n, err
		}
		q.After = list[len(list)-1].Conv
	}
}

// delete removes the file and then the row. One that is being made stops; whoever makes it, in
// this process or another, finds the row gone and deletes the file.
func (r *Recorder) delete(ctx context.Context, rec store.Recording, why string) error {
	t := r.taking(rec.Conv)
	if t != nil {
		t.discard(erased)
	} else if err := errors.Join(r.disk.remove(rec.File), r.disk.remove(rec.File+partial)); err != nil {
		return fmt.Errorf("record: delete the recording of %q: %w", rec.Conv, err)
	}
	if err := r.reg.DropRecording(ctx, rec.Conv); err != nil {
		return err
	}
	if t != nil { // it may have become a whole one between the two
		if err := r.disk.remove(rec.File); err != nil {
			return fmt.Errorf("record: delete the recording of %q: %w", rec.Conv, err)
		}
	}
	r.m.deleted.WithLabelValues(why).Inc()
	r.note(ctx, rec.Conv, event.RecordingDeleted{Why: why})
	return nil
}

// strays removes files without a row in the folders of days that are over: from a database that
// was restored or lost, for instance.
func (r *Recorder) strays(ctx context.Context, before time.Time) (int, error) {
	return r.unknown(ctx, func(day time.Time, name string) bool { return day.Add(24 * time.Hour).Before(before) })
}

// unknown removes the files of which without says yes and that the record knows nothing of.
func (r *Recorder) unknown(ctx context.Context, without func(day time.Time, name string) bool) (n int, err error) {
	days, err := r.disk.list(".")
	if err != nil {
		return 0, fmt.Errorf("record: list the folder of recordings: %w", err)
	}
	for _, day := range days {
		date, derr := time.Parse(time.DateOnly, day.Name())
		if derr != nil || !day.IsDir() {
			continue
		}
		files, lerr := r.disk.list(day.Name())
		err = errors.Join(err, lerr)
		for _, f := range files {
			conv, ok := strings.CutSuffix(strings.TrimSuffix(f.Name(), partial), ".wav")
			if !ok || f.IsDir() || !without(date, f.Name()) || r.taking(conv) != nil {
				continue
			}
			if _, rerr := r.reg.Recording(ctx, conv); !errors.Is(rerr, store.ErrNotFound) {
				err = errors.Join(err, rerr)
				continue
			}
			if rerr := r.disk.remove(path.Join(day.Name(), f.Name())); rerr != nil {
				err = errors.Join(err, rerr)
				continue
			}
			r.m.deleted.WithLabelValues(whyStray).Inc()
			n++
		}
	}
	return n, err
}

// Recover finishes what a process left behind that died while it wrote, and removes what it was
// about to delete. It returns how many recordings it saved. Call it before the first Begin, by the
// record's one gateway.
func (r *Recorder) Recover(ctx context.Context) (n int, err error) {
	n, err = r.leftovers(ctx)
	_, serr := r.unknown(ctx, func(_ time.Time, name string) bool { return strings.HasSuffix(name, partial) })
	return n, errors.Join(err, serr)
}

func (r *Recorder) leftovers(ctx context.Context) (n int, err error) {
	q := store.RecordingQuery{Open: true, Limit: page}
	for {
		list, lerr := r.reg.Recordings(ctx, q)
		if lerr != nil {
			return n, errors.Join(err, lerr)
		}
		for _, rec := range list {
			saved, rerr := r.recover(ctx, rec)
			err = errors.Join(err, rerr)
			if saved {
				n++
			}
		}
		if len(list) < page {
			return n, err
		}
		q.After = list[len(list)-1].Conv
	}
}

// recover finishes one file; one without any sound is deleted.
func (r *Recorder) recover(ctx context.Context, rec store.Recording) (saved bool, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("record: recover the recording of %q: %w", rec.Conv, err)
		}
	}()
	f, size, err := r.disk.reopen(rec.File + partial)
	if missing(err) { // renamed already, or never made
		if f, size, err = r.disk.reopen(rec.File); missing(err) {
			return false, r.reg.DropRecording(ctx, rec.Conv)
		} else if err == nil {
			err = errors.Join(f.Close(), r.disk.rename(rec.File, rec.File+partial))
		}
		if err == nil {
			f, size, err = r.disk.reopen(rec.File + partial)
		}
	}
	if err != nil {
		return false, err
	}
	sound, length, err := wav.Repair(f, size)
	if err != nil || sound == 0 {
		_ = f.Close()
		r.log.Warn("a recording without sound was deleted", "conv", rec.Conv, "error", err)
		return false, r.delete(ctx, rec, WhyConversation)
	}
	rec.Open, rec.Length = false, sound
	if err := r.keep(f, &rec, length); err != nil {
		return false, err
	}
	r.m.takes.WithLabelValues(recovered).Inc()
	r.note(ctx, rec.Conv, recorded(rec, 0))
	return true, nil
}

func missing(err error) bool { return errors.Is(err, os.ErrNotExist) }
