package alexa

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

// Types of a Request that a custom skill gets.
const (
	Launch       = "LaunchRequest"
	IntentType   = "IntentRequest"
	SessionEnded = "SessionEndedRequest"
	// Trouble tells that Alexa could not use what the skill answered.
	Trouble = "System.ExceptionEncountered"
)

// Amazon's own intents that a skill must, or may, take.
const (
	Stop     = "AMAZON.StopIntent"
	Cancel   = "AMAZON.CancelIntent"
	Help     = "AMAZON.HelpIntent"
	Repeat   = "AMAZON.RepeatIntent"
	Yes      = "AMAZON.YesIntent"
	No       = "AMAZON.NoIntent"
	Home     = "AMAZON.NavigateHomeIntent"
	Fallback = "AMAZON.FallbackIntent"
)

// Request is what Alexa sends. Amazon adds keys over time, so unknown ones are passed over.
type Request struct {
	Version string  `json:"version"`
	Session Session `json:"session"`
	Context struct {
		System System `json:"System"`
	} `json:"context"`
	Body Body `json:"request"`
}

// Session is one interaction, from "Alexa, open …" until it ends. It is empty for events that belong to none.
type Session struct {
	New         bool              `json:"new"`
	ID          string            `json:"sessionId"`
	Application Application       `json:"application"`
	Attributes  map[string]string `json:"-"` // what the last response left; values that are no text are passed over
	Raw         json.RawMessage   `json:"attributes"`
	User        User              `json:"user"`
}

// Application is a skill, by its ID: "amzn1.ask.skill.…".
type Application struct {
	ID string `json:"applicationId"`
}

// User is an Amazon account, as one skill knows it: another skill has another ID for it.
type User struct {
	ID          string `json:"userId"`
	AccessToken string `json:"accessToken"` // of the account that they linked; "" for none
}

// System says which device asks and where Alexa's services are for it.
type System struct {
	Application Application `json:"application"`
	User        User        `json:"user"`
	Person      struct {
		ID string `json:"personId"`
	} `json:"person"` // who of the household speaks, where Alexa knows their voice
	Device struct {
		ID string `json:"deviceId"`
	} `json:"device"`
	Endpoint string `json:"apiEndpoint"`
	Token    string `json:"apiAccessToken"`
}

// Body is what happened.
type Body struct {
	Type      string  `json:"type"`
	ID        string  `json:"requestId"`
	Timestamp string  `json:"timestamp"`
	Locale    string  `json:"locale"` // "fr-FR"
	Intent    *Intent `json:"intent"` // of an IntentRequest
	Reason    string  `json:"reason"` // of a SessionEndedRequest: USER_INITIATED, ERROR, EXCEEDED_MAX_REPROMPTS
	Error     *struct {
		Type string `json:"type"`
	} `json:"error"`
}

// Intent is what Alexa took the person to mean.
type Intent struct {
	Name  string          `json:"name"`
	Slots map[string]Slot `json:"slots"`
}

// Slot is a value that was said.
type Slot struct {
	Name        string `json:"name"`
	Value       string `json:"value"` // as heard, or in Alexa's own form: "2026-11-24"
	Resolutions struct {
		By []struct {
			Status struct {
				Code string `json:"code"`
			} `json:"status"`
			Values []struct {
				Value struct {
					ID   string `json:"id"`
					Name string `json:"name"`
				} `json:"value"`
			} `json:"values"`
		} `json:"resolutionsPerAuthority"`
	} `json:"resolutions"`
}

// Said is the slot's value: of a list the name that it stands for, else what was heard; "" when
// nothing was, or when Alexa could not write it down ("?").
func (s Slot) Said() string {
	for _, r := range s.Resolutions.By {
		if r.Status.Code == "ER_SUCCESS_MATCH" && len(r.Values) > 0 && r.Values[0].Value.Name != "" {
			return r.Values[0].Value.Name
		}
	}
	if s.Value == "?" {
		return ""
	}
	return s.Value
}

// Who is the account that asks and, where Alexa knows the voice, who of the household; "" when Amazon
// names no account.
func (r *Request) Who() string {
	s := r.Context.System
	switch id := cmp.Or(s.User.ID, r.Session.User.ID); {
	case id == "":
		return ""
	case s.Person.ID != "":
		return id + " " + s.Person.ID
	default:
		return id
	}
}

// LinkedToken opens the account that the person linked; "" for none.
func (r *Request) LinkedToken() string {
	if r.Context.System.User.AccessToken != "" {
		return r.Context.System.User.AccessToken
	}
	return r.Session.User.AccessToken
}

// Application is the skill that is asked; "" when the two places that name it differ.
func (r *Request) Application() string {
	a, b := r.Context.System.Application.ID, r.Session.Application.ID
	switch {
	case a == "":
		return b
	case b == "" || a == b:
		return a
	}
	return ""
}

// at is the time that the request names.
func (r *Request) at() (time.Time, error) { return time.Parse(time.RFC3339, r.Body.Timestamp) }

const (
	maxName  = 512 // bytes of an ID, of a locale, of a name
	maxToken = 16 << 10
	maxSlots = 64
	maxValue = 4000 // bytes of one slot's value
)

var errRequest = errors.New("alexa: the body is no request of a skill")

// Parse reads a request's body. What it refuses is nothing that Alexa sends; the error says nothing
// of the content.
func Parse(body []byte) (*Request, error) {
	if len(body) > MaxBody || !utf8.Valid(body) {
		return nil, errRequest
	}
	var r Request
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, errRequest
	}
	if r.Version != "1.0" || r.Body.Type == "" || r.Body.ID == "" || r.Body.Timestamp == "" {
		return nil, errRequest
	}
	s := r.Context.System
	for _, text := range []string{r.Body.Type, r.Body.ID, r.Body.Timestamp, r.Body.Locale, r.Body.Reason, r.Session.ID, r.Session.User.ID, s.User.ID, s.Person.ID, s.Device.ID, s.Endpoint, r.Session.Application.ID, s.Application.ID} {
		if len(text) > maxName {
			return nil, errRequest
		}
	}
	if len(s.Token) > maxToken || len(r.LinkedToken()) > maxToken {
		return nil, errRequest
	}
	if err := r.checkIntent(); err != nil {
		return nil, err
	}
	r.Session.Attributes = attributes(r.Session.Raw)
	return &r, nil
}

func (r *Request) checkIntent() error {
	in := r.Body.Intent
	switch {
	case r.Body.Type != IntentType:
		return nil
	case in == nil || in.Name == "" || len(in.Name) > maxName || len(in.Slots) > maxSlots:
		return fmt.Errorf("%w: an intent without a name, or with too many slots", errRequest)
	}
	for key, s := range in.Slots {
		if len(key) > maxName || len(s.Said()) > maxValue {
			return fmt.Errorf("%w: a slot is too long", errRequest)
		}
	}
	return nil
}

// attributes keeps those that are text: ours all are.
func attributes(raw json.RawMessage) map[string]string {
	var all map[string]any
	out := map[string]string{}
	if len(raw) == 0 || json.Unmarshal(raw, &all) != nil {
		return out
	}
	for k, v := range all {
		if s, ok := v.(string); ok && len(k) <= maxName && len(s) <= maxName {
			out[k] = s
		}
	}
	return out
}
