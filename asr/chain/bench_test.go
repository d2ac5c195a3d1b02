package chain

import (
	"testing"
	"time"

	"decroche/asr"
	"decroche/media"
)

// BenchmarkTurn is a whole turn of two seconds, 100 frames, of an engine that costs next to
// nothing: alone, in a chain, and in a chain whose first engine dies in the midst. The differences
// are what a chain adds.
func BenchmarkTurn(b *testing.B) {
	pcm := make([]int16, 100*160)
	for i := range pcm {
		pcm[i] = aWord + int16(i/160)
	}
	chained := func(b *testing.B, engines ...Engine) asr.Recogniser {
		routes := Routes{"any": nil}
		for _, e := range engines {
			routes["any"] = append(routes["any"], e.Name)
		}
		cfg := DefaultConfig()
		cfg.Breaker.Failures = 100 // each turn meets the death
		c, err := New(engines, routes, cfg, NewMetrics(nil))
		if err != nil {
			b.Fatal(err)
		}
		return c
	}
	for name, open := range map[string]func(b *testing.B) asr.Recogniser{
		"alone":      func(*testing.B) asr.Recogniser { return &parrot{} },
		"in a chain": func(b *testing.B) asr.Recogniser { return chained(b, Engine{Name: "a", Recogniser: &parrot{}}) },
		"with a death": func(b *testing.B) asr.Recogniser {
			return chained(b, Engine{Name: "a", Recogniser: &parrot{dies: 50, how: "write"}}, Engine{Name: "b", Recogniser: &parrot{}})
		},
	} {
		b.Run(name, func(b *testing.B) {
			rec := open(b)
			var last time.Duration
			for b.Loop() {
				h, err := asr.Hear(b.Context(), rec, pcm, asr.Options{Rate: media.PhoneRate}, 0)
				if err != nil || h.Text == "" {
					b.Fatalf("heard %q, %v", h.Text, err)
				}
				last += h.Final
			}
			b.ReportMetric(float64(last.Microseconds())/float64(b.N), "µs-to-final")
		})
	}
}
