package sip

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"decroche/media"
	"decroche/media/codec"
	"decroche/media/rtp"
)

// Payload types that our own offers give telephone-event, at the clock of telephones and at that of
// Opus (RFC 4733 §2.1: an event shares the timestamps of the sound beside it); answers take the
// number that was offered. noiseType is comfort noise (RFC 3389 §4), which we hear and never send.
const (
	ourEventType     = 101
	ourFastEventType = 110
	noiseType        = 13
)

// opusWants is what we tell senders of Opus (RFC 7587 §6.1): we can use copies of lost packets, we
// hear up to 8 kHz, and have no more to say; silence need not be sent.
const opusWants = "useinbandfec=1;maxplaybackrate=16000;sprop-maxcapturerate=16000;usedtx=1"

// errNoCommon means that offer and answer have no codec we speak: 488 (RFC 3261 §21.4.26).
var errNoCommon = errors.New("no common audio codec")

// A targetError says why media cannot go where a description wants them: 488, like errNoCommon.
type targetError string

func (e targetError) Error() string        { return "media target refused: " + string(e) }
func (e targetError) Is(target error) bool { return target == errNoCommon }

// endpoint is our side of a media description: pure data, no socket.
type endpoint struct {
	addr   string // IP or host name written into c= and o=
	port   int    // RTP port; RTCP is port+1
	codecs []string
	id     uint64                      // o= session id
	peer   netip.Addr                  // where the far end's signalling comes from
	owns   func(a netip.AddrPort) bool // tells our own sockets; nil: none is known
	rate   int                         // of the leg's frames, when it was told before a codec was agreed; else 0
	way    mediaWay                    // what may be agreed to
	sealed bool                        // our offers are encrypted
	keys   *keyring                    // ours; nil only where nothing can be agreed to be encrypted
}

// offerText is the offer we make: all our codecs, keys, both directions.
func (e endpoint) offerText(version uint64, dir string) string {
	var b strings.Builder
	e.head(&b, version)
	var all formats
	noise := false
	for _, name := range e.codecs {
		if info, err := codec.Lookup(name); err == nil {
			all.codec(info.Type, info)
			noise = noise || info.Clock == media.PhoneRate
		}
	}
	if noise {
		all.add(noiseType, "CN/8000", "")
		all.event(ourEventType, media.PhoneRate)
	}
	if slices.Contains(e.codecs, "opus") {
		all.event(ourFastEventType, 48000)
	}
	all.section(&b, e.port, e.proto())
	if e.sealed {
		b.WriteString(e.keys.offer())
	}
	fmt.Fprintf(&b, "a=ptime:20\r\na=%s\r\n", dir)
	return b.String()
}

// proto is the protocol of our offers.
func (e endpoint) proto() string {
	if e.sealed {
		return "RTP/SAVP"
	}
	return "RTP/AVP"
}

// formats are the payload types of a section of ours, with what explains them.
type formats struct{ types, maps string }

func (f *formats) add(pt uint8, name, params string) {
	f.types += " " + strconv.Itoa(int(pt))
	f.maps += fmt.Sprintf("a=rtpmap:%d %s\r\n", pt, name)
	if params != "" {
		f.maps += fmt.Sprintf("a=fmtp:%d %s\r\n", pt, params)
	}
}

func (f *formats) codec(pt uint8, info codec.Info) {
	name, params := fmt.Sprintf("%s/%d", info.Name, info.Clock), ""
	if info.Channels > 0 {
		name += "/" + strconv.Itoa(info.Channels)
	}
	if info.Name == "opus" {
		params = opusWants
	}
	f.add(pt, name, params)
}

func (f *formats) event(pt uint8, clock int) {
	f.add(pt, fmt.Sprintf("telephone-event/%d", clock), "0-15")
}

// section writes the m= line and the formats.
func (f *formats) section(b *strings.Builder, port int, proto string) {
	fmt.Fprintf(b, "m=audio %d %s%s\r\n%s", port, proto, f.types, f.maps)
}

func (e endpoint) head(b *strings.Builder, version uint64) {
	family := "IP4"
	if a, err := netip.ParseAddr(e.addr); err == nil && a.Is6() {
		family = "IP6"
	}
	fmt.Fprintf(b, "v=0\r\no=- %d %d IN %s %s\r\ns=-\r\nc=IN %s %s\r\nt=0 0\r\n",
		e.id, version, family, e.addr, family, e.addr)
}

// choice is the section of an offer (or answer) that we take, with its numbers.
type choice struct {
	index int
	audio format
	info  codec.Info
	event int     // payload type of telephone-event at the codec's clock, -1 when there is none
	noise bool    // comfort noise was offered beside a codec that uses it
	seal  *crypto // the far end's key, of the first suite that we have too; nil for plain sound
}

// choose picks the first audio section that has a codec of ours, in the far end's order of
// preference (RFC 3264 §6.1).
func (e endpoint) choose(d *description) (choice, error) {
	for i := range d.media {
		s := &d.media[i]
		if s.kind != "audio" || s.port == 0 || !e.way.takes(s) {
			continue
		}
		if c, ok := e.pick(s.formatList()); ok {
			c.index = i
			if s.proto == "RTP/SAVP" {
				c.seal = &s.cryptos()[0]
			}
			return c, nil
		}
	}
	return choice{}, errNoCommon
}

// pick takes the first codec of a section that is ours, and what belongs to it.
func (e endpoint) pick(list []format) (c choice, ok bool) {
	c.event = -1
	for _, f := range list {
		if info, known := e.knows(f); known {
			c.audio, c.info, ok = f, info, true
			break
		}
	}
	for _, f := range list {
		switch {
		case f.name == "TELEPHONE-EVENT" && f.rate == c.info.EventClock() && c.event < 0:
			c.event = int(f.pt)
		case f.name == "CN" && f.pt == noiseType && f.rate == c.info.Clock:
			c.noise = true
		}
	}
	return c, ok
}

// knows tells whether a format is a codec that we were told to speak, with the clock and the
// channels that it has.
func (e endpoint) knows(f format) (codec.Info, bool) {
	info, err := codec.Lookup(f.name)
	if err != nil || !slices.Contains(e.codecs, info.Name) || f.rate != info.Clock {
		return info, false
	}
	return info, f.channels == info.Channels || info.Channels == 0 && f.channels == 1
}

// settle derives the media parameters from the far end's section. A target that is a group of
// hosts or a socket of ours is refused, and so is an RTP port that leaves none for RTCP.
func (e endpoint) settle(d *description, c choice) (rtp.Params, error) {
	s := &d.media[c.index]
	dir := s.direction(d)
	addr, err := s.address(d)
	if err != nil {
		return rtp.Params{}, err
	}
	ok := addr.IsValid()
	bitrate, _ := strconv.Atoi(c.audio.param("maxaveragebitrate"))
	p := rtp.Params{
		Codec:     c.info.Name,
		Type:      c.audio.pt,
		Rate:      e.rate,
		EventType: c.event,
		FEC:       c.audio.param("useinbandfec") == "1",
		DTX:       c.audio.param("usedtx") == "1",
		Bitrate:   max(bitrate, 0),
		Source:    e.peer.Unmap(),
		Ptime:     20 * time.Millisecond,
		Send:      ok && (dir == "sendrecv" || dir == "recvonly"),
		Receive:   dir == "sendrecv" || dir == "sendonly",
	}
	if ok {
		p.Remote = netip.AddrPortFrom(addr, uint16(s.port))
		p.RemoteRTCP = neighbour(p.Remote)
	}
	if _, mux := s.attr("rtcp-mux"); mux {
		p.Mux = true
		p.RemoteRTCP = p.Remote
	} else if v, has := s.attr("rtcp"); has && ok {
		p.RemoteRTCP = rtcpAddress(v, p.RemoteRTCP, addr)
	}
	switch {
	case !ok:
	case e.owns != nil && e.owns(p.Remote):
		return rtp.Params{}, targetError(p.Remote.String() + " is a socket of ours")
	case !p.RemoteRTCP.IsValid():
		return rtp.Params{}, targetError("no port above 65535 for RTCP")
	case e.owns != nil && e.owns(p.RemoteRTCP):
		p.RemoteRTCP = netip.AddrPort{} // a call without reports is still one
	}
	if v, has := s.attr("ptime"); has {
		if ms, err := strconv.Atoi(v); err == nil && ms > 20 && ms <= 200 {
			p.Ptime = time.Duration(ms/20*20) * time.Millisecond
		}
	}
	p.Held = !ok || dir != "sendrecv"
	if c.seal != nil {
		if p.Secure, err = e.keys.agree(*c.seal); err != nil {
			return rtp.Params{}, targetError(err.Error())
		}
	}
	return p, nil
}

// neighbour is where RTCP goes when nothing else was said (RFC 3550 §11), invalid above port 65535.
func neighbour(a netip.AddrPort) netip.AddrPort {
	if a.Port() == 65535 {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(a.Addr(), a.Port()+1)
}

// rtcpAddress reads a=rtcp:PORT [IN IP4 ADDR] (RFC 3605); addr is that of the section. What is no
// such attribute, or names no single host, is fallback.
func rtcpAddress(v string, fallback netip.AddrPort, addr netip.Addr) netip.AddrPort {
	f := strings.Fields(v)
	if len(f) == 0 {
		return fallback
	}
	port, err := strconv.ParseUint(f[0], 10, 16)
	if err != nil || port == 0 {
		return fallback
	}
	if len(f) == 4 {
		if a, err := netip.ParseAddr(f[3]); err == nil {
			addr = a.Unmap()
		}
	}
	if !oneHost(addr) {
		return fallback
	}
	return netip.AddrPortFrom(addr, uint16(port))
}

// answerTo answers an offer: the same sections in the same order, one codec, keys under the number
// that was offered, everything else refused with port 0 (RFC 3264 §6).
func (e endpoint) answerTo(d *description, version uint64) (string, rtp.Params, error) {
	c, err := e.choose(d)
	if err != nil {
		return "", rtp.Params{}, err
	}
	a, err := e.settle(d, c)
	if err != nil {
		return "", rtp.Params{}, err
	}
	var b strings.Builder
	e.head(&b, version)
	for i := range d.media {
		s := &d.media[i]
		if i != c.index {
			fmt.Fprintf(&b, "m=%s 0 %s %s\r\n", s.kind, s.proto, strings.Join(s.formats, " "))
			continue
		}
		var all formats
		all.codec(c.audio.pt, c.info)
		if c.noise {
			all.add(noiseType, "CN/8000", "")
		}
		if c.event >= 0 {
			all.event(uint8(c.event), c.info.EventClock())
		}
		all.section(&b, e.port, s.proto)
		if c.seal != nil {
			fmt.Fprintf(&b, "a=crypto:%v\r\n", crypto{tag: c.seal.tag, suite: c.seal.suite, key: e.keys.key(c.seal.suite)})
		}
		if a.Mux {
			b.WriteString("a=rtcp-mux\r\n")
		}
		fmt.Fprintf(&b, "a=ptime:%d\r\na=%s\r\n", a.Ptime/time.Millisecond, mirror(s.direction(d)))
	}
	return b.String(), a, nil
}

// accept reads the answer to an offer of ours. A refused section is errNoCommon.
func (e endpoint) accept(d *description) (rtp.Params, error) {
	c, err := e.choose(d)
	if err != nil {
		return rtp.Params{}, err
	}
	if c.index != 0 {
		return rtp.Params{}, errNoCommon // our offers have one section; an answer may not add any
	}
	if s := &d.media[0]; s.proto != e.proto() || c.seal != nil && (len(s.cryptos()) != 1 || !offeredAs(*c.seal)) {
		return rtp.Params{}, errNoCommon // RFC 4568 §5.1.3: one of our lines, under its tag
	}
	a, err := e.settle(d, c)
	if err != nil {
		return rtp.Params{}, err
	}
	if a.Mux { // we did not offer it, so it cannot be agreed (RFC 8035)
		a.Mux = false
		if a.RemoteRTCP = neighbour(a.Remote); a.Remote.IsValid() && !a.RemoteRTCP.IsValid() {
			return rtp.Params{}, targetError("no port above 65535 for RTCP")
		}
	}
	return a, nil
}

// mirror is our direction in the answer to theirs (RFC 3264 §6.1).
func mirror(dir string) string {
	switch dir {
	case "sendonly":
		return "recvonly"
	case "recvonly":
		return "sendonly"
	}
	return dir
}

// sdpWriter keeps the text we sent last, so that the version in o= rises exactly when the
// description changed (RFC 3264 §8).
type sdpWriter struct {
	version uint64
	last    string // text made with version
}

// write calls make with the current version, and again with the next one when the text differs
// from what was sent before.
func (w *sdpWriter) write(make func(version uint64) (string, error)) (string, error) {
	text, err := make(w.version)
	if err != nil {
		return "", err
	}
	if w.last != "" && text != w.last {
		if text, err = make(w.version + 1); err != nil {
			return "", err
		}
		w.version++
	}
	w.last = text
	return text, nil
}
