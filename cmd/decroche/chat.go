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
	"strings"
	"time"

	"decroche/configs"
	"decroche/gateway"
	"decroche/gateway/chat"
)

type chatCmd struct {
	Lang   string `help:"Language to begin in: fr or en." default:"fr" enum:"fr,en"`
	Bot    string `help:"Which hotline, by its name; the first one when empty. Without a configuration, any of the examples: colibri, banque, telecom, support-it."`
	Phone  string `help:"Number at which a colleague may ring back." placeholder:"NUMBER"`
	Resume string `help:"Go on with a conversation that was left, by its ID." placeholder:"ID"`
	End    bool   `help:"End the conversation when the input ends, instead of keeping it for --resume."`
	JSON   bool   `help:"Print one JSON object when done, instead of the conversation." name:"json"`
}

// chatReport is what --json prints.
type chatReport struct {
	Conversation string         `json:"conversation"`
	Bot          string         `json:"bot,omitempty"`
	Ended        bool           `json:"ended"`
	Outcome      string         `json:"outcome,omitempty"`
	Messages     []chat.Message `json:"messages"`
}

// Run talks with the bot on standard input and output until the bot ends or input does.
func (c *chatCmd) Run(ctx context.Context, g *globals) (err error) {
	cfg, bots, err := loadAll(g)
	if _, example := configs.BuiltIn(c.Bot); example && g.Config == "" {
		cfg, bots, err = loadExample(c.Bot)
	}
	if err != nil {
		return err
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
	out := io.Writer(os.Stdout)
	if c.JSON {
		out = io.Discard
	}
	t := &typist{terminal: newTerminal(os.Stdin, out)}
	id, page, err := c.begin(ctx, h)
	if errors.Is(err, chat.ErrNoBot) {
		var names []string
		for _, b := range bots {
			names = append(names, b.Name)
		}
		return fmt.Errorf("--bot %q: this configuration has %s", c.Bot, strings.Join(names, ", "))
	}
	if err != nil {
		return err
	}
	if page, err = t.talk(ctx, h, id, page); err != nil {
		return fmt.Errorf("%w (go on with: decroche chat --resume %s)", err, id)
	}
	if !page.Ended && c.End {
		if err := h.End(context.WithoutCancel(ctx), id); err != nil {
			return err
		}
		if page, err = h.Messages(context.WithoutCancel(ctx), id, page.Next, 0, nil); err != nil {
			return err
		}
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(chatReport{Conversation: id, Bot: c.Bot, Ended: page.Ended, Outcome: page.Outcome, Messages: t.all})
	}
	if !page.Ended {
		fmt.Fprintf(os.Stderr, "The conversation is kept. Go on with: decroche chat --resume %s\n", id)
	}
	return nil
}

// begin opens a conversation, or the one to go on with.
func (c *chatCmd) begin(ctx context.Context, h *chat.Host) (id string, p chat.Page, err error) {
	if c.Resume == "" {
		o, err := h.Create(ctx, chat.Opening{Bot: c.Bot, Lang: c.Lang, Phone: c.Phone, From: chat.FromTerminal})
		return o.ID, o.Page, err
	}
	if err := h.Continue(ctx, c.Resume); err != nil {
		return "", p, fmt.Errorf("--resume %s: %w", c.Resume, err)
	}
	p, err = h.Messages(ctx, c.Resume, 0, 0, nil)
	if err == nil && p.Ended {
		err = fmt.Errorf("--resume %s: %w", c.Resume, chat.ErrEnded)
	}
	return c.Resume, p, err
}

// terminal is the person's end: lines in, text out. It shows a mark to type behind when the input
// is a terminal, and echoes the lines when it is a pipe, so that the output reads alone.
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

// Receive waits for the next line; io.EOF when the person has left.
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

// typist writes what a terminal says into a conversation and shows what comes back.
type typist struct {
	*terminal
	all []chat.Message // what was written
}

// talk reads lines and shows what comes back until the bot ends, input does, or ctx.
func (t *typist) talk(ctx context.Context, h *chat.Host, id string, p chat.Page) (chat.Page, error) {
	t.show(p, true)
	for {
		for p.Working {
			var err error
			if p, err = h.Messages(ctx, id, p.Next, time.Minute, &p); err != nil {
				return p, err
			}
			t.show(p, false)
		}
		if p.Ended {
			return p, nil
		}
		line, err := t.Receive(ctx)
		if errors.Is(err, io.EOF) || ctx.Err() != nil {
			return p, nil
		}
		if err != nil {
			return p, err
		}
		if line = chat.Clean(line); line == "" {
			continue
		}
		if p, err = h.Send(ctx, id, chat.Incoming{Text: h.Config().Cut(line)}); err != nil {
			return p, err
		}
		t.show(p, false)
	}
}

// show writes messages. What was typed now stands there already; what was typed before does not.
func (t *typist) show(p chat.Page, before bool) {
	for _, m := range p.Messages {
		t.all = append(t.all, m)
		switch {
		case m.From == chat.FromBot:
			fmt.Fprintln(t.out, "bot  "+m.Text)
		case before:
			fmt.Fprintln(t.out, "you  "+m.Text)
		}
		if len(m.Quick) > 0 {
			var labels []string
			for _, q := range m.Quick {
				labels = append(labels, q.Label)
			}
			fmt.Fprintln(t.out, "     ["+strings.Join(labels, "] [")+"]")
		}
	}
}
