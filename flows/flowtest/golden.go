package flowtest

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"decroche/flows"
)

// Golden is one golden conversation for who plays it otherwise than RunWith does: at another door than
// the one it was written for, or through that door itself. Its expectations are left out.
type Golden struct {
	File    string
	Line    int
	Name    string
	Channel flows.Channel // that it was written for
	Lang    string        // "" is the bot's own
	Caller  string
	Now     time.Time // when it begins
	Steps   []Act     // what the caller does, and how hand-offs end

	c conversation
}

// Act is one step of a Golden that is no expectation: user, asr, dtmf, quick, silence, cut, spoken,
// returned, channel or hangup.
type Act struct {
	Key  string
	Line int
	Text string // of asr the best reading
	Conf float64

	s step
}

// String is the step for people: "asr: quarante-cinq … (0.71)".
func (a Act) String() string {
	switch a.Key {
	case "asr":
		return fmt.Sprintf("asr: %s (%.2f)", a.Text, a.Conf)
	case "silence":
		return "silence: " + a.s.wait.String()
	case "hangup":
		return "hangup"
	}
	return a.Key + ": " + a.Text
}

// Say is an Act of somebody who says, or types, text and is perfectly understood.
func Say(text string) Act { return Act{Key: "user", Text: text, s: step{key: "user", text: text}} }

// Goldens reads the conversations of a hotline's folder, in the order of files.
func Goldens(fsys fs.FS) ([]Golden, error) {
	files, err := fs.Glob(fsys, "tests/*.y*ml")
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	var out []Golden
	for _, name := range files {
		if ext := path.Ext(name); strings.HasPrefix(path.Base(name), ".") || ext != ".yaml" && ext != ".yml" {
			continue
		}
		list, err := readFile(fsys, name)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			out = append(out, golden(name, c))
		}
	}
	return out, nil
}

func golden(file string, c conversation) Golden {
	g := Golden{File: file, Line: c.line, Name: c.name, Channel: c.channel, Lang: c.lang, Caller: c.caller, Now: c.now, c: c}
	for _, s := range c.steps {
		a := Act{Key: s.key, Line: s.line, Text: s.text, s: s}
		switch s.key {
		case "asr":
			a.Text, a.Conf = s.heard[0].text, s.heard[0].conf
		case "user", "dtmf", "quick", "silence", "cut", "spoken", "returned", "channel", "hangup":
		default:
			continue
		}
		g.Steps = append(g.Steps, a)
	}
	return g
}

// Scene is a Golden being played against the engine, step by step. One goroutine uses it.
type Scene struct{ p *player }

// Begin plays the beginning on a channel.
func (g Golden) Begin(bot *flows.Bot, ch flows.Channel) (*Scene, error) {
	stubs := &stubs{replies: g.c.http, used: map[string]int{}}
	s := &Scene{&player{engine: bot.Engine(), now: g.Now, answer: stubs.answer}}
	return s, s.p.turn(flows.Input{Kind: flows.Start, Channel: ch, Lang: g.Lang, Caller: g.Caller})
}

// Do plays one step.
func (s *Scene) Do(a Act) error {
	_, _, err := s.p.step(a.s)
	return err
}

// Outputs are the engine's since the caller last did something, the newest last.
func (s *Scene) Outputs() []flows.Output { return s.p.turns }

// Said is what the bot said since then.
func (s *Scene) Said() []flows.Prompt { return s.p.said }

// Systems are the answers of a Golden's systems as an action, for hosts that run actions. It counts as
// the real one does by the name "http", and may be used by one conversation.
func (g Golden) Systems() flows.Action {
	return &systems{stubs: &stubs{replies: g.c.http, used: map[string]int{}}}
}

// systems implements flows.Action.
type systems struct {
	mu    sync.Mutex
	stubs *stubs
}

// Spec implements flows.Action.
func (s *systems) Spec() flows.Spec { return flows.Spec{Name: "http"} }

// Run implements flows.Action. Time that a system would take is not taken.
func (s *systems) Run(_ context.Context, args map[string]any) (flows.Done, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.stubs.answer(&flows.Act{Args: maps.Clone(args), Deadline: time.Hour})
	if err != nil {
		return flows.Done{}, err
	}
	return flows.Done{Outcome: cmp.Or(a.outcome, "ok"), Result: map[string]any{"status": a.status, "body": a.body}}, nil
}

// Returned is an Act of the gateway: the hand-off that is out has ended so.
func Returned(outcome string) Act {
	return Act{Key: "returned", Text: outcome, s: step{key: "returned", text: outcome}}
}
