package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

const (
	// queue is how many writers may wait before the next one waits outside; each is one Append,
	// a few hundred bytes.
	queue = 1024
	// batch is how many writers share one transaction, so that none waits long behind the rest.
	batch = 256
	// linger is how long the next writers are waited for when a commit has only just ended: each
	// costs an fsync, and under load there are dozens a second. When nobody came, nothing is waited
	// for during alone.
	linger, alone = 40 * time.Millisecond, time.Second
)

// errClosed is what a write gets after Close.
var errClosed = errors.New("store/sqlite: the store is closed")

// job is one writer's work; it runs in a transaction it shares with others.
type job struct {
	do   func(*sql.Tx) error
	done chan error // buffered, gets exactly one value
}

// submit runs do in the next transaction and returns once that is durable. When ctx ends first
// the outcome is unknown to the caller, but still all or nothing.
func (s *Store) submit(ctx context.Context, do func(*sql.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := &job{do: do, done: make(chan error, 1)}
	select {
	case <-s.closing:
		return errClosed
	default:
	}
	select {
	case s.jobs <- j:
	case <-s.closing:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-s.done:
		// run() has ended; it may have answered just before.
		select {
		case err := <-j.done:
			return err
		default:
			return errClosed
		}
	}
}

// answer is submit for what also gives a value. When ctx ends first do may still be running, so what it
// gives never goes through a variable of the caller's.
func answer[T any](ctx context.Context, s *Store, do func(*sql.Tx) (T, error)) (T, error) {
	var given atomic.Pointer[T]
	err := s.submit(ctx, func(tx *sql.Tx) error {
		v, err := do(tx)
		given.Store(&v)
		return err
	})
	if v := given.Load(); v != nil {
		return *v, err
	}
	var none T
	return none, err
}

// run is the one goroutine that writes. While one commit waits for the disk the next writers
// gather in the queue, and go into the next transaction together.
func (s *Store) run() {
	defer close(s.done)
	var ended, waitFrom time.Time // of the last commit; when waiting may be of use again
	for {
		select {
		case j := <-s.jobs:
			jobs := s.gather([]*job{j})
			if now := time.Now(); now.Sub(ended) < linger && now.After(waitFrom) {
				select {
				case <-time.After(linger - now.Sub(ended)):
				case <-s.closing:
				}
				n := len(jobs)
				if jobs = s.gather(jobs); len(jobs) == n {
					waitFrom = now.Add(alone)
				}
			}
			s.commit(jobs)
			ended = time.Now()
		case <-s.closing:
			for {
				select {
				case j := <-s.jobs:
					s.commit(s.gather([]*job{j}))
				default:
					return
				}
			}
		}
	}
}

// gather adds what else is waiting to jobs, without waiting for more.
func (s *Store) gather(jobs []*job) []*job {
	for len(jobs) < batch {
		select {
		case j := <-s.jobs:
			jobs = append(jobs, j)
		default:
			return jobs
		}
	}
	return jobs
}

// commit runs jobs in one transaction and tells each how it went. When it fails, each job is
// tried alone, so that one bad one does not fail the others.
func (s *Store) commit(jobs []*job) {
	start := time.Now()
	err := s.transact(jobs)
	s.m.committed(len(jobs), time.Since(start))
	if err == nil || len(jobs) == 1 {
		s.told()
		for _, j := range jobs {
			j.done <- err
		}
		return
	}
	for _, j := range jobs {
		j.done <- s.transact([]*job{j})
	}
	s.told()
}

func (s *Store) transact(jobs []*job) error {
	// Not a caller's context: the transaction belongs to all of them.
	tx, err := s.write.BeginTx(context.Background(), nil)
	if err != nil {
		return fmt.Errorf("store/sqlite: begin: %w", err)
	}
	for _, j := range jobs {
		if err := j.do(tx); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	if err := tx.Commit(); err != nil {
		_ = tx.Rollback() // after a failed COMMIT the transaction may still be open
		return fmt.Errorf("store/sqlite: commit: %w", err)
	}
	return nil
}
