package entity

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxFreeText bounds a text without a Length, in characters: what somebody says in one breath, or
// writes in one message of a chat.
const maxFreeText = 1000

// Words around a free text that are no part of it.
var (
	hesitations = set("euh heu euhm hum hm hmm uh uhm um erm er")

	frOpeners = phrases("oui", "alors", "ben", "bah", "bon", "donc", "ah", "eh bien", "hein", "voilà", "bonjour", "d'accord", "ok", "oui alors")
	enOpeners = phrases("yes", "well", "so", "okay", "ok", "right", "sure", "oh", "hello", "yeah")

	frLeads = phrases("c'est", "ce serait", "ça serait", "ce sera", "ça sera", "mon adresse", "mon adresse c'est", "mon adresse est", "mon adresse sera", "l'adresse c'est", "l'adresse est",
		"l'adresse", "l'adresse ce serait", "la nouvelle adresse c'est", "la nouvelle adresse est", "nouvelle adresse", "ma nouvelle adresse c'est", "ma nouvelle adresse est", "la rue c'est", "la ville c'est", "j'habite", "j'habite maintenant", "je m'appelle", "mon nom c'est",
		"mon nom est", "notez", "vous pouvez noter", "vous pouvez mettre", "vous pouvez écrire", "vous pouvez marquer", "mettez", "écrivez", "marquez", "je dirais", "je vous le donne")
	enLeads = phrases("it's", "it is", "it would be", "it will be", "that's", "that would be", "my address is", "the address is", "the new address is", "my new address is", "new address",
		"the street is", "the town is", "the city is", "i live at", "i live in", "my name is", "you can put", "you can write", "just put", "put", "i'd say", "i would say")

	frTails = phrases("voilà", "merci", "merci beaucoup", "s'il vous plaît", "hein", "c'est tout", "c'est ça", "et voilà", "point final")
	enTails = phrases("please", "thanks", "thank you", "that's it", "that's all")

	// keepsLead follows a lead-in that carries the sentence: "c'est pas arrivé", "it's not here".
	keepsLead = set("pas plus jamais que qui quand comme pour parce not never because when why")
	// ofNumber may stand between a lead-in and the number of a house: "c'est au douze".
	ofNumber = set("le au a at")
	// inTown stands between a lead-in and the name of a town, unless a word of notTown follows.
	inTown  = set("a in")
	notTown = set("un une mon ma mes la le les l cote cause peine peu moi vous lui elle nous eux the a an my front")
)

// parseText takes the words as they are, without the hesitations, openers, lead-ins and thanks
// around them. Spec.Length is the most characters it may have. Control characters become spaces, and
// those that turn the direction of writing are left out, so that the text shows what it says. A bare
// yes or no is no text, nor is punctuation alone.
func parseText(spec Spec, lang, text string) []Value {
	limit := maxFreeText
	if spec.Length > 0 {
		limit = spec.Length
	}
	if len(text) > 8*utf8.UTFMax*limit+1000 {
		return nil
	}
	toks := tokenise(text)
	from, to := textSpan(lang, toks)
	if from >= to || bareAnswer(lang, toks[from:to]) {
		return nil
	}
	start, end := toks[from].start, toks[to-1].end
	if from == 0 {
		start = len(text) - len(strings.TrimLeftFunc(text, unicode.IsSpace))
	}
	if to == len(toks) {
		end = len(strings.TrimRight(text, " \t\r\n\u00a0\u202f.,;:…"))
		end = max(end, toks[to-1].end)
	}
	s := cleaned(text, toks[from:to], start, end)
	if n := utf8.RuneCountInString(s); n == 0 || n > limit || !spec.matchesPattern(s) {
		return nil
	}
	return []Value{{Text: s, Confidence: 0.9, Start: start, End: end}}
}

// textSpan are the tokens that are left when what stands around the text is taken off.
func textSpan(lang string, toks []token) (from, to int) {
	openers, leads, tails := frOpeners, frLeads, frTails
	if lang == "en" {
		openers, leads, tails = enOpeners, enLeads, enTails
	}
	to = len(toks)
	for from < to {
		n := openers.at(toks, from)
		if hesitations[toks[from].text] {
			n = 1
		}
		if n == 0 {
			break
		}
		from += n
	}
	for from < to {
		n := leads.at(toks, from)
		if n == 0 || from+n >= to || keepsLead[toks[from+n].text] {
			break
		}
		from += n
		for from < to && hesitations[toks[from].text] {
			from++
		}
		if from+1 < to && (ofNumber[toks[from].text] && isNumeral(lang, toks[from+1:to]) || inTown[toks[from].text] && !notTown[toks[from+1].text]) {
			from++
		}
	}
	for again := true; again; {
		again = false
		for k := from + 1; k < to && !again; k++ {
			if n := tails.at(toks, k); n > 0 && k+n == to || k == to-1 && hesitations[toks[k].text] {
				to, again = k, true
			}
		}
	}
	return from, to
}

// isNumeral reports whether the words begin with a number.
func isNumeral(lang string, toks []token) bool {
	return toks[0].digits || !lexiconOf(lang).ambiguous[toks[0].text] && grammarOf(lang).begins(toks, 0)
}

// bareAnswer reports whether the words are a yes or a no and nothing else.
func bareAnswer(lang string, toks []token) bool {
	a := &frAnswers
	if lang == "en" {
		a = &enAnswers
	}
	for i := 0; i < len(toks); {
		_, n := a.strong(toks, i)
		if n == 0 {
			return false
		}
		i += n
	}
	return true
}

// cleaned is text[start:end] without hesitations, with single spaces and no control characters.
func cleaned(text string, toks []token, start, end int) string {
	var b strings.Builder
	at := start
	for _, t := range toks {
		if hesitations[t.text] {
			b.WriteString(strings.TrimRight(text[at:t.start], " ,"))
			b.WriteByte(' ')
			at = t.end
			for at < end && (text[at] == ',' || text[at] == '.') {
				at++
			}
		}
	}
	b.WriteString(text[at:end])
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, b.String())), " ")
}

// correctText corrects a free text: a part said in place of another ("quatorze, pas douze"), the
// number alone ("non, quatorze"), or the whole again.
func correctText(spec Spec, lang, current, text string) (Value, bool) {
	if len(current) > utf8.UTFMax*maxFreeText {
		return Value{}, false
	}
	toks := last(tokenise(text), maxCorrection)
	c := correctionOf(lang)
	i := skipPhrases(c.denials, toks, 0)
	if i >= len(toks) {
		return Value{}, false
	}
	give := func(s string) (Value, bool) {
		if s == "" || s == current {
			return Value{}, false
		}
		vs := parseText(spec, lang, s)
		if len(vs) == 0 {
			return Value{}, false
		}
		return Value{Text: vs[0].Text, Confidence: 0.9, Start: toks[i].start, End: toks[len(toks)-1].end}, true
	}
	part := func(from, to int) string {
		if from >= to {
			return ""
		}
		if vs := parseText(Spec{}, lang, text[toks[from].start:toks[to-1].end]); len(vs) > 0 {
			return vs[0].Text
		}
		return ""
	}
	if n := c.not.at(toks, i); n > 0 { // "pas douze, quatorze"
		for k := i + n + 1; k < len(toks); k++ {
			m := skipPhrases(c.denials, toks, k)
			if m == k && !toks[k].pause && !strings.Contains(toks[k].gap, ",") {
				continue
			}
			if s, ok := exchange(lang, current, part(i+n, k), part(m, len(toks))); ok {
				return give(s)
			}
		}
	}
	for k := i + 1; k < len(toks); k++ { // "quatorze, pas douze"
		if n := c.instead.at(toks, k); n > 0 {
			if s, ok := exchange(lang, current, part(k+n, len(toks)), part(i, k)); ok {
				return give(s)
			}
		}
	}
	rest := part(i, len(toks))
	if vs := parseNumber(Spec{}, lang, rest); len(vs) > 0 && vs[0].Start == 0 && vs[0].End == len(rest) {
		end := 0
		for _, v := range parseNumber(Spec{}, lang, current) {
			if v.Start == 0 {
				end = max(end, v.End)
			}
		}
		if end > 0 {
			return give(rest + current[end:])
		}
	}
	return give(rest)
}

// exchange puts other in the place of old in current. A number is found however it is written.
func exchange(lang, current, old, other string) (string, bool) {
	if old == "" || other == "" {
		return "", false
	}
	in, of := scan(current), scan(old)
	for i := 0; i+len(of) <= len(in); i++ {
		same := true
		for k := range of {
			same = same && in[i+k].text == of[k].text
		}
		if same {
			return current[:in[i].start] + other + current[in[i+len(of)-1].end:], true
		}
	}
	if vs := parseNumber(Spec{}, lang, old); len(vs) > 0 && vs[0].End-vs[0].Start == len(old) {
		for _, v := range parseNumber(Spec{}, lang, current) {
			if v.Text == vs[0].Text {
				return current[:v.Start] + other + current[v.End:], true
			}
		}
	}
	return "", false
}

// Resembles reports whether at least half of the words of b are words of a, numbers by their value
// left aside: a text said again with a correction in it, rather than another sentence.
func Resembles(a, b string) bool {
	known := map[string]bool{}
	for _, t := range scan(a) {
		known[t.text] = true
	}
	same, all := 0, 0
	for _, t := range scan(b) {
		if all++; known[t.text] {
			same++
		}
	}
	return all > 1 && 2*same >= all
}
