package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"decroche/configs"
	"decroche/flows"
	"decroche/gateway"
	"decroche/gateway/skill"
	"decroche/gateway/skill/skilltest"
)

type skillTryCmd struct {
	Bot     string `help:"The hotline, by its name; the first one when empty. Without a configuration, any of the examples: colibri, banque, telecom, support-it."`
	Locale  string `help:"fr-FR, en-GB or en-US." default:"fr-FR" enum:"fr-FR,en-GB,en-US"`
	Request string `help:"Replay a request from a file, with a new ID and the time of now, and print the response." placeholder:"FILE" type:"existingfile"`
}

// Run opens the skill and says the lines of standard input to it, or replays one request.
func (c *skillTryCmd) Run(ctx context.Context, g *globals) (err error) {
	cfg, bots, err := loadAll(g)
	if _, example := configs.BuiltIn(c.Bot); example && g.Config == "" {
		cfg, bots, err = loadExample(c.Bot)
	}
	if err != nil {
		return err
	}
	at := slices.IndexFunc(bots, func(b *flows.Bot) bool { return c.Bot == "" || b.Name == c.Bot })
	if at < 0 {
		return &exitError{exitConfig, fmt.Errorf("there is no hotline %q in the configuration; there are %s", c.Bot, names(bots))}
	}
	demoSecret(cfg)
	h, closeAll, err := gateway.Chats(ctx, cfg.Gateway, bots, logger(slog.LevelError))
	if err != nil {
		return err
	}
	defer func() {
		wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		err = errors.Join(err, closeAll(wait))
	}()
	s, end, err := skilltest.Open(h, bots[at], c.Locale, func(_ *skill.Deps, own *skill.Config) {
		own.Alexa.Transfer, own.Alexa.PublicPage = cfg.Gateway.Skill.Alexa.Transfer, cfg.Gateway.Skill.Alexa.PublicPage
		own.Alexa.AnswerWithin, own.Alexa.ProgressAfter = cfg.Gateway.Skill.Alexa.AnswerWithin, cfg.Gateway.Skill.Alexa.ProgressAfter
	})
	if err != nil {
		return err
	}
	defer end()
	if c.Request != "" {
		return c.replay(ctx, s, os.Stdout)
	}
	return c.talk(ctx, s, os.Stdin, os.Stdout)
}

// replay sends a request of a file and prints what comes back.
func (c *skillTryCmd) replay(ctx context.Context, s *skilltest.Speaker, w io.Writer) error {
	data, err := os.ReadFile(c.Request)
	if err != nil {
		return err
	}
	got, err := s.Replay(ctx, data)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Request, err)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(got.Response)
}

// talk says one line after the other until the skill ends the session or the input does.
func (c *skillTryCmd) talk(ctx context.Context, s *skilltest.Speaker, in io.Reader, w io.Writer) error {
	said := 0
	show := func(got skilltest.Heard) {
		for p := s.Amazon().Progress(); said < len(p); said++ {
			fmt.Fprintln(w, "  (meanwhile)", p[said])
		}
		fmt.Fprintln(w, "alexa>", got.SSML)
		if got.Card != nil {
			fmt.Fprintf(w, "  (card: %s %s)\n", got.Card.Type, strings.ReplaceAll(got.Card.Content, "\n", " "))
		}
	}
	got, err := s.Launch(ctx)
	if err != nil {
		return err
	}
	show(got)
	lines := bufio.NewScanner(in)
	for !got.Ended && lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		fmt.Fprintln(w, "you  >", line)
		if got, err = s.Say(ctx, line); err != nil {
			return err
		}
		show(got)
	}
	if got.Ended {
		return nil
	}
	return errors.Join(lines.Err(), s.End(context.WithoutCancel(ctx), "USER_INITIATED"))
}
