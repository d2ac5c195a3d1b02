package rtc

import (
	"fmt"
	"strings"

	"decroche/media/codec"
)

// answer is what goes back to a browser.
type answer struct {
	session     string // of the o-line
	version     int
	ufrag, pwd  string
	lite        bool
	fingerprint fingerprint
	active      bool     // we are the DTLS client
	candidates  []string // complete: none will follow
	codec       agreed
	event       int // payload type of keys, −1 for none
	ssrc        uint32
	cname       string
}

// write makes the SDP. It has an m-line for each of the offer's (RFC 3264 §6): all but the audio that
// we take are rejected with port 0. Firefox wants a c-line in those too, and nobody wants a format
// that is not explained.
func (a *answer) write(o *offer) []byte {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	line("v=0")
	line("o=- %s %d IN IP4 127.0.0.1", a.session, a.version)
	line("s=-")
	line("t=0 0")
	if a.lite {
		line("a=ice-lite")
	}
	if o.bundled {
		line("a=group:BUNDLE %s", o.sections[o.audio].mid)
	}
	for i, s := range o.sections {
		if i != o.audio {
			format := "0"
			if !strings.Contains(s.proto, "RTP") {
				format = s.format
			}
			line("m=%s 0 %s %s", s.media, s.proto, format)
			line("c=IN IP4 0.0.0.0")
			line("a=inactive")
			if s.mid != "" {
				line("a=mid:%s", s.mid)
			}
			continue
		}
		a.audio(line, o, s)
	}
	return []byte(b.String())
}

func (a *answer) audio(line func(string, ...any), o *offer, s section) {
	info := infoOf(a.codec.name)
	formats := fmt.Sprint(a.codec.typ)
	if a.event >= 0 {
		formats += fmt.Sprint(" ", a.event)
	}
	line("m=audio 9 %s %s", s.proto, formats)
	line("c=IN IP4 0.0.0.0")
	if s.mid != "" {
		line("a=mid:%s", s.mid)
	}
	line("a=ice-ufrag:%s", a.ufrag)
	line("a=ice-pwd:%s", a.pwd)
	line("a=fingerprint:%s %s", a.fingerprint.hash, a.fingerprint.value)
	if a.active {
		line("a=setup:active")
	} else {
		line("a=setup:passive")
	}
	line("a=rtcp-mux")
	line("a=%s", direction(o.receive, o.send))
	channels := ""
	if info.Channels > 0 {
		channels = fmt.Sprint("/", info.Channels)
	}
	line("a=rtpmap:%d %s/%d%s", a.codec.typ, info.Name, info.Clock, channels)
	if a.codec.name == opusName {
		line("a=fmtp:%d minptime=10;useinbandfec=1", a.codec.typ)
	}
	if a.event >= 0 {
		clock := info.EventClock()
		if t, ok := o.events[clock]; !ok || int(t) != a.event {
			clock = 56000 - clock // the other of 8000 and 48000
		}
		line("a=rtpmap:%d telephone-event/%d", a.event, clock)
		line("a=fmtp:%d 0-15", a.event)
	}
	line("a=ptime:20")
	line("a=msid:decroche audio")
	line("a=ssrc:%d cname:%s", a.ssrc, a.cname)
	for _, c := range a.candidates {
		line("a=candidate:%s", c)
	}
	line("a=end-of-candidates")
}

// direction is of our side.
func direction(send, receive bool) string {
	switch {
	case send && receive:
		return "sendrecv"
	case send:
		return "sendonly"
	case receive:
		return "recvonly"
	}
	return "inactive"
}

// infoOf are the facts of a codec that choose has found in the list.
func infoOf(name string) codec.Info {
	info, err := codec.Lookup(name)
	if err != nil {
		panic("rtc: " + err.Error())
	}
	return info
}
