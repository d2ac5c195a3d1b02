package gateway

import (
	"testing"

	"decroche/gateway/agents"
	"decroche/gateway/sip/referral"
)

// TestOutcomesAgree: a status means the same whether we dial an agent ourselves or ask the far end to.
func TestOutcomesAgree(t *testing.T) {
	t.Parallel()
	for status := range 700 {
		for _, rang := range []bool{false, true} {
			dialled, referred := agents.OutcomeOf(status, rang), referral.OutcomeOf(status, rang)
			if string(dialled) != string(referred) {
				t.Errorf("%d (rang %v): %q when dialled, %q when referred", status, rang, dialled, referred)
			}
		}
	}
}
