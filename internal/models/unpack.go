package models

import (
	"archive/tar"
	"archive/zip"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Bounds of what an archive may become: a model is weights and word lists, which shrink to a
// tenth at best.
const (
	maxEntries = 20000
	maxGrowth  = 20 // times the archive's size
)

// isArchive tells whether a file's name says that it is to be unpacked.
func isArchive(name string) bool {
	return slices.ContainsFunc([]string{".zip", ".tar.gz", ".tgz", ".tar.bz2"}, func(end string) bool { return strings.HasSuffix(name, end) })
}

// unpack takes an archive apart into dir, which exists and is empty. It makes ordinary files and
// folders inside dir and nothing else: an entry with a path that leads out, a link or a device
// fails the whole archive, and so does one that is there twice or too large. A single folder
// around everything is left out. What all becomes may be slack bytes, whatever the archive's
// size. progress is told how much of the archive was read.
func unpack(archive, dir string, slack int64, progress func(done, total int64)) error {
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	u := &unpacker{root: root, left: max(slack, maxGrowth*st.Size())}
	in := &counted{r: f, total: st.Size(), told: progress}
	switch name := filepath.Base(archive); {
	case strings.HasSuffix(name, ".zip"):
		err = u.zip(f, st.Size(), progress)
	case strings.HasSuffix(name, ".tar.bz2"):
		err = u.tar(bzip2.NewReader(in))
	default:
		var z *gzip.Reader
		if z, err = gzip.NewReader(in); err == nil {
			err = u.tar(z)
		}
	}
	if err == nil && u.entries == 0 {
		err = errors.New("it is empty")
	}
	if err != nil {
		return fmt.Errorf("unpack %s: %w", filepath.Base(archive), err)
	}
	return hoist(dir)
}

// unpacker writes below root, which the system itself keeps it in.
type unpacker struct {
	root    *os.Root
	left    int64 // bytes that may still be written
	entries int
}

func (u *unpacker) tar(r io.Reader) error {
	in := tar.NewReader(r)
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch h.Typeflag {
		case tar.TypeReg:
			err = u.file(h.Name, in)
		case tar.TypeDir:
			err = u.folder(h.Name)
		case tar.TypeXGlobalHeader:
			continue
		default:
			err = fmt.Errorf("%q is neither a file nor a folder (a link, a device); such an archive is refused", h.Name)
		}
		if err != nil {
			return err
		}
	}
}

func (u *unpacker) zip(f io.ReaderAt, size int64, progress func(done, total int64)) error {
	in, err := zip.NewReader(f, size)
	if err != nil {
		return err
	}
	for i, e := range in.File {
		switch {
		case strings.HasPrefix(e.Name, "__MACOSX/"): // resource forks
		case e.FileInfo().IsDir():
			err = u.folder(e.Name)
		case !e.Mode().IsRegular():
			err = fmt.Errorf("%q is neither a file nor a folder (a link, a device); such an archive is refused", e.Name)
		default:
			var r io.ReadCloser
			if r, err = e.Open(); err == nil {
				err = errors.Join(u.file(e.Name, r), r.Close())
			}
		}
		if err != nil {
			return err
		}
		if progress != nil {
			progress(int64(i+1)*size/int64(len(in.File)), size)
		}
	}
	return nil
}

// place judges the name of an entry.
func (u *unpacker) place(name string) (string, error) {
	if u.entries++; u.entries > maxEntries {
		return "", fmt.Errorf("it has more than %d entries", maxEntries)
	}
	clean := path.Clean(strings.TrimPrefix(name, "./"))
	if strings.ContainsAny(name, "\\\x00") || !filepath.IsLocal(filepath.FromSlash(clean)) || len(clean) > 400 {
		return "", fmt.Errorf("the path %q leads out of the folder or is none; such an archive is refused", name)
	}
	if slices.Contains(strings.Split(clean, "/"), receiptName) { // a folder around it is left out
		return "", fmt.Errorf("%q has the name of our own note", name)
	}
	return filepath.FromSlash(clean), nil
}

func (u *unpacker) folder(name string) error {
	at, err := u.place(name)
	if err != nil || at == "." {
		return err
	}
	return u.root.MkdirAll(at, 0o755)
}

func (u *unpacker) file(name string, from io.Reader) error {
	at, err := u.place(name)
	if err != nil {
		return err
	}
	if err := u.root.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		return err
	}
	f, err := u.root.OpenFile(at, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err // it is there twice, or is a folder too
	}
	n, err := io.Copy(f, io.LimitReader(from, u.left+1))
	u.left -= n
	if err == nil && u.left < 0 {
		err = fmt.Errorf("it grows to more than %d times its size; it is no model", maxGrowth)
	}
	return errors.Join(err, f.Close())
}

// hoist moves the content of a single folder around everything up into dir.
func hoist(dir string) error {
	list, err := os.ReadDir(dir)
	if err != nil || len(list) != 1 || !list[0].IsDir() {
		return err
	}
	around := filepath.Join(dir, ".around")
	if err := os.Rename(filepath.Join(dir, list[0].Name()), around); err != nil {
		return err
	}
	inner, err := os.ReadDir(around)
	if err != nil {
		return err
	}
	for _, e := range inner {
		if err := os.Rename(filepath.Join(around, e.Name()), filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return os.Remove(around)
}

// counted tells how much was read.
type counted struct {
	r           io.Reader
	done, total int64
	told        func(done, total int64)
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.done += int64(n)
	if c.told != nil {
		c.told(c.done, c.total)
	}
	return n, err
}
