package sip

import (
	"errors"
	"strings"
	"sync"
	"time"

	msg "github.com/emiago/sipgo/sip"
)

// timers are RFC 3261 §17.1.1.1, table 4. They are a field so that tests run in parallel.
type timers struct{ t1, t2, t4 time.Duration }

// defaultTimers are the values of the RFC.
var defaultTimers = timers{500 * time.Millisecond, 4 * time.Second, 5 * time.Second}

var (
	errTxTimeout = errors.New("no response")
	errTxClosed  = errors.New("sip: server is closed")
)

// transactions is the table of live client and server transactions. Callbacks run without any
// lock held: on the reading goroutine for messages, on a timer's for time-outs.
type transactions struct {
	// constant
	timers timers
	send   func(to flow, data []byte) error

	// guarded by mu; a transaction's own mu may be taken while it is held, never the other way round
	mu      sync.Mutex
	clients map[string]*clientTx
	servers map[string]*serverTx
	closed  bool
}

func newTransactions(t timers, send func(flow, []byte) error) *transactions {
	return &transactions{timers: t, send: send, clients: map[string]*clientTx{}, servers: map[string]*serverTx{}}
}

// idle reports whether no transaction is alive.
func (l *transactions) idle() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.clients) == 0 && len(l.servers) == 0
}

// waiting reports whether a request of ours has no final response yet.
func (l *transactions) waiting() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, tx := range l.clients {
		if tx.pending() {
			return true
		}
	}
	return false
}

// close stops every timer and forgets every transaction.
func (l *transactions) close() {
	l.mu.Lock()
	l.closed = true
	clients, servers := l.clients, l.servers
	l.clients, l.servers = map[string]*clientTx{}, map[string]*serverTx{}
	l.mu.Unlock()
	for _, tx := range clients {
		tx.end(errTxClosed)
	}
	for _, tx := range servers {
		tx.stop()
	}
}

// serverKey matches a request to its transaction (RFC 3261 §17.2.3); method overrides the
// request's own, as ACK and CANCEL need. Requests of RFC 2543 peers, without the magic cookie,
// are matched by everything the RFC lists.
func serverKey(req *msg.Request, method msg.RequestMethod) string {
	via := req.Via()
	branch, _ := via.Params.Get("branch")
	sentBy := strings.ToLower(via.SentBy())
	if strings.HasPrefix(branch, msg.RFC3261BranchMagicCookie) && len(branch) > len(msg.RFC3261BranchMagicCookie) {
		return branch + "|" + sentBy + "|" + string(method)
	}
	fromTag, _ := req.From().Params.Get("tag")
	return strings.Join([]string{"2543", branch, sentBy, string(*req.CallID()), fromTag,
		req.CSeq().Value()[:strings.IndexByte(req.CSeq().Value()+" ", ' ')], string(method)}, "|")
}

func clientKey(m msg.Message) string {
	via, cseq := m.Via(), m.CSeq()
	if via == nil || cseq == nil {
		return ""
	}
	branch, _ := via.Params.Get("branch")
	return branch + "|" + string(cseq.MethodName)
}

// serverState is where a server transaction stands (RFC 3261 §17.2, figures 7 and 8; RFC 6026 §7.1).
type serverState int

const (
	serverProceeding serverState = iota // INVITE: provisional sent; other: nothing final sent yet
	serverCompleted                     // final response sent; for INVITE a failure, which ACK confirms
	serverConfirmed                     // INVITE only: the ACK has come
	serverAccepted                      // INVITE only: 2xx sent; the line resends it, we absorb the INVITE
	serverDead
)

// serverTx is one request received and its responses.
type serverTx struct {
	// constant
	layer *transactions
	key   string
	req   *msg.Request
	reply flow // where responses go (RFC 3261 §18.2.2, RFC 3581)

	// guarded by mu
	mu       sync.Mutex
	state    serverState
	last     []byte // last response, for retransmissions of the request
	resend   *time.Timer
	interval time.Duration
	life     *time.Timer
	onCancel func()
}

// open makes a server transaction, or returns the one that this request repeats.
func (l *transactions) open(key string, req *msg.Request, reply flow) (tx *serverTx, fresh bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if tx = l.servers[key]; tx != nil {
		return tx, false
	}
	tx = &serverTx{layer: l, key: key, req: req, reply: reply}
	if !l.closed {
		l.servers[key] = tx
	}
	return tx, true
}

func (l *transactions) server(key string) *serverTx {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.servers[key]
}

// repeated answers a retransmitted request with the last response, if there is one.
func (tx *serverTx) repeated() {
	tx.mu.Lock()
	data := tx.last
	if tx.state == serverConfirmed || tx.state == serverAccepted || tx.state == serverDead {
		data = nil
	}
	tx.mu.Unlock()
	if data != nil {
		tx.layer.send(tx.reply, data)
	}
}

// acked tells the transaction that an ACK with its branch arrived; it reports whether the ACK was
// its own (that of a failure), rather than that of a 2xx.
func (tx *serverTx) acked() bool {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	switch tx.state {
	case serverCompleted:
		tx.state = serverConfirmed
		stopTimer(tx.resend)
		linger := tx.layer.timers.t4 // timer I
		if tx.reply.reliable() {
			linger = 0
		}
		tx.expireAfter(linger)
		return true
	case serverConfirmed:
		return true
	}
	return false
}

// cancel runs the handler of a CANCEL, if the transaction has no final response yet.
func (tx *serverTx) cancel() {
	tx.mu.Lock()
	f := tx.onCancel
	if tx.state != serverProceeding {
		f = nil
	}
	tx.mu.Unlock()
	if f != nil {
		f()
	}
}

// whenCancelled sets what a CANCEL does.
func (tx *serverTx) whenCancelled(f func()) {
	tx.mu.Lock()
	tx.onCancel = f
	tx.mu.Unlock()
}

// respond sends a response and moves the transaction. It reports whether the response still could
// be sent: a second final one cannot.
func (tx *serverTx) respond(res *msg.Response) bool {
	data := []byte(res.String())
	tx.mu.Lock()
	if tx.state != serverProceeding {
		tx.mu.Unlock()
		return false
	}
	t := tx.layer.timers
	invite := tx.req.Method == msg.INVITE
	switch {
	case res.StatusCode < 200:
		tx.last = data
	case invite && res.StatusCode < 300:
		tx.state = serverAccepted
		tx.last = nil
		tx.expireAfter(64 * t.t1) // timer L
	case invite:
		tx.state = serverCompleted
		tx.last = data
		if !tx.reply.reliable() {
			tx.interval = t.t1 // timer G
			tx.resend = time.AfterFunc(tx.interval, tx.onResend)
		}
		tx.expireAfter(64 * t.t1) // timer H
	default:
		tx.state = serverCompleted
		tx.last = data
		linger := 64 * t.t1 // timer J
		if tx.reply.reliable() {
			linger = 0
		}
		tx.expireAfter(linger)
	}
	tx.mu.Unlock()
	tx.layer.send(tx.reply, data)
	return true
}

func (tx *serverTx) onResend() {
	tx.mu.Lock()
	if tx.state != serverCompleted {
		tx.mu.Unlock()
		return
	}
	tx.interval = min(2*tx.interval, tx.layer.timers.t2)
	tx.resend.Reset(tx.interval)
	data := tx.last
	tx.mu.Unlock()
	tx.layer.send(tx.reply, data)
}

// expireAfter sets the end of the transaction; mu is held.
func (tx *serverTx) expireAfter(d time.Duration) {
	stopTimer(tx.life)
	tx.life = time.AfterFunc(d, func() {
		tx.stop()
		tx.layer.mu.Lock()
		if tx.layer.servers[tx.key] == tx {
			delete(tx.layer.servers, tx.key)
		}
		tx.layer.mu.Unlock()
	})
}

func (tx *serverTx) stop() {
	tx.mu.Lock()
	tx.state = serverDead
	stopTimer(tx.resend)
	stopTimer(tx.life)
	tx.mu.Unlock()
}

// clientState is where a client transaction stands (RFC 3261 §17.1, figures 5 and 6; RFC 6026 §7.2).
type clientState int

const (
	clientCalling clientState = iota // sent, nothing heard
	clientProceeding
	clientAccepted  // INVITE: a 2xx was heard; more may come, from forks or repeated
	clientCompleted // final response heard; repeated ones are absorbed
	clientDead
)

// clientTx is one request sent and its responses.
type clientTx struct {
	// constant
	layer *transactions
	key   string
	req   *msg.Request
	data  []byte
	to    flow
	onRes func(*msg.Response) // every response but absorbed repetitions; each 2xx to INVITE, repeated or not
	onEnd func(error)         // once, when no final response came

	// guarded by mu
	mu       sync.Mutex
	state    clientState
	ack      []byte // of a failure response to INVITE
	resend   *time.Timer
	interval time.Duration
	life     *time.Timer
}

// request sends req as a new client transaction. onRes and onEnd may be nil.
func (l *transactions) request(req *msg.Request, to flow, onRes func(*msg.Response), onEnd func(error)) *clientTx {
	tx := l.prepare(req, to, onRes, onEnd)
	tx.start()
	return tx
}

// prepare makes a client transaction that start sends; onRes and onEnd may run before start returns.
func (l *transactions) prepare(req *msg.Request, to flow, onRes func(*msg.Response), onEnd func(error)) *clientTx {
	return &clientTx{layer: l, key: clientKey(req), req: req, data: []byte(req.String()), to: to,
		onRes: onRes, onEnd: onEnd}
}

func (tx *clientTx) start() {
	l := tx.layer
	l.mu.Lock()
	closed := l.closed
	if !closed {
		l.clients[tx.key] = tx
	}
	l.mu.Unlock()
	if closed {
		tx.end(errTxClosed)
		return
	}
	tx.mu.Lock()
	if !tx.to.reliable() {
		tx.interval = l.timers.t1 // timers A and E
		tx.resend = time.AfterFunc(tx.interval, tx.onResend)
	}
	tx.life = time.AfterFunc(64*l.timers.t1, func() { tx.end(errTxTimeout) }) // timers B and F
	tx.mu.Unlock()
	if err := l.send(tx.to, tx.data); err != nil {
		tx.end(err)
	}
}

func (tx *clientTx) onResend() {
	tx.mu.Lock()
	invite := tx.req.Method == msg.INVITE
	if tx.state > clientProceeding || (invite && tx.state == clientProceeding) {
		tx.mu.Unlock()
		return
	}
	if tx.interval *= 2; !invite && (tx.interval > tx.layer.timers.t2 || tx.state == clientProceeding) {
		tx.interval = tx.layer.timers.t2
	}
	tx.resend.Reset(tx.interval)
	tx.mu.Unlock()
	tx.layer.send(tx.to, tx.data)
}

// response passes a response to its transaction and reports whether there is one.
func (l *transactions) response(res *msg.Response) bool {
	l.mu.Lock()
	tx := l.clients[clientKey(res)]
	l.mu.Unlock()
	if tx == nil {
		return false
	}
	tx.receive(res)
	return true
}

func (tx *clientTx) receive(res *msg.Response) {
	t := tx.layer.timers
	invite := tx.req.Method == msg.INVITE
	tx.mu.Lock()
	switch {
	case tx.state == clientDead:
		tx.mu.Unlock()
		return
	case res.StatusCode < 200:
		if tx.state > clientProceeding {
			tx.mu.Unlock()
			return
		}
		tx.state = clientProceeding
		if invite {
			stopTimer(tx.resend)
			stopTimer(tx.life) // an INVITE may ring for long; whoever dialled has the timer
		}
	case invite && res.StatusCode < 300:
		if tx.state == clientCompleted {
			tx.mu.Unlock()
			return
		}
		if tx.state != clientAccepted {
			tx.state = clientAccepted
			stopTimer(tx.resend)
			tx.expireAfter(64 * t.t1) // timer M
		}
	case tx.state == clientCompleted: // the failure was repeated: so was our ACK lost
		ack := tx.ack
		tx.mu.Unlock()
		if ack != nil {
			tx.layer.send(tx.to, ack)
		}
		return
	case tx.state == clientAccepted:
		tx.mu.Unlock()
		return
	default:
		tx.state = clientCompleted
		stopTimer(tx.resend)
		linger := t.t4 // timer K
		if invite {
			tx.ack = []byte(failureAck(tx.req, res).String())
			linger = 64 * t.t1 // timer D, at least 32 s
		}
		if tx.to.reliable() {
			linger = 0
		}
		tx.expireAfter(linger)
	}
	ack := tx.ack
	tx.mu.Unlock()
	if ack != nil {
		tx.layer.send(tx.to, ack)
	}
	if tx.onRes != nil {
		tx.onRes(res)
	}
}

// expireAfter sets the quiet end of the transaction; mu is held.
func (tx *clientTx) expireAfter(d time.Duration) {
	stopTimer(tx.life)
	tx.life = time.AfterFunc(d, func() { tx.end(nil) })
}

// limit gives a transaction that has been answered provisionally a last term, as a CANCEL asks for
// (RFC 3261 §9.1: 64 × T1).
func (tx *clientTx) limit() {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.state <= clientProceeding {
		stopTimer(tx.life)
		tx.life = time.AfterFunc(64*tx.layer.timers.t1, func() { tx.end(errTxTimeout) })
	}
}

func (tx *clientTx) pending() bool {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	return tx.state <= clientProceeding
}

// heard reports whether any response has come.
func (tx *clientTx) heard() bool {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	return tx.state != clientCalling
}

func (tx *clientTx) end(err error) {
	tx.mu.Lock()
	was := tx.state
	tx.state = clientDead
	stopTimer(tx.resend)
	stopTimer(tx.life)
	tx.mu.Unlock()
	tx.layer.mu.Lock()
	if tx.layer.clients[tx.key] == tx {
		delete(tx.layer.clients, tx.key)
	}
	tx.layer.mu.Unlock()
	if err != nil && was <= clientProceeding && tx.onEnd != nil {
		tx.onEnd(err)
	}
}

// failureAck confirms a final failure hop by hop (RFC 3261 §17.1.1.3).
func failureAck(invite *msg.Request, res *msg.Response) *msg.Request {
	ack := msg.NewRequest(msg.ACK, invite.Recipient)
	ack.AppendHeader(invite.Via().Clone())
	msg.CopyHeaders("Route", invite, ack)
	ack.AppendHeader(msg.HeaderClone(invite.From()))
	if to := res.To(); to != nil {
		ack.AppendHeader(msg.HeaderClone(to))
	}
	ack.AppendHeader(msg.HeaderClone(invite.CallID()))
	ack.AppendHeader(&msg.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: msg.ACK})
	forwards := msg.MaxForwardsHeader(70)
	ack.AppendHeader(&forwards)
	ack.SetBody(nil)
	return ack
}

func stopTimer(t *time.Timer) {
	if t != nil {
		t.Stop()
	}
}
