package render

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"decroche/flows/entity"
)

func TestNumberFrench(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{
		0: "zéro", 1: "un", 16: "seize", 17: "dix-sept", 20: "vingt", 21: "vingt et un", 22: "vingt-deux", 61: "soixante et un", 70: "soixante-dix", 71: "soixante et onze", 77: "soixante-dix-sept",
		80: "quatre-vingts", 81: "quatre-vingt-un", 90: "quatre-vingt-dix", 91: "quatre-vingt-onze", 99: "quatre-vingt-dix-neuf", 100: "cent", 101: "cent un", 180: "cent quatre-vingts", 200: "deux cents", 201: "deux cent un",
		1000: "mille", 1001: "mille un", 1100: "mille cent", 2000: "deux mille", 2026: "deux mille vingt-six", 80000: "quatre-vingt mille", 200000: "deux cent mille", 200199: "deux cent mille cent quatre-vingt-dix-neuf",
		1000000: "un million", 80000000: "quatre-vingts millions", 200000000: "deux cents millions", 1000000000: "un milliard", 1000000000000: "un billion", -12: "moins douze",
	} {
		if got := Number("fr", n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestNumberEnglish(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "zero", 13: "thirteen", 40: "forty", 42: "forty-two", 100: "one hundred", 105: "one hundred and five", 1000: "one thousand", 1005: "one thousand and five", 1234: "one thousand two hundred and thirty-four",
		1000000: "one million", 2000000000: "two billion", 1000000000000: "one trillion", -3: "minus three"} {
		if got := Number("en", n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestVoiceAndText(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ kind, lang, value, voice, text string }{
		{"digits", "fr", "45127802", "quarante-cinq, douze, soixante-dix-huit, zéro deux", "45 12 78 02"},
		{"digits", "fr", "4500", "quarante-cinq, zéro zéro", "45 00"},
		{"digits", "fr", "75011", "soixante-quinze, zéro onze", "75 011"},
		{"digits", "fr", "7", "sept", "7"},
		{"digits", "en", "45127802", "four five, one two, seven eight, zero two", "45 12 78 02"},
		{"spelled", "fr", "45127802", "quatre, cinq, un, deux ; sept, huit, zéro, deux", "45127802"},
		{"spell", "en", "AB12", "A, B, one, two", "AB12"},
		{"date", "fr", "2026-11-24", "mardi vingt-quatre novembre", "mardi 24 novembre"},
		{"date", "fr", "2027-03-01", "lundi premier mars", "lundi 1er mars"},
		{"date", "en", "2026-11-24", "Tuesday the twenty-fourth of November", "Tuesday 24 November"},
		{"date", "fr", "2026-11-23T23:30:00Z", "mardi vingt-quatre novembre", "mardi 24 novembre"}, // half past midnight in Paris
		{"time", "fr", "14:30", "quatorze heures trente", "14\u202fh\u202f30"},
		{"time", "fr", "21:21", "vingt et une heures vingt et une", "21\u202fh\u202f21"},
		{"time", "fr", "01:00", "une heure", "1\u202fh"},
		{"time", "fr", "12:00", "midi", "12\u202fh"},
		{"time", "fr", "2026-11-24T13:30:00Z", "quatorze heures trente", "14\u202fh\u202f30"},
		{"time", "en", "14:30", "two thirty p m", "2:30 pm"},
		{"time", "en", "09:05", "nine oh five a m", "9:05 am"},
		{"time", "en", "12:00", "noon", "12 pm"},
		{"money", "fr", "42.50", "quarante-deux euros cinquante", "42,50\u00a0€"},
		{"money", "fr", "1", "un euro", "1\u00a0€"},
		{"money", "fr", "0.50", "cinquante centimes", "0,50\u00a0€"},
		{"money", "fr", "1234.05", "mille deux cent trente-quatre euros cinq", "1\u202f234,05\u00a0€"},
		{"money", "fr", "1000000", "un million d'euros", "1\u202f000\u202f000\u00a0€"},
		{"money", "fr", "80", "quatre-vingts euros", "80\u00a0€"},
		{"amount", "en", "42.50", "forty-two euros fifty", "€42.50"},
		{"money", "en", "12.05 GBP", "twelve pounds and five pence", "£12.05"},
		{"number", "fr", "1234.5", "mille deux cent trente-quatre virgule cinq", "1\u202f234,5"},
		{"number", "fr", "-3.05", "moins trois virgule zéro cinq", "-3,05"},
		{"number", "en", "1234.55", "one thousand two hundred and thirty-four point five five", "1,234.55"},
		{"phone", "fr", "+33612345678", "zéro six, douze, trente-quatre, cinquante-six, soixante-dix-huit", "06 12 34 56 78"},
		{"phone", "fr", "0612345678", "zéro six, douze, trente-quatre, cinquante-six, soixante-dix-huit", "06 12 34 56 78"},
		{"phone", "en", "+442079460958", "zero two zero, seven nine four six, zero nine five eight", "020 7946 0958"},
		{"email", "fr", "jean.dupont@gmail.com", "jean point dupont arobase gmail point com", "jean.dupont@gmail.com"},
		{"yes_no", "fr", "yes", "oui", "oui"},
		{"list", "fr", "express 24 h", "express vingt-quatre heures", "express 24 h"},
	} {
		voice, err := Voice(c.kind, c.lang, c.value, paris)
		if err != nil || voice != c.voice {
			t.Errorf("voice %s %s %q: %q %v, want %q", c.kind, c.lang, c.value, voice, err, c.voice)
		}
		text, err := Text(c.kind, c.lang, c.value, paris)
		if err != nil || text != c.text {
			t.Errorf("text %s %s %q: %q %v, want %q", c.kind, c.lang, c.value, text, err, c.text)
		}
	}
}

func TestBadValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, value string }{{"digits", "12a"}, {"digits", ""}, {"date", "demain"}, {"date", "2026-13-01"}, {"time", "25:00"}, {"money", "beaucoup"}, {"money", "1.234"}, {"number", "x"}, {"phone", "rien"}, {"phone", ""}, {"colour", "red"}} {
		if got, err := Voice(c.kind, "fr", c.value, nil); err == nil {
			t.Errorf("voice %s %q: no error, %q", c.kind, c.value, got)
		}
		if got, err := Text(c.kind, "fr", c.value, nil); err == nil {
			t.Errorf("text %s %q: no error, %q", c.kind, c.value, got)
		}
	}
}

func TestSpoken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lang, text, want string }{
		{"fr", "Bonjour, comment allez-vous ?", "Bonjour, comment allez-vous ?"},
		{"fr", "Votre commande 45 12 78 02 arrive le 24/11.", "Votre commande quarante-cinq, douze, soixante-dix-huit, zéro deux arrive le vingt-quatre novembre."},
		{"fr", "Votre commande 45127802.", "Votre commande quatre cinq un deux, sept huit zéro deux."},
		{"fr", "Livré le 1er mars 2027 à 14h30.", "Livré le premier mars deux mille vingt-sept à quatorze heures trente."},
		{"fr", "Ouvert de 9h à 18h, du lundi au vendredi.", "Ouvert de neuf heures à dix-huit heures, du lundi au vendredi."},
		{"fr", "Ouvert 9h-18h30", "Ouvert neuf heures à dix-huit heures trente"},
		{"fr", "Ça fait 42,50 € avec 20 % de remise.", "Ça fait quarante-deux euros cinquante avec vingt pour cent de remise."},
		{"fr", "Il coûte 1 200 €, soit 1 euro.", "Il coûte mille deux cents euros, soit un euro."},
		{"fr", "Appelez le 06 12 34 56 78 ou le +33 6 12 34 56 78.", "Appelez le zéro six, douze, trente-quatre, cinquante-six, soixante-dix-huit ou le zéro six, douze, trente-quatre, cinquante-six, soixante-dix-huit."},
		{"fr", "M. Dupont et Mme Durand, n° 3", "monsieur Dupont et madame Durand, numéro trois"},
		{"fr", "à 12 km, 3 kg & 1 h", "à douze kilomètres, trois kilos et une heure"},
		{"fr", "sous 2-3 jours", "sous deux à trois jours"},
		{"fr", "24h/24, 7j/7", "vingt-quatre heures sur vingt-quatre, sept jours sur sept"},
		{"fr", "le 2e étage", "le deuxième étage"},
		{"fr", "le 2026-11-24", "le vingt-quatre novembre deux mille vingt-six"},
		{"fr", "écrivez à jean.dupont@gmail.com", "écrivez à jean point dupont arobase gmail point com"},
		{"fr", `Un instant<break time="300ms"/> 2 minutes`, `Un instant<break time="300ms"/> deux minutes`},
		{"fr", "il fait 21 °C", "il fait vingt et un degrés"},
		{"fr", "21 heures", "vingt et une heures"},
		{"fr", "l'aéroport, aujourd'hui", "l'aéroport, aujourd'hui"},
		{"en", "Your order 45127802 arrives on November 24.", "Your order four five one two, seven eight zero two arrives on November twenty-fourth."},
		{"en", "Open 9 am to 6:30pm", "Open nine a m to six thirty p m"},
		{"en", "It costs €42.50, 20% off", "It costs forty-two euros fifty, twenty percent off"},
		{"en", "Mr Smith & Mrs Jones", "mister Smith and missus Jones"},
		{"en", "1,200 parcels in 3 days", "one thousand two hundred parcels in three days"},
		{"en", "on 24 November 2026", "on the twenty-fourth of November twenty twenty-six"},
	} {
		if got := Spoken(c.lang, c.text); got != c.want {
			t.Errorf("%s %q:\n got %q\nwant %q", c.lang, c.text, got, c.want)
		}
	}
}

func TestTypography(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"Ça va ?": "Ça va\u202f?", "Ça va?": "Ça va\u202f?", "l'ami": "l’ami", "à 14:30": "à 14:30", "Voici : ": "Voici\u202f: ", "dites « oui »": "dites «\u202foui\u202f»", "« Quoi ? »": "«\u202fQuoi\u202f?\u202f»", "a ? b": "a\u202f? b", "https://x": "https://x"} {
		if got := Typography("fr", in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		if got := Typography("fr", want); got != want {
			t.Errorf("%q is not left alone: %q", want, got)
		}
	}
}

// TestVoiceParsesBack says random numbers and reads them again: what the bot says back is
// what it would understand.
func TestVoiceParsesBack(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 8))
	for _, lang := range []string{"fr", "en"} {
		for range 400 {
			want := fmt.Sprintf("%08d", rng.IntN(1e8))
			for _, kind := range []string{"digits", "spelled"} {
				said, err := Voice(kind, lang, want, nil)
				if err != nil {
					t.Fatal(err)
				}
				vs := entity.Parse(entity.Spec{Type: entity.TypeDigits, Length: 8}, lang, said, time.Time{})
				if len(vs) == 0 || vs[0].Text != want {
					t.Errorf("%s %s %q read as %v, want %s", lang, kind, said, vs, want)
				}
			}
		}
		for range 200 {
			d := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rng.IntN(365))
			said, _ := Voice("date", lang, d.Format(time.DateOnly), nil)
			vs := entity.Parse(entity.Spec{Type: entity.TypeDate}, lang, said, time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
			if len(vs) == 0 || vs[0].Text != d.Format(time.DateOnly) {
				t.Errorf("%s %q read as %v, want %s", lang, said, vs, d.Format(time.DateOnly))
			}
			h, m := rng.IntN(24), rng.IntN(60)
			clock := fmt.Sprintf("%02d:%02d", h, m)
			said, _ = Voice("time", lang, clock, nil)
			found := false
			for _, v := range entity.Parse(entity.Spec{Type: entity.TypeTime}, lang, said, time.Time{}) {
				found = found || v.Text == clock
			}
			if !found {
				t.Errorf("%s %q does not read as %s", lang, said, clock)
			}
			amount := fmt.Sprintf("%d.%02d", rng.IntN(3000), rng.IntN(100))
			said, _ = Voice("money", lang, amount, nil)
			vs = entity.Parse(entity.Spec{Type: entity.TypeAmount}, lang, said, time.Time{})
			if len(vs) == 0 || vs[0].Text != amount {
				t.Errorf("%s %q read as %v, want %s", lang, said, vs, amount)
			}
		}
	}
}

func TestDate(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct{ lang, value, voice, text string }{
		{"fr", "2026-11-24", "mardi vingt-quatre novembre", "mardi 24 novembre"},
		{"fr", "2027-03-12", "vendredi douze mars", "vendredi 12 mars"},
		{"fr", "2026-03-12", "jeudi douze mars deux mille vingt-six", "jeudi 12 mars 2026"},
		{"fr", "1984-03-12", "le douze mars mille neuf cent quatre-vingt-quatre", "le 12 mars 1984"},
		{"fr", "1984-03-01", "le premier mars mille neuf cent quatre-vingt-quatre", "le 1er mars 1984"},
		{"en", "2028-05-02", "Tuesday the second of May twenty twenty-eight", "Tuesday 2 May 2028"},
		{"en", "1984-03-12", "the twelfth of March nineteen eighty-four", "12 March 1984"},
		{"en", "2005-03-12", "the twelfth of March two thousand and five", "12 March 2005"},
		{"en", "1905-03-12", "the twelfth of March nineteen oh five", "12 March 1905"},
		{"en", "1900-03-12", "the twelfth of March nineteen hundred", "12 March 1900"},
		{"en", "2026-11-24T23:30:00Z", "Tuesday the twenty-fourth of November", "Tuesday 24 November"},
	} {
		voice, err := Date(c.lang, c.value, true, nil, now)
		text, err2 := Date(c.lang, c.value, false, nil, now)
		if err != nil || err2 != nil || voice != c.voice || text != c.text {
			t.Errorf("%s %s: %q, %q, want %q, %q (%v, %v)", c.lang, c.value, voice, text, c.voice, c.text, err, err2)
		}
	}
	if _, err := Date("fr", "demain", true, nil, now); err == nil {
		t.Error("a word passed for a date")
	}
	// What the bot says is the date that it understands.
	rng := rand.New(rand.NewPCG(3, 3))
	for _, lang := range []string{"fr", "en"} {
		for range 400 {
			d := time.Date(1930, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rng.IntN(110*365)).Format(time.DateOnly)
			said, _ := Date(lang, d, true, nil, now)
			if vs := entity.Parse(entity.Spec{Type: entity.TypeDate}, lang, said, now); len(vs) == 0 || vs[0].Text != d {
				t.Errorf("%s %q read as %v, want %s", lang, said, vs, d)
			}
		}
	}
}

func FuzzSpoken(f *testing.F) {
	for _, s := range []string{"", "à 14h30, 42,50 € & 06 12 34 56 78", "<break time=\"3s\"/>12", "99999999999999999999 1/2 €€", "0 0/0 25h99 -1", "1er 0e 9999e", "a@b.c http://1.2/3"} {
		f.Add(s)
	}
	for _, lang := range []string{"fr", "en"} {
		for _, r := range rows(f, lang) {
			f.Add(r[0])
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, lang := range []string{"fr", "en", "fr-CH", "en-US"} {
			out := Spoken(lang, s)
			if again := Spoken(lang, out); again != out && utf8.ValidString(s) {
				t.Errorf("%s: %q is said as %q, and that as %q", lang, s, out, again)
			}
			if strings.ContainsAny(tag.ReplaceAllString(out, ""), "0123456789") && !strings.Contains(s, "<") {
				t.Errorf("%s: digits left in %q", lang, out)
			}
			for _, kind := range Kinds() {
				if voice, err := Voice(kind, lang, s, nil); err == nil && strings.ContainsAny(tag.ReplaceAllString(voice, ""), "0123456789") && !strings.Contains(s, "<") {
					t.Errorf("%s: digits left in the voice of %q: %q", kind, s, voice)
				}
				_, _ = Text(kind, lang, s, nil)
			}
			_ = Typography(lang, s)
		}
	})
}
