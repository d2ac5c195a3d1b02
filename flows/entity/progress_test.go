package entity

import (
	"testing"
)

func TestProgress(t *testing.T) {
	t.Parallel()
	n := func(typ string, length int) Spec { return Spec{Type: typ, Length: length} }
	list := Spec{Type: TypeList, Values: map[string][]string{"livraison": nil, "livraison express": {"chronopost"}, "retour": nil}}
	region := func(r string) Spec { return Spec{Type: TypePhone, Region: r} }
	for _, c := range []struct {
		spec Spec
		lang string
		text string
		want Progress
	}{
		{n(TypeDigits, 8), "fr", "", Progress{0, Nothing}},
		{n(TypeDigits, 8), "fr", "je ne l’ai pas", Progress{0, Nothing}},
		{n(TypeDigits, 8), "fr", "alors quarante-cinq douze", Progress{4, Partial}},
		{n(TypeDigits, 8), "fr", "quarante-cinq douze soixante-dix-huit", Progress{6, Partial}},
		{n(TypeDigits, 8), "fr", "quarante-cinq douze soixante-dix-huit zéro deux", Progress{8, Complete}},
		{n(TypeDigits, 8), "fr", "quarante-cinq douze soixante-dix-huit zéro deux merci", Progress{8, Complete}},
		{n(TypeDigits, 8), "fr", "quarante-cinq douze trente-quatre soixante", Progress{8, Possible}},
		{n(TypeDigits, 8), "fr", "quarante-cinq douze trente-quatre quatre-vingt", Progress{8, Possible}},
		{n(TypeDigits, 8), "fr", "quarante-cinq douze non pardon", Progress{0, Partial}},
		{n(TypeDigits, 4), "fr", "quarante-cinq douze non pardon treize", Progress{2, Possible}},
		{n(TypeDigits, 4), "en", "four five double", Progress{2, Partial}},
		{n(TypeDigits, 4), "en", "four five double six", Progress{4, Complete}},
		{n(TypeDigits, 6), "en", "one oh four double five", Progress{5, Partial}},
		{n(TypeDigits, 6), "en", "one oh four double five nine", Progress{6, Complete}},
		{n(TypeDigits, 4), "en", "nineteen twenty", Progress{4, Possible}},
		{n(TypeDigits, 4), "en", "nineteen twenty five", Progress{4, Complete}},
		{n(TypeDigits, 4), "en", "nineteen no sorry", Progress{0, Partial}},
		{n(TypeDigits, 0), "fr", "quarante-cinq douze", Progress{4, Possible}},
		{Spec{Type: TypeDigits, Pattern: "[0-9]{4,6}"}, "fr", "quarante-cinq", Progress{2, Partial}},
		{Spec{Type: TypeDigits, Pattern: "[0-9]{4,6}"}, "fr", "quarante-cinq douze", Progress{4, Possible}},
		{Spec{Type: TypeDigits, Pattern: "[0-9]{4,6}"}, "fr", "quarante-cinq douze treize", Progress{6, Complete}},
		{n(TypePostcodeFR, 0), "fr", "soixante-quinze", Progress{2, Partial}},
		{n(TypePostcodeFR, 0), "fr", "soixante-quinze mille", Progress{5, Possible}},
		{n(TypePostcodeFR, 0), "fr", "soixante-quinze zéro", Progress{3, Partial}},
		{n(TypePostcodeFR, 0), "fr", "trente-trois zéro zéro zéro", Progress{5, Complete}},
		{region(""), "fr", "zéro six douze trente-quatre cinquante-six", Progress{8, Partial}},
		{region(""), "fr", "zéro six douze trente-quatre cinquante-six soixante-treize", Progress{10, Complete}},
		{region("FR"), "fr", "zéro six douze trente-quatre cinquante-six soixante", Progress{10, Possible}},
		{region("FR"), "fr", "plus trente-trois six douze trente-quatre cinquante-six", Progress{9, Partial}},
		{region("FR"), "fr", "plus trente-trois six douze trente-quatre cinquante-six soixante-treize", Progress{11, Complete}},
		{region("BE"), "fr", "zéro deux cinq cent douze trente-quatre vingt-et-un", Progress{9, Complete}},
		{region("BE"), "fr", "zéro quatre cent soixante-dix douze trente-quatre vingt-et-un", Progress{10, Complete}},
		{region("GB"), "en", "oh seven seven double oh nine double oh one two", Progress{10, Partial}},
		{region("GB"), "en", "oh seven seven double oh nine double oh one two three", Progress{11, Complete}},
		{region("US"), "en", "two one two five five five oh one four", Progress{9, Partial}},
		{region("US"), "en", "two one two five five five oh one four seven", Progress{10, Complete}},
		{n(TypePhone, 10), "en", "six one four, five five five, oh one nine", Progress{9, Partial}},
		{n(TypePhone, 10), "en", "six one four, five five five, oh one nine nine", Progress{10, Complete}},
		{n(TypeSpelled, 4), "fr", "b comme", Progress{1, Partial}},
		{n(TypeSpelled, 4), "fr", "b comme bernard a douze", Progress{4, Complete}},
		{n(TypeSpelled, 4), "fr", "b comme bernard a vingt", Progress{4, Possible}},
		{n(TypeSpelled, 4), "en", "a b as in", Progress{2, Partial}},
		{Spec{Type: TypeSpelled, Pattern: "[A-Z]{2}[0-9]{2}"}, "en", "a b four", Progress{3, Partial}},
		{Spec{Type: TypeSpelled, Pattern: "[A-Z]{2}[0-9]{2}"}, "en", "a b four two", Progress{4, Complete}},
		{n(TypeNumber, 0), "fr", "quatre-vingt", Progress{2, Possible}},
		{n(TypeNumber, 0), "fr", "quatre-vingt-dix-sept", Progress{2, Complete}},
		{n(TypeNumber, 0), "fr", "deux virgule", Progress{1, Partial}},
		{n(TypeNumber, 0), "en", "about twenty", Progress{2, Possible}},
		{n(TypeAmount, 0), "fr", "soixante", Progress{2, Possible}},
		{n(TypeAmount, 0), "fr", "soixante quinze euros", Progress{2, Complete}},
		{n(TypeAmount, 0), "fr", "douze euros cinquante", Progress{4, Possible}},
		{n(TypeAmount, 0), "fr", "douze euros cinquante-cinq", Progress{4, Complete}},
		{n(TypeAmount, 0), "en", "twelve pounds and", Progress{2, Partial}},
		{n(TypeDate, 0), "fr", "le douze", Progress{2, Possible}},
		{n(TypeDate, 0), "fr", "le douze non", Progress{0, Partial}},
		{n(TypeDate, 0), "fr", "le douze non pardon", Progress{0, Partial}},
		{n(TypeDate, 0), "fr", "le douze mars", Progress{2, Complete}},
		{n(TypeDate, 0), "fr", "le douze mars deux mille", Progress{0, Partial}},
		{n(TypeDate, 0), "fr", "le douze mars mille neuf cent", Progress{0, Partial}},
		{n(TypeDate, 0), "fr", "demain", Progress{0, Complete}},
		{n(TypeDate, 0), "fr", "lundi", Progress{0, Possible}},
		{n(TypeDate, 0), "fr", "lundi prochain", Progress{0, Complete}},
		{n(TypeDate, 0), "fr", "je ne sais pas", Progress{0, Nothing}},
		{n(TypeDate, 0), "en", "the twelfth", Progress{0, Possible}},
		{n(TypeDate, 0), "en", "the twelfth of march", Progress{0, Complete}},
		{n(TypeDate, 0), "en", "tomorrow", Progress{0, Complete}},
		{n(TypeTime, 0), "fr", "quatorze heures", Progress{2, Possible}},
		{n(TypeTime, 0), "fr", "quatorze heures quinze", Progress{4, Complete}},
		{n(TypeTime, 0), "fr", "huit heures et", Progress{1, Partial}},
		{n(TypeTime, 0), "fr", "huit heures et demie", Progress{1, Complete}},
		{n(TypeTime, 0), "fr", "midi", Progress{0, Complete}},
		{n(TypeTime, 0), "en", "half past", Progress{0, Nothing}},
		{n(TypeTime, 0), "en", "two", Progress{1, Possible}},
		{n(TypeTime, 0), "en", "two fifteen", Progress{3, Complete}},
		{n(TypeTime, 0), "en", "two pm", Progress{1, Complete}},
		{n(TypeEmail, 0), "fr", "jean point dupont", Progress{0, Partial}},
		{n(TypeEmail, 0), "fr", "jean point dupont arobase", Progress{0, Partial}},
		{n(TypeEmail, 0), "fr", "jean point dupont arobase gmail", Progress{0, Partial}},
		{n(TypeEmail, 0), "fr", "jean point dupont arobase gmail point", Progress{0, Partial}},
		{n(TypeEmail, 0), "fr", "jean point dupont arobase gmail point com", Progress{0, Complete}},
		{n(TypeEmail, 0), "fr", "je n’ai pas d’adresse électronique", Progress{0, Nothing}},
		{n(TypeEmail, 0), "en", "mary dot smith at acme dot co", Progress{0, Possible}},
		{n(TypeEmail, 0), "en", "mary dot smith at acme dot co dot uk", Progress{0, Complete}},
		{n(TypeYesNo, 0), "fr", "oui", Progress{0, Complete}},
		{n(TypeYesNo, 0), "fr", "non merci", Progress{0, Complete}},
		{n(TypeYesNo, 0), "fr", "oui mais c’est le douze", Progress{2, Possible}},
		{n(TypeYesNo, 0), "en", "no", Progress{0, Complete}},
		{n(TypeYesNo, 0), "en", "where is my parcel", Progress{0, Nothing}},
		{list, "fr", "livraison", Progress{0, Possible}},
		{list, "fr", "une livraison express", Progress{0, Complete}},
		{list, "fr", "retour", Progress{0, Complete}},
		{list, "fr", "je ne sais pas", Progress{0, Nothing}},
		{n(TypeText, 0), "fr", "douze rue des lilas", Progress{0, Partial}},
		{n(TypeText, 0), "fr", "douze rue des lilas à lyon", Progress{0, Possible}},
		{n(TypeText, 0), "fr", "le colis est cassé", Progress{0, Possible}},
		{n(TypeText, 0), "en", "twelve high street", Progress{0, Partial}},
		{n(TypeText, 0), "en", "twelve high street bristol", Progress{0, Possible}},
	} {
		got := ProgressOf(c.spec, c.lang, c.text)
		if got.Fill != c.want.Fill || c.want.Count > 0 && got.Count != c.want.Count {
			t.Errorf("%s %d, %q: %d %v, want %d %v", c.spec.Type, c.spec.Length, c.text, got.Count, got.Fill, c.want.Count, c.want.Fill)
		}
	}
}

// An answer that is complete is one that Parse reads.
func FuzzProgress(f *testing.F) {
	for _, s := range []string{"zéro six douze non pardon", "jean point dupont arobase gmail point com", "double double", "b comme", "le douze mars deux mille", "plus trente trois", "", "deux fois le"} {
		f.Add(s, uint8(3))
	}
	f.Fuzz(func(t *testing.T, text string, length uint8) {
		if len(text) > 2000 {
			return
		}
		for _, typ := range Types() {
			for _, lang := range []string{"fr", "en"} {
				p := ProgressOf(Spec{Type: typ, Length: int(length % 40)}, lang, text)
				if p.Fill < Nothing || p.Fill > Complete || p.Count < 0 {
					t.Fatalf("%s %s %q: %+v", typ, lang, text, p)
				}
			}
		}
	})
}

func BenchmarkProgress(b *testing.B) {
	for _, c := range []struct {
		spec Spec
		text string
	}{{Spec{Type: TypePhone}, "alors c’est le zéro six douze trente-quatre cinquante-six soixante-treize"}, {Spec{Type: TypeDigits, Length: 8}, "quarante-cinq douze soixante-dix-huit zéro deux"},
		{Spec{Type: TypeDate}, "le douze mars deux mille vingt-six"}, {Spec{Type: TypeEmail}, "jean point dupont arobase gmail point com"}, {Spec{Type: TypeText}, "je voudrais savoir où en est mon colis"}} {
		b.Run(c.spec.Type, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ProgressOf(c.spec, "fr", c.text)
			}
		})
	}
}
