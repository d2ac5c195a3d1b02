package sip

import (
	"testing"
	"time"
)

func TestConfig(t *testing.T) {
	t.Parallel()
	if bad := DefaultConfig().Validate(); bad != nil {
		t.Errorf("defaults: %q", bad)
	}
	for want, edit := range map[string]func(*Config){
		`listen: "5060" is not host:port; write for example "127.0.0.1:5060" or ":5060"`:                      func(c *Config) { c.Listen = "5060" },
		`listen: "gateway" is not an IP address; write an address of this machine, or leave it empty for all`: func(c *Config) { c.Listen = "gateway:5060" },
		`listen: port "99999" is not between 0 and 65535; SIP is usually 5060, over TLS 5061`:                 func(c *Config) { c.Listen = ":99999" },
		`transports: empty; list udp, tcp or both`:                                                            func(c *Config) { c.Transports = nil },
		`transports: "tls" is not known; use udp or tcp`:                                                      func(c *Config) { c.Transports = []string{"tls"} },
		`transports: "udp" stands twice; remove one`:                                                          func(c *Config) { c.Transports = []string{"udp", "udp"} },
		`external_address: "sip:x@y" is not an address or host name; write it without scheme and port`:        func(c *Config) { c.ExternalAddress = "sip:x@y" },
		`allow: "here" is not a network; write for example "192.0.2.0/24" or "192.0.2.7"`:                     func(c *Config) { c.Allow = []string{"here"} },
		`rate_per_source: 0 is not between 0 and 1000000; write new requests per second, for example 50`:      func(c *Config) { c.RatePerSource = 0 },
		`rate_burst: 0 is below 1, so no call could come in; use for example 200`:                             func(c *Config) { c.RateBurst = 0 },
		`min_se: 30s is not between 1m30s and 24h0m0s`:                                                        func(c *Config) { c.MinSE = 30 * time.Second },
		`session_expires: 2m0s is shorter than min_se 3m0s; make it at least as long`:                         func(c *Config) { c.SessionExpires, c.MinSE = 2*time.Minute, 3*time.Minute },
		`ring_for: 0s is not between 1s and 10m0s`:                                                            func(c *Config) { c.RingFor = 0 },
		`no_reply: 1m0s is not between 500ms and 32s`:                                                         func(c *Config) { c.NoReply = time.Minute },
		`ack_timeout: 1ms is not between 1s and 5m0s`:                                                         func(c *Config) { c.AckTimeout = time.Millisecond },
		`media_timeout: 1ms is not between 1s and 1h; 0 turns it off`:                                         func(c *Config) { c.MediaTimeout = time.Millisecond },
		`user_agent: contains a line break; write one short name`:                                             func(c *Config) { c.UserAgent = "a\r\nb" },
		`codecs: empty; list PCMA, PCMU, G722 or opus, the preferred one first`:                               func(c *Config) { c.Codecs = nil },
		`codecs: "g729" is not known; use PCMA, PCMU, G722 or opus`:                                           func(c *Config) { c.Codecs = []string{"PCMA", "g729"} },
		`max_connections: 0 is below 1; use for example 1000, or leave tcp out of transports`:                 func(c *Config) { c.MaxConnections = 0 },
		`transfer.refer_answer: 1m0s is not between 100ms and 32s`:                                            func(c *Config) { c.Transfer.ReferAnswer = time.Minute },
		`transfer.first_notify: 50s is longer than final_notify 45s; make it shorter`:                         func(c *Config) { c.Transfer.FirstNotify = 50 * time.Second },
		`transfer.replaces_from: "pbx" is not a network; write for example "192.0.2.0/24" or "192.0.2.7"`:     func(c *Config) { c.Transfer.ReplacesFrom = []string{"pbx"} },
	} {
		c := DefaultConfig()
		edit(&c)
		if bad := c.Validate(); len(bad) != 1 || bad[0] != want {
			t.Errorf("got %q\nwant %q", bad, want)
		}
	}
	if _, err := New(Config{}, nil, nil, nil); err == nil {
		t.Error("an empty configuration was taken")
	}
}

// TestPortInUse says what to do.
func TestPortInUse(t *testing.T) {
	t.Parallel()
	one := newRig(t, testConfig(), nil, nil)
	cfg := testConfig()
	cfg.Listen = one.Addr()
	two, err := newServer(cfg, one.engine, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := `sip: listen on "` + one.Addr() + `": listen udp ` + one.Addr() + `: bind: address already in use; another program has it; stop that one or choose another port in sip.listen`
	if err := two.Listen(); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
