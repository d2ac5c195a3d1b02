package agents

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

// Agent is one human who can be rung. In YAML:
//
//	agents:
//	  - name: karim
//	    title: Karim
//	    addr: sip:201@192.0.2.7
//	    skills: [litige, finance: 3]
//	    languages: [fr, en]
type Agent struct {
	Name      string   `yaml:"name"`      // short and unique, for records and metrics
	Title     string   `yaml:"title"`     // how the caller hears them; Name when empty
	Addr      string   `yaml:"addr"`      // what is dialled while they are not signed in at a desk: "sip:201@192.0.2.7:5060;transport=tcp"; "" rings nothing then
	Skills    []Skill  `yaml:"skills"`    // what they can help with, and how well; a request needs all of its skills
	Languages []string `yaml:"languages"` // "fr", "en"; none listed means any
	Phone     Phone    `yaml:"phone"`     // their own phone, which registers here; Addr is then "registered"
	// Group says that Addr is a queue or a ring group of another telephone system: it takes callers
	// side by side, comes after people, and nobody there is briefed or asked whether they take the caller.
	Group bool `yaml:"group"`
	// Via is how the caller gets there: ViaBridge, "" too, ViaRefer or ViaAttended.
	Via string `yaml:"via"`
}

// Ways to an agent. The bridge is what is taken when none is named: the caller can be had back when a line breaks or
// the agent gives them back, supervisors may listen, the record goes on, and the survey is asked afterwards.
const (
	ViaBridge   = "bridge"   // we ring them and stay in between
	ViaRefer    = "refer"    // the caller's own exchange is asked to ring them (REFER), and we are out; where it cannot, ViaBridge
	ViaAttended = "attended" // we ring, brief and ask them; then the caller's exchange takes our place (REFER with Replaces); where it cannot, ViaBridge
)

// Phone is a telephone of an agent's own that registers with the gateway: username and password are those
// set in the phone. In YAML:
//
//	agents:
//	  - {name: karim, addr: registered, phone: {username: karim, password: "env:KARIM_PHONE"}}
type Phone struct {
	Username string `yaml:"username"` // unique
	Password string `yaml:"password"` // a reference, env:NAME or file:/path
}

// Registered is the address of an agent who is rung where their own phone registered.
const Registered = "registered"

// Config is everybody who can be rung, in the order in which they are rung when all have been
// idle for equally long.
type Config []Agent

// DefaultConfig has nobody: every hand-off ends with ErrNobody and the caller is offered a callback.
func DefaultConfig() Config { return Config{} }

var (
	nameShape = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)
	langShape = regexp.MustCompile(`^[a-z]{2,3}$`)
	hostShape = regexp.MustCompile(`^(?i)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\.?$`)
	userShape = regexp.MustCompile(`^[A-Za-z0-9\-_.!~*'()%&=+$,;?/]+$`)
)

// Validate returns every complaint as "[1].addr: what is wrong; what to do".
func (c Config) Validate() []string {
	var out []string
	names, addrs, phones := map[string]int{}, map[string]int{}, map[string]int{}
	for i, a := range c {
		say := func(key, format string, args ...any) {
			out = append(out, fmt.Sprintf("[%d].%s: ", i, key)+fmt.Sprintf(format, args...))
		}
		if !nameShape.MatchString(a.Name) {
			say("name", "%q is not a name; use small letters, digits, dots, dashes and underscores, 63 at most", a.Name)
		} else if first, twice := names[a.Name]; twice {
			say("name", "%q is already agent [%d]; give each agent a name of their own", a.Name, first)
		} else {
			names[a.Name] = i
		}
		if strings.ContainsAny(a.Title, "\r\n\x00") || len(a.Title) > 100 {
			say("title", "%.40q cannot be said; write a name on one line, 100 bytes at most", a.Title)
		}
		switch {
		case a.Via != "" && a.Via != ViaBridge && a.Via != ViaRefer && a.Via != ViaAttended:
			say("via", "%.20q is no way; write bridge, refer or attended", a.Via)
		case a.Via == ViaAttended && a.Group:
			say("via", "is attended, and nobody of a group is asked whether they take the caller; write refer, or leave it out")
		case a.Addr == "" && (a.Via == ViaRefer || a.Via == ViaAttended || a.Group):
			say("addr", "is missing: without one there is nothing to refer to, or no group; write sip:USER@HOST")
		}
		if a.Addr == "" {
			// they take calls at their desk alone
		} else if a.Addr == Registered {
			if a.Phone.Username == "" {
				say("addr", "is registered, and they have no phone that could; add phone: {username: …, password: env:NAME}")
			}
		} else if err := CheckAddr(a.Addr); err != nil {
			say("addr", "%v", err)
		} else if first, twice := addrs[strings.ToLower(a.Addr)]; twice {
			say("addr", "%q already rings agent [%d]; two agents on one phone would be rung at once, merge them or give each a number", a.Addr, first)
		} else {
			addrs[strings.ToLower(a.Addr)] = i
		}
		if a.Phone != (Phone{}) {
			a.Phone.validate(say)
			if first, twice := phones[a.Phone.Username]; twice {
				say("phone.username", "%q is already that of agent [%d]; give each phone a name of its own", a.Phone.Username, first)
			} else {
				phones[a.Phone.Username] = i
			}
		}
		checkSkills(say, a.Skills)
		for j, l := range a.Languages {
			if !langShape.MatchString(l) {
				say(fmt.Sprintf("languages[%d]", j), "%q is not a language; write its two-letter code, such as fr or en", l)
			}
		}
	}
	return out
}

func (p Phone) validate(say func(key, format string, args ...any)) {
	if !nameShape.MatchString(p.Username) {
		say("phone.username", "%q is not a name; use small letters, digits, dots, dashes and underscores, 63 at most", p.Username)
	}
	if kind, where, _ := strings.Cut(p.Password, ":"); where == "" || kind != "env" && kind != "file" {
		say("phone.password", "is not written here; refer to it as env:NAME or file:/path")
	}
}

// CheckAddr tells whether an address can be dialled; the error says in one plain sentence what
// to write instead. RFC 3261 §19.1, without headers and passwords, which an agent's address
// never needs and which would let a configuration put words into our INVITE.
func CheckAddr(addr string) error {
	const write = "write it as sip:USER@HOST, such as sip:201@192.0.2.7 or sip:karim@pbx.example:5060"
	if addr == "" {
		return fmt.Errorf("is empty; %s", write)
	}
	if strings.ContainsFunc(addr, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '<' || r == '>' || r == '"' }) {
		return fmt.Errorf("%.80q contains a space, a bracket, a quote, a control character or a letter that is not ASCII; %s", addr, write)
	}
	scheme, rest, ok := strings.Cut(addr, ":")
	switch scheme = strings.ToLower(scheme); {
	case !ok:
		return fmt.Errorf("%.80q has no scheme; %s", addr, write)
	case scheme == "tel":
		if digits := strings.TrimPrefix(rest, "+"); len(digits) < 3 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
			return fmt.Errorf("%.80q is no number; write it as tel:+33612345678", addr)
		}
		return nil // which trunk dials it is the trunks' affair
	case scheme != "sip" && scheme != "sips":
		return fmt.Errorf("%.80q is of a kind that cannot be dialled (%q); %s", addr, scheme, write)
	}
	if len(addr) > 255 {
		return fmt.Errorf("%.40q… is longer than 255 bytes; %s", addr, write)
	}
	at := strings.LastIndexByte(rest, '@')
	if at <= 0 {
		return fmt.Errorf("%.80q does not say whom to ring at that host; %s", addr, write)
	}
	user, host := rest[:at], rest[at+1:]
	if strings.Contains(user, ":") {
		return fmt.Errorf("the address of %.40q carries a password; remove it, %s", user[:strings.IndexByte(user, ':')], write)
	}
	if !userShape.MatchString(user) {
		return fmt.Errorf("%.80q cannot stand before the @; %s", user, write)
	}
	host, params, _ := strings.Cut(host, ";")
	if strings.Contains(host, "?") || strings.Contains(params, "?") {
		return fmt.Errorf("%.80q carries headers after a question mark; remove them, %s", addr, write)
	}
	return checkHost(host, write)
}

func checkHost(hostport, write string) error {
	host, port := hostport, ""
	if strings.HasPrefix(host, "[") {
		end := strings.IndexByte(host, ']')
		if end < 0 {
			return fmt.Errorf("%.80q has no closing bracket; %s", hostport, write)
		}
		host, port = hostport[1:end], hostport[end+1:]
		if ip, err := netip.ParseAddr(host); err != nil || !ip.Is6() || ip.Zone() != "" {
			return fmt.Errorf("%.80q is not an IPv6 address; %s", host, write)
		}
		if port != "" && port[0] != ':' {
			return fmt.Errorf("%.80q goes on after the bracket; %s", hostport, write)
		}
		port = strings.TrimPrefix(port, ":")
		if hostport[end+1:] == ":" {
			port = "0"
		}
	} else {
		var colon bool
		host, port, colon = strings.Cut(hostport, ":")
		if colon && port == "" {
			port = "0"
		}
		if strings.Contains(port, ":") {
			return fmt.Errorf("%.80q looks like an IPv6 address; put it in brackets, such as sip:201@[2001:db8::7]", hostport)
		}
		if !hostShape.MatchString(host) || len(host) > 253 {
			return fmt.Errorf("%.80q is not a host; %s", host, write)
		}
		if last := host[strings.LastIndexByte(strings.TrimSuffix(host, "."), '.')+1:]; strings.Trim(last, "0123456789.") == "" {
			if _, err := netip.ParseAddr(host); err != nil {
				return fmt.Errorf("%.80q is not an IPv4 address; %s", host, write)
			}
		}
	}
	if port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return fmt.Errorf("%.20q is not a port; ports go from 1 to 65535", strings.TrimPrefix(hostport[strings.LastIndexByte(hostport, ':'):], ":"))
		}
	}
	return nil
}

// word is a skill as it is compared: without surrounding space, in small letters.
func word(s string) string {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || c >= 'A' && c <= 'Z' {
			return strings.ToLower(strings.TrimSpace(s))
		}
	}
	return s
}
