package store

import (
	"strings"
	"time"

	"decroche/gateway/event"
)

// RepeatWithin is how long after a conversation its customer must not come back about the same topic for
// it to count as resolved: the week that call centres measure first-contact resolution by.
const RepeatWithin = 7 * 24 * time.Hour

// hidden are the users of SIP addresses by which networks and telephones hide a number (RFC 3323 §4.1 has
// the first; the others are seen).
var hidden = []string{"anonymous", "restricted", "unavailable", "unknown", "private", "withheld", "masque", "asterisk", "266696687"}

// Customer is who called, as repeated contacts compare them: a number as Caller writes it, or an address of
// SIP; "" for whoever cannot be told from others: hidden numbers, browsers, terminals, and numbers of one
// digit over and over, which networks send in place of none.
func Customer(from string) string {
	scheme, _, _ := strings.Cut(strings.ToLower(from), ":")
	c := Caller(from)
	user, _, at := strings.Cut(c, "@")
	for _, h := range hidden {
		if user == h {
			return ""
		}
	}
	if digits := strings.TrimPrefix(c, "+"); strings.Trim(digits, "0123456789") == "" {
		if len(digits) < callerTail || strings.Trim(digits, digits[:1]) == "" {
			return ""
		}
		return c
	}
	if at && (scheme == "sip" || scheme == "sips") && !strings.HasSuffix(c, ".invalid") {
		return c
	}
	return ""
}

// account is the value that tells who the customer is, as comparisons write it, with the slot's name
// before it; "" when none was told, or it must not be kept.
func account(slots []event.Slot) string {
	for _, s := range slots {
		v := strings.Join(strings.Fields(strings.ToLower(s.Value)), "")
		if s.Customer && v != "" && !strings.ContainsRune(v, '•') {
			return s.Name + "=" + v
		}
	}
	return ""
}

// Account is the customer's account as the conversation tells it, with the slot's name before it:
// "contrat=45127801"; "" without one.
func (s *Summary) Account() string { return account(s.Slots) }

// Repeats reports whether later is a contact of the same customer as s about the same topic, within
// RepeatWithin of its end: then s was not resolved. Pure; where both tell an account, it alone decides.
func (s *Summary) Repeats(later *Summary) bool {
	if s.ID == later.ID || later.Placed || s.Topic == "" || s.Topic != later.Topic || s.Bot != later.Bot {
		return false
	}
	if later.Start.Before(s.Start) || later.Start.Equal(s.Start) && later.ID < s.ID {
		return false
	}
	if !s.End.IsZero() && later.Start.Sub(s.End) > RepeatWithin || s.End.IsZero() && later.Start.Sub(s.Start) > RepeatWithin {
		return false
	}
	if a, b := s.Account(), later.Account(); a != "" && b != "" {
		return a == b
	}
	return SameCaller(Customer(s.From), Customer(later.From))
}
