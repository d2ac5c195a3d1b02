package agents

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"decroche/bench/siptext"
)

// plan is what was drawn for a call when its INVITE came.
type plan struct {
	ring, think, again time.Duration
	leaves             bool
}

// call is one call at one telephone. Everything is guarded by the phones' mu; play waits for
// events without it.
type call struct {
	p      *Phones
	log    *Log
	plan   plan
	invite siptext.Message
	to     netip.AddrPort
	tag    string
	fork   string        // the tag of who picked up too; "" when nobody did
	events chan struct{} // something came

	stream  *stream // nil before the answer
	version int     // of our SDP
	last    []byte  // a response of ours that is sent again until its ACK
	asks    []byte  // a request of ours that is sent again until its answer
	ack     []byte  // of our last re-INVITE
	rings   []byte  // our last provisional response
	wait    time.Duration
	again   time.Time // when last and asks are sent again
	seq     int       // CSeq of our requests
	byed    string    // CSeq of the gateway's BYE
	asked   int       // CSeq of the re-INVITE of ours that is open; 0 none
	offers  int       // re-INVITEs that are wanted still
}

func (c *call) send(b []byte) { c.p.send(b, c.to) }

// keep sends b again and again until what is kept is taken back (RFC 3261 §17.1.2.2, and §13.3.1.4 for a response).
func (c *call) keep(to *[]byte, b []byte) {
	*to, c.wait = b, firstWait
	c.again = time.Now().Add(c.wait)
}

// The first repetition of a message, and the longest time between two.
const firstWait, longestWait = 500 * time.Millisecond, 4 * time.Second

// repeat sends again what is kept, when it is due; mu is held.
func (c *call) repeat(now time.Time) {
	forked := c.fork != "" && !c.log.ForkAcked
	if c.last == nil && c.asks == nil && !forked || now.Before(c.again) {
		return
	}
	c.wait = min(2*c.wait, longestWait)
	c.again = now.Add(c.wait)
	for _, b := range [][]byte{c.last, c.asks} {
		if b != nil {
			c.send(b)
		}
	}
	if forked && c.stream != nil {
		c.sendFork()
	}
}

// answer sends a response to the INVITE.
func (c *call) answer(status string, now time.Time) {
	body := ""
	switch code := int(status[0]-'0')*100 + int(status[1]-'0')*10 + int(status[2]-'0'); {
	case code > 100 && code < 200 && c.log.Rang.IsZero():
		c.log.Rang = now
	case code >= 200:
		c.log.Final, c.log.Status = now, code
		if code < 300 {
			if err := c.open(); err != nil {
				c.log.Wrong = err.Error()
			}
			body = c.sdp()
		}
	}
	b := siptext.Answer(c.invite, status, c.tag, c.p.at, "", body)
	if c.log.Status > 0 {
		c.keep(&c.last, b)
	} else {
		c.rings = b
	}
	c.send(b)
}

// forks is the second telephone that picks up (RFC 3261 §13.2.2.4): its own 200, with its own tag.
func (c *call) forks() {
	c.fork = c.tag + "f"
	c.sendFork()
}

func (c *call) sendFork() {
	c.send(siptext.Answer(c.invite, "200 OK", c.fork, c.p.at, "", c.sdp()))
}

// forked takes a request of the gateway to the second telephone: it must be acknowledged, and hung up.
func (c *call) forked(m siptext.Message) {
	switch m.Method {
	case "ACK":
		c.log.ForkAcked = true
	case "BYE":
		c.log.ForkEnded = true
		c.send(siptext.Answer(m, "200 OK", c.fork, c.p.at, "", ""))
	default:
		c.log.Wrong = m.Method + " to the telephone that picked up second"
	}
}

// request takes a request of the gateway within the call; mu is held.
func (c *call) request(m siptext.Message, now time.Time) {
	defer c.tell()
	l := c.log
	if c.fork != "" && m.ToTag == c.fork {
		c.forked(m)
		return
	}
	if l.Behaviour == Dead || l.Behaviour == Dies {
		switch m.Method {
		case "INVITE":
			l.Again++
		case "CANCEL":
			if l.Cancelled.IsZero() {
				l.Cancelled, l.Ended = now, now
			}
		}
		return
	}
	switch m.Method {
	case "INVITE":
		c.invited(m)
	case "ACK":
		c.last = nil
		switch {
		case l.Status >= 300 && l.Ended.IsZero():
			l.Ended = now
		case l.Status < 300 && l.Acked.IsZero():
			l.Acked = now
		}
	case "CANCEL":
		c.cancelled(m, now)
	case "BYE":
		c.send(siptext.Answer(m, "200 OK", c.tag, c.p.at, "", ""))
		if l.Dropped.IsZero() {
			l.Dropped = now
		}
		if seq := m.Header("CSeq"); seq != c.byed && c.byed != "" {
			l.Wrong = "a second BYE"
		} else {
			c.byed = seq
		}
		c.end(now)
	default:
		c.send(siptext.Answer(m, "200 OK", c.tag, c.p.at, "", ""))
	}
}

// invited takes the INVITE again, or a re-INVITE.
func (c *call) invited(m siptext.Message) {
	switch {
	case m.ToTag == "":
		c.log.Again++
		switch {
		case c.last != nil:
			c.send(c.last)
		case c.rings != nil && c.log.Status == 0:
			c.send(c.rings)
		}
	case c.asked > 0: // RFC 3261 §14.2
		c.log.Glares++
		c.send(siptext.Answer(m, "491 Request Pending", c.tag, c.p.at, "", ""))
	default:
		c.log.Offered++
		c.send(siptext.Answer(m, "200 OK", c.tag, c.p.at, "", c.sdp()))
	}
}

// cancelled takes a CANCEL.
func (c *call) cancelled(m siptext.Message, now time.Time) {
	l := c.log
	if l.Cancelled.IsZero() {
		l.Cancelled = now
	}
	ok := siptext.Answer(m, "200 OK", c.tag, c.p.at, "", "")
	switch {
	case l.Status > 0: // it crossed our answer
		c.send(ok)
	case l.Behaviour == Late:
		c.answer("200 OK", now)
		c.send(ok)
	default:
		c.send(ok)
		c.answer("487 Request Terminated", now)
	}
}

// response takes a response to a request of ours; mu is held.
func (c *call) response(m siptext.Message, now time.Time) {
	defer c.tell()
	switch {
	case m.Status < 200:
	case m.Method == "BYE":
		c.asks = nil
		c.end(now)
	case m.Method == "INFO":
		c.asks = nil
	case m.Method == "INVITE" && c.asked == 0 && c.ack != nil: // our ACK was lost
		c.send(c.ack)
	case m.Method == "INVITE" && c.asked > 0:
		c.ack, c.asks = c.compose("ACK", c.asked, "", ""), nil
		c.send(c.ack)
		c.asked = 0
		switch {
		case m.Status == 491:
			c.log.Glares++
			c.offers++
			c.plan.think = max(c.plan.think, c.plan.again) // after which it asks again
		case m.Status < 300:
			c.log.Refreshed++
		default:
			c.log.Wrong = fmt.Sprintf("our re-INVITE was answered %d", m.Status)
		}
	}
}

// tell wakes play.
func (c *call) tell() {
	select {
	case c.events <- struct{}{}:
	default:
	}
}

// compose writes a request of ours within the dialog (RFC 3261 §12.2.1.1).
func (c *call) compose(method string, seq int, bodyType, body string) []byte {
	from := c.invite.Header("To") + ";tag=" + c.tag
	kind := ""
	if body != "" {
		kind = "Content-Type: " + bodyType + "\r\n"
	}
	branch := fmt.Sprintf("z9hG4bK%s-%d-%s", c.tag, seq, strings.ToLower(method))
	return fmt.Appendf(nil, "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=%s;rport\r\nMax-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\nContact: <sip:%s@%s>\r\n%sContent-Length: %d\r\n\r\n%s",
		method, c.invite.Contact, c.p.at, branch, from, c.invite.Header("From"), c.invite.CallID, seq, method, c.log.Agent, c.p.at, kind, len(body), body)
}

// offer sends a re-INVITE.
func (c *call) offer() {
	c.seq++
	c.version++
	c.asked = c.seq
	c.ask("INVITE", "application/sdp", c.sdp())
}

// ask sends the request c.seq, again and again until it is answered.
func (c *call) ask(method, bodyType, body string) {
	b := c.compose(method, c.seq, bodyType, body)
	c.keep(&c.asks, b)
	c.send(b)
}

// end notes that the call is over.
func (c *call) end(now time.Time) {
	if c.log.Ended.IsZero() {
		c.log.Ended = now
	}
	if c.stream != nil {
		c.stream.close()
	}
}
