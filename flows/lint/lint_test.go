package lint

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"decroche/flows"
)

// good is a bot with which nothing is wrong.
var good = map[string]string{
	"bot.yaml": `name: good
languages: [fr, en]
timezone: Europe/Paris
disclosure: {fr: "Je suis un robot.", en: "I'm a robot."}
greeting: {fr: "Bonjour. {{disclosure}} Que puis-je faire ?", en: "Hello. {{disclosure}} What can I do?"}
policy:
  transfer: {skills: [fr]}
  callback: {}
`,
	"intents/all.yaml": `colis:
  title: {fr: "suivre un colis", en: "track a parcel"}
  fr: ["euh où est mon colis", "je veux suivre mon paquet", "mon colis est en retard", "quand arrive mon colis", "le paquet n'arrive pas", "suivi de mon colis", "où en est le paquet", "mon paquet svp"]
  en: ["hi where is my parcel", "I want to track my parcel", "my parcel is late", "when does my parcel arrive", "the parcel isn't here", "parcel tracking", "where is the parcel now", "my parcel please"]
facture:
  title: {fr: "une facture", en: "an invoice"}
  fr: ["bonjour ma facture est fausse", "je veux ma facture", "la facture est trop chère", "envoyez la facture", "une erreur sur la facture", "payer ma facture", "facture du mois", "la facture svp"]
  en: ["hi my invoice is wrong", "I want my invoice", "the invoice is too high", "send the invoice", "an error on the invoice", "pay my invoice", "invoice of the month", "the invoice please"]
`,
	"flows/all.yaml": `entities:
  mode: {type: list, values: {express: [rapide], relais: [point relais]}}
flows:
  suivi:
    start: [colis]
    title: {fr: "suivi", en: "tracking"}
    steps:
      - collect: mode
        ask: {fr: "Quel est le mode ?", en: "Which mode?"}
      - say: {fr: "C'est en route.", en: "It is on its way."}
        fact: {fr: "Colis en route.", en: "Parcel in transit."}
      - ask_yes_no: {fr: {text: "Bien reçu ?", quick: [Oui, Non]}, en: {text: "Got it?", quick: ["Yes", "No"]}}
        if_no: {transfer: {skills: [fr]}}
  facture:
    start: [facture]
    steps: [{transfer: {skills: [fr]}}]
`,
}

func load(t *testing.T, edits ...string) *flows.Bot {
	t.Helper()
	fs := fstest.MapFS{}
	for name, src := range good {
		for i := 0; i+2 < len(edits); i += 3 {
			if edits[i] != name {
				continue
			}
			if !strings.Contains(src, edits[i+1]) {
				t.Fatalf("%s does not contain %q", name, edits[i+1])
			}
			src = strings.Replace(src, edits[i+1], edits[i+2], 1)
		}
		fs[name] = &fstest.MapFile{Data: []byte(src)}
	}
	b, err := flows.Load(fs, flows.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// quick leaves out the rule that trains classifiers.
var quick = Options{Without: []string{"confusion"}}

func told(found []Finding) string {
	var out []string
	for _, f := range found {
		out = append(out, fmt.Sprintf("%s %s %s:%d:%d: %s", f.Severity, f.Rule, f.File, f.Line, f.Col, f.Text))
	}
	return strings.Join(out, "\n")
}

const (
	sayFr  = `{fr: "C'est en route."`
	words9 = "un deux trois quatre cinq six sept huit neuf "
)

// One bad example per rule, with exactly what is said of it and nothing else.
func TestRules(t *testing.T) {
	t.Parallel()
	const b, i, f = "bot.yaml", "intents/all.yaml", "flows/all.yaml"
	for _, c := range []struct {
		name  string
		edits []string
		want  string
	}{
		{"nothing", nil, ""},
		{"url", []string{f, sayFr, `{fr: "Voyez www.colibri.fr"`},
			`error url flows/all.yaml:10:19: nobody can write down an address ("www.") while listening; send it, or write voice: without it`},
		{"url shown, not spoken", []string{f, sayFr, `{fr: {text: "Voyez www.colibri.fr", voice: "Je vous l'envoie."}`}, ""},
		{"keys at a speaker", []string{f, sayFr, `{fr: "Sinon, tapez-le sur votre téléphone."`},
			`warning hands flows/all.yaml:10:19: "tapez-le sur votre téléphone" cannot be followed at a smart speaker; say it on a rung with dtmf: also or only, which has other words there`},
		{"keys on a rung for them", []string{f, `ask: {fr: "Quel est le mode ?", en: "Which mode?"}`, `ask: {fr: "Quel est le mode ?", en: "Which mode?"}
        retry: [{fr: "Sinon, tapez-le sur votre téléphone.", en: "Or key it in on your phone.", dtmf: also}]`}, ""},
		{"doubt on the telephone only", []string{f, `ask: {fr: "Quel est le mode ?", en: "Which mode?"}`, `ask: {fr: "Quel est le mode ?", en: "Which mode?"}
        confirm: {when: "channel == 'voice' && conf < 0.9", fr: "Bien {{value}} ?", en: "Is it {{value}}?"}`},
			`warning doubt flows/all.yaml:10:65: channel == 'voice' && conf < 0.9: an open speaker mishears as a telephone does, and nothing is read back there; write channel != 'text'
warning doubt flows/all.yaml:10:89: channel == 'voice' && conf < 0.9: an open speaker mishears as a telephone does, and nothing is read back there; write channel != 'text'`},
		{"email", []string{f, sayFr, `{fr: "Écrivez à aide@colibri.fr"`},
			`error email flows/all.yaml:10:19: nobody can write down "aide@colibri.fr" while listening; send it, or write voice: without it`},
		{"emoji", []string{f, sayFr, `{fr: "C'est en route 🚚."`},
			`error emoji flows/all.yaml:10:19: '🚚' is read aloud or swallowed; keep it in text: and write voice: without it`},
		{"markdown", []string{f, sayFr, `{fr: "C'est **en route**."`},
			`error markdown flows/all.yaml:10:19: "**" is read aloud; write voice: in plain words`},
		{"markdown list", []string{f, sayFr, `{fr: "Voici :\n- un\n- deux"`},
			`error markdown flows/all.yaml:10:19: "-" is read aloud; write voice: in plain words`},
		{"list", []string{f, `fr: "Quel est le mode ?"`, `fr: "Express, relais, domicile ou voisin ?"`},
			`warning list flows/all.yaml:9:19: 4 options at once; nobody remembers more than 3: ask what the caller wants instead`},
		{"list of three behind a colon", []string{f, `fr: "Quel est le mode ?"`, `fr: "Dites par exemple : express, relais, ou : domicile."`}, ""},
		{"button of two words", []string{f, `fr: "Quel est le mode ?"`, `fr: {text: "En relais près de chez vous, ou en express ?", quick: [point relais, express]}`}, ""},
		{"list of three", []string{f, `fr: "Quel est le mode ?"`, `fr: "Express, relais ou domicile ?"`}, ""},
		{"long", []string{f, sayFr, `{fr: "` + words9 + words9 + words9 + `."`},
			`error long flows/all.yaml:10:19: a sentence of 27 words; nobody remembers more than 25: make two`},
		{"wordy", []string{f, sayFr, `{fr: "` + words9 + words9 + `."`},
			`note wordy flows/all.yaml:10:19: a sentence of 18 words; 15 are easier to follow`},
		{"two sentences", []string{f, sayFr, `{fr: "` + words9 + `! ` + words9 + `."`}, ""},
		{"values are words too", []string{f, sayFr, `{fr: "` + words9 + `{{spell mode}}."`},
			`note wordy flows/all.yaml:10:19: a sentence of 17 words; 15 are easier to follow`},
		{"questions", []string{f, `fr: "Quel est le mode ?"`, `fr: "Quel est le mode ? Et quand ?"`},
			`warning question flows/all.yaml:9:19: 2 questions at once; ask one and wait`},
		{"question not last", []string{f, `fr: "Quel est le mode ?"`, `fr: "Quel est le mode ? Je vous demande cela pour mieux vous répondre."`},
			`warning question flows/all.yaml:9:19: 8 words after the question; put it last, callers answer what they hear last`},
		{"hint after a question", []string{f, `fr: "Quel est le mode ?"`, `fr: "Quel est votre numéro ? Il a huit chiffres."`}, ""},
		{"buttons", []string{f, `fr: "Quel est le mode ?"`, `fr: {text: "Quel est le mode ?", quick: [express, relais]}`},
			`warning quick flows/all.yaml:9:19: the button "express" cannot be heard; name it in voice:, or make it one that the question already says` + "\n" +
				`warning quick flows/all.yaml:9:19: the button "relais" cannot be heard; name it in voice:, or make it one that the question already says`},
		{"buttons that are said", []string{f, `fr: "Quel est le mode ?"`, `fr: {text: "Quel mode ?", voice: "En express, ou en point relais ?", quick: [express, relais]}`}, ""},
		{"not translated", []string{f, `en: "It is on its way."`, `en: "C'est en route, voilà."`, f, sayFr, `{fr: "C'est en route, voilà."`},
			`warning language flows/all.yaml:10:49: these are the same words as in "fr"; translate them`},
		{"few examples", []string{i, `, "mon paquet svp"]`, `]`},
			`warning few intents/all.yaml:1:1: intent colis has 7 examples in fr; with fewer than 8 it is guessed`},
		{"example in two intents", []string{i, `"payer ma facture"`, `"Mon paquet, svp !"`},
			`error twice intents/all.yaml:7:143: "Mon paquet, svp !" is an example of intent colis as well; it can mean only one`},
		{"written language", []string{i, `"euh où est mon colis"`, `"où est mon colis"`, i, `"mon paquet svp"`, `"mon paquet"`},
			`note colloquial intents/all.yaml:1:1: every example of intent colis in fr is written language; add what people say, such as "euh bonjour j'ai pas reçu mon truc"`},
		{"long fact", []string{f, `fact: {fr: "Colis en route."`, `fact: {fr: "` + words9 + words9 + words9 + `."`},
			`warning briefing flows/all.yaml:11:20: topic and fact take 10.2 s (estimated); an agent hears 10 s at most, so the fact is left out: say it shorter`},
		{"allowed beside", []string{f, `en: "It is on its way."}`, `en: "It is on its way."} # lint:allow url: the address is the company's name`, f, sayFr, `{fr: "Voyez www.colibri.fr"`}, ""},
		{"allowed above", []string{f, "      - say: {fr: \"C'est en route.\"", "      # lint:allow url: the address is the company's name\n      # and everybody knows it\n      - say: {fr: \"Voyez www.colibri.fr\""}, ""},
		{"allowed without a reason", []string{f, "flows:\n", "flows: # lint:allow url\n"},
			`warning allow flows/all.yaml:3:8: say why: # lint:allow url: the reason`},
		{"allowed in vain", []string{f, "flows:\n", "flows: # lint:allow url: because\n"},
			`warning allow flows/all.yaml:3:8: nothing here breaks the rule url; remove this`},
		{"allowed rule that is none", []string{f, "flows:\n", "flows: # lint:allow urls: because\n"},
			`warning allow flows/all.yaml:3:8: there is no rule urls; decroche flow lint --rules lists them`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := told(Bot(load(t, c.edits...), quick)); got != c.want {
				t.Errorf("said:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
}

// The caller must know within six seconds, by words or by the clock.
func TestDisclosure(t *testing.T) {
	t.Parallel()
	late := load(t, "bot.yaml", `{fr: "Bonjour.`, `{fr: "Bonjour. `+words9+`. `)
	want := `error disclosure bot.yaml:5:16: the caller knows after 5.1 s (estimated) that a machine answers; at most 6 s: say less before it`
	if got := told(Bot(late, quick)); got != "" {
		t.Errorf("14 words are 5.1 s, said:\n%s", got)
	}
	later := load(t, "bot.yaml", `{fr: "Bonjour.`, `{fr: "Bonjour. `+words9+`. Un deux trois. `)
	want = strings.Replace(want, "5.1 s", "6.2 s", 1)
	if got := told(Bot(later, quick)); got != want {
		t.Errorf("said:\n%s\nwant:\n%s", got, want)
	}
	slow := func(_, text string) (time.Duration, error) { return 7 * time.Second, nil }
	if got := told(Bot(load(t), Options{Measure: slow, Without: quick.Without})); !strings.Contains(got, "after 7.0 s (measured)") {
		t.Errorf("a slow voice: %s", got)
	}
	broken := func(_, _ string) (time.Duration, error) { return 0, errors.New("no voice") }
	if got := told(Bot(later, Options{Measure: broken, Without: quick.Without})); got != want {
		t.Errorf("without a voice:\n%s", got)
	}
}

// Examples that belong to another intent are found without being told apart by hand.
func TestConfusion(t *testing.T) {
	t.Parallel()
	edits := []string{"intents/all.yaml", `"je veux ma facture", "la facture est trop chère", "envoyez la facture"`, `"je veux mon colis", "le colis est trop cher", "envoyez le colis"`}
	got := told(Bot(load(t, edits...), Options{}))
	if !strings.Contains(got, "warning confusion intents/all.yaml:5:1: ") || !strings.Contains(got, "examples of intent facture in fr are taken for others, most for colis") {
		t.Errorf("said:\n%s", got)
	}
	near := append(edits, "intents/all.yaml", `  title: {fr: "une facture"`, "  near: [colis]\n"+`  title: {fr: "une facture"`)
	if got := told(Bot(load(t, near...), Options{})); got != "" {
		t.Errorf("the bot asks which, and is told:\n%s", got)
	}
}

// Every rule is in the table of rules once, and has a test that shows it.
func TestEveryRuleIsShown(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("lint_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range Rules() {
		if !strings.Contains(string(src), fmt.Sprintf("%s %s ", r.Severity, r.Name)) {
			t.Errorf("rule %s has no example here", r.Name)
		}
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Bonjour. Ça va ?":            "Bonjour.|Ça va ?",
		"Le 12.50 euros… Oui !":       "Le 12.50 euros…|Oui !",
		"Vraiment ?! Eh bien":         "Vraiment ?!|Eh bien",
		"":                            "",
		" . ":                         "",
		"Ici, sur colibri.fr. Merci.": "Ici, sur colibri.fr.|Merci.",
	} {
		if got := strings.Join(split(text), "|"); got != want {
			t.Errorf("split(%q) = %q, want %q", text, got, want)
		}
	}
}
