//go:build unix

package embedded

import (
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"decroche/asr"
	"decroche/media"
)

// twice is the fixture said twice, some four seconds.
func twice(b *testing.B) []int16 {
	b.Helper()
	pcm, _ := fixture(b)
	return slices.Concat(pcm, pcm)
}

// BenchmarkSearch is the cost of the decoder alone, per second of audio: the searches, at the beams that the
// word errors of docs/recognition.md were measured with, over rows that the network gave before. It is processor
// time, so that other work on the machine does not count.
func BenchmarkSearch(b *testing.B) {
	r := testRecogniser(b, DefaultConfig(), defaultTuning())
	pcm := twice(b)
	for _, kind := range []string{"", "digits", "yes_no", "date", "spelled", "list"} {
		b.Run("expecting "+kind, func(b *testing.B) {
			opt := asr.Options{Language: "fr", Hints: []string{"suivre un colis", "un remboursement", "parler à un conseiller"}, Expect: asr.Expect{Kind: kind}}
			d, _ := hearWhole(r, pcm, opt)
			rows := slices.Clone(d.sheet.raw)
			began := busy()
			for b.Loop() {
				d.begin(r.speakers["fr"], opt)
				for row := range slices.Chunk(rows, len(d.scaled)) {
					d.row(row)
				}
			}
			audio := time.Duration(len(rows)/len(d.scaled)*r.model.samplesPerRow()) * time.Second / 8000
			b.ReportMetric((busy()-began).Seconds()/float64(b.N)/audio.Seconds(), "rtf")
		})
	}
}

// BenchmarkMemory is what a stream keeps while somebody speaks: ten at once, in the middle of a sentence,
// after another one that made everything grow.
func BenchmarkMemory(b *testing.B) {
	r := testRecogniser(b, DefaultConfig(), defaultTuning())
	pcm := twice(b)
	for _, kind := range []string{"", "digits", "spelled", "list"} {
		b.Run("expecting "+kind, func(b *testing.B) {
			opt := asr.Options{Language: "fr", Rate: 8000, Hints: []string{"suivre un colis", "un remboursement"}, Expect: asr.Expect{Kind: kind}}
			for b.Loop() {
				const streams = 10
				before := heap()
				var all []*decoder
				for range streams {
					d, _ := hearWhole(r, pcm, opt)
					d.begin(r.speakers["fr"], opt)
					d.write(pcm)
					all = append(all, d)
				}
				ring := 2 * ringTime.Seconds() * float64(media.PhoneRate)
				b.ReportMetric(float64(heap()-before)/streams+ring, "bytes/stream")
				runtime.KeepAlive(all)
			}
		})
	}
}

// busy is the processor time of this process.
func busy() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkLoad reads a language from the weights, as the first recogniser of a process does: processor
// time, for what a start costs.
func BenchmarkLoad(b *testing.B) {
	m, err := readAcoustic(weights)
	if err != nil {
		b.Fatal(err)
	}
	for _, lang := range []string{"fr", "en"} {
		b.Run(lang, func(b *testing.B) {
			began := spent(b)
			for b.Loop() {
				if _, err := readTongue(weights, lang, m.phonemes()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((spent(b)-began).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
}
