package chat

import "strings"

// words are the few sentences a chat says by itself.
type words struct{ broken, callback, attachment string }

func wordsFor(lang string) words {
	if strings.HasPrefix(lang, "fr") || lang == "" {
		return words{
			broken:     "Excusez-moi, j’ai un problème technique. Merci de réessayer un peu plus tard.",
			callback:   "Un collègue vous rappelle au %s.",
			attachment: "Je ne peux pas ouvrir les pièces jointes. Dites-moi en quelques mots ce qu’elle contient, je le note.",
		}
	}
	return words{
		broken:     "I'm sorry, I have a technical problem. Please try again a little later.",
		callback:   "A colleague will call you back on %s.",
		attachment: "I can't open attachments. Tell me in a few words what it says, and I'll note it.",
	}
}
