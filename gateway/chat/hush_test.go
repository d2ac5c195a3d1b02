package chat

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"

	"decroche/flows"
)

// What was typed for a sensitive slot, asked for or not, is stored without its words.
func TestWhatIsSensitiveIsNotStored(t *testing.T) {
	t.Parallel()
	m := mind()
	asks := say(flows.Listen, "votre carte ?")
	asks.Expect.Sensitive = true
	told := say(flows.Listen, "le •••• ?")
	told.Sensitive = true
	m["said carte"], m["said 4512 7801"], m["digits 45127801"], m["said ma carte est 45127801"] = asks, told, told, told
	for name, in := range map[string][]Incoming{
		"typed":       {{Text: "carte"}, {Text: "4512 7801"}},
		"keyed":       {{Text: "carte"}, {Digits: "45127801"}},
		"volunteered": {{Text: "ma carte est 45127801"}},
		"no answer":   {{Text: "carte"}, {Text: "4512 78"}}, // the mind does not say that it was one
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := m
				if name == "no answer" {
					m = mind()
					m["said carte"], m["said 4512 78"] = asks, say(flows.Listen, "pardon ?")
				}
				h := newHouse(t, 0, func(d *Deps, _ *Config) {
					d.Bots = func(string) (Bot, bool) { return Bot{Name: "test", Mind: m}, true }
				})
				o := h.begin(t, Opening{})
				for _, i := range in {
					p, err := h.Send(t.Context(), o.ID, i)
					if err != nil {
						t.Fatal(err)
					}
					h.settleDown(t, o.ID, p)
					for _, m := range p.Messages {
						if strings.Contains(m.Text, "4512") {
							t.Errorf("shown: %+v", m)
						}
					}
				}
				record, err := json.Marshal(h.events(t, o.ID))
				if err != nil {
					t.Fatal(err)
				}
				if strings.Contains(string(record), "4512") || !strings.Contains(string(record), flows.Masked) {
					t.Errorf("stored: %s", record)
				}
			})
		})
	}
}
