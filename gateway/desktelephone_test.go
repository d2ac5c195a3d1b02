package gateway

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"decroche/gateway/accounts"
	"decroche/gateway/agents"
	"decroche/gateway/leg"
	"decroche/internal/browser"
	"decroche/internal/peer"
)

// atDesk is an agent at a desk, and a caller with a telephone that shares no code with us.
type atDesk struct {
	*rig
	t      *testing.T
	ctx    context.Context
	bearer string
	host   *browser.Host
	caller *peer.PhoneCall
	conv   string
}

const callerHz, deskHz, phoneHz = 525, 925, 1425

// newDesk has an agent, lina, signed in and available, with a browser that hums, and a caller who is rung
// back, asks for a person by the key 0, and is put through to her. change is made to the configuration.
func newDesk(t *testing.T, change func(*Config)) *atDesk {
	t.Helper()
	phone := peer.NewPhone(t, peer.Behaviour{Hum: callerHz})
	d := &atDesk{t: t, host: browsers(t), rig: newRig(t, func(c *Config) {
		c.CallbackVia = "sip:{number}@" + phone.Addr()
		c.Desk.WrapUp = 0
		if change != nil {
			change(c)
		}
	})}
	var cancel context.CancelFunc
	d.ctx, cancel = context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	if _, err := d.accounts.AddUser(d.ctx, accounts.Terminal(), accounts.NewUser{Name: "lina", Display: "Lina", Role: string(accounts.Agent)}); err != nil {
		t.Fatal(err)
	}
	var err error
	if d.bearer, _, err = d.accounts.CreateToken(d.ctx, accounts.Terminal(), accounts.NewToken{Name: "test", User: "lina", Scopes: []string{string(accounts.TakeCalls)}}); err != nil {
		t.Fatal(err)
	}
	d.browse()
	d.beat()
	beats := time.NewTicker(time.Second)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-beats.C:
				d.beat()
			case <-d.ctx.Done():
				return
			}
		}
	}()
	t.Cleanup(func() { cancel(); beats.Stop(); <-done })
	d.ask("POST", "presence", `{"status":"available"}`)

	d.act(t, "POST", "/api/v1/widget/callbacks", `{"phone":"0612345678","lang":"fr"}`, http.StatusNoContent, nil)
	var called struct{ Conversation string }
	d.act(t, "POST", "/api/v1/callbacks/1/call", ``, http.StatusOK, &called)
	d.conv = called.Conversation
	if d.caller = phone.Next(10 * time.Second); d.caller == nil {
		t.Fatal("the caller is not rung")
	}
	<-d.caller.Answered
	d.caller.Press("0")
	d.until("the caller is offered", func(st agents.State) bool { return st.Offer != nil && st.Offer.Conv == d.conv })
	d.ask("POST", "offers/"+d.conv+"/accept", ``)
	d.hears("the caller the agent", d.caller, deskHz)
	return d
}

// browse opens the line of the agent's page, which hums.
func (d *atDesk) browse() *browser.Browser {
	d.t.Helper()
	b, err := d.host.Call(d.ctx, browser.Options{URL: "http://" + d.HTTPAddr(), Path: "/api/v1/webrtc/desk", Bearer: d.bearer, Codecs: []string{"PCMU"}})
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = b.Hangup(context.WithoutCancel(d.ctx), leg.Normal) })
	hum(d.ctx, b, deskHz)
	return b
}

// request asks the desk's API as the agent; it says nothing of a test that is over.
func (d *atDesk) request(method, path, body string) (status int, text string, err error) {
	req, err := http.NewRequestWithContext(d.ctx, method, "http://"+d.HTTPAddr()+"/api/v1/"+strings.TrimSuffix("desk/"+path, "/"), strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Authorization", "Bearer "+d.bearer)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	return res.StatusCode, string(out), err
}

func (d *atDesk) beat() {
	if status, text, err := d.request("POST", "heartbeat", `{"tab":"a","microphone":true}`); d.ctx.Err() == nil && (err != nil || status != http.StatusOK) {
		d.t.Errorf("heartbeat: %d %s, %v", status, text, err)
	}
}

// ask wants the API to do it.
func (d *atDesk) ask(method, path, body string) (text string) {
	d.t.Helper()
	status, text, err := d.request(method, path, body)
	if err != nil || status > 299 {
		d.t.Fatalf("%s %s %s: %d %s, %v", method, path, body, status, text, err)
	}
	return text
}

// until waits for a state of the desk.
func (d *atDesk) until(what string, ok func(agents.State) bool) (st agents.State) {
	d.t.Helper()
	for d.ctx.Err() == nil {
		st = agents.State{}
		if err := json.Unmarshal([]byte(d.ask("GET", "", "")), &st); err != nil {
			d.t.Fatal(err)
		}
		if ok(st) {
			return st
		}
		time.Sleep(20 * time.Millisecond)
	}
	d.t.Fatalf("never came: %s; the desk: %+v", what, st)
	return st
}

func (d *atDesk) hears(what string, c *peer.PhoneCall, hz float64) {
	d.t.Helper()
	if !c.Hears(hz, 30*time.Second) {
		d.t.Fatalf("%s: not heard", what)
	}
}

// silent waits until what c hears has nothing of hz any more.
func (d *atDesk) silent(what string, c *peer.PhoneCall, hz float64) {
	d.t.Helper()
	for d.ctx.Err() == nil {
		if pcm := c.Heard(); len(pcm) > 1600 && peer.Power(pcm[len(pcm)-1600:], hz) < 0.05 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	d.t.Fatalf("%s: is heard", what)
}

// digits waits for the keys that reached the caller's telephone.
func (d *atDesk) digits(want string) {
	d.t.Helper()
	for d.ctx.Err() == nil && len(d.caller.Digits()) < len(want) {
		time.Sleep(20 * time.Millisecond)
	}
	if got := d.caller.Digits(); got != want {
		d.t.Errorf("the caller's telephone was sent the keys %q, want %q", got, want)
	}
}

// Keys that an agent presses at the desk reach the caller's telephone as RFC 4733 events, each once and in
// order, and the conversation goes on.
func TestKeysFromTheDesk(t *testing.T) {
	d := newDesk(t, nil)
	call := "calls/" + d.conv
	d.ask("POST", call+"/keys", `{"keys":"12#"}`)
	d.digits("12#")
	d.ask("POST", call+"/keys", `{"keys":"55*0a"}`)
	d.digits("12#55*0A")
	d.hears("the caller the agent, after the keys", d.caller, deskHz)
	if status, text, err := d.request("POST", call+"/keys", `{"keys":"1x"}`); status != http.StatusConflict && status != http.StatusBadRequest || !strings.Contains(text, "bad_keys") {
		t.Errorf("keys that are none: %d %s, %v", status, text, err)
	}
	d.ask("POST", call+"/hold", ``)
	if status, text, err := d.request("POST", call+"/keys", `{"keys":"1"}`); status != http.StatusConflict || !strings.Contains(text, "on_hold") {
		t.Errorf("to a caller on hold: %d %s, %v", status, text, err)
	}
}

// An agent goes over to their telephone in a call, works with the page there, and comes back to the browser; a
// telephone that refuses gives the call back. The caller is never lost, and it stays one call.
func TestTelephoneAtTheDeskOverSIP(t *testing.T) {
	mobile := peer.NewPhone(t, peer.Behaviour{Hum: phoneHz})
	d := newDesk(t, nil)
	call := "calls/" + d.conv

	d.ask("PUT", "telephone", `{"address":"`+mobile.URI("lina")+`"}`)
	m := mobile.Next(20 * time.Second)
	if m == nil {
		t.Fatal("the telephone does not ring")
	}
	d.hears("the caller the telephone", d.caller, phoneHz)
	d.hears("the telephone the caller", m, callerHz)
	d.until("the call on the telephone", func(st agents.State) bool {
		return st.Call == d.conv && st.Status == agents.OnCall && st.Phone == mobile.URI("lina") && st.Lost.IsZero() && st.Offer == nil
	})
	d.ask("POST", call+"/hold", ``)
	d.silent("the telephone, on hold", d.caller, phoneHz)
	d.ask("POST", call+"/resume", ``)
	d.hears("the caller the telephone again", d.caller, phoneHz)
	d.ask("PUT", call+"/microphone", `{"muted":true}`)
	d.silent("the telephone, microphone off", d.caller, phoneHz)
	d.ask("PUT", call+"/microphone", `{"muted":false}`)
	d.hears("the caller the telephone, microphone on", d.caller, phoneHz)
	d.ask("POST", call+"/keys", `{"keys":"9#"}`)
	d.digits("9#")

	d.browse()
	d.ask("PUT", "telephone", `{"address":""}`)
	d.hears("the caller the browser", d.caller, deskHz)
	select {
	case <-m.Ended:
	case <-d.ctx.Done():
		t.Fatal("the telephone was not hung up")
	}
	d.until("the call in the browser", func(st agents.State) bool {
		return st.Call == d.conv && st.Phone == "" && st.Lost.IsZero()
	})

	mobile.Does(peer.Behaviour{Status: 486})
	d.ask("PUT", "telephone", `{"address":"`+mobile.URI("lina")+`"}`)
	d.browse()
	d.until("back in the browser, because the telephone is busy", func(st agents.State) bool {
		return st.Call == d.conv && st.Phone == "" && st.NoPhone && st.Lost.IsZero()
	})
	d.hears("the caller the browser again", d.caller, deskHz)
	d.ask("POST", call+"/hang-up", ``)
	d.until("free", func(st agents.State) bool { return st.Call == "" && st.Status == agents.Available })
}

// What may be typed as a telephone, with a trunk to which numbers go.
func TestWhichTelephonesMayRing(t *testing.T) {
	cfg := DefaultConfig()
	cfg.CallbackVia, cfg.Desk.Numbers = "sip:{number}@trunk.example;transport=tcp", []string{"01", "+331", "20"}
	g := &Gateway{cfg: cfg, router: agents.NewDesk(cfg.Desk, agents.Config{{Name: "karim", Addr: "sip:0899000000@trunk.example"}}, nil)}
	for typed, want := range map[string]string{
		"":                                 "",
		" sip:201@192.0.2.7 ":              "sip:201@192.0.2.7",
		"201@192.0.2.7":                    "sip:201@192.0.2.7",
		"lina@pbx.example:5070":            "sip:lina@pbx.example:5070",
		"201":                              "sip:201@trunk.example;transport=tcp",
		"01 84 00-00 00":                   "sip:0184000000@trunk.example;transport=tcp",
		"sip:+33184000000@pbx.example":     "sip:+33184000000@pbx.example",
		"SIP:0899000000@trunk.example":     "sip:0899000000@trunk.example",        // the one of the configuration
		"sip:201@trunk.example":            "sip:201@trunk.example;transport=tcp", // as numbers are dialled
		"0899 00 00 00":                    "address: 0899000000 may not be dialled; it must begin with 01, +331, 20 (desk.numbers)",
		"sip:0899000001@pbx.example":       "address: 0899000001 may not be dialled; it must begin with 01, +331, 20 (desk.numbers)",
		"sip:0899-000-001;x=y@pbx.example": "address: 0899000001 may not be dialled; it must begin with 01, +331, 20 (desk.numbers)",
		"sip:%30899000001@pbx.example":     "address: 0899000001 may not be dialled; it must begin with 01, +331, 20 (desk.numbers)",
		"sip:112@TRUNK.example":            "address: 112 may not be dialled; it must begin with 01, +331, 20 (desk.numbers)",
		"rtc:lina":                         "address: \"rtc:lina\" is of a kind that cannot be dialled",
		"karim":                            "address: \"karim\" is no number that can be dialled",
		"sip:x@h?Route=y":                  "address: ",
	} {
		got, err := g.telephone("karim", typed)
		if err != nil {
			got = err.Error()
		}
		if got != want && (err == nil || want == "" || !strings.HasPrefix(got, want)) {
			t.Errorf("%q: %s; want %s", typed, got, want)
		}
	}
	g.cfg.CallbackVia = ""
	if _, err := g.telephone("lina", "201"); err == nil || !strings.Contains(err.Error(), "callback_via") {
		t.Errorf("a number without a trunk: %v", err)
	}
}
