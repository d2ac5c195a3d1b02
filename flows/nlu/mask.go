package nlu

import (
	"slices"
	"sort"
	"strings"
)

// masks finds values in texts and adds the name of their kind, so that an example with one value
// teaches all the others: "une panne à [Lyon](ville)" is also about Brest, when Brest is in the
// list of cities. The words themselves stay: "box" and "télé" may be two values of one list and
// still tell two intents apart.
type masks struct {
	byFirst map[string][]maskRule // first word -> rules, the longest first
}

// maskRule is one value's words and the word that stands for it.
type maskRule struct {
	words []string
	name  string
}

// maskWord is what stands for a value of the entity name. Letters that no text normalises to,
// so that nobody can say it.
func maskWord(name string) string { return "§" + strings.ToLower(name) }

// newMasks prepares the values of lists. A value of a single short word is left alone: "un"
// is a value of too many lists.
func newMasks(lang string, lists map[string][]string) *masks {
	m := &masks{byFirst: map[string][]maskRule{}}
	for _, day := range days[lang] {
		m.byFirst[day] = []maskRule{{[]string{day}, maskWord("date")}}
	}
	names := make([]string, 0, len(lists))
	for n := range lists {
		names = append(names, n)
	}
	sort.Strings(names)
	seen := map[string]bool{}
	for _, n := range names {
		for _, v := range lists[n] {
			var words []string
			for _, w := range normalise(lang, v) {
				words = append(words, w.plain)
			}
			key := strings.Join(words, " ")
			if len(key) < 3 || seen[key] || key == number.plain || stopWords(lang)[key] {
				continue
			}
			seen[key] = true
			m.byFirst[words[0]] = append(m.byFirst[words[0]], maskRule{words, maskWord(n)})
		}
	}
	for _, rules := range m.byFirst {
		slices.SortStableFunc(rules, func(a, b maskRule) int { return len(b.words) - len(a.words) })
	}
	return m
}

// span is a value found: words[from:to] is one of the entity name.
type span struct {
	from, to int
	name     string
}

// find returns the values in words, the longest first where two begin at the same word.
func (m *masks) find(words []word) []span {
	if m == nil {
		return nil
	}
	var out []span
	for i := 0; i < len(words); {
		n, name := m.at(words[i:])
		if n == 0 {
			i++
			continue
		}
		out = append(out, span{i, i + n, name})
		i += n
	}
	return out
}

func (m *masks) at(words []word) (n int, name string) {
	for _, r := range m.byFirst[words[0].plain] {
		if len(words) >= len(r.words) && slices.EqualFunc(r.words, words[:len(r.words)], func(s string, w word) bool { return w.plain == s }) {
			return len(r.words), r.name
		}
	}
	return 0, ""
}

// days are what dates are made of; numbers have a sign of their own.
var days = map[string][]string{
	"fr": strings.Fields("lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre"),
	"en": strings.Fields("monday tuesday wednesday thursday friday saturday sunday january february april june july august september october november december"),
}
