package flows_test

import (
	"errors"
	"strings"
	"testing"

	"decroche/flows"
)

// Who goes first, where and to whom comes out of what the conversation knows; what makes no sense there
// is no priority.
func TestWhoGoesFirst(t *testing.T) {
	t.Parallel()
	const f = "flows/all.yaml"
	const rank = `      - collect: rang
        entity: {type: list, values: {"7": [bleu], "99": [rouge], vip: [jaune], rien: [gris]}}
        ask: "Quelle couleur ?"
      - transfer: {skills: [fr], queue: litige, priority: "{{rang}}", vip: "{{rang}}", owner: " {{rang}}", outcomes: {nobody: numero}}
`
	b := knows(t, bot(t, f, "      - collect: numero\n", rank+"      - collect: numero\n"))
	for said, want := range map[string]flows.Transfer{
		"bleu":  {Priority: 7, Owner: "7"},
		"rouge": {Priority: 10, Owner: "99"},
		"jaune": {VIP: true, Owner: "vip"},
		"gris":  {Owner: "rien"},
	} {
		tk := begin(t, b, flows.Input{Channel: flows.Voice}).says("où est mon colis").says(said)
		got := tk.out.Transfer
		if got == nil || got.Queue != "litige" || got.Priority != want.Priority || got.VIP != want.VIP || got.Owner != want.Owner {
			t.Errorf("%s: %+v, want %+v", said, got, want)
		}
	}
	for written, want := range map[string]string{
		"priority: 11":            "priority must be a whole number from 0 to 10",
		"priority: haute":         "priority must be a whole number from 0 to 10",
		"vip: peut-être":          "vip must be true or false",
		`queue: ""`:               "queue is empty",
		`owner: ""`:               "owner is empty",
		`priority: "{{inconnu}}"`: "inconnu",
	} {
		_, err := flows.Load(bot(t, f, "- transfer: {skills: [fr]}", "- transfer: {skills: [fr], "+written+"}"), flows.Options{})
		var ps flows.Problems
		if !errors.As(err, &ps) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", written, err, want)
		}
	}
}
