package console

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/store/storetest"
)

// phoneBooth is a console before which one call, "secret", became the conversation "c1".
type phoneBooth struct {
	*lobby
	captions *event.Captions
	bus      *event.Bus
	mu       sync.Mutex
	typed    []string
	noted    []event.Body
}

func newPhoneBooth(t *testing.T, change ...func(*Deps)) *phoneBooth {
	t.Helper()
	b := &phoneBooth{bus: event.NewBus(nil)}
	b.captions = event.NewCaptions(b.bus)
	b.lobby = newLobby(t, func(d *Deps) {
		d.Captions = b.captions
		d.Type = func(conv, text string) bool {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.typed = append(b.typed, conv+": "+text)
			return text != "trop tard"
		}
		d.Note = func(_ context.Context, conv string, body event.Body) error {
			b.mu.Lock()
			defer b.mu.Unlock()
			if conv != "c1" {
				return store.ErrNotFound
			}
			if b.noted = append(b.noted, body); len(b.noted) == 1 {
				return store.ErrRunning // its end is on the way
			}
			return nil
		}
		d.Calls = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "/api/v1/webrtc/calls/secret")
			w.Header().Set("Decroche-Conversation", "c1")
			w.WriteHeader(http.StatusCreated)
		})
		for _, c := range change {
			c(d)
		}
	})
	b.call(t, "POST", "/api/v1/webrtc/calls", "", "{}", nil)
	return b
}

func (b *phoneBooth) happens(t *testing.T, evs ...event.Event) {
	t.Helper()
	if err := b.st.Append(t.Context(), evs...); err != nil {
		t.Fatal(err)
	}
	for _, e := range evs {
		b.bus.Publish(e)
	}
}

func TestOnlyWhoCalledHearsTheirCall(t *testing.T) {
	t.Parallel()
	b := newPhoneBooth(t)
	for method, path := range map[string]string{"GET": "/events", "POST": "/messages"} {
		if res := b.call(t, method, "/api/v1/webrtc/calls/guess"+path, "", "", nil); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s %s: %d", method, path, res.StatusCode)
		}
	}
	b.now = b.now.Add(callKept + time.Second)
	if res := b.call(t, "POST", "/api/v1/webrtc/calls/secret/messages", "", `{"text": "x"}`, nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("long after: %d", res.StatusCode)
	}
}

// Where the configuration lets nobody call from a page, who has an API token may, and who comes back to a
// call; a typed conversation goes on by voice with its own token.
func TestWhoMayCallFromAPage(t *testing.T) {
	t.Parallel()
	const path = "/api/v1/webrtc/calls"
	for name, set := range map[string]func(*WidgetConfig){"not enabled": func(c *WidgetConfig) { c.Enabled = false }, "no voice": func(c *WidgetConfig) { c.Voice = false }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newPhoneBooth(t, func(d *Deps) { set(&d.Widget) })
			o := b.begin(t)
			for _, c := range []struct {
				path, token string
				status      int
			}{
				{path, "", http.StatusForbidden},
				{path, "no-token-of-ours-at-all", http.StatusForbidden},
				{path + "?conversation=" + o.ID, "", http.StatusForbidden},
				{path, o.Token, http.StatusForbidden},
				{path + "?conversation=other", o.Token, http.StatusForbidden},
				{path + "?conversation=" + o.ID, o.Token, http.StatusCreated},
				{path, testToken, http.StatusCreated},
				{path + "?session=secret", "", http.StatusCreated},
			} {
				if res := b.call(t, "POST", c.path, c.token, "v=0", nil, "Content-Type: application/sdp"); res.StatusCode != c.status {
					t.Errorf("%s with %q: %d, want %d", c.path, c.token, res.StatusCode, c.status)
				}
			}
		})
	}
}

// A storm of calls takes nobody's captions away who reads them, and one call does not take every window.
func TestCallersDoNotCrowdEachOtherOut(t *testing.T) {
	t.Parallel()
	now := t0
	d := newCallDoor(func() time.Time { return now })
	d.began("read", "c0")
	leave, ok := d.watch("read")
	if !ok {
		t.Fatal("the first window is refused")
	}
	for i := range mostKept + 10 {
		now = now.Add(time.Millisecond)
		d.began(fmt.Sprint(i), "c")
	}
	if _, ok := d.find("read"); !ok || len(d.by) != mostKept {
		t.Errorf("who reads is forgotten, or nothing was: %v, %d kept", ok, len(d.by))
	}
	if _, ok := d.find("0"); ok {
		t.Error("the oldest is kept")
	}
	for range mostWindows - 1 {
		if _, ok := d.watch("read"); !ok {
			t.Fatal("a window is refused")
		}
	}
	if _, ok := d.watch("read"); ok {
		t.Error("one call has more windows than it may")
	}
	leave()
	if _, ok := d.watch("read"); !ok {
		t.Error("a window that was closed counts")
	}
	now = now.Add(callKept + time.Second)
	d.began("new", "c")
	if len(d.by) > 2 {
		t.Errorf("%d are kept for longer than their time", len(d.by))
	}
}

func TestTypingAndRatingACall(t *testing.T) {
	t.Parallel()
	b := newPhoneBooth(t)
	const at = "/api/v1/webrtc/calls/secret"
	for _, tc := range []struct {
		path, body string
		want       int
	}{
		{"/messages", `{"text": " 75011\u0007 "}`, 204}, {"/messages", `{"text": "trop tard"}`, 409}, {"/messages", `{"text": "  "}`, 422}, {"/messages", `{"text": 3}`, 400},
		{"/messages", `{"text": "` + strings.Repeat("x", 2001) + `"}`, 422}, {"/messages", `{"text": "` + strings.Repeat("x", 20000) + `"}`, 413},
		{"/rating", `{"score": 9}`, 422}, {"/rating", `{"score": 2, "comment": "bof"}`, 204},
	} {
		if res := b.call(t, "POST", at+tc.path, "", tc.body, nil); res.StatusCode != tc.want {
			t.Errorf("%s %.40s: %d, want %d", tc.path, tc.body, res.StatusCode, tc.want)
		}
	}
	if !slices.Equal(b.typed, []string{"c1: 75011", "c1: trop tard"}) {
		t.Errorf("typed %q", b.typed)
	}
	if want := (event.Rated{Survey: "faces", Score: 2, Scale: 3, Comment: "bof"}); len(b.noted) != 2 || b.noted[1] != want {
		t.Errorf("noted %+v", b.noted)
	}
}

// A partial becomes final in its place, a prompt that was cut shows what was not heard, and what was
// said before the page looked comes first.
func TestCaptionsOfACall(t *testing.T) {
	t.Parallel()
	b := newPhoneBooth(t)
	ev := func(seq uint64, body event.Body) event.Event {
		return event.Event{Conv: "c1", Seq: seq, At: t0.Add(time.Duration(seq) * time.Second), Body: body}
	}
	b.happens(t, ev(1, event.Started{Channel: "voice", From: "x", Bot: "test", Lang: "fr"}), ev(2, event.Prompted{Text: "Bonjour. Que puis-je faire ?", Heard: "Bonjour.", Cut: true, Quick: []string{"Oui", "Non"}}))
	req, err := http.NewRequestWithContext(t.Context(), "GET", b.srv.URL+"/api/v1/webrtc/calls/secret/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	in := bufio.NewScanner(res.Body)
	expect := func(want string) {
		t.Helper()
		for in.Scan() {
			if line := in.Text(); strings.HasPrefix(line, "data: ") {
				if got := strings.TrimPrefix(line, "data: "); !strings.Contains(got, want) {
					t.Errorf("got %s, want %s", got, want)
				}
				return
			}
		}
		t.Fatalf("the stream ended before %s", want)
	}
	expect(`{"id":"bot-e2","who":"bot","text":"Bonjour.","unheard":"Que puis-je faire ?","at_ms":1000,"quick":["Oui","Non"]}`)
	b.captions.Show("c1", event.Caption{Who: "caller", N: 1, Text: "où est"})
	expect(`{"id":"caller-1","who":"caller","text":"où est","partial":true`)
	b.happens(t, ev(3, event.Said{Text: "où est mon colis", Confidence: 0.5, How: "speech", Alternatives: []event.Alternative{{Text: "où est mon coli"}}}))
	expect(`{"id":"caller-1","who":"caller","text":"où est mon colis","at_ms":`)
	b.captions.Show("c1", event.Caption{Who: "caller", N: 1, Text: "late"}) // of an utterance that is final
	b.happens(t, ev(4, event.TransferStarted{}), ev(5, event.Bridged{Agent: "karim"}))
	expect(`"state":"ringing"`)
	expect(`"agent":"karim"`)
	b.happens(t, ev(6, event.Said{Text: "<b>bonjour</b>", Who: "agent", How: "speech", Confidence: 1}))
	expect(`"who":"agent","name":"karim","text":"\u003cb\u003ebonjour\u003c/b\u003e"`)
	b.happens(t, ev(7, event.Ended{Outcome: "transferred", By: "agent"}))
	expect(`"outcome":"transferred"`)
	if in.Scan() && in.Text() != "" {
		t.Errorf("after the end: %q", in.Text())
	}
}

// A long call read at once, by a page that comes back.
func TestCaptionsAfterComingBack(t *testing.T) {
	t.Parallel()
	b := newPhoneBooth(t)
	call := storetest.Call("c1", t0)
	b.happens(t, call...)
	w := b.call(t, "GET", "/api/v1/webrtc/calls/secret/events", "", "", nil, "Last-Event-ID: 9")
	if w.StatusCode != http.StatusOK || w.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("%d %v", w.StatusCode, w.Header)
	}
}
