package codec_test

import (
	"fmt"
	"strings"
	"testing"

	"decroche/media/codec"
	"decroche/media/codec/codectest"
)

// wants are what each codec promises. A codec that is not here fails TestEveryCodecIsTested.
var wants = map[string]codectest.Want{
	"PCMU": {SNR: 34, Bytes: 160},
	"PCMA": {SNR: 34, Bytes: 160},
	"G722": {SNR: 30, Bytes: 160, Delay: 30},
	"opus": {SNR: 5, Bytes: 200, Delay: 400, Copies: true}, // it codes what is heard, not the waveform
}

func open(t testing.TB, name string) codec.Codec {
	c, err := codec.New(name, codec.Options{FEC: true})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestConformance(t *testing.T) { // not parallel: the kit counts allocations
	for _, name := range codec.Names() {
		t.Run(name, func(t *testing.T) {
			want, ok := wants[name]
			if !ok {
				t.Fatalf("%s is in no test; add what it promises to wants", name)
			}
			codectest.Run(t, func() codec.Codec { return open(t, name) }, want)
		})
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"PCMA", "pcma", "Opus", "g722"} {
		info, err := codec.Lookup(name)
		if err != nil || !strings.EqualFold(info.Name, name) {
			t.Errorf("Lookup(%q) = %v, %v", name, info, err)
		}
	}
	_, err := codec.New("speex", codec.Options{})
	if want := `codec: "speex" is not known; use one of PCMU, PCMA, G722, opus`; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if _, err := codec.New("opus", codec.Options{Bitrate: 1}); err == nil {
		t.Error("an Opus of 1 bit/s was made")
	}
}

// The clocks that RFC 3551 §4.5.2 and RFC 7587 §4.1 ask for.
func TestClocks(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][3]int{"PCMA": {8000, 160, 160}, "G722": {8000, 160, 320}, "opus": {48000, 960, 320}} {
		info, _ := codec.Lookup(name)
		if got := [3]int{info.EventClock(), info.Ticks(), info.Samples()}; got != want {
			t.Errorf("%s: clock, ticks and samples %v, want %v", name, got, want)
		}
	}
}

// FuzzDecode: no bytes make a codec panic or write more than there is room for.
func FuzzDecode(f *testing.F) {
	for i, name := range codec.Names() {
		f.Add(uint8(i), open(f, name).Info().Silence(), []byte{0x48, 7, 0xC9})
	}
	f.Fuzz(func(t *testing.T, kind uint8, first, second []byte) {
		name := codec.Names()[int(kind)%len(codec.Names())]
		c := open(t, name)
		room := make([]int16, 6*c.Info().Samples())
		for _, p := range [][]byte{first, second, first} {
			n, ticks := c.Decode(room, p), c.Info().Length(p)
			if ticks == 0 && n != 0 {
				t.Fatalf("%s: % x lasts no time and gives %d samples", name, p, n)
			}
			if n != 0 && n*c.Info().Clock != ticks*c.Info().Rate && n < len(room)-1 {
				t.Fatalf("%s: % x lasts %d ticks and gives %d samples", name, p, ticks, n)
			}
			c.Conceal(room[:c.Info().Samples()])
			c.Recover(room[:c.Info().Samples()], p)
		}
	})
}

func Benchmark(b *testing.B) {
	for _, name := range codec.Names() {
		c := open(b, name)
		n := c.Info().Samples()
		pcm, room := make([]int16, n), make([]int16, 6*n)
		for i := range pcm {
			pcm[i] = int16((i*i*7919)%9000 - 4500)
		}
		packet := c.Encode(nil, pcm)
		for what, do := range map[string]func(){
			"encode":             func() { packet = c.Encode(packet[:0], pcm) },
			"decode":             func() { c.Decode(room, packet) },
			"conceal":            func() { c.Conceal(room[:n]) },
			"conceal one of two": func() { c.Conceal(room[:n]); c.Decode(room, packet) },
		} {
			b.Run(fmt.Sprintf("%s/%s", name, what), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					do()
				}
			})
		}
	}
}
