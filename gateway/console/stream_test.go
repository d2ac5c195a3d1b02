package console

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store/storetest"
)

// sse reads one server-sent event; comments are skipped.
func sse(t *testing.T, in *bufio.Scanner) (name, data string) {
	t.Helper()
	for in.Scan() {
		line := in.Text()
		switch {
		case strings.HasPrefix(line, "event: "):
			name = line[7:]
		case strings.HasPrefix(line, "data: "):
			data = line[6:]
		case line == "" && name != "":
			return name, data
		}
	}
	t.Fatalf("the stream ended: %v", in.Err())
	return "", ""
}

func watchStream(t *testing.T, h *house) (*bufio.Scanner, *httptest.Server) {
	t.Helper()
	srv := httptest.NewServer(h.Handler())
	t.Cleanup(srv.Close)
	req, err := http.NewRequestWithContext(t.Context(), "GET", srv.URL+"/api/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testToken)
	res, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	in := bufio.NewScanner(res.Body)
	in.Buffer(nil, 1<<24)
	return in, srv
}

func TestStreamShowsWhatRunsThenWhatHappens(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	call := storetest.Call("c1", t0)
	h.record(t, call[:4]...)
	in, _ := watchStream(t, h)
	name, data := sse(t, in)
	var snap struct {
		Live []event.Live
		Gap  bool
	}
	if err := json.Unmarshal([]byte(data), &snap); err != nil || name != "snapshot" || snap.Gap || len(snap.Live) != 1 || snap.Live[0].Heard != "où est mon colis" || snap.Live[0].Seq != 4 {
		t.Fatalf("%s %s %v", name, data, err)
	}
	for _, want := range call[4:] {
		h.record(t, want)
		name, data := sse(t, in)
		var e struct {
			Conversation, Type string
			Seq                uint64
		}
		if err := json.Unmarshal([]byte(data), &e); err != nil || name != "event" || e.Conversation != "c1" || e.Seq != want.Seq || e.Type != want.Body.Type() {
			t.Fatalf("%s %s, want event %d", name, data, want.Seq)
		}
	}
}

// A watcher that does not read gets a fresh snapshot, and the gateway does not wait for it.
func TestSlowWatcherGetsANewSnapshot(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	srv := httptest.NewUnstartedServer(h.Handler())
	srv.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		if err := c.(*net.TCPConn).SetWriteBuffer(32 << 10); err != nil { // else megabytes lie between us, to be read through a window of 4 KiB
			t.Error(err)
		}
		return ctx
	}
	srv.Start()
	defer srv.Close()
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.(*net.TCPConn).SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n" + bearer + "\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewScanner(conn)
	in.Buffer(nil, 1<<24)
	if name, _ := sse(t, in); name != "snapshot" {
		t.Fatal(name)
	}
	// Fill the sockets between us, then the subscription: each event is 4 KiB of words.
	big := strings.Repeat("mot ", 1<<10)
	start := time.Now()
	for i := range uint64(4000) {
		h.bus.Publish(event.Event{Conv: "c1", Seq: i + 1, At: t0, Body: event.Said{Text: big}})
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("publishing took %v", took)
	}
	if err := conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	for {
		if name, data := sse(t, in); name == "snapshot" {
			if !strings.Contains(data, `"gap":true`) {
				t.Errorf("second snapshot: %s", data)
			}
			return
		}
	}
}

// As many boards as are allowed lock out no desk, and the other way round; two hundred fit without a word in
// the configuration.
func TestStreamsAreLimitedByKind(t *testing.T) {
	t.Parallel()
	h, _, lina := deskHouse(t)
	if n := cap(h.boards); n < 200 || n != cap(h.desks) {
		t.Errorf("room for %d boards and %d desks", n, cap(h.desks))
	}
	h.boards, h.desks = make(chan struct{}, 1), make(chan struct{}, 1)
	srv := httptest.NewServer(h.Handler())
	t.Cleanup(srv.Close)
	open := func(path, who string) *http.Response {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), "GET", srv.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		name, value, _ := strings.Cut(who, ": ")
		req.Header.Set(name, value)
		res, err := srv.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = res.Body.Close() })
		return res
	}
	for _, k := range []struct{ path, who string }{{"/api/v1/events", bearer}, {"/api/v1/desk/events", lina}} {
		if res := open(k.path, k.who); res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s", k.path, res.Status)
		}
	}
	for _, k := range []struct{ path, who string }{{"/api/v1/events", bearer}, {"/api/v1/desk/events", lina}} {
		w := h.ask(t, "GET", k.path, "", k.who)
		wantProblem(t, w, http.StatusServiceUnavailable)
		if !strings.Contains(w.Body.String(), "http.max_streams") || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %s", k.path, w.Body)
		}
	}
}
