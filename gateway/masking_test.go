package gateway

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/webhook"
)

// cards is a hotline that asks for an order's number, which is kept, and for a card's, which is not: it reads
// it back, tells it to the agent and sends it to a system that does not answer.
var cards = map[string]string{
	"bot.yaml": `name: cartes
timezone: Europe/Paris
languages: [fr]
called: {hotline: fr}
vars: {api: "https://127.0.0.1:9"}
disclosure: "Je suis un robot."
greeting: "Bonjour. {{disclosure}}"
policy: {transfer: {skills: [fr]}}
`,
	"intents/a.yaml": "bloquer:\n  title: bloquer une carte\n  flow: carte\n  offer: true\n  fr: [je veux bloquer ma carte, bloquez ma carte, opposition sur ma carte]\n",
	"flows/a.yaml": `flows:
  carte:
    steps:
      - collect: commande
        entity: {type: digits, length: 8}
        ask: "Quel est le numéro de commande ?"
      - collect: carte
        entity: {type: digits, length: 8}
        ask: "Quel est le numéro de la carte ?"
        sensitive: true
        confirm: {fr: "Le {{digits carte}}, c'est bien ça ?"}
        fact: "Carte {{carte}}."
      - http: bloquer
        url: "{{vars.api}}/block"
        method: POST
        body: {card: "{{carte}}"}
        outcomes: {ok: faite, error: panne, timeout: panne}
      - id: faite
        say: "La carte {{carte}} est bloquée."
        goto: fin
      - id: panne
        transfer: {skills: [fr], reason: panne}
      - id: fin
        end: true
`,
}

// heap is what leaves the gateway, from many sides.
type heap struct {
	mu   sync.Mutex
	what map[string]*bytes.Buffer
}

func (h *heap) add(name string, data []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.what == nil {
		h.what = map[string]*bytes.Buffer{}
	}
	if h.what[name] == nil {
		h.what[name] = &bytes.Buffer{}
	}
	h.what[name].Write(data)
}

func (h *heap) text(name string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.what[name] == nil {
		return ""
	}
	return h.what[name].String()
}

// fetch reads one page or answer of the gateway into the heap.
func (h *heap) fetch(t *testing.T, r *rig, path string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+r.HTTPAddr()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+r.Token())
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		t.Errorf("%s: %s %v", path, resp.Status, err)
	}
	h.add(path, body)
	return string(body)
}

// follow reads a stream of the gateway into the heap until ctx ends; begun is closed when it runs.
func (h *heap) follow(ctx context.Context, r *rig, path string, begun chan<- struct{}) {
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.HTTPAddr()+path, nil)
	req.Header.Set("Authorization", "Bearer "+r.Token())
	resp, err := http.DefaultClient.Do(req)
	close(begun)
	if err != nil {
		return
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		h.add(path, append(lines.Bytes(), '\n'))
	}
}

// keypad is a call whose caller only presses keys.
type keypad struct {
	t    *testing.T
	r    *rig
	l    leg.Leg
	conv string
}

// until waits for the n-th event that is wanted.
func (d keypad) until(what string, n int, want func(event.Body) bool) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), time.Minute)
	defer cancel()
	for ctx.Err() == nil {
		seen := 0
		for e, err := range d.r.store.Events(ctx, d.conv, 0) {
			if err == nil && want(e.Body) {
				seen++
			}
		}
		if seen >= n {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
	d.t.Fatalf("%s never came", what)
}

func (d keypad) prompted(text string, n int) {
	d.t.Helper()
	d.until(text, n, func(b event.Body) bool {
		p, ok := b.(event.Prompted)
		return ok && strings.Contains(p.Text, text)
	})
}

// keyed presses keys and waits until the record has them, masked or not, as the n-th.
func (d keypad) keyed(keys string, n int) {
	d.t.Helper()
	if err := d.l.(leg.Presser).SendDigits(d.t.Context(), keys); err != nil {
		d.t.Fatal(err)
	}
	d.until("keys "+keys, n, func(b event.Body) bool {
		s, ok := b.(event.Said)
		return ok && s.How == "keys"
	})
}

// Keys that are pressed while something sensitive is asked for are in nothing that leaves the gateway or is
// kept: vCon, record, transcript page, link, webhooks, tables, logs, metrics, live board, captions, files. What
// is not sensitive is in the same places, so that the test looks where it should.
func TestSensitiveKeysAreNowhere(t *testing.T) {
	t.Parallel()
	const order, card = "61728394", "45127802"
	const secret = "a-secret-of-some-length"
	var out heap
	far := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		out.add(r.URL.Path, body)
	}))
	defer far.Close()
	var data string
	r := newRigOf(t, func(c *Config) {
		data = c.DataDir
		c.Secrets, c.LogLevel, c.Recording.Sample = map[string]string{}, "debug", 1
		ref := "file:" + written(t, secret)
		hook := webhook.Config{URL: far.URL + "/told", Secret: ref, AllowPrivate: true, Events: []string{"message", "handoff", "ended", "call.handoff", "call.handoff_ended", "call.ended"}}
		c.Chat.Webhooks = append(c.Chat.Webhooks, hook)
		c.VCon.PostTo = []VConPost{{URL: far.URL + "/vcons", Secret: ref, Form: vconPlain, AllowPrivate: true}}
	}, []string{hotlineFolder(t, cards)}, func(*Engines) {})

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	begun := make(chan struct{})
	go out.follow(ctx, r, "/api/v1/events", begun)
	<-begun
	l, err := r.ring(t, "hotline")
	if err != nil {
		t.Fatal(err)
	}
	d := keypad{t, r, l, l.Info().PeerTag}
	captions := "/api/v1/calls/" + d.conv + "/captions"
	begun = make(chan struct{})
	go out.follow(ctx, r, captions, begun)
	<-begun
	look := func() {
		for _, path := range []string{"/api/v1/board", "/conversations", "/conversations/" + d.conv, "/api/v1/conversations/" + d.conv, "/metrics"} {
			out.fetch(t, r, path)
		}
	}
	d.prompted("Bonjour", 1)
	d.keyed("9", 1) // the menu
	d.prompted("bloquer une carte", 1)
	d.keyed("1", 2)
	d.prompted("numéro de commande", 1)
	d.keyed(order, 3)
	d.prompted("numéro de la carte", 1)
	d.keyed(card[:7], 4) // a pause in the middle
	d.prompted("et ensuite", 1)
	look()
	d.keyed(card[7:], 5)
	d.prompted("c’est bien ça", 1)
	look()
	d.keyed("1", 6)
	d.until("the hand-off", 1, func(b event.Body) bool { _, ok := b.(event.TransferStarted); return ok })
	look()
	if err := l.Hangup(ctx, leg.Normal); err != nil {
		t.Fatal(err)
	}
	d.until("the end", 1, func(b event.Body) bool { _, ok := b.(event.Ended); return ok })
	look()
	for end := time.Now().Add(time.Minute); out.text("/vcons") == ""; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the vCon was not posted")
		}
	}
	link, _, err := r.link(ctx, d.conv)
	if err != nil {
		t.Fatal(err)
	}
	page := link[strings.Index(link, "/t/"):]
	for _, path := range []string{page, "/api/v1/conversations/" + d.conv + "/vcon", "/api/v1/conversations/" + d.conv + "/transcript", "/api/v1/conversations", "/api/v1/conversations.csv", "/api/v1/webhooks/dead", "/api/v1/inbox"} {
		out.fetch(t, r, path)
	}
	var said []string
	for e, err := range r.store.Events(t.Context(), d.conv, 0) {
		if s, ok := e.Body.(event.Said); ok && err == nil {
			said = append(said, s.Text)
		}
	}
	if got := strings.Join(said, " "); got != strings.Join([]string{"9", "1", order, flows.Masked, flows.Masked, flows.Masked}, " ") {
		t.Errorf("the record has keys %q", got)
	}
	cancel()
	r.stop()
	<-r.ended
	out.add("log", []byte(r.logged.String()))
	files(t, &out, data)

	kept := []string{"/vcons", "/told", "/api/v1/events", "/api/v1/conversations/" + d.conv, "/api/v1/conversations/" + d.conv + "/vcon", "/api/v1/conversations/" + d.conv + "/transcript", "/conversations/" + d.conv, page, "/api/v1/conversations.csv", "files"}
	for _, name := range kept {
		if !strings.Contains(strings.ReplaceAll(out.text(name), " ", ""), order) {
			t.Errorf("%s does not have the number that is kept: the test does not look where it should\n%.600s", name, out.text(name))
		}
	}
	if !strings.Contains(out.text("log"), "level=DEBUG") {
		t.Error("the log is empty")
	}
	needles := regexp.MustCompile(strings.Join([]string{card, card[:7], card[1:], "45 12 78", "12 78 02", "quarante-cinq"}, "|"))
	for name, text := range out.what {
		if at := needles.FindStringIndex(text.String()); at != nil {
			t.Errorf("%s has %q: …%s…", name, text.String()[at[0]:at[1]], text.String()[max(0, at[0]-200):min(text.Len(), at[1]+50)])
		}
	}
}

// files adds all that is under a folder.
func files(t *testing.T, out *heap, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".wav") {
			return err
		}
		body, err := os.ReadFile(path)
		out.add("files", body)
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
