package call

import (
	"bytes"
	"context"
	"io"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	pion "github.com/pion/rtp"

	"decroche/asr/asrtest"
	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/leg/legtest"
	"decroche/internal/peer"
	"decroche/media"
	"decroche/media/codec/g711"
	"decroche/media/dtmf"
	"decroche/media/pacer"
	"decroche/media/rtp"
)

// wire is a call whose sound goes through RTP, jitter buffer and pacer on a network in memory, and
// a far end that sends a packet each 20 ms and notes each packet it gets. Time is virtual, so that
// everything here is exact.
type wire struct {
	*rig
	far     *peer.Conn
	session *rtp.Session
	to      netip.AddrPort
	began   time.Time

	mu     sync.Mutex
	got    []arrival
	speaks []span        // when the caller speaks
	keys   []pion.Packet // go out in place of sound
	keyAt  uint32
}

// arrival is one packet from the bot.
type arrival struct {
	at      time.Duration // since the call was answered
	payload []byte        // A-law
}

type span struct{ from, until time.Duration }

// silent reports whether a packet is the pacer's filler.
func (a arrival) silent() bool {
	return bytes.Count(a.payload, []byte{g711.SilenceA}) == len(a.payload)
}

// onWire runs f with a call over RTP in virtual time.
func onWire(t *testing.T, answers map[string]flows.Output, f func(t *testing.T, w *wire), turns ...asrtest.Turn) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		network, ctx := &peer.Net{}, context.Background()
		ctx, cancel := context.WithCancel(ctx)
		wheel := pacer.New(pacer.Config{Period: 20 * time.Millisecond, Slot: 20 * time.Millisecond, Workers: 1, CatchUp: 5})
		turning := make(chan struct{})
		go func() { defer close(turning); wheel.Run(ctx) }()
		cfg := rtp.DefaultConfig()
		cfg.BindIP = "10.0.0.1"
		engine, err := rtp.NewEngine(cfg, wheel, nil)
		if err != nil {
			t.Fatal(err)
		}
		engine.ListenWith(func(ip string, port int) (rtp.Conn, error) {
			return network.Listen(netip.AddrPortFrom(netip.MustParseAddr(ip), uint16(port)))
		})
		session, err := engine.Open(rtp.Options{})
		if err != nil {
			t.Fatal(err)
		}
		far, err := network.Listen(netip.MustParseAddrPort("10.0.0.2:4000"))
		if err != nil {
			t.Fatal(err)
		}
		w := &wire{rig: newRig(t, answers, turns...), far: far, session: session, began: time.Now(),
			to: netip.AddrPortFrom(netip.MustParseAddr("10.0.0.1"), uint16(session.Port()))}
		session.Set(rtp.Params{Remote: netip.MustParseAddrPort("10.0.0.2:4000"), Codec: "PCMA", Type: 8, EventType: 96,
			Ptime: 20 * time.Millisecond, Send: true, Receive: true})
		w.s.Leg = &wireLeg{session: session, gone: make(chan struct{})}
		var pumps sync.WaitGroup
		pumps.Go(w.hear)
		pumps.Go(func() { w.speak(ctx) })
		defer func() { // also when f gave up
			engine.Close()
			cancel()
			far.Close()
			pumps.Wait()
			<-turning
		}()
		f(t, w)
	})
}

// hear notes what the bot sends.
func (w *wire) hear() {
	buf := make([]byte, 2000)
	for {
		n, _, err := w.far.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		var p pion.Packet
		if p.Unmarshal(append([]byte(nil), buf[:n]...)) != nil || p.PayloadType != 8 {
			continue
		}
		w.mu.Lock()
		w.got = append(w.got, arrival{time.Since(w.began), p.Payload})
		w.mu.Unlock()
	}
}

// speak sends a packet each 20 ms until ctx ends.
func (w *wire) speak(ctx context.Context) {
	pcm, payload := make([]int16, 160), make([]byte, 160)
	for i := 0; ; i++ {
		at := time.Duration(i) * media.FrameTime
		select {
		case <-time.After(time.Until(w.began.Add(at + media.FrameTime))): // a frame leaves when it is over
		case <-ctx.Done():
			return
		}
		clear(pcm)
		w.mu.Lock()
		for _, s := range w.speaks {
			if at >= s.from && at < s.until {
				legtest.Buzz(pcm, at-s.from)
			}
		}
		p := pion.Packet{Header: pion.Header{Version: 2, PayloadType: 8, SequenceNumber: uint16(i), Timestamp: uint32(160 * i), SSRC: 7}}
		if len(w.keys) > 0 {
			k := w.keys[0]
			w.keys = w.keys[1:]
			if p.PayloadType, p.Marker, p.Payload = 96, k.Marker, k.Payload; k.Marker {
				w.keyAt = p.Timestamp
			}
			p.Timestamp = w.keyAt // RFC 4733 §2.2.1: of the event's beginning
		} else {
			g711.EncodeA(payload, pcm)
			p.Payload = payload
		}
		w.mu.Unlock()
		if b, err := p.Marshal(); err == nil {
			w.far.WriteToUDPAddrPort(b, w.to)
		}
	}
}

// talk lets the caller speak for d from at on, which must lie ahead.
func (w *wire) talk(at, d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.speaks = append(w.speaks, span{at, at + d})
}

// press presses a key now (RFC 4733).
func (w *wire) press(t *testing.T, key byte) {
	packets, err := (&dtmf.Sender{}).Packets(key, 100*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range packets {
		w.keys = append(w.keys, pion.Packet{Header: pion.Header{Marker: p.Marker}, Payload: p.Payload})
	}
}

// sound is every frame of the bot's that was not filler, in order.
func (w *wire) sound() (list []arrival) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.got {
		if !a.silent() {
			list = append(list, a)
		}
	}
	return list
}

// pcm is all that the bot said.
func (w *wire) pcm() []int16 {
	var out []int16
	for _, a := range w.sound() {
		frame := make([]int16, len(a.payload))
		g711.DecodeA(frame, a.payload)
		out = append(out, frame...)
	}
	return out
}

// wireLeg is a leg.Leg straight on a media session: what package sip adds is signalling.
type wireLeg struct {
	session *rtp.Session
	once    sync.Once
	gone    chan struct{} // closed by Hangup
	at      time.Time     // of Hangup
}

func (l *wireLeg) Info() leg.Info {
	return leg.Info{ID: "wire", From: "sip:+33600000001@test.invalid", Rate: media.PhoneRate, Codec: "PCMA"}
}
func (l *wireLeg) Answer(context.Context) error               { return nil }
func (l *wireLeg) Receive(context.Context) (leg.Heard, error) { return leg.Heard{}, io.EOF }
func (l *wireLeg) Feed(to leg.Sink) {
	l.session.Feed(func(h rtp.Heard) { to.Hear(leg.Heard{Frame: h.Frame, Digit: h.Digit}) }, to.Gone)
}
func (l *wireLeg) Send(ctx context.Context, f media.Frame) error { return l.session.Send(ctx, f) }
func (l *wireLeg) Drain(ctx context.Context) error               { return l.session.Drain(ctx) }
func (l *wireLeg) Flush() time.Duration                          { return l.session.Flush() }
func (l *wireLeg) Pause()                                        { l.session.Pause() }
func (l *wireLeg) Resume()                                       { l.session.Resume() }
func (l *wireLeg) Hangup(context.Context, leg.Cause) error {
	l.once.Do(func() { l.at = time.Now(); close(l.gone); l.session.Close() })
	return nil
}

// ended waits for the call's end.
func (w *wire) ended() {
	w.t.Helper()
	if err := <-w.done; err != nil {
		w.t.Errorf("run: %v", err)
	}
	w.stop()
	if w.t.Failed() {
		w.t.Logf("told: %s\n%v", w.mind.kinds(), w.notes)
	}
}

// even are eighteen words of three letters, as long as the fake voice takes for each; A-law tells no
// more apart.
const even = "lac mer sol bar cor dur fil gel jus roi pot rue sac tir vin bol cap dos"

// The record keeps what left towards the caller and nothing else, to 40 ms, wherever the caller
// interrupts; and it stops soon.
func TestWireKeepsOnlyWhatWasHeard(t *testing.T) {
	for at := 310 * time.Millisecond; at < 1600*time.Millisecond; at += 170 * time.Millisecond {
		t.Run(at.String(), func(t *testing.T) {
			onWire(t, map[string]flows.Output{"start": listen(even), "said stop je veux parler": end("très bien", "resolved")}, func(t *testing.T, w *wire) {
				at = at / media.FrameTime * media.FrameTime
				w.talk(at, time.Second)
				w.start()
				w.ended()
				first, last := time.Duration(0), time.Duration(0)
				var heard time.Duration
				for _, a := range w.sound() {
					if a.at < at+900*time.Millisecond {
						heard, last = heard+media.FrameTime, a.at
					}
					if first == 0 && a.at >= at {
						first = a.at
					}
				}
				p := all[event.Prompted](w.notes)[0]
				if d := time.Duration(p.ForMS)*time.Millisecond - heard; d < -40*time.Millisecond || d > 40*time.Millisecond {
					t.Errorf("the record says that %d ms were heard, %v left", p.ForMS, heard)
				}
				if in := w.mind.told[1]; in.Heard != p.Heard || !in.Cut || !p.Cut {
					t.Errorf("the mind was told %q (cut %v), recorded %+v", in.Heard, in.Cut, p)
				}
				if want := w.voice.Words(w.pcm()[:int(heard.Seconds()*media.PhoneRate)]); absDiff(len(want), len(p.Heard)) > 4 { // one word
					t.Errorf("recorded as heard: %q; left: %q", p.Heard, want)
				}
				if d := stopped(w.sound(), at) - at; d > 150*time.Millisecond {
					t.Errorf("the prompt stood still %v after the caller had begun; last packet %v", d, last)
				}
			}, partly("stop je veux parler", 500*time.Millisecond))
		})
	}
}

// stopped is when the last packet after at left before the bot fell silent for 100 ms or more.
func stopped(sound []arrival, at time.Duration) time.Duration {
	last := at
	for _, a := range sound {
		if a.at <= at {
			continue
		}
		if a.at-last > 100*time.Millisecond {
			break
		}
		last = a.at
	}
	return last
}

// A listening sound costs the prompt at most 300 ms, and not one frame is lost or said twice.
func TestWireGoesOnWhereItStood(t *testing.T) {
	for name, c := range map[string]struct {
		words string
		lasts time.Duration
	}{"oui": {"oui", 240 * time.Millisecond}, "d'accord": {"d'accord", 500 * time.Millisecond}, "mm": {"", 600 * time.Millisecond}, "click": {"", 40 * time.Millisecond}} {
		t.Run(name, func(t *testing.T) {
			turn := asrtest.Turn{Text: c.words, Delay: 200 * time.Millisecond}
			if c.words != "" {
				turn.Partials = []asrtest.Partial{{After: c.lasts + 500*time.Millisecond, Text: c.words}}
			}
			onWire(t, map[string]flows.Output{"start": listen(even), "silence": end("au revoir", "abandoned")}, func(t *testing.T, w *wire) {
				w.talk(800*time.Millisecond, c.lasts)
				w.start()
				w.ended()
				sound := w.sound()
				if got := w.voice.Words(w.pcm()); got != even+" au revoir" {
					t.Errorf("left: %q", got)
				}
				if want := (18 + 2) * 5; len(sound) != want { // frames of 20 ms
					t.Errorf("%d frames left, want %d", len(sound), want)
				}
				for i := 1; i < 18*5; i++ {
					if d := sound[i].at - sound[i-1].at - media.FrameTime; d > 300*time.Millisecond {
						t.Errorf("it stood still for %v", d)
					}
				}
			}, turn)
		})
	}
}

// A protected prompt is not even held.
func TestWireProtectedPromptFinishes(t *testing.T) {
	o := listen(even)
	o.Say[0].Barge = false
	onWire(t, map[string]flows.Output{"start": o, "silence": end("au revoir", "abandoned")}, func(t *testing.T, w *wire) {
		w.talk(300*time.Millisecond, 500*time.Millisecond)
		w.start()
		w.ended()
		sound := w.sound()
		for i := 1; i < 18*5; i++ {
			if d := sound[i].at - sound[i-1].at; d != media.FrameTime {
				t.Fatalf("packet %d came %v after the one before", i, d)
			}
		}
		if got := w.voice.Words(w.pcm()); got != even+" au revoir" {
			t.Errorf("left: %q", got)
		}
	}, partly("stop stop", 300*time.Millisecond))
}

// A key stops the prompt within a packet or two of its first.
func TestWireKeyInterruptsAtOnce(t *testing.T) {
	o := listen(even)
	o.Expect.Entity = "list"
	onWire(t, map[string]flows.Output{"start": o, "digits 2": end("très bien", "resolved")}, func(t *testing.T, w *wire) {
		w.mind.takes = 300 * time.Millisecond // a gap between the prompts
		w.start()
		time.Sleep(time.Second)
		w.press(t, '2')
		w.ended()
		last := stopped(w.sound(), time.Second)
		if d := last - time.Second; d > 60*time.Millisecond {
			t.Errorf("the prompt went on for %v", d)
		}
		if got := w.mind.kinds(); got != "start|digits 2" {
			t.Errorf("told %s", got)
		}
	})
}

// The goodbye leaves to its last frame before the line is put down.
func TestWireLastWordsAreNotClipped(t *testing.T) {
	const bye = "merci de votre appel et très bonne journée"
	onWire(t, map[string]flows.Output{"start": end(bye, "resolved")}, func(t *testing.T, w *wire) {
		w.s.Config.Goodbye = 0
		w.start()
		w.ended()
		if got := w.voice.Words(w.pcm()); got != bye {
			t.Errorf("left: %q", got)
		}
		sound := w.sound()
		if want := 8 * 5; len(sound) != want {
			t.Errorf("%d frames left, want %d", len(sound), want)
		}
		if hung := w.s.Leg.(*wireLeg).at.Sub(w.began); hung < sound[len(sound)-1].at {
			t.Errorf("hung up at %v, the last frame left at %v", hung, sound[len(sound)-1].at)
		}
	})
}

// The recogniser hears the caller's first frame, also when they speak over a prompt.
func TestWireFirstWordsAreNotLost(t *testing.T) {
	for name, at := range map[string]time.Duration{"over a prompt": 700 * time.Millisecond, "after it": 2800 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			onWire(t, map[string]flows.Output{"start": listen(even), "said stop": end("très bien", "resolved")}, func(t *testing.T, w *wire) {
				ears := &firstSound{Script: w.ears}
				w.s.Ears = ears
				w.talk(at, 900*time.Millisecond)
				w.start()
				w.ended()
				if ears.before < 60*time.Millisecond {
					t.Errorf("the recogniser was given %v of silence before the first word", ears.before)
				}
				if got := all[event.Said](w.notes); len(got) != 1 || got[0].Text != "stop" {
					t.Errorf("said %+v", got)
				}
			}, words("stop"))
		})
	}
}

// A caller who hangs up in the middle of a prompt heard what had left by then.
func TestWireHangUpKeepsWhatWasHeard(t *testing.T) {
	onWire(t, map[string]flows.Output{"start": listen(even), "hangup": {Next: flows.End, Outcome: "abandoned"}}, func(t *testing.T, w *wire) {
		w.start()
		time.Sleep(930 * time.Millisecond)
		w.session.Close()
		w.ended()
		ps := all[event.Prompted](w.notes)
		if len(ps) != 1 || !ps[0].Cut {
			t.Fatalf("recorded %+v", ps)
		}
		heard := time.Duration(len(w.sound())) * media.FrameTime
		if d := time.Duration(ps[0].ForMS)*time.Millisecond - heard; d < -40*time.Millisecond || d > 40*time.Millisecond {
			t.Errorf("the record says that %d ms were heard, %v left", ps[0].ForMS, heard)
		}
	})
}
