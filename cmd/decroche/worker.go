package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"decroche/asr/pocketsphinx"
	asrsherpa "decroche/asr/sherpa"
	"decroche/configs"
	"decroche/internal/worker"
	"decroche/internal/wyoming"
	"decroche/media"
	ttssherpa "decroche/tts/sherpa"
)

// native are the engines that are C libraries: they run in workers, never in the gateway.
var native = []string{"pocketsphinx", "sherpa"}

// workerCmd is the worker: started by the gateway for an engine that it needs, or by hand for
// any program that speaks Wyoming.
type workerCmd struct {
	Engine  []string `help:"Engines to offer; may be repeated. Their settings are those of the configuration." placeholder:"NAME" default:"pocketsphinx"`
	Listen  string   `help:"Where to listen: unix:///path or tcp://host:port. The protocol has no encryption and no password." placeholder:"ADDRESS" default:"tcp://127.0.0.1:10300"`
	Streams int      `help:"Connections at once." default:"64"`
	Socket  string   `hidden:"" help:"Started by the gateway: settings come on standard input."`
}

// Help tells what this command is for, beside its flags.
func (c *workerCmd) Help() string {
	return `The gateway starts workers itself when the configuration names an engine that needs one.
By hand it serves other software: any client of the Wyoming protocol, such as a home's voice assistant.

  decroche worker --engine pocketsphinx --listen tcp://127.0.0.1:10300`
}

func (c *workerCmd) Run(ctx context.Context, g *globals) error {
	if c.Socket != "" {
		return c.supervised(ctx)
	}
	cfg, err := loadConfig(g)
	if err != nil {
		return err
	}
	network, addr, err := wyoming.Split(c.Listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	if c.Streams < 1 || c.Streams > maxStreams {
		return fmt.Errorf("--streams %d: choose 1 to %d", c.Streams, maxStreams)
	}
	for _, name := range c.Engine {
		if !slices.Contains(native, name) {
			return fmt.Errorf("--engine %q: a worker has %s", name, strings.Join(native, ", "))
		}
	}
	log := logger(levelOf(cfg.Gateway.LogLevel))
	srv, stop, err := engines(c.Engine, settingsOf(cfg))
	if err != nil {
		return err
	}
	defer stop()
	srv.MaxStreams, srv.Log = c.Streams, log
	l, err := worker.Listen(network, addr)
	if err != nil {
		return err
	}
	fmt.Printf("%s: recognises and speaks Wyoming at %s\n", strings.Join(c.Engine, ", "), c.Listen)
	if h, _, err := net.SplitHostPort(addr); err == nil && network == "tcp" && !thisMachine(h) {
		log.Warn("anybody who reaches this address can connect: the protocol has no password", "listen", c.Listen)
	}
	return srv.Serve(ctx, l)
}

// maxStreams bounds --streams: each is a recogniser's state in memory.
const maxStreams = 10000

func thisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// workerSettings are what the gateway hands to a worker: the configuration may have changed on
// the disk since, and a worker that is started again must be the one that died.
type workerSettings struct {
	Engines      []string
	LogLevel     string
	Pocketsphinx pocketsphinx.Config
	Sherpa       asrsherpa.Config
	Voices       ttssherpa.Config
}

func settingsOf(cfg configs.Config) workerSettings {
	return workerSettings{LogLevel: cfg.Gateway.LogLevel, Pocketsphinx: cfg.ASR.Pocketsphinx, Sherpa: cfg.ASR.Sherpa, Voices: cfg.TTS.Sherpa}
}

// cutAfter is how long a worker that should end may take, for a library may be stuck.
const cutAfter = time.Second

// supervised is the life of a worker that the gateway started. It ends with the gateway.
func (c *workerCmd) supervised(ctx context.Context) error {
	ctx, line, err := worker.Settings(ctx, os.Stdin)
	if err == nil {
		err = c.offer(ctx, line)
	}
	if err != nil {
		worker.Failed(os.Stdout, err)
	}
	return err
}

func (c *workerCmd) offer(ctx context.Context, line []byte) error {
	var set workerSettings
	if err := json.Unmarshal(line, &set); err != nil {
		return fmt.Errorf("worker: read the settings from standard input: %w", err)
	}
	srv, stop, err := engines(set.Engines, set)
	if err != nil {
		return err
	}
	srv.MaxStreams, srv.Log = c.Streams, slog.New(slog.DiscardHandler) // the gateway has its own log of turns
	l, err := worker.Listen("unix", c.Socket)
	if err != nil {
		stop()
		return err
	}
	context.AfterFunc(ctx, func() { time.AfterFunc(cutAfter, func() { os.Exit(exitFailed) }) })
	fmt.Println(worker.Ready)
	err = srv.Serve(ctx, l)
	stop()
	return err
}

// engines makes what a worker offers. The listing is by hand, as in adapters.go.
func engines(names []string, set workerSettings) (*worker.Server, func(), error) {
	srv := &worker.Server{}
	var open []io.Closer
	stop := func() {
		for _, c := range open {
			c.Close()
		}
	}
	for _, name := range names {
		var err error
		switch name {
		case "pocketsphinx":
			var r *pocketsphinx.Recogniser
			if r, err = pocketsphinx.New(set.Pocketsphinx); err == nil {
				srv.Ears, open = append(srv.Ears, worker.Ear{Name: name, Version: "5prealpha", Languages: r.Languages(), Recogniser: r}), append(open, r)
			}
		case "sherpa":
			err = sherpa(srv, set)
		default:
			err = fmt.Errorf("a worker has no engine %q; it has %s", name, strings.Join(native, ", "))
		}
		if err != nil {
			stop()
			return nil, nil, err
		}
	}
	if len(srv.Ears)+len(srv.Mouths) == 0 {
		return nil, nil, errors.New("a worker of no engines; name one with --engine")
	}
	return srv, stop, nil
}

// sherpa adds what sherpa-onnx is configured for: recognisers, voices or both.
func sherpa(srv *worker.Server, set workerSettings) error {
	if len(set.Sherpa.Models) > 0 {
		r, err := asrsherpa.New(set.Sherpa)
		if err != nil {
			return err
		}
		srv.Ears = append(srv.Ears, worker.Ear{Name: "sherpa", Version: r.Version(), Languages: r.Languages(), Recogniser: r})
	}
	if len(set.Voices.Voices) > 0 {
		s, err := ttssherpa.New(set.Voices)
		if err != nil {
			return err
		}
		srv.Mouths = append(srv.Mouths, worker.Mouth{Name: "sherpa", Version: s.Version(), Voices: s.Voices(), Rate: media.PhoneRate, Synthesiser: s})
	}
	if len(set.Sherpa.Models)+len(set.Voices.Voices) == 0 {
		return errors.New("sherpa has neither models nor voices; name some as asr.sherpa.models or tts.sherpa.voices")
	}
	return nil
}
