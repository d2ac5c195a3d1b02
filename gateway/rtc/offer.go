package rtc

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"

	"decroche/media/codec"
)

// offer is what a browser's SDP says, as far as it concerns us (RFC 8829).
type offer struct {
	ufrag, pwd   string
	lite         bool
	fingerprints []fingerprint
	client       bool // they would rather be, or are, the DTLS client
	candidates   []string

	sections []section
	audio    int      // of sections: the one that we take
	bundled  bool     // it is in a BUNDLE group (RFC 9143)
	codecs   []agreed // what we could speak, in their order
	events   map[int]uint8
	send     bool // they send
	receive  bool // they listen
}

// section is one m-line, which the answer has to have too (RFC 3264 §6).
type section struct {
	media, proto, mid, format string
}

// agreed is a codec that an offer has and what it says about it.
type agreed struct {
	name    string
	typ     uint8
	fec     bool
	dtx     bool
	bitrate int
}

// fingerprint is of a certificate (RFC 8122 §5).
type fingerprint struct{ hash, value string }

// refusal is an offer that cannot be answered: an HTTP status and plain words.
type refusal struct {
	status int
	detail string
}

// Error implements error.
func (r *refusal) Error() string { return r.detail }

func malformed(format string, args ...any) error {
	return &refusal{400, fmt.Sprintf(format, args...)}
}

func unacceptable(format string, args ...any) error {
	return &refusal{406, fmt.Sprintf(format, args...)}
}

// maxSections and maxCandidates bound what one offer may ask of us.
const (
	maxSections   = 64
	maxCandidates = 64
)

// parseOffer reads a browser's offer. Its errors are refusals.
func parseOffer(body []byte) (*offer, error) {
	var d sdp.SessionDescription
	if err := d.Unmarshal(body); err != nil {
		return nil, malformed("this is not a session description (SDP): %v; send what RTCPeerConnection.createOffer() made", firstLine(err))
	}
	if len(d.MediaDescriptions) == 0 {
		return nil, malformed("the offer is empty: it has no m-line; send what RTCPeerConnection.createOffer() made")
	}
	if len(d.MediaDescriptions) > maxSections {
		return nil, malformed("the offer has %d m-lines; one for audio is enough", len(d.MediaDescriptions))
	}
	o := &offer{audio: -1}
	for i, m := range d.MediaDescriptions {
		if len(m.MediaName.Formats) == 0 {
			return nil, malformed("m-line %d names no format", i+1)
		}
		mid, _ := m.Attribute("mid")
		o.sections = append(o.sections, section{m.MediaName.Media, strings.Join(m.MediaName.Protos, "/"), mid, m.MediaName.Formats[0]})
		if o.audio < 0 && m.MediaName.Media == "audio" && m.MediaName.Port.Value != 0 {
			o.audio = i
		}
	}
	if o.audio < 0 {
		return nil, unacceptable("the offer has no audio; add the microphone's track, or addTransceiver('audio'), before createOffer()")
	}
	m := d.MediaDescriptions[o.audio]
	if s := o.sections[o.audio]; !strings.HasSuffix(s.proto, "TLS/RTP/SAVPF") && !strings.HasSuffix(s.proto, "TLS/RTP/SAVP") {
		return nil, unacceptable("the audio is offered as %s; only UDP/TLS/RTP/SAVPF, encrypted by DTLS-SRTP, is taken", s.proto)
	}
	if _, ok := m.Attribute("rtcp-mux"); !ok {
		return nil, unacceptable("the audio is offered without a=rtcp-mux; one port serves sound and reports here (rtcpMuxPolicy: 'require')")
	}
	if err := o.transport(&d, m); err != nil {
		return nil, err
	}
	o.direction(&d, m)
	o.formats(m)
	group, _ := d.Attribute("group")
	o.bundled = slices.Contains(strings.Fields(group), o.sections[o.audio].mid) && strings.HasPrefix(group, "BUNDLE ")
	return o, nil
}

// firstLine keeps the parser's message readable.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	if len(line) > 120 {
		line = line[:120]
	}
	return strings.ToValidUTF8(line, "?")
}

// either is an attribute of the m-line, or else of the whole description.
func either(d *sdp.SessionDescription, m *sdp.MediaDescription, key string) string {
	if v, ok := m.Attribute(key); ok {
		return v
	}
	v, _ := d.Attribute(key)
	return v
}

// transport reads ICE and DTLS.
func (o *offer) transport(d *sdp.SessionDescription, m *sdp.MediaDescription) error {
	o.ufrag, o.pwd = either(d, m, "ice-ufrag"), either(d, m, "ice-pwd")
	if len(o.ufrag) < 4 || len(o.ufrag) > 256 || len(o.pwd) < 22 || len(o.pwd) > 256 { // RFC 8839 §5.4
		return malformed("the offer has no usable a=ice-ufrag and a=ice-pwd")
	}
	_, o.lite = d.Attribute("ice-lite")
	for _, list := range [][]sdp.Attribute{m.Attributes, d.Attributes} {
		for _, a := range list {
			if a.Key != "fingerprint" {
				continue
			}
			hash, value, ok := strings.Cut(a.Value, " ")
			if f := (fingerprint{strings.ToLower(hash), strings.ToUpper(strings.TrimSpace(value))}); ok && f.known() {
				o.fingerprints = append(o.fingerprints, f)
			}
		}
		if len(o.fingerprints) > 0 {
			break
		}
	}
	if len(o.fingerprints) == 0 {
		return malformed("the offer has no a=fingerprint by sha-256, sha-384 or sha-512, so its sound could not be known to be the caller's")
	}
	switch setup := either(d, m, "setup"); setup {
	case "actpass", "active":
		o.client = true
	case "passive":
	default:
		return malformed("a=setup:%s is not what an offer may say; actpass is usual", firstLine(fmt.Errorf("%s", setup)))
	}
	for _, a := range m.Attributes {
		if a.Key == "candidate" && len(o.candidates) < maxCandidates {
			o.candidates = append(o.candidates, a.Value)
		}
	}
	return nil
}

func (o *offer) direction(d *sdp.SessionDescription, m *sdp.MediaDescription) {
	o.send, o.receive = true, true
	for _, list := range [][]sdp.Attribute{d.Attributes, m.Attributes} {
		for _, a := range list {
			switch a.Key {
			case "sendrecv":
				o.send, o.receive = true, true
			case "sendonly":
				o.send, o.receive = true, false
			case "recvonly":
				o.send, o.receive = false, true
			case "inactive":
				o.send, o.receive = false, false
			}
		}
	}
}

// formats reads what the m-line's payload types are.
func (o *offer) formats(m *sdp.MediaDescription) {
	maps, params := map[string]string{"0": "PCMU/8000", "8": "PCMA/8000", "9": "G722/8000"}, map[string]string{}
	for _, a := range m.Attributes {
		typ, rest, _ := strings.Cut(a.Value, " ")
		switch a.Key {
		case "rtpmap":
			maps[typ] = strings.TrimSpace(rest)
		case "fmtp":
			params[typ] = rest
		}
	}
	o.events = map[int]uint8{}
	for _, f := range m.MediaName.Formats {
		n, err := strconv.ParseUint(f, 10, 7)
		if err != nil {
			continue
		}
		name, clock, _ := strings.Cut(maps[f], "/")
		rate, _, _ := strings.Cut(clock, "/")
		hz, _ := strconv.Atoi(rate)
		if strings.EqualFold(name, "telephone-event") {
			if _, twice := o.events[hz]; !twice {
				o.events[hz] = uint8(n)
			}
			continue
		}
		info, err := codec.Lookup(name)
		if err != nil || info.Clock != hz {
			continue
		}
		a := agreed{name: info.Name, typ: uint8(n)}
		if a.name == opusName {
			a.readOpus(params[f])
		}
		o.codecs = append(o.codecs, a)
	}
}

// readOpus reads what the far end would like to receive (RFC 7587 §6.1).
func (a *agreed) readOpus(fmtp string) {
	for p := range strings.SplitSeq(fmtp, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		switch strings.ToLower(key) {
		case "useinbandfec":
			a.fec = value == "1"
		case "usedtx":
			a.dtx = value == "1"
		case "maxaveragebitrate":
			a.bitrate, _ = strconv.Atoi(value)
		}
	}
}

// choose picks the first of our codecs that they offer.
func (o *offer) choose(order []string) (agreed, error) {
	for _, name := range order {
		for _, a := range o.codecs {
			if a.name == name {
				return a, nil
			}
		}
	}
	return agreed{}, unacceptable("no codec in common: the offer has none of %s", strings.Join(order, ", "))
}

// event is the payload type of keys beside a codec, −1 when there is none. RFC 4733 §2.1 wants it at
// the codec's clock; Firefox offers one at 8000 alone and uses it beside Opus too.
func (o *offer) event(clock int) int {
	for _, hz := range []int{clock, 8000, 48000} {
		if t, ok := o.events[hz]; ok {
			return int(t)
		}
	}
	return -1
}
