package event

import (
	"slices"
	"sync"
	"testing"
)

func TestCaptionsKeepTheNewestOfEachSpeaker(t *testing.T) {
	t.Parallel()
	c := NewCaptions(nil)
	c.Show("a", Caption{"caller", 1, "nobody watches"})
	s, other := c.Watch("a"), c.Watch("b")
	for _, text := range []string{"où", "où est", "où est mon colis"} {
		c.Show("a", Caption{"caller", 1, text})
	}
	c.Show("a", Caption{"bot", 1, "Je regarde."})
	<-s.News()
	if _, got, _ := s.Take(); !slices.Equal(got, []Caption{{"caller", 1, "où est mon colis"}, {"bot", 1, "Je regarde."}}) {
		t.Errorf("%v", got)
	}
	if _, got, _ := other.Take(); got != nil {
		t.Errorf("another conversation's watcher is told %v", got)
	}
	if _, got, _ := s.Take(); got != nil {
		t.Error("the same is told twice")
	}
	s.Close()
	s.Close()
	other.Close()
	c.Show("a", Caption{"bot", 1, "x"})
	if _, got, _ := s.Take(); len(c.by) != 0 || got != nil {
		t.Errorf("remembers %v", c.by)
	}
	var none *Captions
	none.Show("a", Caption{"bot", 1, "x"})
}

func TestCaptionsTellOfEventsAndOfGaps(t *testing.T) {
	t.Parallel()
	bus := NewBus(nil)
	c := NewCaptions(bus)
	s := c.Watch("a")
	defer s.Close()
	bus.Publish(Event{Conv: "b", Seq: 1, Body: Silent{}})
	for i := range watchBuffer {
		bus.Publish(Event{Conv: "a", Seq: uint64(i + 1), Body: Silent{}})
	}
	evs, _, gap := s.Take()
	if len(evs) != watchBuffer || gap || evs[0].Seq != 1 || evs[0].Conv != "a" {
		t.Errorf("%d events, gap %v", len(evs), gap)
	}
	for range watchBuffer + 1 {
		bus.Publish(Event{Conv: "a", Seq: 99, Body: Silent{}})
	}
	if evs, _, gap := s.Take(); len(evs) != watchBuffer || !gap {
		t.Errorf("beyond the buffer: %d events, gap %v", len(evs), gap)
	}
	if evs, _, gap := s.Take(); len(evs) > 0 || gap {
		t.Error("the gap is told twice")
	}
}

func TestCaptionsLoseNoNewest(t *testing.T) {
	t.Parallel()
	c := NewCaptions(nil)
	s := c.Watch("a")
	defer s.Close()
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range 1000 {
			c.Show("a", Caption{"caller", 1, string(rune('a' + i%26))})
		}
		c.Show("a", Caption{"caller", 1, "end"})
	})
	for last := ""; last != "end"; {
		select {
		case <-s.News():
		case <-t.Context().Done():
			t.Fatal("the last caption did not come")
		}
		if _, got, _ := s.Take(); len(got) > 0 {
			last = got[0].Text
		}
	}
	wg.Wait()
}
