package accounts

import (
	"context"
	"time"
)

// hasher computes password hashes without hurting the calls: one at a time, and after each the
// place stays empty for as long as the hash took, so that a storm of sign-ins costs half of one core
// at most. Who would wait longer than patience is refused; so is who finds the queue full.
type hasher struct {
	params Params
	place  chan struct{} // the one place
	queue  chan struct{} // who waits for it, and who has it
	// patience is how long somebody waits for their turn.
	patience time.Duration
}

const (
	hashQueue    = 16
	hashPatience = 3 * time.Second
)

func newHasher(p Params) *hasher {
	return &hasher{params: p, place: make(chan struct{}, 1), queue: make(chan struct{}, hashQueue), patience: hashPatience}
}

// turn waits for the place and calls work in it; ErrBusy when it does not come, ctx's error when
// that ends first.
func (h *hasher) turn(ctx context.Context, work func()) error {
	select {
	case h.queue <- struct{}{}:
		defer func() { <-h.queue }()
	default:
		return ErrBusy
	}
	late := time.NewTimer(h.patience)
	defer late.Stop()
	select {
	case h.place <- struct{}{}:
	case <-late.C:
		return ErrBusy
	case <-ctx.Done():
		return ctx.Err()
	}
	began := time.Now()
	defer func() { time.AfterFunc(time.Since(began), func() { <-h.place }) }()
	work()
	return nil
}

// make hashes a new password.
func (h *hasher) make(ctx context.Context, password string) (stored string, err error) {
	err = h.turn(ctx, func() { stored = newPHC(password, h.params).String() })
	return stored, err
}

// check compares a password with a stored one. With stored empty it takes as long and is false, so
// that time does not tell which names exist. better is the password in today's costs when the
// stored one has others.
func (h *hasher) check(ctx context.Context, stored, password string) (right bool, better string, err error) {
	known := phc{Params: h.params, salt: make([]byte, saltBytes), hash: make([]byte, hashBytes)}
	if stored != "" {
		if known, err = parsePHC(stored); err != nil {
			return false, "", err
		}
	}
	err = h.turn(ctx, func() {
		right = known.matches(password) && stored != ""
		if right && known.Params != h.params {
			better = newPHC(password, h.params).String()
		}
	})
	return right, better, err
}
