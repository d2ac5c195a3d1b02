package console

import (
	"encoding/json"
	"strings"
	"testing"
)

// One value, nothing behind it, no key that is not known, and only text.
func TestStrictly(t *testing.T) {
	t.Parallel()
	for body, ok := range map[string]bool{
		`{"text":"a"}`:           true,
		" {\"text\":\"a\"}\r\n ": true,
		`{}`:                     true,
		`null`:                   true,
		`{"text":"a\\u0000"}`:    true, // a backslash and four zeros are words
		`{"text":"a\u0000"}`:     false,
		`{"text":"a\\\u0000"}`:   false,
		"{\"text\":\"a\x00\"}":   false,
		"{\"text\":\"\xff\"}":    false,
		`{"text":"a"}{}`:         false,
		`{"text":"a"}]`:          false,
		`{"text":"a"}}`:          false,
		`{"text":"a"} x`:         false,
		`{"text":"a","admin":1}`: false,
		`{"text":1}`:             false,
		`[]`:                     false,
		``:                       false,
		strings.Repeat("[", 1e5): false,
	} {
		var out struct {
			Text string `json:"text"`
		}
		if err := strictly([]byte(body), &out); (err == nil) != ok {
			t.Errorf("%.60q: %v, want %v", body, err, ok)
		}
	}
}

// What is taken is what the decoder takes whole, and holds no NUL.
func FuzzStrictly(f *testing.F) {
	for _, s := range []string{`{"a":"b"}`, `{"a":"\u0000"}`, `{"a":"\\u0000"}`, `{}]`, `"\ud800"`, "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		var out any
		if strictly([]byte(body), &out) != nil {
			return
		}
		if !json.Valid([]byte(body)) {
			t.Fatalf("%q is taken", body)
		}
		if again, err := json.Marshal(out); err != nil || nul(again) {
			t.Fatalf("%q became %q, %v", body, again, err)
		}
	})
}
