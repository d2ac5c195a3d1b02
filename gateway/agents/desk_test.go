package agents

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// open is a Desk at which names are signed in with microphones, their desks beating.
func open(t *testing.T, team Config, names ...string) *Desk {
	t.Helper()
	d := NewDesk(DefaultDeskConfig(), team, time.Now)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); d.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	for _, n := range names {
		d.Beat(n, strings.ToUpper(n[:1])+n[1:], n+"-tab", true, false)
		if err := d.Set(n, "", Available, "", ""); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
	}
	return d
}

func beat(d *Desk, names ...string) {
	for _, n := range names {
		d.Beat(n, "", n+"-tab", true, false)
	}
}

func TestDesksComeBeforeTelephones(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := open(t, team, "lina", "zoe") // zoe is in no list: she helps with everything
		offer := func(req Request, want string) Assignment {
			t.Helper()
			req.Conv = "c" + want
			a, err := d.Offer(t.Context(), req)
			if err != nil || a.Agent+" "+a.Addr != want {
				t.Fatalf("%+v: %s %s, %v; want %s", req, a.Agent, a.Addr, err, want)
			}
			return a
		}
		a := offer(Request{Skills: []string{"litige"}, Lang: "fr"}, "lina desk:lina")
		if a.Title != "Lina" || a.Keep == nil {
			t.Errorf("%+v", a)
		}
		z := offer(Request{Skills: []string{"poésie"}, Lang: "de"}, "zoe desk:zoe")
		offer(Request{Skills: []string{"litige"}}, "karim sip:201@192.0.2.7")
		if _, err := d.Offer(t.Context(), Request{Skills: []string{"litige"}}); !errors.Is(err, ErrBusy) {
			t.Errorf("everybody is taken: %v", err)
		}
		if n := d.Free(); n != 1 { // omar's telephone
			t.Errorf("%d can be rung, want 1", n)
		}
		if err := d.Set("lina", "", Break, "x", ""); !errors.Is(err, ErrOffered) {
			t.Errorf("a break over an offer: %v", err)
		}
		a.Release()
		if err := d.Set("lina", "", Break, "pause", ""); err != nil {
			t.Error(err)
		}
		z.Release()
		if err := d.Set("zoe", "", Break, "pause", ""); err != nil {
			t.Error(err)
		}
		// Lina's telephone is not rung while she has a break, and nobody waits for her.
		if _, err := d.Offer(t.Context(), Request{Skills: []string{"finance"}}); !errors.Is(err, ErrNobody) {
			t.Errorf("lina has a break: %v", err)
		}
	})
}

// Who is in a call, concludes one or only writes is signed in; a break and an empty desk are not.
func TestSignedIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := open(t, nil, "lina")
		is := func(when string, want int) {
			t.Helper()
			if n := d.SignedIn(); n != want {
				t.Errorf("%s: %d are signed in, want %d", when, n, want)
			}
		}
		is("free", 1)
		d.Beat("lina", "", "lina-tab", false, false)
		is("without a microphone she writes", 1)
		d.Beat("lina", "", "lina-tab", true, false)
		a, err := d.Offer(t.Context(), Request{Conv: "c"})
		if err != nil {
			t.Fatal(err)
		}
		is("while it rings", 1)
		_ = d.act("lina", func(now time.Time, s *seat) error { s.Join(now, "c"); return nil })
		is("in a call", 1)
		if n := d.Free(); n != 0 {
			t.Errorf("%d are free in a call", n)
		}
		a.Release()
		is("concluding", 1)
		if err := d.Set("lina", "", Break, "pause", ""); err != nil {
			t.Fatal(err)
		}
		is("on a break", 0)
		if err := d.Set("lina", "", Available, "", ""); err != nil {
			t.Fatal(err)
		}
		time.Sleep(DefaultRules().Unheard + time.Second)
		is("unheard of", 0)
	})
	if n := open(t, team).SignedIn(); n != NewRouter(team, nil).phones(nil) || n == 0 {
		t.Errorf("%d telephones", n)
	}
}

func TestWhoIsOnTheirTelephoneGetsNoSecondCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := open(t, team[:1])
		a, err := d.Offer(t.Context(), Request{Conv: "c1"})
		if err != nil || a.Addr != "sip:201@192.0.2.7" {
			t.Fatal(a, err)
		}
		beat(d, "karim")
		if err := d.Set("karim", "", Available, "", ""); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Offer(t.Context(), Request{Conv: "c2"}); !errors.Is(err, ErrBusy) {
			t.Fatalf("karim speaks on his telephone: %v", err)
		}
		a.Release()
		if b, err := d.Offer(t.Context(), Request{Conv: "c2"}); err != nil || b.Addr != "desk:karim" {
			t.Fatal(b, err)
		}
	})
}

// Every way an offer ends, what the agent reads then, and what they are.
func TestEveryEndingOfAnOffer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do     func(d *Desk, o *Offering, cancel context.CancelCauseFunc)
		how    Ending
		by     string
		reason Decline
		status Status
		why    Why
	}{
		"accepted":  {func(d *Desk, o *Offering, _ context.CancelCauseFunc) { d.Accept("lina", "c1"); o.Join() }, Taken, "", "", OnCall, WhyCall},
		"declined":  {func(d *Desk, _ *Offering, _ context.CancelCauseFunc) { d.Decline("lina", "c1", FileOpen) }, Declined, "", FileOpen, Available, WhySignedIn},
		"expired":   {func(*Desk, *Offering, context.CancelCauseFunc) {}, Expired, "", "", Away, WhyMissed},
		"left":      {func(_ *Desk, _ *Offering, c context.CancelCauseFunc) { c(&Withdrawn{Outcome: CallerLeft}) }, CallerGone, "", "", Available, WhySignedIn},
		"elsewhere": {func(_ *Desk, _ *Offering, c context.CancelCauseFunc) { c(&Withdrawn{Outcome: Cancelled, By: "paule"}) }, Elsewhere, "paule", "", Available, WhySignedIn},
		"unreachable": {func(d *Desk, o *Offering, _ context.CancelCauseFunc) {
			d.Accept("lina", "c1")
			o.Fail(errors.New("no line"))
		}, NotReached, "", "", Available, WhyFailed},
		"left after the yes": {func(d *Desk, _ *Offering, _ context.CancelCauseFunc) { d.Accept("lina", "c1") }, CallerGone, "", "", Available, WhySignedIn},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := open(t, nil, "lina")
				a, err := d.Offer(t.Context(), Request{Conv: "c1"})
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				ringing, stop := context.WithTimeout(ctx, 4*time.Second)
				defer stop()
				o, err := d.Show(a.Agent, Offer{Conv: "c1", Who: "Nadia", Why: "Colis non reçu."}, 4*time.Second)
				if err != nil {
					t.Fatal(err)
				}
				if st := d.State("lina"); st.Offer == nil || st.Offer.Who != "Nadia" || st.Offer.Expires.Sub(st.Offer.At) != 4*time.Second || st.TakesNot != "offered" {
					t.Fatalf("nothing rings: %+v", st)
				}
				over := make(chan error, 1)
				go func() { over <- o.Wait(ringing) }()
				time.Sleep(2 * time.Second)
				c.do(d, o, cancel)
				err = <-over
				if (err == nil) != (c.how == Taken || name == "left after the yes") && c.how != NotReached {
					t.Errorf("Wait: %v", err)
				}
				if c.how != Taken {
					a.Release()
				}
				st := d.State("lina")
				if st.Offer != nil || st.Ended == nil || st.Ended.How != c.how || st.Ended.By != c.by || st.Ended.Reason != c.reason || st.Status != c.status || st.Why != c.why {
					t.Errorf("%+v, ended %+v", st.Presence, st.Ended)
				}
				if err := d.Accept("lina", "c1"); !errors.Is(err, ErrNoOffer) {
					t.Errorf("accepting what has ended: %v", err)
				}
				if err := d.Decline("lina", "c1", "tired"); !errors.Is(err, ErrDecline) {
					t.Errorf("declining without one of the reasons: %v", err)
				}
			})
		})
	}
}

// An agent whose page is loaded again is joined again without a click; one who is away longer is
// asked; one who does not come back loses the caller to the team.
func TestRejoin(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		back   time.Duration // after the loss
		click  bool
		joined bool
	}{
		"reload":          {3 * time.Second, false, true},
		"late, no click":  {12 * time.Second, false, false},
		"late, one click": {12 * time.Second, true, true},
		"never":           {time.Hour, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := open(t, nil, "lina")
				a, _ := d.Offer(t.Context(), Request{Conv: "c1"})
				o, _ := d.Show("lina", Offer{Conv: "c1"}, 20*time.Second)
				d.Accept("lina", "c1")
				if !o.Join() {
					t.Fatal("not joined")
				}
				d.Close("lina", "lina-tab")
				if hold := <-a.Line; hold != 20*time.Second {
					t.Fatal("the caller must be held")
				}
				hold := a.Keep()
				if hold != 20*time.Second {
					t.Fatalf("held for %v", hold)
				}
				o, err := d.Show("lina", Offer{Conv: "c1"}, hold)
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), hold)
				defer cancel()
				go func() {
					select {
					case <-time.After(c.back):
					case <-ctx.Done():
						return
					}
					d.Beat("lina", "", "new-tab", true, false)
					if c.click {
						time.Sleep(time.Second)
						d.Accept("lina", "c1")
					}
				}()
				if st := d.State("lina"); st.Offer == nil || st.Offer.Origin != "rejoin" || st.TakeOver.Sub(st.Now) != hold || st.Status != OnCall {
					t.Errorf("the desk shows %+v", st)
				}
				if err := o.Wait(ctx); (err == nil) != c.joined {
					t.Fatalf("joined again: %v", err)
				}
				if c.joined {
					if !o.Join() || !d.State("lina").Lost.IsZero() {
						t.Error("lost although joined again")
					}
					d.Leave("lina", "c1")
					if a.Keep() != 0 {
						t.Error("they hung up: nobody is held")
					}
				}
				a.Release()
				if s := d.State("lina").Status; c.joined && s != WrapUp || name == "never" && s != Offline {
					t.Errorf("is %s", s)
				}
			})
		})
	}
}

// A desk that only lost its network for a moment: the caller is held and given back, no other line
// is opened.
func TestAShortDisconnectInACall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := open(t, nil, "lina")
		a, _ := d.Offer(t.Context(), Request{Conv: "c1"})
		o, _ := d.Show("lina", Offer{Conv: "c1"}, 20*time.Second)
		d.Accept("lina", "c1")
		o.Join()
		time.Sleep(7 * time.Second)
		synctest.Wait()
		if hold := <-a.Line; hold != 20*time.Second {
			t.Fatal("nothing was heard for 7 s: the caller must be held")
		}
		beat(d, "lina")
		if hold := <-a.Line; hold != 0 {
			t.Fatal("lina is back")
		}
		if st := d.State("lina"); !st.Lost.IsZero() || st.Status != OnCall {
			t.Fatalf("%+v", st.Presence)
		}
	})
}

func TestTelephoneAtADesk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := open(t, nil)
		for _, bad := range []string{"201", "sip:x@h?y=z", "rtc:lina"} {
			if err := d.Set("lina", "Lina", Available, "", bad); err == nil || !strings.HasPrefix(err.Error(), "address: ") {
				t.Errorf("%s: %v", bad, err)
			}
		}
		if err := d.Set("lina", "Lina", Available, "", "sip:201@pbx.example"); err != nil {
			t.Fatal(err)
		}
		if err := d.Set("omar", "", Available, "", "SIP:201@pbx.example"); err == nil || !strings.Contains(err.Error(), "rings for Lina already") {
			t.Errorf("two agents on one telephone: %v", err)
		}
		a, err := d.Offer(t.Context(), Request{Conv: "c1"})
		if err != nil || a.Agent != "lina" {
			t.Fatal(a, err)
		}
		o, err := d.Show("lina", Offer{Conv: "c1"}, time.Minute)
		if err != nil || o.Phone() != "sip:201@pbx.example" || d.State("lina").Offer.Rings != "telephone" {
			t.Fatal(err)
		}
		if d.Accept("lina", "c1"); d.State("lina").Offer == nil {
			t.Fatal("a telephone is picked up: a click accepts nothing")
		}
		if !o.Join() || a.Keep() != 0 {
			t.Fatal("who hangs up a telephone meant it")
		}
	})
}

// Whoever watches sees the last of many changes, whatever they missed between.
func TestWatchersCoalesce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := open(t, team, "lina")
		_, rev, news := d.Watch("lina")
		for i := range 1000 {
			if err := d.Set("lina", "", Break, fmt.Sprint("pause ", i), ""); err != nil {
				t.Fatal(err)
			}
		}
		select {
		case <-news:
		default:
			t.Fatal("nobody was told")
		}
		st, after, _ := d.Watch("lina")
		if after <= rev || st.Reason != "pause 999" {
			t.Fatalf("saw %q", st.Reason)
		}
		list, _, _ := d.Team()
		if len(list) != 3 || list[1].Name != "lina" || list[1].Status != Break || list[0].Status != Available || !list[0].Phone {
			t.Fatalf("%+v", list)
		}
	})
}

func TestDeskConfig(t *testing.T) {
	t.Parallel()
	if got := DefaultDeskConfig().Validate(); got != nil {
		t.Fatal(got)
	}
	for want, change := range map[string]func(*DeskConfig){
		"wrap_up: -1s is out of range":        func(c *DeskConfig) { c.WrapUp = -time.Second },
		"unheard_after: 1s is out of range":   func(c *DeskConfig) { c.UnheardAfter = time.Second },
		"offline_after: 5s is out of range":   func(c *DeskConfig) { c.OfflineAfter = 5 * time.Second },
		"take_over_after: 5s is out of range": func(c *DeskConfig) { c.TakeOverAfter = 5 * time.Second },
		"chats: 21 is out of range":           func(c *DeskConfig) { c.Chats = 21 },
		`breaks[0]: " " cannot be shown`:      func(c *DeskConfig) { c.Breaks = []string{" "} },
		"conclusions: 21 are too many":        func(c *DeskConfig) { c.Conclusions = strings.Split(strings.Repeat("x ", 21), " ")[:21] },
	} {
		c := DefaultDeskConfig()
		change(&c)
		if got := c.Validate(); len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Errorf("got %q, want %s", got, want)
		}
	}
}

// The decision itself is pure; a thousand agents cost next to nothing.
func BenchmarkChoose(b *testing.B) {
	seats := make([]Seat, 1000)
	for i := range seats {
		seats[i] = Seat{Name: fmt.Sprint("agent", i), Skills: Can("litige", "suivi"), Languages: []string{"fr"}, Free: i%3 == 0, Desk: i%2 == 0, Idle: morning.Add(-time.Duration(i) * time.Second)}
	}
	req := Request{Skills: []string{"suivi"}, Lang: "fr"}
	for b.Loop() {
		if i, err := Choose(req, seats); err != nil || !seats[i].Free {
			b.Fatal(i, err)
		}
	}
}
