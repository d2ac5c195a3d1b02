package flowtest

import (
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strconv"
	"time"

	"decroche/flows"
	"decroche/flows/schema"
	"decroche/internal/strictyaml"

	"github.com/goccy/go-yaml/ast"
)

// Bounds on what is read and played: a file beyond them was not written by hand.
const (
	maxFileBytes = 1 << 20
	maxTests     = 1000 // in a file
	maxSteps     = 1000 // in a conversation
)

// conversation is one golden conversation as written.
type conversation struct {
	line    int
	name    string
	channel flows.Channel
	lang    string
	caller  string
	now     time.Time
	http    map[string][]reply
	steps   []step
}

// step is one step as written: its key, and the field that the key fills.
type step struct {
	key       string
	line, col int // of the value
	text      string
	re        *regexp.Regexp // bot, quiet: text is a /regular expression/
	heard     []hypothesis
	wait      time.Duration
	slots     [][2]string
	event     *event
	rating    *rating
	caller    string // beside channel
}

type hypothesis struct {
	text string
	conf float64
}

// reply is what a system answers to one request.
type reply struct {
	status  int
	body    any
	outcome string // instead of a status: timeout, error
	after   time.Duration
	request *request
}

// request is what must have been asked for.
type request struct {
	method, url string
	headers     [][2]string
	body        any
}

// event is what must have happened: a word, or one of the others with details.
type event struct {
	word     string
	transfer *transfer
	fields   [][2]string // of a callback, act or unclear
}

type transfer struct {
	reason, topic, briefing, summary string
	skills                           []string
}

type rating struct {
	survey, comment string
	score           int // 0: any
}

// readFile reads one file of conversations. Its error is strictyaml.Problems: every mistake at
// once, each with its place.
func readFile(fsys fs.FS, name string) ([]conversation, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	defer func() { _ = f.Close() }()
	src, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return parse(name, src)
}

// parse reads the text of a file of conversations.
func parse(name string, src []byte) ([]conversation, error) {
	root, ps := strictyaml.Parse(name, src)
	if len(ps) > 0 {
		return nil, ps
	}
	r := &reader{strictyaml.NewReader(name, src)}
	var out []conversation
	if root == nil {
		return nil, strictyaml.Problems{{File: name, Msg: "no tests; write tests: [{name: …, steps: […]}]"}}
	}
	for _, kv := range r.Keys(root, "the file", schema.Keys[schema.Tests]()...) {
		items := r.List(kv.Value, "tests")
		if len(items) > maxTests {
			r.Fail(kv.Value, "%d conversations; at most %d are played from one file: split it", len(items), maxTests)
			continue
		}
		seen := map[string]bool{}
		for _, n := range items {
			c := r.conversation(n)
			if seen[c.name] {
				r.Fail(n, "a second conversation is called %q; name them apart", c.name)
			}
			seen[c.name] = true
			out = append(out, c)
		}
	}
	if len(out) == 0 && len(r.Bad) == 0 {
		r.Fail(root, "no tests; write tests: [{name: …, steps: […]}]")
	}
	if len(r.Bad) > 0 {
		r.Bad.Sort()
		return nil, r.Bad
	}
	return out, nil
}

// reader turns nodes into conversations and collects what is wrong with them.
type reader struct{ *strictyaml.Reader }

func (r *reader) conversation(n ast.Node) conversation {
	c := conversation{line: n.GetToken().Position.Line, channel: flows.Voice, now: clock, http: map[string][]reply{}}
	for _, kv := range r.Keys(n, "a conversation", schema.Keys[schema.Conversation]()...) {
		switch kv.Key {
		case "name":
			c.name, c.line = r.Text(kv.Value, "name"), kv.Line
		case "channel":
			c.channel = r.channel(kv.Value)
		case "lang":
			c.lang = r.OneOf(kv.Value, "lang", "fr", "en")
		case "caller":
			c.caller = r.Text(kv.Value, "caller")
		case "now":
			at, err := time.Parse(time.RFC3339, r.Text(kv.Value, "now"))
			if err != nil {
				r.Fail(kv.Value, "now is not a time; write it as 2026-11-23T10:00:00+01:00")
			}
			c.now = at
		case "http":
			for _, s := range r.Keys(kv.Value, "http") {
				c.http[s.Key] = r.stub(s.Value)
			}
		case "steps":
			items := r.List(kv.Value, "steps")
			if len(items) > maxSteps {
				r.Fail(kv.Value, "%d steps; at most %d are played", len(items), maxSteps)
				continue
			}
			for _, s := range items {
				c.steps = append(c.steps, r.step(s))
			}
		}
	}
	if c.name == "" {
		r.Fail(n, "a conversation has no name; write name: what it is about")
	}
	if len(c.steps) == 0 {
		r.Fail(n, "conversation %q has no steps; write steps: [user: …, bot: …]", c.name)
	}
	return c
}

func (r *reader) channel(n ast.Node) flows.Channel {
	return flows.Channel(r.OneOf(n, "channel", string(flows.Voice), string(flows.Text), string(flows.Speaker)))
}

func (r *reader) step(n ast.Node) step {
	var s step
	for _, kv := range r.Keys(n, "a step", schema.Keys[schema.TestStep]()...) {
		if kv.Key == "caller" {
			s.caller = r.Text(kv.Value, "caller")
			continue
		}
		if s.key != "" {
			r.Fail(kv.Value, "a step has both %s and %s; write two steps", s.key, kv.Key)
			continue
		}
		at := kv.Value.GetToken().Position
		s.key, s.line, s.col = kv.Key, at.Line, at.Column
		r.value(&s, kv.Value)
	}
	if s.key == "" {
		r.Fail(n, "a step does or checks something: %s", "user, dtmf, bot, slot …")
	}
	if s.caller != "" && s.key != "channel" {
		r.Fail(n, "caller stands beside channel only, or at the conversation")
	}
	return s
}

// value reads what stands behind the key of a step.
func (r *reader) value(s *step, n ast.Node) {
	switch s.key {
	case "asr":
		for _, h := range r.List(n, "asr") {
			s.heard = append(s.heard, r.hypothesis(h))
		}
		if len(s.heard) == 0 {
			r.Fail(n, "asr holds no reading; write [{text: …, conf: 0.7}]")
		}
	case "silence":
		s.wait = r.Duration(n, "silence", 0, 24*time.Hour)
	case "hangup":
		if r.OneOf(n, "hangup", "true") == "" {
			return
		}
	case "spoken":
		s.text = r.OneOf(n, "spoken", schema.Languages()...)
	case "channel":
		s.text = string(r.channel(n))
	case "slot":
		for _, kv := range r.Keys(n, "slot") {
			s.slots = append(s.slots, [2]string{kv.Key, r.Text(kv.Value, "slot "+kv.Key)})
		}
	case "event":
		s.event = r.event(n)
	case "rating":
		s.rating = r.rating(n)
	default:
		s.text = r.Text(n, s.key)
	}
	if s.key != "bot" && s.key != "quiet" || !isExpression(s.text) {
		return
	}
	var err error
	if s.re, err = regexp.Compile("(?is)" + same.Replace(s.text[1:len(s.text)-1])); err != nil {
		r.Fail(n, "%s: %v", s.key, err)
	}
}

// isExpression tells a /regular expression/ from words.
func isExpression(s string) bool {
	return len(s) > 1 && s[0] == '/' && s[len(s)-1] == '/'
}

func (r *reader) hypothesis(n ast.Node) (h hypothesis) {
	h.conf = 1
	for _, kv := range r.Keys(n, "a reading", schema.Keys[schema.Hypothesis]()...) {
		switch kv.Key {
		case "text":
			h.text = r.Text(kv.Value, "text")
		case "conf":
			f, err := strconv.ParseFloat(r.Text(kv.Value, "conf"), 64)
			if err != nil || f < 0 || f > 1 {
				r.Fail(kv.Value, "conf is a number from 0 to 1")
			}
			h.conf = f
		}
	}
	return h
}

// stub reads {status: …}, a list of these, or a bare outcome.
func (r *reader) stub(n ast.Node) []reply {
	if seq, ok := n.(*ast.SequenceNode); ok {
		var out []reply
		for _, v := range seq.Values {
			if _, nested := v.(*ast.SequenceNode); nested {
				r.Fail(v, "a list in a list of answers; write one list, its answers are given one request after another")
				continue
			}
			out = append(out, r.stub(v)...)
		}
		if len(seq.Values) == 0 {
			r.Fail(n, "an empty list answers nothing; write {status: 200, body: …}")
		}
		return out
	}
	if strictyaml.IsScalar(n) {
		return []reply{{outcome: r.OneOf(n, "an answer", "timeout", "error")}}
	}
	var p reply
	for _, kv := range r.Keys(n, "an answer", schema.Keys[schema.Reply]()...) {
		switch kv.Key {
		case "status":
			p.status = r.Int(kv.Value, "status", 100, 599)
		case "body":
			p.body = r.plain(kv.Value)
		case "outcome":
			p.outcome = r.Text(kv.Value, "outcome")
		case "after", "delay":
			p.after = r.Duration(kv.Value, kv.Key, 0, time.Hour)
		case "url":
			p.request = or(p.request)
			p.request.url = r.Text(kv.Value, "url")
		case "request":
			p.request = or(p.request)
			r.request(p.request, kv.Value)
		}
	}
	if p.status == 0 && p.outcome == "" {
		r.Fail(n, "an answer has neither status nor outcome; write {status: 200, body: …}")
	}
	return []reply{p}
}

func or(q *request) *request {
	if q == nil {
		return &request{}
	}
	return q
}

func (r *reader) request(q *request, n ast.Node) {
	for _, kv := range r.Keys(n, "request", schema.Keys[schema.Request]()...) {
		switch kv.Key {
		case "method":
			q.method = r.Text(kv.Value, "method")
		case "url":
			q.url = r.Text(kv.Value, "url")
		case "headers":
			for _, h := range r.Keys(kv.Value, "headers") {
				q.headers = append(q.headers, [2]string{h.Key, r.Text(h.Value, "header "+h.Key)})
			}
		case "body":
			q.body = r.plain(kv.Value)
		}
	}
}

// plain gives a value the types that a JSON one has. Anchors, aliases and tags are not followed:
// a file of a few lines could stand for gigabytes.
func (r *reader) plain(n ast.Node) any {
	switch n := n.(type) {
	case *ast.NullNode:
		return nil
	case *ast.BoolNode:
		return n.Value
	case *ast.IntegerNode, *ast.FloatNode:
		f, err := strconv.ParseFloat(r.Text(n, "body"), 64)
		if err != nil {
			r.Fail(n, "body: not a number that JSON can hold; put it in quotes")
		}
		return f
	case *ast.SequenceNode:
		out := []any{}
		for _, v := range n.Values {
			out = append(out, r.plain(v))
		}
		return out
	case *ast.MappingNode, *ast.MappingValueNode:
		out := map[string]any{}
		for _, kv := range r.Keys(n, "body") {
			out[kv.Key] = r.plain(kv.Value)
		}
		return out
	}
	return r.Text(n, "body")
}

// eventFields are the details of the events that have some.
var eventFields = map[string][]string{
	"callback": schema.Keys[schema.CallbackEvent](),
	"act":      schema.Keys[schema.ActEvent](),
	"unclear":  schema.Keys[schema.UnclearEvent](),
}

func (r *reader) event(n ast.Node) *event {
	if strictyaml.IsScalar(n) {
		return &event{word: r.Text(n, "event")}
	}
	e := &event{}
	for _, kv := range r.Keys(n, "event", schema.Keys[schema.Event]()...) {
		if e.word != "" {
			r.Fail(kv.Value, "an event has both %s and %s; write two steps", e.word, kv.Key)
		}
		e.word = kv.Key
		if kv.Key == "transfer" {
			e.transfer = r.transfer(kv.Value)
			continue
		}
		e.fields = [][2]string{}
		for _, f := range r.Keys(kv.Value, kv.Key, eventFields[kv.Key]...) {
			e.fields = append(e.fields, [2]string{f.Key, r.Text(f.Value, f.Key)})
		}
	}
	return e
}

func (r *reader) transfer(n ast.Node) *transfer {
	t := &transfer{}
	for _, kv := range r.Keys(n, "transfer", schema.Keys[schema.TransferEvent]()...) {
		switch kv.Key {
		case "reason":
			t.reason = r.Text(kv.Value, "reason")
		case "topic":
			t.topic = r.Text(kv.Value, "topic")
		case "briefing":
			t.briefing = r.Text(kv.Value, "briefing")
		case "summary":
			t.summary = r.Text(kv.Value, "summary")
		case "skills":
			t.skills = []string{}
			for _, s := range r.List(kv.Value, "skills") {
				t.skills = append(t.skills, r.Text(s, "a skill"))
			}
		}
	}
	return t
}

func (r *reader) rating(n ast.Node) *rating {
	if strictyaml.IsScalar(n) {
		return &rating{score: r.Int(n, "rating", 1, 100)}
	}
	w := &rating{}
	for _, kv := range r.Keys(n, "rating", schema.Keys[schema.RatingEvent]()...) {
		switch kv.Key {
		case "survey":
			w.survey = r.Text(kv.Value, "survey")
		case "score":
			w.score = r.Int(kv.Value, "score", 1, 100)
		case "comment":
			w.comment = r.Text(kv.Value, "comment")
		}
	}
	return w
}
