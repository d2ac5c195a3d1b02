package entity

import (
	"testing"
	"time"
)

// sunday is the wall time of the tables: Sunday 22 November 2026.
var sunday = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

type row struct {
	lang, said, want string
}

// check parses each row and compares the first reading; "" wants none.
func check(t *testing.T, spec Spec, now time.Time, rows []row) {
	t.Helper()
	for _, c := range rows {
		got := ""
		vs := Parse(spec, c.lang, c.said, now)
		if len(vs) > 0 {
			got = vs[0].Text
		}
		if got != c.want {
			t.Errorf("%s %+v %q: got %q, want %q (%v)", c.lang, spec, c.said, got, c.want, vs)
		}
	}
}

func TestYesNo(t *testing.T) {
	t.Parallel()
	yes := map[string][]string{
		"fr": {"oui", "ouais", "oui oui", "euh oui", "c'est ça", "c est ça", "tout à fait", "exact", "exactement", "mm", "mm hm", "d'accord", "ok", "voilà",
			"bien sûr", "absolument", "oui c'est bien ça", "ah oui", "ben oui", "je crois que oui", "oui s'il vous plaît", "volontiers", "parfait", "allez-y", "si si",
			"non oui oui", "C’est exact.", "oui merci", "oui mais c'est urgent", "c'est bon", "affirmatif", "je pense que oui", "je confirme"},
		"en": {"yes", "yeah", "yep", "yup", "sure", "that's right", "thats right yes", "that s right", "correct", "exactly", "of course", "mm hm", "uh huh", "okay", "yes please",
			"please do", "i think so", "absolutely", "go ahead", "no yes", "it is"},
	}
	no := map[string][]string{
		"fr": {"non", "nan", "non non", "pas du tout", "non merci", "euh non", "c'est pas ça", "ce n'est pas ça", "c est pas ça", "absolument pas", "je crois pas", "ah non pas du tout",
			"oui euh non", "oui enfin non", "non c'est pas ça c'est quarante-cinq", "surtout pas", "pas vraiment", "non c'est bon", "faux", "pas encore", "toujours pas"},
		"en": {"no", "nope", "nah", "no thanks", "no thank you", "not at all", "that's wrong", "that's not right", "not really", "i don't think so", "absolutely not", "it isn't", "no it's not", "never"},
	}
	for lang, list := range yes {
		for _, s := range list {
			check(t, Spec{Type: TypeYesNo}, sunday, []row{{lang, s, "yes"}})
		}
	}
	for lang, list := range no {
		for _, s := range list {
			check(t, Spec{Type: TypeYesNo}, sunday, []row{{lang, s, "no"}})
		}
	}
	check(t, Spec{Type: TypeYesNo}, sunday, []row{{"fr", "où est mon colis", ""}, {"fr", "", ""}, {"en", "where is my parcel", ""},
		{"fr", "quarante-cinq douze", ""}, {"fr", "le vendredi", ""}})
}

func TestDigitsAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	check(t, Spec{Type: TypeDigits, Length: 8}, sunday, []row{
		{"fr", "quarante-cinq douze soixante-dix-huit zéro deux", "45127802"},
		{"fr", "quarante cinq douze soixante dix huit zéro deux", "45127802"},
		{"fr", "alors euh c'est le quarante-cinq douze soixante-dix-huit zéro deux", "45127802"},
		{"fr", "quatre cinq un deux sept huit zéro deux", "45127802"},
		{"fr", "quatre cent cinquante et un deux cent soixante-dix-huit zéro deux", "45127802"},
		{"fr", "quatre cinq douze septante-huit zéro deux", "45127802"},
		{"fr", "4 5 douze 78 zéro deux", "45127802"},
		{"fr", "45 12 78 02", "45127802"},
		{"fr", "4512-7802", "45127802"},
		{"fr", "4512.78.02", "45127802"},
		{"fr", "n°45127802", "45127802"},
		{"fr", "mon numéro de commande c'est le 45 12 attendez 78 02 merci", "45127802"},
		{"fr", "quatre-vingt euh dix-sept nonante-deux septante et un huitante", "97927180"},
		{"fr", "quarante-cinq douze non treize soixante-dix-huit zéro deux", "45137802"},
		{"fr", "quarante-cinq treize pardon douze soixante-dix-huit zéro deux", "45127802"},
		{"fr", "quarante-cinq millions cent vingt-sept mille huit cent deux", "45127802"},
		{"fr", "quatre cinq un deux euh non je recommence quatre cinq un deux sept huit zéro deux", "45127802"},
		{"fr", "double quatre douze triple zéro un", "44120001"},
		{"fr", "deux fois le quatre douze trois fois zéro un", "44120001"},
		{"fr", "quarante-cinq douze", ""},
		{"fr", "bonjour je voudrais un conseiller", ""},
		{"en", "four five one two seven eight oh two", "45127802"},
		{"en", "forty-five twelve seventy-eight oh two", "45127802"},
		{"en", "forty five twelve seventy eight zero two", "45127802"},
		{"en", "uh the number is double four five one triple two one", "44512221"},
		{"en", "it's four hundred and fifty one two hundred and seventy eight oh two", "45127802"},
		{"en", "forty five twelve sorry thirteen seventy eight oh two", "45137802"},
	})
	check(t, Spec{Type: TypeDigits}, sunday, []row{
		{"fr", "soixante dix huit", "78"}, {"fr", "le douze euh non le treize", "13"}, {"fr", "4 5 douze", "4512"},
		{"fr", "B comme Bernard", ""}, {"fr", "un", "1"}, {"en", "one", "1"}, {"fr", "zéro", "0"}, {"fr", "double 4", "44"},
		{"fr", "4 5 1 2 non 4 5 1 3", "4513"},
	})
	check(t, Spec{Type: TypeDigits, Length: 4}, sunday, []row{{"fr", "soixante dix huit", "6018"}})
	check(t, Spec{Type: TypeDigits, Length: 3}, sunday, []row{{"fr", "soixante dix huit", "708"}})
	check(t, Spec{Type: TypeDigits, Pattern: "[0-9]{2}|[0-9]{6}"}, sunday, []row{{"fr", "douze treize quatorze", "121314"}})
	check(t, Spec{Type: TypeDigits, Length: 4, Check: "luhn"}, sunday, []row{{"fr", "soixante dix huit", ""}, {"fr", "dix-huit vingt-six", "1826"}})
}

func TestSpelled(t *testing.T) {
	t.Parallel()
	check(t, Spec{Type: TypeSpelled, Pattern: "[A-Z]{2}[0-9]{6}"}, sunday, []row{
		{"fr", "a b douze trente-quatre cinquante-six", "AB123456"},
		{"fr", "B comme Bernard, deux, un deux trois quatre cinq six", ""},
		{"fr", "b comme bernard c comme camille un deux trois quatre cinq six", "BC123456"},
		{"fr", "deux l douze trente-quatre cinquante-six", "LL123456"},
		{"fr", "double v x 12 34 56", "WX123456"},
		{"fr", "AB123456", "AB123456"},
		{"fr", "c'est le bé comme bernard a 123456", "BA123456"},
		{"en", "b as in bravo c for charlie one two three four five six", "BC123456"},
		{"en", "alpha bravo double one two three double five", "AB112355"},
		{"en", "double u x twelve thirty four fifty six", "WX123456"},
		{"en", "ab 123456", "AB123456"},
	})
	check(t, Spec{Type: TypeSpelled}, sunday, []row{
		{"fr", "d u p o n t", "DUPONT"}, {"fr", "b e deux l e", "BELLE"}, {"en", "s m i t h", "SMITH"}, {"fr", "Dupont", "DUPONT"},
		{"fr", "dé u pé o enne té", "DUPONT"}, {"en", "romeo oscar mike echo oscar", "ROMEO"},
	})
}

func TestNumberAmountTime(t *testing.T) {
	t.Parallel()
	check(t, Spec{Type: TypeNumber}, sunday, []row{
		{"fr", "quarante-deux", "42"}, {"fr", "moins douze", "-12"}, {"fr", "trois virgule cinq", "3.5"}, {"fr", "deux virgule cinq millions", "2500000"}, {"fr", "deux millions et demi", "2500000"}, {"en", "two point five million", "2500000"}, {"en", "one point two five thousand", "1250"}, {"en", "three point one four", "3.14"}, {"fr", "1 200", "1200"},
		{"fr", "trois virgule zéro cinq", "3.05"}, {"fr", "3,5", "3.5"}, {"fr", "deux cent mille cent quatre-vingt-dix-neuf", "200199"},
		{"fr", "quatre-vingt-dix neuf", "99"}, {"fr", "le douze euh non le treize", "13"}, {"fr", "j'en ai deux", "2"}, {"fr", "zéro", "0"},
		{"en", "forty-two", "42"}, {"en", "two point five", "2.5"}, {"en", "a hundred and five", "105"}, {"en", "three million", "3000000"},
		{"fr", "deux millions", "2000000"}, {"fr", "3 millions", "3000000"}, {"fr", "rien", ""},
	})
	check(t, Spec{Type: TypeAmount}, sunday, []row{
		{"fr", "quarante-deux euros cinquante", "42.50"}, {"fr", "quarante-deux euros et cinquante centimes", "42.50"}, {"fr", "42,50 €", "42.50"},
		{"fr", "42€50", "42.50"}, {"fr", "mille deux cents euros", "1200.00"}, {"fr", "1 200,50 euros", "1200.50"}, {"fr", "cinquante centimes", "0.50"},
		{"fr", "deux colis à trente euros", "30.00"}, {"fr", "quarante-deux", "42.00"}, {"fr", "deux euros et demi", "2.50"},
		{"en", "forty-two euros fifty", "42.50"}, {"en", "twelve pounds and five pence", "12.05"}, {"en", "$42.50", "42.50"}, {"en", "fifty cents", "0.50"},
		{"fr", "je ne sais pas", ""},
	})
	check(t, Spec{Type: TypeTime}, sunday, []row{
		{"fr", "quatorze heures trente", "14:30"}, {"fr", "14h30", "14:30"}, {"fr", "14 h", "14:00"}, {"fr", "midi", "12:00"}, {"fr", "minuit", "00:00"},
		{"fr", "midi et demi", "12:30"}, {"fr", "neuf heures du matin", "09:00"}, {"fr", "deux heures et demie de l'après-midi", "14:30"},
		{"fr", "trois heures et quart", "15:15"}, {"fr", "quatre heures moins le quart", "15:45"}, {"fr", "huit heures du soir", "20:00"},
		{"fr", "vers dix-huit heures", "18:00"}, {"fr", "14:30", "14:30"}, {"fr", "dix heures dix", "10:10"}, {"fr", "à neuf heures", "09:00"},
		{"en", "half past two p m", "14:30"}, {"en", "two thirty pm", "14:30"}, {"en", "quarter to five", "16:45"}, {"en", "noon", "12:00"},
		{"en", "five o'clock", "17:00"}, {"en", "nine a m", "09:00"}, {"en", "2:30pm", "14:30"}, {"en", "ten past eight in the evening", "20:10"},
		{"en", "midnight", "00:00"}, {"en", "fourteen thirty", "14:30"}, {"en", "twelve thirty am", "00:30"},
	})
}

func TestDates(t *testing.T) {
	t.Parallel()
	check(t, Spec{Type: TypeDate}, sunday, []row{
		{"fr", "aujourd'hui", "2026-11-22"}, {"fr", "aujourd hui", "2026-11-22"}, {"fr", "demain", "2026-11-23"}, {"fr", "après-demain", "2026-11-24"},
		{"fr", "hier", "2026-11-21"}, {"fr", "avant-hier", "2026-11-20"}, {"fr", "mardi", "2026-11-24"}, {"fr", "mardi prochain", "2026-11-24"},
		{"fr", "mardi en huit", "2026-12-01"}, {"fr", "mardi en quinze", "2026-12-08"}, {"fr", "mardi dernier", "2026-11-17"}, {"fr", "demain en huit", "2026-11-30"},
		{"fr", "le 3 mars", "2027-03-03"}, {"fr", "le trois mars", "2027-03-03"}, {"fr", "le premier mars", "2027-03-01"}, {"fr", "le 1er mars", "2027-03-01"},
		{"fr", "le 3/3", "2027-03-03"}, {"fr", "03/12/2026", "2026-12-03"}, {"fr", "2026-12-03", "2026-12-03"}, {"fr", "dans trois jours", "2026-11-25"},
		{"fr", "dans une semaine", "2026-11-29"}, {"fr", "il y a trois jours", "2026-11-19"}, {"fr", "dans quinze jours", "2026-12-06"}, {"fr", "dans deux semaines", "2026-12-06"},
		{"fr", "la semaine prochaine", "2026-11-23"}, {"fr", "mardi vingt-quatre novembre", "2026-11-24"}, {"fr", "mardi 24", "2026-11-24"},
		{"fr", "le vingt-quatre novembre deux mille vingt-six", "2026-11-24"}, {"fr", "le douze euh non le treize mars", "2027-03-13"},
		{"fr", "lundi euh non mardi", "2026-11-24"}, {"fr", "le quatorze", "2026-12-14"}, {"fr", "jeudi de la semaine prochaine", "2026-11-26"}, {"fr", "fin du mois", "2026-11-30"},
		{"fr", "ce week-end", "2026-11-22"}, {"fr", "je l'ai reçu hier soir", "2026-11-21"}, {"fr", "le 25 décembre", "2026-12-25"}, {"fr", "à Noël", "2026-12-25"},
		{"fr", "dans un mois", "2026-12-22"}, {"fr", "le trente février", ""}, {"fr", "où est mon colis", ""}, {"fr", "le vingt et un mars", "2027-03-21"},
		{"en", "today", "2026-11-22"}, {"en", "tomorrow", "2026-11-23"}, {"en", "the day after tomorrow", "2026-11-24"}, {"en", "yesterday", "2026-11-21"},
		{"en", "tuesday", "2026-11-24"}, {"en", "next tuesday", "2026-11-24"}, {"en", "last tuesday", "2026-11-17"}, {"en", "tuesday week", "2026-12-01"},
		{"en", "the third of march", "2027-03-03"}, {"en", "march third", "2027-03-03"}, {"en", "march the 3rd", "2027-03-03"}, {"en", "3rd of march 2028", "2028-03-03"},
		{"en", "the twenty first of november twenty twenty seven", "2027-11-21"}, {"en", "in three days", "2026-11-25"}, {"en", "three days ago", "2026-11-19"},
		{"en", "in a week", "2026-11-29"}, {"en", "in two weeks", "2026-12-06"}, {"en", "3/12", "2026-12-03"}, {"en", "monday no tuesday", "2026-11-24"}, {"en", "the third", "2026-12-03"},
		{"en", "tuesday the twenty fourth of november", "2026-11-24"}, {"en", "next week", "2026-11-23"}, {"en", "where is it", ""},
	})
	check(t, Spec{Type: TypeDate}, time.Date(2026, 11, 19, 9, 0, 0, 0, time.UTC), []row{ // a Thursday
		{"fr", "fin de semaine", "2026-11-20"}, {"en", "end of the week", "2026-11-20"}, {"fr", "ce week-end", "2026-11-21"}, {"fr", "mardi prochain", "2026-11-24"},
		{"en", "next tuesday", "2026-11-24"}, {"fr", "jeudi", "2026-11-26"}, {"fr", "jeudi en huit", "2026-12-03"}, {"fr", "vendredi", "2026-11-20"},
		{"fr", "la semaine prochaine", "2026-11-23"}, {"en", "next week", "2026-11-23"},
	})
	check(t, Spec{Type: TypeDate}, time.Date(2027, 1, 31, 23, 59, 0, 0, time.UTC), []row{ // month and year ends
		{"fr", "demain", "2027-02-01"}, {"fr", "dans un mois", "2027-02-28"}, {"fr", "le 29 février", "2028-02-29"}, {"fr", "le trente et un", "2027-01-31"},
	})
}

func TestPhoneEmailPostcodeList(t *testing.T) {
	t.Parallel()
	check(t, Spec{Type: TypePhone}, sunday, []row{
		{"fr", "zéro six douze trente-quatre cinquante-six soixante-dix-huit", "+33612345678"},
		{"fr", "06 12 34 56 78", "+33612345678"}, {"fr", "06.12.34.56.78", "+33612345678"}, {"fr", "+33 6 12 34 56 78", "+33612345678"}, {"fr", "+33 (0)6 12 34 56 78", "+33612345678"},
		{"fr", "plus trente-trois six douze trente-quatre cinquante-six soixante-dix-huit", "+33612345678"}, {"fr", "0033612345678", "+33612345678"},
		{"fr", "c'est le zéro un quarante-deux quatre-vingt-dix zéro zéro quatre-vingts", "+33142900080"}, {"fr", "zéro six douze", ""},
		{"en", "oh two oh seven nine four six oh nine five eight", "+442079460958"}, {"en", "two one two five five five oh one double nine", "+12125550199"},
		{"en", "plus four four twenty seventy nine forty six oh nine fifty eight", "+442079460958"},
	})
	check(t, Spec{Type: TypeEmail}, sunday, []row{
		{"fr", "jean point dupont arobase gmail point com", "jean.dupont@gmail.com"}, {"fr", "mon mail c'est jean tiret dupont arobase orange point fr", "jean-dupont@orange.fr"},
		{"fr", "jean.dupont@gmail.com", "jean.dupont@gmail.com"}, {"fr", "j e a n arobase free point fr", "jean@free.fr"}, {"fr", "jean soixante-dix-huit arobase gmail point com", "jean78@gmail.com"},
		{"fr", "jean tiret du bas dupont arobase laposte point net", "jean_dupont@laposte.net"}, {"fr", "mon adresse est Jean-Paul.Dupont@Colibri-Express.fr merci", "jean-paul.dupont@colibri-express.fr"},
		{"fr", "jean dupont", ""}, {"fr", "arobase", ""}, {"fr", "@.", ""},
		{"en", "john dot smith at gmail dot com", "john.smith@gmail.com"}, {"en", "my email is j smith at example dot co dot uk", "jsmith@example.co.uk"},
	})
	check(t, Spec{Type: TypePostcodeFR}, sunday, []row{
		{"fr", "soixante-quinze zéro onze", "75011"}, {"fr", "75011", "75011"}, {"fr", "75 011", "75011"}, {"fr", "treize mille", "13000"}, {"fr", "soixante-quinze mille onze", "75011"},
		{"fr", "zéro six cent", "06100"}, {"fr", "trente-trois mille deux cents", "33200"}, {"fr", "quatre-vingt-dix-sept quatre cent", "97400"}, {"fr", "douze", ""},
	})
	list := Spec{Type: TypeList, Values: map[string][]string{"express": {"chronopost", "rapide", "en vingt-quatre heures"}, "standard": {"normal", "pas cher"}}}
	check(t, list, sunday, []row{{"fr", "la livraison rapide", "express"}, {"fr", "chronoposte", "express"}, {"fr", "euh standard s'il vous plaît", "standard"},
		{"fr", "le pas cher", "standard"}, {"fr", "en vingt quatre heures", "express"}, {"fr", "aucun", ""}, {"fr", "rapides", "express"}})
}

func TestCorrect(t *testing.T) {
	t.Parallel()
	digits := Spec{Type: TypeDigits, Length: 8}
	for _, c := range []struct {
		spec                      Spec
		lang, current, said, want string
	}{
		{digits, "fr", "45127801", "non zéro deux à la fin", "45127802"},
		{digits, "fr", "45127801", "non c'est zéro deux à la fin", "45127802"},
		{digits, "fr", "45127801", "à la fin c'est zéro deux", "45127802"},
		{digits, "fr", "45127801", "non les deux derniers c'est zéro deux", "45127802"},
		{digits, "fr", "45127801", "non le dernier c'est deux", "45127802"},
		{digits, "fr", "45127801", "ça finit par zéro deux", "45127802"},
		{digits, "en", "45127801", "no, zero two at the end", "45127802"},
		{digits, "en", "45127801", "no oh two at the end", "45127802"},
		{digits, "en", "45127801", "no the last two are zero two", "45127802"},
		{digits, "fr", "45127801", "non quarante-six douze au début", "46127801"},
		{digits, "fr", "45127801", "non c'est quatre cinq un deux sept huit zéro deux", "45127802"},
		{digits, "fr", "45127801", "non c'est quarante-cinq douze soixante-dix-huit zéro deux", "45127802"},
		{digits, "fr", "45127801", "non pas douze treize", "45137801"},
		{digits, "fr", "45127801", "non pas douze, treize", "45137801"},
		{digits, "fr", "45127801", "pas douze mais treize", "45137801"},
		{digits, "fr", "45127801", "treize au lieu de douze", "45137801"},
		{digits, "fr", "45127801", "c'est treize et pas douze", "45137801"},
		{digits, "en", "45127801", "not twelve thirteen", "45137801"},
		{digits, "en", "45127801", "thirteen instead of twelve", "45137801"},
		{digits, "fr", "45127801", "non zéro deux", "45127802"},
		{digits, "fr", "45127801", "non", ""},
		{digits, "fr", "45127801", "c'est pas ça", ""},
		{digits, "fr", "45127801", "oui", ""},
		{digits, "fr", "45127801", "non quatre-vingt-dix-neuf", ""},
		{Spec{Type: TypePhone}, "fr", "+33612345678", "non soixante-dix-neuf à la fin", "+33612345679"},
		{Spec{Type: TypeSpelled, Pattern: "[A-Z]{2}[0-9]{4}"}, "fr", "AB1234", "non trente-cinq à la fin", "AB1235"},
		{Spec{Type: TypeDate}, "fr", "2026-11-24", "non mercredi", "2026-11-25"},
		{Spec{Type: TypeDate}, "fr", "2026-11-24", "non pas mardi mercredi", "2026-11-25"},
		{Spec{Type: TypeAmount}, "fr", "42.50", "non quarante-trois euros", "43.00"},
		{Spec{Type: TypeList, Values: map[string][]string{"express": nil, "standard": nil}}, "fr", "express", "non standard", "standard"},
	} {
		v, ok := Correct(c.spec, c.lang, c.current, c.said)
		if v.Text != c.want || ok != (c.want != "") {
			t.Errorf("%s %q corrected by %q: got %q %v, want %q", c.spec.Type, c.current, c.said, v.Text, ok, c.want)
		}
		if v.Start < 0 || v.End > len(c.said) || ok && v.Start >= v.End {
			t.Errorf("%q: span %d..%d of %d bytes", c.said, v.Start, v.End, len(c.said))
		}
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang, said string
		want       int
	}{
		{"fr", "", 0}, {"fr", "alors euh", 0}, {"fr", "quarante", 2}, {"fr", "quarante-cinq", 2}, {"fr", "quarante-cinq douze", 4}, {"fr", "quarante-cinq douze soixante", 6},
		{"fr", "quarante cinq douze soixante dix", 6}, {"fr", "quarante cinq douze soixante dix huit zéro", 7}, {"fr", "quarante cinq douze soixante dix huit zéro un", 8},
		{"fr", "c'est un numéro", 0}, {"fr", "45 12 78", 6}, {"fr", "quatre cinq un deux sept huit zéro deux", 8}, {"en", "four five one two", 4}, {"en", "forty five", 2}, {"en", "double five", 2},
		{"fr", "quarante-cinq non je recommence douze", 2},
	} {
		if got := Count(Spec{Type: TypeDigits, Length: 8}, c.lang, c.said); got != c.want {
			t.Errorf("count of %q: %d, want %d", c.said, got, c.want)
		}
	}
	if got := Count(Spec{Type: TypeSpelled}, "fr", "a b douze"); got != 4 {
		t.Errorf("count of spelled: %d, want 4", got)
	}
}
