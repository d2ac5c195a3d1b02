// Package record keeps the sound of calls: one stereo WAV a call, the caller on the left, on the
// right what the caller heard of us, bot and agents.
//
// The one idea: a recording is a time line, not a stream. Every frame is laid where its time says
// it belongs, into a window of about a second and a half that whoever carries the audio fills
// without waiting; what leaves the window at its old end is written by a goroutine of its own, as
// slowly as the disk likes. Whatever is missing, late, paused, taken back or lost to the disk is
// silence of the same length, so both sides stay where they were, for hours.
//
// It decides nothing about calls: who is recorded, and that they were told, is for others to know.
// Until it is told that the announcement was heard, it keeps nothing of the caller's.
package record

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path"
	"sync"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// ErrOpen means that a recording is still being written.
var ErrOpen = errors.New("record: the recording is still being written")

// Register knows what recordings there are; a store does.
type Register = store.Recordings

// Recorder makes and keeps recordings in one folder. Its methods are safe for concurrent use.
type Recorder struct {
	// constant after New
	cfg  Config
	disk disk
	reg  Register
	m    *Metrics
	log  *slog.Logger
	now  func() time.Time

	mu    sync.Mutex // guards takes
	takes map[string]*Take
	wg    sync.WaitGroup
}

// New opens the folder of recordings, made when absent, for its owner's eyes only. m and log may
// be nil. Call Close when done.
func New(cfg Config, reg Register, m *Metrics, log *slog.Logger) (*Recorder, error) {
	if cfg.Dir == "" {
		return nil, errors.New("record: no folder for recordings; set recording.dir")
	}
	d, err := openFolder(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("record: %w; choose a folder that can be written to with recording.dir", err)
	}
	return newRecorder(cfg, d, reg, m, log), nil
}

func newRecorder(cfg Config, d disk, reg Register, m *Metrics, log *slog.Logger) *Recorder {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if m == nil {
		m = NewMetrics(nil)
	}
	return &Recorder{cfg: cfg, disk: d, reg: reg, m: m, log: log, now: time.Now, takes: map[string]*Take{}}
}

// Chosen draws whether a call is among the share (0..1) that is recorded.
func Chosen(share float64) bool { return share > 0 && (share >= 1 || rand.Float64() < share) }

// About says whose call is recorded.
type About struct {
	Conv   string // names the file: letters, digits, "-" and "_"
	Bot    string
	Caller string    // address or number of the caller, as it is written in the record
	Start  time.Time // wall time of the beginning
}

// Begin starts a recording. It never blocks and never fails: what goes wrong is logged, counted
// and told by Finish. Whoever begins a Take ends it with Finish.
func (r *Recorder) Begin(a About) *Take {
	start := a.Start.UTC()
	t := newTake(r, store.Recording{
		Conv: a.Conv, Bot: a.Bot, Caller: store.Caller(a.Caller), Start: start, Open: true,
		File: path.Join(start.Format(time.DateOnly), a.Conv+".wav"),
	})
	r.mu.Lock()
	r.takes[a.Conv] = t
	r.mu.Unlock()
	r.m.running.Inc()
	r.wg.Go(func() {
		t.run()
		r.m.running.Dec()
		r.mu.Lock()
		if r.takes[a.Conv] == t {
			delete(r.takes, a.Conv)
		}
		r.mu.Unlock()
	})
	return t
}

// taking returns the running recording of a conversation, or nil.
func (r *Recorder) taking(conv string) *Take {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.takes[conv]
}

// Open opens the file of a whole recording: ErrOpen while it is written, store.ErrNotFound when
// there is none (any more). The caller closes the file.
func (r *Recorder) Open(ctx context.Context, conv string) (*os.File, store.Recording, error) {
	rec, err := r.reg.Recording(ctx, conv)
	if err != nil {
		return nil, rec, err
	}
	if rec.Open {
		return nil, rec, ErrOpen
	}
	f, err := r.disk.read(rec.File)
	if errors.Is(err, os.ErrNotExist) {
		return nil, rec, store.ErrNotFound
	}
	if err != nil {
		return nil, rec, fmt.Errorf("record: open the recording of %q: %w", conv, err)
	}
	return f, rec, nil
}

// Opened notes in the conversation that somebody listened.
func (r *Recorder) Opened(ctx context.Context, conv, by, from string) {
	r.note(ctx, conv, event.RecordingOpened{By: by, From: from})
}

// note writes what was done with a recording into the record of its conversation. A conversation
// that was erased, or has not ended, takes none; the log has it.
func (r *Recorder) note(ctx context.Context, conv string, body event.Body) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := r.reg.Note(ctx, conv, body, r.now())
	if err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrRunning) {
		r.log.Error("what was done with a recording could not be noted", "conv", conv, "what", body.Type(), "error", err)
	}
}

// Close waits until every recording has ended, or ctx has; what is left then is finished at the
// next start. End the calls first.
func (r *Recorder) Close(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		r.wg.Wait()
		close(done)
	}()
	select {
	case <-done:
		return r.disk.close()
	case <-ctx.Done():
		r.mu.Lock()
		n := len(r.takes)
		r.mu.Unlock()
		return fmt.Errorf("record: %d recordings are not on the disk yet; they are finished at the next start", n)
	}
}
