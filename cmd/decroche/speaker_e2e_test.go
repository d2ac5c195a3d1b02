package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"decroche/asr"
	"decroche/gateway/leg"
	"decroche/internal/phone"
	"decroche/internal/syncbuf"
	"decroche/media/wav"
)

// The speaker (cmd/speaker) against the gateway: a program beside a program, in real time. What a room
// says is said again and again until the gateway's record shows that it was understood, so that no
// sentence has to be in time.

// speakerProgram builds the speaker once, with PortAudio where that can be had.
var speakerProgram = sync.OnceValues(func() (string, error) {
	out := filepath.Join(shared, "speaker")
	args := []string{"build", "-o", out}
	if i, ok := debug.ReadBuildInfo(); ok && slices.ContainsFunc(i.Settings, func(s debug.BuildSetting) bool { return s.Key == "-race" && s.Value == "true" }) {
		args = append(args, "-race", "-gcflags=decroche/asr/embedded=-race=false") // what scripts/test builds the tests of, so that nothing is compiled twice
	}
	cmd := exec.Command("go")
	cmd.Env = os.Environ()
	if noPortAudio() == "" {
		args = append(args, "-tags", "portaudio")
		cmd.Env = append(cmd.Env, "CGO_ENABLED=1")
	}
	cmd.Args = append(append(cmd.Args, args...), "decroche/cmd/speaker")
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the speaker: %w\n%s", err, said)
	}
	return out, nil
})

// noPortAudio tells what is missing for a speaker with real devices; "" when nothing is.
func noPortAudio() string {
	for _, p := range []string{"gcc", "pkg-config"} {
		if _, err := exec.LookPath(p); err != nil {
			return p + " is not installed"
		}
	}
	if exec.Command("pkg-config", "--exists", "portaudio-2.0").Run() != nil {
		return "libportaudio's headers (portaudio19-dev) are not installed"
	}
	return ""
}

// room is a speaker that runs.
type room struct {
	cmd  *exec.Cmd
	said *syncbuf.Buffer
	done chan error
}

func startSpeaker(t *testing.T, env []string, args ...string) *room {
	t.Helper()
	program, err := speakerProgram()
	if err != nil {
		t.Fatal(err)
	}
	r := &room{cmd: exec.Command(program, append([]string{"run"}, args...)...), said: &syncbuf.Buffer{}, done: make(chan error, 1)}
	r.cmd.Env, r.cmd.Stderr = append(os.Environ(), env...), r.said
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { r.done <- r.cmd.Wait() }()
	t.Cleanup(func() {
		_ = r.cmd.Process.Kill()
		if t.Failed() {
			t.Logf("the speaker said:\n%s", r.said)
		}
	})
	return r
}

// stop asks the speaker to end, as systemd does, and tells how it did.
func (r *room) stop(t *testing.T) {
	t.Helper()
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	select {
	case err := <-r.done:
		if err != nil {
			t.Errorf("the speaker ended with %v", err)
		}
	case <-time.After(patience):
		t.Fatal("the speaker does not end at SIGTERM")
	}
}

// someday waits until what is asked is so.
func someday(t *testing.T, what string, so func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for !so() {
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("never came: %s", what)
		}
	}
}

// deviceToken makes a token for a device with the commands that people use, and puts it into a file.
func deviceToken(t *testing.T, set *scenery) (file, id string) {
	t.Helper()
	run := func(args ...string) string {
		cmd := exec.Command(os.Args[0], append(args, "--config", filepath.Join(set.data, "decroche.yaml"))...)
		cmd.Env = append(os.Environ(), "DECROCHE_API_TOKEN="+set.token)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		return string(out)
	}
	run("users", "add", "lina", "--role", "agent")
	token := strings.TrimSpace(run("tokens", "device", "kitchen", "--hotline", "colibri", "--user", "lina"))
	file = filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(token), 0o600); err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(run("tokens", "list")) {
		if strings.Contains(l, "kitchen") {
			id = strings.Fields(l)[0]
		}
	}
	return file, id
}

// inTheRoom is a room's sound: the wake phrase, then the same sentence again and again.
func inTheRoom(t *testing.T, tl *tools, text string, times int) string {
	t.Helper()
	pcm := sentence(t, tl, "dis Décroche", 8000, 9*8000)
	for range times {
		pcm = append(pcm, sentence(t, tl, text, 0, 8*8000)...)
	}
	file := filepath.Join(t.TempDir(), "room.wav")
	if err := writeWAV(file, 8000, pcm); err != nil {
		t.Fatal(err)
	}
	return file
}

// transcribed is what a recording says.
func transcribed(t *testing.T, tl *tools, file string) string {
	t.Helper()
	pcm, rate, err := wav.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	res, err := asr.Transcribe(t.Context(), tl.ears, pcm, asr.Options{Language: "fr", Rate: rate})
	if err != nil {
		t.Fatal(err)
	}
	return res.Text
}

// TestSpeakerReachesAPerson: the wake phrase in a room begins a call, with a device's token, where nobody
// else may call; a sentence brings an agent, who is heard in the room; and when the token is revoked the
// next call is refused.
func TestSpeakerReachesAPerson(t *testing.T) {
	t.Parallel()
	needs(t, "espeak-ng", "go")
	tl := testTools(t)
	agent := openLine(t, func(ctx context.Context, l leg.Leg) {
		if l.Answer(ctx) != nil {
			return
		}
		p := &phone.Phone{Leg: l, Mouth: tl.mouth, Ears: tl.ears, Lang: "fr"}
		p.Start(ctx)
		m := p.Mark()
		if _, err := p.WaitSound(ctx, m); err == nil {
			_, _ = p.WaitQuiet(ctx, 1500*time.Millisecond)
			_ = l.(leg.Presser).SendDigits(ctx, "1")
			for p.Pause(ctx, time.Second) == nil {
				if _, _, err := p.Say(ctx, "Bonjour, ici le service après-vente."); err != nil {
					break
				}
			}
		}
		<-p.Done()
	})
	set := openScenery(t, agent.server.Addr(), "widget: {voice: false}")
	token, id := deviceToken(t, set)
	out := filepath.Join(t.TempDir(), "heard.wav")
	r := startSpeaker(t, nil, "--gateway", "http://"+set.http, "--token", "file:"+token, "--wav-in", inTheRoom(t, tl, "je voudrais parler à un conseiller", 16), "--wav-out", out, "--wav-tail", "1m")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var conv string
	someday(t, "a call from the speaker", func() bool {
		list, err := conversations(ctx, set.api())
		if err == nil && len(list) > 0 {
			conv = list[0].ID
		}
		return conv != ""
	})
	someday(t, "an agent for the speaker", func() bool {
		rec, err := set.api().conversation(ctx, conv)
		return err == nil && rec.transferred()
	})
	someday(t, "the agent's greeting in the room", func() bool {
		pcm, rate, err := wav.ReadFile(out)
		if err != nil || len(pcm) < 10*rate {
			return false
		}
		res, err := asr.Transcribe(ctx, tl.ears, pcm[len(pcm)-10*rate:], asr.Options{Language: "fr", Rate: rate})
		return err == nil && strings.Contains(res.Text, "service")
	})
	r.stop(t)
	if rec, err := waitRecord(ctx, set.api(), conv); err != nil || rec.EndedBy != "caller" {
		t.Errorf("the record says %q, %v", rec.EndedBy, err)
	}
	if said := transcribed(t, tl, out); !strings.Contains(said, "automatique") {
		t.Errorf("the greeting in the room: %q", said)
	}

	revoke := exec.Command(os.Args[0], "tokens", "revoke", id, "--config", filepath.Join(set.data, "decroche.yaml"))
	revoke.Env = append(os.Environ(), "DECROCHE_API_TOKEN="+set.token)
	if said, err := revoke.CombinedOutput(); err != nil {
		t.Fatalf("revoke: %v\n%s", err, said)
	}
	again := startSpeaker(t, nil, "--gateway", "http://"+set.http, "--token", "file:"+token, "--once", "--wake", "", "--wav-in", inTheRoom(t, tl, "bonjour", 1))
	if err := <-again.done; err == nil || !strings.Contains(again.said.String(), fmt.Sprint(http.StatusUnauthorized)) || !strings.Contains(again.said.String(), "decroche tokens device") {
		t.Errorf("with a revoked token: %v\n%s", err, again.said)
	}
}

// TestSpeakerOnRealDevices: the same with PortAudio, through ALSA, on PulseAudio's null sinks: what is
// played into one is what the microphone hears, and what the loudspeaker plays is recorded from the other.
func TestSpeakerOnRealDevices(t *testing.T) {
	t.Parallel()
	if why := noPortAudio(); why != "" {
		absent(t, why)
	}
	needs(t, "espeak-ng", "go", "pulseaudio", "paplay", "parec", "pactl")
	if found, _ := filepath.Glob("/usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so"); len(found) == 0 {
		absent(t, "ALSA's way to PulseAudio (libasound2-plugins) is not installed")
	}
	tl := testTools(t)
	env := startPulse(t)
	set := openScenery(t, "127.0.0.1:9")
	play := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(name, args...)
		cmd.Env = append(os.Environ(), env...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
		return cmd
	}
	lists(t, env)
	heard := filepath.Join(t.TempDir(), "heard.wav")
	tape := play("parec", "-d", "loudspeaker.monitor", "--rate=16000", "--channels=1", "--format=s16le", "--file-format=wav", heard)
	r := startSpeaker(t, env, "--gateway", "http://"+set.http, "--microphone", "decroche_micro", "--loudspeaker", "decroche_loud")
	someday(t, "an open microphone", func() bool { return strings.Contains(r.said.String(), "ready") })
	play("paplay", "-d", "microphone", inTheRoom(t, tl, "où est mon colis", 16))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	someday(t, "the parcel's question, asked in the room", func() bool {
		list, err := conversations(ctx, set.api())
		return err == nil && len(list) > 0 && list[0].Intent == "suivi_colis"
	})
	r.stop(t)
	if sum := regexp.MustCompile(`msg="the call is over" .*device_missed=\d+ phrases_unheard=\d+ unsent=\d+ packets=[1-9]\d* lost=\d+`); !sum.MatchString(r.said.String()) {
		t.Error("the log does not sum the call up")
	}
	_ = tape.Process.Signal(os.Interrupt)
	_ = tape.Wait()
	if said := transcribed(t, tl, heard); !strings.Contains(said, "automatique") {
		t.Errorf("the room heard %q", said)
	}
}

// lists: speaker devices names the microphone and the loudspeaker that there are, and a name that is none's
// is refused with those that are.
func lists(t *testing.T, env []string) {
	t.Helper()
	program, err := speakerProgram()
	if err != nil {
		t.Fatal(err)
	}
	ask := func(args ...string) (string, error) {
		cmd := exec.Command(program, args...)
		cmd.Env = append(os.Environ(), env...)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	out, err := ask("devices", "--json")
	var got struct {
		Devices []struct {
			Name, API       string
			Inputs, Outputs int
		}
	}
	if err != nil || json.Unmarshal([]byte(out), &got) != nil {
		t.Fatalf("speaker devices --json: %v\n%s", err, out)
	}
	hears, plays := false, false
	for _, d := range got.Devices {
		hears = hears || d.Name == "decroche_microphone" && d.API == "ALSA" && d.Inputs > 0
		plays = plays || d.Name == "decroche_loudspeaker" && d.API == "ALSA" && d.Outputs > 0
	}
	if !hears || !plays {
		t.Errorf("speaker devices --json lists\n%s", out)
	}
	if out, err := ask("devices"); err != nil || !strings.Contains(out, "decroche_loudspeaker") || !strings.HasPrefix(out, "NAME") {
		t.Errorf("speaker devices: %v\n%s", err, out)
	}
	if out, err := ask("run", "--wake", "", "--microphone", "gramophone"); err == nil || !strings.Contains(out, `no microphone is called "gramophone"; there are`) {
		t.Errorf("an unknown microphone: %v\n%s", err, out)
	}
}

// startPulse starts a PulseAudio server with a microphone and a loudspeaker that are no hardware, and
// returns the environment in which ALSA finds them.
func startPulse(t *testing.T) []string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pulse") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	sock := filepath.Join(dir, "sock")
	conf := fmt.Sprintf("pcm.decroche_microphone { type pulse server \"unix:%[1]s\" device \"microphone.monitor\" hint { show on description \"microphone\" } }\n"+
		"pcm.decroche_loudspeaker { type pulse server \"unix:%[1]s\" device \"loudspeaker\" hint { show on description \"loudspeaker\" } }\n", sock)
	if err := os.WriteFile(filepath.Join(dir, ".asoundrc"), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{"HOME=" + dir, "XDG_RUNTIME_DIR=" + dir, "PULSE_RUNTIME_PATH=" + filepath.Join(dir, "run"), "PULSE_SERVER=unix:" + sock}
	cmd := exec.Command("pulseaudio", "--daemonize=no", "-n", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes", "--realtime=no", "--high-priority=no",
		"-L", "module-native-protocol-unix socket="+sock+" auth-anonymous=1", "-L", "module-null-sink sink_name=microphone rate=16000 channels=1", "-L", "module-null-sink sink_name=loudspeaker rate=16000 channels=1")
	cmd.Env = append(os.Environ(), env[:3]...)
	said := &syncbuf.Buffer{}
	cmd.Stderr = said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	someday(t, "PulseAudio", func() bool {
		ask := exec.Command("pactl", "info")
		ask.Env = append(os.Environ(), env...)
		return ask.Run() == nil
	})
	return env
}
