package rtc

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pion/sdp/v3"
)

// Offers as browsers make them: what is taken of each, and that the answer fits.
func TestOffersOfBrowsers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file   string
		order  []string
		codec  string
		typ    uint8
		event  int
		lines  int
		bundle bool
		dir    string
	}{
		{"chromium.sdp", nil, "opus", 111, 110, 1, true, "a=sendrecv"},
		{"chromium.sdp", []string{"PCMU", "opus"}, "PCMU", 0, 126, 1, true, "a=sendrecv"},
		{"chromium-video-data.sdp", []string{"G722"}, "G722", 9, 126, 3, true, "a=sendrecv"},
		{"firefox.sdp", nil, "opus", 109, 101, 1, true, "a=sendrecv"},
		{"listener.sdp", nil, "opus", 111, -1, 1, false, "a=sendonly"},
	} {
		b, err := os.ReadFile(filepath.Join("testdata", c.file))
		if err != nil {
			t.Fatal(err)
		}
		o, err := parseOffer([]byte(strings.ReplaceAll(string(b), "\n", "\r\n")))
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		order := c.order
		if order == nil {
			order = DefaultConfig().Codecs
		}
		got, err := o.choose(order)
		if err != nil || got.name != c.codec || got.typ != c.typ || o.event(infoOf(got.name).EventClock()) != c.event || o.bundled != c.bundle {
			t.Errorf("%s: %+v, keys as %d, bundled %v, %v", c.file, got, o.event(infoOf(got.name).EventClock()), o.bundled, err)
		}
		if got.name == "opus" && !got.fec {
			t.Errorf("%s: copies are not offered", c.file)
		}
		a := answer{session: "1", version: 1, ufrag: "uuuu", pwd: strings.Repeat("p", 22), fingerprint: o.fingerprints[0], codec: got, event: c.event, ssrc: 7, cname: "c", candidates: []string{"1 1 udp 2130706431 127.0.0.1 8443 typ host"}}
		checkAnswer(t, c.file, o, string(a.write(o)), c.lines, c.dir)
	}
}

func checkAnswer(t *testing.T, name string, o *offer, text string, lines int, dir string) {
	t.Helper()
	var d sdp.SessionDescription
	if err := d.Unmarshal([]byte(text)); err != nil {
		t.Errorf("%s: the answer is none: %v\n%s", name, err, text)
		return
	}
	if len(d.MediaDescriptions) != lines || !strings.Contains(text, dir+"\r\n") || !strings.Contains(text, "a=setup:passive\r\n") {
		t.Errorf("%s: the answer\n%s", name, text)
	}
	for i, m := range d.MediaDescriptions {
		if m.MediaName.Media != o.sections[i].media || (m.MediaName.Port.Value == 0) != (i != o.audio) || m.ConnectionInformation == nil {
			t.Errorf("%s: m-line %d is %v", name, i, m.MediaName)
		}
	}
}

// Fingerprints are compared whole, in any case, by hashes that are not broken.
func TestFingerprints(t *testing.T) {
	t.Parallel()
	cert, print, err := newCertificate(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	der := cert.Certificate[0]
	other := print
	other.value = strings.Repeat("00:", 31) + "00"
	for _, c := range []struct {
		promised []fingerprint
		certs    [][]byte
		ok       bool
	}{
		{[]fingerprint{print}, [][]byte{der}, true},
		{[]fingerprint{other, print}, [][]byte{der}, true},
		{[]fingerprint{other}, [][]byte{der}, false},
		{nil, [][]byte{der}, false},
		{[]fingerprint{print}, nil, false},
	} {
		if err := verify(c.promised, c.certs); (err == nil) != c.ok || !c.ok && !errors.Is(err, errStranger) {
			t.Errorf("%d promised, %d certificates: %v", len(c.promised), len(c.certs), err)
		}
	}
	for _, f := range []fingerprint{{"sha-1", strings.Repeat("00:", 19) + "00"}, {"sha-256", "00"}, {"", ""}} {
		if f.known() {
			t.Errorf("%v is taken", f)
		}
	}
}

// FuzzOffer: whatever is posted, it is refused in plain words or answered by SDP that can be read.
func FuzzOffer(f *testing.F) {
	files, err := filepath.Glob("testdata/*.sdp")
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, body string) {
		o, err := parseOffer([]byte(body))
		if err != nil {
			if r := asRefusal(err); r.status == 500 || r.detail == "" {
				t.Fatalf("no refusal: %v", err)
			}
			return
		}
		c, err := o.choose(DefaultConfig().Codecs)
		if err != nil {
			return
		}
		a := answer{session: "1", ufrag: "uuuu", pwd: "pppppppppppppppppppppp", fingerprint: o.fingerprints[0], codec: c, event: o.event(infoOf(c.name).EventClock()), cname: "c"}
		var d sdp.SessionDescription
		if err := d.Unmarshal(a.write(o)); err != nil {
			t.Fatalf("the answer cannot be read: %v\n%s", err, a.write(o))
		}
		if len(d.MediaDescriptions) != len(o.sections) {
			t.Fatal("the answer has other m-lines")
		}
	})
}

// FuzzFragment: the same of trickled candidates.
func FuzzFragment(f *testing.F) {
	f.Add("a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\na=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1\r\na=end-of-candidates\r\n")
	f.Fuzz(func(t *testing.T, body string) {
		fr, err := parseFragment([]byte(body))
		if err == nil && (fr.ufrag == "" || fr.pwd == "" || len(fr.candidates) > maxCandidates) {
			t.Fatalf("%+v", fr)
		}
	})
}

// Each setting that cannot be is named with what to do.
func TestConfig(t *testing.T) {
	t.Parallel()
	if bad := DefaultConfig().Validate(); len(bad) > 0 {
		t.Error(bad)
	}
	for want, change := range map[string]func(*Config){
		`listen: "8443" is not an address`:             func(c *Config) { c.Listen = "8443" },
		`public_addresses[0]: "here" is not an IP`:     func(c *Config) { c.PublicAddresses = []string{"here"} },
		`ice_servers[0].url: "example.com" is not the`: func(c *Config) { c.ICEServers = []ICEServer{{URL: "example.com"}} },
		`ice_servers[0].username: a TURN server wants`: func(c *Config) { c.ICEServers = []ICEServer{{URL: "turn:t.example"}} },
		`ice_servers[0].credential: a secret is never`: func(c *Config) {
			c.ICEServers = []ICEServer{{URL: "turn:t.example", Username: "u", Credential: "pass"}}
		},
		`ice_servers[0].url: with lite no server is`: func(c *Config) { c.Lite, c.ICEServers = true, []ICEServer{{URL: "stun:s.example"}} },
		`codecs: empty`:                               func(c *Config) { c.Codecs = nil },
		`codecs[0]: "GSM" is not known`:               func(c *Config) { c.Codecs = []string{"GSM"} },
		`codecs[1]: "PCMU" stands there twice`:        func(c *Config) { c.Codecs = []string{"PCMU", "PCMU"} },
		`origins[0]: "example.com" is not the origin`: func(c *Config) { c.Origins = []string{"example.com"} },
		`origins[0]: "https://a.example/" is not the`: func(c *Config) { c.Origins = []string{"https://a.example/"} },
		`max_sessions: 0 is not`:                      func(c *Config) { c.MaxSessions = 0 },
		`offers_per_source: 0 is not`:                 func(c *Config) { c.OffersPerSource = 0 },
		`offers_burst: 0 is not`:                      func(c *Config) { c.OffersBurst = 0 },
		`connect_timeout: 1ms is not`:                 func(c *Config) { c.ConnectTimeout = 1e6 },
		`reconnect_for: -1s is not`:                   func(c *Config) { c.ReconnectFor = -1e9 },
	} {
		c := DefaultConfig()
		change(&c)
		if bad := c.Validate(); len(bad) != 1 || !strings.HasPrefix(bad[0], want) {
			t.Errorf("want %q, got %q", want, bad)
		}
	}
}
