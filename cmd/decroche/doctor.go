package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"decroche/asr"
	"decroche/configs"
	"decroche/flows"
	"decroche/media"
	"decroche/tts"
)

type doctorCmd struct{}

// finding is one line of the doctor's report.
type finding struct {
	what   string
	ok     bool
	note   string
	advice string // what to do, when not ok
}

// Run looks at everything and exits 1 when something serve needs is not there.
func (c *doctorCmd) Run(ctx context.Context, g *globals) error {
	cfg, bots, err := loadAll(g)
	if err != nil {
		fmt.Println("configuration: it has mistakes; the rest was not looked at")
		return err
	}
	demoSecret(g, cfg)
	var all []finding
	all = append(all, finding{what: "configuration", ok: true, note: fmt.Sprintf("%d hotline(s)", len(bots))})
	all = append(all, ports(cfg)...)
	all = append(all, voiceAndEars(ctx, cfg, bots)...)
	all = append(all, dataFolder(cfg.Gateway.DataDir))
	all = append(all, backends(ctx, bots)...)
	for _, a := range cfg.Gateway.Agents {
		all = append(all, finding{what: "agent " + a.Name, ok: true, note: a.Addr + " (rung only when a caller asks)"})
	}
	for _, tool := range []struct{ name, why string }{{"sipp", "tests"}, {"baresip", "tests"}} {
		_, err := exec.LookPath(tool.name)
		all = append(all, finding{what: tool.name + " (" + tool.why + " only)", ok: true, note: installed(err == nil)})
	}
	sick := 0
	for _, f := range all {
		mark := "ok  "
		if !f.ok {
			mark = "BAD "
			sick++
		}
		fmt.Printf("%s %-28s %s\n", mark, f.what, f.note)
		if !f.ok {
			fmt.Printf("     -> %s\n", f.advice)
		}
	}
	if sick > 0 {
		return fmt.Errorf("%d of %d things need attention", sick, len(all))
	}
	fmt.Println("everything is in order")
	return nil
}

func installed(yes bool) string {
	if yes {
		return "installed"
	}
	return "not installed; make test installs it"
}

// ports tries to bind what serve would bind.
func ports(cfg configs.Config) []finding {
	var out []finding
	for _, t := range cfg.Gateway.SIP.Transports {
		f := finding{what: "SIP " + t + " " + cfg.Gateway.SIP.Listen, advice: "another program has this port (perhaps a running decroche): stop it, or set sip.listen"}
		f.ok, f.note = free(t, cfg.Gateway.SIP.Listen)
		out = append(out, f)
	}
	f := finding{what: "HTTP " + cfg.Gateway.HTTP.Listen, advice: "another program has this port (perhaps a running decroche): stop it, or set http.listen"}
	f.ok, f.note = free("tcp", cfg.Gateway.HTTP.Listen)
	return append(out, f)
}

func free(network, addr string) (bool, string) {
	var c io.Closer
	var err error
	if network == "udp" {
		c, err = net.ListenPacket("udp", addr)
	} else {
		c, err = net.Listen("tcp", addr)
	}
	if err != nil {
		return false, err.Error()
	}
	_ = c.Close()
	return true, "free"
}

// voiceAndEars speaks a sentence and recognises it.
func voiceAndEars(ctx context.Context, cfg configs.Config, bots []*flows.Bot) []finding {
	voice := finding{what: "voice " + cfg.TTS.Engine, advice: "install it: apt-get install espeak-ng"}
	mouth, err := newSynthesiser(cfg)
	var pcm []int16
	if err == nil {
		began := time.Now()
		pcm, err = synthesise(ctx, mouth, tts.Utterance{Text: "bonjour, où est mon colis ?", Language: "fr", Rate: media.PhoneRate})
		voice.note = fmt.Sprintf("spoke %.1f s of sound in %d ms", float64(len(pcm))/media.PhoneRate, time.Since(began).Milliseconds())
	}
	if voice.ok = err == nil && len(pcm) > 0; !voice.ok {
		voice.note = fmt.Sprint(err)
	}
	ears := finding{what: "recogniser " + cfg.ASR.Engine, advice: "the weights are part of the binary; build it again with make build"}
	r, err := newRecogniser(cfg, bots, slog.New(slog.DiscardHandler))
	if err != nil {
		ears.note = err.Error()
		return []finding{voice, ears}
	}
	ears.ok, ears.note = true, fmt.Sprint(r)
	if len(pcm) > 0 {
		began := time.Now()
		res, err := transcribe(ctx, r, pcm, asr.Options{Language: "fr", Rate: media.PhoneRate})
		if ears.ok = err == nil; !ears.ok {
			ears.note = err.Error()
		} else {
			ears.note += fmt.Sprintf(", heard the voice say « %s » in %d ms; it is for demonstrations, not for the public", res.Text, time.Since(began).Milliseconds())
		}
	}
	return []finding{voice, ears}
}

func dataFolder(dir string) finding {
	f := finding{what: "data folder " + dir, advice: "make it writable, or set data_dir"}
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		probe := filepath.Join(dir, ".doctor")
		err = os.WriteFile(probe, nil, 0o600)
		_ = os.Remove(probe)
	}
	if f.ok = err == nil; f.ok {
		f.note = "writable"
	} else {
		f.note = err.Error()
	}
	return f
}

// backends asks every address that the hotlines' vars name, whatever it answers.
func backends(ctx context.Context, bots []*flows.Bot) []finding {
	var out []finding
	for _, b := range bots {
		for name, v := range b.Vars() {
			if !strings.HasPrefix(v, "http://") && !strings.HasPrefix(v, "https://") {
				continue
			}
			f := finding{what: b.Name + " vars." + name, advice: "start it (make run does, for the demo), or correct the address under vars:; without it callers hear that the look-up is down"}
			c, cancel := context.WithTimeoutCause(ctx, 3*time.Second, errors.New("no answer within 3 s"))
			req, err := http.NewRequestWithContext(c, http.MethodHead, v, nil)
			if err == nil {
				var resp *http.Response
				if resp, err = http.DefaultClient.Do(req); err == nil {
					_ = resp.Body.Close()
					f.ok, f.note = true, v+" answers"
				}
			}
			cancel()
			if err != nil {
				f.note = err.Error()
			}
			out = append(out, f)
		}
	}
	return append(out, finding{what: "machine", ok: true, note: fmt.Sprintf("%s/%s, %d cores", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())})
}
