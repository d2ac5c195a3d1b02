package agents

import (
	"fmt"
	"time"
)

// Ending is how an offer ended for the agent it was shown to. Pages have a sentence for each
// of the five that are no yes.
type Ending string

// The endings.
const (
	Taken      Ending = "accepted"
	Elsewhere  Ending = "answered_elsewhere" // somebody else has the caller; Ended.By says who
	CallerGone Ending = "caller_left"
	Expired    Ending = "expired" // nobody answered in time: they are away now
	Declined   Ending = "declined"
	NotReached Ending = "unreachable" // they accepted, and their line could not be opened
)

// Decline is why an agent does not take a caller.
type Decline string

// The reasons for declining; pages show their own words for them.
const (
	FileOpen  Decline = "file_open"    // dossier en cours
	NoSkill   Decline = "not_my_skill" // pas ma compétence
	Technical Decline = "technical"    // problème technique
)

// Offer is what an agent reads before they accept. It is made of the conversation alone and is the
// same for a call, a chat and a callback. {"conversation":"c7f3","channel":"voice","who":"Nadia Benali","why":"Colis annoncé livré, non reçu.",…}
type Offer struct {
	Conv    string    `json:"conversation"`
	Channel string    `json:"channel"` // voice | text
	Origin  string    `json:"origin"`  // bot | transfer | agent | callback | rejoin: who sends the caller
	Lang    string    `json:"lang"`
	Who     string    `json:"who"`   // a name when it is known, else the number
	Phone   string    `json:"phone"` // where they call from; may be empty
	Why     string    `json:"why"`   // one sentence
	Reason  string    `json:"reason,omitempty"`
	Queue   []string  `json:"queue"`           // skills asked for
	Facts   []string  `json:"facts"`           // what the flow wrote for the agent, one sentence each
	Slots   []Fact    `json:"slots"`           // what is known, confirmed ones first
	Tried   []string  `json:"tried"`           // sentences
	Todo    []string  `json:"todo"`            // sentences
	Lines   []Line    `json:"lines"`           // the last three
	From    string    `json:"from,omitempty"`  // origin agent: who passes the caller on
	Said    string    `json:"said,omitempty"`  // and why, in their words
	Notes   []Written `json:"notes,omitempty"` // of who had the caller before
	CRM     string    `json:"crm,omitempty"`   // page of the customer, opened when the caller is accepted
	At      time.Time `json:"at"`
	Expires time.Time `json:"expires"`
	Rings   string    `json:"rings"` // browser | telephone: where it rings; a telephone is picked up, not clicked
}

// Written is what an agent noted during the conversation.
type Written struct {
	Agent string `json:"agent"` // as people say it
	Text  string `json:"text"`
}

// Fact is one thing known about the caller's wish.
type Fact struct {
	Name      string `json:"name"`
	Value     string `json:"value"`
	Confirmed bool   `json:"confirmed"`
}

// Line is one line of the transcript.
type Line struct {
	Who  string `json:"who"` // caller | bot | agent
	Text string `json:"text"`
	Cut  bool   `json:"cut,omitempty"` // it was heard only so far
}

// Ended is how the last offer ended, for the page's sentence.
type Ended struct {
	Conv   string    `json:"conversation"`
	Who    string    `json:"who"`
	How    Ending    `json:"how"`
	By     string    `json:"by,omitempty"`     // who has the caller now, for answered_elsewhere
	Reason Decline   `json:"reason,omitempty"` // for declined
	After  float64   `json:"after_s"`          // seconds it rang
	At     time.Time `json:"at"`
}

// NotTaken is an offer that did not lead to a call.
type NotTaken struct {
	Agent  string
	How    Ending
	Reason Decline
	Err    error // what failed, for NotReached
}

// Error implements error.
func (n *NotTaken) Error() string {
	switch {
	case n.Err != nil:
		return fmt.Sprintf("agents: offer to %q: %s: %v", n.Agent, n.How, n.Err)
	case n.Reason != "":
		return fmt.Sprintf("agents: offer to %q: %s: %s", n.Agent, n.How, n.Reason)
	}
	return fmt.Sprintf("agents: offer to %q: %s", n.Agent, n.How)
}

// Unwrap gives what failed.
func (n *NotTaken) Unwrap() error { return n.Err }

// Withdrawn is the cause with which a context of ringing is cancelled: how the attempt ended, and
// who has the caller then.
type Withdrawn struct {
	Outcome Outcome
	By      string
}

// Error implements error.
func (w *Withdrawn) Error() string { return "agents: the ringing was given up: " + string(w.Outcome) }
