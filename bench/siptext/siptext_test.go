package siptext

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

func FuzzParse(f *testing.F) {
	d := Dialog{User: "u", Target: "127.0.0.1:5060", Local: "127.0.0.1:4", CallID: "x-1", FromTag: "f", Branch: "b"}
	sdp := Offer(netip.MustParseAddrPort("127.1.1.1:4000"), 4001, "PCMA", 1)
	f.Add(d.Request("INVITE", 1, 1, "application/sdp", sdp))
	f.Add([]byte("SIP/2.0 200 OK\r\nTo: <sip:a@b>;tag=t;x\r\nCall-ID: x-1\r\nCSeq: 1 INVITE\r\nContact: \"a\" <sip:c@d>;q=1\r\n\r\n" + sdp))
	f.Add([]byte("SIP/2.0 99 \r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, ok := Parse(b)
		if !ok {
			return
		}
		if again, ok := Parse(Reply(m, "200 OK", "127.0.0.1:1", "", "")); ok && again.Status != 200 { // not ok: it had no CSeq
			t.Errorf("our answer to %q is no response", b)
		}
		if to, pt, err := MediaOf(m.Body); err == nil && (!to.IsValid() || pt != 0 && pt != 8) {
			t.Errorf("media %v type %d", to, pt)
		}
	})
}

func TestAnswersAreRead(t *testing.T) {
	t.Parallel()
	for sdp, want := range map[string]string{
		"c=IN IP4 10.0.0.1\r\nm=audio 4000 RTP/AVP 0 8\r\n":                       "10.0.0.1:4000 0",
		"c=IN IP4 10.0.0.1\nm=audio 4000 RTP/AVP 101 8 0\nc=IN IP4 10.0.0.2\n":    "10.0.0.2:4000 8",
		"c=IN IP4 10.0.0.1\r\nm=audio 4000 RTP/AVP 8\r\nm=video 5 RTP/AVP 96\r\n": "10.0.0.1:4000 8",
		"c=IN IP4 10.0.0.1\r\nm=audio 0 RTP/AVP 8\r\n":                            "refuses audio",
		"c=IN IP4 10.0.0.1\r\nm=audio 4000 RTP/AVP 111\r\n":                       "no G.711",
		"c=IN IP6 ::1\r\nm=audio 4000 RTP/AVP 8\r\n":                              "no IPv4",
	} {
		to, pt, err := MediaOf([]byte(sdp))
		if got := fmt.Sprint(to, " ", pt, " ", err); !strings.Contains(got, want) {
			t.Errorf("%q: %s, want %s", sdp, got, want)
		}
	}
}
