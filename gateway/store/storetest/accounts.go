package storetest

import (
	"crypto/sha256"
	"errors"
	"iter"
	"reflect"
	"strconv"
	"sync"
	"testing"
	"time"

	"decroche/gateway/store"
)

// RunAccounts checks one implementation of store.Accounts. open returns a new, empty store each
// time and closes it when the test ends.
func RunAccounts(t *testing.T, open func(t *testing.T) store.Accounts) {
	for name, test := range map[string]func(*testing.T, store.Accounts){
		"users come back as they were written": testUsers,
		"users change in one step":             testChangeUser,
		"one admin remains":                    testLastAdmin,
		"links work once":                      testUserLinks,
		"sessions":                             testSessions,
		"API tokens":                           testTokens,
		"the audit list":                       testAudit,
		"what is over is swept":                testSweep,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func hash(s string) []byte { h := sha256.Sum256([]byte(s)); return h[:] }

// all drains a list and fails on an error.
func all[T any](t *testing.T, seq iter.Seq2[T, error]) (out []T) {
	t.Helper()
	for v, err := range seq {
		must(t, err)
		out = append(out, v)
	}
	return out
}

func user(name, role string) store.User {
	return store.User{Name: name, Display: "Of " + name, Role: role, Password: "$argon2id$…", Created: t0}
}

func testUsers(t *testing.T, st store.Accounts) {
	lina, karim := user("lina", "agent"), user("karim", store.RoleAdmin)
	karim.Issuer, karim.Subject, karim.SignedIn = "https://id.example", "7", t0.Add(time.Hour)
	must(t, st.AddUser(t.Context(), lina))
	must(t, st.AddUser(t.Context(), karim))
	if err := st.AddUser(t.Context(), lina); !errors.Is(err, store.ErrExists) {
		t.Errorf("a name twice: %v", err)
	}
	again := user("karim2", "agent")
	again.Issuer, again.Subject = karim.Issuer, karim.Subject
	if err := st.AddUser(t.Context(), again); !errors.Is(err, store.ErrExists) {
		t.Errorf("a subject twice: %v", err)
	}
	if got := all(t, st.Users(t.Context())); !reflect.DeepEqual(got, []store.User{karim, lina}) {
		t.Errorf("users: %+v", got)
	}
	if got, err := st.User(t.Context(), "lina"); err != nil || got != lina {
		t.Errorf("by name: %+v, %v", got, err)
	}
	if got, err := st.UserBySubject(t.Context(), "https://id.example", "7"); err != nil || got != karim {
		t.Errorf("by subject: %+v, %v", got, err)
	}
	for _, at := range [][2]string{{"https://id.example", "8"}, {"https://other.example", "7"}, {"", ""}} {
		if _, err := st.UserBySubject(t.Context(), at[0], at[1]); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("subject %q: %v", at, err)
		}
	}
	if _, err := st.User(t.Context(), "LINA"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("in capitals: %v", err)
	}
}

func testChangeUser(t *testing.T, st store.Accounts) {
	must(t, st.AddUser(t.Context(), user("lina", "agent")))
	refusal := errors.New("no")
	if err := st.ChangeUser(t.Context(), "lina", func(u *store.User) error { u.Role = "x"; return refusal }); !errors.Is(err, refusal) {
		t.Errorf("a change that refuses: %v", err)
	}
	if err := st.ChangeUser(t.Context(), "nobody", func(*store.User) error { return nil }); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("of nobody: %v", err)
	}
	// Changes of many come one after the other.
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if err := st.ChangeUser(t.Context(), "lina", func(u *store.User) error {
				n, _ := strconv.Atoi(u.Display)
				u.Display = strconv.Itoa(n + 1)
				return nil
			}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if u, err := st.User(t.Context(), "lina"); err != nil || u.Display != "20" || u.Role != "agent" {
		t.Errorf("after 20 changes: %+v, %v", u, err)
	}
}

func testLastAdmin(t *testing.T, st store.Accounts) {
	must(t, st.AddUser(t.Context(), user("a", store.RoleAdmin)))
	must(t, st.AddUser(t.Context(), user("b", store.RoleAdmin)))
	off := func(u *store.User) error { u.Disabled = true; return nil }
	must(t, st.AddSession(t.Context(), hash("a"), store.Session{ID: "a", User: "a", Created: t0, Seen: t0, Expires: t0.Add(time.Hour)}))
	must(t, st.AddUserLink(t.Context(), hash("link"), "a", t0.Add(time.Hour)))
	must(t, st.ChangeUser(t.Context(), "a", off))
	if _, err := st.SessionByHash(t.Context(), hash("a")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the session of a disabled user: %v", err)
	}
	if _, err := st.UserLink(t.Context(), hash("link"), t0); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the link of a disabled user: %v", err)
	}
	for what, change := range map[string]func(*store.User) error{"disabled": off, "demoted": func(u *store.User) error { u.Role = "agent"; return nil }} {
		if err := st.ChangeUser(t.Context(), "b", change); !errors.Is(err, store.ErrLastAdmin) {
			t.Errorf("the last admin is %s: %v", what, err)
		}
	}
	if u, err := st.User(t.Context(), "b"); err != nil || u.Disabled || u.Role != store.RoleAdmin {
		t.Errorf("b: %+v %v", u, err)
	}
	must(t, st.ChangeUser(t.Context(), "b", func(u *store.User) error { u.Display = "B"; return nil }))
}

func testUserLinks(t *testing.T, st store.Accounts) {
	must(t, st.AddUser(t.Context(), user("lina", "agent")))
	must(t, st.AddSession(t.Context(), hash("s"), store.Session{ID: "s", User: "lina", Created: t0, Seen: t0, Expires: t0.Add(time.Hour)}))
	must(t, st.AddUserLink(t.Context(), hash("old"), "lina", t0.Add(time.Hour)))
	must(t, st.AddUserLink(t.Context(), hash("new"), "lina", t0.Add(time.Hour)))
	for _, dead := range []struct {
		link string
		at   time.Time
	}{{"old", t0}, {"new", t0.Add(time.Hour)}, {"none", t0}} {
		if _, err := st.UserLink(t.Context(), hash(dead.link), dead.at); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s at %v: %v", dead.link, dead.at, err)
		}
		if _, err := st.UseUserLink(t.Context(), hash(dead.link), dead.at, "p"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s used at %v: %v", dead.link, dead.at, err)
		}
	}
	for range 2 { // looking does not use it up
		if name, err := st.UserLink(t.Context(), hash("new"), t0); err != nil || name != "lina" {
			t.Errorf("look: %q %v", name, err)
		}
	}
	var wg sync.WaitGroup
	won := make(chan string, 8)
	for i := range 8 {
		wg.Go(func() {
			if name, err := st.UseUserLink(t.Context(), hash("new"), t0, "p"+strconv.Itoa(i)); err == nil && name == "lina" {
				won <- "p" + strconv.Itoa(i)
			} else if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%q %v", name, err)
			}
		})
	}
	wg.Wait()
	close(won)
	if len(won) != 1 {
		t.Fatalf("used %d times", len(won))
	}
	if u, err := st.User(t.Context(), "lina"); err != nil || u.Password != <-won {
		t.Errorf("password %q, %v", u.Password, err)
	}
	if _, err := st.SessionByHash(t.Context(), hash("s")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a session from before the new password: %v", err)
	}
}

func testSessions(t *testing.T, st store.Accounts) {
	var want []store.Session
	for i, u := range []string{"lina", "lina", "karim"} {
		s := store.Session{ID: "id" + strconv.Itoa(i), User: u, How: "password", Bound: "b", Address: "192.0.2.1", Browser: "Firefox",
			Created: t0, Seen: t0.Add(-time.Duration(i) * time.Minute), Expires: t0.Add(time.Hour)}
		must(t, st.AddSession(t.Context(), hash(s.ID), s))
		want = append(want, s)
	}
	if got := all(t, st.Sessions(t.Context(), "")); !reflect.DeepEqual(got, want) {
		t.Errorf("all: %+v", got)
	}
	if got := all(t, st.Sessions(t.Context(), "karim")); !reflect.DeepEqual(got, want[2:]) {
		t.Errorf("of karim: %+v", got)
	}
	must(t, st.TouchSession(t.Context(), "id1", t0.Add(time.Minute)))
	must(t, st.TouchSession(t.Context(), "id1", t0)) // a late one
	if got, err := st.SessionByHash(t.Context(), hash("id1")); err != nil || !got.Seen.Equal(t0.Add(time.Minute)) {
		t.Errorf("touched: %+v %v", got, err)
	}
	for _, tc := range []struct {
		user, id string
		n        int
	}{{"karim", "id0", 0}, {"lina", "id0", 1}, {"lina", "id0", 0}, {"", "id2", 1}, {"lina", "", 1}} {
		if n, err := st.EndSessions(t.Context(), tc.user, tc.id); err != nil || n != tc.n {
			t.Errorf("end %q %q: %d %v, want %d", tc.user, tc.id, n, err, tc.n)
		}
	}
	if _, err := st.EndSessions(t.Context(), "", ""); err == nil {
		t.Error("all sessions ended by a call that named none")
	}
}

func testTokens(t *testing.T, st store.Accounts) {
	a := store.APIToken{ID: "a", Name: "export", User: "lina", Scopes: []string{"conversations:read", "audit:read"}, Created: t0}
	b := store.APIToken{ID: "b", Name: "crm", User: "karim", Scopes: []string{}, Created: t0.Add(time.Second), Expires: t0.Add(time.Hour)}
	must(t, st.AddToken(t.Context(), hash("b"), b))
	must(t, st.AddToken(t.Context(), hash("a"), a))
	if got := all(t, st.Tokens(t.Context())); !reflect.DeepEqual(got, []store.APIToken{a, b}) {
		t.Errorf("tokens: %+v", got)
	}
	must(t, st.TouchToken(t.Context(), "a", t0.Add(time.Minute)))
	must(t, st.RevokeToken(t.Context(), "a", t0.Add(2*time.Minute)))
	if err := st.RevokeToken(t.Context(), "a", t0.Add(3*time.Minute)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("revoked twice: %v", err)
	}
	a.Used, a.Revoked = t0.Add(time.Minute), t0.Add(2*time.Minute)
	if got, err := st.TokenByHash(t.Context(), hash("a")); err != nil || !reflect.DeepEqual(got, a) {
		t.Errorf("a: %+v %v", got, err)
	}
	if _, err := st.TokenByHash(t.Context(), hash("c")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("unknown: %v", err)
	}
}

func testAudit(t *testing.T, st store.Accounts) {
	for i, e := range []store.AuditEntry{
		{Who: "lina", What: "signed_in", Address: "192.0.2.1"},
		{Who: "paule", What: "listened", About: "conversation c1", Detail: "2 min"},
		{Who: "paule", What: "signed_in", Address: "192.0.2.2"},
	} {
		e.At = t0.Add(time.Duration(i) * time.Second)
		must(t, st.AddAudit(t.Context(), e))
	}
	got := all(t, st.Audit(t.Context(), store.AuditQuery{}))
	if len(got) != 3 || got[0].Who != "paule" || got[0].What != "signed_in" || !got[0].At.Equal(t0.Add(2*time.Second)) || got[1].About != "conversation c1" || got[1].Detail != "2 min" {
		t.Fatalf("all: %+v", got)
	}
	for _, tc := range []struct {
		q store.AuditQuery
		n int
	}{{store.AuditQuery{Who: "paule"}, 2}, {store.AuditQuery{What: "signed_in"}, 2}, {store.AuditQuery{About: "conversation c1"}, 1}, {store.AuditQuery{Limit: 2}, 2}, {store.AuditQuery{Before: got[0].ID}, 2}, {store.AuditQuery{Before: got[2].ID}, 0}} {
		if n := len(all(t, st.Audit(t.Context(), tc.q))); n != tc.n {
			t.Errorf("%+v: %d, want %d", tc.q, n, tc.n)
		}
	}
	for addr, want := range map[string]bool{"192.0.2.1": true, "192.0.2.2": false} {
		if yes, err := st.Audited(t.Context(), "lina", "signed_in", addr); err != nil || yes != want {
			t.Errorf("lina from %s: %v %v", addr, yes, err)
		}
	}
}

func testSweep(t *testing.T, st store.Accounts) {
	must(t, st.AddUser(t.Context(), user("lina", "agent")))
	must(t, st.AddUser(t.Context(), user("karim", "agent")))
	for id, s := range map[string]store.Session{
		"kept":    {Seen: t0, Expires: t0.Add(time.Minute)},
		"expired": {Seen: t0, Expires: t0},
		"idle":    {Seen: t0.Add(-2 * time.Hour), Expires: t0.Add(time.Minute)},
	} {
		s.ID, s.User, s.Created = id, "lina", t0.Add(-3*time.Hour)
		must(t, st.AddSession(t.Context(), hash(id), s))
	}
	must(t, st.AddUserLink(t.Context(), hash("dead"), "lina", t0))
	must(t, st.AddUserLink(t.Context(), hash("live"), "karim", t0.Add(time.Minute)))
	must(t, st.AddAudit(t.Context(), store.AuditEntry{At: t0.Add(-48 * time.Hour), What: "old"}))
	must(t, st.AddAudit(t.Context(), store.AuditEntry{At: t0, What: "new"}))
	must(t, st.SweepAccounts(t.Context(), t0, t0.Add(-time.Hour), t0.Add(-24*time.Hour)))
	if got := all(t, st.Sessions(t.Context(), "")); len(got) != 1 || got[0].ID != "kept" {
		t.Errorf("sessions: %+v", got)
	}
	if _, err := st.UserLink(t.Context(), hash("dead"), t0.Add(-time.Hour)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an expired link was kept: %v", err)
	}
	if _, err := st.UserLink(t.Context(), hash("live"), t0); err != nil {
		t.Errorf("a link that works was swept: %v", err)
	}
	if got := all(t, st.Audit(t.Context(), store.AuditQuery{})); len(got) != 1 || got[0].What != "new" {
		t.Errorf("audit: %+v", got)
	}
}
