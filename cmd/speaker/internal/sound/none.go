//go:build !portaudio || !cgo

package sound

// Built tells whether the program knows real devices.
const Built = false

// List lists the system's devices.
func List() ([]Info, error) { return nil, ErrNoHardware }

// Open opens a microphone and a loudspeaker.
func Open(Options) (Device, error) { return nil, ErrNoHardware }
