package console

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"decroche/gateway/agents"
	"decroche/gateway/event"
)

// deskPace is the least time between two states of the same thing on one desk's stream: what changes
// faster is seen as one change.
const deskPace = 50 * time.Millisecond

// deskEvents streams one agent's desk (server-sent events): "state", whole, whenever it changes;
// "team", whole, likewise; and of each conversation that is offered to them or that they have, the
// call and typed ones, "conversation" once and then each "event", words that are still being said
// included. Nothing of other conversations. A stream that falls behind sends "conversation" again and goes on from there.
func (s *Server) deskEvents(w http.ResponseWriter, r *http.Request) {
	leave, ok := enter(s.desks)
	if !ok {
		w.Header().Set("Retry-After", "10")
		s.refuse(w, r, http.StatusServiceUnavailable, "unavailable", fmt.Sprintf("%d desks are open already, which is http.max_streams; close one, or raise it", cap(s.desks)))
		return
	}
	defer leave()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	d := &deskStream{s: s, name: who(r).User, out: newStream(w), follows: map[string]*followed{}, talk: make(chan []event.Event), gone: make(chan lapse)}
	defer d.unfollow(nil)
	d.run(ctx)
}

// deskStream belongs to the goroutine of its request, but for the pumps of follow.
type deskStream struct {
	s         *Server
	name      string
	out       *stream
	rev, team uint64
	began     bool
	follows   map[string]*followed // by conversation
	talk      chan []event.Event
	gone      chan lapse
}

// followed is one conversation whose events come.
type followed struct {
	sub  *event.Sub
	stop context.CancelFunc // of its pump
}

// lapse is a pump that has ended.
type lapse struct {
	conv string
	why  error
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
			case l := <-d.gone:
				d.drop(l.conv)
				if errors.Is(l.why, event.ErrGap) {
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
		if err := d.out.send("team", crewOf(team)); err != nil {
			return nil, err
		}
	}
	d.began, d.rev, d.team = true, rev, turn
	return news, d.follow(ctx, conversations(st))
}

// conversations are those that the desk shows.
func conversations(st agents.State) (out []string) {
	if conv := cmp.Or(st.Call, st.Presence.Offered); conv != "" {
		out = append(out, conv)
	}
	for _, o := range st.ChatOffers {
		out = append(out, o.Conv)
	}
	return append(out, st.Chats...)
}

// follow follows just these conversations: it sends what is known of those that are new and lets their
// events come after it.
func (d *deskStream) follow(ctx context.Context, convs []string) error {
	d.unfollow(convs)
	for _, conv := range convs {
		if d.follows[conv] != nil {
			continue
		}
		b, sub, ok := d.s.d.Board.Follow(conv)
		if !ok {
			continue // it is over
		}
		f := &followed{sub: sub}
		d.follows[conv] = f
		var pumping context.Context
		pumping, f.stop = context.WithCancel(ctx)
		go d.pump(pumping, conv, sub)
		b.Live.Facts = event.Facts{} // for supervisors
		out := struct {
			event.Live
			CRM string `json:"crm,omitempty"`
		}{Live: b.Live}
		if d.s.d.CRM != nil {
			out.CRM = d.s.d.CRM(b)
		}
		if err := d.out.send("conversation", out); err != nil {
			return err
		}
	}
	return nil
}

// pump hands events over until ctx ends or there are no more.
func (d *deskStream) pump(ctx context.Context, conv string, sub *event.Sub) {
	for {
		list, err := sub.Next(ctx, make([]event.Event, 0, streamGulp))
		if err != nil {
			select {
			case d.gone <- lapse{conv, err}:
			case <-ctx.Done():
			}
			return
		}
		select {
		case d.talk <- list:
		case <-ctx.Done():
			return
		}
	}
}

// unfollow follows no more what is not to be kept.
func (d *deskStream) unfollow(keep []string) {
	for conv := range d.follows {
		if !slices.Contains(keep, conv) {
			d.drop(conv)
		}
	}
}

func (d *deskStream) drop(conv string) {
	if f := d.follows[conv]; f != nil {
		f.stop()
		f.sub.Close()
		delete(d.follows, conv)
	}
}
