package sip

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	"decroche/gateway/sip/number"
)

// OutboundConfig is the "outbound:" part of the configuration file: whom the gateway may call, and how
// much. Everything that dials, and every target that a REFER names, is asked about it.
type OutboundConfig struct {
	// Country is the code of our country, "33": numbers that begin with a single 0 are its own.
	Country string `yaml:"country"`
	// Prefixes are how the numbers begin that may be called at all: ["+33", "3949"]. Empty: what a
	// trunk may dial.
	Prefixes []string `yaml:"prefixes"`
	// Denied are how those begin that may not, whatever else is written: premium and satellite numbers.
	Denied []string `yaml:"denied"`
	// Hosts may be called by SIP address, beside those of agents, of trunks and of callback_via.
	Hosts []string `yaml:"hosts"`
	// PerHour and PerDay are how many calls to numbers may begin in any hour and in any day; AtOnce how
	// many may be up. Extensions, names, and phones that registered here do not count.
	PerHour int `yaml:"per_hour"`
	PerDay  int `yaml:"per_day"`
	AtOnce  int `yaml:"at_once"`
	// Caps bound numbers that begin with a prefix further; the longest one that fits counts.
	Caps []OutboundCap `yaml:"caps"`
}

// OutboundCap is how many calls may begin to numbers with a prefix. 0 in either: none.
type OutboundCap struct {
	Prefix  string `yaml:"prefix"`
	PerHour int    `yaml:"per_hour"`
	PerDay  int    `yaml:"per_day"`
}

// DefaultOutboundConfig lets call what else is configured, and this machine.
func DefaultOutboundConfig() OutboundConfig {
	return OutboundConfig{
		Country:  "33",
		Prefixes: []string{},
		// French premium numbers and directories, satellites, networks without a country, and what
		// charges the caller whatever the country.
		Denied: []string{"+3389", "118", "+870", "+878", "+881", "+882", "+883", "+979"},
		Hosts:  []string{"127.0.0.1", "::1", "localhost"},

		PerHour: 300, PerDay: 2000, AtOnce: 100,
		Caps: []OutboundCap{},
	}
}

var (
	countryShape = regexp.MustCompile(`^([1-9][0-9]{0,2})?$`)
	hostShape    = regexp.MustCompile(`^(?i)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\.?$`)
)

// Validate returns every problem of c, each "key: what is wrong; what to do".
func (c OutboundConfig) Validate() []string {
	var bad []string
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	if !countryShape.MatchString(c.Country) {
		say("country: %q is not a country code; write its digits alone, such as 33", c.Country)
	}
	for key, list := range map[string][]string{"prefixes": c.Prefixes, "denied": c.Denied} {
		for i, p := range list {
			if _, ok := number.Prefix(p, c.Country); !ok {
				say("%s[%d]: %q is no beginning of a number; write it like +33, 08 or 118", key, i, p)
			}
		}
	}
	for i, h := range c.Hosts {
		if !validHost(h) {
			say("hosts[%d]: %q is not a host; write a name or an address, without sip: and port", i, h)
		}
	}
	for _, n := range []struct {
		key string
		v   int
	}{{"per_hour", c.PerHour}, {"per_day", c.PerDay}, {"at_once", c.AtOnce}} {
		if n.v < 0 || n.v > 1e6 {
			say("%s: %d is not between 0 and 1000000; 0 lets nobody be called by number", n.key, n.v)
		}
	}
	for i, k := range c.Caps {
		if _, ok := number.Prefix(k.Prefix, c.Country); !ok {
			say("caps[%d].prefix: %q is no beginning of a number; write it like +44", i, k.Prefix)
		}
		if k.PerHour < 0 || k.PerDay < 0 || k.PerHour > 1e6 || k.PerDay > 1e6 {
			say("caps[%d]: per_hour %d and per_day %d must be between 0 and 1000000", i, k.PerHour, k.PerDay)
		}
	}
	return bad
}

func validHost(h string) bool {
	if _, err := netip.ParseAddr(strings.Trim(h, "[]")); err == nil {
		return true
	}
	return len(h) <= 253 && hostShape.MatchString(h)
}

// hostKey is a host as hosts are compared.
func hostKey(h string) string {
	h = strings.ToLower(strings.TrimSuffix(strings.Trim(h, "[]"), "."))
	if ip, err := netip.ParseAddr(h); err == nil {
		return ip.Unmap().String()
	}
	return h
}
