package nlu

import (
	"maps"
	"slices"
	"testing"
)

// tinyBots are hotlines as people begin them: a few intents of a few examples.
var tinyBots = []struct {
	lang     string
	examples map[string][]string
	asked    map[string][]string // other words for the same wishes
	nothing  []string            // what belongs to none of them
}{
	{
		lang: "fr",
		examples: map[string][]string{
			"colis":         {"où est mon colis", "je n’ai pas reçu mon colis", "je voudrais suivre ma commande", "mon paquet n’est pas arrivé", "quand est-ce que je serai livré"},
			"remboursement": {"je voudrais être remboursé", "je demande un remboursement", "rendez-moi mon argent", "comment récupérer mon argent", "je n’ai pas reçu mon remboursement"},
		},
		asked: map[string][]string{
			"colis":         {"je cherche à suivre mon colis", "ma commande n’est pas arrivée", "il est où mon paquet"},
			"remboursement": {"je veux un remboursement", "quand est-ce que je serai remboursé"},
		},
		nothing: []string{"qui paie la douane", "bonjour", "euh", "il fait beau", "quelle heure est-il", "vous vendez des chaussures", "je vous appelle de la part de ma sœur", "ma voiture est en panne", "ça va et vous", "xyzzy"},
	},
	{
		lang: "fr",
		examples: map[string][]string{
			"rendez_vous": {"je voudrais prendre rendez-vous", "est-ce qu’il y a un créneau demain", "un rendez-vous avec le docteur", "je veux voir le dentiste"},
			"annuler":     {"je dois annuler mon rendez-vous", "je ne pourrai pas venir", "annulez ma visite de jeudi", "je veux déplacer mon rendez-vous"},
			"horaires":    {"vous êtes ouverts à quelle heure", "quels sont vos horaires", "le cabinet ferme quand", "c’est ouvert le samedi"},
			"ordonnance":  {"il me faut une ordonnance", "renouveler mon ordonnance", "j’ai perdu mon ordonnance", "l’ordonnance de mon fils"},
		},
		asked: map[string][]string{
			"rendez_vous": {"je veux un rendez-vous demain", "prendre un rendez-vous avec le dentiste"},
			"annuler":     {"je voudrais annuler ma visite", "je ne pourrai pas venir jeudi"},
			"horaires":    {"quels sont les horaires du cabinet", "vous êtes ouverts le samedi"},
			"ordonnance":  {"je voudrais renouveler l’ordonnance"},
		},
		nothing: []string{"qui paie la douane", "bonjour", "euh", "il fait beau", "la télé ne marche plus", "combien coûte un billet pour Lyon", "mon chat a disparu", "vous livrez en Guadeloupe", "mon colis est cassé"},
	},
	{
		lang: "en",
		examples: map[string][]string{
			"parcel": {"where is my parcel", "i have not received my order", "track my delivery", "my package never came"},
			"refund": {"i want a refund", "give me my money back", "when do i get my refund", "refund my order please"},
			"hours":  {"when are you open", "what are your opening hours", "do you open on sunday", "what time do you close"},
		},
		asked: map[string][]string{
			"parcel": {"i want to track my parcel", "my order never came"},
			"refund": {"i would like my money back", "where is my refund"},
			"hours":  {"are you open on sunday", "what time do you open"},
		},
		nothing: []string{"who pays customs", "hello", "uh", "nice weather today", "my car broke down", "do you sell shoes", "can i bring my dog", "what is the capital of france", "xyzzy"},
	},
}

// TestTinyBots holds what a bot of a few examples may do: it acts on nothing that is none of its
// business, and what is meant is acted upon rightly or asked back, never left.
func TestTinyBots(t *testing.T) {
	t.Parallel()
	const floor = 0.3 // no question is asked below it, whatever was found
	for _, bot := range tinyBots {
		var ex []Example
		for _, intent := range slices.Sorted(maps.Keys(bot.examples)) {
			for _, s := range bot.examples[intent] {
				ex = append(ex, Example{intent, s})
			}
		}
		c, err := Train(bot.lang, ex, Options{})
		if err != nil {
			t.Fatal(err)
		}
		act, clarify := c.Thresholds()
		for _, s := range bot.nothing {
			if got := c.Classify(s)[0]; got.P >= act {
				t.Errorf("%s %q: acts on %s (%.2f, from %.2f)", bot.lang, s, got.Intent, got.P, act)
			}
		}
		for intent, texts := range bot.asked {
			for _, s := range texts {
				scores := c.Classify(s)
				first, second := scores[0], scores[1]
				switch {
				case first.P >= act && first.Intent != intent:
					t.Errorf("%s %q: acts on %s (%.2f), want %s", bot.lang, s, first.Intent, first.P, intent)
				case first.P < max(clarify, floor):
					t.Errorf("%s %q: leaves it (%s %.2f, asks from %.2f), want %s", bot.lang, s, first.Intent, first.P, max(clarify, floor), intent)
				case first.Intent != intent && second.Intent != intent:
					t.Errorf("%s %q: asks %s or %s, want %s", bot.lang, s, first.Intent, second.Intent, intent)
				}
			}
		}
	}
}
