package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"decroche/asr"
	"decroche/asr/eval"
	"decroche/asr/wer"
	"decroche/configs"
	"decroche/internal/share"
	"decroche/media"
	"decroche/media/codec/g711"
	"decroche/media/resample"
)

type transcribeCmd struct {
	Files     []string `arg:"" help:"WAV files (PCM, A-law, µ-law; any rate), folders of them, or patterns like 'calls/*.wav'; heard as a phone would carry them (8 kHz, A-law)."`
	Lang      string   `help:"Language: fr, en, or auto for whichever of the two is spoken. Nothing: that of the transcript, else fr." enum:",fr,en,auto" default:"" placeholder:"fr|en|auto"`
	Engine    string   `help:"Recogniser: one of those that asr.engine may name; nothing for asr.engine and asr.routes of the configuration." placeholder:"NAME"`
	Expect    string   `help:"What the answer will be: digits, digits:8, digits:8:pairs, digits:8:singles, spelled, yes_no, date, list with --hints, or list:FILE with an answer a line. Nothing for free speech." placeholder:"KIND"`
	Hints     []string `help:"Phrases that are likely." placeholder:"PHRASE"`
	Reference string   `help:"True texts, for the word error rate: file<TAB>text, or with a header naming the columns file and text (or transcript). Without it, a clips.tsv beside a recording is read." placeholder:"F.tsv" aliases:"transcript" type:"existingfile"`
	Jobs      int      `help:"Recordings at once; 0: one a core." default:"0" short:"j"`
	JSON      bool     `help:"Print one JSON object." name:"json"`
	Wideband  bool     `help:"Do not pass the sound through A-law."`
}

// clip is one recognised file, as --json prints it.
type clip struct {
	File         string     `json:"file"`
	Text         string     `json:"text"`
	Language     string     `json:"language,omitempty"` // that --lang auto found
	Confidence   float64    `json:"confidence"`
	Words        []clipWord `json:"words"`
	Alternatives []string   `json:"alternatives,omitempty"`
	Seconds      float64    `json:"seconds"`
	RTF          float64    `json:"rtf"` // processing time divided by Seconds
	WER          *float64   `json:"wer,omitempty"`
	Error        string     `json:"error,omitempty"` // why there is no text
}

type clipWord struct {
	Text  string  `json:"text"`
	Start float64 `json:"start"` // seconds
	End   float64 `json:"end"`
}

func (c *transcribeCmd) Run(ctx context.Context, g *globals) error {
	if c.Jobs < 0 || c.Jobs > 1000 {
		return fmt.Errorf("--jobs %d: choose 0 to 1000", c.Jobs)
	}
	expect, list, err := eval.ParseExpect(c.Expect, readList)
	if err != nil {
		return fmt.Errorf("--expect %w", err)
	}
	c.Hints = append(c.Hints, list...)
	if expect.Kind == "list" && len(c.Hints) == 0 {
		return errors.New("--expect list: it names no answer; write --expect list:FILE with an answer a line, or --hints for each")
	}
	files, err := recordings(c.Files)
	if err != nil {
		return err
	}
	truths, err := readTruths(c.Reference, files)
	if err != nil {
		return err
	}
	ears, err := listener(g, c.Engine)
	if err != nil {
		return err
	}
	clips := c.hearAll(ctx, ears, files, truths, expect)
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return c.print(clips, truths)
}

// listener makes the recogniser that an option names, alone, or the configured ones.
func listener(g *globals, engine string) (asr.Recogniser, error) {
	cfg, err := loadConfig(g)
	if err != nil {
		return nil, err
	}
	if cfg.ASR.Engine, err = chosen("--engine", engine, cfg.ASR.Engine, configs.Recognisers); err != nil {
		return nil, err
	}
	if engine != "" {
		cfg.ASR.Routes = nil
	}
	bots, err := loadBots(cfg)
	if err != nil {
		return nil, err
	}
	return newRecogniser(cfg, bots, logger(slog.LevelWarn))
}

// hearAll recognises the files, Jobs at once, and returns them in order.
func (c *transcribeCmd) hearAll(ctx context.Context, ears asr.Recogniser, files []string, truths truths, expect asr.Expect) []clip {
	clips := make([]clip, len(files))
	share.Out(ctx, len(files), c.Jobs, func(i int) {
		clips[i] = c.hear(ctx, ears, files[i], truths.of(files[i]), expect)
	}, func(done int) {
		if len(files) > 3 {
			progress("recognising", done, len(files))
		}
	})
	return clips
}

// hear recognises one file; what goes wrong with it is told in the clip.
func (c *transcribeCmd) hear(ctx context.Context, ears asr.Recogniser, file string, truth eval.Clip, expect asr.Expect) clip {
	pcm, err := readPhone(file)
	if err != nil {
		return clip{File: file, Words: []clipWord{}, Error: err.Error()}
	}
	if !c.Wideband {
		throughALaw(pcm)
	}
	opt := asr.Options{Language: c.Lang, Rate: media.PhoneRate, Expect: expect, Hints: c.Hints}
	switch {
	case c.Lang == "auto":
		opt.Language, opt.Others = "fr", []string{"en"}
	case c.Lang == "" && truth.Lang != "":
		opt.Language = truth.Lang
	case c.Lang == "":
		opt.Language = "fr"
	}
	began := time.Now()
	res, err := asr.Transcribe(ctx, ears, pcm, opt)
	if err != nil {
		return clip{File: file, Words: []clipWord{}, Seconds: round3(float64(len(pcm)) / media.PhoneRate), Error: err.Error()}
	}
	cl := toClip(file, res, len(pcm), time.Since(began))
	if truth.HasTruth {
		var n wer.Count
		n.Add(truth.Text, res.Text)
		rate := round3(n.Rate())
		cl.WER = &rate
	}
	return cl
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
	cl := clip{File: file, Text: r.Text, Language: r.Language, Confidence: round3(r.Confidence), Seconds: round3(sec), RTF: round3(took.Seconds() / max(sec, 0.01)), Words: []clipWord{}}
	for _, w := range r.Words {
		cl.Words = append(cl.Words, clipWord{w.Text, round3(w.Start.Seconds()), round3(w.End.Seconds())})
	}
	for _, a := range r.Alternatives {
		cl.Alternatives = append(cl.Alternatives, a.Text)
	}
	return cl
}

// print writes what was heard, and the word error rate over all that have a truth. Its error says
// how many could not be recognised.
func (c *transcribeCmd) print(clips []clip, truths truths) error {
	var score wer.Count
	failed := 0
	for _, cl := range clips {
		if cl.Error != "" {
			failed++
		} else if truth := truths.of(cl.File); truth.HasTruth {
			score.Add(truth.Text, cl.Text)
		}
	}
	if err := c.write(clips, score); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d recordings could not be recognised", failed, len(clips))
	}
	return nil
}

func (c *transcribeCmd) write(clips []clip, score wer.Count) error {
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
		switch {
		case cl.Error != "":
			fmt.Fprintln(os.Stderr, cl.Error)
		case c.Lang == "auto":
			fmt.Printf("%s\t%s\t%.2f\t%s\n", cl.File, cl.Language, cl.Confidence, cl.Text)
		default:
			fmt.Printf("%s\t%.2f\t%s\n", cl.File, cl.Confidence, cl.Text)
		}
	}
	if score.Words > 0 {
		fmt.Printf("word error rate %.1f %% (%d of %d words)\n", 100*score.Rate(), score.Substituted+score.Deleted+score.Inserted, score.Words)
	}
	return nil
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
	if !onTerminal() {
		return
	}
	const width = 30
	n := width * done / max(1, of)
	fmt.Fprintf(os.Stderr, "\r%s [%s%s] %d/%d", what, strings.Repeat("#", n), strings.Repeat(".", width-n), done, of)
	if done == of {
		fmt.Fprintln(os.Stderr)
	}
}
