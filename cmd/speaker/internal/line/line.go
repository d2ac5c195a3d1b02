// Package line is a speaker's call to the gateway: WebRTC, answered over HTTP as RFC 9725 (WHIP) has
// it, as a browser's is. pion/webrtc makes the connection; the sound is ours.
//
// Its idea is that the loudspeaker is the clock. Send and Hear are called every 20 ms by whoever
// exchanges sound with the device; packets that come wait in a jitter buffer until then, so that two
// clocks that differ by some parts in a million never drift apart.
//
// A call outlives its connection. When the network goes, the line looks for another way by itself: an
// ICE restart first, then a new connection to the same call, which the gateway holds meanwhile.
package line

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/webrtc/v4"

	"decroche/internal/secret"
)

// Path is where the gateway takes calls.
const Path = "/api/v1/webrtc/calls"

// Why a call ended.
var (
	ErrEnded  = errors.New("line: the other side has hung up")
	ErrMoved  = errors.New("line: another device has taken the call up")
	ErrLost   = errors.New("line: the network stayed away for longer than the gateway holds a call")
	ErrHungUp = errors.New("line: we hung up")
)

// Options of a call.
type Options struct {
	// URL is the gateway's, "https://hotline.example.com".
	URL string
	// Bot and Lang are whom the call is for and the likely language; empty: the gateway's choice.
	Bot, Lang string
	// Token is the device's. It goes into the header of the request that begins the call, and nowhere else.
	Token secret.Value
	// Codecs that are offered, of opus and PCMU, the liked one first.
	Codecs []string
	// ICEServers are STUN and TURN servers beside those that the gateway tells of.
	ICEServers []webrtc.ICEServer
	// Log gets what happens to the connection, never what is said.
	Log *slog.Logger
	// Client makes the requests; nil: one of its own.
	Client *http.Client
}

// Refused is an answer of the gateway that says no.
type Refused struct {
	Status int
	Detail string
	After  time.Duration // how long to wait before the next try; 0: nobody says
}

// Error implements error and says what to do.
func (r *Refused) Error() string {
	next := ""
	switch r.Status {
	case http.StatusUnauthorized:
		next = "; make a device token with decroche tokens device, and put it where token: points"
	case http.StatusForbidden:
		next = "; look which hotline the token is for with decroche tokens list"
	case http.StatusNotFound:
		next = "; look whether gateway: is the address of its HTTP port"
	}
	return fmt.Sprintf("line: the gateway answers %d: %s%s", r.Status, r.Detail, next)
}

const (
	connectWithin = 15 * time.Second       // from the answer until sound can flow
	requestWithin = 35 * time.Second       // an answer to a new call
	returnWithin  = 3 * time.Second        // an answer to a call that is held
	heldUsually   = 10 * time.Second       // that a call is held, when the gateway does not say
	firstWait     = 300 * time.Millisecond // before the second try to come back, then twice as long
	mostWait      = 2 * time.Second
	settle        = 1500 * time.Millisecond // for a connection to come up
)

// Call is one call. Send and Hear are for one goroutine, everything else for any.
type Call struct {
	opt  Options
	http *http.Client
	log  *slog.Logger

	ctx  context.Context // of the call, from Dial to its end
	end  context.CancelCauseFunc
	news chan struct{} // the connection changed; one waits at most
	ear  *ear
	up   sync.WaitGroup // goroutines of ours

	mouth  mouth        // of the sending goroutine
	unsent atomic.Int64 // frames that were said while there was no way for them

	mu sync.Mutex
	// guarded by mu
	conn     *conn
	location string // the call's address; whoever has it may end the call
	tag      string // of the connection that the gateway knows
	held     time.Duration
	name     string // of the conversation
	back     int    // times that the call was taken up again
}

// Dial places a call and waits until sound can flow.
func Dial(ctx context.Context, opt Options) (*Call, error) {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	c := &Call{opt: opt, http: opt.Client, log: opt.Log, news: make(chan struct{}, 1), ear: newEar(), held: heldUsually}
	if c.http == nil {
		c.http = &http.Client{}
	}
	c.ctx, c.end = context.WithCancelCause(context.WithoutCancel(ctx))
	q := url.Values{"door": {"speaker"}} // the flow offers neither keys nor buttons
	if opt.Bot != "" {
		q.Set("bot", opt.Bot)
	}
	if opt.Lang != "" {
		q.Set("lang", opt.Lang)
	}
	ask, cancel := context.WithTimeoutCause(ctx, requestWithin, fmt.Errorf("line: the gateway did not answer within %v", requestWithin))
	defer cancel()
	fresh, err := c.connect(ask, http.MethodPost, Path+"?"+q.Encode())
	if err == nil {
		err = fresh.wait(ctx, connectWithin)
	}
	if err != nil {
		c.drop(context.WithoutCancel(ctx)) // the gateway may have answered already
		c.end(err)
		c.shut()
		return nil, err
	}
	c.up.Go(c.keep)
	return c, nil
}

// Done is closed when the call has ended; Cause tells why.
func (c *Call) Done() <-chan struct{} { return c.ctx.Done() }

// Cause is why the call ended; nil while it lasts.
func (c *Call) Cause() error { return context.Cause(c.ctx) }

// Conversation is the gateway's name for the call.
func (c *Call) Conversation() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.name
}

// Connected tells whether sound can flow now.
func (c *Call) Connected() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.conn != nil && c.conn.connected()
}

// Counts are, for a log: frames that were said while there was no way for them; packets that came, that
// were lost, that came too late; frames of the other side that were left out, or said twice, to keep its
// clock; how often the call was taken up again. Packets are those of the last connection's stream.
func (c *Call) Counts() []slog.Attr {
	s := c.ear.stats()
	return []slog.Attr{slog.Int64("unsent", c.unsent.Load()), slog.Int("packets", s.Received), slog.Int("lost", s.Lost), slog.Int("late", s.Late),
		slog.Int("left_out", s.Dropped), slog.Int("stretched", s.Stretched), slog.Int("returns", c.Returns())}
}

// Returns is how often the call was taken up again after the network had gone.
func (c *Call) Returns() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.back
}

// Hangup ends the call for both sides and waits for what it began. It is idempotent.
func (c *Call) Hangup(ctx context.Context) {
	if c.ctx.Err() == nil {
		c.end(ErrHungUp)
		c.drop(ctx)
	}
	c.shut()
	c.up.Wait()
}

// drop tells the gateway that the call is over.
func (c *Call) drop(ctx context.Context) {
	ctx, cancel := context.WithTimeoutCause(ctx, returnWithin, errors.New("line: the gateway did not take the hang-up"))
	defer cancel()
	if at := c.address(); at != "" {
		if _, _, err := c.ask(ctx, http.MethodDelete, at, "", ""); err != nil {
			c.log.Warn("the gateway was not told that we hung up; it will find out", "error", err)
		}
	}
}

// shut closes the connection.
func (c *Call) shut() {
	c.mu.Lock()
	old := c.conn
	c.conn = nil
	c.mu.Unlock()
	if old != nil {
		old.close()
	}
}

func (c *Call) address() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.location
}

// changed tells keep that the connection is another than before.
func (c *Call) changed() {
	select {
	case c.news <- struct{}{}:
	default:
	}
}

// keep comes back whenever the connection is lost, until the call ends.
func (c *Call) keep() {
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-c.news:
		}
		c.mu.Lock()
		lost := c.conn == nil || c.conn.lost()
		c.mu.Unlock()
		if lost && c.ctx.Err() == nil {
			c.comeBack()
		}
	}
}

// comeBack tries to take the call up again while the gateway holds it.
func (c *Call) comeBack() {
	c.mu.Lock()
	held := c.held
	c.mu.Unlock()
	ctx, cancel := context.WithTimeoutCause(c.ctx, held, ErrLost)
	defer cancel()
	c.log.Warn("the connection is lost; coming back", "held_for", held)
	for n, wait := 0, firstWait; ; n, wait = n+1, min(2*wait, mostWait) {
		err := c.again(ctx, n)
		switch r := (*Refused)(nil); {
		case err == nil:
			c.mu.Lock()
			c.back++
			c.mu.Unlock()
			c.log.Info("the call goes on", "tries", n+1)
			return
		case errors.As(err, &r) && (r.Status == http.StatusNotFound || r.Status == http.StatusGone):
			c.end(ErrEnded)
			return
		case errors.As(err, &r) && r.Status == http.StatusPreconditionFailed:
			c.end(ErrMoved)
			return
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			c.end(context.Cause(ctx))
			return
		}
	}
}

// again is one try: an ICE restart of the connection that there is, else a new connection.
func (c *Call) again(ctx context.Context, n int) error {
	c.mu.Lock()
	old := c.conn
	c.mu.Unlock()
	if old != nil && old.connected() {
		return nil // it came back by itself
	}
	ask, cancel := context.WithTimeoutCause(ctx, returnWithin, errors.New("line: the gateway did not answer"))
	defer cancel()
	fresh := old
	if n == 0 && old != nil && old.mayRestart() {
		if err := c.restart(ask, old); err != nil {
			return err
		}
	} else {
		var err error
		if fresh, err = c.connect(ask, http.MethodPatch, c.address()); err != nil {
			return err
		}
	}
	return fresh.wait(ctx, settle)
}

// restart looks for a way anew (ICE restart, RFC 8445 §2.4).
func (c *Call) restart(ctx context.Context, on *conn) error {
	offer, err := on.offer(ctx, true)
	if err != nil {
		return err
	}
	answer, head, err := c.ask(ctx, http.MethodPatch, c.address(), offer, c.match())
	if err != nil {
		return err
	}
	c.note(head)
	return on.take(answer)
}

// connect makes a connection and brings its offer to the gateway; what was before is closed when the
// gateway has answered.
func (c *Call) connect(ctx context.Context, method, path string) (*conn, error) {
	fresh, err := newConn(c.opt, c.ear, c.changed)
	if err != nil {
		return nil, err
	}
	offer, err := fresh.offer(ctx, false)
	if err != nil {
		fresh.close()
		return nil, err
	}
	answer, head, err := c.ask(ctx, method, path, offer, c.match())
	if err != nil {
		fresh.close()
		return nil, err
	}
	c.note(head)
	c.mu.Lock()
	old := c.conn
	c.conn = fresh
	c.mu.Unlock()
	if old != nil {
		old.close()
	}
	if err := fresh.take(answer); err != nil {
		return nil, err
	}
	return fresh, nil
}

// note keeps what the headers of an answer say.
func (c *Call) note(head http.Header) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at := head.Get("Location"); at != "" {
		c.location = at
	}
	if name := head.Get("Decroche-Conversation"); name != "" {
		c.name = name
	}
	c.tag = head.Get("ETag")
	if ms, err := strconv.ParseUint(head.Get("Decroche-Held-For"), 10, 24); err == nil {
		c.held = time.Duration(ms) * time.Millisecond
	}
}

func (c *Call) match() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tag
}

// endpoint is a path of the gateway as an address. A Location may be either.
func endpoint(base, path string) string {
	if strings.Contains(path, "://") {
		return path
	}
	return strings.TrimSuffix(base, "/") + path
}

// RetryAfter is how long to wait before the next try.
func (r *Refused) RetryAfter() time.Duration { return r.After }
