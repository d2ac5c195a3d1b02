package sip

import (
	"fmt"
	"net/netip"
	"time"

	"decroche/gateway/sip/referral"
)

// TransferConfig is "sip.transfer" of the configuration: waits and rights of transfers by REFER and
// Replaces.
type TransferConfig struct {
	// ReferAnswer is how long a REFER may stay without a final answer before the attempt has failed.
	ReferAnswer time.Duration `yaml:"refer_answer"`
	// FirstNotify is how long after the 202 nothing may be reported before the caller hears a ringback
	// of ours.
	FirstNotify time.Duration `yaml:"first_notify"`
	// FinalNotify is how long after the 202 the outcome may take before the caller is back with us.
	FinalNotify time.Duration `yaml:"final_notify"`
	// Bye is how long the far end has for its BYE after the transfer is done, and how long an attempt
	// that was given up stays open for a late report.
	Bye time.Duration `yaml:"bye"`
	// NoReferFor is how long a far end that takes no REFER (403, 405, 501, 603) is not asked again.
	NoReferFor time.Duration `yaml:"no_refer_for"`
	// ReplacesFrom lists networks that may take over calls with INVITE and Replaces, in CIDR form,
	// beside the far end of the call itself.
	ReplacesFrom []string `yaml:"replaces_from"`
	// ReferFrom lists networks, in CIDR form, whose callers may have us call somebody in their place (REFER),
	// beside trunks. Telephones that we called may always.
	ReferFrom []string `yaml:"refer_from"`
}

func defaultTransfer() TransferConfig {
	return TransferConfig{ReferAnswer: 8 * time.Second, FirstNotify: 5 * time.Second, FinalNotify: 45 * time.Second,
		Bye: 4 * time.Second, NoReferFor: 10 * time.Minute, ReplacesFrom: []string{}, ReferFrom: []string{}}
}

func (c TransferConfig) timers() referral.Timers {
	return referral.Timers{Answer: c.ReferAnswer, First: c.FirstNotify, Final: c.FinalNotify, After: c.Bye}
}

func (c TransferConfig) validate(say func(format string, args ...any)) {
	for _, d := range []struct {
		key      string
		v        time.Duration
		min, max time.Duration
	}{
		{"refer_answer", c.ReferAnswer, 100 * time.Millisecond, 32 * time.Second},
		{"first_notify", c.FirstNotify, 100 * time.Millisecond, time.Minute},
		{"final_notify", c.FinalNotify, 500 * time.Millisecond, 5 * time.Minute},
		{"bye", c.Bye, 100 * time.Millisecond, 30 * time.Second},
		{"no_refer_for", c.NoReferFor, time.Second, 24 * time.Hour},
	} {
		if d.v < d.min || d.v > d.max {
			say("transfer.%s: %v is not between %v and %v", d.key, d.v, d.min, d.max)
		}
	}
	if c.FirstNotify > c.FinalNotify {
		say("transfer.first_notify: %v is longer than final_notify %v; make it shorter", c.FirstNotify, c.FinalNotify)
	}
	for key, list := range map[string][]string{"replaces_from": c.ReplacesFrom, "refer_from": c.ReferFrom} {
		for _, a := range list {
			if _, err := parsePrefix(a); err != nil {
				say("transfer.%s: %q is not a network; write for example \"192.0.2.0/24\" or \"192.0.2.7\"", key, a)
			}
		}
	}
}

// networks reads a list of networks, under key of the configuration.
func networks(key string, names []string) (list []netip.Prefix, err error) {
	for _, a := range names {
		p, err := parsePrefix(a)
		if err != nil {
			return nil, fmt.Errorf("sip: transfer.%s %q: %w", key, a, err)
		}
		list = append(list, p)
	}
	return list, nil
}
