package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"decroche/flows"
	"decroche/gateway/agents"
	"decroche/gateway/console"
	"decroche/gateway/digest"
	"decroche/gateway/event"
	"decroche/gateway/mail"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
	"decroche/gateway/webhook"
)

// mailSettle is how long after what it tells of a mail is written at the earliest: the events that belong to
// it are stored meanwhile.
const mailSettle = 2 * time.Second

// errNothing means that there turned out to be nothing to tell: the agent chose another conclusion.
var errNothing = fmt.Errorf("nobody has to follow it up: %w", webhook.ErrGone)

// mailed is what the outbox keeps of a mail. It is written of the record when it leaves, again with each try: so
// nothing is told of what was erased meanwhile.
type mailed struct {
	Kind string `json:"kind"`
	N    uint64 `json:"n"` // of the event
}

// MailPassword is what mail.password refers to, "" when it refers to nothing.
func (c Config) MailPassword() (string, error) {
	if c.Mail.Password == "" {
		return "", nil
	}
	ref, err := c.secretNamed(c.Mail.Password)
	if err != nil {
		return "", err
	}
	return ref.Read()
}

// MailPost is the connection to the server of mails, nil when none are sent. It connects to nothing yet.
func MailPost(cfg Config) (*mail.Post, error) {
	if !cfg.Mail.Enabled() {
		return nil, nil
	}
	c := cfg.Mail
	var err error
	if c.Key, err = cfg.MailPassword(); err != nil {
		return nil, fmt.Errorf("mail.password: %w", err)
	}
	p, err := mail.NewPost(c)
	if err != nil {
		return nil, fmt.Errorf("mail.%w", err)
	}
	return p, nil
}

// mailer writes mails of the record.
type mailer struct {
	cfg mail.Config
	st  interface {
		store.Store
		store.Notes
	}
	link  func(ctx context.Context, conv string) (url string, until time.Time, err error)
	title func(bot, intent, lang string) string
	agent func(name string) string
	bot   func(name string) string
	zone  func(bot string) *time.Location
}

// openMails lets people be told by mail.
func (g *Gateway) openMails(s *webhook.Sender, st *sqlite.Store) error {
	post, err := MailPost(g.cfg)
	if err != nil || post == nil {
		return err
	}
	m := mailer{cfg: g.cfg.Mail, st: st, title: g.title, agent: g.agentTitle, bot: g.botTitle, zone: g.location, link: func(ctx context.Context, conv string) (string, time.Time, error) {
		until := time.Now().Add(g.cfg.TranscriptLink)
		url, _, err := g.link(ctx, conv)
		return url, until, err
	}}
	m.carry(s, post)
	return nil
}

// carry has s bring mails to each address by itself: who refuses one keeps nobody else from it.
func (m mailer) carry(s *webhook.Sender, post *mail.Post) {
	for _, to := range m.cfg.Addresses() {
		s.Carry(webhook.Carrier{
			Name:  "mailto:" + to,
			Wants: func(sum store.Summary, e event.Event) ([]byte, time.Duration) { return wantsMail(m.cfg, to, sum, e) },
			Send: func(ctx context.Context, d store.Delivery) error {
				l, err := m.letter(ctx, to, d)
				if err != nil {
					return err
				}
				if err = post.Send(ctx, l); errors.Is(err, mail.ErrRefused) {
					return fmt.Errorf("%w: %w", webhook.ErrRefused, err)
				}
				return err
			},
		})
	}
}

// wantsMail says what an address is told of an event, and after how long.
func wantsMail(c mail.Config, to string, sum store.Summary, e event.Event) ([]byte, time.Duration) {
	kind, after := "", mailSettle
	switch v := e.Body.(type) {
	case event.TransferEnded:
		if v.Outcome != "completed" && v.Outcome != "cancelled" && v.TalkedMS == 0 {
			kind = mail.HandoffMissed
		}
	case event.CallbackTaken:
		kind = mail.Callback
		if v.Reason == flows.ReasonMessage {
			kind = mail.Message
		}
	case event.Ended:
		switch {
		case slices.Contains(c.Events, mail.Ended):
			kind = mail.Ended
		case sum.Agent != "":
			kind, after = mail.FollowUp, max(after, c.WrapUp)
		}
	}
	if kind == "" || !slices.Contains(c.Events, kind) || !slices.Contains(c.For(sum.Queue), to) {
		return nil, 0
	}
	body, err := json.Marshal(mailed{kind, e.Seq})
	if err != nil {
		return nil, 0 // a word and a number: cannot be
	}
	return body, after
}

// letter writes a mail of the record. webhook.ErrGone when there is nothing to tell any more.
func (m mailer) letter(ctx context.Context, to string, d store.Delivery) (mail.Letter, error) {
	var what mailed
	if err := json.Unmarshal(d.Body, &what); err != nil {
		return mail.Letter{}, fmt.Errorf("%w: %w", webhook.ErrRefused, err)
	}
	sum, err := m.st.Conversation(ctx, d.Conv)
	if errors.Is(err, store.ErrNotFound) {
		return mail.Letter{}, webhook.ErrGone
	}
	if err != nil {
		return mail.Letter{}, err
	}
	var evs []event.Event
	for e, err := range m.st.Events(ctx, d.Conv, 0) {
		if err != nil {
			return mail.Letter{}, err
		}
		if e.Seq > what.N {
			break
		}
		evs = append(evs, e)
	}
	lang := m.cfg.Lang
	made := digest.Of(sum, evs, digest.Options{Lang: lang, Mask: flows.Masked, Title: func(intent string) string { return m.title(sum.Bot, intent, lang) }, Agent: m.agent})
	t := mail.Told{Kind: what.Kind, Lang: lang, Hotline: m.bot(sum.Bot), Queue: sum.Queue, From: console.People(sum.From), At: d.At, Zone: m.zone(sum.Bot), Sentences: made.Sentences}
	switch what.Kind {
	case mail.Message:
		t.Message = made.Message
	case mail.Callback:
		t.Phone, t.Window = console.People(made.Phone), made.Window
	case mail.FollowUp:
		if err := m.noted(ctx, sum, &t); err != nil {
			return mail.Letter{}, err
		}
	}
	if t.Link, t.Until, err = m.link(ctx, d.Conv); err != nil {
		return mail.Letter{}, err
	}
	l := mail.Letter{To: to, ID: d.Key, At: d.At}
	l.Subject, l.Text = mail.Write(t)
	return l, nil
}

// noted adds what agents wrote last; errNothing when none of them asks for somebody to go on.
func (m mailer) noted(ctx context.Context, sum store.Summary, t *mail.Told) error {
	notes, err := m.st.Notes(ctx, sum.ID)
	if err != nil {
		return err
	}
	for _, n := range slices.Backward(notes) {
		if slices.Contains(m.cfg.Conclusions, n.Conclusion) {
			t.Agent, t.Note, t.Concluded = n.Agent, n.Text, n.Conclusion
			if title := m.agent(n.Agent); title != "" {
				t.Agent = title
			}
			return nil
		}
	}
	return errNothing
}

// botTitle is what people call a hotline.
func (g *Gateway) botTitle(name string) string {
	for _, b := range g.hotlines.bots() {
		if b.Name == name {
			return b.Title()
		}
	}
	return name
}

// checkMail is what is wrong with the mails' configuration beside what mail.Config finds.
func checkMail(c Config) (bad []string) {
	if name, ok := strings.CutPrefix(c.Mail.Password, "secret:"); ok && c.Secrets[name] == "" {
		bad = append(bad, fmt.Sprintf("mail.password: there is no %q under secrets; add it, or refer to env:NAME or file:/path", name))
	}
	if !c.Mail.Enabled() {
		return bad
	}
	if slices.Contains(c.Mail.Events, mail.FollowUp) {
		for i, w := range c.Mail.Conclusions {
			if !slices.Contains(c.Desk.Conclusions, w) {
				bad = append(bad, fmt.Sprintf("mail.conclusions[%d]: %q is none of desk.conclusions; use one of %s", i, w, strings.Join(c.Desk.Conclusions, ", ")))
			}
		}
	}
	for i, r := range c.Mail.Routes {
		known := slices.ContainsFunc(c.Queues, func(q agents.Queue) bool { return q.Name == r.For })
		for _, a := range c.Agents {
			known = known || slices.ContainsFunc(a.Skills, func(s agents.Skill) bool { return s.Name == r.For })
		}
		if !known && r.For != "" {
			bad = append(bad, fmt.Sprintf("mail.routes[%d].for: %q is neither a queue nor a skill of an agent; correct it", i, r.For))
		}
	}
	return bad
}
