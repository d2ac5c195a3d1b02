package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"decroche/gateway/leg"
	"decroche/internal/browser"
	"decroche/media"
	"decroche/media/pacer"
	"decroche/media/rtp"
	"decroche/media/tone"
)

// browsers is a machine on which they run.
func browsers(t *testing.T) *browser.Host {
	t.Helper()
	wheel := pacer.New(pacer.DefaultConfig())
	turn, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); wheel.Run(turn) }()
	engine, err := rtp.NewEngine(rtp.DefaultConfig(), wheel, nil)
	if err != nil {
		t.Fatal(err)
	}
	host := browser.NewHost(engine)
	t.Cleanup(func() { host.Close(); engine.Close(); stop(); <-done })
	return host
}

// Who is agent and supervisor has a desk and a board open at once, each with a line of its own: they
// listen on the board's, and on the desk's where no board is open.
func TestBoardBesideDesk(t *testing.T) {
	const callerHz = 525
	r := newRig(t, nil)
	host := browsers(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	page := func(query string) *browser.Browser {
		b, err := host.Call(ctx, browser.Options{URL: "http://" + r.HTTPAddr(), Path: "/api/v1/webrtc/desk" + query, Bearer: r.Token(), Codecs: []string{"PCMU"}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = b.Hangup(context.WithoutCancel(ctx), leg.Normal) })
		return b
	}
	desk, board := page(""), page("?page=board")
	l, err := r.ring(t, "hotline")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Hangup(context.WithoutCancel(ctx), leg.Normal) }()
	hum(ctx, l, callerHz)
	at := "/api/v1/calls/" + l.Info().PeerTag + "/supervision"
	for _, b := range []*browser.Browser{board, desk} {
		var place struct{ ID string }
		r.act(t, "POST", at, `{"address":"rtc:me"}`, http.StatusCreated, &place)
		for tone.Goertzel(hear(ctx, t, b), media.PhoneRate, callerHz) < 0.05 {
		}
		if desk.Gone() || b == board && len(r.rtc.Names()) != 2 {
			t.Fatalf("desk gone %v; %q wait", desk.Gone(), r.rtc.Names())
		}
		r.act(t, "DELETE", at+"/"+place.ID, "", http.StatusNoContent, nil)
		if b == board {
			if err := board.Hangup(ctx, leg.Normal); err != nil {
				t.Fatal(err)
			}
		}
	}
	var no *browser.Refused
	if _, err := host.Call(ctx, browser.Options{URL: "http://" + r.HTTPAddr(), Path: "/api/v1/webrtc/desk?page=wall", Bearer: r.Token()}); !errors.As(err, &no) || no.Status != 400 {
		t.Errorf("a page that is none: %v", err)
	}
}

// hear is the next tenth of a second.
func hear(ctx context.Context, t *testing.T, l leg.Leg) (pcm []int16) {
	t.Helper()
	for len(pcm) < 800 {
		h, err := l.Receive(ctx)
		if err != nil {
			t.Fatal(err)
		}
		pcm = append(pcm, h.Frame.PCM...)
	}
	return pcm
}

// A page calls: the bot that it names answers in its language, is heard, and the record says that the
// caller is not known. A page that names no bot of ours is told so; while draining nobody is let in.
func TestBrowserCallsTheBot(t *testing.T) {
	r := newRig(t, nil)
	host := browsers(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	at := browser.Options{URL: "http://" + r.HTTPAddr(), Bot: "colibri", Lang: "en-GB", Codecs: []string{"PCMU"}}

	b, err := host.Call(ctx, at)
	if err != nil {
		t.Fatal(err)
	}
	for loud := false; !loud; {
		h, err := b.Receive(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range h.Frame.PCM {
			loud = loud || v > 1000
		}
	}
	if err := b.Hangup(ctx, leg.Normal); err != nil {
		t.Fatal(err)
	}
	var c struct{ Channel, From, Lang, Bot, EndedAt string }
	for c.Channel == "" {
		req, _ := http.NewRequestWithContext(ctx, "GET", at.URL+"/api/v1/conversations/"+b.Conversation, nil)
		req.Header.Set("Authorization", "Bearer "+r.Token())
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode == 200 {
			err = json.NewDecoder(res.Body).Decode(&c)
		}
		_ = res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
	}
	if c.Channel != "voice" || c.From != "sip:anonymous@anonymous.invalid" || c.Lang != "en" || c.Bot != "colibri" {
		t.Errorf("the record says %+v", c)
	}

	var no *browser.Refused
	at.Bot = "nobody"
	if _, err := host.Call(ctx, at); !errors.As(err, &no) || no.Status != 404 {
		t.Errorf("a bot that is not there: %v", err)
	}
	r.draining.Store(true)
	at.Bot = ""
	if _, err := host.Call(ctx, at); !errors.As(err, &no) || no.Status != 503 || no.RetryAfter == "" {
		t.Errorf("while draining: %v", err)
	}
}
