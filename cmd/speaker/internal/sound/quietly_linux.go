//go:build portaudio && cgo && linux

package sound

import (
	"os"

	"golang.org/x/sys/unix"
)

// quietly runs f without what C libraries write to the standard error meanwhile: ALSA tries every kind
// of sound card that there may be and complains about each that there is not.
func quietly(f func() error) error {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return f()
	}
	defer null.Close()
	was, err := unix.Dup(2)
	if err != nil {
		return f()
	}
	defer unix.Close(was)
	if unix.Dup3(int(null.Fd()), 2, 0) != nil {
		return f()
	}
	defer unix.Dup3(was, 2, 0)
	return f()
}
