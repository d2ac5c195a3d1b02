package chat

import (
	"fmt"
	"strings"
	"time"
)

// words are the few sentences a chat says by itself. French has a narrow no-break space before two-part
// signs.
type words struct {
	broken, callback, attachment string
	// Around a hand-off; %s is the agent.
	coming, joined, returns, back, lost, handedBack string
	// While somebody waits: who is before them (%d), and how long others waited.
	one, many, soon, nobodyFree, less, about string
}

func wordsFor(lang string) words {
	if strings.HasPrefix(lang, "fr") || lang == "" {
		return words{
			broken:     "Excusez-moi, j’ai un problème technique. Merci de réessayer un peu plus tard.",
			callback:   "Un collègue vous rappelle au %s.",
			attachment: "Je ne peux pas ouvrir les pièces jointes. Dites-moi en quelques mots ce qu’elle contient, je le note.",
			coming:     "Je vous mets en relation avec un conseiller.",
			joined:     "%s vous répond. Il ou elle voit ce que vous avez dit.",
			returns:    "Un instant, %s revient.",
			back:       "%s est de retour.",
			lost:       "La connexion avec %s est perdue. Je cherche quelqu’un d’autre, qui verra tout ce qui a été écrit.",
			handedBack: "Je vous repasse l’assistant automatique.",
			one:        "Il y a une personne avant vous", many: "Il y a %d personnes avant vous", soon: "C’est bientôt à vous",
			nobodyFree: "Tous les conseillers répondent à quelqu’un. Vous êtes la prochaine personne", less: ", moins d’une minute en général.", about: ", environ %d minutes.",
		}
	}
	return words{
		broken:     "I'm sorry, I have a technical problem. Please try again a little later.",
		callback:   "A colleague will call you back on %s.",
		attachment: "I can't open attachments. Tell me in a few words what it says, and I'll note it.",
		coming:     "I'm putting you through to an adviser.",
		joined:     "%s is with you now and can see what you said.",
		returns:    "One moment, %s is coming back.",
		back:       "%s is back.",
		lost:       "The connection to %s is lost. I'm looking for somebody else, who will see everything that was written.",
		handedBack: "I'm handing you back to the assistant.",
		one:        "There is one person ahead of you", many: "There are %d people ahead of you", soon: "You're next",
		nobodyFree: "All our advisers are with somebody. You are next", less: ", usually less than a minute.", about: ", about %d minutes.",
	}
}

// place says how many are before somebody and, when it is known, how long others waited. again: it was
// said before.
func (w words) place(before int, usual time.Duration, known, again bool) string {
	text := w.nobodyFree
	switch {
	case before == 1:
		text = w.one
	case before > 1:
		text = fmt.Sprintf(w.many, before)
	case again:
		text = w.soon
	}
	switch minutes := int((usual + time.Minute - 1) / time.Minute); {
	case !known || again && before == 0:
		return text + "."
	case minutes <= 1:
		return text + w.less
	default:
		return text + fmt.Sprintf(w.about, minutes)
	}
}
