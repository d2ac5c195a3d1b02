package models

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
)

// ErrOffline means that a server could not be reached at all.
var ErrOffline = errors.New("is this machine online? Behind a proxy set HTTPS_PROXY; without a network fetch the file elsewhere and give it with --from FILE")

// statusError is an answer that is no file.
type statusError struct{ code int }

func (e *statusError) Error() string {
	switch e.code {
	case http.StatusNotFound, http.StatusGone:
		return fmt.Sprintf("there is no such file there (%d); it may have moved: look at the model's page, and give the new address with --from URL", e.code)
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		return fmt.Sprintf("the server refuses it (%d); look at the model's page whether its licence wants to be accepted, fetch it by hand, and give it with --from FILE", e.code)
	}
	return fmt.Sprintf("the server answers %d %s; try again later, or give another place with --from URL", e.code, http.StatusText(e.code))
}

// sizeError is a file much larger than its page says.
type sizeError struct{ got, limit int64 }

func (e *sizeError) Error() string {
	return fmt.Sprintf("it has more than %d MB, far more than the catalogue says; it is not that file, look at the model's page", e.limit/1e6)
}

// SpaceError is a disk without room.
type SpaceError struct {
	Dir        string
	Need, Free uint64 // bytes
}

func (e *SpaceError) Error() string {
	return fmt.Sprintf("%d MB are needed in %q, where %d MB are free; make room, or name another folder with --dir or models.dir", (e.Need+999999)/1e6, e.Dir, e.Free/1e6)
}

// SumError is a file that is not the one whose checksum is known.
type SumError struct{ File, Want, Got string }

func (e *SumError) Error() string {
	return fmt.Sprintf("%s: its checksum is %s and not %s: the file is broken or another one, and nothing of it was kept; try again, or look at the model's page whether there is a newer one", e.File, e.Got, e.Want)
}

// plain says in one sentence why url could not be fetched.
func plain(url string, err error) error {
	if isFull(err) {
		return fmt.Errorf("fetch %s: the disk is full; make room, or name another folder with --dir or models.dir; what came so far is kept for the next try", url)
	}
	if offline(err) {
		return fmt.Errorf("%s cannot be reached (%s): %w", host(url), reason(err), ErrOffline)
	}
	return fmt.Errorf("fetch %s: %w", url, err)
}

// isFull tells whether a disk, or one's share of it, is full.
func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// offline tells whether a request never reached its server.
func offline(err error) bool {
	if errors.Is(err, context.Canceled) {
		return false
	}
	var dns *net.DNSError
	var op *net.OpError
	return errors.As(err, &dns) || errors.As(err, &op) && op.Op != "read" && op.Op != "write" || errors.Is(err, syscall.ECONNREFUSED)
}

// reason is the innermost of a chain of network errors.
func reason(err error) string {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return dns.Err
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	var sys syscall.Errno
	if errors.As(err, &sys) {
		return sys.Error()
	}
	return err.Error()
}

// spaceFor complains when a disk has less than need bytes, and a little, free. near: a file or
// folder on it. A system that does not tell is trusted.
func spaceFor(free func(string) (uint64, error), near string, need uint64) error {
	dir := filepath.Dir(near)
	if st, err := os.Stat(near); err == nil && st.IsDir() {
		dir = near
	}
	const spare = 16 << 20
	got, err := free(dir)
	if err != nil || got >= need+spare {
		return nil
	}
	return &SpaceError{Dir: dir, Need: need + spare, Free: got}
}
