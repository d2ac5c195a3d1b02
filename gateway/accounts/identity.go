package accounts

import (
	"slices"
	"time"
)

// How somebody showed who they are.
const (
	ByPassword   = "password"
	ByLink       = "link"        // the one-time link
	ByOIDC       = "oidc"        // the company's identity provider
	ByDemo       = "demo"        // one click, in the demo
	ByStartToken = "start_token" // the token printed at start
	ByAPIToken   = "api_token"
)

// Names of those who act and are no users. No user can have them.
const (
	startUser    = "start-token"
	demoPrefix   = "demo-"
	terminalUser = "terminal"
)

// Identity is who asks: the outcome of a session, of a token, or of neither. The zero Identity is
// nobody and may nothing; a stranger is Stranger.
type Identity struct {
	User    string // the user's name; "" is a stranger
	Display string // as others read it
	Role    Role
	How     string // ByPassword, ByAPIToken …
	Session string // the session's ID, when there is one
	Token   string // the API token's ID, when that is how
	Address string // where the request came from
	Over    bool   // the time of the session is over (Accounts.Overdue)

	limited bool     // only scopes
	scopes  []string // of an API token
}

// Stranger is who has not signed in.
func Stranger(c Client) Identity { return Identity{Role: Anonymous, Address: c.Address} }

// Terminal is who works on the database with the commands of decroche: they have the file, and so
// all it holds.
func Terminal() Identity { return Identity{User: terminalUser, Display: "Terminal", Role: Admin} }

// May tells whether they may do p: what their role may, and when an API token asks, only what is in
// its scopes as well.
func (i Identity) May(p Permission) bool {
	return i.Role.May(p) && (!i.limited || slices.Contains(i.scopes, string(p)))
}

// Permissions are all they may do, sorted.
func (i Identity) Permissions() []Permission {
	return slices.DeleteFunc(i.Role.Permissions(), func(p Permission) bool { return !i.May(p) })
}

// Known tells whether they are somebody.
func (i Identity) Known() bool { return i.User != "" }

// Client is where a request came from.
type Client struct {
	Address string // what tries are counted against: an IPv4 address, the /64 of an IPv6 one
	Browser string // User-Agent
	Local   bool   // from this machine
}

// Opened is a session that has just begun. Secret goes into the cookie and is nowhere else.
type Opened struct {
	Secret  string
	Expires time.Time // at the latest; earlier when nothing is asked for session_idle
	Who     Identity
}
