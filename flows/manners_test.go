package flows_test

import (
	"strings"
	"testing"

	"decroche/flows"
)

// Small things by which callers know a machine that was not thought through.
func TestManners(t *testing.T) {
	t.Parallel()
	b := load(t, bot(t, "flows/all.yaml", "numero: {type: digits, length: 8}", "numero: {type: list, values: {canape: [canapé, sofa], frigo: []}}",
		"flows/all.yaml", `ask: "Quel numéro ?"`, `ask: "Quel objet ?"`+"\n        confirm: implicit"))
	at := func() *talk { return begin(t, b, flows.Input{Channel: flows.Text}).says("où est mon colis") }

	// A key for machines is never said; the caller's own word is.
	for said, want := range map[string]string{"le canapé": "Canapé, d'accord.", "un sofa": "Sofa, d'accord.", "le frigo": "Frigo, d'accord."} {
		tk := at().says(said)
		if !strings.HasPrefix(tk.said(), want) || tk.out.Act == nil || strings.Contains(tk.out.Act.Args["url"].(string), "canapé") {
			t.Errorf("%s: said %q, asked %v", said, tk.said(), tk.out.Act)
		}
	}

	// "Anything else?", yes, and then nothing comes to mind.
	for _, end := range []string{"non", "non c'est bon", "rien", "non merci"} {
		tk := at().says("le frigo").acted("ok", map[string]any{"status": "ok"}).says("oui").says(end)
		if tk.out.Next != flows.End {
			t.Errorf("%s: %q", end, tk.said())
		}
	}
	if tk := begin(t, b, flows.Input{Channel: flows.Text}).says("non"); tk.out.Next != flows.Listen {
		t.Errorf("no before any wish: %q", tk.said())
	}
}

// What was said beside a transfer is not followed by "of course".
func TestTransferAfterWords(t *testing.T) {
	t.Parallel()
	b := load(t, bot(t, "flows/all.yaml", "      - end: true\n", "      - say: \"La recherche est en panne.\"\n        transfer: {reason: panne}\n"))
	tk := begin(t, b, flows.Input{}).says("où est mon colis").keys("45127802").acted("ok", map[string]any{"status": "ok"})
	if tk.out.Transfer == nil || tk.out.Transfer.Say.Text != "Je vous passe quelqu’un." {
		t.Errorf("%q, then %+v", tk.said(), tk.out.Transfer)
	}
	if tk := begin(t, b, flows.Input{}).says("une vraie personne"); tk.out.Transfer == nil || !strings.HasPrefix(tk.out.Transfer.Say.Text, "Bien sûr.") {
		t.Errorf("asked for: %+v", tk.out.Transfer)
	}
}

// A sentence that holds a value of the kind asked for is not always the answer.
func TestMeansElse(t *testing.T) {
	t.Parallel()
	fs := bot(t, "flows/all.yaml", "numero: {type: digits, length: 8}", "numero: {type: number}", "flows/all.yaml", `ask: "Quel numéro ?"`, `ask: "Quel âge ?"`,
		"flows/all.yaml", "  humain:\n", "  retour: {start: [retour], steps: [{say: \"Gardez l'emballage.\"}]}\n  humain:\n",
		"intents/all.yaml", "personne:\n", "retour:\n  title: \"renvoyer un article\"\n  fr: [\"je veux renvoyer un article\", \"retourner une paire de chaussures\", \"faire un retour\"]\npersonne:\n")
	b := load(t, fs)
	at := func() *talk { return begin(t, b, flows.Input{Channel: flows.Text}).says("où est mon colis") }
	if tk := at().says("je veux aussi renvoyer un article"); tk.out.Act != nil || !strings.Contains(tk.said(), "Gardez l'emballage.") || !strings.Contains(tk.said(), "Quel âge") {
		t.Errorf("%q was said and %v asked for", tk.said(), tk.out.Act)
	}
	for _, said := range []string{"il a cinq ans", "euh attendez il doit avoir cinq ans", "5", "cinq ans mais c'est pour mon colis"} {
		if tk := at().says(said); tk.out.Act == nil || !strings.HasSuffix(tk.out.Act.Args["url"].(string), "/5") {
			t.Errorf("%s: %q", said, tk.said())
		}
	}
}

// "Un" of the first sentence is not the hour that is asked for later; "à quatorze heures" is.
func TestAnArticleIsNoHour(t *testing.T) {
	t.Parallel()
	b := load(t, bot(t, "flows/all.yaml", "numero: {type: digits, length: 8}", "numero: {type: date}\n  heure: {type: time}", "flows/all.yaml", "      - http: lookup\n", "      - collect: heure\n        ask: \"À quelle heure ?\"\n      - http: lookup\n"))
	for said, want := range map[string]string{"où est mon colis j'en attends un": "", "où est mon colis il devait venir à quatorze heures": "14:00"} {
		tk := begin(t, b, flows.Input{Channel: flows.Text}).says(said).says("demain")
		if want == "" != strings.Contains(tk.said(), "À quelle heure") {
			t.Errorf("%s: %q, %+v", said, tk.said(), tk.out.Slots)
		}
	}
}
