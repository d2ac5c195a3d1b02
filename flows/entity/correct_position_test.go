package entity

import "testing"

func TestCorrectByPosition(t *testing.T) {
	t.Parallel()
	eight, free := Spec{Type: TypeDigits, Length: 8}, Spec{Type: TypeDigits}
	code := Spec{Type: TypeSpelled, Pattern: "[A-Z]{2}[0-9]{4}"}
	for _, c := range []struct {
		spec                      Spec
		lang, current, said, want string
	}{
		{eight, "fr", "45127801", "le troisième chiffre est un cinq", "45527801"},
		{eight, "fr", "45127801", "non le troisième chiffre c'est un 5", "45527801"},
		{eight, "fr", "45127801", "le deuxième c'est un six", "46127801"},
		{eight, "fr", "45127801", "non le dernier chiffre c'est un sept", "45127807"},
		{eight, "fr", "45127801", "le dernier est un deux", "45127802"},
		{eight, "fr", "45127801", "l'avant-dernier chiffre est un neuf", "45127891"},
		{eight, "fr", "45127801", "le premier chiffre est un trois et le dernier un deux", "35127802"},
		{eight, "fr", "45127801", "le deuxième chiffre en partant de la fin est un 3", "45127831"},
		{eight, "fr", "45127801", "à la fin c'est 02", "45127802"},
		{eight, "fr", "45127801", "la fin c'est zéro deux", "45127802"},
		{eight, "fr", "45127801", "remplacez le 5 par un 6", "46127801"},
		{eight, "fr", "45127801", "remplacez le cinq par un six", "46127801"},
		{eight, "fr", "45127801", "changez le dernier chiffre en deux", "45127802"},
		{eight, "fr", "45127801", "remplacez douze par treize", "45137801"},
		{eight, "fr", "45127801", "pas douze, treize", "45137801"},
		{eight, "fr", "45127801", "non c'est un six pas un cinq", "46127801"},
		{eight, "fr", "45127801", "les deux derniers sont inversés", "45127810"},
		{eight, "fr", "45127801", "inversez le sept et le huit", "45128701"},
		{eight, "fr", "45127801", "le premier et le deuxième sont inversés", "54127801"},
		{eight, "fr", "45127801", "il manque un zéro à la fin", ""},
		{eight, "fr", "45127801", "le douzième chiffre est un cinq", ""},
		{eight, "fr", "45127801", "c'est pas le premier", ""},
		{free, "fr", "4512780", "il manque un zéro à la fin", "45127800"},
		{free, "fr", "4512780", "ajoutez un deux à la fin", "45127802"},
		{free, "fr", "4512780", "il manque un trois au début", "34512780"},
		{free, "fr", "4512780", "il manque un trois après le sept", "45127380"},
		{free, "fr", "4512780", "il manque un trois avant le sept", "45123780"},
		{free, "fr", "45127800", "il y a un zéro de trop", "4512780"},
		{free, "fr", "45127801", "enlevez le dernier chiffre", "4512780"},
		{eight, "en", "45127801", "the third digit is a five", "45527801"},
		{eight, "en", "45127801", "the last one is a seven", "45127807"},
		{eight, "en", "45127801", "no the second to last digit is a nine", "45127891"},
		{eight, "en", "45127801", "the last but one is nine", "45127891"},
		{eight, "en", "45127801", "replace the five with a six", "46127801"},
		{eight, "en", "45127801", "change the five to a six", "46127801"},
		{eight, "en", "45127801", "change the last digit to two", "45127802"},
		{eight, "en", "45127801", "swap the last two", "45127810"},
		{eight, "en", "45127801", "swap the seven and the eight", "45128701"},
		{eight, "en", "45127801", "the first digit should be a three", "35127801"},
		{free, "en", "4512780", "there's a zero missing at the end", "45127800"},
		{free, "en", "4512780", "add a two at the end", "45127802"},
		{free, "en", "4512780", "add a three after the seven", "45127380"},
		{free, "en", "45127801", "remove the last digit", "4512780"},
		{free, "en", "45127800", "there's one zero too many", "4512780"},
		{code, "fr", "AB1234", "la deuxième lettre est un d", "AD1234"},
		{code, "fr", "AB1234", "la deuxième lettre c'est d comme denise", "AD1234"},
		{code, "fr", "AB1234", "le deuxième chiffre est un cinq", "AB1534"},
		{code, "en", "AB1234", "the first letter is a c", "CB1234"},
		{code, "en", "AB1234", "the second letter is d for delta", "AD1234"},
		{Spec{Type: TypePhone}, "fr", "+33612345678", "le troisième chiffre est un sept", "+33672345678"},
		{Spec{Type: TypePhone}, "fr", "+33612345678", "le dernier chiffre c'est un neuf", "+33612345679"},
		{Spec{Type: TypePostcodeFR}, "fr", "75011", "le dernier c'est un deux", "75012"},
		{Spec{Type: TypeAmount}, "fr", "42.50", "non quarante-cinq non quarante-six", "46.00"},
	} {
		v, ok := Correct(c.spec, c.lang, c.current, c.said)
		if v.Text != c.want || ok != (c.want != "") {
			t.Errorf("%s %q corrected by %q: got %q %v, want %q", c.spec.Type, c.current, c.said, v.Text, ok, c.want)
		}
		if ok && (v.Start < 0 || v.End > len(c.said) || v.Start >= v.End) {
			t.Errorf("%q: span %d..%d of %d bytes", c.said, v.Start, v.End, len(c.said))
		}
	}
}
