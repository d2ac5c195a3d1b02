package callers

import (
	"net/netip"
)

// wire moves the RTP of one worker's calls. Its methods are called by that worker alone, but open,
// which the signalling calls before the worker knows of the call.
type wire interface {
	// open prepares the sockets of call slot i and returns the address that it receives on.
	open(i int) (netip.AddrPort, error)
	// send puts one packet in line; flush sends what is in line. The bytes are not changed before.
	send(i int, to netip.AddrPort, header, payload []byte)
	flush()
	// read hands over what has come for any call: all of it when i is negative, else at least that
	// of call i. b is valid during the call of take.
	read(i int, take func(i int, at int64, b []byte))
	// shut closes the sockets of call slot i, where it has some of its own.
	shut(i int)
	// lost is how many packets the kernel dropped because we read too late.
	lost() uint64
	close()
}

// addressOf is the own address of call i among those from 127.1.1.1 on, and callAt its inverse.
func addressOf(i int) [4]byte {
	return [4]byte{127, byte(1 + i/(250*250)), byte(1 + i/250%250), byte(1 + i%250)}
}

func callAt(a [4]byte) int {
	return (int(a[1])-1)*250*250 + (int(a[2])-1)*250 + int(a[3]) - 1
}
