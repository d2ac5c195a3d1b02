package sip

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	msg "github.com/emiago/sipgo/sip"

	"decroche/gateway/leg"
)

// moved is a 3xx: who was called is elsewhere. It is the refusal that it becomes when it is not followed.
type moved struct {
	*leg.Refused
	contacts []contact
}

// Unwrap is the refusal.
func (m *moved) Unwrap() error { return m.Refused }

// contact is one place that a 3xx names.
type contact struct {
	uri msg.Uri
	q   float64
}

// maxRedirects bounds how many places are tried for one call, and how many of one answer are read.
const maxRedirects = 5

// movedTo tells a 3xx that names other places from those that ask for something else (305 Use Proxy, 380).
func movedTo(res *msg.Response) bool { return res.StatusCode >= 300 && res.StatusCode <= 302 }

// contactsOf are the places that a 3xx names, the preferred ones first (RFC 3261 §8.1.3.4).
func contactsOf(res *msg.Response) []contact {
	var out []contact
	for _, name := range []string{"Contact", "m"} {
		for _, h := range res.GetHeaders(name) {
			for _, v := range splitList(h.Value()) {
				if c, ok := readContact(v); ok && len(out) < maxRedirects {
					out = append(out, c)
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b contact) int { return cmp.Compare(b.q, a.q) })
	return out
}

func readContact(v string) (c contact, ok bool) {
	text, _, _ := strings.Cut(v, ";")
	if _, after, angle := strings.Cut(v, "<"); angle {
		text, _, _ = strings.Cut(after, ">")
	}
	uri, err := parseTarget(leg.Invite{Addr: text}) // headers of the URI are left out there
	if err != nil {
		return c, false
	}
	c = contact{uri, 1}
	if q, has := paramOf(v, "q"); has {
		if c.q, err = strconv.ParseFloat(q, 64); err != nil || !(c.q >= 0 && c.q <= 1) {
			c.q = 0
		}
	}
	return c, true
}

// follow dials a target and, where the configuration says so, the places that it names instead, each
// once. What the guard of outbound calls does not permit is not dialled, however the target names it.
func (s *Server) follow(ctx context.Context, first target, to leg.Invite) (*line, error) {
	l, err := s.place(ctx, first, to)
	var m *moved
	if !errors.As(err, &m) {
		return l, err
	}
	if s.cfg.Redirects == "never" || s.cfg.Redirects == "" {
		return nil, m.Refused
	}
	been := map[string]bool{addressKey(first.uri): true}
	from, waiting, tried := first, m.contacts, 0
	last := error(m.Refused)
	for len(waiting) > 0 && tried < maxRedirects && ctx.Err() == nil {
		next := waiting[0]
		waiting = waiting[1:]
		key := addressKey(next.uri)
		if been[key] {
			continue
		}
		been[key] = true
		w, leave, ok := s.elsewhere(next.uri, first)
		if !ok {
			s.metrics.redirects.WithLabelValues("refused").Inc()
			continue
		}
		tried++
		s.metrics.redirects.WithLabelValues("followed").Inc()
		to.Headers = addHistory(to.Headers, from.uri, w.uri, m.Status)
		l, err = s.place(ctx, w, to)
		switch {
		case err == nil:
			l.after(leave)
			return l, nil
		case errors.As(err, &m):
			waiting = append(slices.Clone(m.contacts), waiting...)
			from, last = w, m.Refused
		default:
			last = err
		}
		leave()
	}
	return nil, last
}

// elsewhere is the way to a place that a 3xx names, when it may be called.
func (s *Server) elsewhere(uri msg.Uri, first target) (w target, leave func(), ok bool) {
	if s.ownAddress(uri) {
		return w, nil, false // the call would come back to us
	}
	if s.cfg.Redirects == "same_host" && !sameHost(uri, first) {
		return w, nil, false
	}
	ways, byTrunk, err := s.ways(uri)
	if err != nil {
		return w, nil, false
	}
	w, leave = ways[0], func() {}
	if !w.phone {
		if leave, err = s.guard.enter(uri, byTrunk); err != nil {
			return w, nil, false
		}
	}
	if w.trunk == nil && first.trunk != nil && sameHost(uri, first) {
		w.way, w.flow, w.signer = first.way, flow{tls: first.trunk.tls}, first.signer
	}
	return w, leave, true
}

// sameHost tells whether an address is at the host that answered; a number is wherever its trunk is.
func sameHost(uri msg.Uri, first target) bool {
	host := hostKey(uri.Host)
	return host != "" && (host == hostKey(first.uri.Host) || first.way.Host != "" && host == hostKey(first.way.Host))
}

// ownAddress tells whether an address is this server's.
func (s *Server) ownAddress(uri msg.Uri) bool {
	host, port := hostKey(uri.Host), portOf(uri)
	if port != s.bound.Port() && port != s.boundTLS.Port() {
		return false
	}
	return host == hostKey(s.cfg.ExternalAddress) && host != "" || host == s.bound.Addr().String() || host == s.boundTLS.Addr().String()
}
