package leg

import (
	"errors"
	"fmt"
	"time"
)

// Errors a call ends with. They are cancellation causes (context.WithCancelCause).
var (
	// ErrHungUp means the far end ended the call. It is not a failure.
	ErrHungUp = errors.New("leg: far end hung up")
	// ErrMediaTimeout means no RTP arrived for the configured time although the far end was not on hold.
	ErrMediaTimeout = errors.New("leg: no media from the far end")
	// ErrDrained means the gateway was asked to stop and cut what was left.
	ErrDrained = errors.New("leg: gateway is shutting down")
)

// Cause is why we hang up or refuse, in the words of RFC 3326. The zero Cause is normal clearing.
type Cause struct {
	Status int    // SIP status that a refusal carries; 0 or 200 for normal clearing
	Text   string // reason phrase, plain ASCII, no CR or LF
	// RetryAfter, seconds, goes out with 503 (RFC 3261 §20.33); 0 leaves it out.
	RetryAfter int
}

// Causes used by the gateway. The one table from cause to status: RFC 3261 §21.
var (
	Normal      = Cause{200, "Normal clearing", 0}
	Busy        = Cause{486, "Busy Here", 0}
	Unavailable = Cause{480, "Temporarily Unavailable", 0}
	NotAccepted = Cause{488, "Not Acceptable Here", 0}
	Overloaded  = Cause{503, "Service Unavailable", 10}
	Draining    = Cause{503, "Service Unavailable", 30}
	NotFound    = Cause{404, "Not Found", 0}
	Forbidden   = Cause{403, "Forbidden", 0}
	Failed      = Cause{500, "Server Internal Error", 0}
)

// Refused says that a dialled party did not answer, with the SIP status that tells how.
type Refused struct {
	Addr   string
	Status int // final SIP status; 408 for no answer in time, 0 when it could not be reached at all
	Reason string
	// RetryAfter is how long they ask to be left alone (RFC 3261 §20.33); 0 when they do not say.
	RetryAfter time.Duration
}

// Error implements error.
func (r *Refused) Error() string {
	if r.Status == 0 {
		return fmt.Sprintf("leg: dial %q: unreachable: %s", r.Addr, r.Reason)
	}
	return fmt.Sprintf("leg: dial %q: %d %s", r.Addr, r.Status, r.Reason)
}
