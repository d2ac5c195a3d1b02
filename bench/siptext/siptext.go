// Package siptext reads and writes the few SIP messages that the benches need, as plain text: a
// stack with transactions and dialogs would cost the rig more than the calls. It understands what
// well-behaved servers send and is no place to learn SIP from; the gateway has its own stack.
package siptext

import (
	"bytes"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Message is what a bench needs of a SIP message. The slices point into the datagram.
type Message struct {
	Status  int    // of a response; 0 for a request
	Method  string // of a request; for a response that of its CSeq
	CallID  string
	ToTag   string
	Contact string // the URI in it
	User    string // of a request's URI
	Head    []byte // everything before the body
	Body    []byte
}

// Parse reads a datagram of the server that is measured. Anything that is not SIP gives ok false.
func Parse(b []byte) (m Message, ok bool) {
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 {
		return m, false
	}
	m.Head, m.Body = b[:end+2], b[end+4:]
	first, rest, _ := bytes.Cut(m.Head, []byte("\r\n"))
	if s, is := bytes.CutPrefix(first, []byte("SIP/2.0 ")); is {
		if len(s) < 3 {
			return m, false
		}
		n, err := strconv.Atoi(string(s[:3]))
		if err != nil || n < 100 || n > 699 {
			return m, false
		}
		m.Status = n
	} else if method, uri, is := bytes.Cut(first, []byte(" ")); is && bytes.HasSuffix(first, []byte("SIP/2.0")) {
		m.Method = string(method)
		user, _, _ := strings.Cut(strings.TrimPrefix(string(uri), "sip:"), "@")
		m.User = user
	} else {
		return m, false
	}
	for len(rest) > 0 {
		var line []byte
		line, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		name, value, is := bytes.Cut(line, []byte(":"))
		if !is {
			continue
		}
		v := string(bytes.TrimSpace(value))
		switch strings.ToLower(string(bytes.TrimSpace(name))) {
		case "call-id", "i":
			m.CallID = v
		case "to", "t":
			if _, tag, is := strings.Cut(v, ";tag="); is {
				m.ToTag, _, _ = strings.Cut(tag, ";")
			}
		case "contact", "m":
			m.Contact = uriOf(v)
		case "cseq":
			if _, method, is := strings.Cut(v, " "); is && m.Status > 0 {
				m.Method = strings.TrimSpace(method)
			}
		}
	}
	return m, m.CallID != "" && m.Method != ""
}

// uriOf takes the URI out of a Contact header.
func uriOf(v string) string {
	if _, in, is := strings.Cut(v, "<"); is {
		v, _, _ = strings.Cut(in, ">")
		return v
	}
	v, _, _ = strings.Cut(v, ";")
	return v
}

// MediaOf reads where an SDP wants audio, and the first payload type of G.711 in it.
func MediaOf(body []byte) (to netip.AddrPort, pt uint8, err error) {
	var host string
	port, audio, found := 0, false, false
	for line := range strings.SplitSeq(string(body), "\n") {
		line = strings.TrimRight(line, "\r")
		switch {
		case strings.HasPrefix(line, "c=IN IP4 ") && (host == "" || audio):
			host, _, _ = strings.Cut(strings.TrimPrefix(line, "c=IN IP4 "), "/")
		case strings.HasPrefix(line, "m="):
			if found {
				audio = false
				continue
			}
			f := strings.Fields(line)
			audio = f[0] == "m=audio"
			if !audio || len(f) < 4 {
				continue
			}
			port, _ = strconv.Atoi(f[1])
			for _, t := range f[3:] {
				if (t == "0" || t == "8") && !found {
					n, _ := strconv.Atoi(t)
					pt, found = uint8(n), true
				}
			}
		}
	}
	a, err := netip.ParseAddr(host)
	switch {
	case err != nil || !a.Is4():
		return to, 0, fmt.Errorf("its SDP names no IPv4 address for audio")
	case port < 1 || port > 65535:
		return to, 0, fmt.Errorf("its SDP refuses audio")
	case !found:
		return to, 0, fmt.Errorf("its SDP accepts no G.711")
	}
	return netip.AddrPortFrom(a, uint16(port)), pt, nil
}

// Dialog is what every message of a call repeats.
type Dialog struct {
	User    string // of the target
	Target  string // host:port of the target
	Local   string // host:port of our signalling socket
	CallID  string
	FromTag string
	ToTag   string
	Contact string // of the server, after the 200
	Branch  string // unique for the call; a number is added for each transaction
}

// Request writes a request of ours. seq counts the CSeq, tx the transactions of the dialog.
func (d *Dialog) Request(method string, seq, tx int, contentType string, body string) []byte {
	uri := d.Contact
	if uri == "" {
		uri = "sip:" + d.User + "@" + d.Target
	}
	to := "<sip:" + d.User + "@" + d.Target + ">"
	if d.ToTag != "" {
		to += ";tag=" + d.ToTag
	}
	var b bytes.Buffer
	b.Grow(900)
	fmt.Fprintf(&b, "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s%d;rport\r\nMax-Forwards: 70\r\nFrom: <sip:caller@%s>;tag=%s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\nContact: <sip:caller@%s>\r\n",
		method, uri, d.Local, d.Branch, tx, d.Local, d.FromTag, to, d.CallID, seq, method, d.Local)
	if method == "INVITE" {
		b.WriteString("Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, INFO\r\nUser-Agent: decroche-bench\r\n")
	}
	if contentType != "" {
		fmt.Fprintf(&b, "Content-Type: %s\r\n", contentType)
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return b.Bytes()
}

// Reply answers a request of the server: the headers that a response repeats (RFC 3261 §8.2.6),
// then ours. From and To have their tags already: only requests inside a dialog are answered 200.
func Reply(m Message, status string, contact, contentType, body string) []byte {
	var b bytes.Buffer
	b.WriteString("SIP/2.0 " + status + "\r\n")
	_, rest, _ := bytes.Cut(m.Head, []byte("\r\n"))
	for len(rest) > 0 {
		var line []byte
		line, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		name, _, _ := bytes.Cut(line, []byte(":"))
		switch strings.ToLower(string(bytes.TrimSpace(name))) {
		case "via", "v", "from", "f", "to", "t", "call-id", "i", "cseq":
			b.Write(line)
			b.WriteString("\r\n")
		}
	}
	fmt.Fprintf(&b, "Contact: <sip:caller@%s>\r\n", contact)
	if contentType != "" {
		fmt.Fprintf(&b, "Content-Type: %s\r\n", contentType)
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return b.Bytes()
}

// Offer is our SDP: G.711 both ways and telephone events, RTCP to a port that all calls share
// (RFC 3605), because nobody reads it.
func Offer(media netip.AddrPort, rtcp int, codec string, version int) string {
	first, second := "8 0", "a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
	if codec == "PCMU" {
		first = "0 8"
	}
	return fmt.Sprintf("v=0\r\no=caller %d %d IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio %d RTP/AVP %s 101\r\n%sa=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=rtcp:%d\r\na=sendrecv\r\n",
		media.Port(), version, media.Addr(), media.Addr(), media.Port(), first, second, rtcp)
}

// Answer is Reply to a request that begins a dialog: tag is put behind To where it has none, and lines
// are headers more, each with its end of line.
func Answer(m Message, status, tag, contact, lines, body string) []byte {
	if m.ToTag == "" && tag != "" {
		head := []byte{}
		for line := range bytes.SplitAfterSeq(m.Head, []byte("\r\n")) {
			name, _, _ := bytes.Cut(line, []byte(":"))
			if n := strings.ToLower(string(bytes.TrimSpace(name))); n == "to" || n == "t" {
				line = []byte(strings.TrimRight(string(line), "\r\n") + ";tag=" + tag + "\r\n")
			}
			head = append(head, line...)
		}
		m.Head = head
	}
	kind := ""
	if body != "" {
		kind = "application/sdp"
	}
	out := Reply(m, status, contact, kind, body)
	if lines != "" {
		out = bytes.Replace(out, []byte("Contact: "), []byte(lines+"Contact: "), 1)
	}
	return out
}

// Header is the first value of a header of m, by its long name; "" without one.
func (m Message) Header(name string) string {
	for line := range strings.SplitSeq(string(m.Head), "\r\n") {
		if n, v, ok := strings.Cut(line, ":"); ok && strings.EqualFold(strings.TrimSpace(n), name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// Notify writes a report about a REFER (RFC 3515 §2.4.4): status is the status line that it tells, without the
// version, state the Subscription-State.
func (d *Dialog) Notify(seq, tx int, status, state string) []byte {
	b := d.Request("NOTIFY", seq, tx, "message/sipfrag;version=2.0", "SIP/2.0 "+status+"\r\n")
	return bytes.Replace(b, []byte("\r\nContent-Type:"), []byte("\r\nEvent: refer\r\nSubscription-State: "+state+"\r\nContent-Type:"), 1)
}
