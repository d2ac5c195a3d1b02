package accounts

import (
	"context"
	"fmt"
	"iter"

	"decroche/gateway/store"
)

// What is written down about accounts. Others add their own words: listened, whispered, ended …
const (
	SignedIn         = "signed_in"
	SignInRefused    = "sign_in_refused"
	SignInHeldUp     = "sign_in_held_up" // the first of a row of tries that came too soon
	SignedOut        = "signed_out"
	SessionEnded     = "session_ended" // by somebody else
	UserAdded        = "user_added"
	UserChanged      = "user_changed"
	RoleChanged      = "role_changed"
	UserDisabled     = "user_disabled"
	UserEnabled      = "user_enabled"
	PasswordSet      = "password_set"
	LinkMade         = "link_made"
	TokenCreated     = "token_created"
	TokenRevoked     = "token_revoked"
	PermissionDenied = "permission_denied"
)

// Auditor writes down who did what. Supervision takes one: an act that cannot be written down is
// not done.
type Auditor interface {
	// Audit adds one line: who, what in one word of the past (listened), about whom or what
	// ("conversation 7f3a", "user lina"), and a detail or "". Never a secret, never what a caller
	// said.
	Audit(ctx context.Context, who Identity, what, about, detail string) error
}

var _ Auditor = (*Accounts)(nil)

// Audit implements Auditor.
func (a *Accounts) Audit(ctx context.Context, who Identity, what, about, detail string) error {
	err := a.st.AddAudit(ctx, store.AuditEntry{At: a.o.Now(), Who: who.User, What: what, About: clip(about, 300), Detail: clip(detail, 500), Address: who.Address})
	if err != nil {
		return fmt.Errorf("accounts: write %q down: %w", what, err)
	}
	return nil
}

// note is Audit for what has happened already: when it cannot be written, the log says so.
func (a *Accounts) note(ctx context.Context, who Identity, what, about, detail string) {
	if err := a.Audit(context.WithoutCancel(ctx), who, what, about, detail); err != nil {
		a.o.Log.Error("accounts: the audit list could not be written", "what", what, "error", err)
	}
}

// AuditList yields what was written down, newest first.
func (a *Accounts) AuditList(ctx context.Context, q store.AuditQuery) iter.Seq2[store.AuditEntry, error] {
	return a.st.Audit(ctx, q)
}

// about says who or what a line is about.
func aboutUser(name string) string { return "user " + name }
