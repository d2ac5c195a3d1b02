package agents

import (
	"slices"
	"time"
)

// QueueState is one queue now, as the API tells it.
type QueueState struct {
	Name      string    `json:"name"`
	Skills    []string  `json:"skills"`
	Waiting   int       `json:"waiting"`
	LongestS  float64   `json:"longest_s"`      // of those who wait now
	Since     time.Time `json:"since,omitzero"` // when the one came who waits longest
	EstimateS float64   `json:"estimate_s"`     // for who comes now; 0: nobody can know
	Free      int       `json:"agents_free"`    // who suit, at the lowest level
	Busy      int       `json:"agents_busy"`    // and will be free by themselves
	Away      int       `json:"agents_away"`    // and have a break, or left their desk
	Open      bool      `json:"open"`
	Opens     time.Time `json:"opens,omitzero"`  // when it is closed
	Closes    time.Time `json:"closes,omitzero"` // when it is open, and not for a year to come
	InTimeS   float64   `json:"in_time_s"`       // what counts as answered in time
	// Level is the service level: the share of those answered and left who were answered in time; nil
	// before the first.
	Level *float64 `json:"service_level,omitempty"`
	Counts
}

// Queues is every configured queue, and every line of skills in which somebody waits, by name.
func (d *Desk) Queues() []QueueState {
	d.mu.Lock()
	defer d.mu.Unlock()
	h, now := &d.hall, d.now()
	crew := d.crew(now)
	out := make([]QueueState, 0, len(h.queues))
	for i := range h.queues {
		out = append(out, h.state(i, h.queues[i].Name, Request{Skills: h.queues[i].Skills}, crew, now))
	}
	for _, c := range h.waiting {
		if c.queue < 0 && !slices.ContainsFunc(out[len(h.queues):], func(s QueueState) bool { return s.Name == c.line }) {
			out = append(out, h.state(-1, c.line, Request{Skills: c.req.Skills, Lang: c.req.Lang}, crew, now))
		}
	}
	return out
}

func (h *hall) state(i int, line string, req Request, crew []Seat, now time.Time) QueueState {
	s := QueueState{Name: line, Skills: append([]string{}, req.Skills...), Open: h.open(i, now)}
	if !s.Open {
		s.Opens, _ = h.hours[i].Next(now)
	} else if i >= 0 {
		s.Closes, _ = h.hours[i].Closes(now)
	}
	for _, c := range h.waiting {
		if c.line == line && c.queue == i {
			s.Waiting++
			if s.Since.IsZero() || c.since.Before(s.Since) {
				s.Since, s.LongestS = c.since, now.Sub(c.since).Seconds()
			}
		}
	}
	langs := map[string]bool{word(req.Lang): true}
	for i := range crew {
		for _, l := range crew[i].Languages {
			langs[word(l)] = true
		}
	}
	for i := range crew {
		if c := &crew[i]; c.suits(req, langs) {
			switch {
			case c.Free:
				s.Free++
			case c.Soon:
				s.Busy++
			default:
				s.Away++
			}
		}
	}
	p := h.counted(line)
	if s.Counts = p.counts; p.Trusted(now) && s.Free == 0 {
		s.EstimateS = p.Guess(now, s.Waiting).Seconds()
	}
	left := map[Outcome]int{}
	for how, n := range p.counts.Left {
		left[how] = n
	}
	s.Left = left
	s.InTimeS = inTime.Seconds()
	if q := queueAt(h.queues, i); q != nil {
		s.InTimeS = orDefault(q.InTime, inTime).Seconds()
	}
	of := s.Answered
	for _, n := range left {
		of += n
	}
	if of > 0 {
		level := float64(s.InTime) / float64(of)
		s.Level = &level
	}
	return s
}
