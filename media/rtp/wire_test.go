package rtp

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"decroche/media"
	"decroche/media/pacer"
	"decroche/media/tone"
)

// hose is a wire that gives what it takes to another session, and keeps a copy.
type hose struct {
	to   *Session
	rtp  []rtp.Packet
	rtcp []rtcp.Packet
	err  error
}

func (h *hose) Send(packet []byte) error {
	if h.err != nil {
		return h.err
	}
	b := append([]byte(nil), packet...)
	if IsRTCP(b) {
		list, err := rtcp.Unmarshal(b)
		if err != nil {
			return err
		}
		h.rtcp = append(h.rtcp, list...)
	} else {
		var p rtp.Packet
		if err := p.Unmarshal(b); err != nil {
			return err
		}
		h.rtp = append(h.rtp, p)
	}
	h.to.Put(packet, time.Now())
	return nil
}

// onWires joins two sessions by wires, in virtual time.
func onWires(t *testing.T, codec string, f func(t *testing.T, e *Engine, a, b *Session, ab, ba *hose)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		wheel := pacer.New(pacer.Config{Period: 20 * time.Millisecond, Slot: 10 * time.Millisecond, Workers: 1, CatchUp: 5})
		turning := make(chan struct{})
		go func() { defer close(turning); wheel.Run(ctx) }()
		e, err := NewEngine(DefaultConfig(), wheel, nil)
		if err != nil {
			t.Fatal(err)
		}
		ab, ba := &hose{}, &hose{}
		a, b := e.OpenOver(ab, Options{}), e.OpenOver(ba, Options{})
		ab.to, ba.to = b, a
		a.Set(Params{Codec: codec, Type: 96, EventType: 97, Ptime: 20 * time.Millisecond, Send: true, Receive: true, SSRC: 7})
		b.Set(Params{Codec: codec, Type: 96, EventType: 97, Ptime: 20 * time.Millisecond, Send: true, Receive: true})
		defer func() { e.Close(); cancel(); <-turning }()
		f(t, e, a, b, ab, ba)
	})
}

// What one side of a wire sends the other hears: sound, keys, reports and the end.
func TestSessionsOverWires(t *testing.T) {
	t.Parallel()
	for _, codec := range []string{"PCMU", "G722", "opus"} {
		t.Run(codec, func(t *testing.T) {
			t.Parallel()
			onWires(t, codec, func(t *testing.T, e *Engine, a, b *Session, ab, ba *hose) {
				ctx := t.Context()
				go func() {
					sine := media.Frame{PCM: tone.Sine(440, a.Rate(), time.Second, 0.3), Rate: a.Rate()}
					if a.Send(ctx, sine) != nil || a.Drain(ctx) != nil {
						return
					}
					a.SendDigits(ctx, "5")
				}()
				heard, key := 0, byte(0)
				for key == 0 {
					h, err := b.Receive(ctx)
					if err != nil {
						t.Fatal(err)
					}
					if key = h.Digit; key == 0 && tone.Goertzel(h.Frame.PCM, h.Frame.Rate, 440) > 0.2 {
						heard++
					}
				}
				if heard < 40 || key != '5' {
					t.Errorf("heard %d of 50 frames and the key %q", heard, key)
				}
				time.Sleep(12 * time.Second)
				synctest.Wait()
				var sr *rtcp.SenderReport
				for _, p := range ab.rtcp {
					if r, ok := p.(*rtcp.SenderReport); ok {
						sr = r
					}
				}
				if sr == nil || sr.SSRC != 7 || ab.rtp[0].SSRC != 7 {
					t.Errorf("reports %v and packets %d of a are not those of the SSRC that was told", sr, ab.rtp[0].SSRC)
				}
				if sr != nil && (len(sr.Reports) != 1 || sr.Reports[0].SSRC != ba.rtp[0].SSRC || sr.Reports[0].TotalLost != 0) {
					t.Errorf("a reports %+v", sr.Reports)
				}
				if a.Reception().Missing+b.Reception().Missing != 0 {
					t.Error("packets are missing")
				}
				a.Close()
				a.Close()
				if _, ok := ab.rtcp[len(ab.rtcp)-1].(*rtcp.Goodbye); !ok {
					t.Error("no BYE at the end")
				}
				if n := e.Sessions(); n != 1 {
					t.Errorf("%d sessions are open, one was left", n)
				}
			})
		})
	}
}

// A far end that has come back by another way sends as another source: it is heard within three
// packets, and our packets have the number that was told with the new way.
func TestWireSourceChanges(t *testing.T) {
	t.Parallel()
	onWires(t, "PCMU", func(t *testing.T, _ *Engine, a, b *Session, ab, _ *hose) {
		time.Sleep(time.Second)
		synctest.Wait()
		before := b.Reception().Packets
		p := Params{Codec: "PCMA", Type: 8, EventType: 97, Ptime: 20 * time.Millisecond, Send: true, Receive: true, SSRC: 8}
		a.Set(p)
		b.Set(p)
		time.Sleep(time.Second)
		synctest.Wait()
		if got := b.Reception().Packets; before < 40 || got < 45 {
			t.Errorf("%d packets before and %d after", before, got)
		}
		if last := ab.rtp[len(ab.rtp)-1]; last.SSRC != 8 || last.PayloadType != 8 {
			t.Errorf("packets leave as %d with type %d", last.SSRC, last.PayloadType)
		}
	})
}

// What cannot leave and what nobody takes is counted, and nothing waits.
func TestWireDrops(t *testing.T) {
	t.Parallel()
	onWires(t, "PCMU", func(t *testing.T, e *Engine, a, b *Session, ab, ba *hose) {
		synctest.Wait() // who would take them has begun, and sleeps until the next beat
		ab.err = errors.New("no way")
		junk := make([]byte, 40)
		for range 200 {
			a.Put(junk, time.Now())
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if n := testutil.ToFloat64(e.metrics.sendError); n < 40 {
			t.Errorf("%v packets are counted as not sent", n)
		}
		if n := testutil.ToFloat64(e.metrics.kernel); n != 72 && n != 73 { // the far end's first may wait already
			t.Errorf("%v packets are counted as dropped; 128 of 200 find room", n)
		}
		a.Close()
		a.Put(junk, time.Now())
	})
}
