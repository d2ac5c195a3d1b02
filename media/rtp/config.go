package rtp

import (
	"fmt"
	"net/netip"
	"time"

	"decroche/media/jitter"
)

// Port modes: see Config.PortMode.
const (
	Shared  = "shared"
	PerCall = "per_call"
)

// Config is the "media:" part of the configuration file.
type Config struct {
	// BindIP is the address that media sockets are bound to. Empty means every interface.
	BindIP string `yaml:"bind_ip"`
	// PortMode says whether calls share ports. Shared: each core opens SharedPorts pairs and tells
	// the calls on one of them apart by the address of the far end; never two from one address, so
	// many calls from one carrier's border controller open more pairs. PerCall: each call has a
	// pair of its own, for peers that want it.
	PortMode string `yaml:"port_mode"`
	// SharedPorts is the number of port pairs that a core opens before calls share them.
	SharedPorts int `yaml:"shared_ports"`
	// PortMin and PortMax bound the UDP ports: pairs of an even one for RTP and the odd one above
	// it for RTCP.
	PortMin int `yaml:"port_min"`
	PortMax int `yaml:"port_max"`
	// SocketBuffer is the size of the kernel buffers of a socket that calls share, in bytes; one of
	// a single call gets at most 256 KiB. Linux gives no more than net.core.rmem_max and wmem_max
	// unless the process may exceed them (CAP_NET_ADMIN).
	SocketBuffer int `yaml:"socket_buffer"`
	// RTCPInterval is the mean time between reports; each wait is drawn between half and one and a
	// half of it (RFC 3550 §6.3.1: at least 5s).
	RTCPInterval time.Duration `yaml:"rtcp_interval"`
	// Jitter bounds the delay of the jitter buffer; zero fields mean its defaults.
	Jitter jitter.Config `yaml:"jitter"`
}

// DefaultConfig is what serves without a configuration file.
func DefaultConfig() Config {
	return Config{PortMode: Shared, SharedPorts: 4, PortMin: 10000, PortMax: 19999, SocketBuffer: 4 << 20, RTCPInterval: 5 * time.Second, Jitter: jitter.DefaultConfig()}
}

// evenFrom is the first even port from min on.
func evenFrom(min int) int { return (min + 1) &^ 1 }

// Validate returns every problem of c, each "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var bad []string
	if c.BindIP != "" {
		if _, err := netip.ParseAddr(c.BindIP); err != nil {
			bad = append(bad, fmt.Sprintf("bind_ip: %q is not an IP address; write one of this machine, or leave it empty for all", c.BindIP))
		}
	}
	if c.PortMode != Shared && c.PortMode != PerCall {
		bad = append(bad, fmt.Sprintf("port_mode: %q is neither shared nor per_call", c.PortMode))
	}
	if c.SharedPorts < 1 || c.SharedPorts > 256 {
		bad = append(bad, fmt.Sprintf("shared_ports: %d is not between 1 and 256 pairs for each core", c.SharedPorts))
	}
	if c.PortMin < 1024 || c.PortMin > 65534 {
		bad = append(bad, fmt.Sprintf("port_min: %d is not between 1024 and 65534; usual is 10000", c.PortMin))
	}
	if c.PortMax > 65535 || c.PortMax < evenFrom(c.PortMin)+1 {
		bad = append(bad, fmt.Sprintf("port_max: %d leaves no pair of ports, an even one and the next, above port_min %d; each call takes two", c.PortMax, c.PortMin))
	}
	if c.SocketBuffer < 16<<10 || c.SocketBuffer > 64<<20 {
		bad = append(bad, fmt.Sprintf("socket_buffer: %d is not between 16384 and 67108864 bytes", c.SocketBuffer))
	}
	if c.RTCPInterval < time.Second || c.RTCPInterval > 5*time.Minute {
		bad = append(bad, fmt.Sprintf("rtcp_interval: %v is not between 1s and 5m; RFC 3550 asks for 5s", c.RTCPInterval))
	}
	for _, p := range c.Jitter.Validate() {
		bad = append(bad, "jitter."+p)
	}
	return bad
}
