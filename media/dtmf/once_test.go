package dtmf

import (
	"testing"
	"time"
)

func TestOnce(t *testing.T) {
	t.Parallel()
	type press struct {
		key  byte
		tone bool
		at   int
	}
	for _, tt := range []struct {
		name string
		in   []press
		want string
	}{
		{"event, then tone", []press{{'5', false, 0}, {'5', true, 60}}, "5"},
		{"tone, then event", []press{{'5', true, 0}, {'5', false, 300}}, "5"},
		{"twice, each both ways", []press{{'5', false, 0}, {'5', true, 60}, {'5', false, 200}, {'5', true, 260}}, "55"},
		{"the same key by events", []press{{'5', false, 0}, {'5', false, 100}}, "55"},
		{"tones alone", []press{{'5', true, 0}, {'5', true, 100}, {'6', true, 200}}, "556"},
		{"two keys that overlap", []press{{'5', false, 0}, {'6', true, 60}}, "56"},
		{"much later", []press{{'5', false, 0}, {'5', true, 900}}, "55"},
	} {
		var o Once
		got := ""
		for _, p := range tt.in {
			if o.New(p.key, p.tone, time.Duration(p.at)*ms) {
				got += string(p.key)
			}
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
