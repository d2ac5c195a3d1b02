package agents

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// ask offers a typed conversation and shows it.
func ask(t *testing.T, d *Desk, req Request) (string, *Offering) {
	t.Helper()
	name, _, err := d.OfferChat(req)
	if err != nil {
		t.Fatal(err)
	}
	o, err := d.ShowChat(name, Offer{Conv: req.Conv, Who: "Nadia"}, 30*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return name, o
}

// Chats go to who has least to do, beside a call and without a microphone, up to desk.chats.
func TestWhoGetsAChat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := open(t, nil, "lina", "omar")
		a, err := d.Offer(t.Context(), Request{Conv: "call"})
		if err != nil || a.Agent != "lina" {
			t.Fatal(a.Agent, err)
		}
		o, err := d.Show("lina", Offer{Conv: "call"}, time.Minute)
		if err != nil || !o.Join() {
			t.Fatal(err)
		}
		d.Beat("omar", "", "omar-tab", false, false) // no microphone any more
		// lina has a call, and was idle for longer
		for i, want := range []string{"omar", "lina", "omar", "lina", "omar", "lina"} {
			beat(d, "lina")
			d.Beat("omar", "", "omar-tab", false, false)
			conv := string(rune('a' + i))
			name, _ := ask(t, d, Request{Conv: conv})
			if name != want {
				t.Errorf("chat %d goes to %s, want %s", i, name, want)
			}
			if err := d.Accept(name, conv); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		if _, _, err := d.OfferChat(Request{Conv: "z"}); !errors.Is(err, ErrBusy) {
			t.Errorf("both have three: %v", err)
		}
		if err := d.ReachChat(Request{Conv: "z", Skills: []string{"x"}, Tried: []string{"lina", "omar"}}); !errors.Is(err, ErrNobody) {
			t.Errorf("both were asked: %v", err)
		}
		d.DropChat("omar", "a", "")
		if err := d.ReachChat(Request{Conv: "z"}); err != nil {
			t.Errorf("omar has room: %v", err)
		}
		if st := d.State("lina"); st.Status != OnCall || len(st.Chats) != 3 || st.TakesChat || st.Offer != nil {
			t.Errorf("%+v", st)
		}
		if err := d.Set("omar", "", Offline, "", ""); !errors.Is(err, ErrInChats) {
			t.Errorf("offline with chats: %v", err)
		}
		a.Release()
	})
}

// Several are offered at once, beside the offer of a call, and none of them ends another.
func TestOffersOfChatsBesideACall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := open(t, nil, "lina")
		_, one := ask(t, d, Request{Conv: "a"})
		time.Sleep(time.Second)
		beat(d, "lina")
		_, two := ask(t, d, Request{Conv: "b"})
		if _, err := d.Offer(t.Context(), Request{Conv: "call"}); err != nil {
			t.Fatalf("chats are no reason to get no call: %v", err)
		}
		call, err := d.Show("lina", Offer{Conv: "call"}, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		st := d.State("lina")
		if st.Offer == nil || st.Offer.Conv != "call" || len(st.ChatOffers) != 2 || st.ChatOffers[0].Conv != "a" || st.ChatOffers[1].Channel != "text" {
			t.Fatalf("%+v", st)
		}
		if err := d.Decline("lina", "b", FileOpen); err != nil {
			t.Fatal(err)
		}
		if no, ok := errors.AsType[*NotTaken](two.Result()); !ok || no.How != Declined || no.Reason != FileOpen {
			t.Errorf("%v", two.Result())
		}
		if err := d.Accept("lina", "a"); err != nil || one.Result() != nil {
			t.Error(err, one.Result())
		}
		if err := d.Accept("lina", "a"); err != nil {
			t.Errorf("from a second page, a moment later: %v", err)
		}
		if err := d.Accept("zoe", "a"); !errors.Is(err, ErrNoOffer) {
			t.Errorf("somebody else accepts: %v", err)
		}
		if st := d.State("lina"); st.Offer == nil || len(st.ChatOffers) != 0 || len(st.Chats) != 1 || st.Status != Available || st.ChatEnded.How != Taken {
			t.Errorf("%+v", st)
		}
		if !call.Join() {
			t.Error("the call is taken all the same")
		}
	})
}

// Who does not answer is away when they were free; who is in a call is left as they are.
func TestAMissedChat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := open(t, nil, "lina")
		_, o := ask(t, d, Request{Conv: "a"})
		o.Expire()
		if st := d.State("lina"); st.Status != Away || st.Why != WhyUnread || st.ChatEnded.How != Expired {
			t.Errorf("%+v", st.Presence)
		}
		if err := d.ReachChat(Request{Conv: "b"}); !errors.Is(err, ErrNobody) {
			t.Errorf("nobody waits for who is away: %v", err)
		}
		if err := d.Set("lina", "", Available, "", ""); err != nil {
			t.Fatal(err)
		}
		_, o = ask(t, d, Request{Conv: "b"})
		o.Withdraw(CallerGone, "")
		if st := d.State("lina"); st.Status != Available || st.ChatEnded.How != CallerGone || len(st.Asked) != 0 {
			t.Errorf("%+v", st)
		}
	})
}

// A desk that is closed with a chat is told as lost until a page is heard again; the chat stays.
func TestTheLineOfAChat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := open(t, nil, "lina")
		ask(t, d, Request{Conv: "a"})
		if err := d.Accept("lina", "a"); err != nil {
			t.Fatal(err)
		}
		line := func(has, there bool) {
			t.Helper()
			got, lost, _ := d.ChatLine("lina", "a")
			if got != has || lost.IsZero() != there {
				t.Errorf("has %v, lost %v; want %v, there %v", got, lost, has, there)
			}
		}
		line(true, true)
		d.Close("lina", "lina-tab")
		line(true, false)
		beat(d, "lina")
		line(true, true)
		time.Sleep(10 * time.Second) // no heartbeat
		line(true, false)
		d.DropChat("lina", "a", Elsewhere)
		line(false, false)
		if st := d.State("lina"); st.ChatEnded.How != Elsewhere {
			t.Errorf("%+v", st.ChatEnded)
		}
		d.KeepChat("zoe", "Zoé", "a") // a gateway that was started again
		if has, lost, _ := d.ChatLine("zoe", "a"); !has || lost.IsZero() {
			t.Error("zoe's page is not there yet")
		}
	})
}
