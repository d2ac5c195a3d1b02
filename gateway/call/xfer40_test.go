package call

import (
	"slices"
	"strings"
	"testing"
	"time"

	"decroche/flows"
	"decroche/gateway/leg/legtest"
	"decroche/media"
)

// A call that is recorded, and listened to by a supervisor, while a hand-off starts, fails or completes: the record
// is one, silent where something sensitive is asked for and nowhere else, goes on after a hand-off that failed,
// and what the supervisor whispers never reaches the caller.
func TestHostile40(t *testing.T) {
	secret := listen("votre numéro de carte je vous prie")
	secret.Expect.Sensitive = true
	for name, tt := range map[string]struct {
		karim   *legtest.Phone
		answers map[string]flows.Output
		told    []string // to the recording
		joined  bool
	}{
		"xfer_40_completes":         {karim: &legtest.Phone{Answers: 2 * time.Second}, joined: true},
		"xfer_40_fails":             {karim: &legtest.Phone{Answers: 2 * time.Second, Status: 486}},
		"xfer_40_rings_out":         {karim: &legtest.Phone{Answers: -1}},
		"xfer_40_starts_in_a_pause": {karim: &legtest.Phone{Answers: 2 * time.Second}, joined: true, told: []string{"pause", "resume"}, answers: map[string]flows.Output{"start": secret}},
		"xfer_40_fails_in_a_pause":  {karim: &legtest.Phone{Answers: 2 * time.Second, Status: 486}, told: []string{"pause", "resume"}, answers: map[string]flows.Output{"start": secret}},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				b := &board{handOffRig: newHandOff(t, map[string]*legtest.Phone{"sip:karim": tt.karim}, "karim")}
				b.mind.answers["returned busy"], b.mind.answers["returned no_answer"] = listen("que puis-je faire d’autre"), listen("que puis-je faire d’autre")
				if tt.answers != nil {
					b.mind.answers["said un conseiller"] = b.mind.answers["start"]
					for k, v := range tt.answers {
						b.mind.answers[k] = v
					}
					b.ears.Turns = append(b.ears.Turns, words("un conseiller"))
				}
				k, tp := &take{}, &tape{}
				b.s.Mouth, b.s.Control, b.s.Recording, b.s.Taps = hummer{}, &b.k, k, []Tap{tp.tap}
				b.s.Bot.Sensitive = tt.answers != nil
				b.start()
				time.Sleep(200 * time.Millisecond)
				boss := person(0)
				v := b.listen("paule", boss)
				if tt.answers != nil {
					time.Sleep(4 * time.Second) // the question has been said
					b.says(900 * time.Millisecond)
				}
				time.Sleep(time.Second)
				if tt.joined {
					b.await("a bridge", b.bridged)
				} else {
					b.await("an outcome", func() bool { return strings.Contains(b.outcomes(), "=") })
				}
				time.Sleep(4 * time.Second)
				from := b.line.Since()
				b.line.Speak(sing(callerHz, 3*time.Second))
				if tt.joined {
					b.agent.Speak(sing(agentHz, 3*time.Second))
					b.ok(v.SetRole(t.Context(), Whisperer))
					boss.Speak(sing(bossHz, 3*time.Second))
					time.Sleep(time.Second)
					b.wants("whispering", map[*legtest.Line]string{b.line: "agent", b.agent: "caller boss", boss: "caller agent"})
				} else {
					time.Sleep(time.Second)
					b.wants("after a hand-off that failed", map[*legtest.Line]string{boss: "caller"})
				}
				b.line.HangUp()
				b.over()
				at := int(from * media.PhoneRate / time.Second)
				if said := tp.side(CallerSaid); len(said) < at || energy(said[at:]) < 4000 {
					t.Error("the caller is not in the record after it")
				}
				if heard := tp.side(CallerHeard); tones(heard) == "" || strings.Contains(tones(heard), "boss") {
					t.Errorf("what the caller heard is recorded as %q", tones(heard))
				}
				if !slices.Equal(k.told, tt.told) {
					t.Errorf("the recording was told %v, want %v", k.told, tt.told)
				}
			})
		})
	}
}
