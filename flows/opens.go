package flows

import (
	"time"

	"decroche/flows/render"
)

// reopening is when a closed queue opens, as it was told at Told. Templates read it as {{opens}}, "demain à neuf
// heures"; to expressions it is an instant in RFC 3339, "" when nobody can tell.
type reopening struct {
	At   time.Time `json:"at"`
	Told time.Time `json:"told"`
}

// opensAt begins the kind of an opening; the moment at which it is told follows.
const opensAt = "opens:"

func (o reopening) text() string {
	if o.At.IsZero() {
		return ""
	}
	return o.At.Format(time.RFC3339)
}

func (o reopening) value() (v, kind string, ok bool) {
	return o.text(), opensAt + o.Told.Format(time.RFC3339), !o.At.IsZero()
}

// opensSaid writes an opening; what cannot be is written as it is.
func opensSaid(lang, v, told string, voice bool, loc *time.Location) string {
	now, err := time.Parse(time.RFC3339, told)
	if err != nil {
		return v
	}
	s, err := render.Opening(lang, v, voice, loc, now)
	if err != nil {
		return v
	}
	return s
}

// closedUntil says that nobody is there, and until when where that is known.
func (t *turn) closedUntil() {
	if t.m.Opens.At.IsZero() {
		t.respond("closed", nil)
		return
	}
	t.respond("closed_until", nil)
}
