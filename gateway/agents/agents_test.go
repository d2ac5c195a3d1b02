package agents

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var team = Config{
	{Name: "karim", Title: "Karim", Addr: "sip:201@192.0.2.7", Skills: Can("litige"), Languages: []string{"fr", "en"}},
	{Name: "lina", Addr: "sip:202@192.0.2.7", Skills: Can("litige", "finance"), Languages: []string{"fr"}},
	{Name: "omar", Addr: "sip:203@192.0.2.7", Skills: Can("Suivi ")},
}

func TestOfferNeedsEverySkill(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		req  Request
		want string
		err  error
	}{
		{Request{}, "karim", nil},
		{Request{Skills: []string{"litige"}, Lang: "en"}, "karim", nil},
		{Request{Skills: []string{"litige", "fr"}}, "karim", nil},
		{Request{Skills: []string{"litige", "finance"}}, "lina", nil},
		{Request{Skills: []string{"finance"}, Lang: "en"}, "", ErrNobody},
		{Request{Skills: []string{"finance", "en"}}, "", ErrNobody},
		{Request{Skills: []string{"suivi", "fr"}, Lang: "fr"}, "omar", nil}, // lists no language: any
		{Request{Skills: []string{"suivi"}, Lang: "de"}, "omar", nil},
		{Request{Skills: []string{"poésie"}}, "", ErrNobody},
		{Request{Skills: []string{" LITIGE"}}, "karim", nil},
		{Request{Tried: []string{"karim"}}, "lina", nil},
		{Request{Tried: []string{"karim", "lina", "omar"}}, "", ErrNobody},
	} {
		got, err := NewRouter(team, nil).Offer(t.Context(), tc.req)
		if got.Agent != tc.want || !errors.Is(err, tc.err) {
			t.Errorf("%+v: %q, %v; want %q, %v", tc.req, got.Agent, err, tc.want, tc.err)
		}
	}
}

func TestLongestIdleIsRungFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := NewRouter(team[:2], time.Now)
		litige := Request{Skills: []string{"litige"}}
		offer := func() Assignment {
			t.Helper()
			time.Sleep(time.Second)
			a, err := r.Offer(t.Context(), litige)
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		first, second := offer(), offer()
		if first.Agent != "karim" || first.Title != "Karim" || first.Addr != "sip:201@192.0.2.7" || second.Agent != "lina" || second.Title != "lina" {
			t.Fatalf("got %+v then %+v", first, second)
		}
		if _, err := r.Offer(t.Context(), litige); !errors.Is(err, ErrBusy) {
			t.Fatalf("both in a call: %v, want ErrBusy", err)
		}
		if _, err := r.Offer(t.Context(), Request{Skills: []string{"litige"}, Tried: []string{"karim", "lina"}}); !errors.Is(err, ErrNobody) {
			t.Fatalf("both tried: %v, want ErrNobody", err)
		}
		second.Release()
		time.Sleep(time.Second)
		first.Release()
		if third := offer(); third.Agent != "lina" {
			t.Fatalf("lina has been idle longer, got %s", third.Agent)
		}
		second.Release() // an old Release must not free lina's new call
		if fourth := offer(); fourth.Agent != "karim" {
			t.Fatalf("got %s", fourth.Agent)
		}
		if _, err := r.Offer(t.Context(), litige); !errors.Is(err, ErrBusy) {
			t.Fatalf("got %v, want ErrBusy", err)
		}
	})
}

func TestSetKeepsRunningCalls(t *testing.T) {
	t.Parallel()
	r := NewRouter(team, nil)
	a, err := r.Offer(t.Context(), Request{Skills: []string{"finance"}})
	if err != nil {
		t.Fatal(err)
	}
	r.Set(Config{{Name: "lina", Addr: "sip:9@192.0.2.9", Skills: Can("finance")}})
	if _, err := r.Offer(t.Context(), Request{Skills: []string{"finance"}}); !errors.Is(err, ErrBusy) {
		t.Fatalf("lina still talks: %v, want ErrBusy", err)
	}
	a.Release()
	b, err := r.Offer(t.Context(), Request{Skills: []string{"finance"}})
	if err != nil || b.Addr != "sip:9@192.0.2.9" {
		t.Fatalf("%+v, %v; want the new address", b, err)
	}
	r.Set(nil)
	b.Release()
	if _, err := r.Offer(t.Context(), Request{}); !errors.Is(err, ErrNobody) {
		t.Fatalf("nobody listed: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Offer(ctx, Request{}); !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled: %v", err)
	}
}

// However many callers ask at once, no agent gets two.
func TestNoAgentGetsTwoCallers(t *testing.T) {
	t.Parallel()
	r := NewRouter(team, nil)
	var mu sync.Mutex
	talking := map[string]bool{}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 200 {
				a, err := r.Offer(t.Context(), Request{})
				if err != nil {
					continue
				}
				mu.Lock()
				if talking[a.Agent] {
					t.Errorf("%s got a second caller", a.Agent)
				}
				talking[a.Agent] = true
				mu.Unlock()
				mu.Lock()
				talking[a.Agent] = false
				mu.Unlock()
				a.Release()
			}
		})
	}
	wg.Wait()
}

func TestValidateSaysWhatToDo(t *testing.T) {
	t.Parallel()
	if got := team.Validate(); got != nil {
		t.Fatalf("the team is fine: %q", got)
	}
	if got := DefaultConfig().Validate(); got != nil {
		t.Fatalf("the default is fine: %q", got)
	}
	for _, tc := range []struct {
		agent Agent
		want  string
	}{
		{Agent{Name: "", Addr: "sip:1@h"}, `[1].name: "" is not a name; use small letters`},
		{Agent{Name: "Karim H", Addr: "sip:1@h"}, `[1].name: "Karim H" is not a name`},
		{Agent{Name: "karim", Addr: "sip:1@h"}, `[1].name: "karim" is already agent [0]; give each agent a name of their own`},
		{Agent{Name: "a", Addr: "SIP:201@192.0.2.7"}, `[1].addr: "SIP:201@192.0.2.7" already rings agent [0]`},
		{Agent{Name: "a", Addr: "201"}, `[1].addr: "201" has no scheme; write it as`},
		{Agent{Name: "a", Addr: "tel:+33x23"}, `is no number; write it as tel:+33612345678`},
		{Agent{Name: "a", Addr: "registered"}, `[1].addr: is registered, and they have no phone that could`},
		{Agent{Name: "a", Addr: "registered", Phone: Phone{"Karim", "env:X"}}, `[1].phone.username: "Karim" is not a name`},
		{Agent{Name: "a", Addr: "registered", Phone: Phone{"karim", "hunter2"}}, `[1].phone.password: is not written here`},
		{Agent{Name: "a", Addr: "http://x@y"}, `of a kind that cannot be dialled ("http")`},
		{Agent{Name: "a", Addr: "sip:pbx.example"}, `does not say whom to ring`},
		{Agent{Name: "a", Addr: "sip:@pbx.example"}, `does not say whom to ring`},
		{Agent{Name: "a", Addr: "sip:karim@"}, `"" is not a host`},
		{Agent{Name: "a", Addr: "sip:karim@pbx_1"}, `"pbx_1" is not a host`},
		{Agent{Name: "a", Addr: "sip:karim@192.0.2.700"}, `"192.0.2.700" is not an IPv4 address`},
		{Agent{Name: "a", Addr: "sip:karim@192.0.2"}, `is not an IPv4 address`},
		{Agent{Name: "a", Addr: "sip:karim@h:70000"}, `"70000" is not a port; ports go from 1 to 65535`},
		{Agent{Name: "a", Addr: "sip:karim@h:"}, `is not a port`},
		{Agent{Name: "a", Addr: "sip:karim@2001:db8::7"}, `put it in brackets`},
		{Agent{Name: "a", Addr: "sip:karim@[2001:db8::7"}, `no closing bracket`},
		{Agent{Name: "a", Addr: "sip:karim@[h]"}, `is not an IPv6 address`},
		{Agent{Name: "a", Addr: "sip:karim:secret@h"}, `the address of "karim" carries a password`},
		{Agent{Name: "a", Addr: "sip:karim@h?Subject=x"}, `carries headers`},
		{Agent{Name: "a", Addr: "sip:karim@h;transport=tcp?X=y"}, `carries headers`},
		{Agent{Name: "a", Addr: "sip:karim@h\r\nX: y"}, `a control character or`},
		{Agent{Name: "a", Addr: "sip:1@h", Skills: Can(" ")}, `[1].skills[0]: is empty`},
		{Agent{Name: "a", Addr: "sip:1@h", Languages: []string{"français"}}, `[1].languages[0]: "français" is not a language; write its two-letter code`},
		{Agent{Name: "a", Addr: "sip:1@h", Title: "x\ny"}, `[1].title:`},
	} {
		got := Config{team[0], tc.agent}.Validate()
		if len(got) != 1 || !strings.Contains(got[0], tc.want) || strings.Contains(got[0], "secret") || strings.Contains(got[0], "hunter2") {
			t.Errorf("%+v:\n got  %q\n want %s", tc.agent, got, tc.want)
		}
	}
	for _, good := range []string{"sip:201@192.0.2.7", "sip:201@192.0.2.7:5060", "sips:karim@pbx.example", "sip:k@[2001:db8::7]:5061",
		"sip:k@h;transport=tcp", "sip:+33123@trunk.example;user=phone", "SIP:a%20b@localhost", "sip:201@127.0.0.1:5070", "tel:+33612345678", "TEL:0612345678"} {
		if err := CheckAddr(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
}

func TestSIPStatus(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]Outcome{
		0: Unreachable, 200: Completed, 202: Completed, 302: Unreachable, 401: Error, 403: Refused, 404: Unreachable,
		486: Busy, 488: Error, 499: Refused, 500: Unreachable, 503: Unreachable, 599: Unreachable,
		600: Busy, 603: Refused, 604: Unreachable, 699: Refused, 100: Error, 180: Error, 700: Error, -1: Error,
	} {
		for _, rang := range []bool{false, true} {
			if got := OutcomeOf(status, rang); got != want {
				t.Errorf("%d, rang %v: %s, want %s", status, rang, got, want)
			}
		}
	}
	for _, tc := range []struct {
		status int
		rang   bool
		want   Outcome
	}{{408, true, NoAnswer}, {408, false, Unreachable}, {480, true, NoAnswer}, {480, false, Unreachable}, {487, true, NoAnswer}, {487, false, Unreachable}} {
		if got := OutcomeOf(tc.status, tc.rang); got != tc.want {
			t.Errorf("%d, rang %v: %s, want %s", tc.status, tc.rang, got, tc.want)
		}
	}
}

// Whatever CheckAddr lets through may go into a request line as it is.
func FuzzCheckAddr(f *testing.F) {
	for _, s := range []string{"sip:201@192.0.2.7:5060;transport=tcp", "sip:k@[2001:db8::7]:5061", "sip:a:b@c", "tel:1", "sip:%00@h", "sip:x@h?y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if err := CheckAddr(s); err != nil {
			if strings.ContainsAny(err.Error(), "\r\n") {
				t.Errorf("the complaint about %q has more than one line: %v", s, err)
			}
			return
		}
		if strings.ContainsAny(s, "\r\n\x00 <>\"") || !strings.Contains(s, "@") && !strings.HasPrefix(strings.ToLower(s), "tel:") || len(s) > 255 {
			t.Errorf("%q was accepted", s)
		}
	})
}

// A group takes callers side by side, and comes after people.
func TestAGroupIsNeverBusy(t *testing.T) {
	t.Parallel()
	r := NewRouter(Config{{Name: "standard", Addr: "sip:600@pbx", Group: true, Via: ViaRefer}, {Name: "karim", Addr: "sip:201@pbx", Via: ViaAttended}}, nil)
	var got []string
	for range 3 {
		a, err := r.Offer(t.Context(), Request{})
		if err != nil {
			t.Fatal(err)
		}
		if a.Group != (a.Agent == "standard") || a.Refer != a.Group || a.Attended == a.Group {
			t.Errorf("%+v", a)
		}
		got = append(got, a.Agent)
	}
	if !slices.Equal(got, []string{"karim", "standard", "standard"}) {
		t.Errorf("given out: %v", got)
	}
	for _, c := range []struct {
		a    Agent
		want string
	}{
		{Agent{Name: "a", Addr: "sip:1@x", Via: "blind"}, "[0].via: "}, {Agent{Name: "a", Addr: "sip:1@x", Group: true, Via: ViaAttended}, "[0].via: "}, {Agent{Name: "a", Via: ViaAttended}, "[0].addr: "}, {Agent{Name: "a", Group: true}, "[0].addr: "}, {Agent{Name: "a", Via: ViaRefer}, "[0].addr: "},
	} {
		if out := (Config{c.a}).Validate(); len(out) != 1 || !strings.HasPrefix(out[0], c.want) {
			t.Errorf("%+v: %q, want %q", c.a, out, c.want)
		}
	}
}
