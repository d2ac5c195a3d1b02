package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// How often a download is taken up again without a byte in between, and how long nothing may come.
const (
	tries = 5
	stall = time.Minute
)

// errChanged means that what was begun is no longer what the server has.
var errChanged = errors.New("the file changed on its server since the download began")

// fetcher downloads single files.
type fetcher struct {
	// constant
	client *http.Client
	pause  func(ctx context.Context, d time.Duration) error // between tries
	free   func(dir string) (uint64, error)                 // bytes free in a folder
	slack  int64                                            // bytes that a file may have beyond what is known
}

// newFetcher takes proxies from the environment: HTTPS_PROXY, HTTP_PROXY, NO_PROXY.
func newFetcher() *fetcher {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout = 30 * time.Second
	t.DisableCompression = true // a range counts the bytes as they lie there
	return &fetcher{
		client: &http.Client{Transport: t, CheckRedirect: noDowngrade},
		free:   freeSpace,
		slack:  64 << 20,
		pause: func(ctx context.Context, d time.Duration) error {
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-time.After(d):
				return nil
			}
		},
	}
}

func noDowngrade(req *http.Request, via []*http.Request) error {
	if len(via) >= 10 {
		return errors.New("more than 10 redirects")
	}
	if via[0].URL.Scheme == "https" && req.URL.Scheme != "https" {
		return fmt.Errorf("redirected from https to %s, where anybody on the way could change the file", req.URL.Scheme)
	}
	return nil
}

// begun is what lies beside an unfinished download: enough to know whether the rest still fits.
type begun struct {
	URL       string `json:"url"`
	Validator string `json:"validator"` // of If-Range; empty: it cannot be gone on with
	Complete  bool   `json:"complete"`  // the file is all there; another one of its model is not
}

// note writes down what the unfinished file is; without it the next run begins afresh.
func (d *download) note() {
	if data, err := json.Marshal(d.state); err == nil {
		_ = os.WriteFile(d.part+".json", data, 0o644)
	}
}

// download is one file on its way to disk.
type download struct {
	*fetcher
	url      string
	part     string // the unfinished file; part+".json" tells what it is of
	limit    int64  // bytes; more is somebody else's file
	progress func(done, total int64)

	// of the try under way
	file  *os.File
	sum   hash.Hash
	done  int64
	total int64 // 0: the server does not say
	state begun
}

// fetch downloads url into the file part, going on with what a former try left there, and returns
// its size and SHA-256. On an error what came so far stays for the next time.
func (f *fetcher) fetch(ctx context.Context, url, part string, limit int64, progress func(done, total int64)) (size int64, sum string, err error) {
	d := &download{fetcher: f, url: url, part: part, limit: limit, progress: progress}
	if err := d.open(); err != nil {
		return 0, "", err
	}
	defer d.file.Close()
	best := d.done
	for idle := 0; !d.state.Complete; idle++ {
		if err = d.try(ctx); err == nil {
			break
		}
		if d.done > best { // it gets on; what begins afresh each time does not
			idle, best = 0, d.done
		}
		var again *retryError
		if !errors.As(err, &again) || idle+1 >= tries || ctx.Err() != nil {
			return 0, "", plain(url, err)
		}
		if err := f.pause(ctx, max(again.after, time.Second<<idle)); err != nil {
			return 0, "", err
		}
	}
	if err := d.file.Sync(); err != nil {
		return 0, "", plain(url, err)
	}
	d.state.Complete = true
	d.note()
	return d.done, d.hash(), nil
}

// hash is the checksum of what came.
func (d *download) hash() string { return hex.EncodeToString(d.sum.Sum(nil)) }

// retryError is one after which another try may do better.
type retryError struct {
	err   error
	after time.Duration // that the server asked for
}

func (e *retryError) Error() string { return e.err.Error() }
func (e *retryError) Unwrap() error { return e.err }

// open takes up what a former run left, hashing it, or begins afresh.
func (d *download) open() (err error) {
	if data, err := os.ReadFile(d.part + ".json"); err == nil {
		_ = json.Unmarshal(data, &d.state) // a broken note is no note
	}
	if d.file, err = os.OpenFile(d.part, os.O_RDWR|os.O_CREATE, 0o644); err != nil {
		return plain(d.url, err)
	}
	d.sum = sha256.New()
	if d.state.URL != d.url || d.state.Validator == "" && !d.state.Complete {
		return d.restart()
	}
	if d.done, err = io.Copy(d.sum, d.file); err != nil {
		return plain(d.url, err)
	}
	return nil
}

// restart forgets what came so far.
func (d *download) restart() error {
	d.done, d.state = 0, begun{}
	d.sum.Reset()
	if err := d.file.Truncate(0); err != nil {
		return plain(d.url, err)
	}
	_, err := d.file.Seek(0, io.SeekStart)
	return err
}

// try is one request: for all of it, or for the rest (RFC 9110 §14.2) of the same representation
// (If-Range, §13.1.5).
func (d *download) try(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("User-Agent", "decroche")
	if d.done > 0 {
		if d.state.Validator == "" {
			if err := d.restart(); err != nil {
				return err
			}
		} else {
			req.Header.Set("Range", fmt.Sprintf("bytes=%d-", d.done))
			req.Header.Set("If-Range", d.state.Validator)
		}
	}
	resp, err := d.client.Do(req)
	if err != nil {
		return &retryError{err: err}
	}
	defer resp.Body.Close()
	if more, err := d.answered(resp); err != nil || !more {
		return err
	}
	return d.copy(resp.Body, func() { cancel(fmt.Errorf("nothing came for %v", stall)) })
}

// answered reads the head of an answer: whether its body is to be copied.
func (d *download) answered(resp *http.Response) (more bool, err error) {
	switch resp.StatusCode {
	case http.StatusPartialContent:
		from, total, ok := contentRange(resp.Header.Get("Content-Range"))
		if now := validator(resp); !ok || from != d.done || now != "" && now != d.state.Validator {
			_ = d.restart()
			return false, &retryError{err: errChanged}
		}
		d.total = total
	case http.StatusOK: // all of it, from the first byte on: nothing was asked for, or it changed
		if err := d.restart(); err != nil {
			return false, err
		}
		d.total = max(0, resp.ContentLength)
		d.state = begun{URL: d.url, Validator: validator(resp)}
		d.note()
	case http.StatusRequestedRangeNotSatisfiable: // nothing after what is here: is that all?
		if _, total, _ := contentRange(resp.Header.Get("Content-Range")); total == d.done && d.done > 0 {
			d.total = total
			return false, nil
		}
		_ = d.restart()
		return false, &retryError{err: errChanged}
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return false, &retryError{err: &statusError{resp.StatusCode}, after: retryAfter(resp)}
	default:
		return false, &statusError{resp.StatusCode}
	}
	if d.total > d.limit {
		return false, &sizeError{d.total, d.limit}
	}
	return true, d.room()
}

// room looks for the space that the rest of the file needs.
func (d *download) room() error {
	if d.total == 0 {
		return nil
	}
	return spaceFor(d.free, d.part, uint64(d.total-d.done))
}

// copy takes the body until its end; late is called when nothing comes for long.
func (d *download) copy(body io.Reader, late func()) error {
	timer := time.AfterFunc(stall, late)
	defer timer.Stop()
	buf := make([]byte, 128<<10)
	for {
		n, err := body.Read(buf)
		timer.Reset(stall)
		if d.done+int64(n) > d.limit {
			_ = d.restart()
			return &sizeError{d.done + int64(n), d.limit}
		}
		if _, werr := d.file.Write(buf[:n]); werr != nil {
			return werr
		}
		d.sum.Write(buf[:n])
		d.done += int64(n)
		if d.progress != nil {
			d.progress(d.done, d.total)
		}
		switch {
		case errors.Is(err, io.EOF) && (d.total == 0 || d.done == d.total):
			return nil
		case errors.Is(err, io.EOF):
			return &retryError{err: fmt.Errorf("it ended after %d of %d bytes", d.done, d.total)}
		case err != nil:
			return &retryError{err: err}
		}
	}
}

// validator is what If-Range may be asked with: a strong ETag, or a date that is strong because
// the answer is a minute younger (RFC 9110 §8.8.2.2, §13.1.5). Empty: neither.
func validator(resp *http.Response) string {
	if tag := resp.Header.Get("ETag"); tag != "" {
		if strings.HasPrefix(tag, `"`) {
			return tag
		}
		return "" // weak: the same for different bytes
	}
	last := resp.Header.Get("Last-Modified")
	changed, err := http.ParseTime(last)
	sent, err2 := http.ParseTime(resp.Header.Get("Date"))
	if err != nil || err2 != nil || sent.Sub(changed) < time.Minute {
		return ""
	}
	return last
}

// contentRange reads "bytes 100-199/200" and "bytes */200"; total is 0 for "*".
func contentRange(s string) (from, total int64, ok bool) {
	s, ok = strings.CutPrefix(s, "bytes ")
	span, all, cut := strings.Cut(s, "/")
	if !ok || !cut {
		return 0, 0, false
	}
	if all != "*" {
		if total, _ = strconv.ParseInt(all, 10, 64); total < 0 {
			return 0, 0, false
		}
	}
	first, _, cut := strings.Cut(span, "-")
	from, err := strconv.ParseInt(first, 10, 64)
	return max(0, from), total, cut && err == nil && from >= 0
}

// retryAfter is what a busy server asks for, a minute at most.
func retryAfter(resp *http.Response) time.Duration {
	s, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil || s < 0 {
		return 0
	}
	return time.Duration(min(s, 60)) * time.Second
}

// host is whom a URL asks.
func host(raw string) string {
	if u, err := url.Parse(raw); err == nil {
		return u.Host
	}
	return raw
}
