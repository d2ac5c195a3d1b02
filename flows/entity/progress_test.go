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
		{n(TypeDigits, 8), "fr", "", Progress{Fill: Nothing}},
		{n(TypeDigits, 8), "fr", "je ne l’ai pas", Progress{Fill: Nothing}},
		{n(TypeDigits, 8), "fr", "alors quarante-cinq douze", Progress{Count: 4, Fill: Partial}},
		{n(TypeDigits, 8), "fr", "quarante-cinq douze soixante-dix-huit", Progress{Count: 6, Fill: Partial}},
		{n(TypeDigits, 8), "fr", "quarante-cinq douze soixante-dix-huit zéro deux", Progress{Count: 8, Fill: Complete}},
		{n(TypeDigits, 8), "fr", "quarante-cinq douze soixante-dix-huit zéro deux merci", Progress{Count: 8, Fill: Complete}},
		{n(TypeDigits, 8), "fr", "quarante-cinq douze trente-quatre soixante", Progress{Count: 8, Fill: Possible}},
		{n(TypeDigits, 8), "fr", "quarante-cinq douze trente-quatre quatre-vingt", Progress{Count: 8, Fill: Possible}},
		{n(TypeDigits, 8), "fr", "quarante-cinq douze non pardon", Progress{Fill: Partial}},
		{n(TypeDigits, 4), "fr", "quarante-cinq douze non pardon treize", Progress{Count: 2, Fill: Possible}},
		{n(TypeDigits, 4), "en", "four five double", Progress{Count: 2, Fill: Partial}},
		{n(TypeDigits, 4), "en", "four five double six", Progress{Count: 4, Fill: Complete}},
		{n(TypeDigits, 6), "en", "one oh four double five", Progress{Count: 5, Fill: Partial}},
		{n(TypeDigits, 6), "en", "one oh four double five nine", Progress{Count: 6, Fill: Complete}},
		{n(TypeDigits, 4), "en", "nineteen twenty", Progress{Count: 4, Fill: Possible}},
		{n(TypeDigits, 4), "en", "nineteen twenty five", Progress{Count: 4, Fill: Complete}},
		{n(TypeDigits, 4), "en", "nineteen no sorry", Progress{Fill: Partial}},
		{n(TypeDigits, 0), "fr", "quarante-cinq douze", Progress{Count: 4, Fill: Possible}},
		{Spec{Type: TypeDigits, Pattern: "[0-9]{4,6}"}, "fr", "quarante-cinq", Progress{Count: 2, Fill: Partial}},
		{Spec{Type: TypeDigits, Pattern: "[0-9]{4,6}"}, "fr", "quarante-cinq douze", Progress{Count: 4, Fill: Possible}},
		{Spec{Type: TypeDigits, Pattern: "[0-9]{4,6}"}, "fr", "quarante-cinq douze treize", Progress{Count: 6, Fill: Complete}},
		{n(TypePostcodeFR, 0), "fr", "soixante-quinze", Progress{Count: 2, Fill: Partial}},
		{n(TypePostcodeFR, 0), "fr", "soixante-quinze mille", Progress{Count: 5, Fill: Possible}},
		{n(TypePostcodeFR, 0), "fr", "soixante-quinze zéro", Progress{Count: 3, Fill: Partial}},
		{n(TypePostcodeFR, 0), "fr", "trente-trois zéro zéro zéro", Progress{Count: 5, Fill: Complete}},
		{region(""), "fr", "zéro six douze trente-quatre cinquante-six", Progress{Count: 8, Fill: Partial}},
		{region(""), "fr", "zéro six douze trente-quatre cinquante-six soixante-treize", Progress{Count: 10, Want: 10, Fill: Complete}},
		{region("FR"), "fr", "zéro six douze trente-quatre cinquante-six soixante", Progress{Count: 10, Fill: Possible}},
		{region("FR"), "fr", "plus trente-trois six douze trente-quatre cinquante-six", Progress{Count: 9, Fill: Partial}},
		{region("FR"), "fr", "plus trente-trois six douze trente-quatre cinquante-six soixante-treize", Progress{Count: 11, Fill: Complete}},
		{region("BE"), "fr", "zéro deux cinq cent douze trente-quatre vingt-et-un", Progress{Count: 9, Fill: Complete}},
		{region("BE"), "fr", "zéro quatre cent soixante-dix douze trente-quatre vingt-et-un", Progress{Count: 10, Fill: Complete}},
		{region("GB"), "en", "oh seven seven double oh nine double oh one two", Progress{Count: 10, Fill: Partial}},
		{region("GB"), "en", "oh seven seven double oh nine double oh one two three", Progress{Count: 11, Fill: Complete}},
		{region("US"), "en", "two one two five five five oh one four", Progress{Count: 9, Fill: Partial}},
		{region("US"), "en", "two one two five five five oh one four seven", Progress{Count: 10, Fill: Complete}},
		{n(TypePhone, 10), "en", "six one four, five five five, oh one nine", Progress{Count: 9, Fill: Partial}},
		{n(TypePhone, 10), "en", "six one four, five five five, oh one nine nine", Progress{Count: 10, Fill: Complete}},
		{n(TypeSpelled, 4), "fr", "b comme", Progress{Count: 1, Fill: Partial}},
		{n(TypeSpelled, 4), "fr", "b comme bernard a douze", Progress{Count: 4, Fill: Complete}},
		{n(TypeSpelled, 4), "fr", "b comme bernard a vingt", Progress{Count: 4, Fill: Possible}},
		{n(TypeSpelled, 4), "en", "a b as in", Progress{Count: 2, Fill: Partial}},
		{n(TypeSpelled, 6), "fr", "y comme yvonne j comme joseph quatre-vingt-quatre vingt-quatre", Progress{Count: 5, Want: 6, Fill: Complete}},
		{n(TypeSpelled, 6), "fr", "y comme yvonne j comme joseph quatre-vingt-quatre", Progress{Fill: Partial}},
		{Spec{Type: TypeSpelled, Pattern: "[A-Z]{2}[0-9]{2}"}, "en", "a b four", Progress{Count: 3, Fill: Partial}},
		{Spec{Type: TypeSpelled, Pattern: "[A-Z]{2}[0-9]{2}"}, "en", "a b four two", Progress{Count: 4, Fill: Complete}},
		{n(TypeNumber, 0), "fr", "quatre-vingt", Progress{Count: 2, Fill: Possible}},
		{n(TypeNumber, 0), "fr", "quatre-vingt-dix-sept", Progress{Count: 2, Fill: Complete}},
		{n(TypeNumber, 0), "fr", "deux virgule", Progress{Count: 1, Fill: Partial}},
		{n(TypeNumber, 0), "en", "about twenty", Progress{Count: 2, Fill: Possible}},
		{n(TypeAmount, 0), "fr", "soixante", Progress{Count: 2, Fill: Possible}},
		{n(TypeAmount, 0), "fr", "soixante quinze euros", Progress{Count: 2, Fill: Complete}},
		{n(TypeAmount, 0), "fr", "douze euros cinquante", Progress{Count: 4, Fill: Possible}},
		{n(TypeAmount, 0), "fr", "douze euros cinquante-cinq", Progress{Count: 4, Fill: Complete}},
		{n(TypeAmount, 0), "en", "twelve pounds and", Progress{Count: 2, Fill: Partial}},
		{n(TypeDate, 0), "fr", "le douze", Progress{Count: 2, Fill: Possible}},
		{n(TypeDate, 0), "fr", "le douze non", Progress{Fill: Partial}},
		{n(TypeDate, 0), "fr", "le douze non pardon", Progress{Fill: Partial}},
		{n(TypeDate, 0), "fr", "le douze mars", Progress{Count: 2, Fill: Complete}},
		{n(TypeDate, 0), "fr", "le douze mars deux mille", Progress{Fill: Partial}},
		{n(TypeDate, 0), "fr", "le douze mars mille neuf cent", Progress{Fill: Partial}},
		{n(TypeDate, 0), "fr", "demain", Progress{Fill: Complete}},
		{n(TypeDate, 0), "fr", "lundi", Progress{Fill: Possible}},
		{n(TypeDate, 0), "fr", "lundi prochain", Progress{Fill: Complete}},
		{n(TypeDate, 0), "fr", "je ne sais pas", Progress{Fill: Nothing}},
		{n(TypeDate, 0), "en", "the twelfth", Progress{Fill: Possible}},
		{n(TypeDate, 0), "en", "the twelfth of march", Progress{Fill: Complete}},
		{n(TypeDate, 0), "en", "tomorrow", Progress{Fill: Complete}},
		{n(TypeTime, 0), "fr", "quatorze heures", Progress{Count: 2, Fill: Possible}},
		{n(TypeTime, 0), "fr", "quatorze heures quinze", Progress{Count: 4, Fill: Complete}},
		{n(TypeTime, 0), "fr", "huit heures et", Progress{Count: 1, Fill: Partial}},
		{n(TypeTime, 0), "fr", "huit heures et demie", Progress{Count: 1, Fill: Complete}},
		{n(TypeTime, 0), "fr", "midi", Progress{Fill: Complete}},
		{n(TypeTime, 0), "en", "half past", Progress{Fill: Nothing}},
		{n(TypeTime, 0), "en", "two", Progress{Count: 1, Fill: Possible}},
		{n(TypeTime, 0), "en", "two fifteen", Progress{Count: 3, Fill: Complete}},
		{n(TypeTime, 0), "en", "two pm", Progress{Count: 1, Fill: Complete}},
		{n(TypeEmail, 0), "fr", "jean point dupont", Progress{Fill: Partial}},
		{n(TypeEmail, 0), "fr", "jean point dupont arobase", Progress{Fill: Partial}},
		{n(TypeEmail, 0), "fr", "jean point dupont arobase gmail", Progress{Fill: Partial}},
		{n(TypeEmail, 0), "fr", "jean point dupont arobase gmail point", Progress{Fill: Partial}},
		{n(TypeEmail, 0), "fr", "jean point dupont arobase gmail point com", Progress{Fill: Complete}},
		{n(TypeEmail, 0), "fr", "je n’ai pas d’adresse électronique", Progress{Fill: Nothing}},
		{n(TypeEmail, 0), "en", "mary dot smith at acme dot co", Progress{Fill: Possible}},
		{n(TypeEmail, 0), "en", "mary dot smith at acme dot co dot uk", Progress{Fill: Complete}},
		{n(TypeYesNo, 0), "fr", "oui", Progress{Fill: Complete}},
		{n(TypeYesNo, 0), "fr", "non merci", Progress{Fill: Complete}},
		{n(TypeYesNo, 0), "fr", "oui mais c’est le douze", Progress{Count: 2, Fill: Possible}},
		{n(TypeYesNo, 0), "en", "no", Progress{Fill: Complete}},
		{n(TypeYesNo, 0), "en", "where is my parcel", Progress{Fill: Nothing}},
		{list, "fr", "livraison", Progress{Fill: Possible}},
		{list, "fr", "une livraison express", Progress{Fill: Complete}},
		{list, "fr", "retour", Progress{Fill: Complete}},
		{list, "fr", "je ne sais pas", Progress{Fill: Nothing}},
		{n(TypeText, 0), "fr", "douze rue des lilas", Progress{Fill: Partial}},
		{n(TypeText, 0), "fr", "douze rue des lilas à lyon", Progress{Fill: Possible}},
		{n(TypeText, 0), "fr", "le colis est cassé", Progress{Fill: Possible}},
		{n(TypeText, 0), "fr", "douze rue des lilas soixante-neuf zéro zéro trois", Progress{Fill: Partial}},
		{n(TypeText, 0), "fr", "douze rue des lilas soixante-neuf zéro zéro trois lyon", Progress{Fill: Possible}},
		{n(TypeText, 0), "en", "it's sixty one", Progress{Fill: Partial}},
		{n(TypeText, 0), "en", "flat b", Progress{Fill: Partial}},
		{n(TypeText, 0), "en", "twelve high street", Progress{Fill: Partial}},
		{n(TypeText, 0), "en", "twelve high street bristol", Progress{Fill: Possible}},
	} {
		got := ProgressOf(c.spec, c.lang, c.text)
		if got.Fill != c.want.Fill || c.want.Want > 0 && got.Want != c.want.Want || c.want.Count > 0 && got.Count != c.want.Count {
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
