package sound

import (
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"decroche/media/wav"
)

func TestChoose(t *testing.T) {
	t.Parallel()
	list := []Info{{Name: "USB Audio: Jabra Speak", Inputs: 1, Outputs: 2}, {Name: "HDMI", Outputs: 8}, {Name: "USB Camera", Inputs: 1}, {Name: "usb", Inputs: 1}}
	for _, c := range []struct {
		want, what string
		can        func(Info) bool
		got        int
		err        string
	}{
		{"jabra", "microphone", Microphones, 0, ""},
		{"HDMI", "loudspeaker", Loudspeakers, 1, ""},
		{"usb", "microphone", Microphones, 3, ""}, // the very name before parts of others
		{"USB", "loudspeaker", Loudspeakers, 0, ""},
		{"us", "microphone", Microphones, 0, "write more of its name"},
		{"hdmi", "microphone", Microphones, 0, `no microphone is called "hdmi"; there are`},
		{"x", "dog", func(Info) bool { return false }, 0, "there is no dog"},
	} {
		got, err := Choose(list, c.want, c.what, c.can)
		if c.err == "" && (err != nil || got != c.got) || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%q: %d, %v", c.want, got, err)
		}
	}
}

// TestFilesKeepTime: 20 ms each, whatever the caller does between, and sample n of one file is of the
// moment of sample n of the other.
func TestFilesKeepTime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.wav"), filepath.Join(dir, "out.wav")
	pcm := make([]int16, Rate) // a second, a click in the middle
	pcm[Rate/2] = 20000
	w, err := wav.Create(in, Rate, 1)
	if err == nil {
		err = errors.Join(w.Write(pcm), w.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		f, err := OpenFiles(in, out, 500*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		heard, play := make([]int16, Frame), make([]int16, Frame)
		n := 0
		for ; ; n++ {
			copy(play, heard) // what was heard is played in the next frame
			if err := f.Exchange(heard, play); err != nil {
				if err != io.EOF {
					t.Fatal(err)
				}
				break
			}
			if n == 10 {
				time.Sleep(50 * time.Millisecond) // somebody is slow; the clock goes on
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); n != 75 || took != 1500*time.Millisecond || f.Missed() != 1 {
			t.Errorf("%d frames in %v, %d late; want 75 in 1.5s and 1", n, took, f.Missed())
		}
	})
	got, rate, err := wav.ReadFile(out)
	if err != nil || rate != Rate || len(got) != 75*Frame {
		t.Fatal(len(got), rate, err)
	}
	if at := Rate/2 + Frame; got[at] != 20000 {
		t.Errorf("the click is not at sample %d", at)
	}
}

// TestWithoutHardware: what cannot be had says what to do.
func TestWithoutHardware(t *testing.T) {
	t.Parallel()
	if Built {
		t.Skip("this test is of a build without PortAudio; the other kind is tested by cmd/decroche's TestSpeakerOnRealDevices")
	}
	_, err := List()
	_, err2 := Open(Options{})
	for _, err := range []error{err, err2} {
		if !errors.Is(err, ErrNoHardware) || !strings.Contains(err.Error(), "make speaker") {
			t.Error(err)
		}
	}
	if _, err := OpenFiles("nowhere.wav", "", 0); err == nil || !strings.Contains(err.Error(), "nowhere.wav") {
		t.Error(err)
	}
}
