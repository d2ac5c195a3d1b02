package store

import (
	"context"
	"time"
)

// Counts keeps how many calls to numbers began, for caps that hold over a restart; whom they were for is not
// kept. All methods are safe for concurrent use.
type Counts interface {
	// Dialled are the counts of minutes that began at since or later, the oldest first, at most limit.
	Dialled(ctx context.Context, since time.Time, limit int) ([]Dialled, error)
	// KeepDialled raises the counts of minutes to what list says, and forgets minutes before since. Doing it
	// twice is doing it once.
	KeepDialled(ctx context.Context, list []Dialled, since time.Time) error
}

// Dialled is how many calls began within a minute to numbers that one cap counts.
type Dialled struct {
	Minute    time.Time // when it began
	Beginning string    // of the numbers, as the cap has it; "" where none counts
	Calls     int
}
