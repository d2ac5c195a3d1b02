package entity

import (
	"slices"
	"strings"
)

// parseList finds the values of a list by their words, in any of their synonyms; words of
// five letters and more may differ by one letter.
func parseList(spec Spec, lang, text string) []Value {
	toks := tokenise(text)
	best := map[string]Value{}
	note := func(name, said string, conf float64, i, n int) {
		v := Value{name, conf, toks[i].start, toks[i+n-1].end, said}
		if old, ok := best[name]; !ok || conf > old.Confidence {
			best[name] = v
		}
	}
	for name, synonyms := range spec.Values {
		for _, s := range append([]string{name}, synonyms...) {
			w := words(s)
			if len(w) == 0 {
				continue
			}
			for i := 0; i+len(w) <= len(toks); i++ {
				if conf := like(lang, w, toks[i:]); conf > 0 {
					note(name, s, conf, i, len(w))
				}
			}
		}
	}
	out := make([]Value, 0, len(best))
	for _, v := range best {
		if spec.matchesPattern(v.Text) {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b Value) int {
		switch {
		case a.Confidence != b.Confidence:
			return sign(b.Confidence - a.Confidence)
		case a.End-a.Start != b.End-b.Start:
			return (b.End - b.Start) - (a.End - a.Start)
		case a.Start != b.Start:
			return b.Start - a.Start // the later word is the caller's last word
		case a.Text < b.Text:
			return -1
		}
		return 1
	})
	return out[:min(len(out), maxValues)]
}

func sign(f float64) int {
	if f < 0 {
		return -1
	}
	return 1
}

// like compares a synonym with the words at hand: 1-ish when equal, less when a word is
// one letter off, 0 when they differ.
func like(lang string, w []string, toks []token) float64 {
	conf := 0.97
	for k, s := range w {
		switch t := toks[k].text; {
		case t == s:
		case len(s) >= 4 && len(t) >= 4 && (t+"s" == s || s+"s" == t || s+"e" == t || t+"e" == s):
			conf = min(conf, 0.93)
		case len(s) >= 5 && len(t) >= 5 && oneOff(s, t):
			conf = min(conf, 0.75)
		case lang != "en" && len(s) >= 4 && len(t) >= 4 && sound(s) == sound(t):
			conf = min(conf, 0.7)
		default:
			return 0
		}
	}
	return conf
}

// oneOff reports whether one insertion, deletion or substitution turns a into b.
func oneOff(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		return i == len(a) || a[i+1:] == b[i+1:]
	}
	return a[i:] == b[i+1:]
}

// Word is how a value of a list is called where nobody said it: by the synonym that is spelled like
// its name ("canapé" of canape), by the first one when the name is no word, else by its name.
func (s Spec) Word(value string) string {
	synonyms := s.Values[value]
	for _, w := range synonyms {
		if slices.Equal(words(w), words(value)) {
			return w
		}
	}
	if len(synonyms) > 0 && strings.Contains(value, "_") {
		return synonyms[0]
	}
	return value
}
