package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"decroche/configs"
	"decroche/flows"
	"decroche/gateway"
	"decroche/gateway/accounts"
	"decroche/gateway/console"
	"decroche/gateway/store"
)

type exportCmd struct {
	Conversations []string `arg:"" help:"Conversations, by their IDs."`
	Signed        bool     `help:"Sign them with the site's key (vcon.signing_key)."`
	Encrypted     bool     `help:"Sign them, and encrypt them so that only those of vcon.encrypt_to can read them."`
	Out           string   `help:"Folder for a file of each; without it they are printed, one on each line." placeholder:"FOLDER" type:"path"`
}

// Run writes conversations beside a running gateway, or without one.
func (c *exportCmd) Run(ctx context.Context, g *globals) error {
	cfg, err := loadConfig(g)
	if err != nil {
		return err
	}
	bots, err := configs.Bots(cfg)
	if err != nil {
		return err
	}
	st, err := gateway.OpenRecord(ctx, cfg.Gateway)
	if err != nil {
		return err
	}
	rec, err := gateway.Recordings(cfg.Gateway, st)
	if err != nil {
		return errors.Join(err, st.Close())
	}
	x := gateway.NewExporter(cfg.Gateway, st, rec, func() []*flows.Bot { return bots })
	return errors.Join(c.export(ctx, x, st, os.Stdout), rec.Close(ctx), st.Close())
}

// auditor takes lines of the audit list.
type auditor interface {
	AddAudit(ctx context.Context, e store.AuditEntry) error
}

// export writes each down before it is given out, as the API does: who takes data away is known.
func (c *exportCmd) export(ctx context.Context, x *gateway.Exporter, list auditor, w io.Writer) error {
	by := accounts.Terminal().User
	detail := ""
	if u, err := user.Current(); err == nil {
		detail = u.Username
	}
	for _, conv := range c.Conversations {
		v, err := x.VCon(ctx, conv, strings.TrimSpace(by+" "+detail))
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("there is no conversation %q; it may have been erased", conv)
		}
		if err != nil {
			return fmt.Errorf("export %q: %w", conv, err)
		}
		out, form := any(v), ""
		switch {
		case c.Encrypted:
			form = "encrypted"
			out, err = x.Encrypt(v)
		case c.Signed:
			form = "signed"
			out, err = x.Sign(v)
		}
		if err != nil {
			return fmt.Errorf("export %q: %w", conv, err)
		}
		data, err := json.Marshal(out)
		if err != nil {
			return fmt.Errorf("export %q: %w", conv, err)
		}
		data = append(data, '\n')
		about := store.AuditEntry{At: time.Now(), Who: by, What: console.ExportedVCon, About: "conversation " + conv, Detail: strings.TrimSpace(form + " " + detail)}
		if err := list.AddAudit(ctx, about); err != nil {
			return fmt.Errorf("export %q: it could not be written into the audit list, so that nothing was exported: %w", conv, err)
		}
		if c.Out == "" {
			_, err = w.Write(data)
		} else if err = os.MkdirAll(c.Out, 0o700); err == nil {
			err = os.WriteFile(filepath.Join(c.Out, v.UUID+".vcon"), data, 0o600)
		}
		if err != nil {
			return fmt.Errorf("export %q: %w", conv, err)
		}
	}
	return nil
}
