package wyoming

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"decroche/internal/wyoming"
)

const (
	// dialWait bounds a connection, look-up included.
	dialWait = 5 * time.Second
	// pingEvery and deadAfter: as Home Assistant pings, and twice as patient.
	pingEvery, deadAfter = 2 * time.Second, 10 * time.Second
	// retryFirst and retryMost are the waits between connections; half of each is drawn by lot, so that
	// a house of satellites does not come back at once. steady is how long a connection stands until
	// the waits begin anew.
	retryFirst, retryMost, steady = time.Second, time.Minute, 30 * time.Second
	// outRoom is how many events may wait for a satellite, 5 s of sound; one that takes nothing for so
	// long is left. writeWait bounds one write.
	outRoom, writeWait = 256, 5 * time.Second
)

// bounds is what a satellite may send in one event: a second of the best sound, and an info that lists
// all wake words that there are.
var bounds = wyoming.Bounds{Line: 64 << 10, Data: 256 << 10, Payload: 256 << 10}

// Errors of connections.
var (
	errPublic = errors.New("its address is outside of this machine and of private networks; set wyoming.allow_public, or reach it by a tunnel")
	errMute   = fmt.Errorf("it has said nothing for %v", deadAfter)
	errFull   = errors.New("it takes nothing any more")
)

// satellite keeps the connection to one of them.
type satellite struct {
	// constant
	s   *Server
	cfg Satellite
	log *slog.Logger

	mu    sync.Mutex
	state State // guarded by mu
}

// run connects, stays while it can, and connects again, until ctx ends.
func (s *satellite) run(ctx context.Context) {
	wait, told := retryFirst, ""
	for ctx.Err() == nil {
		began := time.Now()
		err := s.connect(ctx)
		if ctx.Err() != nil {
			return
		}
		s.lost(err)
		if why := err.Error(); why != told { // once for each reason, not for each try
			s.log.Warn("the satellite is not connected; it is tried again", "error", err)
			told = why
		}
		if time.Since(began) > steady {
			wait, told = retryFirst, ""
		}
		select {
		case <-time.After(wait/2 + rand.N(wait/2)):
		case <-ctx.Done():
		}
		wait = min(2*wait, retryMost)
	}
}

// lost notes why there is no connection.
func (s *satellite) lost(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.Connected {
		s.s.metrics.connected.Dec()
	}
	s.state.Connected, s.state.InCall, s.state.Why = false, false, err.Error()
	s.s.metrics.connects.WithLabelValues(resultOf(err)).Inc()
}

// resultOf is an error as the metrics call it.
func resultOf(err error) string {
	var dial *dialError
	switch {
	case errors.Is(err, errPublic):
		return connectRefused
	case errors.As(err, &dial):
		return connectFailed
	case errors.Is(err, wyoming.ErrGarbage):
		return connectGarbage
	case errors.Is(err, errFull):
		return connectOverfull
	}
	return connectLost
}

// dialError says that a connection could not be made.
type dialError struct{ err error }

// Error implements error.
func (e *dialError) Error() string { return "connect: " + e.err.Error() }

// Unwrap gives the reason.
func (e *dialError) Unwrap() error { return e.err }

// dial connects. A name is looked up here, and only a private address of it is taken: the name may
// lead elsewhere tomorrow.
func (s *satellite) dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, dialWait, fmt.Errorf("no connection within %v", dialWait))
	defer cancel()
	if c := s.s.connect; c != nil {
		conn, err := c(ctx, s.cfg.Addr)
		if err != nil {
			err = &dialError{err}
		}
		return conn, err
	}
	network, addr, err := wyoming.Split(s.cfg.Addr)
	if err == nil && network == "tcp" {
		addr, err = s.lookUp(ctx, addr)
	}
	if err != nil {
		return nil, &dialError{err}
	}
	c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, &dialError{err}
	}
	return c, nil
}

// lookUp is addr with the address in place of the name.
func (s *satellite) lookUp(ctx context.Context, addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", err
	}
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return "", err
	}
	for _, ip := range ips {
		if s.s.cfg.AllowPublic || private(ip) {
			return net.JoinHostPort(ip.Unmap().String(), port), nil
		}
	}
	return "", errPublic
}

// connect connects and stays until the connection ends, which is always an error.
func (s *satellite) connect(ctx context.Context) error {
	conn, err := s.dial(ctx)
	if err != nil {
		return err
	}
	return s.stay(ctx, conn)
}

// stay serves one connection until it ends.
func (s *satellite) stay(ctx context.Context, conn net.Conn) error {
	s.mu.Lock()
	s.state.Connected, s.state.Since, s.state.Why = true, time.Now(), ""
	s.mu.Unlock()
	s.s.metrics.connected.Inc()
	s.s.metrics.connects.WithLabelValues(connectOK).Inc()
	s.log.Info("connected to a satellite", "addr", s.cfg.Addr)

	out := newOutbox(conn)
	v := &visit{sat: s, ctx: ctx, post: out.post}
	events, failed := make(chan wyoming.Event), make(chan error, 1)
	done := make(chan struct{})
	var pumps sync.WaitGroup
	pumps.Go(func() { failed <- read(conn, events, done) })
	pumps.Go(out.run)
	defer func() {
		v.leave(ctx)
		close(done)
		out.close() // closes the connection, which ends read, when everything was written
		pumps.Wait()
	}()
	v.greet()
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	alive := time.Now()
	for {
		select {
		case e := <-events:
			alive = time.Now()
			v.take(e)
		case err := <-failed:
			return err
		case err := <-out.failed:
			return err
		case <-ping.C:
			if time.Since(alive) > deadAfter {
				return errMute
			}
			out.post("ping", wyoming.Ping{}, nil)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// read hands over what comes until the connection ends.
func read(conn net.Conn, to chan<- wyoming.Event, done <-chan struct{}) error {
	in := wyoming.NewBoundedReader(conn, bounds)
	for {
		e, err := in.Next()
		if errors.Is(err, io.EOF) {
			return errors.New("it has closed the connection")
		}
		if err != nil {
			return err
		}
		select {
		case to <- e:
		case <-done:
			return net.ErrClosed
		}
	}
}

// outbox is what waits for a satellite, so that nobody who speaks waits for its network.
type outbox struct {
	conn   net.Conn
	queue  chan []byte // outRoom events
	failed chan error  // room for two: the queue was full, a write failed
	over   chan struct{}
	once   sync.Once
}

func newOutbox(conn net.Conn) *outbox {
	return &outbox{conn: conn, queue: make(chan []byte, outRoom), failed: make(chan error, 2), over: make(chan struct{})}
}

// post implements post.
func (o *outbox) post(kind string, data any, payload []byte) {
	var b bytes.Buffer
	if wyoming.Write(&b, kind, data, payload) != nil {
		return // none of ours fails to be written
	}
	select {
	case o.queue <- b.Bytes():
	default:
		o.fail(errFull)
	}
}

func (o *outbox) fail(err error) {
	select {
	case o.failed <- err:
	default:
	}
}

// run writes until close, then what is left, and closes the connection.
func (o *outbox) run() {
	defer o.conn.Close()
	for {
		select {
		case b := <-o.queue:
			if !o.write(b) {
				return
			}
		case <-o.over:
			for {
				select {
				case b := <-o.queue:
					if !o.write(b) {
						return
					}
				default:
					return
				}
			}
		}
	}
}

func (o *outbox) write(b []byte) bool {
	_ = o.conn.SetWriteDeadline(time.Now().Add(writeWait))
	if _, err := o.conn.Write(b); err != nil {
		o.fail(err)
		return false
	}
	return true
}

// close lets run end once everything was written.
func (o *outbox) close() { o.once.Do(func() { close(o.over) }) }
