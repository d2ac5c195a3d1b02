package skill

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestUserInfo(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"phone_number": "+33 6 12 34 56 78"}`:            "+33612345678",
		`{"sub": "1"}`:                                     "",
		`{"phone_number": "call me"}`:                      "",
		`{"phone_number": "+3361234567890123456"}`:         "",
		"{\"phone_number\": \"+33\u202f6 12-34.56 (78)\"}": "+33612345678",
	} {
		if got, err := parseUserInfo([]byte(in)); got != want || err != nil {
			t.Errorf("%s: %q %v", in, got, err)
		}
	}
	if _, err := parseUserInfo([]byte("<html>")); err == nil {
		t.Error("a page was taken")
	}
}

func FuzzUserInfo(f *testing.F) {
	f.Add([]byte(`{"phone_number": "+33612345678"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if n, err := parseUserInfo(data); err == nil && n != "" && (len(n) > 16 || strings.Trim(n, "+0123456789") != "") {
			t.Errorf("%q", n)
		}
	})
}

// FuzzAttributes: where a session stands survives its attributes, and nothing in them does harm.
func FuzzAttributes(f *testing.F) {
	f.Add([]byte(`{"c":"conv","t":"token","n":"12","o":"1"}`))
	f.Add([]byte(`{"n":"-1"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var m map[string]string
		if json.Unmarshal(data, &m) != nil {
			return
		}
		if a := readAt(m); readAt(a.attributes()) != a {
			t.Errorf("%+v became %+v", a, readAt(a.attributes()))
		}
	})
}
