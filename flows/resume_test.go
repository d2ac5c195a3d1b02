package flows_test

import (
	"errors"
	"strings"
	"testing"

	"decroche/flows"
)

// hint is a turn of a caller whom nobody understands, with what a supervisor adds.
func hint(text string) flows.Input {
	return flows.Input{Kind: flows.Said, Text: lost, Confidence: 1, Hint: text}
}

// A hint answers the open question or begins a wish, in place of what the caller said; one that nobody
// understands leaves the turn to the caller.
func TestHint(t *testing.T) {
	t.Parallel()
	b := load(t, bot(t))
	tk := begin(t, b, flows.Input{Channel: flows.Voice}).turn(hint("où est mon colis"))
	if tk.out.Hint != flows.HintUsed || tk.out.Intent != "colis" || tk.out.Expect.Slot != "numero" {
		t.Fatalf("hint %q, intent %q, expect %+v", tk.out.Hint, tk.out.Intent, tk.out.Expect)
	}
	tk.turn(hint("c'est le 45 12 78 02"))
	if tk.out.Hint != flows.HintUsed || len(tk.out.Slots) != 1 || tk.out.Slots[0].Value != "45127802" || tk.out.Next != flows.DoAct {
		t.Errorf("hint %q, slots %+v, next %s", tk.out.Hint, tk.out.Slots, tk.out.Next)
	}
	for _, in := range []flows.Input{hint("grmbl zzz"), {Kind: flows.Silence, Hint: "grmbl zzz"}} {
		tk = begin(t, b, flows.Input{Channel: flows.Voice}).says("où est mon colis").turn(in)
		if tk.out.Hint != flows.HintUnclear || tk.out.Next != flows.Listen || tk.out.Expect.Slot != "numero" {
			t.Errorf("%s: hint %q, next %s, expect %+v", in.Kind, tk.out.Hint, tk.out.Next, tk.out.Expect)
		}
	}
	// The caller who keys the right number is not overruled by a hint that says nothing.
	tk = begin(t, b, flows.Input{Channel: flows.Voice}).says("où est mon colis").turn(flows.Input{Kind: flows.Digits, Digits: "45127802", Hint: "grmbl zzz"})
	if tk.out.Next != flows.DoAct {
		t.Errorf("next %s", tk.out.Next)
	}
}

// Nobody but the caller gives a secret number, and a hint is not tried while it is asked for.
func TestHintAtSensitiveStep(t *testing.T) {
	t.Parallel()
	tk := begin(t, secretive(t), flows.Input{Channel: flows.Voice}).says("où est mon colis").turn(flows.Input{Kind: flows.Silence, Hint: "45127802"})
	if tk.out.Hint != flows.HintSensitive || len(tk.out.Slots) != 0 {
		t.Errorf("hint %q, slots %+v", tk.out.Hint, tk.out.Slots)
	}
	var no *flows.ResumeError
	_, err := tk.engine.Turn(t.Context(), tk.out.State, flows.Input{Kind: flows.Resume, Slots: map[string]string{"numero": "45127802"}, Now: noon})
	if !errors.As(err, &no) || !strings.Contains(no.Detail, "sensitive") {
		t.Errorf("gave a sensitive slot: %v", err)
	}
}

// Whoever takes a caller over gives them back where they were, or elsewhere, with what they found out.
func TestTakenAndGivenBack(t *testing.T) {
	t.Parallel()
	b := load(t, bot(t))
	asked := func() *talk { return begin(t, b, flows.Input{Channel: flows.Voice}).says("où est mon colis") }
	taken := func() *talk { return asked().turn(flows.Input{Kind: flows.Taken}) }
	if tk := taken(); tk.out.Next != flows.HandOff || tk.out.Transfer.Reason != "taken_over" || tk.out.Transfer.Topic == "" {
		t.Fatalf("next %s, %+v", tk.out.Next, tk.out.Transfer)
	}
	if w, _ := taken().out.State.Waits(); w != flows.Returned {
		t.Errorf("waits for %s", w)
	}
	want := asked().out
	tk := taken().turn(flows.Input{Kind: flows.Resume})
	if tk.out.Next != flows.Listen || tk.out.Expect.Slot != "numero" || tk.said() != typed.Replace(want.Say[len(want.Say)-1].Text) {
		t.Errorf("said %q, expect %+v", tk.said(), tk.out.Expect)
	}
	tk = taken().turn(flows.Input{Kind: flows.Resume, Slots: map[string]string{"numero": "45 12 78 02"}})
	if tk.out.Next != flows.DoAct || len(tk.out.Slots) != 1 || tk.out.Slots[0].Value != "45127802" || !tk.out.Slots[0].Confirmed {
		t.Errorf("next %s, slots %+v", tk.out.Next, tk.out.Slots)
	}
	tk = taken().turn(flows.Input{Kind: flows.Resume, Step: "suivi/numero"})
	if tk.out.Expect.Slot != "numero" {
		t.Errorf("expect %+v", tk.out.Expect)
	}
	// A person who only hangs up leaves as an agent does.
	if tk = taken().turn(flows.Input{Kind: flows.Returned, Outcome: "completed"}); tk.out.Next != flows.Listen && tk.out.Next != flows.End {
		t.Errorf("next %s", tk.out.Next)
	}
	// Given back before anything was understood: the first question again.
	tk = begin(t, b, flows.Input{Channel: flows.Voice}).turn(flows.Input{Kind: flows.Taken}).turn(flows.Input{Kind: flows.Resume})
	if tk.out.Next != flows.Listen || tk.said() == "" {
		t.Errorf("next %s, said %q", tk.out.Next, tk.said())
	}
	// While an action is out, it is asked for again.
	tk = asked().keys("45127802").turn(flows.Input{Kind: flows.Taken}).turn(flows.Input{Kind: flows.Resume})
	if tk.out.Next != flows.DoAct {
		t.Errorf("next %s", tk.out.Next)
	}
	for name, in := range map[string]flows.Input{
		"no such step":     {Step: "suivi/nulle_part"},
		"no such flow":     {Step: "nulle/part"},
		"no such slot":     {Slots: map[string]string{"taille": "12"}},
		"no such value":    {Slots: map[string]string{"numero": "bleu"}},
		"a step of where?": {Step: "x"},
	} {
		in.Kind, in.Now = flows.Resume, noon
		var no *flows.ResumeError
		tk := taken()
		if _, err := tk.engine.Turn(t.Context(), tk.out.State, in); !errors.As(err, &no) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
