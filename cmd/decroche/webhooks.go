package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"decroche/gateway"
	"decroche/gateway/store"
)

type webhooksCmd struct {
	Dead  webhooksDeadCmd  `cmd:"" help:"List deliveries that were given up, the newest first."`
	Retry webhooksRetryCmd `cmd:"" help:"Have deliveries that were given up sent after all; a running gateway begins within a minute."`
	Drop  webhooksDropCmd  `cmd:"" help:"Forget deliveries that were given up. What they would have told stays in the records."`
}

// withLetters does something with the deliveries, beside a gateway that may be running.
func withLetters(ctx context.Context, g *globals, do func(store.DeadLetters) error) error {
	cfg, err := loadConfig(g)
	if err != nil {
		return err
	}
	st, done, err := gateway.OpenLetters(ctx, cfg.Gateway)
	if err != nil {
		return err
	}
	return errors.Join(do(st), done())
}

type webhooksDeadCmd struct {
	Limit int  `help:"How many to list." default:"200"`
	JSON  bool `help:"Print one JSON object." name:"json"`
}

func (c *webhooksDeadCmd) Run(ctx context.Context, g *globals) error {
	if c.Limit < 1 {
		return errors.New("--limit: give a number from 1 on")
	}
	return withLetters(ctx, g, func(st store.DeadLetters) error {
		waiting, given, err := st.CountDeliveries(ctx)
		if err != nil {
			return err
		}
		list, err := st.DeadDeliveries(ctx, c.Limit)
		if err != nil {
			return err
		}
		if c.JSON {
			rows := []map[string]any{}
			for _, d := range list {
				rows = append(rows, map[string]any{"id": d.ID, "conversation": d.Conv, "url": d.Hook, "webhook_id": d.Key, "at": d.At, "tries": d.Tries})
			}
			return printJSON(os.Stdout, map[string]any{"waiting": waiting, "given_up": given, "dead": rows})
		}
		t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "ID\tWHEN\tTRIES\tCONVERSATION\tTO")
		for _, d := range list {
			fmt.Fprintf(t, "%d\t%s\t%d\t%s\t%s\n", d.ID, d.At.Local().Format(time.DateTime), d.Tries, d.Conv, d.Hook)
		}
		if err := t.Flush(); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%d given up, %d wait to be sent.\n", given, waiting)
		return nil
	})
}

// deadChoice are the deliveries that a command means.
type deadChoice struct {
	IDs  []int64 `arg:"" optional:"" help:"Their IDs, as decroche webhooks dead lists them."`
	All  bool    `help:"All that were given up."`
	JSON bool    `help:"Print one JSON object." name:"json"`
}

func (c deadChoice) check() error {
	if len(c.IDs) > 0 == c.All {
		return errors.New("say which: IDs as decroche webhooks dead lists them, or --all")
	}
	return nil
}

// tell says how many were changed; an ID that means none is an error.
func (c deadChoice) tell(key, text string, n int) error {
	if c.JSON {
		if err := printJSON(os.Stdout, map[string]int{key: n}); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(os.Stderr, text+"\n", n)
	}
	if left := len(c.IDs) - n; left > 0 {
		return fmt.Errorf("%d of the IDs name no delivery that was given up: decroche webhooks dead lists them", left)
	}
	return nil
}

type webhooksRetryCmd struct {
	deadChoice `embed:""`
}

func (c *webhooksRetryCmd) Run(ctx context.Context, g *globals) error {
	if err := c.check(); err != nil {
		return err
	}
	return withLetters(ctx, g, func(st store.DeadLetters) error {
		n, err := st.ReviveDeliveries(ctx, nil, c.IDs, time.Now())
		if err != nil {
			return err
		}
		return c.tell("retried", "%d deliveries will be sent again.", n)
	})
}

type webhooksDropCmd struct {
	deadChoice `embed:""`
}

func (c *webhooksDropCmd) Run(ctx context.Context, g *globals) error {
	if err := c.check(); err != nil {
		return err
	}
	return withLetters(ctx, g, func(st store.DeadLetters) error {
		n, err := st.DropDeliveries(ctx, c.IDs)
		if err != nil {
			return err
		}
		return c.tell("dropped", "%d deliveries dropped.", n)
	})
}
