package call

import (
	"testing"
	"time"

	"decroche/flows"
)

// A call without a recogniser ends although the caller hangs up, or begins to key, in the middle of
// a word.
func TestDeafCallEndsWhileTheCallerSpeaks(t *testing.T) {
	for name, do := range map[string]func(r *rig){
		"hung up": func(r *rig) { r.line.HangUp() },
		"cut":     func(r *rig) { r.stop() },
		"keyed": func(r *rig) {
			r.line.Press("1")
			time.AfterFunc(30*time.Second, r.line.HangUp)
		},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newRig(t, map[string]flows.Output{"start": listen("bonjour je vous écoute"), "digits 1": listen("il arrive demain")})
				r.s.Ears = nil
				r.start()
				r.spoken()
				r.line.Say(5 * time.Second)
				time.Sleep(time.Second)
				do(r)
				r.over()
			})
		})
	}
}
