package gateway

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"decroche/gateway/accounts"
	"decroche/gateway/accounts/oidc"
	"decroche/gateway/console"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
)

// openAccounts makes the accounts over the store, with the admin of a first start. The identity
// provider sends people back to redirect.
func (g *Gateway) openAccounts(ctx context.Context, st store.Accounts, redirect string) (err error) {
	o := accounts.Options{Log: g.log}
	if g.cfg.APIToken != "" {
		s, err := ParseSecret(g.cfg.APIToken)
		if err == nil {
			o.StartToken, err = s.Read()
		}
		if err != nil {
			return fmt.Errorf("api_token: %w", err)
		}
	}
	if c := g.cfg.Accounts.OIDC; c.Issuer != "" {
		ref, err := g.cfg.OIDCSecret()
		var secret string
		if err == nil && c.ClientSecret != "" {
			secret, err = ref.Read()
		}
		if err != nil {
			return fmt.Errorf("accounts.oidc.client_secret: %w", err)
		}
		o.OIDC = oidc.New(c, secret, redirect, time.Now)
	}
	if g.accounts, err = accounts.New(st, g.cfg.Accounts, o); err != nil {
		return err
	}
	g.newAdmin, err = g.accounts.FirstAdmin(ctx)
	return err
}

// NewAdmin is the admin who needs a one-time link, because no admin can sign in yet; "" when one can.
func (g *Gateway) NewAdmin() string { return g.newAdmin }

// FirstLink makes the link with which NewAdmin sets a password, once, within 24 hours. It is for a
// terminal, never for a log.
func (g *Gateway) FirstLink(ctx context.Context) (string, error) {
	token, _, err := g.accounts.MakeLink(ctx, accounts.Terminal(), g.newAdmin)
	if err != nil {
		return "", fmt.Errorf("make the first admin's link: %w", err)
	}
	return g.console.WelcomeURL(token), nil
}

// OpenAccounts opens the accounts of cfg beside a running gateway, or without one, for the commands
// that work on them. Call done when finished.
func OpenAccounts(ctx context.Context, cfg Config) (acc *accounts.Accounts, done func() error, err error) {
	st, err := sqlite.Open(ctx, filepath.Join(cfg.DataDir, databaseFile))
	if err != nil {
		return nil, nil, err
	}
	if acc, err = accounts.New(st, cfg.Accounts, accounts.Options{}); err != nil {
		_ = st.Close()
		return nil, nil, err
	}
	return acc, st.Close, nil
}

// WelcomeURL is where a user sets a password with a one-time link, as far as cfg tells.
func WelcomeURL(cfg Config, token string) string {
	c := cfg.HTTP
	c.PublicURL = cfg.PublicURL
	return console.BaseURL(c, c.Listen) + "/welcome/" + token
}
