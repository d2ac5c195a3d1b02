package entity

// answers are the spoken forms of yes and no. Strong ones decide wherever they stand; the
// others only when they begin the utterance.
type answers struct {
	yes, no, strongYes, strongNo, fillers phraseSet

	lone phraseSet // answers only when nothing but other answers follows: "i have", "je crois"
}

var frAnswers = answers{
	strongYes: phrases("oui", "ouais", "ouai", "oui oui", "ouaip", "mouais", "si si", "tout à fait", "c'est ça", "c'est bien ça", "absolument", "effectivement",
		"exactement", "bien sûr", "bien entendu", "parfaitement", "en effet", "je crois que oui", "je pense que oui", "affirmatif", "c'est exact", "c'est correct", "c'est bien cela", "c'est cela même", "c'est bien moi", "c'est moi"),
	strongNo: phrases("non", "nan", "non non", "pas du tout", "absolument pas", "c'est pas ça", "ce n'est pas ça", "c'est pas cela", "ce n'est pas cela",
		"je crois que non", "je pense que non", "je crois pas", "je ne crois pas", "je pense pas", "je ne pense pas", "négatif", "surtout pas", "pas vraiment",
		"non merci", "bien sûr que non", "c'est pas bon", "ce n'est pas bon", "c'est faux", "pas exactement", "pas tout à fait", "c'est pas du tout ça", "ce n'est pas du tout ça",
		"hors de question", "pas question", "en aucun cas", "certainement pas", "sûrement pas", "évidemment pas", "pas maintenant", "pas pour le moment", "pas pour l'instant", "pas aujourd'hui",
		"c'est pas moi", "ce n'est pas moi", "pas tellement", "pas trop", "c'est inexact", "laissez tomber", "laisse tomber", "même pas", "jamais de la vie", "non plus",
		"c'est pas exact", "c'est pas correct", "ce n'est pas correct", "ce n'est pas exact"),
	yes: phrases("exact", "c'est bon", "d'accord", "ok", "okay", "voilà", "parfait", "très bien", "volontiers", "avec plaisir", "allez y", "vas y", "allons y",
		"correct", "juste", "c'est juste", "c'est vrai", "mm", "mmh", "mhm", "hm hm", "mm mm", "mm hm", "hum hum", "je veux bien", "si", "carrément", "évidemment", "entendu",
		"ça marche", "ça me va", "ça me convient", "s'il vous plaît", "c'est parfait", "pourquoi pas", "certainement", "je confirme", "tout juste", "oué", "vous avez raison", "yes", "yep", "ça roule", "pas de problème", "pas de problèmes", "pas de souci", "pas de soucis", "aucun problème", "aucun souci", "sans problème", "nickel", "impeccable", "impec", "super", "génial",
		"sans doute", "je pense", "je crois", "je suppose", "j'imagine", "faites", "faites donc", "ça peut aller", "je prends", "j'accepte", "banco"),
	lone: phrases("rien", "rien du tout", "rien d'autre", "laissez", "laisse", "tant pis", "pas la peine", "c'est pas la peine", "ce n'est pas la peine", "c'est pas grave", "ce n'est pas grave", "inutile", "pas besoin", "je pense", "je crois", "je suppose", "j'imagine", "faites", "super", "si", "sans doute", "juste", "exact", "correct", "c'est moi", "parfait"),
	no: phrases("rien", "rien du tout", "rien d'autre", "laissez", "laisse", "tant pis", "pas la peine", "c'est pas la peine", "ce n'est pas la peine", "c'est pas grave", "ce n'est pas grave", "inutile", "pas besoin", "faux", "c'est incorrect", "incorrect", "jamais", "aucunement", "pas d'accord", "ça va pas", "ça ne va pas", "erreur", "c'est une erreur", "il y a une erreur",
		"vous vous trompez", "pas ça", "je ne préfère pas", "je préfère pas", "no", "non c'est bon", "non ça va", "non ça ira", "ça ira", "je ne veux pas", "je veux pas", "toujours pas", "pas encore", "c'est pas le bon", "ce n'est pas le bon"),
	fillers: phrases("euh", "heu", "ben", "bah", "ah", "oh", "eh", "alors", "hein", "bon", "mais", "et", "en fait", "eh bien", "bonjour", "merci", "je", "crois", "enfin", "pardon", "hum", "monsieur", "madame", "que"),
}

var enAnswers = answers{
	strongYes: phrases("yes", "yeah", "yep", "yup", "yes yes", "yes please", "that's right", "that's correct", "that is right", "that is correct", "correct", "exactly", "absolutely",
		"of course", "i think so", "i believe so", "affirmative", "it is", "that's it", "yeah yeah", "yes it is", "yes i do", "yes i did"),
	strongNo: phrases("no", "nope", "nah", "no no", "not at all", "no thanks", "no thank you", "that's wrong", "that is wrong", "that's not right", "that is not right", "that's not it",
		"i don't think so", "not really", "certainly not", "not now", "not today", "not this time", "i'm afraid not", "that's not me", "no way", "no chance", "under no circumstances", "nuh uh", "i'm good thanks", "i'm good thank you", "i'm okay thanks",
		"i don't believe so", "incorrect", "negative", "it isn't", "it's not", "it is not", "wrong", "absolutely not", "of course not", "definitely not", "not exactly", "that's incorrect", "not correct", "that's not correct"),
	yes: phrases("sure", "right", "ok", "okay", "fine", "go ahead", "please", "please do", "indeed", "certainly", "definitely", "alright", "all right", "sounds good", "perfect", "great",
		"mm", "mhm", "mm hm", "uh huh", "mm hmm", "aha", "why not", "that's fine", "true", "aye", "good", "i do", "i did", "i would", "i have", "that works", "you're right", "very well", "ya", "yea", "i guess so", "i suppose so", "i guess", "go for it", "by all means", "you bet", "no problem", "no worries", "not a problem", "that's me", "i'd love to", "i would love to",
		"that would be great", "that would be good", "that would be nice", "spot on", "totally", "for sure", "sure thing", "works for me", "suits me", "that will do", "do it", "yessir", "bingo"),
	lone:    phrases("nothing", "nothing else", "nothing at all", "never mind", "nevermind", "leave it", "forget it", "don't bother", "no need", "it doesn't matter", "i do", "i did", "i would", "i have", "i don't", "i didn't", "i haven't", "don't", "good", "great", "right", "true", "please", "so", "i guess", "fine", "do it"),
	no:      phrases("nothing", "nothing else", "nothing at all", "never mind", "nevermind", "leave it", "forget it", "don't bother", "no need", "it doesn't matter", "never", "false", "not quite", "don't", "please don't", "i don't", "i didn't", "i haven't", "i'd rather not", "i would rather not", "not yet", "no i'm good", "no that's all", "no i'm fine", "no that's it"),
	fillers: phrases("uh", "um", "er", "erm", "oh", "ah", "well", "so", "and", "but", "hello", "hi", "actually", "i", "sorry", "i mean", "hm"),
}

// parseYesNo reads yes or no. The answer at the front counts, unless the caller takes it
// back at once ("oui euh non"); a strong word elsewhere counts less.
func parseYesNo(lang, text string) []Value {
	a := &frAnswers
	if lang == "en" {
		a = &enAnswers
	}
	toks := tokenise(text)
	val := func(yes bool, conf float64, i, n int) []Value {
		s := "no"
		if yes {
			s = "yes"
		}
		return []Value{{Text: s, Confidence: conf, Start: toks[i].start, End: toks[i+n-1].end}}
	}
	var front []Value
	for i := 0; i < len(toks); {
		yes, n := a.front(toks, i)
		switch {
		case n > 0:
			if front != nil { // keep the span from the first answer on
				start := front[0].Start
				if _, m := a.strong(toks, i); m > 0 || front[0].Text == answer(yes) {
					conf := 0.97
					if front[0].Text != answer(yes) {
						conf = 0.8
					}
					front = val(yes, conf, i, n)
				}
				front[0].Start = start
				if front[0].End < toks[i+n-1].end && front[0].Text == answer(yes) {
					front[0].End = toks[i+n-1].end
				}
			} else {
				front = val(yes, 0.97, i, n)
			}
			i += n
		case a.fillers.at(toks, i) > 0:
			i += a.fillers.at(toks, i)
		default:
			if front != nil {
				return front
			}
			return a.anywhere(toks, i, val)
		}
	}
	return front
}

func answer(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// front matches any answer at i, the longest.
func (a *answers) front(toks []token, i int) (yes bool, n int) {
	for _, c := range []struct {
		set phraseSet
		yes bool
	}{{a.strongNo, false}, {a.no, false}, {a.strongYes, true}, {a.yes, true}} {
		if m := c.set.at(toks, i); m > n && (i+m == len(toks) || a.lone.at(toks, i) != m || a.follows(toks, i+m)) {
			yes, n = c.yes, m
		}
	}
	return yes, n
}

// follows reports whether a filler or an answer stands at token i.
func (a *answers) follows(toks []token, i int) bool {
	for _, set := range []phraseSet{a.fillers, a.yes, a.no, a.strongYes, a.strongNo} {
		if set.at(toks, i) > 0 {
			return true
		}
	}
	return false
}

func (a *answers) strong(toks []token, i int) (yes bool, n int) {
	n = a.strongNo.at(toks, i)
	if m := a.strongYes.at(toks, i); m > n {
		return true, m
	}
	return false, n
}

// anywhere looks for a strong word in the rest; the last one wins, at less confidence.
func (a *answers) anywhere(toks []token, i int, val func(bool, float64, int, int) []Value) []Value {
	var out []Value
	for i < len(toks) {
		yes, n := a.strong(toks, i)
		if n == 0 {
			i++
			continue
		}
		out = val(yes, 0.6, i, n)
		i += n
	}
	return out
}
