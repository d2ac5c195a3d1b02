package gateway

import (
	"context"
	"crypto/sha512"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"decroche/flows"
	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/record"
	"decroche/gateway/store"
	"decroche/gateway/vcon"
)

// exported is what exports read of a record.
type exported interface {
	store.Store
	store.Notes
}

// sounds opens recordings.
type sounds interface {
	Open(ctx context.Context, conv string) (*os.File, store.Recording, error)
}

// Exporter writes conversations as vCons. Its methods are safe for concurrent use.
type Exporter struct {
	cfg    Config
	st     exported
	sounds sounds
	bots   func() []*flows.Bot
	titles func() agents.Config         // who is configured now
	signer func() (*vcon.Signer, error) // made when it is first needed
	sealer func() (*vcon.Encrypter, error)
}

// NewExporter makes an Exporter of a record, for the gateway or a tool beside it.
func NewExporter(cfg Config, st exported, rec *record.Recorder, bots func() []*flows.Bot) *Exporter {
	x := &Exporter{cfg: cfg, st: st, sounds: rec, bots: bots, titles: func() agents.Config { return cfg.Agents }}
	x.signer = sync.OnceValues(func() (*vcon.Signer, error) { return newVConSigner(cfg) })
	x.sealer = sync.OnceValues(func() (*vcon.Encrypter, error) { return newVConEncrypter(cfg.VCon) })
	return x
}

// VCon writes one conversation, for somebody who takes it away; store.ErrNotFound when there is none.
func (x *Exporter) VCon(ctx context.Context, conv, by string) (vcon.VCon, error) {
	sum, err := x.st.Conversation(ctx, conv)
	if err != nil {
		return vcon.VCon{}, err
	}
	s := vcon.Source{Conv: conv, Repeated: sum.Repeated, Host: x.host(), Bot: sum.Bot, Product: strings.TrimSpace("decroche " + Version()), Agent: x.agent, Export: vcon.Export{By: by, At: time.Now().UTC().Truncate(time.Second)}}
	for i, b := range x.bots() {
		if i == 0 {
			s.Site = b.Title()
		}
		if b.Name == sum.Bot {
			s.Bot, s.Subject = b.Title(), b.IntentTitle(sum.Intent, sum.Lang)
		}
	}
	for e, err := range x.st.Events(ctx, conv, 0) {
		if err != nil {
			return vcon.VCon{}, err
		}
		s.Events = append(s.Events, e)
	}
	notes, err := x.st.Notes(ctx, conv)
	if err != nil {
		return vcon.VCon{}, err
	}
	for _, n := range notes {
		s.Notes = append(s.Notes, vcon.Note{Agent: n.Agent, Text: n.Text, Conclusion: n.Conclusion, At: n.At})
	}
	if s.Sound, err = x.sound(ctx, conv, s.Events); err != nil {
		return vcon.VCon{}, err
	}
	return vcon.Make(s)
}

// Sign writes the signed form.
func (x *Exporter) Sign(v vcon.VCon) (vcon.Signed, error) {
	s, err := x.signer()
	if err != nil {
		return vcon.Signed{}, err
	}
	return s.Sign(v)
}

// Encrypt writes the signed form, encrypted to all of vcon.encrypt_to; vcon.ErrNobody when that is empty.
func (x *Exporter) Encrypt(v vcon.VCon) (vcon.Encrypted, error) {
	e, err := x.sealer()
	if err != nil {
		return vcon.Encrypted{}, err
	}
	s, err := x.Sign(v)
	if err != nil {
		return vcon.Encrypted{}, err
	}
	return e.Encrypt(s)
}

// sound refers to the recording, by the hash of its file; nil when there is none.
func (x *Exporter) sound(ctx context.Context, conv string, evs []event.Event) (*vcon.Sound, error) {
	kept := false
	for _, e := range evs {
		switch e.Body.(type) {
		case event.Recorded:
			kept = true
		case event.RecordingDeleted:
			kept = false
		}
	}
	if !kept {
		return nil, nil
	}
	f, rec, err := x.sounds.Open(ctx, conv)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, record.ErrOpen) {
		return nil, nil // gone meanwhile, or not whole yet
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h := sha512.New()
	if _, err := io.Copy(h, f); err != nil {
		return nil, fmt.Errorf("read the recording of %q: %w", conv, err)
	}
	s := &vcon.Sound{Filename: rec.Start.UTC().Format("2006-01-02T15-04-05") + ".wav", SHA512: h.Sum(nil)}
	if strings.HasPrefix(x.cfg.PublicURL, "https://") { // the draft wants no other
		s.URL = strings.TrimSuffix(x.cfg.PublicURL, "/") + "/api/v1/conversations/" + url.PathEscape(conv) + "/recording"
	}
	return s, nil
}

func (x *Exporter) agent(name string) string {
	for _, a := range x.titles() {
		if a.Name == name && a.Title != "" {
			return a.Title
		}
	}
	return name
}

// host is the name of this gateway among others'.
func (x *Exporter) host() string {
	if u, err := url.Parse(x.cfg.PublicURL); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return "decroche.invalid"
}
