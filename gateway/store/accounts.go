package store

import (
	"context"
	"errors"
	"iter"
	"time"
)

// Refusals of Accounts.
var (
	// ErrExists means that the name, or the person at the identity provider, has an account already.
	ErrExists = errors.New("store: the account exists already")
	// ErrLastAdmin means that the change would leave nobody who may manage users.
	ErrLastAdmin = errors.New("store: this is the last admin")
)

// RoleAdmin is the role of which one enabled user must remain; what the other roles are called and
// what each may do is the business of package accounts.
const RoleAdmin = "admin"

// User is somebody who may sign in. The name is the key and never changes; users are disabled, not
// deleted, so that a name in an audit list always means the same person.
type User struct {
	Name     string // what they type, in lower case
	Display  string // what others read
	Role     string
	Password string // argon2id in PHC form; "" is a user who has none yet
	Issuer   string // with Subject: who this is at an identity provider; both "" when none
	Subject  string
	Disabled bool
	Created  time.Time
	SignedIn time.Time // last time; zero: never
}

// Session is one signed-in browser. Its secret is known to the browser alone: a store has the hash.
type Session struct {
	ID      string // what lists show; opens nothing
	User    string
	How     string // what it was opened with
	Bound   string // what it ends with, beside time; the meaning is the caller's
	Address string // where it was opened from
	Browser string // User-Agent, shortened
	Created time.Time
	Seen    time.Time
	Expires time.Time
}

// APIToken is a secret for scripts, of which a store has the hash.
type APIToken struct {
	ID      string // what lists show; opens nothing
	Name    string // what it is for
	User    string // whose it is; it ends with them
	Scopes  []string
	Created time.Time
	Used    time.Time // zero: never
	Expires time.Time // zero: never
	Revoked time.Time // zero: not
}

// AuditEntry is one line of the list of who did what. It is never changed.
type AuditEntry struct {
	ID      int64     `json:"id"`
	At      time.Time `json:"at"`
	Who     string    `json:"who"`               // user name; "" is somebody unknown
	What    string    `json:"what"`              // signed_in, role_changed, listened …
	About   string    `json:"about,omitempty"`   // whom or what: "user lina", "conversation 7f3a"
	Detail  string    `json:"detail,omitempty"`  // "agent -> supervisor"; never a secret, never what a caller said
	Address string    `json:"address,omitempty"` // where the request came from
}

// AuditQuery selects audit entries; empty fields select all.
type AuditQuery struct {
	Before int64 // only those with a smaller ID; 0: from the newest
	Who    string
	What   string
	About  string
	Limit  int // 0: 100; at most 1000
}

// Users are the accounts. All methods are safe for concurrent use, also by several processes.
type Users interface {
	// AddUser stores a user; ErrExists when the name or the subject has one.
	AddUser(ctx context.Context, u User) error
	// User returns one user, or ErrNotFound.
	User(ctx context.Context, name string) (User, error)
	// UserBySubject returns who that is at an identity provider, or ErrNotFound.
	UserBySubject(ctx context.Context, issuer, subject string) (User, error)
	// Users yields all, by name.
	Users(ctx context.Context) iter.Seq2[User, error]
	// ChangeUser changes a user in one step: change gets the present one and may not change the
	// name; it must be quick and may run more than once. Its error is returned and nothing is
	// changed. A user who becomes disabled loses their sessions and links. ErrLastAdmin when
	// no enabled user of RoleAdmin would remain.
	ChangeUser(ctx context.Context, name string, change func(*User) error) error

	// AddUserLink stores the hash of a one-time link in place of the user's earlier one.
	AddUserLink(ctx context.Context, hash []byte, user string, expires time.Time) error
	// UserLink tells whose link that is, without using it up; ErrNotFound when unknown or expired.
	UserLink(ctx context.Context, hash []byte, now time.Time) (user string, err error)
	// UseUserLink uses a link up, sets the user's password and ends their sessions, in one step.
	UseUserLink(ctx context.Context, hash []byte, now time.Time, password string) (user string, err error)
}

// Sessions are the signed-in browsers.
type Sessions interface {
	AddSession(ctx context.Context, hash []byte, s Session) error
	// SessionByHash returns a session, expired or not, or ErrNotFound.
	SessionByHash(ctx context.Context, hash []byte) (Session, error)
	TouchSession(ctx context.Context, id string, seen time.Time) error
	// Sessions yields those of a user, or all for "", the latest seen first.
	Sessions(ctx context.Context, user string) iter.Seq2[Session, error]
	// EndSessions ends the session named id, or all of user when id is "", or the one named id if
	// it is of user when both are given; it returns how many ended.
	EndSessions(ctx context.Context, user, id string) (int, error)
}

// Tokens are the API tokens.
type Tokens interface {
	AddToken(ctx context.Context, hash []byte, t APIToken) error
	// TokenByHash returns a token, revoked or expired too, or ErrNotFound.
	TokenByHash(ctx context.Context, hash []byte) (APIToken, error)
	TouchToken(ctx context.Context, id string, used time.Time) error
	// Tokens yields all, oldest first, revoked ones too.
	Tokens(ctx context.Context) iter.Seq2[APIToken, error]
	// RevokeToken ends a token; ErrNotFound when there is none of that ID that still works.
	RevokeToken(ctx context.Context, id string, at time.Time) error
}

// Audit is the list of who did what.
type Audit interface {
	AddAudit(ctx context.Context, e AuditEntry) error
	// Audit yields entries, newest first.
	Audit(ctx context.Context, q AuditQuery) iter.Seq2[AuditEntry, error]
	// Audited tells whether there is an entry of that person, kind and address.
	Audited(ctx context.Context, who, what, address string) (bool, error)
}

// Accounts is what a store remembers about the people who use the gateway. Each implementation
// passes storetest.RunAccounts.
type Accounts interface {
	Users
	Sessions
	Tokens
	Audit
	// SweepAccounts forgets sessions that expired or were not seen since idle, links that expired
	// before now, and audit entries from before audit.
	SweepAccounts(ctx context.Context, now, idle, audit time.Time) error
}
