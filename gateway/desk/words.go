package desk

import (
	"fmt"
	"strings"
)

// words are the sentences of an offer. French has a narrow no-break space before a colon.
type words struct {
	unknown, visitor      string
	noReason              string
	misses, silences      string // %s: how often
	once, often           string // %d
	act                   string // what, how it ended
	confirm, redo, answer string
	outcomes              map[string]string
}

var said = map[string]words{
	"fr": {
		unknown: "Numéro masqué", visitor: "Visiteur", noReason: "Motif pas encore connu.",
		misses: "A dû répéter %s", silences: "N’a rien dit %s", once: "une fois", often: "%d fois",
		act: "%s\u202f: %s", confirm: "Confirmer\u202f: %s, %s", redo: "Reprendre\u202f: %s", answer: "Répondre à la demande",
		outcomes: map[string]string{
			"ok": "fait", "done": "fait", "found": "trouvé", "not_found": "introuvable", "failed": "en échec", "error": "en panne", "timeout": "sans réponse",
			"completed": "a parlé avec l’appelant", "refused": "n’a pas pris l’appel", "busy": "occupé", "no_answer": "n’a pas répondu",
			"unreachable": "injoignable", "caller_left": "l’appelant a raccroché", "agent_left": "ligne perdue", "cancelled": "annulé", "unknown": "issue inconnue",
		},
	},
	"en": {
		unknown: "Number withheld", visitor: "Visitor", noReason: "Reason not known yet.",
		misses: "Had to repeat %s", silences: "Said nothing %s", once: "once", often: "%d times",
		act: "%s: %s", confirm: "Confirm: %s, %s", redo: "Try again: %s", answer: "Answer the request",
		outcomes: map[string]string{
			"ok": "done", "done": "done", "found": "found", "not_found": "not found", "failed": "failed", "error": "out of order", "timeout": "no answer in time",
			"completed": "spoke with the caller", "refused": "did not take the call", "busy": "busy", "no_answer": "did not answer",
			"unreachable": "not reachable", "caller_left": "the caller hung up", "agent_left": "line lost", "cancelled": "cancelled", "unknown": "outcome unknown",
		},
	},
}

func wordsFor(lang string) words {
	base, _, _ := strings.Cut(lang, "-")
	if w, ok := said[base]; ok {
		return w
	}
	return said["en"]
}

func (w words) times(n int) string {
	if n == 1 {
		return w.once
	}
	return fmt.Sprintf(w.often, n)
}

func (w words) outcome(code string) string {
	if s, ok := w.outcomes[code]; ok {
		return s
	}
	return plain(code)
}
