//go:build !linux

package udp

import "net/netip"

// Listen binds a socket to addr: port 0 draws one, an invalid address means every interface.
func Listen(addr netip.AddrPort, opt Options) (Conn, error) { return listenPump(addr, opt) }

// inboxSys and outboxSys are what the system needs beside; here, nothing.
type (
	inboxSys  struct{}
	outboxSys struct{}
)

func (*inboxSys) prepare(*Inbox) {}
