package skilltest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"decroche/flows"
	"decroche/gateway/skill"
	"decroche/gateway/skill/alexa"
	"decroche/gateway/skill/model"
)

// ApplicationID is the skill of Open.
const ApplicationID = "amzn1.ask.skill.00000000-0000-0000-0000-000000000000"

// Speaker is a person at an Echo: what they say becomes signed requests, what comes back is checked
// against Amazon's limits. One goroutine uses it at a time.
type Speaker struct {
	// Application, Locale and User may be set before the first request.
	Application, Locale, User string
	// LinkedToken is the token of the account that the person linked; "" for none.
	LinkedToken string
	// Endpoint is where the requests say that Alexa's services are; where Amazon has them when empty.
	Endpoint string

	amazon     *Amazon
	door       http.Handler
	session    string
	attributes map[string]string
}

// number makes IDs of sessions and requests.
var number atomic.Int64

// Speaker makes one in front of a door.
func (a *Amazon) Speaker(door http.Handler, locale string) *Speaker {
	return &Speaker{Application: ApplicationID, Locale: locale, User: fmt.Sprint("amzn1.ask.account.", number.Add(1)), amazon: a, door: door}
}

// Heard is what came back.
type Heard struct {
	Speech   string // the words, without marks
	SSML     string
	Reprompt string
	Card     *alexa.Card
	Ended    bool   // the session is over
	Conv     string // the conversation, while the session goes on
	Response *alexa.Response
	Took     time.Duration // from the request's arrival at the door to its answer
}

// Launch is "Alexa, open …".
func (s *Speaker) Launch(ctx context.Context) (Heard, error) {
	s.session, s.attributes = "", nil
	return s.Ask(ctx, map[string]any{"type": alexa.Launch})
}

// answers are what Alexa recognises by herself, in both languages.
var answers = map[string]string{
	"oui": alexa.Yes, "yes": alexa.Yes, "non": alexa.No, "no": alexa.No, "stop": alexa.Stop, "aide": alexa.Help, "help": alexa.Help,
	"répétez": alexa.Repeat, "repeat": alexa.Repeat, "annuler": alexa.Cancel, "cancel": alexa.Cancel,
}

// Say is the person's next words: one of Alexa's own intents when they are that, else free words, as
// they come when the skill elicits them, and, at the beginning of a session, behind a carrier phrase.
func (s *Speaker) Say(ctx context.Context, text string) (Heard, error) {
	if in, ok := answers[strings.ToLower(strings.Trim(text, " .!?"))]; ok {
		return s.Intent(ctx, in, nil)
	}
	return s.Intent(ctx, model.Words, map[string]string{model.WordsSlot: text})
}

// Intent is one of the model, with values.
func (s *Speaker) Intent(ctx context.Context, name string, values map[string]string) (Heard, error) {
	slots := map[string]any{}
	for k, v := range values {
		slots[k] = map[string]any{"name": k, "value": v, "confirmationStatus": "NONE"}
	}
	return s.Ask(ctx, map[string]any{"type": alexa.IntentType, "dialogState": "IN_PROGRESS", "intent": map[string]any{"name": name, "confirmationStatus": "NONE", "slots": slots}})
}

// End is the end of the session that the person did not ask the skill for: USER_INITIATED,
// EXCEEDED_MAX_REPROMPTS or ERROR.
func (s *Speaker) End(ctx context.Context, reason string) error {
	_, err := s.Ask(ctx, map[string]any{"type": alexa.SessionEnded, "reason": reason})
	s.session, s.attributes = "", nil
	return err
}

// Body is the JSON of a request that the speaker would send now.
func (s *Speaker) Body(request map[string]any) []byte {
	isNew := s.session == ""
	if isNew {
		s.session = fmt.Sprint("amzn1.echo-api.session.", number.Add(1))
	}
	request["requestId"], request["timestamp"], request["locale"] = fmt.Sprint("amzn1.echo-api.request.", number.Add(1)), s.amazon.now().UTC().Format(time.RFC3339), s.Locale
	user := map[string]string{"userId": s.User}
	if s.LinkedToken != "" {
		user["accessToken"] = s.LinkedToken
	}
	app := map[string]string{"applicationId": s.Application}
	b, err := json.Marshal(map[string]any{
		"version": "1.0",
		"session": map[string]any{"new": isNew, "sessionId": s.session, "application": app, "attributes": s.attributes, "user": user},
		"context": map[string]any{"System": map[string]any{"application": app, "user": user, "device": map[string]any{"deviceId": "amzn1.ask.device.1", "supportedInterfaces": map[string]any{}},
			"apiEndpoint": cmp.Or(s.Endpoint, Endpoint), "apiAccessToken": apiToken}},
		"request": request,
	})
	if err != nil {
		panic("skilltest: a request that is no JSON: " + err.Error())
	}
	return b
}

// Ask sends one request and reads the answer. The error says what is wrong with it, by Amazon's limits.
func (s *Speaker) Ask(ctx context.Context, request map[string]any) (Heard, error) {
	kind, _ := request["type"].(string)
	return s.send(ctx, kind, s.Body(request))
}

// Replay sends a request that was written down, as it is but for what cannot be: its ID, its time and the
// skill that it is for.
func (s *Speaker) Replay(ctx context.Context, body []byte) (Heard, error) {
	var all map[string]any
	if err := json.Unmarshal(body, &all); err != nil {
		return Heard{}, fmt.Errorf("skilltest: the request is no JSON: %w", err)
	}
	request, ok := all["request"].(map[string]any)
	if !ok {
		return Heard{}, errors.New(`skilltest: the request has no "request"`)
	}
	request["requestId"], request["timestamp"] = fmt.Sprint("amzn1.echo-api.request.", number.Add(1)), s.amazon.now().UTC().Format(time.RFC3339)
	app := map[string]any{"applicationId": s.Application}
	if session, ok := all["session"].(map[string]any); ok {
		session["application"] = app
	}
	if c, ok := all["context"].(map[string]any); ok {
		if system, ok := c["System"].(map[string]any); ok {
			system["application"] = app
		}
	}
	data, err := json.Marshal(all)
	if err != nil {
		return Heard{}, err
	}
	kind, _ := request["type"].(string)
	return s.send(ctx, kind, data)
}

// send signs a body, sends it and reads what comes back.
func (s *Speaker) send(ctx context.Context, kind string, body []byte) (Heard, error) {
	head := s.amazon.Header(body)
	began := time.Now()
	code, data, err := s.Post(ctx, head, body)
	took := time.Since(began)
	if err != nil {
		return Heard{}, err
	}
	if code != http.StatusOK {
		return Heard{}, fmt.Errorf("skilltest: %s was answered with %d", kind, code)
	}
	h, err := read(data, kind)
	if err != nil {
		return h, fmt.Errorf("skilltest: the answer to %s: %w", kind, err)
	}
	h.Took = took
	s.attributes = h.Response.Attributes
	if h.Ended {
		s.session, s.attributes = "", nil
	}
	return h, nil
}

// Post sends a body as it is to the door and returns what it answers.
func (s *Speaker) Post(ctx context.Context, h http.Header, body []byte) (code int, data []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://gateway.example"+skill.Path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header, req.RemoteAddr = h, "203.0.113.9:443"
	w := &answerWriter{head: http.Header{}, code: http.StatusOK}
	s.door.ServeHTTP(w, req)
	return w.code, w.body.Bytes(), nil
}

// answerWriter keeps what a handler writes.
type answerWriter struct {
	head http.Header
	code int
	body bytes.Buffer
}

func (w *answerWriter) Header() http.Header         { return w.head }
func (w *answerWriter) WriteHeader(code int)        { w.code = code }
func (w *answerWriter) Write(b []byte) (int, error) { return w.body.Write(b) }

// maxResponse is what older pages of Amazon's allow a response; newer ones allow 120 KB.
const maxResponse = 24 << 10

// read holds a response against Amazon's limits.
func read(data []byte, kind string) (h Heard, err error) {
	if len(data) > maxResponse {
		return h, fmt.Errorf("has %d bytes", len(data))
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	var r alexa.Response
	if err := dec.Decode(&r); err != nil {
		return h, err
	}
	h = Heard{Response: &r, Card: r.Body.Card, Ended: r.Body.End != nil && *r.Body.End, Conv: r.Attributes["c"]}
	if r.Version != "1.0" {
		return h, errors.New("has no version")
	}
	if kind == alexa.SessionEnded || kind == alexa.Trouble {
		if r.Body.Speech != nil || r.Body.Card != nil || r.Body.Reprompt != nil || len(r.Body.Directives) > 0 {
			return h, errors.New("says something where nothing may be said")
		}
		return h, nil
	}
	if r.Body.Speech != nil {
		h.SSML = r.Body.Speech.SSML
		if h.Speech, err = spoken(r.Body.Speech); err != nil {
			return h, err
		}
	} else if !h.Ended {
		return h, errors.New("says nothing and goes on")
	}
	if r.Body.Reprompt != nil {
		if h.Reprompt, err = spoken(&r.Body.Reprompt.Speech); err != nil {
			return h, fmt.Errorf("reprompt: %w", err)
		}
	}
	switch {
	case h.Ended && (r.Body.Reprompt != nil || len(r.Body.Directives) > 0):
		return h, errors.New("asks again, or asks for a slot, in a session that is over")
	case !h.Ended && r.Body.Reprompt == nil:
		return h, errors.New("goes on without a reprompt")
	}
	if c := r.Body.Card; c != nil && utf8.RuneCountInString(c.Title)+utf8.RuneCountInString(c.Content) > alexa.MaxCard {
		return h, errors.New("has too long a card")
	}
	return h, nil
}

// spoken is the words of a speech that Alexa would take.
func spoken(s *alexa.Speech) (string, error) {
	if s.Type != "SSML" || utf8.RuneCountInString(s.SSML) > alexa.MaxSpeech || !strings.HasPrefix(s.SSML, "<speak>") {
		return "", errors.New("is no SSML, or too long")
	}
	var b strings.Builder
	dec := xml.NewDecoder(strings.NewReader(s.SSML))
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return strings.Join(strings.Fields(b.String()), " "), nil
		}
		if err != nil {
			return "", fmt.Errorf("is not well formed: %w", err)
		}
		if text, ok := tok.(xml.CharData); ok {
			b.Write(text)
		}
	}
}

// Open puts a person in front of a bot, by a door of its own onto chat: the whole way, signed requests
// and all, but without a network, so that it works in virtual time. change may change the configuration; it may be nil. Close ends what it began; the
// conversations are chat's.
func Open(chats skill.Conversations, bot *flows.Bot, locale string, change func(*skill.Deps, *skill.Config)) (s *Speaker, closeAll func(), err error) {
	a, err := New(nil)
	if err != nil {
		return nil, nil, err
	}
	c := skill.DefaultConfig()
	c.Alexa.Skills = []skill.SkillConfig{{ApplicationID: ApplicationID, Bot: bot.Name}}
	d := skill.Deps{Chat: chats, Bots: func(name string) (*flows.Bot, bool) { return bot, name == bot.Name }, Trust: a.Trust(nil), Client: a.Direct()}
	d.Trust.Client = a.Direct()
	if change != nil {
		change(&d, &c)
	}
	s = a.Speaker(skill.New(d, c), locale)
	return s, a.Close, nil
}

// Next is another person at the same door.
func (s *Speaker) Next(locale string) *Speaker {
	n := s.amazon.Speaker(s.door, locale)
	n.Application = s.Application
	return n
}

// Amazon is the far side of a speaker.
func (s *Speaker) Amazon() *Amazon { return s.amazon }
