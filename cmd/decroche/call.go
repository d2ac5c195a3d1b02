package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"decroche/asr"
	"decroche/gateway/agents"
	"decroche/gateway/leg"
	"decroche/internal/phone"
	"decroche/media/wav"
)

type callCmd struct {
	URI     string        `arg:"" help:"SIP address to ring, like sip:hotline@127.0.0.1:5060."`
	Say     []string      `help:"Say this; repeat for one line per turn." placeholder:"TEXT" sep:"none"`
	Wav     []string      `help:"Play this recording as a turn; repeat for several. Played after the --say lines." placeholder:"F.wav" type:"existingfile"`
	DTMF    []string      `help:"Key these digits as a turn, after the --say and --wav turns." placeholder:"DIGITS" name:"dtmf"`
	Lang    string        `help:"Language spoken: fr or en." default:"fr" enum:"fr,en"`
	Voice   string        `help:"espeak-ng voice of the caller, like fr+f3."`
	Speed   float64       `help:"How fast the caller speaks." default:"1"`
	BargeIn bool          `help:"Speak over the bot's prompts instead of waiting for their end." name:"barge-in"`
	Record  string        `help:"Write what both sides said to this stereo file: the far end left, us right." placeholder:"F.wav"`
	From    string        `help:"Name and user to call from: a number, a user, or both like 'Nadia <0612345678>'." default:"terminal"`
	For     time.Duration `help:"Stay on the line at most this long." default:"3m"`
	Stay    bool          `help:"After the last line, stay until the far end hangs up."`
	JSON    bool          `help:"Print one JSON object." name:"json"`
	API     string        `help:"Gateway API to read the record from, to tell whether the call was transferred." default:"http://127.0.0.1:8080" placeholder:"URL"`
	Token   string        `help:"Bearer token of that API; by default the one in the configured data folder." env:"DECROCHE_TOKEN"`
}

// callResult is what --json prints; scripts rely on the names.
type callResult struct {
	Outcome      string       `json:"outcome"` // completed | busy | refused | no_answer | unreachable | error | failed
	SIPStatus    int          `json:"sip_status"`
	Conversation string       `json:"conversation"`
	SetupMS      int64        `json:"setup_ms"`
	Greeting     string       `json:"greeting,omitempty"`
	GreetingMS   int64        `json:"greeting_ms,omitempty"` // answer -> first audible frame
	Turns        []phone.Turn `json:"turns"`
	Transferred  bool         `json:"transferred"`
	EndedBy      string       `json:"ended_by,omitempty"` // us | them
	Error        string       `json:"error,omitempty"`
}

func (c *callCmd) Run(ctx context.Context, g *globals) error {
	cfg, err := loadConfig(g)
	if err != nil {
		return err
	}
	bots, err := loadBots(cfg)
	if err != nil {
		return err
	}
	ears, err := newRecogniser(cfg, bots, logger(slog.LevelWarn))
	if err != nil {
		return err
	}
	mouth, err := newSynthesiser(cfg)
	if err != nil {
		return err
	}
	name, user, err := parseFrom(c.From)
	if err != nil {
		return err
	}
	lines, err := c.lines()
	if err != nil {
		return err
	}
	line, err := newLine(ctx, nil)
	if err != nil {
		return err
	}
	defer line.close()

	ctx, cancel := context.WithTimeoutCause(ctx, c.For, fmt.Errorf("the call lasted longer than --for %v", c.For))
	defer cancel()
	res := callResult{Turns: []phone.Turn{}}
	began := time.Now()
	var rang atomic.Bool
	l, err := line.server.Dial(ctx, leg.Invite{Addr: c.URI, From: name, FromUser: user, RingFor: 30 * time.Second,
		Progress: func(status int) { rang.Store(rang.Load() || status >= 180) }})
	res.SetupMS = time.Since(began).Milliseconds()
	if err != nil {
		res.refuse(err, rang.Load())
		return c.finish(res)
	}
	res.SIPStatus, res.Conversation = 200, l.Info().PeerTag
	p := &phone.Phone{Leg: l, Mouth: mouth, Voice: c.Voice, Lang: c.Lang, Speed: c.Speed, Ears: asr.Recogniser(ears)}
	p.Start(ctx)
	c.converse(ctx, p, lines, &res)
	_ = p.Hangup(context.WithoutCancel(ctx))
	if c.Record != "" {
		heard, said := p.Recording()
		var spans wav.Spans
		if len(c.Wav) == 0 { // recordings of a person are none
			markSpeech(&spans, 1, said, origin(cfg.TTS.Engine))
		}
		if err := writeMarked(c.Record, 8000, spans.List(), false, heard, said); err != nil {
			return err
		}
	}
	c.readRecord(ctx, cfg.Gateway.DataDir, &res)
	return c.finish(res)
}

// parseFrom reads --from: "NAME <USER>", or one word that is both. A name of several words alone
// leaves the user to the line.
func parseFrom(from string) (name, user string, err error) {
	bad := func() (string, string, error) {
		return "", "", fmt.Errorf("--from %q cannot be called from; write a number, a user of letters and digits, or both like 'Nadia <0612345678>'", from)
	}
	word := func(s string) bool {
		return s != "" && len(s) <= 64 && !strings.ContainsFunc(s, func(r rune) bool {
			return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune("+-._~", r)
		})
	}
	if strings.ContainsFunc(from, unicode.IsControl) {
		return bad()
	}
	name = strings.TrimSpace(from)
	if n, rest, ok := strings.Cut(name, "<"); ok {
		user, ok = strings.CutSuffix(rest, ">")
		if user = strings.TrimPrefix(user, "sip:"); !ok || !word(user) {
			return bad()
		}
		return strings.Trim(n, "\" "), user, nil
	}
	if n := strings.NewReplacer(" ", "", "\u202f", "", "\u00a0", "").Replace(name); n != "" && strings.Trim(n, "+0123456789") == "" && word(n) { // "06 12 34 56 78"
		return name, n, nil
	}
	if word(name) {
		return name, name, nil
	}
	if strings.Contains(name, "@") || strings.Contains(name, ">") {
		return bad()
	}
	return strings.Trim(name, "\""), "", nil
}

// lines puts the turns of the three flags in order: spoken, recorded, keyed.
func (c *callCmd) lines() ([]phone.Line, error) {
	var out []phone.Line
	for _, s := range c.Say {
		out = append(out, phone.Line{Text: s, Over: c.BargeIn})
	}
	for _, f := range c.Wav {
		pcm, err := readPhone(f)
		if err != nil {
			return nil, err
		}
		out = append(out, phone.Line{PCM: pcm, Text: "", Over: c.BargeIn})
	}
	for _, d := range c.DTMF {
		out = append(out, phone.Line{DTMF: d, Over: c.BargeIn})
	}
	return out, nil
}

// converse greets, says each line and prints what happens as it happens.
func (c *callCmd) converse(ctx context.Context, p *phone.Phone, lines []phone.Line, res *callResult) {
	note := func(format string, args ...any) {
		if !c.JSON {
			fmt.Printf(format+"\n", args...)
		}
	}
	res.Outcome, res.EndedBy = "completed", "us"
	note("answered after %d ms", res.SetupMS)
	if c.BargeIn && len(lines) > 0 {
		if at, err := p.WaitSound(ctx, phone.Mark{}); err == nil {
			res.GreetingMS = time.Since(at).Milliseconds()
		}
	} else {
		t, err := p.Greeting(ctx, phone.Pace{})
		res.Greeting, res.GreetingMS = t.Heard, t.AnswerMS
		note("  bot    %s   (%d ms)", quoted(t.Heard), t.AnswerMS)
		if err != nil {
			c.ended(err, res, note)
			return
		}
	}
	for _, l := range lines {
		t, err := p.Turn(ctx, l, phone.Pace{})
		res.Turns = append(res.Turns, t)
		note("  caller %s", quoted(t.Said))
		note("  bot    %s   (%d ms)", quoted(t.Heard), t.AnswerMS)
		if err != nil {
			c.ended(err, res, note)
			return
		}
	}
	if c.Stay {
		select {
		case <-p.Done():
			res.EndedBy = "them"
		case <-ctx.Done():
		}
	}
}

func (c *callCmd) ended(err error, res *callResult, note func(string, ...any)) {
	if errors.Is(err, phone.ErrEnded) {
		res.EndedBy = "them"
		note("the far end hung up")
		return
	}
	res.Outcome, res.Error = "failed", err.Error()
	note("%v", err)
}

func quoted(s string) string {
	if s == "" {
		return "(nothing understood)"
	}
	return "« " + s + " »"
}

// refuse puts a failed Dial into the words of package agents; rang tells whether it had rung.
func (r *callResult) refuse(err error, rang bool) {
	r.Outcome, r.Error = "failed", err.Error()
	var no *leg.Refused
	if !errors.As(err, &no) {
		return
	}
	r.SIPStatus = no.Status
	r.Outcome = string(agents.OutcomeOf(no.Status, rang))
}

// readRecord asks the gateway's API what its record says; a gateway of somebody else has none.
func (c *callCmd) readRecord(ctx context.Context, dataDir string, res *callResult) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	api := apiClient{base: strings.TrimRight(c.API, "/"), token: c.Token}
	if api.token == "" {
		api.token = readToken(dataDir)
	}
	rec, err := api.conversation(ctx, res.Conversation)
	if err != nil {
		return
	}
	res.Transferred = rec.transferred()
}

func (c *callCmd) finish(res callResult) error {
	if c.JSON {
		if err := json.NewEncoder(os.Stdout).Encode(res); err != nil {
			return err
		}
	} else if res.Error != "" && res.SIPStatus != 200 {
		fmt.Println(res.Error)
	} else {
		fmt.Printf("call %s, conversation %s, transferred: %v\n", res.Outcome, res.Conversation, res.Transferred)
	}
	if res.Outcome != "completed" {
		return &exitError{exitOutcome, errors.New("")}
	}
	return nil
}
