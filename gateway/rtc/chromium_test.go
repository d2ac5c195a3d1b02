package rtc_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"decroche/gateway/leg"
	"decroche/gateway/rtc"
	"decroche/media/tone"
	"decroche/media/wav"
)

// Chromium calls: both sides hear the other's tone, a key arrives, an offer of pictures and data too is
// answered, and the page that was loaded again goes on in the same call. It takes Debian's chromium and
// some seconds, so it is one of the long tests.
func TestChromium(t *testing.T) {
	t.Parallel()
	browser, err := exec.LookPath("chromium")
	if err != nil || os.Getenv("DECROCHE_LONG") == "" {
		t.Skip("wants chromium (apt-get install chromium) and DECROCHE_LONG=1")
	}
	keyed, ended := make(chan error, 1), make(chan error, 1)
	h := newHouse(t, nil, func(ctx context.Context, l leg.Leg, w rtc.Wish) {
		if err := l.Answer(ctx); err != nil {
			keyed <- err
			return
		}
		go hum(ctx, l, 440)
		keyed <- toneAndKey(ctx, l, 1000, '5')
		for {
			if _, err := l.Receive(ctx); err != nil {
				ended <- err
				return
			}
		}
	})
	said := make(chan string, 10)
	heardUs := make(chan struct{})
	h.mux.HandleFunc("GET /page", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, "testdata/page.html") })
	h.mux.HandleFunc("POST /says", func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		said <- string(b)
	})
	h.mux.HandleFunc("POST /wait", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-heardUs:
		case <-r.Context().Done():
		}
	})

	dir := t.TempDir()
	voice := filepath.Join(dir, "voice.wav")
	file, err := wav.Create(voice, 48000, 1)
	if err == nil {
		if err = file.Write(tone.Sine(1000, 48000, 10*time.Second, 0.5)); err == nil {
			err = file.Close()
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--user-data-dir="+filepath.Join(dir, "profile"),
		"--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--use-file-for-fake-audio-capture="+voice,
		"--autoplay-policy=no-user-gesture-required", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", h.url+"/page")
	cmd.Env = append(os.Environ(), "HOME="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cancel()
		_ = cmd.Wait() // it was killed
	}()
	next := func(want string) {
		t.Helper()
		select {
		case got := <-said:
			if got != want {
				t.Fatalf("the page says %q, not %q", got, want)
			}
		case <-ctx.Done():
			t.Fatalf("the page does not say %q", want)
		}
	}
	next("heard")
	if err := <-keyed; err != nil {
		t.Fatal(err)
	}
	close(heardUs)
	next("heard again")
	if err := <-ended; !errors.Is(err, io.EOF) {
		t.Errorf("the leg ended with %v", err)
	}
	if len(h.calls) != 0 || h.server.Lines() != 0 {
		t.Error("the page that came back has made another call")
	}
}

// toneAndKey waits until a leg has heard a tone for half a second and a key, in any order.
func toneAndKey(ctx context.Context, l leg.Leg, hz float64, key byte) error {
	for frames, pressed := 0, false; frames < 25 || !pressed; {
		h, err := l.Receive(ctx)
		switch {
		case err != nil:
			return err
		case h.Digit == key:
			pressed = true
		case h.Digit == 0 && tone.Goertzel(h.Frame.PCM, h.Frame.Rate, hz) > 0.1:
			frames++
		}
	}
	return nil
}
