package console

import (
	"context"
	"errors"
	"net/http"
	"time"

	"decroche/gateway/agents"
	"decroche/gateway/event"
)

// deskPace is the least time between two states of the same thing on one desk's stream: what changes
// faster is seen as one change.
const deskPace = 50 * time.Millisecond

// deskEvents streams one agent's desk (server-sent events): "state", whole, whenever it changes;
// "team", whole, likewise; and of the conversation that is offered to them or that they are in,
// "conversation" once and then each "event", words that are still being said included. Nothing of
// other conversations. A stream that falls behind sends "conversation" again and goes on from there.
func (s *Server) deskEvents(w http.ResponseWriter, r *http.Request) {
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		w.Header().Set("Retry-After", "10")
		s.fail(w, r, http.StatusServiceUnavailable, "too many watch already (http.max_streams)")
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	d := &deskStream{s: s, name: who(r).User, out: &stream{w: w, ctl: http.NewResponseController(w)}, talk: make(chan []event.Event), gone: make(chan error)}
	defer d.unfollow()
	d.run(ctx)
}

// deskStream belongs to the goroutine of its request, but for the pump of follow.
type deskStream struct {
	s         *Server
	name      string
	out       *stream
	rev, team uint64
	began     bool
	conv      string // followed
	sub       *event.Sub
	stop      context.CancelFunc // of its pump
	talk      chan []event.Event
	gone      chan error
}

func (d *deskStream) run(ctx context.Context) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		news, err := d.states(ctx)
		for err == nil && news != nil {
			select {
			case <-ctx.Done():
				return
			case <-news:
				err = pause(ctx, deskPace)
				news = nil
			case list := <-d.talk:
				err = d.out.events(list)
			case why := <-d.gone:
				if d.conv = ""; errors.Is(why, event.ErrGap) {
					news = nil // follow again
				}
			case <-beat.C:
				err = d.out.write(": still here\n\n")
			}
		}
		if err != nil {
			return
		}
	}
}

// states sends what has changed, and follows the conversation that the agent is in.
func (d *deskStream) states(ctx context.Context) (<-chan struct{}, error) {
	team, turn, news := d.s.d.Desk.Team()
	st, rev, _ := d.s.d.Desk.Watch(d.name)
	if !d.began || rev != d.rev {
		if err := d.out.send("state", st); err != nil {
			return nil, err
		}
	}
	if !d.began || turn != d.team {
		if err := d.out.send("team", struct {
			Agents []agents.Colleague `json:"agents"`
		}{team}); err != nil {
			return nil, err
		}
	}
	d.began, d.rev, d.team = true, rev, turn
	conv := st.Call
	if conv == "" {
		conv = st.Presence.Offered
	}
	if conv != d.conv {
		return news, d.follow(ctx, conv)
	}
	return news, nil
}

// follow sends what is known of a conversation and lets its events come after it.
func (d *deskStream) follow(ctx context.Context, conv string) error {
	d.unfollow()
	if d.conv = conv; conv == "" {
		return nil
	}
	b, sub, ok := d.s.d.Board.Follow(conv)
	if !ok {
		return nil // it is over
	}
	d.sub = sub
	talk, gone := make(chan []event.Event), make(chan error)
	d.talk, d.gone = talk, gone
	ctx, d.stop = context.WithCancel(ctx)
	go func() {
		for {
			list, err := sub.Next(ctx, make([]event.Event, 0, streamGulp))
			if err != nil {
				select {
				case gone <- err:
				case <-ctx.Done():
				}
				return
			}
			select {
			case talk <- list:
			case <-ctx.Done():
				return
			}
		}
	}()
	return d.out.send("conversation", b.Live)
}

func (d *deskStream) unfollow() {
	if d.sub != nil {
		d.stop()
		d.sub.Close()
		d.sub = nil
	}
}
