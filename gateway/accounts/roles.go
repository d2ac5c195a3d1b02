package accounts

import (
	"fmt"
	"slices"
	"strings"

	"decroche/gateway/store"
)

// Role is what somebody is here for. There is no order among roles: the table below says what each
// may do.
type Role string

// The roles. Anonymous is whoever has not signed in: a caller on the public page.
const (
	Anonymous  Role = "caller-anonymous"
	Agent      Role = "agent"
	Supervisor Role = "supervisor"
	Builder    Role = "builder"
	Admin      Role = store.RoleAdmin
)

// Roles are those that a user can have.
var Roles = []Role{Agent, Supervisor, Builder, Admin}

// Permission is one thing that a route asks for. Scopes of API tokens are permissions too.
type Permission string

// The permissions. A route names one; a new one goes here and into the table.
const (
	Self              Permission = "self"               // one's own account: who am I, sign out
	ReadConversations Permission = "conversations:read" // records, transcripts, live state
	LabelConversation Permission = "conversations:label"
	// ExportConversations takes records away: tables, and whole conversations as vCon.
	ExportConversations Permission = "conversations:export"
	HearRecordings      Permission = "recordings:read"
	EraseRecordings     Permission = "recordings:erase"
	ReadCallbacks       Permission = "callbacks:read"
	WorkCallbacks       Permission = "callbacks:write"   // mark as done, ring the caller
	ReadCalls           Permission = "calls:read"        // calls that we place, and whom not to call
	OrderCalls          Permission = "calls:write"       // order them, cancel them
	ManageNoCalls       Permission = "do_not_call:write" // who is not to be called
	ManageDeliveries    Permission = "deliveries:write"  // have what was given up sent again, or drop it
	ReadInbox           Permission = "inbox:read"
	WorkInbox           Permission = "inbox:write" // accept, correct, dismiss
	ReadBots            Permission = "bots:read"
	OpenChat            Permission = "chat:open"  // begin typed conversations and read any of them
	TakeCalls           Permission = "desk"       // be offered callers, on the agents' desk
	WatchLive           Permission = "live:watch" // the stream of all conversations
	Supervise           Permission = "supervise"  // listen, whisper, join, take over, end
	ReadAudit           Permission = "audit:read" //
	ReadMetrics         Permission = "metrics:read"
	Debug               Permission = "debug" // profiles of the process
	ManageUsers         Permission = "users:manage"
	ManageTokens        Permission = "tokens:manage"
	ManageSessions      Permission = "sessions:manage" // of others
)

// table is who may do what: the one place where that is decided.
var table = map[Permission][]Role{
	Self:                {Agent, Supervisor, Builder, Admin},
	ReadConversations:   {Agent, Supervisor, Builder, Admin},
	LabelConversation:   {Agent, Supervisor, Builder, Admin},
	ExportConversations: {Supervisor, Admin},
	HearRecordings:      {Supervisor, Builder, Admin},
	EraseRecordings:     {Supervisor, Admin},
	ReadCallbacks:       {Agent, Supervisor, Admin},
	WorkCallbacks:       {Agent, Supervisor, Admin},
	ReadCalls:           {Agent, Supervisor, Admin},
	OrderCalls:          {Supervisor, Admin},
	ManageNoCalls:       {Agent, Supervisor, Admin},
	ManageDeliveries:    {Supervisor, Admin},
	ReadInbox:           {Supervisor, Builder, Admin},
	WorkInbox:           {Supervisor, Builder, Admin},
	ReadBots:            {Agent, Supervisor, Builder, Admin},
	OpenChat:            {Agent, Supervisor, Admin},
	TakeCalls:           {Agent, Supervisor, Admin},
	WatchLive:           {Supervisor, Admin},
	Supervise:           {Supervisor, Admin},
	ReadAudit:           {Supervisor, Admin},
	ReadMetrics:         {Supervisor, Admin},
	Debug:               {Admin},
	ManageUsers:         {Admin},
	ManageTokens:        {Admin},
	ManageSessions:      {Admin},
}

// Permissions are all there are, sorted.
func Permissions() []Permission {
	var all []Permission
	for p := range table {
		all = append(all, p)
	}
	slices.Sort(all)
	return all
}

// May tells whether the role has a permission.
func (r Role) May(p Permission) bool { return slices.Contains(table[p], r) }

// Permissions are those of the role, sorted.
func (r Role) Permissions() []Permission {
	return slices.DeleteFunc(Permissions(), func(p Permission) bool { return !r.May(p) })
}

// ParseRole reads a role that a user can have.
func ParseRole(s string) (Role, error) {
	if r := Role(strings.ToLower(strings.TrimSpace(s))); slices.Contains(Roles, r) {
		return r, nil
	}
	return "", badInput("role: %q is none; use agent, supervisor, builder or admin", clip(s, 40))
}

// parseScopes reads permissions for a token. At least one is needed: a token says what it is for.
func parseScopes(names []string) ([]string, error) {
	var out []string
	for _, n := range names {
		p := Permission(strings.ToLower(strings.TrimSpace(n)))
		if _, device, err := parseDevice(string(p)); device {
			if err == nil && len(names) > 1 {
				err = badInput("scopes: %s stands by itself; make another token for the rest", clip(string(p), 40))
			}
			if err != nil {
				return nil, err
			}
			return []string{string(p)}, nil
		}
		if _, ok := table[p]; !ok {
			return nil, badInput("scopes: %q is none; there are %s", clip(n, 40), scopeList())
		}
		if !slices.Contains(out, string(p)) {
			out = append(out, string(p))
		}
	}
	if len(out) == 0 {
		return nil, badInput("scopes: none; say what the token is for, among %s", scopeList())
	}
	slices.Sort(out)
	return out, nil
}

func scopeList() string { return strings.Trim(fmt.Sprint(Permissions()), "[]") }
