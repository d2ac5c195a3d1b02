package entity

import "testing"

// The tables of this file hold the forms in which callers say values, beside those of
// entity_test.go; docs/entities.md lists them for the authors of flows.

func TestPhoneForms(t *testing.T) {
	t.Parallel()
	check(t, Spec{Type: TypePhone}, sunday, []row{
		{"fr", "zéro six douze trente-quatre cinquante-six soixante-dix-huit", "+33612345678"},
		{"fr", "zéro six, un deux trois quatre, cinq six sept huit", "+33612345678"},
		{"fr", "mon numéro c'est le zéro six cent vingt-trois quatre cent cinquante-six soixante-dix-huit", "+33612345678"},
		{"fr", "zéro six cent vingt-trois quarante-cinq soixante-sept huit", "+33612345678"},
		{"fr", "zéro sept quatre-vingts quatre-vingt-un quatre-vingt-dix quatre-vingt-dix-neuf", "+33780819099"},
		{"fr", "zéro quatre septante-huit nonante zéro un vingt-deux", "+33478900122"},
		{"fr", "plus trente-trois six douze trente-quatre cinquante-six soixante-dix-huit", "+33612345678"},
		{"fr", "plus trente-trois, zéro six douze trente-quatre cinquante-six soixante-dix-huit", "+33612345678"},
		{"fr", "zéro zéro trente-trois six douze trente-quatre cinquante-six soixante-dix-huit", "+33612345678"},
		{"fr", "plus trente-deux quatre cent soixante-dix douze trente-quatre cinquante-six", "+32470123456"},
		{"fr", "plus quarante et un soixante-dix-neuf cent vingt-trois quarante-cinq soixante-sept", "+41791234567"},
		{"fr", "plus quarante-quatre vingt soixante-dix-neuf quarante-six zéro neuf cinquante-huit", "+442079460958"},
		{"fr", "zéro deux cinq cent douze trente-quatre cinquante-six", "+3225123456"},
		{"fr", "0612345678", "+33612345678"}, {"fr", "06-12-34-56-78", "+33612345678"}, {"fr", "(0)6 12 34 56 78", "+33612345678"},
		{"fr", "+41 79 123 45 67", "+41791234567"}, {"fr", "+32 470 12 34 56", "+32470123456"},
		{"fr", "zéro six douze euh trente-quatre cinquante-six soixante-dix-huit", "+33612345678"},
		{"fr", "zéro six douze trente-cinq non trente-quatre cinquante-six soixante-dix-huit", "+33612345678"},
		{"fr", "zéro six triple un deux deux trois trois quatre", "+33611122334"},
		{"fr", "zéro six double un double deux double trois double quatre", "+33611223344"},
		{"en", "oh seven seven double oh nine hundred one two three", "+447700900123"},
		{"en", "oh seven seven double oh nine oh oh one two three", "+447700900123"},
		{"en", "zero double seven zero zero nine zero zero one two three", "+447700900123"},
		{"en", "plus forty four, seven seven double zero, nine double zero, one two three", "+447700900123"},
		{"en", "plus one, two one two, five five five, oh one nine nine", "+12125550199"},
		{"en", "one two one two five five five oh one nine nine", "+12125550199"},
		{"en", "area code two one two five five five zero one nine nine", "+12125550199"},
		{"en", "double oh three three six twelve thirty four fifty six seventy eight", "+33612345678"},
		{"en", "eight hundred five five five one two one two", "+18005551212"},
	})
	check(t, Spec{Type: TypePhone, Pattern: `\+41[0-9]{9}`}, sunday, []row{{"fr", "zéro septante-neuf cent vingt-trois quarante-cinq soixante-sept", "+41791234567"}})
	check(t, Spec{Type: TypePhone, Pattern: `\+32[0-9]{8,9}`}, sunday, []row{{"fr", "zéro quatre cent septante douze trente-quatre cinquante-six", "+32470123456"}})
}

func TestAmountForms(t *testing.T) {
	t.Parallel()
	check(t, Spec{Type: TypeAmount}, sunday, []row{
		{"fr", "quarante-deux euros cinquante", "42.50"}, {"fr", "quarante-deux cinquante", "42.50"}, {"fr", "quarante-deux virgule cinquante", "42.50"},
		{"fr", "quarante-deux virgule cinq euros", "42.50"}, {"fr", "mille deux cents balles", "1200.00"}, {"fr", "douze cents euros", "1200.00"},
		{"fr", "deux mille euros", "2000.00"}, {"fr", "deux mille cinq cents euros et trente centimes", "2500.30"}, {"fr", "un euro", "1.00"},
		{"fr", "un euro cinquante", "1.50"}, {"fr", "zéro euro cinquante", "0.50"}, {"fr", "cinquante centimes d'euro", "0.50"}, {"fr", "dix-neuf euros quatre-vingt-dix-neuf", "19.99"},
		{"fr", "quatre-vingt-dix francs", "90.00"}, {"fr", "nonante francs suisses", "90.00"}, {"fr", "vingt francs cinquante", "20.50"}, {"fr", "trois cents francs et vingt centimes", "300.20"},
		{"fr", "cent euros non deux cents euros", "200.00"}, {"fr", "environ cent cinquante euros je crois", "150.00"}, {"fr", "j'ai payé quarante-neuf euros quatre-vingt-dix", "49.90"},
		{"fr", "un million d'euros", "1000000.00"}, {"fr", "42,5", "42.50"}, {"fr", "1.234,56 €", "1234.56"}, {"fr", "€ 42", "42.00"}, {"fr", "42 euros", "42.00"}, {"fr", "42*50", "42.50"},
		{"fr", "deux fois vingt euros", "20.00"}, {"fr", "trente dollars", "30.00"}, {"fr", "cinq livres sterling", "5.00"}, {"fr", "CHF 42.50", "42.50"}, {"fr", "deux cent euros", "200.00"},
		{"en", "forty-two euros fifty", "42.50"}, {"en", "twelve ninety-nine", "12.99"}, {"en", "nineteen ninety five", "19.95"}, {"en", "twelve pounds fifty", "12.50"},
		{"en", "twelve pound fifty", "12.50"}, {"en", "five pounds and five pence", "5.05"}, {"en", "fifty p", "0.50"}, {"en", "five dollars and ninety-nine cents", "5.99"},
		{"en", "a hundred and twenty dollars", "120.00"}, {"en", "twelve hundred dollars", "1200.00"}, {"en", "two grand", "2000.00"}, {"en", "twenty quid", "20.00"}, {"en", "a tenner", "10.00"}, {"en", "a fiver", "5.00"},
		{"en", "forty two point five oh", "42.50"}, {"en", "one thousand two hundred dollars", "1200.00"}, {"en", "$1,234.56", "1234.56"}, {"en", "£42", "42.00"}, {"en", "one and a half million", "1500000.00"}, {"en", "ten bucks", "10.00"},
		{"en", "twenty no thirty pounds", "30.00"}, {"en", "thirty francs", "30.00"}, {"en", "two fifty", "2.50"}, {"en", "ninety nine cents", "0.99"}, {"en", "two and a half dollars", "2.50"},
	})
}

func TestEmailForms(t *testing.T) {
	t.Parallel()
	check(t, Spec{Type: TypeEmail}, sunday, []row{
		{"fr", "jean point dupont arobase gmail point com", "jean.dupont@gmail.com"}, {"fr", "jean point dupont at gmail dot com", "jean.dupont@gmail.com"},
		{"fr", "j e a n point d u p o n t arobase orange point fr", "jean.dupont@orange.fr"}, {"fr", "jean dupont tout attaché arobase free point fr", "jeandupont@free.fr"},
		{"fr", "jeandupont tout en minuscules arobase free point fr", "jeandupont@free.fr"}, {"fr", "marie tiret claire arobase laposte point net", "marie-claire@laposte.net"},
		{"fr", "marie tiret du bas claire arobase laposte point net", "marie_claire@laposte.net"}, {"fr", "marie underscore claire arobase laposte point net", "marie_claire@laposte.net"},
		{"fr", "c'est contact arobase colibri tiret express point fr", "contact@colibri-express.fr"}, {"fr", "mon adresse mail c'est paul quatre-vingt-douze arobase hotmail point fr", "paul92@hotmail.fr"},
		{"fr", "p comme paul m comme marie arobase gmail point com", "pm@gmail.com"}, {"fr", "paul double vé arobase gmail point com", "paulw@gmail.com"},
		{"fr", "luc deux mille arobase yahoo point fr", "luc2000@yahoo.fr"}, {"fr", "alors euh sophie point martin arobase wanadoo point fr merci", "sophie.martin@wanadoo.fr"},
		{"fr", "sophie point l point martin arobase sfr point fr", "sophie.l.martin@sfr.fr"}, {"fr", "Jean.Dupont@gmail.com", "jean.dupont@gmail.com"}, {"fr", "jean.dupont @ gmail.com", "jean.dupont@gmail.com"},
		{"fr", "andré point noël arobase gmail point com", "andre.noel@gmail.com"}, {"fr", "info arobase mairie point ville point be", "info@mairie.ville.be"}, {"fr", "je n'ai pas d'adresse mail", ""},
		{"fr", "zoé un deux trois arobase bluewin point ch", "zoe123@bluewin.ch"}, {"fr", "jean non pardon jeanne point dupont arobase gmail point com", "jeanne.dupont@gmail.com"},
		{"en", "john dot smith at gmail dot com", "john.smith@gmail.com"}, {"en", "j o h n at example dot org", "john@example.org"}, {"en", "john underscore smith at yahoo dot co dot uk", "john_smith@yahoo.co.uk"},
		{"en", "john hyphen smith at my dash company dot com", "john-smith@my-company.com"}, {"en", "john smith all one word at gmail dot com", "johnsmith@gmail.com"}, {"en", "it's mary ninety two at outlook dot com thanks", "mary92@outlook.com"},
		{"en", "m for mike s for sierra at gmail dot com", "ms@gmail.com"}, {"en", "my email address is bob at bob dot io", "bob@bob.io"}, {"en", "sales plus test at example dot com", "sales+test@example.com"}, {"en", "all lowercase sue dot jones at gmail dot com", "sue.jones@gmail.com"},
	})
}

func TestSpelledForms(t *testing.T) {
	t.Parallel()
	check(t, Spec{Type: TypeSpelled}, sunday, []row{
		{"fr", "a b c un deux trois", "ABC123"}, {"fr", "b comme bernard", "B"}, {"fr", "d comme denise u p o n t", "DUPONT"}, {"fr", "deux l", "LL"}, {"fr", "b e deux l e", "BELLE"}, {"fr", "double l", "LL"},
		{"fr", "m a deux t", "MATT"}, {"fr", "i grec", "Y"}, {"fr", "y v e s", "YVES"}, {"fr", "w a t t", "WATT"}, {"fr", "double v a t t", "WATT"}, {"fr", "e accent aigu", "E"}, {"fr", "r e n e accent aigu", "RENE"}, {"fr", "é accent aigu", "E"},
		{"fr", "c cédille", "C"}, {"fr", "f r a n c cédille o i s", "FRANCOIS"}, {"fr", "e tréma", "E"}, {"fr", "a majuscule b minuscule", "AB"}, {"fr", "a majuscule b majuscule douze", "AB12"}, {"fr", "tango bravo douze", "TB12"}, {"fr", "alpha bravo charlie", "ABC"},
		{"fr", "x ray whisky zoulou", "XWZ"}, {"fr", "anatole berthe célestin", "ABC"}, {"fr", "z comme zorro zéro zéro sept", "Z007"}, {"fr", "a b c euh non a b d", "ABD"}, {"fr", "k comme kilo", "K"}, {"fr", "h comme henri ache", "HH"},
		{"fr", "la lettre b puis douze", "B12"}, {"fr", "deux fois a", "AA"}, {"fr", "trois a", "AAA"}, {"fr", "a tiret b douze", "AB12"}, {"fr", "e accent grave", "E"}, {"fr", "e accent circonflexe t r e", "ETRE"},
		{"en", "b as in bravo", "B"}, {"en", "b for bob c for charlie twelve", "BC12"}, {"en", "double l", "LL"}, {"en", "b e double l e", "BELLE"}, {"en", "x ray yankee zulu nine", "XYZ9"}, {"en", "capital a lowercase b", "AB"}, {"en", "s as in sam m i t h", "SMITH"},
		{"en", "alpha niner", "A9"}, {"en", "zed zed nine", "ZZ9"}, {"en", "zee nine", "Z9"}, {"en", "a b c no a b d", "ABD"}, {"en", "w for whiskey", "W"}, {"en", "q one w", "Q1W"}, {"en", "the letter b then twelve", "B12"}, {"en", "a dash b twelve", "AB12"}, {"en", "m like mary", "M"}, {"en", "uppercase r five", "R5"},
	})
}

func TestPostcodeForms(t *testing.T) {
	t.Parallel()
	check(t, Spec{Type: TypePostcodeFR}, sunday, []row{
		{"fr", "soixante-quinze mille", "75000"}, {"fr", "soixante quinze zéro onze", "75011"}, {"fr", "soixante-quinze mille onze", "75011"}, {"fr", "treize mille huit", "13008"}, {"fr", "treize zéro zéro huit", "13008"},
		{"fr", "soixante-neuf mille trois", "69003"}, {"fr", "soixante-neuf cent", "69100"}, {"fr", "six neuf zéro zéro trois", "69003"}, {"fr", "trente et un mille cinq cents", "31500"}, {"fr", "zéro six mille", "06000"}, {"fr", "six mille deux cents", "06200"},
		{"fr", "zéro un mille", "01000"}, {"fr", "zéro un zéro zéro zéro", "01000"}, {"fr", "quarante-quatre mille cent", "44100"}, {"fr", "neuf cent soixante-quatorze zéro zéro", "97400"}, {"fr", "nonante-sept quatre cents", "97400"},
		{"fr", "vingt mille deux cents", "20200"}, {"fr", "quatre-vingt-quatorze mille trois cent dix", "94310"}, {"fr", "code postal cinquante-neuf huit cents à lille", "59800"}, {"fr", "75 011 paris", "75011"}, {"fr", "quatre-vingt-quinze mille", "95000"},
		{"en", "seventy five oh eleven", "75011"}, {"en", "seven five zero one one", "75011"}, {"fr", "trente-trois mille", "33000"}, {"fr", "cent mille", ""},
	})
}

func TestYesNoForms(t *testing.T) {
	t.Parallel()
	spec := Spec{Type: TypeYesNo}
	for _, said := range []string{"oui", "ouais", "ouais ouais", "oui oui oui", "mmh", "mmh mmh", "carrément", "tout à fait", "c'est ça", "voilà", "voilà c'est ça", "absolument", "exactement", "parfaitement", "si", "si si", "mais si", "ben si", "bien sûr",
		"évidemment", "ça marche", "ça roule", "pas de problème", "pas de souci", "aucun problème", "c'est bien ça", "c'est cela même", "en effet", "effectivement", "tout juste", "oui s'il vous plaît", "oui merci", "avec plaisir", "volontiers", "je veux bien",
		"oui je veux bien", "entendu", "c'est correct", "oui c'est correct", "c'est bien moi", "oui c'est moi", "d'accord", "ok d'accord", "très bien", "nickel", "impeccable", "bien entendu", "certainement", "sans doute", "je pense", "je crois", "je suppose", "oui je crois", "oui je pense que oui",
		"ça me va", "ça me convient", "allez-y", "vas-y", "faites donc", "faites", "yes", "yep", "ok", "okay", "c'est exact", "affirmatif", "pourquoi pas", "euh oui", "ah oui", "ah ben oui", "mais oui", "bah oui", "eh oui", "je confirme", "c'est bon", "c'est bon pour moi", "parfait", "super", "oui tout à fait", "oui voilà", "oui allô oui", "hum oui", "oui oui c'est bien ça"} {
		check(t, spec, sunday, []row{{"fr", said, "yes"}})
	}
	for _, said := range []string{"non", "non non", "non non non", "nan", "nan nan", "ah non", "euh non", "ben non", "bah non", "mais non", "pas du tout", "non pas du tout", "surtout pas", "absolument pas", "pas vraiment", "pas exactement", "non merci", "non ça ira", "ça ira", "non c'est bon",
		"non c'est pas ça", "c'est pas ça", "ce n'est pas ça", "c'est pas bon", "c'est faux", "je ne crois pas", "je crois pas", "je pense pas", "je ne pense pas", "je crois que non", "jamais", "jamais de la vie", "hors de question", "pas question", "en aucun cas", "négatif", "certainement pas", "sûrement pas", "bien sûr que non",
		"mais pas du tout", "pas maintenant", "pas pour le moment", "pas encore", "toujours pas", "non toujours pas", "je préfère pas", "je ne préfère pas", "non je ne veux pas", "laissez tomber", "c'est pas moi", "ce n'est pas moi", "c'est incorrect", "c'est inexact", "vous vous trompez", "erreur", "oui euh non", "pas tellement", "pas trop", "non plus"} {
		check(t, spec, sunday, []row{{"fr", said, "no"}})
	}
	for _, said := range []string{"yes", "yes please", "yeah", "yeah yeah", "yep", "yup", "ya", "sure", "sure thing", "of course", "absolutely", "definitely", "certainly", "correct", "that's correct", "that's right", "right", "exactly", "indeed", "ok", "okay", "alright", "all right", "fine", "that's fine",
		"sounds good", "perfect", "great", "mm hmm", "mhm", "uh huh", "i do", "i think so", "i believe so", "i guess so", "i suppose so", "please do", "go ahead", "go for it", "by all means", "why not", "you bet", "no problem", "no worries", "that's it", "that's me", "it is", "yes it is", "yes that's right", "yes i would", "affirmative", "true", "oh yes", "well yes", "um yes", "yes indeed", "i'd love to", "that would be great", "spot on", "totally", "for sure"} {
		check(t, spec, sunday, []row{{"en", said, "yes"}})
	}
	for _, said := range []string{"no", "nope", "nah", "no no", "no no no", "no thanks", "no thank you", "not at all", "not really", "not quite", "not exactly", "i don't think so", "i don't believe so", "absolutely not", "definitely not", "certainly not", "of course not", "no way", "never", "no that's wrong", "that's wrong", "that's not right",
		"that's not it", "that's incorrect", "incorrect", "wrong", "negative", "it isn't", "it's not", "no it isn't", "i'd rather not", "not now", "not yet", "not today", "i don't", "no i don't", "no i didn't", "i'm afraid not", "please don't", "don't", "false", "uh no", "well no", "oh no", "yes no", "that's not me", "no not really", "nah i'm good", "i'm good thanks", "under no circumstances", "no chance", "nuh uh"} {
		check(t, spec, sunday, []row{{"en", said, "no"}})
	}
	check(t, spec, sunday, []row{{"fr", "je ne sais pas", ""}, {"fr", "peut-être", ""}, {"fr", "un conseiller", ""}, {"en", "i don't know", ""}, {"en", "maybe", ""}, {"en", "an agent please", ""}, {"fr", "le treize", ""}, {"en", "i have a problem with my order", ""}})
}

func TestListForms(t *testing.T) {
	t.Parallel()
	spec := Spec{Type: TypeList, Values: map[string][]string{"bleu": {"bleu marine", "azur"}, "vert": {"vert d'eau"}, "chaussures": {"chaussure", "baskets"}, "Saint-Étienne": nil, "retrait": {"point relais", "en magasin"}}}
	check(t, spec, sunday, []row{
		{"fr", "le bleu", "bleu"}, {"fr", "bleus", "bleu"}, {"fr", "verre", "vert"}, {"fr", "verts", "vert"}, {"fr", "des chossures", "chaussures"}, {"fr", "une basquet", "chaussures"}, {"fr", "saint étienne", "Saint-Étienne"}, {"fr", "saint-etienne", "Saint-Étienne"},
		{"fr", "au point relai", "retrait"}, {"fr", "le bleu non le vert", "vert"}, {"fr", "pas le bleu le vert", "vert"}, {"fr", "en magazin", "retrait"}, {"fr", "rouge", ""}, {"fr", "bleu marine", "bleu"},
	})
}

func TestNumberForms(t *testing.T) {
	t.Parallel()
	check(t, Spec{Type: TypeNumber}, sunday, []row{
		{"fr", "une douzaine", "12"}, {"fr", "une demi-douzaine", "6"}, {"fr", "une dizaine", "10"}, {"fr", "une paire", "2"}, {"fr", "une centaine", "100"}, {"fr", "deux et demi", "2.5"}, {"fr", "aucun", "0"}, {"fr", "un seul", "1"}, {"fr", "les deux", "2"}, {"fr", "quarante-cinq non quarante-six", "46"},
		{"fr", "septante-cinq", "75"}, {"fr", "octante", "80"}, {"fr", "mille deux cent trente-quatre", "1234"}, {"fr", "1.200.000", "1200000"}, {"fr", "un demi", "0.5"}, {"fr", "deux trois", "2"}, {"fr", "trois colis", "3"}, {"fr", "moins cinq degrés", "-5"}, {"fr", "20%", "20"}, {"fr", "vingt pour cent", "20"},
		{"en", "a dozen", "12"}, {"en", "half a dozen", "6"}, {"en", "a couple", "2"}, {"en", "two and a half", "2.5"}, {"en", "none", "0"}, {"en", "just one", "1"}, {"en", "both", "2"}, {"en", "twenty percent", "20"}, {"en", "forty five no forty six", "46"}, {"en", "minus five", "-5"}, {"en", "negative three", "-3"}, {"en", "a hundred", "100"}, {"en", "twelve hundred", "1200"}, {"en", "one thousand two hundred and thirty four", "1234"}, {"en", "a pair", "2"}, {"en", "half", "0.5"}, {"en", "1,234", "1234"},
	})
}
