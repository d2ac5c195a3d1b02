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
	"decroche/media/pacer"
	"decroche/media/rtp"
)

// A page calls: the bot that it names answers in its language, is heard, and the record says that the
// caller is not known. A page that names no bot of ours is told so; while draining nobody is let in.
func TestBrowserCallsTheBot(t *testing.T) {
	r := newRig(t, nil)
	wheel := pacer.New(pacer.DefaultConfig())
	turn, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); wheel.Run(turn) }()
	engine, err := rtp.NewEngine(rtp.DefaultConfig(), wheel, nil)
	if err != nil {
		t.Fatal(err)
	}
	host := browser.NewHost(engine)
	defer func() { host.Close(); engine.Close(); stop(); <-done }()
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
