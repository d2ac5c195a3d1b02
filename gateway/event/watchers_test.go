package event

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Two hundred watch a thousand calls: each sees every event, in gulps; a call pays for one event
// what it pays without them. Time is virtual: what is counted is how often watchers are woken.
func TestTwoHundredWatchersTakeGulps(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const watchers, calls, rounds = 200, 1000, 2
		bus := NewBus(nil)
		board := NewBoard(bus)
		for c := range calls {
			bus.Publish(Event{Conv: fmt.Sprint(c), Seq: 1, Body: Started{Channel: "voice"}})
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		gulps, missed := 0, 0
		for range watchers {
			snap, sub := board.Watch()
			if len(snap.Live) != calls {
				t.Fatalf("%d calls in the snapshot", len(snap.Live))
			}
			wg.Go(func() {
				defer sub.Close()
				list, seen, n := make([]Event, 0, 64), 0, 0
				for seen < calls*rounds {
					var err error
					if list, err = sub.Next(t.Context(), list); err != nil {
						mu.Lock()
						missed++
						mu.Unlock()
						return
					}
					seen += len(list)
					n++
					if len(list) < cap(list) {
						time.Sleep(50 * time.Millisecond)
					}
				}
				mu.Lock()
				gulps += n
				mu.Unlock()
			})
		}
		start := time.Now()
		for range rounds { // each call one event a second
			for c := range calls {
				bus.Publish(Event{Conv: fmt.Sprint(c), Seq: 2, Body: Said{Text: "x"}})
				time.Sleep(time.Millisecond)
			}
		}
		if took := time.Since(start); took != rounds*calls*time.Millisecond {
			t.Errorf("publishing waited: %v", took)
		}
		wg.Wait()
		if missed > 0 {
			t.Errorf("%d watchers missed something", missed)
		}
		if most := watchers * (rounds*20 + 4); gulps > most {
			t.Errorf("watchers were woken %d times, want %d at most: not more than twenty times a second each", gulps, most)
		}
	})
}

// A passing word goes to who follows its conversation and to nobody else.
func TestFollowersSeeOneConversation(t *testing.T) {
	t.Parallel()
	bus := NewBus(nil)
	board := NewBoard(bus)
	tell := func(conv string, b Body) { bus.Publish(Event{Conv: conv, Seq: 1, Body: b}) }
	tell("a", Started{Channel: "voice", Lang: "fr"})
	tell("b", Started{Channel: "voice"})
	tell("a", Said{Text: "où est mon colis"})
	tell("a", Prompted{Text: "quel est votre numéro", Heard: "quel est", Cut: true})
	if bus.Followed("a") {
		t.Error("followed by nobody yet")
	}
	br, sub, ok := board.Follow("a")
	all := bus.Subscribe()
	if !ok || br.Cuts != 1 || len(br.Lines) != 2 || br.Lines[1] != (Line{"bot", "quel est", true}) || br.Lang != "fr" || !bus.Followed("a") {
		t.Fatalf("%+v", br)
	}
	bus.Show(Event{Conv: "b", Body: Partial{Text: "non"}})
	bus.Show(Event{Conv: "a", Body: Partial{Text: "oui"}})
	tell("b", Said{Text: "x"})
	tell("a", Said{Text: "oui merci"})
	for _, want := range []Body{Partial{Text: "oui"}, Said{Text: "oui merci"}} {
		if e, err := sub.Recv(t.Context()); err != nil || fmt.Sprint(e.Body) != fmt.Sprint(want) {
			t.Errorf("%+v %v, want %+v", e, err, want)
		}
	}
	if e, _ := all.Recv(t.Context()); e.Conv != "b" {
		t.Errorf("who watches all was shown a passing word: %+v", e)
	}
	for range 2 * followBuffer { // a full queue loses passing words without a gap
		bus.Show(Event{Conv: "a", Body: Partial{Text: "…"}})
	}
	if _, err := sub.Recv(t.Context()); err != nil {
		t.Error(err)
	}
	sub.Close()
	if bus.Followed("a") {
		t.Error("still followed")
	}
	if _, _, ok := board.Follow("nobody"); ok {
		t.Error("followed a conversation that is not running")
	}
}

// What a call pays for one event at a thousand events a second, by how many watch; look at
// p50-ns/publish and p99-ns/publish, ns/op is mostly the time between two events.
func BenchmarkPublish(b *testing.B) {
	for _, watchers := range []int{0, 1, 200} {
		b.Run(fmt.Sprint(watchers, "watchers"), func(b *testing.B) {
			bus := NewBus(nil)
			board := NewBoard(bus)
			for c := range 1000 {
				bus.Publish(Event{Conv: fmt.Sprint(c), Seq: 1, Body: Started{Channel: "voice"}})
			}
			ctx, cancel := context.WithCancel(b.Context())
			var wg sync.WaitGroup
			for range watchers {
				_, sub := board.Watch()
				wg.Go(func() {
					list := make([]Event, 0, 32)
					for {
						var err error
						if list, err = sub.Next(ctx, list); err != nil {
							sub.Close()
							if ctx.Err() != nil {
								return
							}
							_, sub = board.Watch()
							continue
						}
						for _, e := range list {
							_, _ = e.JSON()
						}
						time.Sleep(50 * time.Millisecond)
					}
				})
			}
			e := Event{Conv: "7", Seq: 2, Body: Said{Text: "où est mon colis", How: "speech"}}
			var took []time.Duration
			for b.Loop() {
				time.Sleep(time.Millisecond) // a thousand calls, one event a second each
				start := time.Now()
				bus.Publish(e)
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns/publish")
			b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns/publish")
			cancel()
			wg.Wait()
		})
	}
}
