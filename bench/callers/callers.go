// Package callers places thousands of phone calls from one process and judges what each caller
// hears. It is made to be light beside the server that it measures on the same machine: the SIP
// side is plain text on one socket, a few workers on absolute due times send and read the RTP of
// all calls in batches, and the kernel stamps every packet's arrival, so that a reading which
// comes a moment late does not blur what is measured.
//
// It speaks SIP over UDP and G.711 over IPv4 to any server that answers without asking for
// credentials. It gives figures and no verdict: what a figure must be is its caller's business,
// except for one thing, whether the rig itself was the limit (Result.RigLimit).
package callers

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"time"
)

// MostCalls bounds a run: each call has an address of its own below 127.0.0.0/8, or a port while it
// lasts.
const MostCalls = 200_000

// Options describe a run. The zero value of a field that has a default takes it.
type Options struct {
	Target string        // "sip:user@host[:port]", reached over UDP
	Calls  int           // in all, 1 to MostCalls
	Rate   float64       // INVITEs per second
	Stay   time.Duration // from the answer to our BYE; a Script may leave earlier
	// OneIP lets every call come from one address with ports of its own, as from a carrier's
	// border controller. Otherwise each call has an address of its own, which only a target on
	// loopback can be rung from; for others OneIP is set by itself.
	OneIP bool
	// Script makes the behaviour of call i; nil: every caller is silent.
	Script func(i int) Script
	// Lazy lets the sockets of OneIP be read every 100 ms rather than every 20, for scripts that
	// do not react to what they hear. What is measured stays the same: the kernel has the times.
	Lazy    bool
	Workers int           // goroutines for RTP; default: one for two cores
	Answer  time.Duration // how long an INVITE may stay without a final response; default 30 s
	Codec   string        // PCMA (default) or PCMU, the one offered first
	Mute    bool          // callers send no packet at all; scripts are not asked what to say
	MayEnd  bool          // the server may hang up first: that is no failure
	// Lost is asked about each SIP message, sent or read, whether it is lost; nil: none is. Any goroutine.
	Lost func() bool
	// Came is by which addresses call i has come (History-Info, RFC 7044); nil: it does not say.
	Came func(i int) string
	Path Path // puts something between callers and server; may be nil
	// Steady is told when every call is up and settled, and when the first is about to leave; may
	// be nil. Both run on the goroutine that paces the signalling and must not block.
	Steady func(begin bool)
	Tell   func(done, of int) // progress, some times a second; may be nil
}

// Path is something between callers and server, such as a relay: both are given its addresses in
// place of each other's. Insert gives the address that the server is told, Answer the one that the
// caller sends to.
type Path interface {
	Insert(i int, caller netip.AddrPort) (netip.AddrPort, error)
	Answer(i int, server netip.AddrPort) netip.AddrPort
}

// Validate returns every problem of o, each "key: what is wrong; what to do".
func (o Options) Validate() []string {
	var bad []string
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	if _, _, err := ParseTarget(o.Target); err != nil {
		say("target: %v", err)
	}
	if o.Calls < 1 || o.Calls > MostCalls {
		say("calls: %d is not between 1 and %d", o.Calls, MostCalls)
	}
	if !(o.Rate > 0) || o.Rate > 10000 {
		say("rate: %v is not between 0 and 10000 calls per second; 200 is usual", o.Rate)
	}
	if o.Stay < time.Second || o.Stay > 24*time.Hour {
		say("seconds: %v is not between 1s and 24h", o.Stay)
	}
	if o.Codec != "" && o.Codec != "PCMA" && o.Codec != "PCMU" {
		say("codec: %q is not known; use PCMA or PCMU", o.Codec)
	}
	return bad
}

// ParseTarget splits "sip:user@host:port" into the user and the address, looked up when it is a
// name; IPv4 only.
func ParseTarget(uri string) (user string, addr netip.AddrPort, err error) {
	rest, ok := strings.CutPrefix(uri, "sip:")
	if !ok {
		return "", addr, fmt.Errorf("%q is no SIP address; write it as sip:hotline@127.0.0.1:5060", uri)
	}
	rest, _, _ = strings.Cut(rest, ";")
	user, host, ok := strings.Cut(rest, "@")
	if !ok || user == "" || host == "" || strings.ContainsAny(rest, " \r\n\t<>\"") {
		return "", addr, fmt.Errorf("%q has no user@host; write it as sip:hotline@127.0.0.1:5060", uri)
	}
	if !strings.Contains(host, ":") {
		host += ":5060"
	}
	ua, err := net.ResolveUDPAddr("udp4", host)
	if err != nil || ua.Port == 0 {
		return "", addr, fmt.Errorf("%q does not lead to an IPv4 address and port: %v", uri, err)
	}
	a := ua.AddrPort()
	return user, netip.AddrPortFrom(a.Addr().Unmap(), a.Port()), nil
}

// Run places the calls and returns when every one has ended. When ctx ends, the calls that are up
// are hung up. The error is about the rig; what went wrong with a call is in its Call.
func Run(ctx context.Context, o Options) (*Result, error) {
	if bad := o.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("callers: %s", strings.Join(bad, "; "))
	}
	user, addr, err := ParseTarget(o.Target)
	if err != nil {
		return nil, fmt.Errorf("callers: %w", err)
	}
	o.OneIP = o.OneIP || !addr.Addr().IsLoopback()
	if o.Workers == 0 {
		o.Workers = max(1, runtime.GOMAXPROCS(0)/2)
	}
	o.Workers = min(o.Workers, o.Calls)
	if o.Answer == 0 {
		o.Answer = 30 * time.Second
	}
	if o.Codec == "" {
		o.Codec = "PCMA"
	}
	local, err := localAddr(addr)
	if err != nil {
		return nil, fmt.Errorf("callers: find the way to %s: %w", addr, err)
	}
	r := &rig{opt: o, user: user, target: addr, local: local}
	if err := r.open(); err != nil {
		return nil, fmt.Errorf("callers: %w", err)
	}
	defer r.close()
	return r.run(ctx)
}

// localAddr is the address of this machine that packets to the target leave from.
func localAddr(to netip.AddrPort) (netip.Addr, error) {
	c, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(to))
	if err != nil {
		return netip.Addr{}, err
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap(), nil
}
