package sip

import (
	"bytes"
	"errors"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	msg "github.com/emiago/sipgo/sip"

	"decroche/gateway/leg"
)

// aGuard is a guard with a clock of its own; what it logs goes into the buffer.
func aGuard(cfg OutboundConfig, known ...string) (*guard, *time.Time, *bytes.Buffer) {
	var log bytes.Buffer
	now := time.Unix(1_700_000_000, 0)
	g := newGuard(cfg, []TrunkConfig{{Name: "carrier", Prefixes: []string{"+33", "+44"}}}, known, slog.New(slog.NewTextHandler(&log, nil)), NewMetrics(nil))
	g.now = func() time.Time { return now }
	return g, &now, &log
}

func (g *guard) try(t *testing.T, addr string, trunk bool) (func(), string) {
	t.Helper()
	var uri msg.Uri
	if n, ok := bareNumber(addr); ok {
		uri = msg.Uri{User: n}
	} else if err := msg.ParseUri(addr, &uri); err != nil {
		t.Fatal(err)
	}
	leave, err := g.enter(uri, trunk)
	var b *barred
	if errors.As(err, &b) {
		return nil, b.why
	}
	return leave, ""
}

// Whom may be called is what the configuration names, and premium numbers in no disguise.
func TestGuardJudges(t *testing.T) {
	t.Parallel()
	cfg := DefaultOutboundConfig()
	cfg.Hosts = append(cfg.Hosts, "pbx.example")
	g, _, _ := aGuard(cfg, "sip:0899000000@sbc.example", "10.0.0.9", "2001:db8::1")
	for _, c := range []struct {
		addr  string
		trunk bool
		want  string
	}{
		{"+33612345678", true, ""}, {"0612345678", true, ""}, {"0033612345678", true, ""}, {"+442071234567", true, ""}, {"+14155550100", true, barPrefix}, {"3949", true, barPrefix},
		{"0899123456", true, barDenied}, {"0033899123456", true, barDenied}, {"+33 (0) 899 12 34 56", true, barDenied}, {"+33000899123456", true, barDenied}, {"118218", true, barDenied}, {"+88213000000", true, barDenied},
		{"sip:201@pbx.example", false, ""}, {"sip:karim@PBX.example.", false, ""}, {"sip:0612345678@pbx.example", false, ""}, {"sip:0899123456@pbx.example", false, barDenied},
		{"sip:%30899123456@pbx.example", false, barNumber}, {"sip:*720899123456@pbx.example", false, barNumber}, {"sip:9-0899123456@pbx.example", false, barPrefix},
		{"sip:a%30899123456@pbx.example", false, barNumber}, {"sip:201@elsewhere.example", false, barHost}, {"sip:0612345678@elsewhere.example", false, barHost},
		{"sip:0899000000@sbc.example", false, ""}, {"sip:0899000001@sbc.example", false, barHost}, {"sip:0899000000@sbc.example:5080", false, barHost},
		{"sip:201@10.0.0.9", false, ""}, {"sip:201@[2001:db8::1]:5062", false, ""}, {"sip:x@127.0.0.1:7000", false, ""},
	} {
		if _, got := g.try(t, c.addr, c.trunk); got != c.want {
			t.Errorf("%s (trunk %v): %q, want %q", c.addr, c.trunk, got, c.want)
		}
	}
}

// Caps count in windows that slide, narrow ones before wide ones, and places come back.
func TestGuardCounts(t *testing.T) {
	t.Parallel()
	cfg := DefaultOutboundConfig()
	cfg.PerHour, cfg.PerDay, cfg.AtOnce = 4, 6, 3
	cfg.Caps = []OutboundCap{{"+44", 1, 1}, {"+336", 2, 10}}
	g, now, log := aGuard(cfg)
	call := func(addr, want string) func() {
		t.Helper()
		leave, got := g.try(t, addr, true)
		if got != want {
			t.Errorf("%s: %q, want %q", addr, got, want)
		}
		return leave
	}
	a := call("+442071234567", "")
	call("+442071234567", barHour) // the cap of +44
	b := call("0612345678", "")
	c := call("0612345678", "")
	call("0123456789", barAtOnce)
	a()
	a()                         // twice is once
	call("0612345678", barHour) // the cap of +336
	d := call("0123456789", "")
	call("0123456789", barAtOnce)
	b()
	c()
	d()
	call("0123456789", barHour) // four in all
	*now = now.Add(59 * time.Minute)
	call("0123456789", barHour)
	*now = now.Add(2 * time.Minute)
	call("0123456789", "")()
	call("+442071234567", barDay)
	call("0123456789", "")()
	call("0123456789", barDay) // six in all
	*now = now.Add(26 * time.Hour)
	call("0123456789", "")()
	if text := log.String(); !strings.Contains(text, "reason=at_once") || strings.Contains(text, "123456789") || strings.Contains(text, "12345678") {
		t.Errorf("the log names who was called, or not why:\n%s", text)
	}
	if n := strings.Count(log.String(), "reason=per_hour"); n > 3 {
		t.Errorf("per_hour is logged %d times", n)
	}
}

func TestOutboundConfig(t *testing.T) {
	t.Parallel()
	if bad := DefaultOutboundConfig().Validate(); len(bad) > 0 {
		t.Errorf("the defaults: %v", bad)
	}
	for want, spoil := range map[string]func(*OutboundConfig){
		`country: "+33" is not a country code; write its digits alone, such as 33`:           func(c *OutboundConfig) { c.Country = "+33" },
		`prefixes[0]: "france" is no beginning of a number; write it like +33, 08 or 118`:    func(c *OutboundConfig) { c.Prefixes = []string{"france"} },
		`denied[0]: "" is no beginning of a number; write it like +33, 08 or 118`:            func(c *OutboundConfig) { c.Denied = []string{""} },
		`hosts[0]: "sip:a" is not a host; write a name or an address, without sip: and port`: func(c *OutboundConfig) { c.Hosts = []string{"sip:a"} },
		`at_once: -1 is not between 0 and 1000000; 0 lets nobody be called by number`:        func(c *OutboundConfig) { c.AtOnce = -1 },
		`caps[0].prefix: "x" is no beginning of a number; write it like +44`:                 func(c *OutboundConfig) { c.Caps = []OutboundCap{{Prefix: "x"}} },
	} {
		c := DefaultOutboundConfig()
		spoil(&c)
		if bad := c.Validate(); len(bad) != 1 || bad[0] != want {
			t.Errorf("got %q\nwant %q", bad, want)
		}
	}
}

func TestTrunkConfig(t *testing.T) {
	t.Parallel()
	good := TrunkConfig{Name: "carrier", Addr: "sip.carrier.example:5061", Transport: "tls", Username: "0123", Password: "env:X", Register: true, Prefixes: []string{"+33", "0800"}, Media: "srtp", Headers: map[string]string{"X-Ref": "{reference}"}}
	if bad := ValidateTrunks([]TrunkConfig{good}); len(bad) > 0 {
		t.Errorf("a good one: %v", bad)
	}
	for want, spoil := range map[string]func(*TrunkConfig){
		`[0].name: "A b" is not a name`:                func(c *TrunkConfig) { c.Name = "A b" },
		`[0].addr: "x@y" is not a port`:                func(c *TrunkConfig) { c.Addr = "sip:x@y" },
		`[0].addr: "0" is not a port`:                  func(c *TrunkConfig) { c.Addr = "a:0" },
		`[0].transport: "ws" is not`:                   func(c *TrunkConfig) { c.Transport, c.Media = "ws", "" },
		`[0].password: a secret is never written here`: func(c *TrunkConfig) { c.Password = "hunter2" },
		`[0].register: nobody can`:                     func(c *TrunkConfig) { c.Username, c.Password = "", "" },
		`[0].expires: 1s is not`:                       func(c *TrunkConfig) { c.Expires = time.Second },
		`[0].prefixes[0]: "x" is no`:                   func(c *TrunkConfig) { c.Prefixes = []string{"x"} },
		`[0].rewrite[0]: "x" to`:                       func(c *TrunkConfig) { c.Rewrite = []Rewrite{{From: "x"}} },
		`[0].media: srtp sends its keys`:               func(c *TrunkConfig) { c.Transport = "tcp" },
		`[0].headers: sip: header "From"`:              func(c *TrunkConfig) { c.Headers = map[string]string{"From": "x"} },
		`[0].headers: X-A: "{said}" names a field`:     func(c *TrunkConfig) { c.Headers = map[string]string{"X-A": "{said}"} },
		`[0].priority: -1`:                             func(c *TrunkConfig) { c.Priority = -1 },
	} {
		c := good
		spoil(&c)
		if bad := ValidateTrunks([]TrunkConfig{c}); len(bad) != 1 || !strings.HasPrefix(bad[0], want) {
			t.Errorf("got %q\nwant %q", bad, want)
		}
	}
	if bad := ValidateTrunks([]TrunkConfig{good, good}); len(bad) != 1 || !strings.Contains(bad[0], "[1].name") {
		t.Errorf("two of one name: %q", bad)
	}
}

// Templates take words of ours alone, escaped; a header whose words are all unknown is left out, and what
// is configured goes above what the gateway writes.
func TestConfiguredHeaders(t *testing.T) {
	t.Parallel()
	facts := leg.Facts{Reference: "r-1", Reason: "asked\r\nEvil: 1", Language: "fr"}
	got := configured(map[string]string{"Call-Info": "<https://gw/t>", "User-to-User": "00"}, facts,
		map[string]string{"X-Ref": "{reference}/{intent}", "X-Intent": "{intent}", "X-Fixed": "yes", "x-reason": "{reason}"},
		map[string]string{"call-info": "<https://crm/{reference}?l={language}>;purpose=info", "X-REF": "trunk {reference}"})
	want := map[string]string{"call-info": "<https://crm/r-1?l=fr>;purpose=info", "User-to-User": "00", "X-REF": "trunk r-1", "X-Fixed": "yes", "x-reason": "asked%0D%0AEvil%3A%201"}
	if !maps.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	for _, bad := range []string{"{said}", "{reference", "reference}", "{}", "{{reference}}"} {
		if _, err := fillHeader(bad, facts); err == nil {
			t.Errorf("%q is a template", bad)
		}
	}
}
