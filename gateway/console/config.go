package console

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"decroche/internal/limit"
)

// minToken is the shortest bearer token that is accepted: with the limit on wrong tries it
// cannot be guessed.
const minToken = 16

// Config says where the pages and the API are and who may open them.
type Config struct {
	// Listen is the address, "127.0.0.1:8080". Any other than loopback needs TLS or AllowInsecure.
	Listen string `yaml:"listen"`
	// Token opens the API and the pages where no accounts were given; empty: one is made.
	Token string `yaml:"-"` // the gateway's api_token, resolved
	// PublicURL is how others reach Listen: "https://voice.example". Links to transcripts begin
	// with it. Empty means http:// (or https://) and the listening address.
	PublicURL string `yaml:"-"` // the gateway's public_url
	// Hosts are further host names by which the pages may be asked for.
	Hosts []string `yaml:"hosts"`
	// TLSCert and TLSKey are PEM files; both or none.
	TLSCert string `yaml:"tls_cert"`
	TLSKey  string `yaml:"tls_key"`
	// AllowInsecure lets Listen be an address that others can reach without TLS, for a proxy
	// that adds it on the way.
	AllowInsecure bool `yaml:"allow_insecure"`
	// TrustedProxies are addresses and networks of proxies in front of us, "10.0.0.7", "10.0.0.0/24", whose
	// X-Forwarded-For says who asks: limits count each asker then, not the proxy. Empty: nobody is
	// believed.
	TrustedProxies []string `yaml:"trusted_proxies"`
	// MaxStreams bounds how many boards watch /api/v1/events at once, how many desks watch
	// /api/v1/desk/events, and how many running calls supervisors read at /api/v1/calls/{id}/captions: so
	// many of each, so that no kind locks out another.
	MaxStreams int `yaml:"max_streams"`
}

// DefaultConfig listens on loopback with a token made at each start.
func DefaultConfig() Config {
	return Config{Listen: "127.0.0.1:8080", Hosts: []string{}, TrustedProxies: []string{}, MaxStreams: 1000}
}

// Validate returns every complaint as "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	host, port, err := net.SplitHostPort(c.Listen)
	switch {
	case err != nil:
		say("listen: %q is not an address; write it as 127.0.0.1:8080", c.Listen)
	case host != "" && host != "localhost" && net.ParseIP(host) == nil:
		say("listen: %q is not an IP address; write it as 127.0.0.1:8080, or 0.0.0.0:8080 for every interface", host)
	case port == "":
		say("listen: %q has no port; write it as 127.0.0.1:8080", c.Listen)
	case !isLoopback(host) && c.TLSCert == "" && !c.AllowInsecure:
		say("listen: %q can be reached by others and would send transcripts in clear; set tls_cert and tls_key, or allow_insecure: true when a proxy adds TLS", c.Listen)
	}
	if err == nil {
		if _, perr := net.LookupPort("tcp", port); perr != nil {
			say("listen: %q is not a port; ports go from 1 to 65535", port)
		}
	}
	if c.Token != "" && len(c.Token) < minToken {
		say("token: shorter than %d characters; leave it out to have one made, or use a longer one", minToken)
	}
	if c.Token != strings.TrimSpace(c.Token) || strings.ContainsAny(c.Token, "\r\n\t ") {
		say("token: contains a space or a line end; remove it")
	}
	if c.PublicURL != "" {
		u, err := url.Parse(c.PublicURL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil || strings.Trim(u.Path, "/") != "" {
			say("public_url: %q is not the address of a site; write it as https://voice.example", c.PublicURL)
		}
	}
	for i, h := range c.Hosts {
		if h == "" || strings.ContainsAny(h, "/:@ ") {
			say("hosts[%d]: %q is not a host name; write only the name, without scheme and port", i, h)
		}
	}
	for i, p := range c.TrustedProxies {
		if _, err := limit.ParseProxies([]string{p}); err != nil {
			say("trusted_proxies[%d]: %v", i, err)
		}
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		say("tls_cert: certificate and key go together; set both tls_cert and tls_key, or none")
	}
	if c.MaxStreams < 1 || c.MaxStreams > 10000 {
		say("max_streams: %d is out of range; use 1 to 10000", c.MaxStreams)
	}
	return out
}

// Public tells whether other machines can reach Listen.
func (c Config) Public() bool {
	host, _, err := net.SplitHostPort(c.Listen)
	return err == nil && !isLoopback(host)
}

// Named tells whether a public_url leads others here.
func (Config) Named(publicURL string) bool {
	u, err := url.Parse(publicURL)
	return publicURL != "" && (err != nil || !isLoopback(u.Hostname()))
}

// isLoopback tells whether only this machine can reach host.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
