package gateway

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"decroche/flows"
	"decroche/gateway/call"
	"decroche/gateway/record"
	"decroche/media"
)

// recordingsFolder is where recordings are, in the data folder, unless recording.dir says otherwise.
const recordingsFolder = "recordings"

// Recordings opens the folder of recordings of a gateway for a tool beside it, running or not, with
// the record that OpenRecord gave. Close it.
func Recordings(cfg Config, reg record.Register) (*record.Recorder, error) {
	return record.New(recordingConfig(cfg), reg, nil, nil)
}

func recordingConfig(cfg Config) record.Config {
	c := cfg.Recording
	if c.Dir == "" {
		c.Dir = filepath.Join(cfg.DataDir, recordingsFolder)
	}
	return c
}

// openRecorder opens the folder of recordings and finishes what a dead process left there.
func (g *Gateway) openRecorder(ctx context.Context, reg record.Register) error {
	var err error
	g.recorder, err = record.New(recordingConfig(g.cfg), reg, record.NewMetrics(g.reg), g.log)
	if err != nil {
		return err
	}
	g.onStop("recorder", func() {
		ctx, cancel := context.WithTimeout(context.Background(), recordWait)
		defer cancel()
		if err := g.recorder.Close(ctx); err != nil {
			g.log.Error("recordings are not complete", "err", err)
		}
	})
	n, err := g.recorder.Recover(ctx)
	if n > 0 {
		g.log.Warn("finished recordings that an earlier process left open", "recordings", n)
	}
	if err != nil { // a damaged recording must not keep callers waiting
		g.log.Error("recordings that an earlier process left open could not be finished", "err", err)
	}
	return nil
}

// recordShare is which share of a bot's calls is recorded: its own wish, else the gateway's.
func (g *Gateway) recordShare(bot *flows.Bot) float64 {
	if r := bot.Recording(); r != nil {
		return r.Share
	}
	return g.cfg.Recording.Sample
}

// record begins to record the call, when it is among those that are, and returns what ends that.
func (g *Gateway) record(s *call.Session, share float64) (finish func(context.Context)) {
	if !record.Chosen(share) {
		return func(context.Context) {}
	}
	info := s.Leg.Info()
	from := info.From
	if s.Caller != "" { // we rang them
		from = s.Caller
	}
	take := g.recorder.Begin(record.About{Conv: s.Conv, Bot: s.Bot.Name, Caller: from, Start: time.Now()})
	s.Recording = take
	s.Taps = append(s.Taps, func(d call.Direction, f media.Frame) {
		switch d {
		case call.CallerSaid:
			take.Frame(record.Caller, f)
		case call.CallerHeard:
			take.Frame(record.Ours, f)
		}
	})
	return func(ctx context.Context) {
		if _, err := take.Finish(ctx); err != nil && !errors.Is(err, record.ErrNotKept) {
			g.log.Error("the recording is not complete", "conv", s.Conv, "err", fmt.Errorf("finish it: %w", err))
		}
	}
}
