package sip

import (
	"cmp"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"decroche/gateway/sip/number"
	"decroche/internal/secret"
)

// TrunkConfig is one entry of "trunks:": a carrier or a telephone system that calls may leave by. In YAML:
//
//	trunks:
//	  - name: carrier
//	    addr: sip.carrier.example
//	    transport: tls
//	    username: "0033123456789"
//	    password: env:CARRIER_PASSWORD
//	    register: true
//	    prefixes: ["+33"]
//	    priority: 1
//	    max_calls: 30
type TrunkConfig struct {
	Name string `yaml:"name"` // short and unique, for records and metrics; sip:NUMBER@NAME dials through it
	Addr string `yaml:"addr"` // host or host:port; a name is looked up by SRV, then A and AAAA
	// Transport is udp, tcp or tls; "" means udp.
	Transport string `yaml:"transport"`
	// Domain stands in Request-URI, From and To; "" means the host of Addr.
	Domain string `yaml:"domain"`
	// Username and Password answer who asks who we are; the password is a reference, env:NAME or file:/path.
	Username string `yaml:"username"`
	Password string `yaml:"password"`
	// Register keeps us registered, so that calls come in; Expires is for how long each time, 0 means 10m.
	Register bool          `yaml:"register"`
	Expires  time.Duration `yaml:"expires"`
	// Caller is the number that calls show when who dials names none; "" means Username.
	Caller string `yaml:"caller"`
	// Prefixes are how numbers begin that may be dialled through it: "+33", "0800", "+" for any with a
	// country. None: none, it only takes calls.
	Prefixes []string `yaml:"prefixes"`
	// Rewrite changes the beginning of numbers for this trunk; the first rule that fits counts.
	Rewrite []Rewrite `yaml:"rewrite"`
	// Priority: trunks with the lowest are tried first. Weight shares calls among those of one priority
	// (RFC 2782); 0 means 1.
	Priority int `yaml:"priority"`
	Weight   int `yaml:"weight"`
	// MaxCalls at once; the next one takes another trunk. 0 means no bound.
	MaxCalls int `yaml:"max_calls"`
	// Ping asks with OPTIONS at this pace whether it is there; 0 means 30s, below 0 never.
	Ping time.Duration `yaml:"ping"`
	// NoRefer says that it does not transfer calls itself: they are bridged here.
	NoRefer bool `yaml:"no_refer"`
	// Media is rtp, srtp (keys in SDP, which needs tls), or "" for rtp.
	Media string `yaml:"media"`
	// Headers are added to calls through this trunk, over those of sip.headers.
	Headers map[string]string `yaml:"headers"`
	// CA is a file of certificates that vouch for the trunk's, in the place of the system's. ServerName
	// is the name its certificate must have; "" means that of Addr.
	CA         string `yaml:"ca"`
	ServerName string `yaml:"server_name"`
}

// Rewrite changes how a number begins: {from: "+33", to: "0"}.
type Rewrite struct {
	From string `yaml:"from"`
	To   string `yaml:"to"`
}

// Dials tells whether the trunk's prefixes fit a number; country is as in outbound.
func (t TrunkConfig) Dials(text, country string) bool {
	canon, ok := number.Canon(text, country)
	if ok {
		_, ok = number.Longest(canon, prefixesOf(t.Prefixes, country))
	}
	return ok
}

const (
	defaultExpires = 10 * time.Minute
	defaultPing    = 30 * time.Second
)

var (
	trunkShape = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)
	tokenShape = regexp.MustCompile(`^[A-Za-z0-9.!%*_+'~-]{1,64}$`)
)

// ValidateTrunks returns every problem of a list of trunks, each "[1].addr: what is wrong; what to do".
func ValidateTrunks(list []TrunkConfig) []string {
	var bad []string
	names := map[string]int{}
	for i, t := range list {
		say := func(key, format string, args ...any) {
			bad = append(bad, fmt.Sprintf("[%d].%s: ", i, key)+fmt.Sprintf(format, args...))
		}
		if !trunkShape.MatchString(t.Name) {
			say("name", "%q is not a name; use small letters, digits, dots, dashes and underscores, 63 at most", t.Name)
		} else if first, twice := names[t.Name]; twice {
			say("name", "%q is already trunk [%d]; give each trunk a name of its own", t.Name, first)
		} else {
			names[t.Name] = i
		}
		t.validateWay(say)
		t.validateUse(say)
		for _, p := range validateHeaders(t.Headers) {
			say("headers", "%s", p)
		}
	}
	return bad
}

// validateWay looks at how a trunk is reached, and as whom.
func (t TrunkConfig) validateWay(say func(key, format string, args ...any)) {
	if _, _, err := splitAddr(t.Addr); err != nil {
		say("addr", "%v", err)
	}
	if !slices.Contains([]string{"", "udp", "tcp", "tls"}, t.Transport) {
		say("transport", "%q is not known; use udp, tcp or tls", t.Transport)
	}
	if t.Domain != "" && !validHost(t.Domain) {
		say("domain", "%q is not a host; write a name or an address, without sip: and port", t.Domain)
	}
	if t.Username != "" && !tokenShape.MatchString(t.Username) {
		say("username", "%.40q cannot be one; write up to 64 letters, digits and the marks . _ - + ! %% * ' ~", t.Username)
	}
	if t.Password != "" {
		if _, err := secret.Parse(t.Password); err != nil {
			say("password", "%v", err)
		}
	}
	if (t.Username == "") != (t.Password == "") && t.Password != "" {
		say("password", "there is no username that it belongs to; add username")
	}
	if t.Register && t.Username == "" {
		say("register", "nobody can register without a name; add username, and password where it is asked for")
	}
	if t.Expires != 0 && (t.Expires < time.Minute || t.Expires > 24*time.Hour) {
		say("expires", "%v is not between 1m and 24h; 10m is usual", t.Expires)
	}
	if t.Ping > 0 && (t.Ping < time.Second || t.Ping > time.Hour) {
		say("ping", "%v is not between 1s and 1h; 30s is usual, below 0 never asks", t.Ping)
	}
	if t.CA != "" && t.Transport != "tls" {
		say("ca", "only a trunk over tls has a certificate; set transport to tls, or remove it")
	}
	if t.ServerName != "" && !validHost(t.ServerName) {
		say("server_name", "%q is not a host", t.ServerName)
	}
}

// validateUse looks at what a trunk is used for.
func (t TrunkConfig) validateUse(say func(key, format string, args ...any)) {
	if err := checkFromUser(t.Caller); err != nil {
		say("caller", "%v", err)
	}
	for j, p := range t.Prefixes {
		if _, ok := number.Prefix(p, "1"); !ok {
			say(fmt.Sprintf("prefixes[%d]", j), "%q is no beginning of a number; write it like +33 or 0800, or + for any with a country", p)
		}
	}
	for j, r := range t.Rewrite {
		if strings.Trim(r.From, "+0123456789") != "" || strings.Trim(r.To, "+0123456789*#") != "" {
			say(fmt.Sprintf("rewrite[%d]", j), "%q to %q: beginnings of numbers are digits and +", r.From, r.To)
		}
	}
	if t.Priority < 0 || t.Priority > 65535 || t.Weight < 0 || t.Weight > 65535 {
		say("priority", "%d, with weight %d: both go from 0 to 65535", t.Priority, t.Weight)
	}
	if t.MaxCalls < 0 || t.MaxCalls > 100000 {
		say("max_calls", "%d is not between 0 and 100000; 0 means no bound", t.MaxCalls)
	}
	switch t.Media {
	case "", "rtp":
	case "srtp":
		if t.Transport != "tls" {
			say("media", "srtp sends its keys in SDP, which everybody on the way can read over %s; set transport to tls", cmp.Or(t.Transport, "udp"))
		}
	default:
		say("media", "%q is not known; use rtp or srtp", t.Media)
	}
}

// splitAddr reads host, host:port or [v6]:port; port is 0 when none was written.
func splitAddr(addr string) (host string, port int, err error) {
	const write = "write a host, or host:port, such as sip.carrier.example or 192.0.2.7:5061"
	host = addr
	if h, p, err := net.SplitHostPort(addr); err == nil {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil || n == 0 {
			return "", 0, fmt.Errorf("%.20q is not a port; ports go from 1 to 65535", p)
		}
		host, port = h, int(n)
	}
	if !validHost(host) {
		return "", 0, fmt.Errorf("%.80q is not an address; %s", addr, write)
	}
	return strings.Trim(host, "[]"), port, nil
}
