//go:build unix

package sqlite

import (
	"fmt"
	"os"
	"strings"
	"syscall"
)

// lockFile takes the lock that lets only one gateway use a record: a second one would close the
// conversations of the first as left open by a dead process. The kernel drops the lock with the
// process, also after kill -9. It is a file of its own because closing any descriptor of the
// database would drop SQLite's own locks.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("store/sqlite: open %q: %w", path, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("store/sqlite: %q is in use by another decroche; stop it, or choose another file with store.path", strings.TrimSuffix(path, ".lock"))
	}
	return f, nil
}
