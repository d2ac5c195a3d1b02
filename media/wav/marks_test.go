package wav

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"decroche/media"
)

func marked(t testing.TB, spans []Span, whole bool) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.wav")
	w, err := Create(path, 8000, 2)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(ramp(2 * 8000)); err != nil {
		t.Fatal(err)
	}
	w.Mark(spans, whole)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// What is marked is read back, and the samples are what they were.
func TestMarksRoundTrip(t *testing.T) {
	t.Parallel()
	var s Spans
	s.Add(1, 0, 200*time.Millisecond, media.Algorithmic)
	s.Add(1, 600*time.Millisecond, 100*time.Millisecond, media.Algorithmic) // the same speech after a pause
	s.Add(0, 100*time.Millisecond, 300*time.Millisecond, media.Trained)
	s.Add(0, 0, time.Second, media.Captured)
	spans := s.List()
	want := []Span{{1, 0, 700 * time.Millisecond, "algorithmicMedia"}, {0, 100 * time.Millisecond, 400 * time.Millisecond, "trainedAlgorithmicMedia"}}
	if !slices.Equal(spans, want) {
		t.Fatalf("collected %+v, want %+v", spans, want)
	}
	path := marked(t, spans, false)
	m, err := ReadMarks(path)
	if err != nil || m.Source != "compositeSynthetic" || !slices.Equal(m.Spans, want) || m.Length != time.Second {
		t.Errorf("read %+v, %v", m, err)
	}
	if pcm, rate, err := ReadFile(path); err != nil || rate != 8000 || len(pcm) != 8000 {
		t.Errorf("%d samples at %d Hz, %v", len(pcm), rate, err)
	}
	data, _ := os.ReadFile(path)
	for _, part := range []string{"_PMX", "http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic", "LIST", "cue ", "ltxt"} {
		if !bytes.Contains(data, []byte(part)) {
			t.Errorf("the file has no %s", part)
		}
	}
	if size := int(data[4]) | int(data[5])<<8 | int(data[6])<<16; size != len(data)-8 {
		t.Errorf("the header says %d bytes of %d", size, len(data)-8)
	}
}

func TestMarksOfAll(t *testing.T) {
	t.Parallel()
	one := []Span{{0, 0, time.Second, "algorithmicMedia"}}
	if m, err := ReadMarks(marked(t, one, true)); err != nil || m.Source != "algorithmicMedia" {
		t.Errorf("%+v, %v", m, err)
	}
	if m, err := ReadMarks(marked(t, nil, true)); err != nil || m.Source != "" || m.Spans != nil {
		t.Errorf("nothing marked: %+v, %v", m, err)
	}
	bad := filepath.Join(t.TempDir(), "x.wav")
	_ = os.WriteFile(bad, []byte("no"), 0o600)
	if _, err := ReadMarks(bad); err == nil || !strings.Contains(err.Error(), "not a WAV file") {
		t.Errorf("no WAV: %v", err)
	}
}

func FuzzReadMarks(f *testing.F) {
	data, err := os.ReadFile(marked(f, []Span{{0, 0, time.Second, "algorithmicMedia"}}, true))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data[len(data)-1200:])
	f.Add(append(data[:44:44], data[32044:]...))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := readMarks(bytes.NewReader(b))
		if err == nil && len(m.Spans) > maxSpans {
			t.Errorf("%d spans", len(m.Spans))
		}
	})
}
