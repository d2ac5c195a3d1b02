package cache

import (
	"context"
	"slices"
	"testing"
	"time"

	"decroche/tts"
	"decroche/tts/ttstest"
)

// BenchmarkFirstFrame measures from Speak to the first frame of a prompt that is in the cache:
// go test ./tts/cache -run xxx -bench FirstFrame
func BenchmarkFirstFrame(b *testing.B) {
	u := tts.Utterance{Text: "Bonjour, vous êtes bien chez Colibri Express.", Language: "fr", Rate: 8000}
	for _, from := range []string{"memory", "disk"} {
		b.Run(from, func(b *testing.B) {
			cfg := DefaultConfig()
			cfg.Dir = b.TempDir()
			warm, err := New(&ttstest.Voice{}, "fake", cfg)
			if err != nil {
				b.Fatal(err)
			}
			if err := warm.Warm(context.Background(), []tts.Utterance{u}, nil); err != nil {
				b.Fatal(err)
			}
			c := warm
			var all []time.Duration
			for b.Loop() {
				if from == "disk" { // as after a restart
					b.StopTimer()
					if c, err = New(&ttstest.Voice{}, "fake", cfg); err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
				}
				began := time.Now()
				src, err := c.Speak(context.Background(), u)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := src.ReadFrame(); err != nil {
					b.Fatal(err)
				}
				all = append(all, time.Since(began))
				src.Close()
			}
			slices.Sort(all)
			b.ReportMetric(all[len(all)*95/100].Seconds()*1000, "p95-ms")
		})
	}
}
