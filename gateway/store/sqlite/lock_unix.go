//go:build unix

package sqlite

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// locks say which processes use a record. The kernel drops them with the process, also after
// kill -9. They are files of their own because closing any descriptor of the database would
// drop SQLite's own locks.
type locks struct {
	path    string
	live    *os.File // .live: shared by everybody who has the record open
	gateway *os.File // .lock: exclusive to the one gateway; nil until takeOver
}

// open joins those who have the record open.
func (l *locks) open(path string) error {
	l.path = path
	var err error
	if l.live, err = os.OpenFile(path+".live", os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return fmt.Errorf("store/sqlite: open %q: %w", path+".live", err)
	}
	if err := syscall.Flock(int(l.live.Fd()), syscall.LOCK_SH); err != nil {
		return fmt.Errorf("store/sqlite: lock %q: %w", path+".live", err)
	}
	return nil
}

// takeOver makes this process the record's gateway until close: a second one would close the
// conversations of the first as left open by a dead process. alone says that nobody else has
// the record open, not even a typed chat in a terminal.
func (l *locks) takeOver() (alone bool, err error) {
	if l.path == "" {
		return true, nil // in memory
	}
	if l.gateway == nil {
		f, err := os.OpenFile(l.path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return false, fmt.Errorf("store/sqlite: open %q: %w", l.path+".lock", err)
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
			_ = f.Close()
			return false, fmt.Errorf("store/sqlite: %q is in use by another decroche; stop it, or choose another folder with data_dir", l.path)
		}
		l.gateway = f
	}
	return l.alone()
}

// alone tells whether nobody else has the record open now. Converting may lose the shared lock
// on failure (flock(2)), so it is taken again either way.
func (l *locks) alone() (bool, error) {
	if l.path == "" {
		return true, nil
	}
	err := syscall.Flock(int(l.live.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if back := syscall.Flock(int(l.live.Fd()), syscall.LOCK_SH); back != nil {
		return false, fmt.Errorf("store/sqlite: lock %q: %w", l.path+".live", back)
	}
	return err == nil, nil
}

func (l *locks) close() error {
	var errs []error
	for _, f := range []*os.File{l.live, l.gateway} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}
