package agents

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// CRMConfig says where an agent finds the customer: an address with fields in braces, opened when they
// take a caller.
//
//	crm: {url: "https://crm.example.com/contacts/{slot.client}?tel={phone}"}
//
// Fields stand behind the host's name, so that nobody who calls chooses where agents are sent, and a value is
// escaped as part of a URI (RFC 3986 §2.3): it can neither end a parameter nor begin one.
type CRMConfig struct {
	// URL is the address; empty: none. Its fields are {customer}, {phone}, {conversation}, {hotline}, {intent},
	// {language}, {queue}, and {slot.NAME}. What is not known, or hidden, leaves its field empty; when all are,
	// nothing is opened.
	URL string `yaml:"url"`
	// Schemes are allowed beside https and http: those of programs on agents' machines, "crm-app".
	Schemes []string `yaml:"schemes"`
}

// Pop is what is known of a conversation, for CRMConfig.Fill.
type Pop struct {
	Conversation, Phone, Customer, Hotline, Intent, Language, Queue string
	Slots                                                           map[string]string
}

var popFields = map[string]func(Pop) string{
	"customer": func(p Pop) string { return p.Customer }, "phone": func(p Pop) string { return p.Phone }, "conversation": func(p Pop) string { return p.Conversation },
	"hotline": func(p Pop) string { return p.Hotline }, "intent": func(p Pop) string { return p.Intent }, "language": func(p Pop) string { return p.Language }, "queue": func(p Pop) string { return p.Queue },
}

const (
	maxCRM      = 1024 // bytes of the address in the configuration
	maxCRMValue = 128  // bytes of one value, before it is escaped
	fieldsHint  = "{customer}, {phone}, {conversation}, {hotline}, {intent}, {language}, {queue} or {slot.NAME}"
)

// unsafe are schemes that would run what they carry, or read files.
var unsafe = []string{"javascript", "data", "vbscript", "file", "blob", "about", "view-source"}

// Fill is the address for a conversation; "" when there is none, or nothing is known that belongs into it.
func (c CRMConfig) Fill(p Pop) string {
	out, known, err := fillCRM(c.URL, p)
	if err != nil || !known {
		return ""
	}
	return out
}

// fillCRM puts values into a template. known tells whether it has no field, or one has a value.
func fillCRM(template string, p Pop) (out string, known bool, err error) {
	var b strings.Builder
	fields := 0
	for rest := template; rest != ""; {
		before, after, found := strings.Cut(rest, "{")
		if strings.Contains(before, "}") {
			return "", false, fmt.Errorf("has a } without its {")
		}
		b.WriteString(before)
		if !found {
			break
		}
		name, tail, closed := strings.Cut(after, "}")
		value := ""
		slot, isSlot := strings.CutPrefix(name, "slot.")
		get := popFields[name]
		switch {
		case !closed:
			return "", false, fmt.Errorf("has a { without its }")
		case isSlot && isName(slot):
			value = p.Slots[slot]
		case get != nil:
			value = get(p)
		default:
			return "", false, fmt.Errorf("names {%.40s}, which is not known; use %s", name, fieldsHint)
		}
		fields++
		if value = escapeCRM(value); value != "" {
			known = true
			b.WriteString(value)
		}
		rest = tail
	}
	return b.String(), known || fields == 0 && template != "", nil
}

// Slots are the slots that the address has a field for, in its order.
func (c CRMConfig) Slots() (names []string) {
	for rest := c.URL; ; {
		_, after, found := strings.Cut(rest, "{slot.")
		if !found {
			return names
		}
		name, tail, _ := strings.Cut(after, "}")
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		rest = tail
	}
}

// isName tells whether s can be a slot's name.
func isName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// escapeCRM leaves the unreserved characters of RFC 3986 §2.3 alone; "." and ".." would be steps in a path.
func escapeCRM(v string) string {
	if len(v) > maxCRMValue || strings.Trim(v, ".") == "" {
		return ""
	}
	return strings.ReplaceAll(url.QueryEscape(v), "+", "%20")
}

// Validate returns every complaint as "key: what is wrong; what to do".
func (c CRMConfig) Validate() (bad []string) {
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	for i, s := range c.Schemes {
		switch {
		case slices.Contains(unsafe, strings.ToLower(s)):
			say("schemes[%d]: %q could run what a caller says; leave it out", i, s)
		case s == "" || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789+.-") != "" || s[0] < 'a' || s[0] > 'z':
			say("schemes[%d]: %q is no scheme; write it in small letters without the colon, as crm-app", i, s)
		}
	}
	if c.URL == "" {
		return bad
	}
	if len(c.URL) > maxCRM || strings.ContainsFunc(c.URL, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("<>\"\\^`|", r) }) {
		say("url: %.80q has characters that no address has, or more than %d; escape them", c.URL, maxCRM)
		return bad
	}
	if _, _, err := fillCRM(c.URL, Pop{}); err != nil {
		say("url: %q %v", c.URL, err)
		return bad
	}
	fixed, _, _ := strings.Cut(c.URL, "{")
	scheme, rest, ok := strings.Cut(fixed, ":")
	switch {
	case ok && (scheme == "https" || scheme == "http"):
		host, _, ended := strings.Cut(strings.TrimPrefix(rest, "//"), "/")
		if !strings.HasPrefix(rest, "//") || host == "" || !ended || strings.ContainsAny(host, "@?#") {
			say("url: %q has no host with a path behind it before its first field; write it as https://crm.example.com/contacts/{customer}", c.URL)
		}
	case !ok || !slices.Contains(c.Schemes, scheme):
		say("url: %q begins with neither https:// nor http://; list its scheme in schemes if a program on agents' machines opens it", c.URL)
	}
	return bad
}
