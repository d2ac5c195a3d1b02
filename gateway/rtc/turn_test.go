package rtc_test

import (
	"io"
	"net"
	"strings"
	"testing"

	"github.com/pion/logging"
	"github.com/pion/turn/v5"

	"decroche/gateway/rtc"
	"decroche/internal/browser"
)

// relay is a TURN server on loopback, which answers STUN too.
func relay(t *testing.T) string {
	t.Helper()
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	s, err := turn.NewServer(turn.ServerConfig{
		Realm: "test", LoggerFactory: quiet,
		AuthHandler: func(a *turn.RequestAttributes) (string, []byte, bool) {
			return a.Username, turn.GenerateAuthKey(a.Username, "test", "secret"), a.Username == "gateway"
		},
		PacketConnConfigs: []turn.PacketConnConfig{{PacketConn: c, RelayAddressGenerator: &turn.RelayAddressGeneratorStatic{RelayAddress: net.IPv4(127, 0, 0, 1), Address: "127.0.0.1"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return c.LocalAddr().String()
}

// With a TURN server browsers reach the gateway through it; its credential comes from the environment,
// and callers are told of it where the configuration says so.
func TestRelay(t *testing.T) {
	at := relay(t)
	t.Setenv("DECROCHE_TEST_TURN", "secret")
	h := newHouse(t, func(c *rtc.Config) {
		c.ICEServers = []rtc.ICEServer{{URL: "turn:" + at + "?transport=udp", Username: "gateway", Credential: "env:DECROCHE_TEST_TURN", Share: true}, {URL: "stun:" + at}}
	}, nil)
	b := h.dial(browser.Options{Codecs: []string{"PCMU"}, Only: "typ relay"})
	c := <-h.calls
	if !strings.Contains(b.Answered, "typ host") || !strings.Contains(b.Answered, "typ relay") {
		t.Errorf("the answer lacks candidates:\n%s", b.Answered)
	}
	ctx := within(t)
	go hum(ctx, c, 440)
	hears(t, b, 440, 0)
	res := h.ask("OPTIONS", rtc.Path, "")
	if link := res.Header.Values("Link"); len(link) != 1 || !strings.Contains(link[0], `rel="ice-server"; username="gateway"; credential="secret"`) {
		t.Errorf("callers are told %q", link)
	}
}

// Where a router maps our port, browsers are told its addresses.
func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c *rtc.Config) { c.PublicAddresses = []string{"203.0.113.7", "203.0.113.8"} }, nil)
	res := h.post(offerOf(t, h, nil), "application/sdp")
	buf, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	text := string(buf)
	port := h.server.Addr()[strings.LastIndexByte(h.server.Addr(), ':')+1:]
	for _, a := range []string{" 203.0.113.7 " + port + " typ host", " 203.0.113.8 " + port + " typ host"} {
		if !strings.Contains(text, a) {
			t.Errorf("the answer lacks %q:\n%s", a, text)
		}
	}
	if strings.Contains(text, "candidate:") && strings.Contains(text, " 127.0.0.1 "+port) {
		t.Error("the answer tells an address that nobody reaches")
	}
}
