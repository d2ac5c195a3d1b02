package limit

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Source is whom a request is counted against: the address, or the /64 of an IPv6 one, which is one
// customer's network. Of a test, or a socket without addresses, it is what stands there.
func Source(r *http.Request) string {
	ip, ok := address(r.RemoteAddr)
	if !ok {
		return r.RemoteAddr
	}
	if ip.Is6() {
		if p, err := ip.Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}

// address reads an IP address, with a port or without.
func address(text string) (netip.Addr, bool) {
	if host, _, err := net.SplitHostPort(text); err == nil {
		text = host
	}
	ip, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return ip.Unmap().WithZone(""), err == nil
}

// Proxies are networks whose machines stand before us and tell in X-Forwarded-For who asks. Nobody
// else is believed: anybody can send that header. None is the zero value.
type Proxies []netip.Prefix

// ParseProxies reads addresses and networks, "10.0.0.7" and "10.0.0.0/24".
func ParseProxies(list []string) (Proxies, error) {
	var out Proxies
	for _, text := range list {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			a, bad := netip.ParseAddr(text)
			if bad != nil {
				return nil, fmt.Errorf("%q is neither an address nor a network; write it as 10.0.0.7 or 10.0.0.0/24", text)
			}
			p = netip.PrefixFrom(a.Unmap().WithZone(""), a.Unmap().BitLen())
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

func (p Proxies) has(a netip.Addr) bool {
	return slices.ContainsFunc(p, func(n netip.Prefix) bool { return n.Contains(a) })
}

// Wrap puts the asking address in the place of the proxy's in RemoteAddr: the last of X-Forwarded-For
// that no proxy of ours has, since each appends whom it was asked by and what stands further left
// is the asker's own tale. Where that is no address, or the header is missing, the proxy itself counts.
// The header stays.
func (p Proxies) Wrap(next http.Handler) http.Handler {
	if len(p) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if from, ok := p.asks(r); ok {
			r = r.Clone(r.Context())
			r.RemoteAddr = net.JoinHostPort(from.String(), "0")
		}
		next.ServeHTTP(w, r)
	})
}

// mostHops bounds how much of a header is read.
const mostHops = 20

// asks tells who asks through a proxy of ours; false when nobody does.
func (p Proxies) asks(r *http.Request) (from netip.Addr, ok bool) {
	at, known := address(r.RemoteAddr)
	if !known || !p.has(at) {
		return from, false
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := range min(len(hops), mostHops) {
		a, known := address(strings.TrimSpace(hops[len(hops)-1-i]))
		if !known {
			break
		}
		if from, ok = a, true; !p.has(a) {
			break
		}
	}
	return from, ok
}
