package sip

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	msg "github.com/emiago/sipgo/sip"
)

const (
	firstRetry  = 2 * time.Second // after the first failure; each one after it waits twice as long
	longRetry   = 5 * time.Minute // but no longer
	maxExpires  = 24 * time.Hour  // the longest registration that is believed
	minExpires  = 10 * time.Second
	askTimeout  = 10 * time.Second // a registration or a ping is given up after this long
	byeRegister = 2 * time.Second  // unregistering, when we stop
)

// keepRegistered registers at a trunk until ctx ends, and takes the registration back then: anew at half
// its time, so that one that fails leaves room for another try (RFC 3261 §10.2.4), and after failures
// later and later, at random moments, so that a carrier that comes back does not meet all its customers
// at once (RFC 5626 §4.5).
func (s *Server) keepRegistered(ctx context.Context, t *trunk) {
	r := registration{talk: s.newTalk(t, msg.REGISTER), ask: t.cfg.Expires}
	if r.ask == 0 {
		r.ask = defaultExpires
	}
	failures := 0
	for {
		granted, wait, err := r.register(ctx)
		if ctx.Err() != nil {
			break
		}
		if err == nil {
			failures = 0
			t.isRegistered(time.Now().Add(granted))
			wait = halfOf(granted)
		} else {
			failures++
			t.notRegistered(err)
			wait = max(wait, backoff(failures))
		}
		if !sleep(ctx, wait) {
			break
		}
	}
	if !r.done {
		return
	}
	last, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), byeRegister, errors.New("no answer in time"))
	defer cancel()
	if _, err := r.once(last, ";expires=0", "Expires", "0"); err != nil {
		s.log.Info("trunk was not told that we leave", "trunk", t.cfg.Name, "error", err)
	}
	t.notRegistered(nil)
}

// registration is a talk that registers.
type registration struct {
	*talk
	ask  time.Duration // how long a registration we ask for
	done bool          // one has succeeded: there is something to take back
}

// register registers once. wait is what the far end asks us to wait after a failure.
func (r *registration) register(ctx context.Context) (granted, wait time.Duration, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, askTimeout, fmt.Errorf("no answer within %v", askTimeout))
	defer cancel()
	for range 2 {
		res, err := r.once(ctx, ";expires="+seconds(r.ask), "Expires", seconds(r.ask))
		if err != nil {
			return 0, 0, err
		}
		switch {
		case res.StatusCode < 300:
			r.done = true
			return r.grantedBy(res), 0, nil
		case res.StatusCode == 423: // RFC 3261 §10.2.8
			if least := minimum(res); least > r.ask && least <= maxExpires {
				r.ask = least
				continue
			}
		}
		if challenges(res) {
			return 0, longRetry / 2, errCredentials // asking on would only lock the account
		}
		return 0, retryAfter(res), fmt.Errorf("refused with %d %s", res.StatusCode, oneLine(res.Reason))
	}
	return 0, 0, errors.New("refused with 423 whatever the interval")
}

// grantedBy is for how long a 200 registers us: the expires of our Contact, else Expires, else what we
// asked for (RFC 3261 §10.2.4).
func (r *registration) grantedBy(res *msg.Response) time.Duration {
	granted := r.ask
	if v, err := strconv.ParseUint(strings.TrimSpace(headerValue(res, "Expires")), 10, 31); err == nil {
		granted = time.Duration(v) * time.Second
	}
	me := "<sip:" + strings.ToLower(cmp.Or(r.t.cfg.Username, "decroche")) + "@"
	for _, h := range res.GetHeaders("Contact") {
		for _, one := range splitList(h.Value()) {
			if !strings.Contains(strings.ToLower(one), me) {
				continue
			}
			if v, ok := paramOf(one, "expires"); ok {
				if n, err := strconv.ParseUint(v, 10, 31); err == nil {
					granted = time.Duration(n) * time.Second
				}
			}
		}
	}
	return min(max(granted, minExpires), maxExpires)
}

// minimum reads Min-Expires.
func minimum(res *msg.Response) time.Duration {
	n, err := strconv.ParseUint(strings.TrimSpace(headerValue(res, "Min-Expires")), 10, 31)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}

// splitList splits a header at commas outside of quotes and angle brackets.
func splitList(v string) []string {
	var out []string
	from, quoted, angle := 0, false, false
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == '<' && !quoted:
			angle = true
		case c == '>' && !quoted:
			angle = false
		case c == ',' && !quoted && !angle:
			out = append(out, strings.TrimSpace(v[from:i]))
			from = i + 1
		}
	}
	return append(out, strings.TrimSpace(v[from:]))
}

// paramOf is a parameter behind the angle brackets of a name-addr.
func paramOf(v, name string) (string, bool) {
	if _, rest, ok := strings.Cut(v, ">"); ok {
		v = rest
	}
	for _, p := range strings.Split(v, ";") {
		k, val, _ := strings.Cut(p, "=")
		if strings.EqualFold(strings.TrimSpace(k), name) {
			return strings.Trim(strings.TrimSpace(val), `"`), true
		}
	}
	return "", false
}

// halfOf is when to register again, give or take a tenth: all trunks of one start must not stay in step.
func halfOf(granted time.Duration) time.Duration {
	return time.Duration(float64(granted) * (0.45 + 0.1*rand.Float64()))
}

// backoff is how long to wait after so many failures: between half and all of a time that doubles.
func backoff(failures int) time.Duration {
	top := longRetry
	if failures < 10 {
		top = min(longRetry, firstRetry<<(failures-1))
	}
	return time.Duration(float64(top) * (0.5 + 0.5*rand.Float64()))
}

// sleep waits; false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (t *trunk) isRegistered(until time.Time) {
	t.mu.Lock()
	news := t.registered.IsZero()
	t.registered, t.failure = until, ""
	t.mu.Unlock()
	t.metrics.trunkRegistered.WithLabelValues(t.cfg.Name).Set(1)
	t.metrics.registrations.WithLabelValues(t.cfg.Name, "ok").Inc()
	t.alive()
	if news {
		t.log.Info("registered at trunk", "trunk", t.cfg.Name)
	}
}

// notRegistered notes a failure; nil that we left of our own will. What holds still holds: a
// registration that cannot be renewed works until its time is over.
func (t *trunk) notRegistered(err error) {
	t.mu.Lock()
	news := t.failure == ""
	if err == nil {
		t.registered, t.failure = time.Time{}, ""
	} else {
		t.failure = "not registered: " + err.Error()
	}
	holds := time.Now().Before(t.registered)
	if !holds {
		t.registered = time.Time{}
	}
	t.mu.Unlock()
	if !holds {
		t.metrics.trunkRegistered.WithLabelValues(t.cfg.Name).Set(0)
	}
	if err == nil {
		return
	}
	t.metrics.registrations.WithLabelValues(t.cfg.Name, "failed").Inc()
	if news {
		t.log.Warn("registering at trunk failed; trying on", "trunk", t.cfg.Name, "error", err)
	}
}

// watch asks a trunk with OPTIONS, until ctx ends, whether it is there: two answers in a row that do not
// come, or say 503, mark it as down, and one that comes as up. Any other answer is a sign of life, also
// a refusal.
func (s *Server) watch(ctx context.Context, t *trunk) {
	every := t.cfg.Ping
	if every == 0 {
		every = defaultPing
	}
	k := s.newTalk(t, msg.OPTIONS)
	for {
		s.ping(ctx, t, k)
		wait := time.Duration(float64(every) * (0.9 + 0.2*rand.Float64()))
		if !sleep(ctx, wait) {
			return
		}
	}
}

// missesAllowed is how many pings in a row may fail before a trunk counts as gone.
const missesAllowed = 2

func (s *Server) ping(ctx context.Context, t *trunk, k *talk) {
	limited, cancel := context.WithTimeoutCause(ctx, askTimeout, fmt.Errorf("no answer within %v", askTimeout))
	defer cancel()
	res, err := k.once(limited, "", "Accept", acceptType)
	switch {
	case ctx.Err() != nil:
		return
	case err == nil && res.StatusCode != 503 && res.StatusCode != 408:
		t.alive()
		return
	case err == nil:
		err = fmt.Errorf("OPTIONS answered with %d %s", res.StatusCode, oneLine(res.Reason))
	}
	t.mu.Lock()
	t.missed++
	gone := t.missed >= missesAllowed
	t.mu.Unlock()
	if gone {
		t.failed(err.Error(), time.Time{})
	}
}
