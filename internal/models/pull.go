package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Options of Pull. The zero value fetches from where the catalogue says.
type Options struct {
	// From is another place: the address of a mirror, a file, or a folder with the model's files
	// under their names. Of a model with several files an address or folder that they are in.
	From string
	// Sums are checksums by path, for files that the catalogue has none of.
	Sums map[string]string
	// Progress is told what is being done, and how much of it, in bytes; total 0: nobody knows.
	Progress func(what string, done, total int64)
	// Try lets the engine that the model is for recognise or say a sentence and returns what came
	// of it. An UntriedError says why it could not be asked; any other error keeps the model out.
	Try func(ctx context.Context, m Model, dir string) (string, error)
}

// UntriedError is why a model could not be tried here. The model is kept.
type UntriedError struct{ Why string }

func (e *UntriedError) Error() string { return e.Why }

// Pull fetches a model, checks it, and puts it in its folder, which then holds all of it, or what
// it held before. What was downloaded in vain is kept for the next time, unless it is wrong. One
// goroutine at a time may pull a model; a second process is refused.
func (s *Store) Pull(ctx context.Context, m Model, opt Options) (Receipt, error) {
	if m.Package != "" {
		return Receipt{}, fmt.Errorf("%s comes as a package of Debian: apt-get install %s", m.Name, m.Package)
	}
	if opt.Progress == nil {
		opt.Progress = func(string, int64, int64) {}
	}
	for name := range opt.Sums {
		if !hasFile(m, name) {
			return Receipt{}, fmt.Errorf("a checksum is given for %q, and %s has no such file; its files are %s", name, m.Name, strings.Join(paths(m), ", "))
		}
	}
	work := filepath.Join(s.Dir, "."+m.Name+".part")
	if err := os.MkdirAll(work, 0o755); err != nil {
		return Receipt{}, fmt.Errorf("make a folder for %s: %w; name another one with --dir or models.dir", m.Name, err)
	}
	held, err := lock(filepath.Join(work, "lock"))
	if err != nil {
		return Receipt{}, fmt.Errorf("pull %s: %w", m.Name, err)
	}
	defer held.Close()
	defer tidy(work)
	r := Receipt{Name: m.Name, Engine: m.Engine, Kind: m.Kind, Licence: m.Licence, Page: m.Page, Pulled: time.Now().UTC().Truncate(time.Second)}
	for _, f := range m.Files {
		src, err := s.bring(ctx, m, f, work, opt)
		if err != nil {
			return r, err
		}
		r.Sources = append(r.Sources, src)
	}
	if err := s.install(ctx, m, &r, work, opt); err != nil {
		return r, err
	}
	return r, os.RemoveAll(work)
}

// tidy removes the work folder when nothing came.
func tidy(work string) {
	list, err := os.ReadDir(work)
	if err != nil {
		return
	}
	for _, e := range list {
		if st, err := e.Info(); err != nil || e.Name() != "lock" && st.Size() > 0 {
			return
		}
	}
	_ = os.RemoveAll(work)
}

// bring gets one file into the work folder and judges its checksum.
func (s *Store) bring(ctx context.Context, m Model, f File, work string, opt Options) (Source, error) {
	part := filepath.Join(work, f.Path)
	from, local := source(m, f, opt.From)
	src := Source{Path: f.Path, URL: from}
	told := func(done, total int64) {
		if total == 0 {
			total = int64(f.Megabytes) * 1e6
		}
		opt.Progress("fetching "+f.Path, done, max(total, done))
	}
	limit := 2*int64(f.Megabytes)*1e6 + s.slack
	var err error
	if local {
		src.Size, src.SHA256, err = s.copyIn(ctx, from, part, limit, told)
	} else {
		src.Size, src.SHA256, err = s.fetch(ctx, from, part, limit, told)
	}
	if err != nil {
		return src, err
	}
	want := f.SHA256
	if sum := opt.Sums[f.Path]; sum != "" {
		want = sum
	}
	src.Verified = want != ""
	if want != "" && want != src.SHA256 {
		_ = os.Remove(part)
		_ = os.Remove(part + ".json")
		return src, &SumError{File: f.Path, Want: want, Got: src.SHA256}
	}
	return src, nil
}

// source is where a file comes from, and whether that is on this machine.
func source(m Model, f File, from string) (place string, local bool) {
	web := strings.HasPrefix(from, "http://") || strings.HasPrefix(from, "https://")
	switch {
	case from == "":
		return f.URL, false
	case web && (len(m.Files) > 1 || strings.HasSuffix(from, "/")):
		return strings.TrimSuffix(from, "/") + "/" + f.Path, false
	case web:
		return from, false
	}
	if st, err := os.Stat(from); err == nil && st.IsDir() || len(m.Files) > 1 {
		return filepath.Join(from, f.Path), true
	}
	return from, true
}

// copyIn takes a file of this machine.
func (s *Store) copyIn(ctx context.Context, from, part string, limit int64, progress func(done, total int64)) (int64, string, error) {
	st, err := os.Stat(from)
	switch {
	case err != nil:
		return 0, "", fmt.Errorf("take %s: %w", from, errors.Unwrap(err))
	case !st.Mode().IsRegular():
		return 0, "", fmt.Errorf("take %s: it is no file", from)
	case st.Size() > limit:
		return 0, "", fmt.Errorf("take %s: %w", from, &sizeError{st.Size(), limit})
	}
	if err := spaceFor(s.free, filepath.Dir(part), uint64(st.Size())); err != nil {
		return 0, "", err
	}
	in, err := os.Open(from)
	if err != nil {
		return 0, "", fmt.Errorf("take %s: %w", from, errors.Unwrap(err))
	}
	defer in.Close()
	d := &download{fetcher: &s.fetcher, url: from, part: part, limit: limit, progress: progress, total: st.Size()}
	_ = os.Remove(part + ".json")
	if err := d.open(); err != nil {
		return 0, "", err
	}
	defer d.file.Close()
	if err := d.copy(&interruptible{ctx, in}, func() {}); err != nil {
		return 0, "", plain(from, err)
	}
	return d.done, d.hash(), nil
}

// interruptible is a file whose reading ends with ctx.
type interruptible struct {
	ctx context.Context
	f   *os.File
}

func (r *interruptible) Read(p []byte) (int, error) {
	if err := context.Cause(r.ctx); err != nil {
		return 0, err
	}
	return r.f.Read(p)
}

// install unpacks, tries, notes and moves into place.
func (s *Store) install(ctx context.Context, m Model, r *Receipt, work string, opt Options) error {
	fresh, err := os.MkdirTemp(s.Dir, "."+m.Name+".new-")
	if err != nil {
		return fmt.Errorf("make a folder for %s: %w", m.Name, err)
	}
	defer os.RemoveAll(fresh)
	if err := os.Chmod(fresh, 0o755); err != nil {
		return err
	}
	if err := s.fill(m, r, work, fresh, opt); err != nil {
		return err
	}
	r.Tried = "not tried"
	if opt.Try != nil {
		said, err := opt.Try(ctx, m, fresh)
		var untried *UntriedError
		switch {
		case errors.As(err, &untried):
			r.Tried = "not tried: " + untried.Why
		case err != nil:
			return fmt.Errorf("%s was fetched and does not work, so it was not put in place (what was fetched is kept): %w", m.Name, err)
		default:
			r.Tried = said
		}
	}
	var total int64
	for _, src := range r.Sources {
		total += src.Size
	}
	if r.Files, err = hashAll(ctx, fresh, func(done int64) { opt.Progress("noting checksums", done, max(done, total)) }); err != nil {
		return err
	}
	note, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(fresh, receiptName), append(note, '\n'), 0o644); err != nil {
		return err
	}
	return swap(fresh, s.Path(m.Name))
}

// fill puts the files of a model into a fresh folder: archives first, unpacked, then the others.
func (s *Store) fill(m Model, r *Receipt, work, fresh string, opt Options) error {
	for i, f := range m.Files {
		if !isArchive(f.Path) {
			continue
		}
		if err := spaceFor(s.free, fresh, 2*uint64(r.Sources[i].Size)); err != nil {
			return err
		}
		part := filepath.Join(work, f.Path)
		if err := unpack(part, fresh, s.slack, func(done, total int64) { opt.Progress("unpacking "+f.Path, done, total) }); err != nil {
			if isFull(err) {
				return plain(f.URL, err)
			}
			_ = os.Remove(part) // it would be as wrong the next time
			_ = os.Remove(part + ".json")
			return fmt.Errorf("%w; nothing of it was kept", err)
		}
	}
	for _, f := range m.Files {
		if isArchive(f.Path) {
			continue
		}
		to := filepath.Join(fresh, f.Path)
		if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the archive of %s has a %s too", m.Name, f.Path)
		}
		if err := double(filepath.Join(work, f.Path), to); err != nil {
			return plain(f.URL, err)
		}
	}
	return nil
}

// double gives a file a second name, for the work folder keeps it until all is well; a copy where
// the file system has no such names.
func double(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// swap puts a fresh folder in the place of what is there.
func swap(fresh, to string) error {
	old := fresh + ".old"
	err := os.Rename(to, old)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(fresh, to); err != nil {
		return errors.Join(err, os.Rename(old, to))
	}
	return os.RemoveAll(old)
}

func paths(m Model) (list []string) {
	for _, f := range m.Files {
		list = append(list, f.Path)
	}
	return list
}

func hasFile(m Model, name string) bool {
	for _, f := range m.Files {
		if f.Path == name {
			return true
		}
	}
	return false
}
