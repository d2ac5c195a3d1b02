package alexa_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"decroche/gateway/skill/alexa"
	"decroche/gateway/skill/skilltest"
)

const skillID = "amzn1.ask.skill.11111111-2222-3333-4444-555555555555"

// t0 is the time of these tests.
var t0 = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// far is an Amazon and a verifier that trusts it.
func far(t testing.TB) (*skilltest.Amazon, *alexa.Verifier, *clock) {
	t.Helper()
	c := &clock{t: t0}
	a, err := skilltest.New(c.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a, alexa.NewVerifier(a.Trust(func(app string) bool { return app == skillID })), c
}

// body is a good request as JSON, changed by edits of its text.
func body(id string, edits ...string) []byte {
	b, _ := json.Marshal(map[string]any{
		"version": "1.0",
		"session": map[string]any{"new": true, "sessionId": "s1", "application": map[string]string{"applicationId": skillID}, "user": map[string]string{"userId": "u1"}},
		"context": map[string]any{"System": map[string]any{"application": map[string]string{"applicationId": skillID}, "user": map[string]string{"userId": "u1"}}},
		"request": map[string]any{"type": "LaunchRequest", "requestId": id, "timestamp": "2026-11-23T09:00:00Z", "locale": "fr-FR"},
	})
	return []byte(strings.NewReplacer(edits...).Replace(string(b)))
}

// at is an edit that moves the timestamp.
func at(d time.Duration) []string {
	return []string{"2026-11-23T09:00:00Z", t0.Add(d).Format(time.RFC3339)}
}

func why(err error) string {
	if no, ok := errors.AsType[*alexa.Refusal](err); ok {
		return no.Why
	}
	return fmt.Sprint(err)
}

// TestTampered sends requests of which one thing is wrong; none may pass.
func TestTampered(t *testing.T) {
	t.Parallel()
	a, _, _ := far(t)
	small, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	chain := func(c skilltest.Certificate) skilltest.File {
		pem, err := a.Chain(c)
		if err != nil {
			t.Fatal(err)
		}
		return skilltest.File{Body: pem}
	}
	good := chain(skilltest.Certificate{}).Body
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for path, f := range map[string]skilltest.File{
		"expired":      chain(skilltest.Certificate{From: t0.Add(-48 * time.Hour), Until: t0.Add(-time.Hour)}),
		"early":        chain(skilltest.Certificate{From: t0.Add(time.Hour)}),
		"name":         chain(skilltest.Certificate{Names: []string{"echo-api.amazon.com.example.com"}}),
		"wild":         chain(skilltest.Certificate{Names: []string{"*.amazon.com"}}),
		"nameless":     chain(skilltest.Certificate{Names: []string{}}),
		"self":         chain(skilltest.Certificate{SelfSigned: true}),
		"root":         chain(skilltest.Certificate{OtherRoot: true}),
		"alone":        chain(skilltest.Certificate{Alone: true}),
		"ecdsa":        chain(skilltest.Certificate{Key: &small.PublicKey}),
		"other-key":    chain(skilltest.Certificate{Key: &other.PublicKey}),
		"private":      chain(skilltest.Certificate{ExtraPEMBlock: "RSA PRIVATE KEY"}),
		"text":         {Body: []byte("no certificate")},
		"empty":        {},
		"cut":          {Body: good[:len(good)/3]},
		"huge":         {Body: append([]byte(strings.Repeat("#\n", 40<<10)), good...)},
		"many":         {Body: []byte(strings.Repeat(string(good), 6))},
		"redirect":     {To: skilltest.ChainURL},
		"unauthorised": {Status: http.StatusForbidden, Body: good},
	} {
		a.Put("/echo.api/"+path, f)
	}
	on := func(path string) string { return "https://s3.amazonaws.com/echo.api/" + path }
	sign := func(b []byte) string { return a.Signature(b, crypto.SHA256) }
	otherSign := func(b []byte) string {
		sum := sha256.Sum256(b)
		sig, _ := rsa.SignPKCS1v15(rand.Reader, other, crypto.SHA256, sum[:])
		return base64.StdEncoding.EncodeToString(sig)
	}
	type row struct {
		name, want string
		url        string              // of the chain
		header     func(h http.Header) // changes what is good
		sent       []byte              // in the place of what was signed
		edits      []string
	}
	rows := []row{
		{name: "http", want: "url", url: "http://s3.amazonaws.com/echo.api/echo-api-cert-test.pem"},
		{name: "another host", want: "url", url: "https://notamazon.com/echo.api/echo-api-cert-test.pem"},
		{name: "a host that begins alike", want: "url", url: "https://s3.amazonaws.com.example.com/echo.api/c.pem"},
		{name: "a host that ends alike", want: "url", url: "https://evil-s3.amazonaws.com/echo.api/c.pem"},
		{name: "a bucket as host", want: "url", url: "https://evil.s3.amazonaws.com/echo.api/c.pem"},
		{name: "a host behind a name", want: "url", url: "https://s3.amazonaws.com@example.com/echo.api/c.pem"},
		{name: "a name before the host", want: "url", url: "https://x@s3.amazonaws.com/echo.api/c.pem"},
		{name: "a host with a dot behind", want: "url", url: "https://s3.amazonaws.com./echo.api/c.pem"},
		{name: "another path", want: "url", url: "https://s3.amazonaws.com/invalid.path/echo-api-cert-test.pem"},
		{name: "a path in capitals", want: "url", url: "https://s3.amazonaws.com/EcHo.aPi/echo-api-cert-test.pem"},
		{name: "a path that leads away", want: "url", url: "https://s3.amazonaws.com/echo.api/../evil/c.pem"},
		{name: "a path that leads away, hidden", want: "url", url: "https://s3.amazonaws.com/echo.api/%2e%2e/evil/c.pem"},
		{name: "a path with a hidden slash", want: "url", url: "https://s3.amazonaws.com/echo.api%2f..%2fevil/c.pem"},
		{name: "a path that begins alike", want: "url", url: "https://s3.amazonaws.com/echo.api.evil/c.pem"},
		{name: "a backslash", want: "url", url: `https://s3.amazonaws.com/echo.api/..\evil`},
		{name: "another port", want: "url", url: "https://s3.amazonaws.com:563/echo.api/echo-api-cert-test.pem"},
		{name: "a query", want: "url", url: skilltest.ChainURL + "?versionId=1"},
		{name: "no address", want: "url", url: " "},
		{name: "a very long address", want: "url", url: on(strings.Repeat("a", 600))},
		{name: "no header of the chain", want: "headers", header: func(h http.Header) { h.Del("SignatureCertChainUrl") }},
		{name: "two addresses", want: "headers", header: func(h http.Header) { h.Add("SignatureCertChainUrl", skilltest.ChainURL) }},
		{name: "no signature", want: "headers", header: func(h http.Header) { h.Del("Signature-256") }},
		{name: "two signatures", want: "headers", header: func(h http.Header) { h.Add("Signature-256", h.Get("Signature-256")) }},
		{name: "SHA-1 only", want: "headers", header: func(h http.Header) {
			h.Del("Signature-256")
			h.Set("Signature", a.Signature(body("r"), crypto.SHA1))
		}},
		{name: "SHA-1 in the place of SHA-256", want: "signature", header: func(h http.Header) { h.Set("Signature-256", a.Signature(body("r"), crypto.SHA1)) }},
		{name: "a signature that is no base64", want: "signature", header: func(h http.Header) { h.Set("Signature-256", "!!!") }},
		{name: "an empty signature", want: "signature", header: func(h http.Header) { h.Set("Signature-256", "") }},
		{name: "a short signature", want: "signature", header: func(h http.Header) { h.Set("Signature-256", "AAAA") }},
		{name: "a signature of another key", want: "signature", header: func(h http.Header) { h.Set("Signature-256", otherSign(body("r"))) }},
		{name: "a signature of another body", want: "signature", header: func(h http.Header) { h.Set("Signature-256", sign(body("other"))) }},
		{name: "a byte changed", want: "signature", sent: []byte(strings.Replace(string(body("r")), "fr-FR", "en-GB", 1))},
		{name: "a space more", want: "signature", sent: append(body("r"), ' ')},
		{name: "a key more", want: "signature", sent: []byte(strings.Replace(string(body("r")), "{", `{"x":1,`, 1))},
		{name: "certificate expired", want: "chain", url: on("expired")},
		{name: "certificate of tomorrow", want: "chain", url: on("early")},
		{name: "another name in it", want: "chain", url: on("name")},
		{name: "a wildcard in it", want: "chain", url: on("wild")},
		{name: "no name in it", want: "chain", url: on("nameless")},
		{name: "signed by itself", want: "chain", url: on("self")},
		{name: "of an unknown authority", want: "chain", url: on("root")},
		{name: "without what leads to the root", want: "chain", url: on("alone")},
		{name: "a key that is not RSA", want: "chain", url: on("ecdsa")},
		{name: "a good certificate of another key", want: "signature", url: on("other-key")},
		{name: "a private key in the chain", want: "chain", url: on("private")},
		{name: "no certificate at all", want: "chain", url: on("text")},
		{name: "an empty chain", want: "chain", url: on("empty")},
		{name: "half a certificate", want: "chain", url: on("cut")},
		{name: "too long a chain", want: "fetch", url: on("huge")},
		{name: "too many certificates", want: "chain", url: on("many")},
		{name: "a redirect", want: "fetch", url: on("redirect")},
		{name: "refused by the far side", want: "fetch", url: on("unauthorised")},
		{name: "not there", want: "fetch", url: on("gone")},
		{name: "151 s old", want: "timestamp", edits: at(-151 * time.Second)},
		{name: "an hour old", want: "timestamp", edits: at(-time.Hour)},
		{name: "151 s from now", want: "timestamp", edits: at(151 * time.Second)},
		{name: "a year from now", want: "timestamp", edits: at(365 * 24 * time.Hour)},
		{name: "no time", want: "body", edits: []string{"2026-11-23T09:00:00Z", ""}},
		{name: "a time that is none", want: "timestamp", edits: []string{"2026-11-23T09:00:00Z", "yesterday"}},
		{name: "a time of seconds", want: "timestamp", edits: []string{"2026-11-23T09:00:00Z", "1763888400"}},
		{name: "another skill", want: "application", edits: []string{skillID, "amzn1.ask.skill.other"}},
		{name: "no skill", want: "application", edits: []string{skillID, ""}},
		{name: "two skills", want: "application", edits: []string{`"new":true`, `"new":true`, `"session":{"application":{"applicationId":"` + skillID, `"session":{"application":{"applicationId":"other`}},
		{name: "no JSON", want: "body", edits: []string{"{", "<"}},
		{name: "another version", want: "body", edits: []string{`"version":"1.0"`, `"version":"2.0"`}},
		{name: "no request ID", want: "body", edits: []string{`"requestId":"r"`, `"requestId":""`}},
		{name: "an intent without a name", want: "body", edits: []string{"LaunchRequest", "IntentRequest"}},
	}
	if len(rows) < 30 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			v := alexa.NewVerifier(a.Trust(func(app string) bool { return app == skillID }))
			signed := body("r", r.edits...)
			h := a.Header(signed)
			if r.url != "" {
				h.Set("SignatureCertChainUrl", r.url)
			}
			if r.header != nil {
				r.header(h)
			}
			sent := signed
			if r.sent != nil {
				sent = r.sent
			}
			if _, err := v.Verify(t.Context(), h, sent); why(err) != r.want {
				t.Errorf("refused for %q, want %q", why(err), r.want)
			}
		})
	}
}

// TestGood lets requests pass whose form is another and whose meaning is not.
func TestGood(t *testing.T) {
	t.Parallel()
	a, v, _ := far(t)
	n := 0
	for name, r := range map[string]struct {
		url   string
		edits []string
	}{
		"as Amazon sends it":  {},
		"port 443":            {url: "https://s3.amazonaws.com:443/echo.api/echo-api-cert-test.pem"},
		"capitals":            {url: "HTTPS://S3.AmazonAWS.com/echo.api/echo-api-cert-test.pem"},
		"dot segments":        {url: "https://s3.amazonaws.com/echo.api/../echo.api/./echo-api-cert-test.pem"},
		"a fragment":          {url: skilltest.ChainURL + "#x"},
		"150 s old":           {edits: at(-150 * time.Second)},
		"150 s from now":      {edits: at(150 * time.Second)},
		"another time zone":   {edits: []string{"2026-11-23T09:00:00Z", "2026-11-23T10:00:30+01:00"}},
		"keys we do not know": {edits: []string{`"new":true`, `"new":true,"x":{"y":[1]}`}},
		"session only":        {edits: []string{`"System":{"application":{"applicationId":"` + skillID + `"},`, `"System":{`}},
	} {
		n++
		b := body(fmt.Sprint("r", n), r.edits...)
		h := a.Header(b)
		h.Set("Signature", a.Signature(b, crypto.SHA1)) // is sent too, and not read
		if r.url != "" {
			h.Set("SignatureCertChainUrl", r.url)
		}
		got, err := v.Verify(t.Context(), h, b)
		if err != nil || got.Application() != skillID || got.Body.Type != alexa.Launch {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := a.Asked("/echo.api/echo-api-cert-test.pem"); n != 1 {
		t.Errorf("the chain was fetched %d times, want once: it is kept under its normal address", n)
	}
}

// TestReplay takes a request once, as long as its timestamp is good and beyond.
func TestReplay(t *testing.T) {
	t.Parallel()
	a, v, c := far(t)
	b := body("again", at(150*time.Second)...)
	h := a.Header(b)
	if _, err := v.Verify(t.Context(), h, b); err != nil {
		t.Fatal(err)
	}
	for _, d := range []time.Duration{0, 100 * time.Second, 100 * time.Second, 100 * time.Second} {
		c.add(d)
		if _, err := v.Verify(t.Context(), h, b); why(err) != alexa.WhyReplay {
			t.Errorf("at %v: %q, want a replay", c.now().Sub(t0), why(err))
		}
	}
	c.add(time.Second)
	if _, err := v.Verify(t.Context(), h, b); why(err) != alexa.WhyTimestamp {
		t.Errorf("at the end: %q", why(err))
	}
	// A stranger's copy with a wrong signature must not use up the ID.
	b = body("mine", at(c.now().Sub(t0))...)
	wrong := a.Header(b)
	wrong.Set("Signature-256", a.Signature([]byte("x"), crypto.SHA256))
	if _, err := v.Verify(t.Context(), wrong, b); why(err) != alexa.WhySignature {
		t.Errorf("wrong signature: %q", why(err))
	}
	if _, err := v.Verify(t.Context(), a.Header(b), b); err != nil {
		t.Errorf("the ID was used up by who had not signed: %v", err)
	}
}

// TestChainIsKept: a chain is fetched again after a day; while that fails the good one serves until its
// end, and no longer.
func TestChainIsKept(t *testing.T) {
	t.Parallel()
	a, v, c := far(t)
	pem, err := a.Chain(skilltest.Certificate{Until: t0.Add(72 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	const path = "/echo.api/echo-api-cert-test.pem"
	a.Put(path, skilltest.File{Body: pem})
	n := 0
	verify := func() string {
		n++
		b := body(fmt.Sprint("k", n), at(c.now().Sub(t0))...)
		_, err := v.Verify(t.Context(), a.Header(b), b)
		return why(err)
	}
	step := func(d time.Duration, want string, asked int) {
		t.Helper()
		c.add(d)
		if got := verify(); got != want || a.Asked(path) != asked {
			t.Errorf("after %v: %q and %d fetches, want %q and %d", c.now().Sub(t0), got, a.Asked(path), want, asked)
		}
	}
	step(0, "<nil>", 1)
	step(23*time.Hour, "<nil>", 1)
	step(time.Hour, "<nil>", 2)
	a.Put(path, skilltest.File{Status: http.StatusServiceUnavailable})
	step(24*time.Hour, "<nil>", 3) // could not be renewed
	step(time.Second, "<nil>", 3)  // not tried again at once
	step(time.Minute, "<nil>", 4)
	step(25*time.Hour, "fetch", 5) // it has expired by now
	step(time.Second, "fetch", 5)  // failures are kept for a little
	a.Put(path, skilltest.File{Body: chainOf(t, a, skilltest.Certificate{})})
	step(time.Minute, "<nil>", 6)
}

func chainOf(t *testing.T, a *skilltest.Amazon, c skilltest.Certificate) []byte {
	t.Helper()
	pem, err := a.Chain(c)
	if err != nil {
		t.Fatal(err)
	}
	return pem
}

// TestOneFetch: requests that come together fetch a chain once.
func TestOneFetch(t *testing.T) {
	t.Parallel()
	a, v, _ := far(t)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			b := body(fmt.Sprint("p", i))
			if _, err := v.Verify(t.Context(), a.Header(b), b); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := a.Asked("/echo.api/echo-api-cert-test.pem"); n != 1 {
		t.Errorf("%d fetches", n)
	}
}

func FuzzChainURL(f *testing.F) {
	for _, s := range []string{skilltest.ChainURL, "https://s3.amazonaws.com:443/echo.api/../echo.api/c.pem", "https://s3.amazonaws.com/echo.api/%2e%2e/x", "http://a", "https://x@s3.amazonaws.com/echo.api/y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := alexa.ChainURL(s)
		if err != nil {
			return
		}
		if !strings.HasPrefix(got, "https://s3.amazonaws.com/echo.api/") || strings.Contains(got, "..") && strings.Contains(got, "/../") {
			t.Errorf("%q became %q", s, got)
		}
		if again, err := alexa.ChainURL(got); err != nil || again != got {
			t.Errorf("%q is not in its normal form: %q, %v", got, again, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(body("r"))
	f.Add(body("r", "LaunchRequest", "IntentRequest", `"locale"`, `"intent":{"name":"a","slots":{"b":{"value":"c"}}},"locale"`))
	f.Add([]byte(`{"version":"1.0","session":{"attributes":{"a":1,"b":"c"}},"request":{"type":"x","requestId":"y","timestamp":"z"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := alexa.Parse(b)
		if err != nil {
			return
		}
		_, _ = r.Who(), r.LinkedToken()
		if r.Body.Type == alexa.IntentType && r.Body.Intent == nil {
			t.Error("an intent request without an intent passed")
		}
	})
}
