package flows

import (
	"fmt"
	"slices"
)

// SurveyConfig is the survey of bots that say nothing about "surveys:": the section "survey" of
// decroche.yaml. The zero value asks nobody.
type SurveyConfig struct {
	// Ask is how: faces (three), 5 (a note from one to five), yes_no; off asks nobody.
	Ask string `yaml:"ask"`
	// Sample is the share of the conversations that are asked, 0 to 1.
	Sample float64 `yaml:"sample"`
}

// SurveyOff is the SurveyConfig.Ask that asks nobody.
const SurveyOff = "off"

// defaultSurveyName is what the survey of SurveyConfig is called in records.
const defaultSurveyName = "satisfaction"

// DefaultSurvey asks everybody, by faces: one word is enough of an answer.
func DefaultSurvey() SurveyConfig { return SurveyConfig{Ask: styleFaces, Sample: 1} }

// Validate returns what is wrong, one sentence per key.
func (c SurveyConfig) Validate() (bad []string) {
	if ways := []string{styleFaces, "5", styleYesNo, SurveyOff}; c.Ask != "" && !slices.Contains(ways, c.Ask) {
		bad = append(bad, fmt.Sprintf("ask: %q is none of faces, 5, yes_no and off%s", c.Ask, didYouMean(c.Ask, ways)))
	}
	if !(c.Sample >= 0 && c.Sample <= 1) {
		bad = append(bad, fmt.Sprintf("sample: %v is not between 0 and 1, the share of the conversations that are asked", c.Sample))
	}
	return bad
}

// defaultSurvey adds the host's survey to a bot that has none of its own and does not say that it wants none.
func (l *loader) defaultSurvey() {
	c := l.opt.Survey
	if c.Ask == "" || c.Ask == SurveyOff || c.Sample == 0 || len(l.bot.Languages) == 0 {
		return
	}
	at := l.main.at
	v := &tree{shape: isMap, at: at, keys: []string{"scale"}, keyAt: []place{at}, items: []*tree{{shape: isScalar, text: c.Ask, at: at}}}
	if l.bot.policy.callback == nil { // a person is not promised to who is unhappy where nobody may be there
		v.keys, v.keyAt = append(v.keys, "low"), append(v.keyAt, at)
		v.items = append(v.items, &tree{shape: isScalar, text: "0", at: at})
	}
	l.readSurvey(defaultSurveyName, at, v)
	l.bot.survey(defaultSurveyName).share = c.Sample
}
