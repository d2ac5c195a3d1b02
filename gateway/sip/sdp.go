package sip

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// A description is a parsed SDP (RFC 8866), reduced to what offer and answer need. The order of
// the media sections is kept, for an answer has to repeat it (RFC 3264 §6).
type description struct {
	conn  string // session-level address, "" when absent
	dir   string // session-level direction, "" when absent
	attrs []attribute
	media []section
}

// section is one m= line with what belongs to it.
type section struct {
	kind    string // audio, video, …
	port    int
	proto   string // RTP/AVP, …
	formats []string
	conn    string // "" when only the session has one
	attrs   []attribute
}

// attribute is one a= line: key, or key:value.
type attribute struct{ key, value string }

const (
	maxSDP      = 16 << 10 // bytes; a real one has less than 4 KiB even with video and ICE
	maxSections = 32
	maxLines    = 1024
)

var errSDP = errors.New("malformed session description")

// parseSDP reads an SDP leniently: line ends may be LF, unknown lines are skipped, missing o=, s=
// and t= are forgiven. What we act upon (c=, m=, ports) has to be right.
func parseSDP(body []byte) (*description, error) {
	if len(body) > maxSDP {
		return nil, fmt.Errorf("%w: longer than %d bytes", errSDP, maxSDP)
	}
	lines := strings.Split(string(body), "\n")
	if len(lines) > maxLines {
		return nil, fmt.Errorf("%w: more than %d lines", errSDP, maxLines)
	}
	d := &description{}
	var sec *section
	for i, line := range lines {
		line = strings.TrimRight(line, "\r \t")
		if line == "" {
			continue
		}
		if len(line) < 2 || line[1] != '=' {
			return nil, fmt.Errorf("%w: line %d is not of the form x=", errSDP, i+1)
		}
		if i == 0 && line != "v=0" {
			return nil, fmt.Errorf("%w: it does not begin with v=0", errSDP)
		}
		value := line[2:]
		switch line[0] {
		case 'c':
			addr, err := parseConnection(value)
			if err != nil {
				return nil, err
			}
			if sec != nil {
				sec.conn = addr
			} else {
				d.conn = addr
			}
		case 'm':
			if len(d.media) >= maxSections {
				return nil, fmt.Errorf("%w: more than %d media sections", errSDP, maxSections)
			}
			s, err := parseMedia(value)
			if err != nil {
				return nil, err
			}
			d.media = append(d.media, s)
			sec = &d.media[len(d.media)-1]
		case 'a':
			key, val, _ := strings.Cut(value, ":")
			a := attribute{strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(val)}
			if sec != nil {
				sec.attrs = append(sec.attrs, a)
			} else {
				d.attrs = append(d.attrs, a)
				if isDirection(a.key) {
					d.dir = a.key
				}
			}
		}
	}
	return d, nil
}

// parseConnection reads "IN IP4 192.0.2.1", with an optional /ttl.
func parseConnection(v string) (string, error) {
	f := strings.Fields(v)
	if len(f) != 3 || f[0] != "IN" || (f[1] != "IP4" && f[1] != "IP6") {
		return "", fmt.Errorf("%w: c=%q", errSDP, v)
	}
	addr, _, _ := strings.Cut(f[2], "/")
	return addr, nil
}

// parseMedia reads "audio 4000 RTP/AVP 8 0 101"; the port may be "4000/2".
func parseMedia(v string) (section, error) {
	f := strings.Fields(v)
	if len(f) < 4 {
		return section{}, fmt.Errorf("%w: m=%q", errSDP, v)
	}
	p, _, _ := strings.Cut(f[1], "/")
	port, err := strconv.ParseUint(p, 10, 16)
	if err != nil {
		return section{}, fmt.Errorf("%w: port in m=%q", errSDP, v)
	}
	return section{kind: strings.ToLower(f[0]), port: int(port), proto: f[2], formats: f[3:]}, nil
}

func isDirection(key string) bool {
	switch key {
	case "sendrecv", "sendonly", "recvonly", "inactive":
		return true
	}
	return false
}

// attr returns the value of the first attribute of that name.
func (s *section) attr(key string) (string, bool) {
	for _, a := range s.attrs {
		if a.key == key {
			return a.value, true
		}
	}
	return "", false
}

// direction is the section's, or the session's, or sendrecv (RFC 3264 §5.1).
func (s *section) direction(d *description) string {
	for _, a := range s.attrs {
		if isDirection(a.key) {
			return a.key
		}
	}
	if d.dir != "" {
		return d.dir
	}
	return "sendrecv"
}

// address is where the section wants its packets. Invalid without an error means nowhere: 0.0.0.0
// is hold as RFC 2543 wrote it, and a host name counts as no address, for we resolve nothing that
// a stranger sends. Groups of hosts are an error: a call has one far end.
func (s *section) address(d *description) (netip.Addr, error) {
	a := s.conn
	if a == "" {
		a = d.conn
	}
	ip, err := netip.ParseAddr(a)
	ip = ip.Unmap()
	if err != nil || ip.IsUnspecified() {
		return netip.Addr{}, nil
	}
	if !oneHost(ip) {
		return netip.Addr{}, targetError(ip.String() + " is not one host")
	}
	return ip, nil
}

// oneHost tells an address that packets may be sent to from a group's (RFC 1112 §4, RFC 919 §7).
func oneHost(ip netip.Addr) bool {
	return !ip.IsUnspecified() && !ip.IsMulticast() && ip != netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

// format is one payload type of a section.
type format struct {
	pt       uint8
	name     string // upper case, e.g. "PCMA", "TELEPHONE-EVENT"
	rate     int    // of the RTP clock
	channels int    // 0 when the rtpmap says nothing
	params   string // of a=fmtp
}

// param is the value of one of the format's parameters, "" when it has none: k=v, parted by
// semicolons (RFC 4855 §3).
func (f format) param(key string) string {
	for p := range strings.SplitSeq(f.params, ";") {
		if k, v, _ := strings.Cut(p, "="); strings.EqualFold(strings.TrimSpace(k), key) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// formatList resolves the payload types of s in their order; static ones need no rtpmap (RFC 3551 §6).
func (s *section) formatList() []format {
	list := make([]format, 0, len(s.formats))
	for _, f := range s.formats {
		pt, err := strconv.ParseUint(f, 10, 8)
		if err != nil || pt > 127 {
			continue
		}
		fm := format{pt: uint8(pt)}
		switch pt {
		case 0:
			fm.name, fm.rate = "PCMU", 8000
		case 8:
			fm.name, fm.rate = "PCMA", 8000
		case 9:
			fm.name, fm.rate = "G722", 8000
		case 13:
			fm.name, fm.rate = "CN", 8000
		}
		for _, a := range s.attrs {
			num, enc, ok := strings.Cut(a.value, " ")
			if !ok || num != f {
				continue
			}
			if a.key == "fmtp" {
				fm.params = enc
			}
			if a.key != "rtpmap" {
				continue
			}
			parts := strings.Split(strings.TrimSpace(enc), "/")
			fm.name = strings.ToUpper(parts[0])
			fm.rate, fm.channels = 0, 0
			if len(parts) > 1 {
				fm.rate, _ = strconv.Atoi(parts[1])
			}
			if len(parts) > 2 {
				fm.channels, _ = strconv.Atoi(parts[2])
			}
		}
		if fm.name != "" {
			list = append(list, fm)
		}
	}
	return list
}
