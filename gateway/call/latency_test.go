package call

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"decroche/asr/asrtest"
	"decroche/flows"
	"decroche/media/rtp"
)

// The latency budget stands in one table; the page shows that table and nothing else, and each of
// its rows is a histogram on /metrics.
func TestLatencyBudgetIsOneTable(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/latency.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "\n"+BudgetTable()+"\n") {
		t.Errorf("docs/latency.md does not hold this table:\n%s", BudgetTable())
	}
	var want []string
	for _, s := range Stages() {
		want = append(want, s.Metric)
	}
	slices.Sort(want)
	named := regexp.MustCompile(`decroche_latency_[a-z_]+?_seconds`).FindAllString(string(page), -1)
	slices.Sort(named)
	if got := slices.Compact(named); !slices.Equal(got, want) {
		t.Errorf("the page names %q, the table %q", got, want)
	}
	reg := prometheus.NewRegistry()
	NewMetrics(reg)
	rtp.NewMetrics(reg)
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, f := range families {
		if strings.HasPrefix(f.GetName(), "decroche_latency_") {
			shown = append(shown, f.GetName())
			if f.Metric[0].Histogram == nil {
				t.Errorf("%s is no histogram", f.GetName())
			}
		}
	}
	if !slices.Equal(shown, want) {
		t.Errorf("/metrics has %q, the table %q", shown, want)
	}
	if b := LatencyBuckets(); !slices.IsSorted(b) || b[0] > .001 || b[len(b)-1] < 5 {
		t.Errorf("buckets %v", b)
	}
}

// sums of the histograms of a registry, in seconds, by name and label.
func sums(t *testing.T, reg *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for _, f := range families {
		for _, m := range f.Metric {
			if m.Histogram == nil || m.Histogram.GetSampleCount() == 0 {
				continue
			}
			name := f.GetName()
			for _, l := range m.Label {
				name += " " + l.GetValue()
			}
			out[name] = m.Histogram.GetSampleSum()
		}
	}
	return out
}

// The stages add up to the answer: nothing on the way is left out.
func TestLatencyStagesAddUp(t *testing.T) {
	test(t, func(t *testing.T) {
		reg := prometheus.NewRegistry()
		r := newRig(t, map[string]flows.Output{"start": listen("bonjour"), "said où est mon colis": end("il arrive", "resolved")},
			asrtest.Turn{Text: "où est mon colis", Delay: 120 * time.Millisecond})
		r.s.Metrics, r.s.Understander, r.voice.Delay = NewMetrics(reg), understander{50 * time.Millisecond}, 70*time.Millisecond
		r.s.Config.Speculate = false
		r.start()
		r.spoken()
		r.mind.mu.Lock()
		r.mind.takes = 30 * time.Millisecond
		r.mind.mu.Unlock()
		before := sums(t, reg)
		r.says(900 * time.Millisecond)
		stopped := r.line.Since()
		r.over()
		got := sums(t, reg)
		total := 0.0
		for _, s := range Stages() {
			total += got[s.Metric] - before[s.Metric]
		}
		if all := got["decroche_answer_seconds speech"]; all < .4 || total < all-.03 || total > all+.03 {
			t.Errorf("the stages are %.3f s, the answer took %.3f s: %v", total, all, got)
		}
		first, _ := r.line.FirstSound(stopped)
		if all := got["decroche_answer_seconds speech"]; all < (first-stopped).Seconds()-.06 || all > (first-stopped).Seconds()+.06 {
			t.Errorf("the answer took %.3f s, the line says %v", all, first-stopped)
		}
	})
}
