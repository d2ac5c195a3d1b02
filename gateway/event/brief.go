package event

import (
	"slices"
	"strings"
)

// Brief is what somebody who takes a conversation over has to know of it: kept beside the Board's
// line while the conversation runs, in as little room as that needs.
type Brief struct {
	Live
	Transfer TransferStarted   // the last one; zero before the first
	Misses   int               // times the caller was not understood
	Silences int               // times they said nothing
	Cuts     int               // prompts they spoke over
	Acts     []Acted           // what was done in the company's systems, the last of each target
	Attempts []TransferAttempt // agents who were rung in vain, and those who had the call
	Handed   AgentActed        // how an agent passes the caller on, or last did; zero when none has
	Lines    []Line            // the last ones
}

// Line is one line of what was said.
type Line struct {
	Who  string // caller | bot | agent
	Text string // of a prompt: what was heard of it
	Cut  bool   // the caller spoke over it
}

const (
	briefLines = 6 // kept; an offer shows three
	briefActs  = 8
)

// count folds one event in. Slices are replaced, never changed: copies share them.
func (b *Brief) count(e Event) {
	line := func(who, text string, cut bool) {
		if text = strings.TrimSpace(text); text == "" {
			return
		}
		from := max(0, len(b.Lines)+1-briefLines)
		b.Lines = append(slices.Clone(b.Lines[from:]), Line{who, text, cut})
	}
	switch v := e.Body.(type) {
	case Said:
		who := v.Who
		if who == "" {
			who = "caller"
		}
		line(who, v.Text, false)
	case Prompted:
		if !strings.HasPrefix(v.Step, "call/") && !strings.HasPrefix(v.Step, "chat/") { // our own words while somebody waits
			line("bot", v.Heard, v.Cut)
		}
		if v.Cut {
			b.Cuts++
		}
	case Silent:
		b.Silences++
	case Stepped:
		for _, s := range v.Steps {
			if strings.HasPrefix(s.Note, "no_match") {
				b.Misses++
			}
		}
	case Acted:
		acts := slices.DeleteFunc(slices.Clone(b.Acts), func(a Acted) bool { return a.Target == v.Target })
		b.Acts = append(acts[max(0, len(acts)+1-briefActs):], v)
	case TransferStarted:
		b.Transfer = v
	case AgentActed:
		if v.Act == AgentTransfer {
			b.Handed = v
		}
	case TransferAttempt:
		b.Attempts = append(slices.Clone(b.Attempts[max(0, len(b.Attempts)+1-briefActs):]), v)
	}
}

// Brief returns what there is to know of a running conversation; false when it is not running.
func (b *Board) Brief(conv string) (Brief, bool) {
	b.bus.mu.Lock()
	defer b.bus.mu.Unlock()
	return b.brief(conv)
}

// brief needs bus.mu.
func (b *Board) brief(conv string) (Brief, bool) {
	l := b.live[conv]
	if l == nil {
		return Brief{}, false
	}
	out := *b.told[conv]
	out.Live = *l
	return out, true
}

// Follow returns what there is to know of one conversation, and a subscription to it alone that
// starts with the very next event, its passing ones (Partial) included. Close the Sub when done;
// on ErrGap call Follow again.
func (b *Board) Follow(conv string) (Brief, *Sub, bool) {
	b.bus.mu.Lock()
	defer b.bus.mu.Unlock()
	br, ok := b.brief(conv)
	if !ok {
		return br, nil, false
	}
	return br, b.bus.subscribe(conv), true
}
