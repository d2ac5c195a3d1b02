package event

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestBoardFollowsOneConversation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bus := NewBus(nil)
		board := NewBoard(bus)
		seq := uint64(0)
		tell := func(b Body) Live {
			time.Sleep(time.Second)
			seq++
			bus.Publish(Event{Conv: "a", Seq: seq, At: time.Now(), Body: b})
			if s := board.Now(); len(s.Live) == 1 {
				return s.Live[0]
			}
			return Live{}
		}
		steps := []struct {
			body        Body
			with, agent string
		}{
			{Started{Channel: "voice", From: "sip:+336@x", Called: "hotline", Bot: "colibri", Lang: "fr"}, NotAnswered, ""},
			{Answered{Codec: "PCMA"}, WithBot, ""},
			{Said{Text: "où est mon colis"}, WithBot, ""},
			{Stepped{Intent: "suivi_colis", Steps: []Step{{Flow: "suivi_colis", Step: "numero"}}, Slots: []Slot{{Name: "commande", Value: "1"}}}, WithBot, ""},
			{TransferStarted{Skills: []string{"litige"}}, WithNobody, ""},
			{TransferRinging{Agent: "karim"}, WithNobody, "karim"},
			{Bridged{Agent: "karim"}, WithAgent, "karim"},
			{Said{Text: "bonjour", Who: "agent"}, WithAgent, "karim"},
			{AgentActed{Agent: "karim", Act: AgentTransfer, To: "lina"}, WithAgent, "karim"},
			{TransferRinging{Agent: "lina"}, WithAgent, "karim"},
			{AgentActed{Agent: "karim", Act: AgentNotMoved, To: "lina"}, WithAgent, "karim"},
			{AgentLost{Agent: "karim", Why: "line"}, WithNobody, "karim"},
			{TransferRinging{Agent: "karim"}, WithNobody, "karim"},
			{AgentBack{Agent: "karim"}, WithAgent, "karim"},
			{TransferEnded{Outcome: "completed"}, WithBot, ""},
		}
		for i, s := range steps {
			l := tell(s.body)
			if l.With != s.with || l.Agent != s.agent || l.Seq != uint64(i+1) {
				t.Fatalf("after %s: with %q agent %q seq %d, want %q %q %d", s.body.Type(), l.With, l.Agent, l.Seq, s.with, s.agent, i+1)
			}
		}
		l := board.Now().Live[0]
		want := Live{ID: "a", Channel: "voice", From: "sip:+336@x", Called: "hotline", Bot: "colibri", Lang: "fr",
			Start: l.Start, With: WithBot, Since: l.Start.Add(14 * time.Second), Intent: "suivi_colis", Step: "suivi_colis/numero",
			Slots: []Slot{{Name: "commande", Value: "1"}}, Skills: []string{"litige"}, Turns: 1, Heard: "où est mon colis", Seq: 15, Facts: Facts{SaidSeq: 3}}
		if !reflect.DeepEqual(l, want) {
			t.Fatalf("got  %+v\nwant %+v", l, want)
		}
		tell(Ended{Outcome: "resolved"})
		tell(Silent{}) // a straggler must not bring the conversation back
		if n := len(board.Now().Live); n != 0 {
			t.Fatalf("%d conversations after the end, want none", n)
		}
	})
}

// Whoever starts to watch while calls go on sees each event exactly once: in the snapshot or in
// the stream. Watchers come and go while four conversations publish.
func TestWatchHasNoGap(t *testing.T) {
	t.Parallel()
	const convs, each = 4, 5000
	bus := NewBus(nil)
	board := NewBoard(bus)
	for c := range convs {
		bus.Publish(Event{Conv: fmt.Sprint(c), Seq: 1, Body: Started{Channel: "text"}})
	}
	var writers, watchers sync.WaitGroup
	over := make(chan struct{})
	for range 4 {
		watchers.Go(func() {
			for watched := 0; ; watched++ {
				select {
				case <-over:
					if watched == 0 {
						t.Error("nobody watched while it happened")
					}
					return
				default:
					watchOnce(t, board)
				}
			}
		})
	}
	for c := range convs {
		writers.Go(func() {
			for i := uint64(2); i <= each; i++ {
				bus.Publish(Event{Conv: fmt.Sprint(c), Seq: i, Body: Said{Text: "x"}})
				runtime.Gosched()
			}
		})
	}
	writers.Wait()
	close(over)
	bus.Close()
	watchers.Wait()
}

// watchOnce takes a snapshot and checks that the next twenty events follow it.
func watchOnce(t *testing.T, board *Board) {
	snap, sub := board.Watch()
	defer sub.Close()
	seq := map[string]uint64{}
	for _, l := range snap.Live {
		seq[l.ID] = l.Seq
	}
	for range 20 {
		e, err := sub.Recv(t.Context())
		if errors.Is(err, ErrGap) || errors.Is(err, ErrClosed) {
			return
		}
		if err != nil {
			t.Errorf("recv: %v", err)
			return
		}
		if e.Seq != seq[e.Conv]+1 {
			t.Errorf("conversation %s: event %d after %d", e.Conv, e.Seq, seq[e.Conv])
			return
		}
		seq[e.Conv] = e.Seq
	}
}

func TestMergeSlotsLeavesItsArgumentsAlone(t *testing.T) {
	t.Parallel()
	known := []Slot{{Name: "a", Value: "1"}, {Name: "b", Value: "2"}}
	got := MergeSlots(known, []Slot{{Name: "b", Value: "3"}, {Name: "c", Value: "4"}})
	if want := []Slot{{Name: "a", Value: "1"}, {Name: "b", Value: "3"}, {Name: "c", Value: "4"}}; !reflect.DeepEqual(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	if known[1].Value != "2" {
		t.Fatal("the known slots were changed")
	}
}

// Old records must stay readable: every type decodes from its own encoding under its own name.
func TestEveryKindDecodes(t *testing.T) {
	t.Parallel()
	for name := range kinds {
		b, err := Decode(name, []byte(`{}`))
		if err != nil || b.Type() != name {
			t.Errorf("%s decodes to %v, %v", name, b, err)
		}
	}
	if _, err := Decode("never_heard_of", nil); err == nil {
		t.Error("an unknown type decoded")
	}
	if _, err := Decode("said", []byte(`{`)); err == nil {
		t.Error("broken JSON decoded")
	}
}

// The board shows who supervises a call, and an earlier snapshot stays as it was.
func TestBoardShowsSupervisors(t *testing.T) {
	t.Parallel()
	bus := NewBus(nil)
	b := NewBoard(bus)
	defer bus.Close()
	seq := uint64(0)
	publish := func(body Body) {
		seq++
		bus.Publish(Event{Conv: "c", Seq: seq, Body: body})
	}
	publish(Started{Channel: "voice"})
	publish(Supervised{Who: "paule", Act: ActListen, ID: "s1"})
	before := b.Now().Live[0].Supervisors
	publish(Supervised{Who: "sami", Act: ActListen, ID: "s2"})
	publish(Supervised{Who: "paule", Act: ActWhisper, ID: "s1"})
	publish(Supervised{Who: "paule", Act: ActHint, ID: "h1"})
	if got := fmt.Sprint(b.Now().Live[0].Supervisors); got != "[{s1 paule whisper} {s2 sami listen}]" {
		t.Error(got)
	}
	publish(Supervised{Who: "paule", Act: ActLeave, ID: "s1"})
	publish(Supervised{Who: "nobody", Act: ActLeave, ID: "s9"})
	if got := fmt.Sprint(b.Now().Live[0].Supervisors, before); got != "[{s2 sami listen}] [{s1 paule listen}]" {
		t.Error(got)
	}
}
