package call

import (
	"context"
	"strings"
	"testing"
	"time"

	"decroche/asr/asrtest"
	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/leg/legtest"
	"decroche/media"
	"decroche/media/tone"
)

// queueRig is a call whose first words ask for karim's skills while he is in another call, over the real
// desk.
func queueRig(t *testing.T, queues ...agents.Queue) (r *handOffRig, desk *agents.Desk, karim agents.Assignment) {
	t.Helper()
	r = newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: time.Second}})
	r.mind.answers["start"].Transfer.MaxWait = 10 * time.Minute
	for _, o := range []string{"closed", "full"} {
		r.mind.answers["returned "+o] = end("rappelez plus tard", "callback")
	}
	desk = agents.NewDesk(agents.DefaultDeskConfig(), agents.Config{{Name: "karim", Title: "Karim", Addr: "sip:karim", Skills: agents.Can("litige")}}, time.Now)
	desk.SetQueues(queues)
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() { defer close(over); desk.Run(ctx) }()
	t.Cleanup(func() { stop(); <-over })
	karim, err := desk.Offer(t.Context(), agents.Request{Conv: "other", Skills: []string{"litige"}})
	if err != nil {
		t.Fatal(err)
	}
	r.s.Desk = desk
	return r, desk, karim
}

// Who waits hears where they stand, again when it is better, and gets the agent who becomes free without
// asking.
func TestTheCallerWaitsForTheirTurn(t *testing.T) {
	test(t, func(t *testing.T) {
		r, desk, karim := queueRig(t)
		ctx, leave := context.WithCancel(t.Context())
		first := make(chan error, 1)
		go func() {
			_, err := desk.Offer(ctx, agents.Request{Conv: "first", Skills: []string{"litige", "fr"}, Lang: "fr", Wait: time.Hour})
			first <- err
		}()
		time.Sleep(time.Second)
		r.start()
		time.Sleep(time.Minute)
		leave()
		<-first
		time.Sleep(time.Minute)
		karim.Release()
		time.Sleep(8 * time.Second)
		r.agent.HangUp()
		r.over()
		said := strings.ToLower(r.played())
		if n := strings.Count(said, "patience"); n > 1 {
			t.Errorf("told %d times to be patient in two minutes: %q", n, said)
		}
		for _, want := range []string{"il y a une personne avant vous", "vous êtes la prochaine personne", "karim vous répond"} {
			before, after, ok := strings.Cut(said, want)
			if !ok || strings.Contains(after, want) {
				t.Errorf("%q is not said once after %q, in %q", want, before, r.played())
			}
			said = after
		}
		if e := all[event.TransferEnded](r.notes)[0]; e.Outcome != "completed" || e.WaitedMS < 120_000 {
			t.Errorf("%+v", e)
		}
	})
}

// What a queue does not let in, or lets go, comes back to the flow in its own word.
func TestAQueueLetsGo(t *testing.T) {
	for want, q := range map[string]agents.Queue{
		"closed":  {Name: "litige", Skills: []string{"litige"}, Hours: map[string]string{"mon-sun": "closed"}},
		"full":    {Name: "litige", Skills: []string{"litige"}, MaxWaiting: 1},
		"timeout": {Name: "litige", Skills: []string{"litige"}, Overflow: agents.Overflow{After: time.Minute, To: agents.ToCallback}},
	} {
		t.Run(want, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r, desk, karim := queueRig(t, q)
				ctx, leave := context.WithCancel(t.Context())
				gone := make(chan struct{})
				go func() {
					defer close(gone)
					desk.Offer(ctx, agents.Request{Conv: "first", Skills: []string{"litige"}, Wait: time.Hour})
				}()
				time.Sleep(time.Second)
				r.start()
				r.over()
				leave()
				<-gone
				karim.Release()
				if k := r.mind.kinds(); k != "start|returned "+want {
					t.Errorf("told %s, want %s", k, want)
				}
				if q := desk.Queues()[0]; q.Left[agents.Outcome(want)] < 1 || q.Waiting != 0 {
					t.Errorf("%+v", q)
				}
			})
		})
	}
}

// Who hangs up, or forgets it, waits no more.
func TestWhoLeavesIsInNoQueue(t *testing.T) {
	test(t, func(t *testing.T) {
		r, desk, karim := queueRig(t)
		r.start()
		time.Sleep(10 * time.Second)
		if q := desk.Queues(); len(q) != 1 || q[0].Waiting != 1 || q[0].Busy != 1 {
			t.Errorf("%+v", q)
		}
		r.line.HangUp()
		r.over()
		if q := desk.Queues(); len(q) != 0 {
			t.Errorf("%+v", q)
		}
		karim.Release()
		if len(r.dialer.Attempts()) != 0 {
			t.Error("somebody was rung for who has gone")
		}
	})
}

func TestWhatAsksHowLong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"combien de temps ?": true, "il y en a pour combien de temps encore": true, "c’est encore long ?": true, "c'est bientôt mon tour": true,
		"combien de temps prend une livraison": false, "j’attends depuis longtemps": false, "où est ma place de concert": false,
	} {
		if got := howLong["fr"].MatchString(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	for text, want := range map[string]bool{"how long is the wait?": true, "how much longer": true, "how long does delivery take": false} {
		if got := howLong["en"].MatchString(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// Who asks how long it takes is told what is known, in and out of a queue, and nobody else is asked.
func TestHowLongItTakes(t *testing.T) {
	for name, c := range map[string]struct{ asks, want string }{
		"combien de temps": {"il y en a encore pour combien de temps", "vous êtes la prochaine personne"},
		"ma place":         {"c’est bientôt mon tour", "vous êtes la prochaine personne"},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r, _, karim := queueRig(t)
				r.ears.Turns = []asrtest.Turn{words(c.asks)}
				r.start()
				time.Sleep(20 * time.Second)
				before := strings.Count(strings.ToLower(r.played()), c.want)
				r.says(time.Second)
				time.Sleep(4 * time.Second)
				if n := strings.Count(strings.ToLower(r.played()), c.want); n != before+1 {
					t.Errorf("told %d times, before %d: %q", n, before, r.played())
				}
				karim.Release()
				r.await("a bridge", r.bridged)
				r.agent.HangUp()
				r.over()
				if strings.Contains(r.mind.kinds(), "aside") {
					t.Errorf("told %s", r.mind.kinds())
				}
			})
		})
	}
	ringing := func(t *testing.T) {
		r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: 12 * time.Second}}, "karim")
		r.ears.Turns = []asrtest.Turn{words("dans combien de temps")}
		r.start()
		time.Sleep(5 * time.Second)
		r.says(time.Second)
		r.await("a bridge", r.bridged)
		if !strings.Contains(r.played(), "Ça sonne chez un conseiller") {
			t.Errorf("heard %q", r.played())
		}
		r.agent.HangUp()
		r.over()
	}
	t.Run("while it rings", func(t *testing.T) { test(t, ringing) })
}

// What a queue proposes when it lets the caller go reaches the flow.
func TestTheFlowIsToldWhatTheQueueProposes(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newHandOff(t, nil)
		r.mind.answers["returned full"] = end("rappelez plus tard", "callback")
		r.s.Desk = leaves{&agents.Left{Queue: "litige", Outcome: agents.Full, To: agents.ToMessage}}
		r.start()
		r.over()
		last := r.mind.told[len(r.mind.told)-1]
		if last.Outcome != "full" || last.Instead != "message" {
			t.Errorf("told %+v", last)
		}
	})
}

// leaves lets nobody in.
type leaves struct{ err error }

func (l leaves) Offer(context.Context, agents.Request) (agents.Assignment, error) {
	return agents.Assignment{}, l.err
}

// Between the sentences the queue's own music plays, never silence.
func TestTheQueuesMusic(t *testing.T) {
	file := writeWAV(t, 16000, tone.Sine(440, 16000, 3*time.Second, 0.3))
	m, err := LoadMusic(file)
	if err != nil {
		t.Fatal(err)
	}
	test(t, func(t *testing.T) {
		r, _, karim := queueRig(t, agents.Queue{Name: "litige", Skills: []string{"litige"}, Announce: agents.Announce{Music: file}})
		r.s.Music = func(f string) *Music { return map[string]*Music{file: m}[f] }
		r.start()
		time.Sleep(30 * time.Second)
		for _, from := range []time.Duration{8 * time.Second, 20 * time.Second} {
			pcm := r.line.PCM(from)[:media.PhoneRate]
			if l := tone.Goertzel(pcm, media.PhoneRate, 440); l < 0.05 {
				t.Errorf("after %v the caller does not hear the music: %v", from, l)
			}
		}
		r.line.HangUp()
		r.over()
		karim.Release()
	})
}
