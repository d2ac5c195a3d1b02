package record

import (
	"errors"
	"io"
	"os"
	"path"
	"runtime"
	"sync"
)

// partial ends the name of a file that is being written.
const partial = ".part"

// disk is the folder of recordings; names are relative to it, with slashes. Tests have slow ones
// and full ones.
type disk interface {
	create(name string) (file, error) // with the folders above; what was there goes
	reopen(name string) (file, int64, error)
	read(name string) (*os.File, error)
	rename(from, to string) error // durable when it returns
	remove(name string) error     // nil also when it is not there
	list(dir string) ([]os.DirEntry, error)
	close() error
}

type file interface {
	io.ReaderAt
	io.WriterAt
	Truncate(size int64) error
	Sync() error
	Close() error
}

// folder is a real one. No name leads out of it, whatever it holds.
type folder struct {
	dir string // constant

	mu sync.Mutex
	at *os.Root
}

func openFolder(dir string) (*folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	return &folder{dir: dir, at: root}, err
}

func (d *folder) root() *os.Root {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.at
}

func (d *folder) create(name string) (file, error) {
	err := d.root().MkdirAll(path.Dir(name), 0o700)
	if errors.Is(err, os.ErrNotExist) { // somebody removed the folder: it is made again
		if err = d.again(); err == nil {
			err = d.root().MkdirAll(path.Dir(name), 0o700)
		}
	}
	if err != nil {
		return nil, err
	}
	return d.root().OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
}

// again opens the folder that now has the name, made when absent.
func (d *folder) again() error {
	fresh, err := openFolder(d.dir)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	old := d.at
	d.at = fresh.at
	return old.Close() // open files stay so
}

func (d *folder) reopen(name string) (file, int64, error) {
	f, err := d.root().OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return nil, 0, err
	}
	st, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, st.Size(), nil
}

func (d *folder) read(name string) (*os.File, error) { return d.root().Open(name) }

func (d *folder) rename(from, to string) error {
	if err := d.root().Rename(from, to); err != nil {
		return err
	}
	if runtime.GOOS == "windows" { // folders cannot be synced there
		return nil
	}
	dir, err := d.root().Open(path.Dir(to))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func (d *folder) remove(name string) error {
	err := d.root().Remove(name)
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	if err == nil && path.Dir(name) != "." {
		_ = d.root().Remove(path.Dir(name)) // the day's folder, once it is empty
	}
	return err
}

func (d *folder) list(dir string) ([]os.DirEntry, error) {
	f, err := d.root().Open(dir)
	if err != nil {
		return nil, err
	}
	all, err := f.ReadDir(-1)
	return all, errors.Join(err, f.Close())
}

func (d *folder) close() error { return d.root().Close() }
