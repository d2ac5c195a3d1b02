package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/term"

	"decroche/gateway"
	"decroche/gateway/accounts"
	"decroche/gateway/store"
)

type usersCmd struct {
	Add     userAddCmd    `cmd:"" help:"Make an account; prints the one-time link with which its user sets a password."`
	List    userListCmd   `cmd:"" help:"List the accounts."`
	Role    userRoleCmd   `cmd:"" help:"Change a role: agent, supervisor, builder or admin."`
	Disable userOffCmd    `cmd:"" help:"Disable an account: its user is signed out at once and its tokens end."`
	Enable  userOnCmd     `cmd:"" help:"Enable an account again."`
	Passwd  userPasswdCmd `cmd:"" help:"Set a password, typed twice or as one line on stdin."`
	Link    userLinkCmd   `cmd:"" help:"Make a one-time link with which a user sets a password, for 24 hours."`
}

// withAccounts works on the accounts of --config, beside a running gateway or without one.
func withAccounts(ctx context.Context, g *globals, do func(gateway.Config, *accounts.Accounts) error) error {
	cfg, err := loadConfig(g)
	if err != nil {
		return err
	}
	acc, done, err := gateway.OpenAccounts(ctx, cfg.Gateway)
	if err != nil {
		return err
	}
	err = do(cfg.Gateway, acc)
	switch {
	case errors.Is(err, store.ErrNotFound):
		err = errors.New("there is none of that name; decroche users list and decroche tokens list show which there are")
	case errors.Is(err, store.ErrExists):
		err = errors.New("that name is taken; decroche users list shows by whom")
	case errors.Is(err, store.ErrLastAdmin):
		err = errors.New("this is the last admin; make another one first: decroche users role NAME admin")
	}
	return errors.Join(err, done())
}

// userRow is a user as --json prints it.
type userRow struct {
	User     string     `json:"user"`
	Name     string     `json:"name"`
	Role     string     `json:"role"`
	Disabled bool       `json:"disabled"`
	Password bool       `json:"password"`
	OIDC     bool       `json:"oidc"`
	Created  time.Time  `json:"created"`
	SignedIn *time.Time `json:"signed_in,omitempty"`
	Link     string     `json:"link,omitempty"`
	Expires  *time.Time `json:"expires,omitempty"`
}

func newUserRow(u store.User) userRow {
	return userRow{User: u.Name, Name: u.Display, Role: u.Role, Disabled: u.Disabled, Password: u.Password != "", OIDC: u.Subject != "", Created: u.Created, SignedIn: ifAny(u.SignedIn)}
}

// ifAny is nil for the zero time.
func ifAny(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

type userAddCmd struct {
	User string `arg:"" help:"What they sign in with: a to z, 0 to 9 and . _ - @ +"`
	Name string `help:"As others read it; without it, what they sign in with."`
	Role string `help:"agent, supervisor, builder or admin." default:"agent"`
	JSON bool   `help:"Print one JSON object." name:"json"`
}

func (c *userAddCmd) Run(ctx context.Context, g *globals) error {
	return withAccounts(ctx, g, func(cfg gateway.Config, acc *accounts.Accounts) error {
		u, err := acc.AddUser(ctx, accounts.Terminal(), accounts.NewUser{Name: c.User, Display: c.Name, Role: c.Role})
		if err != nil {
			return err
		}
		return linkOf(ctx, cfg, acc, u, c.JSON)
	})
}

// linkOf makes a user's one-time link and prints it.
func linkOf(ctx context.Context, cfg gateway.Config, acc *accounts.Accounts, u store.User, asJSON bool) error {
	token, expires, err := acc.MakeLink(ctx, accounts.Terminal(), u.Name)
	if err != nil {
		return err
	}
	link := gateway.WelcomeURL(cfg, token)
	if asJSON {
		row := newUserRow(u)
		row.Link, row.Expires = link, &expires
		return printJSON(os.Stdout, row)
	}
	fmt.Printf("%s (%s) sets a password here, once, until %s:\n  %s\n", u.Name, u.Role, expires.Local().Format("2006-01-02 15:04"), link)
	return nil
}

type userListCmd struct {
	JSON bool `help:"Print one JSON object." name:"json"`
}

func (c *userListCmd) Run(ctx context.Context, g *globals) error {
	return withAccounts(ctx, g, func(_ gateway.Config, acc *accounts.Accounts) error {
		rows := []userRow{}
		for u, err := range acc.Users(ctx) {
			if err != nil {
				return err
			}
			rows = append(rows, newUserRow(u))
		}
		if c.JSON {
			return printJSON(os.Stdout, map[string]any{"users": rows})
		}
		t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "USER\tNAME\tROLE\tSIGNS IN BY\tLAST TIME")
		for _, u := range rows {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", u.User, u.Name, u.Role, signsInBy(u), when(u.SignedIn))
		}
		return t.Flush()
	})
}

func signsInBy(u userRow) string {
	switch {
	case u.Disabled:
		return "disabled"
	case u.OIDC:
		return "identity provider"
	case u.Password:
		return "password"
	}
	return "nothing yet (decroche users link " + u.User + ")"
}

func when(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return t.Local().Format("2006-01-02 15:04")
}

type userRoleCmd struct {
	User string `arg:""`
	Role string `arg:"" help:"agent, supervisor, builder or admin."`
	JSON bool   `help:"Print one JSON object." name:"json"`
}

func (c *userRoleCmd) Run(ctx context.Context, g *globals) error {
	return changeUser(ctx, g, c.User, accounts.Change{Role: &c.Role}, c.JSON)
}

type userOffCmd struct {
	User string `arg:""`
	JSON bool   `help:"Print one JSON object." name:"json"`
}

func (c *userOffCmd) Run(ctx context.Context, g *globals) error {
	yes := true
	return changeUser(ctx, g, c.User, accounts.Change{Disabled: &yes}, c.JSON)
}

type userOnCmd struct {
	User string `arg:""`
	JSON bool   `help:"Print one JSON object." name:"json"`
}

func (c *userOnCmd) Run(ctx context.Context, g *globals) error {
	no := false
	return changeUser(ctx, g, c.User, accounts.Change{Disabled: &no}, c.JSON)
}

func changeUser(ctx context.Context, g *globals, name string, c accounts.Change, asJSON bool) error {
	return withAccounts(ctx, g, func(_ gateway.Config, acc *accounts.Accounts) error {
		u, err := acc.ChangeUser(ctx, accounts.Terminal(), name, c)
		if err != nil {
			return err
		}
		if asJSON {
			return printJSON(os.Stdout, newUserRow(u))
		}
		state := "enabled"
		if u.Disabled {
			state = "disabled"
		}
		fmt.Printf("%s: %s, %s\n", u.Name, u.Role, state)
		return nil
	})
}

type userLinkCmd struct {
	User string `arg:""`
	JSON bool   `help:"Print one JSON object." name:"json"`
}

func (c *userLinkCmd) Run(ctx context.Context, g *globals) error {
	return withAccounts(ctx, g, func(cfg gateway.Config, acc *accounts.Accounts) error {
		u, err := acc.User(ctx, c.User)
		if err != nil {
			return err
		}
		return linkOf(ctx, cfg, acc, u, c.JSON)
	})
}

type userPasswdCmd struct {
	User string `arg:""`
	JSON bool   `help:"Print one JSON object." name:"json"`
}

func (c *userPasswdCmd) Run(ctx context.Context, g *globals) error {
	return withAccounts(ctx, g, func(_ gateway.Config, acc *accounts.Accounts) error {
		u, err := acc.User(ctx, c.User)
		if err != nil {
			return err
		}
		password, err := askPassword(os.Stdin, os.Stderr)
		if err != nil {
			return err
		}
		if err := acc.SetPassword(ctx, accounts.Terminal(), u.Name, password); err != nil {
			return err
		}
		if u, err = acc.User(ctx, u.Name); err != nil {
			return err
		}
		if c.JSON {
			return printJSON(os.Stdout, newUserRow(u))
		}
		fmt.Printf("%s has a new password, and was signed out everywhere\n", u.Name)
		return nil
	})
}

// askPassword reads a password: twice and unseen from a terminal, else one line. It is never an
// argument: those are seen by everybody on the machine.
func askPassword(in *os.File, prompt io.Writer) (string, error) {
	if !term.IsTerminal(int(in.Fd())) {
		line, err := bufio.NewReader(io.LimitReader(in, 4096)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read the password: %w", err)
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	var typed [2]string
	for i, ask := range []string{"New password: ", "Once more: "} {
		fmt.Fprint(prompt, ask)
		b, err := term.ReadPassword(int(in.Fd()))
		fmt.Fprintln(prompt)
		if err != nil {
			return "", fmt.Errorf("read the password: %w", err)
		}
		typed[i] = string(b)
	}
	if typed[0] != typed[1] {
		return "", errors.New("the two passwords differ; nothing was changed")
	}
	return typed[0], nil
}
