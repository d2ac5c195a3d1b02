package legtest

import (
	"context"
	"sync"
	"time"

	"decroche/gateway/leg"
	"decroche/media"
)

// Phone is how one address behaves when it is dialled.
type Phone struct {
	// Rings after this long (180); negative: it never says that it rings.
	Rings time.Duration
	// Answers after this long, or ends the attempt with Status when that is not 0.
	// Negative: it rings for ever.
	Answers time.Duration
	Status  int
	// RetryAfter is how long a phone that ends the attempt asks to be left alone.
	RetryAfter time.Duration
	// Early is what the caller is let hear before the answer, from the first ring on and again and again.
	Early []int16
	// Line is what the dialler gets; made at the answer when nil.
	Line *Line
	// Deaf makes Dial answer although its context ended meanwhile: 200 crossing CANCEL.
	Deaf bool
}

// Attempt is one Dial and how it went.
type Attempt struct {
	Invite leg.Invite
	At     time.Duration // since the Dialer was made
	Ended  time.Duration // when Dial returned
	Cancel bool          // its context ended first
	Line   *Line         // what was answered with, if anything
}

// Dialer implements leg.Dialer over Phones. An address that is not there cannot be reached.
type Dialer struct {
	phones map[string]*Phone
	born   time.Time

	mu       sync.Mutex
	attempts []*Attempt
}

var _ leg.Dialer = (*Dialer)(nil)

// NewDialer makes a Dialer; the phones may be called any number of times.
func NewDialer(phones map[string]*Phone) *Dialer { return &Dialer{phones: phones, born: time.Now()} }

// Attempts returns what was dialled so far.
func (d *Dialer) Attempts() []Attempt {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []Attempt
	for _, a := range d.attempts {
		out = append(out, *a)
	}
	return out
}

// Dial implements leg.Dialer.
func (d *Dialer) Dial(ctx context.Context, to leg.Invite) (leg.Leg, error) {
	at := &Attempt{Invite: to, At: time.Since(d.born)}
	d.mu.Lock()
	d.attempts = append(d.attempts, at)
	d.mu.Unlock()
	l, err := d.ring(ctx, to, at)
	d.mu.Lock()
	defer d.mu.Unlock()
	at.Ended, at.Line = time.Since(d.born), l
	if err != nil {
		return nil, err
	}
	return l, nil
}

func (d *Dialer) ring(ctx context.Context, to leg.Invite, at *Attempt) (*Line, error) {
	p := d.phones[to.Addr]
	if p == nil {
		return nil, &leg.Refused{Addr: to.Addr, Reason: "no such phone in this test"}
	}
	ringFor := to.RingFor
	if ringFor == 0 {
		ringFor = 20 * time.Second
	}
	never := time.NewTimer(ringFor)
	defer never.Stop()
	if p.Rings >= 0 {
		t := time.NewTimer(p.Rings)
		defer t.Stop()
		select {
		case <-t.C:
			if to.Progress != nil {
				to.Progress(180)
			}
		case <-never.C:
			return nil, &leg.Refused{Addr: to.Addr, Status: 408, Reason: "Request Timeout"}
		case <-ctx.Done():
			return d.cancelled(ctx, p, at)
		}
	}
	if len(p.Early) > 0 && to.Early != nil {
		stop := p.playEarly(to.Early)
		defer stop()
	}
	var answer <-chan time.Time
	if p.Answers >= 0 {
		t := time.NewTimer(max(0, p.Answers-max(0, p.Rings)))
		defer t.Stop()
		answer = t.C
	}
	select {
	case <-answer:
	case <-never.C:
		return nil, &leg.Refused{Addr: to.Addr, Status: 408, Reason: "Request Timeout"}
	case <-ctx.Done():
		return d.cancelled(ctx, p, at)
	}
	if p.Status != 0 {
		return nil, &leg.Refused{Addr: to.Addr, Status: p.Status, Reason: "as scripted", RetryAfter: p.RetryAfter}
	}
	return p.pickUp(to), nil
}

// playEarly plays what is heard before the answer, until stop.
func (p *Phone) playEarly(to leg.EarlySound) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		beat := time.NewTicker(media.FrameTime)
		defer beat.Stop()
		for i := 0; ; i += 160 {
			select {
			case <-beat.C:
			case <-ctx.Done():
				return
			}
			i %= max(160, len(p.Early)/160*160)
			to(media.Frame{PCM: p.Early[i:min(i+160, len(p.Early))], Rate: media.PhoneRate})
		}
	}()
	return func() { cancel(); <-done }
}

func (p *Phone) pickUp(to leg.Invite) *Line {
	l := p.Line
	if l == nil {
		l = New(leg.Info{ID: "agent " + to.Addr, To: to.Addr})
	}
	l.Answer(context.Background())
	return l
}

func (d *Dialer) cancelled(ctx context.Context, p *Phone, at *Attempt) (*Line, error) {
	d.mu.Lock()
	at.Cancel = true
	d.mu.Unlock()
	if p.Deaf {
		return p.pickUp(at.Invite), nil
	}
	return nil, context.Cause(ctx)
}
