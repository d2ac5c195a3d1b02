package gateway

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
	"decroche/gateway/store/storetest"
	"decroche/gateway/vcon"
)

// soundFile is a recording that is there, or the reason why it is not.
type soundFile struct {
	path string
	err  error
}

func (s soundFile) Open(context.Context, string) (*os.File, store.Recording, error) {
	if s.err != nil {
		return nil, store.Recording{}, s.err
	}
	f, err := os.Open(s.path)
	return f, store.Recording{Start: time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)}, err
}

func newExporter(t *testing.T, change func(*Config)) *Exporter {
	t.Helper()
	st, err := sqlite.Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	evs := storetest.Call("c1", time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC))
	evs = append(evs, event.Event{Conv: "c1", Seq: 40, At: evs[len(evs)-1].At, Body: event.Recorded{File: "x.wav", Seconds: 30}})
	if err := st.Append(t.Context(), evs...); err != nil {
		t.Fatal(err)
	}
	if err := st.SetNote(t.Context(), store.Note{Conv: "c1", Agent: "karim", Text: "Enquête ouverte.", At: evs[0].At}); err != nil {
		t.Fatal(err)
	}
	cfg := DefaultConfig()
	cfg.DataDir = t.TempDir()
	change(&cfg)
	x := NewExporter(cfg, st, nil, func() []*flows.Bot { return nil })
	file := filepath.Join(t.TempDir(), "x.wav")
	if err := os.WriteFile(file, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	x.sounds = soundFile{path: file}
	return x
}

// The recording stays where it is: a vCon has the hash of its file (FIPS 180-2, "abc"), and its address where
// others can reach it.
func TestExportedSound(t *testing.T) {
	t.Parallel()
	x := newExporter(t, func(c *Config) { c.PublicURL = "https://calls.example.com/" })
	v, err := x.VCon(t.Context(), "c1", "lina")
	if err != nil {
		t.Fatal(err)
	}
	d := v.Dialog[0]
	if d.URL != "https://calls.example.com/api/v1/conversations/c1/recording" || d.Filename != "2026-11-21T09-30-00.wav" || d.ContentHash != "sha512-3a81oZNherrMQXNJriBBMRLm-k6JqX6iCp7u5ktV05ohkpkqJ0_BqDa6PCOj_uu9RU1EI2Q86A4qmslPpUyknw" {
		t.Errorf("%+v", d)
	}
	if len(v.Attachments) != 2 || v.Attachments[1].Body.(vcon.NoteBody).Text != "Enquête ouverte." {
		t.Errorf("%+v", v.Attachments)
	}
	x.cfg.PublicURL = "http://127.0.0.1:8080"
	if v, err = x.VCon(t.Context(), "c1", "lina"); err != nil || v.Dialog[0].URL != "" || v.Dialog[0].ContentHash == "" {
		t.Error("an address that is not https:", v.Dialog[0].URL, err)
	}
	x.sounds = soundFile{err: store.ErrNotFound}
	if v, err = x.VCon(t.Context(), "c1", "lina"); err != nil || v.Dialog[0].ContentHash != "" {
		t.Error("of a recording that is gone:", v.Dialog[0], err)
	}
	x.sounds = soundFile{err: errors.New("the disk is broken")}
	if _, err := x.VCon(t.Context(), "c1", "lina"); err == nil {
		t.Error("a recording that cannot be read was left out in silence")
	}
	if _, err := x.VCon(t.Context(), "nobody", "lina"); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
}

// Without a configured key one is made in the data folder, once, for its owner alone; two that come at once
// have the same.
func TestVConKeyIsMadeOnce(t *testing.T) {
	t.Parallel()
	x := newExporter(t, func(*Config) {})
	v, err := x.VCon(t.Context(), "c1", "lina")
	if err != nil {
		t.Fatal(err)
	}
	other := NewExporter(x.cfg, x.st, nil, x.bots)
	var wg sync.WaitGroup
	var certs [2]string
	for i, x := range []*Exporter{x, other} {
		wg.Go(func() {
			s, err := x.Sign(v)
			if err != nil {
				t.Error(err)
				return
			}
			certs[i] = s.Signatures[0].Header.X5C[0]
		})
	}
	wg.Wait()
	if certs[0] != certs[1] {
		t.Error("two keys")
	}
	path := filepath.Join(x.cfg.DataDir, vconKeyFile)
	st, err := os.Stat(path)
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Error(st, err)
	}
	if names, err := os.ReadDir(x.cfg.DataDir); err != nil || len(names) != 1 {
		t.Error("beside the key:", names, err)
	}
	x.cfg.VCon.SigningKey = "file:" + path
	if s, err := newVConSigner(x.cfg); err != nil {
		t.Error(err)
	} else if signed, err := s.Sign(v); err != nil || signed.Signatures[0].Header.X5C[0] != certs[0] {
		t.Error("the configured key signs otherwise", err)
	}
	if err := os.WriteFile(path, []byte("not a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := newVConSigner(x.cfg); err == nil || strings.Contains(err.Error(), "not a key") {
		t.Error(err)
	}
}

func TestVConConfig(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		c    VConConfig
		want string
	}{
		{VConConfig{}, ""},
		{VConConfig{SigningKey: "env:KEY", Certificates: "file:/c.pem"}, ""},
		{VConConfig{SigningKey: "-----BEGIN"}, "signing_key: a secret is never written here; refer to it as env:NAME or file:/path"},
		{VConConfig{Certificates: "file:/c.pem"}, "certificates: there is no signing_key to which they belong; set both"},
	} {
		if got := strings.Join(tc.c.Validate(), "\n"); got != tc.want {
			t.Errorf("%+v: %q", tc.c, got)
		}
	}
}
