package agents

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

var morning = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// A script is one agent's day: "at 10s set break pause" and so on, one act a line, and what they
// are after it.
func TestPresence(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"a call, its wrap-up, and the next": `
			0s   beat a mic          offline   signed_out
			1s   set available       available signed_in    takes
			2s   offer c1            available signed_in    offered
			5s   join c1             on_call   call         in_call
			6s   beat a mic          on_call   call         in_call
			60s  end c1              wrap_up   call_ended   wrap_up
			61s  beat a mic          wrap_up   call_ended   wrap_up
			62s  extend              wrap_up   call_ended   wrap_up
			63s  extend!             wrap_up   call_ended   wrap_up
			105s beat a mic          wrap_up   call_ended   wrap_up
			164s beat a mic          wrap_up   call_ended   wrap_up
			165s tick                available wrap_up_over takes`,
		"the conclusion frees at once": `
			0s   beat a mic          offline   signed_out
			1s   set available       available signed_in    takes
			2s   offer c1            available signed_in    offered
			3s   join c1             on_call   call         in_call
			4s   end c1              wrap_up   call_ended   wrap_up
			5s   conclude            available concluded    takes`,
		"a break chosen in a call comes after it": `
			0s   beat a mic          offline   signed_out
			1s   set available       available signed_in    takes
			2s   offer c1            available signed_in    offered
			3s   join c1             on_call   call         in_call
			4s   set break déjeuner  on_call   call         in_call
			5s   set offline!        on_call   call         in_call
			6s   end c1              wrap_up   call_ended   wrap_up
			7s   conclude            break     concluded    break`,
		"a missed offer": `
			0s   beat a mic          offline   signed_out
			1s   set available       available signed_in    takes
			2s   offer c1            available signed_in    offered
			3s   set break pause!    available signed_in    offered
			5s   beat a mic          available signed_in    offered
			9s   miss c1             away      missed       away
			10s  set available       available set          takes`,
		"a failure, a refusal, a caller who left: they are what they were": `
			0s   beat a mic          offline   signed_out
			1s   set available       available signed_in    takes
			2s   offer c1            available signed_in    offered
			3s   fail c1             available failed       takes
			4s   offer c2            available failed       offered
			5s   decline c2          available failed       takes
			5s   offer c3            available failed       offered
			5s   gone c3             available failed       takes`,
		"no microphone: no calls": `
			0s   beat a nomic        offline   signed_out
			1s   set available       available signed_in    no_microphone
			2s   beat a mic          available signed_in    takes`,
		"a short disconnect is survived, a long one is offline and comes back": `
			0s   beat a mic          offline   signed_out
			1s   set available       available signed_in    takes
			7s   tick                available signed_in    unheard
			30s  beat a mic          available signed_in    takes
			31s  set break pause     break     set          break
			89s  tick                break     set          break
			90s  tick                offline   lost         offline
			99s  beat a mic          break     signed_in    break`,
		"a telephone needs no page": `
			0s   phone sip:201@pbx   offline   signed_out
			1s   set available       available signed_in    takes
			1h   tick                available signed_in    takes`,
		"a break needs a reason; others follow from what happens": `
			0s   beat a mic          offline   signed_out
			1s   set break!          offline   signed_out
			2s   set on_call!        offline   signed_out
			3s   extend!             offline   signed_out
			4s   set available       available signed_in    takes
			5s   set offline         offline   signed_out   offline
			6s   beat a mic          offline   signed_out   offline`,
		"gone in a call: held, and offline when they do not come back": `
			0s   beat a mic          offline   signed_out
			1s   set available       available signed_in    takes
			2s   offer c1            available signed_in    offered
			3s   join c1             on_call   call         in_call
			9s   lose c1 20s         on_call   call         in_call
			19s  lose c1 10s         on_call   call         in_call
			29s  end c1              offline   lost         offline`,
		"hanging up is no loss": `
			0s   beat a mic          offline   signed_out
			1s   set available       available signed_in    takes
			2s   offer c1            available signed_in    offered
			3s   join c1             on_call   call         in_call
			4s   leave c1            on_call   call         in_call
			4s   lose c1 0s          on_call   call         in_call
			4s   end c1              wrap_up   call_ended   wrap_up`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, r := Presence{Status: Offline, Why: WhySignedOut}, DefaultRules()
			for _, line := range strings.Split(strings.TrimSpace(script), "\n") {
				act(t, &p, r, strings.Fields(line))
			}
		})
	}
}

// act does one line of a script.
func act(t *testing.T, p *Presence, r Rules, f []string) {
	t.Helper()
	at, err := time.ParseDuration(f[0])
	if err != nil {
		t.Fatal(err)
	}
	now := morning.Add(at)
	p.Tick(now, r)
	refused := false
	args := f[2:]
	for i, a := range f[1:3] {
		if strings.HasSuffix(a, "!") {
			refused, f[1+i] = true, strings.TrimSuffix(a, "!")
		}
	}
	if len(f) > 3 && strings.HasSuffix(f[3], "!") {
		refused, f[3] = true, strings.TrimSuffix(f[3], "!")
	}
	err = nil
	switch f[1] {
	case "beat":
		p.Beat(now, f[2], f[3] == "mic", false)
	case "phone":
		p.Phone = f[2]
	case "set":
		reason := ""
		if f[2] == "break" && f[3] != "offline" {
			reason = f[3]
		}
		err = p.Set(now, Status(f[2]), reason)
	case "offer":
		p.Offer(f[2])
	case "join":
		p.Join(now, f[2])
	case "end":
		p.End(now, f[2], r)
	case "leave":
		p.Leave(f[2])
	case "lose":
		if got := p.Lose(now, f[2], r); got.String() != f[3] {
			t.Errorf("%v: held for %v, want %s", f, got, f[3])
		}
	case "miss", "fail", "decline", "gone":
		p.Withdraw(now, f[2], map[string]Ending{"miss": Expired, "fail": NotReached, "decline": Declined, "gone": CallerGone}[f[1]])
	case "extend":
		err = p.Extend(now, r)
	case "conclude":
		p.Conclude(now)
	case "tick":
	default:
		t.Fatalf("%q is no act", f[1])
	}
	if (err != nil) != refused {
		t.Errorf("%v: %v, want a refusal: %v", f, err, refused)
	}
	// The last words are what they are now: status, why, and whether a caller can be offered.
	last := args[len(args)-1]
	status, why := f[len(f)-2], f[len(f)-1]
	if last != "signed_out" {
		status, why = f[len(f)-3], f[len(f)-2]
		if yes, not := p.Takes(now, r); yes != (last == "takes") || !yes && not != last {
			t.Errorf("%v: takes calls %v, %q", f, yes, not)
		}
	}
	if string(p.Status) != status || string(p.Why) != why {
		t.Errorf("%v: is %s because %s", f, p.Status, p.Why)
	}
}

// One tab has the sound; the next one alive gets it when that is gone.
func TestOneTabHasTheSound(t *testing.T) {
	t.Parallel()
	p, r := Presence{}, DefaultRules()
	p.Beat(morning, "a", true, false)
	p.Beat(morning, "b", true, false)
	if p.Sound != "a" || len(p.Tabs) != 2 {
		t.Fatalf("%+v", p)
	}
	p.Beat(morning.Add(time.Second), "b", true, true)
	if p.Sound != "b" {
		t.Fatal("b asked for the sound and did not get it")
	}
	p.Beat(morning.Add(5*time.Second), "a", true, false)
	if !p.Tick(morning.Add(7*time.Second), r) || p.Sound != "a" || len(p.Tabs) != 1 {
		t.Fatalf("b has not been heard of for 6 s: %+v", p)
	}
	if got, want := p.Wake(r), morning.Add(11*time.Second); !got.Equal(want) {
		t.Fatalf("wakes at %v, want %v", got, want)
	}
	p.Close(morning.Add(8*time.Second), "a")
	if p.Sound != "" || len(p.Tabs) != 0 {
		t.Fatalf("%+v", p)
	}
}

func TestChatsBesideACall(t *testing.T) {
	t.Parallel()
	p, r := Presence{}, DefaultRules()
	r.Chats = 2
	p.Beat(morning, "a", false, false)
	if err := p.Set(morning, Available, ""); err != nil {
		t.Fatal(err)
	}
	if yes, _ := p.Takes(morning, r); yes || !p.TakesChat(morning, r) {
		t.Fatal("without a microphone: no calls, but chats")
	}
	p.Offer("c")
	p.Join(morning, "c")
	p.AskChat("x")
	p.WithdrawChat(morning, "x", Taken)
	p.KeepChat(morning, "x")
	if !p.TakesChat(morning, r) || len(p.Chats) != 1 {
		t.Fatal("one chat beside a call is no reason to take no other")
	}
	p.AskChat("y")
	if p.TakesChat(morning, r) {
		t.Fatal("one, and one offered, are enough")
	}
	p.DropChat(morning, "x")
	if !p.TakesChat(morning, r) || !p.Wrote.Equal(morning) {
		t.Fatal("x is over")
	}
}

func TestRefusalsAreSentences(t *testing.T) {
	t.Parallel()
	var p Presence
	if err := p.Set(morning, Break, " "); !errors.Is(err, ErrNoReason) {
		t.Error(err)
	}
	if err := p.Set(morning, "dancing", ""); err == nil || !strings.Contains(err.Error(), "use available, break or offline") {
		t.Error(err)
	}
}

// However many names a page gives itself, few desks of one agent are known, and the sound stays with one of
// them.
func TestTabsAreBounded(t *testing.T) {
	t.Parallel()
	var p Presence
	now := time.Unix(0, 0)
	for i := range 5 * mostTabs {
		now = now.Add(time.Millisecond)
		p.Beat(now, fmt.Sprint("tab", i), true, false)
	}
	if len(p.Tabs) != mostTabs || !slices.ContainsFunc(p.Tabs, func(o Tab) bool { return o.ID == p.Sound }) {
		t.Errorf("%d tabs, the sound is with %q", len(p.Tabs), p.Sound)
	}
	if !slices.ContainsFunc(p.Tabs, func(o Tab) bool { return o.ID == fmt.Sprint("tab", 5*mostTabs-1) }) {
		t.Error("the newest is not among them")
	}
}
