package line

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"decroche/media/codec"
)

// conn is one connection of a call: ICE, DTLS and SRTP.
type conn struct {
	pc *webrtc.PeerConnection

	mu    sync.Mutex
	state webrtc.PeerConnectionState // guarded by mu
	bound *binding                   // guarded by mu
	moved chan struct{}              // guarded by mu: closed when state changes
}

// binding is where our packets go, and as what.
type binding struct {
	out  webrtc.TrackLocalWriter
	ssrc uint32
	typ  uint8
	info codec.Info
}

// offered are the codecs that we know, as browsers number them.
var offered = map[string]webrtc.RTPCodecParameters{
	"opus": {PayloadType: 111, RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1"}},
	"PCMU": {PayloadType: 0, RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMU, ClockRate: 8000}},
}

// Codecs are those that may be offered.
var Codecs = []string{"opus", "PCMU"}

// newConn makes a connection that is not offered yet. changed is called when its state has changed.
func newConn(opt Options, into *ear, changed func()) (*conn, error) {
	api, err := newAPI(opt)
	if err != nil {
		return nil, err
	}
	c := &conn{state: webrtc.PeerConnectionStateNew, moved: make(chan struct{})}
	if c.pc, err = api.NewPeerConnection(webrtc.Configuration{ICEServers: opt.ICEServers}); err != nil {
		return nil, fmt.Errorf("line: %w", err)
	}
	sender, err := c.pc.AddTrack(microphone{c})
	if err != nil {
		_ = c.pc.Close()
		return nil, fmt.Errorf("line: %w", err)
	}
	go drain(sender.Read)
	c.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		c.mu.Lock()
		c.state = s
		close(c.moved)
		c.moved = make(chan struct{})
		c.mu.Unlock()
		changed()
	})
	c.pc.OnTrack(func(in *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
		go drain(r.Read)
		into.listen(in)
	})
	return c, nil
}

// newAPI makes connections that offer the codecs of opt.
func newAPI(opt Options) (*webrtc.API, error) {
	e := &webrtc.MediaEngine{}
	for _, name := range opt.Codecs {
		p, ok := offered[name]
		if !ok {
			return nil, fmt.Errorf("line: %q is no codec that a speaker has; use %v", name, Codecs)
		}
		if err := e.RegisterCodec(p, webrtc.RTPCodecTypeAudio); err != nil {
			return nil, fmt.Errorf("line: offer %s: %w", name, err)
		}
	}
	chain := &interceptor.Registry{}
	if err := webrtc.ConfigureRTCPReports(chain); err != nil { // the far end learns of loss, and sends copies
		return nil, fmt.Errorf("line: %w", err)
	}
	var s webrtc.SettingEngine
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	s.LoggerFactory = quiet
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	s.SetICETimeouts(2*time.Second, 6*time.Second, 500*time.Millisecond) // unreachable, given up, asked how the way is
	s.SetIncludeLoopbackCandidate(onThisMachine(opt.URL))
	return webrtc.NewAPI(webrtc.WithMediaEngine(e), webrtc.WithSettingEngine(s), webrtc.WithInterceptorRegistry(chain)), nil
}

func onThisMachine(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// drain reads RTCP, which the interceptors look at on the way.
func drain(read func([]byte) (int, interceptor.Attributes, error)) {
	for buf := make([]byte, 1500); ; {
		if _, _, err := read(buf); err != nil {
			return
		}
	}
}

// offer makes an offer with all candidates in it.
func (c *conn) offer(ctx context.Context, restart bool) (string, error) {
	o, err := c.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: restart})
	if err != nil {
		return "", fmt.Errorf("line: offer: %w", err)
	}
	gathered := webrtc.GatheringCompletePromise(c.pc)
	if err := c.pc.SetLocalDescription(o); err != nil {
		return "", fmt.Errorf("line: offer: %w", err)
	}
	select {
	case <-gathered:
		return c.pc.LocalDescription().SDP, nil
	case <-ctx.Done():
		return "", fmt.Errorf("line: look for ways to the gateway: %w", context.Cause(ctx))
	}
}

// take puts the gateway's answer into force.
func (c *conn) take(answer string) error {
	if err := c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
		return fmt.Errorf("line: the gateway's answer cannot be used: %w", err)
	}
	return nil
}

// wait returns when sound can flow.
func (c *conn) wait(ctx context.Context, within time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, within, fmt.Errorf("line: no way for sound within %v; open the gateway's UDP port (rtc.listen) for this device, or give it a TURN server", within))
	defer cancel()
	for {
		c.mu.Lock()
		state, moved := c.state, c.moved
		c.mu.Unlock()
		switch state {
		case webrtc.PeerConnectionStateConnected:
			return nil
		case webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed:
			return fmt.Errorf("line: the connection is %v", state)
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (c *conn) now() webrtc.PeerConnectionState {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

func (c *conn) connected() bool { return c.now() == webrtc.PeerConnectionStateConnected }

// lost tells whether the connection no longer carries sound.
func (c *conn) lost() bool {
	switch c.now() {
	case webrtc.PeerConnectionStateDisconnected, webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed:
		return true
	}
	return false
}

// mayRestart tells whether another way may be found for this connection: what the far end has closed
// is over.
func (c *conn) mayRestart() bool {
	return c.now() != webrtc.PeerConnectionStateClosed && c.pc.SignalingState() == webrtc.SignalingStateStable
}

func (c *conn) close() { _ = c.pc.Close() }

// send sends one packet; without a way for it, it is lost, as on any line.
func (c *conn) send(seq uint16, ts uint32, b *binding, payload []byte) {
	h := rtp.Header{Version: 2, PayloadType: b.typ, SequenceNumber: seq, Timestamp: ts, SSRC: b.ssrc}
	_, _ = b.out.WriteRTP(&h, payload)
}

func (c *conn) binding() *binding {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bound
}

// microphone is our track, whose codec is whatever was agreed.
type microphone struct{ c *conn }

// Bind implements webrtc.TrackLocal.
func (m microphone) Bind(t webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	p := t.CodecParameters()[0]
	info, err := codec.Lookup(p.MimeType[len("audio/"):])
	if err != nil {
		return p, fmt.Errorf("line: %w", err)
	}
	m.c.mu.Lock()
	m.c.bound = &binding{t.WriteStream(), uint32(t.SSRC()), uint8(p.PayloadType), info}
	m.c.mu.Unlock()
	return p, nil
}

// Unbind implements webrtc.TrackLocal.
func (m microphone) Unbind(webrtc.TrackLocalContext) error {
	m.c.mu.Lock()
	defer m.c.mu.Unlock()
	m.c.bound = nil
	return nil
}

// ID implements webrtc.TrackLocal.
func (microphone) ID() string { return "microphone" }

// RID implements webrtc.TrackLocal.
func (microphone) RID() string { return "" }

// StreamID implements webrtc.TrackLocal.
func (microphone) StreamID() string { return "speaker" }

// Kind implements webrtc.TrackLocal.
func (microphone) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeAudio }
