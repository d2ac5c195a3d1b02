package sip

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"decroche/gateway/leg"
)

var (
	_ leg.Confirmer = (*line)(nil)
	_ leg.Expecter  = (*line)(nil)
)

// TestConfirmed: a line is confirmed once its 200 has the ACK and a packet has come, in either order.
func TestConfirmed(t *testing.T) {
	t.Parallel()
	for name, mediaFirst := range map[string]bool{"sound first": true, "ACK first": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, patient(), nil, func(t *testing.T, st *stage) {
				c := st.caller()
				c.Request("INVITE", offer(4000, ""))
				c.Follow(c.Response(200, "INVITE"))
				l := <-st.legs
				phone, err := st.net.Listen(netip.MustParseAddrPort("10.0.0.2:4000"))
				if err != nil {
					t.Fatal(err)
				}
				defer phone.Close()
				sound := func() {
					packet := append([]byte{0x80, 8, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4}, make([]byte, 160)...)
					if _, err := phone.WriteToUDPAddrPort(packet, netip.AddrPortFrom(netip.MustParseAddr(serverIP), uint16(l.media.Port()))); err != nil {
						t.Fatal(err)
					}
				}
				steps := []func(){func() {}, func() { c.Request("ACK", "") }, sound}
				if mediaFirst {
					steps[1], steps[2] = steps[2], steps[1]
				}
				for i, step := range steps {
					step()
					time.Sleep(100 * time.Millisecond)
					synctest.Wait()
					if got, want := l.Confirmed(), i == 2; got != want {
						t.Errorf("after step %d: confirmed is %v, want %v", i, got, want)
					}
				}
				c.Bye(t)
			})
		})
	}
}
