package store

import "testing"

func TestCaller(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"sip:+33612345678@trunk.example":            "+33612345678",
		"sip:+33612345678@trunk.example;user=phone": "+33612345678",
		"sip:+33612345678;npdi@trunk.example":       "+33612345678",
		"tel:+33-6-12-34-56-78":                     "+33612345678",
		"+33 6 12 34 56 78":                         "+33612345678",
		"0033612345678":                             "+33612345678",
		"06 12 34 56 78":                            "0612345678",
		"sip:0612345678@10.0.0.1":                   "0612345678",
		"sip:201@pbx":                               "201",
		"SIPS:Alice@Example.com":                    "alice@example.com",
		"rtc:agent-7":                               "agent-7",
		"sip:anonymous@anonymous.invalid":           "",
		"sip:anonymous@10.0.0.1":                    "",
		"sip:10.0.0.1":                              "",
		"":                                          "",
		" ":                                         "",
		"sip:@":                                     "",
		"+":                                         "+",
		"sip:%2B33612345678@trunk.example":          "+33612345678",
		"sip:%2b33612345678@trunk.example":          "+33612345678",
		"+33 (0)6 12 34 56 78":                      "+33612345678",
		"0033 (0) 6 12 34 56 78":                    "+33612345678",
		"sip:100%@pbx":                              "100%@pbx",
		"sip:+33(6)12.34/56\u202f78@trunk.example": "+33612345678",
	} {
		if got := Caller(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func TestSameCaller(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"+33612345678", "+33612345678", true},
		{"+33612345678", "0612345678", true},
		{"+33612345678", "612345678", true},
		{"+33612345678", "+33612345679", false},
		{"+33612345678", "0612345679", false},
		{"+33612345678", "+49612345678", false},
		{"0612345678", "612345678", false},
		{"+33612345678", "5678", false},
		{"+33612345678", "2345678", false}, // two digits of the number are missing, not of the country
		{"201", "201", true},
		{"201", "0201", false},
		{"", "", false},
		{"alice@example.com", "alice@example.com", true},
		{"alice@example.com", "bob@example.com", false},
	} {
		for _, p := range [][2]string{{tt.a, tt.b}, {tt.b, tt.a}} {
			if got := SameCaller(p[0], p[1]); got != tt.same {
				t.Errorf("%q and %q are one: %v", p[0], p[1], got)
			}
			if tt.same && CallerKey(p[0]) != CallerKey(p[1]) {
				t.Errorf("%q and %q have different keys", p[0], p[1])
			}
		}
	}
}
