package dtmf

import (
	"testing"
	"time"
)

func TestOnce(t *testing.T) {
	t.Parallel()
	type press struct {
		key byte
		by  Way
		at  int // ms
	}
	var held []press // by one way, more than a counter holds
	for i := range 300 {
		held = append(held, press{'5', ByInfo, 100 * i})
	}
	for _, tt := range []struct {
		name string
		in   []press
		want string
	}{
		{"event, then tone", []press{{'5', ByEvent, 0}, {'5', ByTone, 60}}, "5"},
		{"tone, then event", []press{{'5', ByTone, 0}, {'5', ByEvent, 300}}, "5"},
		{"event, then INFO", []press{{'5', ByEvent, 0}, {'5', ByInfo, 30}}, "5"},
		{"all three ways", []press{{'5', ByInfo, 0}, {'5', ByEvent, 20}, {'5', ByTone, 80}}, "5"},
		{"twice, each both ways", []press{{'5', ByEvent, 0}, {'5', ByTone, 60}, {'5', ByEvent, 200}, {'5', ByTone, 260}}, "55"},
		{"twice, the second way late", []press{{'5', ByEvent, 0}, {'5', ByEvent, 150}, {'5', ByInfo, 200}, {'5', ByInfo, 350}}, "55"},
		{"a number, the second way late", []press{{'5', ByEvent, 0}, {'6', ByEvent, 150}, {'5', ByInfo, 200}, {'6', ByInfo, 350}}, "56"},
		{"the same key by events", []press{{'5', ByEvent, 0}, {'5', ByEvent, 100}}, "55"},
		{"tones alone", []press{{'5', ByTone, 0}, {'5', ByTone, 100}, {'6', ByTone, 200}}, "556"},
		{"two keys that overlap", []press{{'5', ByEvent, 0}, {'6', ByTone, 60}}, "56"},
		{"much later", []press{{'5', ByEvent, 0}, {'5', ByTone, 900}}, "55"},
		{"the last ones", []press{{'*', ByEvent, 0}, {'#', ByInfo, 10}, {'D', ByTone, 20}, {'d', ByInfo, 30}}, "*#D"},
		{"no key", []press{{'x', ByEvent, 0}, {'x', ByEvent, 0}}, "xx"},
	} {
		var o Once
		got := ""
		for _, p := range tt.in {
			if o.New(p.key, p.by, time.Duration(p.at)*ms) {
				got += string(p.key)
			}
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	var o Once
	for i, p := range held {
		if !o.New(p.key, p.by, time.Duration(p.at)*ms) {
			t.Fatalf("press %d of one way is not new", i)
		}
	}
}
