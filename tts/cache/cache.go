// Package cache remembers what was already said. It wraps any synthesiser: the same utterance
// is rendered once, also when several calls ask for it at the same moment; the second listener
// follows the first while it is still being rendered.
//
// Memory holds what was said lately. The disk holds only what Warm was asked to render, that is
// a flow's static prompts: what a prompt says about one caller must not outlive the call there.
package cache

import (
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"decroche/media"
	"decroche/tts"
)

// Config bounds the cache.
type Config struct {
	// Dir keeps rendered static prompts between runs; empty keeps nothing on disk.
	Dir string `yaml:"dir"`
	// MemoryMiB and DiskMiB are the most it holds; the longest unused goes first. A minute of
	// speech at 8 kHz is 0.9 MiB.
	MemoryMiB int `yaml:"memory_mib"`
	DiskMiB   int `yaml:"disk_mib"`
}

// DefaultConfig holds about half an hour of speech in memory and two hours on disk, but names no folder.
func DefaultConfig() Config { return Config{MemoryMiB: 32, DiskMiB: 128} }

// Validate returns every complaint, each "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var out []string
	if c.MemoryMiB < 1 || c.MemoryMiB > 65536 {
		out = append(out, fmt.Sprintf("memory_mib: %d is out of range; choose 1 to 65536", c.MemoryMiB))
	}
	if c.DiskMiB < 1 || c.DiskMiB > 1<<20 {
		out = append(out, fmt.Sprintf("disk_mib: %d is out of range; choose 1 to 1048576", c.DiskMiB))
	}
	return out
}

// Cache is a tts.Synthesiser that remembers. It is safe for concurrent use.
type Cache struct {
	inner  tts.Synthesiser // constant after New
	engine string          // constant after New
	disk   *folder         // nil when there is no folder
	limit  int             // bytes of memory
	wg     sync.WaitGroup  // renderers

	mu      sync.Mutex
	entries map[string]*entry
	recent  *list.List // of *entry that are complete; front = used last
	bytes   int        // of complete entries
	closed  bool
}

var (
	_ tts.Synthesiser = (*Cache)(nil)
	_ tts.Coder       = (*Cache)(nil)
)

// New wraps inner. engine names the engine and everything in its settings that changes the
// sound; two engines with the same name must sound the same. It reads Config.Dir to learn what
// is there, and creates it when it is missing.
func New(inner tts.Synthesiser, engine string, cfg Config) (*Cache, error) {
	c := &Cache{inner: inner, engine: engine, limit: cfg.MemoryMiB << 20, entries: map[string]*entry{}, recent: list.New()}
	if cfg.Dir != "" {
		f, err := openFolder(cfg.Dir, int64(cfg.DiskMiB)<<20)
		if err != nil {
			return nil, err
		}
		c.disk = f
	}
	return c, nil
}

// Key is the name under which an utterance is kept.
func (c *Cache) Key(u tts.Utterance) string {
	u = normal(u)
	h := sha256.New()
	parts := []string{c.engine, u.Voice, fmt.Sprint(u.Speed), fmt.Sprint(u.Rate), u.Language, u.Text}
	if u.SSML != "" {
		parts = append(parts, u.SSML)
	}
	for _, s := range parts {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func normal(u tts.Utterance) tts.Utterance {
	u.Text = strings.TrimSpace(u.Text)
	if u.Speed == 0 {
		u.Speed = 1
	}
	if u.Rate == 0 {
		u.Rate = media.PhoneRate
	}
	return u
}

// Speak implements tts.Synthesiser.
func (c *Cache) Speak(ctx context.Context, u tts.Utterance) (media.Source, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	e, err := c.entry(normal(u))
	if err != nil {
		return nil, err
	}
	r := &reader{ctx: ctx, cache: c, e: e, closed: make(chan struct{})}
	r.stop = context.AfterFunc(ctx, func() { r.Close() })
	return r, nil
}

// Warm renders what is not yet there, one after the other, and keeps it on disk as well.
// progress, when not nil, is called after each with how many are done. It stops at the first
// error and says which text it was.
func (c *Cache) Warm(ctx context.Context, us []tts.Utterance, progress func(done, total int)) error {
	for i, u := range us {
		if err := c.warm(ctx, normal(u)); err != nil {
			return fmt.Errorf("tts/cache: render %q ahead of time: %w", u.Text, err)
		}
		if progress != nil {
			progress(i+1, len(us))
		}
	}
	return nil
}

func (c *Cache) warm(ctx context.Context, u tts.Utterance) error {
	src, err := c.Speak(ctx, u)
	if err != nil {
		return err
	}
	defer src.Close()
	var pcm []int16
	var origin media.Origin
	for {
		f, err := src.ReadFrame()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		pcm = append(pcm, f.PCM...)
		origin = max(origin, f.Origin)
	}
	if r, ok := src.(*reader); c.disk == nil || ok && r.e.passing() {
		return nil
	}
	return c.disk.put(c.Key(u), pcm, origin)
}

// Close stops what is being rendered and waits for it. Sources given out end with an error.
func (c *Cache) Close() error {
	c.mu.Lock()
	c.closed = true
	for _, e := range c.entries {
		e.cancel()
	}
	c.mu.Unlock()
	c.wg.Wait()
	return nil
}

// entry returns the utterance's entry with one more reader, beginning to render it when nobody has.
func (c *Cache) entry(u tts.Utterance) (*entry, error) {
	key := c.Key(u)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, errors.New("tts/cache: is closed")
	}
	if e := c.entries[key]; e != nil {
		e.readers++
		if e.place != nil {
			c.recent.MoveToFront(e.place)
		}
		return e, nil
	}
	ctx, cancel := context.WithCancel(context.Background()) // lives as long as somebody listens
	e := &entry{key: key, rate: u.Rate, readers: 1, cancel: cancel, grown: make(chan struct{})}
	c.entries[key] = e
	c.wg.Go(func() {
		defer cancel()
		c.finish(e, c.render(ctx, e, u))
	})
	return e, nil
}

// render fills e from the disk or from the engine.
func (c *Cache) render(ctx context.Context, e *entry, u tts.Utterance) error {
	if c.disk != nil {
		if pcm, origin, ok := c.disk.get(e.key); ok {
			e.grow(pcm, origin)
			return nil
		}
	}
	src, err := c.inner.Speak(ctx, u)
	if err != nil {
		return err
	}
	defer src.Close()
	for {
		f, err := src.ReadFrame()
		if errors.Is(err, io.EOF) {
			if k, ok := src.(interface{ Keep() bool }); ok && !k.Keep() {
				e.pass()
			}
			return nil
		}
		if err != nil {
			return err
		}
		e.grow(f.PCM, f.Origin)
	}
}

// finish files a rendered entry under the recent ones, or forgets one that failed.
func (c *Cache) finish(e *entry, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e.end(err)
	if err != nil || e.passing() {
		if c.entries[e.key] == e {
			delete(c.entries, e.key)
		}
		return
	}
	e.place = c.recent.PushFront(e)
	c.bytes += e.size()
	c.trim()
}

// trim forgets what was used longest ago until the rest is within the limit; mu is held.
func (c *Cache) trim() {
	for c.bytes > c.limit && c.recent.Len() > 0 {
		old := c.recent.Remove(c.recent.Back()).(*entry)
		old.place = nil
		c.bytes -= old.size()
		delete(c.entries, old.key)
	}
}

// leave takes one reader away; when the last leaves an unfinished entry its rendering stops.
func (c *Cache) leave(e *entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e.readers--
	if e.readers == 0 && e.place == nil && !e.ended() {
		e.cancel()
		if c.entries[e.key] == e {
			delete(c.entries, e.key) // the next listener starts afresh instead of meeting a cancelled one
		}
	}
}

// entry is one utterance, complete or growing.
type entry struct {
	key    string
	rate   int
	cancel context.CancelFunc

	readers int           // guarded by Cache.mu
	place   *list.Element // guarded by Cache.mu; nil until complete

	mu    sync.Mutex // taken after Cache.mu when both are held
	pcm   []int16    // only ever appended to
	done  bool
	err   error
	grown chan struct{} // closed and replaced at each change

	fleeting bool                   // not to be kept once done
	clips    map[string]*media.Clip // by codec

	coding sync.Mutex // held while a codec is at work; taken before mu
	origin media.Origin
}

func (e *entry) grow(pcm []int16, o media.Origin) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pcm = append(e.pcm, pcm...)
	e.origin = max(e.origin, o)
	close(e.grown)
	e.grown = make(chan struct{})
}

// pass marks what a stand-in said, while the voice that was asked for could not: those who listen
// get it, and the next who asks has it rendered again. A source tells it by a method Keep() bool.
func (e *entry) pass() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fleeting = true
}

// made is how the sound so far came into being: of several origins the most artificial.
func (e *entry) made() media.Origin {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.origin
}

func (e *entry) passing() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.fleeting
}

func (e *entry) end(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.done, e.err = true, err
	close(e.grown)
	e.grown = make(chan struct{})
}

func (e *entry) ended() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.done
}

func (e *entry) size() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 2*len(e.pcm) + 256
	for _, k := range e.clips {
		n += k.Bytes()
	}
	return n
}

// next returns up to n samples from position at; when there are too few yet it returns the
// channel that tells of more.
func (e *entry) next(at, n int) (pcm []int16, end bool, more <-chan struct{}, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	left := e.pcm[min(at, len(e.pcm)):]
	switch {
	case len(left) >= n:
		return append([]int16(nil), left[:n]...), false, nil, nil
	case e.err != nil:
		return nil, true, nil, e.err
	case e.done && len(left) == 0:
		return nil, true, nil, io.EOF
	case e.done:
		return append([]int16(nil), left...), false, nil, nil
	}
	return nil, false, e.grown, nil
}

// reader replays one entry.
type reader struct {
	ctx    context.Context // of Speak
	cache  *Cache
	e      *entry
	at     int // samples given; owned by the goroutine that calls ReadFrame
	stop   func() bool
	once   sync.Once
	closed chan struct{}
}

// ReadFrame implements media.Source.
func (r *reader) ReadFrame() (media.Frame, error) {
	for {
		select {
		case <-r.closed:
			if r.ctx.Err() != nil {
				return media.Frame{}, context.Cause(r.ctx)
			}
			return media.Frame{}, fmt.Errorf("tts/cache: read: %w", io.ErrClosedPipe)
		default:
		}
		if r.ctx.Err() != nil {
			return media.Frame{}, context.Cause(r.ctx)
		}
		pcm, end, more, err := r.e.next(r.at, r.e.rate/50)
		if end {
			return media.Frame{}, err
		}
		if more == nil {
			f := media.Frame{PCM: pcm, Rate: r.e.rate, At: time.Duration(r.at) * time.Second / time.Duration(r.e.rate), Origin: r.e.made()}
			r.at += len(pcm)
			return f, nil
		}
		select {
		case <-more:
		case <-r.closed:
		}
	}
}

// Close implements media.Source.
func (r *reader) Close() error {
	r.once.Do(func() {
		close(r.closed)
		r.cache.leave(r.e)
		if r.stop != nil {
			r.stop()
		}
	})
	return nil
}
