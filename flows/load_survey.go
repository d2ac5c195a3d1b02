package flows

import (
	"fmt"
	"time"

	"decroche/flows/schema"
)

// surveyFlow begins the name of the flow that a survey runs as; no flow of a file can have it.
const surveyFlow = "survey:"

// surveyEnds are the ends of a conversation that a survey may follow, as written, with the
// outcome of the record.
var surveyEnds = map[string]string{"resolved": "resolved", "transfer": "transferred", "callback": "callback"}

// everyEnd are the outcomes that a survey follows unless it says "after:".
var everyEnd = []string{"resolved", "transferred", "callback"}

// noTime is for values that depend on no clock.
var noTime time.Time

// readSurveys reads "surveys:" of bot.yaml, once entities and flows are known.
func (l *loader) readSurveys() {
	if l.main == nil {
		return
	}
	if !l.main.has("surveys") {
		l.defaultSurvey()
		return
	}
	l.each(l.main.get("surveys"), "surveys", func(name string, at place, v *tree) {
		l.name(at, "survey", name)
		l.readSurvey(name, at, v)
	})
}

func (l *loader) readSurvey(name string, at place, v *tree) {
	what := fmt.Sprintf("survey %q", name)
	sv := &survey{name: name, flow: surveyFlow + name, scale: 5, low: 2, share: 1, after: everyEnd, at: at}
	l.bot.surveys = append(l.bot.surveys, sv)
	f := &flow{name: sv.flow, at: at, steps: map[string]*step{}}
	l.bot.flows[f.name] = f
	l.bot.flowNames = append(l.bot.flowNames, f.name)
	if v.shape == isScalar && v.text == "true" {
		v = &tree{shape: isMap, at: v.at}
	}
	if !l.want(v, isMap, what) {
		return
	}
	l.only(v, what, schema.Keys[schema.Survey]()...)
	l.scale(v.get("scale"), sv)
	if v.has("after") {
		sv.after = nil
	}
	for _, end := range l.strings(v.get("after"), "after") {
		if surveyEnds[end] == "" {
			l.add(v.get("after").at, "after cannot be %q; write resolved, transfer or callback", end)
		}
		sv.after = append(sv.after, surveyEnds[end])
	}
	if x := v.get("sample"); x != nil {
		sv.share = l.share(x, what+": sample")
	}
	if x := v.get("low"); x != nil {
		sv.low = l.int(x, "low", 0, sv.scale)
	}
	l.surveySteps(v, sv, f)
}

// scale reads how the note is given: 5, faces or yes_no.
func (l *loader) scale(t *tree, sv *survey) {
	switch {
	case t == nil:
	case t.shape == isScalar && t.text == styleFaces:
		sv.style, sv.scale, sv.low = styleFaces, len(faces), 1
	case t.shape == isScalar && t.text == styleYesNo:
		sv.style, sv.scale, sv.low = styleYesNo, 2, 1
	case t.shape == isScalar && t.text != "" && (t.text[0] < '0' || t.text[0] > '9'):
		l.add(t.at, "scale must be a number from 2 to 10, faces or yes_no, not %q%s", t.text, didYouMean(t.text, []string{styleFaces, styleYesNo}))
	default:
		sv.scale = l.int(t, "scale", 2, 10)
		sv.low = sv.scale * 2 / 5
	}
}

// surveySteps compiles the survey: the note, a comment, and what follows a low note.
func (l *loader) surveySteps(v *tree, sv *survey, f *flow) {
	c := &compiler{loader: l, flow: f}
	own := func(key, response string) *phrase {
		if t := v.get(key); t != nil {
			return l.phrase(t, key, nil, "scale")
		}
		ph := l.bot.responses[response]
		return &ph
	}
	f.first = "ask"
	next := "verdict"
	if t := v.get("comment"); t != nil {
		next = "comment"
		c.put(&step{id: "comment", kind: kindComment, at: t.at, next: "verdict", say: l.phrase(t, "comment", nil)})
	}
	c.put(&step{id: "ask", kind: kindScore, at: sv.at, next: next, say: own("ask", "survey_"+sv.kind())})
	verdict := c.put(&step{id: "verdict", kind: kindVerdict, at: sv.at, say: own("thanks", "survey_thanks")})
	switch t := v.get("on_low"); {
	case t != nil:
		verdict.over = c.block(t, "low", "")
	case sv.low > 0:
		h := *l.bot.policy.handoff
		low := l.bot.responses["survey_low"]
		c.put(&step{id: "person", kind: kindTransfer, at: sv.at, handoff: &h})
		verdict.over = c.put(&step{id: "low", kind: kindYesNo, at: sv.at, say: &low, patience: l.bot.policy.patience.word,
			yesNo: &yesNoStep{yes: "person"}}).id
	}
}

// surveyName reads the name of a survey where a flow asks for one.
func (l *loader) surveyName(t *tree, what string) string {
	name := l.str(t, what)
	l.later = append(l.later, func() {
		if l.bot.survey(name) != nil || l.spoilt {
			return
		}
		var known []string
		for _, sv := range l.bot.surveys {
			known = append(known, sv.name)
		}
		l.add(t.at, "no survey is called %q; write it under surveys: in bot.yaml%s", name, didYouMean(name, known))
	})
	return name
}
