package importer

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"decroche/internal/strictyaml"
)

// Bounds on a source. The largest exports we have seen have some thousands of files and a few
// megabytes.
const (
	maxFiles     = 20_000
	maxFileBytes = 8 << 20
	maxBytes     = 64 << 20 // of all files together, as they are after unpacking
	maxPath      = 400
)

// source is the text files of an export, by their path with slashes.
type source struct {
	files   map[string][]byte
	bytes   int
	skipped []skipped
}

// skipped is a file that was not looked into.
type skipped struct{ file, why string }

var errTooLarge = fmt.Errorf("holds more than %d MiB of text; import it in parts", maxBytes>>20)

// names lists the files in order.
func (s *source) names() []string {
	out := make([]string, 0, len(s.files))
	for n := range s.files {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

// wanted tells whether a file can hold what we import.
func wanted(name string) bool {
	return slices.Contains([]string{".yml", ".yaml", ".json", ".md"}, strings.ToLower(path.Ext(name)))
}

// open reads a folder, a zip or a single file.
func open(src string) (*source, error) {
	st, err := os.Stat(src)
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	s := &source{files: map[string][]byte{}}
	switch {
	case st.IsDir():
		err = s.folder(os.DirFS(src))
	case strictyaml.Regular(st) != nil:
		err = strictyaml.ErrNotAFile
	case strings.EqualFold(filepath.Ext(src), ".zip"):
		var r *zip.ReadCloser
		if r, err = zip.OpenReader(src); err != nil {
			return nil, fmt.Errorf("open the zip: %w", err)
		}
		err = errors.Join(s.zip(&r.Reader), r.Close())
	case wanted(src):
		var f *os.File
		if f, err = os.Open(src); err != nil {
			return nil, err
		}
		err = errors.Join(s.add(filepath.Base(src), f), f.Close())
	default:
		err = errors.New("is neither a folder, a zip nor a YAML or JSON file")
	}
	if err != nil {
		return nil, err
	}
	s.unwrap()
	return s, nil
}

func (s *source) folder(fsys fs.FS) error {
	seen := 0
	return fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if seen++; seen > maxFiles {
			return fmt.Errorf("holds more than %d files", maxFiles)
		}
		if d.IsDir() {
			if base := path.Base(name); name != "." && (strings.HasPrefix(base, ".") || base == "node_modules" || base == "venv") {
				return fs.SkipDir
			}
			return nil
		}
		if !wanted(name) {
			return nil
		}
		if !d.Type().IsRegular() {
			s.skipped = append(s.skipped, skipped{name, "is no ordinary file; links are not followed"})
			return nil
		}
		f, err := fsys.Open(name)
		if err != nil {
			return err
		}
		return errors.Join(s.add(name, f), f.Close())
	})
}

// zip reads an archive. A name that leads out of it, or that is there twice, is a crafted
// archive's.
func (s *source) zip(r *zip.Reader) error {
	if len(r.File) > maxFiles {
		return fmt.Errorf("holds %d files, more than %d", len(r.File), maxFiles)
	}
	for _, f := range r.File {
		name := f.Name
		switch {
		case strings.Contains(name, `\`) || path.IsAbs(name) || !fs.ValidPath(strings.TrimSuffix(name, "/")) || len(name) > maxPath:
			return fmt.Errorf("holds a file named %.80q, which leads out of the archive; make the export again", name)
		case strings.HasSuffix(name, "/"), !wanted(name), strings.HasPrefix(name, "__MACOSX/"), strings.HasPrefix(path.Base(name), "."):
			continue
		case !f.Mode().IsRegular():
			s.skipped = append(s.skipped, skipped{name, "is no ordinary file; links are not followed"})
			continue
		}
		if _, twice := s.files[name]; twice {
			return fmt.Errorf("holds %q twice; make the export again", name)
		}
		in, err := f.Open()
		if err != nil {
			return fmt.Errorf("unpack %q: %w", name, err)
		}
		if err := errors.Join(s.add(name, in), in.Close()); err != nil {
			return err
		}
	}
	return nil
}

// add reads one file, by its real length: what an archive says of itself is not believed.
func (s *source) add(name string, r io.Reader) error {
	data, err := io.ReadAll(io.LimitReader(r, maxFileBytes+1))
	if err != nil {
		return fmt.Errorf("read %q: %w", name, err)
	}
	if len(data) > maxFileBytes {
		return fmt.Errorf("%q is more than %d MiB long; split it", name, maxFileBytes>>20)
	}
	if s.bytes += len(data); s.bytes > maxBytes {
		return errTooLarge
	}
	text, err := strictyaml.Text(data)
	if err != nil {
		return fmt.Errorf("%q %w", name, err)
	}
	s.files[name] = text
	return nil
}

// unwrap takes off the one folder that archives are often packed in.
func (s *source) unwrap() {
	for {
		top := ""
		for name := range s.files {
			dir, _, ok := strings.Cut(name, "/")
			if !ok || top != "" && dir != top || slices.Contains([]string{"intents", "data", "domain", "flows", "entityTypes"}, dir) {
				return
			}
			top = dir
		}
		if top == "" {
			return
		}
		files := make(map[string][]byte, len(s.files))
		for name, data := range s.files {
			files[strings.TrimPrefix(name, top+"/")] = data
		}
		s.files = files
	}
}
