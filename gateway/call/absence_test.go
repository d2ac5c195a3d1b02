package call

import (
	"testing"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
)

// A caller whose line is lost while the bot speaks hears the rest of the sentence when they are back:
// nothing is said to nobody, nothing is said twice, and nobody is asked why they are silent.
func TestAwayWhileTheBotSpeaks(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newRig(t, map[string]flows.Output{"start": listen("quel est votre code postal " + long), "silence": end("au revoir", "abandoned")})
		r.start()
		time.Sleep(time.Second)
		r.line.Leave(true)
		time.Sleep(100 * time.Millisecond)
		before := len(r.line.PCM(0))
		time.Sleep(9 * time.Second)
		if n := len(r.line.PCM(0)) - before; n > 0 {
			t.Errorf("%d samples were played to nobody", n)
		}
		if s := all[event.Silent](r.notes); len(s) > 0 {
			t.Errorf("who is away was said to be silent: %+v", s)
		}
		r.line.Leave(false)
		back := r.line.Since()
		if e := r.over(); e.Outcome != "abandoned" {
			t.Errorf("ended %+v", e)
		}
		if p := all[event.Prompted](r.notes); len(p) != 2 || p[0].Cut {
			t.Errorf("said %+v", p)
		}
		if s := all[event.Silent](r.notes); len(s) != 1 {
			t.Errorf("after the return: %+v since %v", s, back)
		}
	})
}

// A caller whose turn it is has it when they are back, with the whole of its time.
func TestAwayWhileItIsTheCallersTurn(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newRig(t, map[string]flows.Output{"start": listen("quel est votre code postal"), "silence": end("au revoir", "abandoned")})
		r.start()
		r.spoken()
		time.Sleep(3 * time.Second)
		r.line.Leave(true)
		time.Sleep(9 * time.Second)
		if p := all[event.Prompted](r.notes); len(p) != 1 {
			t.Errorf("while they were away we said %+v", p)
		}
		r.line.Leave(false)
		r.line.Leave(false) // once is enough
		back := r.line.Since()
		if e := r.over(); e.Outcome != "abandoned" {
			t.Errorf("ended %+v", e)
		}
		if s := all[event.Silent](r.notes); len(s) != 1 || s[0].ForMS < 5000 || r.line.Since()-back < 5*time.Second {
			t.Errorf("after the return: %+v", s)
		}
	})
}
