package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pion/webrtc/v4"

	"decroche/cmd/speaker/internal/line"
	"decroche/cmd/speaker/internal/terminal"
	"decroche/internal/langtag"
	"decroche/internal/secret"
	"decroche/internal/strictyaml"
)

// Config is speaker.yaml. `speaker config` prints all of it with comments.
type Config struct {
	// Gateway is the address of the gateway's HTTP port. https, but on this machine.
	Gateway string `yaml:"gateway"`
	// Token refers to the device token, env:NAME or file:/path; empty where everybody may call.
	Token string `yaml:"token"`
	// Hotline is whom calls are for; empty: the token's, or the gateway's first.
	Hotline string `yaml:"hotline"`
	// Language is what people in the room speak: fr or en.
	Language string `yaml:"language"`
	// Codecs that are offered, of opus and PCMU, the liked one first.
	Codecs []string `yaml:"codecs"`
	// ICEServers are STUN and TURN servers, where the gateway is not reached without.
	ICEServers []ICEServer `yaml:"ice_servers"`

	// Microphone and Loudspeaker are names of devices or parts of them; empty: the system's.
	Microphone  string `yaml:"microphone"`
	Loudspeaker string `yaml:"loudspeaker"`
	// Latency is how much sound the system may hold on its way; 0s: the devices' own low figure.
	Latency time.Duration `yaml:"latency"`
	// Duplex is half, or full for headphones and devices that cancel their echo.
	Duplex string `yaml:"duplex"`
	// EchoTail is how long the microphone stays shut behind the loudspeaker's last sound.
	EchoTail time.Duration `yaml:"echo_tail"`
	// Volume is 0, silent, to 10.
	Volume int `yaml:"volume"`

	// Wake are phrases that begin a call; none: no phrase does.
	Wake []string `yaml:"wake"`
	// Push opens the microphone only between two presses of the talk key.
	Push bool `yaml:"push_to_talk"`
	// Always keeps a call open, and places it again when it ends.
	Always bool `yaml:"always"`
	// Hook is a command that is run with the state as its last argument, for a light or a log.
	Hook []string `yaml:"hook"`
}

// ICEServer is a STUN or TURN server.
type ICEServer struct {
	// URL is like stun:stun.example.com:3478 or turn:turn.example.com:3478?transport=udp.
	URL string `yaml:"url"`
	// Username and Credential are TURN's; Credential refers to a secret, env:NAME or file:/path.
	Username   string `yaml:"username"`
	Credential string `yaml:"credential"`
}

// DefaultConfig calls a gateway on this machine.
func DefaultConfig() Config {
	return Config{Gateway: "http://127.0.0.1:8080", Language: "fr", Codecs: []string{"opus", "PCMU"}, ICEServers: []ICEServer{}, Duplex: "half",
		EchoTail: 250 * time.Millisecond, Volume: 8, Wake: []string{"dis Décroche"}, Hook: []string{}}
}

// Validate returns what is wrong with c, each as "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var bad []string
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	u, err := url.Parse(c.Gateway)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		say("gateway: %q is no web address; write it as https://hotline.example.com", c.Gateway)
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.User != nil:
		say("gateway: write the address alone, without a path, a query or a name and password")
	}
	if c.Token != "" {
		if _, err := secret.Parse(c.Token); err != nil {
			say("token: %v", err)
		}
		if err == nil && u.Scheme == "http" && !local(u.Hostname()) {
			say("gateway: a token would cross the network unencrypted; use https, or a gateway on this machine")
		}
	}
	if !slices.Contains([]string{"fr", "en"}, langtag.Base(c.Language)) {
		say("language: %q is none of fr and en", c.Language)
	}
	if len(c.Codecs) == 0 {
		say("codecs: is empty; name one or more of %s", strings.Join(line.Codecs, ", "))
	}
	for _, k := range c.Codecs {
		if !slices.Contains(line.Codecs, k) {
			say("codecs: %q is none of %s", k, strings.Join(line.Codecs, ", "))
		}
	}
	if c.Duplex != "half" && c.Duplex != "full" {
		say("duplex: %q is neither half nor full", c.Duplex)
	}
	if c.EchoTail < 0 || c.EchoTail > 3*time.Second {
		say("echo_tail: %v is not between 0s and 3s", c.EchoTail)
	}
	if c.Latency < 0 || c.Latency > 2*time.Second {
		say("latency: %v is not between 0s and 2s", c.Latency)
	}
	if c.Volume < 0 || c.Volume > terminal.MaxVolume {
		say("volume: %d is not between 0 and %d", c.Volume, terminal.MaxVolume)
	}
	if len(c.Wake) > 5 {
		say("wake: %d phrases are more than 5; each makes false alarms likelier", len(c.Wake))
	}
	for _, w := range c.Wake {
		if n := len(strings.Fields(w)); n < 2 || n > 6 {
			say("wake: %q is not two to six words; shorter phrases are heard in any talk", w)
		}
	}
	for i, s := range c.ICEServers {
		if !strings.HasPrefix(s.URL, "stun:") && !strings.HasPrefix(s.URL, "turn:") && !strings.HasPrefix(s.URL, "turns:") {
			say("ice_servers: number %d is no address of a STUN or TURN server, such as stun:stun.example.com:3478", i+1)
		}
		if s.Credential != "" {
			if _, err := secret.Parse(s.Credential); err != nil {
				say("ice_servers: number %d: credential: %v", i+1, err)
			}
		}
	}
	return bad
}

// local tells whether a host is this machine.
func local(host string) bool {
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.")
}

// load reads a configuration file; "" is the defaults.
func load(file string) (Config, error) {
	c := DefaultConfig()
	if file != "" {
		data, err := os.ReadFile(file)
		if err != nil {
			return c, fmt.Errorf("read the configuration: %w; speaker config > %s makes one", err, filepath.Base(file))
		}
		if _, ps := strictyaml.Decode(file, data, &c); len(ps) > 0 {
			return c, ps
		}
	}
	return c, nil
}

// check is Validate as an error.
func (c Config) check(file string) error {
	bad := c.Validate()
	if len(bad) == 0 {
		return nil
	}
	if file != "" {
		for i := range bad {
			bad[i] = file + ": " + bad[i]
		}
	}
	return errors.New(strings.Join(bad, "\n"))
}

// options are those of calls.
func (c Config) options() (line.Options, error) {
	o := line.Options{URL: c.Gateway, Bot: c.Hotline, Lang: c.Language, Codecs: c.Codecs}
	var err error
	if o.Token, err = secret.Fetch(c.Token); err != nil {
		return o, fmt.Errorf("token: %w", err)
	}
	for i, s := range c.ICEServers {
		v, err := secret.Fetch(s.Credential)
		if err != nil {
			return o, fmt.Errorf("ice_servers: number %d: credential: %w", i+1, err)
		}
		o.ICEServers = append(o.ICEServers, webrtc.ICEServer{URLs: []string{s.URL}, Username: s.Username, Credential: string(v)})
	}
	return o, nil
}
