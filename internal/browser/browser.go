// Package browser is a browser's end of a WebRTC call, made of software: pion/webrtc makes the
// connection, as another implementation than the gateway's own, and package media/rtp makes the
// sound. Tests, `decroche bench rtc` and everything that calls as a page would are made of it. A
// Browser is a leg.Leg.
package browser

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtcp"
	pionrtp "github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"decroche/gateway/leg"
	"decroche/media"
	"decroche/media/codec"
	"decroche/media/rtp"
)

// Host is a machine on which browsers run, with one clock for all of them.
type Host struct {
	// constant
	engine *rtp.Engine
	client *http.Client
}

// NewHost makes one. The engine is the caller's, and outlives the host.
func NewHost(engine *rtp.Engine) *Host {
	return &Host{engine: engine, client: &http.Client{Timeout: 30 * time.Second}}
}

// Close ends its HTTP connections.
func (h *Host) Close() { h.client.CloseIdleConnections() }

// port is a UDP port on loopback: a gateway tells browsers apart by theirs, so each connection has
// its own.
type port struct {
	udp *net.UDPConn
	mux *ice.UDPMuxDefault
}

func newPort() (*port, error) {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, fmt.Errorf("browser: listen: %w", err)
	}
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	return &port{c, ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: c, Logger: quiet.NewLogger("mux")})}, nil
}

func (p *port) close() {
	_ = p.mux.Close()
	_ = p.udp.Close()
}

// Options of a call.
type Options struct {
	URL    string // of the gateway's pages: http://127.0.0.1:8080
	Bot    string
	Lang   string
	Codecs []string // that are offered; empty: all, Opus first
	Video  bool     // also offer to show pictures
	Origin string   // of the page that calls; empty: none
	Path   string   // where offers go; empty: where callers' do
	IfFree bool     // only where no other page of the same user waits
	Bearer string   // token of whose browser it is; empty: nobody's
	// Only keeps of the gateway's candidates those that contain it, "typ relay"; empty: all.
	Only string
}

// Browser is one call. Receive is for one goroutine, Send for another.
type Browser struct {
	// constant after Call
	host *Host
	opt  Options
	info leg.Info

	media *rtp.Session
	track *track
	gone  chan struct{}
	over  sync.Once
	once  sync.Once

	// Status, Answered (the SDP), Location and Conversation are what the gateway answered.
	Status       int
	Answered     string
	Location     string
	Conversation string

	mu   sync.Mutex
	pc   *webrtc.PeerConnection
	port *port // of pc
}

// Refused is an answer that is none.
type Refused struct {
	Status     int
	Detail     string
	RetryAfter string
}

// Error implements error.
func (r *Refused) Error() string { return fmt.Sprintf("browser: %d: %s", r.Status, r.Detail) }

// Call makes a connection, offers it and waits until it stands.
func (h *Host) Call(ctx context.Context, opt Options) (*Browser, error) {
	b := &Browser{host: h, opt: opt, gone: make(chan struct{})}
	b.media = h.engine.OpenOver(wire{b}, rtp.Options{})
	q := url.Values{}
	if opt.Bot != "" {
		q.Set("bot", opt.Bot)
	}
	if opt.Lang != "" {
		q.Set("lang", opt.Lang)
	}
	path := opt.Path
	if path == "" {
		path = "/api/v1/webrtc/calls?" + q.Encode()
	}
	if err := b.connect(ctx, "POST", path); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

// Offer is what a browser would send, without a call.
func (h *Host) Offer(codecs []string) (string, error) {
	at, err := newPort()
	if err != nil {
		return "", err
	}
	defer at.close()
	api, err := at.api(codecs)
	if err != nil {
		return "", err
	}
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return "", fmt.Errorf("browser: %w", err)
	}
	defer pc.Close()
	if _, err = pc.AddTrack(&track{}); err != nil {
		return "", fmt.Errorf("browser: %w", err)
	}
	offer, err := pc.CreateOffer(nil)
	if err == nil {
		gathered := webrtc.GatheringCompletePromise(pc)
		if err = pc.SetLocalDescription(offer); err == nil {
			<-gathered
			return pc.LocalDescription().SDP, nil
		}
	}
	return "", fmt.Errorf("browser: offer: %w", err)
}

// Closed is closed when the gateway has ended the connection.
func (b *Browser) Closed() <-chan struct{} { return b.gone }

// Gone reports whether the gateway has ended the connection.
func (b *Browser) Gone() bool {
	select {
	case <-b.gone:
		return true
	default:
		return false
	}
}

// Return comes back to the call with a new connection, as a page does that was loaded again.
func (b *Browser) Return(ctx context.Context) error {
	b.mu.Lock()
	old := b.pc
	at := b.port
	b.pc, b.track, b.port = nil, nil, nil
	b.mu.Unlock()
	if old != nil {
		_ = old.Close()
	}
	if at != nil {
		at.close()
	}
	id := b.Location[strings.LastIndexByte(b.Location, '/')+1:]
	return b.connect(ctx, "POST", "/api/v1/webrtc/calls?session="+id)
}

// Cut takes the network away: nothing comes or goes any more, and nobody is told.
func (b *Browser) Cut() {
	b.mu.Lock()
	defer b.mu.Unlock()
	_ = b.port.udp.Close()
}

// Vanish closes the connection without a word to the gateway's API.
func (b *Browser) Vanish() {
	_ = b.current().Close()
}

// Restart looks for a way anew (ICE restart), as browsers do whose network has changed.
func (b *Browser) Restart(ctx context.Context) error {
	pc := b.current()
	return b.negotiate(ctx, pc, &webrtc.OfferOptions{ICERestart: true}, "PATCH", b.Location)
}

// current is the connection that counts; nil while there is none.
func (b *Browser) current() *webrtc.PeerConnection {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pc
}

// connect makes a peer connection and waits until it stands.
func (b *Browser) connect(ctx context.Context, method, path string) error {
	at, err := newPort()
	if err != nil {
		return err
	}
	b.mu.Lock()
	b.port = at
	b.mu.Unlock()
	api, err := at.api(b.opt.Codecs)
	if err != nil {
		return err
	}
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return fmt.Errorf("browser: %w", err)
	}
	b.mu.Lock()
	b.pc = pc
	b.mu.Unlock()
	t := &track{}
	sender, err := pc.AddTrack(t)
	if err == nil && b.opt.Video {
		_, err = pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
	}
	if err != nil {
		return fmt.Errorf("browser: %w", err)
	}
	up := make(chan struct{})
	var once sync.Once
	pc.OnConnectionStateChange(func(st webrtc.PeerConnectionState) {
		switch st {
		case webrtc.PeerConnectionStateConnected:
			once.Do(func() { close(up) })
		case webrtc.PeerConnectionStateClosed:
			if b.current() == pc {
				b.over.Do(func() { close(b.gone) })
			}
		}
	})
	pc.OnTrack(func(in *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
		go b.copy(r.Read)
		b.copy(in.Read)
	})
	go b.copy(sender.Read)
	if err := b.negotiate(ctx, pc, nil, method, path); err != nil {
		return err
	}
	if err := b.listen(pc, t); err != nil {
		return err
	}
	select {
	case <-up:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// copy hands what comes to the sound.
func (b *Browser) copy(read func([]byte) (int, interceptor.Attributes, error)) {
	buf := make([]byte, 1500)
	for {
		n, _, err := read(buf)
		if err != nil {
			return
		}
		b.media.Put(buf[:n], time.Now())
	}
}

// negotiate sends an offer and takes the answer.
func (b *Browser) negotiate(ctx context.Context, pc *webrtc.PeerConnection, opt *webrtc.OfferOptions, method, path string) error {
	offer, err := pc.CreateOffer(opt)
	if err != nil {
		return fmt.Errorf("browser: offer: %w", err)
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(offer); err != nil {
		return fmt.Errorf("browser: offer: %w", err)
	}
	<-gathered
	req, err := http.NewRequestWithContext(ctx, method, b.opt.URL+path, strings.NewReader(pc.LocalDescription().SDP))
	if err != nil {
		return fmt.Errorf("browser: %w", err)
	}
	req.Header.Set("Content-Type", "application/sdp")
	if b.opt.IfFree {
		req.Header.Set("If-None-Match", "*")
	}
	if b.opt.Bearer != "" {
		req.Header.Set("Authorization", "Bearer "+b.opt.Bearer)
	}
	if b.opt.Origin != "" {
		req.Header.Set("Origin", b.opt.Origin)
	}
	res, err := b.host.client.Do(req)
	if err != nil {
		return fmt.Errorf("browser: %w", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return fmt.Errorf("browser: read the answer: %w", err)
	}
	b.Status = res.StatusCode
	if res.StatusCode != http.StatusCreated && res.StatusCode != http.StatusOK {
		return &Refused{res.StatusCode, string(bytes.TrimSpace(body)), res.Header.Get("Retry-After")}
	}
	b.Location, b.Conversation = res.Header.Get("Location"), res.Header.Get("Decroche-Conversation")
	b.Answered = string(body)
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: kept(b.Answered, b.opt.Only)}); err != nil {
		return fmt.Errorf("browser: the answer cannot be used: %w\n%s", err, body)
	}
	return nil
}

// kept leaves out candidates that do not contain only.
func kept(sdp, only string) string {
	var b strings.Builder
	for l := range strings.Lines(sdp) {
		if !strings.HasPrefix(l, "a=candidate:") || strings.Contains(l, only) {
			b.WriteString(l)
		}
	}
	return b.String()
}

// listen puts what was agreed into force.
func (b *Browser) listen(pc *webrtc.PeerConnection, t *track) error {
	p := rtp.Params{EventType: -1, Ptime: media.FrameTime, Send: true, Receive: true, SSRC: t.ssrc()}
	for _, c := range pc.GetSenders()[0].GetParameters().Codecs {
		name := strings.TrimPrefix(c.MimeType, "audio/")
		if name == "telephone-event" {
			p.EventType = int(c.PayloadType)
		} else if info, err := codec.Lookup(name); err == nil && p.Codec == "" {
			p.Codec, p.Type = info.Name, uint8(c.PayloadType)
		}
	}
	if p.Codec == "" {
		return errors.New("browser: the answer has no codec")
	}
	b.mu.Lock()
	if b.info.ID == "" {
		info, _ := codec.Lookup(p.Codec)
		b.info = leg.Info{ID: b.Conversation, Codec: p.Codec, Rate: info.Rate, Tag: b.Conversation}
	}
	b.track = t
	b.mu.Unlock()
	b.media.Set(p)
	return nil
}

// Hangup implements leg.Leg: DELETE, then the connection closes.
func (b *Browser) Hangup(ctx context.Context, _ leg.Cause) error {
	defer b.close()
	if b.Location == "" {
		return nil
	}
	req, err := http.NewRequestWithContext(ctx, "DELETE", b.opt.URL+b.Location, nil)
	if err != nil {
		return fmt.Errorf("browser: %w", err)
	}
	res, err := b.host.client.Do(req)
	if err != nil {
		return fmt.Errorf("browser: %w", err)
	}
	return res.Body.Close()
}

func (b *Browser) close() {
	b.once.Do(func() {
		b.media.Close()
		b.mu.Lock()
		pc, at := b.pc, b.port
		b.mu.Unlock()
		if pc != nil {
			_ = pc.Close()
		}
		if at != nil {
			at.close()
		}
	})
}

// Info implements leg.Leg.
func (b *Browser) Info() leg.Info {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.info
}

// Answer implements leg.Leg; it was we who called.
func (b *Browser) Answer(context.Context) error { return nil }

// Receive implements leg.Leg.
func (b *Browser) Receive(ctx context.Context) (leg.Heard, error) {
	h, err := b.media.Receive(ctx)
	return leg.Heard{Frame: h.Frame, Digit: h.Digit}, err
}

// Send implements leg.Leg.
func (b *Browser) Send(ctx context.Context, f media.Frame) error { return b.media.Send(ctx, f) }

// Drain implements leg.Leg.
func (b *Browser) Drain(ctx context.Context) error { return b.media.Drain(ctx) }

// Flush implements leg.Leg.
func (b *Browser) Flush() time.Duration { return b.media.Flush() }

// SendDigits presses keys.
func (b *Browser) SendDigits(ctx context.Context, digits string) error {
	return b.media.SendDigits(ctx, digits)
}

// Codec and Play make it a leg.Player.
func (b *Browser) Codec() string { return b.media.Codec() }

// Play implements leg.Player.
func (b *Browser) Play(ctx context.Context, c *media.Clip) error { return b.media.Play(ctx, c) }

// Reception is what came so far.
func (b *Browser) Reception() rtp.Reception { return b.media.Reception() }

// wire is how a Browser's sound leaves.
type wire struct{ b *Browser }

// Send implements rtp.Wire.
func (w wire) Send(packet []byte) error {
	w.b.mu.Lock()
	t, pc := w.b.track, w.b.pc
	w.b.mu.Unlock()
	if t == nil {
		return nil
	}
	if rtp.IsRTCP(packet) {
		raw := rtcp.RawPacket(packet)
		return pc.WriteRTCP([]rtcp.Packet{&raw})
	}
	return t.send(packet)
}

// track is a microphone whose packets are complete already.
type track struct {
	bound atomic.Pointer[binding]
	h     pionrtp.Header
}

type binding struct {
	out  webrtc.TrackLocalWriter
	ssrc webrtc.SSRC
}

func (t *track) send(packet []byte) error {
	to := t.bound.Load()
	if to == nil {
		return nil
	}
	n, err := t.h.Unmarshal(packet)
	if err == nil {
		_, err = to.out.WriteRTP(&t.h, packet[n:])
	}
	return err
}

func (t *track) ssrc() uint32 {
	if to := t.bound.Load(); to != nil {
		return uint32(to.ssrc)
	}
	return 0
}

// Bind implements webrtc.TrackLocal.
func (t *track) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	t.bound.Store(&binding{c.WriteStream(), c.SSRC()})
	return c.CodecParameters()[0], nil
}

// Unbind implements webrtc.TrackLocal.
func (t *track) Unbind(webrtc.TrackLocalContext) error { return nil }

// ID implements webrtc.TrackLocal.
func (t *track) ID() string { return "microphone" }

// RID implements webrtc.TrackLocal.
func (t *track) RID() string { return "" }

// StreamID implements webrtc.TrackLocal.
func (t *track) StreamID() string { return "browser" }

// Kind implements webrtc.TrackLocal.
func (t *track) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeAudio }

// offered are the codecs as Chromium numbers them.
var offered = []struct {
	name  string
	typ   webrtc.PayloadType
	clock uint32
	ch    uint16
	fmtp  string
}{
	{"opus", 111, 48000, 2, "minptime=10;useinbandfec=1"}, {"G722", 9, 8000, 0, ""}, {"PCMU", 0, 8000, 0, ""}, {"PCMA", 8, 8000, 0, ""},
	{"telephone-event", 110, 48000, 0, "0-15"}, {"telephone-event", 126, 8000, 0, "0-15"},
}

// api makes connections that offer the codecs.
func (p *port) api(codecs []string) (*webrtc.API, error) {
	e := &webrtc.MediaEngine{}
	want := map[string]bool{"telephone-event": true}
	for _, name := range codecs {
		want[name] = true
	}
	for _, c := range offered {
		if len(codecs) > 0 && !want[c.name] {
			continue
		}
		err := e.RegisterCodec(webrtc.RTPCodecParameters{PayloadType: c.typ, RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: "audio/" + c.name, ClockRate: c.clock, Channels: c.ch, SDPFmtpLine: c.fmtp}}, webrtc.RTPCodecTypeAudio)
		if err != nil {
			return nil, fmt.Errorf("browser: %s: %w", c.name, err)
		}
	}
	err := e.RegisterCodec(webrtc.RTPCodecParameters{PayloadType: 96, RTPCodecCapability: webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}}, webrtc.RTPCodecTypeVideo)
	if err != nil {
		return nil, fmt.Errorf("browser: video: %w", err)
	}
	var s webrtc.SettingEngine
	s.SetICEUDPMux(p.mux)
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	s.LoggerFactory = quiet
	s.SetIncludeLoopbackCandidate(true)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	return webrtc.NewAPI(webrtc.WithMediaEngine(e), webrtc.WithSettingEngine(s), webrtc.WithInterceptorRegistry(&interceptor.Registry{})), nil
}
