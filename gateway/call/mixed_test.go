package call

import (
	"testing"
	"time"

	"decroche/asr/asrtest"
	"decroche/flows"
	"decroche/gateway/event"
)

// A number may be said and keyed, in any order; its parts stay in order.
func TestKeysAndWordsMakeOneNumber(t *testing.T) {
	press := func(keys string, gap time.Duration) func(r *rig) {
		return func(r *rig) {
			for _, k := range keys {
				r.line.Press(string(k))
				time.Sleep(gap)
			}
		}
	}
	speak := func(d time.Duration) func(r *rig) { return func(r *rig) { r.says(d) } }
	pause := func(d time.Duration) func(r *rig) { return func(*rig) { time.Sleep(d) } }
	for name, c := range map[string]struct {
		turns []asrtest.Turn
		play  []func(r *rig)
		told  string
		most  time.Duration // from the last key or word to the turn
	}{
		"said, then keyed":         {[]asrtest.Turn{words("quatre cinq")}, []func(*rig){speak(800 * time.Millisecond), pause(200 * time.Millisecond), press("127801", 200*time.Millisecond)}, "said quatre cinq 1 2 7 8 0 1", 500 * time.Millisecond},
		"in the middle of a word":  {[]asrtest.Turn{{Text: "quatre cinq", Delay: 300 * time.Millisecond}}, []func(*rig){speak(800 * time.Millisecond), pause(50 * time.Millisecond), press("127801", 100*time.Millisecond)}, "said quatre cinq 1 2 7 8 0 1", 500 * time.Millisecond},
		"keyed, then said":         {[]asrtest.Turn{partly("sept huit zéro un", 900*time.Millisecond)}, []func(*rig){press("4512", 200*time.Millisecond), speak(1000 * time.Millisecond)}, "said 4 5 1 2 sept huit zéro un", 600 * time.Millisecond},
		"said, keyed, said":        {[]asrtest.Turn{words("quatre cinq"), partly("zéro un", 800*time.Millisecond)}, []func(*rig){speak(700 * time.Millisecond), pause(110 * time.Millisecond), press("1278", 150*time.Millisecond), speak(900 * time.Millisecond)}, "said quatre cinq 1 2 7 8 zéro un", 600 * time.Millisecond},
		"hash ends it":             {[]asrtest.Turn{words("quatre cinq")}, []func(*rig){speak(800 * time.Millisecond), pause(50 * time.Millisecond), press("12#", 200*time.Millisecond)}, "said quatre cinq 1 2", 500 * time.Millisecond},
		"hash ends words":          {[]asrtest.Turn{words("quatre cinq un deux")}, []func(*rig){speak(1200 * time.Millisecond), pause(50 * time.Millisecond), press("#", 0)}, "said quatre cinq un deux", 100 * time.Millisecond},
		"no further key":           {[]asrtest.Turn{words("quatre cinq")}, []func(*rig){speak(800 * time.Millisecond), pause(50 * time.Millisecond), press("12", 200*time.Millisecond)}, "said quatre cinq 1 2", 3100 * time.Millisecond},
		"a noise, then keys":       {[]asrtest.Turn{{}}, []func(*rig){speak(800 * time.Millisecond), pause(50 * time.Millisecond), press("45127801", 150*time.Millisecond)}, "digits 45127801", 500 * time.Millisecond},
		"while the mind thinks":    {[]asrtest.Turn{words("quatre cinq")}, []func(*rig){speak(800 * time.Millisecond), pause(1600 * time.Millisecond), press("127801", 150*time.Millisecond)}, "said quatre cinq 1 2 7 8 0 1", 500 * time.Millisecond},
		"keys over a noise behind": {[]asrtest.Turn{{}}, []func(*rig){press("4512", 200*time.Millisecond), speak(300 * time.Millisecond), press("7801", 200*time.Millisecond)}, "digits 45127801", 500 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				ask := listen("votre numéro")
				ask.Expect.Entity, ask.Expect.Digits, ask.Expect.DTMF = "digits", 8, true
				r := newRig(t, map[string]flows.Output{"start": ask, c.told: end("merci", "resolved"), "said quatre cinq": listen("quoi")}, c.turns...)
				r.start()
				r.spoken()
				time.Sleep(7 * time.Millisecond) // between two frames: keys and frames of one moment come in any order
				if name == "while the mind thinks" {
					r.mind.mu.Lock()
					r.mind.takes = time.Second
					r.mind.mu.Unlock()
				}
				for _, p := range c.play {
					p(r)
				}
				given := r.line.Since()
				r.over()
				if got := r.mind.kinds(); got != "start|"+c.told {
					t.Errorf("told %s", got)
				}
				var at time.Duration
				for i, b := range r.notes.bodies {
					if _, ok := b.(event.Stepped); ok {
						at = r.notes.at[i]
					}
				}
				if d := at - given; d > c.most && name != "while the mind thinks" {
					t.Errorf("answered %v after the last key or word", d)
				}
			})
		})
	}
}

// Where a choice is asked for, a key is one, whatever was being said.
func TestAKeyThatIsAChoiceDropsTheWords(t *testing.T) {
	test(t, func(t *testing.T) {
		ask := listen("un ou deux")
		ask.Expect.Entity = "list"
		r := newRig(t, map[string]flows.Output{"start": ask, "digits 2": end("merci", "resolved")}, words("alors euh"))
		r.start()
		r.spoken()
		r.says(600 * time.Millisecond)
		r.line.Press("2")
		r.over()
		if got := r.mind.kinds(); got != "start|digits 2" {
			t.Errorf("told %s", got)
		}
	})
}
