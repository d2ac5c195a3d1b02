package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"decroche/gateway"
)

// mailServer connects to the server of mails, encrypts and signs in. Nothing is sent.
func mailServer(ctx context.Context, cfg gateway.Config) []finding {
	post, err := gateway.MailPost(cfg)
	if post == nil && err == nil {
		return nil
	}
	f := finding{what: "mail server " + cfg.Mail.Server, advice: "correct mail in the configuration, or ask who runs the server whether it takes mails from here"}
	c, cancel := context.WithTimeoutCause(ctx, 10*time.Second, errors.New("no answer within 10 s"))
	defer cancel()
	if err == nil {
		err = post.Try(c)
	}
	if err != nil {
		f.note = err.Error()
		return []finding{f}
	}
	who := "without signing in"
	if cfg.Mail.User != "" {
		who = "as " + cfg.Mail.User
	}
	f.ok, f.note = true, fmt.Sprintf("takes mails %s, over %s, for %d address(es)", who, cfg.Mail.TLS, len(cfg.Mail.Addresses()))
	return []finding{f}
}
