package lint

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"decroche/flows"
	"decroche/flows/entity"
)

const (
	wordsPerMinute = 165 // of espeak-ng at its normal speed, and of a calm speaker
	longSentence   = 25
	wordySentence  = 15
	shortHint      = 6 // words that may follow a question: "Il a huit chiffres."
	maxOptions     = 3
	maxDisclosure  = 6 * time.Second
	maxBriefing    = 10 * time.Second
)

var (
	address = regexp.MustCompile(`(?i)\bhttps?://|\bwww\.|\b[a-z0-9-]+\.(com|fr|org|net|eu|be|ch|io|co\.uk)\b`)
	mail    = regexp.MustCompile(`(?i)[a-z0-9._%+-]+@[a-z0-9.-]+`)
	marked  = regexp.MustCompile("(?m)\\*\\*|__|`|^\\s*#{1,6} |^\\s*[-*•] |\\[[^\\]]+\\]\\([^)]+\\)")
	value   = regexp.MustCompile(`\{\{\s*([^}]*?)\s*\}\}`)
	tag     = regexp.MustCompile(`<[^<>]*>`)
)

// sampleWords are how many words a value takes when it is spoken, by its way of writing.
var sampleWords = map[string]int{"digits": 5, "spell": 8, "spelled": 8, "date": 3, "time": 3, "money": 3, "number": 2, "phone": 6}

// plainWords is the spoken form without marks, each value standing as the words it takes.
func plainWords(text string) string {
	text = tag.ReplaceAllString(text, " ")
	return value.ReplaceAllStringFunc(text, func(v string) string {
		kind, _, _ := strings.Cut(value.FindStringSubmatch(v)[1], " ")
		return strings.TrimSpace(strings.Repeat("x ", max(1, sampleWords[kind])))
	})
}

// split cuts a text into sentences, each with its sign. A point inside a word ends none.
func split(text string) []string {
	var out []string
	begin, rs := 0, []rune(text)
	for i, r := range rs {
		end := strings.ContainsRune(".!?…", r) && (i+1 == len(rs) || unicode.IsSpace(rs[i+1]))
		if !end && i+1 < len(rs) {
			continue
		}
		if s := strings.TrimSpace(string(rs[begin : i+1])); strings.ContainsFunc(s, unicode.IsLetter) {
			out = append(out, s)
		}
		begin = i + 1
	}
	return out
}

// countWords counts what is spoken as a word: signs alone, as French puts them, are none.
func countWords(s string) int {
	n := 0
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) }) {
		if strings.ContainsFunc(w, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			n++
		}
	}
	return n
}

// spoken judges one text by its spoken form.
func (l *linter) spoken(w flows.Written) {
	if w.Role == flows.RoleFact {
		l.fact(w)
		return
	}
	text := tag.ReplaceAllString(w.Voice, " ")
	if m := mail.FindString(text); m != "" {
		l.say("email", w.Place, fmt.Sprintf("nobody can write down %q while listening; send it, or write voice: without it", m))
	}
	if m := address.FindString(mail.ReplaceAllString(text, "")); m != "" {
		l.say("url", w.Place, fmt.Sprintf("nobody can write down an address (%q) while listening; send it, or write voice: without it", m))
	}
	if r := firstPictogram(text); r != 0 {
		l.say("emoji", w.Place, fmt.Sprintf("%q is read aloud or swallowed; keep it in text: and write voice: without it", r))
	}
	if m := marked.FindString(value.ReplaceAllString(text, "")); m != "" {
		l.say("markdown", w.Place, fmt.Sprintf("%q is read aloud; write voice: in plain words", strings.TrimSpace(m)))
	}
	all := split(plainWords(w.Voice))
	for _, s := range all {
		switch n := countWords(s); {
		case n > longSentence:
			l.say("long", w.Place, fmt.Sprintf("a sentence of %d words; nobody remembers more than %d: make two", n, longSentence))
		case n > wordySentence:
			l.say("wordy", w.Place, fmt.Sprintf("a sentence of %d words; %d are easier to follow", n, wordySentence))
		}
		if n := options(s, w.Lang); n > maxOptions {
			l.say("list", w.Place, fmt.Sprintf("%d options at once; nobody remembers more than %d: ask what the caller wants instead", n, maxOptions))
		}
	}
	l.speaker(w)
	l.questions(w, all)
	l.buttons(w)
}

// keys are the words with which callers are asked to press keys, by language.
var keys = map[string]*regexp.Regexp{
	"fr": regexp.MustCompile(`(?i)\b(tape[rz](-l[ae]s?)? sur votre téléphone|appuye[rz] sur (une touche|dièse|étoile)|touches de votre téléphone)`),
	"en": regexp.MustCompile(`(?i)\b(key (it|them) in on your phone|press any key|on your (phone's )?keypad)`),
}

// doubted is a condition that asks for the telephone and for doubt.
var doubted = regexp.MustCompile(`channel\s*==\s*['"]voice['"].*\bconf\b|\bconf\b.*channel\s*==\s*['"]voice['"]`)

// speaker judges what a text is at a smart speaker, which has ears and no keys.
func (l *linter) speaker(w flows.Written) {
	if m := keys[w.Lang]; m != nil && !w.Keys && w.Role != flows.RoleResponse {
		if s := m.FindString(tag.ReplaceAllString(w.Voice, " ")); s != "" {
			l.say("hands", w.Place, fmt.Sprintf("%q cannot be followed at a smart speaker; say it on a rung with dtmf: also or only, which has other words there", s))
		}
	}
	if doubted.MatchString(w.When) {
		l.say("doubt", w.Place, fmt.Sprintf("%s: an open speaker mishears as a telephone does, and nothing is read back there; write channel != 'text'", w.When))
	}
}

// firstPictogram finds a sign that is no letter and no punctuation of speech.
func firstPictogram(s string) rune {
	for _, r := range s {
		if r >= 0x1F000 && r <= 0x1FAFF || r >= 0x2600 && r <= 0x27BF || r == 0xFE0F || r >= 0x2190 && r <= 0x21FF {
			return r
		}
	}
	return 0
}

// joiner are the words before the last option, by language.
var joiner = map[string]*regexp.Regexp{
	"fr": regexp.MustCompile(`(?i)[,;]?\s+ou\s+`),
	"en": regexp.MustCompile(`(?i)[,;]?\s+or\s+`),
}

// options counts what a sentence lets the caller choose from: "a, b, c ou d".
func options(sentence, lang string) int {
	re := joiner[lang]
	if re == nil || !re.MatchString(sentence) {
		return 0
	}
	s := re.ReplaceAllString(sentence, ",")
	if lead, rest, ok := strings.Cut(s, ":"); ok && !strings.Contains(lead, ",") {
		s = rest // "Dites par exemple : a, b ou c"
	}
	n := 0
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == ':' }) {
		if countWords(part) > 0 {
			n++
		}
	}
	return n
}

// questions wants one question, and at the end: what is heard last is what gets an answer.
func (l *linter) questions(w flows.Written, all []string) {
	asked, last := 0, -1
	for i, s := range all {
		if strings.HasSuffix(strings.TrimSpace(s), "?") {
			asked++
			last = i
		}
	}
	after := 0
	for i := last + 1; i < len(all) && last >= 0; i++ {
		after += countWords(all[i])
	}
	switch {
	case asked > 1:
		l.say("question", w.Place, fmt.Sprintf("%d questions at once; ask one and wait", asked))
	case after > shortHint:
		l.say("question", w.Place, fmt.Sprintf("%d words after the question; put it last, callers answer what they hear last", after))
	}
}

// Unspoken lists the buttons of a text that a caller on the telephone could not know of.
func Unspoken(w flows.Written) (out []string) {
	said := entity.Fold(w.Voice)
	for _, q := range w.Quick {
		if w.YesNo && len(entity.Parse(entity.Spec{Type: entity.TypeYesNo}, w.Lang, q, time.Unix(0, 0))) > 0 {
			continue
		}
		if !strings.Contains(q, "{{") && !named(said, q) {
			out = append(out, q)
		}
	}
	return out
}

// buttons wants what can be pressed to be said: a telephone shows nothing.
func (l *linter) buttons(w flows.Written) {
	for _, q := range Unspoken(w) {
		l.say("quick", w.Place, fmt.Sprintf("the button %q cannot be heard; name it in voice:, or make it one that the question already says", q))
	}
}

// named tells whether a spoken text holds a word of a button, articles and the like aside.
func named(said, button string) bool {
	words := strings.FieldsFunc(entity.Fold(button), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 || strings.Contains(said, strings.Join(words, " ")) {
		return true
	}
	for _, w := range words {
		if len(w) > 3 && strings.Contains(said, w) {
			return true
		}
	}
	return false
}

// languages finds texts that were copied and not translated.
func (l *linter) languages(written []flows.Written) {
	first := map[string]flows.Written{}
	for _, w := range written {
		f, ok := first[w.ID+string(w.Role)]
		if !ok {
			first[w.ID+string(w.Role)] = w
			continue
		}
		if f.Lang != w.Lang && countWords(plainWords(w.Voice)) > 3 && strings.EqualFold(strings.TrimSpace(f.Voice), strings.TrimSpace(w.Voice)) {
			l.say("language", w.Place, fmt.Sprintf("these are the same words as in %q; translate them", f.Lang))
		}
	}
}

// duration is how long text takes to say, and whether a voice said so.
func (l *linter) duration(lang, text string) (time.Duration, string) {
	if l.opt.Measure != nil {
		if d, err := l.opt.Measure(lang, text); err == nil {
			return d, "measured"
		}
	}
	return time.Duration(countWords(text)) * time.Minute / wordsPerMinute, "estimated"
}

// disclosure wants the caller to know at once that a machine answers.
func (l *linter) disclosure(written []flows.Written) {
	said := map[string]string{}
	for _, w := range written {
		if w.Role == flows.RoleDisclosure {
			said[w.Lang] = plainWords(w.Voice)
		}
	}
	for _, w := range written {
		if w.Role != flows.RoleGreeting {
			continue
		}
		before, _, found := strings.Cut(w.Voice, "{{disclosure}}")
		if !found {
			before, _, _ = strings.Cut(w.Voice, "{{ disclosure }}")
		}
		if d, how := l.duration(w.Lang, plainWords(before)+" "+said[w.Lang]); d > maxDisclosure {
			l.say("disclosure", w.Place, fmt.Sprintf("the caller knows after %.1f s (%s) that a machine answers; at most %.0f s: say less before it", d.Seconds(), how, maxDisclosure.Seconds()))
		}
	}
}

// fact wants what an agent hears to fit: the topic comes before it.
func (l *linter) fact(w flows.Written) {
	if d, how := l.duration(w.Lang, w.Topic+". "+plainWords(w.Voice)); d > maxBriefing {
		l.say("briefing", w.Place, fmt.Sprintf("topic and fact take %.1f s (%s); an agent hears %.0f s at most, so the fact is left out: say it shorter", d.Seconds(), how, maxBriefing.Seconds()))
	}
}
