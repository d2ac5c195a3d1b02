package console

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"decroche/gateway/store"
)

var (
	wordShape  = regexp.MustCompile(`^[a-z_]{1,40}$`)
	wordsShape = regexp.MustCompile(`^[a-z_]{1,40}(,[a-z_]{1,40}){0,9}$`)
)

// filters are what a list of conversations can be narrowed by, each with how it is read. What is not
// understood is an error: it must not look as if it had matched everything.
var filters = map[string]func(*store.Query, string) error{
	"since":  func(q *store.Query, v string) (err error) { q.Since, err = moment3339(v); return err },
	"before": func(q *store.Query, v string) (err error) { q.Before, err = moment3339(v); return err },
	"before_id": func(q *store.Query, v string) error {
		if q.BeforeID = v; len(v) > 200 {
			return errors.New("longer than 200 bytes")
		}
		return nil
	},
	"limit": func(q *store.Query, v string) (err error) {
		if q.Limit, err = strconv.Atoi(v); err != nil || q.Limit < 1 || q.Limit > 500 {
			return fmt.Errorf("%.40q is not a number from 1 to 500", v)
		}
		return nil
	},
	"channel": func(q *store.Query, v string) error {
		if q.Channel = v; !wordShape.MatchString(v) {
			return fmt.Errorf("%.40q is not one; it is a word in small letters", v)
		}
		return nil
	},
	"outcome": func(q *store.Query, v string) error {
		if q.Outcome = v; !wordsShape.MatchString(v) {
			return fmt.Errorf("%.40q is not one; it is a word in small letters, or a few with commas between", v)
		}
		return nil
	},
	"open": func(q *store.Query, v string) (err error) {
		if q.Open, err = strconv.ParseBool(v); err != nil {
			return fmt.Errorf("%.40q is neither true nor false", v)
		}
		return nil
	},
	"text": func(q *store.Query, v string) error {
		q.Text = v
		_, err := store.Terms(v)
		return err
	},
	"number": func(q *store.Query, v string) error {
		q.Number = v
		if _, err := store.Numbers(v); err != nil {
			return fmt.Errorf("%.40q %w", v, err)
		}
		return nil
	},
	"intent": func(q *store.Query, v string) (err error) {
		q.Intent, err = part(strings.NewReplacer(" ", "_", "-", "_").Replace(v))
		return err
	},
	"agent": func(q *store.Query, v string) (err error) { q.Agent, err = part(v); return err },
	"queue": func(q *store.Query, v string) (err error) { q.Queue, err = part(v); return err },
	"bot":   func(q *store.Query, v string) (err error) { q.Bot, err = part(v); return err },
}

// part reads a piece of a name.
func part(v string) (string, error) {
	if len(v) > 100 || strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r == '\uFFFD' }) {
		return "", fmt.Errorf("%.40q is no piece of a name; write 100 bytes at most, on one line", v)
	}
	return v, nil
}

func moment3339(v string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339Nano, v)
	if err != nil || at.Year() < 1970 || at.Year() > 9999 {
		return time.Time{}, fmt.Errorf("%.40q is not a time; write it as 2026-11-21T09:30:00Z", v)
	}
	return at, nil
}

// parseQuery reads the query of a list of conversations.
func parseQuery(raw string) (store.Query, error) {
	q := store.Query{Limit: 50}
	vals, err := url.ParseQuery(raw)
	if err != nil {
		return q, errors.New("the query cannot be read; escape it as a URL")
	}
	for _, key := range slices.Sorted(maps.Keys(vals)) {
		vs := vals[key]
		if len(vs) > 1 {
			return q, fmt.Errorf("%.40q is given twice; give it once", key)
		}
		read, known := filters[key]
		switch {
		case vs[0] == "" || key == "lang": // an empty form field; the language of a page
		case !known:
			return q, fmt.Errorf("%.40q is not a filter; there are %s", key, strings.Join(slices.Sorted(maps.Keys(filters)), ", "))
		default:
			if err := read(&q, vs[0]); err != nil {
				return q, fmt.Errorf("%s: %w", key, err)
			}
		}
	}
	if q.BeforeID != "" && q.Before.IsZero() {
		return q, errors.New("before_id: needs before")
	}
	return q, nil
}

// nextPage is the query of what follows last.
func nextPage(q store.Query, last store.Summary) string {
	v := url.Values{"before": {last.Start.UTC().Format(time.RFC3339Nano)}, "before_id": {last.ID}, "limit": {strconv.Itoa(q.Limit)}}
	for key, val := range map[string]string{"channel": q.Channel, "outcome": q.Outcome, "text": q.Text, "number": q.Number, "intent": q.Intent, "agent": q.Agent, "queue": q.Queue, "bot": q.Bot} {
		if val != "" {
			v.Set(key, val)
		}
	}
	if !q.Since.IsZero() {
		v.Set("since", q.Since.UTC().Format(time.RFC3339Nano))
	}
	if q.Open {
		v.Set("open", "true")
	}
	return v.Encode()
}
