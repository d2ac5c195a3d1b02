package sip

import (
	"context"
	"errors"

	"decroche/gateway/leg"
)

// errElsewhere ends the ringing of a phone when another one of the same person answered.
var errElsewhere = errors.New("sip: answered elsewhere")

// fork rings all places of one person at once; the first that answers has the call, and the others stop.
// A 6xx says that nobody there wants it, whichever place said so (RFC 3261 §16.7, step 5). Otherwise the
// best answer counts: busy before no answer before not there.
func (s *Server) fork(ctx context.Context, ways []target, to leg.Invite) (*line, error) {
	if len(ways) == 1 {
		return s.by(ctx, ways[0], to)
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	type result struct {
		l   *line
		err error
	}
	got := make(chan result, len(ways))
	for _, w := range ways {
		go func() {
			l, err := s.by(ctx, w, to)
			got <- result{l, err}
		}()
	}
	var won *line
	var best error
	for range ways { // each ends soon once ctx has
		switch r := <-got; {
		case r.err == nil && won == nil:
			won = r.l
			stop(errElsewhere)
		case r.err == nil:
			r.l.Hangup(context.WithoutCancel(ctx), leg.Normal)
		case best == nil || rank(r.err) > rank(best):
			if best = r.err; rank(best) == declined {
				stop(errElsewhere)
			}
		}
	}
	if won != nil {
		return won, nil
	}
	if errors.Is(best, errElsewhere) {
		return nil, context.Cause(ctx)
	}
	return nil, best
}

const declined = 4 // rank of a 6xx

// rank orders failures by how much they tell.
func rank(err error) int {
	var r *leg.Refused
	switch {
	case errors.Is(err, errElsewhere):
		return 0
	case !errors.As(err, &r):
		return 1
	case r.Status >= 600:
		return declined
	case r.Status == 486:
		return 3
	case r.Status == 408:
		return 2
	}
	return 1
}
