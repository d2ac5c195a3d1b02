// Package loopback finds ports of 127.0.0.1 for processes that are about to start, and that must
// find them free again when they are started a second time.
//
// A port that the system chooses (":0") cannot promise that: it comes from the range which every
// outgoing connection of the machine takes its ports from, so that a stranger may sit on it a moment
// later. The ports here lie below that range (Linux 32768, IANA 49152; RFC 6335 section 6) and above
// the media ports of the gateway and of the phones under test.
package loopback

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
)

// Low and High bound the ports given out, both inclusive. Nothing else of ours listens there.
const (
	Low  = 30000
	High = 32767
)

var (
	mu    sync.Mutex
	given = map[int]bool{} // by this process, ever
)

// Port returns a port that is free for UDP and TCP, and that this process has not been given before.
// It is not held: listen on it soon. Safe for concurrent use.
func Port() (int, error) { return find(1) }

// Row returns the first of n ports in a row that are free for UDP and TCP; of an even n the first is
// even, as RTP asks, with RTCP above it (RFC 3550 section 11). As Port otherwise.
func Row(n int) (int, error) { return find(n) }

// find returns the first of n ports in a row.
func find(n int) (int, error) {
	mu.Lock()
	defer mu.Unlock()
	places := (High - Low + 1) / n
	first := rand.IntN(places)
	for i := range places {
		port := Low + (first+i)%places*n
		if free(port, n) {
			for p := port; p < port+n; p++ {
				given[p] = true
			}
			return port, nil
		}
	}
	return 0, errors.New("no free port on 127.0.0.1 from " + strconv.Itoa(Low) + " to " + strconv.Itoa(High) + "; end the processes that listen there (ss -ltunp)")
}

// free tells whether n ports from port on are nobody's.
func free(port, n int) bool {
	for p := port; p < port+n; p++ {
		if given[p] {
			return false
		}
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(p))
		u, err := net.ListenPacket("udp", addr)
		if err != nil {
			return false
		}
		_ = u.Close()
		t, err := net.Listen("tcp", addr)
		if err != nil {
			return false
		}
		_ = t.Close()
	}
	return true
}
