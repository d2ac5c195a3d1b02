package flows_test

import (
	"strings"
	"testing"

	"decroche/flows"
)

// A call that is recorded says so before anything else, and cannot be spoken over meanwhile; one
// that is not says nothing of it, and neither does a chat.
func TestRecordingIsAnnounced(t *testing.T) {
	t.Parallel()
	b := load(t, bot(t, "bot.yaml", "policy:", "recording: {sample: 0.25}\npolicy:"))
	if r := b.Recording(); r == nil || r.Share != 0.25 {
		t.Errorf("recording %+v", r)
	}
	tk := begin(t, b, flows.Input{Channel: flows.Voice, Recorded: true})
	first := tk.out.Say[0]
	if first.ID != flows.RecordingNotice || first.Barge || !strings.HasPrefix(first.Voice, "Cet appel est enregistré pour améliorer notre service.") || !tk.out.Say[1].Barge {
		t.Errorf("said %+v", tk.out.Say)
	}
	for name, in := range map[string]flows.Input{
		"not recorded": {Channel: flows.Voice}, "a chat": {Channel: flows.Text, Recorded: true},
	} {
		if tk := begin(t, b, in); strings.Contains(tk.said(), "enregistré") {
			t.Errorf("%s: said %q", name, tk.said())
		}
	}
	tk = begin(t, b, flows.Input{Channel: flows.Text}).says("où est mon colis").turn(flows.Input{Kind: flows.Moved, Channel: flows.Voice, Recorded: true})
	if tk.out.Say[0].ID != flows.RecordingNotice {
		t.Errorf("a chat that is rung back: %+v", tk.out.Say)
	}
	own := load(t, bot(t, "bot.yaml", "policy:", "recording: {enabled: true, announce: \"{{company}} enregistre cet appel.\"}\npolicy:"))
	if tk := begin(t, own, flows.Input{Channel: flows.Voice, Recorded: true}); tk.out.Say[0].Text != "small enregistre cet appel." {
		t.Errorf("said %+v", tk.out.Say)
	}
	if load(t, bot(t)).Recording() != nil || load(t, bot(t, "bot.yaml", "policy:", "recording: {enabled: false}\npolicy:")).Recording().Share != 0 {
		t.Error("a bot that says nothing leaves it to its host, one that says false does not")
	}
}

// A caller who refuses is obeyed at any time, once; where nothing is recorded the words mean nothing.
func TestRecordingIsRefused(t *testing.T) {
	t.Parallel()
	b := load(t, bot(t))
	tk := begin(t, b, flows.Input{Channel: flows.Voice, Recorded: true}).says("où est mon colis").says("pas d'enregistrement")
	if !tk.out.StopRecording || !strings.Contains(tk.said(), "arrêté et effacé") || !strings.HasSuffix(tk.said(), "Quel numéro ?") || tk.out.Expect.Slot != "numero" {
		t.Errorf("said %q, %+v", tk.said(), tk.out)
	}
	if tk.says("je ne veux pas être enregistré"); tk.out.StopRecording || !strings.Contains(tk.said(), "arrêté et effacé") {
		t.Errorf("again: said %q, stop %v", tk.said(), tk.out.StopRecording)
	}
	if tk.says("45127801"); tk.out.Next != flows.DoAct {
		t.Errorf("then: %+v", tk.out)
	}
	tk = begin(t, b, flows.Input{Channel: flows.Voice, Recorded: true}).says("pas d'enregistrement")
	if !tk.out.StopRecording || tk.out.Next != flows.Listen {
		t.Errorf("at the greeting: %+v", tk.out)
	}
	tk = begin(t, b, flows.Input{Channel: flows.Voice}).says("où est mon colis").says("pas d'enregistrement")
	if tk.out.StopRecording || strings.Contains(tk.said(), "effacé") {
		t.Errorf("without a recording: said %q", tk.said())
	}
}

// A flow may end the recording by itself.
func TestRecordingStep(t *testing.T) {
	t.Parallel()
	b := load(t, bot(t, "flows/all.yaml", `ask: "Quel numéro ?"`, "recording: stop\n        ask: \"Quel numéro ?\""))
	tk := begin(t, b, flows.Input{Channel: flows.Voice, Recorded: true}).says("où est mon colis")
	if !tk.out.StopRecording || tk.said() != "Quel numéro ?" {
		t.Errorf("said %q, stop %v", tk.said(), tk.out.StopRecording)
	}
	tk = begin(t, b, flows.Input{Channel: flows.Voice}).says("où est mon colis")
	if tk.out.StopRecording {
		t.Error("stopped what was not there")
	}
}
