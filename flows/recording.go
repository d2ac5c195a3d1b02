package flows

// RecordingNotice is the ID of the prompt that tells the caller that the call is recorded: the
// first of a conversation whose Input said Recorded. A host keeps nothing of the caller's before it
// was heard to its end.
const RecordingNotice = "policy/recording"

// Recording is what a bot says about recording its calls in bot.yaml.
type Recording struct {
	Share float64 // of its calls, 0..1
}

// Recording tells which share of its calls the bot wants recorded; nil leaves it to the host. The
// announcement exists either way.
func (b *Bot) Recording() *Recording { return b.recording }

// States of a recording, as the engine knows it.
const (
	recordingOn  = "on"
	recordingOff = "off" // the caller did not want it, or the flow ended it
)

// noticeRecording says first of all that the call is recorded, where it is. What is said may not
// be spoken over: who has not heard it has not been told.
func (t *turn) noticeRecording() {
	if !t.in.Recorded || t.m.Channel == Text {
		return
	}
	t.m.Recording = recordingOn
	t.respond("recording", map[string]spoken{"company": {t.b.title, t.b.title}})
	if n := len(t.out.Say); n > 0 {
		t.out.Say[n-1].Barge = false
	}
}

// stopRecording ends the recording for good; what there is of it is deleted by the host.
func (t *turn) stopRecording() {
	if t.m.Recording == recordingOn {
		t.m.Recording, t.out.StopRecording = recordingOff, true
	}
}

// refuseRecording obeys a caller who does not want to be recorded.
func (t *turn) refuseRecording() {
	t.stopRecording()
	t.respond("recording_refused", nil)
	if t.m.Wait.For == forWish {
		t.out.Next = Listen
		return
	}
	t.reask()
}
