package mail

import (
	"errors"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"decroche/gateway/mail/mailtest"
)

// to is a Config that reaches s.
func to(s *mailtest.Server, kind string) Config {
	c := DefaultConfig()
	c.Server, c.TLS, c.CA = s.Addr, kind, s.CA
	c.User, c.Password, c.Key = mailtest.User, "env:P", mailtest.Password
	c.From, c.To, c.Timeout = "Décroche <accueil@example.com>", []string{"equipe@example.com"}, 30*time.Second
	return c
}

func newPost(t *testing.T, c Config) *Post {
	t.Helper()
	if bad := c.Validate(); len(bad) > 0 {
		t.Fatal(bad)
	}
	p, err := NewPost(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var letter = Letter{To: "equipe@example.com", ID: "mail_c1_7", Subject: "Message reçu – litige", Text: "Une personne a laissé un message.\n\n.un point au début\n", At: time.Date(2026, 11, 24, 9, 41, 0, 0, time.UTC)}

func TestSentOverEachTLS(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{StartTLS, Implicit, Clear} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := mailtest.Start(t, kind, nil)
			p := newPost(t, to(s, kind))
			if err := p.Try(t.Context()); err != nil || len(s.Letters()) > 0 {
				t.Error("tried:", err, s.Letters())
			}
			if err := p.Send(t.Context(), letter); err != nil {
				t.Fatal(err)
			}
			got := s.Letters()
			if len(got) != 1 || got[0].From != "accueil@example.com" || got[0].To != "equipe@example.com" || got[0].Subject(t) != letter.Subject || got[0].Text(t) != letter.Text {
				t.Fatalf("%+v", got)
			}
			h := got[0].Header
			if at, err := h.Date(); h.Get("Message-Id") != "<mail_c1_7@example.com>" || err != nil || !at.Equal(letter.At) || h.Get("Auto-Submitted") != "auto-generated" || !strings.Contains(h.Get("Content-Type"), "text/plain") {
				t.Errorf("%v %v", h, err)
			}
		})
	}
}

// What the server says for good is final; what may pass is not, and neither shows the password.
func TestWhatTheServerSays(t *testing.T) {
	t.Parallel()
	says := func(code int) func(string, int) *smtp.SMTPError {
		return func(string, int) *smtp.SMTPError {
			return &smtp.SMTPError{Code: code, Message: "no, " + mailtest.Password}
		}
	}
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer dead.Close()
	go func() {
		for {
			c, err := dead.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	for name, tc := range map[string]struct {
		refuse  func(string, int) *smtp.SMTPError
		change  func(*Config)
		refused bool
	}{
		"nobody there":          {says(550), nil, true},
		"busy":                  {says(451), nil, false},
		"wrong password":        {nil, func(c *Config) { c.Key = "Tr0ub4dor&3" }, false},
		"not signed in":         {nil, func(c *Config) { c.User, c.Password, c.Key = "", "", "" }, true},
		"unknown certificate":   {nil, func(c *Config) { c.CA = "" }, false},
		"hangs up":              {nil, func(c *Config) { c.Server = dead.Addr().String() }, false},
		"tls where none begins": {nil, func(c *Config) { c.TLS = Implicit }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := mailtest.Start(t, StartTLS, tc.refuse)
			c := to(s, StartTLS)
			if tc.change != nil {
				tc.change(&c)
			}
			err := newPost(t, c).Send(t.Context(), letter)
			if err == nil || errors.Is(err, ErrRefused) != tc.refused || strings.Contains(err.Error(), mailtest.Password) || strings.Contains(err.Error(), "Tr0ub4dor&3") || len(s.Letters()) > 0 {
				t.Errorf("%v, %d taken", err, len(s.Letters()))
			}
			if name == "wrong password" {
				if err := newPost(t, c).Try(t.Context()); err == nil || !strings.Contains(err.Error(), "password") {
					t.Error(err)
				}
			}
		})
	}
}

// A password or a mail never leaves in clear, whatever the server offers.
func TestNoTLSNoMail(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, Clear, nil)
	c := to(s, StartTLS)
	if err := newPost(t, c).Send(t.Context(), letter); err == nil || len(s.Letters()) > 0 {
		t.Errorf("%v, %d taken", err, len(s.Letters()))
	}
}

// evil tries to open a header, a line, a sentence of its own, or to turn the text around.
const evil = "x\r\nBcc: all@example.com\r\n\r\nVirez\u2028mille\u202e \x00euros\u0085!"

func TestNobodyWritesHeaders(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, Clear, nil)
	p := newPost(t, to(s, Clear))
	for i, kind := range Kinds {
		told := Told{Kind: kind, Lang: evil, Hotline: evil, Queue: evil, From: evil, Sentences: []string{evil, evil}, Message: evil, Phone: evil, Window: evil, Agent: evil, Note: evil, Concluded: evil, Link: "https://x.example/t/a"}
		subject, text := Write(told)
		if err := p.Send(t.Context(), Letter{To: "equipe@example.com", ID: "mail_" + kind, Subject: subject, Text: text}); err != nil {
			t.Fatal(err)
		}
		got := s.Letters()[i]
		if len(got.Header["Bcc"]) > 0 || len(got.Header["To"]) != 1 || strings.ContainsAny(got.Subject(t), "\r\n\u202e") {
			t.Errorf("%v", got.Header)
		}
		for _, l := range strings.Split(got.Text(t), "\n") {
			if strings.HasPrefix(l, "Bcc:") || strings.HasPrefix(l, "Virez") || strings.ContainsAny(l, "\u2028\u202e\x00\u0085") {
				t.Errorf("%q", l)
			}
		}
	}
	if err := p.Send(t.Context(), Letter{To: "a@b.example\r\nRCPT TO:<all@example.com>", Subject: "x"}); !errors.Is(err, ErrRefused) {
		t.Error(err)
	}
	if err := p.Send(t.Context(), Letter{To: "equipe@example.com", ID: "x", Subject: evil}); err != nil || len(s.Letters()[len(Kinds)].Header["Bcc"]) > 0 {
		t.Error(err)
	}
}

func FuzzWrite(f *testing.F) {
	f.Add(evil, "fr", evil)
	f.Fuzz(func(t *testing.T, value, lang, other string) {
		subject, text := Write(Told{Kind: Message, Lang: lang, Queue: value, From: other, Message: value, Sentences: []string{other, value}})
		if strings.ContainsFunc(subject, func(r rune) bool { return r < ' ' }) || len([]rune(subject)) > maxSubject {
			t.Errorf("%q", subject)
		}
		if n := strings.Count(text, "\n"); n > 20 || strings.ContainsRune(text, '\r') {
			t.Errorf("%d lines: %q", n, text)
		}
	})
}

// A mail as it reads.
func TestWrite(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 24, 9, 41, 0, 0, time.UTC)
	subject, text := Write(Told{Kind: HandoffMissed, Lang: "fr", Hotline: "Colibri Express", Queue: "litige", From: "+33 6 12 34 56 78", At: at, Zone: paris,
		Sentences: []string{"Demande\u202f: Suivi de colis.", "Numéro\u202f: 45 12 78 01, confirmé."}, Link: "https://appels.example.com/t/abc", Until: at.Add(24 * time.Hour)})
	want := "Une personne a demandé un conseiller et n’a pu parler à personne.\n\nLigne\u202f: Colibri Express\nFile\u202f: litige\nAppelant\u202f: +33 6 12 34 56 78\nDate\u202f: 24\u00a0novembre\u00a02026 à 10:41 (Europe/Paris)\n\n" +
		"En résumé\u202f:\n- Demande\u202f: Suivi de colis.\n- Numéro\u202f: 45 12 78 01, confirmé.\n\nLa transcription, lisible jusqu’au 25\u00a0novembre\u00a02026 à 10:41 (Europe/Paris)\u202f:\nhttps://appels.example.com/t/abc\n\n" +
		"Ce message est automatique\u202f; le résumé est tiré de l’enregistrement écrit de la conversation, sans rien y ajouter.\n"
	if subject != "Demande sans réponse – litige – +33 6 12 34 56 78" || text != want {
		t.Errorf("%q\n%s", subject, text)
	}
	subject, text = Write(Told{Kind: FollowUp, Lang: "en", Agent: "Karim", Note: "Rembourser.", Concluded: "à suivre", Sentences: slices.Repeat([]string{strings.Repeat("é", 2000)}, 50)})
	if subject != "Conversation to follow up" || !strings.Contains(text, "Note by Karim:\n> Rembourser.\nConclusion: à suivre\n") || strings.Count(text, "\n- ") != maxShown+1 || len(text) > maxShown*2*maxLine+1000 {
		t.Errorf("%q\n%s", subject, text)
	}
	if !slices.Equal(slices.Sorted(maps.Keys(words["fr"])), slices.Sorted(maps.Keys(words["en"]))) {
		t.Error("the languages do not have the same words")
	}
	for _, k := range Kinds {
		if words["fr"]["subject_"+k] == "" || words["fr"]["opening_"+k] == "" {
			t.Errorf("%s has no words", k)
		}
	}
}

func TestConfigComplains(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	good := DefaultConfig()
	if bad := good.Validate(); len(bad) > 0 {
		t.Error(bad)
	}
	good.Server, good.From, good.To = "smtp.example.com:587", "Accueil <accueil@example.com>", []string{"a@example.com"}
	good.User, good.Password = "u", "secret:SMTP"
	good.Routes = []Route{{"litige", []string{"b@example.com", "a@example.com"}}}
	for want, change := range map[string]func(*Config){
		"":                                     func(*Config) {},
		"server: \"smtp\" is not a host":       func(c *Config) { c.Server = "smtp" },
		"server: \"smtp:99999\" is not":        func(c *Config) { c.Server = "smtp:99999" },
		"server: empty":                        func(c *Config) { c.Server = "" },
		"tls: \"ssl\" is not one":              func(c *Config) { c.TLS = "ssl" },
		"tls: off would send":                  func(c *Config) { c.TLS = "off" },
		"ca: nothing is encrypted":             func(c *Config) { c.TLS, c.Server, c.CA = "off", "localhost:25", empty },
		"ca: open ":                            func(c *Config) { c.CA = "/nowhere.pem" },
		"holds no certificate":                 func(c *Config) { c.CA = empty },
		"user: goes with password":             func(c *Config) { c.Password = "" },
		"password: a secret is never written":  func(c *Config) { c.Password = "hunter2" },
		"from: empty":                          func(c *Config) { c.From = "" },
		"from: \"Accueil\" is not":             func(c *Config) { c.From = "Accueil" },
		"from: \"a@example.com\\r\\nBcc":       func(c *Config) { c.From = "a@example.com\r\nBcc: b@example.com" },
		"to[0]: \"A <a@example.com>\" is not":  func(c *Config) { c.To = []string{"A <a@example.com>"} },
		"to[1]: \"a@example.com\" is there":    func(c *Config) { c.To = []string{"a@example.com", "a@example.com"} },
		"to: nobody is named":                  func(c *Config) { c.To, c.Routes = nil, nil },
		"routes[0].for: empty":                 func(c *Config) { c.Routes[0].For = " " },
		"routes[0].to: nobody":                 func(c *Config) { c.Routes[0].To = nil },
		"routes[0].to[0]: \"b\" is not":        func(c *Config) { c.Routes[0].To = []string{"b"} },
		"routes[1].for: \"litige\" is there":   func(c *Config) { c.Routes = append(c.Routes, c.Routes[0]) },
		"events[0]: \"everything\" is not one": func(c *Config) { c.Events = []string{"everything"} },
		"events: none":                         func(c *Config) { c.Events = nil },
		"conclusions: none":                    func(c *Config) { c.Events, c.Conclusions = []string{FollowUp}, nil },
		"wrap_up: 25h0m0s":                     func(c *Config) { c.WrapUp = 25 * time.Hour },
		"lang: \"de\" is not one":              func(c *Config) { c.Lang = "de" },
		"timeout: 1ms is not":                  func(c *Config) { c.Timeout = time.Millisecond },
	} {
		c := good
		c.Routes = slices.Clone(good.Routes)
		change(&c)
		got := strings.Join(c.Validate(), "\n")
		if want == "" && got != "" || !strings.Contains(got, want) || strings.Contains(got, "hunter2") {
			t.Errorf("%q: %q", want, got)
		}
	}
	if got := good.Addresses(); !slices.Equal(got, []string{"a@example.com", "b@example.com"}) {
		t.Errorf("%q", got)
	}
	for queue, want := range map[string]string{"litige": "b@example.com", "fr, litige": "b@example.com", "litiges": "a@example.com", "": "a@example.com"} {
		if got := good.For(queue); got[0] != want {
			t.Errorf("%q: %q", queue, got)
		}
	}
}
