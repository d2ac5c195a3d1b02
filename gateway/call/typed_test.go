package call

import (
	"testing"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
)

// What is typed beside a call interrupts the question that is being asked, and answers it.
func TestTypingAnswersTheQuestion(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newRig(t, map[string]flows.Output{"start": listen("quel est votre code postal " + long), "said 75011": end("merci", "resolved")})
		typed := make(chan string, 1)
		r.s.Typed = typed
		captions := event.NewCaptions(nil)
		watch := captions.Watch("c1")
		defer watch.Close()
		r.s.Captions = captions
		r.start()
		time.Sleep(time.Second)
		_, shown, _ := watch.Take()
		if len(shown) != 1 || shown[0].Who != "bot" || shown[0].Text == "" {
			t.Errorf("while the bot speaks the captions are %v", shown)
		}
		typed <- " 75011 "
		if e := r.over(); e.Outcome != "resolved" {
			t.Errorf("ended %+v", e)
		}
		said := all[event.Said](r.notes)
		if len(said) != 1 || said[0].Text != "75011" || said[0].How != "typed" || !said[0].Barge {
			t.Errorf("said %+v", said)
		}
		if p := all[event.Prompted](r.notes); len(p) == 0 || !p[0].Cut {
			t.Errorf("the question was not interrupted: %+v", p)
		}
	})
}
