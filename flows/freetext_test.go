package flows_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"decroche/flows"
)

// complaint asks for a place and for what happened, in the caller's own words.
func complaint(t testing.TB) fstest.MapFS {
	fs := bot(t)
	fs["intents/tarifs.yaml"] = &fstest.MapFile{Data: []byte(`tarifs:
  title: "les tarifs"
  fr: ["combien coûte un envoi", "quels sont vos tarifs", "quel est le prix d'un envoi", "c'est combien pour envoyer"]
`)}
	fs["flows/all.yaml"] = &fstest.MapFile{Data: []byte(`entities:
  numero: {type: digits, length: 8, title: "numéro de commande"}
  rue: {type: text, length: 60, title: "rue"}
  recit: {type: text, title: "récit"}
flows:
  suivi:
    start: [colis]
    steps:
      - collect: numero
        ask: "Quel numéro ?"
      - collect: rue
        ask: "Quelle rue ?"
        if_missing: sans_rue
      - collect: recit
        ask: "Que s'est-il passé ?"
        interrupt: false
      - http: note
        method: POST
        url: "{{vars.api}}/notes/{{rue}}"
        headers: {X-Note: "{{recit}}"}
        body: {street: "{{rue}}", note: "« {{recit}} »"}
        outcomes: {error: panne, timeout: panne}
      - id: redit
        ask_yes_no: {fr: {text: "Noté : {{recit}}, {{rue}}. C'est bien ça ?", voice: "<emphasis>Noté</emphasis> : {{recit}}, {{rue}}. C'est bien ça ?"}}
        if_no: {say: "Je n'envoie rien."}
      - end: true
      - id: sans_rue
        say: "Sans la rue, je ne peux rien."
      - id: panne
        say: "En panne."
  tarifs:
    start: [tarifs]
    steps:
      - say: "Cinq euros."
  humain:
    start: [personne]
    steps:
      - transfer: {skills: [fr]}
`)}
	return fs
}

func value(o flows.Output, slot string) string {
	for _, s := range o.Slots {
		if s.Name == slot {
			return s.Value
		}
	}
	return ""
}

func TestTextTakesWordsAsTheyAre(t *testing.T) {
	t.Parallel()
	b := load(t, complaint(t))
	tk := begin(t, b, flows.Input{Channel: flows.Text}).says("où est mon colis").says("45127802")
	if e := tk.out.Expect; e.Entity != "text" || e.Slot != "rue" || e.Digits != 0 || e.DTMF {
		t.Errorf("expects %+v; want free speech", e)
	}
	tk.says("euh c'est le 12 rue du Colis Perdu")
	if got := value(tk.out, "rue"); got != "12 rue du Colis Perdu" {
		t.Fatalf("rue %q; said %q, %+v", got, tk.said(), tk.out.Trace)
	}
	// What reads like another wish is the answer, where the step is not to be left.
	tk.says("combien coûte un envoi pour 45127803").acts(t, "note")
	if got := value(tk.out, "recit"); got != "combien coûte un envoi pour 45127803" || value(tk.out, "numero") != "45127802" {
		t.Errorf("recit %q, numero %q", got, value(tk.out, "numero"))
	}
}

func TestTextIsLeft(t *testing.T) {
	t.Parallel()
	b := load(t, complaint(t))
	for _, c := range []struct {
		said, want string // a part of what is said next
	}{
		{"je veux parler à un conseiller", ""},                                           // a command: a person
		{"combien coûte un envoi", "Cinq euros. Revenons à votre demande. Quelle rue ?"}, // a wish beyond doubt
		{"répétez", "Quelle rue ?"},
		{"annulez", "Avez-vous une autre question"},
		{"je ne sais pas", "Sans la rue"},
		{"non", "Sans la rue"},
		{"personne ne répond au 3 rue Zola", "Que s'est-il passé"},
		{"allée du Prix Nobel", "Que s'est-il passé"},
		{strings.Repeat("très longue rue ", 10), "Quelle rue ?"},
	} {
		tk := begin(t, b, flows.Input{Channel: flows.Text}).says("où est mon colis").says("45127802").says(c.said)
		if c.want == "" {
			if tk.out.Next != flows.HandOff {
				t.Errorf("%q: %v %q", c.said, tk.out.Next, tk.said())
			}
		} else if !strings.Contains(strings.ReplaceAll(tk.said(), "\u202f", " "), c.want) {
			t.Errorf("%q: %q, want %q; %+v", c.said, tk.said(), c.want, tk.out.Trace)
		}
	}
}

func TestTextIsCorrected(t *testing.T) {
	t.Parallel()
	b := load(t, complaint(t))
	for said, want := range map[string]string{
		"non, 14 rue des Lilas":             "14 rue des Lilas",
		"non c'est quatorze, pas douze":     "quatorze rue des Lilas",
		"la rue, c'est plutôt avenue Zola":  "avenue Zola",
		"non":                               "12 rue des Lilas",
		"non merci ça va":                   "12 rue des Lilas",
		"c'est dans quelle rue déjà":        "12 rue des Lilas",
		"non ce n'est pas la peine madame":  "12 rue des Lilas",
		"oui c'est la rue que j'ai donnée":  "12 rue des Lilas",
		"non il faut le donner à un voisin": "12 rue des Lilas",
	} {
		tk := begin(t, b, flows.Input{Channel: flows.Text}).says("où est mon colis").says("45127802").says("12 rue des Lilas").says("rien reçu depuis lundi").acted("ok", nil)
		if tk.says(said); value(tk.out, "rue") != want {
			t.Errorf("%q: rue %q, want %q; %q", said, value(tk.out, "rue"), want, tk.said())
		}
		if value(tk.out, "numero") != "45127802" {
			t.Errorf("%q: numero is now %q", said, value(tk.out, "numero"))
		}
	}
}

// Whatever is said stays a value: in an address, a header, a document and in marked speech.
func TestTextStaysAValue(t *testing.T) {
	t.Parallel()
	const rue, recit = `../admin?x=1&y=2#z {{vars.api}}`, `"}, "admin": true, <break time="9s"/> </speak> & {{caller}}` + "\r\nX-Evil: 1"
	tk := begin(t, load(t, complaint(t)), flows.Input{Channel: flows.Voice, Caller: "+33612345678"}).says("où est mon colis").says("45127802")
	tk.says(rue).says(recit).acts(t, "note")
	args := tk.out.Act.Args
	if u := fmt.Sprint(args["url"]); u != "https://api.example.org/notes/..%2Fadmin%3Fx%3D1%26y%3D2%23z%20%7B%7Bvars.api%7D%7D" {
		t.Errorf("url %s", u)
	}
	raw, err := json.Marshal(args["body"])
	var back map[string]string
	if err != nil || json.Unmarshal(raw, &back) != nil || len(back) != 2 || !strings.Contains(back["note"], `"}, "admin": true`) || !strings.Contains(back["note"], "{{caller}}") {
		t.Errorf("body %s: %v", raw, err)
	}
	if h := fmt.Sprint(args["headers"]); strings.ContainsAny(h, "\r\n") || !strings.Contains(h, "X-Evil: 1") {
		t.Errorf("headers %q", h)
	}
	p := tk.acted("ok", nil).out.Say[0]
	d := xml.NewDecoder(strings.NewReader(p.SSML))
	tags := map[string]int{}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in %s", err, p.SSML)
		}
		if s, ok := tok.(xml.StartElement); ok {
			tags[s.Name.Local]++
		}
	}
	if tags["break"] != 0 || tags["emphasis"] != 1 || tags["speak"] != 1 {
		t.Errorf("marks %v in %s", tags, p.SSML)
	}
}
