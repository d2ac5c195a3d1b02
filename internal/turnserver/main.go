// Command turnserver is a TURN server (RFC 8656) on loopback for the tests of the pages: a browser and
// the gateway meet through it as they would through one between two firewalls. It takes any name whose
// password is the one in TURN_PASSWORD, or with -shared a short-lived credential made from it (as
// coturn's use-auth-secret), prints its address, and ends when it is interrupted. Keep it off the
// network: it relays to whatever it is asked to.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"

	"github.com/pion/logging"
	"github.com/pion/turn/v5"
)

const realm = "decroche.test"

func main() {
	shared := flag.Bool("shared", false, "take short-lived credentials made from TURN_PASSWORD instead of the password itself")
	flag.Parse()
	if err := run(os.Getenv("TURN_PASSWORD"), *shared); err != nil {
		fmt.Fprintf(os.Stderr, "turnserver: %v\n", err)
		os.Exit(1)
	}
}

func run(password string, shared bool) error {
	if password == "" {
		return fmt.Errorf("no password; set TURN_PASSWORD")
	}
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen on loopback: %w", err)
	}
	log := logging.NewDefaultLoggerFactory()
	auth := func(a *turn.RequestAttributes) (string, []byte, bool) {
		return a.Username, turn.GenerateAuthKey(a.Username, realm, password), true
	}
	if shared {
		auth = turn.LongTermTURNRESTAuthHandler(password, log.NewLogger("turn"))
	}
	s, err := turn.NewServer(turn.ServerConfig{
		Realm: realm, LoggerFactory: log, AuthHandler: auth,
		PacketConnConfigs: []turn.PacketConnConfig{{PacketConn: c, RelayAddressGenerator: &turn.RelayAddressGeneratorStatic{RelayAddress: net.IPv4(127, 0, 0, 1), Address: "127.0.0.1"}}},
	})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	fmt.Printf("listening on %s\n", c.LocalAddr())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	<-ctx.Done()
	return s.Close()
}
