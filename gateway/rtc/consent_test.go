package rtc

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// partner plays a browser for a consent: it answers checks as long as it likes.
type partner struct {
	*consent
	silent atomic.Bool

	mu    sync.Mutex // between timers; tests read when all is at rest
	asked []time.Time
	told  []error
}

func newPartner(lite bool) *partner {
	p := &partner{}
	p.consent = &consent{lite: lite, tell: func(why error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.told = append(p.told, why)
	}, ask: func(id transaction) {
		p.mu.Lock()
		p.asked = append(p.asked, time.Now())
		p.mu.Unlock()
		if !p.silent.Load() {
			p.answered(id, time.Now())
		}
	}}
	p.begin()
	return p
}

// sounds is what comes besides: sound every 20 ms, for so long.
func (p *partner) sounds(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		p.heard(time.Now())
	}
	synctest.Wait()
}

// rests lets time go by without sound.
func (p *partner) rests(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// Checks are 4 to 6 s apart, not evenly, and as long as they are answered it may be sent to, sound or not.
func TestConsentIsAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPartner(false)
		began := time.Now()
		p.rests(10 * time.Minute)
		defer p.end(nil)
		if !p.allowed() || len(p.told) != 1 || p.told[0] != nil {
			t.Fatalf("allowed %v, told %v", p.allowed(), p.told)
		}
		shortest, longest := time.Hour, time.Duration(0)
		for _, at := range p.asked {
			d := at.Sub(began)
			began, shortest, longest = at, min(shortest, d), max(longest, d)
		}
		if shortest < 4*time.Second || longest > 6*time.Second+consentLooks || longest-shortest < time.Second {
			t.Errorf("%d checks, %v to %v apart", len(p.asked), shortest, longest)
		}
	})
}

// Sound that comes is no consent: 30 s after the last answer nothing may be sent, whatever comes, and
// late answers do not change that; a way that ICE finds anew does.
func TestConsentExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPartner(false)
		defer p.end(nil)
		p.sounds(20 * time.Second)
		p.silent.Store(true)
		last := p.asked[len(p.asked)-1]
		p.sounds(last.Add(consentFor - time.Second).Sub(time.Now()))
		if !p.allowed() {
			t.Fatalf("not allowed 29 s after an answer: %v", p.told)
		}
		p.sounds(2 * time.Second)
		if p.allowed() || !errors.Is(p.told[len(p.told)-1], errExpired) {
			t.Fatalf("allowed %v 31 s after the last answer; told %v", p.allowed(), p.told)
		}
		n := len(p.asked)
		for _, id := range p.consent.asked {
			p.answered(id, time.Now())
		}
		p.checked(time.Now())
		p.sounds(time.Minute)
		if p.allowed() || len(p.asked) != n {
			t.Errorf("allowed %v after consent had expired, asked %d times more", p.allowed(), len(p.asked)-n)
		}
		p.silent.Store(false)
		p.begin()
		p.sounds(time.Minute)
		if !p.allowed() {
			t.Error("not allowed after ICE has found a way anew")
		}
	})
}

// A browser from which nothing comes is lost in seconds, sooner when it was speaking, and comes back by
// the first sign of life.
func TestSilenceIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, sound := range []bool{true, false} {
			p := newPartner(false)
			if sound {
				p.sounds(7 * time.Second)
			} else {
				p.rests(7 * time.Second)
			}
			p.silent.Store(true)
			most := silentAfterCheck
			if sound {
				most = silentAfterSound
			}
			p.rests(most - 3*time.Second)
			if !p.allowed() {
				t.Errorf("sound %v: lost after %v", sound, most-3*time.Second)
			}
			p.rests(3*time.Second + consentLooks)
			if p.allowed() || !errors.Is(p.told[len(p.told)-1], errSilent) {
				t.Errorf("sound %v: allowed %v after %v of silence; told %v", sound, p.allowed(), most, p.told)
			}
			p.silent.Store(false)
			p.rests(7 * time.Second)
			if !p.allowed() || p.told[len(p.told)-1] != nil {
				t.Errorf("sound %v: did not come back by answering", sound)
			}
			p.end(nil)
		}
	})
}

// A lite agent never asks; the browser's own checks are its consent, and sound is not.
func TestConsentOfALiteAgent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPartner(true)
		defer p.end(nil)
		for range 20 {
			p.checked(time.Now())
			p.rests(2500 * time.Millisecond)
		}
		if !p.allowed() {
			t.Fatal("not allowed while the browser checks")
		}
		p.sounds(consentFor)
		if p.allowed() || !errors.Is(p.told[len(p.told)-1], errExpired) || len(p.asked) != 0 {
			t.Errorf("allowed %v without checks of the browser's; told %v, asked %d times", p.allowed(), p.told, len(p.asked))
		}
	})
}

// A browser may take its consent back, by an answer that is to a check of ours.
func TestConsentIsRevoked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPartner(false)
		defer p.end(nil)
		p.silent.Store(true)
		p.sounds(7 * time.Second)
		if p.forbidden(transaction{1}) || !p.allowed() {
			t.Error("a stranger's answer revokes consent")
		}
		if !p.forbidden(p.consent.asked[0]) || p.allowed() || !errors.Is(p.told[len(p.told)-1], errRevoked) {
			t.Errorf("allowed %v when the browser forbids it; told %v", p.allowed(), p.told)
		}
		p.sounds(10 * time.Second)
		if p.allowed() {
			t.Error("sound brings consent back")
		}
	})
}
