package sip

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"decroche/media/codec"
)

// Config is the "sip:" part of the configuration file.
type Config struct {
	// Listen is the address of the SIP port, host:port. An empty host means every interface.
	Listen string `yaml:"listen"`
	// Transports are the protocols to listen on: udp, tcp, or both.
	Transports []string `yaml:"transports"`
	// ExternalAddress is the IP address or host name that callers reach us at, written into SDP,
	// Via and Contact. Empty: the address of the interface that the message leaves from.
	ExternalAddress string `yaml:"external_address"`
	// Allow lists the networks that may send requests, in CIDR form. Empty: everybody.
	Allow []string `yaml:"allow"`
	// RatePerSource is how many new requests per second one source address may send for ever;
	// requests inside a call do not count. RateBurst is how many at once.
	RatePerSource float64 `yaml:"rate_per_source"`
	RateBurst     int     `yaml:"rate_burst"`
	// SessionExpires is the session interval we ask for and the longest we accept (RFC 4028 §4).
	SessionExpires time.Duration `yaml:"session_expires"`
	// MinSE is the shortest session interval we accept (RFC 4028 §5: at least 90s).
	MinSE time.Duration `yaml:"min_se"`
	// RingFor is how long a dialled phone rings before it counts as "no answer".
	RingFor time.Duration `yaml:"ring_for"`
	// NoReply is how long a dialled address may stay silent, without even a 100 Trying, before it
	// counts as unreachable.
	NoReply time.Duration `yaml:"no_reply"`
	// AckTimeout is how long an answered call may stay without ACK before it is given up
	// (RFC 3261 §13.3.1.4: 64 × T1 = 32s).
	AckTimeout time.Duration `yaml:"ack_timeout"`
	// MediaTimeout is how long a call that is not on hold may stay without a packet of sound. 0 means for ever.
	MediaTimeout time.Duration `yaml:"media_timeout"`
	// UserAgent is the product name in User-Agent and Server headers.
	UserAgent string `yaml:"user_agent"`
	// Codecs in order of preference: PCMA, PCMU, G722, opus. Answers follow the caller's order. Both
	// wide ones carry sound of up to 8 kHz and cost work that G.711 does not: G722 30 µs for 20 ms both
	// ways, opus about 65 µs, for a third of the bits and sound that survives loss.
	Codecs []string `yaml:"codecs"`
	// DTMF says how keys are heard and sent.
	DTMF KeysConfig `yaml:"dtmf"`
	// MaxConnections bounds TCP connections; what comes beyond is closed at once.
	MaxConnections int `yaml:"max_connections"`
	// TLS is the port of SIP over TLS.
	TLS TLSConfig `yaml:"tls"`
	// Redirects says whether a 3xx answer of who is called is followed: never, same_host (to the host that
	// answered), or allowed (to whom the gateway may call); at most five, and never in a circle.
	Redirects string `yaml:"redirects"`
	// SRTP says whether the sound of calls is encrypted with keys in SDP (RFC 4568): off, optional (offers of
	// it are taken, and made to phones over TLS), or required (plain calls are refused).
	SRTP string `yaml:"srtp"`
	// Registrar is where agents' own phones register.
	Registrar RegistrarConfig `yaml:"registrar"`
	// Headers are added to every INVITE of ours, by name: text with the fields {reference}, {reason},
	// {intent} and {language}. Only names that begin with X-, Call-Info, and those of identities.
	Headers map[string]string `yaml:"headers"`

	// Trunks, Outbound and Known stand elsewhere in the file ("trunks:", "outbound:", what others dial):
	// who reads it fills them in. Without Outbound everything may be called.
	Trunks   []TrunkConfig   `yaml:"-"`
	Outbound *OutboundConfig `yaml:"-"`
	// Phones may register here; they stand with the agents.
	Phones []Phone `yaml:"-"`
	// Known are addresses ("sip:201@192.0.2.7") and hosts that may be called because they are configured.
	Known []string `yaml:"-"`
	// Transfer says how long transfers may take, and who may take calls over.
	Transfer TransferConfig `yaml:"transfer"`
}

// DefaultConfig is what serves without a configuration file.
func DefaultConfig() Config {
	return Config{
		Listen:         "127.0.0.1:5060",
		Transports:     []string{"udp", "tcp"},
		Allow:          []string{},
		RatePerSource:  50,
		RateBurst:      200,
		SessionExpires: 30 * time.Minute,
		MinSE:          90 * time.Second,
		RingFor:        20 * time.Second,
		NoReply:        5 * time.Second,
		AckTimeout:     32 * time.Second,
		MediaTimeout:   30 * time.Second,
		UserAgent:      "decroche",
		Codecs:         []string{"PCMA", "PCMU"},
		DTMF:           KeysConfig{InBand: "auto", Send: "auto"},
		MaxConnections: 1000,
		Headers:        map[string]string{},
		Redirects:      "never",
		SRTP:           "optional",
		Registrar:      defaultRegistrarConfig(),
		Transfer:       defaultTransfer(),
	}
}

// Validate returns every problem of c, each "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var bad []string
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }

	validateListen("listen", c.Listen, say)
	c.TLS.validate(say)
	c.Registrar.validate(say)
	if !slices.Contains([]string{"never", "same_host", "allowed"}, c.Redirects) {
		say("redirects: %q is not known; use never, same_host or allowed", c.Redirects)
	}
	if !slices.Contains([]string{"off", "optional", "required"}, c.SRTP) {
		say("srtp: %q is not known; use off, optional or required", c.SRTP)
	}
	if len(c.Transports) == 0 {
		say("transports: empty; list udp, tcp or both")
	}
	for i, t := range c.Transports {
		if t != "udp" && t != "tcp" {
			say("transports: %q is not known; use udp or tcp", t)
		} else if slices.Contains(c.Transports[:i], t) {
			say("transports: %q stands twice; remove one", t)
		}
	}
	if strings.ContainsAny(c.ExternalAddress, " \t\r\n/@<>;,\"") || strings.Count(c.ExternalAddress, ":") == 1 {
		say("external_address: %q is not an address or host name; write it without scheme and port", c.ExternalAddress)
	}
	for _, a := range c.Allow {
		if _, err := parsePrefix(a); err != nil {
			say("allow: %q is not a network; write for example \"192.0.2.0/24\" or \"192.0.2.7\"", a)
		}
	}
	if !(c.RatePerSource > 0) || c.RatePerSource > 1e6 {
		say("rate_per_source: %v is not between 0 and 1000000; write new requests per second, for example 50", c.RatePerSource)
	}
	if c.RateBurst < 1 {
		say("rate_burst: %d is below 1, so no call could come in; use for example 200", c.RateBurst)
	}
	c.validateTimes(say)
	if strings.ContainsAny(c.UserAgent, "\r\n") {
		say("user_agent: contains a line break; write one short name")
	}
	c.DTMF.validate(say)
	c.Transfer.validate(say)
	if len(c.Codecs) == 0 {
		say("codecs: empty; list PCMA, PCMU, G722 or opus, the preferred one first")
	}
	for i, name := range c.Codecs {
		if !slices.Contains(codec.Names(), name) {
			say("codecs: %q is not known; use PCMA, PCMU, G722 or opus", name)
		} else if slices.Contains(c.Codecs[:i], name) {
			say("codecs: %q stands twice; remove one", name)
		}
	}
	if c.MaxConnections < 1 {
		say("max_connections: %d is below 1; use for example 1000, or leave tcp out of transports", c.MaxConnections)
	}
	for _, p := range validateHeaders(c.Headers) {
		say("headers: %s", p)
	}
	return bad
}

func validateListen(key, addr string, say func(format string, args ...any)) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		say("%s: %q is not host:port; write for example \"127.0.0.1:5060\" or \":5060\"", key, addr)
		return
	}
	if host != "" {
		if _, err := netip.ParseAddr(host); err != nil {
			say("%s: %q is not an IP address; write an address of this machine, or leave it empty for all", key, host)
		}
	}
	if _, err := net.LookupPort("udp", port); err != nil {
		say("%s: port %q is not between 0 and 65535; SIP is usually 5060, over TLS 5061", key, port)
	}
}

func (c Config) validateTimes(say func(format string, args ...any)) {
	for _, d := range []struct {
		key      string
		v        time.Duration
		min, max time.Duration
	}{
		{"min_se", c.MinSE, 90 * time.Second, 24 * time.Hour},
		{"session_expires", c.SessionExpires, 90 * time.Second, 24 * time.Hour},
		{"ring_for", c.RingFor, time.Second, 10 * time.Minute},
		{"no_reply", c.NoReply, 500 * time.Millisecond, 32 * time.Second},
		{"ack_timeout", c.AckTimeout, time.Second, 5 * time.Minute},
	} {
		if d.v < d.min || d.v > d.max {
			say("%s: %v is not between %v and %v", d.key, d.v, d.min, d.max)
		}
	}
	if c.SessionExpires < c.MinSE {
		say("session_expires: %v is shorter than min_se %v; make it at least as long", c.SessionExpires, c.MinSE)
	}
	if c.MediaTimeout != 0 && (c.MediaTimeout < time.Second || c.MediaTimeout > time.Hour) {
		say("media_timeout: %v is not between 1s and 1h; 0 turns it off", c.MediaTimeout)
	}
}

// parsePrefix reads a network or a single address.
func parsePrefix(s string) (netip.Prefix, error) {
	if !strings.Contains(s, "/") {
		a, err := netip.ParseAddr(s)
		if err != nil {
			return netip.Prefix{}, err
		}
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	return p.Masked(), err
}
