package sip

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"decroche/gateway/leg"
	"decroche/internal/peer"
	"decroche/media/rtp"
)

// The rows that must hold for a crowd too, in the order of the table: 200 calls of one server at once, on a
// network that loses 2 % of all messages (a tenth of them in a short run).
var crowded = []string{"xfer_01_busy", "xfer_02_no_notify", "xfer_02_late_bye", "xfer_02_late_notify", "xfer_03_no_answer", "xfer_04_200", "xfer_05_405",
	"xfer_06_challenged", "xfer_06_same_nonce", "xfer_07_481", "xfer_08_bye_after_202", "xfer_08_bye_between_reports", "xfer_09_never_terminated", "xfer_09_no_bye",
	"xfer_10_no_body", "xfer_12_after_the_end", "xfer_13_wrong_order", "xfer_15_not_found", "xfer_15_rang_out", "xfer_15_overloaded", "xfer_15_far_end_overloaded"}

func crowd() int {
	if os.Getenv("DECROCHE_LONG") == "" {
		return 20
	}
	return 200
}

// losing loses one message in fifty, none of them more than twice in a row: what standards repeat five times
// arrives.
func losing() func(from, to netip.AddrPort, b []byte) bool {
	seed, draw := maphash.MakeSeed(), rand.New(rand.NewPCG(7, 50))
	lost := map[uint64]int{}
	return func(from, to netip.AddrPort, b []byte) bool {
		if !isSIP(b) || from == to {
			return false
		}
		k := maphash.Bytes(seed, b)
		if draw.IntN(50) > 0 || lost[k] == 2 {
			delete(lost, k)
			return false
		}
		lost[k]++
		return true
	}
}

// inCall is one call of the crowd.
type inCall struct {
	*peer.Hostile
	l *line
}

// agreed is what the line has agreed on.
func (c inCall) agreed() rtp.Params {
	c.l.mu.Lock()
	defer c.l.mu.Unlock()
	return c.l.params
}

// together has n calls up, then loses messages and runs each beside the others; in the end nothing is left.
func together(t *testing.T, n int, each func(st *stage, i int, c inCall)) {
	cfg := patient()
	cfg.RateBurst = 5 * n // all come from one address, in the same instant
	virtual(t, cfg, nil, func(t *testing.T, st *stage) {
		calls := make([]inCall, n)
		for i := range calls {
			c := st.caller()
			c.Call(t, "", 4000)
			calls[i] = inCall{peer.NewHostile(t, c), <-st.legs}
			defer calls[i].Close()
		}
		synctest.Wait()
		st.net.Drop = losing()
		var wg sync.WaitGroup
		for i, c := range calls {
			wg.Go(func() { each(st, i, c) })
		}
		wg.Wait()
		time.Sleep(10 * time.Second)
		for _, c := range calls {
			if c.l.ctx.Err() == nil {
				wg.Go(func() { c.l.Hangup(context.Background(), leg.Normal) })
			}
		}
		wg.Wait()
		st.idleSoon()
	})
}

// TestHostileAtOnce runs the rows by REFER for a crowd: every call comes to what it comes to alone.
func TestHostileAtOnce(t *testing.T) {
	t.Parallel()
	for _, x := range xfers {
		if !slices.Contains(crowded, x.name) {
			continue
		}
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			together(t, crowd(), func(_ *stage, i int, c inCall) {
				if x.signs {
					c.l.signer = newSigner(credentials{"hotline", "secret"})
				}
				played := make(chan struct{})
				go func() {
					defer close(played)
					time.Sleep(100 * time.Millisecond) // every order has left: a 405 to one would keep the others from asking
					c.Run(x.script...)
				}()
				to := x.to
				if to.To == "" {
					to.To = toAgent.To
				}
				got := c.l.Refer(context.Background(), to)
				if took := got.Ended.Sub(got.Began); took > x.takes+8*time.Second {
					t.Errorf("call %d took %v, more than %v", i, took, x.takes)
				}
				got.Began, got.Ended = time.Time{}, time.Time{}
				if x.lossyRang() {
					got.Rang = x.want.Rang
				}
				if got != x.want {
					t.Errorf("call %d came to %+v, want %+v", i, got, x.want)
				}
				<-played
				time.Sleep(10 * time.Second)
				if ended := c.l.ctx.Err() != nil; ended != x.ends {
					t.Errorf("call %d: the line has ended: %v, want %v", i, ended, x.ends)
				}
				y := x
				if !x.ends {
					c.l.Hangup(context.Background(), leg.Normal)
					y.byes++
				}
				time.Sleep(10 * time.Second)
				y.checkWire(t, c.Hostile)
			})
		})
	}
}

// lossyRang reports whether what rang may be overtaken by the end.
func (x xfer) lossyRang() bool {
	return strings.Contains(strings.Join(x.script, ","), "notify 180,bye")
}

// TestHostile14AtOnce: two orders for each call within 50 ms are one REFER and one transfer.
func TestHostile14AtOnce(t *testing.T) {
	t.Parallel()
	t.Run("xfer_14_two_orders", func(t *testing.T) {
		t.Parallel()
		together(t, crowd(), func(_ *stage, i int, c inCall) {
			both := make(chan leg.Referred, 2)
			for range 2 {
				go func() { both <- c.l.Refer(context.Background(), toAgent) }()
				time.Sleep(50 * time.Millisecond)
			}
			c.Run("refer 202", "wait 1s", "notify 200 end", "bye")
			if second, first := <-both, <-both; second.Outcome != "refused" || second.Reason != reasonInProgress || first.Outcome != "completed" {
				t.Errorf("call %d came to %+v and %+v", i, first, second)
			}
			xfer{}.checkWire(t, c.Hostile)
		})
	})
}

// TestHostile21AtOnce: attended transfers whose INVITE never reaches the agent, or whose agents' side does
// not know the dialog or has just ended it. Nobody is cut off.
func TestHostile21AtOnce(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, report string
		want         leg.Referred
	}{
		{"xfer_21_never_arrives", "notify 100", leg.Referred{Outcome: "timeout", Status: 100, Reason: "no_final_notify"}},
		{"xfer_22_481", "notify 481 end", leg.Referred{Outcome: "refused", Status: 481}},
		{"xfer_22_603", "notify 603 end", leg.Referred{Outcome: "refused", Status: 603}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			together(t, crowd(), func(st *stage, i int, c inCall) {
				mu.Lock()
				agent := st.raw(fmt.Sprintf("10.0.1.%d:5060", i+1))
				mu.Unlock()
				go answering(agent, false)
				l, err := st.Dial(context.Background(), leg.Invite{Addr: "sip:204@" + agent.Addr()})
				if err != nil {
					t.Errorf("call %d: the consultation: %v", i, err)
					return
				}
				consult := l.(*line)
				go c.Run("refer 202", row.report)
				got := c.l.Refer(context.Background(), leg.Referral{With: consult})
				if got.Began, got.Ended = (time.Time{}), (time.Time{}); got != row.want {
					t.Errorf("call %d came to %+v, want %+v", i, got, row.want)
				}
				if c.l.ctx.Err() != nil || consult.ctx.Err() != nil {
					t.Errorf("call %d: caller %v, consultation %v", i, context.Cause(c.l.ctx), context.Cause(consult.ctx))
				}
				consult.Hangup(context.Background(), leg.Normal)
				time.Sleep(40 * time.Second)
				over(agent)
			})
		})
	}
}

// over ends the answers of a telephone.
func over(agent *peer.Raw) { agent.Send(agent.Addr(), "END sip:x SIP/2.0\nCSeq: 1 END\n\n") }

// answering is a telephone that takes a call, and answers again what is repeated to it. One that is late
// rings, and takes the call when it gets CANCEL. It returns how many new requests of each kind came.
func answering(agent *peer.Raw, late bool) map[string]int {
	sdp := "Contact: <sip:204@" + agent.Addr() + ">\nContent-Type: application/sdp\n\n" + strings.ReplaceAll(offer(4100, ""), "10.0.0.2", agent.AddrPort().Addr().String())
	var invite peer.Message
	cseqs, seen := map[string]bool{}, map[string]int{}
	answered, acked := false, false
	for again := 500 * time.Millisecond; ; {
		m, came := agent.TryRequest(again)
		if !came {
			if answered && !acked { // RFC 3261 §13.3.1.4
				agent.Reply(invite, 200, "OK", "agent-tag", sdp)
				again = min(2*again, 4*time.Second)
			}
			continue
		}
		if !cseqs[m.Get("cseq")] {
			cseqs[m.Get("cseq")] = true
			seen[m.Method()]++
		}
		switch m.Method() {
		case "INVITE":
			if invite = m; late && !answered {
				agent.Reply(m, 180, "Ringing", "agent-tag", "")
				continue
			}
			answered = true
			agent.Reply(m, 200, "OK", "agent-tag", sdp)
		case "CANCEL":
			if !answered {
				answered = true
				agent.Reply(invite, 200, "OK", "agent-tag", sdp)
			}
			agent.Reply(m, 200, "OK", "agent-tag", "")
		case "ACK":
			acked = true
		case "END":
			return seen
		default:
			agent.Reply(m, 200, "OK", "agent-tag", "")
		}
	}
}

// TestHostile24AtOnce: beside every call somebody wants to replace one that does not exist. They get 481, no
// call begins, and none that runs is touched.
func TestHostile24AtOnce(t *testing.T) {
	t.Parallel()
	t.Run("xfer_24_no_match", func(t *testing.T) {
		t.Parallel()
		var mu sync.Mutex
		together(t, crowd(), func(st *stage, i int, c inCall) {
			mu.Lock()
			p := peer.NewHostile(t, st.caller())
			mu.Unlock()
			defer p.Close()
			swapped := fmt.Sprintf("Replaces: %s;to-tag=%s;from-tag=%s\n", c.CallID, c.Tag, c.Theirs)
			if m := p.Demand("INVITE", swapped+"\n"+offer(4010, "")); m.Status() != 481 {
				t.Errorf("call %d: answered %d", i, m.Status())
			}
			confirm(func() { p.AckFailure() })
			if c.l.ctx.Err() != nil || c.agreed().Remote.Port() != 4000 {
				t.Errorf("call %d was touched: %v", i, context.Cause(c.l.ctx))
			}
			if n := len(st.legs); n != 0 {
				t.Errorf("call %d: %d new calls", i, n)
			}
		})
	})
}

// confirm sends an ACK often enough for one to arrive: who sent it does not see that it was lost.
func confirm(ack func()) {
	for range 3 {
		ack()
		time.Sleep(300 * time.Millisecond)
	}
}

// TestHostile30AtOnce: every agent picks up as the CANCEL comes. Each is acknowledged and hung up once.
func TestHostile30AtOnce(t *testing.T) {
	t.Parallel()
	t.Run("xfer_30_crosses", func(t *testing.T) {
		t.Parallel()
		var mu sync.Mutex
		gone := errors.New("the caller is gone")
		together(t, crowd(), func(st *stage, i int, c inCall) {
			mu.Lock()
			agent := st.raw(fmt.Sprintf("10.0.1.%d:5060", i+1))
			mu.Unlock()
			seen := make(chan map[string]int, 1)
			go func() { seen <- answering(agent, true) }()
			ctx, cancel := context.WithCancelCause(context.Background())
			time.AfterFunc(2*time.Second, func() { cancel(gone) })
			l, err := st.Dial(ctx, leg.Invite{Addr: "sip:204@" + agent.Addr(), RingFor: time.Minute})
			if err == nil {
				l.Hangup(context.Background(), leg.Normal)
			} else if !errors.Is(err, gone) {
				t.Errorf("call %d: %v", i, err)
			}
			time.Sleep(75 * time.Second)
			over(agent)
			if got := <-seen; got["INVITE"] != 1 || got["CANCEL"] != 1 || got["ACK"] != 1 || got["BYE"] != 1 {
				t.Errorf("call %d: the agent got %v", i, got)
			}
			if c.l.ctx.Err() != nil {
				t.Errorf("call %d was touched: %v", i, context.Cause(c.l.ctx))
			}
		})
	})
}

// TestHostile35AtOnce: both sides offer at once, in every call; each hold succeeds, and no call is harmed.
func TestHostile35AtOnce(t *testing.T) {
	t.Parallel()
	t.Run("xfer_35_glare", func(t *testing.T) {
		t.Parallel()
		together(t, crowd(), func(_ *stage, i int, c inCall) {
			held := make(chan error, 1)
			go func() { held <- c.l.Hold(context.Background()) }()
			m, ok := c.Take(10*time.Second, "INVITE")
			if !ok {
				t.Errorf("call %d: no offer came", i)
				return
			}
			if r := c.Demand("INVITE", offer(4000, "")); r.Status() != 491 { // theirs, meanwhile
				t.Errorf("call %d: their offer was answered %d", i, r.Status())
			}
			c.AckFailure()
			c.Respond(m, 491, "")
			if m, ok = c.Take(10*time.Second, "INVITE"); !ok {
				t.Errorf("call %d: no second offer came", i)
				return
			}
			c.Respond(m, 200, "Contact: <sip:peer@"+c.Addr()+">\nContent-Type: application/sdp\n\n"+offer(4000, "a=recvonly\n"))
			if err := <-held; err != nil {
				t.Errorf("call %d: %v", i, err)
			}
			if p := c.agreed(); !p.Send || p.Receive || !p.Held || c.l.ctx.Err() != nil && !errors.Is(context.Cause(c.l.ctx), leg.ErrHungUp) {
				t.Errorf("call %d agreed on %+v", i, p)
			}
		})
	})
}

// TestHostile36AtOnce: every far end holds, comes back, and then asks for an offer; no call ends of it.
func TestHostile36AtOnce(t *testing.T) {
	t.Parallel()
	t.Run("xfer_36_held", func(t *testing.T) {
		t.Parallel()
		together(t, crowd(), func(_ *stage, i int, c inCall) {
			told := make(chan bool, 9)
			c.l.OnHold(func(h bool) { told <- h })
			for _, body := range []string{offer(4000, "a=sendonly\n"), offer(4000, ""), ""} {
				m := c.Demand("INVITE", body)
				if m.Status() != 200 || body == "" && !strings.Contains(m.Body, "a=sendrecv") {
					t.Errorf("call %d: %q was answered %d:\n%s", i, body, m.Status(), m.Body)
				}
				answer := ""
				if body == "" {
					answer = offer(4006, "")
				}
				confirm(func() { c.Request("ACK", answer) })
				time.Sleep(5 * time.Second)
			}
			if p := c.agreed(); p.Remote.Port() != 4006 || c.l.ctx.Err() != nil {
				t.Errorf("call %d agreed on %+v, line %v", i, p, context.Cause(c.l.ctx))
			}
			if len(told) != 2 || !<-told || <-told {
				t.Errorf("call %d: the owner was not told of one hold and its end", i)
			}
		})
	})
}
