package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"decroche/asr"
	"decroche/flows/render"
	"decroche/gateway/leg"
	"decroche/internal/phone"
	"decroche/tts"
)

type demoCmd struct {
	Systems string `help:"The demo companies' systems." default:"bin/demosystems" aliases:"orders" placeholder:"BINARY"`
	Order   string `help:"Order number the caller gives; eight digits. 45127802 when empty."`
	Say     string `help:"What the caller wants, in their own words."`
	Voice   string `help:"espeak-ng voice of the caller."`
	Lang    string `help:"Language of the call: fr or en." default:"fr" enum:"fr,en"`
	Out     string `help:"Folder for the recordings." default:"out/demo" placeholder:"DIR"`
}

// story is what the people of the demo say, by language.
type story struct {
	called, want, human, thanks string // the caller
	voice                       string
	takes, hello, done          string // the agent
	agentVoice                  string
}

var stories = map[string]story{
	"fr": {
		called: "hotline", want: "bonjour, où est mon colis ?", human: "je voudrais parler à un conseiller",
		thanks: "merci beaucoup", voice: "fr+f3",
		takes: "Oui, je prends.", hello: "Bonjour, ici Karim. J'ai votre dossier sous les yeux.", done: "C'est noté. Bonne journée.", agentVoice: "fr+m3",
	},
	"en": {
		called: "hotline-en", want: "hello, where is my parcel?", human: "I want to talk to a human",
		thanks: "thank you very much", voice: "en-us+f3",
		takes: "Yes, I'll take it.", hello: "Hello, this is Karim. I have your file in front of me.", done: "All noted. Have a good day.", agentVoice: "en+m3",
	},
}

// Run plays the story: it starts the demo companies' systems and a gateway as processes of their own, a
// caller and an agent as real SIP phones, and then tells what the gateway's record says.
func (c *demoCmd) Run(ctx context.Context, g *globals) error {
	st, err := c.story()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return err
	}
	tools, err := newTools(g)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, 3*time.Minute, errors.New("the demo took longer than three minutes"))
	defer cancel()

	s := &stage{began: time.Now(), out: c.Out, tools: tools, lang: c.Lang, story: st}
	s.tell("the companies' systems, the gateway and two phones start")
	agent, err := newLine(ctx, s.playAgent)
	if err != nil {
		return err
	}
	defer agent.close()
	set, err := startScenery(ctx, c.Systems, agent.server.Addr())
	if err != nil {
		return err
	}
	defer set.stop()
	caller, err := newLine(ctx, nil)
	if err != nil {
		return err
	}
	defer caller.close()
	conv, playErr := s.playCaller(ctx, caller, set, c)
	return errors.Join(playErr, s.epilogue(ctx, set, conv))
}

// story checks what the person asked for and fills in the rest.
func (c *demoCmd) story() (story, error) {
	st := stories[c.Lang]
	if c.Order == "" {
		c.Order = "45127802"
	}
	if len(c.Order) != 8 || strings.Trim(c.Order, "0123456789") != "" {
		return st, fmt.Errorf("ORDER=%s: an order number has eight digits; the demo knows 45127802, 45127801, 30614257, 62830915, 71920436 and 80351264", c.Order)
	}
	if c.Say != "" {
		st.want = c.Say
	}
	if c.Voice != "" {
		st.voice = c.Voice
	}
	return st, nil
}

// stage is where the story is played: it tells what happens, with the time since the start.
type stage struct {
	began     time.Time
	out, lang string
	tools     *tools
	story     story
}

func (s *stage) tell(format string, args ...any) {
	fmt.Printf("%6.1f s  %s\n", time.Since(s.began).Seconds(), fmt.Sprintf(format, args...))
}

func (s *stage) phone(l leg.Leg, voice string) *phone.Phone {
	return &phone.Phone{Leg: l, Mouth: s.tools.mouth, Voice: voice, Lang: s.lang, Ears: s.tools.ears}
}

// playCaller is the caller's part: ask, give the number over the bot's question, hear the
// answer out, ask for a human, talk with them.
func (s *stage) playCaller(ctx context.Context, line *line, set *scenery, c *demoCmd) (conv string, err error) {
	uri := "sip:" + s.story.called + "@" + set.sip
	s.tell("Nadia rings %s", uri)
	l, err := line.server.Dial(ctx, leg.Invite{Addr: uri, From: "Nadia Benali", RingFor: 20 * time.Second})
	if err != nil {
		return "", err
	}
	conv = l.Info().PeerTag
	p := s.phone(l, s.story.voice)
	p.Start(ctx)
	defer func() {
		_ = p.Hangup(context.WithoutCancel(ctx))
		heard, said := p.Recording()
		err = errors.Join(err, writeWAV(filepath.Join(s.out, "caller-heard.wav"), 8000, heard),
			writeWAV(filepath.Join(s.out, "call.wav"), 8000, heard, said))
	}()
	nadia := &person{Phone: p, api: set.api(), conv: conv, lang: s.lang, order: c.Order, over: true, tell: s.tell}
	if err := nadia.errand(ctx, s.story.want, s.story.human); err != nil {
		return conv, err
	}
	return conv, s.callerWithAgent(ctx, p)
}

// callerWithAgent thanks the agent when they have said hello, and stays until the bot has said
// goodbye and hung up.
func (s *stage) callerWithAgent(ctx context.Context, p *phone.Phone) error {
	if _, err := p.WaitSound(ctx, p.Mark()); err != nil {
		return err
	}
	if _, err := p.WaitQuiet(ctx, 900*time.Millisecond); err != nil {
		return err
	}
	if _, _, err := p.Say(ctx, s.story.thanks); err != nil {
		return err
	}
	wait, cancel := context.WithTimeoutCause(ctx, 40*time.Second, errors.New("the call did not end within 40 s after the agent came"))
	defer cancel()
	select {
	case <-p.Done():
		s.tell("the bot says goodbye and hangs up")
		return nil
	case <-wait.Done():
		return context.Cause(wait)
	}
}

// playAgent is the agent's part: pick up after a moment, hear the briefing, take the caller with a word, help,
// hang up.
func (s *stage) playAgent(ctx context.Context, l leg.Leg) {
	s.tell("Karim's phone rings; his screen shows %s", l.Info().Headers["Call-Info"])
	select {
	case <-time.After(2500 * time.Millisecond):
	case <-ctx.Done():
		return
	}
	if err := l.Answer(ctx); err != nil {
		s.tell("Karim could not pick up: %v", err)
		return
	}
	s.tell("Karim picks up")
	p := s.phone(l, s.story.agentVoice)
	p.Start(ctx)
	defer func() {
		_ = p.Hangup(context.WithoutCancel(ctx))
		heard, said := p.Recording()
		if err := errors.Join(writeWAV(filepath.Join(s.out, "agent-heard.wav"), 8000, heard), writeWAV(filepath.Join(s.out, "agent.wav"), 8000, heard, said)); err != nil {
			s.tell("recording: %v", err)
		}
		s.tell("Karim hangs up")
	}()
	m := p.Mark()
	if _, err := p.WaitSound(ctx, m); err != nil {
		return
	}
	if _, err := p.WaitQuiet(ctx, 1500*time.Millisecond); err != nil {
		return
	}
	if heard, err := p.Written(ctx, m); err == nil {
		s.tell("Karim heard, as the recogniser writes it: « %s »", heard)
	}
	if _, _, err := p.Say(ctx, s.story.takes); err != nil {
		return
	}
	s.tell("Karim says « %s »", s.story.takes)
	if err := p.Pause(ctx, 1500*time.Millisecond); err != nil {
		return
	}
	if _, _, err := p.Say(ctx, s.story.hello); err != nil {
		return
	}
	if err := p.Pause(ctx, 2500*time.Millisecond); err != nil {
		return
	}
	_, _, _ = p.Say(ctx, s.story.done)
	_ = p.Pause(ctx, 300*time.Millisecond)
}

// spokenNumber says an order number as people do: in pairs.
func spokenNumber(lang, digits string) string {
	if s, err := render.Voice("digits", lang, digits, time.UTC); err == nil {
		return s
	}
	return digits
}

// tools are the engines that phones of the terminal use.
type tools struct {
	ears  asr.Recogniser
	mouth tts.Synthesiser
	data  string
}

func newTools(g *globals) (*tools, error) {
	cfg, err := loadConfig(g)
	if err != nil {
		return nil, err
	}
	bots, err := loadBots(cfg)
	if err != nil {
		return nil, err
	}
	ears, err := newRecogniser(cfg, bots, logger(slog.LevelWarn))
	if err != nil {
		return nil, err
	}
	mouth, err := newSynthesiser(cfg)
	if err != nil {
		return nil, err
	}
	return &tools{ears: ears, mouth: mouth, data: cfg.Gateway.DataDir}, nil
}
