package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"decroche/configs"
	"decroche/internal/langtag"
	"decroche/internal/models"
)

type modelsCmd struct {
	List   modelsListCmd   `cmd:"" help:"Show the catalogue, and what is here."`
	Pull   modelsPullCmd   `cmd:"" help:"Fetch a model, check it, and let its engine recognise a sentence where it can."`
	Verify modelsVerifyCmd `cmd:"" help:"Hash what was pulled again and compare."`
}

// modelsDir is where the commands look; every one of them takes it.
type modelsDir struct {
	Dir  string `help:"Folder of the models; nothing for models.dir of the configuration, or models in data_dir." placeholder:"DIR"`
	JSON bool   `help:"Print one JSON object." name:"json"`
}

// open returns the catalogue and the folder.
func (d modelsDir) open(g *globals) (configs.Config, []models.Model, *models.Store, error) {
	cfg, err := loadConfig(g)
	if err != nil {
		return cfg, nil, nil, err
	}
	all, err := cfg.Models.Models()
	if d.Dir == "" {
		d.Dir = cfg.ModelsDir()
	}
	return cfg, all, models.NewStore(d.Dir), err
}

type modelsListCmd struct {
	modelsDir
	Engine string `help:"Only those for one engine: vosk, sherpa, pocketsphinx, wyoming or openai." placeholder:"NAME"`
	Lang   string `help:"Only those for one language." placeholder:"fr"`
}

// listed is an entry as list --json prints it.
type listed struct {
	models.Model
	Megabytes int  `json:"megabytes"`
	Verified  bool `json:"verified"`
	Installed bool `json:"installed"`
}

func (c *modelsListCmd) Run(g *globals) error {
	if c.Engine != "" && !slices.Contains(models.Engines, c.Engine) {
		return fmt.Errorf("--engine %q: models are for %s", c.Engine, strings.Join(models.Engines, ", "))
	}
	_, all, store, err := c.open(g)
	if err != nil {
		return err
	}
	have, err := store.Installed()
	if err != nil {
		return err
	}
	list := []listed{}
	for _, m := range all {
		if c.Engine != "" && m.Engine != c.Engine || c.Lang != "" && !slices.Contains(m.Languages, langtag.Base(c.Lang)) {
			continue
		}
		list = append(list, listed{m, m.Megabytes(), m.Verified(), slices.ContainsFunc(have, func(r models.Receipt) bool { return r.Name == m.Name })})
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(map[string]any{"dir": store.Dir, "models": list})
	}
	return printModels(os.Stdout, store.Dir, list)
}

// printModels is the table for people.
func printModels(out io.Writer, dir string, list []listed) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tFOR\tKIND\tLANGUAGE\tHz\tMB\tLICENCE\t")
	for _, m := range list {
		state := ""
		switch {
		case m.Installed:
			state = "here"
		case m.Package != "":
			state = "apt-get install " + m.Package
		case !m.Verified:
			state = "unverified"
		}
		size := fmt.Sprint(m.Megabytes)
		if m.Package != "" {
			size = "-"
		}
		licence, _, _ := strings.Cut(m.Licence, " (")
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\t%s\t%s\n", m.Name, m.Engine, m.Kind, strings.Join(m.Languages, " "), m.Rate, size, licence, state)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out, "\nOn the phone, 8 kHz:")
	for _, m := range list {
		fmt.Fprintf(out, "  %s: %s\n", m.Name, m.Phone)
	}
	_, err := fmt.Fprintf(out, "\nfolder %s. unverified: nobody here has seen these files, so there is no checksum to compare; pull prints what it got.\n", dir)
	return err
}

type modelsPullCmd struct {
	modelsDir
	Name    string   `arg:"" help:"Name in the catalogue; decroche models list shows all."`
	From    string   `help:"Another place to take it from: the address of a mirror, a file, or a folder with the model's files." placeholder:"URL|FILE"`
	SHA256  []string `help:"Checksum to compare with, of the model's only file or as FILE=HEX." name:"sha256" placeholder:"[FILE=]HEX"`
	NoCheck bool     `help:"Do not let its engine recognise a sentence."`
}

func (c *modelsPullCmd) Run(ctx context.Context, g *globals) error {
	cfg, all, store, err := c.open(g)
	if err != nil {
		return err
	}
	m, err := models.Find(all, c.Name)
	if err != nil {
		return err
	}
	sums, err := readSums(m, c.SHA256)
	if err != nil {
		return err
	}
	if m.Package == "" {
		fmt.Fprintf(os.Stderr, "%s for %s, about %d MB; licence %s; %s\n", m.Name, m.Engine, m.Megabytes(), m.Licence, m.Page)
	}
	bar := &byteBar{}
	opt := models.Options{From: c.From, Sums: sums, Progress: bar.show}
	if !c.NoCheck {
		opt.Try = func(ctx context.Context, m models.Model, dir string) (string, error) {
			bar.end()
			return tryModel(ctx, cfg, m, dir, loaders[m.Engine])
		}
	}
	r, err := store.Pull(ctx, m, opt)
	bar.end()
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(struct {
			Dir string `json:"dir"`
			models.Receipt
		}{store.Path(m.Name), r})
	}
	for _, s := range r.Sources {
		fmt.Printf("sha256 %s %s", s.SHA256, s.Path)
		if !s.Verified {
			fmt.Printf("  (unverified: to pin it, --sha256 %s=%s, or sha256: in a catalogue of yours)", s.Path, s.SHA256)
		}
		fmt.Println()
	}
	fmt.Printf("%s\n%s is in %s: %d files\n-> %s\n", r.Tried, m.Name, store.Path(m.Name), len(r.Files), nextStep(m, store.Path(m.Name)))
	return nil
}

// readSums reads HEX and FILE=HEX.
func readSums(m models.Model, list []string) (map[string]string, error) {
	sums := map[string]string{}
	for _, s := range list {
		file, sum, ok := strings.Cut(s, "=")
		if !ok && len(m.Files) == 1 {
			file, sum, ok = m.Files[0].Path, s, true
		}
		if !ok {
			return nil, fmt.Errorf("--sha256 %s: %s has %d files; write FILE=HEX", s, m.Name, len(m.Files))
		}
		sum = strings.ToLower(sum)
		if len(sum) != 64 || strings.Trim(sum, "0123456789abcdef") != "" {
			return nil, fmt.Errorf("--sha256 %s: a checksum has 64 hexadecimal digits; sha256sum FILE prints it", s)
		}
		sums[file] = sum
	}
	return sums, nil
}

// nextStep is what to do with a model that is here.
func nextStep(m models.Model, dir string) string {
	if full, err := filepath.Abs(dir); err == nil {
		dir = full // what it says to set is relative to the configuration otherwise
	}
	lang := "fr"
	if len(m.Languages) > 0 {
		lang = m.Languages[0]
	}
	switch {
	case m.Engine == "vosk":
		return fmt.Sprintf("start a vosk-server with this folder and set asr.vosk.urls.%s (asr/vosk/README.md); then decroche doctor", lang)
	case m.Engine == "pocketsphinx":
		return fmt.Sprintf("set asr.pocketsphinx.models.%s: {model: %s, dictionary: %s, rate: %d} (asr/pocketsphinx/README.md); then decroche doctor", lang, dir, filepath.Join(dir, lang+".dict"), m.Rate)
	case m.Engine == "sherpa" && m.Kind == "vad":
		return fmt.Sprintf("set asr.sherpa.vad: %s (asr/sherpa/README.md)", filepath.Join(dir, "silero_vad.onnx"))
	case m.Engine == "sherpa":
		return sherpaStep(m, lang, dir)
	case m.Engine == "wyoming" && m.Kind == "voice":
		return "start wyoming-piper with --data-dir on this folder and set tts.wyoming.address (tts/wyoming/README.md); then decroche doctor"
	case m.Engine == "wyoming":
		return "start wyoming-faster-whisper with --model on this folder and set asr.wyoming.address (asr/wyoming/README.md), or any OpenAI-compatible server and asr.openai.url; then decroche doctor"
	}
	return fmt.Sprintf("name this folder in the section of %s (docs/engines.md); then decroche doctor", m.Engine)
}

type modelsVerifyCmd struct {
	modelsDir
	Names []string `arg:"" optional:"" help:"Names of models; nothing for all that are here."`
}

// verdict is a model as verify --json prints it.
type verdict struct {
	Name   string         `json:"name"`
	OK     bool           `json:"ok"`
	Files  int            `json:"files"`
	Faults []models.Fault `json:"faults,omitempty"`
	Error  string         `json:"error,omitempty"`
}

func (c *modelsVerifyCmd) Run(ctx context.Context, g *globals) error {
	_, _, store, err := c.open(g)
	if err != nil {
		return err
	}
	if len(c.Names) == 0 {
		have, err := store.Installed()
		if err != nil {
			return err
		}
		for _, r := range have {
			c.Names = append(c.Names, r.Name)
		}
	}
	list, bad := []verdict{}, 0
	for _, name := range c.Names {
		bar := &byteBar{}
		faults, err := store.Verify(ctx, name, func(done, total int64) { bar.show("verifying "+name, done, total) })
		bar.end()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		v := verdict{Name: name, OK: err == nil && len(faults) == 0, Faults: faults}
		if r, e := store.Receipt(name); e == nil {
			v.Files = len(r.Files)
		}
		if err != nil {
			v.Error = err.Error()
		}
		if !v.OK {
			bad++
		}
		list = append(list, v)
	}
	if err := c.print(store.Dir, list); err != nil {
		return err
	}
	if bad > 0 {
		return &exitError{exitOutcome, fmt.Errorf("%d of %d models are not as they were pulled", bad, len(list))}
	}
	return nil
}

func (c *modelsVerifyCmd) print(dir string, list []verdict) error {
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(map[string]any{"dir": dir, "models": list})
	}
	for _, v := range list {
		switch {
		case v.OK:
			fmt.Printf("ok   %s, %d files\n", v.Name, v.Files)
		case v.Error != "":
			fmt.Printf("BAD  %s: %s\n", v.Name, v.Error)
		default:
			fmt.Printf("BAD  %s: %s; decroche models pull %s fetches it again\n", v.Name, models.Broken(v.Faults), v.Name)
		}
	}
	if len(list) == 0 {
		fmt.Printf("no model was pulled into %s\n", dir)
	}
	return nil
}
