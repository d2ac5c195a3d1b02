//go:build portaudio && cgo && !linux

package sound

// quietly runs f; elsewhere libraries are quiet.
func quietly(f func() error) error { return f() }
