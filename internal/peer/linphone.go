package peer

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Linphone is a real telephone with several lines and without a window (linphonec, of liblinphone): unlike
// baresip 1.0 it knows Replaces, so that it transfers after asking, and is taken over. It answers by itself,
// hums a tone into its microphone, and keeps what it hears in one file for each Record.
type Linphone struct {
	User string  // how it is called: sip:User@Addr()
	Hum  float64 // Hz, what its microphone hears

	addr string
	dir  string
	out  *os.File
	in   io.WriteCloser
	dead chan struct{} // closed when it has ended
	read int           // how much of what it said was waited for
}

// NeedLinphone skips the test when linphonec is not installed.
func NeedLinphone(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("linphonec"); err != nil {
		t.Skip("linphonec is not installed; apt install linphone-cli")
	}
}

// linphoneConfig: loopback alone, UDP alone, IPv4 alone, no media encryption, G.711 alone.
const linphoneConfig = `[sip]
sip_port=5060
sip_tcp_port=0
sip_tls_port=0
use_ipv6=0
bind_address=%[1]s
contact=sip:%[2]s@%[1]s
guess_hostname=0
default_proxy=-1
media_encryption=none
[rtp]
audio_rtp_port=%[3]d-%[4]d
bind_address=%[1]s
symmetric=1
[net]
mtu=1300
`

// ownIP is an address of loopback that no other test has: whoever names others without their port, as
// liblinphone does in Refer-To, has to have the port that goes without saying.
func ownIP(t testing.TB, net byte) string {
	port := freePort(t)
	return fmt.Sprintf("127.%d.%d.%d", net, port>>8, port&255)
}

// linphoneCodecs are the numbers of PCMU and PCMA in its list.
var linphoneCodecs = []int{3, 4}

// Start runs it, as one that answers by itself and hears nothing yet: Record first.
func (l *Linphone) Start(t testing.TB) {
	t.Helper()
	NeedLinphone(t)
	l.dir = t.TempDir()
	media, ip := freePort(t), ownIP(t, 66)
	l.addr = ip + ":5060"
	if err := os.MkdirAll(filepath.Join(l.dir, ".local/share/linphone"), 0o700); err != nil { // its database
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"rc":      fmt.Appendf(nil, linphoneConfig, ip, l.User, media, media+3),
		"mic.wav": toneWAV(l.Hum, longest, 8000, 1),
	} {
		if err := os.WriteFile(filepath.Join(l.dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "linphonec", "-c", filepath.Join(l.dir, "rc"), "-d", "6", "-l", filepath.Join(l.dir, "wire.log"))
	cmd.Dir = l.dir
	cmd.Env = append(os.Environ(), "HOME="+l.dir, "XDG_DATA_HOME=", "XDG_CONFIG_HOME=")
	out, err := os.Create(filepath.Join(l.dir, "out.log"))
	if err != nil {
		t.Fatal(err)
	}
	l.out, cmd.Stdout, cmd.Stderr = out, out, out
	if l.in, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	l.dead = make(chan struct{})
	go func() { _ = cmd.Wait(); close(l.dead) }()
	t.Cleanup(func() { cancel(); <-l.dead; l.in.Close(); out.Close() })
	l.Type(t, "codec disable all")
	for _, n := range linphoneCodecs {
		l.Type(t, fmt.Sprint("codec enable ", n))
	}
	l.Type(t, "soundcard use files")
	l.Type(t, "play mic.wav")
	l.Type(t, "autoanswer enable")
	l.Says(t, "Auto answer enabled")
}

// Type gives it a command, like "call sip:hotline@192.0.2.7" or "transfer 1 --to-call 2".
func (l *Linphone) Type(t testing.TB, command string) {
	t.Helper()
	if _, err := io.WriteString(l.in, command+"\n"); err != nil {
		t.Fatalf("linphonec takes no command: %v\n%s", err, l.said())
	}
}

// Says waits until it has said what, after what was waited for before.
func (l *Linphone) Says(t testing.TB, what string) {
	t.Helper()
	l.until(t, fmt.Sprintf("did not say %q", what), func() bool {
		said := l.said()
		i := strings.Index(said[min(l.read, len(said)):], what)
		if i >= 0 {
			l.read += i + len(what)
		}
		return i >= 0
	})
}

// until waits for something to happen to it, for a minute, and fails the test when it ends before.
func (l *Linphone) until(t testing.TB, what string, happened func() bool) {
	t.Helper()
	for range longest * 50 {
		if happened() {
			return
		}
		select {
		case <-l.dead:
			t.Fatalf("linphonec %s and ended:\n%s", what, l.said())
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatalf("linphonec %s:\n%s", what, l.said())
}

// Addr is where it listens.
func (l *Linphone) Addr() string { return l.addr }

// URI is a SIP address that reaches it directly.
func (l *Linphone) URI() string { return "sip:" + l.User + "@" + l.addr }

func (l *Linphone) said() string {
	said, _ := os.ReadFile(l.out.Name())
	return string(said)
}

// Wire is its log, which has every SIP message that it sent and received.
func (l *Linphone) Wire() string {
	log, _ := os.ReadFile(filepath.Join(l.dir, "wire.log"))
	return string(log)
}

// Record begins a new file of what it hears, in the calls from now on.
func (l *Linphone) Record(t testing.TB, name string) {
	t.Helper()
	l.Type(t, "record "+name)
}

// Hears waits until the file that Record began has something of which is true for the samples, at 8 kHz,
// of any second of it.
func (l *Linphone) Hears(t testing.TB, name string, is func(pcm []int16) bool) {
	t.Helper()
	const step = 8000
	l.until(t, "did not hear it in "+name, func() bool {
		data, _ := os.ReadFile(filepath.Join(l.dir, name))
		for i := 44; i+2*step <= len(data); i += step {
			pcm := make([]int16, step)
			for j := range pcm {
				pcm[j] = int16(binary.LittleEndian.Uint16(data[i+2*j:]))
			}
			if is(pcm) {
				return true
			}
		}
		return false
	})
}
