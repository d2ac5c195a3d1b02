package agents

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// DeskConfig is what holds for agents who sign in at a desk. In YAML:
//
//	desk:
//	  wrap_up: 45s
//	  breaks: [déjeuner, formation]
type DeskConfig struct {
	// WrapUp is how long an agent may conclude a call before the next is offered; 0: no time.
	WrapUp time.Duration `yaml:"wrap_up"`
	// ExtendBy is added to it when they ask, once.
	ExtendBy time.Duration `yaml:"extend_by"`
	// UnheardAfter is how long a desk may be silent before its agent is offered nothing; a desk
	// tells every two seconds that it is there.
	UnheardAfter time.Duration `yaml:"unheard_after"`
	// OfflineAfter is how long it may be silent before its agent is offline.
	OfflineAfter time.Duration `yaml:"offline_after"`
	// RejoinWithin is how soon an agent whose line was lost in a call is joined again without a
	// click; later they are asked.
	RejoinWithin time.Duration `yaml:"rejoin_within"`
	// TakeOverAfter is how long a caller is held for an agent whose line was lost; then the team
	// is rung, and at last the bot goes on.
	TakeOverAfter time.Duration `yaml:"take_over_after"`
	// Chats is how many typed conversations an agent may have at once, beside a call; 0: none are
	// handed to agents.
	Chats int `yaml:"chats"`
	// Breaks are the reasons that pages offer for a break; others may be typed.
	Breaks []string `yaml:"breaks"`
	// Conclusions are what an agent may choose at the end of a call.
	Conclusions []string `yaml:"conclusions"`
	// Proposals are the rules by which one of them is proposed.
	Proposals []Proposal `yaml:"propose"`
	// RestBusy is how long the telephone of an agent without a desk is left alone when it was engaged, and
	// RestMissed when the caller was not taken; twice as long each time in a row, up to RestLongest.
	RestBusy    time.Duration `yaml:"rest_busy"`
	RestMissed  time.Duration `yaml:"rest_missed"`
	RestLongest time.Duration `yaml:"rest_longest"`
	// Numbers are beginnings of telephone numbers to which agents may pass callers on; none: to no
	// number. They are dialled by callback_via.
	Numbers []string `yaml:"numbers"`
	// CRM is where an agent finds the customer whom they take.
	CRM CRMConfig `yaml:"crm"`
}

// DefaultDeskConfig suits a small team.
func DefaultDeskConfig() DeskConfig {
	return DeskConfig{
		WrapUp:        45 * time.Second,
		ExtendBy:      60 * time.Second,
		UnheardAfter:  6 * time.Second,
		OfflineAfter:  time.Minute,
		RejoinWithin:  10 * time.Second,
		TakeOverAfter: 20 * time.Second,
		Chats:         3,
		Breaks:        []string{"pause", "déjeuner", "formation", "réunion"},
		Conclusions:   []string{"résolu", "à suivre", "rappel prévu", "transmis", "sans suite"},
		Proposals:     defaultProposals(),
		RestBusy:      10 * time.Second,
		RestMissed:    30 * time.Second,
		RestLongest:   5 * time.Minute,
		Numbers:       []string{},
		CRM:           CRMConfig{Schemes: []string{}},
	}
}

// Validate returns every complaint, each "key: what is wrong; what to do".
func (c DeskConfig) Validate() (out []string) {
	for _, r := range []struct {
		key         string
		v, min, max time.Duration
	}{
		{"wrap_up", c.WrapUp, 0, time.Hour},
		{"extend_by", c.ExtendBy, 0, time.Hour},
		{"unheard_after", c.UnheardAfter, 3 * time.Second, time.Minute},
		{"offline_after", c.OfflineAfter, c.UnheardAfter, time.Hour},
		{"rejoin_within", c.RejoinWithin, 0, time.Minute},
		{"take_over_after", c.TakeOverAfter, c.RejoinWithin, 2 * time.Minute},
	} {
		if r.v < r.min || r.v > r.max {
			out = append(out, fmt.Sprintf("%s: %v is out of range; choose %v to %v", r.key, r.v, r.min, r.max))
		}
	}
	if c.Chats < 0 || c.Chats > 20 {
		out = append(out, fmt.Sprintf("chats: %d is out of range; choose 0 to 20", c.Chats))
	}
	for key, list := range map[string][]string{"breaks": c.Breaks, "conclusions": c.Conclusions} {
		if len(list) > 20 {
			out = append(out, fmt.Sprintf("%s: %d are too many to choose from; keep 20", key, len(list)))
		}
		for i, w := range list {
			if strings.TrimSpace(w) == "" || len(w) > 60 || strings.ContainsAny(w, "\r\n\x00") {
				out = append(out, fmt.Sprintf("%s[%d]: %.20q cannot be shown; write a few words on one line", key, i, w))
			}
		}
	}
	for _, p := range c.CRM.Validate() {
		out = append(out, "crm."+p)
	}
	return slices.Concat(out, c.checkRests(), c.checkProposals(), c.checkNumbers())
}

func (c DeskConfig) rules() Rules {
	return Rules{WrapUp: c.WrapUp, Extend: c.ExtendBy, Unheard: c.UnheardAfter, Offline: c.OfflineAfter, Chats: c.Chats, TakeOver: c.TakeOverAfter}
}
