package action_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"decroche/flows"
	"decroche/flows/action"
)

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func run(t *testing.T, cfg action.Config, args map[string]any) flows.Done {
	t.Helper()
	done, err := action.NewHTTP(cfg).Run(t.Context(), args)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func open() action.Config { return action.Config{AllowPrivate: true} }

func TestOutcomes(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	other := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{}`) })
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/ok":
			fmt.Fprint(w, `{"status":"in_transit","n":3}`)
		case "/empty":
			w.WriteHeader(http.StatusNoContent)
		case "/missing":
			http.Error(w, "no such order", http.StatusNotFound)
		case "/teapot":
			w.WriteHeader(http.StatusTeapot)
		case "/broken":
			fmt.Fprint(w, `{"status": "in_tra`)
		case "/html":
			fmt.Fprint(w, `<html>welcome</html>`)
		case "/huge":
			chunk := []byte(strings.Repeat(" ", 64<<10))
			for range 100 {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		case "/slow":
			select {
			case <-release:
			case <-r.Context().Done():
			}
		case "/drip":
			w.WriteHeader(http.StatusOK)
			fmt.Fprint(w, `{"a":`)
			w.(http.Flusher).Flush()
			select {
			case <-release:
			case <-r.Context().Done():
			}
		case "/away":
			http.Redirect(w, r, other.URL+"/stolen", http.StatusFound)
		case "/near":
			http.Redirect(w, r, "/ok", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/cut":
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, `{`)
		}
	})
	for path, want := range map[string]string{
		"/ok": "ok", "/empty": "ok", "/missing": "404", "/teapot": "418", "/broken": "error", "/html": "error",
		"/huge": "error", "/slow": "timeout", "/drip": "timeout", "/away": "error", "/near": "ok", "/loop": "error", "/cut": "error",
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			done := run(t, open(), map[string]any{"url": s.URL + path, "timeout_ms": 200})
			if done.Outcome != want {
				t.Errorf("outcome %q, want %q (%v)", done.Outcome, want, done.Result)
			}
		})
	}
}

func TestUnreachableIsAnOutcome(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	if done := run(t, open(), map[string]any{"url": s.URL}); done.Outcome != "error" {
		t.Errorf("outcome %q, want error", done.Outcome)
	}
}

func TestRequestAsWritten(t *testing.T) {
	t.Parallel()
	type seen struct {
		method, auth, plain, key, ctype string
		body                            map[string]any
	}
	got := make(chan seen, 1)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		x := seen{method: r.Method, auth: r.Header.Get("Authorization"), plain: r.Header.Get("X-Plain"), key: r.Header.Get("Idempotency-Key"), ctype: r.Header.Get("Content-Type")}
		raw, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(raw, &x.body)
		got <- x
		fmt.Fprint(w, `{"done":true}`)
	})
	cfg := open()
	cfg.Secrets = map[string]string{"TOKEN": "Bearer tr0ubador"}
	done := run(t, cfg, map[string]any{"name": "cancel", "method": "POST", "url": s.URL, "idempotency_key": "k1",
		"headers": map[string]any{"Authorization": "secret:TOKEN", "X-Plain": "a"}, "body": map[string]any{"order": "45127802"}})
	x := <-got
	if x.method != "POST" || x.auth != "Bearer tr0ubador" || x.plain != "a" || x.key != "k1" || x.ctype != "application/json" || x.body["order"] != "45127802" {
		t.Errorf("the server saw %+v", x)
	}
	if body, _ := done.Result["body"].(map[string]any); done.Outcome != "ok" || body["done"] != true {
		t.Errorf("done = %+v", done)
	}
}

func TestRetries(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		statuses []int
		retry    int
		want     string
		calls    int32
	}{
		{"503 then fine", []int{503, 200}, 1, "ok", 2},
		{"503 for ever", []int{503, 503, 503, 503}, 2, "503", 3},
		{"404 is an answer", []int{404, 200}, 2, "404", 1},
		{"500 may have done it", []int{500, 200}, 2, "500", 1},
		{"no retry asked", []int{503, 200}, 0, "503", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var n atomic.Int32
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.statuses[min(int(n.Add(1))-1, len(c.statuses)-1)])
				fmt.Fprint(w, "{}")
			})
			done := run(t, open(), map[string]any{"url": s.URL, "retry": c.retry})
			if done.Outcome != c.want || n.Load() != c.calls {
				t.Errorf("%q after %d requests, want %q after %d", done.Outcome, n.Load(), c.want, c.calls)
			}
		})
	}
}

func TestPrivateAddressesRefused(t *testing.T) {
	t.Parallel()
	var n atomic.Int32
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { n.Add(1) })
	if done := run(t, action.Config{}, map[string]any{"url": s.URL}); done.Outcome != "error" || n.Load() != 0 {
		t.Errorf("%q, %d requests reached loopback", done.Outcome, n.Load())
	}
}

func TestCancelReturnsAtOnce(t *testing.T) {
	t.Parallel()
	entered := make(chan struct{})
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-entered
		cancel()
	}()
	start := time.Now()
	done, err := action.NewHTTP(open()).Run(ctx, map[string]any{"url": s.URL, "timeout_ms": 30000, "retry": 3})
	if err != nil || done.Outcome != "error" || time.Since(start) > 5*time.Second {
		t.Errorf("%+v, %v after %v", done, err, time.Since(start))
	}
}

// No secret, and nothing a caller said, is in an error.
func TestErrorsTellNothing(t *testing.T) {
	t.Parallel()
	cfg := open()
	cfg.Secrets = map[string]string{"TOKEN": "tr0ubador"}
	for _, args := range []map[string]any{
		{"name": "x", "url": "ftp://host/45127802"},
		{"name": "x", "url": "http://[::1/45127802"},
		{"name": "x", "url": "http://localhost/45127802", "headers": map[string]any{"A": "secret:TOKEN", "B": "secret:NONE"}},
		{"name": "x", "url": "http://localhost/45127802", "body": map[string]any{"f": func() {}}},
	} {
		_, err := action.NewHTTP(cfg).Run(t.Context(), args)
		if err == nil {
			t.Errorf("%v: no error", args["url"])
			continue
		}
		if strings.Contains(err.Error(), "tr0ubador") || strings.Contains(err.Error(), "45127802") {
			t.Errorf("the error tells: %v", err)
		}
	}
}

func TestConfigValidate(t *testing.T) {
	t.Parallel()
	if got := action.DefaultConfig().Validate(); len(got) != 0 {
		t.Errorf("the defaults complain: %q", got)
	}
	bad := action.Config{Timeout: time.Hour, MaxBody: 1, Secrets: map[string]string{"A": "x\n"}}
	if got := bad.Validate(); len(got) != 3 {
		t.Errorf("%d problems, want 3: %q", len(got), got)
	}
	for _, p := range bad.Validate() {
		if strings.Contains(p, "x\n") {
			t.Errorf("a problem tells the secret: %q", p)
		}
	}
}
