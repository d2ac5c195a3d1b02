package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"decroche/gateway/record"
	"decroche/gateway/store"
	"decroche/gateway/vcon"
	"decroche/gateway/webhook"
)

// Forms in which a vCon is posted.
const (
	vconPlain     = "plain"
	vconSigned    = "signed"
	vconEncrypted = "encrypted"
)

// maxVConBytes is what a posted vCon may have unless the configuration says otherwise.
const maxVConBytes = 10 << 20

// VConPost is one address to which every conversation is posted when it has ended.
type VConPost struct {
	// URL is where it is POSTed. It must be https unless it is private and allowed.
	URL string `yaml:"url"`
	// Secret signs the request as those of chat.webhooks: "env:NAME" or "file:/path", 16 characters or more.
	Secret string `yaml:"secret"`
	// Form is plain, signed or encrypted; empty: signed.
	Form string `yaml:"form"`
	// After is how long after the end it leaves, 0s to 24h: what an agent writes meanwhile is in it.
	After time.Duration `yaml:"after"`
	// MaxBytes is what it may have, 1024 to 104857600; 0: 10485760. What is larger is a dead letter.
	MaxBytes int `yaml:"max_bytes"`
	// AllowPrivate lets URL be on loopback or a private network.
	AllowPrivate bool `yaml:"allow_private"`
}

func (p VConPost) hook() webhook.Config {
	return webhook.Config{URL: p.URL, Secret: p.Secret, AllowPrivate: p.AllowPrivate}
}

// validate returns every problem, each "key: what is wrong; what to do".
func (p VConPost) validate(recipients int) []string {
	bad := p.hook().Validate()
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	switch p.Form {
	case "", vconPlain, vconSigned:
	case vconEncrypted:
		if recipients == 0 {
			say("form: there is nobody to encrypt to; name their certificates or public keys in vcon.encrypt_to")
		}
	default:
		say("form: %q is not one; use plain, signed or encrypted", p.Form)
	}
	if p.After < 0 || p.After > 24*time.Hour {
		say("after: %v is not between 0s and 24h", p.After)
	}
	if p.MaxBytes != 0 && (p.MaxBytes < 1024 || p.MaxBytes > 100<<20) {
		say("max_bytes: %d is not between 1024 and %d; 0 is %d", p.MaxBytes, 100<<20, maxVConBytes)
	}
	return bad
}

// Posted writes a conversation as it is posted to by. It fails with webhook.ErrGone when it was erased, and
// while its recording is still being written, whose hash belongs into it.
func (x *Exporter) Posted(ctx context.Context, conv, form, by string) ([]byte, error) {
	f, _, err := x.sounds.Open(ctx, conv)
	if err == nil {
		_ = f.Close()
	}
	if errors.Is(err, record.ErrOpen) {
		return nil, err
	}
	v, err := x.VCon(ctx, conv, by)
	if errors.Is(err, store.ErrNotFound) {
		return nil, webhook.ErrGone
	}
	if err != nil {
		return nil, err
	}
	out := any(v)
	switch form {
	case vconPlain:
	case vconEncrypted:
		out, err = x.Encrypt(v)
	default:
		out, err = x.Sign(v)
	}
	if err != nil {
		return nil, err
	}
	return json.Marshal(out)
}

// openVConPosts makes each end of a conversation something to post.
func (g *Gateway) openVConPosts(s *webhook.Sender) error {
	for i, p := range g.cfg.VCon.PostTo {
		key := fmt.Sprintf("vcon.post_to[%d]", i)
		c := p.hook()
		ref, err := ParseSecret(c.Secret)
		if err == nil {
			c.Key, err = ref.Read()
		}
		if err != nil {
			return fmt.Errorf("%s.secret: %w", key, err)
		}
		by := "webhook"
		if u, err := url.Parse(p.URL); err == nil {
			by += " " + u.Hostname()
		}
		most := p.MaxBytes
		if most == 0 {
			most = maxVConBytes
		}
		err = s.Late(c, webhook.Late{Name: "vcon", ContentType: vcon.MediaType, After: p.After, MaxBytes: most, Make: func(ctx context.Context, conv string) ([]byte, error) {
			return g.exports.Posted(ctx, conv, p.Form, by)
		}})
		if err != nil {
			return fmt.Errorf("%s.%w", key, err)
		}
	}
	return nil
}

// validatePosts returns every problem of post_to.
func (c VConConfig) validatePosts() (bad []string) {
	for i, p := range c.PostTo {
		for _, what := range p.validate(len(c.EncryptTo)) {
			bad = append(bad, fmt.Sprintf("post_to[%d].%s", i, what))
		}
		for j, other := range c.PostTo[:i] {
			if strings.EqualFold(other.URL, p.URL) {
				bad = append(bad, fmt.Sprintf("post_to[%d].url: %q is that of post_to[%d]; take one out", i, p.URL, j))
			}
		}
	}
	return bad
}
