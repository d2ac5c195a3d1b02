package render

import (
	"testing"
	"time"
)

// When a closed queue opens is told as people tell it, from where they stand.
func TestOpening(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	const sunday, eve, friday = "2026-11-22T20:00:00+01:00", "2026-12-24T19:00:00+01:00", "2026-11-20T19:00:00+01:00"
	for _, tc := range []struct{ now, at, fr, en, text string }{
		{"2026-11-23T12:30:00+01:00", "2026-11-23T14:00:00+01:00", "aujourd’hui à quatorze heures", "today at two p m", "aujourd’hui à 14\u202fh"},
		{"2026-11-23T06:00:00+01:00", "2026-11-23T07:30:00Z", "aujourd’hui à huit heures trente", "today at eight thirty", "aujourd’hui à 8\u202fh\u202f30"},
		{sunday, "2026-11-23T09:00:00+01:00", "demain à neuf heures", "tomorrow at nine", "demain à 9\u202fh"},
		{sunday, "2026-11-23T00:00:00+01:00", "demain dès minuit", "tomorrow, from midnight", "demain dès minuit"},
		{friday, "2026-11-23T09:00:00+01:00", "lundi à neuf heures", "on Monday at nine", "lundi à 9\u202fh"},
		{friday, "2026-11-23T12:00:00+01:00", "lundi à midi", "on Monday at noon", "lundi à 12\u202fh"},
		{eve, "2026-12-26T10:00:00+01:00", "samedi à dix heures", "on Saturday at ten", "samedi à 10\u202fh"},                                                                                       // after a holiday
		{eve, "2027-01-04T09:00:00+01:00", "le lundi quatre janvier à neuf heures", "on Monday the fourth of January at nine", "le lundi 4 janvier à 9\u202fh"},                                     // after the holidays
		{sunday, "2026-11-29T21:00:00+01:00", "le dimanche vingt-neuf novembre à vingt et une heures", "on Sunday the twenty-ninth of November at nine p m", "le dimanche 29 novembre à 21\u202fh"}, // a week away, to the day
		{"2026-03-28T23:30:00+01:00", "2026-03-29T09:00:00+02:00", "demain à neuf heures", "tomorrow at nine", "demain à 9\u202fh"},                                                                 // 8.5 hours, over the change of clocks
		{"2026-10-24T12:00:00+02:00", "2026-10-26T09:00:00+01:00", "lundi à neuf heures", "on Monday at nine", "lundi à 9\u202fh"},
		{sunday, "2026-11-22T20:00:00+01:00", "", "", ""}, // now: it is open
		{sunday, "2026-11-21T09:00:00+01:00", "", "", ""},
		{sunday, "", "", "", ""},
		{sunday, "bientôt", "", "", ""},
	} {
		now, err := time.Parse(time.RFC3339, tc.now)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			lang  string
			voice bool
			want  string
		}{{"fr", true, tc.fr}, {"en", true, tc.en}, {"fr", false, tc.text}} {
			got, err := Opening(c.lang, tc.at, c.voice, paris, now)
			if got != c.want || (err == nil) != (c.want != "") {
				t.Errorf("%s at %s in %s: %q, %v; want %q", tc.at, tc.now, c.lang, got, err, c.want)
			}
		}
	}
}
