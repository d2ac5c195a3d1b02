package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"decroche/gateway/chat"
	"decroche/gateway/leg"
)

// kill ends the gateway as a power cut would, and starts another on the same data.
func (s *scenery) kill(t *testing.T) {
	t.Helper()
	last := len(s.procs) - 1
	if err := syscall.Kill(s.gatewayPID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.procs[last].done
	s.procs = s.procs[:last]
	if err := s.restart(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestATypedConversationOutlivesAKill kills the gateway while a flow's action is out and a
// message waits. The next process asks again under the same key and answers both; what was
// acknowledged is there once, what is sent again is not taken twice, and who was idle goes on.
func TestATypedConversationOutlivesAKill(t *testing.T) {
	t.Parallel()
	needs(t, "espeak-ng")
	set := openScenery(t, "127.0.0.1:9")
	asked := slowOrders(t, set)
	set.kill(t) // reads the changed configuration
	var o, idle chat.Opened
	for _, c := range []*chat.Opened{&o, &idle} {
		post(t, set, "/api/v1/chat", set.token, `{"lang":"fr"}`, c)
	}
	at := "/api/v1/chat/" + o.ID + "/messages"
	var p chat.Page
	post(t, set, at, o.Token, `{"id":"m0","text":"où est mon colis ?"}`, &p)
	if post(t, set, at, o.Token, `{"id":"m1","text":"45127802"}`, &p); !p.Working {
		t.Fatalf("no action is out: %+v", p)
	}
	select {
	case <-asked:
	case <-time.After(patience):
		t.Fatal("the order system was not asked")
	}
	if post(t, set, at, o.Token, `{"id":"m2","text":"quels sont vos horaires ?"}`, &p); !p.Working || len(p.Messages) > 0 {
		t.Fatalf("it did not wait: %+v", p)
	}
	set.kill(t)
	post(t, set, at, o.Token, `{"id":"m2","text":"quels sont vos horaires ?"}`, &p)

	var all []chat.Message
	for after, deadline := uint64(0), time.Now().Add(patience); ; {
		if time.Now().After(deadline) {
			t.Fatal("the bot stays busy")
		}
		if err := (apiClient{base: "http://" + set.http, token: o.Token}).get(t.Context(), fmt.Sprintf("%s?wait=5s&after=%d", at, after), &p); err != nil {
			t.Fatal(err)
		}
		all, after = append(all, p.Messages...), p.Next
		if !p.Working {
			break
		}
	}
	lines := []string{"m0", "m1", "m2"}
	if lost, twice, right := judgeChat(all, lines, "arrive"); lost+twice > 0 || !right {
		t.Errorf("lost %d, twice %d, right answer %v: %+v", lost, twice, right, all)
	}
	rec, err := set.api().conversation(t.Context(), o.ID)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, e := range rec.Events {
		kinds = append(kinds, e.Type)
	}
	if rec.Outcome != "" || !slices.Contains(kinds, "moved") || strings.Count(strings.Join(kinds, " "), "acted") != 1 {
		t.Errorf("outcome %q, events %q", rec.Outcome, kinds)
	}
	if post(t, set, "/api/v1/chat/"+idle.ID+"/messages", idle.Token, `{"text":"quels sont vos horaires ?"}`, &p); len(p.Messages) < 2 {
		t.Errorf("the idle conversation: %+v", p)
	}
}

// slowOrders puts a system before the scenery's own that never answers its first request. The
// gateway must be started again to use it.
func slowOrders(t *testing.T, set *scenery) (asked <-chan struct{}) {
	t.Helper()
	file := filepath.Join(set.data, "decroche.yaml")
	conf, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	real := regexp.MustCompile(`orders: "(http://[^/"]+)`).FindSubmatch(conf)
	target, err := url.Parse(string(real[1]))
	if err != nil {
		t.Fatal(err)
	}
	first := make(chan struct{})
	var n atomic.Int64
	proxy := httputil.NewSingleHostReverseProxy(target)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) == 1 {
			close(first)
			<-r.Context().Done()
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	if err := os.WriteFile(file, bytes.Replace(conf, real[1], []byte(srv.URL), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	return first
}

func post(t *testing.T, set *scenery, path, token, body string, out any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "POST", "http://"+set.http+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		t.Fatalf("POST %s: %s", path, resp.Status)
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		t.Fatal(err)
	}
}

// TestATypedConversationIsCalledBack asks in writing for a human, is rung, and hears a bot that
// knows the order number typed before.
func TestATypedConversationIsCalledBack(t *testing.T) {
	t.Parallel()
	needs(t, "espeak-ng")
	picked := make(chan leg.Leg, 1)
	callee := openLine(t, func(ctx context.Context, l leg.Leg) {
		if l.Answer(ctx) != nil {
			return
		}
		picked <- l
		for { // listen until the test is over
			if _, err := l.Receive(ctx); err != nil {
				return
			}
		}
	})
	set := openScenery(t, "127.0.0.1:9")
	var o chat.Opened
	post(t, set, "/api/v1/chat", set.token, fmt.Sprintf(`{"lang":"fr","phone":"sip:nadia@%s"}`, callee.server.Addr()), &o)
	at := "/api/v1/chat/" + o.ID + "/messages"
	var p chat.Page
	for i, text := range []string{"où est mon colis ?", "45127802", "je veux parler à quelqu’un"} {
		post(t, set, at, o.Token, fmt.Sprintf(`{"id":"m%d","text":%q}`, i, text), &p)
		for p.Working {
			if err := (apiClient{base: "http://" + set.http, token: o.Token}).get(t.Context(), fmt.Sprintf("%s?wait=5s&after=%d", at, p.Next), &p); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !p.Ended || p.Outcome != "callback" {
		t.Fatalf("asked for a human: %+v", p)
	}
	var list struct {
		Callbacks []struct{ ID int64 }
	}
	if err := set.api().get(t.Context(), "/api/v1/callbacks?state=open", &list); err != nil || len(list.Callbacks) != 1 {
		t.Fatalf("callbacks %+v, %v", list, err)
	}
	var called struct{ Conversation string }
	post(t, set, fmt.Sprintf("/api/v1/callbacks/%d/call", list.Callbacks[0].ID), set.token, "", &called)
	select {
	case l := <-picked:
		defer func() { _ = l.Hangup(context.WithoutCancel(t.Context()), leg.Normal) }()
	case <-time.After(patience):
		t.Fatal("nobody was rung")
	}
	var rec record
	for deadline := time.Now().Add(patience); !hasEvent(rec, "prompted"); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the bot said nothing: %+v", rec)
		}
		rec, _ = set.api().conversation(t.Context(), called.Conversation)
	}
	if !hasEvent(rec, "moved") || len(rec.Slots) == 0 || rec.Slots[0].Name != "numero_commande" {
		t.Errorf("the call's record: slots %+v, events %+v", rec.Slots, rec.Events)
	}
	if typed, err := set.api().conversation(t.Context(), o.ID); err != nil || !hasEvent(typed, "moved") {
		t.Errorf("the typed record does not say where it went on: %v", err)
	}
	if err := set.api().get(t.Context(), "/api/v1/callbacks?state=open", &list); err != nil || len(list.Callbacks) != 0 {
		t.Errorf("still open: %+v, %v", list, err)
	}
}

func hasEvent(r record, typ string) bool {
	return slices.ContainsFunc(r.Events, func(e recordEvent) bool { return e.Type == typ })
}
