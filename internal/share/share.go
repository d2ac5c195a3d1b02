// Package share shares pieces of work out among a few goroutines.
package share

import (
	"context"
	"runtime"
	"sync"
)

// Out calls do for 0 to n-1, so many at once, and told, unless it is nil, after each, one call of it
// at a time. It returns when all have ended; when ctx ends, no more begin. Below 1 at once means one
// a core.
func Out(ctx context.Context, n, jobs int, do func(i int), told func(done int)) {
	next := make(chan int)
	var wait sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for range min(AtOnce(jobs), n) {
		wait.Go(func() {
			for i := range next {
				do(i)
				mu.Lock()
				if done++; told != nil {
					told(done)
				}
				mu.Unlock()
			}
		})
	}
	for i := range n {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	wait.Wait()
}

// AtOnce is how many pieces Out works on at once.
func AtOnce(jobs int) int {
	if jobs < 1 {
		return runtime.GOMAXPROCS(0)
	}
	return jobs
}
