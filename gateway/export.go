package gateway

import (
	"context"
	"crypto/sha512"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/record"
	"decroche/gateway/store"
	"decroche/gateway/vcon"
	"decroche/internal/secret"
)

// vconKeyFile is the key that signs exported conversations, in the data folder, when none is configured.
const vconKeyFile = "vcon-key.pem"

// VConConfig says with what exported conversations are signed.
type VConConfig struct {
	// SigningKey refers to a private key in PEM form, RSA of 2048 bits or more, or P-256: "env:NAME" or
	// "file:/path". Certificates may follow in the same text. Empty: one is made in DataDir.
	SigningKey string `yaml:"signing_key"`
	// Certificates refers to the key's own certificate and those above it, in PEM form, in that order. Empty,
	// and none beside the key: the key signs its own.
	Certificates string `yaml:"certificates"`
}

// Validate returns every problem, each "key: what is wrong; what to do".
func (c VConConfig) Validate() []string {
	var bad []string
	for key, ref := range map[string]string{"signing_key": c.SigningKey, "certificates": c.Certificates} {
		if ref == "" {
			continue
		}
		if _, err := secret.Parse(ref); err != nil {
			bad = append(bad, key+": "+err.Error())
		}
	}
	if c.Certificates != "" && c.SigningKey == "" {
		bad = append(bad, "certificates: there is no signing_key to which they belong; set both")
	}
	return bad
}

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
	signer func() (*vcon.Signer, error) // made when it is first needed
}

// NewExporter makes an Exporter of a record, for the gateway or a tool beside it.
func NewExporter(cfg Config, st exported, rec *record.Recorder, bots func() []*flows.Bot) *Exporter {
	x := &Exporter{cfg: cfg, st: st, sounds: rec, bots: bots}
	x.signer = sync.OnceValues(func() (*vcon.Signer, error) { return newVConSigner(cfg) })
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
	for _, a := range x.cfg.Agents {
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

// newVConSigner reads the configured key, or the one in the data folder, which it makes when there is none.
func newVConSigner(cfg Config) (*vcon.Signer, error) {
	name := (&Exporter{cfg: cfg}).host()
	if cfg.VCon.SigningKey != "" {
		key, err := secret.Fetch(cfg.VCon.SigningKey)
		if err != nil {
			return nil, fmt.Errorf("vcon.signing_key: %w", err)
		}
		certs, err := secret.Fetch(cfg.VCon.Certificates)
		if err != nil {
			return nil, fmt.Errorf("vcon.certificates: %w", err)
		}
		return vcon.NewSigner([]byte(key), []byte("\n"+certs), name)
	}
	path := filepath.Join(cfg.DataDir, vconKeyFile)
	key, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		key, err = makeKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("the key that signs vCons: %w; or name one with vcon.signing_key", err)
	}
	return vcon.NewSigner(key, nil, name)
}

// makeKey makes a key in a file for its owner alone, whole or not at all; when another process was first,
// its key is the one.
func makeKey(path string) ([]byte, error) {
	key, err := vcon.NewKey()
	if err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".vcon-key-*") // mode 0600
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(key)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, os.ErrExist) {
		return nil, err
	}
	return os.ReadFile(path)
}
