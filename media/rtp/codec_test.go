package rtp

import (
	"context"
	"math"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtp"

	"decroche/media"
	"decroche/media/codec"
	"decroche/media/jitter"
	"decroche/media/tone"
)

// far is a telephone with any codec at the other end of a bench.
type far struct {
	b     *bench
	s     *Session
	pt    uint8
	codec codec.Codec
	sent  int // samples
	heard []int16
}

func newFar(b *bench, s *Session, p Params) *far {
	c, err := codec.New(p.Codec, codec.Options{FEC: true})
	if err != nil {
		b.t.Fatal(err)
	}
	c.Loss(10)
	return &far{b: b, s: s, pt: p.Type, codec: c}
}

// next codes 20 ms of a vowel with a pitch of 125 Hz whose fourth harmonic stands out, in syllables:
// Opus makes copies of what it takes for speech.
func (f *far) next() []byte {
	info := f.codec.Info()
	pcm := make([]int16, info.Samples())
	for i := range pcm {
		at := 2 * math.Pi * float64(f.sent+i) / float64(info.Rate)
		v := 8000 * math.Sin(500*at)
		for h := 1.0; h < 16; h++ {
			v += 1500 / h * math.Sin(125*h*at)
		}
		pcm[i] = int16(v * (0.7 + 0.3*math.Sin(4*at)))
	}
	f.sent += len(pcm)
	return f.codec.Encode(nil, pcm)
}

// pass lets a packet's time go by, in which payload is sent, or lost when it is nil.
func (f *far) pass(payload []byte) {
	if payload == nil {
		f.b.seq++
	} else {
		ts := f.b.ts
		f.b.send(f.b.far, f.s, f.pt, 77, payload)
		f.b.ts = ts
	}
	f.b.ts += uint32(f.codec.Info().Ticks())
	time.Sleep(20 * time.Millisecond)
}

// listen decodes what came.
func (f *far) listen() (packets []rtp.Packet) {
	room := make([]int16, 6*f.codec.Info().Samples())
	for _, p := range f.b.packets() {
		if p.PayloadType == f.pt {
			packets = append(packets, p)
			f.heard = append(f.heard, room[:f.codec.Decode(room, p.Payload)]...)
		}
	}
	return packets
}

// hearing takes everything that the session hears, in the background.
type listener struct {
	frames []media.Frame
	digits string
	done   chan struct{}
}

func listenTo(s *Session) *listener {
	l := &listener{done: make(chan struct{})}
	go func() {
		defer close(l.done)
		for {
			h, err := s.Receive(context.Background())
			if err != nil {
				return
			}
			if h.Digit != 0 {
				l.digits += string(h.Digit)
				continue
			}
			f := h.Frame
			f.PCM = append([]int16(nil), f.PCM...)
			l.frames = append(l.frames, f)
		}
	}()
	return l
}

// hums counts the frames that hold the tone of far, and those that are marked as lost; it fails
// where a frame has another length or time than the one before leads to.
func (l *listener) hums(t *testing.T, rate int) (hums, lost int) {
	t.Helper()
	for i, f := range l.frames {
		if f.Rate != rate || len(f.PCM) != rate/50 {
			t.Fatalf("frame %d: %d samples at %d", i, len(f.PCM), f.Rate)
		}
		if i > 0 && f.At-l.frames[i-1].At != 20*time.Millisecond {
			t.Errorf("frame %d is at %v, the one before at %v", i, f.At, l.frames[i-1].At)
		}
		if tone.Goertzel(f.PCM, f.Rate, 500) > 0.1 {
			hums++
		}
		if f.Lost {
			lost++
		}
	}
	return hums, lost
}

func with(name string) Params {
	p := params()
	info := infoOf(name)
	p.Codec, p.Type, p.FEC = name, info.Type, true
	return p
}

// TestEveryCodec: sound goes both ways in each codec, at its clock and the leg's rate, and a lost
// packet is filled: from the copy in the next one, or by a guess that is marked.
func TestEveryCodec(t *testing.T) {
	t.Parallel()
	for _, name := range codec.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onBenchWith(t, false, func(t *testing.T, b *bench) {
				p := with(name)
				info := infoOf(name)
				s := b.open(p)
				if s.Rate() != info.Rate {
					t.Errorf("the leg has %d Hz, the codec %d", s.Rate(), info.Rate)
				}
				l, f := listenTo(s), newFar(b, s, p)
				go func() {
					for {
						if s.Send(context.Background(), media.Frame{PCM: tone.Sine(500, info.Rate, 20*time.Millisecond, 0.3), Rate: info.Rate}) != nil {
							return
						}
					}
				}()
				for i := range 100 {
					payload := f.next()
					if i == 50 || i == 80 {
						payload = nil
					}
					f.pass(payload)
				}
				packets := f.listen()
				s.Close()
				<-l.done
				hums, lost := l.hums(t, info.Rate)
				wantLost := 2
				if name == "opus" {
					wantLost = 0
				}
				if hums < 92 || lost != wantLost {
					t.Errorf("%d frames of 100 hum, %d are marked as lost; want all, and %d", hums, lost, wantLost)
				}
				for i := 2; i < len(packets); i++ {
					if d := packets[i].Timestamp - packets[i-1].Timestamp; d != uint32(info.Ticks()) {
						t.Fatalf("packet %d is %d ticks after the one before, want %d", i, d, info.Ticks())
					}
				}
				if n := len(f.heard); n < 90*info.Samples() || tone.Goertzel(f.heard[n/2:n/2+info.Rate/2], info.Rate, 500) < 0.2 {
					t.Errorf("the far end heard %d ms, and no tone", 1000*n/info.Rate)
				}
			})
		})
	}
}

// TestKeysAtTheCodecsClock: RFC 4733 §2.1.
func TestKeysAtTheCodecsClock(t *testing.T) {
	t.Parallel()
	for name, last := range map[string]uint16{"PCMA": 800, "G722": 800, "opus": 4800} {
		onBenchWith(t, false, func(t *testing.T, b *bench) {
			s := b.open(with(name))
			if err := s.SendDigits(context.Background(), "7"); err != nil {
				t.Fatal(err)
			}
			var got uint16
			for _, p := range b.packets() {
				if p.PayloadType == 96 {
					got = uint16(p.Payload[2])<<8 | uint16(p.Payload[3])
				}
			}
			if got != last {
				t.Errorf("%s: a key of 100 ms lasts %d ticks, want %d", name, got, last)
			}
		})
	}
}

// TestCodecChangesRate: a re-INVITE moves the call from A-law to Opus and back; the leg's frames
// stay as they were, and what was queued is heard.
func TestCodecChangesRate(t *testing.T) {
	t.Parallel()
	onBenchWith(t, false, func(t *testing.T, b *bench) {
		s := b.open(with("PCMA"))
		l := listenTo(s)
		sound := media.Frame{PCM: tone.Sine(500, 8000, 200*time.Millisecond, 0.3), Rate: 8000}
		for _, name := range []string{"PCMA", "opus", "G722", "PCMU", "PCMA"} {
			b.packets()
			s.Send(context.Background(), sound) // in the codec that was
			p := with(name)
			s.Set(p)
			f := newFar(b, s, p)
			b.ts += 1 << 20 // the far end's new codec has a new clock
			for range 40 {
				f.pass(f.next())
				if s.Send(context.Background(), media.Frame{PCM: sound.PCM[:160], Rate: 8000}) != nil {
					t.Fatal("closed")
				}
			}
			f.listen()
			rate := f.codec.Info().Rate
			if n := len(f.heard); n < rate/2 || tone.Goertzel(f.heard[rate/10:rate/10+rate/10], rate, 500) < 0.15 || tone.Goertzel(f.heard[n-rate/5:], rate, 500) < 0.2 {
				t.Errorf("%s: the far end heard %d ms", name, 1000*n/rate)
			}
		}
		s.Close()
		<-l.done
		if hums, _ := l.hums(t, 8000); hums < 150 {
			t.Errorf("%d frames of 200 hum", hums)
		}
	})
}

// TestPacketLengths: Opus packets of 10, 40 and 60 ms are heard as frames of 20 ms.
func TestPacketLengths(t *testing.T) {
	t.Parallel()
	for _, frames := range []int{2, 3} {
		onBenchWith(t, false, func(t *testing.T, b *bench) {
			p := with("opus")
			s := b.open(p)
			l, f := listenTo(s), newFar(b, s, p)
			for range 40 {
				// Code 3 of RFC 6716 §3.2.5: frames of any length in one packet.
				packet := []byte{0, byte(frames) | 0x80}
				var coded [][]byte
				for range frames {
					c := f.next()
					packet[0] = c[0] | 3
					coded = append(coded, c[1:])
				}
				for _, c := range coded[:frames-1] {
					packet = append(packet, byte(len(c)))
				}
				for _, c := range coded {
					packet = append(packet, c...)
				}
				b.ts += 960 * uint32(frames-1)
				f.pass(packet)
				time.Sleep(time.Duration(frames-1) * 20 * time.Millisecond)
			}
			s.Close()
			<-l.done
			if hums, lost := l.hums(t, 16000); hums < 40*frames-8 || lost > 3 {
				t.Errorf("packets of %d ms: %d frames of %d hum, %d lost", 20*frames, hums, 40*frames, lost)
			}
		})
	}
}

// TestComfortNoise: after a packet of comfort noise a pause sounds as it says; without one, as the
// line did. Nothing of it is marked as lost.
func TestComfortNoise(t *testing.T) {
	t.Parallel()
	for _, told := range []bool{true, false} {
		onBenchWith(t, false, func(t *testing.T, b *bench) {
			p := with("PCMA")
			s := b.open(p)
			l, f := listenTo(s), newFar(b, s, p)
			for range 25 {
				f.pass(f.next())
			}
			if told {
				b.send(b.far, s, 13, 77, []byte{50, 127})
			}
			time.Sleep(time.Second)
			s.Close()
			<-l.done
			var sum float64
			n, lost := 0, 0
			for _, f := range l.frames {
				if f.At < time.Second {
					continue // half a second of sound, then half of one to forget it
				}
				for _, v := range f.PCM {
					sum += float64(v) * float64(v)
					n++
				}
				if f.Lost {
					lost++
				}
			}
			level := 20 * math.Log10(math.Sqrt(sum/float64(n))/32768)
			if lost > 0 || told && math.Abs(level+50) > 2 || !told && (level > -50 || level < -100) {
				t.Errorf("told %v: a pause has %.0f dB, %d frames are marked", told, level, lost)
			}
		})
	}
}

// TestAnotherSource: what is left of one source does not sound on in the next one, in any codec.
func TestAnotherSource(t *testing.T) {
	t.Parallel()
	for _, name := range codec.Names() {
		onBenchWith(t, false, func(t *testing.T, b *bench) {
			p := with(name)
			s := b.open(p)
			l, f := listenTo(s), newFar(b, s, p)
			for range 25 {
				f.pass(f.next())
			}
			p.Remote = netip.MustParseAddrPort("10.0.0.2:4002") // a re-INVITE: somebody else
			s.Set(p)
			other := b.listen(p.Remote)
			for range 50 {
				ts := b.ts
				b.send(other, s, p.Type, 99, infoOf(name).Silence())
				b.ts = ts + uint32(infoOf(name).Ticks())
				time.Sleep(20 * time.Millisecond)
			}
			s.Close()
			other.Close()
			<-l.done
			if len(l.frames) < 70 {
				t.Fatalf("%s: %d frames", name, len(l.frames))
			}
			for i, f := range l.frames[40:] {
				if !quiet(f.PCM) {
					t.Errorf("%s: frame %d after the change still sounds", name, i+15)
				}
			}
		})
	}
}

// TestDTX: who asks for it is sent silence only now and then.
func TestDTX(t *testing.T) {
	t.Parallel()
	for _, dtx := range []bool{true, false} {
		onBenchWith(t, false, func(t *testing.T, b *bench) {
			p := with("opus")
			p.DTX = dtx
			s := b.open(p)
			time.Sleep(time.Second)
			b.packets()
			time.Sleep(2 * time.Second)
			n := len(b.packets())
			if dtx && (n < 4 || n > 6) || !dtx && n < 98 {
				t.Errorf("dtx %v: %d packets in 2 s of silence", dtx, n)
			}
			s.Send(context.Background(), media.Frame{PCM: tone.Sine(500, 16000, 200*time.Millisecond, 0.3), Rate: 16000})
			time.Sleep(300 * time.Millisecond)
			if n := len(b.packets()); n < 10 {
				t.Errorf("dtx %v: %d packets with 200 ms of sound", dtx, n)
			}
		})
	}
}

// BenchmarkHear is what a frame costs between the jitter buffer and the conductor, and coding one
// for the way back: no kernel.
func BenchmarkHear(b *testing.B) {
	for _, name := range codec.Names() {
		b.Run(name, func(b *testing.B) {
			s := &Session{heard: newHearing(), info: infoOf(name)}
			s.rate.Store(int32(s.info.Rate))
			pcm := tone.Sine(500, s.info.Rate, 20*time.Millisecond, 0.3)
			var out []byte
			for range 3 { // the decoder is made, and has heard something
				out = s.encoder.encode(out[:0], with(name), s.info.Rate, 0, pcm)
			}
			it := item{codec: name, state: jitter.Playing, lasts: media.FrameTime, data: out}
			b.ReportAllocs()
			b.Run("hear", func(b *testing.B) {
				for b.Loop() {
					s.heard.push(it)
					if _, ok, _ := s.Next(); !ok {
						b.Fatal("nothing was heard")
					}
				}
			})
			b.Run("say", func(b *testing.B) {
				for b.Loop() {
					out = s.encoder.encode(out[:0], with(name), s.info.Rate, 0, pcm)
				}
			})
		})
	}
}
