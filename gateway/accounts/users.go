package accounts

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"decroche/gateway/store"
)

// linkLife is how long a one-time link works.
const linkLife = 24 * time.Hour

// checkName is what a user's name must be: what people type the same way everywhere, a mail address
// too.
func checkName(name string) error {
	if name == "" || len(name) > 64 {
		return badInput("user: the name has 1 to 64 characters")
	}
	for _, c := range []byte(name) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && !strings.ContainsRune("._-@+", rune(c)) {
			return badInput("user: %q has signs that a name cannot have; use a to z, 0 to 9 and . _ - @ +", clip(name, 64))
		}
	}
	if strings.HasPrefix(name, demoPrefix) || name == startUser || name == terminalUser || name == "identity-provider" || strings.Trim(name, "._-@+") == "" {
		return badInput("user: %q is kept for the gateway itself; choose another name", name)
	}
	return nil
}

func checkDisplay(s string) error {
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > 80 || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
		return badInput("name: use at most 80 characters, without line ends")
	}
	return nil
}

// NewUser is what AddUser takes.
type NewUser struct {
	Name     string // to sign in with
	Display  string // as others read it; "" is the name
	Role     string
	Password string // "" when a one-time link will set it
}

// AddUser makes an account. *InputError or store.ErrExists when it cannot.
func (a *Accounts) AddUser(ctx context.Context, by Identity, n NewUser) (store.User, error) {
	u := store.User{Name: strings.ToLower(strings.TrimSpace(n.Name)), Display: strings.TrimSpace(n.Display), Created: a.o.Now()}
	role, err := ParseRole(n.Role)
	for _, e := range []error{checkName(u.Name), checkDisplay(u.Display), err} {
		if e != nil {
			return store.User{}, e
		}
	}
	u.Role = string(role)
	if u.Display == "" {
		u.Display = u.Name
	}
	if n.Password != "" {
		if u.Password, err = a.newPassword(ctx, n.Password, u.Name); err != nil {
			return store.User{}, err
		}
	}
	if err := a.st.AddUser(ctx, u); err != nil {
		return store.User{}, err
	}
	a.note(ctx, by, UserAdded, aboutUser(u.Name), u.Role)
	return u, nil
}

func (a *Accounts) newPassword(ctx context.Context, password, name string) (string, error) {
	if err := checkPassword(password, name, a.cfg.MinPassword); err != nil {
		return "", err
	}
	return a.hash.make(ctx, password)
}

// Users yields all accounts, by name.
func (a *Accounts) Users(ctx context.Context) iter.Seq2[store.User, error] { return a.st.Users(ctx) }

// User returns one account, or store.ErrNotFound.
func (a *Accounts) User(ctx context.Context, name string) (store.User, error) {
	return a.st.User(ctx, strings.ToLower(name))
}

// Called is how others read who that is: the name that goes with an account or the demonstration, else user itself.
func (a *Accounts) Called(ctx context.Context, user string) string {
	if role, ok := strings.CutPrefix(user, demoPrefix); ok && demoNames[Role(role)] != "" {
		return demoNames[Role(role)]
	}
	u, err := a.User(ctx, user)
	if err != nil || u.Display == "" {
		return user
	}
	return u.Display
}

// Change is what ChangeUser changes; nil leaves as it is.
type Change struct {
	Display  *string
	Role     *string
	Disabled *bool
}

// ChangeUser changes an account. A change of role works at the next request; who is disabled is out
// at once. store.ErrLastAdmin when nobody would be left to manage users.
func (a *Accounts) ChangeUser(ctx context.Context, by Identity, name string, c Change) (store.User, error) {
	var before, after store.User
	if c.Role != nil {
		role, err := ParseRole(*c.Role)
		if err != nil {
			return store.User{}, err
		}
		s := string(role)
		c.Role = &s
	}
	if c.Display != nil {
		if err := checkDisplay(*c.Display); err != nil || strings.TrimSpace(*c.Display) == "" {
			return store.User{}, badInput("name: use 1 to 80 characters, without line ends")
		}
	}
	err := a.st.ChangeUser(ctx, strings.ToLower(name), func(u *store.User) error {
		before = *u
		if c.Display != nil {
			u.Display = strings.TrimSpace(*c.Display)
		}
		if c.Role != nil {
			u.Role = *c.Role
		}
		if c.Disabled != nil {
			u.Disabled = *c.Disabled
		}
		after = *u
		return nil
	})
	if err != nil {
		return store.User{}, err
	}
	about := aboutUser(after.Name)
	if before.Display != after.Display {
		a.note(ctx, by, UserChanged, about, before.Display+" -> "+after.Display)
	}
	if before.Role != after.Role {
		a.note(ctx, by, RoleChanged, about, before.Role+" -> "+after.Role)
	}
	if before.Disabled != after.Disabled {
		what := UserEnabled
		if after.Disabled {
			what = UserDisabled
		}
		a.note(ctx, by, what, about, "")
	}
	return after, nil
}

// SetPassword gives a user a new password and ends their sessions.
func (a *Accounts) SetPassword(ctx context.Context, by Identity, name, password string) error {
	u, err := a.User(ctx, name)
	if err != nil {
		return err
	}
	stored, err := a.newPassword(ctx, password, u.Name)
	if err != nil {
		return err
	}
	if err := a.st.ChangeUser(ctx, u.Name, func(u *store.User) error { u.Password = stored; return nil }); err != nil {
		return err
	}
	_, err = a.st.EndSessions(ctx, u.Name, "")
	a.note(ctx, by, PasswordSet, aboutUser(u.Name), "")
	return err
}

// ChangePassword is SetPassword by the user themselves, who must know the old one; it keeps the
// session that asks. Wrong tries are counted as those at the door.
func (a *Accounts) ChangePassword(ctx context.Context, who Identity, old, password string, c Client) error {
	u, err := a.st.User(ctx, who.User)
	if err != nil || u.Password == "" {
		return badInput("password: this account has none here; sign in the way it does")
	}
	if err := checkPassword(password, u.Name, a.cfg.MinPassword); err != nil {
		return err
	}
	try, _, err := a.limits.take(u.Name, c.Address, true, true)
	if err != nil {
		return err
	}
	right, _, err := a.hash.check(ctx, u.Password, old)
	if err != nil {
		try.unread()
		return err
	}
	if !right {
		return badInput("old_password: it is wrong")
	}
	try.right()
	stored, err := a.hash.make(ctx, password)
	if err != nil {
		return err
	}
	if err := a.st.ChangeUser(ctx, u.Name, func(u *store.User) error { u.Password = stored; return nil }); err != nil {
		return err
	}
	a.note(ctx, who, PasswordSet, aboutUser(u.Name), "")
	for s, err := range a.st.Sessions(ctx, u.Name) {
		if err != nil {
			return err
		}
		if s.ID != who.Session {
			if _, err := a.st.EndSessions(ctx, u.Name, s.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// MakeLink makes the one-time link with which a user sets a password, in place of their earlier
// one. The token works once, for 24 hours.
func (a *Accounts) MakeLink(ctx context.Context, by Identity, name string) (token string, expires time.Time, err error) {
	u, err := a.User(ctx, name)
	if err != nil {
		return "", time.Time{}, err
	}
	if u.Disabled {
		return "", time.Time{}, badInput("user: %s is disabled; enable them first", u.Name)
	}
	token, expires = newSecret(), a.o.Now().Add(linkLife)
	if err := a.st.AddUserLink(ctx, hashOf(token), u.Name, expires); err != nil {
		return "", time.Time{}, err
	}
	a.note(ctx, by, LinkMade, aboutUser(u.Name), "")
	return token, expires, nil
}

// LookLink tells whose one-time link that is, without using it up: programs that look at links in
// mail must not. ErrLink when it works no more.
func (a *Accounts) LookLink(ctx context.Context, token string) (store.User, error) {
	if !wellFormed(token) {
		return store.User{}, ErrLink
	}
	name, err := a.st.UserLink(ctx, hashOf(token), a.o.Now())
	if errors.Is(err, store.ErrNotFound) {
		return store.User{}, ErrLink
	}
	if err != nil {
		return store.User{}, err
	}
	return a.st.User(ctx, name)
}

// UseLink sets the password of a one-time link's user, uses the link up and opens a session.
func (a *Accounts) UseLink(ctx context.Context, token, password string, c Client) (Opened, error) {
	u, err := a.LookLink(ctx, token)
	if err != nil {
		return Opened{}, err
	}
	stored, err := a.newPassword(ctx, password, u.Name)
	if err != nil {
		return Opened{}, err
	}
	if _, err := a.st.UseUserLink(ctx, hashOf(token), a.o.Now(), stored); errors.Is(err, store.ErrNotFound) {
		return Opened{}, ErrLink
	} else if err != nil {
		return Opened{}, err
	}
	a.note(ctx, identityOf(u, ByLink, c), PasswordSet, aboutUser(u.Name), "by one-time link")
	return a.open(ctx, u, ByLink, "", c)
}

// FirstAdmin makes the account "admin" when there is no admin at all. It returns the name of an admin
// who needs a one-time link, because no admin can sign in yet; "" when one can.
func (a *Accounts) FirstAdmin(ctx context.Context) (name string, err error) {
	for u, err := range a.st.Users(ctx) {
		switch {
		case err != nil:
			return "", err
		case Role(u.Role) != Admin || u.Disabled:
		case u.Password != "" || u.Subject != "":
			return "", nil
		case name == "":
			name = u.Name
		}
	}
	if name != "" {
		return name, nil
	}
	name = string(Admin)
	_, err = a.AddUser(ctx, Identity{User: "first-start"}, NewUser{Name: name, Role: string(Admin)})
	if errors.Is(err, store.ErrExists) {
		// Another process was as quick, or somebody who is no admin has the name.
		admin, err := a.st.User(ctx, name)
		if err == nil && Role(admin.Role) != Admin {
			a.o.Log.Warn("accounts: nobody is an admin, and the name admin is taken; make one with: decroche users add NAME --role admin")
			name = ""
		}
		return name, err
	}
	return name, err
}
