package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"

	"decroche/asr"
	asrwyoming "decroche/asr/wyoming"
	"decroche/configs"
	"decroche/internal/worker"
	"decroche/media"
	"decroche/tts"
	ttswyoming "decroche/tts/wyoming"
)

// workers are the processes of native engines that this process has started, one an engine:
// hotlines that are reloaded go on with the same.
var workers = &fleet{metrics: worker.NewMetrics()}

type fleet struct {
	metrics *worker.Metrics

	mu   sync.Mutex
	list map[string]*worker.Supervisor
}

// get returns the worker of an engine, and starts it the first time.
func (w *fleet) get(name string, cfg configs.Config, log *slog.Logger) (*worker.Supervisor, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s := w.list[name]; s != nil {
		return s, nil
	}
	set := settingsOf(cfg)
	set.Engines = []string{name}
	line, err := json.Marshal(set)
	if err != nil {
		return nil, fmt.Errorf("worker %s: %w", name, err)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("worker %s: find this program: %w", name, err)
	}
	s, err := worker.Watch(worker.Spec{Name: name, Command: []string{self, "worker"}, Settings: line}, cfg.Worker, w.metrics, log)
	if err != nil {
		return nil, err
	}
	if w.list == nil {
		w.list = map[string]*worker.Supervisor{}
	}
	w.list[name] = s
	return s, nil
}

// ready starts the workers that a configuration needs and waits until they listen. One that does
// not is an error when there is no other engine beside it; else the others take its turns.
func (w *fleet) ready(ctx context.Context, cfg configs.Config, log *slog.Logger) error {
	for _, kind := range []struct {
		names []string
		alone bool
	}{{cfg.ASR.Used(), len(cfg.ASR.Used()) == 1}, {cfg.TTS.Used(), len(cfg.TTS.Used()) == 1}} {
		for _, name := range kind.names {
			if !slices.Contains(native, name) {
				continue
			}
			s, err := w.get(name, cfg, log)
			if err == nil {
				err = s.Wait(ctx)
			}
			if err != nil && kind.alone {
				return err
			}
			if err != nil {
				log.Error("an engine is not there; the next of its routes takes its turns", "engine", name, "error", err)
			}
		}
	}
	return nil
}

// close ends all workers.
func (w *fleet) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.list {
		s.Close()
	}
	w.list = nil
}

// workedEar is a recogniser in a worker: it starts the process when first it is asked.
type workedEar struct {
	name  string
	langs []string
	cfg   configs.Config
	log   *slog.Logger
}

// String names the engine as the log and doctor should.
func (e *workedEar) String() string { return e.name + " in a worker" }

// client is a Wyoming client of the worker, once that has been ready.
func (e *workedEar) client(ctx context.Context) (*asrwyoming.Recogniser, error) {
	s, err := workers.get(e.name, e.cfg, e.log)
	if err != nil {
		return nil, err
	}
	if err := s.Wait(ctx); err != nil {
		return nil, err
	}
	c := asrwyoming.DefaultConfig()
	c.Engine, c.Address, c.Model, c.Languages, c.Expect = "asr/"+e.name, s.Address(), e.name, e.langs, true
	c.Rate = 8000 // the worker resamples to what its model wants
	return asrwyoming.New(c)
}

// Open begins a turn.
func (e *workedEar) Open(ctx context.Context, opt asr.Options) (asr.Session, error) {
	c, err := e.client(ctx)
	if err != nil {
		return nil, err
	}
	return c.Open(ctx, opt)
}

// Check starts the worker and asks it what it has, for doctor.
func (e *workedEar) Check(ctx context.Context) (string, error) {
	c, err := e.client(ctx)
	if err != nil {
		return "", err
	}
	return c.Check(ctx)
}

// workedMouth is a voice in a worker.
type workedMouth struct{ cfg configs.Config }

// String names the engine as the log and doctor should.
func (m *workedMouth) String() string { return "sherpa in a worker" }

func (m *workedMouth) client(ctx context.Context) (*ttswyoming.Synthesiser, error) {
	s, err := workers.get("sherpa", m.cfg, slog.Default())
	if err != nil {
		return nil, err
	}
	if err := s.Wait(ctx); err != nil {
		return nil, err
	}
	c := ttswyoming.DefaultConfig()
	c.Address, c.Speed = s.Address(), true
	return ttswyoming.New(c)
}

// Speak renders in the worker.
func (m *workedMouth) Speak(ctx context.Context, u tts.Utterance) (media.Source, error) {
	c, err := m.client(ctx)
	if err != nil {
		return nil, err
	}
	return c.Speak(ctx, u)
}

// Check starts the worker and asks it what it has, for doctor.
func (m *workedMouth) Check(ctx context.Context) (string, error) {
	c, err := m.client(ctx)
	if err != nil {
		return "", err
	}
	return c.Check(ctx)
}
