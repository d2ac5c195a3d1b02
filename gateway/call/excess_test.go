package call

import (
	"strings"
	"testing"
	"time"

	"decroche/asr/asrtest"
	"decroche/flows"
	"decroche/gateway/event"
)

// Keys behind the end of a sensitive number answer nothing, cut nothing and are kept nowhere. Who
// keys ahead of an ordinary question, and who goes on with a number that is not complete, is heard.
func TestKeysBehindANumber(t *testing.T) {
	secret := flows.Expect{Entity: "digits", Digits: 8, DTMF: true, Sensitive: true, Silence: 5 * time.Second}
	plain := secret
	plain.Sensitive = false
	code, yes := secret, flows.Expect{Entity: "yes_no", DTMF: true, Sensitive: true, Silence: 5 * time.Second}
	code.Digits = 0 // its length is not known: '#' or a pause ends it
	const next = "quel est votre code postal et dans quelle ville habitez vous depuis le premier janvier de cette année ou de celle d avant"
	type press struct {
		keys  string
		every time.Duration // before each of them
	}
	ms := time.Millisecond
	for name, c := range map[string]struct {
		ask   flows.Expect
		turns []asrtest.Turn
		takes time.Duration // the mind, each turn
		keys  []press
		told  string
		said  string // what was kept of it
		cut   bool   // the second question was interrupted
	}{
		"two too many":              {secret, nil, 0, []press{{"4512780299", 200 * ms}, {"75011", 6 * time.Second}}, "digits 45127802|digits 75011", "•••• 75011", false},
		"with a hash":               {secret, nil, 0, []press{{"45127802#", 250 * ms}, {"75011", 6 * time.Second}}, "digits 45127802|digits 75011", "•••• 75011", false},
		"the code on its back":      {secret, nil, 0, []press{{"45127802", 200 * ms}, {"123#", 900 * ms}, {"75011", 6 * time.Second}}, "digits 45127802|digits 75011", "•••• 75011", false},
		"while the mind thinks":     {secret, nil, 4 * time.Second, []press{{"45127802", 200 * ms}, {"9", 2 * time.Second}, {"75011", 8 * time.Second}}, "digits 45127802|digits 75011", "•••• 75011", false},
		"a hash, length not known":  {code, nil, 0, []press{{"4512#99", 200 * ms}, {"75011", 6 * time.Second}}, "digits 4512|digits 75011", "•••• 75011", false},
		"said and keyed":            {secret, []asrtest.Turn{words("quatre cinq un deux")}, 0, []press{{"780299", 200 * ms}, {"75011", 6 * time.Second}}, "said quatre cinq un deux 7 8 0 2|digits 75011", "•••• •••• 75011", false},
		"the question is answered":  {secret, nil, 0, []press{{"45127802", 200 * ms}, {"75011", 1500 * ms}}, "digits 45127802|digits 75011", "•••• 75011", true},
		"not complete":              {secret, nil, 0, []press{{"4512#", 200 * ms}, {"7802", 300 * ms}}, "digits 4512|digits 7802", "•••• ••••", true},
		"a choice":                  {yes, nil, 0, []press{{"1", 200 * ms}, {"75011", 500 * ms}}, "digits 1|digits 75011", "•••• 75011", true},
		"ordinary, keyed ahead":     {plain, nil, 2 * time.Second, []press{{"4512780275011", 200 * ms}}, "digits 45127802|digits 75011", "45127802 75011", false},
		"ordinary, a hash too many": {plain, nil, 0, []press{{"45127802#", 200 * ms}, {"75011", 6 * time.Second}}, "digits 45127802|digits 75011", "45127802 75011", false},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				ask, then := listen("votre carte"), listen(next)
				ask.Expect = c.ask
				then.Expect = plain
				then.Expect.Digits, then.Expect.Silence, then.Sensitive = 5, time.Minute, c.ask.Sensitive
				if name == "not complete" {
					then.Expect = secret
					then.Expect.Digits = 4
				}
				first, last, _ := strings.Cut(c.told, "|")
				done := end("merci", "resolved")
				done.Sensitive = then.Expect.Sensitive
				r := newRig(t, map[string]flows.Output{"start": ask, first: then, last: done, "silence": then}, c.turns...)
				r.s.Bot.Sensitive, r.mind.takes = true, c.takes
				r.start()
				r.spoken()
				if len(c.turns) > 0 {
					time.Sleep(7 * ms)
					r.says(800 * ms)
				}
				for _, p := range c.keys {
					for i, k := range p.keys {
						if i == 0 || p.every < time.Second {
							time.Sleep(p.every)
						} else {
							time.Sleep(200 * ms)
						}
						r.line.Press(string(k))
					}
				}
				r.over()
				if got := r.mind.kinds(); got != "start|"+c.told {
					t.Errorf("told %s", got)
				}
				var said []string
				for _, ev := range all[event.Said](r.notes) {
					said = append(said, ev.Text)
				}
				if got := strings.Join(said, " "); got != c.said {
					t.Errorf("kept %q", got)
				}
				for _, p := range all[event.Prompted](r.notes) {
					if p.Text == next && p.Cut != c.cut {
						t.Errorf("the next question was cut: %v", p.Cut)
					}
				}
			})
		})
	}
}
