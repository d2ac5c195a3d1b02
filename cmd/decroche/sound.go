package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"decroche/gateway"
	recording "decroche/gateway/record"
	"decroche/gateway/store"
)

type recordingsCmd struct {
	List   recordingsListCmd   `cmd:"" help:"List which calls were recorded, and what became of the sound."`
	Delete recordingsDeleteCmd `cmd:"" help:"Delete recordings: all of one caller, of one conversation, or those whose time is over."`
}

// withRecordings opens the folder and the record of --config beside a running gateway, or without
// one. What a running gateway is recording at the moment and is deleted here, it deletes itself
// when the call ends.
func withRecordings(ctx context.Context, g *globals, do func(*recording.Recorder, store.Recordings) error) error {
	cfg, err := loadConfig(g)
	if err != nil {
		return err
	}
	st, err := gateway.OpenRecord(ctx, cfg.Gateway)
	if err != nil {
		return err
	}
	rec, err := gateway.Recordings(cfg.Gateway, st)
	if err != nil {
		return errors.Join(err, st.Close())
	}
	return errors.Join(do(rec, st), rec.Close(ctx), st.Close())
}

type recordingsListCmd struct {
	Caller string `help:"Only of this caller, by number or address."`
	JSON   bool   `help:"Print one JSON object." name:"json"`
}

// recordingJSON is one recording as scripts read it.
type recordingJSON struct {
	store.Recording
	Caller  string  `json:"caller"`
	File    string  `json:"file"`
	Seconds float64 `json:"seconds"`
	Dropped float64 `json:"dropped_seconds"`
}

func (c *recordingsListCmd) Run(ctx context.Context, g *globals) error {
	return withRecordings(ctx, g, func(_ *recording.Recorder, reg store.Recordings) error {
		q := store.RecordingQuery{Limit: 200}
		if c.Caller != "" {
			if q.Caller = store.Caller(c.Caller); q.Caller == "" {
				return fmt.Errorf("--caller %q is no number and no address", c.Caller)
			}
		}
		all := []recordingJSON{}
		for {
			list, err := reg.Recordings(ctx, q)
			if err != nil {
				return err
			}
			for _, r := range list {
				all = append(all, recordingJSON{r, r.Caller, r.File, r.Length.Seconds(), r.Dropped.Seconds()})
			}
			if len(list) < q.Limit {
				break
			}
			q.After = list[len(list)-1].Conv
		}
		if c.JSON {
			return printJSON(os.Stdout, map[string]any{"recordings": all})
		}
		for _, r := range all {
			state := fmt.Sprintf("%8v  %6.1f MB", r.Length.Round(time.Second), float64(r.Bytes)/1e6)
			if r.Open {
				state = "being recorded, or left so by a process that died"
			}
			fmt.Printf("%s  %-16s  %s  %s  %s\n", r.Start.Local().Format(time.DateTime), r.Caller, r.Bot, r.Conv, state)
		}
		if len(all) == 0 {
			fmt.Println("no recordings")
		}
		return nil
	})
}

type recordingsDeleteCmd struct {
	Caller       string `help:"All recordings of this caller, by number or address." xor:"which" required:""`
	Conversation string `help:"The recording of this conversation." xor:"which" required:""`
	Expired      bool   `help:"Those that are older than recording.ttl, as the gateway does every recording.sweep." xor:"which" required:""`
	JSON         bool   `help:"Print one JSON object." name:"json"`
}

func (c *recordingsDeleteCmd) Run(ctx context.Context, g *globals) error {
	return withRecordings(ctx, g, func(rec *recording.Recorder, _ store.Recordings) (err error) {
		n := 1
		switch {
		case c.Caller != "":
			n, err = rec.DeleteCaller(ctx, c.Caller)
		case c.Conversation != "":
			if err = rec.Delete(ctx, c.Conversation); errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("conversation %q has no recording; decroche recordings list shows which have", c.Conversation)
			}
		default:
			n, err = rec.Sweep(ctx)
		}
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(os.Stdout, map[string]int{"deleted": n})
		}
		fmt.Printf("%d deleted\n", n)
		return nil
	})
}
