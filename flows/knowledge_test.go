package flows_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"decroche/flows"
)

// articles are what the bot of these tests knows.
var articles = map[string]string{
	"bagage": `---
language: fr
title: Un colis trop lourd
short: Un colis pèse trente kilos au plus. Au-delà, il part en deux fois.
questions: [combien peut peser un colis, quel est le poids maximum, mon carton est trop lourd]
---
Le poids se mesure emballage compris.
`,
	"assurance": `---
language: fr
title: L'assurance
short: Vos envois sont assurés jusqu'à cinq cents euros.
questions: [est-ce que mes envois sont assurés, jusqu'à combien suis-je assuré, suis-je couvert en cas de casse]
---
La déclaration se fait en ligne.
`,
	"douane": `---
language: fr
title: La douane
short: Hors d'Europe, la douane peut demander des droits au destinataire.
questions: [est-ce qu'il y a des frais de douane, qui paie la douane, faut-il une déclaration pour la Suisse]
---
`,
}

// words understands two wishes by one word each: these tests are about what comes after.
type words map[string]string

func (w words) Understand(_ context.Context, text string, _ flows.Expect) (flows.Meaning, error) {
	for word, intent := range w {
		if strings.Contains(text, word) {
			return flows.Meaning{Intent: intent, Confidence: 1, Margin: 1}, nil
		}
	}
	return flows.Meaning{}, nil
}

// knows loads fs with that understander.
func knows(t testing.TB, fs fstest.MapFS) *flows.Bot {
	t.Helper()
	b, err := flows.Load(fs, flows.Options{Understander: func(string) flows.Understander {
		return words{"mon colis": "colis", "personne": "personne"}
	}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func knowing(t testing.TB, edits ...string) fstest.MapFS {
	fs := bot(t, edits...)
	for name, src := range articles {
		fs["knowledge/fr/"+name+".md"] = &fstest.MapFile{Data: []byte(src)}
	}
	return fs
}

func TestKnowledgeAnswers(t *testing.T) {
	t.Parallel()
	b := knows(t, knowing(t))
	tk := begin(t, b, flows.Input{Channel: flows.Voice}).says("quel est le poids maximum")
	if p := tk.out.Say[0]; p.ID != "knowledge/bagage" || !strings.Contains(p.Voice, "trente kilos") || tk.out.Expect.Entity != "yes_no" || !strings.Contains(tk.said(), "répond à votre question") {
		t.Fatalf("%+v", tk.out.Say)
	}
	state := tk.out.State
	for _, c := range []struct{ said, want string }{
		{"oui merci", "bonne journée"}, {"oui", "autre question"}, {"non", "Je vous le passe"}, {"non, qui paie la douane", "droits au destinataire"}, {"où est mon colis", "Quel numéro"},
	} {
		tk.out.State = state
		if tk.says(c.said); !strings.Contains(tk.said(), c.want) {
			t.Errorf("%q: %q", c.said, tk.said())
		}
	}
	tk.out.State = state
	if tk.says("non"); len(tk.out.Unclear) != 0 {
		t.Errorf("told too early: %+v", tk.out.Unclear)
	}
	if tk.says("oui"); tk.out.Next != flows.HandOff || len(tk.out.Unclear) != 1 || tk.out.Unclear[0].Text != "quel est le poids maximum" {
		t.Errorf("next %q, unclear %+v", tk.out.Next, tk.out.Unclear)
	}
	// Silence after an answer is a satisfied caller.
	tk.out.State = state
	if tk.turn(flows.Input{Kind: flows.Silence}); tk.out.Next != flows.End || tk.out.Outcome != "resolved" {
		t.Errorf("%q %q", tk.out.Next, tk.out.Outcome)
	}
}

// A question in the middle of a flow is answered, and the flow's own comes again.
func TestKnowledgeIsADigression(t *testing.T) {
	t.Parallel()
	tk := begin(t, knows(t, knowing(t)), flows.Input{Channel: flows.Voice}).says("où est mon colis").says("qui paie la douane")
	if s := tk.said(); !strings.Contains(s, "droits au destinataire") || !strings.Contains(s, "Revenons") || !strings.HasSuffix(s, "Quel numéro ?") {
		t.Fatal(s)
	}
	if tk.says("45127802"); tk.out.Next != flows.DoAct {
		t.Errorf("next %q", tk.out.Next)
	}
}

// An intent that is sure wins; an article that is clearly surer wins over a question back.
func TestKnowledgeAndIntents(t *testing.T) {
	t.Parallel()
	b := knows(t, knowing(t))
	say := func(m flows.Meaning) string {
		return begin(t, b, flows.Input{}).turn(flows.Input{Kind: flows.Said, Text: "quel est le poids maximum", Confidence: 1, Meaning: &m}).said()
	}
	if s := say(flows.Meaning{Intent: "colis", Confidence: 1, Margin: 1}); !strings.Contains(s, "Quel numéro") {
		t.Error(s)
	}
	_, clarify := b.Thresholds("fr")
	if s := say(flows.Meaning{Intent: "colis", Confidence: max(clarify, 0.3) + 0.01, Second: "personne", Margin: 0.1}); !strings.Contains(s, "trente kilos") {
		t.Error(s)
	}
}

func TestTransferCarriesArticles(t *testing.T) {
	t.Parallel()
	tk := begin(t, knows(t, knowing(t)), flows.Input{}).says("où est mon colis").says("il est trop lourd mon carton").says("une vraie personne")
	tr := tk.out.Transfer
	if tr == nil || len(tr.Articles) == 0 || tr.Articles[0].ID != "bagage" || tr.Articles[0].Short == "" {
		t.Errorf("%+v", tr)
	}
}

// A step with interrupt: false is left for no other wish, no article, and is not spoken over;
// commands still work, and nobody is kept there for ever.
func TestGuardedStep(t *testing.T) {
	t.Parallel()
	b := knows(t, knowing(t, "flows/all.yaml", "        ask: \"Quel numéro ?\"", "        ask: \"Quel numéro ?\"\n        interrupt: false"))
	tk := begin(t, b, flows.Input{Channel: flows.Voice}).says("où est mon colis")
	if tk.out.Say[len(tk.out.Say)-1].Barge {
		t.Error("the question may be spoken over")
	}
	for range 2 {
		if tk.says("une vraie personne, un humain"); tk.out.Next != flows.HandOff {
			t.Fatalf("a command does not work: %q", tk.said())
		}
		break
	}
	tk = begin(t, b, flows.Input{Channel: flows.Voice}).says("où est mon colis").says("qui paie la douane")
	if strings.Contains(tk.said(), "destinataire") {
		t.Errorf("an article interrupts: %q", tk.said())
	}
	tk = begin(t, b, flows.Input{Channel: flows.Voice}).says("où est mon colis")
	wish := flows.Input{Kind: flows.Said, Text: "xyzzy", Confidence: 1, Meaning: &flows.Meaning{Intent: "personne", Confidence: 1, Margin: 1}}
	if tk.turn(wish); !strings.Contains(tk.said(), "Terminons d'abord ceci. Quel numéro") || tk.out.Say[0].Barge {
		t.Errorf("%+v", tk.out.Say)
	}
	if tk.turn(wish).turn(wish); tk.out.Next != flows.HandOff || tk.out.Transfer.Reason != "not_understood" {
		t.Errorf("kept for ever: %q", tk.said())
	}
}
