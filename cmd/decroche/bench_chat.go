package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"decroche/bench"
	"decroche/gateway/chat"
)

type benchChatCmd struct {
	Conversations int           `help:"Conversations open at once." default:"10000"`
	Workers       int           `help:"Requests at once." default:"16"`
	Streams       int           `help:"Afterwards, hold an event stream open on this many of them." default:"0"`
	Repeat        int           `help:"Send every n-th message twice, as a client does that got no answer." default:"10"`
	Settle        time.Duration `help:"How long the gateway may rest before its memory is read." default:"20s"`
	Systems       string        `help:"The demo companies' systems." default:"bin/demosystems"`
	JSON          bool          `help:"Print one JSON object." name:"json"`
}

// chatBenchReport is what --json prints; scripts rely on the names.
type chatBenchReport struct {
	Conversations int      `json:"conversations"`
	Messages      int      `json:"messages"` // sent, repetitions not counted
	Repeated      int64    `json:"repeated"`
	Lost          int      `json:"lost"`       // messages, or answers to them, that are not in the record
	Duplicates    int      `json:"duplicates"` // messages that are there twice
	Wrong         int      `json:"wrong"`      // conversations whose question about the parcel has no right answer
	Failed        int64    `json:"failed"`     // requests
	BytesEach     int64    `json:"bytes_each"` // resident memory of the gateway for each open conversation
	HeapEach      int64    `json:"heap_bytes_each"`
	StreamBytes   int64    `json:"stream_bytes_each,omitempty"` // and with an event stream open on each
	Goroutines    float64  `json:"goroutines_over"`             // of the gateway, above those before the first conversation
	TurnP50       float64  `json:"turn_p50_ms"`
	TurnP95       float64  `json:"turn_p95_ms"`
	PerSecond     float64  `json:"turns_per_second"`
	RSS           int64    `json:"server_rss_bytes"`
	Errors        []string `json:"errors,omitempty"`
}

// Run opens all conversations, writes to all in turn, and measures what they cost while all are
// open and nothing is written. It exits 3 when a message was lost or came twice.
func (c *benchChatCmd) Run(ctx context.Context) error {
	set, err := startScenery(ctx, c.Systems, "127.0.0.1:9",
		fmt.Sprintf("chat: {max_open: %d, max_streams: %d}", c.Conversations+1000, c.Streams+100))
	if err != nil {
		return err
	}
	defer set.stop()
	b := &chatBench{c: c, set: set, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: c.Workers}, Timeout: time.Minute}}
	// What the first conversations cost once, for connections and compiled statements, is not theirs.
	if err := b.warmUp(ctx); err != nil {
		return err
	}
	before, heapBefore, err := b.memory(ctx)
	if err != nil {
		return err
	}
	idle := goroutines(ctx, set)
	b.open(ctx)
	b.converse(ctx)
	after, heapAfter, err := b.memory(ctx)
	if err != nil {
		return err
	}
	n := int64(c.Conversations)
	b.r.BytesEach, b.r.HeapEach, b.r.RSS = max(0, after-before)/n, max(0, heapAfter-heapBefore)/n, after
	b.r.Goroutines = goroutines(ctx, set) - idle
	if err := b.stream(ctx, after); err != nil {
		return err
	}
	b.check(ctx)
	return b.print()
}

// chatBench is one run.
type chatBench struct {
	c     *benchChatCmd
	set   *scenery
	http  *http.Client
	convs []chat.Opened

	mu    sync.Mutex // guards turns and r.Errors
	turns []float64
	r     chatBenchReport
	// counted by workers
	repeated, failed atomic.Int64
}

// each runs f for every number below n, on the workers.
func (b *chatBench) each(what string, n int, f func(i int) error) {
	var next, done atomic.Int64
	var wg sync.WaitGroup
	for range b.c.Workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := f(i); err != nil {
					b.note(err)
				}
				if d := int(done.Add(1)); d%100 == 0 || d == n {
					progress(what, d, n)
				}
			}
		})
	}
	wg.Wait()
}

func (b *chatBench) note(err error) {
	b.failed.Add(1)
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.r.Errors) < 10 {
		b.r.Errors = append(b.r.Errors, err.Error())
	}
}

// ask makes one request of the API.
func (b *chatBench) ask(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://"+b.set.http+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+b.set.token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := b.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s", method, path, resp.Status)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(data, out)
}

func (b *chatBench) warmUp(ctx context.Context) error {
	for i := range 200 {
		var o chat.Opened
		if err := b.ask(ctx, "POST", "/api/v1/chat", map[string]string{"lang": "fr"}, &o); err != nil {
			return err
		}
		if err := b.write(ctx, o.ID, fmt.Sprint("w", i), "quels sont vos horaires ?"); err != nil {
			return err
		}
		if err := b.ask(ctx, "DELETE", "/api/v1/chat/"+o.ID, nil, nil); err != nil {
			return err
		}
	}
	b.turns = nil
	return nil
}

func (b *chatBench) open(ctx context.Context) {
	b.convs = make([]chat.Opened, b.c.Conversations)
	b.each("opening", len(b.convs), func(i int) error {
		return b.ask(ctx, "POST", "/api/v1/chat", map[string]string{"lang": "fr"}, &b.convs[i])
	})
}

// chatLines are what each conversation writes: a parcel with its number, which is looked up in
// the order system, and the opening hours.
func chatLines(i int) []string {
	return []string{"où est mon colis ?", demoOrders[i%len(demoOrders)].number, "quels sont vos horaires ?"}
}

// converse writes to all conversations in turn, so that all are open all the time.
func (b *chatBench) converse(ctx context.Context) {
	began := time.Now()
	for step := range chatLines(0) {
		b.each(fmt.Sprint("message ", step+1), len(b.convs), func(i int) error {
			return b.write(ctx, b.convs[i].ID, fmt.Sprint("m", step), chatLines(i)[step])
		})
		b.r.Messages += len(b.convs)
	}
	b.r.PerSecond = round3(float64(b.r.Messages) / time.Since(began).Seconds())
	b.r.TurnP50, b.r.TurnP95 = round3(bench.Percentile(b.turns, 50)), round3(bench.Percentile(b.turns, 95))
}

// write sends one message, now and then twice, and notes how long the first took.
func (b *chatBench) write(ctx context.Context, conv, id, text string) error {
	msg := map[string]string{"id": id, "text": text}
	began := time.Now()
	if err := b.ask(ctx, "POST", "/api/v1/chat/"+conv+"/messages", msg, nil); err != nil {
		return err
	}
	took := ms(time.Since(began))
	b.mu.Lock()
	b.turns = append(b.turns, took)
	again := b.c.Repeat > 0 && len(b.turns)%b.c.Repeat == 0
	b.mu.Unlock()
	if !again {
		return nil
	}
	b.repeated.Add(1)
	return b.ask(ctx, "POST", "/api/v1/chat/"+conv+"/messages", msg, nil)
}

var heapLine = regexp.MustCompile(`(?m)^go_memstats_heap_alloc_bytes (\S+)$`)

// memory is what the gateway holds after a rest: resident, and on its heap the least of several
// looks, because what is garbage and not collected yet is nobody's.
func (b *chatBench) memory(ctx context.Context) (rss, heap int64, err error) {
	b.http.CloseIdleConnections()
	deadline := time.Now().Add(b.c.Settle)
	for {
		text, err := b.set.api().text(ctx, "/metrics")
		if err != nil {
			return 0, 0, err
		}
		if m := heapLine.FindStringSubmatch(text); m != nil {
			if v, err := strconv.ParseFloat(m[1], 64); err == nil && (heap == 0 || int64(v) < heap) {
				heap = int64(v)
			}
		}
		if time.Now().After(deadline) {
			u, err := bench.ReadUsage(b.set.gatewayPID())
			return u.RSS, heap, err
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return 0, 0, context.Cause(ctx)
		}
	}
}

// stream holds event streams open and measures again.
func (b *chatBench) stream(ctx context.Context, before int64) error {
	n := min(b.c.Streams, len(b.convs))
	if n == 0 {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	var open sync.WaitGroup
	defer func() { cancel(); open.Wait() }()
	far := &http.Client{Transport: &http.Transport{}}
	ready := make(chan error, n)
	for i := range n {
		open.Go(func() { b.hold(ctx, far, b.convs[i], ready) })
	}
	for range n {
		if err := <-ready; err != nil {
			b.note(err)
		}
	}
	after, _, err := b.memory(ctx)
	b.r.StreamBytes = max(0, after-before) / int64(n)
	return err
}

func (b *chatBench) hold(ctx context.Context, far *http.Client, o chat.Opened, ready chan<- error) {
	req, err := http.NewRequestWithContext(ctx, "GET", "http://"+b.set.http+"/api/v1/chat/"+o.ID+"/events?token="+o.Token+"&after=100000", nil)
	if err != nil {
		ready <- err
		return
	}
	resp, err := far.Do(req)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET …/events: %s", resp.Status)
	}
	ready <- err
	if resp != nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
}

// check reads every conversation and looks for what is missing or there twice.
func (b *chatBench) check(ctx context.Context) {
	var mu sync.Mutex
	b.each("checking", len(b.convs), func(i int) error {
		var p chat.Page
		var after uint64
		var all []chat.Message
		for {
			if err := b.ask(ctx, "GET", fmt.Sprintf("/api/v1/chat/%s/messages?after=%d&wait=10s", b.convs[i].ID, after), nil, &p); err != nil {
				return err
			}
			all = append(all, p.Messages...)
			if after = p.Next; !p.Working {
				break
			}
		}
		lost, twice, right := judgeChat(all, chatLines(i), demoOrders[i%len(demoOrders)].answer["fr"])
		mu.Lock()
		defer mu.Unlock()
		b.r.Lost += lost
		b.r.Duplicates += twice
		if !right {
			b.r.Wrong++
		}
		return nil
	})
}

// judgeChat counts lines that are missing, were not answered, or are there twice, and tells
// whether the parcel's answer was given.
func judgeChat(all []chat.Message, lines []string, answer string) (lost, twice int, right bool) {
	seen, answered := map[string]int{}, map[string]bool{}
	last := ""
	for _, m := range all {
		if m.From == chat.FromUser {
			last = m.ID
			seen[m.ID]++
			continue
		}
		answered[last] = true
		for _, word := range strings.Split(answer, "|") {
			right = right || last == "m1" && strings.Contains(m.Text, word)
		}
	}
	for i := range lines {
		id := fmt.Sprint("m", i)
		if seen[id] == 0 || !answered[id] {
			lost++
		}
		twice += max(0, seen[id]-1)
	}
	return lost, twice, right
}

func (b *chatBench) print() error {
	b.r.Conversations, b.r.Repeated, b.r.Failed = b.c.Conversations, b.repeated.Load(), b.failed.Load()
	r := b.r
	if b.c.JSON {
		if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
			return err
		}
	} else {
		fmt.Printf("%d typed conversations open at once, %d requests at once, %s/%s %d cores\n", r.Conversations, b.c.Workers, runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
		for _, row := range []struct {
			k string
			v any
		}{
			{"messages / sent twice", fmt.Sprint(r.Messages, " / ", r.Repeated)}, {"lost", r.Lost}, {"there twice", r.Duplicates},
			{"parcel answers not right", r.Wrong}, {"requests failed", r.Failed},
			{"resident bytes each, idle", r.BytesEach}, {"heap bytes each, idle", r.HeapEach}, {"and with an event stream each", r.StreamBytes},
			{"goroutines over those before", r.Goroutines}, {"turn p50 / p95, ms", fmt.Sprint(r.TurnP50, " / ", r.TurnP95)},
			{"turns per second", r.PerSecond}, {"server memory, MiB", r.RSS >> 20},
		} {
			fmt.Printf("  %-36s %v\n", row.k, row.v)
		}
		for _, e := range r.Errors {
			fmt.Println("  error:", e)
		}
	}
	if r.Lost > 0 || r.Duplicates > 0 || r.Failed > 0 || r.Wrong > 0 {
		return &exitError{exitOutcome, errors.New("not as asked: a message was lost, came twice, or was not answered rightly")}
	}
	return nil
}
