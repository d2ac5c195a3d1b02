package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"decroche/flows"
	"decroche/gateway"
	"decroche/gateway/chat"
)

type chatCmd struct {
	Lang string `help:"Language to begin in: fr or en." default:"fr" enum:"fr,en"`
	Bot  string `help:"Which hotline, by its name; the first one when empty."`
}

// Run talks with the bot on standard input and output until the bot ends or input does.
func (c *chatCmd) Run(ctx context.Context, g *globals) error {
	cfg, bots, err := loadAll(g)
	if err != nil {
		return err
	}
	demoSecret(g, cfg)
	bot, err := c.choose(bots)
	if err != nil {
		return err
	}
	return gateway.Chat(ctx, cfg.Gateway, bot, c.Lang, newTerminal(os.Stdin, os.Stdout), logger(slog.LevelWarn))
}

func (c *chatCmd) choose(bots []*flows.Bot) (*flows.Bot, error) {
	var names []string
	for _, b := range bots {
		if c.Bot == "" || c.Bot == b.Name {
			return b, nil
		}
		names = append(names, b.Name)
	}
	return nil, fmt.Errorf("--bot %q: this configuration has %s", c.Bot, strings.Join(names, ", "))
}

// terminal is the person's end: lines in, messages out. It shows a mark to type behind when the
// input is a terminal, and echoes the lines when it is a pipe, so that the output reads alone.
type terminal struct {
	out   io.Writer
	tty   bool
	lines chan string // closed at the end of input
}

func newTerminal(in *os.File, out io.Writer) *terminal {
	t := &terminal{out: out, lines: make(chan string)}
	if st, err := in.Stat(); err == nil {
		t.tty = st.Mode()&os.ModeCharDevice != 0
	}
	go func() { // ends with the input or the process: a read from a terminal cannot be cancelled
		defer close(t.lines)
		sc := bufio.NewScanner(in)
		sc.Buffer(nil, 1<<20)
		for sc.Scan() {
			t.lines <- sc.Text()
		}
	}()
	return t
}

// Send implements chat.Peer.
func (t *terminal) Send(_ context.Context, m chat.Message) error {
	_, err := fmt.Fprintln(t.out, "bot  "+m.Text)
	if err == nil && len(m.Quick) > 0 {
		_, err = fmt.Fprintln(t.out, "     ["+strings.Join(m.Quick, "] [")+"]")
	}
	return err
}

// Receive implements chat.Peer.
func (t *terminal) Receive(ctx context.Context) (string, error) {
	if t.tty {
		fmt.Fprint(t.out, "you  ")
	}
	select {
	case l, ok := <-t.lines:
		if !ok {
			return "", io.EOF
		}
		if !t.tty {
			fmt.Fprintln(t.out, "you  "+l)
		}
		return l, nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}
