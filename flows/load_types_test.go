package flows

import (
	"strings"
	"testing"

	"decroche/flows/entity"
)

var typedSlots = map[string]entity.Spec{
	"numero":  {Type: entity.TypeDigits, Length: 8},
	"montant": {Type: entity.TypeAmount}, "plafond": {Type: entity.TypeAmount},
	"jour": {Type: entity.TypeDate}, "heure": {Type: entity.TypeTime},
	"accord": {Type: entity.TypeYesNo},
	"mode":   {Type: entity.TypeList, Values: map[string][]string{"express": {"rapide"}, "relais": nil}},
	"code":   {Type: entity.TypeSpelled},
}

// One bad comparison per rule, with exactly what is said of it.
func TestTypesOfExpressions(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		`numero == 45127802`:           `numero == 45127802: numero is digits, which are text: "007" is not 7; write numero == "45127802"`,
		`45127802 == numero`:           `45127802 == numero: numero is digits, which are text: "007" is not 7; write numero == "45127802"`,
		`numero == "livre"`:            `numero == "livre": numero holds digits only; it is never "livre"`,
		`numero == "12"`:               `numero == "12": numero has 8 digits; it is never "12"`,
		`numero == true`:               `numero == true: numero is text, not true or false; numero != "" tells whether it is known`,
		`montant > 300`:                `montant > 300: montant is an amount, kept as text; write float(montant) > 300`,
		`300 < montant`:                `300 < montant: montant is an amount, kept as text; write float(montant) > 300`,
		`montant > -3.5`:               `montant > -3.5: montant is an amount, kept as text; write float(montant) > 3.5`,
		`montant > "300"`:              `montant > "300": both are kept as text, and "90" sorts after "300"; write float(montant) > 300`,
		`montant == "beaucoup"`:        `montant == "beaucoup": montant is an amount such as "42.50"; "beaucoup" is none`,
		`montant > plafond`:            `montant > plafond: both are kept as text, and "90" sorts after "300"; write float(montant) > float(plafond)`,
		`jour == montant`:              `jour == montant: jour is a date and montant is an amount, which are never compared; compare values of one type`,
		`jour > 20261124`:              `jour > 20261124: jour is a date, kept as text such as "2026-11-24"; write jour > "2026-11-24"`,
		`jour == "24/11/2026"`:         `jour == "24/11/2026": jour is a date such as "2026-11-24"; "24/11/2026" is none`,
		`heure >= 14`:                  `heure >= 14: heure is a time, kept as text such as "14:30"; write heure >= "14:30"`,
		`heure == "2pm"`:               `heure == "2pm": heure is a time such as "14:30"; "2pm" is none`,
		`accord == true`:               `accord == true: accord is "yes" or "no"; write accord == "yes"`,
		`accord == 1`:                  `accord == 1: accord is "yes" or "no", not a number`,
		`accord == "oui"`:              `accord == "oui": accord is never "oui"; it is one of yes, no`,
		`mode in ["express", "reais"]`: `mode in ["express", "reais"]: mode is never "reais"; it is one of express, relais`,
		`mode == 2`:                    `mode == 2: mode is one of express, relais, not a number`,
		`channel == "voix"`:            `channel == "voix": channel is never "voix"; it is one of voice, text, speaker`,
		`lang == "de"`:                 `lang == "de": lang is never "de"; it is one of fr, en`,
		`lang == 3`:                    `lang == 3: lang is text; write lang == "3"`,
		`conf < 90`:                    `conf < 90: conf is from 0 to 1`,
		`conf > 1.5`:                   `conf > 1.5: conf is from 0 to 1`,
		`etat == "x" && accord == 1`:   `accord == 1: accord is "yes" or "no", not a number`,
	} {
		if got := strings.Join(checkTypes(src, typedSlots, []string{"fr", "en"}), "\n"); got != want {
			t.Errorf("%s\n got %s\nwant %s", src, got, want)
		}
	}
}

// What is right, or of a type that nobody knows before the call, is left alone.
func TestTypesInOrder(t *testing.T) {
	t.Parallel()
	for _, src := range []string{
		`numero == "45127802"`, `numero != ""`, `numero startsWith "45"`, `len(numero) == 8`, `float(montant) > 300`, `montant == "42.50"`,
		`jour >= "2026-11-24"`, `heure < "12:00"`, `accord == "no"`, `mode == "express"`, `mode in ["", "relais"]`, `etat == 3`, `etat > "x"`,
		`etat == true`, `channel == "voice" && conf < 0.9`, `lang != "fr"`, `code == numero`, `montant == plafond`, `body == numero`, `3 > 2`, `((`,
	} {
		if got := checkTypes(src, typedSlots, []string{"fr", "en"}); len(got) > 0 {
			t.Errorf("%s: %q", src, got)
		}
	}
}
