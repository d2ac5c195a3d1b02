package flows_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"decroche/flows"
)

// delivery asks for a number, looks it up, asks for a size and a day, and books.
func delivery(t testing.TB) fstest.MapFS {
	fs := bot(t)
	fs["flows/all.yaml"] = &fstest.MapFile{Data: []byte(`entities:
  numero: {type: digits, length: 8, title: "numéro de commande"}
  taille: {type: list, values: {petit: [petite], grand: [grande]}, title: "taille"}
  jour: {type: date, title: "jour"}
flows:
  suivi:
    start: [colis]
    back: "Revenons à la livraison."
    steps:
      - call: identifier
      - say: "Merci."
      - collect: taille
        ask: "Petit ou grand ?"
      - collect: jour
        ask: "Quel jour ?"
      - switch:
          - if: taille == "grand"
            say: "Il faudra deux personnes."
          - else: {say: "Une personne suffit."}
      - http: booking
        method: POST
        url: "{{vars.api}}/bookings"
        body: {day: "{{jour}}", size: ["{{taille}}"]}
        outcomes: {error: panne, timeout: panne}
      - id: sur
        ask_yes_no: "C'est bien tout ?"
        if_no: {transfer: {skills: [fr]}}
      - end: true
      - id: panne
        say: "En panne."
  identifier:
    steps:
      - collect: numero
        ask: "Quel numéro ?"
      - http: lookup
        url: "{{vars.api}}/orders/{{numero}}"
        save: {etat: body.status}
        outcomes: {error: panne, timeout: panne}
      - switch:
          - if: etat == "ok"
            say: "Trouvé."
          - else: {say: "Inconnu."}
      - end: true
      - id: panne
        say: "En panne."
  humain:
    start: [personne]
    steps:
      - http: hours
        url: "{{vars.api}}/hours"
        outcomes: {error: qui, timeout: qui}
      - id: qui
        ask_yes_no: "Tout de suite ?"
        if_no: {end: true}
      - transfer: {skills: [fr]}
`)}
	return fs
}

func (tk *talk) acts(t testing.TB, name string) *talk {
	t.Helper()
	if tk.out.Act == nil || tk.out.Act.Args["name"] != name {
		t.Fatalf("act %+v, want %s; said %q", tk.out.Act, name, tk.said())
	}
	return tk
}

// A correction does again what depends on the value, and nothing else, from wherever it is said.
func TestCorrectionsRunAgainWhatDepends(t *testing.T) {
	t.Parallel()
	b := knows(t, delivery(t))
	ok := map[string]any{"status": "ok"}
	start := func() *talk {
		return begin(t, b, flows.Input{Channel: flows.Voice}).says("où est mon colis").keys("45127802").acts(t, "lookup").acted("ok", ok)
	}
	slot := func(tk *talk, name string) string {
		for _, s := range tk.out.Slots {
			if s.Name == name {
				return s.Value
			}
		}
		return ""
	}

	// In the middle of another question: the lookup again, inside the flow that was called.
	for _, said := range []string{"non, c'est le 45127803", "le numéro de commande, c'est 45127803", "non zéro trois à la fin"} {
		tk := start().says(said).acts(t, "lookup")
		if slot(tk, "numero") != "45127803" || !strings.HasSuffix(tk.out.Act.Args["url"].(string), "/45127803") {
			t.Errorf("%q: %q, %v", said, slot(tk, "numero"), tk.out.Act.Args["url"])
		}
		if tk.acted("ok", map[string]any{"status": "gone"}); tk.said() != "Inconnu. Merci. Petit ou grand ?" {
			t.Errorf("%q: goes on with %q", said, tk.said())
		}
	}

	// What nothing depends on yet only changes, and the question comes again.
	tk := start().says("petit").says("non grand")
	if slot(tk, "taille") != "grand" || tk.out.Act != nil || !strings.HasSuffix(tk.said(), "Quel jour ?") || strings.Contains(tk.said(), "Trouvé") {
		t.Errorf("taille %q, said %q", slot(tk, "taille"), tk.said())
	}

	// The switch and the booking depend on the size; the lookup does not.
	tk = start().says("petit").says("demain").acts(t, "booking").acted("ok", ok)
	first := tk.out.State
	tk.says("non, la taille c'est grand").acts(t, "booking")
	if !strings.Contains(tk.said(), "deux personnes") || tk.out.Act.Args["body"].(map[string]any)["size"].([]any)[0] != "grand" {
		t.Errorf("said %q, body %v", tk.said(), tk.out.Act.Args["body"])
	}
	// The day is used by the booking alone.
	tk.out.State = first
	if tk.says("non, le jour c'est après-demain").acts(t, "booking"); strings.Contains(tk.said(), "suffit") {
		t.Errorf("said %q", tk.said())
	}
	// A "no" that names nothing is the answer to the open question.
	tk.out.State = first
	if tk.says("non"); tk.out.Next != flows.HandOff {
		t.Errorf("next %q, said %q", tk.out.Next, tk.said())
	}

	// After the end, and from within another wish that has run something of its own.
	tk.out.State = first
	if tk.says("oui").says("non, le numéro de commande c'est 45127803").acts(t, "lookup"); slot(tk, "numero") != "45127803" {
		t.Errorf("numero %q", slot(tk, "numero"))
	}
	tk = start().says("une vraie personne, un humain")
	if tk.out.Next != flows.HandOff { // the command takes it
		t.Fatalf("next %q", tk.out.Next)
	}
	tk = start().turn(flows.Input{Kind: flows.Said, Text: "xyzzy", Confidence: 1, Meaning: &flows.Meaning{Intent: "personne", Confidence: 1}}).acts(t, "hours").acted("ok", ok)
	if tk.says("non, le numéro de commande c'est 45127803").acts(t, "lookup").acted("ok", ok); !strings.HasSuffix(tk.said(), "Petit ou grand ?") {
		t.Errorf("said %q", tk.said())
	}
}

// "Non" alone takes the next reading, as long as there is one; what was refused is not offered again.
func TestNoTakesTheNextReading(t *testing.T) {
	t.Parallel()
	fs := delivery(t)
	fs["flows/all.yaml"].Data = []byte(strings.Replace(string(fs["flows/all.yaml"].Data), "ask: \"Quel numéro ?\"", "ask: \"Quel numéro ?\"\n        confirm: {fr: \"{{numero}} ?\"}", 1))
	tk := begin(t, knows(t, fs), flows.Input{Channel: flows.Voice}).says("où est mon colis")
	tk.turn(flows.Input{Kind: flows.Said, Text: "45127802", Confidence: 0.6, Alternatives: []flows.Alternative{{Text: "45127803", Confidence: 0.5}, {Text: "45127804", Confidence: 0.4}}})
	var asked []string
	for range 3 {
		asked = append(asked, strings.ReplaceAll(tk.said(), "\u202f", " "))
		tk.says("non")
	}
	if got := strings.Join(asked, "|"); got != "45 12 78 02 ?|45 12 78 03 ?|45 12 78 04 ?" {
		t.Errorf("asked %q", got)
	}
	if !strings.Contains(tk.said(), "Quel numéro") {
		t.Errorf("after the last: %q", tk.said())
	}
	if tk.says("45127802"); !strings.Contains(tk.said(), "02 ?") || tk.out.Act != nil {
		t.Errorf("what was refused is taken without asking: %q", tk.said())
	}
}

// A value said again is no correction, least of all to a worse reading of the same words.
func TestSaidAgainIsNoCorrection(t *testing.T) {
	t.Parallel()
	tk := begin(t, load(t, delivery(t)), flows.Input{}).says("je veux mon colis").says("45 12 78 01").acted("ok", map[string]any{"status": "ok"})
	if tk.says("quarante-cinq douze soixante-dix-huit zéro un"); tk.slot("numero").Value != "45127801" || !tk.slot("numero").Confirmed || tk.said() != "Petit ou grand ?" {
		t.Errorf("%+v, said %q", tk.out.Slots, tk.said())
	}
	if tk.says("non, zéro deux à la fin"); tk.slot("numero").Value != "45127802" {
		t.Errorf("%+v", tk.out.Slots)
	}
}

// A day is corrected from the day that was understood, but "tomorrow" is tomorrow.
func TestADayIsCorrected(t *testing.T) {
	t.Parallel()
	fs := delivery(t)
	fs["flows/all.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(string(fs["flows/all.yaml"].Data), `ask: "Quel jour ?"`, "ask: \"Quel jour ?\"\n        confirm: {when: \"true\", fr: \"Le {{date jour}} ?\"}", 1))}
	b := load(t, fs)
	for said, want := range map[string]string{"non, demain": "2026-11-24", "non le treize": "2027-03-13", "après-demain plutôt": "2026-11-25"} {
		tk := begin(t, b, flows.Input{}).says("je veux mon colis").says("45 12 78 01").acted("ok", map[string]any{"status": "ok"}).says("petit").says("le douze mars")
		if tk.slot("jour").Value != "2027-03-12" {
			t.Fatalf("%+v, said %q", tk.out.Slots, tk.said())
		}
		if tk.says(said); tk.slot("jour").Value != want {
			t.Errorf("%s: %+v, want %s", said, tk.out.Slots, want)
		}
	}
}

func (tk *talk) slot(name string) flows.SlotValue {
	for _, s := range tk.out.Slots {
		if s.Name == name {
			return s
		}
	}
	return flows.SlotValue{}
}
