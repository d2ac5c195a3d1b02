package peer

import (
	"encoding/binary"
	"fmt"
	"math"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"
)

// Behaviour is what a Phone does with a call.
type Behaviour struct {
	Ring        time.Duration // how long it rings
	Status      int           // 0 or 200 answers; anything else refuses after ringing
	Never       bool          // rings until it is cancelled
	Deaf        bool          // says nothing at all, not even 100
	Hum         float64       // Hz sent after answering; 0 sends silence
	Says        []int16       // said once after answering, at 8 kHz; Hum follows
	Mute        bool          // answers, but sends no packet
	HangupAfter time.Duration // BYE so long after answering; 0 waits for the other side
}

// Phone is a telephone for tests: it rings, answers or refuses, hums a tone, writes down what it
// hears. It shares no code with the gateway, not even the law of its codec.
type Phone struct {
	t     testing.TB
	raw   *Raw
	wg    sync.WaitGroup
	stop  chan struct{}
	calls chan *PhoneCall

	mu   sync.Mutex
	does Behaviour
	live map[string]*PhoneCall // by Call-ID
}

// PhoneCall is one call that reached a Phone.
type PhoneCall struct {
	Invite   Message
	Answered chan struct{} // closed at the ACK of the 200
	Ended    chan struct{} // closed by BYE from either side, CANCEL, or a refusal

	phone *Phone
	rtp   *net.UDPConn
	tag   string
	hum   float64
	once  sync.Once
	quit  chan struct{}
	keys  chan key // pressed on it

	mu        sync.Mutex
	says      []int16 // not said yet
	heard     []int16
	digits    string
	lastKey   uint32
	cancelled bool
	remote    netip.AddrPort
	answered  bool
}

// NewPhone starts a phone on a free port of loopback; it is put away when the test ends.
func NewPhone(t testing.TB, does Behaviour) *Phone {
	t.Helper()
	p := &Phone{t: t, raw: NewRaw(t), stop: make(chan struct{}), calls: make(chan *PhoneCall, 1000), does: does, live: map[string]*PhoneCall{}}
	p.wg.Go(p.run)
	t.Cleanup(func() {
		close(p.stop)
		p.mu.Lock()
		for _, c := range p.live {
			c.end()
		}
		p.mu.Unlock()
		p.wg.Wait()
	})
	return p
}

// Addr is host:port.
func (p *Phone) Addr() string { return p.raw.Addr() }

// URI is a SIP address that reaches the phone.
func (p *Phone) URI(user string) string { return "sip:" + user + "@" + p.Addr() }

// Does changes what the next calls meet.
func (p *Phone) Does(b Behaviour) {
	p.mu.Lock()
	p.does = b
	p.mu.Unlock()
}

// Next waits for the next call.
func (p *Phone) Next(d time.Duration) *PhoneCall {
	p.t.Helper()
	select {
	case c := <-p.calls:
		return c
	case <-time.After(d):
		p.t.Fatalf("peer: no call within %v", d)
		return nil
	}
}

func (p *Phone) run() {
	for {
		m, ok := p.next()
		if !ok {
			return
		}
		p.mu.Lock()
		c := p.live[m.Get("call-id")]
		does := p.does
		p.mu.Unlock()
		switch m.Method() {
		case "INVITE":
			if c == nil && !does.Deaf {
				p.begin(m, does)
			}
		case "ACK":
			if c != nil {
				c.acked()
			}
		case "CANCEL":
			p.raw.Reply(m, 200, "OK", "p", "")
			if c != nil && !c.isAnswered() {
				c.mu.Lock()
				c.cancelled = true
				c.mu.Unlock()
				p.raw.Reply(c.Invite, 487, "Request Terminated", c.tag, "")
				c.end()
			}
		case "BYE":
			if c == nil {
				p.raw.Reply(m, 481, "Call/Transaction Does Not Exist", "p", "")
				continue
			}
			p.raw.Reply(m, 200, "OK", c.tag, "")
			c.end()
		default:
			p.raw.Reply(m, 200, "OK", "p", "")
		}
	}
}

// next returns the next request; responses to our BYE are of no interest.
func (p *Phone) next() (Message, bool) {
	for {
		p.raw.mu.Lock()
		if len(p.raw.got) > 0 {
			m := p.raw.got[0]
			p.raw.got = p.raw.got[1:]
			p.raw.mu.Unlock()
			if m.Status() == 0 {
				return m, true
			}
			continue
		}
		wake := p.raw.wake
		p.raw.mu.Unlock()
		select {
		case <-wake:
		case <-p.stop:
			return Message{}, false
		}
	}
}

func (p *Phone) begin(m Message, does Behaviour) {
	rtp, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		p.t.Errorf("peer: %v", err)
		return
	}
	c := &PhoneCall{Invite: m, Answered: make(chan struct{}), Ended: make(chan struct{}), phone: p, rtp: rtp,
		tag: fmt.Sprintf("phone%d", counter.Add(1)), hum: does.Hum, quit: make(chan struct{}), keys: make(chan key)}
	p.mu.Lock()
	p.live[m.Get("call-id")] = c
	p.mu.Unlock()
	p.raw.Reply(m, 100, "Trying", "", "")
	p.raw.Reply(m, 180, "Ringing", c.tag, c.contact())
	p.wg.Go(func() { c.listen() })
	p.wg.Go(func() { c.live(does) })
	p.calls <- c
}

func (c *PhoneCall) contact() string { return "Contact: <sip:phone@" + c.phone.Addr() + ">\n" }

// live is the course of the call.
func (c *PhoneCall) live(does Behaviour) {
	if does.Never {
		<-c.quit
		return
	}
	if !c.sleep(does.Ring) {
		return
	}
	if does.Status != 0 && does.Status != 200 {
		c.phone.raw.Reply(c.Invite, does.Status, "Refused", c.tag, "")
		c.end()
		return
	}
	c.mu.Lock()
	c.answered, c.says = true, does.Says
	c.mu.Unlock()
	port := c.rtp.LocalAddr().(*net.UDPAddr).Port
	body := fmt.Sprintf("Content-Type: application/sdp\n\nv=0\no=phone 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\n"+
		"m=audio %d RTP/AVP 8 101\na=rtpmap:101 telephone-event/8000\n", port)
	c.setRemote(c.Invite.Body)
	for range 7 { // repeated until the ACK comes
		c.phone.raw.Reply(c.Invite, 200, "OK", c.tag, c.contact()+body)
		select {
		case <-c.Answered:
		case <-c.quit:
			return
		case <-time.After(500 * time.Millisecond):
			continue
		}
		break
	}
	if !does.Mute {
		c.phone.wg.Go(c.speak)
	}
	if does.HangupAfter > 0 && c.sleep(does.HangupAfter) {
		c.Hangup()
	}
}

func (c *PhoneCall) sleep(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-c.quit:
		return false
	}
}

func (c *PhoneCall) setRemote(sdp string) {
	var ip, port string
	for _, line := range strings.Split(sdp, "\n") {
		f := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "c=") && len(f) == 3:
			ip = f[2]
		case strings.HasPrefix(line, "m=audio") && len(f) > 2:
			port = f[1]
		}
	}
	if a, err := netip.ParseAddrPort(net.JoinHostPort(ip, port)); err == nil {
		c.mu.Lock()
		c.remote = a
		c.mu.Unlock()
	}
}

func (c *PhoneCall) isAnswered() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.answered
}

func (c *PhoneCall) acked() {
	if !c.isAnswered() {
		return
	}
	select {
	case <-c.Answered:
	default:
		close(c.Answered)
	}
}

func (c *PhoneCall) end() {
	c.once.Do(func() {
		close(c.quit)
		close(c.Ended)
		c.rtp.Close()
	})
}

// Hangup sends BYE.
func (c *PhoneCall) Hangup() {
	m := c.Invite
	c.phone.raw.Send(m.From.String(), fmt.Sprintf("BYE %s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bK-phone-%d;rport\nFrom: %s;tag=%s\nTo: %s\nCall-ID: %s\nCSeq: 1 BYE\nMax-Forwards: 70\n",
		m.ContactURI(), c.phone.Addr(), counter.Add(1), m.Get("to"), c.tag, m.Get("from"), m.Get("call-id")))
	c.end()
}

// Cancelled reports whether the caller gave up before the phone answered.
func (c *PhoneCall) Cancelled() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cancelled
}

// Heard is the sound that came, at 8 kHz, packet after packet.
func (c *PhoneCall) Heard() []int16 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]int16(nil), c.heard...)
}

// Digits are the keys that came as RTP events.
func (c *PhoneCall) Digits() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.digits
}

// Hears waits until freq stands clearly in what came.
func (c *PhoneCall) Hears(freq float64, d time.Duration) bool {
	end := time.Now().Add(d)
	for time.Now().Before(end) {
		if pcm := c.Heard(); len(pcm) > 1600 && Power(pcm[len(pcm)-1600:], freq) > 0.3 {
			return true
		}
		time.Sleep(20 * time.Millisecond)
	}
	return false
}

func (c *PhoneCall) listen() {
	buf := make([]byte, 2000)
	for {
		n, _, err := c.rtp.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		if n <= 12 {
			continue
		}
		payload := buf[12:n]
		c.mu.Lock()
		switch buf[1] & 0x7f {
		case 8:
			for _, b := range payload {
				c.heard = append(c.heard, expandA(b))
			}
		case 101:
			if ts := binary.BigEndian.Uint32(buf[4:]); ts != c.lastKey && payload[0] < 16 {
				c.lastKey = ts
				c.digits += string("0123456789*#ABCD"[payload[0]])
			}
		}
		c.mu.Unlock()
	}
}

// Say lets the phone say pcm, at 8 kHz, after what it is saying.
func (c *PhoneCall) Say(pcm []int16) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.says = append(c.says, pcm...)
}

// saying takes the next packet of what the phone says; nil when it has nothing to say.
func (c *PhoneCall) saying() []int16 {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := min(160, len(c.says))
	out := c.says[:n]
	c.says = c.says[n:]
	return out
}

// speak sends a packet each 20 ms until the call ends.
func (c *PhoneCall) speak() {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	pkt := make([]byte, 172)
	pkt[0], pkt[1] = 0x80, 8
	binary.BigEndian.PutUint32(pkt[8:], uint32(counter.Add(1)))
	var pressed *key
	for n := 0; ; n++ {
		binary.BigEndian.PutUint16(pkt[2:], uint16(n))
		size := len(pkt)
		if pressed == nil {
			select {
			case k := <-c.keys:
				pressed = &k
			default:
			}
		}
		if pressed != nil {
			var last bool
			if size, last = pressed.packet(pkt, uint32(160*n)); last {
				close(pressed.done)
				pressed = nil
			}
		} else {
			pkt[1] = 8
			binary.BigEndian.PutUint32(pkt[4:], uint32(160*n))
			said := c.saying()
			for i := range 160 {
				s := int16(8000 * math.Sin(2*math.Pi*c.hum*float64(160*n+i)/8000))
				if i < len(said) {
					s = said[i]
				}
				pkt[12+i] = compressA(s)
			}
		}
		c.mu.Lock()
		to := c.remote
		c.mu.Unlock()
		if to.IsValid() {
			c.rtp.WriteToUDPAddrPort(pkt[:size], to)
		}
		select {
		case <-tick.C:
		case <-c.quit:
			return
		}
	}
}

// expandA and compressA are A-law by its definition, bit by bit, not by the gateway's tables.
func expandA(b byte) int16 {
	b ^= 0x55
	v := int(b&0x0f)<<4 + 8
	if e := int(b>>4) & 7; e > 0 {
		v = (v + 0x100) << (e - 1)
	}
	if b&0x80 == 0 {
		v = -v
	}
	return int16(v)
}

func compressA(s int16) byte {
	sign, v := byte(0x80), int(s)
	if v < 0 {
		sign, v = 0, -v-1
	}
	v = min(v, 32635)
	e := 0
	for v>>(e+8) > 0 && e < 7 {
		e++
	}
	shift := 4
	if e > 1 {
		shift = e + 3
	}
	return (sign | byte(e<<4) | byte(v>>shift)&0x0f) ^ 0x55
}

// Power is how strong freq is in pcm at 8 kHz: about 1 for a sine of amplitude 8000 (Goertzel).
func Power(pcm []int16, freq float64) float64 {
	w := 2 * math.Cos(2*math.Pi*freq/8000)
	var a, b float64
	for _, s := range pcm {
		a, b = float64(s)+w*a-b, a
	}
	return math.Sqrt(a*a+b*b-w*a*b) * 2 / float64(len(pcm)) / 8000
}
