package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/term"

	"decroche/asr"
	"decroche/configs"
	"decroche/flows"
	"decroche/gateway"
	"decroche/gateway/call"
	"decroche/gateway/speech"
	"decroche/media"
	"decroche/tts"
	"decroche/tts/cache"
)

type serveCmd struct {
	Quiet bool `help:"Do not print the addresses at start."`
}

// Run serves with the engines that the configuration names.
func (c *serveCmd) Run(ctx context.Context, g *globals) error {
	return c.serve(ctx, g, newRecogniser, newCachedVoice)
}

// serve is Run with any engines: benches have their own.
func (c *serveCmd) serve(ctx context.Context, g *globals,
	newEars func(configs.Config, []*flows.Bot, *slog.Logger) (asr.Recogniser, error),
	newVoice func(configs.Config) (*cache.Cache, error)) error {
	cfg, bots, hints, err := loadToServe(ctx, g)
	if err != nil {
		return err
	}
	if err := taken(cfg); err != nil {
		return err
	}
	log := logger(levelOf(cfg.Gateway.LogLevel))
	slog.SetDefault(log)
	ears, err := newEars(cfg, bots, log)
	if err != nil {
		return err
	}
	if err := workers.ready(ctx, cfg, log); err != nil {
		return err
	}
	log.Info("recogniser ready", "engine", fmt.Sprint(ears))
	mouth, err := newVoice(cfg)
	if err != nil {
		return err
	}
	defer mouth.Close()
	if err := warm(ctx, mouth, bots, log); err != nil {
		return err
	}
	gw, err := gateway.New(ctx, cfg.Gateway, gateway.Engines{Ears: ears, Mouth: mouth, Reload: reloader(g, cfg, mouth, log), Metrics: []prometheus.Collector{earMetrics, mouthMetrics, workers.metrics}}, bots, log)
	if err != nil {
		return err
	}
	defer reloadOnHangup(ctx, gw)()
	if err := leaveToken(cfg.Gateway.DataDir, gw.Token()); err != nil {
		return err
	}
	if !c.Quiet {
		c.hello(cfg, bots, gw)
		if err := welcomeAdmin(ctx, gw, os.Stdout); err != nil {
			return err
		}
	}
	for _, h := range hints {
		if c.Quiet {
			log.Warn(h.String())
			continue
		}
		fmt.Printf("hint: %s\n\n", h)
	}
	return gw.Run(ctx, secondSignal(ctx))
}

// hello prints what a newcomer needs, in a few lines.
func (c *serveCmd) hello(cfg configs.Config, bots []*flows.Bot, gw *gateway.Gateway) {
	fmt.Printf("\nDécroche answers. Ring it, or open its pages:\n\n")
	doors := gateway.Doors(bots, gw.SIPAddr(), cfg.Gateway.SIP.ExternalAddress)
	for _, d := range doors {
		fmt.Printf("  call   %-40s (%s)\n", d.Addr, d.Lang)
	}
	pages, token := gw.LoginURL(), gw.Token()
	if cfg.Gateway.APIToken != "" { // a secret of the operator's: they know it, and a log need not
		pages, _, _ = strings.Cut(pages, "?")
		token = "***"
	}
	fmt.Printf("  pages  %s\n", pages)
	fmt.Printf("  API    http://%s/api/v1/conversations with the header Authorization: Bearer %s\n", gw.HTTPAddr(), token)
	fmt.Printf("\nNo phone at hand? Copy a line into another terminal:\n\n")
	for _, b := range bots {
		if line := tryLine(b, doors); line != "" {
			fmt.Printf("  %s call %s\n", os.Args[0], line)
		}
	}
	fmt.Printf("\nCtrl-C lets running calls end (at most %v), a second Ctrl-C cuts them.\n\n", cfg.Gateway.DrainTimeout)
}

// welcomeAdmin says how the first admin gets in, when none can sign in yet. The one-time link itself
// is for a person who reads: what goes into a file or a journal may be read by others.
func welcomeAdmin(ctx context.Context, gw *gateway.Gateway, out *os.File) error {
	name := gw.NewAdmin()
	if name == "" {
		return nil
	}
	if !term.IsTerminal(int(out.Fd())) {
		fmt.Fprintf(out, "No admin has a password yet. Make the link with which %s sets it: %s users link %s\n\n", name, os.Args[0], name)
		return nil
	}
	link, err := gw.FirstLink(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "No admin has a password yet. %s sets it here, once, within 24 hours:\n\n  %s\n\n", name, link)
	return nil
}

// tries are first words for the example hotlines, in the numbers that their systems know.
var tries = map[string][]string{
	"colibri":    {"bonjour, où est mon colis ?", "quarante-cinq, douze, soixante-dix-huit, zéro deux"},
	"banque":     {"bonjour, j'ai perdu ma carte", "vingt, quarante-six, dix-huit, soixante-treize", "le douze mars quatre-vingt-quatre", "oui"},
	"telecom":    {"combien il me reste de gigas ?", "zéro six, douze, trente-quatre, cinquante-six, soixante-dix-huit"},
	"support-it": {"ma session est bloquée", "onze, quatre-vingt-deux, trente", "vingt, quarante-neuf"},
}

// tryLine is what follows "decroche call" to try a hotline in French: its address and words for
// it, its first example when it is none of ours. "" when it answers no number in French.
func tryLine(b *flows.Bot, doors []gateway.Door) string {
	words := tries[b.Name]
	if ex := b.Examples("fr"); words == nil && len(ex) > 0 {
		words = ex[:1]
	}
	for _, called := range b.Called() {
		lang, _ := b.LangFor(called)
		for _, d := range doors {
			if lang == "fr" && len(words) > 0 && strings.HasPrefix(d.Addr, "sip:"+called+"@") {
				return d.Addr + " --say \"" + strings.Join(words, "\" --say \"") + "\""
			}
		}
	}
	return ""
}

// warm renders the prompts that never change, so that the first caller waits for none.
func warm(ctx context.Context, mouth *cache.Cache, bots []*flows.Bot, log *slog.Logger) error {
	var us []tts.Utterance
	for _, b := range bots {
		us = append(us, call.Utterances(call.BotInfo{Style: speech.Of(b)}, b.StaticPrompts(), media.PhoneRate)...)
	}
	began := time.Now()
	if err := mouth.Warm(ctx, us, func(done, of int) { progress("rendering prompts", done, of) }); err != nil {
		return fmt.Errorf("render the prompts: %w", err)
	}
	log.Info("prompts rendered", "prompts", len(us), "took", time.Since(began).Round(time.Millisecond))
	return nil
}

// secondSignal returns a context that ends when a signal arrives after ctx has ended.
func secondSignal(ctx context.Context) context.Context {
	cut, cancel := context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		<-ctx.Done()
		ch := make(chan os.Signal, 1)
		signal.Notify(ch, os.Interrupt, syscall.SIGTERM)
		<-ch
		cancel()
	}()
	return cut
}

// leaveToken writes the API token where commands on the same machine find it, readable by the
// owner alone.
func leaveToken(dataDir, token string) error {
	if err := os.WriteFile(tokenFile(dataDir), []byte(token+"\n"), 0o600); err != nil {
		return fmt.Errorf("write the API token: %w", err)
	}
	return nil
}

func randomToken() string { return strings.ToLower(rand.Text()) }

func levelOf(s string) slog.Level {
	var l slog.Level
	if err := l.UnmarshalText([]byte(s)); err != nil {
		return slog.LevelInfo
	}
	return l
}
