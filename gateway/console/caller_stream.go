package console

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"decroche/gateway/event"
)

// callerBeat is how often a caller's page hears that the stream is alive: it takes more than two
// seconds of silence for a lost connection.
const callerBeat = time.Second

// captionJSON is a line of a call as the caller's page shows it. One that is said again under the
// same ID has grown, or is final; without text it was no words after all.
type captionJSON struct {
	ID       string   `json:"id"`
	Who      string   `json:"who"` // caller | bot | agent
	Name     string   `json:"name,omitempty"`
	Text     string   `json:"text"`
	Unheard  string   `json:"unheard,omitempty"`
	Partial  bool     `json:"partial,omitempty"`
	AtMS     int64    `json:"at_ms"`
	Doubtful bool     `json:"doubtful,omitempty"`
	Readings []string `json:"readings,omitempty"`
	Quick    []string `json:"quick,omitempty"` // answers to a question, for buttons
}

// captioner turns the events and captions of one call into lines. It is used by one goroutine.
type captioner struct {
	out   *stream
	agent func(string) string

	start time.Time
	last  uint64                   // event that was told
	with  string                   // name of the agent who speaks
	open  map[string][]captionJSON // by speaker: lines that are not final, oldest first
	shut  map[string]int           // by speaker: utterances up to this one are final
	over  bool
}

// callEvents streams a caller's own call: lines of both sides as they are said, who is there, the
// end (server-sent events). The address is the secret that the caller's page got with its call.
func (s *Server) callEvents(w http.ResponseWriter, r *http.Request) {
	conv, ok := s.ownCall(w, r)
	if !ok {
		return
	}
	leave, ok := s.calls.watch(r.PathValue("id"))
	if !ok {
		w.Header().Set("Retry-After", "5")
		s.fail(w, r, http.StatusTooManyRequests, "this call is watched by many windows; close some of them")
		return
	}
	defer leave()
	gone, ok := enter(s.calls.streams)
	if !ok {
		w.Header().Set("Retry-After", "5")
		s.fail(w, r, http.StatusServiceUnavailable, "too many callers watch their calls; the call itself goes on")
		return
	}
	defer gone()
	after, _ := strconv.ParseUint(r.Header.Get("Last-Event-ID"), 10, 62) // none is 0
	sub := s.d.Captions.Watch(conv)                                      // before the record is read, so that nothing falls between
	defer sub.Close()
	c := newCaptioner(s, w)
	if c.out.write(": here\n\n") != nil || c.past(r.Context(), s, conv, after) != nil {
		return
	}
	c.follow(r.Context(), s, conv, sub, callerBeat)
}

// follow tells what sub tells until the call is over, the reader is gone or ctx ends; with nothing to
// tell, that the stream is alive, each beat.
func (c *captioner) follow(ctx context.Context, s *Server, conv string, sub *event.CaptionSub, every time.Duration) {
	beat := time.NewTicker(every)
	defer beat.Stop()
	for !c.over {
		var err error
		select {
		case <-sub.News():
			evs, said, gap := sub.Take()
			if gap {
				err = c.past(ctx, s, conv, c.last)
			}
			for i := 0; i < len(evs) && err == nil; i++ {
				err = c.tell(evs[i])
			}
			for i := 0; i < len(said) && err == nil; i++ {
				err = c.caption(said[i], s.now())
			}
		case <-beat.C:
			err = c.out.write(": still here\n\n")
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// past tells what the record has after an event.
func (c *captioner) past(ctx context.Context, s *Server, conv string, after uint64) error {
	for e, err := range s.d.Store.Events(ctx, conv, 0) {
		if err != nil {
			return err
		}
		if e.Seq <= after {
			c.note(e)
			continue
		}
		if err := c.tell(e); err != nil {
			return err
		}
	}
	return nil
}

// note takes in an event that was told before.
func (c *captioner) note(e event.Event) {
	if c.start.IsZero() {
		c.start = e.At
	}
	c.last = max(c.last, e.Seq)
	switch v := e.Body.(type) {
	case event.Bridged:
		c.with = c.agent(v.Agent)
	case event.TransferEnded:
		c.with = ""
	}
}

// tell writes what an event means for the caller.
func (c *captioner) tell(e event.Event) error {
	if e.Seq <= c.last {
		return nil
	}
	c.note(e)
	switch v := e.Body.(type) {
	case event.Prompted:
		return c.final(e, captionJSON{Who: byBot, Text: v.Heard, Unheard: strings.TrimSpace(strings.TrimPrefix(v.Text, v.Heard)), AtMS: c.at(e.At) - v.ForMS, Quick: v.Quick}, v.Text)
	case event.Said:
		l := captionJSON{Who: byCaller, Text: v.Text, AtMS: c.at(e.At)}
		if v.Who != "" {
			l.Who, l.Name = byAgent, c.with
		}
		if v.How == "speech" && v.Confidence > 0 && v.Confidence < doubtful {
			l.Doubtful = true
			for _, a := range v.Alternatives {
				l.Readings = append(l.Readings, a.Text)
			}
		}
		return c.final(e, l, v.Text)
	case event.TransferStarted:
		return c.send(e, "with", map[string]string{"state": "ringing"})
	case event.Bridged:
		return c.send(e, "with", map[string]string{"state": "agent", "agent": c.with})
	case event.TransferEnded:
		return c.send(e, "with", map[string]string{"state": "bot"})
	case event.Ended:
		c.over = true
		return c.send(e, "ended", map[string]string{"outcome": v.Outcome, "by": v.By})
	}
	return nil
}

func (c *captioner) at(t time.Time) int64 { return max(0, t.Sub(c.start).Milliseconds()) }

// final writes a line that does not change any more, in the place of the caption it was. text is all
// that was to be said. Captions of the same speaker before it were no words after all.
func (c *captioner) final(e event.Event, l captionJSON, text string) error {
	open := c.open[l.Who]
	at := slices.IndexFunc(open, func(o captionJSON) bool { return o.Text != "" && strings.HasPrefix(text, o.Text) })
	if at < 0 && len(open) > 0 {
		at = 0
	}
	l.ID = l.Who + "-e" + strconv.FormatUint(e.Seq, 10)
	if at >= 0 {
		for _, o := range open[:at] {
			if err := c.out.send("line", captionJSON{ID: o.ID, Who: o.Who}); err != nil {
				return err
			}
		}
		l.ID, l.AtMS = open[at].ID, open[at].AtMS
		if n, err := strconv.Atoi(strings.TrimPrefix(l.ID, l.Who+"-")); err == nil {
			c.shut[l.Who] = n
		}
		c.open[l.Who] = slices.Clone(open[at+1:])
	}
	return c.send(e, "line", l)
}

// caption writes a line that is still growing.
func (c *captioner) caption(said event.Caption, now time.Time) error {
	if said.N <= c.shut[said.Who] {
		return nil // its event was quicker
	}
	l := captionJSON{ID: fmt.Sprintf("%s-%d", said.Who, said.N), Who: said.Who, Text: said.Text, Partial: true, AtMS: c.at(now)}
	if said.Who == byAgent {
		l.Name = c.with
	}
	open := c.open[said.Who]
	if at := slices.IndexFunc(open, func(o captionJSON) bool { return o.ID == l.ID }); at >= 0 {
		l.AtMS = open[at].AtMS
		open[at] = l
	} else {
		c.open[said.Who] = append(open, l)
	}
	return c.out.send("line", l)
}

// send writes a message whose number is the event's, so that a page that comes back misses nothing.
func (c *captioner) send(e event.Event, name string, v any) error {
	if err := c.out.write("id: " + strconv.FormatUint(e.Seq, 10) + "\n"); err != nil {
		return err
	}
	return c.out.send(name, v)
}
