package wav

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"decroche/media/codec/g711"
)

func ramp(n int) []int16 {
	out := make([]int16, n)
	for i := range out {
		out[i] = int16(12000 * math.Sin(float64(i)/9))
	}
	return out
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.wav")
	w, err := Create(path, 8000, 1)
	if err != nil {
		t.Fatal(err)
	}
	in := ramp(20001)
	for i := 0; i < len(in); i += 160 {
		if err := w.Write(in[i:min(i+160, len(in))]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got, rate, err := ReadFile(path)
	if err != nil || rate != 8000 || !slices.Equal(got, in) {
		t.Errorf("read %d samples at %d Hz, %v; wrote %d", len(got), rate, err, len(in))
	}
}

// TestReadableAfterACrash reads a recording whose writer never closed it.
func TestReadableAfterACrash(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.wav")
	w, err := Create(path, 8000, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer w.f.Close()
	for range 150 { // three seconds of two channels
		if err := w.Write(ramp(320)); err != nil {
			t.Fatal(err)
		}
	}
	got, _, err := ReadFile(path)
	if err != nil || len(got) < 2*8000 {
		t.Errorf("%d samples of 24000 are readable, %v", len(got), err)
	}
}

// file builds a WAV by hand, so that the reader is not only tested against our own writer.
func file(format, channels, rate, bits int, data []byte) []byte {
	var b bytes.Buffer
	le := binary.LittleEndian
	b.WriteString("RIFF")
	_ = binary.Write(&b, le, uint32(36+len(data)))
	b.WriteString("WAVEfmt ")
	for _, v := range []any{uint32(16), uint16(format), uint16(channels), uint32(rate), uint32(rate * channels * bits / 8), uint16(channels * bits / 8), uint16(bits)} {
		_ = binary.Write(&b, le, v)
	}
	b.WriteString("data")
	_ = binary.Write(&b, le, uint32(len(data)))
	b.Write(data)
	return b.Bytes()
}

func TestFormats(t *testing.T) {
	t.Parallel()
	in := ramp(400)
	law := make([]byte, len(in))
	g711.EncodeA(law, in)
	want := make([]int16, len(in))
	g711.DecodeA(want, law)
	stereo, pcm24, pcm8 := new(bytes.Buffer), new(bytes.Buffer), new(bytes.Buffer)
	for _, v := range in {
		_ = binary.Write(stereo, binary.LittleEndian, [2]int16{v, v})
		pcm24.Write([]byte{0, byte(v), byte(v >> 8)})
		pcm8.WriteByte(byte(int(v)>>8 + 128))
	}
	for name, c := range map[string]struct {
		file []byte
		want func(i int) int16
		tol  int
	}{
		"A-law":  {file(6, 1, 8000, 8, law), func(i int) int16 { return want[i] }, 0},
		"stereo": {file(1, 2, 8000, 16, stereo.Bytes()), func(i int) int16 { return in[i] }, 0},
		"24 bit": {file(1, 1, 8000, 24, pcm24.Bytes()), func(i int) int16 { return in[i] }, 0},
		"8 bit":  {file(1, 1, 8000, 8, pcm8.Bytes()), func(i int) int16 { return in[i] }, 256},
	} {
		got, rate, err := Read(bytes.NewReader(c.file))
		if err != nil || rate != 8000 || len(got) != len(in) {
			t.Errorf("%s: %d samples at %d Hz, %v", name, len(got), rate, err)
			continue
		}
		for i, v := range got {
			if d := int(v) - int(c.want(i)); d > c.tol || d < -c.tol {
				t.Errorf("%s: sample %d is %d, want %d", name, i, v, c.want(i))
				break
			}
		}
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	for name, b := range map[string][]byte{
		"text":  []byte("this is no sound at all, just some text that is long enough"),
		"empty": {},
		"float": file(3, 1, 8000, 32, make([]byte, 400)),
	} {
		if _, _, err := Read(bytes.NewReader(b)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, _, err := ReadFile(filepath.Join(t.TempDir(), "none.wav")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file(1, 1, 8000, 16, make([]byte, 40)))
	f.Add(file(6, 2, 8000, 8, make([]byte, 40)))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _, _ = Read(bytes.NewReader(b))
	})
}

// What is no file is refused before it is opened: opening a pipe waits for its writer.
func TestReadFileOfNone(t *testing.T) {
	t.Parallel()
	for _, path := range []string{os.DevNull, t.TempDir()} {
		if _, _, err := ReadFile(path); err == nil || !strings.Contains(err.Error(), "only files are read") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestGarbageIsNotPrinted: the complaint about a file that is none of ours holds none of its bytes
// that would steer a terminal.
func TestGarbageIsNotPrinted(t *testing.T) {
	t.Parallel()
	_, _, err := Read(strings.NewReader("\x1b]0;\a" + strings.Repeat("\x00\xff", 40)))
	if err == nil || strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' || r > '~' }) {
		t.Errorf("%q", err)
	}
}
