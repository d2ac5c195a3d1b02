package model

import (
	"os"
	"slices"
	"testing"

	"decroche/flows"
)

// FuzzSample: an example that becomes a sample is one that Amazon takes, whatever somebody wrote.
func FuzzSample(f *testing.F) {
	bot, err := flows.Load(os.DirFS("testdata/atelier"), flows.Options{})
	if err != nil {
		f.Fatal(err)
	}
	m, _, err := Build(bot, Options{Locale: "fr-FR"})
	if err != nil {
		f.Fatal(err)
	}
	specs := map[string]flows.EntityLines{}
	for _, e := range bot.WrittenEntities() {
		specs[e.Name] = e
	}
	for _, s := range []string{"je viens [mardi](jour)", "l'[express](modele) {x} 12 — ?", "-a- 'b' [mardi](jour)[moto](modele)", "{words}", "’", "a.b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, example string) {
		b := &builder{bot: bot, lang: "fr", m: *m, taken: map[string]string{}}
		sample, slots, why := b.read(example, specs)
		if why != "" {
			return
		}
		one := *m
		one.Interaction.Language.Intents = slices.DeleteFunc(slices.Clone(m.Interaction.Language.Intents), func(in Intent) bool { return slices.Contains(in.Samples, sample) })
		one.Interaction.Language.Intents = append(one.Interaction.Language.Intents, Intent{Name: "fuzzed", Slots: slots, Samples: []string{sample}})
		if bad := one.Check("fr"); len(bad) > 0 {
			t.Errorf("%q became %q: %v", example, sample, bad)
		}
	})
}
