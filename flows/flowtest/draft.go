package flowtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"decroche/flows"
	"decroche/internal/strictyaml"
)

// Draft is a golden conversation in the making, from a talk or from a record.
type Draft struct {
	Name    string
	Channel flows.Channel
	Lang    string // may be empty
	Caller  string // may be empty
	Now     time.Time
	// Comments stand above the conversation, one line each.
	Comments []string

	http  map[string][]string // answers as YAML, by the name of the step
	names []string            // of http, in the order of their first answer
	steps []string            // "key: value" as YAML
	flow  string              // the last one expected
}

func (d Draft) clone() Draft {
	d.steps, d.names, d.Comments = slices.Clone(d.steps), slices.Clone(d.names), slices.Clone(d.Comments)
	h := map[string][]string{}
	for k, v := range d.http {
		h[k] = slices.Clone(v)
	}
	d.http = h
	return d
}

// Add adds a step with a text.
func (d *Draft) Add(key, text string) { d.Raw(key, strictyaml.Quote(text)) }

// Raw adds a step whose value is YAML already.
func (d *Draft) Raw(key, value string) { d.steps = append(d.steps, key+": "+value) }

// Heard adds what a recogniser made of the caller's words, best first. A single reading that was
// certain is a user step.
func (d *Draft) Heard(texts []string, confs []float64) {
	if len(texts) == 1 && confs[0] >= 1 {
		d.Add("user", texts[0])
		return
	}
	var out []string
	for i, t := range texts {
		out = append(out, fmt.Sprintf("{text: %s, conf: %s}", strictyaml.Quote(t), number(confs[i])))
	}
	d.Raw("asr", "["+strings.Join(out, ", ")+"]")
}

// Said expects what the bot said: as it was shown, or spoken when nothing was shown.
func (d *Draft) Said(text, voice string) {
	if strings.TrimSpace(text) == "" {
		text = voice
	}
	if strings.TrimSpace(text) == "" {
		return
	}
	if isExpression(text) {
		text = "/" + regexp.QuoteMeta(text) + "/"
	}
	d.Add("bot", text)
}

// Flow expects that a flow was passed, when it is another than before.
func (d *Draft) Flow(name string) {
	if name != "" && name != d.flow {
		d.Raw("flow", scalar(name))
		d.flow = name
	}
}

// Event expects an event with those details that are not empty.
func (d *Draft) Event(word string, fields [][2]string) {
	var out []string
	for _, f := range fields {
		if f[1] != "" {
			out = append(out, f[0]+": "+scalar(f[1]))
		}
	}
	if len(out) == 0 {
		d.Raw("event", word)
		return
	}
	d.Raw("event", "{"+word+": {"+strings.Join(out, ", ")+"}}")
}

// Transfer expects a hand-off.
func (d *Draft) Transfer(reason string, skills []string) {
	var list []string
	for _, s := range skills {
		list = append(list, scalar(s))
	}
	d.Raw("event", "{transfer: {reason: "+scalar(reason)+", skills: ["+strings.Join(list, ", ")+"]}}")
}

// Answered adds how a system answered. body is a JSON value; nil when nobody knows it.
func (d *Draft) Answered(name, outcome string, status int, body any, after time.Duration) {
	var out []string
	if status >= 100 && (outcome == "ok" || outcome == strconv.Itoa(status)) {
		out = append(out, "status: "+strconv.Itoa(status))
	} else {
		out = append(out, "outcome: "+scalar(outcome))
	}
	if body != nil {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if enc.Encode(body) == nil {
			out = append(out, "body: "+strings.TrimSpace(b.String()))
		}
	}
	if after > 0 {
		out = append(out, "after: "+after.String())
	}
	if d.http == nil {
		d.http = map[string][]string{}
	}
	if d.http[name] == nil {
		d.names = append(d.names, name)
	}
	d.http[name] = append(d.http[name], "{"+strings.Join(out, ", ")+"}")
}

// plainWord needs no quotes in YAML, wherever it stands.
var plainWord = regexp.MustCompile(`^[a-z][a-z_-]*$`)

func scalar(s string) string {
	if plainWord.MatchString(s) && !slices.Contains([]string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}, s) {
		return s
	}
	return strictyaml.Quote(s)
}

// Write writes the conversation as a file of its own.
func (d Draft) Write(w io.Writer) error {
	var b strings.Builder
	for _, c := range d.Comments {
		b.WriteString("# " + strings.Join(strings.Fields(c), " ") + "\n")
	}
	b.WriteString("tests:\n  - name: " + strictyaml.Quote(d.Name) + "\n")
	fmt.Fprintf(&b, "    channel: %s\n", d.Channel)
	if d.Lang != "" {
		fmt.Fprintf(&b, "    lang: %s\n", d.Lang)
	}
	if d.Caller != "" {
		fmt.Fprintf(&b, "    caller: %s\n", strictyaml.Quote(d.Caller))
	}
	if !d.Now.IsZero() {
		fmt.Fprintf(&b, "    now: %s\n", d.Now.Format(time.RFC3339))
	}
	if len(d.names) > 0 {
		b.WriteString("    http:\n")
		for _, name := range d.names {
			fmt.Fprintf(&b, "      %s:\n", scalar(name))
			for _, a := range d.http[name] {
				fmt.Fprintf(&b, "        - %s\n", a)
			}
		}
	}
	b.WriteString("    steps:\n")
	for _, s := range d.steps {
		b.WriteString("      - " + s + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Answers are the names of the systems that were asked, sorted.
func (d Draft) Answers() []string { return slices.Sorted(maps.Keys(d.http)) }
