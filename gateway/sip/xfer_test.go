package sip

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"decroche/gateway/leg"
	"decroche/internal/peer"
)

// xfer is one row of the acceptance table of transfers, as far as it is decided on the line: a telephone
// system that follows a script, and what the transfer has to come to.
type xfer struct {
	name   string
	to     leg.Referral
	script []string
	want   leg.Referred  // Began and Ended are not compared
	takes  time.Duration // at most, from the order to the outcome
	ends   bool          // the line has ended when all is over
	byes   int           // BYE of ours
	refers int           // REFER requests on the wire, repetitions left out; 1 when 0
	news   string        // what was told in between, "quiet" and "gave up" in words
	lossy  bool          // also run with each message lost, doubled and late: row 39
	signs  bool          // the line has credentials
}

var toAgent = leg.Referral{To: "sip:204@10.0.0.2"}

const challenge = `refer 407 Proxy-Authenticate: Digest realm="pbx", nonce="n1", qop="auth"`

var xfers = []xfer{
	{name: "xfer_01_busy", script: []string{"refer 202", "notify 100", "wait 2s", "notify 486 end"}, lossy: true,
		want: leg.Referred{Outcome: "busy", Status: 486}, takes: 3 * time.Second, news: "100"},
	{name: "xfer_02_no_notify", script: []string{"refer 202"}, lossy: true,
		want: leg.Referred{Outcome: "timeout", Reason: "no_notify"}, takes: 50 * time.Second, news: "quiet, gave up"},
	{name: "xfer_02_late_bye", script: []string{"refer 202", "wait 46s", "bye"}, lossy: true,
		want: leg.Referred{Outcome: "completed", Proof: "bye_after_202"}, takes: 48 * time.Second, ends: true, news: "quiet, gave up"},
	{name: "xfer_02_late_notify", script: []string{"refer 202", "wait 46s", "notify 200 end", "bye"}, lossy: true,
		want: leg.Referred{Outcome: "completed", Status: 200, Proof: "notify"}, takes: 48 * time.Second, ends: true, news: "quiet, gave up"},
	{name: "xfer_03_no_answer", script: []string{"refer -", "wait 20s", "late 202"}, lossy: true,
		want: leg.Referred{Outcome: "timeout", Reason: "refer_unanswered"}, takes: 8 * time.Second},
	{name: "xfer_04_200", script: []string{"refer 200", "notify 100", "notify 180", "wait 3s", "notify 200 end", "bye"}, lossy: true,
		want: leg.Referred{Outcome: "completed", Status: 200, Proof: "notify", Rang: true}, takes: 4 * time.Second, ends: true, news: "100, 180"},
	{name: "xfer_05_403", script: []string{"refer 403"}, want: leg.Referred{Outcome: "refused", Status: 403, Reason: "no_refer"}, takes: time.Second},
	{name: "xfer_05_405", script: []string{"refer 405"}, want: leg.Referred{Outcome: "refused", Status: 405, Reason: "no_refer"}, takes: time.Second, lossy: true},
	{name: "xfer_05_501", script: []string{"refer 501"}, want: leg.Referred{Outcome: "refused", Status: 501, Reason: "no_refer"}, takes: time.Second},
	{name: "xfer_05_603", script: []string{"refer 603"}, want: leg.Referred{Outcome: "refused", Status: 603, Reason: "no_refer"}, takes: time.Second},
	{name: "xfer_06_no_credentials", script: []string{`refer 401 WWW-Authenticate: Digest realm="pbx", nonce="n1"`},
		want: leg.Referred{Outcome: "refused", Status: 401}, takes: time.Second},
	// A REFER that is challenged is one attempt with two requests; the event's id is the CSeq of the second. A
	// challenge with the nonce that was answered is a refusal.
	{name: "xfer_06_challenged", script: []string{challenge, "refer 202", "notify 100 id=1 !481", "notify 100 id=cseq", "notify 200 end id=cseq", "bye"}, signs: true, refers: 2, lossy: true,
		want: leg.Referred{Outcome: "completed", Status: 200, Proof: "notify"}, takes: time.Second, ends: true, news: "100"},
	{name: "xfer_06_same_nonce", script: []string{challenge, challenge}, signs: true, refers: 2, lossy: true,
		want: leg.Referred{Outcome: "refused", Status: 407}, takes: time.Second},
	{name: "xfer_07_481", script: []string{"refer 481"}, lossy: true,
		want: leg.Referred{Outcome: "caller_left", Status: 481}, takes: time.Second, ends: true},
	{name: "xfer_07_408", script: []string{"refer 408"}, want: leg.Referred{Outcome: "caller_left", Status: 408}, takes: time.Second, ends: true},
	{name: "xfer_08_bye_after_202", script: []string{"refer 202", "wait 1s", "bye"}, lossy: true,
		want: leg.Referred{Outcome: "completed", Proof: "bye_after_202"}, takes: 2 * time.Second, ends: true},
	{name: "xfer_08_bye_between_reports", script: []string{"refer 202", "notify 180", "bye", "notify 200 end"}, lossy: true,
		want: leg.Referred{Outcome: "completed", Status: 200, Proof: "notify", Rang: true}, takes: 2 * time.Second, ends: true, news: "180"},
	{name: "xfer_08_bye_and_no_report", script: []string{"refer 202", "notify 180", "bye", "wait 10s", "notify 200 end !481"},
		want: leg.Referred{Outcome: "unknown", Status: 180, Reason: "bye_before_last", Rang: true}, takes: 5 * time.Second, ends: true, news: "180"},
	{name: "xfer_09_never_terminated", script: []string{"refer 202", "notify 200", "bye"}, lossy: true,
		want: leg.Referred{Outcome: "completed", Status: 200, Proof: "notify"}, takes: time.Second, ends: true},
	{name: "xfer_09_no_bye", script: []string{"refer 202", "notify 200", "expect BYE"}, lossy: true,
		want: leg.Referred{Outcome: "completed", Status: 200, Proof: "notify"}, takes: time.Second, ends: true, byes: 1},
	{name: "xfer_10_no_body", script: []string{"refer 202", "notify none end"}, lossy: true,
		want: leg.Referred{Outcome: "unknown", Reason: "no_sipfrag"}, takes: time.Second},
	{name: "xfer_10_broken_body", script: []string{"refer 202", "notify 100", "notify broken end"},
		want: leg.Referred{Outcome: "unknown", Status: 100, Reason: "no_sipfrag"}, takes: time.Second, news: "100"},
	{name: "xfer_11_another_id", script: []string{"refer 202", "notify 486 end id=4711 !481", "notify 486 end id=x !481", "notify 100 id=cseq", "notify 180", "notify 200 end id=cseq", "bye"},
		want: leg.Referred{Outcome: "completed", Status: 200, Proof: "notify", Rang: true}, takes: time.Second, ends: true, news: "100, 180"},
	{name: "xfer_12_after_the_end", script: []string{"refer 202", "notify 486 end", "notify 200 end !481", "bye", "notify 200 end !481"},
		want: leg.Referred{Outcome: "busy", Status: 486}, takes: time.Second, ends: true},
	{name: "xfer_13_wrong_order", script: []string{"refer 202", "notify 200", "notify 180", "notify 486 end", "bye"},
		want: leg.Referred{Outcome: "completed", Status: 200, Proof: "notify"}, takes: time.Second, ends: true},
	{name: "xfer_15_not_found", script: []string{"refer 202", "notify 404 end"}, want: leg.Referred{Outcome: "unreachable", Status: 404}, takes: time.Second},
	{name: "xfer_15_unavailable", script: []string{"refer 202", "notify 480 end"}, want: leg.Referred{Outcome: "unreachable", Status: 480}, takes: time.Second},
	{name: "xfer_15_rang_out", script: []string{"refer 202", "notify 180", "wait 30s", "notify 408 end"}, news: "180",
		want: leg.Referred{Outcome: "no_answer", Status: 408, Rang: true}, takes: 31 * time.Second},
	{name: "xfer_15_overloaded", script: []string{"refer 202", "notify 503 retry=30 end"},
		want: leg.Referred{Outcome: "unreachable", Status: 503, RetryAfter: 30 * time.Second}, takes: time.Second},
	{name: "xfer_15_far_end_overloaded", script: []string{"refer 503 Retry-After: 9"},
		want: leg.Referred{Outcome: "unreachable", Status: 503, RetryAfter: 9 * time.Second}, takes: time.Second},
	{name: "xfer_17_tel", to: leg.Referral{To: "tel:+33-1-23;phone-context=fr"}, script: []string{"refer 202", "notify 200 end", "bye"},
		want: leg.Referred{Outcome: "completed", Status: 200, Proof: "notify"}, takes: time.Second, ends: true},
}

func TestHostile(t *testing.T) {
	t.Parallel()
	for _, x := range xfers {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			x.play(t, nil)
		})
	}
}

// play runs a row in virtual time and checks what must hold after every one. It returns the order of
// what passed on the wire between both ends, the messages shortened.
func (x xfer) play(t *testing.T, disturb func(*peer.Net)) {
	virtual(t, DefaultConfig(), nil, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Call(t, "", 4000)
		l := <-st.legs
		synctest.Wait()
		if x.signs {
			l.signer = newSigner(credentials{"hotline", "secret"})
		}
		if disturb != nil {
			disturb(st.net)
		}
		h := peer.NewHostile(t, c)
		defer h.Close()
		played := make(chan struct{})
		go func() { defer close(played); h.Run(x.script...) }()

		var mu sync.Mutex
		var news []string
		to := x.to
		if to.To == "" {
			to.To = toAgent.To
		}
		to.Told = func(n leg.ReferralNews) {
			mu.Lock()
			defer mu.Unlock()
			news = append(news, newsText(n))
		}
		got := l.Refer(context.Background(), to)
		took := got.Ended.Sub(got.Began)
		if wait := time.Since(got.Ended); wait > 0 {
			t.Errorf("the outcome was told %v late", wait)
		}
		got.Began, got.Ended = time.Time{}, time.Time{}
		if got != x.want {
			t.Errorf("came to %+v, want %+v", got, x.want)
		}
		limit := x.takes
		mu.Lock()
		if disturb != nil {
			limit += 4 * time.Second // row 39
		} else if s := strings.Join(news, ", "); s != x.news {
			t.Errorf("told %q, want %q", s, x.news)
		}
		mu.Unlock()
		if took > limit {
			t.Errorf("took %v, more than %v", took, limit)
		}
		<-played
		time.Sleep(10 * time.Second)
		if ended := l.ctx.Err() != nil; ended != x.ends {
			t.Errorf("the line has ended: %v, want %v", ended, x.ends)
		}
		if !x.ends {
			l.Hangup(context.Background(), leg.Normal)
			x.byes++
		}
		st.idleSoon()
		x.checkWire(t, h)
	})
}

func newsText(n leg.ReferralNews) string {
	switch {
	case n.Quiet:
		return "quiet"
	case n.GaveUp:
		return "gave up"
	}
	return fmt.Sprint(n.Status)
}

// checkWire looks at every request that reached the far end: one REFER, the right number of BYE, and
// CSeq numbers that rise strictly.
func (x xfer) checkWire(t *testing.T, h *peer.Hostile) {
	t.Helper()
	count, last := map[string]int{}, 0
	for _, cseq := range h.Requests() {
		var n int
		var method string
		fmt.Sscan(cseq, &n, &method)
		if n <= last {
			t.Errorf("CSeq %q after %d", cseq, last)
		}
		last = n
		count[method]++
	}
	if count["REFER"] != max(x.refers, 1) || count["BYE"] != x.byes {
		t.Errorf("%d REFER and %d BYE on the wire, want %d and %d", count["REFER"], count["BYE"], max(x.refers, 1), x.byes)
	}
}

// TestHostile39 loses each message of the rows above in turn, doubles all, and delays them by up to
// 200 ms: the final state is the same, at most 4 s later, and no CSeq comes twice.
func TestHostile39(t *testing.T) {
	t.Parallel()
	for _, x := range xfers {
		if !x.lossy {
			continue
		}
		t.Run("xfer_39_"+x.name[5:], func(t *testing.T) {
			t.Parallel()
			runs := 0
			for lost, more := 0, true; more; lost++ {
				n := 0
				runs++
				x.play(t, func(net *peer.Net) {
					net.Drop = func(from, to netip.AddrPort, b []byte) bool {
						if !isSIP(b) {
							return false
						}
						n++
						return n-1 == lost
					}
				})
				if more = n > lost+1 && !t.Failed(); t.Failed() {
					t.Fatalf("with message %d lost", lost)
				}
			}
			if runs < 3 {
				t.Errorf("only %d runs", runs)
			}
			x.play(t, func(net *peer.Net) {
				k := 0
				net.Late = func(_, _ netip.AddrPort, b []byte) []time.Duration {
					if !isSIP(b) {
						return nil
					}
					k++
					return []time.Duration{time.Duration(k*37%40) * time.Millisecond, time.Duration(k*61%200) * time.Millisecond}
				}
			})
		})
	}
}

func isSIP(b []byte) bool { return bytes.Contains(b[:min(len(b), 2000)], []byte("SIP/2.0")) }

// TestHostile14: two orders at once are one transfer; the second is told so at once.
func TestHostile14(t *testing.T) {
	t.Parallel()
	t.Run("xfer_14_two_orders", func(t *testing.T) {
		virtual(t, patient(), nil, func(t *testing.T, st *stage) {
			c := st.caller()
			c.Call(t, "", 4000)
			l := <-st.legs
			h := peer.NewHostile(t, c)
			defer h.Close()
			both := make(chan leg.Referred, 2)
			for range 2 {
				go func() { both <- l.Refer(context.Background(), toAgent) }()
				time.Sleep(50 * time.Millisecond)
			}
			h.Run("refer 202", "wait 1s", "notify 200 end", "bye")
			got := []leg.Referred{<-both, <-both}
			if got[0].Outcome != "refused" || got[0].Reason != reasonInProgress || got[1].Outcome != "completed" {
				t.Errorf("came to %+v", got)
			}
			st.idleSoon()
			xfer{}.checkWire(t, h)
		})
	})
}

// TestHostile05Remembered: a far end that takes no REFER is not asked again for a time.
func TestHostile05Remembered(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Call(t, "", 4000)
		l := <-st.legs
		h := peer.NewHostile(t, c)
		defer h.Close()
		go h.Run("refer 405")
		if r := l.Refer(context.Background(), toAgent); r.Status != 405 {
			t.Errorf("came to %+v", r)
		}
		if r := l.Refer(context.Background(), toAgent); r.Outcome != "refused" || r.Reason != reasonNoRefer || len(h.Requests()) != 1 {
			t.Errorf("at once: %+v, %q", r, h.Requests())
		}
		time.Sleep(DefaultConfig().Transfer.NoReferFor)
		go h.Run("refer 202", "notify 200 end", "bye")
		if r := l.Refer(context.Background(), toAgent); r.Outcome != "completed" {
			t.Errorf("later: %+v", r)
		}
		st.idleSoon()
	})
}

// TestHostile12Stray: reports outside any call, and in a call without a transfer.
func TestHostile12Stray(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Call(t, "", 4000)
		for range 2 {
			c.Request("NOTIFY", "Event: refer\nSubscription-State: terminated\nContent-Type: message/sipfrag\n\nSIP/2.0 200 OK\n")
			c.Response(481, "NOTIFY")
			c = st.caller()
		}
	})
}

// TestHostile17Refused: what must not reach the wire.
func TestHostile17Refused(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		st.permit = func(addr string) error {
			if strings.Contains(addr, "@10.0.0.") || strings.HasPrefix(addr, "tel:+33") {
				return nil
			}
			return fmt.Errorf("%q is nobody we know", addr)
		}
		c := st.caller()
		c.Call(t, "", 4000)
		l := <-st.legs
		for _, row := range []struct {
			to     leg.Referral
			reason string
		}{
			{leg.Referral{To: "sip:204@elsewhere.example"}, reasonBarred},
			{leg.Referral{To: "tel:+8811234567"}, reasonBarred},
			{leg.Referral{To: "sip:204@10.0.0.2?Route=sip:evil"}, reasonBadTarget},
			{leg.Referral{To: "sip:204@10.0.0.2;method=BYE"}, reasonBadTarget},
			{leg.Referral{To: "sip:204@10.0.0.2\r\nRoute: <sip:evil>"}, reasonBadTarget},
			{leg.Referral{To: "sip:204 5@10.0.0.2"}, reasonBadTarget},
			{leg.Referral{To: "sip:204@10.0.0.2>, <sip:evil"}, reasonBadTarget},
			{leg.Referral{To: "https://10.0.0.2/"}, reasonBadTarget},
			{leg.Referral{To: "tel:"}, reasonBadTarget},
			{leg.Referral{To: "sip:" + strings.Repeat("2", 600) + "@10.0.0.2"}, reasonBadTarget},
			{leg.Referral{}, reasonBadTarget},
			{leg.Referral{To: toAgent.To, Headers: map[string]string{"User-to-User": "1\r\nRoute: x"}}, reasonBadTarget},
			{leg.Referral{To: toAgent.To, Headers: map[string]string{"Route": "x"}}, reasonBadTarget},
			{leg.Referral{To: toAgent.To, Headers: map[string]string{"Replaces": "x"}}, reasonBadTarget},
			{leg.Referral{To: toAgent.To, Headers: map[string]string{"User-to-User": strings.Repeat("a", 600)}}, reasonBadTarget},
			{leg.Referral{To: toAgent.To, ReferredBy: "<sip:a>\r\nRoute: x"}, reasonBadTarget},
		} {
			if r := l.Refer(context.Background(), row.to); r.Outcome != "refused" || r.Reason != row.reason {
				t.Errorf("%+v came to %+v", row.to, r)
			}
		}
		synctest.Wait()
		if got := c.Pending(); len(got) > 0 {
			t.Errorf("sent %q", got[0].Start)
		}
		go l.Refer(context.Background(), leg.Referral{To: "tel:+33-1;ext=5"})
		if m := c.Raw.Request("REFER"); m.Get("refer-to") != "<tel:+33-1;ext=5>" {
			t.Errorf("Refer-To is %q", m.Get("refer-to"))
		}
	})
}

// TestReferHeaders: what the target is told goes escaped into the address.
func TestReferHeaders(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Call(t, "", 4000)
		l := <-st.legs
		go l.Refer(context.Background(), leg.Referral{To: "sip:204@10.0.0.2;user=phone", Headers: map[string]string{"User-to-User": "3a&b=c d;encoding=hex"}})
		m := c.Raw.Request("REFER")
		if v := m.Get("refer-to"); !strings.HasPrefix(v, "<sip:204@10.0.0.2;user=phone?User-to-User=3a%26b%3Dc%20d%3Bencoding%3Dhex&X-Decroche-Transfer=") || !strings.HasSuffix(v, ">") {
			t.Errorf("Refer-To is %q", v)
		}
		if v := m.Get("referred-by"); !strings.HasPrefix(v, "<sip:hotline@") {
			t.Errorf("Referred-By is %q", v)
		}
		if !slices.Contains(strings.Split(m.Get("supported"), ", "), "replaces") || m.Get("contact") == "" {
			t.Errorf("Supported %q, Contact %q", m.Get("supported"), m.Get("contact"))
		}
		c.Reply(m, 603, "Decline", "", "")
	})
}

// TestHostile16: a call that we had passed on comes back; it is refused, and the transfer knows why.
func TestHostile16(t *testing.T) {
	t.Parallel()
	for _, by := range []string{"mark", "history"} {
		t.Run("xfer_16_loop_by_"+by, func(t *testing.T) {
			t.Parallel()
			virtual(t, patient(), nil, func(t *testing.T, st *stage) {
				c := st.caller()
				c.Call(t, "", 4000)
				l := <-st.legs
				h := peer.NewHostile(t, c)
				defer h.Close()
				done := make(chan leg.Referred, 1)
				go func() { done <- l.Refer(context.Background(), toAgent) }()
				m, _ := h.Take(time.Second, "REFER")
				h.Respond(m, 202, "")
				_, mark, _ := strings.Cut(strings.TrimSuffix(m.Get("refer-to"), ">"), loopHeader+"=")
				extra := loopHeader + ": " + mark + "\n"
				status := "500"
				if by == "history" {
					us := "sip:hotline@" + serverIP + ":5060"
					extra = "History-Info: <" + us + ">;index=1, <sip:204@10.0.0.2>;index=1.1\nHistory-Info: <" + us + "?Reason=SIP%3Bcause%3D302>;index=1.1.1\n"
					status = "482"
				}
				back := st.caller()
				back.Request("INVITE", extra+"\n"+offer(4002, ""))
				back.Response(482, "INVITE")
				back.AckFailure()
				h.Run("notify " + status + " end")
				if r := <-done; r.Outcome != "refused" || r.Reason != "loop_detected" {
					t.Errorf("came to %+v", r)
				}
				other := st.caller() // for another hotline of ours it is no loop
				other.URI = strings.Replace(other.URI, "hotline", "invoices", 1)
				other.Call(t, loopHeader+": "+mark+"\n", 4004)
				l.Hangup(context.Background(), leg.Normal)
				other.Bye(t)
				time.Sleep(time.Second)
			})
		})
	}
}
