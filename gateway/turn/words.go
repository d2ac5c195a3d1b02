package turn

import (
	"slices"
	"strings"
)

// What words tell about a turn, whatever is expected.

// maxTail bounds what is looked at of a long turn, in words from its end.
const maxTail = 24

// said is the end of a partial transcript by words, in small letters and without punctuation;
// hyphens stay inside a word.
type said struct {
	words []string
	raw   []string // the same as they were written
	lang  string
}

var straight = strings.NewReplacer("’", "'", "ʼ", "'")

func newSaid(text, lang string) said {
	s := said{lang: lang}
	f := strings.Fields(text)
	for _, raw := range f[max(0, len(f)-maxTail):] {
		if w := strings.Trim(strings.ToLower(straight.Replace(raw)), ".,;:?!…«»\"()"); w != "" {
			s.words, s.raw = append(s.words, w), append(s.raw, raw)
		}
	}
	return s
}

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// language is what is known of the words of one language.
type language struct {
	fillers  map[string]bool // sounds of thinking
	open     map[string]bool // words that end no sentence
	opening  [][]string      // phrases that end none
	greeting map[string]bool // words that are more often followed than alone
	moments  [][]string      // phrases that ask for a moment
	looking  [][]string      // the same, when nothing else is said
	since    map[string]bool // before "un moment": no request
	meantime map[string]bool // what is said between the request and the answer
}

func phrases(list ...string) (out [][]string) {
	for _, p := range list {
		out = append(out, strings.Fields(p))
	}
	return out
}

var french = language{
	fillers: wordSet("euh heu euhm hum hmm hm mm ben bah"),
	open: wordSet("alors donc et ou mais ni car or si comme que parce puisque lorsque afin " +
		"de du des le la les un une mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs ce cet cette ces " +
		"à au aux en dans sur sous chez par pour avec sans vers depuis pendant entre selon dès jusque jusqu'à " +
		"je tu il elle on c'est c'était j'ai j'avais j'aimerais j'habite suis voudrais voulais aimerais faudrait souhaite souhaiterais " +
		"qu'il qu'elle qu'on ne me te se très trop assez est sont était serait avez peux pouvez peut veut dois " +
		"quel quelle quels quelles chaque plusieurs quelques environ y a ont"),
	opening: phrases("c'est-à-dire", "c'est-à-dire que", "en fait", "parce que", "est-ce que", "il y a", "au sujet", "à propos", "à cause", "par rapport", "j'ai besoin", "besoin de",
		"il faut", "je vous appelle", "mon numéro c'est", "le numéro c'est", "mon adresse c'est", "je ne sais pas si", "vous pouvez me", "une question sur"),
	greeting: wordSet("bonjour bonsoir allô oui non bon voilà ok d'accord madame monsieur"),
	moments: phrases("attendez", "attends", "une seconde", "deux secondes", "une petite seconde", "un instant", "un moment", "un petit moment", "petit instant", "une minute", "deux minutes", "deux petites minutes",
		"cinq minutes", "ne quittez pas", "quittez pas", "patientez", "restez en ligne", "laissez moi regarder", "laissez moi voir", "laissez moi vérifier", "laissez moi chercher", "minute"),
	looking:  phrases("je cherche", "je regarde", "je vérifie", "je vais voir", "je vais chercher", "je vais regarder", "je le cherche", "je la cherche", "je vais vérifier"),
	since:    wordSet("depuis a dans en pendant pour fait ça toutes toute par chaque quelle"),
	meantime: wordSet("je j'ai vais cherche chercher regarde regarder vérifie vérifier voir vois prends prendre trouve trouver sors sortir attrape ouvre ouvrir l'ai le la les l' mon ma mes un une quelque part lunettes papier papiers dossier carte facture sac stylo ordinateur téléphone contrat juste petit petite s'il vous plaît hein euh heu attendez une seconde instant moment restez en ligne ne quittez pas c'est dans là où ai mis mise besoin d' de il faut que cherché reviens tout suite voilà ah bon alors de"),
}

var english = language{
	fillers: wordSet("um uh uhm er erm hmm hm mm"),
	open: wordSet("so and or but nor because if although while unless until whether which whose than as " +
		"the a an my your our their every to for with of from in at by about into onto between against without " +
		"i i'm i've i'd i'll he's she's it's you're they're we're there's what's that's very most trying"),
	opening: phrases("i would", "i would like", "i'd like", "i was", "i am", "i want", "i wanted", "i need", "i needed", "i have", "i had", "i could", "i can", "i think that", "i know that", "was wondering", "i mean",
		"you know", "there is", "there was", "there are", "tell me", "let me", "am calling", "i'm calling", "could you", "can you", "would you", "will you", "appointment was", "problem is", "it was", "actually it's",
		"in order", "my number is", "the number is", "my address is", "address is", "name is", "sort of", "kind of", "a couple", "do you", "did you", "have you"),
	greeting: wordSet("hello hi good morning afternoon evening yes no well right okay ok yeah sir madam"),
	moments: phrases("wait", "hold on", "hang on", "one second", "a second", "one sec", "a sec", "one moment", "a moment", "just a minute", "a minute", "one minute", "two minutes", "bear with me", "let me see",
		"let me check", "let me look", "let me find", "let me get", "let me just", "let me grab", "give me a"),
	looking:  phrases("i'm looking", "i am looking", "looking for it", "i'll check", "i'll have a look", "i'm checking", "i'm getting it"),
	since:    wordSet("for in every per can't cannot couldn't to about within last"),
	meantime: wordSet("i i'm i'll am looking for it let me get my glasses check see find have a look somewhere please just need to grab go and fetch the pen paper card letter bill invoice bag phone computer contract one second moment minute sec hold on wait um uh right here okay while of you with bear hang is where was put it's think so ah oh"),
}

func (s said) of() *language {
	if s.lang == "en" {
		return &english
	}
	return &french
}

// last is the last word; "" when there is none.
func (s said) last() string {
	if n := len(s.words); n > 0 {
		return s.words[n-1]
	}
	return ""
}

// endsIn reports whether one of the phrases ends the words.
func (s said) endsIn(list [][]string) bool {
	for _, p := range list {
		if n := len(s.words) - len(p); n >= 0 && slices.Equal(s.words[n:], p) {
			return true
		}
	}
	return false
}

// open reports whether the words so far want a continuation: they end in a sound of thinking, or
// in words that end no sentence, "l'" and "qu'" among them.
func (s said) open() bool {
	w, l := s.last(), s.of()
	if w == "" {
		return false
	}
	if head, tail, ok := strings.Cut(w, "'"); ok && tail == "" && head != "" {
		return true // "j'", "l'": an elision
	}
	if _, tail, ok := strings.Cut(w, "'"); ok && s.lang != "en" && l.open[tail] { // "qu'un", "d'une"
		return true
	}
	if w == "so" && s.endsIn(agree) {
		return false
	}
	return l.fillers[w] || l.open[w] || s.endsIn(l.opening)
}

// agree ends a sentence with a word that otherwise opens one.
var agree = phrases("think so", "guess so", "hope so", "suppose so", "believe so", "afraid so")

// short reports whether the words are one greeting or the like, after which people go on.
func (s said) short() bool {
	n := len(s.words)
	return n > 0 && n <= 3 && s.of().greeting[s.last()]
}

// waits reports whether the caller has asked for a moment and has said nothing since, and how
// many words, from the front, belong to that.
func (s said) waits(slot bool) (end int, now bool) {
	l := s.of()
	for i := 0; i < len(s.words); i++ {
		n := longest(l.moments, s.words[i:])
		if n > 0 && i > 0 && l.since[s.words[i-1]] {
			continue
		}
		if n == 0 && slot && end == 0 && i <= 2 {
			n = longest(l.looking, s.words[i:])
		}
		if n == 0 {
			continue
		}
		for end = i + n; end < len(s.words) && l.meantime[s.words[end]]; end++ {
		}
		i = end - 1
	}
	return end, end > 0 && end == len(s.words)
}

// longest is how many words the longest phrase has that begins the words.
func longest(list [][]string, words []string) (n int) {
	for _, p := range list {
		if len(p) > n && len(p) <= len(words) && slices.Equal(words[:len(p)], p) {
			n = len(p)
		}
	}
	return n
}

// AfterWait returns what was said since the caller asked for a moment; all of text when they did
// not. slot tells that an answer is expected, so that "je cherche" is no wish.
func AfterWait(text, lang string, slot bool) string {
	s := newSaid(text, lang)
	end, _ := s.waits(slot)
	if end == 0 {
		return text
	}
	return strings.Join(s.raw[end:], " ")
}
