package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"decroche/asr"
	"decroche/configs"
	"decroche/media"
	"decroche/media/codec/g711"
	"decroche/media/resample"
)

type transcribeCmd struct {
	Files     []string `arg:"" help:"WAV files; any rate, heard as a phone would carry them (8 kHz, A-law)." type:"existingfile"`
	Lang      string   `help:"Language: fr or en." default:"fr" enum:"fr,en"`
	Engine    string   `help:"Recogniser: embedded, wyoming, openai, vosk or pocketsphinx; nothing for asr.engine of the configuration." placeholder:"NAME"`
	Expect    string   `help:"What the answer will be: digits:8, digits, yes_no, spelled, date. Nothing for free speech." placeholder:"KIND"`
	Hints     []string `help:"Phrases that are likely." placeholder:"PHRASE"`
	Reference string   `help:"TSV with the true texts: file<TAB>text, or with a header naming the columns file and text (or transcript)." placeholder:"F.tsv" type:"existingfile"`
	JSON      bool     `help:"Print one JSON object." name:"json"`
	Wideband  bool     `help:"Do not pass the sound through A-law."`
}

// clip is one recognised file, as --json prints it.
type clip struct {
	File         string     `json:"file"`
	Text         string     `json:"text"`
	Confidence   float64    `json:"confidence"`
	Words        []clipWord `json:"words"`
	Alternatives []string   `json:"alternatives,omitempty"`
	Seconds      float64    `json:"seconds"`
	RTF          float64    `json:"rtf"` // processing time divided by Seconds
	WER          *float64   `json:"wer,omitempty"`
}

type clipWord struct {
	Text  string  `json:"text"`
	Start float64 `json:"start"` // seconds
	End   float64 `json:"end"`
}

func (c *transcribeCmd) Run(ctx context.Context, g *globals) error {
	expect, err := parseExpect(c.Expect)
	if err != nil {
		return err
	}
	refs := map[string]string{}
	if c.Reference != "" {
		if refs, err = readReference(c.Reference); err != nil {
			return err
		}
	}
	cfg, err := loadConfig(g)
	if err != nil {
		return err
	}
	if cfg.ASR.Engine, err = chosen("--engine", c.Engine, cfg.ASR.Engine, configs.Recognisers); err != nil {
		return err
	}
	if c.Engine != "" {
		cfg.ASR.Routes = nil // this one alone
	}
	bots, err := loadBots(cfg)
	if err != nil {
		return err
	}
	ears, err := newRecogniser(cfg, bots, logger(slog.LevelWarn))
	if err != nil {
		return err
	}
	var clips []clip
	var score errorRate
	for i, f := range c.Files {
		if len(c.Files) > 3 {
			progress("recognising", i, len(c.Files))
		}
		pcm, err := readPhone(f)
		if err != nil {
			return err
		}
		if !c.Wideband {
			throughALaw(pcm)
		}
		began := time.Now()
		res, err := asr.Transcribe(ctx, ears, pcm, asr.Options{Language: c.Lang, Rate: media.PhoneRate, Expect: expect, Hints: c.Hints})
		if err != nil {
			return fmt.Errorf("%s: %w", f, err)
		}
		cl := toClip(f, res, len(pcm), time.Since(began))
		if ref, ok := refs[filepath.Base(f)]; ok {
			w := score.add(ref, res.Text)
			cl.WER = &w
		}
		clips = append(clips, cl)
	}
	if len(c.Files) > 3 {
		progress("recognising", len(c.Files), len(c.Files))
	}
	return c.print(clips, score)
}

// chosen is the engine that an option names, or the configured one.
func chosen(option, name, configured string, all []string) (string, error) {
	switch {
	case name == "":
		return configured, nil
	case slices.Contains(all, name):
		return name, nil
	}
	return "", fmt.Errorf("%s %q: this build has %s", option, name, strings.Join(all, ", "))
}

func toClip(file string, r asr.Result, samples int, took time.Duration) clip {
	sec := float64(samples) / media.PhoneRate
	cl := clip{File: file, Text: r.Text, Confidence: round3(r.Confidence), Seconds: round3(sec), RTF: round3(took.Seconds() / max(sec, 0.01)), Words: []clipWord{}}
	for _, w := range r.Words {
		cl.Words = append(cl.Words, clipWord{w.Text, round3(w.Start.Seconds()), round3(w.End.Seconds())})
	}
	for _, a := range r.Alternatives {
		cl.Alternatives = append(cl.Alternatives, a.Text)
	}
	return cl
}

func (c *transcribeCmd) print(clips []clip, score errorRate) error {
	if c.JSON {
		out := struct {
			Clips []clip   `json:"clips"`
			WER   *float64 `json:"wer,omitempty"`
		}{Clips: clips}
		if score.Words > 0 {
			w := round3(score.Rate())
			out.WER = &w
		}
		return json.NewEncoder(os.Stdout).Encode(out)
	}
	for _, cl := range clips {
		fmt.Printf("%s\t%.2f\t%s\n", cl.File, cl.Confidence, cl.Text)
	}
	if score.Words > 0 {
		fmt.Printf("word error rate %.1f %% (%d of %d words)\n", 100*score.Rate(), score.Substituted+score.Deleted+score.Inserted, score.Words)
	}
	return nil
}

// parseExpect reads "digits:8", "yes_no", …
func parseExpect(s string) (asr.Expect, error) {
	kind, n, _ := strings.Cut(s, ":")
	switch kind {
	case "", "digits", "yes_no", "spelled", "date", "list":
	default:
		return asr.Expect{}, fmt.Errorf("--expect %q: choose digits, digits:8, yes_no, spelled, date or list", s)
	}
	e := asr.Expect{Kind: kind}
	if n != "" {
		d, err := strconv.Atoi(n)
		if err != nil || d < 1 || d > 20 {
			return e, fmt.Errorf("--expect %q: the number of digits is between 1 and 20", s)
		}
		e.Digits = d
	}
	return e, nil
}

// readReference reads the true texts by base name of the file.
func readReference(path string) (map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	refs := map[string]string{}
	file, text := 0, 1
	sc := bufio.NewScanner(f)
	for n := 1; sc.Scan(); n++ {
		cols := strings.Split(strings.TrimRight(sc.Text(), "\r"), "\t")
		if n == 1 {
			if hf, ht, ok := header(cols); ok {
				file, text = hf, ht
				continue
			}
		}
		if len(cols) <= max(file, text) {
			return nil, fmt.Errorf("%s:%d: expected file<TAB>text", path, n)
		}
		refs[filepath.Base(cols[file])] = cols[text]
	}
	return refs, sc.Err()
}

func header(cols []string) (file, text int, ok bool) {
	file, text = -1, -1
	for i, c := range cols {
		switch c {
		case "file":
			file = i
		case "text", "transcript":
			text = i
		}
	}
	return file, text, file >= 0 && text >= 0
}

func toRate(pcm []int16, from, to int) ([]int16, error) {
	if from == to {
		return pcm, nil
	}
	r, err := resample.New(from, to)
	if err != nil {
		return nil, err
	}
	return r.Flush(r.Process(nil, pcm)), nil
}

// throughALaw carries sound as a European trunk would.
func throughALaw(pcm []int16) {
	b := make([]byte, len(pcm))
	g711.EncodeA(b, pcm)
	g711.DecodeA(pcm, b)
}

func round3(x float64) float64 { return float64(int(x*1000+0.5)) / 1000 }

// progress draws a bar on a terminal's stderr.
func progress(what string, done, of int) {
	if st, err := os.Stderr.Stat(); err != nil || st.Mode()&os.ModeCharDevice == 0 {
		return
	}
	const width = 30
	n := width * done / max(1, of)
	fmt.Fprintf(os.Stderr, "\r%s [%s%s] %d/%d", what, strings.Repeat("#", n), strings.Repeat(".", width-n), done, of)
	if done == of {
		fmt.Fprintln(os.Stderr)
	}
}
