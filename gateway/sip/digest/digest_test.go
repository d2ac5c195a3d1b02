package digest

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// RFC 2617 §3.5 (MD5) and RFC 7616 §3.9.1 (MD5 and SHA-256) give these answers.
func TestExamplesOfTheRFCs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ algorithm, realm, nonce, cnonce, user, password, want string }{
		{"", "testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093", "0a4f113b", "Mufasa", "Circle Of Life", "6629fae49393a05397450978507c4ef1"},
		{"MD5", "http-auth@example.org", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "Mufasa", "Circle of Life", "8ca523f5e9506fed4657c9700eebdbec"},
		{"SHA-256", "http-auth@example.org", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "Mufasa", "Circle of Life", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"},
	} {
		a := Answer{Username: c.user, Realm: c.realm, Nonce: c.nonce, URI: "/dir/index.html", Algorithm: c.algorithm, QOP: "auth", Cnonce: c.cnonce, Count: 1}
		if got := a.expected(c.password, "GET"); got != c.want {
			t.Errorf("%s: %s, want %s", c.algorithm, got, c.want)
		}
	}
}

func TestParseChallenge(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		`Digest realm="a", nonce="b"`: `Digest realm="a", nonce="b"`,
		"DIGEST  Realm = \"a\\\"b\" ,\tnonce=b/+ , QOP=\"auth, auth-int\", algorithm=md5": `Digest realm="a\"b", nonce="b/+", algorithm=md5, qop="auth,auth-int"`,
		`Digest realm="", nonce="n", opaque="o", stale=TRUE, algorithm="SHA-256"`:         `Digest realm="", nonce="n", opaque="o", algorithm=SHA-256, stale=true`,
	} {
		c, err := ParseChallenge(header)
		if err != nil || c.String() != want {
			t.Errorf("%s\nreads as %s (%v)\nwant %s", header, c, err, want)
		}
	}
	for _, bad := range []string{"", "Digest", "Digest ", "Basic realm=a", "Digest realm=a", "Digest nonce=b", `Digest realm="a", nonce=""`,
		`Digest realm="a", nonce="b`, `Digest realm="a" nonce="b"`, `Digest realm="a", nonce="b", nonce="c"`, `Digest realm="a",, nonce="b"`,
		"Digest realm=\"a\r\nEvil: 1\", nonce=b", `Digest realm="a\`, "Digest realm=a, nonce=" + strings.Repeat("b", 5000)} {
		if c, err := ParseChallenge(bad); err == nil {
			t.Errorf("%.80q reads as %v", bad, c)
		}
	}
}

// The strongest that we can answer is taken; auth-int alone, -sess and unknown ones are not.
func TestBest(t *testing.T) {
	t.Parallel()
	md5, sha, sess, integrity := Challenge{Algorithm: "MD5"}, Challenge{Algorithm: "sha-256", QOP: []string{"auth"}}, Challenge{Algorithm: "MD5-sess"}, Challenge{QOP: []string{"auth-int"}}
	for _, c := range []struct {
		list []Challenge
		want string
		ok   bool
	}{{[]Challenge{md5, sha}, "sha-256", true}, {[]Challenge{sha, md5}, "sha-256", true}, {[]Challenge{sess, md5}, "MD5", true}, {[]Challenge{sess, integrity}, "", false}, {nil, "", false}} {
		got, ok := Best(c.list)
		if ok != c.ok || got.Algorithm != c.want {
			t.Errorf("%v: %v, %v", c.list, got, ok)
		}
	}
	if _, err := Respond(sess, "u", "p", "REGISTER", "sip:a", 1); err == nil {
		t.Error("MD5-sess is answered")
	}
}

// An answer holds once, from one address, for the life of its nonce, and for what it was made for.
func TestVerifier(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	v := NewVerifier("decroche", time.Minute, func() time.Time { return now }, "SHA-256", "MD5")
	const uri, source, password = "sip:decroche", "192.0.2.1", "s3cret"
	answer := func(c Challenge, count uint32, password string) Answer {
		a, err := Respond(c, "karim", password, "REGISTER", uri, count)
		if err != nil {
			t.Fatal(err)
		}
		a, err = ParseAnswer(a.String())
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for _, c := range v.Challenges(source, false) {
		check := func(what string, want Outcome, a Answer, known bool, method, uri, source string) {
			t.Helper()
			if got := v.Check(a, password, known, method, uri, source); got != want {
				t.Errorf("%s, %s: %v, want %v", c.Algorithm, what, got, want)
			}
		}
		c.Nonce = v.Challenges(source, false)[0].Nonce
		check("wrong password", Wrong, answer(c, 7, "guess"), true, "REGISTER", uri, source)
		check("right", Right, answer(c, 1, password), true, "REGISTER", uri, source)
		check("again with the same count", Stale, answer(c, 1, password), true, "REGISTER", uri, source)
		check("counted up", Right, answer(c, 3, password), true, "REGISTER", uri, source)
		check("counted down", Stale, answer(c, 2, password), true, "REGISTER", uri, source)
		check("unknown user", Wrong, answer(c, 4, password), false, "REGISTER", uri, source)
		check("another method", Wrong, answer(c, 4, password), true, "INVITE", uri, source)
		check("another target", Wrong, answer(c, 4, password), true, "REGISTER", "sip:other", source)
		check("another source", Stale, answer(c, 4, password), true, "REGISTER", uri, "192.0.2.2")
		foreign := c
		foreign.Nonce = "AAAA"
		check("a nonce that is not ours", Stale, answer(foreign, 4, password), true, "REGISTER", uri, source)
		foreign.Nonce, foreign.Realm = c.Nonce, "elsewhere"
		check("another realm", Wrong, answer(foreign, 4, password), true, "REGISTER", uri, source)
		other := c
		other.Algorithm = "SHA-512-256"
		check("an algorithm that was not asked for", Wrong, answer(other, 4, password), true, "REGISTER", uri, source)
		plain := c
		plain.QOP = nil
		check("without qop", Wrong, answer(plain, 0, password), true, "REGISTER", uri, source)
		now = now.Add(61 * time.Second)
		check("too old", Stale, answer(c, 5, password), true, "REGISTER", uri, source)
	}
}

// What is remembered is bounded, and makes room again when nonces die.
func TestVerifierIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	v := NewVerifier("r", time.Minute, func() time.Time { return now }, "MD5")
	for i := range maxUsed {
		v.used[fmt.Sprint(i)] = use{1, now.Add(time.Minute)}
	}
	ask := func() Outcome {
		a, _ := Respond(v.Challenges("s", false)[0], "u", "p", "REGISTER", "sip:r", 1)
		return v.Check(a, "p", true, "REGISTER", "sip:r", "s")
	}
	if got := ask(); got != Stale || len(v.used) > maxUsed {
		t.Errorf("full: %v, %d remembered", got, len(v.used))
	}
	if now = now.Add(2 * time.Minute); ask() != Right || len(v.used) != 1 {
		t.Errorf("after a while: %d remembered", len(v.used))
	}
}

// Whatever is read can be written, is then read as the same, and holds no line break.
func FuzzHeader(f *testing.F) {
	f.Add(`Digest realm="a", nonce="b", qop="auth", algorithm=MD5, stale=true, opaque="x\"y"`)
	f.Add(`Digest username="u", realm="r", nonce="n", uri="sip:a", response="00", qop=auth, nc=00000001, cnonce="c"`)
	f.Fuzz(func(t *testing.T, header string) {
		if c, err := ParseChallenge(header); err == nil {
			again, err := ParseChallenge(c.String())
			if err != nil || again.String() != c.String() || strings.ContainsAny(c.String(), "\r\n") {
				t.Errorf("%q is written as %q and reads as %v (%v)", header, c, again, err)
			}
		}
		if a, err := ParseAnswer(header); err == nil {
			again, err := ParseAnswer(a.String())
			if err != nil || again.String() != a.String() || strings.ContainsAny(a.String(), "\r\n") {
				t.Errorf("%q is written as %q and reads as %v (%v)", header, a, again, err)
			}
		}
	})
}
