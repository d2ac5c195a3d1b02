package diff

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"decroche/flows"
)

const (
	botYAML = `name: agence
languages: [fr]
timezone: Europe/Paris
disclosure: "Je suis un robot."
greeting: "Bonjour. {{disclosure}} Que voulez-vous ?"
policy: {transfer: {skills: [fr]}, callback: {}}
`
	intentsYAML = `rdv:
  title: "prendre rendez-vous"
  fr: ["je voudrais un rendez-vous", "prendre rendez-vous", "fixer un rendez-vous", "un rendez-vous svp"]
horaires:
  title: "les horaires"
  fr: ["vous êtes ouverts quand", "les horaires", "quand fermez-vous", "c'est ouvert le samedi"]
`
	flowsYAML = `entities:
  dossier: {type: digits, length: 4}
flows:
  rdv:
    start: [rdv]
    steps:
      - collect: dossier
        ask: "Quel dossier ?"
      - say: "Dossier {{digits dossier}}."
      - end: true
  horaires:
    start: [horaires]
    steps: [{say: "De neuf à dix-huit heures."}, {end: true}]
`
	testsYAML = `tests:
  - name: rendez-vous
    steps:
      - user: "je voudrais un rendez-vous"
      - user: "4512"
      - bot: "dossier 45 12"
`
)

func run(t *testing.T, edits ...string) *Report {
	t.Helper()
	fs := fstest.MapFS{}
	for name, src := range map[string]string{"bot.yaml": botYAML, "intents/a.yaml": intentsYAML, "flows/a.yaml": flowsYAML, "tests/a.yaml": testsYAML} {
		for i := 0; i+1 < len(edits); i += 2 {
			src = strings.Replace(src, edits[i], edits[i+1], 1)
		}
		fs[name] = &fstest.MapFile{Data: []byte(src)}
	}
	b, err := flows.Load(fs, flows.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return Run(fs, b, []flows.Channel{flows.Voice, flows.Text, flows.Speaker}, nil)
}

// Each way to differ, and why it is said to; how a number is written out is none.
func TestWhy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		edits []string
		why   []string // of all turns that differ
		one   bool     // a conversation holds on one channel only
	}{
		{"alike", nil, nil, false},
		{"confirms", []string{`ask: "Quel dossier ?"`, `ask: "Quel dossier ?"` + "\n        confirm: {when: \"channel == 'voice'\", fr: \"Le {{dossier}} ?\"}"},
			[]string{"confirms on voice only", "other steps"}, true},
		{"two forms", []string{`say: "Dossier {{digits dossier}}."`, `say: {fr: {text: "Dossier {{digits dossier}}.", voice: "Votre dossier {{digits dossier}}."}}`},
			[]string{"written in two forms"}, false},
		{"other steps", []string{`say: "Dossier {{digits dossier}}."`, `switch: [{if: channel == "text", say: "Dossier {{digits dossier}}."}, {else: {say: "Le dossier {{digits dossier}}."}}]`},
			[]string{"other prompts", "other steps"}, false},
		{"other end", []string{`say: "Dossier {{digits dossier}}."`, `say: "Dossier {{digits dossier}}."` + "\n      - switch: [{if: channel == \"text\", transfer: {skills: [fr]}}]"},
			[]string{"what comes next: listen on voice, hand_off flow_rule on text", "other steps"}, false},
		{"keys belong to a call", []string{`user: "4512"`, `dtmf: "4512"`, `ask: "Quel dossier ?"`, `ask: "Quel dossier ?"` + "\n        confirm: {when: \"channel == 'text'\", fr: \"Le {{dossier}} ?\"}"},
			[]string{"confirms on text only", "other steps"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := run(t, c.edits...)
			var why []string
			for _, conv := range r.Conversations {
				for _, turn := range conv.Differ {
					why = append(why, turn.Why...)
				}
			}
			if !slices.Equal(why, c.why) || r.OneSided() != c.one {
				var b bytes.Buffer
				_ = r.Print(&b, 100)
				t.Errorf("why %q, want %q; one-sided %v\n%s", why, c.why, r.OneSided(), b.String())
			}
		})
	}
}

func TestFormsAndButtons(t *testing.T) {
	t.Parallel()
	r := run(t, `ask: "Quel dossier ?"`, `ask: {fr: {text: "Quel dossier ?", voice: "Quel est le dossier ?", quick: ["Aucun"]}}`)
	if len(r.Forms) != 1 || r.Forms[0].Line != 8 || r.Forms[0].Voice != "Quel est le dossier ?" {
		t.Errorf("forms %+v", r.Forms)
	}
	if len(r.Buttons) != 1 || r.Buttons[0].Words != "Aucun" {
		t.Errorf("buttons %+v", r.Buttons)
	}
}

func TestUnreadableConversations(t *testing.T) {
	t.Parallel()
	r := run(t, "- name: rendez-vous", "- nom: rendez-vous")
	if len(r.Conversations) != 1 || len(r.Conversations[0].Failed) != 3 || r.OneSided() {
		t.Errorf("%+v", r.Conversations)
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"un deux trois":  "un deux|trois",
		"":               "",
		"abcdefghijkl x": "abcdefgh|ijkl x",
		"é é é é é":      "é é é é|é",
	} {
		if got := strings.Join(wrap(in, 8), "|"); got != want {
			t.Errorf("wrap(%q) = %q, want %q", in, got, want)
		}
	}
}
