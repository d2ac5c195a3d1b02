package limit

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// A source has its burst and then its rate.
func TestRate(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	l := NewRate(2, 3, func() time.Time { return now })
	for i, c := range []struct {
		source string
		later  time.Duration
		ok     bool
	}{
		{"a", 0, true}, {"a", 0, true}, {"a", 0, true}, {"a", 0, false}, {"b", 0, true},
		{"a", 500 * time.Millisecond, true}, {"a", 0, false}, {"a", time.Hour, true}, {"a", 0, true}, {"a", 0, true}, {"a", 0, false},
		{"a", -time.Hour, false}, // the clock was set back
	} {
		now = now.Add(c.later)
		ok, after := l.Take(c.source)
		if ok != c.ok || !ok && (after <= 0 || after > 500*time.Millisecond) {
			t.Errorf("%d: %v, again in %v; want %v", i, ok, after, c.ok)
		}
	}
}

// A storm from everywhere does not make it grow, nor forgive who has just been held up.
func TestRateIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	l := NewRate(.001, 1, func() time.Time { return now })
	for i := range 2 * Most {
		now = now.Add(time.Millisecond)
		l.Take(fmt.Sprint(i))
	}
	if n := l.Sources(); n != Most {
		t.Errorf("%d sources are remembered", n)
	}
	if ok, _ := l.Take(fmt.Sprint(2*Most - 1)); ok {
		t.Error("the latest is forgiven")
	}
}

func TestBackoffIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	l := &Backoff{Free: 5, First: time.Second, Most: 15 * time.Minute, After: time.Hour, Now: func() time.Time { return now }}
	for i := range 3 * Most {
		now = now.Add(time.Millisecond)
		l.Take(fmt.Sprint(i))
	}
	if n := l.Keys(); n > Most {
		t.Errorf("%d are remembered", n)
	}
	for range 10 {
		l.Take("one")
	}
	wait, _ := l.Take("one")
	if wait <= 0 || wait > l.Most {
		t.Errorf("wait %v", wait)
	}
	if again, news := l.Take("one"); again != wait || news {
		t.Errorf("told twice as news, wait %v", again)
	}
	for n := range 100 {
		if d := l.Delay(n); d < 0 || d > l.Most || n >= 5 && d < l.Delay(n-1) {
			t.Errorf("Delay(%d) = %v", n, d)
		}
	}
	now = now.Add(time.Hour)
	if wait, _ := l.Take("one"); wait != 0 {
		t.Errorf("wait %v an hour later", wait)
	}
	l.Undo("one")
	l.Clear("one")
	if wait, _ := l.Take("one"); wait != 0 {
		t.Errorf("wait %v after all was taken back", wait)
	}
}

// Who asks is the address of the connection, unless a proxy of ours says otherwise.
func TestSource(t *testing.T) {
	t.Parallel()
	ours, err := ParseProxies([]string{"10.0.0.7", "10.1.0.0/16", "2001:db8:1::/48"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		proxies   Proxies
		from      string
		forwarded []string
		want      string
	}{
		{ours, "192.0.2.1:5", nil, "192.0.2.1"},
		{ours, "[::ffff:192.0.2.1]:5", nil, "192.0.2.1"},
		{ours, "[2001:db8::1%eth0]:5", nil, "2001:db8::/64"},
		{ours, "pipe", nil, "pipe"},
		{ours, "192.0.2.1:5", []string{"198.51.100.9"}, "192.0.2.1"}, // a stranger's tale
		{nil, "10.0.0.7:5", []string{"198.51.100.9"}, "10.0.0.7"},    // off by default
		{ours, "10.0.0.7:5", []string{"198.51.100.9"}, "198.51.100.9"},
		{ours, "10.1.2.3:5", []string{"203.0.113.1, 198.51.100.9"}, "198.51.100.9"}, // what stands left is the asker's tale
		{ours, "10.1.2.3:5", []string{"203.0.113.1", "198.51.100.9, 10.0.0.7"}, "198.51.100.9"},
		{ours, "[2001:db8:1::2]:5", []string{"2001:db8:9::5"}, "2001:db8:9::/64"},
		{ours, "10.0.0.7:5", []string{"[2001:db8:9::5]:443"}, "2001:db8:9::/64"},
		{ours, "10.0.0.7:5", []string{"198.51.100.9:4711"}, "198.51.100.9"},
		{ours, "10.0.0.7:5", []string{"10.1.0.1, 10.1.0.2"}, "10.1.0.1"}, // a machine of ours asks
		{ours, "10.0.0.7:5", []string{"unknown"}, "10.0.0.7"},
		{ours, "10.0.0.7:5", []string{"198.51.100.9, <script>"}, "10.0.0.7"},
		{ours, "10.0.0.7:5", nil, "10.0.0.7"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.from
		for _, f := range c.forwarded {
			r.Header.Add("X-Forwarded-For", f)
		}
		var got string
		c.proxies.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = Source(r) })).ServeHTTP(httptest.NewRecorder(), r)
		if got != c.want {
			t.Errorf("from %s, forwarded %q: %q, want %q", c.from, c.forwarded, got, c.want)
		}
	}
	for _, bad := range []string{"", "10.0.0", "10.0.0.0/33", "proxy.example"} {
		if _, err := ParseProxies([]string{bad}); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func FuzzForwarded(f *testing.F) {
	f.Add("10.0.0.7:5", "203.0.113.1, 198.51.100.9")
	f.Add("10.0.0.7:5", ",,[::1]:x,")
	ours, _ := ParseProxies([]string{"10.0.0.0/8"})
	f.Fuzz(func(t *testing.T, from, header string) {
		r := &http.Request{RemoteAddr: from, Header: http.Header{"X-Forwarded-For": {header}}}
		if a, ok := ours.asks(r); ok && !a.IsValid() {
			t.Errorf("%q through %q is no address", header, from)
		}
	})
}
