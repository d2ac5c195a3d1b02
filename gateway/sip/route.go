package sip

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	msg "github.com/emiago/sipgo/sip"
)

// dnsTimeout bounds finding out where a name points, with connecting to it.
const dnsTimeout = 5 * time.Second

// hop finds where a request to uri goes; prev is where the dialog's last message came from, if
// there is a dialog. It may ask the resolver or open a connection, so it may block.
func (s *Server) hop(ctx context.Context, uri msg.Uri, prev flow) (flow, error) {
	if f, ok := s.quickHop(uri, prev); ok {
		return f, nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, dnsTimeout, fmt.Errorf("finding %q took longer than %v", uri.Host, dnsTimeout))
	defer cancel()
	network := networkOf(uri, prev)
	addr, err := s.resolve(ctx, uri, network)
	if err != nil {
		return flow{}, err
	}
	if network == "UDP" && s.tp.udp == nil {
		network = "TCP"
	}
	cfg := prev.tls
	if network == "TLS" && cfg == nil {
		if cfg, err = clientTLS("", strings.Trim(uri.Host, "[]")); err != nil {
			return flow{}, err
		}
	}
	return s.tp.dial(ctx, network, addr, cfg)
}

// quickHop answers without blocking: UDP to a literal address, or an open connection of the dialog.
func (s *Server) quickHop(uri msg.Uri, prev flow) (flow, bool) {
	if prev.pinned && (prev.conn == nil || !prev.conn.gone()) {
		return prev, true
	}
	network := networkOf(uri, prev)
	if network != "UDP" {
		// Many phones write a Contact that nobody can connect to; their open connection works
		// (RFC 5923 in spirit).
		if prev.conn != nil && prev.network == network && !prev.conn.gone() {
			return prev, true
		}
		return flow{}, false
	}
	ip, err := netip.ParseAddr(strings.Trim(uri.Host, "[]"))
	if err != nil || s.tp.udp == nil {
		return flow{}, false
	}
	return flow{network: "UDP", addr: netip.AddrPortFrom(ip.Unmap(), portOf(uri)), tls: prev.tls}, true
}

// networkOf reads the transport parameter, else keeps to what the dialog uses, else UDP (RFC 3263 §4.1).
func networkOf(uri msg.Uri, prev flow) string {
	if strings.EqualFold(uri.Scheme, "sips") {
		return "TLS"
	}
	if v, ok := uri.UriParams.Get("transport"); ok {
		switch strings.ToLower(v) {
		case "tcp":
			return "TCP"
		case "tls":
			return "TLS"
		}
		return "UDP"
	}
	if prev.network == "TCP" || prev.network == "TLS" {
		return prev.network
	}
	return "UDP"
}

func portOf(uri msg.Uri) uint16 {
	if uri.Port > 0 && uri.Port < 65536 {
		return uint16(uri.Port)
	}
	if networkOf(uri, flow{}) == "TLS" {
		return 5061
	}
	return 5060
}

// resolve finds the address of a host: SRV when no port was written, then A and AAAA (RFC 3263 §4.2).
func resolve(ctx context.Context, uri msg.Uri, network string) (netip.AddrPort, error) {
	host, port := strings.Trim(uri.Host, "[]"), portOf(uri)
	if ip, err := netip.ParseAddr(host); err == nil {
		return netip.AddrPortFrom(ip.Unmap(), port), nil
	}
	if uri.Port == 0 && strings.Contains(host, ".") {
		service, proto := "sip", strings.ToLower(network)
		if network == "TLS" {
			service, proto = "sips", "tcp"
		}
		if _, srvs, err := net.DefaultResolver.LookupSRV(ctx, service, proto, host); err == nil && len(srvs) > 0 {
			host, port = strings.TrimSuffix(srvs[0].Target, "."), srvs[0].Port
		}
	}
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return netip.AddrPort{}, err
	}
	best := ips[0]
	for _, ip := range ips {
		if ip.Unmap().Is4() {
			best = ip
			break
		}
	}
	return netip.AddrPortFrom(best.Unmap(), port), nil
}

// sendRequest sends a request inside a dialog: at once when the way is known, else from a
// goroutine that finds it. onRes and onEnd may be nil.
func (s *Server) sendRequest(req *msg.Request, next msg.Uri, prev flow, onRes func(*msg.Response), onEnd func(error)) {
	s.sendRevocable(req, next, prev, nil, onRes, onEnd)
}

// sendRevocable is sendRequest for a request that may be given up; until, which may be nil, tells when.
func (s *Server) sendRevocable(req *msg.Request, next msg.Uri, prev flow, until *giveUp, onRes func(*msg.Response), onEnd func(error)) {
	s.toward(next, prev, func(f flow) {
		if until.given() {
			return
		}
		req.PrependHeader(s.via(f.network, f.addr.Addr()))
		if req.ContentLength() == nil {
			req.SetBody(nil)
		}
		until.with(s.tx.request(req, f, onRes, onEnd))
	}, onEnd)
}

// giveUp ends what is sent of a request: nothing is repeated after it, and what is answered then belongs to
// nothing any more. What has left cannot be called back: CANCEL is for INVITE alone (RFC 3261 §9.1). A nil one
// never comes.
type giveUp struct {
	mu   sync.Mutex
	over bool
	tx   *clientTx // the latest, nil before it is sent
}

func (g *giveUp) given() bool {
	if g == nil {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.over
}

// with tells what was sent.
func (g *giveUp) with(tx *clientTx) {
	if g == nil {
		return
	}
	g.mu.Lock()
	g.tx = tx
	over := g.over
	g.mu.Unlock()
	if over { // while it was being sent
		tx.end(nil)
	}
}

// now gives the request up, unless it was answered.
func (g *giveUp) now() {
	g.mu.Lock()
	g.over = true
	tx := g.tx
	g.mu.Unlock()
	if tx != nil && tx.pending() {
		tx.end(nil)
	}
}

// sendAck sends the ACK of a 2xx, which has no transaction.
func (s *Server) sendAck(ack *msg.Request, next msg.Uri, prev flow) {
	s.sendAckThen(ack, next, prev, func([]byte, flow) {})
}

// sendAckThen sends an ACK and hands over its bytes, for when the 2xx is repeated.
func (s *Server) sendAckThen(ack *msg.Request, next msg.Uri, prev flow, keep func(data []byte, to flow)) {
	s.toward(next, prev, func(f flow) {
		ack.PrependHeader(s.via(f.network, f.addr.Addr()))
		ack.SetBody(nil)
		data := []byte(ack.String())
		keep(data, f)
		s.tp.send(f, data)
	}, nil)
}

// toward runs send with the flow to next, now or from a goroutine.
func (s *Server) toward(next msg.Uri, prev flow, send func(flow), fail func(error)) {
	if f, ok := s.quickHop(next, prev); ok {
		send(f)
		return
	}
	ok := s.spawn(func() {
		f, err := s.hop(context.Background(), next, prev)
		if err != nil {
			s.log.Warn("no way to the far end", "host", next.Host, "error", err)
			if fail != nil {
				fail(err)
			}
			return
		}
		send(f)
	})
	if !ok && fail != nil {
		fail(errTxClosed)
	}
}

// forSize moves a request that UDP might not carry in one piece to TCP, when the address leaves
// the choice and a connection comes up (RFC 3261 §18.1.1). It rewrites the Via then.
func (s *Server) forSize(f flow, req *msg.Request, uri msg.Uri) flow {
	if f.network != "UDP" || f.pinned || s.tp.tcp == nil || uri.UriParams.Has("transport") || len(req.String()) <= mtuSwitch {
		return f
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	t, err := s.tp.dial(ctx, "TCP", f.addr, f.tls)
	if err != nil {
		return f // the RFC's own fallback
	}
	req.Via().Transport = "TCP"
	return t
}

func callIDOf(m msg.Message) string {
	if h := m.CallID(); h != nil {
		return string(*h)
	}
	return ""
}
