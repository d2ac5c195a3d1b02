package rtc

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pion/stun/v3"

	"decroche/internal/secret"
)

// Config is the "rtc:" part of the configuration file.
type Config struct {
	// Listen is the UDP address of all browsers' sound, "127.0.0.1:8443". Empty: no calls from
	// browsers. Every interface, as in 0.0.0.0, is told to browsers with all its addresses.
	Listen string `yaml:"listen"`
	// PublicAddresses are what browsers are told instead, where a router maps them one to one onto
	// Listen, port for port.
	PublicAddresses []string `yaml:"public_addresses"`
	// Lite answers connectivity checks and sends none (RFC 8445 §2.5), for a gateway whose address
	// everybody reaches.
	Lite bool `yaml:"lite"`
	// ICEServers are STUN and TURN servers.
	ICEServers []ICEServer `yaml:"ice_servers"`
	// Codecs in our order of preference: opus, G722, PCMA, PCMU. The first that the browser offers
	// is used. Opus costs a core for about 200 calls, G.711 nothing.
	Codecs []string `yaml:"codecs"`
	// Origins are sites whose pages may call, "https://www.example.com", beside our own.
	Origins []string `yaml:"origins"`
	// MaxSessions is how many browsers may be connected at once; the next gets 503.
	MaxSessions int `yaml:"max_sessions"`
	// OffersPerSource is how many offers per second one address may make for ever, and OffersBurst
	// how many at once; then 429. Who comes back to a call, and who is signed in, is counted by
	// themselves: an office has one address.
	OffersPerSource float64 `yaml:"offers_per_source"`
	OffersBurst     int     `yaml:"offers_burst"`
	// ConnectTimeout is how long a browser that has our answer may take to connect.
	ConnectTimeout time.Duration `yaml:"connect_timeout"`
	// ReconnectFor is how long a call whose browser was lost waits for it.
	ReconnectFor time.Duration `yaml:"reconnect_for"`
}

// ICEServer is a STUN or TURN server.
type ICEServer struct {
	// URL is like stun:stun.example.com:3478 or turn:turn.example.com:3478?transport=udp.
	URL string `yaml:"url"`
	// Username and Credential are TURN's; Credential refers to a secret, env:NAME or file:/path.
	Username   string `yaml:"username"`
	Credential string `yaml:"credential"`
	// Share tells callers of it too (RFC 9725 §4.6), credential and all.
	Share bool `yaml:"share"`
}

// Codecs that a browser and we have in common.
const (
	opusName = "opus"
	g722Name = "G722"
	pcmaName = "PCMA"
	pcmuName = "PCMU"
)

// DefaultConfig serves browsers on this machine.
func DefaultConfig() Config {
	return Config{
		Listen: "127.0.0.1:8443", PublicAddresses: []string{}, ICEServers: []ICEServer{},
		Codecs: []string{opusName, g722Name, pcmaName, pcmuName}, Origins: []string{},
		MaxSessions: 1000, OffersPerSource: 2, OffersBurst: 5,
		ConnectTimeout: 15 * time.Second, ReconnectFor: 10 * time.Second,
	}
}

// Validate returns every complaint as "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if c.Listen != "" {
		if _, err := netip.ParseAddrPort(c.Listen); err != nil {
			say("listen: %q is not an address with a port; write it as 127.0.0.1:8443, or 0.0.0.0:8443 for every interface", c.Listen)
		}
	}
	for i, a := range c.PublicAddresses {
		if _, err := netip.ParseAddr(a); err != nil {
			say("public_addresses[%d]: %q is not an IP address; write the one that browsers reach us at", i, a)
		}
	}
	for i, s := range c.ICEServers {
		for _, p := range s.validate(c.Lite) {
			say("ice_servers[%d].%s", i, p)
		}
	}
	if len(c.Codecs) == 0 {
		say("codecs: empty; name at least one of opus, G722, PCMA, PCMU")
	}
	for i, name := range c.Codecs {
		switch {
		case !slices.Contains(DefaultConfig().Codecs, name):
			say("codecs[%d]: %q is not known; use opus, G722, PCMA, PCMU", i, name)
		case slices.Index(c.Codecs, name) != i:
			say("codecs[%d]: %q stands there twice", i, name)
		}
	}
	for i, o := range c.Origins {
		u, err := url.Parse(o)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil {
			say("origins[%d]: %q is not the origin of a site; write only scheme and host, as https://www.example.com", i, o)
		}
	}
	if c.MaxSessions < 1 || c.MaxSessions > 100000 {
		say("max_sessions: %d is not between 1 and 100000", c.MaxSessions)
	}
	if c.OffersPerSource <= 0 || c.OffersPerSource > 100000 {
		say("offers_per_source: %v is not above 0 and at most 100000", c.OffersPerSource)
	}
	if c.OffersBurst < 1 || c.OffersBurst > 100000 {
		say("offers_burst: %d is not between 1 and 100000", c.OffersBurst)
	}
	if c.ConnectTimeout < time.Second || c.ConnectTimeout > time.Minute {
		say("connect_timeout: %v is not between 1s and 1m", c.ConnectTimeout)
	}
	if c.ReconnectFor < 0 || c.ReconnectFor > 5*time.Minute {
		say("reconnect_for: %v is not between 0s and 5m; 10s is usual", c.ReconnectFor)
	}
	return out
}

func (s ICEServer) validate(lite bool) (out []string) {
	u, err := stun.ParseURI(s.URL)
	switch {
	case err != nil:
		return []string{fmt.Sprintf("url: %q is not the address of a STUN or TURN server; write for example stun:stun.example.com:3478", s.URL)}
	case lite:
		out = append(out, "url: with lite no server is asked; remove it, or lite")
	}
	turn := strings.HasPrefix(u.Scheme.String(), "turn")
	if turn && (s.Username == "" || s.Credential == "") {
		out = append(out, "username: a TURN server wants username and credential")
	}
	if s.Credential != "" {
		if _, err := secret.Parse(s.Credential); err != nil {
			out = append(out, fmt.Sprintf("credential: %v", err))
		}
	}
	return out
}

// server is an ICEServer with its secret.
type server struct {
	uri   *stun.URI
	share bool
}

// servers reads the secrets of the ICE servers.
func (c Config) servers() ([]server, error) {
	var out []server
	for i, s := range c.ICEServers {
		u, err := stun.ParseURI(s.URL)
		if err != nil {
			return nil, fmt.Errorf("rtc: ice_servers[%d].url: %w", i, err)
		}
		u.Username = s.Username
		pass, err := secret.Fetch(s.Credential)
		if err != nil {
			return nil, fmt.Errorf("rtc: ice_servers[%d].credential: %w", i, err)
		}
		u.Password = string(pass)
		out = append(out, server{u, s.Share})
	}
	return out, nil
}
