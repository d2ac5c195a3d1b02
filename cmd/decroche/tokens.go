package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"decroche/gateway"
	"decroche/gateway/accounts"
	"decroche/gateway/store"
)

type tokensCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make an API token; it is printed this once."`
	Device tokenDeviceCmd `cmd:"" help:"Make the token of a speaker (cmd/speaker): it may call one hotline, and nothing else."`
	List   tokenListCmd   `cmd:"" help:"List the API tokens, without their secrets."`
	Revoke tokenRevokeCmd `cmd:"" help:"End an API token."`
}

// tokenRow is an API token as --json prints it.
type tokenRow struct {
	ID      string     `json:"id"`
	Token   string     `json:"token,omitempty"`
	Name    string     `json:"name"`
	User    string     `json:"user"`
	Scopes  []string   `json:"scopes"`
	Created time.Time  `json:"created"`
	Used    *time.Time `json:"used,omitempty"`
	Expires *time.Time `json:"expires,omitempty"`
	Revoked *time.Time `json:"revoked,omitempty"`
}

func newTokenRow(t store.APIToken) tokenRow {
	return tokenRow{ID: t.ID, Name: t.Name, User: t.User, Scopes: t.Scopes, Created: t.Created, Used: ifAny(t.Used), Expires: ifAny(t.Expires), Revoked: ifAny(t.Revoked)}
}

type tokenCreateCmd struct {
	Name    string        `arg:"" help:"What it is for."`
	User    string        `help:"Whose it is: it may do no more than they, and ends with them." required:""`
	Scope   []string      `help:"What it may do, such as conversations:read; may be repeated or separated by commas. docs/accounts.md lists them." required:""`
	Expires time.Duration `help:"How long it works, such as 2160h; 0 is for ever." default:"2160h"`
	JSON    bool          `help:"Print one JSON object." name:"json"`
}

func (c *tokenCreateCmd) Run(ctx context.Context, g *globals) error {
	return createToken(ctx, g, accounts.NewToken{Name: c.Name, User: c.User, Scopes: c.Scope, Expires: c.Expires}, c.JSON)
}

type tokenDeviceCmd struct {
	Name    string        `arg:"" help:"Which device, and where it stands."`
	Hotline string        `help:"The hotline that it may call, by the name of its folder." required:""`
	User    string        `help:"Who answers for it: it ends with them." required:""`
	Expires time.Duration `help:"How long it works, such as 8760h; 0 is until it is revoked." default:"0"`
	JSON    bool          `help:"Print one JSON object." name:"json"`
}

// Run makes the token of a device.
func (c *tokenDeviceCmd) Run(ctx context.Context, g *globals) error {
	cfg, err := loadConfig(g)
	if err != nil {
		return err
	}
	bots, err := loadBots(cfg)
	if err != nil {
		return err
	}
	var names []string
	for _, b := range bots {
		names = append(names, b.Name)
	}
	if !slices.Contains(names, c.Hotline) {
		return fmt.Errorf("there is no hotline %q here; there are %s", c.Hotline, strings.Join(names, ", "))
	}
	return createToken(ctx, g, accounts.NewToken{Name: c.Name, User: c.User, Scopes: []string{accounts.DeviceScope(c.Hotline)}, Expires: c.Expires}, c.JSON)
}

// createToken makes a token and prints it.
func createToken(ctx context.Context, g *globals, n accounts.NewToken, asJSON bool) error {
	return withAccounts(ctx, g, func(_ gateway.Config, acc *accounts.Accounts) error {
		secret, t, err := acc.CreateToken(ctx, accounts.Terminal(), n)
		if err != nil {
			return err
		}
		if asJSON {
			row := newTokenRow(t)
			row.Token = secret
			return printJSON(os.Stdout, row)
		}
		fmt.Fprintf(os.Stderr, "Token %s of %s: %s. It is shown this once:\n", t.ID, t.User, strings.Join(t.Scopes, " "))
		fmt.Println(secret)
		return nil
	})
}

type tokenListCmd struct {
	JSON bool `help:"Print one JSON object." name:"json"`
}

func (c *tokenListCmd) Run(ctx context.Context, g *globals) error {
	return withAccounts(ctx, g, func(_ gateway.Config, acc *accounts.Accounts) error {
		rows := []tokenRow{}
		for t, err := range acc.Tokens(ctx) {
			if err != nil {
				return err
			}
			rows = append(rows, newTokenRow(t))
		}
		if c.JSON {
			return printJSON(os.Stdout, map[string]any{"tokens": rows})
		}
		t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "ID\tNAME\tUSER\tSCOPES\tLAST USED\tUNTIL")
		for _, r := range rows {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.Name, r.User, strings.Join(r.Scopes, " "), when(r.Used), until(r))
		}
		return t.Flush()
	})
}

func until(r tokenRow) string {
	switch {
	case r.Revoked != nil:
		return "revoked " + when(r.Revoked)
	case r.Expires == nil:
		return "for ever"
	}
	return when(r.Expires)
}

type tokenRevokeCmd struct {
	ID   string `arg:"" help:"As decroche tokens list shows it."`
	JSON bool   `help:"Print one JSON object." name:"json"`
}

func (c *tokenRevokeCmd) Run(ctx context.Context, g *globals) error {
	return withAccounts(ctx, g, func(_ gateway.Config, acc *accounts.Accounts) error {
		if err := acc.RevokeToken(ctx, accounts.Terminal(), c.ID); err != nil {
			return err
		}
		if c.JSON {
			return printJSON(os.Stdout, map[string]any{"id": c.ID, "revoked": true})
		}
		fmt.Printf("token %s works no more\n", c.ID)
		return nil
	})
}
