package digest

import (
	"errors"
	"fmt"
	"strings"
)

const (
	maxHeader = 4096 // bytes of one header; a real one has 300
	maxParams = 32
)

var errHeader = errors.New("digest: malformed header")

// parse reads "Digest name=value, …" (RFC 3261 §25.1, digest-cln). Names come out in small letters; a
// name that stands twice is an error, for which of the two would another reader believe?
func parse(value string) (map[string]string, error) {
	if len(value) > maxHeader {
		return nil, fmt.Errorf("%w: longer than %d bytes", errHeader, maxHeader)
	}
	rest := strings.TrimLeft(value, " \t")
	if len(rest) < 7 || !strings.EqualFold(rest[:6], "digest") || rest[6] != ' ' && rest[6] != '\t' {
		return nil, fmt.Errorf("%w: the scheme is not Digest", errHeader)
	}
	rest = rest[7:]
	out := map[string]string{}
	for {
		rest = strings.TrimLeft(rest, " \t")
		n := tokenLen(rest)
		name := strings.ToLower(rest[:n])
		rest = strings.TrimLeft(rest[n:], " \t")
		if n == 0 || rest == "" || rest[0] != '=' {
			return nil, fmt.Errorf("%w: a parameter has no name or no value", errHeader)
		}
		rest = strings.TrimLeft(rest[1:], " \t")
		var v string
		var err error
		if v, rest, err = cutValue(rest); err != nil {
			return nil, err
		}
		if _, twice := out[name]; twice {
			return nil, fmt.Errorf("%w: %.20q stands twice", errHeader, name)
		}
		if out[name] = v; len(out) > maxParams {
			return nil, fmt.Errorf("%w: more than %d parameters", errHeader, maxParams)
		}
		rest = strings.TrimLeft(rest, " \t")
		if rest == "" {
			return out, nil
		}
		if rest[0] != ',' {
			return nil, fmt.Errorf("%w: no comma behind %.20q", errHeader, name)
		}
		rest = rest[1:]
	}
}

// cutValue takes a token or a quoted string off the front.
func cutValue(s string) (value, rest string, err error) {
	if s == "" || s[0] != '"' {
		n := tokenLen(s)
		if n == 0 {
			return "", "", fmt.Errorf("%w: an empty value", errHeader)
		}
		return s[:n], s[n:], nil
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return b.String(), s[i+1:], nil
		case c < ' ' && c != '\t' || c == 0x7f:
			return "", "", fmt.Errorf("%w: a control character", errHeader)
		case c == '\\' && i+1 < len(s) && s[i+1] >= ' ' && s[i+1] < 0x7f:
			i++
			b.WriteByte(s[i])
		case c == '\\':
			return "", "", fmt.Errorf("%w: a backslash before nothing that it could escape", errHeader)
		default:
			b.WriteByte(c)
		}
	}
	return "", "", fmt.Errorf("%w: a quote is not closed", errHeader)
}

// tokenLen is how many bytes of s are one token, with what some senders leave unquoted though it is
// none: a slash.
func tokenLen(s string) int {
	n := strings.IndexFunc(s, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("-.!%*_+`'~/", r))
	})
	if n < 0 {
		return len(s)
	}
	return n
}

// writer builds a header's value.
type writer struct{ b strings.Builder }

func (w *writer) plain(name, value string) {
	if w.b.Len() == 0 {
		w.b.WriteString("Digest ")
	} else {
		w.b.WriteString(", ")
	}
	w.b.WriteString(name + "=" + value)
}

// quoted writes a value in quotes. Control characters, which no reader of ours lets through, are left
// out: nothing can end the header.
func (w *writer) quoted(name, value string) {
	var b strings.Builder
	for i := range len(value) {
		switch c := value[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c == 0x7f:
		default:
			b.WriteByte(c)
		}
	}
	w.plain(name, `"`+b.String()+`"`)
}

func (w *writer) String() string { return w.b.String() }
