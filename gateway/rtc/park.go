package rtc

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"decroche/gateway/leg"
	"decroche/media"
	"decroche/media/rtp"
)

// scheme begins the addresses of those who are parked: "rtc:nadia".
const scheme = "rtc:"

// Park takes the offer of somebody who is signed in as name, whom the caller of Park has made sure of.
// The connection is made now and waits; Dial to "rtc:NAME" connects sound over it at once, as often
// as there are calls. With If-None-Match: * somebody is refused (412) whose page waits already, for a page
// that wants the line ready and takes it from no other. Its Location is PATCHed and DELETEd as any call's. Who parks again, from a page
// that was loaded again or a second desk, takes the place over, and a call on it with it; the older
// page sees its connection close.
func (s *Server) Park(w http.ResponseWriter, r *http.Request, name string) {
	w.Header().Set("Cache-Control", "no-store")
	if err := s.park(w, r, name); err != nil {
		s.fail(w, r, err)
	}
}

func (s *Server) park(w http.ResponseWriter, r *http.Request, name string) error {
	if s.mux == nil {
		return errNoUDP
	}
	if ok, after := s.limit.Take("desk " + name); !ok { // a whole office comes back from one address
		return &tooMany{after}
	}
	body, err := read(w, r, typeSDP)
	if err != nil {
		return err
	}
	o, err := parseOffer(body)
	if err != nil {
		return err
	}
	s.mu.Lock()
	l := s.parked[name]
	s.mu.Unlock()
	if l != nil && r.Header.Get("If-None-Match") == "*" && l.there() {
		return &refusal{412, "another page of yours waits for calls already"}
	}
	if l != nil {
		a, err := l.again(r.Context(), o)
		if err == nil {
			s.rename(l) // the older page must not end what is no longer its own
			s.answered(w, l, http.StatusOK, typeSDP, a.write(o))
			return nil
		}
		if !errors.Is(err, errGone) {
			return err
		}
	}
	l, a, err := s.seat(r.Context(), o, name)
	if err != nil {
		return err
	}
	s.answered(w, l, http.StatusCreated, typeSDP, a.write(o))
	return nil
}

// seat makes a line that nobody is on yet.
func (s *Server) seat(ctx context.Context, o *offer, name string) (*line, answer, error) {
	l, err := s.newLine(ctx, o, Wish{}, name)
	if err != nil {
		return nil, answer{}, err
	}
	l.mu.Lock()
	l.answers = true
	close(l.accepted)
	a, err := l.write()
	l.mu.Unlock()
	if err == nil {
		err = l.peer.start()
	}
	if err != nil {
		l.end(err, endedRefused)
		return nil, a, err
	}
	s.mu.Lock()
	old := s.parked[name]
	s.parked[name] = l
	s.mu.Unlock()
	if old != nil { // two pages at once: the later one has it
		old.end(leg.ErrHungUp, endedUs)
	}
	return l, a, nil
}

// rename gives a line another id.
func (s *Server) rename(l *line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lines[l.id] == l {
		delete(s.lines, l.id)
		l.id = strings.ToLower(rand.Text())
		s.lines[l.id] = l
	}
}

// Names are those under which browsers wait.
func (s *Server) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.parked))
}

// Parked reports whether somebody can be dialled: they are connected and on no call.
func (s *Server) Parked(name string) bool {
	s.mu.Lock()
	l := s.parked[name]
	s.mu.Unlock()
	if l == nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.joinedB && l.waiting == nil && l.desk == nil && !l.over
}

// there tells whether a page is on the line, or comes to it.
func (l *line) there() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.waiting == nil && !l.over
}

// parkedFor is how long Dial waits for a connection that is being made or has just been lost.
const parkedFor = 5 * time.Second

// Dial implements leg.Dialer for "rtc:NAME": it connects with who is parked under that name. Nothing
// rings: the call was offered and accepted on their page before, and answered it is at once. Who is
// not there, or is on a call, is a *leg.Refused.
func (s *Server) Dial(ctx context.Context, to leg.Invite) (leg.Leg, error) {
	name, ok := strings.CutPrefix(to.Addr, scheme)
	s.mu.Lock()
	l := s.parked[name]
	s.mu.Unlock()
	if !ok || l == nil {
		return nil, &leg.Refused{Addr: to.Addr, Status: leg.Unavailable.Status, Reason: "nobody of this name has a desk open"}
	}
	wait := time.NewTimer(parkedFor)
	defer wait.Stop()
	select {
	case <-l.up:
	case <-l.ctx.Done():
		return nil, &leg.Refused{Addr: to.Addr, Status: leg.Unavailable.Status, Reason: "the desk has just been closed"}
	case <-wait.C:
		return nil, &leg.Refused{Addr: to.Addr, Status: leg.Unavailable.Status, Reason: "the desk does not connect"}
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	return l.occupy(to)
}

// A desk is one call on a parked line: the leg that Dial gives. The line and its media session go on
// when it ends.
type desk struct {
	l      *line
	info   leg.Info
	ctx    context.Context // ends with the line, or when the call is hung up
	cancel context.CancelCauseFunc
}

// occupy begins a call on a parked line.
func (l *line) occupy(to leg.Invite) (leg.Leg, error) {
	d := &desk{l: l, info: l.info}
	d.info.ID, d.info.To = "rtc-"+strings.ToLower(rand.Text())[:12], to.Addr
	d.ctx, d.cancel = context.WithCancelCause(l.ctx)
	l.mu.Lock()
	if l.desk != nil || l.over {
		l.mu.Unlock()
		d.cancel(nil)
		return nil, &leg.Refused{Addr: to.Addr, Status: leg.Busy.Status, Reason: "on another call"}
	}
	l.ears.Lock()
	for more := true; more; { // what was heard before is nobody's
		_, more, _ = l.media.Next()
	}
	l.ears.Unlock()
	l.desk = d
	l.used.Store(true)
	l.media.Set(l.params())
	l.mu.Unlock()
	return d, nil
}

// leave ends the call d; the line is free again.
func (d *desk) leave() {
	l := d.l
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.desk != d {
		return
	}
	d.cancel(context.Canceled)
	l.desk = nil
	l.used.Store(false)
	l.media.Flush()
	if !l.over {
		l.media.Set(l.params())
	}
}

// done says why a call has ended, in place of what the session says of itself.
func (d *desk) done(err error) error {
	if d.ctx.Err() == nil {
		return d.l.mediaError(err)
	}
	if cause := context.Cause(d.ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return io.ErrClosedPipe
}

// Info implements leg.Leg.
func (d *desk) Info() leg.Info { return d.info }

// Answer implements leg.Leg; it is answered.
func (d *desk) Answer(context.Context) error { return nil }

// Receive implements leg.Leg.
func (d *desk) Receive(ctx context.Context) (leg.Heard, error) {
	for {
		h, ok, err := d.next()
		if ok || err != nil {
			return leg.Heard{Frame: h.Frame, Digit: h.Digit}, err
		}
		select {
		case <-d.l.media.Ready():
		case <-d.ctx.Done():
		case <-ctx.Done():
			return leg.Heard{}, context.Cause(ctx)
		}
	}
}

// next takes one thing heard; io.EOF when the call is over. Whoever still listens to the call before
// gets nothing of this one.
func (d *desk) next() (rtp.Heard, bool, error) {
	d.l.ears.Lock()
	defer d.l.ears.Unlock()
	if d.ctx.Err() != nil {
		return rtp.Heard{}, false, io.EOF
	}
	return d.l.media.Next()
}

// Send implements leg.Leg.
func (d *desk) Send(ctx context.Context, f media.Frame) error {
	if d.ctx.Err() != nil {
		return d.done(rtp.ErrClosed)
	}
	return d.done(d.l.media.Send(ctx, f))
}

// Drain implements leg.Leg.
func (d *desk) Drain(ctx context.Context) error { return d.done(d.l.media.Drain(ctx)) }

// Flush implements leg.Leg.
func (d *desk) Flush() time.Duration {
	if d.ctx.Err() != nil {
		return 0
	}
	return d.l.media.Flush()
}

// Pause implements leg.Pauser.
func (d *desk) Pause() {
	if d.ctx.Err() == nil {
		d.l.media.Pause()
	}
}

// Resume implements leg.Pauser.
func (d *desk) Resume() {
	if d.ctx.Err() == nil {
		d.l.media.Resume()
	}
}

// Codec implements leg.Player.
func (d *desk) Codec() string { return d.l.media.Codec() }

// Play implements leg.Player.
func (d *desk) Play(ctx context.Context, c *media.Clip) error {
	if d.ctx.Err() != nil {
		return d.done(rtp.ErrClosed)
	}
	return d.done(d.l.media.Play(ctx, c))
}

// Reception is what their stream looked like so far.
func (d *desk) Reception() rtp.Reception { return d.l.media.Reception() }

// Hangup implements leg.Leg: the call ends, and the desk waits for the next.
func (d *desk) Hangup(context.Context, leg.Cause) error {
	d.leave()
	return nil
}
