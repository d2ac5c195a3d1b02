package espeak

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"decroche/media"
	"decroche/tts"
	"decroche/tts/ttstest"
)

// ill are programs that stand in for espeak-ng: each lists a voice and gives its first sentence, by
// which a voice's level is measured, from a file of real sound; then it fails in its way. What it
// was told to say it repeats on its standard error, as a program that complains about a text may.
var ill = map[ttstest.Fault]string{
	ttstest.Dies:    "cat >&2; head -c 30000 WAV; kill -9 $$",
	ttstest.Silent:  "exec sleep 600",
	ttstest.Deaf:    "exec <&-; exec sleep 600",
	ttstest.Garbage: "cat >&2; head -c 100000 /dev/zero",
	ttstest.Refuses: "cat >&2; exit 3",
	ttstest.Late:    "sleep .3; exec cat WAV",
}

// TestBrokenProgram is the kit's second part: the peer is a program, not a server.
func TestBrokenProgram(t *testing.T) {
	t.Parallel()
	real := open(t)
	sound, err := exec.Command(real.path, "-v", "fr", "--stdout", french).Output()
	if err != nil {
		t.Fatal(err)
	}
	say := tts.Utterance{Text: french, Language: "fr"}
	ttstest.RunBroken(t, say, func(t *testing.T, f ttstest.Fault) tts.Synthesiser {
		dir := t.TempDir()
		wav, program := filepath.Join(dir, "sound.wav"), filepath.Join(dir, "espeak")
		if err := os.WriteFile(wav, sound, 0o600); err != nil {
			t.Fatal(err)
		}
		fails := strings.ReplaceAll(ill[f], "WAV", wav)
		script := fmt.Sprintf("#!/bin/sh\ncase $1 in --voices*) echo ' 5 fr --/M French roa/fr'; exit 0;; esac\n[ -e %[1]s.once ] || { >%[1]s.once; cat >/dev/null; exec cat %[1]s; }\n%[2]s\n", wav, fails)
		if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
		cfg := DefaultConfig()
		cfg.Path, cfg.Timeout = program, 5*time.Second
		s, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		src, err := s.Speak(t.Context(), say) // its level is known then
		if err != nil {
			t.Fatal(err)
		}
		src.Close()
		if f == ttstest.Away {
			if err := os.Remove(program); err != nil {
				t.Fatal(err)
			}
		}
		s.cfg.Timeout = 300 * time.Millisecond
		if f == ttstest.Late {
			s.cfg.Timeout = 8 * time.Second
		}
		return s
	})
}

// TestDiesMidWord: what was said before the end comes, and then an error, never an ordinary end.
func TestDiesMidWord(t *testing.T) {
	t.Parallel()
	s := open(t)
	src, err := s.Speak(t.Context(), tts.Utterance{Text: french + french + french + french, Language: "fr", Rate: media.PhoneRate})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if _, err := src.ReadFrame(); err != nil {
		t.Fatal(err)
	}
	src.(*stream).kill() // as the kernel would that lacks memory
	frames := 1
	for ; ; frames++ {
		if _, err = src.ReadFrame(); err != nil {
			break
		}
	}
	if errors.Is(err, io.EOF) {
		t.Errorf("an ordinary end after %d frames", frames)
	}
}
