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
