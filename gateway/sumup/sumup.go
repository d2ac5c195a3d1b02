package sumup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"decroche/gateway/event"
	"decroche/internal/openai"
)

// Config says which model is asked, if any. The zero Config asks none.
type Config struct {
	// URL is where the chat-completions protocol begins, such as http://127.0.0.1:11434/v1. Empty: nobody is
	// asked.
	URL string `yaml:"url"`
	// Model is the name of the model, as its server knows it.
	Model string `yaml:"model"`
	// Key refers to the key that the server wants: "env:NAME" or "file:/path". Empty: none.
	Key string `yaml:"key"`
	// Timeout bounds one question, 100ms to 1m. Nobody waits for it.
	Timeout time.Duration `yaml:"timeout"`
	// MaxOpen is how many questions may be open at once, 1 to 100; beyond it none is asked.
	MaxOpen int `yaml:"max_open"`
}

// DefaultConfig asks nobody.
func DefaultConfig() Config { return Config{Timeout: 10 * time.Second, MaxOpen: 4} }

// Validate returns every problem, each "key: what is wrong; what to do".
func (c Config) Validate() (bad []string) {
	if c.URL != "" {
		bad = openai.Check(c.URL, c.Key)
		if c.Model == "" {
			bad = append(bad, "model: empty; name the model as its server knows it")
		}
	}
	if c.Timeout < 100*time.Millisecond || c.Timeout > time.Minute {
		bad = append(bad, fmt.Sprintf("timeout: %v is not between 100ms and 1m", c.Timeout))
	}
	if c.MaxOpen < 1 || c.MaxOpen > 100 {
		bad = append(bad, fmt.Sprintf("max_open: %d is not between 1 and 100", c.MaxOpen))
	}
	return bad
}

// Model asks one server. Its methods are safe for concurrent use.
type Model struct {
	cfg    Config
	client *openai.Client
	open   chan struct{}
	asked  *prometheus.CounterVec
}

// New makes a Model of a Config that Validate finds in order and whose URL is set. reg may be nil.
func New(cfg Config, reg prometheus.Registerer) (*Model, error) {
	client, err := openai.New(cfg.URL, cfg.Key)
	if err != nil {
		return nil, fmt.Errorf("summary.%w", err)
	}
	m := &Model{cfg: cfg, client: client, open: make(chan struct{}, cfg.MaxOpen), asked: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "decroche_summary_model_total", Help: "What became of summaries asked of a language model: kept, invented (it says what the record does not), error, timeout, busy; all but kept leave the summary by rule alone.",
	}, []string{"result"})}
	for _, r := range []string{"kept", "invented", "error", "timeout", "busy"} {
		m.asked.WithLabelValues(r)
	}
	if reg != nil {
		reg.MustRegister(m.asked)
	}
	return m, nil
}

// Name is the model's.
func (m *Model) Name() string { return m.cfg.Model }

// errInvented means that an answer says what the record does not.
var errInvented = errors.New("sumup: the answer says what the record does not")

// Summary asks for the summary of a conversation. It fails, within the configured time, when the model is away,
// late or busy, and when the answer does not hold against the record; errors never hold a word of the answer.
func (m *Model) Summary(ctx context.Context, evs []event.Event) (string, error) {
	select {
	case m.open <- struct{}{}:
		defer func() { <-m.open }()
	default:
		m.asked.WithLabelValues("busy").Inc()
		return "", errors.New("sumup: too many questions are open (summary.max_open)")
	}
	r := Of(evs)
	ctx, cancel := context.WithTimeoutCause(ctx, m.cfg.Timeout, fmt.Errorf("the model took longer than %v (summary.timeout)", m.cfg.Timeout))
	defer cancel()
	text, err := m.ask(ctx, r)
	result := "kept"
	if err == nil {
		if why := r.Check(text); why != "" {
			err = fmt.Errorf("%w (%s)", errInvented, why)
		}
	}
	switch {
	case err == nil:
	case errors.Is(err, errInvented):
		result = "invented"
	case ctx.Err() != nil:
		result = "timeout"
	default:
		result = "error"
	}
	m.asked.WithLabelValues(result).Inc()
	if err != nil {
		return "", err
	}
	return text, nil
}

func (m *Model) ask(ctx context.Context, r Record) (string, error) {
	type message struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	}
	system, user := r.Question()
	body, err := json.Marshal(map[string]any{"model": m.cfg.Model, "temperature": 0, "max_tokens": 300, "messages": []message{{"system", system}, {"user", user}}})
	if err != nil {
		return "", fmt.Errorf("sumup: %w", err)
	}
	resp, err := m.client.Post(ctx, "/chat/completions", "application/json", bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("sumup: %w", err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, openai.MaxAnswer))
	if err != nil {
		return "", fmt.Errorf("sumup: %w", m.client.Broke(ctx, "/chat/completions", err))
	}
	var answer struct {
		Choices []struct {
			Message struct {
				Content string `json:"content"`
			} `json:"message"`
		} `json:"choices"`
	}
	if err := json.Unmarshal(data, &answer); err != nil || len(answer.Choices) == 0 {
		return "", fmt.Errorf("sumup: %w", openai.ErrGarbage)
	}
	return strings.TrimSpace(answer.Choices[0].Message.Content), nil
}
