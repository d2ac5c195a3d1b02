package call

import (
	"strings"
	"testing"
	"time"

	"decroche/flows"

	"github.com/prometheus/client_golang/prometheus"
)

func TestConfigComplaints(t *testing.T) {
	t.Parallel()
	if p := DefaultConfig().Validate(); len(p) > 0 {
		t.Fatalf("the defaults complain: %v", p)
	}
	for want, spoil := range map[string]func(*Config){
		"pre_roll: -1s is out of range; choose 0s to 2s":  func(c *Config) { c.PreRoll = -time.Second },
		"final_wait: 0s is out of range":                  func(c *Config) { c.FinalWait = 0 },
		"barge_hold: 100ms is out of range; choose 240ms": func(c *Config) { c.BargeHold = 100 * time.Millisecond },
		"watchdog: 1m0s is out of range":                  func(c *Config) { c.Watchdog = time.Minute },
		"ring_for: 0s is out of range":                    func(c *Config) { c.RingFor = 0 },
		"language_turns: 21 is out of range; choose 0":    func(c *Config) { c.LanguageTurns = 21 },
		"hold_every: 1s is out of range":                  func(c *Config) { c.HoldEvery = time.Second },
	} {
		c := DefaultConfig()
		spoil(&c)
		if p := c.Validate(); len(p) != 1 || !strings.HasPrefix(p[0], want) {
			t.Errorf("want %q, got %q", want, p)
		}
	}
}

func TestMetricsTellWhatHappened(t *testing.T) {
	test(t, func(t *testing.T) {
		reg := prometheus.NewRegistry()
		r := newRig(t, hello, words("où est mon colis"), words("merci au revoir"))
		r.s.Metrics = NewMetrics(reg)
		r.start()
		for range 2 {
			r.spoken()
			r.says(900 * time.Millisecond)
		}
		r.over()
		families, err := reg.Gather()
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]float64{}
		for _, f := range families {
			for _, m := range f.Metric {
				name := f.GetName()
				for _, l := range m.Label {
					name += " " + l.GetValue()
				}
				switch {
				case m.Counter != nil:
					got[name] = m.Counter.GetValue()
				case m.Gauge != nil:
					got[name] = m.Gauge.GetValue()
				case m.Histogram != nil:
					got[name] = float64(m.Histogram.GetSampleCount())
				}
			}
		}
		for name, want := range map[string]float64{
			"decroche_calls_total resolved": 1, "decroche_calls_running": 0, "decroche_turns_total speech": 2,
			"decroche_recognitions_total words": 2, "decroche_answer_seconds speech": 2, "decroche_latency_endpointing_seconds": 2, "decroche_latency_recognition_seconds": 2, "decroche_latency_speech_seconds": 2,
			"decroche_calls_total failed": 0, "decroche_turns_total silence": 0, "decroche_recognitions_total late": 0,
			"decroche_barge_ins_total stopped": 0, "decroche_transfers_total nobody": 0, "decroche_transfers_total full": 0, "decroche_transfer_reasons_total vip": 0, "decroche_transfer_attempts_total no_answer": 0,
			"decroche_engine_errors_total tts": 0, "decroche_actions_total timeout": 0, "decroche_call_frames_dropped_total bridge": 0,
		} {
			if v, ok := got[name]; !ok || v != want {
				t.Errorf("%s = %v (there: %v), want %v", name, v, ok, want)
			}
		}
	})
}

func TestAPanicOfTheFlowIsAnErrorOfTheFlow(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newRig(t, hello, words("bonjour"))
		r.mind.fails = func(in flows.Input) error {
			if in.Kind == flows.Said {
				panic("test")
			}
			return nil
		}
		r.start()
		r.spoken()
		r.says(800 * time.Millisecond)
		if e := r.over(); e.Outcome != "failed" || !strings.Contains(r.played(), "problème technique") {
			t.Errorf("ended %+v, played %q", e, r.played())
		}
	})
}
