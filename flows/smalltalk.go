package flows

import (
	"strings"
)

// pleasantries are words that say nothing yet: people greet first, and hesitate.
var pleasantries = map[string][]string{
	"fr": {"bonjour", "bonsoir", "allô", "allo", "salut", "coucou", "euh", "heu", "hum", "ben", "bah", "alors", "voilà", "voila", "donc", "bon", "hein", "madame", "monsieur", "mademoiselle", "oui", "et", "bien", "en", "fait"},
	"en": {"hello", "hi", "hey", "good", "morning", "afternoon", "evening", "um", "uh", "er", "hmm", "well", "so", "right", "ok", "okay", "yes", "yeah", "there", "sir", "madam", "then"},
}

// closings are words that end a conversation after "anything else?", in any order.
var closings = map[string][]string{
	"fr": {"merci", "beaucoup", "bien", "bon", "c'est", "ça", "ira", "va", "aller", "tout", "parfait", "super", "génial", "nickel", "très", "d'accord", "ok", "okay",
		"bonne", "journée", "soirée", "au", "revoir", "allez", "voilà", "impeccable", "infiniment", "pour", "moi", "gentil", "à", "vous", "aussi", "également"},
	"en": {"thanks", "thank", "you", "very", "much", "a", "lot", "great", "perfect", "that's", "fine", "good", "all", "lovely", "cheers", "ok", "okay", "bye", "now", "for",
		"wonderful", "right", "have", "nice", "day", "evening", "excellent", "brilliant", "super", "it", "is", "that", "then", "too"},
}

// allWords reports whether text is made of the given words only, and of one at least.
func (t *turn) allWords(text string, of map[string][]string) bool {
	n := 0
	for _, w := range strings.Fields(strings.ToLower(strings.ReplaceAll(text, "’", "'"))) {
		if w = strings.Trim(w, ".,;:!?…'"); w == "" {
			continue
		}
		if n++; !contains(of[t.m.Lang], w) {
			return false
		}
	}
	return n > 0
}

// pleasantry answers "bonjour" at the free question; it is no failure.
func (t *turn) pleasantry() bool {
	if t.m.Wait.For != forWish {
		return false
	}
	if t.m.Wait.Greeted || !t.allWords(t.said, pleasantries) {
		return false
	}
	t.respond("hello", t.questionWords())
	t.m.Wait.Greeted = true
	t.out.Next = Listen
	return true
}
