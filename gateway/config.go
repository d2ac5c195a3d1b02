package gateway

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"decroche/flows/action"
	"decroche/flows/nlu/remote"
	"decroche/gateway/accounts"
	"decroche/gateway/agents"
	"decroche/gateway/call"
	"decroche/gateway/chat"
	"decroche/gateway/console"
	"decroche/gateway/event"
	"decroche/gateway/mail"
	"decroche/gateway/outbound"
	"decroche/gateway/record"
	"decroche/gateway/rtc"
	"decroche/gateway/sip"
	"decroche/gateway/skill"
	"decroche/gateway/sumup"
	"decroche/gateway/turn"
	"decroche/gateway/wyoming"
	"decroche/internal/secret"
	"decroche/media/amd"
	"decroche/media/pacer"
	"decroche/media/rtp"
	"decroche/media/vad"
)

// Config is the gateway's part of the configuration file: everything but the engines.
type Config struct {
	// Production says that real callers are answered: what is for demonstrations alone is then
	// refused or warned about; docs/decisions tells what and why.
	Production bool `yaml:"production"`
	// DataDir holds the database, the API token and the prompt cache. Made when absent.
	DataDir string `yaml:"data_dir"`
	// Hotlines are folders of flows, one bot each, or names of hotlines that are built in; who
	// loads them knows which are. Empty: the demo hotline.
	Hotlines []string `yaml:"hotlines"`
	// Vars replace values of "vars:" in the bots, such as the address of an order system.
	Vars map[string]string `yaml:"vars"`
	// Secrets are what actions may send, by name: "env:NAME" or "file:/path".
	Secrets map[string]string `yaml:"secrets"`
	// APIToken refers to the token that opens API and pages: "env:NAME" or "file:/path", at least
	// 16 characters. Empty: each start makes one, prints it and leaves it in DataDir.
	APIToken string `yaml:"api_token"`
	// PublicURL is how people reach the pages from outside: the transcript link that agents get
	// begins with it. Empty: the address of the HTTP port.
	PublicURL string `yaml:"public_url"`
	// TranscriptLink is how long the link to a transcript works.
	TranscriptLink time.Duration `yaml:"transcript_link"`
	// CallbackVia is how a number is dialled when somebody is rung back: a SIP address with
	// {number} in it, "sip:{number}@trunk.example.com". Empty: by the trunks; without them only SIP
	// addresses can be rung.
	CallbackVia string `yaml:"callback_via"`
	// MaxCalls is how many calls may run at once; the next one gets 503 with Retry-After.
	MaxCalls int `yaml:"max_calls"`
	// DrainTimeout is how long running calls may go on after the first signal to stop.
	DrainTimeout time.Duration `yaml:"drain_timeout"`
	// LogLevel is debug, info, warn or error. What callers say is never logged.
	LogLevel string `yaml:"log_level"`

	SIP sip.Config `yaml:"sip"`
	// Trunks are the carriers and telephone systems that calls leave by.
	Trunks []sip.TrunkConfig `yaml:"trunks"`
	// Outbound says whom the gateway may call, and how much.
	Outbound sip.OutboundConfig `yaml:"outbound"`

	RTC rtc.Config `yaml:"rtc"`
	// Wyoming says which open speakers may use the hotline.
	Wyoming wyoming.Config `yaml:"wyoming"`
	Media   rtp.Config     `yaml:"media"`
	Pacer   pacer.Config   `yaml:"pacer"`
	VAD     vad.Config     `yaml:"vad"`
	Turn    turn.Config    `yaml:"turn"`
	Call    call.Config    `yaml:"call"`
	HTTP    console.Config `yaml:"http"`
	// Accounts say who may sign in to the pages and the API.
	Accounts accounts.Config `yaml:"accounts"`
	Chat     chat.Config     `yaml:"chat"`
	Actions  action.Config   `yaml:"actions"`
	Agents   agents.Config   `yaml:"agents"`
	// Queues are where callers wait for agents.
	Queues agents.Queues `yaml:"queues"`
	// Desk is what holds for agents who sign in.
	Desk agents.DeskConfig `yaml:"desk"`
	// Understand is the language model that is asked what callers mean, if any.
	Understand remote.Config `yaml:"understand"`
	Reload     ReloadConfig  `yaml:"reload"`
	// Recording says where the sound of calls is kept, and for how long.
	Recording record.Config `yaml:"recording"`
	// Summary says which language model is asked for summaries, beside those by rule.
	Summary sumup.Config `yaml:"summary"`
	// VCon says with what exported conversations are signed.
	VCon VConConfig `yaml:"vcon"`
	// Mail says who is told by e-mail, of what.
	Mail mail.Config `yaml:"mail"`
	// Board says when the supervisors' board marks a call.
	Board event.BoardConfig `yaml:"board"`
	// Placing says who is rung by us, when and how often.
	Placing outbound.Config `yaml:"placing"`
	// Answering tells persons from machines when a call that we placed is answered.
	Answering amd.Config `yaml:"answering"`
	// Widget says who may write and call from a page without an account.
	Widget console.WidgetConfig `yaml:"widget"`
	// Skill says which skills of smart speakers come in.
	Skill skill.Config `yaml:"skill"`
}

// DefaultConfig is what serves without a configuration file: the demo, on loopback.
func DefaultConfig() Config {
	return Config{
		DataDir:        "data",
		Hotlines:       []string{},
		VCon:           DefaultVConConfig(),
		Summary:        sumup.DefaultConfig(),
		Vars:           map[string]string{},
		Secrets:        map[string]string{"ORDERS_TOKEN": "env:COLIBRI_ORDERS_TOKEN"},
		TranscriptLink: 24 * time.Hour,
		MaxCalls:       200,
		DrainTimeout:   30 * time.Second,
		LogLevel:       "info",
		SIP:            sip.DefaultConfig(),
		Trunks:         []sip.TrunkConfig{},
		Outbound:       sip.DefaultOutboundConfig(),
		RTC:            rtc.DefaultConfig(),
		Wyoming:        wyoming.DefaultConfig(),
		Desk:           agents.DefaultDeskConfig(),
		Media:          rtp.DefaultConfig(),
		Pacer:          pacer.DefaultConfig(),
		VAD:            vad.DefaultConfig(),
		Turn:           turn.DefaultConfig(),
		Call:           call.DefaultConfig(),
		HTTP:           console.DefaultConfig(),
		Accounts:       accounts.DefaultConfig(),
		Chat:           chat.DefaultConfig(),
		Actions:        action.DefaultConfig(),
		Agents:         agents.DefaultConfig(),
		Queues:         agents.DefaultQueues(),
		Understand:     remote.DefaultConfig(),
		Reload:         ReloadConfig{Every: time.Second},
		Mail:           mail.DefaultConfig(),
		Recording:      record.DefaultConfig(),
		Board:          event.DefaultBoardConfig(),
		Placing:        outbound.DefaultConfig(),
		Answering:      amd.DefaultConfig(),
		Widget:         console.DefaultWidgetConfig(),
		Skill:          skill.DefaultConfig(),
	}
}

// Validate returns every problem of c, each "key.path: what is wrong; what to do".
func (c Config) Validate() []string {
	var bad []string
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	if c.DataDir == "" {
		say("data_dir: empty; name a folder for the database")
	}
	for name, ref := range c.Secrets {
		if _, err := ParseSecret(ref); err != nil {
			say("secrets.%s: %v", name, err)
		}
	}
	if c.APIToken != "" {
		if _, err := ParseSecret(c.APIToken); err != nil {
			say("api_token: %v", err)
		}
	}
	if c.PublicURL != "" {
		if u, err := url.Parse(c.PublicURL); err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
			say("public_url: %q is not a web address; write for example https://calls.example.com", c.PublicURL)
		}
	}
	if c.TranscriptLink < time.Minute || c.TranscriptLink > 90*24*time.Hour {
		say("transcript_link: %v is not between 1m and 2160h; 24h is usual", c.TranscriptLink)
	}
	if c.CallbackVia != "" && (!strings.HasPrefix(c.CallbackVia, "sip:") || strings.Count(c.CallbackVia, "{number}") != 1) {
		say("callback_via: %q is no SIP address with {number} in it; write it as sip:{number}@trunk.example.com", c.CallbackVia)
	}
	if _, err := c.OIDCSecret(); err != nil {
		say("accounts.oidc.client_secret: %v", err)
	}
	if c.Accounts.Demo {
		switch {
		case c.Production:
			say("accounts.demo: lets anybody sign in, and production is true; turn one of them off")
		case c.HTTP.Public() || c.HTTP.Named(c.PublicURL):
			say("accounts.demo: lets anybody sign in, and others can reach the pages; listen on loopback without a public_url, or turn the demo off")
		}
	}
	if c.MaxCalls < 1 || c.MaxCalls > 100000 {
		say("max_calls: %d is not between 1 and 100000", c.MaxCalls)
	}
	if c.DrainTimeout < 0 || c.DrainTimeout > time.Hour {
		say("drain_timeout: %v is not between 0s and 1h", c.DrainTimeout)
	}
	switch c.LogLevel {
	case "debug", "info", "warn", "error":
	default:
		say("log_level: %q is not known; use debug, info, warn or error", c.LogLevel)
	}
	for _, part := range []struct {
		key  string
		list []string
	}{
		{"sip", c.SIP.Validate()}, {"outbound", c.Outbound.Validate()}, {"rtc", c.RTC.Validate()}, {"wyoming", c.Wyoming.Validate()}, {"desk", c.Desk.Validate()}, {"media", c.Media.Validate()}, {"pacer", c.Pacer.Validate()}, {"vad", c.VAD.Validate()}, {"turn", c.Turn.Validate()}, {"call", c.Call.Validate()},
		{"http", c.HTTP.Validate()}, {"accounts", c.Accounts.Validate()}, {"understand", c.Understand.Validate()}, {"chat", c.Chat.Validate()}, {"actions", c.Actions.Validate()}, {"reload", c.Reload.Validate()}, {"recording", c.Recording.Validate()}, {"vcon", c.VCon.Validate()}, {"summary", c.Summary.Validate()}, {"mail", c.Mail.Validate()}, {"board", c.Board.Validate()}, {"placing", c.Placing.Validate()}, {"answering", c.Answering.Validate()}, {"widget", c.Widget.Validate()}, {"skill", c.Skill.Validate()},
	} {
		for _, p := range part.list {
			bad = append(bad, part.key+"."+p)
		}
	}
	if a := c.Skill.Alexa; a.On() && a.Transfer == "card" && a.PublicPage == "" && c.PublicURL == "" {
		say("skill.alexa.public_page: empty, and public_url is too; transfer: card needs a page to lead to")
	}
	for key, list := range map[string][]string{"agents": c.Agents.Validate(), "queues": checkQueues(c.Queues), "trunks": sip.ValidateTrunks(c.Trunks)} {
		for _, p := range list {
			if strings.HasPrefix(p, "[") {
				bad = append(bad, key+p)
			} else {
				bad = append(bad, key+"."+p)
			}
		}
	}
	return append(append(bad, checkMail(c)...), undialled(c)...)
}

// checkQueues returns what is wrong with the queues, and with the music that they play.
func checkQueues(queues agents.Queues) []string {
	bad := queues.Validate()
	for i, q := range queues {
		if file := q.Announce.Music; file != "" {
			if _, err := call.LoadMusic(file); err != nil {
				bad = append(bad, fmt.Sprintf("[%d].announce.music: %v", i, err))
			}
		}
	}
	return bad
}

// OIDCSecret is what accounts.oidc.client_secret refers to: secret:NAME is one of Secrets. The zero Secret
// when it refers to nothing.
func (c Config) OIDCSecret() (Secret, error) {
	ref := c.Accounts.OIDC.ClientSecret
	if ref == "" {
		return Secret{}, nil
	}
	return c.secretNamed(ref)
}

// secretNamed reads a reference that may also be secret:NAME, for one of Secrets.
func (c Config) secretNamed(ref string) (Secret, error) {
	if name, ok := strings.CutPrefix(ref, "secret:"); ok {
		if ref, ok = c.Secrets[name]; !ok {
			return Secret{}, fmt.Errorf("there is no %q under secrets; add it, or refer to env:NAME or file:/path", name)
		}
	}
	return ParseSecret(ref)
}

// Secret is a reference to a secret; it prints as ***.
type Secret = secret.Ref

// ParseSecret reads "env:NAME" or "file:/path".
func ParseSecret(ref string) (Secret, error) { return secret.Parse(ref) }
