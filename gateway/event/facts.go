package event

import (
	"cmp"
	"strings"
	"time"
)

// Facts are what a running conversation has shown so far of what may call for a supervisor: the causes
// and markers of the board are made of them and of the time of day (web/src/board/risk.ts, which folds
// each further event in the same way; testdata/facts.json holds both to it).
type Facts struct {
	// Asks are sentences that asked for a person, Angry those in a row with a word of anger.
	Asks  Row `json:"asks,omitzero"`
	Angry Row `json:"angry,omitzero"`
	// Steps are turns at the step where the flow is.
	Steps Row `json:"steps,omitzero"`
	// Failed are hand-offs in a row that nobody answered, Misses turns that were not understood, Unsure
	// sentences that were poorly heard.
	Failed Row `json:"failed,omitzero"`
	Misses Row `json:"misses,omitzero"`
	Unsure Row `json:"unsure,omitzero"`
	// Owed is since when the caller waits for the bot's word, Quiet since when the bot waits for theirs; zero
	// when they do not.
	Owed  time.Time `json:"owed,omitzero"`
	Quiet time.Time `json:"quiet,omitzero"`
	// Fell: the caller was asked again in that silence.
	Fell bool `json:"fell,omitempty"`
	// SaidSeq is the caller's last sentence.
	SaidSeq uint64 `json:"said_seq,omitempty"`
}

// Row is something that happened N times in a row.
type Row struct {
	N     int       `json:"n"`
	Since time.Time `json:"since"` // when it had happened as often as the rules count, or last before that
	Seq   uint64    `json:"seq"`   // the event it names, a sentence of the caller's
}

// and counts one more at a time, of which the rules count limit.
func (r Row) and(at time.Time, seq uint64, limit int) Row {
	next := Row{r.N + 1, r.Since, seq}
	if next.N <= limit {
		next.Since = at
	}
	return next
}

// learn folds one event into the facts of l, which was with somebody and at a step before it.
func (l *Live) learn(e Event, with, step string, r *rules) {
	f := &l.Facts
	if with != l.With {
		f.Owed, f.Quiet = time.Time{}, time.Time{}
	}
	switch v := e.Body.(type) {
	case Said:
		if v.Who == "" {
			f.said(e, v, l, r)
		}
	case Stepped:
		f.Owed = time.Time{}
		seq := cmp.Or(f.SaidSeq, e.Seq)
		if l.Step != step {
			f.Steps = Row{1, e.At, seq}
		} else {
			f.Steps = f.Steps.and(e.At, seq, r.Loop)
		}
		switch {
		case v.missed():
			f.Misses = f.Misses.and(e.At, seq, r.Misses)
		case f.SaidSeq > f.Misses.Seq:
			f.Misses = Row{}
		}
	case Prompted:
		f.Owed = time.Time{}
		switch {
		case l.With != WithBot:
			f.Quiet = time.Time{}
		case !f.Fell:
			f.Quiet = e.At
		}
	case Silent:
		if f.Fell = true; f.Quiet.IsZero() {
			f.Quiet = e.At.Add(-time.Duration(v.ForMS) * time.Millisecond)
		}
	case Acted, Trouble:
		f.Owed = time.Time{}
	case Bridged, AgentBack:
		f.Asks, f.Steps, f.Failed, f.Misses, f.Unsure = Row{}, Row{}, Row{}, Row{}, Row{}
	case TransferEnded:
		if v.Outcome == completed {
			f.Failed = Row{}
		} else {
			f.Failed = f.Failed.and(e.At, e.Seq, r.Transfers)
		}
	}
}

// completed is the outcome of a hand-off that was answered, in the words of package agents.
const completed = "completed"

// said counts a sentence of the caller's.
func (f *Facts) said(e Event, v Said, l *Live, r *rules) {
	f.SaidSeq, f.Quiet, f.Fell = e.Seq, time.Time{}, false
	if l.With != WithBot {
		f.Owed = time.Time{}
	} else if f.Owed.IsZero() {
		f.Owed = e.At
	}
	asks, angry := r.reads(cmp.Or(v.Lang, l.Lang), v.Text)
	if asks {
		f.Asks = f.Asks.and(e.At, e.Seq, r.Asked)
	}
	if angry {
		f.Angry = f.Angry.and(e.At, e.Seq, 1)
	} else {
		f.Angry = Row{}
	}
	if v.How == "speech" && v.Confidence < r.Confidence {
		f.Unsure = f.Unsure.and(e.At, e.Seq, r.Unsure)
	} else {
		f.Unsure = Row{}
	}
}

// missed tells whether a turn was not understood.
func (v Stepped) missed() bool {
	for _, s := range v.Steps {
		if strings.HasPrefix(s.Note, "no_match") {
			return true
		}
	}
	return false
}
