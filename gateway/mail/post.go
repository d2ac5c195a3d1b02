// Package mail tells people by e-mail what became of a conversation that needs one of them: a hand-off that
// nobody took, a callback, a message. A mail has the summary and a link to the transcript, which ends; never
// sound, never what the record masks. Who waits, tries again and gives up is the outbox of package webhook.
package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// ErrRefused means that the server will never take this mail: an address it does not know, words it does not
// want. Trying again is no use.
var ErrRefused = errors.New("the mail server refused it for good")

// Post hands mails to a server, each over a connection of its own. Its methods are safe for concurrent use.
type Post struct {
	cfg  Config
	host string
	port int
	from *mail.Address
	pool *x509.CertPool
}

// Letter is one mail.
type Letter struct {
	To      string
	ID      string // the same over tries: who got it twice knows by it (RFC 5322 §3.6.4)
	Subject string
	Text    string
	At      time.Time
}

// NewPost makes a Post of a Config that Validate finds in order, whose Key is set. It connects to nothing.
func NewPost(c Config) (*Post, error) {
	host, port, err := net.SplitHostPort(c.Server)
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	p := &Post{cfg: c, host: host}
	if p.port, err = strconv.Atoi(port); err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	if p.from, err = mail.ParseAddress(c.From); err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	if c.CA != "" {
		if p.pool, err = roots(c.CA); err != nil {
			return nil, fmt.Errorf("ca: %w", err)
		}
	}
	return p, nil
}

// client is a new connection's, which is made with its first use.
func (p *Post) client() (*gomail.Client, error) {
	conf := &tls.Config{ServerName: p.host, MinVersion: tls.VersionTLS12, RootCAs: p.pool}
	opts := []gomail.Option{gomail.WithPort(p.port), gomail.WithTimeout(p.cfg.Timeout), gomail.WithTLSConfig(conf), gomail.WithoutNoop()}
	switch p.cfg.TLS {
	case Implicit:
		opts = append(opts, gomail.WithSSL())
	case Clear:
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if p.cfg.User != "" {
		kind := gomail.SMTPAuthAutoDiscover
		if p.cfg.TLS == Clear { // discovery gives no password away without encryption; it stays on this machine
			kind = gomail.SMTPAuthPlainNoEnc
		}
		opts = append(opts, gomail.WithUsername(p.cfg.User), gomail.WithPassword(p.cfg.Key), gomail.WithSMTPAuth(kind))
	}
	return gomail.NewClient(p.host, opts...)
}

// Send hands l over. ErrRefused is final; any other error may pass. None shows the password or the text.
func (p *Post) Send(ctx context.Context, l Letter) error {
	m := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP))
	m.FromMailAddress(p.from)
	if err := m.To(l.To); err != nil {
		return fmt.Errorf("%w: %q is not an address", ErrRefused, l.To)
	}
	m.Subject(Line(l.Subject, maxSubject))
	m.SetMessageIDWithValue(l.ID + "@" + p.from.Address[strings.LastIndexByte(p.from.Address, '@')+1:])
	m.SetDateWithValue(l.At)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834 §5: nobody's holiday answers
	m.SetGenHeader(gomail.HeaderXAutoResponseSuppress, "All")
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	c, err := p.client()
	if err != nil {
		return p.hide(fmt.Errorf("mail: %w", err))
	}
	ctx, cancel := context.WithTimeoutCause(ctx, p.cfg.Timeout, fmt.Errorf("the mail server took longer than %v (mail.timeout)", p.cfg.Timeout))
	defer cancel()
	if err := c.DialAndSendWithContext(ctx, m); err != nil && !m.IsDelivered() { // a QUIT that fails undoes nothing
		return p.hide(final(err))
	}
	return nil
}

// final marks what the server refused for good (RFC 5321 §4.2.1): a 5yz of the mail itself. One of signing in
// is not: the operator may mend it.
func final(err error) error {
	var no *gomail.SendError
	if errors.As(err, &no) && !no.IsTemp() && no.ErrorCode() >= 500 {
		return fmt.Errorf("%w: %v", ErrRefused, err)
	}
	return fmt.Errorf("mail: %w", err)
}

func (p *Post) hide(err error) error {
	if p.cfg.Key == "" || !strings.Contains(err.Error(), p.cfg.Key) {
		return err
	}
	text := errors.New(strings.ReplaceAll(err.Error(), p.cfg.Key, "***"))
	if errors.Is(err, ErrRefused) {
		return fmt.Errorf("%w: %w", ErrRefused, text)
	}
	return text
}

// Try connects, encrypts and signs in, and sends nothing: what a doctor asks.
func (p *Post) Try(ctx context.Context) error {
	c, err := p.client()
	if err == nil {
		err = c.DialWithContext(ctx)
	}
	if err != nil {
		var no *textproto.Error
		if errors.As(err, &no) && no.Code == 535 {
			err = fmt.Errorf("user or password are refused: %w", err)
		}
		return p.hide(err)
	}
	return c.Close()
}
