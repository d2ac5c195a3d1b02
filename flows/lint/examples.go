package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"decroche/flows"
	"decroche/flows/entity"
	"decroche/flows/nlu"
)

const (
	fewExamples  = 8
	folds        = 4
	maxConfusion = 0.20
)

// intents judges the examples.
func (l *linter) intents() {
	all := l.bot.WrittenIntents()
	for _, lang := range l.bot.Languages {
		l.twice(all, lang)
		for _, in := range all {
			ex := in.Examples[lang]
			if len(ex) < fewExamples {
				l.say("few", in.Place, fmt.Sprintf("intent %s has %d examples in %s; with fewer than %d it is guessed", in.Name, len(ex), lang, fewExamples))
			} else if !colloquial(ex, lang) {
				l.say("colloquial", in.Place, fmt.Sprintf("every example of intent %s in %s is written language; add what people say, such as %s", in.Name, lang, spokenSample[lang]))
			}
		}
		l.confusion(all, lang)
	}
}

// plainForm makes two examples that sound alike equal.
func plainForm(s string) string {
	return strings.Join(strings.FieldsFunc(entity.Fold(s), func(r rune) bool {
		return strings.ContainsRune(" \t.,;:!?…'’\"-", r)
	}), " ")
}

func (l *linter) twice(all []flows.IntentLines, lang string) {
	first := map[string]string{}
	for _, in := range all {
		for _, e := range in.Examples[lang] {
			key := plainForm(e.Text)
			if other := first[key]; other != "" && other != in.Name {
				l.say("twice", e.Place, fmt.Sprintf("%q is an example of intent %s as well; it can mean only one", e.Text, other))
			} else if other == "" {
				first[key] = in.Name
			}
		}
	}
}

// spoken language has contractions that schools strike out, fillers, and greetings.
var colloquialMarks = map[string]*regexp.Regexp{
	"fr": regexp.MustCompile(`(?i)\b(euh|ben|bah|bon|allo|ouais|hein|voil[aà]|en fait|du coup|genre|truc|machin|svp|bonjour|salut|dites|y a|c'est quoi|c'est o[uù]|comment [cç]a|[cç]a|j'ai|j'suis|chui|t'as|s'il vous pla[iî]t|est-ce que je|il est o[uù]|elle est o[uù])\b|(^| )pas `),
	"en": regexp.MustCompile(`(?i)\b(uh|um|er|hey|hi|hello|yeah|gonna|wanna|gotta|please|kinda|okay|ok|so|well|thing|stuff)\b|[a-z]'(m|s|re|ve|ll|d|t)\b`),
}

var spokenSample = map[string]string{"fr": `"euh bonjour j'ai pas reçu mon truc"`, "en": `"hi, um, where's my stuff"`}

func colloquial(ex []flows.ExampleLine, lang string) bool {
	re := colloquialMarks[lang]
	if re == nil {
		return true
	}
	for _, e := range ex {
		if re.MatchString(strings.ReplaceAll(e.Text, "’", "'")) {
			return true
		}
	}
	return false
}

// confusion trains without a fourth of the examples at a time and counts what of them is
// taken for another intent.
func (l *linter) confusion(all []flows.IntentLines, lang string) {
	if len(all) < 2 || slices.Contains(l.opt.Without, "confusion") {
		return
	}
	wrong, total := map[string]map[string]string{}, map[string]int{}
	for fold := range folds {
		c, tried := trainWithout(all, lang, fold)
		if c == nil {
			return
		}
		for _, t := range tried {
			total[t.intent]++
			best := c.Classify(t.text)
			if len(best) == 0 || best[0].Intent == t.intent || isNear(all, t.intent, best[0].Intent) {
				continue
			}
			if wrong[t.intent] == nil {
				wrong[t.intent] = map[string]string{}
			}
			wrong[t.intent][t.text] = best[0].Intent
		}
	}
	for _, in := range all {
		n, missed := total[in.Name], wrong[in.Name]
		if n < fewExamples || float64(len(missed)) <= maxConfusion*float64(n) {
			continue
		}
		times, worst, shown := map[string]int{}, "", ""
		for _, e := range in.Examples[lang] {
			if other := missed[e.Text]; other != "" {
				if times[other]++; times[other] > times[worst] {
					worst = other
				}
			}
		}
		for _, e := range in.Examples[lang] {
			if missed[e.Text] == worst {
				shown = e.Text
				break
			}
		}
		l.say("confusion", in.Place, fmt.Sprintf("%d of %d examples of intent %s in %s are taken for others, most for %s (%q); move them, add examples, or write near: [%s]",
			len(missed), n, in.Name, lang, worst, shown, worst))
	}
}

// isNear tells whether the bot asks which of the two is meant, rather than guess.
func isNear(all []flows.IntentLines, a, b string) bool {
	for _, in := range all {
		if in.Name == a && slices.Contains(in.Near, b) || in.Name == b && slices.Contains(in.Near, a) {
			return true
		}
	}
	return false
}

type trial struct{ intent, text string }

func trainWithout(all []flows.IntentLines, lang string, fold int) (*nlu.Classifier, []trial) {
	var learn []nlu.Example
	var tried []trial
	for _, in := range all {
		if t := in.Title[lang]; t != "" {
			learn = append(learn, nlu.Example{Intent: in.Name, Text: t})
		}
		for i, e := range in.Examples[lang] {
			if i%folds == fold {
				tried = append(tried, trial{in.Name, e.Text})
			} else {
				learn = append(learn, nlu.Example{Intent: in.Name, Text: e.Text})
			}
		}
	}
	c, err := nlu.Train(lang, learn, nlu.Options{})
	if err != nil {
		return nil, nil
	}
	return c, tried
}
