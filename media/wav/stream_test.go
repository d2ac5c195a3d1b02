package wav

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"decroche/media"
	"decroche/media/codec/g711"
)

// memory is a file in memory that loses power after a number of writes.
type memory struct {
	b    []byte
	left int
}

var errPower = errors.New("the power is gone")

func (m *memory) WriteAt(p []byte, at int64) (int, error) {
	if m.left--; m.left < 0 {
		return 0, errPower
	}
	if need := int(at) + len(p); need > len(m.b) {
		m.b = append(m.b, make([]byte, need-len(m.b))...)
	}
	return copy(m.b[at:], p), nil
}

func (m *memory) ReadAt(p []byte, at int64) (int, error) { return bytes.NewReader(m.b).ReadAt(p, at) }

// stereo is n samples of a ramp on the left and of its mirror on the right, as A-law.
func stereo(n int) []byte {
	b := make([]byte, 2*n)
	for i := range n {
		g711.EncodeA(b[2*i:], []int16{int16(i * 8), int16(-i * 8)})
	}
	return b
}

func record(m *memory, seconds int, spans []Span) error {
	s, err := NewStream(m, 8000, 2)
	if err != nil {
		return err
	}
	for range seconds {
		if _, err := s.Write(stereo(4000)); err != nil {
			return err
		}
		if err := s.Patch(); err != nil {
			return err
		}
		if _, err := s.Write(stereo(4000)); err != nil {
			return err
		}
	}
	_, err = s.Finish(spans, false)
	return err
}

func TestStreamIsReadBack(t *testing.T) {
	t.Parallel()
	m := &memory{left: 1000}
	spans := []Span{{1, 0, time.Second, media.Algorithmic.String()}}
	if err := record(m, 3, spans); err != nil {
		t.Fatal(err)
	}
	ch, rate, err := ReadChannels(bytes.NewReader(m.b))
	if err != nil || rate != 8000 || len(ch) != 2 || len(ch[0]) != 3*8000 || len(ch[1]) != 3*8000 {
		t.Fatalf("%d channels at %d Hz, %v", len(ch), rate, err)
	}
	if l, r := ch[0][3000], ch[1][3000]; l < 23000 || l > 25000 || r > -23000 || r < -25000 {
		t.Errorf("sample 3000 is %d and %d, want about 24000 and -24000", l, r)
	}
	path := filepath.Join(t.TempDir(), "a.wav")
	if err := os.WriteFile(path, m.b, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadMarks(path); err != nil || len(got.Spans) != 1 || got.Spans[0] != spans[0] || got.Length != 3*time.Second {
		t.Errorf("marks %+v, %v", got, err)
	}
	if pcm, _, err := ReadFile(path); err != nil || len(pcm) != 3*8000 || pcm[3000] > 200 || pcm[3000] < -200 {
		t.Errorf("mixed down: %d samples, %v", len(pcm), err)
	}
}

// A process may die after any write: what is there can be played to its last sample once it was
// repaired, and most of it before.
func TestRepairAfterEveryWrite(t *testing.T) {
	t.Parallel()
	spans := []Span{{1, 0, time.Second, media.Algorithmic.String()}}
	for writes := 1; ; writes++ {
		m := &memory{left: writes}
		err := record(m, 3, spans)
		hole := append(bytes.Clone(m.b), make([]byte, 50_000)...) // reserved by the disk, never filled
		for name, b := range map[string][]byte{"as it was": m.b, "with a hole": hole} {
			if name == "with a hole" && bytes.Contains(m.b, []byte("_PMX")) {
				continue // the sound was whole and synced before
			}
			f := &memory{b: b, left: 100}
			sound, length, rerr := Repair(f, int64(len(b)))
			if rerr != nil {
				t.Fatalf("after %d writes, %s: %v", writes, name, rerr)
			}
			f.b = f.b[:length]
			ch, _, rerr := ReadChannels(bytes.NewReader(f.b))
			if sound > 0 && (rerr != nil || time.Duration(len(ch[0]))*time.Second/8000 != sound) {
				t.Fatalf("after %d writes, %s: %v are said, %v", writes, name, sound, rerr)
			}
			if want := (len(m.b) - streamHeader) / 8000 * 8000; !bytes.Contains(m.b, []byte("LIST")) && len(f.b) < want-1 {
				t.Errorf("after %d writes, %s: %d of %d bytes are left", writes, name, len(f.b), want)
			}
			if bytes.Contains(m.b, []byte("LIST")) && sound != 3*time.Second {
				t.Errorf("after %d writes, %s: the marks were taken for sound: %v", writes, name, sound)
			}
		}
		if err == nil {
			return
		}
		if !errors.Is(err, errPower) {
			t.Fatal(err)
		}
	}
}

func TestStreamGoesOnAfterAFailure(t *testing.T) {
	t.Parallel()
	m := &memory{left: 100}
	s, err := NewStream(m, 8000, 2)
	if err != nil {
		t.Fatal(err)
	}
	m.left = 0
	if n, err := s.Write(stereo(10)); n != 0 || !errors.Is(err, errPower) {
		t.Errorf("wrote %d, %v", n, err)
	}
	m.left = 100
	if n, err := s.Write(stereo(10)); n != 20 || err != nil || s.Data() != 20 {
		t.Errorf("wrote %d, %v", n, err)
	}
	s.data = maxData
	if _, err := s.Write([]byte{1}); !errors.Is(err, ErrLong) {
		t.Errorf("a file beyond what its header can say: %v", err)
	}
	if _, err := NewStream(m, 8000, 0); err == nil {
		t.Error("no channels are written")
	}
}

func FuzzRepair(f *testing.F) {
	m := &memory{left: 1000}
	if err := record(m, 1, []Span{{1, 0, time.Second, media.Trained.String()}}); err != nil {
		f.Fatal(err)
	}
	f.Add(m.b[:200])
	f.Add(m.b[:streamHeader])
	f.Add(m.b[:20])
	f.Add(m.b)
	f.Fuzz(func(t *testing.T, b []byte) {
		file := &memory{b: bytes.Clone(b), left: 100}
		sound, length, err := Repair(file, int64(len(b)))
		if err != nil {
			return
		}
		if sound < 0 || length < streamHeader || length > int64(len(b)) {
			t.Fatalf("%v in %d bytes of %d", sound, length, len(b))
		}
		if _, _, err := ReadChannels(bytes.NewReader(file.b[:length])); err != nil && !errors.Is(err, io.EOF) && sound > 0 {
			t.Logf("repaired and not read: %v", err)
		}
	})
}

// A header that promises a long format costs no memory: the decoder would take all of it first.
func TestFormatThatPromisesTooMuch(t *testing.T) {
	t.Parallel()
	m := &memory{left: 1000}
	if err := record(m, 1, nil); err != nil {
		t.Fatal(err)
	}
	for _, size := range []uint32{longFormat + 1, 0x7fffffff, 0xffffffff} {
		binary.LittleEndian.PutUint32(m.b[16:], size)
		if _, _, err := ReadChannels(bytes.NewReader(m.b)); err == nil || !strings.Contains(err.Error(), "its format takes") {
			t.Errorf("%d bytes of format: %v", size, err)
		}
	}
}
