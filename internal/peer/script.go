package peer

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
)

var counter atomic.Int64

// Script is the caller's side of one dialog over a Raw endpoint, as a test writes it: every
// header can be replaced, and nothing is sent that the test did not ask for.
type Script struct {
	*Raw
	To     string // where messages are sent, host:port
	URI    string // request URI of the INVITE, and of what follows until a Contact was read
	CallID string
	Tag    string // ours
	Theirs string // the far end's, once known
	CSeq   int
	Branch string // of the last request
}

// NewScript prepares a dialog with uri at addr.
func NewScript(r *Raw, addr, user string) *Script {
	n := counter.Add(1)
	return &Script{Raw: r, To: addr, URI: fmt.Sprintf("sip:%s@%s", user, addr),
		CallID: fmt.Sprintf("script-%d@peer", n), Tag: fmt.Sprintf("t%d", n)}
}

// SDP is an offer of PCMA, PCMU and keys as type 96 on the given port of loopback, with extra
// lines ("a=sendonly\n") in the audio section.
func SDP(port int, extra string) string {
	return fmt.Sprintf("v=0\no=peer 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\n"+
		"m=audio %d RTP/AVP 8 0 96\na=rtpmap:96 telephone-event/8000\na=fmtp:96 0-15\n%s", port, extra)
}

// Request sends a request with a new branch and, but for ACK and CANCEL, a new CSeq. extra holds
// headers and, behind an empty line, a body; a description gets its Content-Type.
func (s *Script) Request(method, extra string) {
	if method != "ACK" && method != "CANCEL" {
		s.CSeq++
	}
	if method != "CANCEL" {
		s.Branch = fmt.Sprintf("z9hG4bK-peer-%d", counter.Add(1))
	}
	s.Send(s.To, s.Text(method, extra))
}

// Text is what Request would send now, without counting up.
func (s *Script) Text(method, extra string) string {
	to := "<" + s.URI + ">"
	if s.Theirs != "" {
		to += ";tag=" + s.Theirs
	}
	head, body, has := strings.Cut(extra, "\n\n")
	if !has && strings.HasPrefix(extra, "v=0") {
		head, body, has = "", extra, true
	}
	if has && strings.HasPrefix(body, "v=0") && !strings.Contains(head, "Content-Type") {
		head = strings.TrimRight(head, "\n") + "\nContent-Type: application/sdp"
	}
	head = strings.Trim(head, "\n")
	if head != "" {
		head += "\n"
	}
	transport := "UDP"
	if s.tcp != nil {
		transport = "TCP"
	}
	return fmt.Sprintf("%s %s SIP/2.0\nVia: SIP/2.0/%s %s;branch=%s;rport\nFrom: \"Peer\" <sip:peer@%s>;tag=%s\n"+
		"To: %s\nCall-ID: %s\nCSeq: %d %s\nMax-Forwards: 70\nContact: <sip:peer@%s;transport=%s>\n%s\n%s",
		method, s.URI, transport, s.Addr(), s.Branch, s.Addr(), s.Tag, to, s.CallID, s.CSeq, method,
		s.Addr(), strings.ToLower(transport), head, body)
}

// Follow takes the dialog's other half from a response.
func (s *Script) Follow(m Message) {
	s.Theirs = m.Tag("to")
}

// Call sends INVITE with an offer on port and confirms the 200, which it returns.
func (s *Script) Call(t testing.TB, extra string, port int) Message {
	t.Helper()
	s.Request("INVITE", strings.TrimRight(extra, "\n")+"\n\n"+SDP(port, ""))
	ok := s.Response(200, "INVITE")
	s.Follow(ok)
	s.Request("ACK", "")
	return ok
}

// Bye ends the dialog and waits for the 200.
func (s *Script) Bye(t testing.TB) {
	t.Helper()
	s.Request("BYE", "")
	s.Response(200, "BYE")
}

// CSeqOf sends a request with the given CSeq number: the ACK of an INVITE that others followed.
func (s *Script) CSeqOf(method string, cseq int) {
	last := s.CSeq
	s.CSeq = cseq
	s.Request(method, "")
	s.CSeq = last
}

// AckFailure confirms a final failure: the ACK has the branch of its INVITE (RFC 3261 §17.1.1.3).
func (s *Script) AckFailure() { s.Send(s.To, s.Text("ACK", "")) }
