package flows_test

import (
	"testing"
	"testing/fstest"

	"decroche/flows"
)

// What a caller says before it is asked for is not asked for: in the sentence that begins a wish, or
// beside another answer. Only values that show by themselves what they answer are taken so.
func TestSaidBeforeItIsAsked(t *testing.T) {
	t.Parallel()
	fs := bot(t)
	fs["flows/all.yaml"] = &fstest.MapFile{Data: []byte(`entities:
  numero: {type: digits, length: 8}
  taille: {type: list, values: {petit: [petite], grand: [grande]}}
  jour: {type: date}
  heure: {type: time}
  depart: {type: postcode_fr}
  arrivee: {type: postcode_fr}
  neuf: {type: yes_no}
  nombre: {type: number}
  mot: {type: text}
flows:
  suivi:
    start: [colis]
    steps:
      - collect: taille
        ask: "Taille ?"
      - call: identifier
      - collect: jour
        ask: "Jour ?"
        confirm: {when: "true", fr: "Bien {{date jour}} ?"}
      - collect: heure
        ask: "Heure ?"
      - collect: depart
        ask: "D'où ?"
      - collect: arrivee
        ask: "Vers où ?"
      - collect: neuf
        ask: "Neuf ?"
      - collect: nombre
        ask: "Combien ?"
      - collect: mot
        ask: "Un mot ?"
      - end: true
  identifier:
    steps:
      - collect: numero
        ask: "Numéro ?"
      - end: true
  humain: {start: [personne], steps: [{transfer: true}]}
`)}
	b := load(t, fs)
	wish := func(tk *talk, text string) *talk {
		return tk.turn(flows.Input{Kind: flows.Said, Text: text, Confidence: 1, Meaning: &flows.Meaning{Intent: "colis", Confidence: 1, Margin: 1}})
	}
	tk := wish(begin(t, b, flows.Input{}), "où est mon colis 45 12 78 01, c'est le grand")
	if tk.said() != "Jour ?" || tk.slot("taille").Value != "grand" || tk.slot("numero").Value != "45127801" {
		t.Fatalf("said %q, %+v", tk.said(), tk.out.Slots)
	}
	// Beside another answer, over a confirmation.
	if tk.says("mardi à quatorze heures au départ du 75011"); tk.said() != "Bien mardi 24 novembre ?" {
		t.Fatalf("said %q", tk.said())
	}
	// Two post codes are asked for: which one it was is not clear.
	if tk.says("oui"); tk.said() != "D'où ?" || tk.slot("heure").Value != "14:00" {
		t.Fatalf("said %q, %+v", tk.said(), tk.out.Slots)
	}
	// A yes and a number are answers to their own question only.
	if tk.says("75011").says("oui au 69003 avec 3 colis"); tk.said() != "Neuf ?" {
		t.Fatalf("said %q, %+v", tk.said(), tk.out.Slots)
	}
	if tk.says("oui"); tk.said() != "Combien ?" {
		t.Errorf("said %q", tk.said())
	}
	if tk.says("3"); tk.said() != "Un mot ?" {
		t.Errorf("said %q", tk.said())
	}
	// Without a word about it, it is asked; what was used is not used twice.
	if tk = wish(begin(t, b, flows.Input{}), "où est mon colis").says("grand"); tk.said() != "Numéro ?" {
		t.Errorf("said %q", tk.said())
	}
	// Another wish has its own words.
	if tk = wish(wish(begin(t, b, flows.Input{}), "où est mon colis 45 12 78 01").says("laissez tomber"), "où est mon colis").says("petit"); tk.said() != "Numéro ?" {
		t.Errorf("said %q, %+v", tk.said(), tk.out.Slots)
	}
}
