// Package flowtest plays golden conversations: the tests/*.yaml of a bot's folder, against
// the very engine that answers calls, with a fixed clock and stubbed systems. It needs no
// telephone, no network and no time.
//
// A conversation is a list of steps. What the caller does:
//
//	user: "où est mon colis"                     # said and perfectly understood
//	asr: [{text: "quarante cinq", conf: 0.7}]    # what a recogniser made of it, best first
//	dtmf: "45127802"                             # keyed
//	silence: 6s                                  # said nothing
//	returned: busy                               # the hand-off ended so
//	hangup: true
//
// and what must be true afterwards, of everything the bot said and did since:
//
//	bot: "numéro de commande"                    # a part of it, or a /regular expression/
//	quiet: "remboursement"                       # is not said
//	slot: {numero_commande: "45127802"}          # "" means empty
//	flow: suivi_colis                            # passed through this flow
//	event: {transfer: {reason: asked, skills: [fr], topic: suivi}}
//	event: {callback: {phone: "+33612345678"}}
//	event: listen                                # or act, end
//	lang: en
//	outcome: resolved                            # of an ended conversation
package flowtest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"decroche/flows"

	"github.com/goccy/go-yaml"
)

// Result is one conversation and how it went.
type Result struct {
	File string
	Name string
	OK   bool
	// Diff shows the conversation up to the first step that failed, that step marked with
	// "-" (expected) and "+" (what happened); "" when OK.
	Diff string
}

// maxFileBytes bounds one file of conversations.
const maxFileBytes = 1 << 20

// Run loads the bot in fsys and plays all of its conversations, in the order of files and
// steps. A folder that does not load, or a file that cannot be read, is a failed Result.
func Run(fsys fs.FS) []Result {
	bot, err := flows.Load(fsys, flows.Options{})
	if err != nil {
		return []Result{{File: "bot.yaml", Name: "load", Diff: err.Error()}}
	}
	names, err := fs.Glob(fsys, "tests/*.yaml")
	if err != nil {
		return []Result{{File: "tests", Name: "read", Diff: err.Error()}}
	}
	var out []Result
	for _, name := range names {
		if strings.HasPrefix(path.Base(name), ".") {
			continue
		}
		cases, err := read(fsys, name)
		if err != nil {
			out = append(out, Result{File: name, Name: "read", Diff: err.Error()})
			continue
		}
		for _, c := range cases {
			diff := play(bot, c)
			out = append(out, Result{File: name, Name: c.Name, OK: diff == "", Diff: diff})
		}
	}
	return out
}

func read(fsys fs.FS, name string) ([]conversation, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("flowtest: open %s: %w", name, err)
	}
	defer func() { _ = f.Close() }()
	var doc struct {
		Tests []conversation `yaml:"tests"`
	}
	err = yaml.NewDecoder(io.LimitReader(f, maxFileBytes), yaml.Strict()).Decode(&doc)
	if err != nil {
		var ye yaml.Error
		if errors.As(err, &ye) && ye.GetToken() != nil {
			p := ye.GetToken().Position
			return nil, fmt.Errorf("%s:%d:%d: %s", name, p.Line, p.Column, ye.GetMessage())
		}
		return nil, fmt.Errorf("flowtest: read %s: %w", name, err)
	}
	if len(doc.Tests) == 0 {
		return nil, fmt.Errorf("%s: no tests; write tests: [{name: …, steps: […]}]", name)
	}
	return doc.Tests, nil
}

// conversation is one golden conversation as written.
type conversation struct {
	Name    string          `yaml:"name"`
	Channel flows.Channel   `yaml:"channel"`
	Lang    string          `yaml:"lang"`
	Caller  string          `yaml:"caller"`
	Now     string          `yaml:"now"` // RFC 3339; the fixed clock's first instant
	HTTP    map[string]stub `yaml:"http"`
	Steps   []step          `yaml:"steps"`
}

// step is one step as written; one field is set.
type step struct {
	User     *string           `yaml:"user"`
	ASR      []hypothesis      `yaml:"asr"`
	DTMF     *string           `yaml:"dtmf"`
	Silence  *time.Duration    `yaml:"silence"`
	Returned *string           `yaml:"returned"`
	Cut      *string           `yaml:"cut"` // said over the prompt: Text of the next user step follows
	Hangup   bool              `yaml:"hangup"`
	Bot      *string           `yaml:"bot"`
	Quiet    *string           `yaml:"quiet"`
	Slot     map[string]string `yaml:"slot"`
	Flow     *string           `yaml:"flow"`
	Event    *event            `yaml:"event"`
	Lang     *string           `yaml:"lang"`
	Outcome  *string           `yaml:"outcome"`
}

type hypothesis struct {
	Text string  `yaml:"text"`
	Conf float64 `yaml:"conf"`
}

// stub answers for one http action; a list answers one request after another.
type stub struct{ replies []reply }

type reply struct {
	Status  int           `yaml:"status"`
	Body    any           `yaml:"body"`
	Outcome string        `yaml:"outcome"` // instead of a status: timeout, error
	After   time.Duration `yaml:"after"`   // how long it takes; past the filler's delay the filler is said
	URL     string        `yaml:"url"`     // must be part of the address asked for
}

// UnmarshalYAML reads {status: …}, a list of these, or a bare outcome.
func (s *stub) UnmarshalYAML(b []byte) error {
	text := strings.TrimSpace(string(b))
	switch {
	case text == "timeout" || text == "error":
		s.replies = []reply{{Outcome: text}}
		return nil
	case strings.HasPrefix(text, "[") || strings.HasPrefix(text, "- "):
		return yaml.UnmarshalWithOptions(b, &s.replies, yaml.Strict())
	}
	var r reply
	if err := yaml.UnmarshalWithOptions(b, &r, yaml.Strict()); err != nil {
		return err
	}
	s.replies = []reply{r}
	return nil
}

// event is what must have happened: a word, or a word with details.
type event struct {
	word     string
	Transfer *struct {
		Reason   string   `yaml:"reason"`
		Skills   []string `yaml:"skills"`
		Topic    string   `yaml:"topic"`
		Briefing string   `yaml:"briefing"`
		Summary  string   `yaml:"summary"`
	} `yaml:"transfer"`
	Callback *struct {
		Phone  string `yaml:"phone"`
		Reason string `yaml:"reason"`
		Window string `yaml:"window"`
	} `yaml:"callback"`
	Act *struct {
		Name   string `yaml:"name"`
		Method string `yaml:"method"`
		URL    string `yaml:"url"`
	} `yaml:"act"`
}

// UnmarshalYAML reads a bare word or a map.
func (e *event) UnmarshalYAML(b []byte) error {
	var word string
	if err := yaml.Unmarshal(b, &word); err == nil {
		e.word = word
		return nil
	}
	type details event
	return yaml.UnmarshalWithOptions(b, (*details)(e), yaml.Strict())
}
