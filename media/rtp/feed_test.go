package rtp

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"decroche/media"
	"decroche/media/udp"
)

// bothWays runs f for who waits in Receive and for who is fed: both hear the same.
func bothWays(t *testing.T, name string, f func(t *testing.T, fed bool)) {
	t.Run(strings.TrimSpace(name+" received"), func(t *testing.T) { f(t, false) })
	t.Run(strings.TrimSpace(name+" fed"), func(t *testing.T) { f(t, true) })
}

// listen gives take what s hears, until it is closed: then done is.
func listen(s *Session, fed bool, take func(Heard)) (done chan struct{}) {
	done = make(chan struct{})
	if fed {
		s.Feed(take, func() { close(done) })
		return done
	}
	go func() {
		defer close(done)
		for {
			h, err := s.Receive(context.Background())
			if errors.Is(err, io.EOF) {
				return
			}
			if err == nil {
				take(h)
			}
		}
	}()
	return done
}

// TestFeedBeginsWithWhatWaits: what came before somebody listened is heard first, in order; after the
// end nothing is.
func TestFeedBeginsWithWhatWaits(t *testing.T) {
	t.Parallel()
	onBench(t, func(t *testing.T, b *bench) {
		s := b.open(params())
		b.say(s, 8, 8000)
		s.Key('4')
		synctest.Wait()
		keys, frames, gone := "", []time.Duration(nil), 0
		s.Feed(func(h Heard) {
			if h.Digit != 0 {
				keys += string(h.Digit)
				return
			}
			frames = append(frames, h.Frame.At)
		}, func() { gone++ })
		if keys != "4" || len(frames) < 6 {
			t.Fatalf("at once heard: keys %q, %d frames; want the key and what waited", keys, len(frames))
		}
		s.Key('2')
		b.say(s, 5, 8000)
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		for i := 1; i < len(frames); i++ {
			if frames[i]-frames[i-1] != media.FrameTime {
				t.Errorf("frame %d at %v after %v", i, frames[i], frames[i-1])
			}
		}
		n := len(frames)
		s.Close()
		s.Close()
		s.Key('1')
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		if keys != "42" || gone != 1 || len(frames) != n {
			t.Errorf("keys %q, told %d times that it is over, %d frames after it", keys, gone, len(frames)-n)
		}
	})
	onBench(t, func(t *testing.T, b *bench) {
		s := b.open(params())
		s.Close()
		gone := false
		if s.Feed(func(Heard) { t.Error("something is heard") }, func() { gone = true }); !gone {
			t.Error("nobody was told that it is over already")
		}
	})
}

// TestABrokenFrameEndsNothing: whatever fails on the clock's goroutine costs the call that frame, and
// no other call anything.
func TestABrokenFrameEndsNothing(t *testing.T) {
	t.Parallel()
	onBench(t, func(t *testing.T, b *bench) {
		s := b.open(params())
		n := 0
		s.Feed(func(Heard) {
			if n++; n == 3 {
				panic("broken")
			}
		}, func() {})
		b.say(s, 10, 8000)
		synctest.Wait()
		if n < 9 {
			t.Errorf("%d frames were heard, want those behind the third too", n)
		}
	})
}

// TestNothingIsAllocatedWhenFed: not for a frame that is decoded on the clock's goroutine.
func TestNothingIsAllocatedWhenFed(t *testing.T) {
	s, far, tick := realSession(t, "PCMA")
	heard := 0
	s.Feed(func(Heard) { heard++ }, func() {})
	out := udp.NewOutbox()
	seq, ts := uint16(0), uint32(0)
	to := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(s.Port()))
	round := func() {
		h := header{pt: 8, seq: seq, ts: ts, ssrc: 7}
		seq, ts = seq+1, ts+160
		h.put(out.Room(to, headerLen+160))
		if _, err := far.Send(out); err != nil {
			t.Fatal(err)
		}
		tick()
	}
	for range 50 {
		round()
	}
	if n := testing.AllocsPerRun(500, round); n > 0 || heard < 500 {
		t.Errorf("%v allocations in 20 ms, %d frames heard", n, heard)
	}
}
