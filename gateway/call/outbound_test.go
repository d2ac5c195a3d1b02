package call

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"decroche/asr/asrtest"
	"decroche/flows"
	"decroche/gateway/event"
	"decroche/media"
	"decroche/media/amd"
	"decroche/media/tone"
)

// answers makes the call one that we have placed, with a message for machines or without.
func (r *rig) answers(message bool) *Outbound {
	listen := amd.DefaultConfig()
	o := &Outbound{Listen: &listen, Purpose: flows.Outbound{Confirm: true}, Slots: map[string]string{"a": "1"}}
	if message {
		o.Message = flows.Prompt{ID: "policy/outbound_voicemail", Text: "votre colis vous attend", Voice: "votre colis vous attend"}
	}
	r.s.Outbound, r.s.Caller = o, "+33612345678"
	return o
}

func (r *rig) waits(d time.Duration)            { r.line.Speak(make([]int16, d*media.PhoneRate/time.Second)) }
func (r *rig) tone(hz float64, d time.Duration) { r.line.Speak(tone.Sine(hz, media.PhoneRate, d, 0.2)) }

// Who answers decides what is done: a person, and a line on which nobody speaks, is talked to; a machine
// hears the message after its beep or nothing; a fax nothing.
func TestWhoAnswers(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		sounds  func(r *rig)
		message bool
		heard   amd.What
		left    bool
		talked  bool
		outcome string
		within  time.Duration // until our first word
	}{
		"a person":                     {func(r *rig) { r.waits(300 * time.Millisecond); r.line.Say(600 * time.Millisecond) }, false, amd.Person, false, true, "resolved", 2 * time.Second},
		"nobody speaks":                {func(*rig) {}, true, amd.Silence, false, true, "resolved", 3 * time.Second},
		"a machine":                    {func(r *rig) { r.line.Say(6 * time.Second) }, false, amd.Voicemail, false, false, "unanswered", 0},
		"a machine with a beep":        {func(r *rig) { r.line.Say(6 * time.Second); r.waits(time.Second); r.tone(1000, 400*time.Millisecond) }, true, amd.Voicemail, true, false, "resolved", 9 * time.Second},
		"a machine without a beep":     {func(r *rig) { r.line.Say(4 * time.Second) }, true, amd.Voicemail, true, false, "resolved", 8 * time.Second},
		"a machine that never listens": {func(r *rig) { r.line.Say(2 * time.Minute) }, true, amd.Voicemail, false, false, "unanswered", 0},
		"a fax":                        {func(r *rig) { r.waits(time.Second); r.tone(2100, 3*time.Second) }, true, amd.Fax, false, false, "unanswered", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, map[string]flows.Output{"start": end("bonjour", "resolved")})
				o := r.answers(tc.message)
				r.start()
				synctest.Wait()
				tc.sounds(r)
				ended := r.over()
				if o.Heard.What != tc.heard || o.Left != tc.left || ended.Outcome != tc.outcome || (r.mind.kinds() != "") != tc.talked {
					t.Errorf("heard %+v, left %v, ended %+v, the mind was told %q", o.Heard, o.Left, ended, r.mind.kinds())
				}
				if s := all[event.Screened](r.notes); len(s) != 1 || s[0].Heard != string(tc.heard) || s[0].Left != (tc.message && tc.heard == amd.Voicemail) {
					t.Errorf("recorded %+v", s)
				}
				said := all[event.Prompted](r.notes)
				if tc.talked && (len(said) != 1 || said[0].Text != "bonjour") || !tc.talked && tc.left != (len(said) == 1 && !said[0].Cut) {
					t.Errorf("said %+v", said)
				}
				if tc.talked {
					in := r.mind.told[0]
					if in.Outbound == nil || !in.Outbound.Confirm || in.Slots["a"] != "1" {
						t.Errorf("the mind was told %+v", in)
					}
				}
				for i, b := range r.notes.bodies {
					if _, ok := b.(event.Prompted); ok && tc.within > 0 && r.notes.at[i] > tc.within+time.Second {
						t.Errorf("said after %v", r.notes.at[i])
					}
				}
			})
		})
	}
}

// Who hangs up before it is known who they are is nobody's failure.
func TestHangsUpWhileListenedTo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		o := r.answers(true)
		r.start()
		time.Sleep(500 * time.Millisecond)
		r.line.HangUp()
		if e := r.over(); e.Outcome != "abandoned" || e.By != "caller" || o.Heard.What != amd.Unknown || len(all[event.Prompted](r.notes)) != 0 {
			t.Errorf("%+v, %+v", e, o)
		}
	})
}

// A caller who does not want to be rung any more is put on the list, in a call that came in too, and the
// record says so.
func TestNoMoreCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stop := end("c'est noté", "resolved")
		stop.DoNotCall = true
		r := newRig(t, map[string]flows.Output{"start": listen("bonjour"), "said ne m'appelez plus": stop}, asrtest.Turn{Text: "ne m'appelez plus", Confidence: 0.9})
		var number, how string
		r.s.NoCall = func(_ context.Context, n, h string) error { number, how = n, h; return nil }
		r.start()
		time.Sleep(2 * time.Second)
		r.line.Say(time.Second)
		if e := r.over(); e.Outcome != "resolved" || number != "+33600000001" || how != "said" {
			t.Errorf("%+v, %q %q", e, number, how)
		}
		if n := all[event.NoCalls](r.notes); len(n) != 1 || n[0].How != "said" {
			t.Errorf("recorded %+v", n)
		}
	})
}
