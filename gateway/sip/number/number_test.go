package number

import (
	"strings"
	"testing"
)

func TestCanon(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"+33612345678", "+33612345678"}, {"0033612345678", "+33612345678"}, {"06 12 34 56 78", "+33612345678"}, {"06.12.34.56.78", "+33612345678"},
		{"+33 (0)6 12 34 56 78", "+33612345678"}, {"0033 0 6 12 34 56 78", "+33612345678"}, {"00 33 8 99 12 34 56", "+33899123456"}, {"0899 12 34 56", "+33899123456"},
		{"00442071234567", "+442071234567"}, {"3949", "3949"}, {"201", "201"}, {"118 218", "118218"}, {"0", "0"}, {"", ""}, {"+", ""}, {"00", ""}, {"+0", ""}, {"000", ""},
		{"06a2345678", ""}, {"06;2345678", ""}, {"06%3123456", ""}, {"6+12345678", ""}, {"karim", ""}, {"+" + strings.Repeat("1", 25), ""}, {"٠٦١٢٣٤٥٦٧٨", ""},
	} {
		got, ok := Canon(c.text, "33")
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%q is %q, %v; want %q", c.text, got, ok, c.want)
		}
	}
	if got, ok := Canon("0612345678", ""); !ok || got != "0612345678" {
		t.Errorf("without a country: %q, %v", got, ok)
	}
}

func TestLike(t *testing.T) {
	t.Parallel()
	for user, want := range map[string]bool{"+33612345678": true, "0612345678": true, "06.12.34.56.78": true, "201": false, "+1": true, "karim": false, "agent-1234567": false, "": false, "+": true, "1234567": true, "a%30899": true, "%30899": true, "*72": true, "9;x=1": true, "9,0899": true, "éva": true} {
		if Like(user) != want {
			t.Errorf("%q is a number: %v", user, !want)
		}
	}
}

func TestPrefixes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"+33": "+33", "0033": "+33", "0": "+33", "08": "+338", "118": "118", "+": "+", "": "", "+0": "", "a": "", "+33a": "", "00": "+"} {
		if got, ok := Prefix(text, "33"); ok != (want != "") || ok && got != want {
			t.Errorf("%q is %q, %v; want %q", text, got, ok, want)
		}
	}
	if p, ok := Longest("+33899123456", []string{"+", "+33", "+3389", "+44"}); p != "+3389" || !ok {
		t.Errorf("longest is %q", p)
	}
	if _, ok := Longest("3949", []string{"+", "+33"}); ok {
		t.Error("a short number has a country")
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"+33612345678": "+336******78", "3949": "****", "": "", "118218": "11**18", "karim@pbx": "kari***bx"} {
		if got := Mask(text); got != want {
			t.Errorf("%q is %q", text, got)
		}
	}
}

// Two ways to write a number have one form, and that form is its own.
func FuzzCanon(f *testing.F) {
	f.Add("+33 (0)8 99 12")
	f.Add("0033899")
	f.Fuzz(func(t *testing.T, text string) {
		c, ok := Canon(text, "33")
		if !ok {
			return
		}
		if again, ok := Canon(c, "33"); !ok || again != c {
			t.Errorf("%q is %q, which is %q", text, c, again)
		}
		if strings.HasPrefix(c, "+330") {
			t.Errorf("%q slips by as %q", text, c)
		}
	})
}
