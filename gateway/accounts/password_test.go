package accounts

import (
	"strings"
	"testing"
)

func TestPHC(t *testing.T) {
	t.Parallel()
	h := newPHC("secret", cheap)
	again, err := parsePHC(h.String())
	if err != nil || again.String() != h.String() || !again.matches("secret") || again.matches("Secret") || again.matches("") {
		t.Fatalf("%s: %+v %v", h, again, err)
	}
	if other := newPHC("secret", cheap); other.String() == h.String() {
		t.Error("the same salt twice")
	}
	// By the reference implementation: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1.
	ref, err := parsePHC("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	if err != nil || !ref.matches("password") {
		t.Errorf("the reference's own: %v", err)
	}
	const end = "$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	for _, bad := range []string{"", "x", "$argon2i$v=19$m=64,t=1,p=1" + end, "$argon2id$v=16$m=64,t=1,p=1" + end, "$argon2id$v=19$m=64,t=1" + end, "$argon2id$v=19$t=1,m=64,p=1" + end, "$argon2id$v=19$m=064,t=1,p=1" + end,
		"$argon2id$v=19$m=99999999,t=1,p=1" + end, "$argon2id$v=19$m=64,t=0,p=1" + end, "$argon2id$v=19$m=64,t=1,p=0" + end, "$argon2id$v=19$m=64,t=1000,p=1" + end, "$argon2id$v=19$m=8,t=1,p=16" + end,
		"$argon2id$v=19$m=64,t=1,p=1$c29$" + strings.Split(end, "$")[2], "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$c29t", "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ=$" + strings.Split(end, "$")[2], "$argon2id$v=19$m=64,t=1,p=1" + end + "$", "$argon2id$v=19$m=64,t=1,p=1" + end + "\n"} {
		if h, err := parsePHC(bad); err == nil {
			t.Errorf("%q was read as %+v", bad, h)
		}
	}
	if usual.MemoryKiB < 19456 || usual.Passes < 2 {
		t.Errorf("cheaper than OWASP's advice: %+v", usual)
	}
}

// Costs that were raised reach an old password when its owner comes by.
func TestOldCostsAreRaised(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.add(t, "lina", Agent)
	h.hash.params = Params{MemoryKiB: 128, Passes: 2, Lanes: 1}
	for range 2 {
		h.signIn(t, "lina", home)
		if u, err := h.st.User(t.Context(), "lina"); err != nil || !strings.HasPrefix(u.Password, "$argon2id$v=19$m=128,t=2,p=1$") {
			t.Errorf("%s %v", u.Password, err)
		}
	}
}

func FuzzPHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Add("$argon2id$v=19$m=8,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := parsePHC(s)
		if err == nil && h.String() != s {
			t.Errorf("%q is written back as %q", s, h)
		}
		if err == nil && (h.MemoryKiB > 1<<20 || h.Passes > 64 || h.Lanes > 16) {
			t.Errorf("%q costs %+v", s, h.Params)
		}
	})
}

func FuzzAPIToken(f *testing.F) {
	f.Add(newAPIToken())
	f.Add("decroche_pat_")
	f.Fuzz(func(t *testing.T, s string) {
		if parseAPIToken(s) && (!strings.HasPrefix(s, tokenPrefix) || len(s) != len(tokenPrefix)+secretLen+sumLen || strings.ToLower(s) != s) {
			t.Errorf("%q is an API token", s)
		}
		if !parseAPIToken(newAPIToken()) {
			t.Error("a new one is not")
		}
	})
}

// No cookie that was not made here opens a session.
func FuzzSessionCookie(f *testing.F) {
	f.Add("")
	f.Add(newSecret())
	f.Add("'; DROP TABLE sessions; --")
	f.Fuzz(func(t *testing.T, value string) {
		h := newHouse(t)
		if who, err := h.Session(t.Context(), value, home); err == nil || who.Known() {
			t.Errorf("%q opens %+v", value, who)
		}
	})
}

// What one sign-in costs the processor; it is what hashQueue and the pause after each are about.
func BenchmarkHash(b *testing.B) {
	for b.Loop() {
		newPHC("correct horse battery", usual)
	}
}
