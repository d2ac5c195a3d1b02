package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"time"

	"decroche/asr"
	"decroche/bench"
	"decroche/configs"
	"decroche/flows"
	"decroche/internal/loopback"
	"decroche/tts/cache"
)

// benchGatewayCmd is `serve` with engines that cost nothing: what benches measure is the rest.
// Benches start it; it is no door for people.
type benchGatewayCmd struct {
	Book string        `help:"Fixtures that the recogniser knows; without, it hears the bot's only wish in everything." placeholder:"DIR"`
	Lag  time.Duration `help:"How long after a word it is in the partial results."`
	Wish bool          `help:"Hear it only where the bot asks for a wish; callers say nothing in what follows."`
	Real bool          `help:"The recogniser of the configuration."`

	Profile string `help:"Write the CPU profile of its whole life here." placeholder:"FILE"`
}

// Run serves until a signal.
func (c *benchGatewayCmd) Run(ctx context.Context, g *globals) error {
	if c.Profile != "" {
		f, err := os.Create(c.Profile)
		if err == nil {
			err = pprof.StartCPUProfile(f)
		}
		if err != nil {
			return fmt.Errorf("write a profile: %w", err)
		}
		defer f.Close()
		defer pprof.StopCPUProfile()
	}
	return (&serveCmd{Quiet: true}).serve(ctx, g,
		func(cfg configs.Config, bots []*flows.Bot, log *slog.Logger) (asr.Recogniser, error) {
			if c.Real {
				return newRecogniser(cfg, bots, log)
			}
			ears := bench.Ears{Text: bench.Word, Lag: c.Lag, Wishes: c.Wish}
			var err error
			if c.Book != "" {
				ears.Book, err = bench.LoadBook(c.Book)
			}
			return ears, err
		},
		benchVoice)
}

// benchVoice is the voice of the benches' gateways, with its prompts kept as the real one's are.
func benchVoice(cfg configs.Config) (*cache.Cache, error) {
	c := cfg.TTS.Cache
	c.Dir = filepath.Join(cfg.Gateway.DataDir, "prompts")
	return cache.New(bench.Voice{}, "bench", c)
}

// benchBot is a hotline that a bench makes for itself.
type benchBot interface{ Write(dir string) error }

// startGateway starts a gateway of our own for a bench: with the bot, and with room for so many
// calls. command is what to run: "bench gateway", or "serve" for the engines of extra, which is
// appended to its configuration.
func startGateway(ctx context.Context, bot benchBot, calls int, command []string, extra ...string) (_ *scenery, err error) {
	s := &scenery{token: randomToken(), command: command}
	defer func() {
		if err != nil {
			s.stop()
		}
	}()
	if s.data, err = os.MkdirTemp("", "decroche-"); err != nil {
		return nil, err
	}
	dir := filepath.Join(s.data, "bot")
	if err = bot.Write(dir); err != nil {
		return nil, err
	}
	var ports [2]int
	for i := range ports {
		if ports[i], err = loopback.Port(); err != nil {
			return nil, err
		}
	}
	s.sip, s.http = fmt.Sprintf("127.0.0.1:%d", ports[0]), fmt.Sprintf("127.0.0.1:%d", ports[1])
	conf := fmt.Sprintf("data_dir: %q\nhotlines: [%q]\nmax_calls: %d\nsecrets: {}\nlog_level: warn\nsip: {listen: %q, rate_per_source: 10000, rate_burst: 20000, transfer: {refer_answer: %v, first_notify: 3s, final_notify: %v, bye: %v}}\nrtc: {listen: \"127.0.0.1:0\", offers_per_source: 1000, offers_burst: 1000, max_sessions: 10000}\nhttp: {listen: %q}\napi_token: env:DECROCHE_API_TOKEN\n%s\n",
		s.data, dir, calls+10, s.sip, benchReferWait, benchLastWait, benchReferBye, s.http, strings.Join(extra, "\n"))
	if err = os.WriteFile(filepath.Join(s.data, "decroche.yaml"), []byte(conf), 0o600); err != nil {
		return nil, err
	}
	if err = s.restart(ctx); err != nil {
		return nil, err
	}
	return s, nil
}
