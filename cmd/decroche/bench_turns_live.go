package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"time"

	"decroche/asr"
	"decroche/bench"
	"decroche/bench/callers"
	"decroche/bench/turneval"
	"decroche/configs"
	"decroche/flows"
)

// benchTapesCmd is `serve` with a recogniser that knows its callers' recordings. `bench turns
// --gateway` starts it; it is no door for people.
type benchTapesCmd struct {
	Set string        `help:"Folder of the recordings." required:"" type:"existingdir"`
	Lag time.Duration `help:"How late words are known." default:"340ms"`
}

// Run serves until a signal.
func (c *benchTapesCmd) Run(ctx context.Context, g *globals) error {
	set, err := turneval.Read(c.Set)
	if err != nil {
		return err
	}
	return (&serveCmd{Quiet: true}).serve(ctx, g,
		func(configs.Config, []*flows.Bot, *slog.Logger) (asr.Recogniser, error) {
			return turneval.NewEars(set.Turns, turneval.LagOf(c.Lag)), nil
		},
		benchVoice)
}

// live speaks the set to a gateway of our own, in real time, many calls at once.
func (c *benchTurnsCmd) live(ctx context.Context, set *turneval.Set, lag turneval.Lag) (_ *turneval.Live, err error) {
	cast := turneval.NewCast(set)
	dir, err := os.MkdirTemp("", "decroche-turns-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := (&turneval.Set{Turns: cast.Recordings()}).Write(dir); err != nil {
		return nil, err
	}
	gw, err := startGateway(ctx, cast.Bot(), len(cast.Turns), []string{"bench", "tapes", "--set", dir, "--lag", lag.Mean.String()})
	if err != nil {
		return nil, err
	}
	defer gw.stop()
	var calls []turneval.LiveCall
	limit := ""
	for _, lang := range []string{"fr", "en"} {
		turns := cast.Tongue(lang)
		if len(turns) == 0 {
			continue
		}
		speakers := make([]*turneval.Speaker, len(turns))
		for i, t := range turns {
			speakers[i] = cast.Speaker(t)
		}
		res, err := callers.Run(ctx, callers.Options{
			Target: "sip:" + turneval.Number(lang) + "@" + gw.sip, Calls: len(turns), Rate: c.Rate, Stay: time.Minute + time.Duration(float64(len(turns))/c.Rate*float64(time.Second)),
			Script: func(i int) callers.Script { return speakers[i] },
			Tell:   func(done, of int) { progress("calls, "+lang, done, of) },
		})
		if err != nil {
			return nil, err
		}
		limit = cmp.Or(limit, res.RigLimit)
		for i, k := range res.Calls {
			calls = append(calls, turneval.LiveCall{Speaker: speakers[i], Tag: k.Tag, Err: k.Err})
		}
	}
	l := cast.ScoreLive(calls, lag, heardText(ctx, gw))
	l.RigLimit = limit
	return l, nil
}

// heardText reads from the record how much of the prompt that was cut its caller heard.
func heardText(ctx context.Context, gw *scenery) turneval.HeardText {
	return func(tag string) (time.Duration, bool) {
		rec, err := waitRecord(ctx, gw.api(), tag)
		if err != nil {
			return 0, false
		}
		for _, e := range rec.Events {
			var b struct {
				Cut   bool
				Heard string
			}
			if e.Type == "prompted" && json.Unmarshal(e.Body, &b) == nil && b.Cut {
				return time.Duration(bench.Letters(b.Heard)) * bench.PerLetter, true
			}
		}
		return 0, false
	}
}
