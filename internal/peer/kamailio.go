package peer

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Kamailio is a real SIP proxy and registrar, without a database: it asks everybody who registers or calls
// for a password (the same for all), knows who has registered, and stays in the way of what it passes on.
type Kamailio struct {
	Realm    string
	Password string
	Users    map[string]string // who is reached without a password, at host:port
	Usual    bool              // listens at port 5060 of an address of its own, for who is called without a port

	addr string
	log  string
}

// NeedKamailio skips the test when kamailio is not installed. It returns the folder of its modules.
func NeedKamailio(t testing.TB) string {
	t.Helper()
	if _, err := exec.LookPath("kamailio"); err != nil {
		if _, err := os.Stat("/usr/sbin/kamailio"); err != nil {
			t.Skip("kamailio is not installed; apt install kamailio")
		}
	}
	for _, pattern := range []string{"/usr/lib/*/kamailio/modules/auth.so", "/usr/lib*/kamailio/modules/auth.so"} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return filepath.Dir(found[0])
		}
	}
	t.Skip("kamailio's module auth is not installed; apt install kamailio")
	return ""
}

// kamailioConfig is its whole configuration: modules, address, realm and password are filled in.
const kamailioConfig = `#!KAMAILIO
debug=1
log_stderror=yes
fork=no
children=1
disable_tcp=yes
auto_aliases=no
mpath="%[1]s/"
listen=udp:%[2]s
alias="%[3]s"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
modparam("usrloc", "db_mode", 0)
modparam("registrar", "min_expires", 60)
modparam("auth", "nonce_count", 1)
modparam("auth", "qop", "auth")
request_route {
	if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
	if (is_method("CANCEL")) { if (t_check_trans()) { t_relay(); } exit; }
	if (has_totag()) {
		if (loose_route()) { t_relay(); exit; }
		if (is_method("ACK")) { if (t_check_trans()) { t_relay(); } exit; }
		sl_send_reply("404", "Not Here"); exit;
	}
	if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
	if (is_method("REGISTER")) {
		if (!pv_www_authenticate("$td", "%[4]s", "0")) { www_challenge("$td", "1"); exit; }
		save("location");
		exit;
	}
%[5]s	if (is_method("INVITE")) {
		if (!pv_proxy_authenticate("$fd", "%[4]s", "0")) { proxy_challenge("$fd", "1"); exit; }
		consume_credentials();
	}
	record_route();
	if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }
	t_relay();
}
`

// Start runs it.
func (k *Kamailio) Start(t testing.TB) {
	t.Helper()
	modules := NeedKamailio(t)
	k.addr = fmt.Sprintf("127.0.0.1:%d", freePort(t))
	if k.Usual {
		k.addr = ownIP(t, 67) + ":5060"
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "kamailio.cfg")
	k.log = filepath.Join(dir, "kamailio.log")
	var open strings.Builder
	for user, addr := range k.Users {
		fmt.Fprintf(&open, "\tif ($rU == %q) { record_route(); $ru = \"sip:%s@%s\"; t_relay(); exit; }\n", user, user, addr)
	}
	if err := os.WriteFile(file, fmt.Appendf(nil, kamailioConfig, modules, k.addr, k.Realm, k.Password, open.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	path, err := exec.LookPath("kamailio")
	if err != nil {
		path = "/usr/sbin/kamailio"
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, path, "-f", file, "-DD", "-E", "-m", "16", "-M", "4", "-Y", dir)
	out, err := os.Create(k.log)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { cancel(); <-ended; out.Close() })
	ask := NewRaw(t)
	for range 300 {
		ask.Send(k.addr, fmt.Sprintf("OPTIONS sip:%s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bK-up;rport\nFrom: <sip:t@t>;tag=1\nTo: <sip:k@k>\nCall-ID: up\nCSeq: 1 OPTIONS\nMax-Forwards: 5\n\n", k.addr, ask.Addr()))
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("kamailio ended (%v):\n%s", err, k.said())
		case <-time.After(100 * time.Millisecond):
		}
		if len(ask.Pending()) > 0 {
			return
		}
	}
	t.Fatalf("kamailio does not answer:\n%s", k.said())
}

// Addr is where it listens.
func (k *Kamailio) Addr() string { return k.addr }

func (k *Kamailio) said() string {
	said, _ := os.ReadFile(k.log)
	return strings.TrimSpace(string(said))
}
