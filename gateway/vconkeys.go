package gateway

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

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
	// EncryptTo refers to a certificate or public key in PEM form of each who shall be able to read encrypted
	// exports: "file:/path" or "env:NAME". Empty: nothing is encrypted.
	EncryptTo []string `yaml:"encrypt_to"`
	// PostTo are told every conversation when it has ended.
	PostTo []VConPost `yaml:"post_to"`
}

// DefaultVConConfig has no keys: one to sign with is made when it is needed.
func DefaultVConConfig() VConConfig { return VConConfig{EncryptTo: []string{}, PostTo: []VConPost{}} }

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
	for i, ref := range c.EncryptTo {
		if _, err := secret.Parse(ref); err != nil {
			bad = append(bad, fmt.Sprintf("encrypt_to[%d]: %q is no reference; write file:/path or env:NAME of a certificate or public key in PEM form", i, ref))
		}
	}
	return append(bad, c.validatePosts()...)
}

// CheckKeys reads the keys, certificates and secrets that Validate finds in order, and returns what is wrong with
// them, each "key: what is wrong; what to do".
func (c VConConfig) CheckKeys() (bad []string) {
	if c.SigningKey != "" {
		if _, err := newVConSigner(Config{VCon: c}); err != nil {
			key, what, ok := strings.Cut(strings.TrimPrefix(err.Error(), "vcon."), ": ")
			if !ok || key != "signing_key" && key != "certificates" {
				key, what = "signing_key", strings.TrimPrefix(err.Error(), "vcon: ")
			}
			bad = append(bad, key+": "+what)
		}
	}
	for i, p := range c.PostTo {
		if ref, err := secret.Parse(p.Secret); err == nil {
			if _, err := ref.Read(); err != nil {
				bad = append(bad, fmt.Sprintf("post_to[%d].secret: %v", i, err))
			}
		}
	}
	_, complaints := c.recipients()
	return append(bad, complaints...)
}

// Expired names certificates of encrypt_to whose time is over: what is encrypted can still be read by who
// has the key, and calls are answered, so that this stops nothing.
func (c VConConfig) Expired(now time.Time) (bad []string) {
	list, _ := c.recipients()
	for i, r := range list {
		if !r.Until.IsZero() && r.Until.Before(now) {
			bad = append(bad, fmt.Sprintf("encrypt_to[%d]: the certificate expired on %s; ask for the new one", i, r.Until.UTC().Format(time.DateOnly)))
		}
	}
	return bad
}

// recipients reads those of encrypt_to; what is wrong with some is in bad, and their place in list is empty.
func (c VConConfig) recipients() (list []vcon.Recipient, bad []string) {
	list = make([]vcon.Recipient, len(c.EncryptTo))
	for i, ref := range c.EncryptTo {
		text, err := secret.Fetch(ref)
		if err == nil {
			list[i], err = vcon.ParseRecipient([]byte(text))
		}
		if err != nil {
			bad = append(bad, fmt.Sprintf("encrypt_to[%d]: %v", i, err))
			continue
		}
		if j := slices.IndexFunc(list[:i], list[i].Same); j >= 0 {
			bad = append(bad, fmt.Sprintf("encrypt_to[%d]: is the same key as encrypt_to[%d]; take one out", i, j))
		}
	}
	return list, bad
}

// newVConEncrypter reads the keys of encrypt_to.
func newVConEncrypter(c VConConfig) (*vcon.Encrypter, error) {
	list, bad := c.recipients()
	if len(bad) > 0 {
		return nil, errors.New("vcon." + strings.Join(bad, "\nvcon."))
	}
	return vcon.NewEncrypter(list...)
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
