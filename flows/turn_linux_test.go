package flows_test

import (
	"runtime"
	"slices"
	"testing"
	"time"

	"decroche/flows"

	"golang.org/x/sys/unix"
)

// cpu is the processor time of this thread: a loaded machine hardly changes it.
func cpu(t testing.TB) time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		t.Skipf("the thread's clock cannot be read: %v", err)
	}
	return time.Duration(ts.Nano())
}

// BenchmarkTurnTimes reports what a turn costs in processor time (asked: at most 2 ms at the 99th
// percentile).
func BenchmarkTurnTimes(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	bot := colibri(b)
	var took []time.Duration
	for b.Loop() {
		took = append(took, turnTimes(b, bot)...)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs/turn")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs/turn")
	b.ReportMetric(0, "ns/op")
}

// turnTimes is what each turn of sixty calls took.
func turnTimes(t testing.TB, b *flows.Bot) []time.Duration {
	var took []time.Duration
	for range 60 {
		tk := begin(t, b, flows.Input{Channel: flows.Voice})
		for _, in := range []flows.Input{
			{Kind: flows.Said, Text: "euh bonjour j'ai toujours pas reçu mon paquet depuis la semaine dernière et je m'inquiète un peu", Confidence: 0.7},
			{Kind: flows.Said, Text: "alors attendez c'est le quarante-cinq douze soixante-dix-huit zéro deux", Confidence: 0.7, Alternatives: []flows.Alternative{
				{Text: "quarante cinq douze soixante-dix huit zéro un", Confidence: 0.5}, {Text: "quarante-cinq deux soixante-dix-huit zéro deux", Confidence: 0.4}}},
			{Kind: flows.Said, Text: "non zéro deux à la fin", Confidence: 0.8},
		} {
			before := cpu(t)
			tk.turn(in)
			took = append(took, cpu(t)-before)
			if tk.out.Next != flows.Listen {
				break
			}
		}
	}
	return took
}
