package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// ChatStore is what RunChats checks.
type ChatStore interface {
	store.Store
	store.Chats
	store.Outbox
	store.DeadLetters
}

// RunChats checks one implementation of store.Chats and store.Outbox. open returns a new, empty
// store each time; RunChats closes it.
func RunChats(t *testing.T, open func(t *testing.T) ChatStore) {
	tests := []struct {
		name string
		test func(*testing.T, ChatStore)
	}{
		{"a chat comes back as it was written", testChatRoundTrip},
		{"a commit is all or nothing", testChatCommit},
		{"of many who commit from one state, one does", testChatStale},
		{"messages wait in order, each once", testChatQueue},
		{"chats are found by what they need", testChatLists},
		{"recover leaves chats that can be gone on with", testChatRecover},
		{"deliveries leave in order", testOutbox},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			st := open(t)
			tc.test(t, st)
			if err := st.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		})
	}
}

// chatOf is a new chat with one event.
func chatOf(conv string, at time.Time) store.ChatCommit {
	return store.ChatCommit{
		Chat: store.Chat{Conv: conv, Bot: "colibri", Lang: "fr", Phone: "+33612345678", Source: "api", Metadata: map[string]string{"user": "7"},
			Token: []byte{1, 2, 3}, State: []byte(`{"v":1}`), Wait: []byte(`{"next":"listen"}`), Seq: 1, Created: at, Touched: at},
		Events: []event.Event{{Conv: conv, Seq: 1, At: at, Body: event.Started{Channel: "text", Bot: "colibri", Lang: "fr"}}},
	}
}

// follow is the next exchange of a chat: one line.
func follow(c store.ChatCommit, at time.Time, text string) store.ChatCommit {
	next := store.ChatCommit{Chat: c.Chat, Was: c.Chat.Seq}
	next.Chat.Seq++
	next.Chat.Touched = at
	next.Events = []event.Event{{Conv: c.Chat.Conv, Seq: next.Chat.Seq, At: at, Body: event.Said{Text: text, How: "typed"}}}
	return next
}

func commit(t *testing.T, st ChatStore, c store.ChatCommit) {
	t.Helper()
	if err := st.CommitChat(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

func testChatRoundTrip(t *testing.T, st ChatStore) {
	c := chatOf("c1", t0)
	commit(t, st, c)
	c2 := follow(c, t0.Add(time.Minute), "bonjour")
	c2.Chat.Acting, c2.Chat.Lang, c2.Chat.State, c2.Chat.Ended = true, "en", []byte(`{"v":2}`), t0.Add(time.Hour)
	commit(t, st, c2)
	got, err := st.Chat(t.Context(), "c1")
	if err != nil || !reflect.DeepEqual(got, c2.Chat) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, c2.Chat)
	}
	if sum, err := st.Conversation(t.Context(), "c1"); err != nil || sum.Turns != 1 {
		t.Errorf("summary %+v, %v", sum, err)
	}
	for _, err := range []error{second(st.Chat(t.Context(), "none")), second(st.Callback(t.Context(), 99))} {
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("unknown: %v", err)
		}
	}
	if err := st.ForgetChat(t.Context(), "c1"); err != nil {
		t.Error(err)
	}
	if _, err := st.Chat(t.Context(), "c1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("forgotten: %v", err)
	}
	if _, err := st.Conversation(t.Context(), "c1"); err != nil {
		t.Errorf("the record went with it: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func testChatCommit(t *testing.T, st ChatStore) {
	c := chatOf("c1", t0)
	commit(t, st, c)
	bad := follow(c, t0, "perdu")
	bad.Events[0].At = time.Time{}
	bad.Callbacks = []store.Callback{{Conv: "c1", At: t0, Phone: "1"}}
	if err := st.CommitChat(t.Context(), bad); err == nil {
		t.Error("an event without a time was taken")
	}
	if got, _ := st.Chat(t.Context(), "c1"); got.Seq != 1 {
		t.Errorf("half of it was written: %+v", got)
	}
	good := follow(c, t0, "là")
	good.Taken, good.TakenSeq = "m1", 2
	good.Callbacks = bad.Callbacks
	good.Outbox = []store.Delivery{{Hook: "h", Conv: "c1", Key: "k", Body: []byte(`{}`), At: t0}}
	commit(t, st, good)
	if seq, seen, err := st.SeenChat(t.Context(), "c1", "m1"); seq != 2 || !seen || err != nil {
		t.Errorf("taken: %d %v, %v", seq, seen, err)
	}
	n := 0
	for cb, err := range st.Callbacks(t.Context(), store.CallbackQuery{}) {
		n++
		one, oerr := st.Callback(t.Context(), cb.ID)
		if err != nil || oerr != nil || cb.State != "open" || !reflect.DeepEqual(one, cb) {
			t.Errorf("callback %+v, %v; %+v, %v", cb, err, one, oerr)
		}
	}
	if waiting, dead, err := st.CountDeliveries(t.Context()); n != 1 || waiting != 1 || dead != 0 || err != nil {
		t.Errorf("%d callbacks, %d and %d deliveries, %v", n, waiting, dead, err)
	}
}

func testChatStale(t *testing.T, st ChatStore) {
	c := chatOf("c1", t0)
	commit(t, st, c)
	if err := st.CommitChat(t.Context(), c); !errors.Is(err, store.ErrStale) {
		t.Errorf("made twice: %v", err)
	}
	var wg sync.WaitGroup
	won := make(chan string, 20)
	for i := range cap(won) {
		wg.Go(func() {
			text := fmt.Sprint(i)
			switch err := st.CommitChat(context.Background(), follow(c, t0, text)); {
			case err == nil:
				won <- text
			case !errors.Is(err, store.ErrStale):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	close(won)
	winner := <-won
	if _, more := <-won; more {
		t.Error("two commits from one state")
	}
	for e, err := range st.Events(t.Context(), "c1", 1) {
		if said, ok := e.Body.(event.Said); err != nil || !ok || said.Text != winner {
			t.Errorf("event %+v, %v; %q won", e, err, winner)
		}
	}
}

func testChatQueue(t *testing.T, st ChatStore) {
	c := chatOf("c1", t0)
	commit(t, st, c)
	for i, want := range []error{nil, nil, nil, store.ErrQueueFull} {
		in := store.ChatInput{Conv: "c1", ID: fmt.Sprint(i), At: t0, Body: fmt.Appendf(nil, `{"text":"%d"}`, i)}
		for range 2 { // the second time it is there already
			if err := st.QueueChat(t.Context(), in, 3); !errors.Is(err, want) {
				t.Errorf("message %d: %v", i, err)
			}
		}
	}
	if seq, seen, err := st.SeenChat(t.Context(), "c1", "0"); seq != 0 || !seen || err != nil {
		t.Errorf("one that waits: %d %v, %v", seq, seen, err)
	}
	if list, err := st.UnfinishedChats(t.Context()); !slices.Equal(list, []string{"c1"}) || err != nil {
		t.Errorf("unfinished %q, %v", list, err)
	}
	for i := range 3 {
		in, waiting, err := st.NextChat(t.Context(), "c1")
		if err != nil || in.ID != fmt.Sprint(i) || waiting != 3-i || !bytes.Contains(in.Body, []byte(in.ID)) {
			t.Fatalf("next %+v, %d, %v", in, waiting, err)
		}
		c = follow(c, t0, in.ID)
		c.Taken, c.TakenSeq = in.ID, c.Chat.Seq
		commit(t, st, c)
	}
	if _, _, err := st.NextChat(t.Context(), "c1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("empty: %v", err)
	}
	if err := st.QueueChat(t.Context(), store.ChatInput{Conv: "c1", ID: "1", At: t0, Body: []byte(`{}`)}, 3); err != nil {
		t.Error(err)
	}
	if _, _, err := st.NextChat(t.Context(), "c1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("one that was answered waits again: %v", err)
	}
}

func testChatLists(t *testing.T, st ChatStore) {
	for i, conv := range []string{"a", "b", "c"} {
		c := chatOf(conv, t0.Add(time.Duration(i)*time.Hour))
		c.Chat.Acting = conv == "b"
		if conv == "c" {
			c.Chat.Ended = c.Chat.Touched
		}
		commit(t, st, c)
	}
	if list, err := st.UnfinishedChats(t.Context()); !slices.Equal(list, []string{"b"}) || err != nil {
		t.Errorf("unfinished %q, %v", list, err)
	}
	if list, err := st.IdleChats(t.Context(), t0.Add(3*time.Hour), 2); !slices.Equal(list, []string{"a", "b"}) || err != nil {
		t.Errorf("idle %q, %v", list, err)
	}
	for since, want := range map[time.Duration]int{0: 2, time.Hour: 1, 2 * time.Hour: 0} {
		if n, err := st.CountChats(t.Context(), t0.Add(since)); n != want || err != nil {
			t.Errorf("open since %v: %d, %v; want %d", since, n, err, want)
		}
	}
}

func testChatRecover(t *testing.T, st ChatStore) {
	commit(t, st, chatOf("paused", t0))
	if err := st.Append(t.Context(), event.Event{Conv: "broken", Seq: 1, At: t0, Body: event.Started{Channel: "text"}}); err != nil {
		t.Fatal(err)
	}
	if n, err := st.Recover(t.Context(), t0.Add(time.Hour)); n != 1 || err != nil {
		t.Errorf("recovered %d, %v", n, err)
	}
	for conv, open := range map[string]bool{"paused": true, "broken": false} {
		if sum, err := st.Conversation(t.Context(), conv); err != nil || sum.End.IsZero() != open {
			t.Errorf("%s: %+v, %v", conv, sum, err)
		}
	}
}

func testOutbox(t *testing.T, st ChatStore) {
	add := func(conv, hook string, keys ...string) {
		c := chatOf(conv, t0)
		for _, k := range keys {
			c.Outbox = append(c.Outbox, store.Delivery{Hook: hook, Conv: conv, Key: k, Body: []byte(k), At: t0})
		}
		commit(t, st, c)
	}
	add("a", "h", "a1", "a2")
	add("b", "h", "b1")
	add("c", "other", "c1")
	due := func(at time.Time) (keys []string, all []store.Delivery) {
		t.Helper()
		all, err := st.DueDeliveries(t.Context(), "h", at, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range all {
			keys = append(keys, d.Key)
		}
		return keys, all
	}
	keys, all := due(t0)
	if !slices.Equal(keys, []string{"a1", "b1"}) || string(all[0].Body) != "a1" || !all[0].At.Equal(t0) {
		t.Fatalf("due %q, %+v", keys, all)
	}
	later := t0.Add(time.Minute)
	for _, err := range []error{st.Delay(t.Context(), all[0].ID, later, false), st.Delivered(t.Context(), all[1].ID)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if keys, _ := due(t0); len(keys) > 0 {
		t.Errorf("due while the first waits: %q", keys)
	}
	if next, err := st.NextDelivery(t.Context(), "h"); !next.Equal(later) || err != nil {
		t.Errorf("next %v, %v", next, err)
	}
	keys, all = due(later)
	if !slices.Equal(keys, []string{"a1"}) || all[0].Tries != 1 {
		t.Fatalf("due later %q %+v", keys, all)
	}
	if err := st.Delay(t.Context(), all[0].ID, later, true); err != nil {
		t.Fatal(err)
	}
	if keys, _ := due(later); !slices.Equal(keys, []string{"a2"}) {
		t.Errorf("after the first was given up: %q", keys)
	}
	if n, err := st.AbandonDeliveries(t.Context(), []string{"h"}); n != 1 || err != nil {
		t.Errorf("abandoned %d, %v", n, err)
	}
	if waiting, dead, err := st.CountDeliveries(t.Context()); waiting != 1 || dead != 2 || err != nil {
		t.Errorf("%d wait, %d dead, %v", waiting, dead, err)
	}
	dead, err := st.DeadDeliveries(t.Context(), 10)
	if err != nil || len(dead) != 2 || dead[0].Key != "c1" || dead[1].Key != "a1" {
		t.Fatalf("given up: %+v, %v", dead, err)
	}
	for want, ask := range map[string]func() (int, error){
		"0 <nil>": func() (int, error) {
			return st.ReviveDeliveries(t.Context(), []string{"h"}, []int64{dead[0].ID}, later)
		}, // for another hook
		"1 <nil>": func() (int, error) { return st.ReviveDeliveries(t.Context(), []string{"h"}, nil, later) },
	} {
		if n, err := ask(); fmt.Sprint(n, err) != want {
			t.Errorf("revived %d %v, want %s", n, err, want)
		}
	}
	keys, all = due(later)
	if !slices.Equal(keys, []string{"a1"}) || all[0].Tries != 0 {
		t.Errorf("after it was revived: %q %+v", keys, all)
	}
	if n, err := st.DropDeliveries(t.Context(), []int64{all[0].ID, dead[0].ID}); n != 1 || err != nil { // what waits is not dropped
		t.Errorf("dropped %d, %v", n, err)
	}
	if n, err := st.DropDeliveries(t.Context(), nil); n != 0 || err != nil {
		t.Errorf("dropped %d more, %v", n, err)
	}
}
