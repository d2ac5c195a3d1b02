package route

import (
	"fmt"
	"slices"
	"testing"

	"decroche/internal/breaker"
)

func TestComplaints(t *testing.T) {
	t.Parallel()
	there := []string{"vosk", "embedded"}
	for _, c := range []struct{ names, want []string }{
		{[]string{"vosk", "embedded"}, nil},
		{nil, []string{"nobody is named; list engines, of vosk, embedded, or take the route out"}},
		{[]string{"vosk", "whisper", "vosk"}, []string{`there is no engine "whisper"; there is vosk, embedded`, `"vosk" is named twice; each engine is asked once`}},
	} {
		if got := Complaints(c.names, "engine", there); !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.names, got, c.want)
		}
	}
}

func TestTableServesHealths(t *testing.T) {
	t.Parallel()
	if got := (Table{"digits": {"b"}, "any": {"a", "b"}}).String(); got != "any: a > b; digits: b" {
		t.Error(got)
	}
	if !Serves([]string{"fr"}, "fr-CA") || !Serves([]string{"en-GB"}, "en") || Serves([]string{"fr"}, "en") || !Serves(nil, "de") || !Serves([]string{"fr"}, "") {
		t.Error("who serves what")
	}
	if got := fmt.Sprint(Healths(map[string]breaker.State{"b": breaker.Open, "a": breaker.Closed}, func(s breaker.State) breaker.State { return s })); got != "[{a closed} {b open}]" {
		t.Error(got)
	}
}
