package gateway

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/mail"
	"decroche/gateway/mail/mailtest"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
	"decroche/gateway/webhook"
)

// mailRoom is a record whose events are told by mail, with a clock that is moved on.
type mailRoom struct {
	st    *sqlite.Store
	cfg   mail.Config
	ahead *atomic.Int64
}

func newMailRoom(t *testing.T, path string, s *mailtest.Server, change func(*mail.Config)) *mailRoom {
	t.Helper()
	st, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	c := mail.DefaultConfig()
	c.Server, c.TLS, c.CA, c.User, c.Password, c.Key = s.Addr, mail.StartTLS, s.CA, mailtest.User, "env:P", mailtest.Password
	c.From, c.To = "Accueil <accueil@example.com>", []string{"equipe@example.com"}
	if change != nil {
		change(&c)
	}
	if bad := c.Validate(); len(bad) > 0 {
		t.Fatal(bad)
	}
	return &mailRoom{st, c, new(atomic.Int64)}
}

// sender is what a process makes at its start.
func (r *mailRoom) sender(t *testing.T) *webhook.Sender {
	t.Helper()
	post, err := mail.NewPost(r.cfg)
	if err != nil {
		t.Fatal(err)
	}
	s, err := webhook.New(r.st, nil, nil, slog.New(slog.DiscardHandler), func() time.Time { return time.Now().Add(time.Duration(r.ahead.Load())) })
	if err != nil {
		t.Fatal(err)
	}
	m := mailer{cfg: r.cfg, st: r.st,
		link: func(_ context.Context, conv string) (string, time.Time, error) {
			return "https://appels.example.com/t/of-" + conv, time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC), nil
		},
		title: func(_, _, _ string) string { return "Suivi de colis" }, agent: func(name string) string { return "dite " + name },
		bot: func(string) string { return "Colibri Express" }, zone: func(string) *time.Location { return time.UTC },
	}
	m.carry(s, post)
	r.st.Tell(s.Calls, s.Wake)
	return s
}

// happens stores a conversation.
func (r *mailRoom) happens(t *testing.T, conv string, bodies ...event.Body) {
	t.Helper()
	bodies = append([]event.Body{event.Started{Channel: "voice", From: "sip:+33612345678@trunk.example", Bot: "colibri", Lang: "fr"}}, bodies...)
	var evs []event.Event
	for i, b := range bodies {
		evs = append(evs, event.Event{Conv: conv, Seq: uint64(i + 1), At: time.Now(), Body: b})
	}
	if err := r.st.Append(t.Context(), evs...); err != nil {
		t.Fatal(err)
	}
}

// until sends until as many wait and are given up.
func (r *mailRoom) until(t *testing.T, s *webhook.Sender, waiting, dead int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	done := make(chan struct{})
	go func() { defer close(done); s.Run(ctx) }()
	defer func() { cancel(); <-done }()
	for {
		w, d, err := r.st.CountDeliveries(ctx)
		if err == nil && w == waiting && d == dead {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("%d wait and %d are given up, want %d and %d: %v", w, d, waiting, dead, err)
		}
		r.ahead.Add(int64(10 * time.Minute)) // pauses pass quickly
		s.Wake()
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// Each kind of mail goes to those who asked for it, and has what it is about.
func TestMailed(t *testing.T) {
	t.Parallel()
	srv := mailtest.Start(t, mail.StartTLS, nil)
	r := newMailRoom(t, ":memory:", srv, func(c *mail.Config) {
		c.Routes = []mail.Route{{For: "litige", To: []string{"litiges@example.com", "chef@example.com"}}}
		c.Events = []string{mail.HandoffMissed, mail.Callback, mail.Message, mail.FollowUp}
	})
	s := r.sender(t)
	started := event.TransferStarted{Skills: []string{"litige", "fr"}, Reason: "asked", Summary: []string{"Colis 45 12 78 01, confirmé.", "Carte\u202f: " + flows.Masked + "."}}
	r.happens(t, "missed", started, event.TransferEnded{Outcome: "no_answer", WaitedMS: 20000}, event.Ended{Outcome: "abandoned"})
	r.happens(t, "callback", event.CallbackTaken{Phone: "0612345678", Reason: "asked", Window: "9h-18h"}, event.Ended{Outcome: "callback"})
	r.happens(t, "message", event.Stepped{Intent: "suivi", Slots: []event.Slot{{Name: "carte", Value: flows.Masked, Shown: flows.Masked}}}, event.CallbackTaken{Reason: flows.ReasonMessage, Message: "dites-lui\r\nBcc: que je suis passé"}, event.Ended{Outcome: "resolved"})
	for _, conv := range []string{"follow", "done"} {
		conclusion := map[string]string{"follow": "à suivre", "done": "résolu"}[conv]
		if err := r.st.SetNote(t.Context(), store.Note{Conv: conv, Agent: "karim", Text: "Rembourser.", Conclusion: conclusion, At: time.Now()}); err != nil {
			t.Fatal(err)
		}
		r.happens(t, conv, event.TransferStarted{Queue: "accueil"}, event.Bridged{Agent: "karim"}, event.TransferEnded{Outcome: "completed", Agent: "karim", TalkedMS: 1000}, event.Ended{Outcome: "transferred"})
	}
	r.happens(t, "given up", started, event.TransferEnded{Outcome: "cancelled"}, event.Ended{Outcome: "resolved"})
	if _, err := (mailer{cfg: r.cfg, st: r.st}).letter(t.Context(), "equipe@example.com", store.Delivery{Conv: "erased", Body: []byte(`{"kind":"callback","n":2}`)}); !errors.Is(err, webhook.ErrGone) {
		t.Error("of an erased conversation:", err)
	}
	r.until(t, s, 0, 0)
	got := map[string]mailtest.Letter{}
	for _, l := range srv.Letters() {
		got[l.To+" "+l.Subject(t)] = l
		if text := l.Text(t); strings.Contains(text, flows.Masked) || strings.Contains(text, "\nBcc") || strings.Contains(strings.ToLower(l.Raw), "audio") || !strings.Contains(text, "https://appels.example.com/t/of-") {
			t.Errorf("%s", text)
		}
	}
	for key, want := range map[string]string{
		"litiges@example.com Demande sans réponse – litige, fr – +33\u00a06 12 34 56 78": "- Colis 45 12 78 01, confirmé.\n- Passage à un conseiller (à sa demande)\u202f: personne n’a répondu, après 20 s d’attente.\n",
		"chef@example.com Demande sans réponse – litige, fr – +33\u00a06 12 34 56 78":    "File\u202f: litige, fr\n",
		"equipe@example.com Rappel demandé – +33\u00a06 12 34 56 78":                     "Quand\u202f: 9h-18h\n",
		"equipe@example.com Message reçu – +33\u00a06 12 34 56 78":                       "Le message, dans ses mots\u202f:\n> dites-lui Bcc: que je suis passé\n",
		"equipe@example.com Conversation à suivre – accueil – +33\u00a06 12 34 56 78":    "Note de dite karim\u202f:\n> Rembourser.\nConclusion\u202f: à suivre\n",
	} {
		key = strings.Replace(key, "6 12 34 56 78", "6\u00a012\u00a034\u00a056\u00a078", 1)
		if l, ok := got[key]; !ok || !strings.Contains(l.Text(t), want) {
			t.Errorf("%q is not there with %q: %s", key, want, l.Raw)
		}
		delete(got, key)
	}
	for key := range got {
		t.Errorf("%q was sent too", key)
	}
}

// Who refuses a mail for good is on the list of what was given up at once; who is busy gets it later; nobody
// else waits for either.
func TestMailsThatAreRefused(t *testing.T) {
	t.Parallel()
	srv := mailtest.Start(t, mail.StartTLS, func(to string, try int) *smtp.SMTPError {
		switch {
		case to == "nobody@example.com":
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
		case to == "busy@example.com" && try <= 2:
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted"}
		}
		return nil
	})
	r := newMailRoom(t, ":memory:", srv, func(c *mail.Config) {
		c.To = []string{"nobody@example.com", "busy@example.com", "equipe@example.com"}
	})
	s := r.sender(t)
	r.happens(t, "c1", event.CallbackTaken{Phone: "0612345678"})
	r.until(t, s, 0, 1)
	dead, err := r.st.DeadDeliveries(t.Context(), 10)
	if err != nil || len(dead) != 1 || dead[0].Hook != "mailto:nobody@example.com" || dead[0].Tries != 1 || srv.Tries("nobody@example.com") != 1 {
		t.Errorf("%+v %v", dead, err)
	}
	var to []string
	for _, l := range srv.Letters() {
		to = append(to, l.To)
	}
	if len(to) != 2 || srv.Tries("busy@example.com") != 3 {
		t.Errorf("%q, busy was tried %d times", to, srv.Tries("busy@example.com"))
	}
}

// A server that is gone keeps mails waiting, also for the next process, which sends each once.
func TestMailsOutliveTheProcess(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := &mailtest.Server{Addr: l.Addr().String()}
	var asked atomic.Int64
	go func() { // hangs up on everybody
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			asked.Add(1)
			_ = c.Close()
		}
	}()
	defer l.Close()
	path := filepath.Join(t.TempDir(), "mails.db")
	first := newMailRoom(t, path, gone, nil)
	s := first.sender(t)
	first.happens(t, "c1", event.CallbackTaken{Phone: "0612345678"})
	first.happens(t, "c2", event.CallbackTaken{Phone: "0612345679"})
	ctx, kill := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); s.Run(ctx) }()
	for deadline := time.Now().Add(time.Minute); asked.Load() < 3; {
		if time.Now().After(deadline) {
			t.Fatal("nobody tried")
		}
		first.ahead.Add(int64(time.Minute))
		s.Wake()
		time.Sleep(5 * time.Millisecond)
	}
	kill()
	<-done
	if err := first.st.Close(); err != nil {
		t.Fatal(err)
	}

	srv := mailtest.Start(t, mail.StartTLS, nil)
	second := newMailRoom(t, path, srv, nil)
	second.ahead.Store(first.ahead.Load())
	second.until(t, second.sender(t), 0, 0)
	ids := map[string]bool{}
	for _, l := range srv.Letters() {
		ids[l.Header.Get("Message-Id")] = true
	}
	if len(srv.Letters()) != 2 || !ids["<mail_c1_2@example.com>"] || !ids["<mail_c2_2@example.com>"] {
		t.Errorf("%v", ids)
	}
}

func TestMailConfigOfTheWhole(t *testing.T) {
	t.Parallel()
	c := DefaultConfig()
	c.Mail.Server, c.Mail.From, c.Mail.User, c.Mail.Password = "smtp.example.com:587", "a@example.com", "u", "secret:NOT_THERE"
	c.Mail.Routes = []mail.Route{{For: "ltige", To: []string{"b@example.com"}}}
	c.Mail.Events, c.Mail.Conclusions = []string{mail.FollowUp}, []string{"to be done"}
	all := strings.Join(c.Validate(), "\n")
	for _, want := range []string{`mail.password: there is no "NOT_THERE" under secrets`, `mail.conclusions[0]: "to be done" is none of desk.conclusions; use one of résolu`, `mail.routes[0].for: "ltige" is neither a queue nor a skill`} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in %q", want, all)
		}
	}
	if _, err := MailPost(c); err == nil {
		t.Error("a password that is nowhere was read")
	}
	if p, err := MailPost(DefaultConfig()); p != nil || err != nil {
		t.Error(p, err)
	}
	if !errors.Is(errNothing, webhook.ErrGone) {
		t.Error("nothing to tell would be tried again")
	}
}
