package main

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"decroche/asr"
	"decroche/asr/embedded"
	"decroche/asr/wer"
	"decroche/configs"
	"decroche/flows"
	"decroche/media"
)

// spokenLine is one line of the recogniser's test sentences and how to say it.
type spokenLine struct{ lang, text, voice, speed, pitch string }

// hotlineSentences are the sentences of a folder below asr/embedded/testdata.
func hotlineSentences(t *testing.T, set string) (list []spokenLine) {
	t.Helper()
	rows := func(name string) (rows [][]string) {
		b, err := os.ReadFile(filepath.Join("..", "..", "asr", "embedded", "testdata", set, name))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			rows = append(rows, strings.Split(strings.TrimRight(line, "\n"), "\t"))
		}
		return rows
	}
	text := map[string]string{}
	for _, lang := range []string{"fr", "en"} {
		for _, r := range rows(lang + ".tsv") {
			text[r[0]] = r[1]
		}
	}
	for _, r := range rows("manifest.tsv") {
		if text[r[0]] != "" {
			list = append(list, spokenLine{r[1], text[r[0]], r[2], r[3], r[4]})
		}
	}
	return list
}

// phoneSound says a sentence with espeak-ng and sends it through A-law.
func phoneSound(t *testing.T, s spokenLine) []int16 {
	t.Helper()
	path := filepath.Join(t.TempDir(), "said.wav")
	cmd := exec.Command("espeak-ng", "-v", strings.Replace(s.voice, "en-gb+", "en+", 1), "-s", s.speed, "-p", s.pitch, "-w", path, "--stdin")
	cmd.Stdin = strings.NewReader(s.text)
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	pcm, err := readPhone(path)
	if err != nil {
		t.Fatal(err)
	}
	throughALaw(pcm)
	return pcm
}

// TestHearingReport prints what the colibri hotline's own words bring to the embedded recogniser, and how
// often the intent of what was heard is that of what was said. DECROCHE_REPORT=1 runs it, DECROCHE_SET
// names the sentences (frozen, or development to choose settings), DECROCHE_SHARE another phrase_share. A
// report is not a test: nothing in it fails.
func TestHearingReport(t *testing.T) {
	if os.Getenv("DECROCHE_REPORT") == "" {
		t.Skip("DECROCHE_REPORT is not set")
	}
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed; it says the sentences")
	}
	bot, err := flows.Load(os.DirFS(filepath.Join("..", "..", "configs", "hotlines", "colibri")), flows.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cfg := configs.Default()
	if s, err := strconv.ParseFloat(os.Getenv("DECROCHE_SHARE"), 64); err == nil {
		cfg.ASR.Embedded.PhraseShare = s
	}
	plain, err := embedded.New(embedded.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	learned, err := newEngine("embedded", cfg, []*flows.Bot{bot}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	set := hotlineSentences(t, cmp.Or(os.Getenv("DECROCHE_SET"), "frozen"))
	for _, e := range []struct {
		name string
		ears asr.Recogniser
	}{{"general model alone", plain}, {"with the bot's words", learned}} {
		for _, lang := range bot.Languages {
			hearingRow(t, bot, e.name, e.ears, lang, set)
		}
	}
}

// hearingRow prints one engine's figures in one language.
func hearingRow(t *testing.T, bot *flows.Bot, name string, ears asr.Recogniser, lang string, set []spokenLine) {
	var words wer.Count
	acts, same, other := 0, 0, 0
	act, _ := bot.Thresholds(lang)
	understand := func(text string) flows.Meaning {
		m, err := bot.Understander(lang).Understand(t.Context(), text, flows.Expect{})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for _, s := range set {
		if s.lang != lang {
			continue
		}
		res, err := asr.Transcribe(t.Context(), ears, phoneSound(t, s), asr.Options{Language: lang, Rate: media.PhoneRate})
		if err != nil {
			t.Fatal(err)
		}
		words.Add(s.text, res.Text)
		typed, heard := understand(s.text), understand(res.Text)
		if typed.Confidence < act {
			continue
		}
		switch acts++; {
		case heard.Intent == typed.Intent:
			same++
		case heard.Confidence >= act:
			other++
		}
	}
	fmt.Printf("%s, %s: word error %.3f; of %d sentences whose typed text has an intent, %d have the same after recognition (%.1f %%), %d are taken for another\n",
		name, lang, words.Rate(), acts, same, 100*float64(same)/math.Max(1, float64(acts)), other)
}
