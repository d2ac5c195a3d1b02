package model_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"decroche/flows"
	"decroche/gateway/skill/model"
)

func load(t *testing.T, dir string) *flows.Bot {
	t.Helper()
	b, err := flows.Load(os.DirFS(dir), flows.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestHotlines: the model of every hotline is within Amazon's limits in every locale, and has every
// intent whose examples can be samples.
func TestHotlines(t *testing.T) {
	t.Parallel()
	dirs, err := filepath.Glob("../../../configs/hotlines/*")
	if err != nil || len(dirs) < 4 {
		t.Fatal(dirs, err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			bot := load(t, dir)
			for _, locale := range model.Locales() {
				m, left, err := model.Build(bot, model.Options{Locale: locale})
				if err != nil {
					t.Fatal(locale, err)
				}
				for _, bad := range m.Check(locale[:2]) {
					t.Errorf("%s: %s", locale, bad)
				}
				own := 0
				for _, in := range m.Interaction.Language.Intents {
					if _, ok := model.Intents(bot)[in.Name]; ok {
						own++
						if len(in.Samples) < 5 {
							t.Errorf("%s: %s has %d samples", locale, in.Name, len(in.Samples))
						}
					}
				}
				if own != len(bot.Intents()) {
					t.Errorf("%s: %d of %d intents", locale, own, len(bot.Intents()))
				}
				t.Logf("%s: invocation %q, %d intents, left out %d: %v", locale, m.Interaction.Language.Invocation, own, len(left), left)
			}
		})
	}
}

// TestSlots: a marked example becomes a sample with a slot, a list becomes a type, and what cannot
// be a sample is told.
func TestSlots(t *testing.T) {
	t.Parallel()
	m, left, err := model.Build(load(t, "testdata/atelier"), model.Options{Locale: "fr-FR"})
	if err != nil {
		t.Fatal(err)
	}
	if bad := m.Check("fr"); len(bad) > 0 {
		t.Error(bad)
	}
	at := func(name string) *model.Intent {
		i := slices.IndexFunc(m.Interaction.Language.Intents, func(in model.Intent) bool { return in.Name == name })
		if i < 0 {
			t.Fatalf("no intent %q", name)
		}
		return &m.Interaction.Language.Intents[i]
	}
	in := at("prendre_rendez_vous")
	if !slices.Contains(in.Samples, "je viens {jour}") || !slices.Contains(in.Samples, "une révision pour ma {modele}") || !slices.Contains(in.Samples, "j'ai besoin d'un rendez-vous") {
		t.Errorf("samples: %q", in.Samples)
	}
	for _, want := range []model.Slot{{Name: "jour", Type: "AMAZON.DATE"}, {Name: "modele", Type: "MODELE_VALUES"}} {
		if !slices.ContainsFunc(in.Slots, func(s model.Slot) bool { return s.Name == want.Name && s.Type == want.Type }) {
			t.Errorf("slots %v lack %v", in.Slots, want)
		}
	}
	if v := m.Interaction.Language.Types[0].Values; len(v) != 2 || v[0].ID != "MOTO" || !slices.Contains(v[0].Name.Synonyms, "deux-roues") {
		t.Errorf("values: %+v", v)
	}
	if at("plan_two").Name == "" || len(at(model.Words).Samples) < 5 {
		t.Error("names with figures, or the words")
	}
	var told []string
	for _, l := range left {
		told = append(told, l.String())
	}
	report := strings.Join(told, "\n")
	for _, want := range []string{`"je viens le 24": has figures`, `"oui": is a sample of one of Alexa's own intents`, `"j'ai besoin d'un rendez-vous !": is a sample of prendre_rendez_vous already`, "Alexa has no slot type", "without a space around it", "the character"} {
		if !strings.Contains(report, want) {
			t.Errorf("the report lacks %s:\n%s", want, report)
		}
	}
}

// TestCheckRefuses changes one thing of a good model at a time.
func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	bot := load(t, "testdata/atelier")
	for name, spoil := range map[string]func(l *model.Interaction){
		"invocation with a figure":  func(l *model.Interaction) { l.Language.Invocation = "garage 24" },
		"invocation of one word":    func(l *model.Interaction) { l.Language.Invocation = "garage" },
		"invocation with an order":  func(l *model.Interaction) { l.Language.Invocation = "demande garage" },
		"invocation with her name":  func(l *model.Interaction) { l.Language.Invocation = "alexa garage" },
		"invocation in capitals":    func(l *model.Interaction) { l.Language.Invocation = "Garage Martin" },
		"invocation too long":       func(l *model.Interaction) { l.Language.Invocation = strings.Repeat("garage ", 8) + "martin" },
		"intent name with a figure": func(l *model.Interaction) { l.Language.Intents[8].Name = "plan2" },
		"intent twice":              func(l *model.Interaction) { l.Language.Intents[9].Name = l.Language.Intents[8].Name },
		"no stop":                   func(l *model.Interaction) { l.Language.Intents = l.Language.Intents[3:] },
		"sample with a figure":      func(l *model.Interaction) { l.Language.Intents[8].Samples[0] = "le 24" },
		"sample with a comma":       func(l *model.Interaction) { l.Language.Intents[8].Samples[0] = "oui, merci" },
		"sample twice":              func(l *model.Interaction) { l.Language.Intents[9].Samples[0] = l.Language.Intents[8].Samples[0] },
		"sample of an unknown slot": func(l *model.Interaction) { l.Language.Intents[8].Samples[0] = "le {rien}" },
		"slot of an unknown type":   func(l *model.Interaction) { l.Language.Intents[8].Slots[0].Type = "AMAZON.City" },
		"slot with an intent's name": func(l *model.Interaction) {
			l.Language.Intents[8].Slots[0].Name = l.Language.Intents[9].Name
		},
		"phrase slot alone": func(l *model.Interaction) {
			l.Language.Intents[len(l.Language.Intents)-3].Samples = []string{"{words}"}
		},
		"value too long": func(l *model.Interaction) { l.Language.Types[0].Values[0].Name.Value = strings.Repeat("a", 141) },
		"value twice": func(l *model.Interaction) {
			l.Language.Types[0].Values[0].Name.Value = l.Language.Types[0].Values[1].Name.Value
		},
		"ID with a space":     func(l *model.Interaction) { l.Language.Types[0].Values[0].ID = "a b" },
		"too many synonyms":   func(l *model.Interaction) { l.Language.Types[0].Values[0].Name.Synonyms = make([]string, 101) },
		"type without values": func(l *model.Interaction) { l.Language.Types[0].Values = nil },
		"dialog of nothing":   func(l *model.Interaction) { l.Dialog.Intents[0].Name = "Other" },
		"no prompt":           func(l *model.Interaction) { l.Prompts = nil },
		"too many samples": func(l *model.Interaction) {
			l.Language.Intents[8].Samples = append(l.Language.Intents[8].Samples, strings.Repeat("mot ", 60000)+"mot")
		},
	} {
		m, _, err := model.Build(bot, model.Options{Locale: "fr-FR"})
		if err != nil {
			t.Fatal(err)
		}
		if spoil(&m.Interaction); len(m.Check("fr")) == 0 {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestBuildRefuses(t *testing.T) {
	t.Parallel()
	bot := load(t, "testdata/atelier")
	for want, o := range map[string]model.Options{"is not known": {Locale: "de-DE"}, "does not speak": {Locale: "en-GB"}, "invocation name": {Locale: "fr-FR", Invocation: "Garage"}} {
		if _, _, err := model.Build(bot, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
