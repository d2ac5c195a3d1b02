package record

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// ram is a disk in memory that may be slow or full.
type ram struct {
	mu    sync.Mutex
	files map[string]*ramFile
	write func() error // before every write; may block
}

type ramFile struct {
	d *ram
	b []byte
}

func newRAM() *ram { return &ram{files: map[string]*ramFile{}, write: func() error { return nil }} }

func (d *ram) create(name string) (file, error) {
	if err := d.write(); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.files[name] = &ramFile{d: d}
	return d.files[name], nil
}

func (d *ram) reopen(name string) (file, int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.files[name]
	if f == nil {
		return nil, 0, os.ErrNotExist
	}
	return f, int64(len(f.b)), nil
}

func (d *ram) read(string) (*os.File, error) { return nil, errors.New("not here") }

func (d *ram) rename(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.files[from] == nil {
		return os.ErrNotExist
	}
	d.files[to] = d.files[from]
	delete(d.files, from)
	return nil
}

func (d *ram) remove(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.files, name)
	return nil
}

type entry struct {
	fs.DirEntry
	name string
	dir  bool
}

func (e entry) Name() string { return e.name }
func (e entry) IsDir() bool  { return e.dir }

func (d *ram) list(dir string) (out []os.DirEntry, err error) {
	for _, name := range d.names() {
		day, rest, _ := strings.Cut(name, "/")
		if dir == "." {
			out = append(out, entry{name: day, dir: true})
		} else if day == dir {
			out = append(out, entry{name: rest})
		}
	}
	return out, nil
}

func (d *ram) close() error { return nil }

func (d *ram) names() (out []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for name := range d.files {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// bytes are those of the only file.
func (d *ram) bytes() []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range d.files {
		return slices.Clone(f.b)
	}
	return nil
}

func (f *ramFile) WriteAt(p []byte, at int64) (int, error) {
	if err := f.d.write(); err != nil {
		return 0, err
	}
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if need := int(at) + len(p); need > len(f.b) {
		f.b = append(f.b, make([]byte, need-len(f.b))...)
	}
	return copy(f.b[at:], p), nil
}

func (f *ramFile) ReadAt(p []byte, at int64) (int, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	return bytes.NewReader(f.b).ReadAt(p, at)
}

func (f *ramFile) Truncate(size int64) error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if int(size) < len(f.b) {
		f.b = f.b[:size]
	}
	return nil
}

func (f *ramFile) Sync() error  { return nil }
func (f *ramFile) Close() error { return nil }

// register is a Register in memory; every conversation has ended.
type register struct {
	mu    sync.Mutex
	rows  map[string]store.Recording
	notes map[string][]event.Body
	gone  map[string]bool  // conversations that were erased
	told  func(event.Body) // before a note is taken; may be nil
}

func newRegister() *register {
	return &register{rows: map[string]store.Recording{}, notes: map[string][]event.Body{}, gone: map[string]bool{}}
}

func (g *register) AddRecording(_ context.Context, r store.Recording) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rows[r.Conv] = r
	return nil
}

func (g *register) KeepRecording(_ context.Context, r store.Recording) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.rows[r.Conv]; !ok {
		return store.ErrNotFound
	}
	g.rows[r.Conv] = r
	return nil
}

func (g *register) Recording(_ context.Context, conv string) (store.Recording, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r, ok := g.rows[conv]
	if !ok {
		return r, store.ErrNotFound
	}
	return r, nil
}

func (g *register) Recordings(_ context.Context, q store.RecordingQuery) (out []store.Recording, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, r := range g.rows {
		if r.Conv > q.After && (q.Before.IsZero() || r.Start.Before(q.Before)) && (q.Caller == "" || store.SameCaller(r.Caller, q.Caller)) &&
			(!q.Open || r.Open) && (!q.Orphan || !r.Open && g.gone[r.Conv]) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b store.Recording) int { return strings.Compare(a.Conv, b.Conv) })
	return out[:min(len(out), q.Limit)], nil
}

func (g *register) DropRecording(_ context.Context, conv string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.rows, conv)
	return nil
}

func (g *register) Note(_ context.Context, conv string, body event.Body, _ time.Time) error {
	if g.told != nil {
		g.told(body)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.notes[conv] = append(g.notes[conv], body)
	return nil
}

func (g *register) noted(conv string) []event.Body {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.notes[conv])
}
