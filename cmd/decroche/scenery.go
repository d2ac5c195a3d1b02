package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"decroche/internal/demosystems"
	"decroche/internal/loopback"
	"decroche/internal/syncbuf"
)

// scenery is what a story or a measurement is played against: the demo
// companies' systems and a gateway,
// each a process of its own on free ports, with a data folder that goes away afterwards.
type scenery struct {
	systems   string // addresses
	sip, http string
	token     string
	data      string
	command   []string // that serves; empty: serve
	procs     []*process
}

// process is a child whose last words are kept for error messages.
type process struct {
	cmd  *exec.Cmd
	tail syncbuf.Buffer
	done chan error
}

// runMain is set for child processes, so that the end-to-end tests can be their own gateway.
const runMain = "DECROCHE_RUN_MAIN"

// startScenery starts both and waits until they are ready. extra is appended to the gateway's
// configuration.
func startScenery(ctx context.Context, systems, agentAddr string, extra ...string) (*scenery, error) {
	s, err := newScenery(agentAddr, extra...)
	if err != nil {
		return nil, err
	}
	if err := s.begin(ctx, systems); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

// newScenery makes the data folder and the configuration of a scenery that begin starts and stop ends.
func newScenery(agentAddr string, extra ...string) (_ *scenery, err error) {
	s := &scenery{token: randomToken()}
	defer func() {
		if err != nil {
			s.stop()
		}
	}()
	if s.data, err = os.MkdirTemp("", "decroche-"); err != nil {
		return nil, err
	}
	var ports [3]int
	for i := range ports {
		if ports[i], err = loopback.Port(); err != nil {
			return nil, err
		}
	}
	s.systems = fmt.Sprintf("127.0.0.1:%d", ports[0])
	s.sip, s.http = fmt.Sprintf("127.0.0.1:%d", ports[1]), fmt.Sprintf("127.0.0.1:%d", ports[2])
	prompts := filepath.Join(s.data, "prompts")
	if dir, err := os.UserCacheDir(); err == nil {
		prompts = filepath.Join(dir, "decroche", "prompts") // rendered once for many sceneries
	}
	conf := fmt.Sprintf("data_dir: %q\nvars: {orders: %q}\nsip: {listen: %q, rate_per_source: 1000, rate_burst: 2000, codecs: [PCMA, PCMU, G722, opus]}\nrtc: {listen: \"127.0.0.1:0\", offers_per_source: 1000, offers_burst: 1000, max_sessions: 10000}\nhttp: {listen: %q}\napi_token: env:DECROCHE_API_TOKEN\nagents:\n- {name: karim, title: Karim, addr: %q, skills: [livraison, remboursement, litige, accueil], languages: [fr, en]}\ntts: {cache: {dir: %q}}\n%s\n",
		s.data, "http://"+s.systems+"/colibri", s.sip, s.http, "sip:karim@"+agentAddr, prompts, strings.Join(extra, "\n"))
	file := filepath.Join(s.data, "decroche.yaml")
	if err = os.WriteFile(file, []byte(conf), 0o600); err != nil {
		return nil, err
	}
	return s, nil
}

// begin starts the demo companies' systems and the gateway and waits until both answer.
func (s *scenery) begin(ctx context.Context, systems string) error {
	if err := s.start(systems, "-listen", s.systems); err != nil {
		return fmt.Errorf("start the demo companies' systems: %w; build it with make build", err)
	}
	if err := s.restart(ctx); err != nil {
		return err
	}
	return s.ready(ctx, "http://"+s.systems+"/healthz")
}

// restart starts the gateway on the scenery's configuration and data, and waits until it answers.
func (s *scenery) restart(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	command := s.command
	if len(command) == 0 {
		command = []string{"serve"}
	}
	if err := s.start(self, append(command[:len(command):len(command)], "--config", filepath.Join(s.data, "decroche.yaml"))...); err != nil {
		return err
	}
	return s.ready(ctx, "http://"+s.http+"/readyz")
}

func (s *scenery) start(name string, args ...string) error {
	p := &process{cmd: exec.Command(name, args...), done: make(chan error, 1)}
	p.cmd.Env = append(os.Environ(), "DECROCHE_API_TOKEN="+s.token, runMain+"=1")
	for env, token := range demosystems.Tokens {
		p.cmd.Env = append(p.cmd.Env, env+"="+token)
	}
	p.cmd.Stderr, p.cmd.Stdout = &p.tail, nil
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		return err
	}
	go func() { p.done <- p.cmd.Wait() }()
	s.procs = append(s.procs, p)
	return nil
}

// ready asks a health page until it answers 200.
func (s *scenery) ready(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, 3*time.Minute, fmt.Errorf("%s was not ready within three minutes", url))
	defer cancel()
	for {
		resp, err := http.Get(url)
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		for _, p := range s.procs {
			select {
			case err := <-p.done:
				p.done <- err
				return fmt.Errorf("%s ended: %v\n%s", filepath.Base(p.cmd.Path), err, lastLines(p.tail.String(), 8))
			default:
			}
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// stop asks every process to end, the gateway first so that it can drain, and waits.
func (s *scenery) stop() {
	for i := len(s.procs) - 1; i >= 0; i-- {
		p := s.procs[i]
		_ = p.cmd.Process.Signal(os.Interrupt)
		select {
		case <-p.done:
		case <-time.After(10 * time.Second):
			_ = p.cmd.Process.Kill()
			<-p.done
		}
	}
	s.procs = nil
	if s.data != "" {
		_ = os.RemoveAll(s.data)
	}
}

func (s *scenery) gatewayPID() int { return s.procs[len(s.procs)-1].cmd.Process.Pid }

func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

func (s *scenery) api() apiClient { return apiClient{base: "http://" + s.http, token: s.token} }

// epilogue prints the gateway's own record of the call: who said what and when, what was done,
// how it ended.
func (st *stage) epilogue(ctx context.Context, set *scenery, conv string) error {
	if conv == "" {
		return errors.New("there was no call, so there is no record")
	}
	rec, err := waitRecord(ctx, set.api(), conv)
	if err != nil {
		return fmt.Errorf("read the record: %w", err)
	}
	fmt.Printf("\nThe stored record of conversation %s, times since the call began:\n", conv)
	for _, e := range rec.Events {
		if line := e.tell(); line != "" {
			fmt.Printf("%6.1f s  %s\n", e.At.Sub(rec.Start).Seconds(), line)
		}
	}
	fmt.Printf("\nOutcome: %s, ended by the %s. Transfer: %s. Recordings: %s\n", rec.Outcome, rec.EndedBy, orNone(rec.Transfer), st.out)
	for _, s := range rec.Slots {
		fmt.Printf("  %s: %s\n", s.Name, s.Shown)
	}
	if !rec.transferred() {
		return &exitError{exitOutcome, errors.New("the story did not reach its end: the caller was not joined with the agent")}
	}
	return nil
}

// waitRecord reads a conversation's record once the gateway has closed it.
func waitRecord(ctx context.Context, api apiClient, conv string) (record, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	for {
		rec, err := api.conversation(ctx, conv)
		if err == nil && rec.Outcome != "" {
			return rec, nil
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			if err == nil {
				err = errors.New("the gateway did not close the conversation within a minute")
			}
			return rec, err
		}
	}
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// tell puts one event into words; events without a story are left out.
func (e recordEvent) tell() string {
	var b struct {
		Text, Heard, Agent, Addr, Outcome, Reason, Target, Codec, Who, How, Briefing, Phone, What, Did string
		Cut                                                                                            bool
		AnswerMS                                                                                       int64 `json:"answer_ms"`
		TookMS                                                                                         int64 `json:"took_ms"`
		Confidence                                                                                     float64
		ForMS                                                                                          int64 `json:"for_ms"`
	}
	if err := json.Unmarshal(e.Body, &b); err != nil {
		return ""
	}
	switch e.Type {
	case "answered":
		return "answered, " + b.Codec
	case "prompted":
		text := b.Text
		if b.Cut {
			text = b.Heard + " … (interrupted)"
		}
		if b.AnswerMS > 0 {
			return fmt.Sprintf("bot     « %s »  after %d ms", text, b.AnswerMS)
		}
		return "bot     « " + text + " »"
	case "said":
		who := "caller "
		if b.Who == "agent" {
			who = "agent  "
		}
		return fmt.Sprintf("%s « %s »  %s, confidence %.2f", who, b.Text, b.How, b.Confidence)
	case "silent":
		return fmt.Sprintf("caller says nothing for %d ms", b.ForMS)
	case "acted":
		return fmt.Sprintf("looked up %s: %s, %d ms", b.Target, b.Outcome, b.TookMS)
	case "transfer_started":
		return fmt.Sprintf("hand-off begins (%s); briefing: « %s »", b.Reason, b.Briefing)
	case "transfer_ringing":
		return fmt.Sprintf("rings %s at %s", b.Agent, b.Addr)
	case "transfer_attempt":
		return fmt.Sprintf("%s: %s", b.Agent, b.Outcome)
	case "bridged":
		return "caller and " + b.Agent + " hear each other"
	case "transfer_ended":
		return "hand-off ended: " + b.Outcome
	case "callback_taken":
		return "callback noted: " + b.Reason
	case "trouble":
		return "trouble: " + b.What + "; " + b.Did
	case "ended":
		return "ended: " + b.Outcome
	}
	return ""
}
