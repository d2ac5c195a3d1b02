package entity

import "testing"

// BenchmarkParse reads one typical answer of each type; a turn of the engine has 2 ms.
func BenchmarkParse(b *testing.B) {
	for _, c := range []struct {
		name, lang, said string
		spec             Spec
	}{
		{"digits8", "fr", "quarante cinq douze soixante dix huit zéro un", Spec{Type: TypeDigits, Length: 8}},
		{"digits10", "fr", "alors c'est le zéro six quatre vingt dix sept douze trente quatre cinquante six", Spec{Type: TypeDigits, Length: 10}},
		{"digits", "fr", "quarante cinq douze soixante dix huit zéro un", Spec{Type: TypeDigits}},
		{"spelled", "fr", "b comme bernard c comme camille un deux trois quatre cinq six", Spec{Type: TypeSpelled, Pattern: "[A-Z]{2}[0-9]{6}"}},
		{"phone", "fr", "zéro six douze trente quatre cinquante six soixante dix huit", Spec{Type: TypePhone}},
		{"number", "fr", "neuf cent quatre-vingt-dix-neuf mille neuf cent quatre-vingt-dix-neuf", Spec{Type: TypeNumber}},
		{"date", "fr", "plutôt le mardi vingt-quatre novembre deux mille vingt-six", Spec{Type: TypeDate}},
		{"time", "fr", "demain soir vers dix-huit heures quarante-cinq", Spec{Type: TypeTime}},
		{"amount", "en", "forty-two pounds and fifty pence", Spec{Type: TypeAmount}},
		{"email", "fr", "mon mail c'est jean point dupont arobase gmail point com", Spec{Type: TypeEmail}},
		{"yes_no", "fr", "ah oui oui c'est bien ça merci", Spec{Type: TypeYesNo}},
		{"sentence", "fr", "bonjour je voudrais savoir où en est ma commande parce que je n'ai toujours rien reçu", Spec{Type: TypeDigits, Length: 8}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Parse(c.spec, c.lang, c.said, sunday)
			}
		})
	}
}
