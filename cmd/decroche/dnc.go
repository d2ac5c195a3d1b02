package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"decroche/gateway"
	"decroche/gateway/outbound"
	"decroche/gateway/store"
)

type dncCmd struct {
	Add    dncAddCmd    `cmd:"" help:"Put numbers on the list of those that are not called, for ever; calls that wait for them are dropped."`
	Remove dncRemoveCmd `cmd:"" help:"Take a number off the list, because its owner says so."`
	List   dncListCmd   `cmd:"" help:"List the numbers that are not called."`
	Import dncImportCmd `cmd:"" help:"Put the numbers of a file on the list: one a line; what follows a comma or semicolon is left out."`
}

// withNoCalls does something with the list, beside a gateway that may be running.
func withNoCalls(ctx context.Context, g *globals, do func(st store.Outbound, country string) error) error {
	cfg, err := loadConfig(g)
	if err != nil {
		return err
	}
	st, done, err := gateway.OpenOutbound(ctx, cfg.Gateway)
	if err != nil {
		return err
	}
	return errors.Join(do(st, cfg.Gateway.Outbound.Country), done())
}

type dncAddCmd struct {
	Numbers []string `arg:"" help:"Numbers, such as 0612345678 or +33612345678."`
	Note    string   `help:"Why, in a few words."`
	JSON    bool     `help:"Print one JSON object." name:"json"`
}

func (c *dncAddCmd) Run(ctx context.Context, g *globals) error {
	return withNoCalls(ctx, g, func(st store.Outbound, country string) error {
		var list []store.NoCall
		for _, typed := range c.Numbers {
			number, err := outbound.Number(typed, country)
			if err != nil {
				return err
			}
			list = append(list, store.NoCall{Number: number, At: time.Now(), How: "console", Note: c.Note})
		}
		added, err := st.AddNoCall(ctx, list...)
		if err != nil {
			return err
		}
		return tellAdded(c.JSON, added, len(list), 0)
	})
}

// tellAdded says how many numbers are new on the list.
func tellAdded(asJSON bool, added, of, bad int) error {
	if asJSON {
		return printJSON(os.Stdout, map[string]int{"added": added, "known": of - added, "bad": bad})
	}
	fmt.Fprintf(os.Stderr, "%d numbers added, %d were on the list already.\n", added, of-added)
	return nil
}

type dncRemoveCmd struct {
	Number string `arg:"" help:"The number."`
}

func (c *dncRemoveCmd) Run(ctx context.Context, g *globals) error {
	return withNoCalls(ctx, g, func(st store.Outbound, country string) error {
		number, err := outbound.Number(c.Number, country)
		if err != nil {
			return err
		}
		if err := st.RemoveNoCall(ctx, number); errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("%s is not on the list; decroche dnc list shows which are", number)
		} else {
			return err
		}
	})
}

type dncListCmd struct {
	JSON bool `help:"Print one JSON object." name:"json"`
}

func (c *dncListCmd) Run(ctx context.Context, g *globals) error {
	return withNoCalls(ctx, g, func(st store.Outbound, _ string) error {
		all := []store.NoCall{}
		for {
			after := ""
			if n := len(all); n > 0 {
				after = all[n-1].Number
			}
			page, err := st.NoCalls(ctx, after, 1000)
			if err != nil {
				return err
			}
			if len(page) == 0 {
				break
			}
			all = append(all, page...)
		}
		if c.JSON {
			return printJSON(os.Stdout, map[string]any{"numbers": all})
		}
		t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "NUMBER\tSINCE\tHOW\tWHO\tNOTE")
		for _, n := range all {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", n.Number, n.At.Local().Format(time.DateOnly), n.How, n.Who, n.Note)
		}
		return t.Flush()
	})
}

type dncImportCmd struct {
	File string `arg:"" help:"The file, - for standard input." type:"path"`
	Note string `help:"Why, in a few words."`
	JSON bool   `help:"Print one JSON object." name:"json"`
}

// importBatch is how many numbers are written at once.
const importBatch = 1000

func (c *dncImportCmd) Run(ctx context.Context, g *globals) error {
	return withNoCalls(ctx, g, func(st store.Outbound, country string) error {
		in, size := io.Reader(os.Stdin), int64(0)
		if c.File != "-" {
			f, err := os.Open(c.File)
			if err != nil {
				return fmt.Errorf("read the list: %w", err)
			}
			defer f.Close()
			if info, err := f.Stat(); err == nil {
				size = info.Size()
			}
			in = f
		}
		return c.take(ctx, st, country, in, size)
	})
}

// take reads numbers line by line. A line that is no number is told and left out.
func (c *dncImportCmd) take(ctx context.Context, st store.Outbound, country string, in io.Reader, size int64) error {
	var batch []store.NoCall
	var bar byteBar
	defer bar.end()
	read, added, good, bad := int64(0), 0, 0, 0
	flush := func() error {
		n, err := st.AddNoCall(ctx, batch...)
		added, good, batch = added+n, good+len(batch), batch[:0]
		return err
	}
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		read += int64(len(lines.Bytes())) + 1
		typed := strings.TrimPrefix(lines.Text(), "\ufeff")
		if i := strings.IndexAny(typed, ",;\t"); i >= 0 {
			typed = typed[:i]
		}
		if typed = strings.Trim(typed, ` "`); typed == "" || strings.HasPrefix(typed, "#") {
			continue
		}
		number, err := outbound.Number(typed, country)
		if err != nil {
			bad++
			fmt.Fprintf(os.Stderr, "line %d: %v; left out\n", n, err)
			continue
		}
		if batch = append(batch, store.NoCall{Number: number, At: time.Now(), How: "list", Note: c.Note}); len(batch) == importBatch {
			if err := flush(); err != nil {
				return err
			}
			bar.show("reading", read, size)
		}
	}
	if err := errors.Join(lines.Err(), flush()); err != nil {
		return err
	}
	if bad > 0 && good == 0 {
		return errors.New("no line of the list is a number; write one a line, such as 0612345678")
	}
	return tellAdded(c.JSON, added, good, bad)
}
