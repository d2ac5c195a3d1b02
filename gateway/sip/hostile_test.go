package sip

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"decroche/internal/peer"
)

// TestBadRequests is the list of what parsers let through and a UAS has to answer itself, each
// with its status; a call runs beside it and does not notice.
func TestBadRequests(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		running := st.caller()
		running.Call(t, "", 4000)
		for _, c := range []struct {
			name    string
			method  string
			status  int
			extra   string
			edit    []string // old, new, …
			headers map[string]string
		}{
			{"fine", "OPTIONS", 200, "", nil, nil},
			{"another version", "INVITE", 505, "", []string{" SIP/2.0\nVia", " SIP/3.0\nVia"}, nil},
			{"no Call-ID", "INVITE", 400, "", []string{"Call-ID:", "X-Call-ID:"}, nil},
			{"no From", "INVITE", 400, "", []string{"From:", "X-From:"}, nil},
			{"no CSeq", "INVITE", 400, "", []string{"CSeq:", "X-CSeq:"}, nil},
			{"CSeq of another method", "INVITE", 400, "", []string{" INVITE\nMax", " BYE\nMax"}, nil},
			{"two From", "INVITE", 400, "From: <sip:a@b>;tag=1\n", nil, nil},
			{"two Call-IDs, one short", "INVITE", 400, "i: other\n", nil, nil},
			{"two CSeqs", "INVITE", 400, "CSeq: 1 INVITE\n", nil, nil},
			{"two Content-Lengths", "INVITE", 400, "Content-Length: 0\nContent-Length: 0\n", nil, nil},
			{"two Max-Forwards", "INVITE", 400, "Max-Forwards: 3\n", nil, nil},
			{"hops used up", "INVITE", 483, "", []string{"Max-Forwards: 70", "Max-Forwards: 0"}, nil},
			{"hops used up, but only a question", "OPTIONS", 200, "", []string{"Max-Forwards: 70", "Max-Forwards: 0"}, nil},
			{"scheme", "INVITE", 416, "", []string{"INVITE sip:hotline@10.0.0.1:5060", "INVITE nobodyknows:hotline"}, nil},
			{"extension", "INVITE", 420, "Require: nothingSupportsThis, 100rel\nRequire: more\n", nil, map[string]string{"unsupported": "nothingsupportsthis, more"}},
			{"Content-Encoding", "INVITE", 415, "Content-Encoding: gzip\n\n" + offer(4000, ""), nil, map[string]string{"accept-encoding": "identity"}},
			{"body of another type", "INVITE", 415, "Content-Type: application/unknown\n\nhello", nil, map[string]string{"accept": "application/sdp"}},
			{"body of no type", "INVITE", 415, "X: y\n\nhello", nil, nil},
			{"wants no SDP", "INVITE", 406, "Accept: text/nobodyKnowsThis\n\n" + offer(4000, ""), nil, nil},
			{"SDP that is none", "INVITE", 400, "Content-Type: application/sdp\n\nv=0\nnonsense", nil, nil},
			{"no codec", "INVITE", 488, strings.Replace(offer(4000, ""), "8 0 96", "18 96", 1), nil, map[string]string{"warning": `305 decroche "Incompatible media format"`}},
			{"method we know", "SUBSCRIBE", 405, "", nil, map[string]string{"allow": allowed}},
			{"REGISTER", "REGISTER", 405, "", nil, nil},
			{"method nobody knows", "FROBNICATE", 501, "", nil, map[string]string{"allow": allowed}},
			{"Content-Length too large", "INVITE", 400, "Content-Length: 9999\n\n" + offer(4000, ""), nil, nil},
			{"Content-Length negative", "INVITE", 400, "Content-Length: -1\n", nil, nil},
			{"huge CSeq", "INVITE", 400, "", []string{"CSeq: 1 ", "CSeq: 36893488147419103232 "}, nil},
		} {
			p := st.caller()
			p.CSeq = 0
			text := nextRequest(p, c.method, c.extra)
			for i := 0; i+1 < len(c.edit); i += 2 {
				if !strings.Contains(text, c.edit[i]) {
					t.Fatalf("%s: %q is not in\n%s", c.name, c.edit[i], text)
				}
				text = strings.Replace(text, c.edit[i], c.edit[i+1], 1)
			}
			p.Send(p.To, text)
			time.Sleep(time.Second)
			got := p.Pending()
			last := 0
			for _, m := range got {
				if m.Status() >= 200 {
					last = m.Status()
					for k, want := range c.headers {
						if m.Get(k) != want {
							t.Errorf("%s: %s is %q, want %q", c.name, k, m.Get(k), want)
						}
					}
				}
			}
			if c.status == 400 && last == 0 && (c.name == "huge CSeq" || c.name == "Content-Length negative" || c.name == "no CSeq") {
				continue // too broken to be answered: dropped and counted
			}
			if last != c.status {
				t.Errorf("%s: answered %d, want %d", c.name, last, c.status)
			}
		}
		// Multipart with a description inside is fine (RFC 5621).
		p := st.caller()
		p.Request("INVITE", "Content-Type: multipart/mixed;boundary=b1\n\n--b1\nContent-Type: text/plain\n\nhello\n--b1\nContent-Type: application/sdp\n\n"+offer(4000, "")+"\n--b1--\n")
		p.Follow(p.Response(200, "INVITE"))
		p.Request("ACK", "")
		p.Bye(t)
		running.Bye(t)
	})
}

// TestTorture sends every message of RFC 4475 that sipgo ships, over UDP: no crash, and a call
// works afterwards.
func TestTorture(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/emiago/sipgo").Output()
	if err != nil {
		t.Skipf("go list cannot tell where sipgo is: %v", err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "sip/testdata/torture/*/*.dat"))
	if err != nil || len(files) < 40 {
		t.Skipf("sipgo's torture files are not in the module cache (%d found)", len(files))
	}
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		r := st.raw("10.0.0.2:5060")
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			r.SendBytes(serverIP+":5060", data)
			time.Sleep(50 * time.Millisecond)
			answered := 0
			for _, m := range r.Pending() {
				if m.Status() >= 200 && strings.Contains(string(data), m.Get("call-id")) { // else a repetition for an earlier file
					answered = m.Status()
				}
			}
			if want, listed := tortureStatus[filepath.Base(f)]; listed && answered != want {
				t.Errorf("%s: answered %d, want %d", filepath.Base(f), answered, want)
			}
		}
		c := st.caller()
		c.Call(t, "", 4000)
		c.Bye(t)
		time.Sleep(2 * time.Minute) // calls that some files began are given up
	})
}

// tortureStatus is what RFC 4475 says a UAS does, for the messages where it says one thing.
var tortureStatus = map[string]int{
	"badvers.dat": 505, "bext01.dat": 420, "unkscm.dat": 416, "mismatch01.dat": 400, "mismatch02.dat": 400,
	"multi01.dat": 400, "mcl01.dat": 400, "invut.dat": 415, "sdp01.dat": 406, "clerr.dat": 400,
	"zeromf.dat": 200, "insuf.dat": 400, "regaut01.dat": 405,
}

// TestJunk: what is not SIP costs nothing and is counted.
func TestJunk(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		r := st.raw("10.0.0.2:0")
		for _, b := range []string{"", "\r\n\r\n", "\x00\x00", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", strings.Repeat("A", 60000),
			"\x80\x08\x00\x01" + strings.Repeat("\xd5", 168), "INVITE", "SIP/2.0 200 OK\r\n\r\n", "INVITE sip:x SIP/2.0\r\n\r\n",
			"SIP/2.0 99 Nope\r\nVia: SIP/2.0/UDP x;branch=z9hG4bKx\r\nCSeq: 1 INVITE\r\nFrom: <sip:a>\r\nTo: <sip:a>\r\nCall-ID: 1\r\n\r\n"} {
			r.SendBytes(serverIP+":5060", []byte(b))
		}
		time.Sleep(time.Second)
		for _, m := range r.Pending() {
			t.Errorf("junk was answered: %q", m.Start)
		}
		if !st.idle() {
			t.Error("junk left a transaction or a line")
		}
	})
}

// TestReplyGoesWhereItShould: to the source, at the port of Via unless rport is there.
func TestReplyGoesWhereItShould(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		behindNAT := st.caller()
		behindNAT.Send(behindNAT.To, strings.Replace(nextRequest(behindNAT, "OPTIONS", ""), behindNAT.Addr()+";branch", "192.168.1.2:5555;branch", 1))
		m := behindNAT.Response(200, "OPTIONS")
		if v := m.Get("via"); !strings.Contains(v, "received=10.0.0.2") || !strings.Contains(v, "rport="+strings.Split(behindNAT.Addr(), ":")[1]) {
			t.Errorf("Via is %q", v)
		}
		other := st.raw("10.0.0.2:5999")
		plain := st.caller()
		plain.Send(plain.To, strings.NewReplacer(";rport", "", plain.Addr()+";branch", "10.0.0.2:5999;branch").Replace(nextRequest(plain, "OPTIONS", "")))
		other.Response(200, "OPTIONS")
	})
}

// TestTCPFraming: messages in pieces and in one piece, pings, and what no framing survives.
func TestTCPFraming(t *testing.T) {
	t.Parallel()
	bot := newRig(t, testConfig(), nil, nil)
	c := peer.NewScript(peer.DialRaw(t, bot.Addr()), bot.Addr(), "hotline")
	text := strings.ReplaceAll(nextRequest(c, "OPTIONS", "")+"", "\n", "\r\n")
	text = strings.Replace(text, "\r\n\r\n", "\r\nContent-Length: 0\r\n\r\n", 1)
	for i := 0; i < len(text); i += 50 {
		c.SendBytes("", []byte(text[i:min(i+50, len(text))]))
		time.Sleep(time.Millisecond)
	}
	c.Response(200, "OPTIONS")
	c.Branch += "2"
	two := strings.Replace(text, "z9hG4bK", "z9hG4bK2", 1) + "\r\n\r\n" + strings.Replace(text, "z9hG4bK", "z9hG4bK3", 1)
	c.SendBytes("", []byte(two))
	c.Response(200, "OPTIONS")
	c.Response(200, "OPTIONS")
	c.SendBytes("", []byte("\r\n\r\n"))
	for _, junk := range []string{"\x16\x03\x01 TLS hello", "GET / HTTP/1.1\r\n\r\n", "OPTIONS sip:a SIP/2.0\r\nContent-Length: -5\r\n\r\n",
		"OPTIONS sip:a SIP/2.0\r\nVia: x\r\n\r\nno length", "OPTIONS sip:a SIP/2.0\r\nContent-Length: 99999999\r\n\r\n"} {
		r := peer.DialRaw(t, bot.Addr())
		r.SendBytes("", []byte(junk))
		if !r.Closed(5 * time.Second) {
			t.Errorf("the connection survived %q", junk)
		}
	}
	c.Branch += "4"
	c.Request("OPTIONS", "")
	c.Response(200, "OPTIONS")
}
