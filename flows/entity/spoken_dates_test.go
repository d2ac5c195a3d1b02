package entity

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// spokenDate is one row of testdata/dates: what was said at a wall time, and what it means.
type spokenDate struct {
	lang, said string
	now        time.Time
	day, clock string // "" where the row asks for none
}

func spokenDates(t testing.TB, file string) []spokenDate {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "dates", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.Comment, r.LazyQuotes, r.FieldsPerRecord = '\t', '#', true, 4
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []spokenDate
	for _, c := range rows {
		now, err := time.Parse("2006-01-02T15:04", c[1])
		if err != nil {
			t.Fatal(err)
		}
		s := spokenDate{lang: c[0], said: c[2], now: now}
		for w := range strings.FieldsSeq(c[3]) {
			if strings.Contains(w, ":") {
				s.clock = w
			} else {
				s.day = w
			}
		}
		out = append(out, s)
	}
	return out
}

// missed returns what was read instead where a row is read wrong.
func (s spokenDate) missed() string {
	for typ, want := range map[string]string{TypeDate: s.day, TypeTime: s.clock} {
		if want == "" {
			continue
		}
		got := ""
		if vs := Parse(Spec{Type: typ}, s.lang, s.said, s.now); len(vs) > 0 {
			got = vs[0].Text
		}
		if got != want {
			return typ + " " + got + ", want " + want
		}
	}
	return ""
}

// TestDatesAsPeopleSayThem holds the reader to 97 of 100 in each language and table.
func TestDatesAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"spoken.tsv", "held_out.tsv", "held_out_2.tsv", "held_out_3.tsv"} {
		rows := spokenDates(t, file)
		for _, lang := range []string{"fr", "en"} {
			right, all := 0, 0
			for _, s := range rows {
				if s.lang != lang {
					continue
				}
				all++
				if m := s.missed(); m != "" {
					t.Logf("%s %s %q: %s", file, lang, s.said, m)
					continue
				}
				right++
			}
			t.Logf("%s %s: %d of %d right, %.1f %%", file, lang, right, all, 100*float64(right)/float64(all))
			if 100*right < 97*all {
				t.Errorf("%s %s: %d of %d right, want 97 %%", file, lang, right, all)
			}
		}
	}
}
