package flowtest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"

	"decroche/flows"
)

// plainJSON gives a value the types that a JSON response has.
func plainJSON(v any) (any, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var out any
	err = json.Unmarshal(raw, &out)
	return out, err
}

// holds reports whether everything in want is in got; at is where it is not.
func holds(got, want any) (at string, ok bool) {
	w, isMap := want.(map[string]any)
	if !isMap {
		return "", reflect.DeepEqual(got, want)
	}
	g, isMap := got.(map[string]any)
	if !isMap {
		return "", false
	}
	for _, k := range keys(w) {
		if in, ok := holds(g[k], w[k]); !ok {
			return " at " + k + strings.TrimPrefix(in, " at"), false
		}
	}
	return "", true
}

// same makes typography irrelevant: apostrophes and spaces of every width.
var same = strings.NewReplacer("’", "'", "\u202f", " ", "\u00a0", " ", "«", `"`, "»", `"`)

func normal(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(same.Replace(s)), " "))
}

// words is everything the bot said since the caller did something, as shown and as spoken.
func (p *player) words() string {
	var all []string
	for _, pr := range p.said {
		all = append(all, pr.Text, pr.Voice)
	}
	return normal(strings.Join(all, "\n"))
}

// shown is the same for people: as written, with what is heard behind it where that differs.
func (p *player) shown() string {
	var all []string
	for _, pr := range p.said {
		t := pr.Text
		if pr.Voice != "" && normal(pr.Voice) != normal(pr.Text) {
			t = strings.TrimSpace(fmt.Sprintf("%s (heard: %s)", t, pr.Voice))
		}
		all = append(all, t)
	}
	return strings.Join(all, " ")
}

// says reports whether the bot's words hold the step's text or match its /expression/.
func (p *player) says(s step) bool {
	if s.re != nil {
		return s.re.MatchString(p.words())
	}
	return strings.Contains(p.words(), normal(s.text))
}

// check holds an expectation against what happened.
func (p *player) check(s step) (want, got string) {
	switch s.key {
	case "bot":
		return differs("bot ", s.text, p.shown(), p.says(s))
	case "quiet":
		if p.says(s) {
			return "bot does not say: " + s.text, "bot : " + p.shown()
		}
		return "", ""
	case "slot":
		return p.checkSlots(s.slots)
	case "flow":
		passed := map[string]bool{}
		for _, o := range p.turns {
			for _, st := range o.Trace {
				passed[st.Flow] = true
			}
		}
		return differs("flow", s.text, strings.Join(keys(passed), ", "), passed[s.text])
	case "lang":
		return differs("lang", s.text, p.out.Lang, p.out.Lang == s.text)
	case "outcome":
		return differs("outcome", s.text, fmt.Sprintf("%s %s", p.out.Next, p.out.Outcome), p.out.Next == flows.End && p.out.Outcome == s.text)
	case "rating":
		return p.checkRating(s.rating)
	case "article":
		got := p.articles()
		return differs("article", s.text, strings.Join(got, ", "), slices.Contains(got, s.text))
	}
	return p.checkEvent(s.event)
}

func differs(what, want, got string, ok bool) (string, string) {
	if ok {
		return "", ""
	}
	return what + ": " + want, what + ": " + got
}

func keys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func (p *player) checkSlots(want [][2]string) (string, string) {
	have := map[string]string{}
	for _, s := range p.out.Slots {
		have[s.Name] = s.Value
	}
	for _, w := range want {
		if have[w[0]] != w[1] {
			return fmt.Sprintf("slot: %s = %q", w[0], w[1]), fmt.Sprintf("slot: %s = %q", w[0], have[w[0]])
		}
	}
	return "", ""
}

func (p *player) checkRating(w *rating) (string, string) {
	want := fmt.Sprintf("%s %d %s", w.survey, w.score, w.comment)
	got := "none"
	for _, o := range p.turns {
		if r := o.Rating; r != nil {
			got = fmt.Sprintf("%s %d/%d %s", r.Survey, r.Score, r.Scale, r.Comment)
			if (w.survey == "" || w.survey == r.Survey) && (w.score == 0 || w.score == r.Score) && strings.Contains(normal(r.Comment), normal(w.comment)) {
				return "", ""
			}
		}
	}
	return differs("rating", strings.TrimSpace(want), strings.TrimSpace(got), false)
}

// articles are those that were said or given to an agent. A prompt of the knowledge is called
// "knowledge/ID", and its step in the trace says "article ID".
func (p *player) articles() (out []string) {
	for _, o := range p.turns {
		for _, pr := range o.Say {
			if id, ok := strings.CutPrefix(pr.ID, "knowledge/"); ok {
				out = append(out, id)
			}
		}
		for _, st := range o.Trace {
			if rest, ok := strings.CutPrefix(st.Note, "article "); ok {
				id, _, _ := strings.Cut(rest, " ")
				out = append(out, id)
			}
		}
		if o.Transfer != nil {
			for _, a := range o.Transfer.Articles {
				out = append(out, a.ID)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (p *player) checkEvent(e *event) (string, string) {
	switch {
	case e.transfer != nil:
		return p.checkTransfer(e.transfer)
	case e.fields != nil:
		got := []string{}
		for _, o := range p.turns {
			for _, have := range details(e.word, o) {
				if fits(have, e.fields) {
					return "", ""
				}
				got = append(got, fmt.Sprint(have))
			}
		}
		return fmt.Sprintf("event: %s %s", e.word, listed(e.fields)), "event: " + orNone(strings.Join(got, "; "), p.out.Next)
	}
	happened := map[string]bool{string(p.out.Next): true}
	for _, o := range p.turns {
		happened["act"] = happened["act"] || o.Act != nil
		happened["callback"] = happened["callback"] || o.Callback != nil
		happened["transfer"] = happened["transfer"] || o.Transfer != nil
		happened["rating"] = happened["rating"] || o.Rating != nil
		happened["unclear"] = happened["unclear"] || len(o.Unclear) > 0
		for _, st := range o.Trace {
			happened[st.Note] = true
		}
	}
	ok := happened[e.word]
	for k, v := range happened {
		if !v || k == "" {
			delete(happened, k)
		}
	}
	return differs("event", e.word, strings.Join(keys(happened), ", "), ok)
}

func orNone(got string, next flows.Next) string {
	if got == "" {
		return string(next)
	}
	return got
}

func listed(fields [][2]string) string {
	var out []string
	for _, f := range fields {
		out = append(out, f[0]+": "+f[1])
	}
	return strings.Join(out, ", ")
}

// details are the events of one kind in one output, by the names that tests use.
func details(word string, o flows.Output) (out []map[string]string) {
	switch {
	case word == "callback" && o.Callback != nil:
		out = append(out, map[string]string{"phone": o.Callback.Phone, "reason": o.Callback.Reason, "window": o.Callback.Window})
	case word == "act" && o.Act != nil:
		m := map[string]string{}
		for _, k := range eventFields["act"] {
			m[k], _ = o.Act.Args[k].(string)
		}
		out = append(out, m)
	case word == "unclear":
		for _, u := range o.Unclear {
			out = append(out, map[string]string{"text": u.Text, "guess": u.Guess, "why": u.Why, "intent": u.Intent})
		}
	}
	return out
}

// fits compares the named fields; of a text or an address a part is enough.
func fits(have map[string]string, want [][2]string) bool {
	for _, w := range want {
		if w[0] == "text" || w[0] == "url" {
			if !strings.Contains(normal(have[w[0]]), normal(w[1])) {
				return false
			}
		} else if have[w[0]] != w[1] {
			return false
		}
	}
	return true
}

func (p *player) checkTransfer(w *transfer) (string, string) {
	tr := p.out.Transfer
	if tr == nil {
		return "event: transfer", "event: " + string(p.out.Next)
	}
	got := fmt.Sprintf("transfer: reason %s, skills %v, topic %q, briefing %q, summary %q", tr.Reason, tr.Skills, tr.Topic, tr.Briefing, tr.Summary)
	ok := (w.reason == "" || w.reason == tr.Reason) && (w.skills == nil || slices.Equal(w.skills, tr.Skills)) &&
		strings.Contains(normal(tr.Topic), normal(w.topic)) && strings.Contains(normal(tr.Briefing), normal(w.briefing)) &&
		strings.Contains(normal(strings.Join(tr.Summary, " ")), normal(w.summary))
	return differs("event", fmt.Sprintf("transfer: %+v", *w), got, ok)
}
