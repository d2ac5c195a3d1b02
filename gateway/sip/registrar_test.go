package sip

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	msg "github.com/emiago/sipgo/sip"

	"decroche/gateway/leg"
	"decroche/gateway/sip/digest"
	"decroche/internal/peer"
)

// aPhone is a phone that registers, with a script for its messages.
type aPhone struct {
	*peer.Script
	t         *testing.T
	challenge digest.Challenge
	count     uint32
}

func (st *stage) phone(addr, user string) *aPhone {
	p := &aPhone{Script: peer.NewScript(st.raw(addr), serverIP+":5060", user), t: st.t}
	p.URI = "sip:decroche"
	return p
}

// register sends a REGISTER for user, signed when it was challenged, and returns the answer's status.
func (p *aPhone) register(user, password, extra string) peer.Message {
	p.t.Helper()
	head := fmt.Sprintf("%s\n", strings.TrimRight(extra, "\n"))
	if p.challenge.Nonce != "" {
		p.count++
		a, err := digest.Respond(p.challenge, user, password, "REGISTER", "sip:decroche", p.count)
		if err != nil {
			p.t.Fatal(err)
		}
		head += "Authorization: " + a.String() + "\n"
	}
	p.CSeq++
	p.Branch = "z9hG4bK-phone-" + token()
	text := p.Text("REGISTER", head)
	text = strings.Replace(text, "To: <sip:decroche>", "To: <sip:"+user+"@decroche>", 1)
	if strings.Contains(extra, "Contact:") { // the script's own gives way
		lines := strings.Split(text, "\n")
		for i, l := range lines {
			if strings.HasPrefix(l, "Contact: <sip:peer@") {
				lines = append(lines[:i], lines[i+1:]...)
				break
			}
		}
		text = strings.Join(lines, "\n")
	}
	p.Send(p.To, text)
	cseq := fmt.Sprintf("%d REGISTER", p.CSeq)
	m := p.Await(5*time.Second, "the answer to "+cseq, func(m peer.Message) bool { return m.Status() > 0 && m.Get("cseq") == cseq })
	if m.Status() == 401 {
		for _, h := range m.Headers["www-authenticate"] {
			if c, err := digest.ParseChallenge(h); err == nil && c.Algorithm == "SHA-256" {
				p.challenge, p.count = c, 0
			}
		}
	}
	return m
}

// withPhones is patient's configuration with two phones.
func withPhones(t *testing.T) Config {
	t.Setenv("DECROCHE_TEST_PHONE", "s3cret")
	c := withTrunks()
	c.Registrar.Digest = []string{"SHA-256", "MD5"}
	c.Phones = []Phone{{"karim", "env:DECROCHE_TEST_PHONE"}, {"nadia", "env:DECROCHE_TEST_PHONE"}}
	return c
}

// A phone registers with its password, is asked anew when the nonce is old, is rung at the address that
// it came from, and leaves.
func TestPhoneRegisters(t *testing.T) {
	virtual(t, withPhones(t), nil, func(t *testing.T, st *stage) {
		p := st.phone("10.0.0.5:5062", "karim")
		if m := p.register("karim", "s3cret", ""); m.Status() != 401 || len(m.Headers["www-authenticate"]) != 2 {
			t.Fatalf("without a password: %s", m.Text)
		}
		contact := "Contact: <sip:karim@192.168.1.7:9999>;expires=600"
		m := p.register("karim", "s3cret", contact)
		if m.Status() != 200 || m.Get("contact") != "<sip:karim@192.168.1.7:9999>;expires=600" {
			t.Fatalf("with it: %s", m.Text)
		}
		got := st.dial(context.Background(), leg.Invite{Addr: "sip:karim@decroche"})
		invite := p.Raw.Request("INVITE")
		if !strings.HasPrefix(invite.Start, "INVITE sip:karim@192.168.1.7:9999 ") {
			t.Errorf("INVITE is %s", invite.Start)
		}
		p.Reply(invite, 200, "OK", "k", strings.ReplaceAll(sdpAnswer(""), "<sip:201@"+agentAddr+">", "<sip:karim@192.168.1.7:9999>"))
		if ack := p.Raw.Request("ACK"); !strings.HasPrefix(ack.Start, "ACK sip:karim@192.168.1.7:9999 ") {
			t.Errorf("ACK is %s", ack.Start)
		}
		d := <-got
		if d.err != nil {
			t.Fatal(d.err)
		}
		d.leg.Hangup(context.Background(), leg.Normal)
		p.Reply(p.Raw.Request("BYE"), 200, "OK", "", "")
		time.Sleep(6 * time.Minute) // the nonce is old now, the registration is not
		if m := p.register("karim", "s3cret", contact); m.Status() != 401 || !strings.Contains(m.Get("www-authenticate"), "stale=true") {
			t.Errorf("with an old nonce: %s", m.Text)
		}
		if s := st.Phones(); len(s) != 2 || s[0].Contacts != 1 || s[1].Contacts != 0 {
			t.Errorf("phones %+v", s)
		}
		if m := p.register("karim", "s3cret", "Contact: *\nExpires: 0"); m.Status() != 200 || m.Get("contact") != "" {
			t.Errorf("on leaving: %s", m.Text)
		}
		_, err := st.Dial(context.Background(), leg.Invite{Addr: "sip:karim@decroche"})
		var refused *leg.Refused
		if !errors.As(err, &refused) || refused.Status != 480 {
			t.Errorf("a phone that left: %v", err)
		}
		st.idleSoon()
	})
}

// What a registration is bounded by, and what is refused.
func TestRegistrarRefuses(t *testing.T) {
	virtual(t, withPhones(t), nil, func(t *testing.T, st *stage) {
		p := st.phone("10.0.0.5:5062", "karim")
		p.register("karim", "", "")
		for _, c := range []struct {
			what, extra string
			status      int
			want        string // in the answer
		}{
			{"too short", "Contact: <sip:a@10.0.0.5>;expires=5", 423, "Min-Expires: 60"},
			{"too long", "Contact: <sip:a@10.0.0.5>;expires=999999", 200, "expires=3600"},
			{"a query", "Contact: <sip:a@10.0.0.5>;expires=0", 200, ""},
			{"no number", "Contact: <sip:a@10.0.0.5>;expires=x", 400, ""},
			{"no number either", "Expires: -1\nContact: <sip:a@10.0.0.5>", 400, ""},
			{"no address", "Contact: <tel:+33>", 400, ""},
			{"an open bracket", "Contact: <sip:a@b", 400, ""},
			{"a star with company", "Contact: *, <sip:a@b>\nExpires: 0", 400, ""},
			{"a star that stays", "Contact: *\nExpires: 60", 400, ""},
			{"many at once", "Contact: " + strings.TrimSuffix(strings.Repeat("<sip:a@b>, ", 21), ", "), 400, ""},
		} {
			if m := p.register("karim", "s3cret", c.extra); m.Status() != c.status || !strings.Contains(m.Text, c.want) {
				t.Errorf("%s: want %d %s, got\n%s", c.what, c.status, c.want, m.Text)
			}
		}
		for i := range 5 { // the oldest gives way
			p.register("karim", "s3cret", fmt.Sprintf("Contact: <sip:a%d@10.0.0.5>", i))
		}
		if m := p.register("karim", "s3cret", "Contact: <sip:gone@10.0.0.5>;expires=0"); len(m.Headers["contact"]) != 3 || strings.Contains(m.Text, "a1@") {
			t.Errorf("contacts are\n%s", m.Text)
		}
		p.register("karim", "s3cret", `Contact: <sip:x@10.0.0.5>;+sip.instance="<urn:uuid:1>";reg-id=1`)
		if m := p.register("karim", "s3cret", `Contact: <sip:y@10.0.0.5>;+sip.instance="<urn:uuid:1>";reg-id=1`); strings.Contains(m.Text, "sip:x@") || len(m.Headers["contact"]) != 3 {
			t.Errorf("one instance is at two places:\n%s", m.Text)
		}
		time.Sleep(2 * time.Hour)
		if s := st.Phones(); s[0].Contacts != 0 {
			t.Errorf("after two hours: %+v", s)
		}
	})
}

// A phone may register itself alone, and a name that does not exist is treated as a wrong password is.
func TestRegistrarIsNotGuessed(t *testing.T) {
	virtual(t, withPhones(t), nil, func(t *testing.T, st *stage) {
		p := st.phone("10.0.0.5:5062", "karim")
		p.register("karim", "", "")
		p.CSeq++
		p.Branch = "z9hG4bK-phone-" + token()
		a, _ := digest.Respond(p.challenge, "karim", "s3cret", "REGISTER", "sip:decroche", 1)
		p.Send(p.To, strings.Replace(p.Text("REGISTER", "Authorization: "+a.String()), "To: <sip:decroche>", "To: <sip:nadia@decroche>", 1))
		p.Response(403, "REGISTER")
		for _, user := range []string{"karim", "nobody"} {
			g := st.phone("10.0.0.6:0", user)
			g.register(user, "", "")
			held := 0
			for range 12 {
				switch m := g.register(user, "guess", ""); m.Status() {
				case 401:
				case 403:
					held++
				default:
					t.Errorf("%s: %d", user, m.Status())
				}
			}
			if held < 5 {
				t.Errorf("%s: held up %d times of 12", user, held)
			}
		}
		if m := p.register("karim", "s3cret", "Contact: <sip:karim@10.0.0.5:5062>"); m.Status() != 200 { // from elsewhere its owner is let in
			m = p.register("karim", "s3cret", "Contact: <sip:karim@10.0.0.5:5062>")
			if m.Status() != 200 {
				t.Errorf("the owner: %s", m.Text)
			}
		}
		if s := st.Phones(); s[0].Contacts != 1 {
			t.Errorf("phones %+v", s)
		}
		synctest.Wait()
	})
}

// All places of one person ring; one answers and the other stops. A place that declines ends it for all.
func TestForkedPhones(t *testing.T) {
	cfg := withPhones(t)
	for name, declines := range map[string]bool{"answered": false, "declined": true} {
		t.Run(name, func(t *testing.T) {
			virtual(t, cfg, nil, func(t *testing.T, st *stage) {
				a, b := st.phone("10.0.0.5:5062", "karim"), st.phone("10.0.0.6:5062", "karim")
				for _, p := range []*aPhone{a, b} {
					p.register("karim", "", "")
					if m := p.register("karim", "s3cret", "Contact: <sip:karim@"+p.Addr()+">"); m.Status() != 200 {
						t.Fatal(m.Text)
					}
				}
				got := st.dial(context.Background(), leg.Invite{Addr: "sip:karim@decroche"})
				one, two := a.Raw.Request("INVITE"), b.Raw.Request("INVITE")
				a.Reply(one, 180, "Ringing", "a", "")
				b.Reply(two, 180, "Ringing", "b", "")
				if declines {
					b.Reply(two, 603, "Decline", "b", "")
				} else {
					b.Reply(two, 200, "OK", "b", sdpAnswer(""))
				}
				a.Reply(a.Raw.Request("CANCEL"), 200, "OK", "a", "")
				a.Reply(one, 487, "Request Terminated", "a", "")
				d := <-got
				var refused *leg.Refused
				if declines != (d.err != nil) || declines && (!errors.As(d.err, &refused) || refused.Status != 603) {
					t.Fatalf("ended with %v", d.err)
				}
				if !declines {
					agent := st.raw(agentAddr) // where the answer's Contact points; pinned flows go back to the phone
					d.leg.Hangup(context.Background(), leg.Normal)
					b.Reply(b.Raw.Request("BYE"), 200, "OK", "", "")
					_ = agent
				}
				st.idleSoon()
			})
		})
	}
}

// Whatever a REGISTER says, the registrar holds at most what is configured, and nothing is nameless.
func FuzzRegister(f *testing.F) {
	f.Add("<sip:a@10.0.0.1:5060;transport=tcp>;expires=60", "3600")
	f.Add(`"A, b" <sip:a@b>;+sip.instance="<urn:uuid:1>";reg-id=1, sip:c@d`, "")
	f.Add("*", "0")
	parse := newServerForFuzz(f)
	f.Fuzz(func(t *testing.T, contact, expires string) {
		req := parse(contact, expires)
		if req == nil {
			return
		}
		r, _ := newRegistrar(defaultRegistrarConfig(), []Phone{{Username: "karim"}})
		c, fault := r.read(req, flow{network: "UDP"})
		if fault != nil {
			return
		}
		list, ok := r.apply("karim", c)
		if !ok || len(list) > r.cfg.Contacts {
			t.Errorf("%d places", len(list))
		}
		for _, b := range list {
			if s := b.contact.String(); b.contact.Host == "" || strings.ContainsAny(s, "\r\n") || !b.ends.After(time.Now()) {
				t.Errorf("%q is a place: %q until %v", contact, s, b.ends)
			}
		}
	})
}

// newServerForFuzz builds REGISTERs the way the transport would read them; nil for what it refuses.
func newServerForFuzz(f *testing.F) func(contact, expires string) *msg.Request {
	f.Helper()
	parser := msg.NewParser()
	return func(contact, expires string) *msg.Request {
		clean := strings.NewReplacer("\r", " ", "\n", " ")
		text := "REGISTER sip:decroche SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKf\r\nFrom: <sip:k@d>;tag=1\r\nTo: <sip:k@d>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\nContact: " +
			clean.Replace(contact) + "\r\nExpires: " + clean.Replace(expires) + "\r\nContent-Length: 0\r\n\r\n"
		m, _, err := parser.Parse([]byte(text), false)
		if err != nil {
			return nil
		}
		req, _ := m.(*msg.Request)
		return req
	}
}
