package wyoming

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"decroche/internal/wyoming"
)

// Config is the "wyoming:" part of the configuration file.
type Config struct {
	// Satellites are the open speakers that we connect to. Empty: none, and nothing is done.
	Satellites []Satellite `yaml:"satellites"`
	// AllowPublic lets satellites be outside of this machine and of private networks. The protocol
	// has neither encryption nor passwords: whoever is on the way hears every word.
	AllowPublic bool `yaml:"allow_public"`
	// ContinueWithin is how long after a call that was broken off (nobody spoke, the box was
	// unplugged) the next wake goes on with it; 0s always begins anew.
	ContinueWithin time.Duration `yaml:"continue_within"`
	// HangUpAfter is how long nobody may speak at a satellite, prompts not counted, before the call
	// ends; 0s leaves that to the flow, which then looks for a person.
	HangUpAfter time.Duration `yaml:"hang_up_after"`
}

// Satellite is one open speaker.
//
//	{name: salon, addr: "tcp://192.168.1.20:10700", bot: colibri, lang: fr, phone: "+33612345678"}
type Satellite struct {
	// Name tells it from others: small letters, digits, hyphens. It stands in the record and in logs.
	Name string `yaml:"name"`
	// Addr is tcp://host:port, or unix:///path. A name is looked up for each connection, and has to
	// lead to a private address.
	Addr string `yaml:"addr"`
	// Bot answers, by name; "" is the first.
	Bot string `yaml:"bot"`
	// Lang is the language in which it begins; "" is the bot's own.
	Lang string `yaml:"lang"`
	// Phone is where its owner can be rung back, "+33612345678"; "": they are asked.
	Phone string `yaml:"phone"`
	// BargeIn says that the box removes the echo of its loudspeaker, so that its owner may speak
	// over a prompt. Without it the microphone is closed while we speak.
	BargeIn bool `yaml:"barge_in"`
	// Wake is WakeSatellite (""), which has a wake word or a button of its own, or WakeSpeech: the
	// first sound that it streams begins a call. Take that for boxes that stream on a button alone.
	Wake string `yaml:"wake"`
}

// Ways to wake a satellite.
const (
	WakeSatellite = "satellite"
	WakeSpeech    = "speech"
)

// maxSatellites bounds a configuration: each holds a connection and, in a call, three goroutines.
const maxSatellites = 500

// DefaultConfig connects to nobody.
func DefaultConfig() Config {
	return Config{Satellites: []Satellite{}, ContinueWithin: time.Minute, HangUpAfter: 12 * time.Second}
}

// Validate returns every complaint as "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if c.ContinueWithin < 0 || c.ContinueWithin > time.Hour {
		say("continue_within: %v is not between 0s and 1h; 1m is usual", c.ContinueWithin)
	}
	if c.HangUpAfter != 0 && (c.HangUpAfter < 3*time.Second || c.HangUpAfter > 10*time.Minute) {
		say("hang_up_after: %v is neither 0s nor between 3s and 10m; 12s is usual", c.HangUpAfter)
	}
	if len(c.Satellites) > maxSatellites {
		say("satellites: %d are more than %d; share them between gateways", len(c.Satellites), maxSatellites)
	}
	names, addrs := map[string]bool{}, map[string]bool{}
	for i, s := range c.Satellites {
		key := fmt.Sprintf("satellites[%d]", i)
		switch {
		case !plainName(s.Name):
			say("%s.name: %q is no name; write 1 to 40 small letters, digits and hyphens", key, s.Name)
		case names[s.Name]:
			say("%s.name: %q is there twice; give each satellite a name of its own", key, s.Name)
		}
		names[s.Name] = true
		if why := badAddress(s.Addr, c.AllowPublic); why != "" {
			say("%s.addr: %s", key, why)
		} else if addrs[s.Addr] {
			say("%s.addr: %q is there twice; a satellite has one server", key, s.Addr)
		}
		addrs[s.Addr] = true
		if s.Phone != "" && !phoneNumber(s.Phone) {
			say("%s.phone: %q is no telephone number; write it like +33612345678", key, s.Phone)
		}
		if s.Wake != "" && s.Wake != WakeSatellite && s.Wake != WakeSpeech {
			say("%s.wake: %q is not known; use %s or %s", key, s.Wake, WakeSatellite, WakeSpeech)
		}
	}
	return out
}

// Warnings returns what works and has a price, as "key: what; what to do".
func (c Config) Warnings() []string {
	var out []string
	for i, s := range c.Satellites {
		network, addr, err := wyoming.Split(s.Addr)
		if err != nil || network != "tcp" {
			continue
		}
		host, _, _ := net.SplitHostPort(addr)
		if ip, err := netip.ParseAddr(host); err == nil && ip.Unmap().IsLoopback() || host == "localhost" {
			continue
		}
		out = append(out, fmt.Sprintf("satellites[%d].addr: what is said to %s crosses the network to %s unencrypted, and whoever has that address is taken for it; keep satellites in a network of their own", i, s.Name, host))
	}
	if c.AllowPublic && len(c.Satellites) > 0 {
		out = append(out, "allow_public: satellites may be anywhere, and the protocol hides nothing; reach them by a tunnel and take this out")
	}
	return out
}

// badAddress says what is wrong with an address, "" when nothing is.
func badAddress(address string, public bool) string {
	network, addr, err := wyoming.Split(address)
	if err != nil {
		return err.Error()
	}
	if network != "tcp" {
		return ""
	}
	host, _, _ := net.SplitHostPort(addr)
	ip, err := netip.ParseAddr(host)
	switch {
	case err != nil: // a name: looked at when it is known where it leads
	case ip.IsUnspecified() || ip.IsMulticast():
		return fmt.Sprintf("%s is nobody's address; write the satellite's own", host)
	case !public && !private(ip):
		return fmt.Sprintf("%s is outside of this machine and of private networks, and the protocol has no encryption; reach the satellite by a tunnel, or set wyoming.allow_public: true", host)
	}
	return ""
}

// private tells whether an address belongs to this machine or to a network of one's own (RFC 1918,
// RFC 4193, RFC 3927, RFC 4291 §2.5.6).
func private(ip netip.Addr) bool {
	ip = ip.Unmap()
	return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast()
}

func plainName(s string) bool {
	return s != "" && len(s) <= 40 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// phoneNumber tells whether s is a number of the public network (E.164).
func phoneNumber(s string) bool {
	digits := strings.TrimPrefix(s, "+")
	return len(digits) >= 8 && len(digits) <= 15 && strings.Trim(digits, "0123456789") == ""
}
