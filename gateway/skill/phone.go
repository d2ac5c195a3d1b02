package skill

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"decroche/gateway/skill/alexa"
)

// phoneWait bounds the question for somebody's number: without it the bot asks them.
const phoneWait = 1500 * time.Millisecond

// phone is where the person can be rung, from their Amazon account or the one that they linked; "" when
// that is not known.
func (t *talk) phone(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, phoneWait)
	defer cancel()
	var number string
	var err error
	switch t.o.cfg.Phone {
	case "profile":
		number, err = t.o.services.Mobile(ctx, t.r)
	case "account":
		number, err = t.o.linked(ctx, t.r.LinkedToken())
	default:
		return ""
	}
	if err != nil && !errors.Is(err, alexa.ErrNoPermission) {
		t.o.d.Log.Warn("a person's number could not be asked for; the bot asks them", "err", err)
	}
	return number
}

// showCard puts into the Alexa app what helps who asked for a person: a link, or the question for their
// number, so that they need not say it the next time.
func (t *talk) showCard() {
	switch {
	case t.o.cfg.Transfer == "card":
		page := t.o.cfg.PublicPage
		if page == "" {
			page = t.o.d.PublicURL
		}
		if page != "" {
			t.card = alexa.Simple(t.bot.Title(), t.w.cardTitle+"\n"+page)
			t.say(alexa.Part{Text: t.w.card})
		}
	case t.end: // their number was known
	case t.o.cfg.Phone == "profile":
		t.card = alexa.AskPermission(alexa.PermissionMobile)
	case t.o.cfg.Phone == "account" && t.r.LinkedToken() == "":
		t.card = alexa.LinkAccount()
	}
}

func userInfoClient(c *http.Client) *http.Client {
	own := http.Client{}
	if c != nil {
		own = *c
	}
	own.Timeout = phoneWait
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return errors.New("a redirect") }
	return &own
}

// linked is the number of an account at the company, by its UserInfo endpoint (OpenID Connect Core
// §5.1, phone_number, in E.164).
func (o *Door) linked(ctx context.Context, token string) (string, error) {
	if token == "" {
		return "", nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, o.cfg.UserInfo, nil)
	if err != nil {
		return "", errors.New("skill: user_info is no address")
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := o.client.Do(req)
	if err != nil {
		return "", errors.New("skill: user_info was not answered")
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil || resp.StatusCode != http.StatusOK {
		return "", errors.New("skill: user_info: " + resp.Status)
	}
	return parseUserInfo(data)
}

// parseUserInfo reads the phone_number of an account; "" when there is none that can be dialled.
func parseUserInfo(data []byte) (string, error) {
	var info struct {
		Phone string `json:"phone_number"`
	}
	if err := json.Unmarshal(data, &info); err != nil {
		return "", errors.New("skill: the answer of user_info cannot be read")
	}
	number := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .-()\u00a0\u202f", r) {
			return -1
		}
		return r
	}, info.Phone)
	digits := strings.TrimPrefix(number, "+")
	if len(digits) < 8 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return "", nil
	}
	return number, nil
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
