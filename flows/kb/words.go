package kb

import (
	"strings"
	"unicode"

	"decroche/flows/entity"

	"github.com/kljensen/snowball/english"
)

// word is one word of a text.
type word struct {
	shown string  // as it was said
	plain string  // folded
	stem  string  // "" for a word that says nothing about a subject
	weigh float32 // 1, less for what people say about any subject
}

const (
	maxWords = 400  // of one utterance; the rest is not looked at
	weak     = 0.35 // of what people say about any subject
)

// words cuts a text into words. Elisions stand apart ("l'adresse"), words that say nothing
// have no stem.
func words(lang, text string) []word {
	var out []word
	for shown := range strings.FieldsFuncSeq(text, notInWord) {
		if len(out) == maxWords {
			break
		}
		if runes := []rune(shown); len(runes) > 40 { // nobody said that
			shown = string(runes[:40])
		}
		plain := entity.Fold(shown)
		if plain == "" {
			continue
		}
		if n := len(out) - 1; n >= 0 && len(plain) == 1 && strings.Contains("ghkm", plain) && allDigits(out[n].plain) { // "5 g"
			shown, plain = out[n].shown+shown, out[n].plain+plain
			out = out[:n]
		}
		w := word{shown: shown, plain: plain, weigh: 1}
		switch {
		case stop(lang)[plain] || plain[0] >= '0' && plain[0] <= '9' && len(plain) > 4:
		case len(plain) == 1 && (plain[0] < '0' || plain[0] > '9'):
		default:
			w.stem = stem(lang, plain)
			if smallTalk(lang)[plain] {
				w.weigh = weak
			}
		}
		out = append(out, w)
	}
	return out
}

func allDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

func notInWord(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
}

// stem cuts a folded word's ending off. English has Porter's stemmer. The French one reads
// accents ("livré", "livre"), which callers who type leave out, so French has its own.
func stem(lang, plain string) string {
	if lang == "en" {
		return english.Stem(plain, true)
	}
	return stemFrench(plain)
}

// frEndings are the endings that families of French words differ by, longest first: livrer,
// livrez, livreur, livraison. Cutting too much costs little in a base of one company's subjects,
// cutting too little loses the article.
var frEndings = []string{
	"issements", "issement", "atrices", "ateurs", "atrice", "ateur", "ations", "ation", "itions", "ition", "aisons", "aison", "isons", "ements", "ement", "euses", "euse", "eaient",
	"ances", "ance", "ences", "ence", "antes", "ante", "ables", "able", "ibles", "ible", "ments", "ment", "ages", "age", "aient", "eront", "erons", "issent", "erait", "eriez",
	"ions", "ion", "eurs", "eur", "ives", "ive", "ites", "ite", "elles", "elle", "els", "el", "erez", "erai", "eras", "era", "ants", "ant", "ents", "ent",
	"ees", "ee", "iez", "ait", "ais", "ons", "ies", "ie", "ues", "ue", "ifs", "if", "irs", "ir", "ers", "er", "ez", "es", "is", "it", "us", "e", "s", "x", "i", "u",
}

func stemFrench(w string) string {
	if len(w) < 4 {
		return w
	}
	if len(w) > 5 && strings.HasSuffix(w, "aux") {
		return w[:len(w)-3] + "al"
	}
	for _, e := range frEndings {
		least := 4 // letters that must stay: two syllables, so that "client" and "agent" stay whole
		if len(e) <= 2 {
			least = 3
		}
		if len(w)-len(e) >= least && strings.HasSuffix(w, e) {
			w = w[:len(w)-len(e)]
			break
		}
	}
	if n := len(w); n > 3 && w[n-1] == w[n-2] { // coliss-, annul-l
		w = w[:n-1]
	}
	return w
}

// plainText takes what is written for the eye out of Markdown: addresses of links, comments,
// fences.
func plainText(md string) string {
	var b strings.Builder
	for {
		i := strings.Index(md, "](")
		if i < 0 {
			break
		}
		b.WriteString(md[:i])
		b.WriteByte(' ')
		md = md[i+2:]
		if end := strings.IndexAny(md, ")\n"); end >= 0 {
			md = md[end+1:]
		}
	}
	b.WriteString(md)
	return b.String()
}

func set(list string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		out[w] = true
	}
	return out
}

func stop(lang string) map[string]bool {
	if lang == "en" {
		return enStop
	}
	return frStop
}

func smallTalk(lang string) map[string]bool {
	if lang == "en" {
		return enTalk
	}
	return frTalk
}

// Words that stand in any sentence, fillers among them.
var (
	frStop = set("a ah ai aie ait allo alors apres as au aucun aussi autre aux avais avait avant avec avez aviez avoir avons ayant bah ben bien bon bonjour bonsoir bref c ca car ce ceci cela celle celui ces cet cette " +
		"ceux ci comme d dans de deja des du donc eh elle elles en encore entre es est et etaient etais etait etant etc ete etes etre eu euh eux fait faites faut fois font hein il ils j je jusqu jusque juste l la las le les leur leurs lorsque lui m " +
		"ma mais me meme mes mm moi mon n ne ni non nos notre nous ok on ont or ou oui par parce pas pendant pis plus pour pourquoi puis puisque puisqu qu que quel quelle quelles quels qui quoi s sa sais sans se sera serait ses si soit sommes son sont sous suis sur t ta tant te tes toi ton " +
		"tous tout toute toutes tres tu un une va vais vas vers voila vont vos votre vous vu y aujourd hui hum heu donc enfin genre bah hm svp merci madame monsieur lorsqu")
	frTalk = set("aide aider aimerais aller appel appelle appelez appeler arrive arriver avis besoin chose choses compris connaitre crois croire demande demander devrais dire dites dit dois doit doivent est-ce explique expliquer faire fais falloir " +
		"indiquer information informations moment parler passe passer pense peut peux possible pourrais pourrait pouvez pouvoir prendre probleme problemes question questions renseignement renseignements renseigner " +
		"savez savoir souci trouver trouve truc veut veux viens voir vois voudrais voulais vouloir jour jours jamais toujours maintenant ici rien quelque quelques beaucoup trop peu aucune avance bonne journee etait deux trois gens quand comment combien chez personne prends prend quelqu")
	enStop = set("a about ah all also am an and any are aren as at be because been being but by can could couldn d did didn do does doesn doing don er for from get gets getting got had has hasn have haven having he hello her here hers hey hi him his hm i if in into is isn it its just ll m me mine mm my no nor not now of oh ok okay on " +
		"one or our ours out please re s say she should shouldn so some such t than thanks that the their them then there these they this those to too u uh um until up us ve very was wasn we well were weren what where which while who whom why will with won would wouldn yes yet you your yours im ive whats cos gonna wanna thank")
	enTalk = set("able actually anyone anything ask asked call called calling come comes does explain find give go goes going happen happened happens help information issue know known let like look looking make mean means might must need needs " +
		"people possible how problem problems put question really see something sort take tell thing things think try tried trying understand use using want wanted wants way wondering day days long much many still ever when else long much never always again back really two three")
)
