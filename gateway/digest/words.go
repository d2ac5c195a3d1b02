package digest

// words are what sentences are made of, by language; a test proves that both have the same keys. Before two
// high signs the French write a narrow no-break space.
var words = map[string]map[string]string{
	"fr": {
		"nothing": "La personne n’a rien dit qui ait été compris.", "somebody": "un conseiller",
		"wish":      "Demande\u202f: %s.",
		"confirmed": "%s\u202f: %s, confirmé.", "heard": "%s\u202f: %s, entendu avec %d\u202f%% de certitude, non confirmé.", "unsure": "%s\u202f: %s, non confirmé.",
		"talked": "La personne a parlé avec %s, après %d s d’attente.", "cancelled": "Passage à un conseiller (%s)\u202f: la personne y a renoncé.",
		"missed": "Passage à un conseiller (%s)\u202f: %s, après %d s d’attente.",
		"ring":   "La personne souhaite être rappelée au %s.", "ring_when": "La personne souhaite être rappelée au %s (%s).", "left": "La personne a laissé un message.",
		"ended":   "Fin de la conversation\u202f: %s.",
		"r_asked": "à sa demande", "r_not_understood": "après des incompréhensions", "r_flow_rule": "prévu par le parcours", "r_vip": "client prioritaire", "r_sensitive": "sujet sensible", "r_error": "après une panne", "r_taken_over": "repris par la supervision", "r_nobody": "personne de disponible",
		"t_refused": "le conseiller a refusé", "t_busy": "occupé", "t_no_answer": "personne n’a répondu", "t_unreachable": "injoignable", "t_timeout": "attente dépassée", "t_caller_left": "la personne a raccroché", "t_agent_left": "le conseiller a raccroché", "t_error": "une panne l’a empêché", "t_unknown": "issue inconnue", "t_full": "file pleine", "t_closed": "service fermé", "t_nobody": "personne n’était disponible",
		"o_resolved": "demande traitée", "o_transferred": "passée à un conseiller", "o_callback": "rappel prévu", "o_unconfirmed": "la personne a eu une réponse et a raccroché", "o_abandoned": "la personne est partie avant la fin", "o_failed": "interrompue par une panne", "o_unanswered": "sans réponse",
	},
	"en": {
		"nothing": "They said nothing that was understood.", "somebody": "an agent",
		"wish":      "Wants: %s.",
		"confirmed": "%s: %s, confirmed.", "heard": "%s: %s, heard with %d%% certainty, not confirmed.", "unsure": "%s: %s, not confirmed.",
		"talked": "They spoke with %s, after waiting %d s.", "cancelled": "Hand-off to an agent (%s): they gave it up.",
		"missed": "Hand-off to an agent (%s): %s, after waiting %d s.",
		"ring":   "They want to be called back at %s.", "ring_when": "They want to be called back at %s (%s).", "left": "They left a message.",
		"ended":   "The conversation ended: %s.",
		"r_asked": "they asked for it", "r_not_understood": "they were not understood", "r_flow_rule": "the flow says so", "r_vip": "priority customer", "r_sensitive": "sensitive matter", "r_error": "something failed", "r_taken_over": "a supervisor took over", "r_nobody": "nobody available",
		"t_refused": "the agent refused", "t_busy": "busy", "t_no_answer": "nobody answered", "t_unreachable": "could not be reached", "t_timeout": "the wait was too long", "t_caller_left": "the caller hung up", "t_agent_left": "the agent hung up", "t_error": "a failure prevented it", "t_unknown": "outcome unknown", "t_full": "queue full", "t_closed": "closed", "t_nobody": "nobody was available",
		"o_resolved": "resolved", "o_transferred": "handed to an agent", "o_callback": "to be called back", "o_unconfirmed": "they had an answer and hung up", "o_abandoned": "they left before the end", "o_failed": "cut off by a failure", "o_unanswered": "unanswered",
	},
}
