package sip

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode"

	"decroche/media/codec"
	"decroche/media/rtp"
)

var us = endpoint{addr: "192.0.2.1", port: 10000, codecs: []string{"PCMA", "PCMU"}, id: 7}

func TestAnswers(t *testing.T) {
	t.Parallel()
	head := "v=0\no=x 1 1 IN IP4 198.51.100.9\ns=-\nc=IN IP4 198.51.100.9\nt=0 0\n"
	for _, c := range []struct {
		name, offer string
		media       string // m= and a= lines of the answer, joined with |
		params      rtp.Params
	}{
		{"their order decides", head + "m=audio 4000 RTP/AVP 0 8\n",
			"m=audio 10000 RTP/AVP 0|a=rtpmap:0 PCMU/8000|a=ptime:20|a=sendrecv",
			rtp.Params{Codec: "PCMU", Type: 0, EventType: -1, Send: true, Receive: true}},
		{"keys under their number", head + "m=audio 4000 RTP/AVP 9 8 120\na=rtpmap:120 telephone-event/8000\n",
			"m=audio 10000 RTP/AVP 8 120|a=rtpmap:8 PCMA/8000|a=rtpmap:120 telephone-event/8000|a=fmtp:120 0-15|a=ptime:20|a=sendrecv",
			rtp.Params{Codec: "PCMA", Type: 8, EventType: 120, Send: true, Receive: true}},
		{"keys of another clock are not ours", head + "m=audio 4000 RTP/AVP 8 121\na=rtpmap:121 telephone-event/48000\n",
			"m=audio 10000 RTP/AVP 8|a=rtpmap:8 PCMA/8000|a=ptime:20|a=sendrecv",
			rtp.Params{Codec: "PCMA", Type: 8, EventType: -1, Send: true, Receive: true}},
		{"dynamic number for G.711", head + "m=audio 4000 RTP/AVP 100\na=rtpmap:100 pcma/8000/1\n",
			"m=audio 10000 RTP/AVP 100|a=rtpmap:100 PCMA/8000|a=ptime:20|a=sendrecv",
			rtp.Params{Codec: "PCMA", Type: 100, EventType: -1, Send: true, Receive: true}},
		{"video and a second audio are refused", head + "m=video 5000 RTP/AVP 96\na=rtpmap:96 H264/90000\nm=audio 4000 RTP/AVP 8\nm=audio 4002 RTP/AVP 8\nm=image 6000 udptl t38\n",
			"m=video 0 RTP/AVP 96|m=audio 10000 RTP/AVP 8|a=rtpmap:8 PCMA/8000|a=ptime:20|a=sendrecv|m=audio 0 RTP/AVP 8|m=image 0 udptl t38",
			rtp.Params{Codec: "PCMA", Type: 8, EventType: -1, Send: true, Receive: true}},
		{"SRTP beside RTP", head + "m=audio 4002 RTP/SAVP 8\nm=audio 4000 RTP/AVP 8\n",
			"m=audio 0 RTP/SAVP 8|m=audio 10000 RTP/AVP 8|a=rtpmap:8 PCMA/8000|a=ptime:20|a=sendrecv",
			rtp.Params{Codec: "PCMA", Type: 8, EventType: -1, Send: true, Receive: true}},
		{"ptime", head + "m=audio 4000 RTP/AVP 8\na=ptime:60\n",
			"m=audio 10000 RTP/AVP 8|a=rtpmap:8 PCMA/8000|a=ptime:60|a=sendrecv",
			rtp.Params{Codec: "PCMA", Type: 8, EventType: -1, Send: true, Receive: true, Ptime: 60 * time.Millisecond}},
		{"ptime that is no multiple", head + "m=audio 4000 RTP/AVP 8\na=ptime:30\n",
			"m=audio 10000 RTP/AVP 8|a=rtpmap:8 PCMA/8000|a=ptime:20|a=sendrecv",
			rtp.Params{Codec: "PCMA", Type: 8, EventType: -1, Send: true, Receive: true}},
		{"media-level address, session-level direction", "v=0\ns=-\na=sendonly\nm=audio 4000 RTP/AVP 8\nc=IN IP4 198.51.100.9\n",
			"m=audio 10000 RTP/AVP 8|a=rtpmap:8 PCMA/8000|a=ptime:20|a=recvonly",
			rtp.Params{Codec: "PCMA", Type: 8, EventType: -1, Receive: true, Held: true}},
	} {
		d, err := parseSDP([]byte(strings.ReplaceAll(c.offer, "\n", "\r\n")))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		text, p, err := us.answerTo(d, 3)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if c.params.Ptime == 0 {
			c.params.Ptime = 20 * time.Millisecond
		}
		if p.Remote.String() != "198.51.100.9:4000" || p.RemoteRTCP.String() != "198.51.100.9:4001" {
			t.Errorf("%s: media to %v, RTCP to %v", c.name, p.Remote, p.RemoteRTCP)
		}
		c.params.Remote, c.params.RemoteRTCP = p.Remote, p.RemoteRTCP
		if p != c.params {
			t.Errorf("%s:\n got %+v\nwant %+v", c.name, p, c.params)
		}
		head := "v=0\r\no=- 7 3 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
		if want := head + strings.ReplaceAll(c.media, "|", "\r\n") + "\r\n"; text != want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, text, want)
		}
	}
}

func TestMuxAndRTCPAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ attr, rtcp, answer string }{
		{"a=rtcp-mux\n", "198.51.100.9:4000", "a=rtcp-mux"},
		{"a=rtcp:4999\n", "198.51.100.9:4999", ""},
		{"a=rtcp:4999 IN IP4 198.51.100.10\n", "198.51.100.10:4999", ""},
		{"a=rtcp:nonsense\n", "198.51.100.9:4001", ""},
	} {
		d, err := parseSDP([]byte("v=0\nc=IN IP4 198.51.100.9\nm=audio 4000 RTP/AVP 8\n" + c.attr))
		if err != nil {
			t.Fatal(err)
		}
		text, p, err := us.answerTo(d, 1)
		if err != nil || p.RemoteRTCP.String() != c.rtcp || strings.Contains(text, "a=rtcp-mux") != (c.answer != "") {
			t.Errorf("%q: RTCP to %v, %v:\n%s", c.attr, p.RemoteRTCP, err, text)
		}
	}
}

func TestOffersWithoutCommonGround(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"v=0\nc=IN IP4 1.2.3.4\n",
		"v=0\nc=IN IP4 1.2.3.4\nm=audio 4000 RTP/AVP 9 18\n",
		"v=0\nc=IN IP4 1.2.3.4\nm=audio 0 RTP/AVP 8\n",
		"v=0\nc=IN IP4 1.2.3.4\nm=audio 4000 RTP/SAVPF 8\n",
		"v=0\nc=IN IP4 1.2.3.4\nm=audio 4000 RTP/AVP 96\na=rtpmap:96 PCMA/16000\n",
		"v=0\nc=IN IP4 1.2.3.4\nm=video 4000 RTP/AVP 8\n",
	} {
		d, err := parseSDP([]byte(body))
		if err != nil {
			t.Errorf("%q: %v", body, err)
			continue
		}
		if _, _, err := us.answerTo(d, 1); !errors.Is(err, errNoCommon) {
			t.Errorf("%q: %v", body, err)
		}
	}
	for _, body := range []string{
		"", "hello", "v=1\n", "v=0\nc=IN IP4\n", "v=0\nc=XX IP4 1.2.3.4\n", "v=0\nm=audio\n", "v=0\nm=audio x RTP/AVP 8\n",
		"v=0\nm=audio 70000 RTP/AVP 8\n", "v=0\nm=audio -1 RTP/AVP 8\n", "v=0\nno equals sign\n",
		"v=0\n" + strings.Repeat("m=audio 1 RTP/AVP 8\n", 33), "v=0\n" + strings.Repeat("a=x\n", 5000),
	} {
		if _, err := parseSDP([]byte(body)); body != "" && !errors.Is(err, errSDP) {
			t.Errorf("%.40q: %v", body, err)
		}
	}
}

// TestTargets: where media may go, and where not: 488.
func TestTargets(t *testing.T) {
	t.Parallel()
	e := us
	e.peer = netip.MustParseAddr("::ffff:198.51.100.7")
	e.owns = func(a netip.AddrPort) bool {
		return a.String() == "192.0.2.1:5060" || a.String() == "192.0.2.1:10000" || a.String() == "192.0.2.1:10001"
	}
	for _, c := range []struct {
		conn, media  string // of c= and m=, the latter with attributes
		remote, rtcp string // "" is invalid
		bad          bool
	}{
		{"IP4 198.51.100.9", "4000", "198.51.100.9:4000", "198.51.100.9:4001", false},
		{"IP4 0.0.0.0", "4000", "", "", false},
		{"IP6 ::ffff:0.0.0.0", "4000", "", "", false},
		{"IP4 caller.example", "4000", "", "", false},
		{"IP4 224.0.0.1", "4000", "", "", true},
		{"IP4 239.1.2.3/127", "4000", "", "", true},
		{"IP6 ff02::1", "4000", "", "", true},
		{"IP6 ::ffff:224.0.0.1", "4000", "", "", true},
		{"IP4 255.255.255.255", "4000", "", "", true},
		{"IP4 192.0.2.1", "5060", "", "", true},
		{"IP4 192.0.2.1", "10000", "", "", true},
		{"IP6 ::ffff:192.0.2.1", "10001", "", "", true},
		{"IP4 192.0.2.1", "10002", "192.0.2.1:10002", "192.0.2.1:10003", false},
		{"IP4 192.0.2.1", "5059", "192.0.2.1:5059", "", false}, // its RTCP would come to us
		{"IP4 198.51.100.9", "4000|a=rtcp:5060 IN IP4 192.0.2.1", "198.51.100.9:4000", "", false},
		{"IP4 198.51.100.9", "4000|a=rtcp:4001 IN IP4 224.0.0.1", "198.51.100.9:4000", "198.51.100.9:4001", false},
		{"IP4 198.51.100.9", "65535", "", "", true},
		{"IP4 198.51.100.9", "65535|a=rtcp:nonsense", "", "", true},
		{"IP4 198.51.100.9", "65535|a=rtcp:4001", "198.51.100.9:65535", "198.51.100.9:4001", false},
		{"IP4 198.51.100.9", "65535|a=rtcp-mux", "198.51.100.9:65535", "198.51.100.9:65535", false},
		{"IP4 0.0.0.0", "65535", "", "", false},
	} {
		port, attrs, _ := strings.Cut(c.media, "|")
		d, err := parseSDP([]byte("v=0\nc=IN " + c.conn + "\nm=audio " + port + " RTP/AVP 8\n" + attrs + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		want := func(s string) netip.AddrPort { a, _ := netip.ParseAddrPort(s); return a }
		_, p, err := e.answerTo(d, 1)
		if c.bad != (err != nil) || c.bad && verdictOf(err).status != 488 || p.Remote != want(c.remote) || p.RemoteRTCP != want(c.rtcp) {
			t.Errorf("%s %s: media to %v, RTCP to %v, %v", c.conn, c.media, p.Remote, p.RemoteRTCP, err)
		}
		if !c.bad && p.Source.String() != "198.51.100.7" {
			t.Errorf("%s: signalling from %v", c.conn, p.Source)
		}
		bad := c.bad || c.media == "65535|a=rtcp-mux" // we offer no mux, so an answer cannot have it
		if _, err := e.accept(d); bad != (err != nil) {
			t.Errorf("%s %s in an answer: %v", c.conn, c.media, err)
		}
	}
}

// TestOurOfferIsOurs: what we offer, we can answer and accept.
func TestOurOfferIsOurs(t *testing.T) {
	t.Parallel()
	d, err := parseSDP([]byte(us.offerText(1, "sendrecv")))
	if err != nil {
		t.Fatal(err)
	}
	text, _, err := us.answerTo(d, 1)
	if err != nil {
		t.Fatal(err)
	}
	a, err := parseSDP([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if p, err := us.accept(a); err != nil || p.Codec != "PCMA" || p.EventType != 101 {
		t.Errorf("%+v, %v", p, err)
	}
	six := endpoint{addr: "2001:db8::1", port: 10000, codecs: us.codecs}
	if text := six.offerText(1, "sendrecv"); !strings.Contains(text, "c=IN IP6 2001:db8::1\r\n") {
		t.Errorf("offer over IPv6:\n%s", text)
	}
}

// FuzzSDP: nothing crashes, and an answer to anything is a description that we would read
// ourselves, with one line per line: a far end cannot smuggle any into it.
func FuzzSDP(f *testing.F) {
	f.Add([]byte("v=0\r\no=x 1 1 IN IP4 198.51.100.9\r\ns=-\r\nc=IN IP4 198.51.100.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendonly\r\n"))
	f.Add([]byte("v=0\nm=video 1 RTP/AVP 96\nc=IN IP6 ::1/12\nm=audio 4000/2 RTP/AVP 100\na=rtpmap:100 PCMA/8000\na=rtcp:4 IN IP4 x\na=ptime:999\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := parseSDP(body)
		if err != nil {
			return
		}
		us.accept(d)
		text, p, err := us.answerTo(d, 1)
		if err != nil {
			return
		}
		if p.Ptime < 20*time.Millisecond || p.Ptime > 200*time.Millisecond || p.EventType < -1 || p.EventType > 127 {
			t.Errorf("params out of range: %+v", p)
		}
		again, err := parseSDP([]byte(text))
		if err != nil || len(again.media) != len(d.media) {
			t.Errorf("our answer has %d sections for %d: %v\n%q", len(again.media), len(d.media), err, text)
		}
		for _, line := range strings.Split(text, "\r\n") {
			if strings.ContainsFunc(line, func(r rune) bool { return r == '\n' || r == '\r' || r == unicode.MaxRune }) {
				t.Errorf("line break inside a line: %q", line)
			}
		}
	})
}

// wide speaks everything.
var wide = endpoint{addr: "192.0.2.1", port: 10000, codecs: []string{"opus", "G722", "PCMA", "PCMU"}, id: 7}

// TestWideAnswers: the offerer's numbers and order, telephone-event at the codec's clock, comfort
// noise beside the codecs that use it.
func TestWideAnswers(t *testing.T) {
	t.Parallel()
	plain := rtp.Params{EventType: -1, Send: true, Receive: true, Ptime: 20 * time.Millisecond}
	for _, c := range []struct {
		name, media string // of the offer, from the numbers on
		answer      string // m= and a= lines up to ptime, joined with |
		want        func(p *rtp.Params)
	}{
		{"G.722 needs no rtpmap, and its clock is 8000", "9 8 101\na=rtpmap:101 telephone-event/8000",
			"m=audio 10000 RTP/AVP 9 101|a=rtpmap:9 G722/8000|a=rtpmap:101 telephone-event/8000|a=fmtp:101 0-15",
			func(p *rtp.Params) { p.Codec, p.Type, p.EventType = "G722", 9, 101 }},
		{"G.722 under another number, with comfort noise", "97 13\na=rtpmap:97 G722/8000",
			"m=audio 10000 RTP/AVP 97 13|a=rtpmap:97 G722/8000|a=rtpmap:13 CN/8000",
			func(p *rtp.Params) { p.Codec, p.Type = "G722", 97 }},
		{"Opus under their number, keys at its clock", "109 8 101 102 13\na=rtpmap:109 OPUS/48000/2\na=fmtp:109 maxplaybackrate=48000;useinbandfec=1\na=rtpmap:101 telephone-event/8000\na=rtpmap:102 telephone-event/48000",
			"m=audio 10000 RTP/AVP 109 102|a=rtpmap:109 opus/48000/2|a=fmtp:109 " + opusWants + "|a=rtpmap:102 telephone-event/48000|a=fmtp:102 0-15",
			func(p *rtp.Params) { p.Codec, p.Type, p.EventType, p.FEC = "opus", 109, 102, true }},
		{"Opus with DTX and a limit", "96\na=rtpmap:96 opus/48000/2\na=fmtp:96 usedtx=1; maxaveragebitrate = 16000 ;cbr=1",
			"m=audio 10000 RTP/AVP 96|a=rtpmap:96 opus/48000/2|a=fmtp:96 " + opusWants,
			func(p *rtp.Params) { p.Codec, p.Type, p.DTX, p.Bitrate = "opus", 96, true, 16000 }},
		{"Opus with keys at 8000 only has none", "96 101\na=rtpmap:96 opus/48000/2\na=rtpmap:101 telephone-event/8000",
			"m=audio 10000 RTP/AVP 96|a=rtpmap:96 opus/48000/2|a=fmtp:96 " + opusWants,
			func(p *rtp.Params) { p.Codec, p.Type = "opus", 96 }},
		{"Opus of another clock or of one channel is not Opus (RFC 7587 §7)", "96 97 8\na=rtpmap:96 opus/16000/2\na=rtpmap:97 opus/48000",
			"m=audio 10000 RTP/AVP 8|a=rtpmap:8 PCMA/8000",
			func(p *rtp.Params) { p.Codec, p.Type = "PCMA", 8 }},
		{"stereo G.711 is not ours", "96 0\na=rtpmap:96 PCMA/8000/2",
			"m=audio 10000 RTP/AVP 0|a=rtpmap:0 PCMU/8000",
			func(p *rtp.Params) { p.Codec, p.Type = "PCMU", 0 }},
		{"parameters that are nonsense", "96\na=rtpmap:96 opus/48000/2\na=fmtp:96 ;;=;useinbandfec;maxaveragebitrate=-5;usedtx=\xff",
			"m=audio 10000 RTP/AVP 96|a=rtpmap:96 opus/48000/2|a=fmtp:96 " + opusWants,
			func(p *rtp.Params) { p.Codec, p.Type = "opus", 96 }},
	} {
		d, err := parseSDP([]byte("v=0\nc=IN IP4 198.51.100.9\nm=audio 4000 RTP/AVP " + c.media + "\n"))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		text, p, err := wide.answerTo(d, 3)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		want := plain
		want.Remote, want.RemoteRTCP = p.Remote, p.RemoteRTCP
		c.want(&want)
		if p != want {
			t.Errorf("%s:\n got %+v\nwant %+v", c.name, p, want)
		}
		_, text, _ = strings.Cut(text, "t=0 0\r\n")
		if want := strings.ReplaceAll(c.answer, "|", "\r\n") + "\r\na=ptime:20\r\na=sendrecv\r\n"; text != want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, text, want)
		}
		if _, _, err := us.answerTo(d, 1); err != nil && p.Codec != "opus" && p.Codec != "G722" {
			t.Errorf("%s: without the wide codecs: %v", c.name, err)
		}
	}
}

// TestWideOffer: every codec with its clock, keys at each clock there is; and our own offer is one
// that we would answer.
func TestWideOffer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		codecs []string
		want   string
	}{
		{[]string{"PCMA", "PCMU"}, "8 0 13 101|a=rtpmap:8 PCMA/8000|a=rtpmap:0 PCMU/8000|a=rtpmap:13 CN/8000|a=rtpmap:101 telephone-event/8000|a=fmtp:101 0-15"},
		{[]string{"G722"}, "9 13 101|a=rtpmap:9 G722/8000|a=rtpmap:13 CN/8000|a=rtpmap:101 telephone-event/8000|a=fmtp:101 0-15"},
		{[]string{"opus"}, "111 110|a=rtpmap:111 opus/48000/2|a=fmtp:111 " + opusWants + "|a=rtpmap:110 telephone-event/48000|a=fmtp:110 0-15"},
		{[]string{"opus", "PCMA"}, "111 8 13 101 110|a=rtpmap:111 opus/48000/2|a=fmtp:111 " + opusWants + "|a=rtpmap:8 PCMA/8000|a=rtpmap:13 CN/8000|a=rtpmap:101 telephone-event/8000|a=fmtp:101 0-15|a=rtpmap:110 telephone-event/48000|a=fmtp:110 0-15"},
	} {
		e := wide
		e.codecs = c.codecs
		text := e.offerText(1, "sendrecv")
		_, got, _ := strings.Cut(text, "RTP/AVP ")
		if want := strings.ReplaceAll(c.want, "|", "\r\n") + "\r\na=ptime:20\r\na=sendrecv\r\n"; got != want {
			t.Errorf("%v:\n got %q\nwant %q", c.codecs, got, want)
		}
		d, err := parseSDP([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if p, err := e.accept(d); err != nil || p.Codec != c.codecs[0] || p.EventType < 0 {
			t.Errorf("%v: our own offer as an answer: %+v, %v", c.codecs, p, err)
		}
	}
}

// FuzzWideAnswer: whatever is offered, our answer is a description that we can read again, names
// one codec of ours, and has as many sections as the offer (RFC 3264 §6).
func FuzzWideAnswer(f *testing.F) {
	f.Add([]byte("v=0\nc=IN IP4 198.51.100.9\nm=audio 4000 RTP/AVP 109 9 102 13\na=rtpmap:109 opus/48000/2\na=fmtp:109 useinbandfec=1;usedtx=1\na=rtpmap:102 telephone-event/48000\n"))
	f.Add([]byte("v=0\nm=audio 1 RTP/AVP 9 13\nc=IN IP6 ::1\na=rtpmap:9 G722/8000/1\na=ptime:60\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := parseSDP(body)
		if err != nil {
			return
		}
		text, p, err := wide.answerTo(d, 1)
		if err != nil {
			return
		}
		if _, err := codec.Lookup(p.Codec); err != nil || p.Bitrate < 0 {
			t.Fatalf("%q is answered by %+v", body, p)
		}
		again, err := parseSDP([]byte(text))
		if err != nil || len(again.media) != len(d.media) {
			t.Fatalf("%q is answered by %q: %v", body, text, err)
		}
	})
}
