package skill

// words are the sentences that the door says by itself, and those that it puts into the mouth of who
// used one of Alexa's own intents. French has a narrow no-break space before two-part signs.
type words struct {
	offer, listening, late, later, wait, broken, full, goodbye, card, cardTitle string
	// What the flow hears.
	yes, no, repeat, help, cancel string
}

func wordsFor(lang string) words {
	if lang == "fr" {
		return words{
			offer:     "Nous n’avions pas fini. Voulez-vous reprendre notre conversation ?",
			listening: "Je vous écoute.",
			late:      "C’est plus long que d’habitude, je continue à chercher. Voulez-vous savoir si c’est prêt ?",
			later:     "Ce n’est pas encore prêt. Demandez-moi encore dans un instant.",
			wait:      "Un instant, je regarde.",
			broken:    "Excusez-moi, j’ai un problème technique. Merci de réessayer un peu plus tard.",
			full:      "Excusez-moi, trop de monde me parle en ce moment. Merci de réessayer dans un instant.",
			goodbye:   "Au revoir.",
			card:      "Je vous envoie un lien dans l’application Alexa, pour parler à quelqu’un.",
			cardTitle: "Parler à quelqu’un",
			yes:       "oui", no: "non", repeat: "répétez", help: "aide", cancel: "laissez tomber",
		}
	}
	return words{
		offer:     "We hadn't finished. Shall we go on with our conversation?",
		listening: "I'm listening.",
		late:      "It's taking longer than usual, I'm still looking. Would you like to know whether it's ready?",
		later:     "It isn't ready yet. Ask me again in a moment.",
		wait:      "One moment, I'm checking.",
		broken:    "I'm sorry, I have a technical problem. Please try again a little later.",
		full:      "I'm sorry, too many people are talking to me right now. Please try again in a moment.",
		goodbye:   "Goodbye.",
		card:      "I'm sending a link to your Alexa app, to talk to somebody.",
		cardTitle: "Talk to somebody",
		yes:       "yes", no: "no", repeat: "repeat that", help: "help", cancel: "never mind",
	}
}
