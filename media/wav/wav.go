// Package wav reads and writes recordings, on go-audio/wav. Reading takes what people have:
// PCM of 8 to 32 bits, A-law and µ-law, any number of channels, mixed down to one. Writing makes
// 16-bit PCM whose header is brought up to date once a second, so that a recording stays
// readable when the process dies.
package wav

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/go-audio/audio"
	"github.com/go-audio/wav"
)

// MaxSamples bounds what ReadFile loads: two hours at 8 kHz.
const MaxSamples = 2 * 3600 * 8000

// Format codes of a WAV file (RFC 2361).
const (
	formatPCM        = 1
	formatALaw       = 6
	formatMuLaw      = 7
	formatExtensible = 0xFFFE
)

// ReadFile reads a recording as mono 16-bit samples.
func ReadFile(path string) (pcm []int16, rate int, err error) {
	// a pipe would be waited for and a device read without end
	if st, err := os.Stat(path); err == nil && !st.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("wav: read %q: it is a folder, a pipe or a device; only files are read", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, fmt.Errorf("wav: %w", err)
	}
	defer f.Close()
	pcm, rate, err = Read(f)
	if err != nil {
		return nil, 0, fmt.Errorf("wav: read %q: %w", path, err)
	}
	return pcm, rate, nil
}

// printable is an error's text without what a terminal would take for a command.
func printable(err error) string {
	q := strconv.QuoteToASCII(err.Error())
	return q[1 : len(q)-1]
}

// Read reads a recording as mono 16-bit samples.
func Read(r io.ReadSeeker) (pcm []int16, rate int, err error) {
	all, channels, rate, err := interleaved(r)
	return mono(all, channels), rate, err
}

// ReadChannels reads a recording as 16-bit samples, one list for each channel.
func ReadChannels(r io.ReadSeeker) (pcm [][]int16, rate int, err error) {
	all, channels, rate, err := interleaved(r)
	if err != nil {
		return nil, 0, err
	}
	pcm = make([][]int16, channels)
	for c := range pcm {
		pcm[c] = make([]int16, len(all)/channels)
		for i := range pcm[c] {
			pcm[c][i] = all[i*channels+c]
		}
	}
	return pcm, rate, nil
}

// interleaved reads a recording's samples as they stand in the file.
func interleaved(r io.ReadSeeker) (pcm []int16, channels, rate int, err error) {
	if err := modest(r); err != nil {
		return nil, 1, 0, err
	}
	d := wav.NewDecoder(r)
	d.ReadInfo()
	switch {
	case d.Err() != nil && !errors.Is(d.Err(), io.EOF):
		return nil, 1, 0, fmt.Errorf("not a WAV file: %s", printable(d.Err())) // it quotes the file's first bytes
	case d.NumChans == 0 || d.NumChans > 16 || d.SampleRate < 1000 || d.SampleRate > 192000:
		return nil, 1, 0, fmt.Errorf("not a WAV file, or one with %d channels at %d Hz", d.NumChans, d.SampleRate)
	}
	rate = int(d.SampleRate)
	if err := d.FwdToPCM(); err != nil {
		return nil, 1, 0, fmt.Errorf("no sound in it: %w", err)
	}
	switch d.WavAudioFormat {
	case formatALaw, formatMuLaw:
		pcm, err = companded(d)
	case formatPCM, formatExtensible:
		pcm, err = linear(d)
	default:
		err = fmt.Errorf("format %d is not read; convert it to 16-bit PCM", d.WavAudioFormat)
	}
	return pcm, int(d.NumChans), rate, err
}

// longFormat bounds the "fmt " chunk: the longest known has 40 bytes.
const longFormat = 4096

// modest refuses a file whose "fmt " chunk says that it is long, for the decoder takes as much memory
// as that says, and rewinds r. What else may be wrong is the decoder's to find.
func modest(r io.ReadSeeker) error {
	var head [12]byte
	if _, err := io.ReadFull(r, head[:]); err == nil {
		for chunk := head[:8]; ; {
			if _, err := io.ReadFull(r, chunk); err != nil {
				break
			}
			size := int64(binary.LittleEndian.Uint32(chunk[4:]))
			if string(chunk[:4]) == "fmt " {
				if size > longFormat {
					return fmt.Errorf("not a WAV file: its format takes %d bytes", size)
				}
				break
			}
			if _, err := r.Seek(size+size%2, io.SeekCurrent); err != nil {
				break
			}
		}
	}
	_, err := r.Seek(0, io.SeekStart)
	return err
}

func linear(d *wav.Decoder) ([]int16, error) {
	bits := int(d.BitDepth)
	switch bits {
	case 8, 16, 24, 32:
	default:
		return nil, fmt.Errorf("%d bits a sample are not read; convert it to 16-bit PCM", bits)
	}
	buf := &audio.IntBuffer{Data: make([]int, 16384), Format: &audio.Format{NumChannels: int(d.NumChans), SampleRate: int(d.SampleRate)}}
	var all []int16
	for len(all) < MaxSamples*int(d.NumChans) {
		n, err := d.PCMBuffer(buf)
		for _, v := range buf.Data[:n] {
			if bits == 8 {
				v = (v - 128) << 8
			} else {
				v >>= bits - 16
			}
			all = append(all, int16(v))
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if n == 0 {
			break
		}
	}
	return all, nil
}

func mono(pcm []int16, channels int) []int16 {
	if channels == 1 {
		return pcm
	}
	out := make([]int16, len(pcm)/channels)
	for i := range out {
		sum := 0
		for c := range channels {
			sum += int(pcm[i*channels+c])
		}
		out[i] = int16(sum / channels)
	}
	return out
}

// Writer writes 16-bit PCM. Not safe for concurrent use.
type Writer struct {
	f         *os.File
	enc       *wav.Encoder
	buf       audio.IntBuffer
	perSecond int
	unsynced  int
	data      int64
	rate      int
	spans     []Span
	whole     bool
}

// Create makes or truncates a file. Samples of several channels are interleaved.
func Create(path string, rate, channels int) (*Writer, error) {
	if rate < 1000 || rate > 192000 || channels < 1 || channels > 16 {
		return nil, fmt.Errorf("wav: create %q: %d channels at %d Hz cannot be written", path, channels, rate)
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("wav: %w", err)
	}
	w := &Writer{f: f, enc: wav.NewEncoder(f, rate, 16, channels, formatPCM), perSecond: rate * channels, rate: rate}
	w.buf.Format = &audio.Format{NumChannels: channels, SampleRate: rate}
	w.buf.SourceBitDepth = 16
	if err := w.enc.Write(&w.buf); err != nil { // the header, so that even an empty recording is one
		_ = f.Close()
		return nil, fmt.Errorf("wav: create %q: %w", path, err)
	}
	return w, w.patch()
}

// Write appends samples.
func (w *Writer) Write(pcm []int16) error {
	w.buf.Data = w.buf.Data[:0]
	for _, v := range pcm {
		w.buf.Data = append(w.buf.Data, int(v))
	}
	if err := w.enc.Write(&w.buf); err != nil {
		return fmt.Errorf("wav: write %q: %w", w.f.Name(), err)
	}
	w.data += int64(2 * len(pcm))
	if w.unsynced += len(pcm); w.unsynced >= w.perSecond {
		w.unsynced = 0
		return w.patch()
	}
	return nil
}

// patch writes the sizes into the header and returns to the end of the file. go-audio's encoder
// puts a 44-byte header with the data chunk last.
func (w *Writer) patch() error {
	var size [4]byte
	binary.LittleEndian.PutUint32(size[:], uint32(36+w.data))
	if _, err := w.f.WriteAt(size[:], 4); err != nil {
		return fmt.Errorf("wav: %w", err)
	}
	binary.LittleEndian.PutUint32(size[:], uint32(w.data))
	if _, err := w.f.WriteAt(size[:], 40); err != nil {
		return fmt.Errorf("wav: %w", err)
	}
	return nil
}

// Mark tells which sound in the file is synthetic; whole, that there is no other. The marks are
// written at Close (Regulation (EU) 2024/1689, article 50(2)).
func (w *Writer) Mark(spans []Span, whole bool) { w.spans, w.whole = spans, whole }

// Close writes the marks and the final header and closes the file.
func (w *Writer) Close() error {
	err := errors.Join(w.enc.Close(), w.patch(), w.mark())
	return errors.Join(err, w.f.Close())
}

// mark appends the chunks of marks behind the samples.
func (w *Writer) mark() error {
	meta := marks(w.spans, w.rate, w.whole)
	if meta == nil {
		return nil
	}
	if _, err := w.f.WriteAt(meta, 44+w.data); err != nil { // 16-bit samples end on an even byte
		return fmt.Errorf("wav: %w", err)
	}
	var size [4]byte
	binary.LittleEndian.PutUint32(size[:], uint32(36+w.data+int64(len(meta))))
	if _, err := w.f.WriteAt(size[:], 4); err != nil {
		return fmt.Errorf("wav: %w", err)
	}
	return nil
}
