package configs

import (
	"testing"

	"decroche/flows"
)

// Warnings name the hotline's folder; the house's own hotlines have none.
func TestWarnings(t *testing.T) {
	t.Parallel()
	c := Default()
	c.Gateway.Hotlines = []string{"../docs/examples/check/warned"}
	bots, err := learnt(c)
	if err != nil {
		t.Fatal(err)
	}
	got := Warnings(c, bots)
	if len(got) != 4 || got[0].File != "../docs/examples/check/warned/flows/acte.yaml" || got[0].Line != 3 {
		t.Errorf("%v", got)
	}
	for _, name := range BuiltInNames() {
		c.Gateway.Hotlines = []string{name}
		if bots, err = learnt(c); err != nil {
			t.Fatal(err)
		}
		if got := Warnings(c, bots); len(got) > 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := Warnings(c, []*flows.Bot{}); got != nil {
		t.Errorf("no bots: %v", got)
	}
}
