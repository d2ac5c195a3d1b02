package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"decroche/configs"
	"decroche/flows"
	"decroche/flows/flowtest"
	"decroche/gateway"
)

type flowTalkCmd struct {
	Dir     string `arg:"" help:"Folder of the hotline." type:"existingdir"`
	Channel string `help:"Where the conversation takes place: voice, text or speaker." default:"voice" enum:"voice,text,speaker"`
	Lang    string `help:"Language to begin in; the hotline's own when empty."`
	Caller  string `help:"Where the caller can be rung, like +33612345678."`
	Now     string `help:"The clock when the conversation begins, like 2026-11-23T10:00:00+01:00; now when empty." placeholder:"TIME"`
	HTTP    string `help:"File of what the systems answer, written as behind http: in a golden conversation." name:"http" type:"existingfile" placeholder:"FILE"`
	Live    bool   `help:"Ask the real systems, with the secrets and vars of --config; without one an example hotline asks the demo systems of make run."`
	Save    string `help:"Write what was talked as a golden conversation; tests/NAME.yaml is in the hotline's folder." placeholder:"FILE"`
	Name    string `help:"Name of the golden conversation; the file's name when empty."`
	From    string `help:"Do not talk: take a conversation of the record (--config says where) and save it." placeholder:"CONVERSATION"`
}

// Run talks until the bot ends, the input does, or /quit.
func (c *flowTalkCmd) Run(ctx context.Context, g *globals) error {
	if c.From != "" {
		return c.fromRecord(ctx, g)
	}
	save, err := c.savePath()
	if err != nil {
		return err
	}
	t, err := c.begin(ctx, g)
	if err != nil {
		return err
	}
	in := newTerminal(os.Stdin, os.Stdout)
	s := &talkScreen{t: t, out: os.Stdout, voice: c.Channel != string(flows.Text)}
	s.show()
	for !s.over {
		line, err := in.Receive(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		s.line(strings.TrimSpace(line))
	}
	if save == "" {
		return nil
	}
	return writeDraft(save, t.Draft(c.testName()))
}

// begin loads the hotline and says its greeting.
func (c *flowTalkCmd) begin(ctx context.Context, g *globals) (*flowtest.Talk, error) {
	opt := flowtest.TalkOptions{Channel: flows.Channel(c.Channel), Lang: c.Lang, Caller: c.Caller, Now: time.Now()}
	var err error
	if c.Now != "" {
		if opt.Now, err = time.Parse(time.RFC3339, c.Now); err != nil {
			return nil, fmt.Errorf("--now %q is not a time; write it like 2026-11-23T10:00:00+01:00", c.Now)
		}
	}
	if c.HTTP != "" {
		src, err := os.ReadFile(c.HTTP)
		if err != nil {
			return nil, fmt.Errorf("--http: %w", err)
		}
		if opt.Stubs, err = flowtest.ReadStubs(c.HTTP, src); err != nil {
			return nil, err
		}
	}
	var load flows.Options
	if c.Live {
		cfg, err := c.liveConfig(g)
		if err != nil {
			return nil, err
		}
		demoSecret(cfg)
		load.Vars = cfg.Gateway.Vars
		actions, err := gateway.Actions(cfg.Gateway)
		if err != nil {
			return nil, err
		}
		opt.Live = func(a *flows.Act) (flows.Done, error) {
			ctx, cancel := context.WithTimeout(ctx, a.Deadline)
			defer cancel()
			return flows.Perform(ctx, actions[a.Name], a)
		}
	}
	bot, err := flows.Load(os.DirFS(c.Dir), load)
	if err != nil {
		return nil, configs.BotError(c.Dir, err)
	}
	return flowtest.NewTalk(bot, opt)
}

// liveConfig is the configuration of --live. Without one a hotline with the name of an example has
// the example's: it asks the demo companies' systems, beside make run.
func (c *flowTalkCmd) liveConfig(g *globals) (configs.Config, error) {
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return configs.Config{}, fmt.Errorf("talk with %s: %w", c.Dir, err)
	}
	name := filepath.Base(dir)
	if _, example := configs.BuiltIn(name); !example || g.Config != "" {
		return loadConfig(g)
	}
	cfg, err := configs.Examples()
	cfg.Gateway.Hotlines = []string{name}
	return cfg, err
}

// savePath is where to save: below the hotline's folder when the path begins with tests/. A file
// that is there is not written over.
func (c *flowTalkCmd) savePath() (string, error) {
	if c.Save == "" {
		return "", nil
	}
	path := filepath.Clean(c.Save)
	if first, _, ok := strings.Cut(filepath.ToSlash(path), "/"); ok && first == "tests" {
		path = filepath.Join(c.Dir, path)
	}
	if ext := filepath.Ext(path); ext != ".yaml" && ext != ".yml" {
		return "", fmt.Errorf("--save %s: golden conversations are in .yaml files; name it tests/NAME.yaml", c.Save)
	}
	if _, err := os.Lstat(path); err == nil {
		return "", fmt.Errorf("--save %s: the file is there already; choose another name, or remove it", path)
	}
	return path, nil
}

func (c *flowTalkCmd) testName() string {
	if c.Name != "" {
		return c.Name
	}
	base := filepath.Base(c.Save)
	return strings.ReplaceAll(strings.TrimSuffix(base, filepath.Ext(base)), "_", " ")
}

func writeDraft(path string, d flowtest.Draft) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("save %s: %w", path, err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("save %s: %w", path, err)
	}
	if err := errors.Join(d.Write(f), f.Close()); err != nil {
		return fmt.Errorf("save %s: %w", path, err)
	}
	fmt.Fprintf(os.Stderr, "saved %s\n", path)
	return nil
}

// talkScreen is a talk as the terminal shows it.
type talkScreen struct {
	t     *flowtest.Talk
	out   io.Writer
	voice bool
	over  bool
}

// talkHelp is what /help says.
const talkHelp = `A line is what the caller says. Lines that begin with / are for you:
  /dtmf 12        keys pressed              /silence [6s]   nothing said
  /press Oui      a button of the bot       /returned busy  the hand-off ended so
  /channel text   goes on elsewhere         /hangup         the caller leaves
  /http NAME ANSWER   what a system answers from now on, like {status: 200, body: {}}
  /slots          what is known             /why            steps passed, and why
  /undo           takes the last turn back  /quit           ends the talk
`

// line does what one line asks for. What cannot be done is said, and changes nothing.
func (s *talkScreen) line(line string) {
	if line == "" {
		return
	}
	if !strings.HasPrefix(line, "/") {
		s.do("user", line)
		return
	}
	word, rest, _ := strings.Cut(line[1:], " ")
	rest = strings.TrimSpace(rest)
	switch word {
	case "dtmf":
		s.do("dtmf", rest)
	case "silence":
		if rest == "" {
			turns := s.t.Turns()
			rest = turns[len(turns)-1].Expect.Silence.String()
		}
		s.do("silence", rest)
	case "press":
		s.do("quick", rest)
	case "returned", "channel":
		s.do(word, rest)
		if word == "channel" {
			s.voice = rest != string(flows.Text)
		}
	case "hangup":
		s.do("hangup", "")
	case "http":
		name, answer, _ := strings.Cut(rest, " ")
		if err := s.t.Answer(name, answer); err != nil {
			fmt.Fprintln(s.out, "!   ", err)
		}
	case "slots":
		s.slots()
	case "why":
		s.why()
	case "undo":
		if s.t.Undo() {
			s.show()
		} else {
			fmt.Fprintln(s.out, "!    there is nothing to take back")
		}
	case "quit":
		s.over = true
	case "help":
		fmt.Fprint(s.out, talkHelp)
	default:
		fmt.Fprintf(s.out, "!    /%s is not known; /help lists what is\n", word)
	}
}

func (s *talkScreen) do(key, text string) {
	if err := s.t.Do(key, text); err != nil {
		fmt.Fprintln(s.out, "!   ", strings.TrimPrefix(err.Error(), "flows: ")) // the engine's name helps nobody here
		return
	}
	s.show()
}

// show writes what the bot said and did.
func (s *talkScreen) show() {
	for _, n := range s.t.Notes() {
		fmt.Fprintln(s.out, "!   ", n)
	}
	for _, p := range s.t.Said() {
		text := p.Text
		if s.voice && p.Voice != "" {
			text = p.Voice
		}
		fmt.Fprintln(s.out, "bot ", text)
		if len(p.Quick) > 0 && !s.voice {
			fmt.Fprintln(s.out, "     ["+strings.Join(p.Quick, "] [")+"]")
		}
	}
	turns := s.t.Turns()
	for _, o := range turns {
		if o.Callback != nil {
			fmt.Fprintf(s.out, "     (callback: %s, %s)\n", o.Callback.Phone, o.Callback.Reason)
		}
		if o.Rating != nil {
			fmt.Fprintf(s.out, "     (rating: %s %d of %d)\n", o.Rating.Survey, o.Rating.Score, o.Rating.Scale)
		}
	}
	switch out := turns[len(turns)-1]; out.Next {
	case flows.HandOff:
		fmt.Fprintf(s.out, "     (hand-off: %s, to %s: %s; say how it ends with /returned busy, completed, nobody …)\n",
			out.Transfer.Reason, strings.Join(out.Transfer.Skills, "+"), out.Transfer.Briefing)
	case flows.End:
		fmt.Fprintf(s.out, "     (end: %s)\n", out.Outcome)
		s.over = true
	}
}

func (s *talkScreen) slots() {
	turns := s.t.Turns()
	list := turns[len(turns)-1].Slots
	if len(list) == 0 {
		fmt.Fprintln(s.out, "     nothing is known yet")
	}
	for _, v := range list {
		sure := "not confirmed"
		if v.Confirmed {
			sure = "confirmed"
		}
		fmt.Fprintf(s.out, "     %s = %s (%s, %.2f, %s)\n", v.Name, v.Value, v.Shown, v.Confidence, sure)
	}
}

func (s *talkScreen) why() {
	for _, o := range s.t.Turns() {
		for _, st := range o.Trace {
			fmt.Fprintln(s.out, "    ", strings.TrimSpace(st.Flow+"/"+st.Step+"  "+st.Note))
		}
		for _, u := range o.Unclear {
			fmt.Fprintf(s.out, "     unclear: %s, guessed %q (%.2f)\n", u.Why, u.Guess, u.P)
		}
		if o.Next == flows.Listen {
			fmt.Fprintf(s.out, "     waits for %s, %v\n", orWord(o.Expect.Entity, "a sentence"), o.Expect.Silence)
		}
	}
}

func orWord(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
