package dtmf

import (
	"strings"
	"testing"
	"time"
)

type arrival struct {
	ts      uint32
	payload string
}

func TestReceiver(t *testing.T) {
	const (
		five    = "\x05\x0a\x00\xa0"
		five2   = "\x05\x0a\x01\x40"
		fiveEnd = "\x05\x8a\x01\x40"
		hash    = "\x0b\x0a\x00\xa0"
	)
	for _, tt := range []struct {
		name string
		in   []arrival
		want string
	}{
		{"one key, every packet", []arrival{{1000, five}, {1000, five2}, {1000, fiveEnd}, {1000, fiveEnd}, {1000, fiveEnd}}, "5"},
		{"first packet lost", []arrival{{1000, five2}, {1000, fiveEnd}}, "5"},
		{"only an end packet survives", []arrival{{1000, fiveEnd}}, "5"},
		{"end packets lost", []arrival{{1000, five}, {5000, five}}, "55"},
		{"same key twice", []arrival{{1000, five}, {1000, fiveEnd}, {3000, five}, {3000, fiveEnd}}, "55"},
		{"end packet overtaken by the next key", []arrival{{1000, five}, {3000, hash}, {1000, fiveEnd}, {3000, hash}}, "5#"},
		{"timestamp wraps", []arrival{{0xFFFFFFF0, five}, {0xFFFFFFF0, fiveEnd}, {800, five}, {800, fiveEnd}}, "55"},
		{"timestamp zero", []arrival{{0, five}, {0, five2}, {0, fiveEnd}}, "5"},
		{"held for more than 8 s: segments", []arrival{{7, five}, {7 + 0xFFFF, five}, {7 + 2*0xFFFF, fiveEnd}}, "5"},
		{"another key at a segment's distance", []arrival{{7, five}, {7 + 0xFFFF, hash}}, "5#"},
		{"ended, then a segment's distance", []arrival{{7, five}, {7, fiveEnd}, {7 + 0xFFFF, five}}, "55"},
		{"all sixteen", all(), "0123456789*#ABCD"},
		{"truncated", []arrival{{1, ""}, {2, "\x05"}, {3, "\x05\x0a\x00"}}, ""},
		{"no digit: flash hook, fax", []arrival{{1, "\x10\x0a\x00\xa0"}, {2, "\x24\x0a\x00\xa0"}, {3, "\xff\x0a\x00\xa0"}}, ""},
		{"bytes behind the event", []arrival{{1, five + "\x00\x00"}}, "5"},
		{"reserved bit set, zero duration", []arrival{{1, "\x05\x4a\x00\x00"}}, "5"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var r Receiver
			var got strings.Builder
			for _, a := range tt.in {
				if d, ok := r.Push(a.ts, []byte(a.payload)); ok {
					got.WriteByte(d)
				}
			}
			if got.String() != tt.want {
				t.Errorf("heard %q, want %q", got.String(), tt.want)
			}
		})
	}
}

func all() (in []arrival) {
	for i := range 16 {
		for range 4 {
			in = append(in, arrival{uint32(i * 2000), string([]byte{byte(i), 10, 0, 160})})
		}
	}
	return in
}

// After many events the ring of timestamps still knows the last few, and only these.
func TestReceiverManyEvents(t *testing.T) {
	var r Receiver
	payload := []byte{1, 10, 0, 160}
	for i := range uint32(1000) {
		ts := i * 1600
		if _, ok := r.Push(ts, payload); !ok {
			t.Fatalf("event %d not heard", i)
		}
		for back := range min(i+1, remembered) {
			if _, ok := r.Push(ts-back*1600, payload); ok {
				t.Fatalf("event %d heard again after event %d", i-back, i)
			}
		}
	}
}

func TestReset(t *testing.T) {
	var r Receiver
	r.Push(160, []byte{1, 10, 0, 160})
	r.Reset()
	if d, ok := r.Push(160, []byte{1, 10, 0, 160}); !ok || d != '1' {
		t.Error("a new stream with the same timestamp was taken for the old one")
	}
}

func TestSender(t *testing.T) {
	packets, err := Sender{}.Packets('#', 90*time.Millisecond) // five periods of 20 ms
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"\x0b\x0a\x00\xa0", "\x0b\x0a\x01\x40", "\x0b\x0a\x01\xe0", "\x0b\x0a\x02\x80", "\x0b\x8a\x03\x20", "\x0b\x8a\x03\x20", "\x0b\x8a\x03\x20"}
	if len(packets) != len(want) {
		t.Fatalf("%d packets, want %d", len(packets), len(want))
	}
	for i, p := range packets {
		if string(p.Payload) != want[i] || p.Marker != (i == 0) || p.End != (i >= 4) || p.TSOffset != 0 {
			t.Errorf("packet %d: %+v, want payload %x", i, p, want[i])
		}
	}
	packets[4].Payload[0] = 0
	if packets[5].Payload[0] == 0 {
		t.Error("packets share their memory")
	}
}

func TestSenderRefuses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		sender Sender
		digit  byte
		dur    time.Duration
	}{
		{"no key", Sender{}, 'x', 100 * time.Millisecond},
		{"too short", Sender{}, '1', 10 * time.Millisecond},
		{"too long", Sender{}, '1', time.Minute},
		{"does not fit 16 bits", Sender{Rate: 48000}, '1', 5 * time.Second},
		{"negative rate", Sender{Rate: -8000}, '1', 100 * time.Millisecond},
		{"negative period", Sender{Period: -time.Millisecond}, '1', 100 * time.Millisecond},
		{"volume", Sender{Volume: 64}, '1', 100 * time.Millisecond},
	} {
		if got, err := tt.sender.Packets(tt.digit, tt.dur); err == nil {
			t.Errorf("%s: made %d packets", tt.name, len(got))
		}
	}
}

// What we send we hear, once per key, also when any two of its packets are lost, at the clock of
// telephones and at Opus's.
func TestRoundTrip(t *testing.T) {
	for i := range 2 * len(digits) {
		i, rate := i%len(digits), 8000+40000*(i/len(digits))
		packets, err := Sender{Rate: rate}.Packets(digits[i], 100*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		for a := range packets {
			for b := range packets {
				var r Receiver
				heard := ""
				for n, p := range packets {
					if n == a || n == b {
						continue
					}
					if d, ok := r.Push(4242, p.Payload); ok {
						heard += string(d)
					}
				}
				if heard != string(digits[i]) {
					t.Fatalf("key %c without packets %d and %d: heard %q", digits[i], a, b, heard)
				}
			}
		}
	}
}

func FuzzPush(f *testing.F) {
	f.Add(uint32(0), []byte{5, 10, 0, 160})
	f.Add(uint32(0xFFFFFFFF), []byte{5, 0x8a, 0xff, 0xff, 1})
	f.Add(uint32(1), []byte{})
	f.Add(uint32(1), []byte{0x10, 0, 0})
	f.Fuzz(func(t *testing.T, ts uint32, payload []byte) {
		var r Receiver
		digit, ok := r.Push(ts, payload)
		if ok != (len(payload) >= 4 && payload[0] < 16) {
			t.Fatalf("ok = %v for %x", ok, payload)
		}
		if ok && strings.IndexByte(digits, digit) != int(payload[0]) {
			t.Fatalf("digit %q for %x", digit, payload)
		}
		if _, again := r.Push(ts, payload); again {
			t.Fatal("heard twice")
		}
	})
}
