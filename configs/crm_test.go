package configs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"decroche/flows"
)

// The fields of the address of a CRM are slots of the hotlines, and none of them sensitive.
func TestCRM(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		hotlines, url string
		bad, hint     string // what a complaint ends with
	}{
		"known":                 {"[colibri]", "https://crm.example.com/c/{customer}?o={slot.numero_commande}&tel={phone}", "", ""},
		"in one of two":         {"[banque, colibri]", "https://crm.example.com/c/{slot.numero_commande}", "", ""},
		"unknown, nearly known": {"[colibri]", "https://crm.example.com/c/{slot.numero_comande}", "", `no hotline asks for the slot "numero_comande", and {slot.numero_comande} stays empty; did you mean "numero_commande"?`},
		"sensitive":             {"[colibri]", "https://crm.example.com/c/{slot.carte}", `the slot "carte" is sensitive in hotline cartes, and addresses end up in logs; take {slot.carte} out`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "decroche.yaml")
			if err := os.WriteFile(file, []byte("hotlines: "+c.hotlines+"\ndesk:\n  crm:\n    url: \""+c.url+"\"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			cfg, doc, err := Read(file)
			if err != nil {
				t.Fatal(err)
			}
			bots, err := learnt(cfg)
			if err != nil {
				t.Fatal(err)
			}
			cards, err := flows.Load(fstest.MapFS{
				"bot.yaml":         {Data: []byte("name: cartes\nlanguages: [fr]\ntimezone: Europe/Paris\ncalled: {carte: fr}\ndisclosure: \"Je suis un robot.\"\ngreeting: \"Bonjour. {{disclosure}}\"\npolicy: {transfer: {skills: [fr]}}\n")},
				"intents/all.yaml": {Data: []byte("bloquer: {title: \"bloquer\", fr: [\"je veux bloquer ma carte\"]}\n")},
				"flows/all.yaml":   {Data: []byte("flows:\n  carte:\n    start: [bloquer]\n    steps:\n      - {collect: carte, entity: {type: digits, length: 8}, ask: \"Son numéro ?\", sensitive: true}\n      - transfer: {skills: [fr]}\n")},
			}, flows.Options{})
			if err != nil {
				t.Fatal(err)
			}
			bots = append(bots, cards)
			bad, hints := CRM(cfg, doc, bots)
			check(t, "refused", bad, file, c.bad)
			check(t, "hinted", hints, file, c.hint)
		})
	}
}

func check(t *testing.T, what string, got Problems, file, want string) {
	t.Helper()
	if want == "" && len(got) == 0 {
		return
	}
	if want == "" || len(got) != 1 || got[0].File != file || got[0].Line != 4 || got[0].Msg != "desk.crm.url: "+want {
		t.Errorf("%s: %v, want %q", what, strings.TrimSpace(got.Error()), want)
	}
}
