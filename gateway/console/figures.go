package console

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"decroche/gateway/store"
)

// mostTransfers is how many hand-offs of a day are told one by one; counts are of all.
const mostTransfers = 300

// figures are what a day came to. Everything is counted from the record, so that a page that was opened
// a minute ago shows the same as one that was opened at dawn.
type figures struct {
	Day       string     `json:"day"`
	Timezone  string     `json:"timezone"`
	From      time.Time  `json:"from"`
	To        time.Time  `json:"to"`
	Total     hourly     `json:"total"`
	Hours     []hourly   `json:"hours"` // those in which something began
	Transfers []transfer `json:"transfers"`
	// Final is when resolution stands: until then somebody of that day may still come back.
	Final time.Time `json:"final"`
}

// hourly is what became of the conversations that began in one hour, or in the whole day.
type hourly struct {
	Start         time.Time `json:"start,omitzero"`
	Conversations int       `json:"conversations"` // that began
	Ended         int       `json:"ended"`         // of those that somebody answered, have ended
	Resolved      int       `json:"resolved"`      // by the bot alone, with what the caller wanted
	Automated     int       `json:"automated"`     // by the bot alone, or with a callback it took down
	Unconfirmed   int       `json:"unconfirmed"`   // of those ended, the caller had an answer and left without a word about it: no success
	Repeated      int       `json:"repeated"`      // of those ended, the customer came back about it within seven days
	Solved        int       `json:"solved"`        // of those ended, by the bot or a person, and nobody came back
	Resolution    float64   `json:"resolution"`    // solved of ended, 0..1; 0 when none ended
	Automation    float64   `json:"automation"`    // automated of ended, likewise
	Ratings       int       `json:"ratings"`
	Satisfaction  float64   `json:"satisfaction"` // mean on a scale from 1 to 5; 0 without ratings
	Handoffs      int       `json:"handoffs"`     // that count: ended or answered, not given up by the caller at once
	Answered      int       `json:"answered"`     // of those
	InTime        int       `json:"in_time"`      // of those, within board.in_time
	rated         float64
}

// transfer is one hand-off.
type transfer struct {
	Conv     string    `json:"conversation"`
	Seq      uint64    `json:"seq"`
	At       time.Time `json:"at"`
	Reason   string    `json:"reason"`
	Queue    string    `json:"queue"`
	Agent    string    `json:"agent,omitempty"`
	Outcome  string    `json:"outcome"` // waits, rings or talks while it goes on
	WaitedMS int64     `json:"waited_ms"`
	TalkedMS int64     `json:"talked_ms"`
	Rung     int       `json:"rung"` // agents who were rung
}

// dayFigures answers ?day=2026-11-22&bot=; without day it is today, where the hotline is.
func (s *Server) dayFigures(w http.ResponseWriter, r *http.Request) {
	if s.d.Figures == nil {
		s.fail(w, r, http.StatusNotFound, "this gateway keeps no figures")
		return
	}
	var day, bot string
	for key, vs := range r.URL.Query() {
		switch {
		case len(vs) > 1:
			s.fail(w, r, http.StatusBadRequest, fmt.Sprintf("%.40q is given twice; give it once", key))
			return
		case key == "day":
			day = vs[0]
		case key == "bot" && len(vs[0]) <= 100:
			bot = vs[0]
		default:
			s.fail(w, r, http.StatusBadRequest, fmt.Sprintf("%.40q is not understood; there are day and bot", key))
			return
		}
	}
	named := bot
	if named == "" {
		named = s.d.Info().Bot
	}
	loc := s.location(named)
	if day == "" {
		day = s.now().In(loc).Format(time.DateOnly)
	}
	from, err := time.ParseInLocation(time.DateOnly, day, loc)
	if err != nil || from.Year() < 1970 || from.Year() > 9998 {
		s.fail(w, r, http.StatusBadRequest, fmt.Sprintf("day: %.40q is not one; write it as 2026-11-22", day))
		return
	}
	to := from.AddDate(0, 0, 1) // 23 or 25 hours when the clocks change
	hours, err := s.d.Figures.Hours(r.Context(), from, to, bot)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	hands, err := s.d.Figures.Handoffs(r.Context(), from, to, bot)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	out := sumUp(from, hours, hands, s.d.Board.Rules().InTime)
	out.Day, out.Timezone, out.From, out.To = day, loc.String(), from, to
	out.Final = to.Add(store.RepeatWithin)
	answer(w, out)
}

// sumUp makes figures of what the store counted since from; who was answered within inTime was in time.
func sumUp(from time.Time, hours []store.Hour, hands []store.Handoff, inTime time.Duration) figures {
	out := figures{Hours: []hourly{}, Transfers: []transfer{}}
	at := map[time.Time]*hourly{}
	hour := func(start time.Time) *hourly {
		start = start.UTC()
		if at[start] == nil {
			at[start] = &hourly{Start: start}
		}
		return at[start]
	}
	for _, h := range hours {
		o := hour(h.Start)
		o.Conversations, o.Ended, o.Resolved, o.Automated, o.Ratings, o.rated = h.Conversations, h.Ended, h.Resolved, h.Automated, h.Ratings, h.Rated
		o.Unconfirmed, o.Repeated, o.Solved = h.Unconfirmed, h.Repeated, h.Solved
	}
	for _, h := range hands {
		if len(out.Transfers) < mostTransfers {
			out.Transfers = append(out.Transfers, transfer{h.Conv, h.Seq, h.At, h.Reason, h.Queue, h.Agent, stands(h), h.Waited.Milliseconds(), h.Talked.Milliseconds(), h.Rung})
		}
		if !counts(h) {
			continue
		}
		o := hour(from.Add(h.At.Sub(from).Truncate(time.Hour)))
		o.Handoffs++
		if h.Answered() {
			o.Answered++
			if h.Waited <= inTime {
				o.InTime++
			}
		}
	}
	for _, o := range at {
		t := &out.Total
		t.Conversations, t.Ended, t.Resolved, t.Automated = t.Conversations+o.Conversations, t.Ended+o.Ended, t.Resolved+o.Resolved, t.Automated+o.Automated
		t.Unconfirmed, t.Repeated, t.Solved = t.Unconfirmed+o.Unconfirmed, t.Repeated+o.Repeated, t.Solved+o.Solved
		t.Ratings, t.rated, t.Handoffs, t.Answered, t.InTime = t.Ratings+o.Ratings, t.rated+o.rated, t.Handoffs+o.Handoffs, t.Answered+o.Answered, t.InTime+o.InTime
		o.mean()
		out.Hours = append(out.Hours, *o)
	}
	out.Total.mean()
	slices.SortFunc(out.Hours, func(a, b hourly) int { return a.Start.Compare(b.Start) })
	return out
}

func (h *hourly) mean() {
	if h.Ratings > 0 {
		h.Satisfaction = h.rated / float64(h.Ratings)
	}
	if h.Ended > 0 {
		h.Resolution, h.Automation = float64(h.Solved)/float64(h.Ended), float64(h.Automated)/float64(h.Ended)
	}
}

// stands is how a hand-off stands, in one word.
func stands(h store.Handoff) string {
	switch {
	case h.Outcome != "":
		return h.Outcome
	case h.Answered():
		return "talks"
	case h.Rung > 0:
		return "rings"
	}
	return "waits"
}

// counts tells whether a hand-off counts for the share that was answered in time. Those that the caller
// cancelled and those that a supervisor took over are nobody's fault; those that wait are not judged yet.
func counts(h store.Handoff) bool {
	return (h.Outcome != "" || h.Answered()) && h.Outcome != "cancelled" && h.Reason != "taken_over"
}

// agentsNow is who is there: status, since when, why.
func (s *Server) agentsNow(w http.ResponseWriter, r *http.Request) {
	answer(w, s.crew())
}
