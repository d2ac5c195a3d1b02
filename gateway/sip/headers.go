package sip

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"decroche/gateway/leg"
)

// Headers that configuration adds to our INVITEs hold text and fields in braces, such as
//
//	X-Reference: "{reference}"
//	Call-Info: "<https://crm.example/calls/{reference}?why={reason}>;purpose=info"
//
// The fields are a closed list of words of ours. Nothing that a caller said can be among them, and a
// value leaves escaped as part of a URI, so that none can end its header or open another.
var headerFields = map[string]func(leg.Facts) string{
	"reference": func(f leg.Facts) string { return f.Reference },
	"reason":    func(f leg.Facts) string { return f.Reason },
	"intent":    func(f leg.Facts) string { return f.Intent },
	"language":  func(f leg.Facts) string { return f.Language },
}

// settable are the headers that configuration may add, beside all that begin with X-.
var settable = []string{"call-info", "user-to-user", "p-asserted-identity", "p-preferred-identity"}

const maxHeaderTemplate = 512 // bytes

// validateHeaders returns what is wrong with templates of headers.
func validateHeaders(list map[string]string) []string {
	var bad []string
	for _, name := range slices.Sorted(maps.Keys(list)) {
		text := list[name]
		low := strings.ToLower(name)
		switch err := cleanHeader(name, text); {
		case err != nil:
			bad = append(bad, err.Error())
		case !strings.HasPrefix(low, "x-") && !slices.Contains(settable, low):
			bad = append(bad, fmt.Sprintf("%q cannot be added; use a name that begins with X-, or one of %s", name, strings.Join(settable, ", ")))
		case len(text) > maxHeaderTemplate:
			bad = append(bad, fmt.Sprintf("%s: longer than %d bytes", name, maxHeaderTemplate))
		default:
			if _, err := fillHeader(text, leg.Facts{}); err != nil {
				bad = append(bad, fmt.Sprintf("%s: %v", name, err))
			}
		}
	}
	return bad
}

// fillHeader puts facts into a template. A header whose fields are all unknown comes back empty, and is
// left out; so does one whose template is.
func fillHeader(template string, facts leg.Facts) (string, error) {
	var b strings.Builder
	fields, filled := 0, 0
	for rest := template; rest != ""; {
		before, after, found := strings.Cut(rest, "{")
		if strings.Contains(before, "}") {
			return "", fmt.Errorf("%q has a brace that was not opened", template)
		}
		b.WriteString(before)
		if !found {
			break
		}
		name, tail, closed := strings.Cut(after, "}")
		get := headerFields[name]
		if !closed || get == nil {
			return "", fmt.Errorf("%q names a field that is not known; use {reference}, {reason}, {intent} or {language}", template)
		}
		fields++
		if v := escapeFact(get(facts)); v != "" {
			filled++
			b.WriteString(v)
		}
		rest = tail
	}
	if fields > 0 && filled == 0 {
		return "", nil
	}
	return b.String(), nil
}

// escapeFact makes a value safe within a URI (RFC 3986 §2.3) and so within any header; 128 bytes at most.
func escapeFact(v string) string {
	var b strings.Builder
	for i := range len(v) {
		c := v[i]
		if c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
		if b.Len() >= 128 {
			break
		}
	}
	return b.String()
}

// configured adds to headers what the templates say. They win over what whoever dials says, and later ones
// over earlier ones.
func configured(headers map[string]string, facts leg.Facts, templates ...map[string]string) map[string]string {
	out := map[string]string{}
	names := map[string]string{} // by lower case, the name that was used
	put := func(name, value string) {
		if old, has := names[strings.ToLower(name)]; has {
			delete(out, old)
		}
		names[strings.ToLower(name)] = name
		out[name] = value
	}
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		put(name, headers[name])
	}
	for _, list := range templates {
		for _, name := range slices.Sorted(maps.Keys(list)) {
			if v, err := fillHeader(list[name], facts); err == nil && v != "" {
				put(name, v)
			}
		}
	}
	return out
}
