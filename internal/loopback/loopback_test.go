package loopback

import (
	"net"
	"strconv"
	"sync"
	"testing"
)

// TestPortsAreNobodyElses asks for ports from many goroutines: each comes once, lies in the range,
// and can be listened on; pairs are even.
func TestPortsAreNobodyElses(t *testing.T) {
	t.Parallel()
	var (
		mu   sync.Mutex
		seen = map[int]bool{}
		wg   sync.WaitGroup
	)
	for i := range 40 {
		wg.Go(func() {
			ask, n := Port, 1
			if i%2 == 1 {
				ask, n = func() (int, error) { return Row(2) }, 2
			}
			port, err := ask()
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if n == 2 && port%2 != 0 {
				t.Errorf("a pair begins at %d", port)
			}
			for p := port; p < port+n; p++ {
				if seen[p] || p < Low || p > High {
					t.Errorf("port %d: given before: %v", p, seen[p])
				}
				seen[p] = true
			}
		})
	}
	wg.Wait()
}

// TestTakenPortsArePassedOver holds a port that would have been next.
func TestTakenPortsArePassedOver(t *testing.T) {
	t.Parallel()
	port, err := Port()
	if err != nil {
		t.Fatal(err)
	}
	held, err := net.ListenPacket("udp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	mu.Lock()
	defer mu.Unlock()
	delete(given, port)
	if free(port, 1) {
		t.Errorf("port %d is taken and thought free", port)
	}
}
