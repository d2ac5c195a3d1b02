package openai

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"decroche/internal/openai"
)

// maxChunk bounds a chunk before the sound, in bytes: names and dates.
const maxChunk = 64 << 10

// header reads a WAV file up to its sound and returns the rate. The lengths of the file and of the
// sound are passed over: a server that streams does not know them yet.
func header(r io.Reader) (rate int, err error) {
	var h [12]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return 0, ended(err)
	}
	if string(h[:4]) != "RIFF" || string(h[8:]) != "WAVE" {
		return 0, openai.ErrGarbage
	}
	for range 20 {
		if _, err := io.ReadFull(r, h[:8]); err != nil {
			return 0, ended(err)
		}
		n := int64(binary.LittleEndian.Uint32(h[4:8]))
		switch {
		case string(h[:4]) == "data" && rate > 0:
			return rate, nil
		case n > maxChunk || string(h[:4]) == "data":
			return 0, openai.ErrGarbage
		}
		b := make([]byte, n+n%2)
		if _, err := io.ReadFull(r, b); err != nil {
			return 0, ended(err)
		}
		if string(h[:4]) != "fmt " {
			continue
		}
		if n < 16 {
			return 0, openai.ErrGarbage
		}
		kind, channels, bits := binary.LittleEndian.Uint16(b), binary.LittleEndian.Uint16(b[2:]), binary.LittleEndian.Uint16(b[14:])
		if rate = int(binary.LittleEndian.Uint32(b[4:])); kind != 1 && kind != 0xFFFE || channels != 1 || bits != 16 || rate < 4000 || rate > 96000 {
			return 0, &soundError{fmt.Errorf("the WAV file has format %d, %d channels, %d bits, %d samples per second; only 16-bit mono PCM is read", kind, channels, bits, rate)}
		}
	}
	return 0, openai.ErrGarbage
}

// ended is an end in the middle.
func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
