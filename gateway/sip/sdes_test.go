package sip

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"decroche/gateway/leg"
	"decroche/internal/peer"
	"decroche/media/rtp"
)

func b64(n int) string { return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, n)) }

func TestParseCrypto(t *testing.T) {
	t.Parallel()
	for v, want := range map[string]string{
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + b64(30):                                           "1 AES_CM_128_HMAC_SHA1_80 inline:" + b64(30),
		"12 aes_cm_128_hmac_sha1_32 inline:" + b64(30) + "|2^48|1:4":                            "12 AES_CM_128_HMAC_SHA1_32 inline:" + b64(30),
		"1 AEAD_AES_256_GCM inline:" + strings.TrimRight(b64(44), "=") + "|1048576 WSH=64 -X=1": "1 AEAD_AES_256_GCM inline:" + b64(44),
		"1 AEAD_AES_128_GCM inline:" + b64(28):                                                  "1 AEAD_AES_128_GCM inline:" + b64(28),
		"1 AES_256_CM_HMAC_SHA1_80 inline:" + b64(46):                                           "1 AES_256_CM_HMAC_SHA1_80 inline:" + b64(46),
		"": "", "1": "", "1 AES_CM_128_HMAC_SHA1_80": "", "x AES_CM_128_HMAC_SHA1_80 inline:" + b64(30): "", "-1 AES_CM_128_HMAC_SHA1_80 inline:" + b64(30): "",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + b64(29):                        "",
		"1 F8_128_HMAC_SHA1_80 inline:" + b64(30):                            "",
		"1 AES_CM_128_HMAC_SHA1_80 uri:" + b64(30):                           "",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + b64(30) + ";inline:" + b64(30): "",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + b64(30) + "|2^8":               "",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + b64(30) + "|300:1":             "",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + b64(30) + "|1:0":               "",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + b64(30) + "|1:1|2:1":           "",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + b64(30) + " UNENCRYPTED_SRTP":  "",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + b64(30) + " KDR=1":             "",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + strings.Repeat("A", 2000):      "",
	} {
		c, err := parseCrypto(v)
		if (err == nil) != (want != "") || err == nil && c.String() != want {
			t.Errorf("%.90q reads as %v (%v)\nwant %q", v, c, err, want)
		}
	}
}

// Whatever is read has the right length, and what we write of it is read again.
func FuzzCrypto(f *testing.F) {
	f.Add("1 AES_CM_128_HMAC_SHA1_80 inline:" + b64(30) + "|2^20|1:4 -X")
	f.Add("2 AEAD_AES_256_GCM inline:" + b64(44))
	f.Fuzz(func(t *testing.T, v string) {
		c, err := parseCrypto(v)
		if err != nil {
			return
		}
		key, salt, ok := rtp.SuiteLen(c.suite)
		again, err := parseCrypto(c.String())
		if !ok || len(c.key) != key+salt || err != nil || !bytes.Equal(again.key, c.key) || len(c.mki) > 16 || strings.ContainsAny(c.String(), "\r\n") {
			t.Errorf("%q reads as %v, and that as %v (%v)", v, c, again, err)
		}
		if _, err := (&keyring{}).agree(c); err != nil {
			t.Error(err)
		}
	})
}

// sealedOffer is an offer of 10.0.0.2 with two ways to encrypt, the first of them unknown.
func sealedOffer(key string) string {
	return "v=0\no=peer 1 1 IN IP4 10.0.0.2\ns=-\nc=IN IP4 10.0.0.2\nt=0 0\nm=audio 4000 RTP/SAVP 8 0\n" +
		"a=crypto:1 F8_128_HMAC_SHA1_80 inline:" + key + "\na=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:" + key + "|2^31\n"
}

// What an offer is answered depends on what is configured and on how it came.
func TestOffersOfEncryption(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		policy, body string
		want         int
		has          string
	}{
		{"off", sealedOffer(b64(30)), 488, ""}, {"off", offer(4000, ""), 200, " RTP/AVP "},
		{"optional", sealedOffer(b64(30)), 200, "a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:"}, {"optional", offer(4000, "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"+b64(30)+"\n"), 200, " RTP/AVP "},
		{"optional", sealedOffer("AAAA"), 488, ""}, {"optional", sealedOffer("AAAA") + "m=audio 4002 RTP/AVP 8\n", 200, "m=audio 0 RTP/SAVP 8 0\r\n"},
		{"required", offer(4000, ""), 488, ""}, {"required", sealedOffer(b64(30)), 488, ""}, // the key came by UDP
	} {
		cfg := patient()
		cfg.SRTP = c.policy
		virtual(t, cfg, nil, func(t *testing.T, st *stage) {
			p := st.caller()
			p.Request("INVITE", c.body)
			m := p.Response(c.want, "INVITE")
			if !strings.Contains(m.Body, c.has) {
				t.Errorf("%s: no %q in\n%s", c.policy, c.has, m.Body)
			}
			if c.want != 200 {
				p.AckFailure()
				st.idleSoon()
				return
			}
			p.Follow(m)
			p.Request("ACK", "")
			l := <-st.legs
			first := agreedOn(l)
			if strings.Contains(c.has, "crypto") != (first.Secure != nil) {
				t.Errorf("%s: agreed on %+v", c.policy, first)
			}
			if first.Secure != nil { // the same keys go on counting, others begin anew
				p.Request("INVITE", strings.Replace(c.body, "a=crypto:1", "a=sendonly\na=crypto:1", 1))
				p.Response(200, "INVITE")
				p.Request("ACK", "")
				if agreedOn(l).Secure != first.Secure {
					t.Error("the counters began again with the same keys")
				}
				p.Request("INVITE", sealedOffer(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{9}, 30))))
				again := p.Response(200, "INVITE")
				p.Request("ACK", "")
				if agreedOn(l).Secure == first.Secure || cryptoOf(again.Body) != cryptoOf(m.Body) {
					t.Error("a new key is not taken, or ours changed")
				}
			}
			p.Bye(t)
			st.idleSoon()
		})
	}
}

func cryptoOf(body string) string {
	_, rest, _ := strings.Cut(body, "a=crypto:")
	line, _, _ := strings.Cut(rest, "\r\n")
	return line
}

// An answer may choose one of our lines, under its tag; nothing else.
func TestAnswersOfEncryption(t *testing.T) {
	t.Parallel()
	e := endpoint{addr: "10.0.0.1", port: 4000, codecs: []string{"PCMA"}, way: eitherWay, sealed: true, keys: &keyring{}}
	if text := e.offerText(1, "sendrecv"); strings.Count(text, "a=crypto:") != len(offeredSuites) || !strings.Contains(text, "m=audio 4000 RTP/SAVP 8 ") {
		t.Errorf("the offer is\n%s", text)
	}
	head := "v=0\no=a 1 1 IN IP4 10.0.0.2\ns=-\nc=IN IP4 10.0.0.2\nt=0 0\n"
	good := "m=audio 5000 RTP/SAVP 8\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + b64(30) + "\n"
	for body, ok := range map[string]bool{
		good: true, "m=audio 5000 RTP/SAVP 8\na=crypto:2 AEAD_AES_256_GCM inline:" + b64(44) + "\n": true,
		"m=audio 5000 RTP/AVP 8\n": false, "m=audio 5000 RTP/SAVP 8\n": false,
		"m=audio 5000 RTP/SAVP 8\na=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:" + b64(30) + "\n": false,
		good + "a=crypto:2 AEAD_AES_256_GCM inline:" + b64(44) + "\n":                          false,
		"m=audio 5000 RTP/SAVP 8\na=crypto:9 AES_256_CM_HMAC_SHA1_80 inline:" + b64(46) + "\n": false,
	} {
		d, err := parseSDP([]byte(head + body))
		if err != nil {
			t.Fatal(err)
		}
		p, err := e.accept(d)
		if (err == nil) != ok || ok && p.Secure == nil || err != nil && !errors.Is(err, errNoCommon) {
			t.Errorf("%v, %+v for\n%s", err, p, body)
		}
	}
}

// tlsConfig is testConfig with a TLS port.
func tlsConfig(t *testing.T) (Config, string) {
	cert, key := peer.Certificate(t, "127.0.0.1", "gateway.test")
	c := testConfig()
	c.TLS = TLSConfig{Listen: "127.0.0.1:0", Cert: cert, Key: key}
	return c, cert
}

// Two gateways call each other over TLS, through a trunk that has to show the right certificate, and hear
// each other encrypted.
func TestCallOverTLS(t *testing.T) {
	t.Parallel()
	served, ca := tlsConfig(t)
	bot := newRig(t, served, nil, func(ctx context.Context, l leg.Leg) {
		if l.Answer(ctx) == nil {
			hum(ctx, l, 440)
		}
	})
	_, otherCA := tlsConfig(t)
	cfg, _ := tlsConfig(t)
	out := DefaultOutboundConfig()
	cfg.Outbound = &out
	for _, t := range []struct{ name, ca string }{{"good", ca}, {"wrong", otherCA}} {
		cfg.Trunks = append(cfg.Trunks, TrunkConfig{Name: t.name, Addr: bot.TLSAddr(), Transport: "tls", CA: t.ca, Media: "srtp", Ping: -1})
	}
	phone := newRig(t, cfg, nil, nil)
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	l, err := phone.Dial(ctx, leg.Invite{Addr: "sip:hotline@good"})
	if err != nil {
		t.Fatal(err)
	}
	ours := l.(*line)
	ours.mu.Lock()
	if ours.params.Secure == nil {
		t.Error("the sound is plain")
	}
	ours.mu.Unlock()
	if err := hears(ctx, l, 440); err != nil {
		t.Error(err)
	}
	l.Hangup(ctx, leg.Normal)
	var refused *leg.Refused
	if _, err := phone.Dial(ctx, leg.Invite{Addr: "sip:hotline@wrong"}); !errors.As(err, &refused) || refused.Status != 0 || !strings.Contains(refused.Reason, "certificate") {
		t.Errorf("with a certificate that nobody vouches for: %v", err)
	}
	other := newRig(t, testConfig(), nil, nil)
	if _, err := other.Dial(ctx, leg.Invite{Addr: "sips:hotline@" + bot.TLSAddr()}); !errors.As(err, &refused) || refused.Status != 0 {
		t.Errorf("by the system's certificates: %v", err)
	}
}

// Who connects to the TLS port and says nothing, or something else, is dropped, and others get on.
func TestTLSPortIsNotHeldUp(t *testing.T) {
	t.Parallel()
	cfg, _ := tlsConfig(t)
	bot := newRig(t, cfg, nil, nil)
	c, err := net.Dial("tcp", bot.TLSAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte("OPTIONS sip:a SIP/2.0\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	c.SetReadDeadline(time.Now().Add(30 * time.Second))
	for {
		if _, err := c.Read(make([]byte, 64)); err != nil {
			if errors.Is(err, context.DeadlineExceeded) {
				t.Error("the connection stays")
			}
			return
		}
	}
}

func TestTLSConfig(t *testing.T) {
	t.Parallel()
	cert, key := peer.Certificate(t, "a")
	for want, c := range map[string]TLSConfig{
		"tls.listen: empty": {Cert: cert}, "tls.cert: a TLS port": {Listen: ":0"}, `tls.listen: "x" is not`: {Listen: "x", Cert: cert, Key: key},
	} {
		cfg := testConfig()
		cfg.TLS = c
		if bad := cfg.Validate(); len(bad) != 1 || !strings.HasPrefix(bad[0], want) {
			t.Errorf("%+v: %q, want %s", c, bad, want)
		}
	}
	if _, err := (TLSConfig{Cert: key, Key: cert}).server(); err == nil {
		t.Error("a key is taken for a certificate")
	}
	if _, err := (TLSConfig{Cert: cert, Key: key, ClientCA: key}).server(); err == nil {
		t.Error("a key is taken for a client's certificate")
	}
}
