package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"decroche/bench/callers"
)

// watchersReport is what readers of /api/v1/events saw beside the calls.
type watchersReport struct {
	Watchers  int     `json:"watchers"`
	Events    uint64  `json:"events"` // that all of them read
	Fewest    uint64  `json:"fewest"` // that one of them read; when the streams are closed an event may be on its way
	Most      uint64  `json:"most"`
	PerSecond float64 `json:"events_per_second"` // that the gateway published, as one of them reads
	BehindP50 float64 `json:"behind_p50_ms"`     // an event's time -> read
	BehindP99 float64 `json:"behind_p99_ms"`
	BehindMax float64 `json:"behind_max_ms"`
	Gaps      uint64  `json:"gaps"` // fell behind so far that they began again with a new snapshot
	Lost      int     `json:"lost"` // streams that were refused or ended too early
	Error     string  `json:"error,omitempty"`
}

// watchers read the gateway's live stream over HTTP, each on a connection of its own, as boards do.
type watchers struct {
	stop  context.CancelFunc
	began time.Time
	over  atomic.Bool // what ends from now on was ended by us
	group sync.WaitGroup

	mu     sync.Mutex // guards what follows
	r      watchersReport
	behind callers.Histogram
}

// watchLive opens so many streams and returns once each of them has its snapshot.
func watchLive(ctx context.Context, set *scenery, n int) *watchers {
	w := &watchers{began: time.Now(), r: watchersReport{Watchers: n}}
	ctx, w.stop = context.WithCancel(ctx)
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	var here sync.WaitGroup
	for range n {
		here.Add(1)
		w.group.Go(func() {
			var once sync.Once
			err := w.read(ctx, client, set, func() { once.Do(here.Done) })
			once.Do(here.Done)
			if !w.over.Load() {
				w.mu.Lock()
				w.r.Lost++
				w.r.Error = fmt.Sprint(err)
				w.mu.Unlock()
			}
		})
	}
	here.Wait()
	return w
}

// read reads one stream until it ends, and counts. here is called with each snapshot.
func (w *watchers) read(ctx context.Context, client *http.Client, set *scenery, here func()) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+set.http+"/api/v1/events", nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+set.token)
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("watch the live stream: %s", res.Status)
	}
	var behind callers.Histogram
	snapshots, kind := uint64(0), ""
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.r.Events += behind.Count
		w.r.Most = max(w.r.Most, behind.Count)
		if w.r.Fewest == 0 || behind.Count < w.r.Fewest {
			w.r.Fewest = behind.Count
		}
		w.r.Gaps += max(snapshots, 1) - 1
		w.behind.Merge(&behind)
	}()
	in := bufio.NewScanner(res.Body)
	in.Buffer(make([]byte, 64<<10), 64<<20) // a snapshot is one line
	for in.Scan() {
		line := in.Bytes()
		if name, ok := bytes.CutPrefix(line, []byte("event: ")); ok {
			kind = string(name)
			continue
		}
		data, ok := bytes.CutPrefix(line, []byte("data: "))
		switch {
		case !ok:
		case kind == "snapshot":
			snapshots++
			here()
		case kind == "event":
			if at, ok := eventTime(data); ok {
				behind.Add(time.Since(at))
			}
		}
	}
	return fmt.Errorf("the live stream ended: %w", in.Err())
}

// eventTime is when an event of the stream happened, read without decoding all of it: the key stands
// before anything that a caller said.
func eventTime(data []byte) (time.Time, bool) {
	_, rest, ok := bytes.Cut(data, []byte(`"at":"`))
	if !ok {
		return time.Time{}, false
	}
	text, _, _ := bytes.Cut(rest, []byte(`"`))
	at, err := time.Parse(time.RFC3339Nano, string(text))
	return at, err == nil
}

// end closes the streams and tells what they saw.
func (w *watchers) end() *watchersReport {
	w.over.Store(true)
	took := time.Since(w.began).Seconds()
	w.stop()
	w.group.Wait()
	w.r.PerSecond = round3(float64(w.r.Events) / float64(max(w.r.Watchers-w.r.Lost, 1)) / took)
	w.r.BehindP50, w.r.BehindP99, w.r.BehindMax = w.behind.Percentile(50), w.behind.Percentile(99), round3(ms(w.behind.Max))
	return &w.r
}
