package accounts

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"decroche/gateway/accounts/oidc"
	"decroche/gateway/store"
)

const (
	// maxSessions is how many a user has at once; the one unseen for longest makes room.
	maxSessions = 20
	maxBrowser  = 200 // bytes kept of a User-Agent
	// touchEvery is how exactly the last sign of a session is known.
	touchEvery = time.Minute
)

// SignIn opens a session for a name and a password. ErrSignIn, *TooSoon or ErrBusy otherwise.
func (a *Accounts) SignIn(ctx context.Context, name, password string, c Client) (Opened, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if checkName(name) != nil || len(password) > maxPassword {
		name, password = "-", "" // nobody's name: refused as slowly as any
	}
	u, err := a.st.User(ctx, name)
	exists := err == nil
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Opened{}, err
	}
	known := false
	if exists {
		if known, err = a.st.Audited(ctx, name, SignedIn, c.Address); err != nil {
			return Opened{}, err
		}
	}
	stranger, about := Stranger(c), "unknown name" // which is not written down: it may be a password
	if exists {
		about = aboutUser(name)
	}
	try, news, err := a.limits.take(name, c.Address, exists, known)
	if err != nil {
		if news {
			a.note(ctx, stranger, SignInHeldUp, about, err.Error())
		}
		return Opened{}, err
	}
	right, better, err := a.hash.check(ctx, u.Password, password)
	if err != nil {
		try.unread()
		return Opened{}, err
	}
	if !right || u.Disabled {
		why := "wrong password"
		if right {
			why = "disabled"
		}
		a.note(ctx, stranger, SignInRefused, about, why)
		return Opened{}, ErrSignIn
	}
	try.right()
	return a.open(ctx, u, ByPassword, better, c)
}

// open begins a session of a user; better replaces their stored password when it is not "".
func (a *Accounts) open(ctx context.Context, u store.User, how, better string, c Client) (Opened, error) {
	err := a.st.ChangeUser(ctx, u.Name, func(now *store.User) error {
		if now.Disabled {
			return ErrSignIn // since we looked
		}
		if now.SignedIn = a.o.Now(); better != "" && now.Password == u.Password {
			now.Password = better
		}
		u = *now
		return nil
	})
	if err != nil {
		return Opened{}, err
	}
	return a.openFor(ctx, identityOf(u, how, c), "", c)
}

func identityOf(u store.User, how string, c Client) Identity {
	return Identity{User: u.Name, Display: u.Display, Role: Role(u.Role), How: how, Address: c.Address}
}

// openFor writes a session down and makes room for it.
func (a *Accounts) openFor(ctx context.Context, who Identity, bound string, c Client) (Opened, error) {
	now, secret := a.o.Now(), newSecret()
	s := store.Session{ID: newID(), User: who.User, How: who.How, Bound: bound, Address: c.Address, Browser: clip(strings.ToValidUTF8(c.Browser, ""), maxBrowser),
		Created: now, Seen: now, Expires: now.Add(a.cfg.SessionLife)}
	if err := a.st.AddSession(ctx, hashOf(secret), s); err != nil {
		return Opened{}, err
	}
	who.Session = s.ID
	a.note(ctx, who, SignedIn, "", who.How)
	n := 0
	for old, err := range a.st.Sessions(ctx, who.User) {
		if err != nil {
			return Opened{}, err
		}
		if n++; n > maxSessions && old.ID != s.ID {
			if _, err := a.st.EndSessions(ctx, "", old.ID); err != nil {
				return Opened{}, err
			}
		}
	}
	return Opened{Secret: secret, Expires: s.Expires, Who: who}, nil
}

// SignInStart opens a session for who has the token printed at start, on this machine. It ends with
// the token.
func (a *Accounts) SignInStart(ctx context.Context, token string, c Client) (Opened, error) {
	if !a.isStartToken(token) {
		return Opened{}, ErrToken
	}
	if !c.Local {
		return Opened{}, ErrNotHere
	}
	return a.openFor(ctx, startIdentity(c), a.startBound(), c)
}

// startBound ties a session to today's start token without telling it.
func (a *Accounts) startBound() string {
	return checksum(string(hashOf("session " + a.o.StartToken)))
}

// demoNames are who one can be in the demo.
var demoNames = map[Role]string{Agent: "Karim (démo)", Supervisor: "Paule (démo)"}

// SignInDemo opens a session as an agent or a supervisor, in the demo alone.
func (a *Accounts) SignInDemo(ctx context.Context, role Role, c Client) (Opened, error) {
	if !a.cfg.Demo || !c.Local {
		return Opened{}, ErrNoDemo
	}
	if _, ok := demoNames[role]; !ok {
		return Opened{}, badInput("demo: %q; one can be agent or supervisor", clip(string(role), 40))
	}
	return a.openFor(ctx, demoIdentity(role, c), "", c)
}

func demoIdentity(role Role, c Client) Identity {
	return Identity{User: demoPrefix + string(role), Display: demoNames[role], Role: role, How: ByDemo, Address: c.Address}
}

// SignInOIDC opens a session for somebody of the identity provider, who gets an account here at the
// first time. Their role is what their groups say, at each sign-in again.
func (a *Accounts) SignInOIDC(ctx context.Context, p oidc.Person, c Client) (Opened, error) {
	refuse := func(about string, err error) (Opened, error) {
		a.note(ctx, Stranger(c), SignInRefused, about, err.Error())
		return Opened{}, err
	}
	role := a.roleOf(p)
	u, err := a.st.UserBySubject(ctx, p.Issuer, p.Subject)
	if errors.Is(err, store.ErrNotFound) {
		if role == "" {
			return refuse("somebody of the identity provider", ErrNoRole)
		}
		if u, err = a.adopt(ctx, p, role, c); errors.Is(err, ErrNameTaken) {
			return refuse(aboutUser(nameOf(p)), err)
		}
	}
	switch {
	case err != nil:
		return Opened{}, err
	case u.Disabled:
		return refuse(aboutUser(u.Name), ErrDisabled)
	case role == "":
		return refuse(aboutUser(u.Name), ErrNoRole)
	case Role(u.Role) != role:
		if err := a.st.ChangeUser(ctx, u.Name, func(u *store.User) error { u.Role = string(role); return nil }); err != nil {
			return Opened{}, err
		}
		a.note(ctx, Identity{User: "identity-provider"}, RoleChanged, aboutUser(u.Name), u.Role+" -> "+string(role))
	}
	return a.open(ctx, u, ByOIDC, "", c)
}

// adopt makes an account for somebody of the identity provider. It never takes over an account that
// is there: whoever may choose their name there could otherwise be anybody here.
func (a *Accounts) adopt(ctx context.Context, p oidc.Person, role Role, c Client) (store.User, error) {
	u := store.User{Name: nameOf(p), Display: p.Display, Role: string(role), Issuer: p.Issuer, Subject: p.Subject, Created: a.o.Now()}
	if checkDisplay(u.Display) != nil || u.Display == "" {
		u.Display = u.Name
	}
	if err := a.st.AddUser(ctx, u); errors.Is(err, store.ErrExists) {
		if u, err := a.st.UserBySubject(ctx, p.Issuer, p.Subject); err == nil {
			return u, nil // two sign-ins at once
		}
		return u, ErrNameTaken
	} else if err != nil {
		return u, err
	}
	a.note(ctx, Identity{User: "identity-provider", Address: c.Address}, UserAdded, aboutUser(u.Name), u.Role)
	return u, nil
}

// nameOf is what somebody of the identity provider is called here.
func nameOf(p oidc.Person) string {
	if name := strings.ToLower(p.Name); checkName(name) == nil {
		return name
	}
	return "oidc-" + base32Lower.EncodeToString(hashOf(p.Issuer + " " + p.Subject)[:8])
}

// roleOf is the most a person's groups give, "" for nothing.
func (a *Accounts) roleOf(p oidc.Person) Role {
	var best Role = Role(a.cfg.OIDC.DefaultRole)
	for _, g := range p.Groups {
		if r, ok := a.cfg.OIDC.Roles[g]; ok {
			if role, err := ParseRole(r); err == nil && slices.Index(Roles, role) > slices.Index(Roles, best) {
				best = role
			}
		}
	}
	return best
}
