package main

import "testing"

func TestCallFrom(t *testing.T) {
	t.Parallel()
	for from, want := range map[string][2]string{
		"terminal":                 {"terminal", "terminal"},
		"0612345678":               {"0612345678", "0612345678"},
		"06 12 34 56 78":           {"06 12 34 56 78", "0612345678"},
		"+33612345678":             {"+33612345678", "+33612345678"},
		"Nadia <0612345678>":       {"Nadia", "0612345678"},
		`"Nadia Benali" <nadia.b>`: {"Nadia Benali", "nadia.b"},
		"<sip:nadia>":              {"", "nadia"},
		"Nadia Benali":             {"Nadia Benali", ""},
		"Zoé":                      {"Zoé", ""},
		"":                         {"", ""},
	} {
		name, user, err := parseFrom(from)
		if err != nil || name != want[0] || user != want[1] {
			t.Errorf("%q: %q, %q, %v; want %q", from, name, user, err, want)
		}
	}
	for _, from := range []string{"Nadia <06", "Nadia <>", "Nadia <a b>", "Nadia <a@b>", "nadia@example.org", "x\r\nEvil: 1", "a> <b", "Nadia <a>;tag=1"} {
		if name, user, err := parseFrom(from); err == nil {
			t.Errorf("%q: %q, %q; want an error", from, name, user)
		}
	}
}
