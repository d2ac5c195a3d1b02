package legtest

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"decroche/gateway/leg"
	"decroche/media"
)

func frame(v int16) media.Frame {
	pcm := make([]int16, 160)
	for i := range pcm {
		pcm[i] = v
	}
	return media.Frame{PCM: pcm, Rate: 8000}
}

// play sends n frames in the background and drains.
func play(t *testing.T, ctx context.Context, l *Line, n int) <-chan error {
	done := make(chan error, 1)
	go func() {
		for range n {
			if err := l.Send(ctx, frame(1000)); err != nil {
				done <- err
				return
			}
		}
		done <- l.Drain(ctx)
	}()
	return done
}

func TestPlaysInRealTimeAndFlushSaysHowMuch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(leg.Info{})
		if err := <-play(t, t.Context(), l, 50); err != nil || l.Since() != time.Second {
			t.Fatalf("50 frames took %v, %v", l.Since(), err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := play(t, ctx, l, 50)
		time.Sleep(310 * time.Millisecond)
		cancel()
		<-done
		if d := l.Flush(); d != 320*time.Millisecond {
			t.Errorf("flushed after %v, want the frame in progress to count", d)
		}
		time.Sleep(time.Second)
		if n := len(l.Played()); n != 50+16 {
			t.Errorf("%d frames left", n)
		}
		if at, _ := l.LastSound(); at != 1300*time.Millisecond {
			t.Errorf("last sound at %v", at)
		}
	})
}

func TestSendBlocksAtTheLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(leg.Info{})
		for range 10 {
			l.Send(t.Context(), frame(1))
		}
		if l.Since() != 0 {
			t.Errorf("200 ms took %v to queue", l.Since())
		}
		l.Send(t.Context(), frame(1))
		if l.Since() != media.FrameTime {
			t.Errorf("one more took until %v", l.Since())
		}
	})
}

func TestPauseHoldsTheRest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(leg.Info{})
		done := play(t, t.Context(), l, 50)
		time.Sleep(500 * time.Millisecond)
		l.Pause()
		time.Sleep(2 * time.Second)
		if n := len(l.Played()); n != 26 {
			t.Errorf("%d frames had left in the pause", n)
		}
		l.Resume()
		<-done
		if n := len(l.Played()); n != 50 || l.Since() != 2980*time.Millisecond {
			t.Errorf("%d frames by %v", n, l.Since())
		}
	})
}

func TestHearsWhatTheTestLetsItHear(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(leg.Info{})
		go func() {
			time.Sleep(time.Second)
			l.Answer(t.Context())
			time.Sleep(100 * time.Millisecond)
			l.Say(60 * time.Millisecond)
			time.Sleep(100 * time.Millisecond)
			l.Press("7")
			time.Sleep(100 * time.Millisecond)
			l.HangUp()
		}()
		loud, keys, frames := 0, "", 0
		for {
			h, err := l.Receive(t.Context())
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if h.Digit != 0 {
				keys += string(h.Digit)
				continue
			}
			if h.Frame.At != time.Duration(frames)*media.FrameTime {
				t.Fatalf("frame %d at %v", frames, h.Frame.At)
			}
			frames++
			if audible(h.Frame.PCM) {
				loud++
			}
		}
		if loud != 3 || keys != "7" || frames < 14 || frames > 15 {
			t.Errorf("%d loud of %d frames, keys %q", loud, frames, keys)
		}
		if err := l.Send(t.Context(), frame(1)); !errors.Is(err, io.EOF) {
			t.Errorf("sending after the far end left: %v", err)
		}
	})
}

func TestHangupIsToldAndEndsReceive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(leg.Info{})
		l.Answer(t.Context())
		go func() {
			time.Sleep(time.Second)
			l.Hangup(t.Context(), leg.Busy)
			l.Hangup(t.Context(), leg.Normal)
		}()
		for {
			if _, err := l.Receive(t.Context()); err != nil {
				break
			}
		}
		if why, at, ok := l.HungUp(); !ok || why != leg.Busy || at != time.Second {
			t.Errorf("%v at %v, %v", why, at, ok)
		}
	})
}

func TestDialer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := NewDialer(map[string]*Phone{
			"busy":   {Rings: -1, Answers: 100 * time.Millisecond, Status: 486},
			"picks":  {Rings: time.Second, Answers: 3 * time.Second},
			"asleep": {Rings: 0, Answers: -1},
			"deaf":   {Rings: 0, Answers: -1, Deaf: true},
		})
		status := func(addr string, ringFor time.Duration) (int, bool) {
			rang := false
			l, err := d.Dial(t.Context(), leg.Invite{Addr: addr, RingFor: ringFor, Progress: func(int) { rang = true }})
			var no *leg.Refused
			if errors.As(err, &no) {
				return no.Status, rang
			}
			if l == nil || err != nil {
				t.Errorf("%s: %v, %v", addr, l, err)
			}
			return 200, rang
		}
		for _, c := range []struct {
			addr   string
			status int
			rang   bool
		}{{"busy", 486, false}, {"picks", 200, true}, {"asleep", 408, true}, {"nowhere", 0, false}} {
			if s, rang := status(c.addr, 5*time.Second); s != c.status || rang != c.rang {
				t.Errorf("%s: %d, rang %v", c.addr, s, rang)
			}
		}
		for _, addr := range []string{"asleep", "deaf"} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			l, err := d.Dial(ctx, leg.Invite{Addr: addr})
			cancel()
			if (err == nil) != (addr == "deaf") {
				t.Errorf("%s cancelled: %v, %v", addr, l, err)
			}
		}
		if n := len(d.Attempts()); n != 6 || !d.Attempts()[5].Cancel {
			t.Errorf("%d attempts", n)
		}
	})
}
