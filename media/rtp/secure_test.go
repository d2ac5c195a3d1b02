package rtp

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/rtp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"decroche/media"
	"decroche/media/pacer"
	"decroche/media/tone"
)

// sniffed is a wire that gives what it takes to another session, and keeps a copy of all of it.
type sniffed struct {
	to   *Session
	mu   sync.Mutex
	list [][]byte
}

// seen is what it has taken so far.
func (w *sniffed) seen() [][]byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.list)
}

func (w *sniffed) Send(packet []byte) error {
	w.mu.Lock()
	w.list = append(w.list, bytes.Clone(packet))
	w.mu.Unlock()
	w.to.Put(packet, time.Now())
	return nil
}

// What is sealed on one side is heard on the other, with each suite; nobody between can read it, and what
// they send, or send again, is not heard.
func TestSecure(t *testing.T) {
	t.Parallel()
	for suite := range suites {
		t.Run(suite, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(context.Background())
				wheel := pacer.New(pacer.Config{Period: 20 * time.Millisecond, Slot: 10 * time.Millisecond, Workers: 1, CatchUp: 5})
				turning := make(chan struct{})
				go func() { defer close(turning); wheel.Run(ctx) }()
				e, err := NewEngine(DefaultConfig(), wheel, nil)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { e.Close(); cancel(); <-turning }()
				overSecure(t, e, suite)
			})
		})
	}
}

func overSecure(t *testing.T, e *Engine, suite string) {
	ab, ba := &sniffed{}, &sniffed{}
	a, b := e.OpenOver(ab, Options{}), e.OpenOver(ba, Options{})
	ab.to, ba.to = b, a
	key, salt, _ := SuiteLen(suite)
	one, two := bytes.Repeat([]byte{1}, key+salt), bytes.Repeat([]byte{2}, key+salt)
	p := Params{Codec: "PCMU", EventType: 97, Ptime: 20 * time.Millisecond, Send: true, Receive: true}
	pa, pb := p, p
	var err, err2 error
	pa.Secure, err = NewSecure(suite, one, two, nil)
	pb.Secure, err2 = NewSecure(suite, two, one, nil)
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	a.Set(pa)
	b.Set(pb)
	go func() {
		sine := media.Frame{PCM: tone.Sine(440, 8000, 20*time.Second, 0.3), Rate: 8000}
		if a.Send(t.Context(), sine) == nil {
			a.SendDigits(t.Context(), "5")
		}
	}()
	heard, key5 := 0, byte(0)
	for key5 == 0 {
		h, err := b.Receive(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !quiet(h.Frame.PCM) {
			heard++
		}
		key5 = h.Digit
	}
	if heard < 950 || key5 != '5' {
		t.Errorf("%d frames and the key %q were heard", heard, key5)
	}
	b.mu.Lock()
	if b.lastSR == 0 {
		t.Error("no report was understood")
	}
	packets := b.stats.received
	b.mu.Unlock()
	seen := ab.seen()
	silence := bytes.Repeat([]byte{0xff}, 160)
	for _, s := range seen {
		if bytes.Contains(s, silence[:20]) {
			t.Fatal("a packet is plain")
		}
	}
	// A forged one, one that was heard before, and one that was damaged.
	plain := rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: 9, SSRC: a.ssrc}, Payload: silence}
	forged, _ := plain.Marshal()
	damaged := bytes.Clone(seen[len(seen)-1])
	damaged[len(damaged)-1] ^= 1
	for _, bad := range [][]byte{forged, seen[len(seen)-2], damaged, {0x80}, {0x80, 200, 0, 0, 0, 0, 0, 0}} {
		before := testutil.ToFloat64(e.metrics.unsealed)
		b.Put(bad, time.Now())
		time.Sleep(25 * time.Millisecond)
		synctest.Wait()
		if got := testutil.ToFloat64(e.metrics.unsealed); got != before+1 {
			t.Errorf("%.20x… was not refused", bad)
		}
	}
	b.mu.Lock()
	if n := b.stats.received - packets; n > 20 { // a's silence goes on meanwhile
		t.Errorf("%d packets were taken", n)
	}
	b.mu.Unlock()
}

func TestNewSecure(t *testing.T) {
	t.Parallel()
	if _, err := NewSecure("NULL", nil, nil, nil); err == nil {
		t.Error("an unknown suite is taken")
	}
	if _, err := NewSecure("AES_CM_128_HMAC_SHA1_80", make([]byte, 30), make([]byte, 29), nil); err == nil {
		t.Error("a short key is taken")
	}
}

// What encryption costs for a packet, beside what a plain call pays for the question.
func BenchmarkSeal(b *testing.B) {
	for _, suite := range []string{"AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM"} {
		b.Run(suite, func(b *testing.B) {
			key, salt, _ := SuiteLen(suite)
			k := make([]byte, key+salt)
			s, err := NewSecure(suite, k, k, nil)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for i := range b.N {
				s.plain = s.plain[:headerLen+160]
				header{seq: uint16(i), ts: uint32(160 * i), ssrc: 7}.put(s.plain)
				if _, ok := s.unseal(s.sealRTP()); !ok {
					b.Fatal("not opened")
				}
			}
		})
	}
}
