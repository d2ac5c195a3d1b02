package flows_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"decroche/flows"
)

// Who waits for a person may ask something: it is answered with words, or kept, and the hand-off goes on.
func TestAsideWhileAPersonIsFetched(t *testing.T) {
	t.Parallel()
	fs := knowing(t)
	fs["flows/horaires.yaml"] = &fstest.MapFile{Data: []byte(`flows:
  horaires:
    start: [horaires]
    steps:
      - say: "De neuf heures à dix-huit heures."
      - end: true
`)}
	fs["intents/horaires.yaml"] = &fstest.MapFile{Data: []byte(`horaires:
  title: "connaître les horaires"
  fr: ["quels sont vos horaires", "vous ouvrez quand", "à quelle heure fermez-vous", "c'est ouvert"]
`)}
	b, err := flows.Load(fs, flows.Options{Understander: func(string) flows.Understander {
		return words{"mon colis": "colis", "personne": "personne", "horaires": "horaires"}
	}})
	if err != nil {
		t.Fatal(err)
	}
	tk := begin(t, b, flows.Input{Channel: flows.Voice}).says("où est mon colis").says("une personne")
	if tk.out.Next != flows.HandOff || tk.out.Transfer == nil {
		t.Fatalf("next %q", tk.out.Next)
	}
	for _, c := range []struct{ said, want string }{
		{"quel est le poids maximum", "trente kilos"},
		{"quels sont vos horaires", "De neuf heures à dix-huit heures."},
		{"mon voisin l'a peut-être pris", "C'est noté"},
		{"où est mon colis", "C'est noté"}, // a flow that asks is not for now
		{"allô", ""},
		{"  ", ""},
	} {
		tk.turn(flows.Input{Kind: flows.Aside, Text: c.said, Confidence: 0.9})
		if s := tk.said(); c.want == "" && s != "" || !strings.Contains(s, c.want) {
			t.Errorf("%q: %q, want %q", c.said, s, c.want)
		}
		if tk.out.Next != flows.HandOff || tk.out.Transfer != nil || tk.out.Act != nil {
			t.Errorf("%q: next %q, %+v", c.said, tk.out.Next, tk.out.Transfer)
		}
	}
	if tk.turn(flows.Input{Kind: flows.Returned, Outcome: "cancelled"}); !strings.HasSuffix(tk.said(), "Quel numéro ?") {
		t.Errorf("back with %q, which is not the question that was open", tk.said())
	}
	if _, err := tk.engine.Turn(context.Background(), tk.out.State, flows.Input{Kind: flows.Aside, Text: "et la douane"}); err == nil {
		t.Error("an aside was taken although nobody is being fetched")
	}
}
