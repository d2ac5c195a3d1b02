package espeak

import (
	"context"
	"slices"
	"testing"
	"time"

	"decroche/tts"
)

// BenchmarkFirstFrame measures from Speak to the first frame of a sentence, the voice's level
// already known: go test ./tts/espeak -run xxx -bench FirstFrame -benchtime 100x
func BenchmarkFirstFrame(b *testing.B) {
	s, err := New(DefaultConfig())
	if err != nil {
		b.Skip(err)
	}
	u := tts.Utterance{Text: "Votre colis arrive demain entre neuf heures et midi.", Language: "fr", Rate: 8000}
	first := func() time.Duration {
		began := time.Now()
		src, err := s.Speak(context.Background(), u)
		if err != nil {
			b.Fatal(err)
		}
		defer src.Close()
		if _, err := src.ReadFrame(); err != nil {
			b.Fatal(err)
		}
		return time.Since(began)
	}
	first()
	var all []time.Duration
	for b.Loop() {
		all = append(all, first())
	}
	slices.Sort(all)
	b.ReportMetric(all[len(all)/2].Seconds()*1000, "p50-ms")
	b.ReportMetric(all[len(all)*95/100].Seconds()*1000, "p95-ms")
}
