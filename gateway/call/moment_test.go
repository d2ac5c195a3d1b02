package call

import (
	"slices"
	"strings"
	"testing"
	"time"

	"decroche/asr/asrtest"
	"decroche/flows"
	"decroche/gateway/event"
)

// moments counts how often the caller was told to take their time.
func moments(n *notes) (count int) {
	for _, p := range all[event.Prompted](n) {
		if slices.Contains(linesFor("fr").moment, p.Text) {
			count++
		}
	}
	return count
}

// A caller who asks for a moment is not answered; after ten seconds they are told that there is no
// hurry, and what they say then is answered alone.
func TestAMomentIsGiven(t *testing.T) {
	const told = "start|said quarante cinq douze"
	for name, turns := range map[string][]asrtest.Turn{
		"words as they come": {{Text: "attendez je cherche quarante cinq douze", Partials: []asrtest.Partial{
			{After: 900 * time.Millisecond, Text: "attendez je cherche"}, {After: 14 * time.Second, Text: "attendez je cherche quarante cinq douze"}}}},
		"words in the end": {words("attendez je cherche"), words("quarante cinq douze")},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				ask := listen("quel est votre numéro")
				ask.Expect.Entity, ask.Expect.Digits, ask.Expect.Silence = "digits", 4, 5*time.Second
				r := newRig(t, map[string]flows.Output{"start": ask, "said quarante cinq douze": end("merci", "resolved")}, turns...)
				r.start()
				r.spoken()
				r.says(800 * time.Millisecond)
				quiet := r.line.Since()
				time.Sleep(8 * time.Second)
				if at, ok := r.line.FirstSound(quiet); ok {
					t.Errorf("the bot spoke %v after the caller had asked for a moment", at-quiet)
				}
				time.Sleep(4500 * time.Millisecond)
				if moments(r.notes) != 1 {
					t.Errorf("%d reminders in 12.5 s", moments(r.notes))
				}
				r.says(1300 * time.Millisecond)
				r.over()
				if got := r.mind.kinds(); got != told {
					t.Errorf("told %s", got)
				}
				if s := all[event.Said](r.notes); !strings.HasPrefix(s[0].Text, "attendez") {
					t.Errorf("recorded %+v", s)
				}
			})
		})
	}
}

// Who never comes back is told three times, and then the flow that they are silent.
func TestAMomentEnds(t *testing.T) {
	for name, turn := range map[string]asrtest.Turn{"words as they come": partly("un instant", 900*time.Millisecond), "words in the end": words("un instant")} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newRig(t, map[string]flows.Output{"start": listen("bonjour"), "silence": end("au revoir", "abandoned")}, turn)
				r.start()
				r.spoken()
				r.says(800 * time.Millisecond)
				r.over()
				if got := r.mind.kinds(); got != "start|silence" || moments(r.notes) != reminders {
					t.Errorf("told %s, %d reminders", got, moments(r.notes))
				}
			})
		})
	}
}

// A caller who is back speaks over the reminder, which gives way.
func TestAReminderGivesWay(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newRig(t, map[string]flows.Output{"start": listen("bonjour"), "said voilà": end("merci", "resolved"), "said annulez ma commande": end("merci", "resolved")},
			asrtest.Turn{Text: "un instant annulez ma commande", Partials: []asrtest.Partial{{After: 900 * time.Millisecond, Text: "un instant"}, {After: 12 * time.Second, Text: "un instant annulez ma commande"}}})
		r.start()
		r.spoken()
		r.says(800 * time.Millisecond)
		r.line.AwaitSound(time.Minute)
		from := r.line.Since()
		r.says(time.Second)
		if at, ok := r.line.FirstSound(from + 120*time.Millisecond); ok && at < from+time.Second {
			t.Error("the reminder went on over the caller")
		}
		r.over()
		if got := r.mind.kinds(); got != "start|said annulez ma commande" {
			t.Errorf("told %s", got)
		}
		if in := r.mind.told[1]; in.Cut || in.Heard != "" {
			t.Errorf("a reminder counts as a prompt that was cut: %+v", in)
		}
	})
}

// What only leads up to a wish is told as not understood.
func TestATrailingFillerIsNotGuessedAt(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newRig(t, map[string]flows.Output{"start": listen("bonjour"), "said": end("dites-le en quelques mots", "failed")}, partly("c'est pour euh", 700*time.Millisecond))
		r.start()
		r.spoken()
		r.says(800 * time.Millisecond)
		r.over()
		if got := r.mind.kinds(); got != "start|said" {
			t.Errorf("told %q", got)
		}
		if s := all[event.Said](r.notes); len(s) != 1 || s[0].Text != "c'est pour euh" {
			t.Errorf("recorded %+v", s)
		}
	})
}
