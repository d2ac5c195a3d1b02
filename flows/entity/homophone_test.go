package entity

import (
	"testing"
	"time"
)

// TestSameSoundOtherNumber: "cinquante-quatre, vingt" and "cinquante, quatre-vingts" sound the
// same. A recogniser writes one of them; a caller who denies it means the other.
func TestSameSoundOtherNumber(t *testing.T) {
	t.Parallel()
	spec := Spec{Type: TypeDigits, Length: 8}
	const heard = "cinquante quatre vingts trente huit quatre vingt seize"
	got := Parse(spec, "fr", heard, time.Time{})
	if len(got) < 2 || got[0].Text != "50803896" || got[1].Text != "54203896" {
		t.Errorf("read as %v, want 50803896, then 54203896", got)
	}
	if v, ok := Correct(spec, "fr", "50803896", "non c'est "+heard); !ok || v.Text != "54203896" {
		t.Errorf("the correction is read as %v, %v, want 54203896", v, ok)
	}
	if n := Count(spec, "fr", heard); n != 8 {
		t.Errorf("%d digits counted, want 8: the turn would not end when the number is complete", n)
	}
}
