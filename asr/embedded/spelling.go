package embedded

import "strings"

// spelling is what French spelling asks of a word's neighbours. Most of it cannot be heard: "de"
// before a vowel is written "d'", "deux semaines" sounds like "deux semaine". A language model
// counted from sentences knows that only for pairs it has met; these rules know it for all. h is
// left out of elision, for nobody hears whether it elides.
type spelling uint16

const (
	elidable  spelling = 1 << iota // le, de, que …: must lose its vowel before a vowel
	elided                         // l', d', qu' …: only before a vowel
	vowel                          // begins with a vowel
	consonant                      // begins with a consonant
	ofMany                         // les, des, deux …: a plural follows
	ofOne                          // le, une, mon …: a singular follows
	many                           // a plural whose singular is a word as well
	one                            // a singular whose plural is a word as well
	forYou                         // vous
	forMe                          // je, j'
	past                           // ends in é
	third                          // ends in t where the first person ends in s
)

// What a pair of words that French forbids costs, in nats of the final score.
const (
	misspelt = 3   // by ear too
	disagree = 2.5 // to the eye only; exceptions exist ("vous" as an object, "le temps")
)

// neighbours are the short words that ask something of the next one.
var neighbours = func() map[string]spelling {
	flags := map[string]spelling{}
	for _, set := range []struct {
		flag  spelling
		words string
	}{
		{elidable, "le la de je me te se ne ce que jusque lorsque puisque"},
		{ofMany, `les des mes tes ses ces nos vos leurs aux deux trois quatre cinq six sept huit neuf dix onze douze quinze vingt trente
			plusieurs quelques quels quelles certains certaines`},
		{ofOne, "le la l' un une mon ma ton ta son sa ce cet cette notre votre du au chaque aucun aucune quel quelle"},
		{forYou, "vous"},
		{forMe, "je j'"},
	} {
		for w := range strings.FieldsSeq(set.words) {
			flags[w] |= set.flag
		}
	}
	return flags
}()

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

var (
	unelided = wordSet("oui onze onzième ouistiti ok euh") // begin with a vowel and elide nothing
	noNumber = wordSet("plus pas très bras fois temps mois prix suis dans sans sous vers bas gros gras frais français anglais repas colis avis bus cours tas las")
)

// spell finds what there is to know about a word; known tells which words exist.
func spell(lang, word string, known func(string) bool) (s spelling) {
	if lang != "fr" || word == "" {
		return 0
	}
	s = neighbours[word]
	if strings.HasSuffix(word, "'") {
		s |= elided
	}
	first := []rune(word)[0]
	switch {
	case strings.ContainsRune("aeiouàâäéèêëîïôöùûüœæ", first):
		if !unelided[word] {
			s |= vowel
		}
	case first >= 'a' && first <= 'z' && first != 'h' && first != 'y' || first == 'ç':
		s |= consonant
	}
	return s | endings(word, known)
}

// endings looks at the letters that tell number and person.
func endings(word string, known func(string) bool) (s spelling) {
	if len(word) < 4 || noNumber[word] {
		return 0
	}
	switch last := word[len(word)-1]; {
	case last == 's' && known(word[:len(word)-1]):
		s |= many
	case last != 's' && last != 'x' && last != 'z' && known(word+"s"):
		s |= one
	}
	if strings.HasSuffix(word, "é") {
		s |= past
	}
	if stem, ok := strings.CutSuffix(word, "t"); ok && known(stem+"s") {
		s |= third
	}
	return s
}

// cost is what French asks for the second word after the first.
func (s spelling) cost(next spelling) float32 {
	switch {
	case s&elidable != 0 && next&vowel != 0, s&elided != 0 && next&consonant != 0:
		return misspelt
	case s&ofMany != 0 && next&one != 0, s&ofOne != 0 && next&many != 0, s&forYou != 0 && next&past != 0, s&forMe != 0 && next&third != 0:
		return disagree
	}
	return 0
}
