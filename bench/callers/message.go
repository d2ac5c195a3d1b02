package callers

import (
	"bytes"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// message is what a caller needs of a SIP message. The slices point into the datagram.
type message struct {
	status  int    // of a response; 0 for a request
	method  string // of a request; for a response that of its CSeq
	callID  string
	toTag   string
	contact string // the URI in it
	head    []byte // everything before the body
	body    []byte
}

// parse reads a datagram of the server that is measured. Anything that is not SIP gives ok false.
func parse(b []byte) (m message, ok bool) {
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 {
		return m, false
	}
	m.head, m.body = b[:end+2], b[end+4:]
	first, rest, _ := bytes.Cut(m.head, []byte("\r\n"))
	if s, is := bytes.CutPrefix(first, []byte("SIP/2.0 ")); is {
		if len(s) < 3 {
			return m, false
		}
		n, err := strconv.Atoi(string(s[:3]))
		if err != nil || n < 100 || n > 699 {
			return m, false
		}
		m.status = n
	} else if method, _, is := bytes.Cut(first, []byte(" ")); is && bytes.HasSuffix(first, []byte("SIP/2.0")) {
		m.method = string(method)
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
			m.callID = v
		case "to", "t":
			if _, tag, is := strings.Cut(v, ";tag="); is {
				m.toTag, _, _ = strings.Cut(tag, ";")
			}
		case "contact", "m":
			m.contact = uriOf(v)
		case "cseq":
			if _, method, is := strings.Cut(v, " "); is && m.status > 0 {
				m.method = strings.TrimSpace(method)
			}
		}
	}
	return m, m.callID != "" && m.method != ""
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

// mediaOf reads where an SDP wants audio, and the first payload type of G.711 in it.
func mediaOf(body []byte) (to netip.AddrPort, pt uint8, err error) {
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

// dialog is what every message of a call repeats.
type dialog struct {
	user    string // of the target
	target  string // host:port of the target
	local   string // host:port of our signalling socket
	callID  string
	fromTag string
	toTag   string
	contact string // of the server, after the 200
	branch  string // unique for the call; a number is added for each transaction
}

// request writes a request of ours. seq counts the CSeq, tx the transactions of the dialog.
func (d *dialog) request(method string, seq, tx int, contentType string, body string) []byte {
	uri := d.contact
	if uri == "" {
		uri = "sip:" + d.user + "@" + d.target
	}
	to := "<sip:" + d.user + "@" + d.target + ">"
	if d.toTag != "" {
		to += ";tag=" + d.toTag
	}
	var b bytes.Buffer
	b.Grow(900)
	fmt.Fprintf(&b, "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s%d;rport\r\nMax-Forwards: 70\r\nFrom: <sip:caller@%s>;tag=%s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\nContact: <sip:caller@%s>\r\n",
		method, uri, d.local, d.branch, tx, d.local, d.fromTag, to, d.callID, seq, method, d.local)
	if method == "INVITE" {
		b.WriteString("Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, INFO\r\nUser-Agent: decroche-bench\r\n")
	}
	if contentType != "" {
		fmt.Fprintf(&b, "Content-Type: %s\r\n", contentType)
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return b.Bytes()
}

// reply answers a request of the server: the headers that a response repeats (RFC 3261 §8.2.6),
// then ours. From and To have their tags already: only requests inside a dialog are answered 200.
func reply(m message, status string, contact, contentType, body string) []byte {
	var b bytes.Buffer
	b.WriteString("SIP/2.0 " + status + "\r\n")
	_, rest, _ := bytes.Cut(m.head, []byte("\r\n"))
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

// offer is our SDP: G.711 both ways and telephone events, RTCP to a port that all calls share
// (RFC 3605), because nobody reads it.
func offer(media netip.AddrPort, rtcp int, codec string, version int) string {
	first, second := "8 0", "a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
	if codec == "PCMU" {
		first = "0 8"
	}
	return fmt.Sprintf("v=0\r\no=caller %d %d IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio %d RTP/AVP %s 101\r\n%sa=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=rtcp:%d\r\na=sendrecv\r\n",
		media.Port(), version, media.Addr(), media.Addr(), media.Port(), first, second, rtcp)
}
