package sip

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	msg "github.com/emiago/sipgo/sip"

	"decroche/gateway/sip/digest"
	"decroche/internal/limit"
	"decroche/internal/secret"
)

// A registrar knows where agents' phones are. A phone is reached by the very way that its registration
// came: through its connection, or at its source address over UDP (RFC 5626 §5 and RFC 3581 in spirit),
// for behind a NAT its Contact leads nowhere.
type registrar struct {
	// constant
	cfg      RegistrarConfig
	verifier *digest.Verifier
	tries    *limit.Backoff // wrong answers, by source with username
	sources  *limit.Backoff // and by source: a wider bound, for many phones may stand behind one address
	now      func() time.Time

	mu       sync.Mutex              // guards what follows
	phones   map[string]secret.Value // by username; none: nobody may register
	bindings map[string][]*binding   // by username, oldest first
}

// binding is one place that a phone is registered from.
type binding struct {
	contact  msg.Uri
	instance string // +sip.instance with reg-id (RFC 5626 §4.1), "" when the phone sends none
	flow     flow
	ends     time.Time
	callID   string
	cseq     uint32
}

// nonceLife is how long a phone may answer one challenge.
const nonceLife = 5 * time.Minute

// newRegistrar makes one of the phones that are configured, if any.
func newRegistrar(cfg RegistrarConfig, phones []Phone) (*registrar, error) {
	r := &registrar{cfg: cfg, verifier: digest.NewVerifier(cfg.Domain, nonceLife, time.Now, cfg.Digest...), now: time.Now,
		tries:    &limit.Backoff{Free: 5, First: time.Second, Most: 15 * time.Minute, After: time.Hour, Now: time.Now},
		sources:  &limit.Backoff{Free: 50, First: time.Second, Most: 15 * time.Minute, After: time.Hour, Now: time.Now},
		bindings: map[string][]*binding{}}
	var err error
	r.phones, err = passwords(phones)
	return r, err
}

// passwords reads those of phones, by username.
func passwords(phones []Phone) (map[string]secret.Value, error) {
	all := make(map[string]secret.Value, len(phones))
	for _, p := range phones {
		password, err := secret.Fetch(p.Password)
		if err != nil {
			return nil, errPhone(p, err)
		}
		all[p.Username] = password
	}
	return all, nil
}

// SetPhones replaces the phones that may register here, and the addresses that may be called because
// they are configured (Config.Known). A phone stays registered unless it is gone from the list or has
// another password. The error names a password that cannot be read; nothing has changed then. Any
// goroutine may call it.
func (s *Server) SetPhones(phones []Phone, known []string) error {
	now, err := passwords(phones)
	if err != nil {
		return err
	}
	r := s.registrar
	r.mu.Lock()
	for user := range r.bindings {
		if password, still := now[user]; !still || password != r.phones[user] {
			delete(r.bindings, user)
		}
	}
	r.phones = now
	r.mu.Unlock()
	if s.guard != nil {
		s.guard.setKnown(known)
	}
	return nil
}

// open tells whether anybody may register.
func (r *registrar) open() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.phones) > 0
}

// password is that of a phone; false when there is no such phone.
func (r *registrar) password(user string) (secret.Value, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p, ok := r.phones[user]
	return p, ok
}

// serves tells whether a host is ours to register at.
func (r *registrar) serves(host string) bool {
	return hostKey(host) == hostKey(r.cfg.Domain) && r.open()
}

// onRegister answers a REGISTER (RFC 3261 §10.3).
func (s *Server) onRegister(tx *serverTx, from flow) {
	r, req := s.registrar, tx.req
	if !r.open() {
		s.reject(tx, vNotAllowed, token(), []string{"Allow", allowed})
		return
	}
	user, verdict := s.whoRegisters(tx, from)
	if verdict != nil {
		s.metrics.registered.WithLabelValues(registerOutcome(verdict.status)).Inc()
		s.reject(tx, verdict.verdict, token(), verdict.extra)
		return
	}
	changes, fault := r.read(req, from)
	if fault != nil {
		s.metrics.registered.WithLabelValues("bad").Inc()
		s.reject(tx, fault.verdict, token(), fault.extra)
		return
	}
	list, ok := r.apply(user, changes)
	if !ok {
		s.metrics.registered.WithLabelValues("bad").Inc()
		s.reject(tx, vOutOfOrder, token(), nil)
		return
	}
	s.metrics.registered.WithLabelValues("ok").Inc()
	s.metrics.phones.Set(float64(r.count()))
	var extra []string
	for _, b := range list {
		left := max(b.ends.Sub(r.now()).Round(time.Second), time.Second)
		extra = append(extra, "Contact", "<"+b.contact.String()+">;expires="+seconds(left))
	}
	tx.respond(s.response(req, 200, "OK", token(), extra...))
}

func registerOutcome(status int) string {
	switch status {
	case 401:
		return "asked"
	case 403:
		return "refused"
	}
	return "bad"
}

// whoRegisters finds out which phone sent a REGISTER, or what to answer it.
func (s *Server) whoRegisters(tx *serverTx, from flow) (user string, refusal *fault) {
	r, req := s.registrar, tx.req
	source := sourceOf(from)
	shown, has := r.shown(req)
	if !has {
		return "", r.ask(source, false)
	}
	password, known := r.password(shown.Username)
	if !known {
		password = secret.Value(s.secret) // as much work for a name that does not exist
	}
	key := source + "|" + shown.Username
	wait, news := r.tries.Take(key)
	if wait == 0 {
		if wait, news = r.sources.Take(source); wait > 0 {
			r.tries.Undo(key)
		}
	}
	if wait > 0 {
		if news {
			s.log.Warn("phones are held up: too many wrong passwords", "from", source, "wait", wait.Round(time.Second))
		}
		return "", &fault{verdict: vForbidden, extra: []string{"Retry-After", strconv.Itoa(int(wait/time.Second) + 1)}}
	}
	outcome := r.verifier.Check(shown, string(password), known, string(req.Method), req.Recipient.String(), source)
	if outcome == digest.Wrong {
		return "", r.ask(source, false)
	}
	r.tries.Clear(key)
	r.sources.Undo(source)
	switch {
	case outcome == digest.Stale:
		return "", r.ask(source, true)
	case req.To().Address.User != shown.Username:
		return "", &fault{verdict: vForbidden} // registers somebody else
	}
	return shown.Username, nil
}

// sourceOf is whom wrong passwords are counted against: an address, or the /64 of an IPv6 one, which is
// one customer's network.
func sourceOf(from flow) string {
	a := from.addr.Addr().WithZone("")
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			a = p.Addr()
		}
	}
	return a.String()
}

// ask is the answer that asks a phone for its password.
func (r *registrar) ask(source string, stale bool) *fault {
	f := &fault{verdict: vUnauthorised}
	for _, c := range r.verifier.Challenges(source, stale) {
		f.extra = append(f.extra, "WWW-Authenticate", c.String())
	}
	return f
}

// shown is what a request answers to a challenge of this realm.
func (r *registrar) shown(req *msg.Request) (digest.Answer, bool) {
	for _, h := range req.GetHeaders("Authorization") {
		if a, err := digest.ParseAnswer(h.Value()); err == nil && a.Realm == r.cfg.Domain {
			return a, true
		}
	}
	return digest.Answer{}, false
}

// change is what a REGISTER asks for.
type change struct {
	all    bool // every binding goes
	add    []*binding
	remove []*binding
	callID string
	cseq   uint32
}

// maxContacts bounds the contacts of one REGISTER.
const maxContacts = 20

// read takes the contacts out of a REGISTER (RFC 3261 §10.3, steps 6 and 7).
func (r *registrar) read(req *msg.Request, from flow) (change, *fault) {
	c := change{callID: callIDOf(req), cseq: req.CSeq().SeqNo}
	whole := r.cfg.MaxExpires
	if v := strings.TrimSpace(headerValue(req, "Expires")); v != "" {
		n, err := strconv.ParseUint(v, 10, 32)
		if err != nil {
			return c, &fault{verdict: vBadRequest}
		}
		whole = time.Duration(n) * time.Second
	}
	var values []string
	for _, name := range []string{"Contact", "m"} {
		for _, h := range req.GetHeaders(name) {
			values = append(values, splitList(h.Value())...)
		}
	}
	if len(values) > maxContacts {
		return c, &fault{verdict: vBadRequest}
	}
	for _, v := range values {
		if v == "*" {
			if len(values) > 1 || whole != 0 {
				return c, &fault{verdict: vBadRequest}
			}
			c.all = true
			return c, nil
		}
		b, expires, ok := r.contact(v, whole, from, req)
		switch {
		case !ok:
			return c, &fault{verdict: vBadRequest}
		case expires == 0:
			c.remove = append(c.remove, b)
		case expires < r.cfg.MinExpires:
			return c, &fault{verdict: vTooBrief, extra: []string{"Min-Expires", seconds(r.cfg.MinExpires)}}
		default:
			b.ends, b.callID, b.cseq = r.now().Add(min(expires, r.cfg.MaxExpires)), c.callID, c.cseq
			c.add = append(c.add, b)
		}
	}
	return c, nil
}

// contact reads one Contact.
func (r *registrar) contact(v string, expires time.Duration, from flow, req *msg.Request) (*binding, time.Duration, bool) {
	text := v
	if _, after, ok := strings.Cut(v, "<"); ok {
		text, _, ok = strings.Cut(after, ">")
		if !ok {
			return nil, 0, false
		}
	} else {
		text, _, _ = strings.Cut(v, ";")
	}
	b := &binding{}
	if err := msg.ParseUri(strings.TrimSpace(text), &b.contact); err != nil || b.contact.Host == "" || len(text) > 512 ||
		!strings.EqualFold(b.contact.Scheme, "sip") && !strings.EqualFold(b.contact.Scheme, "sips") {
		return nil, 0, false
	}
	b.contact.Headers = nil
	if e, ok := paramOf(v, "expires"); ok {
		n, err := strconv.ParseUint(e, 10, 32)
		if err != nil {
			return nil, 0, false
		}
		expires = time.Duration(n) * time.Second
	}
	if i, ok := paramOf(v, "+sip.instance"); ok && len(i) <= 200 {
		id, _ := paramOf(v, "reg-id")
		b.instance = i + "|" + id
	}
	b.flow = replyFlow(req, from)
	b.flow.pinned = true
	return b, expires, true
}

// same tells whether two bindings are one place: the same instance of a phone, or else the same Contact
// that came the same way.
func (b *binding) same(o *binding) bool {
	if b.instance != "" || o.instance != "" {
		return b.instance == o.instance
	}
	return b.contact.String() == o.contact.String()
}

// apply makes the changes that a REGISTER asks for, all or none, and returns what holds now; false when a
// newer request of the same phone was here before (RFC 3261 §10.3, step 7).
func (r *registrar) apply(user string, c change) ([]*binding, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := slices.Clone(r.alive(user))
	late := func(b *binding) bool { return b.callID == c.callID && b.cseq >= c.cseq }
	if c.all {
		if slices.ContainsFunc(list, late) {
			return nil, false
		}
		delete(r.bindings, user)
		return nil, true
	}
	for _, b := range append(slices.Clone(c.remove), c.add...) {
		i := slices.IndexFunc(list, b.same)
		if i < 0 {
			continue
		}
		if late(list[i]) {
			return nil, false
		}
		list = slices.Delete(list, i, i+1)
	}
	list = append(list, c.add...)
	if over := len(list) - r.cfg.Contacts; over > 0 {
		list = slices.Delete(list, 0, over)
	}
	r.bindings[user] = list
	return list, true
}

// alive is where a phone is now: what has not run out, and whose connection is still there; mu is held.
func (r *registrar) alive(user string) []*binding {
	now := r.now()
	list := slices.DeleteFunc(r.bindings[user], func(b *binding) bool {
		return !now.Before(b.ends) || b.flow.conn != nil && b.flow.conn.gone()
	})
	if len(list) == 0 {
		delete(r.bindings, user)
		return nil
	}
	r.bindings[user] = list
	return list
}

// targets are the places that ring for a username, the one that registered last first.
func (r *registrar) targets(user string) []target {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []target
	for _, b := range slices.Backward(r.alive(user)) {
		out = append(out, target{uri: *b.contact.Clone(), flow: b.flow, phone: true})
	}
	return out
}

// count is how many phones are registered.
func (r *registrar) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for user := range r.phones {
		if len(r.alive(user)) > 0 {
			n++
		}
	}
	return n
}

// Phones tells where each phone that may register here is registered from, by username. Any goroutine
// may call it.
func (s *Server) Phones() []PhoneState {
	r := s.registrar
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]PhoneState, 0, len(r.phones))
	for user := range r.phones {
		st := PhoneState{Username: user}
		for _, b := range r.alive(user) {
			st.Contacts++
			if b.ends.After(st.Until) {
				st.Until = b.ends
			}
		}
		out = append(out, st)
	}
	slices.SortFunc(out, func(a, b PhoneState) int { return cmp.Compare(a.Username, b.Username) })
	return out
}
