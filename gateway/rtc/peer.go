package rtc

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/ice/v4"
	"github.com/pion/rtcp"
	pionrtp "github.com/pion/rtp"
	"github.com/pion/srtp/v3"
	"github.com/pion/stun/v3"

	"decroche/media/rtp"
)

const (
	// iceFailed is never waited for: reconnect_for decides.
	iceFailed = 10 * time.Minute
	// iceAlive is how often pion asks, where a TURN server may be between: see peer.ask.
	iceAlive = 2 * time.Second
	// gatherFor bounds what STUN and TURN servers may take before the answer leaves.
	gatherFor = 2 * time.Second
	// dtlsFlight is the first wait before a handshake message is repeated; it doubles (RFC 6347 §4.2.4.1
	// asks for 1 s, which a caller would hear as silence).
	dtlsFlight = 250 * time.Millisecond
	// packetMost is the longest packet that is read.
	packetMost = 1500
)

// owner is who has a peer. It is called on the peer's goroutines and must not wait for them.
type owner interface {
	came(p *peer, packet []byte, at time.Time) // RTP or RTCP, decrypted; the bytes are the peer's
	joined(p *peer)                            // it may be sent to from now on
	lost(p *peer, why error)                   // and no longer; it may join again
}

// A peer is one connection to a browser: ICE finds the way, DTLS proves who is there and gives the
// keys, SRTP carries the sound. It has the goroutines of ICE, one that reads, and one for DTLS.
type peer struct {
	// constant after newPeer
	s     *Server
	owner owner
	offer *offer // the first; a restart changes credentials only
	agent *ice.Agent
	conn  *ice.Conn
	pipe  *dtlsPipe
	stop  context.CancelFunc

	consent *consent
	names   atomic.Pointer[names] // of ICE's checks, as they are now

	ready  atomic.Bool // keys are known and a way is: packets may be sent
	closed atomic.Bool
	once   sync.Once

	keyed atomic.Pointer[srtp.Context] // of what comes

	// guarded by hearing: the port's reader and the peer's own
	hearing sync.Mutex
	inRTP   pionrtp.Header
	inCtl   rtcp.Header

	// guarded by mu; who sends are the wheel and, at the end, who closes
	mu     sync.Mutex
	out    *srtp.Context
	outRTP pionrtp.Header
	outCtl rtcp.Header
	buf    []byte
	remote netip.AddrPort // what is routed to this peer; invalid while nothing is
	relays bool           // a TURN server is between
	heard  uint64         // answers that pion has counted; see ask
	dtls   *dtls.Conn
}

// newPeer makes a peer for an offer and gathers what its answer has to say. Nothing is sent before
// the far end has sent something, unless it has told where it is and we are not lite.
func newPeer(ctx context.Context, s *Server, o *offer, own owner) (*peer, error) {
	p := &peer{s: s, owner: own, offer: o}
	p.consent = &consent{lite: s.cfg.Lite, ask: p.ask, tell: p.found}
	agent, err := ice.NewAgentWithOptions(append(s.iceOptions(), ice.WithBindingRequestHandler(p.checked))...)
	if err != nil {
		return nil, fmt.Errorf("rtc: make an ICE agent: %w", err)
	}
	p.agent = agent
	if err := p.gather(ctx); err != nil {
		_ = agent.Close()
		return nil, err
	}
	return p, nil
}

// iceOptions are those of every agent.
func (s *Server) iceOptions() []ice.AgentOption {
	types := []ice.CandidateType{ice.CandidateTypeHost}
	opts := []ice.AgentOption{
		ice.WithUDPMux(s.mux), ice.WithICELite(s.cfg.Lite), ice.WithMulticastDNSMode(ice.MulticastDNSModeDisabled),
		ice.WithNetworkTypes([]ice.NetworkType{s.network}), ice.WithIncludeLoopback(), ice.WithLoggerFactory(s.pionLog),
		ice.WithDisconnectedTimeout(0), ice.WithFailedTimeout(iceFailed), ice.WithKeepaliveInterval(0), // consent decides
		ice.WithSTUNGatherTimeout(gatherFor), ice.WithHostAcceptanceMinWait(0), ice.WithPrflxAcceptanceMinWait(0),
		ice.WithSrflxAcceptanceMinWait(0), ice.WithRelayAcceptanceMinWait(time.Second), ice.WithDisableActiveTCP(),
	}
	var uris []*stun.URI
	for _, srv := range s.servers {
		uris = append(uris, srv.uri)
		if turn := srv.uri.Scheme; turn == stun.SchemeTypeTURN || turn == stun.SchemeTypeTURNS {
			opts = append(opts, ice.WithKeepaliveInterval(iceAlive))
		}
	}
	if len(uris) > 0 {
		types = append(types, ice.CandidateTypeServerReflexive, ice.CandidateTypeRelay)
		opts = append(opts, ice.WithUrls(uris))
		if m, ok := s.mux.(ice.UniversalUDPMux); ok {
			opts = append(opts, ice.WithUDPMuxSrflx(m))
		}
	}
	return append(opts, ice.WithCandidateTypes(types))
}

// gather waits until all our candidates are known.
func (p *peer) gather(ctx context.Context) error {
	done := make(chan struct{})
	var once sync.Once
	err := p.agent.OnCandidate(func(c ice.Candidate) {
		if c == nil {
			once.Do(func() { close(done) })
		}
	})
	if err == nil {
		err = p.agent.GatherCandidates()
	}
	if err != nil {
		return fmt.Errorf("rtc: look for our own addresses: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*gatherFor)
	defer cancel()
	select {
	case <-done:
	case <-ctx.Done(): // a server that does not answer must not cost the call
	}
	p.s.relayed(p.agent)
	return nil
}

// relayWarnEvery is how often it is said that no TURN server gave an address: every offer finds that out.
const relayWarnEvery = int64(time.Minute)

// relayed counts, and says once a minute, when TURN servers are configured and none gave an address.
func (s *Server) relayed(agent *ice.Agent) {
	turn := slices.IndexFunc(s.servers, func(v server) bool {
		return v.uri.Scheme == stun.SchemeTypeTURN || v.uri.Scheme == stun.SchemeTypeTURNS
	})
	if turn < 0 {
		return
	}
	list, err := agent.GetLocalCandidates()
	if err != nil || slices.ContainsFunc(list, func(c ice.Candidate) bool { return c.Type() == ice.CandidateTypeRelay }) {
		return
	}
	s.metrics.unrelayed.Inc()
	now, before := time.Now().UnixNano(), s.warned.Load()
	if (before == 0 || now-before > relayWarnEvery) && s.warned.CompareAndSwap(before, now) {
		s.log.Warn("no TURN server gave an address, so browsers behind strict firewalls cannot call; look at the server, and at username and credential of rtc.ice_servers", "server", s.servers[turn].uri.String())
	}
}

// answer fills in what the connection has to say.
func (p *peer) answer(a *answer) error {
	var err error
	if a.ufrag, a.pwd, err = p.agent.GetLocalUserCredentials(); err != nil {
		return fmt.Errorf("rtc: ICE credentials: %w", err)
	}
	list, err := p.agent.GetLocalCandidates()
	if err != nil {
		return fmt.Errorf("rtc: ICE candidates: %w", err)
	}
	a.lite, a.fingerprint, a.active, a.candidates = p.s.cfg.Lite, p.s.print, !p.offer.client, nil
	for _, c := range list {
		a.candidates = append(a.candidates, p.s.public(c)...)
	}
	if len(a.candidates) == 0 {
		return errors.New("rtc: no address of this machine can be told to the browser; look at rtc.listen and rtc.public_addresses")
	}
	return nil
}

// public is a candidate as browsers are told it: where routers map our addresses, theirs. The agent
// itself needs only its own.
func (s *Server) public(c ice.Candidate) []string {
	if c.Type() != ice.CandidateTypeHost || len(s.cfg.PublicAddresses) == 0 {
		return []string{c.Marshal()}
	}
	var out []string
	for _, a := range s.cfg.PublicAddresses {
		m, err := ice.NewCandidateHost(&ice.CandidateHostConfig{Network: "udp", Address: a, Port: c.Port(), Component: c.Component(), Foundation: c.Foundation(), Priority: c.Priority()})
		if err == nil {
			out = append(out, m.Marshal())
		}
	}
	return out
}

// start begins to connect. It returns at once; the owner learns by joined or lost what comes of it.
func (p *peer) start() error {
	err := p.agent.OnConnectionStateChange(func(st ice.ConnectionState) {
		switch st {
		case ice.ConnectionStateConnected, ice.ConnectionStateCompleted:
			p.consent.begin()
		case ice.ConnectionStateChecking:
			p.consent.end(errRestart)
		case ice.ConnectionStateDisconnected, ice.ConnectionStateFailed:
			p.consent.end(errSilent)
		}
	})
	if err == nil {
		err = p.agent.OnSelectedCandidatePairChange(p.selected)
	}
	if err == nil {
		err = p.named(p.offer.ufrag, p.offer.pwd)
	}
	if err == nil {
		p.add(p.offer.candidates)
		connect := p.agent.StartAccept
		if p.offer.lite && !p.s.cfg.Lite { // RFC 8445 §6.1.1: the full agent controls
			connect = p.agent.StartDial
		}
		p.conn, err = connect(p.offer.ufrag, p.offer.pwd)
	}
	if err != nil {
		return fmt.Errorf("rtc: begin to connect: %w", err)
	}
	p.pipe = newPipe(p.conn)
	var ctx context.Context
	ctx, p.stop = context.WithCancel(context.Background())
	p.s.peers.Go(p.read)
	p.s.peers.Go(func() { p.secure(ctx) })
	return nil
}

// names are what checks are signed with (RFC 8445 §7.2.2).
type names struct{ ours, theirs, password string }

// named notes the credentials that count from now on.
func (p *peer) named(theirs, password string) error {
	ours, _, err := p.agent.GetLocalUserCredentials()
	if err == nil {
		p.names.Store(&names{ours, theirs, password})
	}
	return err
}

// selected notes the way that ICE has found: sound from there passes ICE by.
func (p *peer) selected(local, remote ice.Candidate) {
	ip, err := netip.ParseAddr(remote.Address())
	to := netip.AddrPort{}
	if err == nil && local.Type() != ice.CandidateTypeRelay {
		to = netip.AddrPortFrom(ip.Unmap(), uint16(remote.Port()))
	}
	p.mu.Lock()
	before := p.remote
	p.remote, p.relays = to, local.Type() == ice.CandidateTypeRelay
	over := p.closed.Load()
	p.mu.Unlock()
	if before.IsValid() && (before != to || over) {
		p.s.port.unroute(before, p)
	}
	if to.IsValid() && !over {
		p.s.port.route(to, p)
	}
}

// ask sends a check of consent (RFC 7675 §5.1): a Binding request as ICE's own. Where a TURN server is
// between, only pion can; it asks by itself, and what it has counted stands for the answer.
func (p *peer) ask(id transaction) {
	p.mu.Lock()
	to, relays := p.remote, p.relays
	p.mu.Unlock()
	if relays {
		st, ok := p.agent.GetSelectedCandidatePairStats()
		p.mu.Lock()
		fresh := ok && st.ResponsesReceived != p.heard
		p.heard = st.ResponsesReceived
		p.mu.Unlock()
		if fresh {
			p.consent.answered(id, time.Now())
		}
		return
	}
	n := p.names.Load()
	if n == nil || !to.IsValid() {
		return
	}
	role := stun.Setter(ice.AttrControlled(tieBreaker))
	if p.offer.lite {
		role = ice.AttrControlling(tieBreaker)
	}
	m, err := stun.Build(stun.BindingRequest, stun.NewTransactionIDSetter(id), stun.NewUsername(n.theirs+":"+n.ours), role,
		ice.PriorityAttr(checkPriority), stun.NewShortTermIntegrity(n.password), stun.Fingerprint)
	if err == nil {
		p.s.metrics.checks.Inc()
		_, _ = p.s.port.WriteToAddrPort(m.Raw, to) // a lost one is as good as one without an answer
	}
}

const (
	// tieBreaker settles conflicts of roles, of which there are none left when consent is asked for.
	tieBreaker = 1
	// checkPriority is that of a peer-reflexive candidate (RFC 8445 §7.1.1).
	checkPriority = 110<<24 | 65535<<8 | 255
)

// checked notes a check of the browser's, whose signature pion has verified. It runs in pion's loop.
func (p *peer) checked(*stun.Message, ice.Candidate, ice.Candidate, *ice.CandidatePair) bool {
	p.consent.checked(time.Now())
	return false
}

// answered takes an answer to one of our checks; what is none is left to ICE. It runs on the port's
// reader, and b is its.
func (p *peer) answered(b []byte, at time.Time) bool {
	if len(b) < 20 || b[0] != 1 || b[1]&0xef != 1 { // success or error of Binding (RFC 8489 §5)
		return false
	}
	m := &stun.Message{Raw: slices.Clone(b)}
	if m.Decode() != nil || !p.consent.outstanding(m.TransactionID) {
		return false
	}
	n := p.names.Load()
	if n == nil || stun.NewShortTermIntegrity(n.password).Check(m) != nil {
		p.s.metrics.forged.Inc()
		return true
	}
	if m.Type == stun.BindingSuccess {
		p.consent.answered(m.TransactionID, at)
		return true
	}
	var code stun.ErrorCodeAttribute
	if code.GetFrom(m) == nil && code.Code == stun.CodeForbidden {
		p.consent.forbidden(m.TransactionID)
	}
	return true
}

var errGoodbye = errors.New("rtc: the browser closed the connection")

// add takes candidates of the far end. Names in the mDNS (RFC 8828) are passed over: the browser's
// checks show its address.
func (p *peer) add(list []string) {
	for _, text := range list {
		if c, err := ice.UnmarshalCandidate(text); err == nil && c.NetworkType() == p.s.network {
			_ = p.agent.AddRemoteCandidate(c)
		}
	}
}

// restart takes other credentials of the same browser and looks for a way anew (RFC 8445 §9). Until
// there is one nothing is sent.
func (p *peer) restart(ctx context.Context, ufrag, pwd string, candidates []string) error {
	err := p.agent.Restart("", "")
	if err == nil {
		err = p.agent.SetRemoteCredentials(ufrag, pwd)
	}
	if err == nil {
		err = p.named(ufrag, pwd)
	}
	if err != nil {
		return fmt.Errorf("rtc: ICE restart: %w", err)
	}
	p.add(candidates)
	return p.gather(ctx)
}

// found looks again whether there is a way and consent, and keys: then packets may be sent.
func (p *peer) found(why error) {
	p.mu.Lock()
	was := p.ready.Load()
	now := p.out != nil && !p.closed.Load() && p.consent.allowed()
	p.ready.Store(now)
	p.mu.Unlock()
	switch {
	case now && !was:
		p.owner.joined(p)
	case was && !now:
		p.s.metrics.lost(why)
		p.owner.lost(p, why)
	}
}

// read takes what comes by ICE, as RFC 7983 tells it apart.
func (p *peer) read() {
	buf := make([]byte, packetMost)
	for {
		n, err := p.conn.Read(buf)
		switch {
		case errors.Is(err, io.ErrShortBuffer):
			p.s.metrics.long.Inc()
			continue
		case err != nil:
			p.pipe.Close()
			return
		case n == 0:
		case buf[0] >= 20 && buf[0] <= 63:
			p.pipe.put(buf[:n])
		case buf[0] >= 128 && buf[0] <= 191:
			p.decrypt(buf[:n], time.Now())
		}
	}
}

// decrypt opens one packet of SRTP or SRTCP.
func (p *peer) decrypt(b []byte, at time.Time) {
	in := p.keyed.Load()
	if in == nil {
		p.s.metrics.early.Inc() // sound that has overtaken the handshake
		return
	}
	p.hearing.Lock()
	defer p.hearing.Unlock()
	var err error
	if rtp.IsRTCP(b) {
		b, err = in.DecryptRTCP(b, b, &p.inCtl)
	} else {
		b, err = in.DecryptRTP(b, b, &p.inRTP)
	}
	if err != nil {
		p.s.metrics.forged.Inc() // or repeated
		return
	}
	p.consent.heard(at)
	p.owner.came(p, b, at)
}

// send encrypts one packet of RTP or RTCP and sends it; while there is no way it is lost, as sound is
// that nobody hears.
func (p *peer) send(packet []byte) error {
	if !p.ready.Load() {
		p.s.metrics.noWay.Inc()
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var b []byte
	var err error
	if rtp.IsRTCP(packet) {
		b, err = p.out.EncryptRTCP(p.buf[:0], packet, &p.outCtl)
	} else {
		b, err = p.out.EncryptRTP(p.buf[:0], packet, &p.outRTP)
	}
	if err != nil {
		return fmt.Errorf("rtc: encrypt: %w", err)
	}
	if cap(b) > cap(p.buf) {
		p.buf = b
	}
	if p.remote.IsValid() {
		_, err = p.s.port.WriteToAddrPort(b, p.remote)
	} else {
		_, err = p.conn.Write(b)
	}
	return err
}

// secure waits for ICE, shakes hands by DTLS (RFC 5764) and then waits for its end.
func (p *peer) secure(ctx context.Context) {
	err := p.handshake(ctx)
	if err == nil {
		_, err = io.Copy(io.Discard, p.dtls) // nothing but the far end's goodbye comes
		if err == nil {
			err = errGoodbye
		}
	} else if ctx.Err() == nil {
		p.s.metrics.handshakes.WithLabelValues("failed").Inc()
		p.s.log.Info("a browser did not connect", "error", err)
	}
	p.closed.Store(true)
	p.ready.Store(false)
	p.owner.lost(p, err)
	p.close() // a goodbye takes consent back at once (RFC 7675 §5.2)
}

func (p *peer) handshake(ctx context.Context) error {
	c, cancel := context.WithTimeoutCause(ctx, p.s.cfg.ConnectTimeout, fmt.Errorf("rtc: no connection within %v (rtc.connect_timeout)", p.s.cfg.ConnectTimeout))
	defer cancel()
	if err := p.agent.AwaitConnect(c); err != nil {
		if cause := context.Cause(c); cause != nil {
			return cause
		}
		return fmt.Errorf("rtc: ICE: %w", err)
	}
	conn, err := p.dtlsConn()
	if err != nil {
		return fmt.Errorf("rtc: DTLS: %w", err)
	}
	p.mu.Lock()
	p.dtls = conn
	p.mu.Unlock()
	if err := conn.HandshakeContext(c); err != nil {
		return fmt.Errorf("rtc: DTLS: %w", err)
	}
	if err := p.keys(conn); err != nil {
		return err
	}
	p.s.metrics.handshakes.WithLabelValues("ok").Inc()
	p.found(nil)
	return nil
}

func (p *peer) dtlsConn() (*dtls.Conn, error) {
	shared := []dtls.Option{
		dtls.WithCertificates(p.s.cert), dtls.WithInsecureSkipVerify(true), // the fingerprint decides, not a root
		dtls.WithVerifyPeerCertificate(func(raw [][]byte, _ [][]*x509.Certificate) error {
			return verify(p.offer.fingerprints, raw)
		}),
		dtls.WithSRTPProtectionProfiles(dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80),
		dtls.WithExtendedMasterSecret(dtls.RequireExtendedMasterSecret),
		dtls.WithFlightInterval(dtlsFlight), dtls.WithLoggerFactory(p.s.pionLog),
	}
	if p.offer.client {
		opts := []dtls.ServerOption{dtls.WithClientAuth(dtls.RequireAnyClientCert), dtls.WithInsecureSkipVerifyHello(true)} // ICE has shown the address
		for _, o := range shared {
			opts = append(opts, o)
		}
		return dtls.ServerWithOptions(p.pipe, p.pipe.RemoteAddr(), opts...)
	}
	var opts []dtls.ClientOption
	for _, o := range shared {
		opts = append(opts, o)
	}
	return dtls.ClientWithOptions(p.pipe, p.pipe.RemoteAddr(), opts...)
}

// keys takes SRTP's keys out of the handshake (RFC 5764 §4.2).
func (p *peer) keys(conn *dtls.Conn) error {
	profile, ok := conn.SelectedSRTPProtectionProfile()
	state, known := conn.ConnectionState()
	if !ok || !known {
		return errors.New("rtc: DTLS: the browser did not agree to SRTP")
	}
	cfg := srtp.Config{Profile: srtp.ProtectionProfile(profile)}
	if err := cfg.ExtractSessionKeysFromDTLS(&state, !p.offer.client); err != nil {
		return fmt.Errorf("rtc: SRTP keys: %w", err)
	}
	in, err := srtp.CreateContext(cfg.Keys.RemoteMasterKey, cfg.Keys.RemoteMasterSalt, cfg.Profile, srtp.SRTPReplayProtection(256), srtp.SRTCPReplayProtection(64))
	if err != nil {
		return fmt.Errorf("rtc: SRTP: %w", err)
	}
	out, err := srtp.CreateContext(cfg.Keys.LocalMasterKey, cfg.Keys.LocalMasterSalt, cfg.Profile)
	if err != nil {
		return fmt.Errorf("rtc: SRTP: %w", err)
	}
	p.keyed.Store(in)
	p.mu.Lock()
	p.out, p.buf = out, make([]byte, 0, packetMost)
	p.mu.Unlock()
	return nil
}

// close says goodbye and ends everything; idempotent. It does not wait for the goroutines, so that
// the owner's callbacks may call it; Server.Close does.
func (p *peer) close() {
	p.once.Do(func() {
		p.closed.Store(true)
		p.ready.Store(false)
		if p.stop != nil {
			p.stop()
		}
		p.mu.Lock()
		conn := p.dtls
		p.mu.Unlock()
		if conn != nil {
			_ = conn.Close()
		}
		p.consent.end(nil)
		p.mu.Lock()
		at := p.remote
		p.mu.Unlock()
		if at.IsValid() {
			p.s.port.unroute(at, p)
		}
		_ = p.agent.Close()
	})
}
