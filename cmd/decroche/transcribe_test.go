package main

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"decroche/media/codec/g711"
)

// spoken writes a sentence of espeak-ng's into dir and returns its samples at 8 kHz.
func spoken(t *testing.T, dir, name, lang, text string) []int16 {
	t.Helper()
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed: apt-get install espeak-ng")
	}
	file := filepath.Join(dir, name) // espeak-ng writes 22,050 Hz
	if out, err := exec.Command("espeak-ng", "-v", lang, "-s", "150", "-w", file, text).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	pcm, err := readPhone(file)
	if err != nil {
		t.Fatal(err)
	}
	return pcm
}

// companded writes a WAV file of A-law or µ-law (RFC 2361), by hand.
func companded(t *testing.T, file string, format byte, b []byte) {
	t.Helper()
	size := func(n int) string { return string([]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)}) }
	head := "RIFF" + size(36+len(b)) + "WAVEfmt " + size(16) + string([]byte{format, 0, 1, 0}) + size(8000) + size(8000) + string([]byte{1, 0, 8, 0}) + "data" + size(len(b))
	if err := os.WriteFile(file, append([]byte(head), b...), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestTranscribeCommand hears a folder in which one file is no recording.
func TestTranscribeCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sub := filepath.Join(dir, "calls", "today")
	if err := os.MkdirAll(sub, 0o700); err != nil {
		t.Fatal(err)
	}
	pcm := spoken(t, sub, "a.wav", "fr", "bonjour, où est mon colis ?")
	wire := make([]byte, len(pcm))
	g711.EncodeA(wire, pcm)
	companded(t, filepath.Join(sub, "b.WAV"), 6, wire)
	g711.EncodeU(wire, pcm)
	companded(t, filepath.Join(sub, "c.wav"), 7, wire)
	spoken(t, sub, "en.wav", "en-gb", "hello, where is my parcel?")
	table := "file\tlang\ttranscript\na.wav\tfr\tbonjour où est mon colis\nb.WAV\tfr\tbonjour où est mon colis\nen.wav\ten\thello where is my parcel\n"
	if err := errors.Join(os.WriteFile(filepath.Join(sub, "clips.tsv"), []byte(table), 0o600), os.WriteFile(filepath.Join(dir, "bad.wav"), []byte("no sound"), 0o600), os.WriteFile(filepath.Join(dir, "answers.txt"), []byte("# what may be said\noui\nbonjour où est mon colis\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	var out struct {
		Clips []clip
		WER   *float64
	}
	hear := func(wantExit int, args ...string) {
		t.Helper()
		out.Clips, out.WER = nil, nil
		if err := json.Unmarshal([]byte(tool(t, dir, "", wantExit, append([]string{"transcribe", "--json"}, args...)...)), &out); err != nil {
			t.Fatal(err)
		}
	}
	hear(1, "calls", "bad.wav", "--jobs", "3")
	if len(out.Clips) != 5 || out.Clips[0].File != "calls/today/a.wav" || !strings.Contains(out.Clips[4].Error, "not a WAV file") {
		t.Fatalf("heard %+v", out.Clips)
	}
	for _, c := range out.Clips[:4] {
		if c.Error != "" || len(c.Words) == 0 || c.Seconds < 1 {
			t.Errorf("%s: %+v", c.File, c)
		}
	}
	if out.WER == nil || *out.WER > .5 || out.Clips[0].WER == nil || out.Clips[2].WER != nil || out.Clips[3].WER == nil || *out.Clips[3].WER > .4 {
		t.Errorf("word error rates: all %v, %+v", out.WER, out.Clips)
	}
	if got, want := out.Clips[1].Seconds, out.Clips[2].Seconds; math.Abs(got-want) > .001 {
		t.Errorf("A-law and µ-law last %v and %v s", got, want)
	}
	hear(0, "calls/*/a.wav", "calls/today/a.wav", "--expect", "list:answers.txt")
	if len(out.Clips) != 1 || out.Clips[0].Text != "bonjour où est mon colis" {
		t.Errorf("of a list: %+v", out.Clips)
	}
	hear(0, "calls/today/en.wav", "--lang", "auto", "--transcript", "calls/today/clips.tsv")
	if out.Clips[0].Language != "en" || out.WER == nil || *out.WER > .4 {
		t.Errorf("of either language: %+v", out.Clips)
	}
	for _, bad := range [][]string{{"gone.wav"}, {"gone*.wav"}, {"[.wav"}, {"calls", "--expect", "list"}, {"calls", "--expect", "list:gone"}, {"calls", "--expect", "digits:99"}, {"calls", "--jobs=-1"}, {"calls", "--engine", "ear"}} {
		tool(t, dir, "", 1, append([]string{"transcribe"}, bad...)...)
	}
}

// TestBenchASRCommand prints the report of a folder.
func TestBenchASRCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	spoken(t, dir, "a.wav", "fr", "oui")
	spoken(t, dir, "b.wav", "fr", "non")
	if err := os.WriteFile(filepath.Join(dir, "clips.tsv"), []byte("file\tlang\tspeaker\ttranscript\na.wav\tfr\te\toui\nb.wav\tfr\te\tnon\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := tool(t, dir, "", 0, "bench", "asr", ".", "--engine", "embedded", "--closed", "--conditions", "alaw,babble:20+loss:3", "--speed", "20")
	for _, w := range []string{"| embedded | alaw | fr | 2 |", "| embedded | babble:20+loss:3 | fr | 2 |", "| embedded | fr | e | 2 |", " of 2 (", "20 times as fast as spoken", "processor time"} {
		if !strings.Contains(out, w) {
			t.Errorf("the report lacks %q:\n%s", w, out)
		}
	}
	if out := tool(t, dir, "", 0, "bench", "asr", ".", "--engine", "embedded", "--conditions", "none", "--json"); !strings.Contains(out, `"rows":[{"engine":"embedded","condition":"none","lang":"fr","clips":2`) {
		t.Errorf("--json prints %s", out)
	}
	tool(t, dir, "", 1, "bench", "asr", ".", "--conditions", "rain")
	tool(t, dir, "", 1, "bench", "asr", ".", "--engine", "ear")
	tool(t, dir, "", 1, "bench", "asr", ".", "--speed=-1")
}
