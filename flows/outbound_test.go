package flows_test

import (
	"strings"
	"testing"

	"decroche/flows"
)

func rung(o flows.Outbound) flows.Input {
	return flows.Input{Channel: flows.Voice, Lang: "fr", Caller: "+33612345678", Outbound: &o}
}

// A call that we place says who rings and that a machine speaks, asks whether it is them, and only then
// what it is for.
func TestOutboundConfirms(t *testing.T) {
	t.Parallel()
	o := flows.Outbound{Asked: true, Confirm: true, Reason: "votre colis", Name: "Madame Benali"}
	tk := begin(t, colibri(t), rung(o))
	if s := tk.said(); !strings.Contains(s, "assistant automatique") || !strings.Contains(s, "Vous avez demandé un rappel") || !strings.HasSuffix(plainSpaces(s), "Est-ce bien Madame Benali à l'appareil ?") || strings.Contains(s, "votre colis") || tk.out.Expect.Entity != "yes_no" {
		t.Errorf("said %q, expects %+v", s, tk.out.Expect)
	}
	for said, want := range map[string]string{
		"oui": flows.PersonConfirmed, "oui c'est moi": flows.PersonConfirmed, "elle-même": flows.PersonConfirmed, "c'est bien moi": flows.PersonConfirmed,
		"non": flows.PersonDenied, "non elle n'est pas là": flows.PersonDenied, "vous avez fait un mauvais numéro": flows.PersonDenied,
		"allô": "", "c'est pour quoi": "", "où est mon colis": "",
	} {
		tk := begin(t, colibri(t), rung(o)).says(said)
		s := tk.said()
		if tk.out.Person != want || strings.Contains(s, "votre colis") != (want == flows.PersonConfirmed) || (tk.out.Next == flows.End) != (want == flows.PersonDenied) {
			t.Errorf("%q: person %q, %s, said %q", said, tk.out.Person, tk.out.Next, s)
		}
	}
	if tk := begin(t, colibri(t), rung(o)).keys("1"); tk.out.Person != flows.PersonConfirmed {
		t.Errorf("by key: %q, said %q", tk.out.Person, tk.said())
	}
}

// plainSpaces makes the spaces of print ordinary ones.
func plainSpaces(s string) string {
	return strings.NewReplacer("\u202f", " ", "\u00a0", " ").Replace(s)
}

// Once it is them, the call goes on where the order says, with what is known.
func TestOutboundGoesOn(t *testing.T) {
	t.Parallel()
	in := rung(flows.Outbound{Start: "suivi_colis"})
	in.Slots = map[string]string{"numero_commande": "45127802", "no_such_slot": "x"}
	tk := begin(t, colibri(t), in)
	if tk.out.Next != flows.DoAct || len(tk.out.Slots) != 1 {
		t.Errorf("starts in a flow: %s, slots %+v, said %q", tk.out.Next, tk.out.Slots, tk.said())
	}
	if tk = begin(t, colibri(t), rung(flows.Outbound{Start: "nowhere"})); tk.out.Next != flows.Listen {
		t.Errorf("starts nowhere: %+v", tk.out)
	}
	tk = begin(t, colibri(t), rung(flows.Outbound{Asked: true, Confirm: true, Person: true, Skills: []string{"litige"}})).says("oui")
	if tk.out.Next != flows.HandOff || tk.out.Transfer.Skills[0] != "litige" {
		t.Errorf("for a person: %+v", tk.out)
	}
	// A typed conversation is taken up where it stood.
	tk = begin(t, colibri(t), flows.Input{Channel: flows.Text, Lang: "fr"}).says("où est mon colis")
	moved := rung(flows.Outbound{Asked: true, Confirm: true})
	moved.Kind = flows.Moved
	if tk.turn(moved).says("oui"); tk.out.Expect.Slot != "numero_commande" {
		t.Errorf("goes on with %+v, said %q", tk.out.Expect, tk.said())
	}
	b := colibri(t)
	for start, ok := range map[string]bool{"": true, "suivi_colis": true, "nowhere": false, "suivi_colis/nothing": false} {
		if err := b.CanStart(start); (err == nil) != ok {
			t.Errorf("start %q: %v", start, err)
		}
	}
}

func TestNoMoreCalls(t *testing.T) {
	t.Parallel()
	ordered := flows.Outbound{Confirm: true, Reason: "votre rendez-vous", StopKey: "9"}
	for name, tk := range map[string]*talk{
		"said stop":     begin(t, colibri(t), rung(ordered)).says("stop"),
		"said it all":   begin(t, colibri(t), rung(ordered)).says("ne m'appelez plus"),
		"later":         begin(t, colibri(t), rung(ordered)).says("oui").says("ne m'appelez plus jamais"),
		"by key":        begin(t, colibri(t), rung(ordered)).keys("9"),
		"who rang us":   begin(t, colibri(t), flows.Input{Channel: flows.Voice, Caller: "+33612345678"}).says("ne m'appelez plus"),
		"in a question": begin(t, colibri(t), flows.Input{Channel: flows.Voice, Caller: "+33612345678"}).says("où est mon colis").says("arrêtez de m'appeler"),
	} {
		if !tk.out.DoNotCall || tk.out.Next != flows.End || !strings.Contains(tk.said(), "nous ne vous appellerons plus") {
			t.Errorf("%s: %v, %s, said %q", name, tk.out.DoNotCall, tk.out.Next, tk.said())
		}
	}
	for name, tk := range map[string]*talk{
		"stop to who was rung":  begin(t, colibri(t), flows.Input{Channel: flows.Voice, Caller: "+33612345678"}).says("stop"),
		"negated":               begin(t, colibri(t), rung(ordered)).says("n'arrêtez pas de m'appeler"),
		"a stranger who writes": begin(t, colibri(t), flows.Input{Channel: flows.Text}).says("ne m'appelez plus"),
		"a nine in a number":    begin(t, colibri(t), rung(flows.Outbound{Start: "suivi_colis", StopKey: "9"})).keys("9"),
	} {
		if tk.out.DoNotCall {
			t.Errorf("%s: not to be called, said %q", name, tk.said())
		}
	}
	if s := begin(t, colibri(t), rung(ordered)).said(); !strings.Contains(s, "appuyez sur 9") {
		t.Errorf("the key is not said: %q", s)
	}
}

func TestVoicemail(t *testing.T) {
	t.Parallel()
	p := colibri(t).Voicemail("fr", "Votre rendez-vous est jeudi à dix heures.")
	if !strings.Contains(p.Voice, "rendez-vous est jeudi") || !strings.Contains(p.Voice, "automatique") || p.Barge {
		t.Errorf("%+v", p)
	}
}
