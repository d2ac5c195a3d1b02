package flows

import (
	"regexp"
	"strings"

	"decroche/flows/nlu"
)

// openers are the words and phrases, folded, with which people begin before they say anything: they
// greet, hesitate, and announce that they have a question.
var openers = map[string]*regexp.Regexp{
	"fr": opening(`bonjour`, `bonsoir`, `allo`, `salut`, `coucou`, `euh`, `heu`, `hum`, `ben`, `bah`, `alors`, `voila`, `donc`, `bon`, `hein`, `eh`, `ah`, `oh`, `madame`, `monsieur`, `mademoiselle`, `oui`, `et`, `bien`, `en fait`,
		`ok`, `d accord`, `ecoute[rz]?`, `vous voyez`, `dites(?: moi| voir)?`, `tenez`, `tiens`, `enfin`, `disons`, `excusez moi`, `pardon`, `alors la`, `comment dire`, `c est (?:a dire|que|parce que)`, `je vous (?:explique|appelle|appelais)`, `je vais vous (?:expliquer|dire)`,
		`(?:j ai|j aurais|j avais|c est pour)(?: juste| bien)? une(?: petite)? question`, `j ai (?:un|une) (?:petit |petite )?(?:probleme|souci|question)`, `(?:c est pour|je voudrais|j aurais besoin d|j aimerais) un(?: petit)? renseignement`, `(?:je voudrais|j aimerais) (?:savoir|vous demander)(?: quelque chose| une chose)?`),
	"en": opening(`hello`, `hi`, `hey`, `good (?:morning|afternoon|evening)`, `um`, `uh`, `er`, `hmm`, `well`, `so`, `right`, `ok`, `okay`, `oh`, `ah`, `yes`, `yeah`, `there`, `sir`, `madam`, `then`, `now`, `listen`, `look`, `you see`, `you know`, `actually`,
		`basically`, `excuse me`, `i m calling(?: because| about)?`, `i (?:have|ve got|had|got)(?: just)? a(?: quick| little)? (?:question|problem|query)`, `i(?: would| d) like to (?:ask(?: you)?|know)(?: something)?`, `it s (?:about|just that)`, `the thing is`, `let me (?:explain|see)`),
}

var greetings = map[string]*regexp.Regexp{
	"fr": regexp.MustCompile(` (?:bonjour|bonsoir|allo|salut|coucou) `),
	"en": regexp.MustCompile(` (?:hello|hi|hey|good) `),
}

// opening matches any number of the alternatives, between spaces.
func opening(alternatives ...string) *regexp.Regexp {
	return regexp.MustCompile(`^(?: (?:` + strings.Join(alternatives, "|") + `))+ $`)
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

// maxOpener is the longest opener, in bytes; what is longer says something.
const maxOpener = 120

// pleasantry listens on after words that say nothing yet, "ben écoutez voilà", once at a question;
// they are no failure. Where they may be an answer ("bon" to a yes or no) they are taken for one.
func (t *turn) pleasantry() bool {
	w := &t.m.Wait
	opener := openers[t.m.Lang] // nil in a state that somebody else wrote
	if w.Greeted || opener == nil || len(t.said) > maxOpener {
		return false
	}
	said := foldedWords(t.said)
	if !opener.MatchString(said) {
		return false
	}
	switch w.For {
	case forWish, forPhone:
	case forMore:
		if strings.TrimSpace(said) != "bon" && t.allWords(t.said, closings) {
			return false
		}
		if _, ok, rest := nlu.YesNo(t.m.Lang, t.said); ok && rest == "" && !greetings[t.m.Lang].MatchString(said) {
			return false
		}
	case forValue:
		if s := t.current(); s == nil || s.collect == nil || !t.asksText() && len(t.candidates(s, t.readings())) > 0 {
			return false
		}
	case forYesNo, forConfirm, forCallback, forHelped, forOffer, forPerson, forLeave, forClarify:
		if _, ok, _ := nlu.YesNo(t.m.Lang, t.said); ok {
			return false
		}
	default:
		return false
	}
	if w.For == forWish && greetings[t.m.Lang].MatchString(said) {
		t.respond("hello", t.questionWords())
	} else {
		t.respond("listening", nil)
	}
	t.noteHere("nothing said yet")
	w.Greeted = true
	t.said = ""
	t.out.Next = Listen
	return true
}
