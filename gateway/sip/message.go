package sip

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	msg "github.com/emiago/sipgo/sip"
)

// What we understand, as it goes into Allow, Supported and Accept.
const (
	allowed    = "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, PRACK, INFO, NOTIFY, REFER"
	supported  = "timer, 100rel, replaces, norefersub"
	acceptType = "application/sdp"
)

// token makes a random identifier for tags, branches and Call-IDs: 16 hexadecimal digits.
func token() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// response builds a response: Vias, From, To, Call-ID and CSeq of the request (RFC 3261 §8.2.6),
// with toTag when the request had none. extra headers go behind them, as name, value pairs.
func (s *Server) response(req *msg.Request, status int, reason, toTag string, extra ...string) *msg.Response {
	s.metrics.responses.WithLabelValues(strconv.Itoa(status)).Inc()
	res := msg.NewResponse(status, reason)
	for _, h := range req.GetHeaders("Via") {
		res.AppendHeader(msg.HeaderClone(h))
	}
	if via := res.Via(); via != nil {
		s.stampVia(req, via)
	}
	if status > 100 && status < 300 {
		for _, h := range req.GetHeaders("Record-Route") {
			res.AppendHeader(msg.HeaderClone(h))
		}
	}
	if h := req.From(); h != nil {
		res.AppendHeader(msg.HeaderClone(h))
	}
	if h := req.To(); h != nil {
		to := msg.HeaderClone(h).(*msg.ToHeader)
		if _, has := to.Params.Get("tag"); !has && status > 100 && toTag != "" {
			to.Params.Add("tag", toTag)
		}
		res.AppendHeader(to)
	}
	if h := req.CallID(); h != nil {
		res.AppendHeader(msg.HeaderClone(h))
	}
	if h := req.CSeq(); h != nil {
		res.AppendHeader(msg.HeaderClone(h))
	}
	if status == 100 {
		for _, h := range req.GetHeaders("Timestamp") {
			res.AppendHeader(msg.HeaderClone(h))
		}
	}
	for i := 0; i+1 < len(extra); i += 2 {
		res.AppendHeader(msg.NewHeader(extra[i], extra[i+1]))
	}
	if s.cfg.UserAgent != "" {
		res.AppendHeader(msg.NewHeader("Server", s.cfg.UserAgent))
	}
	res.SetBody(nil)
	return res
}

// stampVia writes received and rport into our copy of the top Via (RFC 3261 §18.2.1, RFC 3581 §4).
func (s *Server) stampVia(req *msg.Request, via *msg.ViaHeader) {
	src, err := netip.ParseAddrPort(req.MessageData.Source())
	if err != nil {
		return
	}
	if via.Host != src.Addr().String() || via.Params.Has("rport") {
		via.Params.Add("received", src.Addr().String())
	}
	if v, has := via.Params.Get("rport"); has && v == "" {
		via.Params.Add("rport", strconv.Itoa(int(src.Port())))
	}
}

// replyFlow is where the responses to a request go: back through the connection; over UDP to its
// source address, and to its source port when it asked for that, else to the port it wrote into
// Via (RFC 3261 §18.2.2, RFC 3581 §4).
func replyFlow(req *msg.Request, from flow) flow {
	if from.conn != nil {
		return from
	}
	via := req.Via()
	if via.Params.Has("rport") {
		return from
	}
	port := via.Port
	if port == 0 {
		port = 5060
	}
	if port < 0 || port > 65535 {
		return from
	}
	return flow{network: from.network, addr: netip.AddrPortFrom(from.addr.Addr(), uint16(port))}
}

// via makes the Via of a request of ours.
func (s *Server) via(network string, to netip.Addr) *msg.ViaHeader {
	host, port := s.advertised(network, to)
	v := &msg.ViaHeader{ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: network, Host: bracket(host), Port: port}
	v.Params.Add("branch", msg.RFC3261BranchMagicCookie+token())
	v.Params.Add("rport", "")
	return v
}

// contact is where in-dialog requests shall reach us.
func (s *Server) contact(f flow) *msg.ContactHeader {
	host, port := s.advertised(f.network, f.addr.Addr())
	c := &msg.ContactHeader{Address: msg.Uri{Scheme: "sip", User: "decroche", Host: host, Port: port}}
	if f.network != "UDP" {
		c.Address.UriParams = msg.HeaderParams{{K: "transport", V: strings.ToLower(f.network)}}
	}
	return c
}

// contact is the line's Contact, for the flow that its last message used.
func (l *line) contact() *msg.ContactHeader {
	l.mu.Lock()
	f := l.from
	l.mu.Unlock()
	return l.s.contact(f)
}

// advertised is the host and port that peers reach us at over a network.
func (s *Server) advertised(network string, peer netip.Addr) (string, int) {
	bound := s.bound
	if network == "TLS" && s.boundTLS.IsValid() {
		bound = s.boundTLS
	}
	if s.cfg.ExternalAddress != "" {
		return s.cfg.ExternalAddress, int(bound.Port())
	}
	return s.localAddr(peer).String(), int(bound.Port())
}

// localAddr is our address towards peer: the bound one, or the one that the routing table picks
// when we listen on all. Connecting a UDP socket sends nothing.
func (s *Server) localAddr(peer netip.Addr) netip.Addr {
	if !s.bound.Addr().IsUnspecified() {
		return s.bound.Addr()
	}
	if c, err := net.Dial("udp", netip.AddrPortFrom(peer, 9).String()); err == nil {
		defer c.Close()
		if ua, ok := c.LocalAddr().(*net.UDPAddr); ok {
			return ua.AddrPort().Addr().Unmap()
		}
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1})
}

func bracket(host string) string {
	if strings.Contains(host, ":") && !strings.HasPrefix(host, "[") {
		return "[" + host + "]"
	}
	return host
}

// headerTokens splits comma lists like Require and Supported into lower-case tokens.
func headerTokens(m msg.Message, names ...string) []string {
	var out []string
	for _, name := range names {
		for _, h := range m.GetHeaders(name) {
			for _, t := range strings.Split(h.Value(), ",") {
				if t = strings.ToLower(strings.TrimSpace(t)); t != "" {
					out = append(out, t)
				}
			}
		}
	}
	return out
}

func supports(m msg.Message, option string) bool {
	return slices.Contains(headerTokens(m, "Supported", "k"), option)
}

func requires(m msg.Message, option string) bool {
	return slices.Contains(headerTokens(m, "Require"), option)
}

// headerValue returns the value of the first header of these names, "" when there is none.
func headerValue(m msg.Message, names ...string) string {
	for _, name := range names {
		if hs := m.GetHeaders(name); len(hs) > 0 {
			return hs[0].Value()
		}
	}
	return ""
}

// ownHeaders are those that no application may set.
var ownHeaders = []string{"via", "v", "from", "f", "to", "t", "call-id", "i", "cseq", "contact", "m", "max-forwards", "route",
	"record-route", "content-length", "l", "content-type", "c", "require", "supported", "k", "allow", "session-expires", "x", "min-se"}

var errHeader = errors.New("header holds a line break or another control character")

// cleanHeader checks a header that an application wants to add. Line breaks would let a caller's
// words become headers, so they are refused rather than removed.
func cleanHeader(name, value string) error {
	if name == "" || strings.ContainsFunc(name, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("-.!%*_+`'~", r))
	}) {
		return fmt.Errorf("sip: header name %q: not a token", name)
	}
	if slices.Contains(ownHeaders, strings.ToLower(name)) {
		return fmt.Errorf("sip: header %q: the gateway writes that one itself", name)
	}
	if strings.ContainsFunc(value, isControl) {
		return fmt.Errorf("sip: header %q: %w", name, errHeader)
	}
	return nil
}

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// quoteName makes a display name safe: no control characters, no quote or backslash, at most 64 runes.
func quoteName(name string) string {
	clean := make([]rune, 0, len(name))
	for _, r := range name {
		if r == '"' || r == '\\' || isControl(r) || r == '\t' {
			continue
		}
		clean = append(clean, r)
		if len(clean) == 64 {
			break
		}
	}
	return string(clean)
}

// oneLine makes a reason phrase safe to send.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if isControl(r) || r > '~' {
			return -1
		}
		return r
	}, text)
}
