package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// receiptName is the note in a model's folder about what it holds.
const receiptName = ".decroche.json"

// errBusy means that another process pulls the same model.
var errBusy = errors.New("another decroche pulls it at this moment; wait until it has ended")

// Store is the folder that models are kept in, one folder each. The zero value is not usable.
type Store struct {
	Dir string
	fetcher
}

// NewStore opens a store; the folder is made when something is pulled. Proxies come from the
// environment, HTTPS_PROXY and NO_PROXY.
func NewStore(dir string) *Store { return &Store{Dir: dir, fetcher: *newFetcher()} }

// Receipt is what is known about a model that was pulled; it lies in the model's folder.
type Receipt struct {
	Name    string    `json:"name"`
	Engine  string    `json:"engine"`
	Kind    string    `json:"kind"`
	Licence string    `json:"licence"`
	Page    string    `json:"page"`
	Pulled  time.Time `json:"pulled"`
	Sources []Source  `json:"sources"` // what was downloaded
	Files   []Kept    `json:"files"`   // what the folder holds
	// Tried is how the engine did with it: the words that it heard, or why it was not tried.
	Tried string `json:"tried"`
}

// Source is one download. Verified tells that its checksum was known before.
type Source struct {
	Path     string `json:"path"`
	URL      string `json:"url"`
	Size     int64  `json:"size"`
	SHA256   string `json:"sha256"`
	Verified bool   `json:"verified"`
}

// Kept is one file of a model's folder.
type Kept struct {
	Path   string `json:"path"` // with slashes
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Path is where a model is, once it was pulled.
func (s *Store) Path(name string) string { return filepath.Join(s.Dir, name) }

// Receipt reads the note of a model; fs.ErrNotExist when it is not here.
func (s *Store) Receipt(name string) (Receipt, error) {
	var r Receipt
	if !plainName(name) {
		return r, fmt.Errorf("%q is no name of a model", name)
	}
	data, err := os.ReadFile(filepath.Join(s.Path(name), receiptName))
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return r, fmt.Errorf("model %s: its note %s is broken: %w; pull it again", name, receiptName, err)
	}
	return r, nil
}

// Installed are the receipts of all models here, by name. Folders without one are left out.
func (s *Store) Installed() ([]Receipt, error) {
	list, err := os.ReadDir(s.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for models: %w", err)
	}
	var all []Receipt
	for _, e := range list {
		if !e.IsDir() || !plainName(e.Name()) {
			continue
		}
		switch r, err := s.Receipt(e.Name()); {
		case errors.Is(err, fs.ErrNotExist): // put there by hand
		case err != nil:
			return nil, err
		default:
			all = append(all, r)
		}
	}
	return all, nil
}

// Fault is what is wrong with one file of a model: missing, changed, or not of it.
type Fault struct {
	Path string `json:"path"`
	What string `json:"what"` // missing, size, checksum, stranger
}

// Verify hashes a model's files again and compares them with its receipt. progress is told bytes.
func (s *Store) Verify(ctx context.Context, name string, progress func(done, total int64)) ([]Fault, error) {
	r, err := s.Receipt(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("model %s is not here; decroche models pull %s fetches it", name, name)
	}
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(s.Path(name))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	var done, total int64
	known := []string{receiptName}
	for _, k := range r.Files {
		total += k.Size
		known = append(known, k.Path)
	}
	var faults []Fault
	for _, k := range r.Files {
		got, err := hashFile(ctx, root, k.Path, func(n int64) {
			if progress != nil {
				progress(done+n, total)
			}
		})
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case errors.Is(err, fs.ErrNotExist):
			faults = append(faults, Fault{k.Path, "missing"})
		case err != nil:
			return nil, fmt.Errorf("verify %s: %w", name, err)
		case got.Size != k.Size:
			faults = append(faults, Fault{k.Path, "size"})
		case got.SHA256 != k.SHA256:
			faults = append(faults, Fault{k.Path, "checksum"})
		}
		done += k.Size
	}
	err = fs.WalkDir(root.FS(), ".", func(p string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && !slices.Contains(known, p) {
			faults = append(faults, Fault{p, "stranger"})
		}
		return err
	})
	return faults, err
}

// hashAll hashes every file below dir.
func hashAll(ctx context.Context, dir string, progress func(done int64)) (kept []Kept, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	var done int64
	err = fs.WalkDir(root.FS(), ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		k, err := hashFile(ctx, root, p, func(n int64) { progress(done + n) })
		kept, done = append(kept, k), done+k.Size
		return err
	})
	return kept, err
}

func hashFile(ctx context.Context, root *os.Root, name string, progress func(done int64)) (Kept, error) {
	f, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return Kept{}, err
	}
	defer f.Close()
	h := sha256.New()
	buf := make([]byte, 1<<20)
	k := Kept{Path: name}
	for {
		n, err := f.Read(buf)
		h.Write(buf[:n])
		k.Size += int64(n)
		progress(k.Size)
		if errors.Is(err, io.EOF) {
			k.SHA256 = hex.EncodeToString(h.Sum(nil))
			return k, nil
		}
		if err == nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return k, err
		}
	}
}

// Broken lists faults in words: "am/final.mdl has another checksum".
func Broken(faults []Fault) string {
	words := map[string]string{"missing": "is missing", "size": "has another size", "checksum": "has another checksum", "stranger": "is not of this model"}
	var list []string
	for i, f := range faults {
		if i == 5 {
			list = append(list, fmt.Sprintf("and %d more", len(faults)-i))
			break
		}
		list = append(list, f.Path+" "+words[f.What])
	}
	return strings.Join(list, ", ")
}
