package callers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"decroche/bench/siptext"
)

// T1 and T2 of RFC 3261, and how long a BYE may stay unanswered.
const (
	timerT1 = 500 * time.Millisecond
	timerT2 = 4 * time.Second
	byeWait = 32 * time.Second
)

// state is where a call stands in its signalling.
type state int

const (
	idle state = iota
	calling
	ringing // a provisional response came: no more INVITEs
	up
	leaving // BYE sent
	over
)

// signal is the SIP half of a call.
type signal struct {
	siptext.Dialog
	state   state
	offer   string
	since   time.Time // of the state
	invited time.Time
	resend  time.Time
	wait    time.Duration
	last    []byte // what is sent again
	ack     []byte
	reports int // NOTIFY that were sent
}

// Result is what a run was like.
type Result struct {
	Calls []*Call
	// Inter are the times between two packets of a call that follow each other, as the kernel saw
	// them arrive; Bare is a plain timer of this process in the same time (BareTimer).
	Inter, Bare Histogram
	// Late is how late the workers began their work: the rig's own trouble.
	Late Histogram
	// Lost counts packets that the kernel dropped because the rig read too late.
	Lost uint64
	// RigLimit says why the figures are the rig's and not the server's; "" when they are not.
	RigLimit string
}

// rig places the calls. One goroutine paces the signalling, one reads it, the workers do the RTP.
type rig struct {
	opt     Options
	user    string
	target  netip.AddrPort
	local   netip.Addr
	id      string // of the run, in Call-IDs
	at      string // our signalling address
	conn    *net.UDPConn
	rtcp    *net.UDPConn // a place where reports may go
	workers []*worker

	mu    sync.Mutex // guards what follows, and the signal of each call
	calls []*Call
	ended int
	begun int
	first int  // every call before it is over
	gone  bool // a good one among them
}

func (r *rig) open() (err error) {
	if r.conn, err = net.ListenUDP("udp4", &net.UDPAddr{IP: r.local.AsSlice()}); err != nil {
		return fmt.Errorf("open a socket for SIP: %w", err)
	}
	_ = r.conn.SetReadBuffer(4 << 20)
	r.at = r.conn.LocalAddr().String()
	r.id = strconv.FormatUint(rand.Uint64(), 36)
	// Nobody reads reports; the socket is there so that they do not come back as errors.
	if r.rtcp, err = net.ListenUDP("udp4", &net.UDPAddr{}); err != nil {
		return errors.Join(fmt.Errorf("open a socket for RTCP: %w", err), r.conn.Close())
	}
	for range r.opt.Workers {
		w, err := newWire(r.local, r.opt.OneIP)
		if err != nil {
			r.close()
			return err
		}
		r.workers = append(r.workers, &worker{wire: w, solo: r.opt.OneIP || !shares, lazy: r.opt.Lazy, mute: r.opt.Mute})
	}
	return nil
}

func (r *rig) close() {
	_ = r.conn.Close()
	_ = r.rtcp.Close()
	for _, w := range r.workers {
		w.wire.close()
	}
}

// run places the calls and waits for their ends.
func (r *rig) run(ctx context.Context) (*Result, error) {
	rctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var parts sync.WaitGroup
	for _, w := range r.workers {
		parts.Go(func() { w.run(rctx) })
	}
	parts.Go(r.read)
	res := &Result{}
	parts.Go(func() { res.Bare.Merge(BareTimer(rctx)) })
	r.pace(ctx)
	stop()
	_ = r.conn.SetReadDeadline(time.Now())
	parts.Wait()
	for _, w := range r.workers {
		res.Inter.Merge(&w.inter)
		res.Late.Merge(&w.late)
		res.Lost += w.wire.lost()
	}
	for _, c := range r.calls {
		if c.Err == nil {
			c.Err = c.failure
		}
	}
	res.Calls = r.calls
	switch {
	case res.Lost > 0:
		res.RigLimit = fmt.Sprintf("the rig read too late and lost %d packets", res.Lost)
	case !r.opt.Mute && res.Late.Percentile(99) > ms(rigLate):
		res.RigLimit = fmt.Sprintf("the rig's own packets were %.0f ms late at the 99th percentile (bare timer p99 %.1f ms)", res.Late.Percentile(99), res.Bare.Percentile(99))
	}
	return res, nil
}

// scanEvery is how often calls are looked at for what is due in them.
const scanEvery = 20 * time.Millisecond

// pace begins calls when they are due, repeats what got no answer, and ends calls whose time is
// over. It returns when every call has ended.
func (r *rig) pace(ctx context.Context) {
	began := time.Now()
	due := func(i int) time.Time {
		return began.Add(time.Duration(float64(i) / r.opt.Rate * float64(time.Second)))
	}
	w := window{tell: r.opt.Steady}
	t := time.NewTimer(0)
	defer t.Stop()
	for scan, told := began, began; ; {
		now := <-t.C
		r.mu.Lock()
		if ctx.Err() != nil {
			r.opt.Calls = r.begun // the rest is never placed
		}
		for r.begun < r.opt.Calls && !due(r.begun).After(now) {
			r.invite(r.begun, now)
			r.begun++
		}
		if !now.Before(scan) {
			w.sees(r.scan(ctx, now), r.begun == r.opt.Calls, now)
			scan = now.Add(scanEvery)
		}
		ended, begun, of := r.ended, r.begun, r.opt.Calls
		next := scan
		if begun < of && due(begun).Before(next) {
			next = due(begun)
		}
		r.mu.Unlock()
		if r.opt.Tell != nil && now.Sub(told) > 250*time.Millisecond {
			told = now
			r.opt.Tell(begun+ended, 2*of)
		}
		if ended == of {
			w.sees(counts{leaving: 1}, true, now)
			return
		}
		t.Reset(time.Until(next))
	}
}

// counts are how many calls are being set up, and how many have left or are about to.
type counts struct{ inviting, leaving int }

// scan looks at every call; mu is held.
func (r *rig) scan(ctx context.Context, now time.Time) (n counts) {
	for r.first < len(r.calls) && r.calls[r.first].sig.state == over {
		if r.calls[r.first].Err == nil {
			r.gone = true
		}
		r.first++
	}
	if r.gone {
		n.leaving = 1
	}
	for _, c := range r.calls[r.first:] {
		r.look(ctx, c, now)
		switch s := &c.sig; {
		case s.state == calling, s.state == ringing:
			n.inviting++
		case s.state >= leaving && c.Err == nil, s.state == up && r.opt.Stay-now.Sub(s.since) < 300*time.Millisecond:
			n.leaving++
		}
	}
	return n
}

// window finds the time in which every call is up.
type window struct {
	tell    func(begin bool)
	settled time.Time // since when nothing is being set up
	open    bool
	over    bool
}

// settle is how long the server gets to come to rest after the last set-up.
const settle = time.Second

func (w *window) sees(n counts, placed bool, now time.Time) {
	switch {
	case w.tell == nil || w.over:
	case n.leaving > 0:
		if w.over = true; w.open {
			w.tell(false)
		}
	case w.open || !placed || n.inviting > 0:
	case w.settled.IsZero():
		w.settled = now
	case now.Sub(w.settled) >= settle:
		w.open = true
		w.tell(true)
	}
}

// invite begins call i; mu is held.
func (r *rig) invite(i int, now time.Time) {
	c := &Call{Index: i, FirstAudio: -1, worker: r.workers[i%len(r.workers)]}
	if r.opt.Script != nil {
		c.script = r.opt.Script(i)
	}
	r.calls = append(r.calls, c)
	s := &c.sig
	s.Dialog = siptext.Dialog{User: r.user, Target: r.target.String(), Local: r.at, CallID: r.id + "-" + strconv.Itoa(i), FromTag: r.id + strconv.Itoa(i), Branch: r.id + "." + strconv.Itoa(i) + "."}
	c.worker.mu.Lock()
	media, err := c.worker.wire.open(i)
	c.worker.mu.Unlock()
	if err == nil && r.opt.Path != nil {
		media, err = r.opt.Path.Insert(i, media)
	}
	if err != nil {
		r.end(c, now, err)
		return
	}
	s.offer = siptext.Offer(media, r.rtcp.LocalAddr().(*net.UDPAddr).Port, r.opt.Codec, 1)
	s.last = s.Request("INVITE", 1, 1, "application/sdp", s.offer)
	if r.opt.Came != nil {
		s.last = bytes.Replace(s.last, []byte("\r\nContent-Type:"), []byte("\r\nHistory-Info: "+r.opt.Came(i)+"\r\nContent-Type:"), 1)
	}
	s.invited = time.Now()
	s.to(calling, s.invited)
	r.send(s.last)
}

// to moves a call's signalling on and winds its timer.
func (s *signal) to(st state, now time.Time) {
	s.state, s.since = st, now
	s.wait = timerT1
	s.resend = now.Add(s.wait)
}

func (r *rig) send(b []byte) {
	if r.opt.Lost != nil && r.opt.Lost() {
		return
	}
	_, _ = r.conn.WriteToUDPAddrPort(b, r.target) // an error is what no answer is: timers see to it
}

// look does what is due in a call; mu is held.
func (r *rig) look(ctx context.Context, c *Call, now time.Time) {
	s := &c.sig
	switch s.state {
	case calling, ringing:
		if now.Sub(s.since) > r.opt.Answer || ctx.Err() != nil {
			if s.state == ringing {
				r.send(s.Request("CANCEL", 1, 1, "", ""))
			}
			r.end(c, now, fmt.Errorf("no final response to the INVITE within %v", r.opt.Answer))
			return
		}
		if s.state == calling && !now.Before(s.resend) {
			s.wait *= 2
			s.resend = now.Add(s.wait)
			r.send(s.last)
		}
	case up:
		r.reportDue(c, now)
		if c.leave.Load() || ctx.Err() != nil || now.Sub(s.since) >= r.opt.Stay {
			c.leave.Store(true)
			c.Stayed, c.LeftAt = now.Sub(s.since), time.Now()
			s.last = s.Request("BYE", 2+s.reports, 2, "", "")
			s.to(leaving, now)
			r.send(s.last)
		}
	case leaving:
		if now.Sub(s.since) > byeWait {
			r.end(c, now, errors.New("no answer to the BYE within 32 s"))
		} else if !now.Before(s.resend) {
			s.wait = min(2*s.wait, timerT2)
			s.resend = now.Add(s.wait)
			r.send(s.last)
		}
	}
}

// end closes a call; mu is held.
func (r *rig) end(c *Call, now time.Time, err error) {
	if c.sig.state == over {
		return
	}
	if c.Err == nil {
		c.Err = err
	}
	c.leave.Store(true)
	c.sig.to(over, now)
	c.worker.mu.Lock()
	c.worker.wire.shut(c.Index)
	c.worker.mu.Unlock()
	r.ended++
}

// read takes what the server sends until the socket's deadline.
func (r *rig) read() {
	buf := make([]byte, 64<<10)
	oob := make([]byte, 256)
	stamp(r.conn)
	for {
		n, k, _, from, err := r.conn.ReadMsgUDPAddrPort(buf, oob)
		if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil || from.Addr().Unmap() != r.target.Addr() {
			continue // an ICMP answer, or a stranger
		}
		if r.opt.Lost != nil && r.opt.Lost() {
			continue
		}
		m, ok := siptext.Parse(buf[:n])
		if !ok {
			continue
		}
		id, isOurs := strings.CutPrefix(m.CallID, r.id+"-")
		i, err := strconv.Atoi(id)
		at := stamped(oob[:k])
		r.mu.Lock()
		if isOurs && err == nil && i >= 0 && i < len(r.calls) {
			if m.Status > 0 {
				r.response(r.calls[i], m, at)
			} else {
				r.request(r.calls[i], m, at)
			}
		}
		r.mu.Unlock()
	}
}

// response takes one response; mu is held.
func (r *rig) response(c *Call, m siptext.Message, at time.Time) {
	s := &c.sig
	switch {
	case m.Method == "BYE" && m.Status >= 200 && s.state == leaving:
		r.end(c, at, nil)
	case m.Method != "INVITE":
	case m.Status < 200:
		if s.state == calling {
			s.state = ringing
		}
	case m.Status < 300:
		if s.state == up && s.ack != nil { // our ACK was lost
			r.send(s.ack)
			return
		}
		if s.state != calling && s.state != ringing {
			return
		}
		r.answered(c, m, at)
	case s.state == calling || s.state == ringing:
		s.ToTag = m.ToTag
		s.Contact = ""
		r.send(s.Request("ACK", 1, 1, "", "")) // the branch of the INVITE: hop by hop
		c.Status = m.Status
		first, _, _ := strings.Cut(string(m.Head), "\r\n")
		r.end(c, at, fmt.Errorf("refused: %s", strings.TrimPrefix(first, "SIP/2.0 ")))
	}
}

// answered takes the first 200; mu is held.
func (r *rig) answered(c *Call, m siptext.Message, at time.Time) {
	s := &c.sig
	c.Status, c.Tag, c.Setup = m.Status, m.ToTag, at.Sub(s.invited)
	s.ToTag, s.Contact = m.ToTag, m.Contact
	s.ack = s.Request("ACK", 1, 3, "", "")
	to, pt, err := siptext.MediaOf(m.Body)
	now := time.Now()
	r.send(s.ack)
	s.to(up, now)
	if err != nil {
		c.Err = err
		c.leave.Store(true)
		return
	}
	if r.opt.Path != nil {
		to = r.opt.Path.Answer(c.Index, to)
	}
	c.remote, c.pt, c.began = to, pt, now.UnixNano()
	c.worker.add(c)
}

// request takes one request of the server; mu is held.
func (r *rig) request(c *Call, m siptext.Message, at time.Time) {
	s := &c.sig
	switch m.Method {
	case "ACK":
	case "BYE":
		r.send(siptext.Reply(m, "200 OK", r.at, "", ""))
		if s.state == up {
			c.Stayed = at.Sub(s.since)
			if c.leave.Load() || r.opt.MayEnd {
				r.end(c, at, nil)
			} else {
				r.end(c, at, fmt.Errorf("the server hung up after %v", c.Stayed.Round(100*time.Millisecond)))
			}
		}
	case "REFER":
		r.refer(c, m, at)
	case "INVITE", "UPDATE": // a session timer's refresh: nothing has changed here
		r.send(siptext.Reply(m, "200 OK", r.at, "application/sdp", s.offer))
	default:
		r.send(siptext.Reply(m, "200 OK", r.at, "", ""))
	}
}
