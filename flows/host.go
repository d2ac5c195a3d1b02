package flows

import (
	"context"
	"fmt"
	"maps"
)

// Mind decides what to say next, for a host (call, chat); *Engine is the one that ships. Turn
// does no I/O.
type Mind interface {
	Turn(ctx context.Context, st State, in Input) (Output, error)
}

var _ Mind = (*Engine)(nil)

// Perform runs worker for a, on the host's goroutine, until it has ended: a worker that overlooks
// ctx is waited for. The idempotency key is an argument like the others. A passed deadline is the
// outcome "timeout"; a worker that nobody has wired (nil), that fails or that panics is an error.
func Perform(ctx context.Context, worker Action, a *Act) (done Done, err error) {
	if worker == nil {
		return Done{}, fmt.Errorf("flows: the flow asks for action %q, which nobody has wired", a.Name)
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("flows: action %q: internal error: %v", a.Name, p)
		}
	}()
	args := a.Args
	if a.IdempotencyKey != "" {
		args = map[string]any{"idempotency_key": a.IdempotencyKey}
		maps.Copy(args, a.Args)
	}
	done, err = worker.Run(ctx, args)
	if ctx.Err() != nil && (err != nil || done.Outcome == "") {
		return Done{Outcome: "timeout"}, nil
	}
	return done, err
}
