package call

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"decroche/media/tone"
	"decroche/media/wav"
)

func writeWAV(t *testing.T, rate int, pcm []int16) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.wav")
	w, err := wav.Create(path, rate, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(pcm); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// Music goes on where it was, and begins again at its end without a gap.
func TestMusicGoesRoundAndRound(t *testing.T) {
	t.Parallel()
	m, err := LoadMusic(writeWAV(t, 22050, tone.Sine(440, 22050, 3*time.Second, 0.3)))
	if err != nil {
		t.Fatal(err)
	}
	src := m.source(10*time.Second, 5*time.Second)
	var pcm []int16
	for {
		f, err := src.ReadFrame()
		if err == io.EOF {
			break
		}
		pcm = append(pcm, f.PCM...)
	}
	if len(pcm) != 5*musicRate {
		t.Fatalf("%d samples", len(pcm))
	}
	for i := 0; i+musicRate/10 <= len(pcm); i += musicRate / 10 {
		if l := tone.Goertzel(pcm[i:i+musicRate/10], musicRate, 440); l < 0.1 {
			t.Errorf("at %d ms the music is not there: %v", i*1000/musicRate, l)
		}
	}
	for want, path := range map[string]string{
		"choose a file of 2s to 10m0s": writeWAV(t, 8000, make([]int16, 8000)),
		"no such file":                 "/nonexistent.wav",
	} {
		if _, err := LoadMusic(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	text := filepath.Join(t.TempDir(), "b.wav")
	if err := os.WriteFile(text, []byte("RIFFnothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadMusic(text); err == nil {
		t.Error("a text is music")
	}
}
