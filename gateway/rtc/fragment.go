package rtc

import (
	"fmt"
	"strings"
)

// fragment is what an application/trickle-ice-sdpfrag says (RFC 8840): more candidates, or the
// credentials of an ICE restart.
type fragment struct {
	ufrag, pwd string
	candidates []string
}

// parseFragment reads one. Its errors are refusals. Lines that do not concern us are skipped.
func parseFragment(body []byte) (*fragment, error) {
	f := &fragment{}
	lines := 0
	for l := range strings.Lines(string(body)) {
		l = strings.TrimRight(l, "\r\n")
		if l == "" {
			continue
		}
		if lines++; len(l) < 2 || l[1] != '=' {
			return nil, malformed("line %d is not one of a session description; send application/trickle-ice-sdpfrag as RFC 8840 has it", lines)
		}
		key, value, _ := strings.Cut(l, ":")
		switch key {
		case "a=ice-ufrag":
			f.ufrag = value
		case "a=ice-pwd":
			f.pwd = value
		case "a=candidate":
			if len(f.candidates) < maxCandidates {
				f.candidates = append(f.candidates, value)
			}
		}
	}
	if f.ufrag == "" || f.pwd == "" {
		return nil, malformed("the fragment has no a=ice-ufrag and a=ice-pwd, so it cannot be told whether it is of this connection")
	}
	return f, nil
}

// write makes the answer to a restart: our new credentials and candidates.
func (a *answer) fragment(o *offer) []byte {
	var b strings.Builder
	if a.lite {
		b.WriteString("a=ice-lite\r\n")
	}
	s := o.sections[o.audio]
	fmt.Fprintf(&b, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\nm=audio 9 %s 0\r\na=mid:%s\r\n", a.ufrag, a.pwd, s.proto, s.mid)
	for _, c := range a.candidates {
		fmt.Fprintf(&b, "a=candidate:%s\r\n", c)
	}
	b.WriteString("a=end-of-candidates\r\n")
	return []byte(b.String())
}
