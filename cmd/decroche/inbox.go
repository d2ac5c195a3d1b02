package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"decroche/configs"
	"decroche/flows"
	"decroche/gateway"
	"decroche/gateway/inbox"
	"decroche/gateway/store"
)

type inboxCmd struct {
	List    inboxListCmd    `cmd:"" help:"List what was not understood, grouped by likeness."`
	Show    inboxShowCmd    `cmd:"" help:"Show one group: what was said, and what it may mean."`
	Accept  inboxAcceptCmd  `cmd:"" help:"Make a group an example of an intent, after showing what that changes."`
	Dismiss inboxDismissCmd `cmd:"" help:"Set a group aside; --undo opens it again."`
}

// withInbox opens the record of --config beside a running gateway, or without one.
func withInbox(ctx context.Context, g *globals, do func(*inbox.Inbox) error) error {
	cfg, err := loadConfig(g)
	if err != nil {
		return err
	}
	bots, err := configs.Bots(cfg)
	if err != nil {
		return err
	}
	st, err := gateway.OpenRecord(ctx, cfg.Gateway)
	if err != nil {
		return err
	}
	err = do(gateway.NewInbox(st, func() []*flows.Bot { return bots }, gateway.Reload{Folders: hotlineFolders(cfg), Load: hotlineLoader(cfg)}))
	if errors.Is(err, store.ErrNotFound) {
		err = errors.New("there is no such group; decroche inbox list shows which there are")
	}
	return errors.Join(err, st.Close())
}

func printJSON(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) }

type inboxListCmd struct {
	State string `help:"Which: open, accepted or dismissed." default:"open" enum:"open,accepted,dismissed"`
	Bot   string `help:"Only this hotline, by its name."`
	Lang  string `help:"Only this language."`
	JSON  bool   `help:"Print one JSON object." name:"json"`
}

func (c *inboxListCmd) Run(ctx context.Context, g *globals) error {
	return withInbox(ctx, g, func(in *inbox.Inbox) error {
		groups, err := in.Groups(ctx, inbox.Query{State: c.State, Bot: c.Bot, Lang: c.Lang})
		if err != nil {
			return err
		}
		if c.JSON {
			if groups == nil {
				groups = []inbox.Group{}
			}
			return printJSON(os.Stdout, map[string]any{"groups": groups})
		}
		for _, gr := range groups {
			fmt.Printf("%5d  ×%-3d %s  %s\n%16s%s\n", gr.ID, gr.Count, gr.Lang, gr.Text, "", meanings(gr))
		}
		if len(groups) == 0 {
			fmt.Println("all sorted")
		}
		return nil
	})
}

// meanings is what a group may mean, in one line.
func meanings(g inbox.Group) string {
	if g.Decided != "" {
		return "is an example of " + g.Decided
	}
	var out []string
	if g.Asked != "" {
		out = append(out, "no answer to "+g.Asked)
	}
	for _, s := range g.Suggest {
		out = append(out, fmt.Sprintf("%s %.0f %% (%s)", s.Intent, 100*s.Share, strings.Join(s.From, ", ")))
	}
	if len(out) == 0 {
		return "nothing suggests an intent"
	}
	return strings.Join(out, " | ")
}

type inboxShowCmd struct {
	ID   int64 `arg:"" help:"Number of the group."`
	JSON bool  `help:"Print one JSON object." name:"json"`
}

func (c *inboxShowCmd) Run(ctx context.Context, g *globals) error {
	return withInbox(ctx, g, func(in *inbox.Inbox) error {
		gr, err := in.Group(ctx, c.ID)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(os.Stdout, gr)
		}
		fmt.Printf("%d (%s, %s, %s): %s\n%s\n", gr.ID, gr.Bot, gr.Lang, gr.State, gr.Text, meanings(gr))
		for _, s := range gr.Said {
			fmt.Printf("  %s  %-11s %s  (%s)\n", s.At.Format("2006-01-02 15:04"), s.Why, s.Text, s.Conv)
		}
		return nil
	})
}

type inboxAcceptCmd struct {
	ID     int64  `arg:"" help:"Number of the group."`
	Intent string `help:"Intent that it means; the first suggestion when empty."`
	Text   string `help:"The example in other words; the group's most frequent wording when empty."`
	Force  bool   `help:"Write it although golden conversations break."`
	DryRun bool   `help:"Show what it changes and write nothing." short:"n"`
	JSON   bool   `help:"Print one JSON object." name:"json"`
}

// Run shows the effect and writes. A refusal because golden conversations break leaves with 3.
func (c *inboxAcceptCmd) Run(ctx context.Context, g *globals) error {
	return withInbox(ctx, g, func(in *inbox.Inbox) error {
		do := in.Accept
		if c.DryRun {
			do = in.Try
		}
		e, err := do(ctx, c.ID, inbox.Choice{Intent: c.Intent, Text: c.Text, Force: c.Force})
		if err != nil && !errors.Is(err, inbox.ErrBreaks) {
			return err
		}
		if c.JSON {
			if jerr := printJSON(os.Stdout, e); jerr != nil {
				return jerr
			}
		} else {
			printEffect(os.Stdout, e)
		}
		if err != nil {
			return &exitError{exitOutcome, err}
		}
		return nil
	})
}

// printEffect shows what an example changes.
func printEffect(w io.Writer, e inbox.Effect) {
	fmt.Fprintf(w, "example   %s\nof        %s (%s), in %s\n", e.Example, e.Intent, e.Lang, e.File)
	fmt.Fprintf(w, "group     %d of %d understood, before %d\n", e.HasRight, e.Count, e.HadRight)
	fmt.Fprintf(w, "accuracy  %.1f %%, before %.1f %% (examples held out in turn)\n", 100*e.After, 100*e.Before)
	for _, c := range e.Changes {
		fmt.Fprintf(w, "          %s %.0f %%, before %.0f %%\n", c.Intent, 100*c.After, 100*c.Before)
	}
	for _, b := range e.Breaks {
		fmt.Fprintf(w, "breaks    %s\n", b)
	}
	for _, m := range e.Mends {
		fmt.Fprintf(w, "mends     %s\n", m)
	}
	if len(e.Breaks)+len(e.Mends) == 0 {
		fmt.Fprintln(w, "golden    no conversation changes")
	}
	if e.Written {
		fmt.Fprintln(w, "written")
	} else {
		fmt.Fprintln(w, "not written")
	}
}

type inboxDismissCmd struct {
	ID   int64 `arg:"" help:"Number of the group."`
	Undo bool  `help:"Open it again."`
}

func (c *inboxDismissCmd) Run(ctx context.Context, g *globals) error {
	return withInbox(ctx, g, func(in *inbox.Inbox) error {
		state := store.UtteranceDismissed
		if c.Undo {
			state = store.UtteranceOpen
		}
		gr, err := in.Set(ctx, c.ID, state)
		if err != nil {
			return err
		}
		fmt.Printf("%d: %d utterances are %s\n", gr.ID, gr.Count, state)
		return nil
	})
}
