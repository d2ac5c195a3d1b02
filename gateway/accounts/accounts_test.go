package accounts

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"decroche/gateway/accounts/oidc"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
)

var t0 = time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)

// cheap hashes fast: what it costs to guess is not what these tests look at.
var cheap = Params{MemoryKiB: 64, Passes: 1, Lanes: 1}

const (
	startToken = "a-token-of-some-length"
	good       = "correct horse battery"
)

var (
	home  = Client{Address: "192.0.2.1", Browser: "Firefox", Local: true}
	away  = Client{Address: "198.51.100.7", Browser: "curl"}
	admin = Identity{User: "root", Role: Admin}
)

// house is an Accounts with a clock.
type house struct {
	*Accounts
	st  *sqlite.Store
	mu  sync.Mutex
	now time.Time
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func newHouse(t *testing.T, change ...func(*Config, *Options)) *house {
	t.Helper()
	st, err := sqlite.Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	h := &house{st: st, now: t0}
	cfg, o := DefaultConfig(), Options{StartToken: startToken, Params: cheap, Now: func() time.Time { h.mu.Lock(); defer h.mu.Unlock(); return h.now }}
	for _, c := range change {
		c(&cfg, &o)
	}
	if h.Accounts, err = New(st, cfg, o); err != nil {
		t.Fatal(err)
	}
	h.hash.patience = time.Minute // a busy machine is not what these tests look at
	return h
}

func (h *house) add(t *testing.T, name string, role Role) {
	t.Helper()
	if _, err := h.AddUser(t.Context(), admin, NewUser{Name: name, Role: string(role), Password: good}); err != nil {
		t.Fatal(err)
	}
}

func (h *house) signIn(t *testing.T, name string, c Client) Opened {
	t.Helper()
	o, err := h.SignIn(t.Context(), name, good, c)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// written is the audit list, oldest first, as "who what about detail".
func (h *house) written(t *testing.T) (lines []string) {
	t.Helper()
	for e, err := range h.AuditList(t.Context(), store.AuditQuery{Limit: 1000}) {
		if err != nil {
			t.Fatal(err)
		}
		lines = append([]string{strings.TrimSpace(strings.Join([]string{e.Who, e.What, e.About, e.Detail}, " "))}, lines...)
	}
	return lines
}

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.add(t, "lina", Agent)
	o := h.signIn(t, " Lina ", home)
	if o.Who.User != "lina" || o.Who.Role != Agent || !o.Expires.Equal(t0.Add(12*time.Hour)) || !wellFormed(o.Secret) {
		t.Errorf("opened %+v", o)
	}
	who, err := h.Session(t.Context(), o.Secret, home)
	if err != nil || who.User != "lina" || who.Session != o.Who.Session || !who.May(TakeCalls) || who.May(WatchLive) {
		t.Errorf("%+v, %v", who, err)
	}
	other := h.signIn(t, "lina", away)
	if other.Secret == o.Secret {
		t.Error("a secret twice")
	}
	if err := h.SignOut(t.Context(), who); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Session(t.Context(), o.Secret, home); !errors.Is(err, ErrSession) {
		t.Errorf("after signing out: %v", err)
	}
	if _, err := h.Session(t.Context(), other.Secret, away); err != nil {
		t.Errorf("the other browser: %v", err)
	}
	for _, wrong := range [][2]string{{"lina", "wrong"}, {"nobody", good}, {"", ""}, {"lina", ""}, {strings.Repeat("x", 1000), good}, {"lina", strings.Repeat("x", maxPassword+1)}, {"demo-agent", ""}, {startUser, startToken}} {
		if _, err := h.SignIn(t.Context(), wrong[0], wrong[1], home); !errors.Is(err, ErrSignIn) {
			t.Errorf("%.20q: %v", wrong, err)
		}
		h.limits = newLimits(h.o.Now)
	}
	for _, line := range h.written(t) {
		if strings.Contains(line, good) || strings.Contains(line, "nobody") || strings.Contains(line, o.Secret) {
			t.Errorf("written down: %s", line)
		}
	}
	if lines := strings.Join(h.written(t), "\n"); !strings.Contains(lines, "sign_in_refused user lina wrong password") || !strings.Contains(lines, "sign_in_refused unknown name") || !strings.Contains(lines, "lina signed_out") {
		t.Errorf("the audit list:\n%s", lines)
	}
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		do func(*testing.T, *house, Opened)
		ok bool
	}{
		"used now and then": {func(t *testing.T, h *house, o Opened) { h.use(t, o, 11, time.Hour) }, true},
		"idle for too long": {func(_ *testing.T, h *house, _ Opened) { h.pass(2*time.Hour + time.Second) }, false},
		"a stream is not a sign": {func(t *testing.T, h *house, o Opened) {
			for range 5 {
				h.pass(30 * time.Minute)
				_ = h.StillOpen(t.Context(), o.Secret, home)
			}
		}, false},
		"at the end of its life": {func(t *testing.T, h *house, o Opened) { h.use(t, o, 11, time.Hour); h.pass(time.Hour) }, false},
		"the user is disabled":   {func(t *testing.T, h *house, _ Opened) { yes := true; h.change(t, "lina", Change{Disabled: &yes}) }, false},
		"another password":       {func(t *testing.T, h *house, _ Opened) { must(t, h.SetPassword(t.Context(), admin, "lina", good+"!")) }, false},
		"ended by an admin":      {func(t *testing.T, h *house, o Opened) { must(t, h.EndSession(t.Context(), admin, o.Who.Session)) }, false},
		"swept": {func(t *testing.T, h *house, _ Opened) {
			h.pass(13 * time.Hour)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			h.Run(ctx)
			must(t, h.st.SweepAccounts(t.Context(), h.now, h.now, h.now))
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.add(t, "lina", Agent)
			h.add(t, "root", Admin)
			o := h.signIn(t, "lina", home)
			tc.do(t, h, o)
			if _, err := h.Session(t.Context(), o.Secret, home); tc.ok != (err == nil) || err != nil && !errors.Is(err, ErrSession) {
				t.Errorf("%v", err)
			}
		})
	}
}

// What nothing but time has ended is known for a while: to Overdue alone.
func TestOverdueSessions(t *testing.T) {
	t.Parallel()
	late := func(t *testing.T, h *house, o Opened) { h.use(t, o, 11, time.Hour); h.pass(time.Hour) }
	for name, tc := range map[string]struct {
		do func(*testing.T, *house, Opened)
		ok bool
	}{
		"still good":             {func(*testing.T, *house, Opened) {}, false},
		"at the end of its life": {late, true},
		"idle for too long":      {func(_ *testing.T, h *house, _ Opened) { h.pass(2*time.Hour + time.Second) }, true},
		"for too long": {func(t *testing.T, h *house, o Opened) {
			late(t, h, o)
			h.pass(Grace)
		}, false},
		"signed out": {func(t *testing.T, h *house, o Opened) {
			must(t, h.SignOut(t.Context(), o.Who))
			late(t, h, h.signIn(t, "lina", home))
		}, false},
		"ended by an admin": {func(t *testing.T, h *house, o Opened) {
			late(t, h, o)
			must(t, h.EndSession(t.Context(), admin, o.Who.Session))
		}, false},
		"the user is disabled": {func(t *testing.T, h *house, o Opened) {
			late(t, h, o)
			yes := true
			h.change(t, "lina", Change{Disabled: &yes})
		}, false},
		"another password": {func(t *testing.T, h *house, o Opened) {
			late(t, h, o)
			must(t, h.SetPassword(t.Context(), admin, "lina", good+"!"))
		}, false},
		"swept too early": {func(t *testing.T, h *house, o Opened) {
			late(t, h, o)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			h.Run(ctx)
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.add(t, "lina", Agent)
			h.add(t, "root", Admin)
			o := h.signIn(t, "lina", home)
			tc.do(t, h, o)
			who, err := h.Overdue(t.Context(), o.Secret, home)
			if tc.ok != (err == nil) || err != nil && !errors.Is(err, ErrSession) || err == nil && (who.User != "lina" || !who.Over) {
				t.Errorf("%+v %v", who, err)
			}
			if tc.ok {
				if _, err := h.Session(t.Context(), o.Secret, home); !errors.Is(err, ErrSession) {
					t.Errorf("a session that is over opens everything: %v", err)
				}
				for s := range h.Sessions(t.Context(), "lina") {
					t.Errorf("a list shows it: %+v", s)
				}
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// use asks for something n times, with a pause before each.
func (h *house) use(t *testing.T, o Opened, n int, pause time.Duration) {
	t.Helper()
	for range n {
		h.pass(pause)
		if _, err := h.Session(t.Context(), o.Secret, home); err != nil {
			t.Fatal(err)
		}
	}
}

func (h *house) change(t *testing.T, name string, c Change) {
	t.Helper()
	if _, err := h.ChangeUser(t.Context(), admin, name, c); err != nil {
		t.Fatal(err)
	}
}

func TestSessionsAreBoundedAndMayBeEnded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.add(t, "lina", Agent)
	h.add(t, "karim", Agent)
	var first Opened
	for i := range maxSessions + 1 {
		h.pass(time.Second)
		if o := h.signIn(t, "lina", home); i == 0 {
			first = o
		}
	}
	if _, err := h.Session(t.Context(), first.Secret, home); !errors.Is(err, ErrSession) {
		t.Errorf("the first of %d: %v", maxSessions+1, err)
	}
	n, last := 0, ""
	for s, err := range h.Sessions(t.Context(), "lina") {
		must(t, err)
		n, last = n+1, s.ID
	}
	if n != maxSessions {
		t.Errorf("%d sessions", n)
	}
	karim := h.signIn(t, "karim", home).Who
	if err := h.EndSession(t.Context(), karim, last); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an agent ends another's session: %v", err)
	}
	must(t, h.EndSession(t.Context(), karim, karim.Session))
}

func TestStartToken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if who, err := h.Bearer(t.Context(), startToken, home); err != nil || who.Role != Admin || !who.May(ManageUsers) {
		t.Errorf("%+v %v", who, err)
	}
	if _, err := h.Bearer(t.Context(), startToken, away); !errors.Is(err, ErrNotHere) {
		t.Errorf("from another machine: %v", err)
	}
	o, err := h.SignInStart(t.Context(), startToken, home)
	must(t, err)
	if _, err := h.Session(t.Context(), o.Secret, away); !errors.Is(err, ErrSession) {
		t.Errorf("its session from another machine: %v", err)
	}
	if _, err := h.Session(t.Context(), o.Secret, home); err != nil {
		t.Error(err)
	}
	if _, err := h.SignInStart(t.Context(), "wrong", home); !errors.Is(err, ErrToken) {
		t.Error(err)
	}
	if _, err := h.SignInStart(t.Context(), startToken, away); !errors.Is(err, ErrNotHere) {
		t.Error(err)
	}
	// A new token ends the sessions of the old one.
	again, err := New(h.st, DefaultConfig(), Options{StartToken: "another-token-of-length", Now: h.o.Now})
	must(t, err)
	if _, err := again.Session(t.Context(), o.Secret, home); !errors.Is(err, ErrSession) {
		t.Errorf("after a restart: %v", err)
	}
	for _, bad := range []string{"tiny", "0123456789abcdef\n"} {
		if _, err := New(h.st, DefaultConfig(), Options{StartToken: bad}); err == nil || !strings.Contains(err.Error(), "api_token") || strings.Contains(err.Error(), bad) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestDemo(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c *Config, _ *Options) { c.Demo = true })
	o, err := h.SignInDemo(t.Context(), Supervisor, home)
	if err != nil || o.Who.Role != Supervisor {
		t.Fatal(o, err)
	}
	if who, err := h.Session(t.Context(), o.Secret, home); err != nil || who.How != ByDemo || !who.May(Supervise) {
		t.Errorf("%+v %v", who, err)
	}
	for _, r := range []Role{Admin, Builder, Anonymous, ""} {
		if _, err := h.SignInDemo(t.Context(), r, home); err == nil {
			t.Errorf("the demo makes one %q", r)
		}
	}
	if _, err := h.SignInDemo(t.Context(), Agent, away); !errors.Is(err, ErrNoDemo) {
		t.Errorf("from another machine: %v", err)
	}
	real, err := New(h.st, DefaultConfig(), Options{StartToken: startToken, Now: h.o.Now})
	must(t, err)
	if _, err := real.Session(t.Context(), o.Secret, home); !errors.Is(err, ErrSession) {
		t.Errorf("a demo's session without a demo: %v", err)
	}
	if _, err := real.SignInDemo(t.Context(), Agent, home); !errors.Is(err, ErrNoDemo) {
		t.Error(err)
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.add(t, "lina", Agent) // who manages nobody
	name, err := h.FirstAdmin(t.Context())
	if err != nil || name != "admin" {
		t.Fatal(name, err)
	}
	if u, err := h.User(t.Context(), "admin"); err != nil || u.Role != string(Admin) || u.Password != "" {
		t.Fatalf("%+v %v", u, err)
	}
	if _, err := h.SignIn(t.Context(), "admin", "", home); !errors.Is(err, ErrSignIn) {
		t.Errorf("an admin without password: %v", err)
	}
	link, expires, err := h.MakeLink(t.Context(), Terminal(), "admin")
	if err != nil || !expires.Equal(t0.Add(24*time.Hour)) {
		t.Fatal(expires, err)
	}
	if name, err := h.FirstAdmin(t.Context()); err != nil || name != "admin" {
		t.Error("a second start before the link was used:", name, err)
	}
	for range 2 {
		if u, err := h.LookLink(t.Context(), link); err != nil || u.Name != "admin" {
			t.Error(u, err)
		}
	}
	var in *InputError
	if _, err := h.UseLink(t.Context(), link, "short", home); !errors.As(err, &in) {
		t.Errorf("a short password: %v", err)
	}
	o, err := h.UseLink(t.Context(), link, good, home)
	if err != nil || o.Who.User != "admin" {
		t.Fatal(o, err)
	}
	if _, err := h.Session(t.Context(), o.Secret, home); err != nil {
		t.Error(err)
	}
	h.signIn(t, "admin", away)
	for name, try := range map[string]func() error{
		"used again": func() error { _, err := h.UseLink(t.Context(), link, good, home); return err },
		"looked at":  func() error { _, err := h.LookLink(t.Context(), link); return err },
		"never was":  func() error { _, err := h.LookLink(t.Context(), newSecret()); return err },
		"not a link": func() error { _, err := h.LookLink(t.Context(), "../x"); return err },
		"a day later": func() error {
			l, _, _ := h.MakeLink(t.Context(), admin, "admin")
			h.pass(24 * time.Hour)
			_, err := h.UseLink(t.Context(), l, good, home)
			return err
		},
	} {
		if err := try(); !errors.Is(err, ErrLink) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if name, err := h.FirstAdmin(t.Context()); err != nil || name != "" {
		t.Error("a third start:", name, err)
	}
	taken := newHouse(t)
	taken.add(t, "admin", Agent)
	if name, err := taken.FirstAdmin(t.Context()); err != nil || name != "" {
		t.Error("somebody else has the name:", name, err)
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.add(t, "paule", Supervisor)
	h.add(t, "root", Admin)
	secret, tok, err := h.CreateToken(t.Context(), admin, NewToken{Name: "export", User: "Paule", Scopes: []string{"conversations:read", "audit:read", "audit:read"}, Expires: 90 * 24 * time.Hour})
	if err != nil || !parseAPIToken(secret) || len(tok.Scopes) != 2 {
		t.Fatal(tok, err)
	}
	who, err := h.Bearer(t.Context(), secret, away)
	if err != nil || who.User != "paule" || !who.May(ReadConversations) || who.May(Supervise) || who.May(ManageUsers) || who.Session != "" {
		t.Errorf("%+v %v", who, err)
	}
	if got := who.Permissions(); len(got) != 2 {
		t.Errorf("may %v", got)
	}
	for list, err := range h.Tokens(t.Context()) {
		must(t, err)
		if !list.Used.Equal(t0) {
			t.Errorf("used %v", list.Used)
		}
	}
	// A token never may more than its user may now.
	agent := string(Agent)
	h.change(t, "paule", Change{Role: &agent})
	if who, err := h.Bearer(t.Context(), secret, away); err != nil || who.May(ReadAudit) || !who.May(ReadConversations) {
		t.Errorf("of a lower role: %+v %v", who, err)
	}
	for what, end := range map[string]func(*testing.T, string, string){
		"revoked":       func(t *testing.T, _, id string) { must(t, h.RevokeToken(t.Context(), admin, id)) },
		"expired":       func(_ *testing.T, _, _ string) { h.pass(90 * 24 * time.Hour) },
		"user disabled": func(t *testing.T, user, _ string) { yes := true; h.change(t, user, Change{Disabled: &yes}) },
	} {
		h.add(t, strings.ReplaceAll(what, " ", "-"), Agent)
		s, tok, err := h.CreateToken(t.Context(), admin, NewToken{Name: what, User: strings.ReplaceAll(what, " ", "-"), Scopes: []string{"bots:read"}, Expires: 90 * 24 * time.Hour})
		must(t, err)
		end(t, tok.User, tok.ID)
		if _, err := h.Bearer(t.Context(), s, away); !errors.Is(err, ErrToken) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, bad := range []string{"", "x", tokenPrefix, secret[:len(secret)-1], secret[:len(secret)-1] + "!", strings.ToUpper(secret), newAPIToken()} {
		if _, err := h.Bearer(t.Context(), bad, away); !errors.Is(err, ErrToken) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	var in *InputError
	for _, n := range []NewToken{{Name: "", User: "root", Scopes: []string{"self"}}, {Name: "x", User: "root"}, {Name: "x", User: "root", Scopes: []string{"everything"}}, {Name: "x", User: "nobody", Scopes: []string{"self"}},
		{Name: "x", User: "paule", Scopes: []string{"users:manage"}}, {Name: "x", User: "root", Scopes: []string{"self"}, Expires: -1}, {Name: "a\nb", User: "root", Scopes: []string{"self"}}} {
		if _, _, err := h.CreateToken(t.Context(), admin, n); !errors.As(err, &in) {
			t.Errorf("%+v: %v", n, err)
		}
	}
}

func TestUsersInput(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var in *InputError
	for _, n := range []NewUser{{Name: "", Role: "agent"}, {Name: "a b", Role: "agent"}, {Name: "demo-agent", Role: "agent"}, {Name: "start-token", Role: "agent"}, {Name: "..", Role: "agent"}, {Name: "é", Role: "agent"}, {Name: strings.Repeat("a", 65), Role: "agent"},
		{Name: "a", Role: "caller-anonymous"}, {Name: "a", Role: ""}, {Name: "a", Role: "agent", Display: "a\u202eb"}, {Name: "a", Role: "agent", Password: "short"}, {Name: "lina.moreau", Role: "agent", Password: "lina.moreau1"}, {Name: "a", Role: "agent", Password: "aaaaaaaaaaaaaaa"}, {Name: "a", Role: "agent", Password: "\xffaaaaaaaaabbbbbb"}} {
		if _, err := h.AddUser(t.Context(), admin, n); !errors.As(err, &in) {
			t.Errorf("%+v: %v", n, err)
		}
	}
	h.add(t, "lina@example.com", Agent)
	if _, err := h.AddUser(t.Context(), admin, NewUser{Name: "LINA@example.com", Role: "agent"}); !errors.Is(err, store.ErrExists) {
		t.Error(err)
	}
	h.add(t, "root", Admin)
	super, yes := string(Supervisor), true
	for _, c := range []Change{{Role: &super}, {Disabled: &yes}} {
		if _, err := h.ChangeUser(t.Context(), admin, "root", c); !errors.Is(err, store.ErrLastAdmin) {
			t.Error(err)
		}
	}
	h.change(t, "lina@example.com", Change{Role: &super})
	if lines := strings.Join(h.written(t), "\n"); !strings.Contains(lines, "root role_changed user lina@example.com agent -> supervisor") {
		t.Errorf("the audit list:\n%s", lines)
	}
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.add(t, "lina", Agent)
	mine, other := h.signIn(t, "lina", home), h.signIn(t, "lina", away)
	var in *InputError
	if err := h.ChangePassword(t.Context(), mine.Who, "wrong", "another good one", home); !errors.As(err, &in) || !strings.HasPrefix(err.Error(), "old_password") {
		t.Errorf("with a wrong old one: %v", err)
	}
	must(t, h.ChangePassword(t.Context(), mine.Who, good, "another good one", home))
	if _, err := h.Session(t.Context(), mine.Secret, home); err != nil {
		t.Errorf("the session that asked: %v", err)
	}
	if _, err := h.Session(t.Context(), other.Secret, away); !errors.Is(err, ErrSession) {
		t.Errorf("another session: %v", err)
	}
	if _, err := h.SignIn(t.Context(), "lina", "another good one", home); err != nil {
		t.Error(err)
	}
	start, _ := h.Bearer(t.Context(), startToken, home)
	if err := h.ChangePassword(t.Context(), start, "", "another good one", home); !errors.As(err, &in) {
		t.Errorf("the start token's: %v", err)
	}
}

func TestOIDCPeople(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c *Config, _ *Options) {
		c.OIDC.Issuer, c.OIDC.ClientID = "https://id.example", "decroche"
		c.OIDC.Roles = map[string]string{"hotline": "agent", "leads": "supervisor", "it": "admin"}
	})
	p := oidc.Person{Issuer: "https://id.example", Subject: "7", Name: "Lina@Example.com", Display: "Lina Moreau", Groups: []string{"hotline"}}
	o, err := h.SignInOIDC(t.Context(), p, away)
	if err != nil || o.Who.User != "lina@example.com" || o.Who.Display != "Lina Moreau" || o.Who.Role != Agent || o.Who.How != ByOIDC {
		t.Fatalf("%+v %v", o, err)
	}
	// Groups decide at each sign-in, the most they give counts, and a new name changes nothing.
	p.Groups, p.Name = []string{"leads", "hotline"}, "somebody"
	if o, err = h.SignInOIDC(t.Context(), p, away); err != nil || o.Who.User != "lina@example.com" || o.Who.Role != Supervisor {
		t.Errorf("%+v %v", o, err)
	}
	p.Groups = []string{"none"}
	if _, err := h.SignInOIDC(t.Context(), p, away); !errors.Is(err, ErrNoRole) {
		t.Error(err)
	}
	// Nobody takes over an account by choosing its name at the provider.
	h.add(t, "root", Admin)
	if _, err := h.SignInOIDC(t.Context(), oidc.Person{Issuer: "https://id.example", Subject: "8", Name: "root", Groups: []string{"it"}}, away); !errors.Is(err, ErrNameTaken) {
		t.Error(err)
	}
	if _, err := h.SignInOIDC(t.Context(), oidc.Person{Issuer: "https://id.example", Subject: "9", Name: "x"}, away); !errors.Is(err, ErrNoRole) {
		t.Error(err)
	}
	if o, err = h.SignInOIDC(t.Context(), oidc.Person{Issuer: "https://id.example", Subject: "10", Name: "Zoë <script>", Display: "a\nb", Groups: []string{"hotline"}}, away); err != nil || !strings.HasPrefix(o.Who.User, "oidc-") || o.Who.Display != o.Who.User {
		t.Errorf("%+v %v", o, err)
	}
	yes := true
	h.change(t, "lina@example.com", Change{Disabled: &yes})
	p.Groups = []string{"leads"}
	if _, err := h.SignInOIDC(t.Context(), p, away); !errors.Is(err, ErrDisabled) {
		t.Error(err)
	}
	if _, err := h.SignIn(t.Context(), "lina@example.com", "", home); !errors.Is(err, ErrSignIn) {
		t.Error(err)
	}
}

func TestNothingSecretIsLogged(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	h := newHouse(t, func(_ *Config, o *Options) {
		o.Log = slog.New(slog.NewTextHandler(io.Writer(&log), &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	h.add(t, "lina", Agent)
	o := h.signIn(t, "lina", home)
	link, _, _ := h.MakeLink(t.Context(), admin, "lina")
	tok, _, _ := h.CreateToken(t.Context(), admin, NewToken{Name: "x", User: "lina", Scopes: []string{"self"}})
	must(t, h.st.Close()) // from here on everything fails, and is logged
	_, _ = h.Session(t.Context(), o.Secret, home)
	_, _ = h.Bearer(t.Context(), tok, home)
	_, _ = h.UseLink(t.Context(), link, good, home)
	_, err := h.SignIn(t.Context(), "lina", good, home)
	h.note(t.Context(), admin, "tried", "", "")
	if log.Len() == 0 {
		t.Error("nothing was logged")
	}
	for _, s := range []string{o.Secret, link, tok, good, startToken} {
		if strings.Contains(log.String(), s) || err != nil && strings.Contains(err.Error(), s) {
			t.Errorf("a secret is in the log or an error: %s, %v", log.String(), err)
		}
	}
}

func TestConfigProblems(t *testing.T) {
	t.Parallel()
	if p := DefaultConfig().Validate(); p != nil {
		t.Fatalf("the default: %q", p)
	}
	for _, tc := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.SessionIdle = 0 }, `session_idle: 0s is not between 1m and 720h`},
		{func(c *Config) { c.SessionLife = time.Hour }, `session_life: 1h0m0s is not between session_idle (2h0m0s)`},
		{func(c *Config) { c.MinPassword = 4 }, `min_password: 4 is not between 8 and 64`},
		{func(c *Config) { c.AuditKeep = time.Hour }, `audit_keep: 1h0m0s is not between`},
		{func(c *Config) {
			c.OIDC.Issuer, c.OIDC.ClientID, c.OIDC.Roles = "https://x", "y", map[string]string{"a": "boss"}
		}, `oidc.roles: "a" is given the role "boss"`},
		{func(c *Config) { c.OIDC.Issuer, c.OIDC.ClientID, c.OIDC.DefaultRole = "https://x", "y", "admin" }, `oidc.default_role: "admin"`},
		{func(c *Config) { c.OIDC.ClockSkew = -1 }, `oidc.clock_skew:`},
	} {
		c := DefaultConfig()
		tc.change(&c)
		if got := c.Validate(); len(got) != 1 || !strings.Contains(got[0], tc.want) {
			t.Errorf("got %q, want %s", got, tc.want)
		}
	}
}

// The table names real roles, strangers may nothing, admins everything, and each role something.
func TestTable(t *testing.T) {
	t.Parallel()
	for p, roles := range table {
		for _, r := range roles {
			if _, err := ParseRole(string(r)); err != nil {
				t.Errorf("%s: %v", p, err)
			}
		}
		if !Admin.May(p) || Anonymous.May(p) || (Identity{}).May(p) || Role("").May(p) {
			t.Errorf("%s: admin %v, stranger %v", p, Admin.May(p), Anonymous.May(p))
		}
	}
	for _, r := range Roles {
		if !r.May(Self) || len(r.Permissions()) < 4 {
			t.Errorf("%s may %v", r, r.Permissions())
		}
	}
}
