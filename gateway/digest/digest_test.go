package digest

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

func told(bodies ...event.Body) (out []event.Event) {
	for i, b := range bodies {
		out = append(out, event.Event{Conv: "c", Seq: uint64(i + 1), At: time.Unix(int64(i), 0), Body: b})
	}
	return out
}

func TestOf(t *testing.T) {
	t.Parallel()
	slots := []event.Slot{
		{Name: "numero_client", Value: "4512", Shown: "45 12", Confirmed: true, Confidence: 1},
		{Name: "date", Value: "2026-11-24", Shown: "mardi", Confidence: 0.724},
		{Name: "ville", Value: "Lyon"},
		{Name: "carte", Value: "***", Shown: "***", Confirmed: true},
		{Name: "vide"},
	}
	for name, tc := range map[string]struct {
		sum  store.Summary
		evs  []event.Event
		lang string
		want Made
	}{
		"nothing":          {lang: "fr", want: Made{Sentences: []string{"La personne n’a rien dit qui ait été compris."}}},
		"unknown language": {lang: "tlh", want: Made{Sentences: []string{"La personne n’a rien dit qui ait été compris."}}},
		"what is known, with how sure it is": {store.Summary{Intent: "suivi_colis", Slots: slots}, told(event.Ended{Outcome: "resolved"}), "fr", Made{Sentences: []string{
			"Demande\u202f: suivi colis.", "numero client\u202f: 45 12, confirmé.", "date\u202f: mardi, entendu avec 72\u202f% de certitude, non confirmé.", "ville\u202f: Lyon, non confirmé.", "Fin de la conversation\u202f: demande traitée.",
		}}},
		"what the agent read goes before": {store.Summary{Intent: "x", Slots: slots}, told(
			event.TransferStarted{Reason: "asked", Summary: []string{"Colis 45 12.", "Carte\u202f: ***.", " "}}, event.TransferEnded{Outcome: "no_answer", WaitedMS: 20400},
			event.TransferStarted{Reason: "asked", Summary: []string{"Colis 45 12.", "Un premier transfert n’a pas abouti."}}, event.TransferEnded{Outcome: "completed", Agent: "karim", WaitedMS: 5000, TalkedMS: 80000},
		), "en", Made{
			Sentences: []string{"Colis 45 12.", "Un premier transfert n’a pas abouti.", "Hand-off to an agent (they asked for it): nobody answered, after waiting 20 s.", "They spoke with Karim, after waiting 5 s."},
			Reasons:   []string{"asked"}, Outcomes: []string{"no_answer", "completed"},
		}},
		"a message": {store.Summary{}, told(event.CallbackTaken{Phone: "+33612345678", Reason: ReasonMessage, Message: "je suis passé"}), "fr", Made{
			Sentences: []string{"La personne a laissé un message."}, Reasons: []string{"message"}, Message: "je suis passé",
		}},
		"a callback": {store.Summary{}, told(event.CallbackTaken{Phone: "+33612345678", Reason: "nobody", Window: "9h-18h"}), "fr", Made{
			Sentences: []string{"La personne souhaite être rappelée au +33612345678 (9h-18h)."}, Reasons: []string{"nobody"}, Phone: "+33612345678", Window: "9h-18h",
		}},
		"words of a flow's own": {store.Summary{}, told(event.TransferStarted{Reason: "grand_compte"}, event.TransferEnded{Outcome: "closed"}, event.TransferStarted{Reason: "asked"}, event.TransferEnded{Outcome: "cancelled"}), "fr", Made{
			Sentences: []string{"Passage à un conseiller (grand compte)\u202f: service fermé, après 0 s d’attente.", "Passage à un conseiller (à sa demande)\u202f: la personne y a renoncé."},
			Reasons:   []string{"grand_compte", "asked"}, Outcomes: []string{"closed", "cancelled"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := Of(tc.sum, tc.evs, Options{Lang: tc.lang, Mask: "***", Agent: func(n string) string { return strings.ToUpper(n[:1]) + n[1:] }})
			if !slices.Equal(got.Sentences, tc.want.Sentences) || !slices.Equal(got.Reasons, tc.want.Reasons) || !slices.Equal(got.Outcomes, tc.want.Outcomes) || got.Message != tc.want.Message || got.Phone != tc.want.Phone || got.Window != tc.want.Window {
				t.Errorf("\n%q\nwant\n%q", got, tc.want)
			}
		})
	}
}

func TestBothLanguagesHaveTheSameWords(t *testing.T) {
	t.Parallel()
	fr, en := slices.Sorted(maps.Keys(words["fr"])), slices.Sorted(maps.Keys(words["en"]))
	if !slices.Equal(fr, en) {
		t.Errorf("%q\n%q", fr, en)
	}
}
