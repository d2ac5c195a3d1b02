package wav

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// A file of a Stream begins with 58 bytes: RIFF, a "fmt " of 18 bytes, as every format but PCM has
// it, a "fact" with the length in samples (Microsoft's multimedia data standards, 1991), and the
// header of "data". The offsets are those of what changes while the file grows.
const (
	streamHeader = 58
	riffSizeAt   = 4
	factAt       = 46
	dataSizeAt   = 54
)

// maxData keeps every size of a file in the 32 bits that RIFF has for it, marks included.
const maxData = 1<<32 - 1 - 8<<20

// ErrLong means that a file of this kind cannot hold more.
var ErrLong = errors.New("wav: the file is as long as a WAV file can be")

// Stream writes A-law sound of one or more channels piece by piece, to anything that can be
// written at an offset. After a failure whoever writes may go on. Not safe for concurrent use.
type Stream struct {
	w        io.WriterAt
	rate     int
	channels int
	data     int64
}

// NewStream writes the header of a file without sound.
func NewStream(w io.WriterAt, rate, channels int) (*Stream, error) {
	if rate < 1000 || rate > 192000 || channels < 1 || channels > 16 {
		return nil, fmt.Errorf("wav: %d channels at %d Hz cannot be written", channels, rate)
	}
	s := &Stream{w: w, rate: rate, channels: channels}
	h := append(make([]byte, 0, streamHeader), "RIFF\x00\x00\x00\x00WAVEfmt "...)
	le := binary.LittleEndian
	h = le.AppendUint32(h, 18)
	h = le.AppendUint16(h, formatALaw)
	h = le.AppendUint16(h, uint16(channels))
	h = le.AppendUint32(h, uint32(rate))
	h = le.AppendUint32(h, uint32(rate*channels))
	h = le.AppendUint16(h, uint16(channels))
	h = le.AppendUint16(h, 8)
	h = le.AppendUint16(h, 0)
	h = append(h, "fact\x04\x00\x00\x00\x00\x00\x00\x00data\x00\x00\x00\x00"...)
	if _, err := w.WriteAt(h, 0); err != nil {
		return nil, fmt.Errorf("wav: %w", err)
	}
	return s, s.Patch()
}

// Write appends interleaved A-law bytes, all or none: after a failure the next Write goes over what
// there is of this one, so that channels cannot change places.
func (s *Stream) Write(b []byte) (n int, err error) {
	if s.data+int64(len(b)) > maxData {
		return 0, ErrLong
	}
	if _, err := s.w.WriteAt(b, streamHeader+s.data); err != nil {
		return 0, fmt.Errorf("wav: %w", err)
	}
	s.data += int64(len(b))
	return len(b), nil
}

// Overwrite replaces bytes of sound that were written, from byte at on.
func (s *Stream) Overwrite(at int64, b []byte) error {
	if at < 0 || at+int64(len(b)) > s.data {
		return fmt.Errorf("wav: overwrite %d bytes at %d of %d", len(b), at, s.data)
	}
	if _, err := s.w.WriteAt(b, streamHeader+at); err != nil {
		return fmt.Errorf("wav: %w", err)
	}
	return nil
}

// Data is how many bytes of sound there are.
func (s *Stream) Data() int64 { return s.data }

// Length is how long that plays.
func (s *Stream) Length() time.Duration {
	return time.Duration(s.data/int64(s.channels)) * time.Second / time.Duration(s.rate)
}

// Patch writes the sizes into the header, so that everything written so far can be played.
func (s *Stream) Patch() error { return patch(s.w, s.data, s.channels, 0) }

// Finish cuts a last incomplete sample, writes the marks of what is synthetic behind the sound
// (whole: nothing else is in the file) and the final sizes. It returns the length of the file.
func (s *Stream) Finish(spans []Span, whole bool) (size int64, err error) {
	s.data -= s.data % int64(s.channels)
	// Sizes first: whoever finds the file after a crash tells sound from marks by them.
	if err := patch(s.w, s.data, s.channels, 0); err != nil {
		return 0, err
	}
	meta := marks(spans, s.rate, whole)
	if s.data%2 == 1 {
		meta = append([]byte{0}, meta...)
	}
	if len(meta) > 0 {
		if _, err := s.w.WriteAt(meta, streamHeader+s.data); err != nil {
			return 0, fmt.Errorf("wav: %w", err)
		}
	}
	return streamHeader + s.data + int64(len(meta)), patch(s.w, s.data, s.channels, int64(len(meta)))
}

// patch writes the sizes of a file with so many bytes of sound and of marks.
func patch(w io.WriterAt, data int64, channels int, meta int64) error {
	for _, p := range []struct{ at, v int64 }{
		{riffSizeAt, streamHeader - 8 + data + meta}, {factAt, data / int64(channels)}, {dataSizeAt, data},
	} {
		var b [4]byte
		binary.LittleEndian.PutUint32(b[:], uint32(p.v))
		if _, err := w.WriteAt(b[:], p.at); err != nil {
			return fmt.Errorf("wav: %w", err)
		}
	}
	return nil
}

// Repair makes a file that a Stream was writing when its process died a whole one: the sizes in
// its header become what is there. size is the length of the file. It returns how much sound the
// file holds and the length that the file should have; what is behind that are bytes that the
// disk had reserved and never got. An error means that the file is none of a Stream's.
func Repair(f interface {
	io.ReaderAt
	io.WriterAt
}, size int64) (sound time.Duration, length int64, err error) {
	var h [streamHeader]byte
	if _, err := f.ReadAt(h[:], 0); err != nil {
		return 0, 0, fmt.Errorf("wav: repair: the file ends in its header: %w", err)
	}
	le := binary.LittleEndian
	channels, rate := int(le.Uint16(h[22:])), int(le.Uint32(h[24:]))
	if string(h[:4]) != "RIFF" || string(h[8:16]) != "WAVEfmt " || le.Uint16(h[20:]) != formatALaw || string(h[50:54]) != "data" || channels < 1 || channels > 16 || rate < 1000 || rate > 192000 {
		return 0, 0, errors.New("wav: repair: not a recording that is being written")
	}
	data, meta := int64(le.Uint32(h[dataSizeAt:])), int64(0)
	if behind := streamHeader + data + data%2; marksAt(f, behind) { // the sound was whole, only sizes were not
		meta = size - streamHeader - data
	} else if data, err = withoutHole(f, size); err != nil {
		return 0, 0, err
	}
	data -= data % int64(channels)
	if data > maxData {
		return 0, 0, ErrLong
	}
	return time.Duration(data/int64(channels)) * time.Second / time.Duration(rate), streamHeader + data + meta, patch(f, data, channels, meta)
}

// marksAt reports whether the chunks of marks begin at an offset.
func marksAt(f io.ReaderAt, at int64) bool {
	var b [12]byte
	if _, err := f.ReadAt(b[:], at); err != nil {
		return false
	}
	return string(b[:4]) == "LIST" && string(b[8:]) == "INFO"
}

// withoutHole is how much sound there is before the zeros that a file ends with after a power
// failure. In A-law a zero is no silence but a loud value that no sound holds for long.
func withoutHole(f io.ReaderAt, size int64) (int64, error) {
	buf := make([]byte, 32<<10)
	for size > streamHeader {
		n := min(int64(len(buf)), size-streamHeader)
		if _, err := f.ReadAt(buf[:n], size-n); err != nil {
			return 0, fmt.Errorf("wav: repair: %w", err)
		}
		for i := n - 1; i >= 0; i-- {
			if buf[i] != 0 {
				return size - n + i + 1 - streamHeader, nil
			}
		}
		size -= n
	}
	return 0, nil
}
