package sip

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	msg "github.com/emiago/sipgo/sip"
)

// loopHeader marks calls that others make because we asked them to: "INSTANCE-HOPS-CALLED-MARK". When
// such a call comes back for the same hotline it would only be transferred again.
const loopHeader = "X-Decroche-Transfer"

// maxHops is how often one call may be passed from hotline to hotline of this gateway.
const maxHops = 3

// loopMark is the value for a call that is passed on from l.
func (l *line) loopMark(mark string) string {
	return fmt.Sprintf("%s-%d-%s-%s", l.s.instance(), l.hops+1, calledKey(l.info.Called), mark)
}

// instance names this server in marks; who reads one learns nothing else.
func (s *Server) instance() string { return short(s.secret) }

func calledKey(user string) string { return short(strings.ToLower(user)) }

func short(v string) string {
	sum := sha256.Sum256([]byte(v))
	return hex.EncodeToString(sum[:6])
}

// marked remembers the mark of a transfer while it runs.
func (s *Server) marked(mark string, ref *referring) {
	s.mu.Lock()
	s.marks[mark] = ref
	s.mu.Unlock()
}

func (s *Server) unmark(mark string) {
	s.mu.Lock()
	delete(s.marks, mark)
	s.mu.Unlock()
}

// looped tells whether a call has come back to us: by our own mark, or because its history (RFC 7044)
// names us twice for one called party. hops is how often it was passed on here.
func (s *Server) looped(req *msg.Request) (hops int, loop bool) {
	called := calledKey(req.Recipient.User)
	if f := strings.Split(headerValue(req, loopHeader), "-"); len(f) == 4 && f[0] == s.instance() {
		hops, _ = strconv.Atoi(f[1])
		if f[2] == called || hops > maxHops || hops < 1 {
			s.mu.Lock()
			ref := s.marks[f[3]]
			s.mu.Unlock()
			if ref != nil {
				ref.l.mu.Lock()
				ref.r.Looped()
				ref.l.mu.Unlock()
			}
			return hops, true
		}
	}
	return hops, s.inHistory(req) > 1
}

// inHistory counts the entries of History-Info that name this server and the party that is called.
func (s *Server) inHistory(req *msg.Request) (n int) {
	host, port := req.Recipient.Host, portOf(req.Recipient)
	for _, h := range req.GetHeaders("History-Info") {
		for _, entry := range strings.Split(h.Value(), ",") {
			_, addr, ok := strings.Cut(entry, "<")
			if addr, _, _ = strings.Cut(addr, ">"); !ok {
				continue
			}
			addr, _, _ = strings.Cut(addr, "?") // reasons are escaped into the address
			var uri msg.Uri
			if msg.ParseUri(addr, &uri) == nil && strings.EqualFold(uri.Host, host) && portOf(uri) == port && strings.EqualFold(uri.User, req.Recipient.User) {
				n++
			}
		}
	}
	return n
}
