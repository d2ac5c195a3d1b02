package skill

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Config says which skills come in, and what they may do.
type Config struct {
	Alexa AlexaConfig `yaml:"alexa"`
}

// AlexaConfig is the door for Alexa. Without skills it is shut.
type AlexaConfig struct {
	// Skills are those that are answered; a request of any other is refused.
	Skills []SkillConfig `yaml:"skills"`
	// AnswerWithin is when a request is answered at the latest, even when the company's systems are not
	// done; Alexa gives up after 8 s.
	AnswerWithin time.Duration `yaml:"answer_within"`
	// ProgressAfter is how long an answer may take before Alexa says meanwhile that it is coming.
	ProgressAfter time.Duration `yaml:"progress_after"`
	// ResumeFor is how long an interrupted conversation is offered again to the same person; then it is ended.
	ResumeFor time.Duration `yaml:"resume_for"`
	// Transfer is what who asks for a person gets: "callback", or "card", a link to PublicPage in the
	// Alexa app.
	Transfer string `yaml:"transfer"`
	// PublicPage is where the card leads; empty: the gateway's public_url.
	PublicPage string `yaml:"public_page"`
	// Phone is where the number to call back comes from: "ask" asks for it, "profile" reads the mobile
	// number of the Amazon account of who agreed, "account" that of the account which they linked.
	Phone string `yaml:"phone"`
	// UserInfo is where an account's own number is asked for with the linked account's token, an OpenID
	// Connect UserInfo endpoint; needed with phone "account".
	UserInfo string `yaml:"user_info"`
}

// SkillConfig is one skill.
type SkillConfig struct {
	// ApplicationID is the skill's, of the developer console: "amzn1.ask.skill.…".
	ApplicationID string `yaml:"application_id"`
	// Bot is the hotline that answers; "" the first one.
	Bot string `yaml:"bot"`
	// Lang is the language that it answers in; "" follows the locale of each request.
	Lang string `yaml:"lang"`
}

// DefaultConfig is a door that is shut.
func DefaultConfig() Config {
	return Config{Alexa: AlexaConfig{Skills: []SkillConfig{}, AnswerWithin: 7 * time.Second, ProgressAfter: 1200 * time.Millisecond, ResumeFor: 10 * time.Minute,
		Transfer: "callback", Phone: "ask"}}
}

// On tells whether any skill is answered.
func (c AlexaConfig) On() bool { return len(c.Skills) > 0 }

// Validate returns every complaint as "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var out []string
	a := c.Alexa
	say := func(format string, args ...any) { out = append(out, "alexa."+fmt.Sprintf(format, args...)) }
	for i, s := range a.Skills {
		if !strings.HasPrefix(s.ApplicationID, "amzn1.") || strings.ContainsAny(s.ApplicationID, " \t\r\n") || len(s.ApplicationID) > 200 {
			say("skills[%d].application_id: %q is no skill's; copy it from the developer console, amzn1.ask.skill.…", i, s.ApplicationID)
		}
		for _, o := range a.Skills[:i] {
			if o.ApplicationID == s.ApplicationID {
				say("skills[%d].application_id: %q is there twice; one skill has one bot", i, s.ApplicationID)
			}
		}
		if len(s.Lang) > 20 {
			say("skills[%d].lang: %.20q… is no language; write fr or en, or leave it out", i, s.Lang)
		}
	}
	if a.AnswerWithin < time.Second || a.AnswerWithin > 7500*time.Millisecond {
		say("answer_within: %v is not between 1s and 7.5s; Alexa waits 8s, 7s is usual", a.AnswerWithin)
	}
	if a.ProgressAfter < 100*time.Millisecond || a.ProgressAfter > a.AnswerWithin {
		say("progress_after: %v is not between 100ms and answer_within; 1200ms is usual", a.ProgressAfter)
	}
	if a.ResumeFor < time.Minute || a.ResumeFor > 24*time.Hour {
		say("resume_for: %v is not between 1m and 24h; 10m is usual", a.ResumeFor)
	}
	if a.Transfer != "callback" && a.Transfer != "card" {
		say("transfer: %q is not known; use callback or card", a.Transfer)
	}
	if a.PublicPage != "" && !site(a.PublicPage) {
		say("public_page: %q is not a web address; write for example https://calls.example.com/", a.PublicPage)
	}
	switch a.Phone {
	case "ask", "profile":
	case "account":
		if !site(a.UserInfo) || !strings.HasPrefix(a.UserInfo, "https:") {
			say("user_info: %q is not the address of a UserInfo endpoint, which phone: account needs; write https://…", a.UserInfo)
		}
	default:
		say("phone: %q is not known; use ask, profile or account", a.Phone)
	}
	return out
}

func site(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}
