package peer

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Baresip is a real telephone program without a window: it hums a tone into its microphone and
// keeps what it hears.
type Baresip struct {
	Dial   string  // URI to call; "" waits for a call and answers it
	Hum    float64 // Hz, what its microphone hears
	Says   []int16 // said once after answering, at 8 kHz, then silence, in place of Hum; in G.711
	Second int     // how many seconds it has to hear before it hangs up
	Codec  string  // the only one it speaks: "G722" or "opus"; "" means G.711 in both laws

	// Registrar is where it registers as User with Password, host:port, over Transport ("udp", "tcp" or
	// "tls", "" for udp), in Domain; "" registers nowhere.
	Registrar, Transport, Domain, User, Password string
	// Refused says that the registration is expected to fail.
	Refused bool
	// Encrypt makes it insist on SRTP with keys in SDP.
	Encrypt bool

	addr     string
	dir      string
	rate     int
	channels int
	cmd      *exec.Cmd
	out      *os.File
	in       io.WriteCloser
	ended    chan error
}

// NeedBaresip skips the test when baresip, or a module of it that is needed, is not installed. It
// returns the folder of the modules.
func NeedBaresip(t testing.TB) string {
	t.Helper()
	if _, err := exec.LookPath("baresip"); err != nil {
		t.Skip("baresip is not installed; apt install baresip")
	}
	found, _ := filepath.Glob("/usr/lib*/baresip/modules/sndfile.so")
	more, _ := filepath.Glob("/usr/lib/*/baresip/modules/sndfile.so")
	if found = append(found, more...); len(found) == 0 {
		t.Skip("baresip's module sndfile is not installed; apt install baresip")
	}
	return filepath.Dir(found[0])
}

// Start runs it.
func (b *Baresip) Start(t testing.TB) {
	t.Helper()
	modules := NeedBaresip(t)
	codecs, rate, channels := "PCMA,PCMU", 8000, 1
	switch b.Codec {
	case "G722":
		codecs, rate = "G722/16000/1", 16000
	case "opus":
		codecs, rate, channels = "opus/48000/2", 48000, 2
	}
	module := map[string]string{"G722": "g722.so", "opus": "opus.so"}[b.Codec]
	if module != "" {
		if _, err := os.Stat(filepath.Join(modules, module)); err != nil {
			t.Skipf("baresip's module %s is not installed; apt install baresip", module)
		}
		module = "module " + module
	}
	if b.Encrypt {
		if _, err := os.Stat(filepath.Join(modules, "srtp.so")); err != nil {
			t.Skip("baresip's module srtp is not installed; apt install baresip")
		}
		module += "\nmodule srtp.so"
	}
	b.rate, b.channels = rate, channels
	b.dir = t.TempDir()
	b.addr = fmt.Sprintf("127.0.0.1:%d", freePort(t))
	mic := filepath.Join(b.dir, "mic.wav")
	sound := toneWAV(b.Hum, longest, rate, channels)
	if b.Says != nil {
		sound = toneWAV(0, longest, rate, channels)
		for i, s := range b.Says {
			binary.LittleEndian.PutUint16(sound[44+2*i:], uint16(s))
		}
	}
	if err := os.WriteFile(mic, sound, 0o600); err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf(`sip_listen %s
audio_source aufile,%s
audio_player aufile,/dev/null
audio_alert aufile,/dev/null
ausrc_srate %d
auplay_srate %d
ausrc_channels %d
auplay_channels %d
snd_path %s
rtp_ports 20000-29999
jitter_buffer_type fixed
module_path %s
module stdio.so
module g711.so
%s
module aufile.so
module sndfile.so
module_app account.so
module_app menu.so
`, b.addr, mic, rate, rate, channels, channels, b.dir, modules, module)
	account := fmt.Sprintf("<sip:baresip@%s>;regint=0;audio_codecs=%s;answermode=auto", b.addr, codecs)
	if b.Registrar != "" {
		way := ";transport=" + cmp.Or(b.Transport, "udp")
		account = fmt.Sprintf("<sip:%s@%s%s>;auth_pass=%s;outbound=\"sip:%s%s\";regint=120;audio_codecs=%s;answermode=auto",
			b.User, b.Domain, way, b.Password, b.Registrar, way, codecs)
	}
	if b.Encrypt {
		account += ";mediaenc=srtp-mand"
	}
	account += "\n"
	for name, text := range map[string]string{"config": config, "accounts": account, "contacts": ""} {
		if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"-f", b.dir, "-t", fmt.Sprint(longest)}
	if b.Dial != "" {
		args = append(args, "-e", "/dial "+b.Dial)
	}
	ctx, cancel := context.WithTimeout(context.Background(), (longest+10)*time.Second)
	t.Cleanup(cancel)
	b.cmd = exec.CommandContext(ctx, "baresip", args...)
	out, err := os.Create(filepath.Join(b.dir, "out.log"))
	if err != nil {
		t.Fatal(err)
	}
	b.out, b.cmd.Stdout, b.cmd.Stderr = out, out, out
	if b.in, err = b.cmd.StdinPipe(); err != nil { // it quits when its standard input ends
		t.Fatal(err)
	}
	if err := b.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	b.ended = make(chan error, 1)
	go func() { b.ended <- b.cmd.Wait() }()
	switch {
	case b.Refused:
		b.until(t, "was not refused", func() bool { return strings.Contains(b.said(), "401") || strings.Contains(b.said(), "403") })
		return
	case b.Registrar != "":
		b.until(t, "did not register", func() bool { return strings.Contains(b.said(), "200 OK") })
	}
	b.until(t, "is not ready", func() bool { return strings.Contains(b.said(), "baresip is ready") })
}

// longest is how many seconds it runs whatever happens: a busy machine gets that long.
const longest = 60

// until waits for something to happen to it, and fails the test when it ends before.
func (b *Baresip) until(t testing.TB, what string, happened func() bool) {
	t.Helper()
	for !happened() {
		select {
		case err := <-b.ended:
			b.ended <- err
			if !happened() {
				t.Fatalf("baresip %s and ended (%v):\n%s", what, err, b.said())
			}
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Type gives it a command, like "/transfer sip:204@192.0.2.7".
func (b *Baresip) Type(t testing.TB, command string) {
	t.Helper()
	if _, err := io.WriteString(b.in, command+"\n"); err != nil {
		t.Fatalf("baresip takes no command: %v", err)
	}
}

// Shows waits until it has written what on its terminal.
func (b *Baresip) Shows(t testing.TB, what string) {
	t.Helper()
	b.until(t, "did not write "+what, func() bool { return strings.Contains(b.said(), what) })
}

// Addr is where it listens.
func (b *Baresip) Addr() string { return b.addr }

func (b *Baresip) said() string {
	said, _ := os.ReadFile(b.out.Name())
	return string(said)
}

// Heard waits until it has heard enough, lets it hang up, and returns what it heard, at 8 kHz: every
// sixth or second sample of what a wider codec gave, which is enough to find a tone.
func (b *Baresip) Heard(t testing.TB) []int16 {
	t.Helper()
	dump := func() string {
		files, _ := filepath.Glob(filepath.Join(b.dir, "dump-*-dec.wav"))
		if len(files) == 0 {
			return ""
		}
		return files[0]
	}
	b.until(t, "heard too little", func() bool {
		file, err := os.Stat(dump())
		return err == nil && file.Size() >= int64(44+2*b.Second*b.rate*b.channels)
	})
	_ = b.cmd.Process.Signal(os.Interrupt) // it hangs up and quits
	err := <-b.ended
	b.in.Close()
	b.out.Close()
	data, failed := os.ReadFile(dump())
	if failed != nil || len(data) < 44 {
		t.Fatalf("baresip's recording: %d bytes, %v (%v):\n%s", len(data), failed, err, b.said())
	}
	step := 2 * b.channels * b.rate / 8000
	pcm := make([]int16, (len(data)-44)/step)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(data[44+step*i:]))
	}
	return pcm
}

// toneWAV is a WAV file of a sine in 16 bits.
func toneWAV(freq float64, seconds, rate, channels int) []byte {
	n := seconds * rate * channels
	b := make([]byte, 44+2*n)
	copy(b, "RIFF")
	binary.LittleEndian.PutUint32(b[4:], uint32(36+2*n))
	copy(b[8:], "WAVEfmt ")
	for i, v := range []uint32{16, 1 | uint32(channels)<<16, uint32(rate), uint32(2 * rate * channels), uint32(2*channels) | 16<<16} {
		binary.LittleEndian.PutUint32(b[16+4*i:], v)
	}
	copy(b[36:], "data")
	binary.LittleEndian.PutUint32(b[40:], uint32(2*n))
	for i := range n {
		binary.LittleEndian.PutUint16(b[44+2*i:], uint16(int16(8000*math.Sin(2*math.Pi*freq*float64(i/channels)/float64(rate)))))
	}
	return b
}
