package outbound

import (
	"testing"
	"time"
)

var paris = func() *time.Location {
	l, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	return l
}()

func TestWindow(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 14, 30, 0, 0, paris) // a Monday
	for _, tc := range []struct{ lang, text, from, until string }{
		{"fr", "cet après-midi", "23 14:30", "23 18:00"},
		{"fr", "demain entre 9 h et 11 h", "24 09:00", "24 11:00"},
		{"fr", "demain entre neuf et onze heures", "24 09:00", "24 11:00"},
		{"fr", "demain matin", "24 08:00", "24 12:00"},
		{"fr", "plutôt demain dans la matinée", "24 08:00", "24 12:00"},
		{"fr", "jeudi à 15 h", "26 15:00", "26 15:30"},
		{"fr", "à 18h30", "23 18:30", "23 19:00"},
		{"fr", "à 9 heures", "24 09:00", "24 09:30"},
		{"fr", "ce soir", "23 18:00", "23 21:00"},
		{"fr", "demain soir après 18 heures", "24 18:00", "24 21:00"},
		{"fr", "demain avant midi", "24 00:00", "24 12:00"},
		{"fr", "après 17 heures", "23 17:00", "23 21:00"},
		{"fr", "dans une heure", "23 15:30", "23 16:00"},
		{"fr", "9h-18h lun-ven", "23 14:30", "23 18:00"},
		{"fr", "9h-12h lun-ven", "24 09:00", "24 12:00"},
		{"fr", "lundi prochain en fin de matinée", "30 10:30", "30 12:00"},
		{"fr", "le 27 novembre", "27 00:00", "28 00:00"},
		{"fr", "tout de suite", "23 14:30", ""},
		{"en", "tomorrow morning", "24 08:00", "24 12:00"},
		{"en", "between 9 and 11 tomorrow", "24 09:00", "24 11:00"},
		{"en", "tomorrow between 2 and 4 pm", "24 14:00", "24 16:00"},
		{"en", "at 3 pm", "23 15:00", "23 15:30"},
		{"en", "Thursday afternoon", "26 13:00", "26 18:00"},
		{"en", "as soon as possible", "23 14:30", ""},
	} {
		from, until, ok := Window(tc.lang, tc.text, now)
		end := ""
		if !until.IsZero() {
			end = until.Format("02 15:04")
		}
		if got := from.Format("02 15:04"); !ok || got != tc.from || end != tc.until {
			t.Errorf("%q: %s to %s, %v; want %s to %s", tc.text, got, end, ok, tc.from, tc.until)
		}
	}
	for _, text := range []string{"", "quand vous voulez", "je ne sais pas", "mon colis est en retard", "any time"} {
		if from, until, ok := Window("fr", text, now); ok || !from.Equal(now) || !until.IsZero() {
			t.Errorf("%q: %v to %v, %v; want nothing understood", text, from, until, ok)
		}
	}
}

// FuzzWindow: whatever is said, from is never before now and never after until.
func FuzzWindow(f *testing.F) {
	for _, s := range []string{"demain entre 9 h et 11 h", "9h-18h lun-ven", "after 5", "avant midi", "entre 25 h et 99 h", "\xff–-"} {
		f.Add("fr", s, int64(1795440600))
		f.Add("en", s, int64(1774749600)) // the night in which clocks are set forward
	}
	f.Fuzz(func(t *testing.T, lang, text string, unix int64) {
		now := time.Unix(unix%(1<<33), 0).In(paris)
		from, until, ok := Window(lang, text, now)
		if from.Before(now) || ok && !until.IsZero() && !until.After(from) {
			t.Errorf("%q at %v: %v to %v", text, now, from, until)
		}
	})
}

func TestHours(t *testing.T) {
	t.Parallel()
	h, err := ParseHours([]string{"mon-fri 10:00-13:00", "mon-fri 14:00-20:00"}, Config{Holidays: "FR"}.closed)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ at, next string }{
		{"2026-11-23 10:00", "2026-11-23 10:00"},
		{"2026-11-23 09:59", "2026-11-23 10:00"},
		{"2026-11-23 13:00", "2026-11-23 14:00"},
		{"2026-11-23 20:00", "2026-11-24 10:00"},
		{"2026-11-27 19:59", "2026-11-27 19:59"},
		{"2026-11-27 20:30", "2026-11-30 10:00"}, // the weekend
		{"2026-12-24 21:00", "2026-12-28 10:00"}, // Christmas on a Friday
		{"2027-03-28 12:00", "2027-03-30 10:00"}, // clocks are set forward, then Easter Monday
		{"2027-05-05 20:00", "2027-05-07 10:00"}, // Ascension
		{"2027-05-16 10:00", "2027-05-18 10:00"}, // Whit Monday
	} {
		when, _ := time.ParseInLocation("2006-01-02 15:04", tc.at, paris)
		if got := h.Next(when).Format("2006-01-02 15:04"); got != tc.next {
			t.Errorf("from %s: %s, want %s", tc.at, got, tc.next)
		}
		if open := h.Open(when); open != (tc.at == tc.next) {
			t.Errorf("%s: open %v", tc.at, open)
		}
	}
	if next := (Hours{}).Next(time.Now()); !next.IsZero() {
		t.Errorf("never is %v", next)
	}
	for _, bad := range []string{"", "mon", "mon 9-12", "xyz 09:00-12:00", "mon 12:00-09:00", "mon 09:00", "mon-fri 09:00-25:00"} {
		if _, err := ParseHours([]string{bad}, nil); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
	if h, err := ParseHours([]string{"fri-mon 00:00-24:00"}, nil); err != nil || !h.Open(time.Date(2026, 11, 22, 23, 59, 0, 0, paris)) || h.Open(time.Date(2026, 11, 24, 12, 0, 0, 0, paris)) {
		t.Errorf("over the weekend: %+v, %v", h, err)
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"06 12 34 56 78": "+33612345678", "+33 (0)6 12 34 56 78": "+33612345678", "0033612345678": "+33612345678", "tel:+33-6-12-34-56-78": "+33612345678",
		"sip:+33612345678@trunk.example": "+33612345678", "sip:Lina@pbx.example:5070": "sip:lina@pbx.example:5070", "3939": "3939", "+442079460000": "+442079460000",
		"": "", "lina": "", "anonymous": "", "sip:a b@c": "", "+1": "", "12": "", "1234567890123456": "", "sip:pbx.example": "",
	} {
		if got, err := Number(typed, "33"); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", typed, got, err, want)
		}
	}
}
