package rtc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"decroche/gateway/leg"
	"decroche/gateway/rtc"
	"decroche/internal/browser"
)

// offerOf is what a browser would send.
func offerOf(t *testing.T, h *house, codecs []string) string {
	t.Helper()
	sdp, err := h.host.Offer(codecs)
	if err != nil {
		t.Fatal(err)
	}
	return sdp
}

func (h *house) ask(method, path, body string, header ...string) *http.Response {
	h.t.Helper()
	req, err := http.NewRequestWithContext(within(h.t), method, h.url+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	for _, l := range header {
		k, v, _ := strings.Cut(l, ": ")
		req.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	_ = res.Body.Close()
	res.Body = io.NopCloser(bytes.NewReader(b))
	return res
}

func (h *house) post(body, kind string) *http.Response {
	h.t.Helper()
	return h.ask("POST", rtc.Path, body, "Content-Type: "+kind)
}

// detail reads a problem, which every refusal is.
func detail(t *testing.T, res *http.Response) string {
	t.Helper()
	var p struct {
		Status int
		Detail string
	}
	if err := json.NewDecoder(res.Body).Decode(&p); err != nil || p.Status != res.StatusCode || res.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%d is no problem: %v", res.StatusCode, err)
	}
	return p.Detail
}

// Each offer that cannot be answered gets a status and plain words.
func TestBadOffers(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil, nil)
	good := offerOf(t, h, nil)
	without := func(prefix string) string {
		var b strings.Builder
		for l := range strings.Lines(good) {
			if !strings.HasPrefix(l, prefix) {
				b.WriteString(l)
			}
		}
		return b.String()
	}
	for _, c := range []struct {
		name, body, kind string
		status           int
		says             string
	}{
		{"garbage", "hello", "application/sdp", 400, "not a session description"},
		{"bytes", "\x00\xff\xfe", "application/sdp", 400, "not a session description"},
		{"empty", "", "application/sdp", 400, ""},
		{"JSON", `{"type":"offer"}`, "application/json", 415, "application/sdp"},
		{"nothing said of what it is", good, "", 415, "application/sdp"},
		{"too long", good + strings.Repeat("a=x:"+strings.Repeat("x", 60)+"\r\n", 2000), "application/sdp", 413, "longer than"},
		{"no audio", strings.ReplaceAll(good, "m=audio", "m=video"), "application/sdp", 406, "no audio"},
		{"audio switched off", strings.ReplaceAll(good, "m=audio 9", "m=audio 0"), "application/sdp", 406, "no audio"},
		{"unencrypted", strings.ReplaceAll(good, "UDP/TLS/RTP/SAVPF", "RTP/AVP"), "application/sdp", 406, "DTLS-SRTP"},
		{"no mux", without("a=rtcp-mux"), "application/sdp", 406, "rtcp-mux"},
		{"no fingerprint", without("a=fingerprint"), "application/sdp", 400, "fingerprint"},
		{"no ICE", without("a=ice-pwd"), "application/sdp", 400, "ice-pwd"},
		{"an odd role", strings.ReplaceAll(good, "a=setup:actpass", "a=setup:holdconn"), "application/sdp", 400, "setup"},
		{"no codec of ours", offerOf(t, h, []string{}), "application/sdp", 201, ""},
		{"codecs unknown", strings.NewReplacer("opus/48000/2", "speex/48000", "G722/8000", "L16/8000", "PCMU/8000", "GSM/8000", "PCMA/8000", "LPC/8000").Replace(good), "application/sdp", 406, "no codec in common"},
		{"many lines", good + strings.Repeat("m=audio 0 UDP/TLS/RTP/SAVPF 0\r\n", 100), "application/sdp", 400, "m-lines"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := h.post(c.body, c.kind)
			if res.StatusCode != c.status {
				b, _ := io.ReadAll(res.Body)
				t.Fatalf("answered %d, want %d: %s", res.StatusCode, c.status, b)
			}
			if c.status >= 400 {
				if d := detail(t, res); !strings.Contains(d, c.says) || d == "" {
					t.Errorf("it says %q, not %q", d, c.says)
				}
			}
		})
	}
}

// Whoever offers too often is told when to come again; so is everybody when the house is full.
func TestTooMany(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c *rtc.Config) { c.OffersBurst, c.OffersPerSource = 5, 0.001 }, nil)
	statuses := map[int]int{}
	for range 10 {
		res := h.post("garbage", "application/sdp")
		if statuses[res.StatusCode]++; res.StatusCode == 429 && (res.Header.Get("Retry-After") == "" || detail(t, res) == "") {
			t.Error("429 without Retry-After or without words")
		}
	}
	if statuses[400] != 5 || statuses[429] != 5 {
		t.Errorf("ten offers at once are answered %v", statuses)
	}
	h = newHouse(t, func(c *rtc.Config) { c.MaxSessions = 1 }, nil)
	h.dial(browser.Options{})
	if res := h.post(offerOf(t, h, nil), "application/sdp"); res.StatusCode != 503 || res.Header.Get("Retry-After") == "" {
		t.Errorf("one too many is answered %d", res.StatusCode)
	}
	h = newHouse(t, nil, nil)
	h.server.Admit(func() *leg.Cause { c := leg.Draining; return &c })
	if res := h.post(offerOf(t, h, nil), "application/sdp"); res.StatusCode != 503 {
		t.Errorf("while draining an offer is answered %d", res.StatusCode)
	}
}

// An office whose network comes back has one address: each desk and each call there is counted by
// itself, while strangers of that address are still refused.
func TestAnOfficeComesBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c *rtc.Config) { c.OffersBurst, c.OffersPerSource = 2, 0.001 }, nil)
	h.mux.HandleFunc("POST /park/{name}", func(w http.ResponseWriter, r *http.Request) { h.server.Park(w, r, r.PathValue("name")) })
	const kind = "Content-Type: application/sdp"
	offer := offerOf(t, h, nil)
	first := h.post(offer, "application/sdp")
	second := h.post(offer, "application/sdp")
	if first.StatusCode != 201 || second.StatusCode != 201 {
		t.Fatalf("two calls are answered %d and %d", first.StatusCode, second.StatusCode)
	}
	if held := first.Header.Get("Decroche-Held-For"); held != "10000" {
		t.Errorf("the page is told that its call is held for %q ms", held)
	}
	for n := range 30 {
		if res := h.ask("POST", fmt.Sprintf("/park/agent%d", n), offer, kind); res.StatusCode != 201 {
			t.Fatalf("desk %d is answered %d: %s", n, res.StatusCode, detail(t, res))
		}
	}
	for _, res := range []*http.Response{first, second} {
		at := res.Header.Get("Location")
		id := at[strings.LastIndexByte(at, '/')+1:]
		if res := h.ask("PATCH", at, offer, kind); res.StatusCode != 200 {
			t.Errorf("a call that comes back is answered %d", res.StatusCode)
		}
		if res := h.ask("POST", rtc.Path+"?session="+id, offer, kind); res.StatusCode != 200 {
			t.Errorf("a page that was loaded again is answered %d", res.StatusCode)
		}
		if res := h.ask("PATCH", at, offer, kind); res.StatusCode != 429 && res.StatusCode != 404 {
			t.Errorf("a page that does nothing but come back is answered %d", res.StatusCode)
		}
	}
	if res := h.post(offer, "application/sdp"); res.StatusCode != 429 {
		t.Errorf("a stranger's third offer is answered %d", res.StatusCode)
	}
	if res := h.ask("POST", rtc.Path+"?session=guess", offer, kind); res.StatusCode != 429 {
		t.Errorf("who guesses at calls is answered %d", res.StatusCode)
	}
	if res := h.ask("POST", "/park/agent0", offer, kind); res.StatusCode != 200 {
		t.Errorf("a desk that comes again is answered %d", res.StatusCode)
	}
	if res := h.ask("POST", "/park/agent0", offer, kind); res.StatusCode != 429 {
		t.Errorf("a desk that does nothing but come again is answered %d", res.StatusCode)
	}
}

// Whoever takes the call decides; its no is HTTP's.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for cause, status := range map[leg.Cause]int{leg.NotFound: 404, leg.Overloaded: 503, leg.Forbidden: 403, leg.Failed: 503} {
		h := newHouse(t, nil, func(ctx context.Context, l leg.Leg, _ rtc.Wish) { _ = l.Hangup(ctx, cause) })
		res := h.post(offerOf(t, h, nil), "application/sdp")
		if res.StatusCode != status || detail(t, res) == "" || h.server.Lines() != 0 {
			t.Errorf("%v is answered %d; %d lines are left", cause, res.StatusCode, h.server.Lines())
		}
	}
}

// Pages of listed sites may call, those of others not, and what is no page may.
func TestSites(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c *rtc.Config) { c.Origins = []string{"https://www.example.com"} }, nil)
	for origin, want := range map[string]int{"https://www.example.com": 204, "https://evil.example": 403, "null": 403, "http" + strings.TrimPrefix(h.url, "http"): 204, "": 204} {
		header := []string{}
		if origin != "" {
			header = append(header, "Origin: "+origin, "Access-Control-Request-Method: POST")
		}
		res := h.ask("OPTIONS", rtc.Path, "", header...)
		if res.StatusCode != want {
			t.Errorf("%q: %d, want %d", origin, res.StatusCode, want)
		}
		if allowed := res.Header.Get("Access-Control-Allow-Origin"); (allowed != "") != (origin == "https://www.example.com") {
			t.Errorf("%q: Access-Control-Allow-Origin is %q", origin, allowed)
		}
	}
	b := h.dial(browser.Options{Origin: "https://www.example.com"})
	if b.Status != 201 {
		t.Errorf("a listed site's page is answered %d", b.Status)
	}
	if res := h.ask("DELETE", b.Location, "", "Origin: https://evil.example"); res.StatusCode != 403 {
		t.Errorf("a stranger's page may end a call: %d", res.StatusCode)
	}
}

// Candidates and restarts as fragments, and what is wrong with them.
func TestFragments(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil, nil)
	offer := offerOf(t, h, nil)
	res := h.post(offer, "application/sdp")
	at, tag := res.Header.Get("Location"), res.Header.Get("ETag")
	value := func(key string) string {
		_, rest, _ := strings.Cut(offer, key)
		v, _, _ := strings.Cut(rest, "\r\n")
		return v
	}
	frag := func(ufrag, pwd string) string {
		return fmt.Sprintf("a=ice-ufrag:%s\r\na=ice-pwd:%s\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host\r\na=candidate:rubbish\r\n", ufrag, pwd)
	}
	mine := frag(value("a=ice-ufrag:"), value("a=ice-pwd:"))
	const kind = "Content-Type: application/trickle-ice-sdpfrag"
	for _, c := range []struct {
		name, path, body string
		header           []string
		status           int
	}{
		{"candidates", at, mine, []string{kind, "If-Match: " + tag}, 204},
		{"candidates of before", at, mine, []string{kind, `If-Match: "77"`}, 412},
		{"no credentials", at, "a=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n", []string{kind}, 400},
		{"no SDP", at, "hello", []string{kind}, 400},
		{"another kind", at, mine, []string{"Content-Type: text/plain"}, 415},
		{"no such call", rtc.Path + "/x", mine, []string{kind}, 404},
		{"a wrong method", at, "", nil, 405},
	} {
		method := "PATCH"
		if c.status == 405 {
			method = "PUT"
		}
		if res := h.ask(method, c.path, c.body, c.header...); res.StatusCode != c.status {
			t.Errorf("%s: %d, want %d: %s", c.name, res.StatusCode, c.status, detail(t, res))
		}
	}
	if res := h.ask("DELETE", at, ""); res.StatusCode != 200 {
		t.Errorf("DELETE: %d", res.StatusCode)
	}
	if res := h.ask("DELETE", at, ""); res.StatusCode != 404 {
		t.Errorf("DELETE again: %d", res.StatusCode)
	}
}
