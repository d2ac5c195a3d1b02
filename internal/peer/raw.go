package peer

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Message is a SIP message as it was read from the wire, with just enough taken apart for a test
// to look at it.
type Message struct {
	Start   string              // request or status line
	Headers map[string][]string // by lower-case name
	Body    string
	From    netip.AddrPort
	At      time.Time
	Text    string
}

// Status is the code of a response, 0 for a request.
func (m Message) Status() int {
	f := strings.Fields(m.Start)
	if len(f) < 2 || f[0] != "SIP/2.0" {
		return 0
	}
	n, _ := strconv.Atoi(f[1])
	return n
}

// Method is that of a request, or of the request that a response answers.
func (m Message) Method() string {
	if m.Status() == 0 {
		method, _, _ := strings.Cut(m.Start, " ")
		return method
	}
	_, method, _ := strings.Cut(m.Get("cseq"), " ")
	return method
}

// Get returns the first header of that lower-case name.
func (m Message) Get(name string) string {
	if v := m.Headers[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// Tag returns the tag of From or To.
func (m Message) Tag(name string) string {
	_, tag, _ := strings.Cut(m.Get(name), "tag=")
	tag, _, _ = strings.Cut(tag, ";")
	return tag
}

// ContactURI is what stands between the angle brackets of Contact.
func (m Message) ContactURI() string {
	_, uri, _ := strings.Cut(m.Get("contact"), "<")
	uri, _, _ = strings.Cut(uri, ">")
	return uri
}

func parseMessage(text string) Message {
	m := Message{Headers: map[string][]string{}, Text: text}
	head, body, _ := strings.Cut(text, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	m.Start, m.Body = lines[0], body
	for _, line := range lines[1:] {
		k, v, _ := strings.Cut(line, ":")
		k = strings.ToLower(strings.TrimSpace(k))
		m.Headers[k] = append(m.Headers[k], strings.TrimSpace(v))
	}
	return m
}

// Raw is a SIP endpoint without manners and without memory: it sends what it is told and keeps
// what comes until somebody asks. Retransmissions are kept as well; that is often the point.
type Raw struct {
	t    testing.TB
	addr netip.AddrPort
	udp  net.PacketConn
	tcp  net.Conn
	wg   sync.WaitGroup
	eof  chan struct{} // closed when a TCP connection was closed by the far end

	mu   sync.Mutex
	got  []Message
	wake chan struct{} // closed and replaced when got grows
}

// NewRaw opens an endpoint on a free UDP port of loopback.
func NewRaw(t testing.TB) *Raw {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return RawOn(t, pc)
}

// RawOn makes an endpoint of a packet socket, which it closes when the test ends.
func RawOn(t testing.TB, pc net.PacketConn) *Raw {
	r := &Raw{t: t, udp: pc, addr: pc.LocalAddr().(*net.UDPAddr).AddrPort(), wake: make(chan struct{})}
	r.wg.Go(func() {
		buf := make([]byte, 65536)
		for {
			n, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			m := parseMessage(string(buf[:n]))
			m.From = from.(*net.UDPAddr).AddrPort()
			r.keep(m)
		}
	})
	t.Cleanup(r.Close)
	return r
}

// DialRaw opens a TCP connection to addr.
func DialRaw(t testing.TB, addr string) *Raw {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	r := &Raw{t: t, tcp: c, addr: c.LocalAddr().(*net.TCPAddr).AddrPort(), wake: make(chan struct{}), eof: make(chan struct{})}
	r.wg.Go(func() {
		defer close(r.eof)
		br := bufio.NewReader(c)
		for {
			m, err := readStream(br)
			if err != nil {
				return
			}
			r.keep(m)
		}
	})
	t.Cleanup(r.Close)
	return r
}

// readStream reads one message by its Content-Length.
func readStream(br *bufio.Reader) (Message, error) {
	var head strings.Builder
	for {
		line, err := br.ReadString('\n')
		if err != nil {
			return Message{}, err
		}
		if line == "\r\n" {
			if head.Len() == 0 {
				continue
			}
			break
		}
		head.WriteString(line)
	}
	m := parseMessage(head.String() + "\r\n")
	n, _ := strconv.Atoi(m.Get("content-length"))
	body := make([]byte, n)
	if _, err := io.ReadFull(br, body); err != nil {
		return Message{}, err
	}
	m.Body = string(body)
	m.Text += m.Body
	return m, nil
}

func (r *Raw) keep(m Message) {
	m.At = time.Now()
	r.mu.Lock()
	r.got = append(r.got, m)
	close(r.wake)
	r.wake = make(chan struct{})
	r.mu.Unlock()
}

// Close ends the endpoint and waits for its reader.
func (r *Raw) Close() {
	if r.udp != nil {
		r.udp.Close()
	}
	if r.tcp != nil {
		r.tcp.Close()
	}
	r.wg.Wait()
}

// Closed waits for the far end to close a TCP connection.
func (r *Raw) Closed(d time.Duration) bool {
	select {
	case <-r.eof:
		return true
	case <-time.After(d):
		return false
	}
}

// Addr is the local address, host:port.
func (r *Raw) Addr() string { return r.addr.String() }

// AddrPort is the local address.
func (r *Raw) AddrPort() netip.AddrPort { return r.addr }

// SendBytes sends b as it is.
func (r *Raw) SendBytes(to string, b []byte) {
	r.t.Helper()
	var err error
	if r.tcp != nil {
		_, err = r.tcp.Write(b)
	} else {
		var ap netip.AddrPort
		if ap, err = netip.ParseAddrPort(to); err == nil {
			_, err = r.udp.WriteTo(b, net.UDPAddrFromAddrPort(ap))
		}
	}
	if err != nil {
		r.t.Fatalf("peer: send to %s: %v", to, err)
	}
}

// Send sends a message written with plain line ends, the body behind an empty line; the
// Content-Length is added when there is none.
func (r *Raw) Send(to, text string) {
	r.t.Helper()
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
	head, body, _ := strings.Cut(text, "\r\n\r\n")
	head = strings.TrimRight(head, "\r\n") + "\r\n"
	if !strings.Contains(strings.ToLower(head), "\r\ncontent-length:") {
		head += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	r.SendBytes(to, []byte(head+"\r\n"+body))
}

// Await returns the first message kept that matches, takes it out, and drops what came before it;
// it fails the test when none comes within d.
func (r *Raw) Await(d time.Duration, what string, match func(Message) bool) Message {
	r.t.Helper()
	end := time.NewTimer(d)
	defer end.Stop()
	for {
		r.mu.Lock()
		for i, m := range r.got {
			if match(m) {
				r.got = r.got[i+1:]
				r.mu.Unlock()
				return m
			}
		}
		wake := r.wake
		r.mu.Unlock()
		select {
		case <-wake:
		case <-end.C:
			r.mu.Lock()
			defer r.mu.Unlock()
			seen := make([]string, 0, len(r.got))
			for _, m := range r.got {
				seen = append(seen, m.Start)
			}
			r.t.Fatalf("peer: no %s within %v; came: %q", what, d, seen)
		}
	}
}

// Response awaits a response with this status to this method.
func (r *Raw) Response(status int, method string) Message {
	r.t.Helper()
	return r.Await(5*time.Second, fmt.Sprintf("%d to %s", status, method), func(m Message) bool {
		return m.Status() == status && m.Method() == method
	})
}

// Request awaits a request.
func (r *Raw) Request(method string) Message {
	r.t.Helper()
	return r.RequestWithin(5*time.Second, method)
}

// RequestWithin awaits a request for at most d.
func (r *Raw) RequestWithin(d time.Duration, method string) Message {
	r.t.Helper()
	return r.Await(d, method, func(m Message) bool { return m.Status() == 0 && m.Method() == method })
}

// TryRequest takes the next request that comes within d, whatever its method; false when none does. What
// else came before it is dropped.
func (r *Raw) TryRequest(d time.Duration) (m Message, ok bool) {
	end := time.NewTimer(d)
	defer end.Stop()
	for {
		r.mu.Lock()
		for i, m := range r.got {
			if m.Status() == 0 {
				r.got = r.got[i+1:]
				r.mu.Unlock()
				return m, true
			}
		}
		wake := r.wake
		r.mu.Unlock()
		select {
		case <-wake:
		case <-end.C:
			return Message{}, false
		}
	}
}

// Pending returns what was kept so far and forgets it.
func (r *Raw) Pending() []Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	r.got = nil
	return got
}

// Reply answers a request: its Vias, From, To (with tag when there was none), Call-ID and CSeq,
// then extra, which may hold headers and, behind an empty line, a body.
func (r *Raw) Reply(req Message, status int, reason, tag, extra string) {
	r.t.Helper()
	r.Send(req.From.String(), ReplyText(req, status, reason, tag, extra))
}

// ReplyText is what Reply sends.
func ReplyText(req Message, status int, reason, tag, extra string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "SIP/2.0 %d %s\n", status, reason)
	for _, v := range req.Headers["via"] {
		fmt.Fprintf(&b, "Via: %s\n", v)
	}
	for _, v := range req.Headers["record-route"] {
		fmt.Fprintf(&b, "Record-Route: %s\n", v)
	}
	to := req.Get("to")
	if tag != "" && !strings.Contains(to, "tag=") {
		to += ";tag=" + tag
	}
	fmt.Fprintf(&b, "From: %s\nTo: %s\nCall-ID: %s\nCSeq: %s\n%s", req.Get("from"), to, req.Get("call-id"), req.Get("cseq"), extra)
	return b.String()
}
