package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"decroche/gateway/accounts"
	"decroche/gateway/store/sqlite"
)

// Accounts are worked on with commands, beside a gateway that has the database open.
func TestUsersAndTokens(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "c.yaml"), []byte("data_dir: d\npublic_url: https://voice.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	running, err := sqlite.Open(t.Context(), filepath.Join(dir, "d", "decroche.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = running.Close() })
	acc, err := accounts.New(running, accounts.DefaultConfig(), accounts.Options{})
	if err != nil {
		t.Fatal(err)
	}
	run := func(exit int, stdin string, args ...string) string {
		t.Helper()
		return tool(t, dir, stdin, exit, append(args, "--config", "c.yaml")...)
	}
	var lina userRow
	if err := json.Unmarshal([]byte(run(0, "", "users", "add", "lina", "--name", "Lina Moreau", "--role", "supervisor", "--json")), &lina); err != nil || lina.Role != "supervisor" || !strings.HasPrefix(lina.Link, "https://voice.example/welcome/") || lina.Expires == nil {
		t.Fatalf("%+v %v", lina, err)
	}
	token := strings.TrimPrefix(lina.Link, "https://voice.example/welcome/")
	if u, err := acc.LookLink(t.Context(), token); err != nil || u.Name != "lina" {
		t.Errorf("the running gateway does not know the link: %+v %v", u, err)
	}
	run(1, "", "users", "add", "lina")
	run(1, "", "users", "add", "a b")
	run(1, "", "users", "role", "lina", "boss")
	run(1, "", "users", "disable", "nobody")
	run(1, "short\n", "users", "passwd", "lina")
	run(0, "correct horse battery\n", "users", "passwd", "lina")
	home := accounts.Client{Address: "127.0.0.1", Local: true}
	if _, err := acc.SignIn(t.Context(), "lina", "correct horse battery", home); err != nil {
		t.Errorf("with the new password: %v", err)
	}
	var tok tokenRow
	if err := json.Unmarshal([]byte(run(0, "", "tokens", "create", "export", "--user", "lina", "--scope", "audit:read,bots:read", "--json")), &tok); err != nil || len(tok.Scopes) != 2 || tok.Expires == nil {
		t.Fatalf("%+v %v", tok, err)
	}
	if who, err := acc.Bearer(t.Context(), tok.Token, accounts.Client{}); err != nil || !who.May(accounts.ReadAudit) || who.May(accounts.Supervise) {
		t.Errorf("the running gateway takes the token as %+v, %v", who, err)
	}
	run(1, "", "tokens", "create", "x", "--user", "lina", "--scope", "users:manage")
	if list := run(0, "", "tokens", "list"); !strings.Contains(list, tok.ID) || strings.Contains(list, tok.Token) {
		t.Errorf("tokens list:\n%s", list)
	}
	run(0, "", "tokens", "revoke", tok.ID)
	run(1, "", "tokens", "revoke", tok.ID)
	if _, err := acc.Bearer(t.Context(), tok.Token, accounts.Client{}); err == nil {
		t.Error("a revoked token works")
	}
	run(0, "", "users", "disable", "lina")
	if list := run(0, "", "users", "list"); !strings.Contains(list, "Lina Moreau") || !strings.Contains(list, "disabled") {
		t.Errorf("users list:\n%s", list)
	}
	run(0, "", "users", "add", "root", "--role", "admin")
	run(1, "", "users", "disable", "root")
}
