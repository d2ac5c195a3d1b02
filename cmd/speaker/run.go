package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"decroche/asr/embedded"
	"decroche/asr/wake"
	"decroche/cmd/speaker/internal/line"
	"decroche/cmd/speaker/internal/sound"
	"decroche/cmd/speaker/internal/terminal"
	"decroche/internal/langtag"
)

type runCmd struct {
	Config string `help:"Configuration file; speaker config prints one." short:"c" placeholder:"FILE" env:"DECROCHE_SPEAKER_CONFIG"`

	Gateway     string   `help:"Instead of gateway: in the file." placeholder:"URL"`
	Token       string   `help:"Instead of token: in the file." placeholder:"env:NAME|file:/PATH"`
	Hotline     string   `help:"Instead of hotline: in the file."`
	Language    string   `help:"Instead of language: in the file." placeholder:"fr|en"`
	Codec       []string `help:"Instead of codecs: in the file." placeholder:"NAME"`
	Microphone  string   `help:"Instead of microphone: in the file." placeholder:"NAME"`
	Loudspeaker string   `help:"Instead of loudspeaker: in the file." placeholder:"NAME"`
	Volume      int      `help:"Instead of volume: in the file." default:"-1"`
	Wake        []string `help:"Instead of wake: in the file; an empty one is none." placeholder:"PHRASE"`
	FullDuplex  bool     `help:"As duplex: full in the file."`
	Always      bool     `help:"As always: true in the file."`

	WavIn   string        `help:"Hear this WAV file instead of a microphone, in real time." name:"wav-in" placeholder:"FILE"`
	WavOut  string        `help:"Write what the loudspeaker would play, in real time; sample for sample beside --wav-in." name:"wav-out" placeholder:"FILE"`
	WavTail time.Duration `help:"Silence that is heard behind the end of --wav-in; then the program ends." name:"wav-tail" default:"5s"`
	Once    bool          `help:"Call at once, and end with the call."`
	Quiet   bool          `help:"Log warnings only; no level meter."`
}

// Run is the terminal.
func (c *runCmd) Run(ctx context.Context) error {
	cfg, err := c.settings()
	if err != nil {
		return err
	}
	lvl := slog.LevelInfo
	if c.Quiet {
		lvl = slog.LevelWarn
	}
	screen := newScreen(c.Quiet || c.WavIn != "")
	defer screen.close()
	log := slog.New(slog.NewTextHandler(screen, &slog.HandlerOptions{Level: lvl}))
	call, err := cfg.options()
	if err != nil {
		return err
	}
	call.Log = log
	ears, err := newEars(cfg)
	if err != nil {
		return err
	}
	dev, err := c.open(cfg)
	if err != nil {
		return err
	}
	defer dev.Close()
	log.Info("ready", "sound", dev.String(), "gateway", cfg.Gateway, "wake", strings.Join(cfg.Wake, ", "))
	starter, err := newService(os.Getenv)
	if err != nil {
		log.Warn("systemd cannot be told how we are", "error", err)
	}
	defer starter.watch(ctx)()
	o := terminal.Options{Device: dev, Beat: starter.beat, Ears: ears, Full: cfg.Duplex == "full", Push: cfg.Push, EchoTail: cfg.EchoTail, Always: cfg.Always, Once: c.Once,
		Volume: cfg.Volume, Hook: cfg.Hook, Keys: screen.keys(), Show: screen.show(), Log: log,
		Dial: func(ctx context.Context) (terminal.Call, error) {
			k, err := line.Dial(ctx, call)
			if err != nil {
				return nil, err
			}
			log.Info("connected", "conversation", k.Conversation())
			return k, nil
		}}
	t, err := terminal.New(o)
	if err != nil {
		return err
	}
	err = t.Run(ctx)
	if errors.Is(err, terminal.ErrQuit) || ctx.Err() != nil {
		return dev.Close()
	}
	return errors.Join(err, dev.Close())
}

// settings are those of the file and of the flags.
func (c *runCmd) settings() (Config, error) {
	cfg, err := load(c.Config)
	if err != nil {
		return cfg, err
	}
	for _, f := range []struct {
		from string
		to   *string
	}{{c.Gateway, &cfg.Gateway}, {c.Token, &cfg.Token}, {c.Hotline, &cfg.Hotline}, {c.Microphone, &cfg.Microphone}, {c.Loudspeaker, &cfg.Loudspeaker}} {
		if f.from != "" {
			*f.to = f.from
		}
	}
	if c.Language != "" {
		if slices.Equal(cfg.Wake, wake.Usual(cfg.Language)) {
			cfg.Wake = wake.Usual(c.Language)
		}
		cfg.Language = c.Language
	}
	if len(c.Codec) > 0 {
		cfg.Codecs = c.Codec
	}
	if c.Volume >= 0 {
		cfg.Volume = c.Volume
	}
	if len(c.Wake) > 0 {
		cfg.Wake = slices.DeleteFunc(c.Wake, func(s string) bool { return s == "" })
	}
	if c.FullDuplex {
		cfg.Duplex = "full"
	}
	cfg.Always = cfg.Always || c.Always
	return cfg, cfg.check(c.Config)
}

// open opens the devices, or the files in their place.
func (c *runCmd) open(cfg Config) (sound.Device, error) {
	if c.WavIn != "" || c.WavOut != "" {
		return sound.OpenFiles(c.WavIn, c.WavOut, c.WavTail)
	}
	return sound.Open(sound.Options{Microphone: cfg.Microphone, Loudspeaker: cfg.Loudspeaker, LatencyMS: int(cfg.Latency.Milliseconds())})
}

// newEars makes the listener for the wake phrases and for the volume.
func newEars(cfg Config) (*terminal.Ears, error) {
	if len(cfg.Wake) == 0 {
		return nil, nil
	}
	own := embedded.DefaultConfig()
	own.Languages = []string{langtag.Base(cfg.Language)}
	rec, err := embedded.New(own)
	if err != nil {
		return nil, err
	}
	keys, volumes := wake.Phrases(cfg.Language, cfg.Wake)
	e := &terminal.Ears{}
	for range cfg.Wake {
		e.Means = append(e.Means, terminal.Command{Wake: true})
	}
	for _, v := range volumes {
		e.Means = append(e.Means, terminal.Command{Volume: v.Volume, Set: v.Set})
	}
	l, err := wake.New(rec, cfg.Language, keys)
	if err != nil {
		return nil, fmt.Errorf("wake: %w", err)
	}
	e.Listener = l
	return e, nil
}
