package flows_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"decroche/flows"
)

type worker func(ctx context.Context, args map[string]any) (flows.Done, error)

func (worker) Spec() flows.Spec { return flows.Spec{Name: "w"} }

func (w worker) Run(ctx context.Context, args map[string]any) (flows.Done, error) {
	return w(ctx, args)
}

func TestPerform(t *testing.T) {
	t.Parallel()
	past, cancel := context.WithCancel(t.Context())
	cancel()
	ok := worker(func(_ context.Context, args map[string]any) (flows.Done, error) {
		return flows.Done{Outcome: fmt.Sprintf("%v%v", args["a"], args["idempotency_key"])}, nil
	})
	broken := worker(func(context.Context, map[string]any) (flows.Done, error) { return flows.Done{}, errors.New("broken") })
	for name, c := range map[string]struct {
		ctx       context.Context
		worker    flows.Action
		key       string
		want, err string
	}{
		"ok":        {t.Context(), ok, "", "1<nil>", ""},
		"a key":     {t.Context(), ok, "k", "1k", ""},
		"ok, late":  {past, ok, "", "1<nil>", ""},
		"timeout":   {past, broken, "", "timeout", ""},
		"broken":    {t.Context(), broken, "", "", "broken"},
		"panic":     {t.Context(), worker(func(context.Context, map[string]any) (flows.Done, error) { panic("oops") }), "", "", `action "x": internal error: oops`},
		"not wired": {t.Context(), nil, "", "", `action "x", which nobody has wired`},
	} {
		args := map[string]any{"a": 1}
		done, err := flows.Perform(c.ctx, c.worker, &flows.Act{Name: "x", Args: args, IdempotencyKey: c.key})
		if done.Outcome != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %+v, %v; want %q, %q", name, done, err, c.want, c.err)
		}
		if len(args) != 1 {
			t.Errorf("%s: the flow's arguments are now %v", name, args)
		}
	}
}
