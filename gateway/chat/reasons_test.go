package chat

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"decroche/flows"
)

// Why a typed conversation asked for a person is counted by the words of the one table, each there
// from the start, and once, whether anybody comes or not.
func TestWhyAPersonIsAskedFor(t *testing.T) {
	t.Parallel()
	for reason, as := range map[string]string{flows.ReasonVIP: flows.ReasonVIP, flows.ReasonAsked: flows.ReasonAsked, "fraude": flows.ReasonOther} {
		reg := prometheus.NewRegistry()
		h := newHouse(t, worker(0), func(d *Deps, _ *Config) {
			d.Metrics = NewMetrics(reg)
			d.Bots = func(string) (Bot, bool) { return Bot{Name: "test", Mind: hands{reason}}, true }
		})
		if n := testutil.CollectAndCount(h.d.Metrics.reasons); n != len(flows.Reasons()) {
			t.Errorf("%d reasons are there before the first one", n)
		}
		o := h.begin(t, Opening{})
		h.write(t, o.ID, "humain")
		for _, r := range flows.Reasons() {
			want := 0.0
			if r == as {
				want = 1
			}
			if got := testutil.ToFloat64(h.d.Metrics.reasons.WithLabelValues(r)); got != want {
				t.Errorf("%q: %v counted as %s", reason, got, r)
			}
		}
	}
}

// hands is a mind that hands over to whatever is written to it, for a reason.
type hands struct{ reason string }

func (m hands) Turn(_ context.Context, _ flows.State, in flows.Input) (out flows.Output, _ error) {
	out.State.Raw = json.RawMessage("{}")
	out.Next = flows.Listen
	if in.Kind == flows.Said {
		out.Next, out.Transfer = flows.HandOff, &flows.Transfer{Reason: m.reason}
	}
	return out, nil
}
