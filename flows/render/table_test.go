package render

import (
	"os"
	"strings"
	"testing"
)

// rows reads a table of what is written and how it is spoken: the third column is a language tag
// where it is not the table's.
func rows(t testing.TB, lang string) (out [][3]string) {
	t.Helper()
	data, err := os.ReadFile("testdata/spoken_" + lang + ".tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		f := append(strings.Split(line, "\t"), lang)
		if len(f) < 3 {
			t.Fatalf("%q has one column", line)
		}
		out = append(out, [3]string{f[0], f[1], f[2]})
	}
	if len(out) < 200 {
		t.Errorf("%d rows of %s; at least 200", len(out), lang)
	}
	return out
}

// The tables are the specification: each text is said as they have it, and saying it again changes
// nothing.
func TestSpokenTables(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"fr", "en"} {
		bad := 0
		for _, r := range rows(t, lang) {
			got := Spoken(r[2], r[0])
			if got != r[1] {
				t.Errorf("%s %q:\n got %q\nwant %q", r[2], r[0], got, r[1])
				bad++
			}
			if again := Spoken(r[2], got); again != got {
				t.Errorf("%s %q is said again as %q", r[2], got, again)
			}
		}
		t.Logf("%s: %d rows wrong", lang, bad)
	}
}

func BenchmarkSpoken(b *testing.B) {
	for name, text := range map[string]string{
		"words":    "Bonjour, vous êtes bien chez Colibri Express, que puis-je faire pour vous ?",
		"order":    "Votre commande 45 12 78 02 arrive le 24/11 entre 14h et 16h30.",
		"contacts": "Écrivez-nous à aide@colibri.fr ou appelez le 01 42 00 00 17, du lun. au ven., de 9h à 18h.",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Spoken("fr", text)
			}
		})
	}
}

// What looks like a number of another kind loses nothing and is not taken for one.
func TestSpokenOdd(t *testing.T) {
	t.Parallel()
	for _, r := range [][3]string{
		{"fr", "1e9", "un e neuf"},
		{"fr", "1.5e-3", "un virgule cinq e moins trois"},
		{"fr", "15e-30", "quinze e moins trente"},
		{"fr", "le 2e étage", "le deuxième étage"},
		{"fr", "v1.2.3", "v un point deux point trois"},
		{"fr", "1.0.007", "un point zéro point zéro zéro sept"},
		{"fr", "1.000.000", "un million"},
		{"fr", "12/13/2026", "douze barre treize barre deux mille vingt-six"},
		{"fr", "3/4/5", "trois barre quatre barre cinq"},
		{"fr", "01/02/03/04", "zéro un barre zéro deux barre zéro trois barre zéro quatre"},
		{"fr", "ouvert 24/7", "ouvert vingt-quatre heures sur vingt-quatre, sept jours sur sept"},
		{"fr", "le 24/7", "le vingt-quatre juillet"},
		{"fr", "10:05:30", "dix heures cinq et trente secondes"},
		{"fr", "10:05:01", "dix heures cinq et une seconde"},
		{"fr", "10:05:00", "dix heures cinq"},
		{"fr", "12h30min", "midi trente"},
		{"fr", "00012", "zéro zéro zéro douze"},
		{"fr", "06000", "zéro six mille"},
		{"fr", "1,5 Md€", "un virgule cinq milliard d'euros"},
		{"fr", "2 Md€", "deux milliards d'euros"},
		{"en", "10:05:30 am", "ten oh five a m and thirty seconds"},
		{"en", "10:05:30", "ten oh five a m and thirty seconds"},
		{"en", "5e-3", "five e minus three"},
		{"en", "v1.2.3", "v one point two point three"},
		{"en", "3/4/5", "three slash four slash five"},
		{"en", "32/01/2026", "thirty-two slash zero one slash two thousand and twenty-six"},
	} {
		got := Spoken(r[0], r[1])
		if got != r[2] {
			t.Errorf("%s %q:\n got %q\nwant %q", r[0], r[1], got, r[2])
		}
		if again := Spoken(r[0], got); again != got {
			t.Errorf("%s %q is said again as %q", r[0], got, again)
		}
	}
}

// A number is judged by the words right before it, however long the text: a word that is too far
// away, or longer than any, is not looked for.
func TestFollowsNear(t *testing.T) {
	t.Parallel()
	for before, want := range map[string]bool{
		"le code client est le ":                       true,
		strings.Repeat("1,", 5000) + "code ":           false,
		"code " + strings.Repeat(" ", farthest):        false,
		strings.Repeat("a ", 5000) + "votre commande ": true,
	} {
		if got := follows(before, frCodeWords, frBetween); got != want {
			t.Errorf("%.30q…: %t", before, got)
		}
	}
}
